// handlers_2.c -- a third of the others, where each is a function of its own.
// SPDX-License-Identifier: MIT
#include "vm/handlers.h"

#if HANDLERS_ARE_FUNCTIONS
#include "handlers_2.inc"
#include "sequences_2.inc"
#else
typedef int handlers_2_are_in_dispatch_c;
#endif
