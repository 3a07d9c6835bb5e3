// encode.c -- instructions and types as bytes.
// SPDX-License-Identifier: MIT
#include "tools/wat/encode.h"

// --- types ---------------------------------------------------------------------------

void encode_heaptype(Bytes *out, HeapType heap)
{
    static const u8 codes[HEAP_COUNT] = {
        [HEAP_FUNC] = 0x70, [HEAP_NOFUNC] = 0x73, [HEAP_EXTERN] = 0x6f, [HEAP_NOEXTERN] = 0x72,
        [HEAP_ANY] = 0x6e,  [HEAP_EQ] = 0x6d,     [HEAP_I31] = 0x6c,    [HEAP_STRUCT] = 0x6b,
        [HEAP_ARRAY] = 0x6a, [HEAP_NONE] = 0x71,  [HEAP_EXN] = 0x69,    [HEAP_NOEXN] = 0x74,
    };
    if (heap_is_abstract(heap))
        bytes_byte(out, codes[heap_abstract(heap)]);
    else
        bytes_s64(out, heap_index(heap));
}

void encode_valtype(Bytes *out, ValType type)
{
    switch (type_kind(type)) {
    case TYPE_I32: bytes_byte(out, 0x7f); break;
    case TYPE_I64: bytes_byte(out, 0x7e); break;
    case TYPE_F32: bytes_byte(out, 0x7d); break;
    case TYPE_F64: bytes_byte(out, 0x7c); break;
    case TYPE_V128: bytes_byte(out, 0x7b); break;
    case TYPE_I8: bytes_byte(out, 0x78); break;
    case TYPE_I16: bytes_byte(out, 0x77); break;
    case TYPE_REF:
        // A nullable abstract reference is written as its heap type alone.
        if (!type_is_nullable(type)) bytes_byte(out, 0x64);
        else if (!heap_is_abstract(type_heap(type))) bytes_byte(out, 0x63);
        encode_heaptype(out, type_heap(type));
        break;
    case TYPE_BOTTOM: break;
    }
}

// limits ::= flags:byte min:u64 max:u64? page-size-log2:u32?         spec: binary-limits
void encode_limits(Bytes *out, const Limits *limits)
{
    bool pages = limits->page_log2 != 16;
    bytes_byte(out, (u8)(limits->has_max | limits->shared << 1 | limits->is64 << 2 | pages << 3));
    bytes_u64(out, limits->min);
    if (limits->has_max) bytes_u64(out, limits->max);
    if (pages) bytes_u32(out, limits->page_log2);
}

// tabletype ::= reftype limits                                    spec: binary-tabletype
void encode_tabletype(Bytes *out, const TableType *type)
{
    Limits limits = type->limits;
    limits.page_log2 = 16;  // tables have none
    encode_valtype(out, type->elem);
    encode_limits(out, &limits);
}

// globaltype ::= valtype mut                                     spec: binary-globaltype
void encode_globaltype(Bytes *out, const GlobalType *type)
{
    encode_valtype(out, type->value);
    bytes_byte(out, type->is_mutable);
}

void encode_section(Bytes *out, u8 id, const Bytes *content)
{
    bytes_byte(out, id);
    bytes_u64(out, content->size);
    bytes_add(out, content->data, content->size);
    out->failed |= content->failed;
}

// --- instructions --------------------------------------------------------------------

static void encode_blocktype(Bytes *out, const BlockType *type)
{
    switch ((BlockKind)type->kind) {
    case BLOCK_EMPTY: bytes_byte(out, 0x40); break;
    case BLOCK_VALUE: encode_valtype(out, type->type); break;
    case BLOCK_INDEX: bytes_s64(out, type->type); break;
    }
}

// memarg ::= align:u32 offset:u64 | (align + 64):u32 memidx offset:u64   spec: binary-memarg
static void encode_memarg(Bytes *out, const MemArg *mem)
{
    bytes_u32(out, mem->align_log2 | (mem->memory ? 0x40u : 0));
    if (mem->memory) bytes_u32(out, mem->memory);
    bytes_u64(out, mem->offset);
}

static void encode_catches(Bytes *out, const Instr *i)
{
    bytes_u32(out, i->of.block.catch_count);
    for (u32 n = 0; n < i->of.block.catch_count; n++) {
        const Catch *clause = &i->of.block.catches[n];
        bytes_byte(out, clause->kind);
        if (clause->kind == CATCH_TAG || clause->kind == CATCH_TAG_REF)
            bytes_u32(out, clause->tag);
        bytes_u32(out, clause->label);
    }
}

void encode_instr(Bytes *out, const Instr *i)
{
    const OpInfo *op = &op_info[i->op];
    if (op->prefix) {
        bytes_byte(out, op->prefix);
        bytes_u32(out, op->code);
    } else {
        bytes_byte(out, (u8)op->code);
    }
    switch ((ImmKind)op->immediate) {
    case IMM_NONE: break;
    case IMM_BLOCK: encode_blocktype(out, &i->of.block.type); break;
    case IMM_TRY_TABLE:
        encode_blocktype(out, &i->of.block.type);
        encode_catches(out, i);
        break;
    case IMM_LABEL: case IMM_FUNC: case IMM_TYPE: case IMM_TAG: case IMM_LOCAL:
    case IMM_GLOBAL: case IMM_TABLE: case IMM_MEMORY: case IMM_DATA: case IMM_ELEM:
        bytes_u32(out, i->of.index);
        break;
    case IMM_BR_TABLE:
        bytes_u32(out, i->of.br_table.count);
        for (u32 n = 0; n <= i->of.br_table.count; n++) bytes_u32(out, i->of.br_table.labels[n]);
        break;
    case IMM_CALL_INDIRECT: case IMM_FIELD: case IMM_TYPE_COUNT: case IMM_TYPE_DATA:
    case IMM_TYPE_ELEM: case IMM_TYPE_TYPE: case IMM_MEMORY_INIT: case IMM_MEMORY_COPY:
    case IMM_TABLE_INIT: case IMM_TABLE_COPY:
        bytes_u32(out, i->of.two.first);
        bytes_u32(out, i->of.two.second);
        break;
    case IMM_SELECT:
        bytes_u32(out, i->of.select.count);
        for (u32 n = 0; n < i->of.select.count; n++)
            encode_valtype(out, i->of.select.types[n]);
        break;
    case IMM_HEAP: case IMM_REF_TYPE: encode_heaptype(out, type_heap(i->of.type)); break;
    case IMM_CAST:
        bytes_byte(out, (u8)(type_is_nullable(i->of.cast.from) |
                           type_is_nullable(i->of.cast.to) << 1));
        bytes_u32(out, i->of.cast.label);
        encode_heaptype(out, type_heap(i->of.cast.from));
        encode_heaptype(out, type_heap(i->of.cast.to));
        break;
    case IMM_I32: bytes_s64(out, i->of.i32); break;
    case IMM_I64: bytes_s64(out, i->of.i64); break;
    case IMM_F32: bytes_fixed32(out, i->of.f32_bits); break;
    case IMM_F64: bytes_fixed64(out, i->of.f64_bits); break;
    case IMM_V128: case IMM_SHUFFLE: bytes_add(out, i->of.bytes, 16); break;
    case IMM_LANE: bytes_byte(out, i->of.lane); break;
    case IMM_MEMARG: encode_memarg(out, &i->of.mem); break;
    case IMM_MEMARG_LANE:
        encode_memarg(out, &i->of.mem);
        bytes_byte(out, i->of.mem.lane);
        break;
    case IMM_FENCE: bytes_byte(out, 0); break;
    case IMM_COUNT: break;
    }
}
