// bytes.c -- growing, and the binary format's numbers.
// SPDX-License-Identifier: MIT
#include "tools/wat/bytes.h"

void *array_reserve(const Allocator *alloc, void *items, u32 count, u32 *room, size_t item_size)
{
    if (count < *room) return items;
    u64 wanted = *room < 8 ? 8 : (u64)*room * 2;
    if (wanted > UINT32_MAX) wanted = UINT32_MAX;
    if (wanted <= count || wanted > SIZE_MAX / item_size) return NULL;
    void *block = allocator_resize(alloc, items, *room * item_size, (size_t)wanted * item_size);
    if (block) *room = (u32)wanted;
    return block;
}

u8 *bytes_reserve(Bytes *b, size_t count)
{
    if (b->failed) return NULL;
    if (b->data && count <= b->room - b->size) return b->data + b->size;
    size_t wanted = b->room < 64 ? 64 : b->room;
    while (wanted - b->size < count) {
        if (wanted > SIZE_MAX / 2) {
            b->failed = true;
            return NULL;
        }
        wanted *= 2;
    }
    u8 *block = allocator_resize(b->alloc, b->data, b->room, wanted);
    if (!block) {
        b->failed = true;
        return NULL;
    }
    b->data = block, b->room = wanted;
    return block + b->size;
}

void bytes_add(Bytes *b, const void *data, size_t size)
{
    u8 *at = bytes_reserve(b, size);
    if (!at || size == 0) return;
    memcpy(at, data, size);
    b->size += size;
}

void bytes_text(Bytes *b, const char *text)
{
    bytes_add(b, text, strlen(text));
}

void bytes_u64(Bytes *b, u64 value)
{
    do {
        u8 byte = value & 0x7f;
        value >>= 7;
        bytes_byte(b, value ? byte | 0x80 : byte);
    } while (value);
}

void bytes_s64(Bytes *b, s64 value)
{
    u64 bits = (u64)value, sign = value < 0 ? UINT64_MAX : 0;
    for (;;) {
        u8 byte = bits & 0x7f;
        bits = bits >> 7 | (sign << 57);
        if (bits == sign && (byte >> 6 & 1) == (sign & 1)) {
            bytes_byte(b, byte);
            return;
        }
        bytes_byte(b, byte | 0x80);
    }
}

void bytes_fixed32(Bytes *b, u32 value)
{
    u8 *at = bytes_reserve(b, 4);
    if (at) store_u32(at, value), b->size += 4;
}

void bytes_fixed64(Bytes *b, u64 value)
{
    u8 *at = bytes_reserve(b, 8);
    if (at) store_u64(at, value), b->size += 8;
}

void bytes_name(Bytes *b, const void *data, size_t size)
{
    bytes_u64(b, size);
    bytes_add(b, data, size);
}
