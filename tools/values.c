// values.c -- reads and prints WebAssembly values as people write them.
//                                                   spec: text-int, text-float, syntax-value
// SPDX-License-Identifier: MIT
#include "tools/values.h"

#include <stdio.h>

#include "tools/wat/number.h"

// --- types -------------------------------------------------------------------------

static const char *const value_heap_names[] = {
    [WEFT_HEAP_FUNC] = "func",     [WEFT_HEAP_NOFUNC] = "nofunc",
    [WEFT_HEAP_EXTERN] = "extern", [WEFT_HEAP_NOEXTERN] = "noextern",
    [WEFT_HEAP_ANY] = "any",       [WEFT_HEAP_EQ] = "eq",
    [WEFT_HEAP_I31] = "i31",       [WEFT_HEAP_STRUCT] = "struct",
    [WEFT_HEAP_ARRAY] = "array",   [WEFT_HEAP_NONE] = "none",
    [WEFT_HEAP_EXN] = "exn",       [WEFT_HEAP_NOEXN] = "noexn",
};

const char *valtype_name(weft_valtype type, char *buffer, size_t size)
{
    switch (type.kind) {
    case WEFT_I32: return "i32";
    case WEFT_I64: return "i64";
    case WEFT_F32: return "f32";
    case WEFT_F64: return "f64";
    case WEFT_V128: return "v128";
    default: break;
    }
    const char *null = type.nullable ? "null " : "";
    if (type.heap == WEFT_HEAP_INDEX) {
        snprintf(buffer, size, "(ref %s%u)", null, (unsigned)type.type_index);
    } else {
        const char *heap = type.heap < COUNT_OF(value_heap_names) ? value_heap_names[type.heap] : "?";
        snprintf(buffer, size, "(ref %s%s)", null, heap ? heap : "?");
    }
    return buffer;
}

// --- reading -----------------------------------------------------------------------

static bool value_read_f32(const char *text, u32 *bits)
{
    size_t size = strlen(text);
    return number_kind(text, size) != NUMBER_NONE && parse_f32(text, size, bits);
}

static bool value_read_f64(const char *text, u64 *bits)
{
    size_t size = strlen(text);
    return number_kind(text, size) != NUMBER_NONE && parse_f64(text, size, bits);
}

static bool value_read_int(const char *text, unsigned bits, u64 *value)
{
    size_t size = strlen(text);
    NumberKind kind = number_kind(text, size);
    return (kind == NUMBER_NAT || kind == NUMBER_INT) && parse_int(text, size, bits, value);
}

// One number of up to 128 bits; byte 0 of the value is its lowest.
static bool value_read_v128(const char *text, u8 bytes[16])
{
    size_t size = strlen(text);
    if (size < 3 || size > 34 || text[0] != '0' || text[1] != 'x') return false;
    memset(bytes, 0, 16);
    for (size_t i = 0; i < size - 2; i++) {
        static const char digits[] = "0123456789abcdef";
        char c = text[size - 1 - i];
        if (c >= 'A' && c <= 'F') c = (char)(c - 'A' + 'a');
        const char *digit = strchr(digits, c);
        if (!digit || !c) return false;
        bytes[i / 2] |= (u8)((digit - digits) << (i % 2 * 4));
    }
    return true;
}

bool value_parse(const char *text, weft_valtype type, weft_value *value)
{
    u64 bits;
    *value = (weft_value){.kind = type.kind};
    switch (type.kind) {
    case WEFT_I32:
        if (!value_read_int(text, 32, &bits)) return false;
        value->of.f32_bits = (u32)bits;
        return true;
    case WEFT_I64:
        return value_read_int(text, 64, &value->of.f64_bits);
    case WEFT_F32:
        return value_read_f32(text, &value->of.f32_bits);
    case WEFT_F64:
        return value_read_f64(text, &value->of.f64_bits);
    case WEFT_V128:
        return value_read_v128(text, value->of.v128);
    default:
        value->of.ref = WEFT_NULL_REF;
        return type.nullable && strcmp(text, "null") == 0;
    }
}

// --- printing ----------------------------------------------------------------------

static void format_v128(const u8 bytes[16], char *buffer)
{
    memcpy(buffer, "0x", 2);
    for (u32 i = 0; i < 16; i++) snprintf(buffer + 2 + 2 * i, 3, "%02x", bytes[15 - i]);
}

static void format_ref(const weft_store *store, weft_ref ref, char *buffer)
{
    static const char *const names[] = {
        [WEFT_REF_NULL] = "null",     [WEFT_REF_FUNC] = "func",   [WEFT_REF_EXTERN] = "extern",
        [WEFT_REF_STRUCT] = "struct", [WEFT_REF_ARRAY] = "array", [WEFT_REF_EXN] = "exn",
    };
    weft_ref_kind kind = weft_ref_kind_of(store, ref);
    if (kind == WEFT_REF_I31) {
        snprintf(buffer, VALUE_TEXT_SIZE, "i31:%ld", (long)weft_ref_i31(ref));
    } else {
        snprintf(buffer, VALUE_TEXT_SIZE, "%s", kind < COUNT_OF(names) && names[kind] ? names[kind] : "ref");
    }
}

void value_format(const weft_store *store, const weft_value *value, char *buffer)
{
    switch (value->kind) {
    case WEFT_I32:
        print_s64(buffer, value->of.i32);
        break;
    case WEFT_I64:
        print_s64(buffer, value->of.i64);
        break;
    case WEFT_F32:
        print_f32(buffer, value->of.f32_bits);
        break;
    case WEFT_F64:
        print_f64(buffer, value->of.f64_bits);
        break;
    case WEFT_V128:
        format_v128(value->of.v128, buffer);
        break;
    default:
        format_ref(store, value->of.ref, buffer);
        break;
    }
}
