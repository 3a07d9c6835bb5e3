// arena.h -- memory that is given out piece by piece and taken back all at once.
//
// Whatever is decoded from a module lives as long as the module, so it comes from the
// module's arena: no piece is freed alone, and releasing the module is a few calls of the
// allocator, however many types and functions it has.
// SPDX-License-Identifier: MIT
#ifndef WEFT_LOADER_ARENA_H
#define WEFT_LOADER_ARENA_H

#include "ports/alloc.h"

typedef struct ArenaBlock ArenaBlock;

typedef struct Arena {
    const Allocator *allocator;
    ArenaBlock *blocks;  // newest first; all of them are freed together
    u8 *at, *end;        // what is left of the newest
    size_t total;        // bytes asked of the allocator, for --stats
} Arena;

void arena_init(Arena *arena, const Allocator *allocator);
void arena_free(Arena *arena);

// `count` zeroed elements of `size` bytes, aligned for any type; NULL when memory runs out
// or the product does not fit. Asking for nothing gives a pointer that is not NULL.
void *arena_alloc(Arena *arena, size_t count, size_t size);

#define ARENA_NEW(arena, count, Type) ((Type *)arena_alloc((arena), (count), sizeof(Type)))

#endif
