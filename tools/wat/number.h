// number.h -- number literals of the text format, in both directions.
//
// Everything here is integer arithmetic: no strtod, no locale, no host floating
// point that might round twice or quiet a signalling NaN on its way through a
// register. A literal of any length goes straight to the bits of its type.
//                                                   spec: text-int, text-float
// SPDX-License-Identifier: MIT
#ifndef WEFT_TOOLS_WAT_NUMBER_H
#define WEFT_TOOLS_WAT_NUMBER_H

#include "ports/base.h"

// What a run of characters is as a number: `12` may stand where `+12` may not.
typedef enum NumberKind {
    NUMBER_NONE,   // no number at all
    NUMBER_NAT,    // digits, decimal or 0x
    NUMBER_INT,    // the same with a sign
    NUMBER_FLOAT,  // point, exponent, inf, nan, nan:0x...
} NumberKind;

// The whole text decides: "1_000" is a NAT, "1__0" and "0x" are NONE.
NumberKind number_kind(const char *text, size_t size);

// A NAT below 2^64 or false.
bool parse_nat(const char *text, size_t size, u64 *value);

// A NAT or INT that an integer of `bits` (8, 16, 32, 64) can hold, read as signed or as
// unsigned: -2^(bits-1) .. 2^bits - 1. The value is cut to `bits`.
bool parse_int(const char *text, size_t size, unsigned bits, u64 *value);

// Any NumberKind but NONE as the bits of a float, rounded once, half to even. False when
// the number is too large, or a NaN payload is zero or too wide.
bool parse_f32(const char *text, size_t size, u32 *bits);
bool parse_f64(const char *text, size_t size, u64 *bits);

// The shortest decimal that reads back as the same bits ("0.1", "1e+30", "-0", "inf",
// "nan:0x200000"), terminated: NUMBER_TEXT_MAX bytes are enough. Returns its length.
enum { NUMBER_TEXT_MAX = 40 };
size_t print_f32(char *out, u32 bits);
size_t print_f64(char *out, u64 bits);

// An integer in decimal, terminated. Returns its length.
size_t print_u64(char *out, u64 value);
size_t print_s64(char *out, s64 value);

#endif
