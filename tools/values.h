// values.h -- WebAssembly values as people write them, for `--invoke`.
//
//     i32 i64   signed decimal; also read: unsigned decimal, hexadecimal (0x), 1_000
//     f32 f64   the fewest digits that read back as the same number; inf, nan, nan:0x200000
//     v128      0x and 32 hexadecimal digits, as one number: the last lane comes first
//     references null; results also name what they refer to
// SPDX-License-Identifier: MIT
#ifndef WEFT_TOOLS_VALUES_H
#define WEFT_TOOLS_VALUES_H

#include "tools/tools.h"

// "i32", "f64", "externref", "(ref null 3)"...; kept in `buffer` where it must be made.
const char *valtype_name(weft_valtype type, char *buffer, size_t size);

// False if `text` is no value of that type.
bool value_parse(const char *text, weft_valtype type, weft_value *value);

// `buffer` has room for VALUE_TEXT_SIZE bytes; what it gets is ended by a zero.
enum { VALUE_TEXT_SIZE = 64 };
void value_format(const weft_store *store, const weft_value *value, char *buffer);

#endif
