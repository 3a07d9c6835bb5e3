// alloc.h -- the one hook through which weft gets memory.
//
// It behaves like realloc with the old size told, so that the smallest allocator (a bump
// pointer in a static array) can serve it. Everything weft allocates goes through one of
// these; linear memories may go through the port's reserve/commit instead.
// SPDX-License-Identifier: MIT
#ifndef WEFT_PORTS_ALLOC_H
#define WEFT_PORTS_ALLOC_H

#include "ports/base.h"
#include "weft.h"

// `resize(context, block, old_size, new_size)`: new_size 0 frees `block` and returns NULL;
// block NULL (old_size 0) allocates. NULL from any other call means out of memory and leaves
// the old block as it was. Blocks are aligned for any type and not cleared.
typedef weft_allocator Allocator;

// The allocator of the C library: realloc and free. It lives in ports/generic.
extern const Allocator allocator_libc;

INLINE void *allocator_take(const Allocator *a, size_t size)
{
    return a->resize(a->context, NULL, 0, size);
}

INLINE void *allocator_take_zeroed(const Allocator *a, size_t size)
{
    void *block = a->resize(a->context, NULL, 0, size);
    return block ? memset(block, 0, size) : NULL;
}

INLINE void *allocator_resize(const Allocator *a, void *block, size_t old_size, size_t new_size)
{
    return a->resize(a->context, block, old_size, new_size);
}

INLINE void allocator_free(const Allocator *a, void *block, size_t size)
{
    if (block) a->resize(a->context, block, size, 0);
}

#endif
