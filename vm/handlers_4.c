// handlers_4.c -- a third of the others, where each is a function of its own.
// SPDX-License-Identifier: MIT
#include "vm/handlers.h"

#if HANDLERS_ARE_FUNCTIONS
#include "handlers_4.inc"
#include "sequences_4.inc"
#else
typedef int handlers_4_are_in_dispatch_c;
#endif
