// form_maps.c -- the tables of form_maps.h, as gen_handlers.c wrote them.
// SPDX-License-Identifier: MIT
#include "vm/form_maps.h"

#include "form_maps.inc"
