// wast_value.c -- constants of scripts, and the patterns that results are held against.
//
// Everything is compared as bits. A float pattern may be a class instead: nan:canonical is
// either sign and the quiet bit alone, nan:arithmetic any payload with the quiet bit.
// SPDX-License-Identifier: MIT
#include "tools/wast.h"

#include "tools/wat/number.h"

static bool at_script_word(const Script *s, u32 word)
{
    return s->at->kind == TOKEN_KEYWORD && s->at->word == word;
}

static bool at_literal(const Script *s)
{
    return s->at->kind == TOKEN_NAT || s->at->kind == TOKEN_INT || s->at->kind == TOKEN_FLOAT;
}

static bool close_list(Script *s)
{
    if (s->at->kind != TOKEN_RPAR) return false;
    s->at++;
    return true;
}

// --- numbers -------------------------------------------------------------------------

// A literal, or a class of NaNs, of one lane of one number.
typedef struct LanePattern {
    u64 bits;
    u32 nan_class;  // WORD_nan_canonical, WORD_nan_arithmetic, or WORD_NONE
} LanePattern;

// `classes`: NaN classes may stand here too.
static bool read_lane(Script *s, bool is_float, u32 lane_bits, bool classes, LanePattern *lane)
{
    const char *text = s->source + s->at->at;
    u32 size = s->at->size, narrow;
    *lane = (LanePattern){0};
    bool good = false;
    if (is_float && classes &&
        (at_script_word(s, WORD_nan_canonical) || at_script_word(s, WORD_nan_arithmetic))) {
        lane->nan_class = s->at->word;
        good = true;
    } else if (!at_literal(s)) {
        good = false;
    } else if (!is_float) {
        good = s->at->kind != TOKEN_FLOAT && parse_int(text, size, lane_bits, &lane->bits);
    } else if (lane_bits == 32) {
        good = parse_f32(text, size, &narrow);
        lane->bits = narrow;
    } else {
        good = parse_f64(text, size, &lane->bits);
    }
    if (good) s->at++;
    return good;
}

// spec: exec-numeric, aux-nans
static bool lane_matches(const LanePattern *lane, u32 lane_bits, u64 bits)
{
    if (lane->nan_class == WORD_NONE) return lane->bits == bits;
    u64 quiet = lane_bits == 32 ? 0x7fc00000 : (u64)0x7ff8 << 48;
    u64 sign = (u64)1 << (lane_bits - 1);
    if (lane->nan_class == WORD_nan_canonical) return (bits & ~sign) == quiet;
    return (bits & quiet) == quiet;
}

typedef struct LaneShape {
    u8 lanes, bits;
    bool is_float;
} LaneShape;

// The shapes of words.def, from i8x16 to f64x2.
static const LaneShape lane_shapes[] = {{16, 8, false}, {8, 16, false}, {4, 32, false},
                                        {2, 64, false}, {4, 32, true},  {2, 64, true}};

static const LaneShape *read_shape(Script *s)
{
    if (s->at->kind != TOKEN_KEYWORD || s->at->word < WORD_i8x16 || s->at->word > WORD_f64x2)
        return NULL;
    return &lane_shapes[s->at++->word - WORD_i8x16];
}

static void set_lane(u8 bytes[16], u32 lane, u32 lane_bits, u64 value)
{
    for (u32 b = 0; b < lane_bits / 8; b++) bytes[lane * lane_bits / 8 + b] = (u8)(value >> 8 * b);
}

static u64 get_lane(const u8 bytes[16], u32 lane, u32 lane_bits)
{
    u64 value = 0;
    for (u32 b = 0; b < lane_bits / 8; b++) value |= (u64)bytes[lane * lane_bits / 8 + b] << 8 * b;
    return value;
}

// The number instruction a keyword is, as the kind of its value: 0 if it is none.
static weft_kind kind_of_const(u32 word)
{
    switch (word) {
    case WORD_OPS + OP_i32_const: return WEFT_I32;
    case WORD_OPS + OP_i64_const: return WEFT_I64;
    case WORD_OPS + OP_f32_const: return WEFT_F32;
    case WORD_OPS + OP_f64_const: return WEFT_F64;
    case WORD_OPS + OP_v128_const: return WEFT_V128;
    default: return (weft_kind)0;
    }
}

static LaneShape shape_of_kind(weft_kind kind)
{
    return (LaneShape){1, kind == WEFT_I32 || kind == WEFT_F32 ? 32 : 64,
                       kind == WEFT_F32 || kind == WEFT_F64};
}

static u64 number_bits(const weft_value *value)
{
    return value->kind == WEFT_I32 || value->kind == WEFT_F32 ? value->of.f32_bits
                                                              : value->of.f64_bits;
}

static void set_number_bits(weft_value *value, u64 bits)
{
    if (value->kind == WEFT_I32 || value->kind == WEFT_F32) value->of.f32_bits = (u32)bits;
    else value->of.f64_bits = bits;
}

// --- constants -----------------------------------------------------------------------

// Host values are numbers; the pointer that stands for one is never followed.
static void *host_pointer(u64 number)
{
    return (void *)(uintptr_t)(number + 1);
}

static bool read_host_number(Script *s, u64 *number)
{
    const Token *t = s->at;
    if (t->kind != TOKEN_NAT || !parse_nat(s->source + t->at, t->size, number)) return false;
    s->at++;
    return true;
}

static bool read_v128_const(Script *s, u8 bytes[16])
{
    const LaneShape *shape = read_shape(s);
    if (!shape) return false;
    for (u32 i = 0; i < shape->lanes; i++) {
        LanePattern lane;
        if (!read_lane(s, shape->is_float, shape->bits, false, &lane)) return false;
        set_lane(bytes, i, shape->bits, lane.bits);
    }
    return true;
}

bool read_const(Script *s, weft_value *value)
{
    if (s->at->kind != TOKEN_LPAR || s->at[1].kind != TOKEN_KEYWORD) return false;
    u32 word = s->at[1].word;
    s->at += 2;
    *value = (weft_value){.kind = (u8)kind_of_const(word)};
    if (value->kind == WEFT_V128) {
        if (!read_v128_const(s, value->of.v128)) return false;
    } else if (value->kind) {
        LaneShape shape = shape_of_kind((weft_kind)value->kind);
        LanePattern lane;
        if (!read_lane(s, shape.is_float, shape.bits, false, &lane)) return false;
        set_number_bits(value, lane.bits);
    } else if (word == WORD_OPS + OP_ref_null) {
        value->kind = WEFT_REF;
        if (s->at->kind != TOKEN_RPAR) s->at++;  // the heap type: null is null
    } else if (word == WORD_ref_extern || word == WORD_ref_host) {
        u64 number;
        value->kind = WEFT_REF;
        if (!read_host_number(s, &number)) return false;
        value->of.ref = weft_ref_new_extern(s->store, host_pointer(number), NULL);
    } else {
        return false;
    }
    return close_list(s);
}

// --- patterns ------------------------------------------------------------------------

// The top of the hierarchy a heap type's keyword belongs to, or 0.
static weft_heap top_of_word(u32 word)
{
    switch (word) {
    case WORD_func: case WORD_nofunc: return WEFT_HEAP_FUNC;
    case WORD_extern: case WORD_noextern: return WEFT_HEAP_EXTERN;
    case WORD_exn: case WORD_noexn: return WEFT_HEAP_EXN;
    case WORD_any: case WORD_eq: case WORD_i31: case WORD_struct: case WORD_array:
    case WORD_none: return WEFT_HEAP_ANY;
    default: return (weft_heap)0;
    }
}

// (ref.null ht?): null, and of the hierarchy named
static Match match_null(Script *s, const weft_value *value)
{
    weft_heap top = (weft_heap)0;
    if (s->at->kind == TOKEN_KEYWORD) top = top_of_word(s->at->word);
    if (s->at->kind != TOKEN_RPAR) s->at++;
    if (value->of.ref != WEFT_NULL_REF) return MATCH_NO;
    return top && value->heap && value->heap != top ? MATCH_NO : MATCH_YES;
}

// (ref.extern n?), (ref.host n): that host value, seen as the one or the other kind.
static Match match_host(Script *s, const weft_value *value, weft_heap top)
{
    bool numbered = s->at->kind == TOKEN_NAT;
    u64 number = 0;
    if (numbered && !read_host_number(s, &number)) return MATCH_UNREADABLE;
    if (value->of.ref == WEFT_NULL_REF || value->heap != top) return MATCH_NO;
    if (!numbered) return MATCH_YES;
    return weft_ref_kind_of(s->store, value->of.ref) == WEFT_REF_EXTERN &&
                   weft_ref_extern_value(s->store, value->of.ref) == host_pointer(number)
               ? MATCH_YES : MATCH_NO;
}

// (ref.func), (ref.i31), (ref.eq), ...: anything of that kind but null.
static bool kind_matches(u32 word, weft_ref_kind kind, u8 heap)
{
    bool eq = kind == WEFT_REF_I31 || kind == WEFT_REF_STRUCT || kind == WEFT_REF_ARRAY;
    switch (word) {
    case WORD_OPS + OP_ref_func: return kind == WEFT_REF_FUNC;
    case WORD_OPS + OP_ref_i31: return heap == WEFT_HEAP_ANY && kind == WEFT_REF_I31;
    case WORD_OPS + OP_ref_eq: return heap == WEFT_HEAP_ANY && eq;
    case WORD_ref_any: return heap == WEFT_HEAP_ANY;
    case WORD_ref_struct: return heap == WEFT_HEAP_ANY && kind == WEFT_REF_STRUCT;
    case WORD_ref_array: return heap == WEFT_HEAP_ANY && kind == WEFT_REF_ARRAY;
    case WORD_ref_exn: return kind == WEFT_REF_EXN;
    default: return false;
    }
}

static Match match_ref(Script *s, u32 word, const weft_value *value)
{
    bool is_ref = value->kind == WEFT_REF;
    weft_value none = {0};
    if (!is_ref) value = &none;  // read on all the same: the script must be readable
    Match match;
    switch (word) {
    case WORD_OPS + OP_ref_null: match = match_null(s, value); break;
    case WORD_ref_extern: match = match_host(s, value, WEFT_HEAP_EXTERN); break;
    case WORD_ref_host: match = match_host(s, value, WEFT_HEAP_ANY); break;
    case WORD_OPS + OP_ref_func: case WORD_OPS + OP_ref_i31: case WORD_OPS + OP_ref_eq:
    case WORD_ref_any: case WORD_ref_struct: case WORD_ref_array: case WORD_ref_exn:
        match = value->of.ref != WEFT_NULL_REF &&
                        kind_matches(word, weft_ref_kind_of(s->store, value->of.ref), value->heap)
                    ? MATCH_YES : MATCH_NO;
        break;
    default: return MATCH_UNREADABLE;
    }
    return match == MATCH_YES && !is_ref ? MATCH_NO : match;
}

static Match match_lanes(Script *s, const weft_value *value, weft_kind kind)
{
    LaneShape scalar = shape_of_kind(kind);
    const LaneShape *shape = kind == WEFT_V128 ? read_shape(s) : &scalar;
    if (!shape) return MATCH_UNREADABLE;
    bool same = value->kind == kind;
    for (u32 i = 0; i < shape->lanes; i++) {
        LanePattern lane;
        if (!read_lane(s, shape->is_float, shape->bits, true, &lane)) return MATCH_UNREADABLE;
        u64 bits = kind == WEFT_V128 ? get_lane(value->of.v128, i, shape->bits)
                                     : number_bits(value);
        same = same && lane_matches(&lane, shape->bits, bits);
    }
    return same ? MATCH_YES : MATCH_NO;
}

// One pattern without alternatives, in parentheses.
static Match match_one(Script *s, const weft_value *value)
{
    if (s->at->kind != TOKEN_LPAR || s->at[1].kind != TOKEN_KEYWORD) return MATCH_UNREADABLE;
    u32 word = s->at[1].word;
    s->at += 2;
    weft_kind kind = kind_of_const(word);
    Match match = kind ? match_lanes(s, value, kind) : match_ref(s, word, value);
    return close_list(s) ? match : MATCH_UNREADABLE;
}

// (either pattern+)
Match match_result(Script *s, const weft_value *value)
{
    bool either = s->at->kind == TOKEN_LPAR && s->at[1].kind == TOKEN_KEYWORD &&
                  s->at[1].word == WORD_either;
    if (!either) return match_one(s, value);
    s->at += 2;
    Match match = MATCH_UNREADABLE;
    do {
        Match one = match_one(s, value);
        if (one == MATCH_UNREADABLE) return one;
        if (match != MATCH_YES) match = one;
    } while (s->at->kind == TOKEN_LPAR);
    return close_list(s) ? match : MATCH_UNREADABLE;
}

// --- showing values ------------------------------------------------------------------

static size_t print_ref(const Script *s, const weft_value *value, char *buffer, size_t size)
{
    static const char *const names[] = {
        [WEFT_REF_NULL] = "ref.null", [WEFT_REF_FUNC] = "ref.func",
        [WEFT_REF_EXTERN] = "ref.extern", [WEFT_REF_I31] = "ref.i31",
        [WEFT_REF_STRUCT] = "ref.struct", [WEFT_REF_ARRAY] = "ref.array",
        [WEFT_REF_EXN] = "ref.exn"};
    weft_ref ref = value->of.ref;
    weft_ref_kind kind = weft_ref_kind_of(s->store, ref);
    int n;
    if (kind == WEFT_REF_EXTERN) {
        uintptr_t number = (uintptr_t)weft_ref_extern_value(s->store, ref) - 1;
        n = snprintf(buffer, size, "(%s %llu)",
                     value->heap == WEFT_HEAP_ANY ? "ref.host" : "ref.extern",
                     (unsigned long long)number);
    } else {
        n = snprintf(buffer, size, "(%s%s)", value->heap == WEFT_HEAP_EXTERN ? "ref.extern of " : "",
                     names[kind]);
    }
    return n < 0 ? 0 : (size_t)n;
}

size_t print_value(const Script *s, const weft_value *value, char *buffer, size_t size)
{
    char number[NUMBER_TEXT_MAX];
    int n = 0;
    switch ((weft_kind)value->kind) {
    case WEFT_I32: n = snprintf(buffer, size, "(i32.const %d)", (int)value->of.i32); break;
    case WEFT_I64: n = snprintf(buffer, size, "(i64.const %lld)", (long long)value->of.i64); break;
    case WEFT_F32:
        print_f32(number, value->of.f32_bits);
        n = snprintf(buffer, size, "(f32.const %s)", number);
        break;
    case WEFT_F64:
        print_f64(number, value->of.f64_bits);
        n = snprintf(buffer, size, "(f64.const %s)", number);
        break;
    case WEFT_V128:
        n = snprintf(buffer, size, "(v128.const i32x4 0x%08x 0x%08x 0x%08x 0x%08x)",
                     (unsigned)get_lane(value->of.v128, 0, 32),
                     (unsigned)get_lane(value->of.v128, 1, 32),
                     (unsigned)get_lane(value->of.v128, 2, 32),
                     (unsigned)get_lane(value->of.v128, 3, 32));
        break;
    case WEFT_REF: return print_ref(s, value, buffer, size);
    }
    return n < 0 ? 0 : (size_t)n;
}
