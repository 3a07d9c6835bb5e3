// reader.c -- numbers, names and bytes out of a module.
//                                                       spec: binary-value
// SPDX-License-Identifier: MIT
#include "loader/reader.h"

COLD void reader_fail(Reader *r, ErrorCode error, u32 at, u32 number)
{
    if (r->error == ERROR_NONE) {
        r->error = error;
        r->error_at = at;
        r->error_number = number;
    }
    r->at = r->end;
}

// uN ::= n:byte (n < 2^7, n < 2^N) | n:byte m:u(N-7) (n >= 2^7, N > 7)   spec: binary-uint
//
// A byte too many is "too long"; bits that do not fit in the last byte are "too large", and
// are looked at first.
static u64 read_unsigned(Reader *r, u32 bits)
{
    u64 value = 0;
    for (u32 shift = 0;; shift += 7) {
        u32 at = reader_offset(r);
        if (shift >= bits) {
            reader_fail(r, ERROR_INTEGER_TOO_LONG, at, 0);
            return 0;
        }
        u8 byte = read_byte(r);
        u32 left = bits - shift;
        if (left < 7 && (byte & 0x7f) >> left != 0) {
            reader_fail(r, ERROR_INTEGER_TOO_LARGE, at, 0);
            return 0;
        }
        value |= (u64)(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
    }
}

// sN ::= n:byte (n < 2^6) | n:byte (2^6 <= n < 2^7) | n:byte m:s(N-7)    spec: binary-sint
//
// In the last byte the bits beyond N must all equal the sign.
static s64 read_signed(Reader *r, u32 bits)
{
    u64 value = 0;
    for (u32 shift = 0;; shift += 7) {
        u32 at = reader_offset(r);
        if (shift >= bits) {
            reader_fail(r, ERROR_INTEGER_TOO_LONG, at, 0);
            return 0;
        }
        u8 byte = read_byte(r);
        u32 left = bits - shift;
        if (left < 7) {
            u32 mask = 0x7fu & ~0u << (left - 1);
            if ((byte & mask) != 0 && (byte & mask) != mask) {
                reader_fail(r, ERROR_INTEGER_TOO_LARGE, at, 0);
                return 0;
            }
        }
        value |= (u64)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            if (byte & 0x40 && shift + 7 < 64) value |= ~(u64)0 << (shift + 7);
            return (s64)value;
        }
    }
}

u32 read_u32_slow(Reader *r)
{
    return (u32)read_unsigned(r, 32);
}

u64 read_u64(Reader *r)
{
    return read_unsigned(r, 64);
}

s32 read_s32_slow(Reader *r)
{
    return (s32)read_signed(r, 32);
}

s64 read_s33(Reader *r)
{
    return read_signed(r, 33);
}

s64 read_s64_slow(Reader *r)
{
    return read_signed(r, 64);
}

const u8 *read_bytes(Reader *r, u32 size)
{
    if (size > reader_left(r)) {
        reader_fail(r, ERROR_UNEXPECTED_END, reader_offset(r), 0);
        return NULL;
    }
    const u8 *bytes = r->at;
    r->at += size;
    return bytes;
}

u32 read_f32(Reader *r)
{
    const u8 *bytes = read_bytes(r, 4);
    return bytes ? load_u32(bytes) : 0;
}

u64 read_f64(Reader *r)
{
    const u8 *bytes = read_bytes(r, 8);
    return bytes ? load_u64(bytes) : 0;
}

u32 read_count(Reader *r)
{
    u32 at = reader_offset(r), left = reader_left(r);
    u32 count = read_u32(r);
    if (count > left) {
        reader_fail(r, ERROR_LENGTH_OUT_OF_BOUNDS, at, 0);
        return 0;
    }
    return count;
}

// name ::= b*:list(byte)  (if utf8(name) = b*)                    spec: binary-name
Name read_name(Reader *r)
{
    u32 size = read_count(r);
    u32 at = reader_offset(r);
    const u8 *bytes = read_bytes(r, size);
    if (!bytes) return (Name){0};
    if (!utf8_is_valid(bytes, size)) {
        reader_fail(r, ERROR_BAD_UTF8, at, 0);
        return (Name){0};
    }
    return (Name){bytes, size};
}

// The shortest encoding of each code point except surrogates.     spec: binary-utf8
bool utf8_is_valid(const u8 *bytes, size_t size)
{
    for (size_t i = 0; i < size;) {
        u8 lead = bytes[i++];
        if (lead < 0x80) continue;
        u32 more, least, code;
        if ((lead & 0xe0) == 0xc0) {
            more = 1, least = 0x80, code = lead & 0x1f;
        } else if ((lead & 0xf0) == 0xe0) {
            more = 2, least = 0x800, code = lead & 0x0f;
        } else if ((lead & 0xf8) == 0xf0) {
            more = 3, least = 0x10000, code = lead & 0x07;
        } else {
            return false;
        }
        for (; more; more--) {
            if (i == size || (bytes[i] & 0xc0) != 0x80) return false;
            code = code << 6 | (bytes[i++] & 0x3f);
        }
        if (code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
    }
    return true;
}
