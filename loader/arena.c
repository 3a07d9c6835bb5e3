// arena.c -- memory that is given out piece by piece and taken back all at once.
// SPDX-License-Identifier: MIT
#include "loader/arena.h"

struct ArenaBlock {
    ArenaBlock *next;
    size_t size;  // of the whole block, this header included
};

// Pieces are aligned for any type; this many bytes.
#define ARENA_ALIGN 16u
#define ARENA_HEADER ((sizeof(ArenaBlock) + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1))

// Blocks start small, so that a small module costs little, and grow with the module.
#define ARENA_FIRST_BLOCK 1024u
#define ARENA_LARGEST_BLOCK 65536u

_Static_assert(ARENA_ALIGN >= _Alignof(max_align_t), "arena pieces serve any type");

void arena_init(Arena *arena, const Allocator *allocator)
{
    *arena = (Arena){.allocator = allocator};
}

void arena_free(Arena *arena)
{
    while (arena->blocks) {
        ArenaBlock *block = arena->blocks;
        arena->blocks = block->next;
        allocator_free(arena->allocator, block, block->size);
    }
    arena->at = arena->end = NULL;
    arena->total = 0;
}

// A piece that would waste most of a block gets one of its own, and what is left of the
// newest block stays in use.
static void *arena_alloc_block(Arena *arena, size_t bytes)
{
    size_t usual = arena->total < ARENA_FIRST_BLOCK     ? ARENA_FIRST_BLOCK
                   : arena->total > ARENA_LARGEST_BLOCK ? ARENA_LARGEST_BLOCK
                                                        : arena->total;
    bool own = bytes > usual / 4;
    size_t size = own ? ARENA_HEADER + bytes : usual;
    if (size < bytes) return NULL;
    ArenaBlock *block = allocator_resize(arena->allocator, NULL, 0, size);
    if (!block) return NULL;
    memset(block, 0, size);
    block->size = size;
    arena->total += size;
    u8 *start = (u8 *)block + ARENA_HEADER;
    if (own && arena->blocks) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
        return start;
    }
    block->next = arena->blocks;
    arena->blocks = block;
    arena->at = start + bytes;
    arena->end = (u8 *)block + size;
    return start;
}

void *arena_alloc(Arena *arena, size_t count, size_t size)
{
    if (size && count > (SIZE_MAX - 2 * ARENA_ALIGN) / size) return NULL;
    size_t bytes = (count * size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    if (bytes == 0) bytes = ARENA_ALIGN;
    if (bytes <= (size_t)(arena->end - arena->at)) {
        void *piece = arena->at;
        arena->at += bytes;
        return piece;
    }
    return arena_alloc_block(arena, bytes);
}
