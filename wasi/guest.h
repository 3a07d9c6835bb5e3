// guest.h -- what a WASI function sees of the program that called it.
//
// The functions of this folder know nothing of weft.h. They see a `Guest`: the
// arguments as 64-bit slots where the caller left them, memory through checked views,
// and the ways a call can end other than by returning an errno. A binding fills one in
// per call (bind_weft.c; the tests have one over a plain array of bytes).
//
// Memory is handed out in views: `guest_view` answers a pointer to the first bytes of a
// range and how many are contiguous there. A flat memory has one view for any range, and
// then reading and writing files copies nothing; a sparse one has several. A range is
// checked whole before its first view is used, so a call that would fault faults before
// it did anything. Views end with the call: nothing in weft's WASI lets the guest run
// in between.
// SPDX-License-Identifier: MIT
#ifndef WEFT_WASI_GUEST_H
#define WEFT_WASI_GUEST_H

#include "ports/port.h"

// How a call ends.
typedef enum GuestOutcome {
    GUEST_RETURNS,  // with the errno the function returned
    GUEST_EXITS,    // the program ends with exit code `code`
    GUEST_RETRIES,  // interrupted while waiting: the same call is to be made again
} GuestOutcome;

typedef struct Guest {
    const u64 *args;  // one slot a parameter; an i32 is its low half

    // The memory, if it is contiguous; otherwise `memory` is NULL and `view` is asked.
    u8 *memory;
    u64 memory_size;
    u8 *(*view)(void *ctx, u64 at, u64 size, u64 *chunk);
    void *ctx;

    // What ends this guest's waits, asked for by a call that waits. NULL: the world's own.
    PortWake *(*find_wake)(void *call);
    void *call;

    GuestOutcome outcome;
    u32 code;
} Guest;

INLINE u32 guest_u32(const Guest *g, u32 i)
{
    return (u32)g->args[i];
}

INLINE u64 guest_u64(const Guest *g, u32 i)
{
    return g->args[i];
}

// Is [at, at + size) memory? An empty range is always fine: nothing of it is touched.
INLINE bool guest_has(const Guest *g, u64 at, u64 size)
{
    return size == 0 || (size <= g->memory_size && at <= g->memory_size - size);
}

// The first bytes of a range that guest_has() and is not empty; `chunk` <= `size` says
// how many. NULL only if a sparse memory is out of pages.
INLINE u8 *guest_view(const Guest *g, u64 at, u64 size, u64 *chunk)
{
    if (LIKELY(g->memory != NULL)) {
        *chunk = size;
        return g->memory + at;
    }
    return g->view(g->ctx, at, size, chunk);
}

// Copies between guest and host; FAULT, with nothing copied, if any of it lies outside.
Errno guest_read(const Guest *g, u64 at, void *bytes, u64 size);
Errno guest_write(const Guest *g, u64 at, const void *bytes, u64 size);

#endif
