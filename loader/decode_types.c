// decode_types.c -- the type section.
//                                                       spec: binary-typesec
// SPDX-License-Identifier: MIT
#include "loader/load.h"

typedef struct TypeDecoder {
    Module *m;
    Reader *r;
    u32 capacity;  // of m->types
} TypeDecoder;

static void *types_alloc(TypeDecoder *d, size_t count, size_t size)
{
    if (!reader_ok(d->r)) return NULL;
    void *memory = arena_alloc(&d->m->arena, count, size);
    if (!memory) reader_fail(d->r, ERROR_OUT_OF_MEMORY, reader_offset(d->r), 0);
    return memory;
}

// storagetype ::= valtype | packtype                        spec: binary-storagetype
static ValType read_storage_type(TypeDecoder *d)
{
    u8 byte = reader_left(d->r) ? *d->r->at : 0;
    if (byte == 0x78 || byte == 0x77) {
        d->r->at++;
        return byte == 0x78 ? TYPE_I8 : TYPE_I16;
    }
    ValType t = read_valtype(d->r, d->m->features);
    if (d->r->error == ERROR_BAD_VALUE_TYPE) d->r->error = ERROR_BAD_STORAGE_TYPE;
    return t;
}

// fieldtype ::= storagetype mut                             spec: binary-fieldtype
static FieldType read_field(TypeDecoder *d)
{
    FieldType field = {.storage = read_storage_type(d)};
    u32 at = reader_offset(d->r);
    u8 mutable = read_byte(d->r);
    if (mutable > 1) reader_fail(d->r, ERROR_BAD_MUTABILITY, at, 0);
    field.is_mutable = mutable;
    return field;
}

// A list of value types. Reads it twice: parameters and results share one array, which can
// only be made when both counts are known.
static void read_result_type(TypeDecoder *d, ValType *to)
{
    u32 count = read_count(d->r);
    for (u32 i = 0; i < count && reader_ok(d->r); i++) {
        ValType t = read_valtype(d->r, d->m->features);
        if (to) to[i] = t;
    }
}

// functype ::= 0x60 resulttype resulttype                   spec: binary-functype
static void read_func_type(TypeDecoder *d, FuncType *type)
{
    Reader *r = d->r;
    Reader first = *r;
    u32 params = read_count(r);
    for (u32 i = 0; i < params && reader_ok(r); i++) read_valtype(r, d->m->features);
    u32 at = reader_offset(r), results = read_count(r);
    if (results > 1 && !feature_on(d->m->features, FEATURE_MULTI_VALUE))
        reader_fail(r, ERROR_RESULT_ARITY, at, 0);
    for (u32 i = 0; i < results && reader_ok(r); i++) read_valtype(r, d->m->features);
    ValType *types = types_alloc(d, (size_t)params + results, sizeof *types);
    if (!types) return;
    *r = first;
    read_result_type(d, types);
    read_result_type(d, types + params);
    *type = (FuncType){types, types + params, params, results};
}

// structtype ::= 0x5f list(fieldtype)                       spec: binary-structtype
static void read_struct_type(TypeDecoder *d, StructType *type)
{
    u32 count = read_count(d->r);
    FieldType *fields = types_alloc(d, count, sizeof *fields);
    for (u32 i = 0; i < count && reader_ok(d->r); i++) fields[i] = read_field(d);
    *type = (StructType){fields, count};
}

// comptype ::= 0x5e arraytype | 0x5f structtype | 0x60 functype   spec: binary-comptype
static void read_comp_type(TypeDecoder *d, SubType *type)
{
    u32 at = reader_offset(d->r);
    u8 byte = read_byte(d->r);
    bool gc = feature_on(d->m->features, FEATURE_GC);
    if (byte == 0x60) {
        type->comp = COMP_FUNC;
        read_func_type(d, &type->of.func);
    } else if (byte == 0x5f && gc) {
        type->comp = COMP_STRUCT;
        read_struct_type(d, &type->of.structure);
    } else if (byte == 0x5e && gc) {
        type->comp = COMP_ARRAY;
        type->of.array.field = read_field(d);
    } else {
        // The byte is a number of seven bits, so one with the eighth set is not even that.
        reader_fail(d->r, byte & 0x80 ? ERROR_INTEGER_TOO_LONG : ERROR_BAD_DEFINITION_TYPE, at, 0);
    }
}

// subtype ::= 0x4f list(typeidx) comptype | 0x50 list(typeidx) comptype | comptype
// 0x4f is final; so is a type without either.               spec: binary-subtype
static void read_sub_type(TypeDecoder *d, SubType *type)
{
    Reader *r = d->r;
    u8 byte = reader_left(r) ? *r->at : 0;
    type->is_final = byte != 0x50;
    type->super = NO_INDEX;
    if ((byte == 0x4f || byte == 0x50) && feature_on(d->m->features, FEATURE_GC)) {
        type->is_sub = true;
        r->at++;
        u32 count = read_count(r);
        for (u32 i = 0; i < count && reader_ok(r); i++) type->super = read_u32(r);
        type->super_count = count;
    }
    read_comp_type(d, type);
}

// Room for `more` types. Without groups the section's count says how many there are; with
// them the array doubles.
static bool reserve_types(TypeDecoder *d, u32 more)
{
    Module *m = d->m;
    u64 needed = (u64)m->type_count + more;
    if (needed <= d->capacity) return reader_ok(d->r);
    u64 capacity = (u64)d->capacity * 2 > needed ? (u64)d->capacity * 2 : needed;
    if (needed > LIMIT_TYPES) {
        reader_fail(d->r, ERROR_TOO_MANY_TYPES, reader_offset(d->r), 0);
        return false;
    }
    SubType *types = types_alloc(d, (size_t)capacity, sizeof *types);
    if (!types) return false;
    if (m->type_count) memcpy(types, m->types, m->type_count * sizeof *types);
    m->types = types;
    d->capacity = (u32)capacity;
    return true;
}

// rectype ::= 0x4e list(subtype) | subtype                  spec: binary-rectype
static void read_rec_type(TypeDecoder *d)
{
    Module *m = d->m;
    u32 size = 1;
    bool is_group = reader_left(d->r) && *d->r->at == 0x4e && feature_on(m->features, FEATURE_GC);
    if (is_group) {
        d->r->at++;
        size = read_count(d->r);
    }
    if (!reserve_types(d, size)) return;
    u32 start = m->type_count;
    for (u32 i = 0; i < size && reader_ok(d->r); i++) {
        SubType *type = &m->types[m->type_count++];
        type->group_start = start;
        type->group_size = size;
        type->is_group = is_group;
        read_sub_type(d, type);
    }
}

// typesec ::= list(rectype)                                 spec: binary-typesec
void decode_types(Module *m, Reader *r)
{
    TypeDecoder d = {.m = m, .r = r};
    u32 count = read_count(r);
    if (!reserve_types(&d, count)) return;
    for (u32 i = 0; i < count && reader_ok(r); i++) read_rec_type(&d);
}
