// instr.c -- reading one instruction.
//                                                       spec: binary-instr
// SPDX-License-Identifier: MIT
#include "loader/instr.h"

const OpInfo op_info[OP_COUNT] = {
#define OP(prefix, code, id, mnemonic, immediate, type, family, feature)                     \
    [OP_##id] = {type, code, prefix, IMM_##immediate, FEATURE_##feature},
#include "loader/opcodes.def"
#undef OP
};

// From (prefix, code) to Op + 1; 0 where there is no instruction. The pages of the prefixes
// lie one after the other, the plain opcodes first; each is as long as its codes need.
enum { PAGE_00 = 0, PAGE_FB = 256, PAGE_FC = PAGE_FB + 32, PAGE_FD = PAGE_FC + 32,
       PAGE_FE = PAGE_FD + 276, PAGES_END = PAGE_FE + 80 };
#define OP_PAGE(prefix)                                                                      \
    ((prefix) == 0xfb   ? PAGE_FB                                                            \
     : (prefix) == 0xfc ? PAGE_FC                                                            \
     : (prefix) == 0xfd ? PAGE_FD                                                            \
     : (prefix) == 0xfe ? PAGE_FE                                                            \
                        : PAGE_00)

static const u16 op_by_code[PAGES_END] = {
#define OP(prefix, code, id, mnemonic, immediate, type, family, feature)                     \
    [OP_PAGE(prefix) + (code)] = OP_##id + 1,
#include "loader/opcodes.def"
#undef OP
};

Op op_of_code(u8 prefix, u32 code)
{
    static const u16 page_ends[] = {PAGE_FB, PAGE_FC, PAGE_FD, PAGE_FE, PAGES_END};
    u32 page = OP_PAGE(prefix), end = page_ends[prefix == 0 ? 0 : prefix - 0xfa];
    u16 found = code < end - page ? op_by_code[page + code] : 0;
    return found ? (Op)(found - 1) : OP_COUNT;
}

// --- Facts about memory and lanes ------------------------------------------------------

// log2 of the bytes accessed, by code. A test derives the same from the mnemonics.
static const u8 plain_align[] = {
    2, 3, 2, 3,        // 0x28: loads of whole values
    0, 0, 1, 1,        // i32.load8, load16
    0, 0, 1, 1, 2, 2,  // i64.load8, load16, load32
    2, 3, 2, 3,        // stores of whole values
    0, 1, 0, 1, 2,     // i32.store8, store16, i64.store8, store16, store32
};
static const u8 vector_align[] = {4, 3, 3, 3, 3, 3, 3, 0, 1, 2, 3, 4};  // 0xfd 0x00
static const u8 atomic_align[] = {2, 3, 0, 1, 0, 1, 2};  // seven widths of each operation

u32 op_align_log2(Op op)
{
    u32 code = op_info[op].code;
    switch (op_info[op].prefix) {
    case 0: return code - 0x28 < COUNT_OF(plain_align) ? plain_align[code - 0x28] : 0;
    case 0xfd:
        if (code < COUNT_OF(vector_align)) return vector_align[code];
        return code < 0x5c ? code & 3 : code == 0x5c ? 2 : 3;  // lanes, then load*_zero
    case 0xfe:
        if (code < 0x10) return code == 2 ? 3 : 2;  // notify, wait32; wait64
        return atomic_align[(code - 0x10) % COUNT_OF(atomic_align)];
    default: return 0;
    }
}

// 0xfd 0x15 to 0x22: i8x16 three times, i16x8 three times, then pairs of the others.
static const u8 lane_counts[] = {16, 16, 16, 8, 8, 8, 4, 4, 2, 2, 4, 4, 2, 2};

u32 op_lanes(Op op)
{
    if (op_info[op].immediate == IMM_MEMARG_LANE) return 16u >> op_align_log2(op);
    u32 code = op_info[op].code - 0x15u;
    return op_info[op].prefix == 0xfd && code < COUNT_OF(lane_counts) ? lane_counts[code] : 0;
}

// --- Types -----------------------------------------------------------------------------

// absheaptype: one byte each, as negative numbers of seven bits.   spec: binary-absheaptype
static AbstractHeap abstract_heap_of_byte(u8 byte)
{
    switch (byte) {
    case 0x74: return HEAP_NOEXN;
    case 0x73: return HEAP_NOFUNC;
    case 0x72: return HEAP_NOEXTERN;
    case 0x71: return HEAP_NONE;
    case 0x70: return HEAP_FUNC;
    case 0x6f: return HEAP_EXTERN;
    case 0x6e: return HEAP_ANY;
    case 0x6d: return HEAP_EQ;
    case 0x6c: return HEAP_I31;
    case 0x6b: return HEAP_STRUCT;
    case 0x6a: return HEAP_ARRAY;
    case 0x69: return HEAP_EXN;
    default: return HEAP_BOTTOM;
    }
}

// Which proposal brought the abstract heap type, so that it can be unknown without it.
static Feature abstract_heap_feature(AbstractHeap h)
{
    switch (h) {
    case HEAP_FUNC: return FEATURE_MVP;  // as the type of a table's elements
    case HEAP_EXTERN: return FEATURE_REFERENCE_TYPES;
    case HEAP_EXN:
    case HEAP_NOEXN: return FEATURE_EXCEPTIONS;
    default: return FEATURE_GC;
    }
}

static AbstractHeap known_abstract_heap(u8 byte, FeatureSet features)
{
    AbstractHeap h = abstract_heap_of_byte(byte);
    if (h == HEAP_BOTTOM || !feature_on(features, abstract_heap_feature(h))) return HEAP_BOTTOM;
    return h;
}

// heaptype ::= absheaptype | x:s33 (x >= 0)                      spec: binary-heaptype
HeapType read_heaptype(Reader *r, FeatureSet features)
{
    u32 at = reader_offset(r);
    if (reader_left(r) && (*r->at & 0xc0) == 0x40) {
        AbstractHeap h = known_abstract_heap(*r->at, features);
        if (h != HEAP_BOTTOM) {
            r->at++;
            return HEAP_TYPE(h);
        }
        reader_fail(r, ERROR_BAD_HEAP_TYPE, at, 0);
        return 0;
    }
    s64 index = read_s33(r);
    if (!reader_ok(r)) return 0;
    if (index < 0 || !feature_on(features, FEATURE_FUNCTION_REFERENCES)) {
        reader_fail(r, ERROR_BAD_HEAP_TYPE, at, 0);
        return 0;
    }
    // An index that does not fit is unknown whatever it is.
    return HEAP_INDEX(index > TYPE_INDEX_MAX ? TYPE_INDEX_MAX : (u32)index);
}

// reftype ::= 0x63 heaptype | 0x64 heaptype | absheaptype        spec: binary-reftype
// Gives TYPE_BOTTOM, and reads nothing, where no reftype starts.
static ValType try_reftype(Reader *r, FeatureSet features)
{
    u8 byte = reader_left(r) ? *r->at : 0;
    if (byte == 0x63 || byte == 0x64) {
        if (!feature_on(features, FEATURE_FUNCTION_REFERENCES)) return TYPE_BOTTOM;
        r->at++;
        HeapType h = read_heaptype(r, features);
        return byte == 0x63 ? REF_NULL_TYPE(h) : REF_TYPE(h);
    }
    AbstractHeap h = known_abstract_heap(byte, features);
    if (h == HEAP_BOTTOM) return TYPE_BOTTOM;
    r->at++;
    return REF_NULL_TYPE(HEAP_TYPE(h));
}

ValType read_reftype(Reader *r, FeatureSet features)
{
    ValType t = try_reftype(r, features);
    if (t == TYPE_BOTTOM) {
        if (!reader_left(r)) read_byte(r);  // notes the unexpected end
        reader_fail(r, ERROR_BAD_REF_TYPE, reader_offset(r), 0);
    }
    return t;
}

// valtype ::= numtype | vectype | reftype                        spec: binary-valtype
ValType read_valtype(Reader *r, FeatureSet features)
{
    switch (reader_left(r) ? *r->at : 0) {
    case 0x7f: r->at++; return TYPE_I32;
    case 0x7e: r->at++; return TYPE_I64;
    case 0x7d: r->at++; return TYPE_F32;
    case 0x7c: r->at++; return TYPE_F64;
    case 0x7b:
        if (!feature_on(features, FEATURE_SIMD)) break;
        r->at++;
        return TYPE_V128;
    default: break;
    }
    ValType t = feature_on(features, FEATURE_REFERENCE_TYPES) ? try_reftype(r, features)
                                                              : TYPE_BOTTOM;
    if (t == TYPE_BOTTOM) {
        if (!reader_left(r)) read_byte(r);
        reader_fail(r, ERROR_BAD_VALUE_TYPE, reader_offset(r), 0);
    }
    return t;
}

// blocktype ::= 0x40 | valtype | x:s33 (x >= 0)                  spec: binary-blocktype
static BlockType read_blocktype(Reader *r, FeatureSet features)
{
    u32 at = reader_offset(r);
    if (reader_left(r) && *r->at == 0x40) {
        r->at++;
        return (BlockType){BLOCK_EMPTY, 0};
    }
    if (reader_left(r) && (*r->at & 0xc0) == 0x40)
        return (BlockType){BLOCK_VALUE, read_valtype(r, features)};
    s64 index = read_s33(r);
    if (reader_ok(r) && (index < 0 || !feature_on(features, FEATURE_MULTI_VALUE)))
        reader_fail(r, ERROR_BAD_BLOCK_TYPE, at, 0);
    return (BlockType){BLOCK_INDEX, (u32)index};
}

// --- Immediates ------------------------------------------------------------------------

void instr_scratch_free(InstrScratch *scratch)
{
    if (scratch->words)
        allocator_free(scratch->allocator, scratch->words, scratch->capacity * sizeof(u32));
    scratch->words = NULL;
    scratch->capacity = 0;
}

// Room for `words` words, which came out of read_count and so are bounded by the module.
static bool scratch_reserve(Reader *r, InstrScratch *scratch, u64 words)
{
    if (words <= scratch->capacity) return true;
    u64 capacity = words < 64 ? 64 : words + words / 2;
    void *grown = capacity > UINT32_MAX / sizeof(u32)
                      ? NULL
                      : allocator_resize(scratch->allocator, scratch->words,
                                         scratch->capacity * sizeof(u32),
                                         (size_t)capacity * sizeof(u32));
    if (!grown) {
        reader_fail(r, ERROR_OUT_OF_MEMORY, reader_offset(r), 0);
        return false;
    }
    scratch->words = grown;
    scratch->capacity = (u32)capacity;
    return true;
}

// br_table l* l
static void read_labels(Reader *r, InstrScratch *scratch, Instr *i)
{
    u32 count = read_count(r);
    if (!reader_ok(r) || !scratch_reserve(r, scratch, (u64)count + 1)) return;
    for (u32 n = 0; n <= count; n++) scratch->words[n] = read_u32(r);
    i->of.br_table.labels = scratch->words;
    i->of.br_table.count = count;
}

// catch ::= 0x00 x l | 0x01 x l | 0x02 l | 0x03 l                spec: binary-catch
static void read_catches(Reader *r, InstrScratch *scratch, Instr *i)
{
    u32 count = read_count(r);
    if (!reader_ok(r) ||
        !scratch_reserve(r, scratch, (u64)count * (sizeof(Catch) / sizeof(u32))))
        return;
    Catch *catches = (Catch *)(void *)scratch->words;
    for (u32 n = 0; n < count && reader_ok(r); n++) {
        u32 at = reader_offset(r);
        u8 kind = read_byte(r);
        if (kind > CATCH_ALL_REF) reader_fail(r, ERROR_BAD_CATCH_KIND, at, 0);
        u32 tag = kind <= CATCH_TAG_REF ? read_u32(r) : 0;
        catches[n] = (Catch){kind, tag, read_u32(r)};
    }
    i->of.block.catches = catches;
    i->of.block.catch_count = count;
}

static void read_select_types(Reader *r, FeatureSet features, InstrScratch *scratch, Instr *i)
{
    u32 count = read_count(r);
    if (!reader_ok(r) || !scratch_reserve(r, scratch, (u64)count + 1)) return;
    for (u32 n = 0; n < count && reader_ok(r); n++) scratch->words[n] = read_valtype(r, features);
    i->of.select.types = scratch->words;
    i->of.select.count = count;
}

// memarg ::= n:u32 m:u64 (n < 2^6) | n:u32 x:memidx m:u64 (2^6 <= n < 2^7)
//                                                       spec: binary-memarg
static void read_memarg(Reader *r, FeatureSet features, MemArg *mem)
{
    u32 at = reader_offset(r);
    u32 flags = read_u32(r);
    if (flags >= 0x80) {
        reader_fail(r, ERROR_BAD_MEMOP_FLAGS, at, 0);
        return;
    }
    mem->memory = 0;
    if (flags & 0x40 && feature_on(features, FEATURE_MULTI_MEMORY)) {
        flags &= 0x3f;
        mem->memory = read_u32(r);
    }
    mem->align_log2 = (u8)flags;
    mem->offset = feature_on(features, FEATURE_MEMORY64) ? read_u64(r) : read_u32(r);
}

// An index that was a zero byte before a proposal gave it a meaning.
static u32 read_reserved_index(Reader *r, FeatureSet features, Feature feature)
{
    if (feature_on(features, feature)) return read_u32(r);
    u32 at = reader_offset(r);
    if (read_byte(r) != 0) reader_fail(r, ERROR_ZERO_EXPECTED, at, 0);
    return 0;
}

// castop: bit 0 says the first type is nullable, bit 1 the second.  spec: binary-castop
static void read_cast(Reader *r, FeatureSet features, Instr *i)
{
    u32 at = reader_offset(r);
    u8 flags = read_byte(r);
    if (flags > 3) reader_fail(r, ERROR_BAD_CAST_FLAGS, at, 0);
    i->of.cast.label = read_u32(r);
    HeapType from = read_heaptype(r, features), to = read_heaptype(r, features);
    i->of.cast.from = flags & 1 ? REF_NULL_TYPE(from) : REF_TYPE(from);
    i->of.cast.to = flags & 2 ? REF_NULL_TYPE(to) : REF_TYPE(to);
}

static void read_16_bytes(Reader *r, u8 *to)
{
    const u8 *bytes = read_bytes(r, 16);
    if (bytes) memcpy(to, bytes, 16);
}

// Opcodes after a prefix are u32.
static Op read_prefixed_op(Reader *r, u8 prefix, u32 at)
{
    if (prefix < 0xfb || prefix > 0xfe) {
        reader_fail(r, ERROR_ILLEGAL_OPCODE, at, prefix);
        return OP_COUNT;
    }
    u32 code = read_u32(r);
    if (!reader_ok(r)) return OP_COUNT;
    Op op = op_of_code(prefix, code);
    if (op == OP_COUNT)
        reader_fail(r, ERROR_ILLEGAL_OPCODE, at, (u32)prefix << 24 | (code & 0xffffff));
    return op;
}

bool read_instr(Reader *r, FeatureSet features, InstrScratch *scratch, Instr *i)
{
    u32 at = reader_offset(r);
    u8 byte = read_byte(r);
    if (!reader_ok(r)) return false;
    u16 found = op_by_code[byte];
    Op op = LIKELY(found) ? (Op)(found - 1) : read_prefixed_op(r, byte, at);
    if (op == OP_COUNT) return false;
    const OpInfo *info = &op_info[op];
    if (!feature_on(features, (Feature)info->feature)) {
        reader_fail(r, ERROR_ILLEGAL_OPCODE, at,
                    info->prefix ? (u32)info->prefix << 24 | info->code : info->code);
        return false;
    }
    i->op = (u16)op;
    i->at = at;
    switch ((ImmKind)info->immediate) {
    case IMM_NONE: break;
    case IMM_BLOCK:
    case IMM_TRY_TABLE:
        i->of.block.type = read_blocktype(r, features);
        i->of.block.catches = NULL;
        i->of.block.catch_count = 0;
        if (info->immediate == IMM_TRY_TABLE) read_catches(r, scratch, i);
        break;
    case IMM_LABEL:
    case IMM_FUNC:
    case IMM_TYPE:
    case IMM_TAG:
    case IMM_LOCAL:
    case IMM_GLOBAL:
    case IMM_TABLE:
    case IMM_DATA:
    case IMM_ELEM: i->of.index = read_u32(r); break;
    case IMM_MEMORY:
        i->of.index = read_reserved_index(r, features, FEATURE_MULTI_MEMORY);
        break;
    case IMM_BR_TABLE: read_labels(r, scratch, i); break;
    case IMM_CALL_INDIRECT:
        i->of.two.first = read_u32(r);
        i->of.two.second = read_reserved_index(r, features, FEATURE_REFERENCE_TYPES);
        break;
    case IMM_FIELD:
    case IMM_TYPE_COUNT:
    case IMM_TYPE_DATA:
    case IMM_TYPE_ELEM:
    case IMM_TYPE_TYPE:
        i->of.two.first = read_u32(r);
        i->of.two.second = read_u32(r);
        break;
    case IMM_MEMORY_INIT:
        i->of.two.first = read_u32(r);
        i->of.two.second = read_reserved_index(r, features, FEATURE_MULTI_MEMORY);
        break;
    case IMM_MEMORY_COPY:
        i->of.two.first = read_reserved_index(r, features, FEATURE_MULTI_MEMORY);
        i->of.two.second = read_reserved_index(r, features, FEATURE_MULTI_MEMORY);
        break;
    case IMM_TABLE_INIT:
        i->of.two.first = read_u32(r);
        i->of.two.second = read_reserved_index(r, features, FEATURE_REFERENCE_TYPES);
        break;
    case IMM_TABLE_COPY:
        i->of.two.first = read_reserved_index(r, features, FEATURE_REFERENCE_TYPES);
        i->of.two.second = read_reserved_index(r, features, FEATURE_REFERENCE_TYPES);
        break;
    case IMM_SELECT: read_select_types(r, features, scratch, i); break;
    case IMM_HEAP: i->of.type = REF_NULL_TYPE(read_heaptype(r, features)); break;
    case IMM_REF_TYPE: {
        HeapType heap = read_heaptype(r, features);
        bool null = op == OP_ref_test_null || op == OP_ref_cast_null;
        i->of.type = null ? REF_NULL_TYPE(heap) : REF_TYPE(heap);
        break;
    }
    case IMM_CAST: read_cast(r, features, i); break;
    case IMM_I32: i->of.i32 = read_s32(r); break;
    case IMM_I64: i->of.i64 = read_s64(r); break;
    case IMM_F32: i->of.f32_bits = read_f32(r); break;
    case IMM_F64: i->of.f64_bits = read_f64(r); break;
    case IMM_V128:
    case IMM_SHUFFLE: read_16_bytes(r, i->of.bytes); break;
    case IMM_LANE: i->of.lane = read_byte(r); break;
    case IMM_MEMARG: read_memarg(r, features, &i->of.mem); break;
    case IMM_MEMARG_LANE:
        read_memarg(r, features, &i->of.mem);
        i->of.mem.lane = read_byte(r);
        break;
    case IMM_FENCE: {
        u32 zero_at = reader_offset(r);
        if (read_byte(r) != 0) reader_fail(r, ERROR_ZERO_EXPECTED, zero_at, 0);
        break;
    }
    case IMM_COUNT: break;
    }
    i->end = reader_offset(r);
    return reader_ok(r);
}
