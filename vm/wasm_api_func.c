// wasm_api_func.c -- functions of the standard C API: the host's, and calling any.
//
// The standard passes values with their kinds in vectors, weft passes slots of 64 bits; the
// two conversions here are the whole cost of the one over the other.
//                                                   spec: embed-func
// SPDX-License-Identifier: MIT
#include "vm/wasm_api.h"

enum {
    CAPI_FEW_VALUES = 16  // of a call, that need no allocation
};

// --- functions of the host's -----------------------------------------------------------------

// The engine may be collecting: the environment's finalizer waits.
static void capi_host_func_gone(void *user)
{
    CapiHostFunc *func = user;
    func->next_gone = func->store->gone_funcs;
    func->store->gone_funcs = func;
}

static CapiCarried capi_slot_to_host(CapiHostFunc *func, u64 slot, wasm_valkind_t kind,
                                     wasm_val_t *into)
{
    into->kind = kind;
    into->of.i64 = 0;
    switch (kind) {
    case WASM_I32:
    case WASM_F32: {
        u32 half = (u32)slot;
        memcpy(&into->of, &half, sizeof half);
        return CAPI_CARRIED;
    }
    case WASM_I64:
    case WASM_F64: memcpy(&into->of, &slot, sizeof slot); return CAPI_CARRIED;
    default: return capi_ref_to_host(slot, capi_valtype(kind), func->store, &into->of.ref);
    }
}

static CapiCarried capi_slot_to_guest(CapiHostFunc *func, const wasm_val_t *value,
                                      wasm_valkind_t kind, u64 *slot)
{
    if (wasm_valkind_is_ref(kind) ? !wasm_valkind_is_ref(value->kind) : value->kind != kind) {
        return CAPI_WRONG_KIND;
    }
    switch (kind) {
    case WASM_I32:
    case WASM_F32: {
        u32 half;
        memcpy(&half, &value->of, sizeof half);
        *slot = half;
        return CAPI_CARRIED;
    }
    case WASM_I64:
    case WASM_F64: memcpy(slot, &value->of, sizeof *slot); return CAPI_CARRIED;
    default: return capi_ref_to_guest_as(value->of.ref, capi_valtype(kind), func->store, slot);
    }
}

static weft_result capi_throw(weft_call *call, wasm_store_t *store, wasm_trap_t *trap)
{
    wasm_message_t message;
    wasm_trap_message(trap, &message);
    bool has_text = message.size > 0 && message.data[message.size - 1] == 0;
    capi_ref_drop(capi_ref(store->thrown));
    store->thrown = trap;
    weft_result result = weft_call_trap(call, has_text ? message.data : "out of memory");
    wasm_name_delete(&message);
    return result;
}

static const char *capi_carried_text(CapiCarried why)
{
    return why == CAPI_NO_MEMORY ? "out of memory"
                                 : "host function returned a value of the wrong kind";
}

// Calls the callback between two conversions. `values` has room for arguments and results.
static weft_result capi_call_host(weft_call *call, CapiHostFunc *func, wasm_val_t *values)
{
    wasm_val_vec_t args = {func->param_count, values};
    wasm_val_vec_t results = {func->result_count, values + func->param_count};
    const wasm_valkind_t *result_kinds = func->kinds + func->param_count;
    CapiCarried carried = CAPI_CARRIED;
    wasm_trap_t *trap = NULL;
    for (u32 i = 0; i < func->param_count && carried == CAPI_CARRIED; i++) {
        carried = capi_slot_to_host(func, call->args[i], func->kinds[i], &values[i]);
    }
    for (u32 i = 0; i < func->result_count; i++) {
        results.data[i].kind = result_kinds[i];
        results.data[i].of.i64 = 0;
        if (wasm_valkind_is_ref(result_kinds[i])) results.data[i].of.ref = NULL;
    }
    if (carried == CAPI_CARRIED) {
        trap = func->with_env != NULL ? func->with_env(func->env, &args, &results)
                                      : func->plain(&args, &results);
    }
    for (u32 i = 0; i < func->result_count; i++) {
        if (carried == CAPI_CARRIED && trap == NULL) {
            carried = capi_slot_to_guest(func, &results.data[i], result_kinds[i],
                                         &call->results[i]);
        }
        if (wasm_valkind_is_ref(results.data[i].kind)) wasm_val_delete(&results.data[i]);
    }
    for (u32 i = 0; i < func->param_count; i++) {
        if (wasm_valkind_is_ref(func->kinds[i])) capi_ref_drop(values[i].of.ref);
    }
    if (trap != NULL) return capi_throw(call, func->store, trap);
    if (carried != CAPI_CARRIED) return weft_call_trap(call, capi_carried_text(carried));
    return WEFT_OK;
}

static weft_result capi_host_func(weft_call *call, void *user)
{
    CapiHostFunc *func = user;
    u32 count = func->param_count + func->result_count;
    if (count <= CAPI_FEW_VALUES) {
        wasm_val_t few[CAPI_FEW_VALUES];
        for (u32 i = 0; i < func->param_count; i++) few[i].of.ref = NULL;
        return capi_call_host(call, func, few);
    }
    wasm_val_t *many = capi_alloc(count, sizeof *many);
    if (many == NULL) return weft_call_trap(call, "out of memory");
    weft_result result = capi_call_host(call, func, many);
    capi_free(many);
    return result;
}

// The kinds of a list, twice: as the standard has them and as weft does. False if one of them
// cannot travel.
static bool capi_describe(const wasm_valtype_vec_t *types, wasm_valkind_t *kinds,
                          weft_valtype *into)
{
    for (size_t i = 0; i < types->size; i++) {
        kinds[i] = wasm_valtype_kind(types->data[i]);
        into[i] = capi_valtype(kinds[i]);
        if (kinds[i] == CAPI_KIND_V128) return false;
    }
    return true;
}

// `func` has room for the kinds, `types` for as many; the store takes `func` over.
static wasm_func_t *capi_define_host_func(wasm_store_t *store, const wasm_functype_t *type,
                                          CapiHostFunc *func, weft_valtype *types)
{
    u32 count = func->param_count;
    weft_extern_type full;
    weft_func_type_make(&full, types, count, types + count, func->result_count);
    bool known = capi_describe(wasm_functype_params(type), func->kinds, types) &&
                 capi_describe(wasm_functype_results(type), func->kinds + count, types + count);
    weft_func *made = !known ? NULL
                             : weft_func_new_typed(store->store, &full, capi_host_func, func,
                                                   capi_host_func_gone, NULL);
    if (made == NULL) {
        capi_free(func);
        return NULL;
    }
    weft_extern item = {.kind = WEFT_EXTERN_FUNC, .of = {.func = made}};
    CapiRef *ref = capi_ref_of_extern(store, item);
    weft_extern_release(store->store, item);  // the handle holds it now
    return (wasm_func_t *)ref;
}

static wasm_func_t *capi_new_host_func(wasm_store_t *store, const wasm_functype_t *type,
                                       const CapiHostFunc *how)
{
    if (store == NULL || type == NULL) return NULL;
    size_t param_count = wasm_functype_params(type)->size;
    size_t result_count = wasm_functype_results(type)->size;
    size_t count = param_count + result_count;
    CapiHostFunc *func = capi_alloc(1, sizeof *func + count * sizeof *func->kinds);
    weft_valtype *types = capi_alloc(count + 1, sizeof *types);
    wasm_func_t *made = NULL;
    if (func != NULL && types != NULL) {
        *func = *how;
        func->store = store;
        func->param_count = (u32)param_count;
        func->result_count = (u32)result_count;
        made = capi_define_host_func(store, type, func, types);
    } else {
        capi_free(func);
    }
    capi_free(types);
    return made;
}

wasm_func_t *wasm_func_new(wasm_store_t *store, const wasm_functype_t *type,
                           wasm_func_callback_t callback)
{
    return capi_new_host_func(store, type, &(CapiHostFunc){.plain = callback});
}

wasm_func_t *wasm_func_new_with_env(wasm_store_t *store, const wasm_functype_t *type,
                                    wasm_func_callback_with_env_t callback, void *env,
                                    void (*finalizer)(void *))
{
    return capi_new_host_func(
        store, type,
        &(CapiHostFunc){.with_env = callback, .env = env, .finalizer = finalizer});
}

// --- looking at functions --------------------------------------------------------------------

static bool capi_func_type(const wasm_func_t *func, weft_extern_type *type)
{
    const CapiRef *ref = capi_ref(func);
    if (ref->store == NULL) return false;
    weft_func_type(ref->of.item.of.func, type);
    return true;
}

wasm_functype_t *wasm_func_type(const wasm_func_t *func)
{
    weft_extern_type type;
    if (!capi_func_type(func, &type)) return NULL;
    return wasm_externtype_as_functype(capi_externtype(&type));
}

size_t wasm_func_param_arity(const wasm_func_t *func)
{
    weft_extern_type type;
    return capi_func_type(func, &type) ? type.param_count : 0;
}

size_t wasm_func_result_arity(const wasm_func_t *func)
{
    weft_extern_type type;
    return capi_func_type(func, &type) ? type.result_count : 0;
}

// --- calling -----------------------------------------------------------------------------------

static wasm_trap_t *capi_refuse(wasm_store_t *store, CapiCarried why, const char *text)
{
    return why == CAPI_NO_MEMORY ? capi_trap_no_memory() : capi_trap(store, text);
}

// `values` has room for arguments and results. Results that the caller has no room for are
// dropped: published programs count on being told of a trap all the same.
static wasm_trap_t *capi_call_guest(CapiRef *func, const weft_extern_type *type,
                                    const wasm_val_t *args, wasm_val_vec_t *results,
                                    weft_value *values)
{
    wasm_store_t *store = func->store;
    CapiCarried carried = CAPI_CARRIED;
    for (u32 i = 0; i < type->param_count; i++) {
        carried = capi_value_to_guest(&args[i], weft_type_param(type, i), store, &values[i]);
        if (carried != CAPI_CARRIED) {
            return capi_refuse(store, carried, "argument of the wrong kind");
        }
    }
    capi_ref_drop(capi_ref(store->thrown));  // of a call that weft.h made, if any
    store->thrown = NULL;
    weft_value *got = values + type->param_count;
    weft_error error = WEFT_ERROR_INIT;
    weft_status status = weft_call_func(func->of.item.of.func, values, type->param_count, got,
                                        type->result_count, &error);
    if (status == WEFT_PAUSED) return capi_trap(store, "paused, but wasm.h cannot go on");
    if (status != WEFT_DONE) return capi_trap_of_call(store, &error);
    size_t room = results == NULL ? 0 : results->size;
    for (u32 i = 0; i < type->result_count && i < room; i++) {
        carried = capi_value_to_host(&got[i], weft_type_result(type, i), store,
                                     &results->data[i]);
        if (carried == CAPI_CARRIED) continue;
        while (i-- > 0) wasm_val_delete(&results->data[i]);
        return capi_refuse(store, carried, "result that wasm.h cannot carry");
    }
    return NULL;
}

wasm_trap_t *wasm_func_call(const wasm_func_t *handle, const wasm_val_vec_t *args,
                            wasm_val_vec_t *results)
{
    CapiRef *func = capi_ref(handle);
    if (func->store == NULL) return capi_trap_no_store();
    wasm_store_t *store = func->store;
    weft_extern_type type;
    weft_func_type(func->of.item.of.func, &type);
    if ((args == NULL ? 0 : args->size) != type.param_count) {
        return capi_trap(store, "wrong number of arguments");
    }
    const wasm_val_t *from = args == NULL ? NULL : args->data;
    u32 count = type.param_count + type.result_count;
    wasm_trap_t *trap;
    if (count <= CAPI_FEW_VALUES) {
        weft_value few[CAPI_FEW_VALUES];
        trap = capi_call_guest(func, &type, from, results, few);
    } else {
        weft_value *many = capi_alloc(count, sizeof *many);
        if (many == NULL) return capi_trap_no_memory();
        trap = capi_call_guest(func, &type, from, results, many);
        capi_free(many);
    }
    capi_settle(store);
    return trap;
}
