// bytes.h -- a block of bytes that grows at its end, and remembers running out of memory.
//
// Writers need not look after every step: once memory is gone nothing more is written, and
// who wants the bytes asks `failed` first.
//                                                       spec: binary-value
// SPDX-License-Identifier: MIT
#ifndef WEFT_TOOLS_WAT_BYTES_H
#define WEFT_TOOLS_WAT_BYTES_H

#include "ports/alloc.h"

typedef struct Bytes {
    const Allocator *alloc;
    u8 *data;
    size_t size, room;
    bool failed;
} Bytes;

INLINE void bytes_init(Bytes *b, const Allocator *alloc)
{
    *b = (Bytes){.alloc = alloc};
}

INLINE void bytes_free(Bytes *b)
{
    allocator_free(b->alloc, b->data, b->room);
    b->data = NULL, b->size = b->room = 0;
}

// `items` with room for one more than `count` elements: itself, or a larger block that took
// its place. NULL when memory ran out; then the old block is still there.
void *array_reserve(const Allocator *alloc, void *items, u32 count, u32 *room, size_t item_size);

// Room for `count` more bytes at the end, or NULL. The caller adds what it wrote to `size`.
u8 *bytes_reserve(Bytes *b, size_t count);

void bytes_add(Bytes *b, const void *data, size_t size);
void bytes_text(Bytes *b, const char *text);  // up to its terminating zero

INLINE void bytes_byte(Bytes *b, u8 byte)
{
    u8 *at = LIKELY(b->size < b->room) ? b->data + b->size : bytes_reserve(b, 1);
    if (at) *at = byte, b->size++;
}

void bytes_u64(Bytes *b, u64 value);  // LEB128, shortest               spec: binary-int
void bytes_s64(Bytes *b, s64 value);

INLINE void bytes_u32(Bytes *b, u32 value)
{
    if (value < 0x80)
        bytes_byte(b, (u8)value);
    else
        bytes_u64(b, value);
}

void bytes_fixed32(Bytes *b, u32 value);  // four or eight bytes, little-endian
void bytes_fixed64(Bytes *b, u64 value);

// name ::= length:u32 bytes                                          spec: binary-name
void bytes_name(Bytes *b, const void *data, size_t size);

#endif
