// rationed.h -- an allocator that gives out a number of blocks and then no more.
// SPDX-License-Identifier: MIT
#ifndef WEFT_TESTS_RATIONED_H
#define WEFT_TESTS_RATIONED_H

#include <stdlib.h>

typedef struct Rationed {
    long left;     // allocations that still succeed
    size_t taken;  // bytes in use
} Rationed;

static inline void *rationed_resize(void *context, void *block, size_t old_size, size_t new_size)
{
    Rationed *const r = context;
    if (new_size == 0) {
        r->taken -= old_size;
        free(block);
        return NULL;
    }
    if (r->left-- <= 0) return NULL;
    void *const result = realloc(block, new_size);
    if (result) r->taken += new_size - old_size;
    return result;
}

#endif
