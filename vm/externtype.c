// externtype.c -- types of imports and exports: asking, making, printing.
//                                                       spec: syntax-externtype
// SPDX-License-Identifier: MIT
#include "vm/externtype.h"

#include <stdio.h>

#include "vm/memory.h"
#include "vm/table.h"
#include "vm/value.h"

#define EXTERN_TYPE_STORE 1  // added to a CanonTypes pointer, which is aligned

_Static_assert((int)EXTERN_TAG == (int)WEFT_EXTERN_TAG && (int)EXTERN_MEMORY == (int)WEFT_EXTERN_MEMORY,
               "extern kinds agree");

static const char *owner_of_store(const Store *store)
{
    return (const char *)&store->types + EXTERN_TYPE_STORE;
}

// The space that an owner's indices are in; for types of the host no index occurs.
static TypeSpace owner_space(const void *owner)
{
    uintptr_t bits = (uintptr_t)owner;
    if (owner == NULL) return (TypeSpace){0};
    if (bits & EXTERN_TYPE_STORE) return canon_space((const CanonTypes *)(bits & ~(uintptr_t)1));
    return module_type_space(owner);
}

static void set_func(weft_extern_type *type, const FuncType *func, const void *owner)
{
    type->param_count = func->param_count;
    type->result_count = func->result_count;
    type->reserved[0] = func->params;
    type->reserved[1] = func->results;
    type->reserved[2] = owner;
}

static void set_value(weft_extern_type *type, ValType value, const void *owner)
{
    TypeSpace space = owner_space(owner);
    type->value = valtype_public(&space, value);
    type->reserved[2] = owner;
}

static weft_limits limits_public(const Limits *l)
{
    return (weft_limits){
        .min = l->min,
        .max = l->has_max ? l->max : 0,
        .has_max = l->has_max,
        .is64 = l->is64,
        .shared = l->shared,
        .page_size_log2 = l->page_log2,
    };
}

void module_extern_type(const Module *m, ExternKind kind, u32 index, weft_extern_type *type)
{
    *type = (weft_extern_type){.kind = (weft_extern_kind)kind};
    switch (kind) {
    case EXTERN_FUNC: set_func(type, module_func_type(m, index), m); break;
    case EXTERN_TAG: set_func(type, module_tag_type(m, index), m); break;
    case EXTERN_MEMORY: type->limits = limits_public(&m->memories[index].type.limits); break;
    case EXTERN_TABLE:
        set_value(type, m->tables[index].type.elem, m);
        type->limits = limits_public(&m->tables[index].type.limits);
        break;
    default:
        set_value(type, m->globals[index].type.value, m);
        type->is_mutable = m->globals[index].type.is_mutable;
    }
}

void weft_extern_get_type(weft_extern item, weft_extern_type *type)
{
    Limits limits;
    *type = (weft_extern_type){.kind = item.kind};
    switch (item.kind) {
    case WEFT_EXTERN_FUNC:
        set_func(type, item.of.func->type, owner_of_store(item.of.func->store));
        break;
    case WEFT_EXTERN_TAG:
        set_func(type, item.of.tag->type, owner_of_store(item.of.tag->store));
        break;
    case WEFT_EXTERN_MEMORY:
        limits = memory_limits_now(item.of.memory);
        type->limits = limits_public(&limits);
        break;
    case WEFT_EXTERN_TABLE:
        set_value(type, item.of.table->elem, owner_of_store(item.of.table->store));
        limits = table_limits_now(item.of.table);
        type->limits = limits_public(&limits);
        break;
    case WEFT_EXTERN_GLOBAL:
        set_value(type, item.of.global->type, owner_of_store(item.of.global->store));
        type->is_mutable = item.of.global->is_mutable;
        break;
    }
}

void weft_func_type(const weft_func *func, weft_extern_type *type)
{
    *type = (weft_extern_type){.kind = WEFT_EXTERN_FUNC};
    set_func(type, func->type, owner_of_store(func->store));
}

void weft_func_type_make(weft_extern_type *type, const weft_valtype *params, uint32_t param_count,
                         const weft_valtype *results, uint32_t result_count)
{
    *type = (weft_extern_type){
        .kind = WEFT_EXTERN_FUNC,
        .param_count = param_count,
        .result_count = result_count,
        .reserved = {params, results, NULL},
    };
}

static weft_valtype extern_type_at(const weft_extern_type *type, u32 which, u32 index)
{
    const void *list = type->reserved[which], *owner = type->reserved[2];
    if (owner == NULL) return ((const weft_valtype *)list)[index];
    TypeSpace space = owner_space(owner);
    return valtype_public(&space, ((const ValType *)list)[index]);
}

weft_valtype weft_type_param(const weft_extern_type *type, uint32_t index)
{
    return index < type->param_count ? extern_type_at(type, 0, index) : (weft_valtype){0};
}

weft_valtype weft_type_result(const weft_extern_type *type, uint32_t index)
{
    return index < type->result_count ? extern_type_at(type, 1, index) : (weft_valtype){0};
}

const Module *extern_type_module(const weft_extern_type *type)
{
    uintptr_t bits = (uintptr_t)type->reserved[2];
    return bits & EXTERN_TYPE_STORE ? NULL : type->reserved[2];
}

void extern_type_list(const weft_extern_type *type, ValType *types)
{
    for (u32 i = 0; i < type->param_count; i++) *types++ = valtype_internal(extern_type_at(type, 0, i));
    for (u32 i = 0; i < type->result_count; i++) *types++ = valtype_internal(extern_type_at(type, 1, i));
}

// --- Printing ----------------------------------------------------------------------------

// Text that grows past its buffer goes on being counted.
typedef struct TypeText {
    char *at;
    size_t left, length;
} TypeText;

static void put_text(TypeText *t, const char *text)
{
    size_t n = strlen(text);
    t->length += n;
    if (t->left == 0) return;
    size_t fits = n < t->left ? n : t->left - 1;
    memcpy(t->at, text, fits);
    t->at += fits;
    t->left -= fits;
    *t->at = 0;
}

static void put_number(TypeText *t, u64 number)
{
    char digits[32];
    snprintf(digits, sizeof digits, " %llu", (unsigned long long)number);
    put_text(t, digits);
}

static void put_type(TypeText *t, weft_valtype type)
{
    char word[64];
    type_format(valtype_internal(type), word, sizeof word);
    put_text(t, " ");
    put_text(t, word);
}

static void put_limits(TypeText *t, const weft_limits *limits)
{
    if (limits->is64) put_text(t, " i64");
    put_number(t, limits->min);
    if (limits->has_max) put_number(t, limits->max);
    if (limits->shared) put_text(t, " shared");
}

static void put_func(TypeText *t, const weft_extern_type *type)
{
    if (type->param_count != 0) {
        put_text(t, " (param");
        for (u32 i = 0; i < type->param_count; i++) put_type(t, weft_type_param(type, i));
        put_text(t, ")");
    }
    if (type->result_count != 0) {
        put_text(t, " (result");
        for (u32 i = 0; i < type->result_count; i++) put_type(t, weft_type_result(type, i));
        put_text(t, ")");
    }
}

size_t weft_type_format(const weft_extern_type *type, char *buffer, size_t size)
{
    static const char *const words[] = {"(func", "(table", "(memory", "(global", "(tag"};
    TypeText t = {buffer, size, 0};
    if (size != 0) buffer[0] = 0;
    put_text(&t, words[type->kind]);
    switch (type->kind) {
    case WEFT_EXTERN_FUNC:
    case WEFT_EXTERN_TAG: put_func(&t, type); break;
    case WEFT_EXTERN_MEMORY:
        put_limits(&t, &type->limits);
        if (type->limits.page_size_log2 != 16) {
            put_text(&t, " (pagesize");
            put_number(&t, (u64)1 << type->limits.page_size_log2);
            put_text(&t, ")");
        }
        break;
    case WEFT_EXTERN_TABLE:
        put_limits(&t, &type->limits);
        put_type(&t, type->value);
        break;
    case WEFT_EXTERN_GLOBAL:
        put_text(&t, type->is_mutable ? " (mut" : "");
        put_type(&t, type->value);
        put_text(&t, type->is_mutable ? ")" : "");
        break;
    }
    put_text(&t, ")");
    return t.length;
}
