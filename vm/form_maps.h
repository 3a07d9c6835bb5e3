// form_maps.h -- which form belongs to which instruction, comparison, access.
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_FORM_MAPS_H
#define WEFT_VM_FORM_MAPS_H

#include "loader/instr.h"

#include "forms.h"

#include "form_maps.inc"

#endif
