// host.c -- functions, memories, tables, globals, tags and references made by the host.
//                                                       spec: embed-func, embed-mem, embed-ref-type
// SPDX-License-Identifier: MIT
#include "vm/error.h"
#include "vm/exec.h"
#include "vm/externtype.h"
#include "vm/heap.h"
#include "vm/memory.h"
#include "vm/table.h"
#include "vm/value.h"

// --- Things --------------------------------------------------------------------------------

// A cleared thing on the store's list, held once for the host.
static void *host_thing(Store *store, size_t size, ObjectKind kind, u32 type, weft_error *error)
{
    Object *thing = allocator_take_zeroed(&store->allocator, size);
    if (thing == NULL) {
        error_out_of_memory(error);
        return NULL;
    }
    store_add_thing(store, thing, kind, type);
    thing->holds = 1;
    return thing;
}

// Takes back what was added last.
static void host_thing_undo(Store *store, void *thing, size_t size)
{
    Object *object = thing;
    store->things = object->next;
    allocator_free(&store->allocator, thing, size);
}

// Plain funcref and externref results need no check: whatever bits the host gives back came
// from weft, and code can do nothing wrong with them. Anything narrower is believed by code.
static bool results_need_check(const FuncType *type)
{
    for (u32 i = 0; i < type->result_count; i++) {
        ValType t = type->results[i];
        if (type_is_ref(t) && t != TYPE_FUNCREF && t != TYPE_EXTERNREF) return true;
    }
    return false;
}

bool runtime_results_fit(const FuncInst *host, const u64 *results)
{
    const FuncType *type = host->type;
    for (u32 i = 0; i < type->result_count; i++) {
        ValType t = type->results[i];
        if (type_is_ref(t) && !ref_fits(host->store, results[0], t)) return false;
        results += slots_of_type(t);
    }
    return true;
}

static weft_func *host_func(Store *store, const FuncType *type, weft_host_func func, void *user,
                            void (*drop)(void *user), weft_error *error)
{
    u32 id;
    if (!canon_intern_func(&store->types, type, &id)) {
        error_out_of_memory(error);
        return NULL;
    }
    FuncInst *made = host_thing(store, sizeof *made, OBJECT_FUNC, id, error);
    if (made == NULL) return NULL;
    made->type = &store_type(store, id)->of.func;
    made->param_slots = types_slots(made->type->params, made->type->param_count);
    made->result_slots = types_slots(made->type->results, made->type->result_count);
    made->check_results = results_need_check(made->type);
    made->host = func;
    made->user = user;
    made->drop = drop;
    made->store = store;
    exec_func_init(made);
    return made;
}

#define SIGNATURE_MOST 64  // parameters and results a signature string can have together

weft_func *weft_func_new(weft_store *store, const char *signature, weft_host_func func,
                         void *user, void (*drop)(void *user), weft_error *error)
{
    ValType types[SIGNATURE_MOST];
    FuncType type;
    if (strchr(signature, ':') == NULL ||
        !signature_parse(signature, types, SIGNATURE_MOST, &type)) {
        error_set(error, WEFT_HOST, "bad signature \"%.80s\"", signature);
        error_hint(error, "parameters, a colon, results; letters of i l f d v F E");
        return NULL;
    }
    return host_func(store, &type, func, user, drop, error);
}

weft_func *weft_func_new_typed(weft_store *store, const weft_extern_type *type,
                               weft_host_func func, void *user, void (*drop)(void *user),
                               weft_error *error)
{
    size_t count = (size_t)type->param_count + type->result_count;
    ValType *types = allocator_take(&store->allocator, (count + 1) * sizeof *types);
    weft_func *made = NULL;
    if (types == NULL) {
        error_out_of_memory(error);
        return NULL;
    }
    if (store_settle_types(store, type, types)) {
        FuncType f = {types, types + type->param_count, type->param_count, type->result_count};
        made = host_func(store, &f, func, user, drop, error);
    } else {
        error_out_of_memory(error);
    }
    allocator_free(&store->allocator, types, (count + 1) * sizeof *types);
    return made;
}

// What validation would say of these limits in a module, in its words. `most` is how large a
// memory or table of its address type can be.      spec: valid-limits
static bool limits_internal(const weft_limits *l, u8 page_log2, Limits *limits, weft_error *error)
{
    u64 most = (l->is64 ? UINT64_MAX : UINT32_MAX) >> page_log2;
    if (page_log2 != 0) most++;
    *limits = (Limits){
        .min = l->min,
        .max = l->max,
        .has_max = l->has_max,
        .is64 = l->is64,
        .shared = l->shared,
        .page_log2 = page_log2,
    };
    if (l->min > most || (l->has_max && l->max > most)) {
        return error_set(error, WEFT_HOST, "%s size is limited to %llu",
                         page_log2 == 0 ? "table" : "memory", (unsigned long long)most);
    }
    if (l->has_max && l->min > l->max) {
        return error_set(error, WEFT_HOST, "size minimum must not be greater than maximum");
    }
    return true;
}

weft_memory *weft_memory_new(weft_store *store, const weft_limits *given, weft_error *error)
{
    Limits limits;
    // Zero means the default; pages of one byte are asked for through a module.
    u8 page_log2 = given->page_size_log2 == 0 ? 16 : given->page_size_log2;
    if (!limits_internal(given, page_log2, &limits, error)) return NULL;
    if (page_log2 != 16) {
        error_set(error, WEFT_HOST, "invalid custom page size");
        return NULL;
    }
    MemoryInst *memory = host_thing(store, sizeof *memory, OBJECT_MEMORY, NO_INDEX, error);
    if (memory == NULL) return NULL;
    if (memory_init(store, memory, &limits)) return memory;
    host_thing_undo(store, memory, sizeof *memory);
    memory_refused(store, &limits, error);
    return NULL;
}

weft_table *weft_table_new(weft_store *store, weft_valtype element, const weft_limits *given,
                           weft_ref initial, weft_error *error)
{
    Limits limits;
    ValType elem = valtype_internal(element);
    if (!limits_internal(given, 0, &limits, error)) return NULL;
    if (!type_is_ref(elem) || !ref_fits(store, initial, elem)) {
        error_set(error, WEFT_HOST, "the initial element does not fit the table");
        return NULL;
    }
    TableInst *table = host_thing(store, sizeof *table, OBJECT_TABLE, NO_INDEX, error);
    if (table == NULL) return NULL;
    if (!table_init(store, table, elem, &limits)) {
        host_thing_undo(store, table, sizeof *table);
        error_set(error, WEFT_LIMIT, "table of %llu elements cannot be had",
                  (unsigned long long)limits.min);
        return NULL;
    }
    if (initial != 0) runtime_table_fill(table, 0, initial, table->size);
    return table;
}

weft_global *weft_global_new(weft_store *store, weft_valtype type, bool is_mutable,
                             weft_value initial, weft_error *error)
{
    ValType t = valtype_internal(type);
    if (!value_fits(store, &initial, t)) {
        error_set(error, WEFT_HOST, "the initial value does not fit the global");
        return NULL;
    }
    GlobalInst *global = host_thing(store, sizeof *global, OBJECT_GLOBAL, NO_INDEX, error);
    if (global == NULL) return NULL;
    global->type = t;
    global->is_mutable = is_mutable;
    global->store = store;
    values_to_slots(&t, 1, &initial, global->value);
    return global;
}

weft_tag *weft_tag_new(weft_store *store, const char *params, weft_error *error)
{
    ValType types[SIGNATURE_MOST];
    FuncType type;
    u32 id;
    if (!signature_parse(params, types, SIGNATURE_MOST, &type) || type.result_count != 0) {
        error_set(error, WEFT_HOST, "bad parameters \"%.80s\"", params);
        return NULL;
    }
    if (!canon_intern_func(&store->types, &type, &id)) {
        error_out_of_memory(error);
        return NULL;
    }
    TagInst *tag = host_thing(store, sizeof *tag, OBJECT_TAG, id, error);
    if (tag == NULL) return NULL;
    tag->type = &store_type(store, id)->of.func;
    tag->param_slots = types_slots(tag->type->params, tag->type->param_count);
    tag->store = store;
    return tag;
}

weft_value weft_global_get(const weft_global *global)
{
    return value_of_slots(global->store, global->type, global->value);
}

bool weft_global_set(weft_global *global, weft_value value)
{
    if (global == NULL || !global->is_mutable || !value_fits(global->store, &value, global->type)) return false;
    values_to_slots(&global->type, 1, &value, global->value);
    return true;
}

// --- References ------------------------------------------------------------------------------

weft_ref_kind weft_ref_kind_of(const weft_store *store, weft_ref ref)
{
    (void)store;
    if (ref == 0) return WEFT_REF_NULL;
    if (ref_is_i31(ref)) return WEFT_REF_I31;
    switch ((ObjectKind)ref_object(ref)->kind) {
    case OBJECT_FUNC: return WEFT_REF_FUNC;
    case OBJECT_STRUCT: return WEFT_REF_STRUCT;
    case OBJECT_ARRAY: return WEFT_REF_ARRAY;
    case OBJECT_EXN: return WEFT_REF_EXN;
    default: return WEFT_REF_EXTERN;
    }
}

weft_ref weft_ref_new_extern(weft_store *store, void *value, void (*drop)(void *value))
{
    return ref_of(heap_extern_new(store, value, drop));
}

void *weft_ref_extern_value(const weft_store *store, weft_ref ref)
{
    if (weft_ref_kind_of(store, ref) != WEFT_REF_EXTERN) return NULL;
    return ((const ExternInst *)ref_object(ref))->value;
}

weft_ref weft_func_ref(weft_func *func)
{
    return ref_of(func);
}

weft_func *weft_ref_func(const weft_store *store, weft_ref ref)
{
    return weft_ref_kind_of(store, ref) == WEFT_REF_FUNC ? (FuncInst *)ref_object(ref) : NULL;
}

int32_t weft_ref_i31(weft_ref ref)
{
    return (s32)ref_i31_s(ref);
}

weft_ref weft_ref_new_i31(int32_t value)
{
    return ref_of_i31((u32)value);
}

weft_tag *weft_ref_exn_tag(const weft_store *store, weft_ref ref)
{
    return weft_ref_kind_of(store, ref) == WEFT_REF_EXN ? runtime_exn_tag(ref) : NULL;
}

uint32_t weft_ref_exn_values(const weft_store *store, weft_ref ref, weft_value *values,
                             uint32_t room)
{
    if (weft_ref_kind_of(store, ref) != WEFT_REF_EXN) return 0;
    const FuncType *type = runtime_exn_tag(ref)->type;
    u32 count = type->param_count < room ? type->param_count : room;
    values_of_slots(store, type->params, count, runtime_exn_values(ref), values);
    return type->param_count;
}

bool weft_ref_hold(weft_store *store, weft_ref ref)
{
    if (ref == 0 || ref_is_i31(ref)) return true;
    Object *object = ref_object(ref);
    if (object->kind != OBJECT_FUNC) return heap_hold(store, object);
    thing_hold(object);
    return true;
}

void weft_ref_release(weft_store *store, weft_ref ref)
{
    (void)store;
    if (ref != 0 && !ref_is_i31(ref)) thing_release(ref_object(ref));
}
