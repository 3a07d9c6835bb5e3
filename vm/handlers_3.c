// handlers_3.c -- a third of the others, where each is a function of its own.
// SPDX-License-Identifier: MIT
#include "vm/handlers.h"

#if HANDLERS_ARE_FUNCTIONS
#include "handlers_3.inc"
#include "sequences_3.inc"
#else
typedef int handlers_3_are_in_dispatch_c;
#endif
