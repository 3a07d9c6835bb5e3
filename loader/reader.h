// reader.h -- a cursor over module bytes that remembers its first mistake.
//
// Readers return values, not status codes. When something is wrong the reader notes what
// and where, jumps to its end, and from then on gives zeros, so a decoder reads like the
// grammar and asks reader_ok() once: before it loops, allocates or believes a value.
//                                                       spec: binary-value
// SPDX-License-Identifier: MIT
#ifndef WEFT_LOADER_READER_H
#define WEFT_LOADER_READER_H

#include "loader/errors.h"

typedef struct Reader {
    const u8 *at, *end;  // what is still to be read
    const u8 *start;     // offset 0 of the module: offsets count from here
    ErrorCode error;     // ERROR_NONE until something is wrong
    u32 error_at;        // its offset
    u32 error_number;    // the %u of its text
} Reader;

// A name: UTF-8 bytes inside the module. Not ended by a zero; may contain one.
typedef struct Name {
    const u8 *bytes;
    u32 size;
} Name;

// A piece of the module: `size` bytes at offset `at`.
typedef struct Span {
    u32 at, size;
} Span;

INLINE Reader reader_of(const u8 *start, u32 from, u32 to)
{
    return (Reader){.at = start + from, .end = start + to, .start = start};
}

INLINE bool reader_ok(const Reader *r)
{
    return r->error == ERROR_NONE;
}

INLINE u32 reader_offset(const Reader *r)
{
    return (u32)(r->at - r->start);
}

INLINE u32 reader_left(const Reader *r)
{
    return (u32)(r->end - r->at);
}

// Notes an error unless one is noted already, and exhausts the reader.
COLD void reader_fail(Reader *r, ErrorCode error, u32 at, u32 number);

// The one-byte forms are by far the most common, so they are inline; the rest is not.
u32 read_u32_slow(Reader *r);
s32 read_s32_slow(Reader *r);
s64 read_s64_slow(Reader *r);
u64 read_u64(Reader *r);  // LEB128, at most 10 bytes        spec: binary-uint
s64 read_s33(Reader *r);  // block types and heap types
u32 read_f32(Reader *r);  // the bits                        spec: binary-float
u64 read_f64(Reader *r);

INLINE u8 read_byte(Reader *r)
{
    if (LIKELY(r->at < r->end)) return *r->at++;
    reader_fail(r, ERROR_UNEXPECTED_END, reader_offset(r), 0);
    return 0;
}

INLINE u32 read_u32(Reader *r)
{
    if (LIKELY(r->at < r->end && *r->at < 0x80)) return *r->at++;
    return read_u32_slow(r);
}

// Bit 6 of the only byte is the sign.                        spec: binary-sint
INLINE s32 read_s32(Reader *r)
{
    if (LIKELY(r->at < r->end && *r->at < 0x80)) return ((s32)*r->at++ ^ 0x40) - 0x40;
    return read_s32_slow(r);
}

INLINE s64 read_s64(Reader *r)
{
    if (LIKELY(r->at < r->end && *r->at < 0x80)) return ((s64)*r->at++ ^ 0x40) - 0x40;
    return read_s64_slow(r);
}

// A count of things that take at least one byte each; more than bytes are left is an error,
// so a hostile count cannot reserve memory. (Its own bytes still count as left: the suite
// tells "length out of bounds" from "unexpected end" that way.)  spec: binary-list
u32 read_count(Reader *r);

// A length and that many bytes, which must be UTF-8.          spec: binary-name
Name read_name(Reader *r);

const u8 *read_bytes(Reader *r, u32 size);  // NULL and an error if fewer are left

// spec: binary-utf8
bool utf8_is_valid(const u8 *bytes, size_t size);

#endif
