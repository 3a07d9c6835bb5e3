// bare.h -- the machine without an operating system: what its parts know of each other.
//
//     start.c    vector table, reset, the heap and the stack that memory.ld lays out
//     bare.c     the Port: console, clock and chance over semihosting
//
// A new board brings its own memory.ld, and its own console in place of semihosting.
// SPDX-License-Identifier: MIT
#ifndef WEFT_PORTS_BARE_H
#define WEFT_PORTS_BARE_H

#include "ports/base.h"

// Ends the program; the debugger reports `code` as its own exit code.
_Noreturn void bare_exit(int code);

// Milliseconds since reset, counted by the SysTick interrupt.
u64 bare_clock_ms(void);

// Most bytes that were ever in use at once: of the heap, and of the stack.
size_t bare_heap_peak(void);
size_t bare_stack_peak(void);

#endif
