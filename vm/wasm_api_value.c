// wasm_api_value.c -- values of the standard C API, and their way to the guest and back.
//
// Numbers are copied bit by bit, so that the payload of a NaN survives. A reference of the
// function hierarchy is the function's handle. An external reference is a CapiRef of any kind,
// which the guest holds once while it has it. Other objects of the guest's (a struct it made
// external, an exception) come out as opaque handles, which can be kept and handed back.
//                                                   spec: syntax-val, embed-ref-type
// SPDX-License-Identifier: MIT
#include "vm/wasm_api.h"

void wasm_val_delete(wasm_val_t *value)
{
    if (!wasm_valkind_is_ref(value->kind)) return;
    wasm_ref_delete(value->of.ref);
    value->of.ref = NULL;
}

void wasm_val_copy(wasm_val_t *out, const wasm_val_t *value)
{
    *out = *value;
    if (wasm_valkind_is_ref(value->kind)) out->of.ref = wasm_ref_copy(value->of.ref);
}

// The hierarchies of heap types have little in common: what is legal depends on the top.
CapiCarried capi_ref_to_guest_as(const wasm_ref_t *ref, weft_valtype type, wasm_store_t *store,
                                 weft_ref *into)
{
    CapiRef *r = capi_ref(ref);
    *into = WEFT_NULL_REF;
    if (r == NULL) return type.nullable ? CAPI_CARRIED : CAPI_WRONG_KIND;
    if (r->store != store) return CAPI_WRONG_KIND;
    if (type.top == WEFT_HEAP_FUNC) {
        if (r->kind != CAPI_FUNC) return CAPI_WRONG_KIND;
        *into = weft_func_ref(r->of.item.of.func);
    } else if (r->kind == CAPI_OPAQUE) {
        *into = r->of.ref;
    } else if (type.top == WEFT_HEAP_EXTERN) {
        *into = capi_ref_to_guest(r);
        if (*into == WEFT_NULL_REF) return CAPI_NO_MEMORY;
    } else {
        return CAPI_WRONG_KIND;
    }
    return CAPI_CARRIED;
}

CapiCarried capi_value_to_guest(const wasm_val_t *value, weft_valtype type, wasm_store_t *store,
                                weft_value *into)
{
    into->kind = type.kind;
    into->heap = type.top;
    if (type.kind == WEFT_REF) {
        if (!wasm_valkind_is_ref(value->kind)) return CAPI_WRONG_KIND;
        return capi_ref_to_guest_as(value->of.ref, type, store, &into->of.ref);
    }
    if (value->kind == CAPI_KIND_V128 || value->kind != capi_valkind(type)) return CAPI_WRONG_KIND;
    _Static_assert(sizeof value->of == sizeof(u64), "the standard's values are 64 bits");
    memcpy(&into->of, &value->of, sizeof value->of);
    return CAPI_CARRIED;
}

CapiCarried capi_ref_to_host(weft_ref ref, weft_valtype type, wasm_store_t *store,
                             wasm_ref_t **into)
{
    *into = NULL;
    if (ref == WEFT_NULL_REF) return CAPI_CARRIED;
    if (type.top == WEFT_HEAP_FUNC) {
        weft_func *func = weft_ref_func(store->store, ref);
        *into = capi_ref_of_extern(
            store, (weft_extern){.kind = WEFT_EXTERN_FUNC, .of = {.func = func}});
    } else if (weft_ref_kind_of(store->store, ref) == WEFT_REF_EXTERN) {
        *into = capi_ref_hold(weft_ref_extern_value(store->store, ref));
    } else {
        *into = capi_ref_of_opaque(store, ref);
    }
    return *into == NULL ? CAPI_NO_MEMORY : CAPI_CARRIED;
}

CapiCarried capi_value_to_host(const weft_value *value, weft_valtype type, wasm_store_t *store,
                               wasm_val_t *into)
{
    into->kind = capi_valkind(type);
    into->of.i64 = 0;
    if (type.kind == WEFT_V128) return CAPI_WRONG_KIND;
    if (type.kind == WEFT_REF) return capi_ref_to_host(value->of.ref, type, store, &into->of.ref);
    memcpy(&into->of, &value->of, sizeof into->of);
    return CAPI_CARRIED;
}
