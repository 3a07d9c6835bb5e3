// handlers_1.c -- the handlers that programs use most, where each is a function of its own.
// SPDX-License-Identifier: MIT
#include "vm/handlers.h"

#if HANDLERS_ARE_FUNCTIONS
#include "handlers_1.inc"
#include "sequences_1.inc"
#else
typedef int handlers_1_are_in_dispatch_c;
#endif
