// semihost.h -- asking the debugger (or QEMU) to do what a bare board cannot.
//
// An Arm core that runs under a debugger stops at `bkpt 0xAB` with a request number in r0
// and the address of its parameters in r1; the debugger serves it and puts the answer in
// r0. That gives a board without any driver a console, a clock and a way to end.
// SPDX-License-Identifier: MIT
#ifndef WEFT_PORTS_BARE_SEMIHOST_H
#define WEFT_PORTS_BARE_SEMIHOST_H

#include "ports/base.h"

enum {  // the numbers are Arm's
    SEMIHOST_OPEN = 0x01,
    SEMIHOST_WRITE_CHARACTER = 0x03,
    SEMIHOST_WRITE_STRING = 0x04,
    SEMIHOST_WRITE = 0x05,
    SEMIHOST_READ = 0x06,
    SEMIHOST_TIME = 0x11,  // seconds since 1970
    SEMIHOST_EXIT_EXTENDED = 0x20,
};

#define SEMIHOST_EXITED 0x20026u  // "the application ended by itself"

static inline u32 semihost(u32 request, const void *parameters)
{
    register u32 r0 __asm__("r0") = request;
    register const void *r1 __asm__("r1") = parameters;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

#endif
