// value.c -- values and types between weft.h and the vm.
//                                                       spec: syntax-val
// SPDX-License-Identifier: MIT
#include "vm/value.h"

#include "vm/heap.h"

// Kinds and heap types have the same numbers on both sides.
_Static_assert((int)TYPE_I32 == (int)WEFT_I32 && (int)TYPE_REF == (int)WEFT_REF, "kinds agree");
_Static_assert((int)HEAP_FUNC == (int)WEFT_HEAP_FUNC && (int)HEAP_NOEXN == (int)WEFT_HEAP_NOEXN &&
                   (int)HEAP_COUNT == (int)WEFT_HEAP_INDEX,
               "heap types agree");

bool value_fits(const Store *store, const weft_value *value, ValType type)
{
    if (value->kind != type_kind(type)) return false;
    return value->kind != WEFT_REF || ref_fits(store, value->of.ref, type);
}

void values_to_slots(const ValType *types, u32 count, const weft_value *values, u64 *slots)
{
    for (u32 i = 0; i < count; i++, values++) {
        switch (type_kind(types[i])) {
        case TYPE_I32: *slots++ = (u32)values->of.i32; break;
        case TYPE_F32: *slots++ = values->of.f32_bits; break;
        case TYPE_V128:
            *slots++ = load_u64(values->of.v128);
            *slots++ = load_u64(values->of.v128 + 8);
            break;
        default: *slots++ = (u64)values->of.i64; break;
        }
    }
}

weft_value value_of_slots(const Store *store, ValType type, const u64 *slots)
{
    weft_value v = {.kind = (u8)type_kind(type)};
    switch (type_kind(type)) {
    case TYPE_I32: v.of.i32 = (s32)(u32)slots[0]; break;
    case TYPE_F32: v.of.f32_bits = (u32)slots[0]; break;
    case TYPE_V128:
        store_u64(v.of.v128, slots[0]);
        store_u64(v.of.v128 + 8, slots[1]);
        break;
    case TYPE_REF: {
        TypeSpace space = canon_space(&store->types);
        v.heap = (u8)heap_top(&space, type_heap(type));
        v.of.ref = slots[0];
        break;
    }
    default: v.of.i64 = (s64)slots[0]; break;
    }
    return v;
}

void values_of_slots(const Store *store, const ValType *types, u32 count, const u64 *slots,
                     weft_value *values)
{
    for (u32 i = 0; i < count; i++) {
        values[i] = value_of_slots(store, types[i], slots);
        slots += slots_of_type(types[i]);
    }
}

weft_valtype valtype_public(const TypeSpace *space, ValType t)
{
    weft_valtype v = {.kind = (u8)type_kind(t)};
    if (!type_is_ref(t)) return v;
    HeapType heap = type_heap(t);
    v.nullable = type_is_nullable(t);
    v.heap = heap_is_abstract(heap) ? (u8)heap_abstract(heap) : (u8)WEFT_HEAP_INDEX;
    v.type_index = heap_is_abstract(heap) ? 0 : heap_index(heap);
    v.top = (u8)heap_top(space, heap);
    return v;
}

ValType valtype_internal(weft_valtype t)
{
    if (t.kind != WEFT_REF) return t.kind;
    HeapType heap = t.heap == WEFT_HEAP_INDEX ? HEAP_INDEX(t.type_index) : HEAP_TYPE(t.heap);
    return t.nullable ? REF_NULL_TYPE(heap) : REF_TYPE(heap);
}

static ValType signature_letter(char c)
{
    switch (c) {
    case 'i': return TYPE_I32;
    case 'l': return TYPE_I64;
    case 'f': return TYPE_F32;
    case 'd': return TYPE_F64;
    case 'v': return TYPE_V128;
    case 'F': return TYPE_FUNCREF;
    case 'E': return TYPE_EXTERNREF;
    default: return TYPE_BOTTOM;
    }
}

bool signature_parse(const char *signature, ValType *types, u32 room, FuncType *type)
{
    u32 count = 0, params = UINT32_MAX;
    for (const char *c = signature; *c != 0; c++) {
        if (*c == ':' && params == UINT32_MAX) {
            params = count;
            continue;
        }
        ValType t = signature_letter(*c);
        if (t == TYPE_BOTTOM || count == room) return false;
        types[count++] = t;
    }
    if (params == UINT32_MAX) params = count;
    *type = (FuncType){types, types + params, params, count - params};
    return true;
}
