// wasm_api_extern.c -- globals, tables, memories and instances of the standard C API.
//
// Each call is the one of weft.h with the handle taken off; strays answer with nothing.
//                                                   spec: embed-instance
// SPDX-License-Identifier: MIT
#include "vm/wasm_api.h"

static wasm_externtype_t *capi_type_of(const CapiRef *ref)
{
    if (ref->store == NULL) return NULL;
    weft_extern_type type;
    weft_extern_get_type(ref->of.item, &type);
    return capi_externtype(&type);
}

wasm_externkind_t wasm_extern_kind(const wasm_extern_t *item)
{
    return (wasm_externkind_t)capi_ref(item)->kind;
}

wasm_externtype_t *wasm_extern_type(const wasm_extern_t *item)
{
    return capi_type_of(capi_ref(item));
}

// A handle on what the host has just made and holds once; NULL if there is nothing.
static CapiRef *capi_made(wasm_store_t *store, weft_extern_kind kind, void *object)
{
    if (object == NULL) return NULL;
    weft_extern item = {.kind = kind, .of = {.any = object}};
    CapiRef *ref = capi_ref_of_extern(store, item);
    weft_extern_release(store->store, item);  // the handle holds it now
    return ref;
}

// --- globals -----------------------------------------------------------------------------------

wasm_global_t *wasm_global_new(wasm_store_t *store, const wasm_globaltype_t *type,
                               const wasm_val_t *initial)
{
    if (store == NULL || type == NULL) return NULL;
    weft_valtype content = capi_valtype(wasm_valtype_kind(wasm_globaltype_content(type)));
    weft_value value = {0};
    if (capi_value_to_guest(initial, content, store, &value) != CAPI_CARRIED) return NULL;
    bool is_mutable = wasm_globaltype_mutability(type) == WASM_VAR;
    weft_global *global = weft_global_new(store->store, content, is_mutable, value, NULL);
    return (wasm_global_t *)capi_made(store, WEFT_EXTERN_GLOBAL, global);
}

wasm_globaltype_t *wasm_global_type(const wasm_global_t *global)
{
    return wasm_externtype_as_globaltype(capi_type_of(capi_ref(global)));
}

void wasm_global_get(const wasm_global_t *global, wasm_val_t *out)
{
    CapiRef *ref = capi_ref(global);
    *out = (wasm_val_t)WASM_INIT_VAL;
    if (ref->store == NULL) return;
    weft_extern_type type;
    weft_extern_get_type(ref->of.item, &type);
    weft_value value = weft_global_get(ref->of.item.of.global);
    capi_value_to_host(&value, type.value, ref->store, out);
}

void wasm_global_set(wasm_global_t *global, const wasm_val_t *from)
{
    CapiRef *ref = capi_ref(global);
    if (ref->store == NULL) return;
    weft_extern_type type;
    weft_extern_get_type(ref->of.item, &type);
    weft_value value = {0};
    if (capi_value_to_guest(from, type.value, ref->store, &value) != CAPI_CARRIED) return;
    weft_global_set(ref->of.item.of.global, value);
}

// --- tables ------------------------------------------------------------------------------------

// The weft_table behind a handle with the type of its elements; NULL for a stray.
static weft_table *capi_table(const wasm_table_t *handle, weft_valtype *element)
{
    const CapiRef *ref = capi_ref(handle);
    if (ref->store == NULL) return NULL;
    weft_extern_type type;
    weft_extern_get_type(ref->of.item, &type);
    *element = type.value;
    return ref->of.item.of.table;
}

wasm_table_t *wasm_table_new(wasm_store_t *store, const wasm_tabletype_t *type, wasm_ref_t *init)
{
    if (store == NULL || type == NULL) return NULL;
    weft_valtype element = capi_valtype(wasm_valtype_kind(wasm_tabletype_element(type)));
    weft_limits limits = capi_limits(wasm_tabletype_limits(type));
    weft_ref initial;
    if (capi_ref_to_guest_as(init, element, store, &initial) != CAPI_CARRIED) return NULL;
    weft_table *table = weft_table_new(store->store, element, &limits, initial, NULL);
    return (wasm_table_t *)capi_made(store, WEFT_EXTERN_TABLE, table);
}

wasm_tabletype_t *wasm_table_type(const wasm_table_t *table)
{
    return wasm_externtype_as_tabletype(capi_type_of(capi_ref(table)));
}

wasm_ref_t *wasm_table_get(const wasm_table_t *handle, wasm_table_size_t index)
{
    weft_valtype element;
    weft_table *table = capi_table(handle, &element);
    weft_ref ref;
    wasm_ref_t *got = NULL;
    if (table == NULL || !weft_table_get(table, index, &ref)) return NULL;
    capi_ref_to_host(ref, element, capi_ref(handle)->store, &got);
    return got;
}

bool wasm_table_set(wasm_table_t *handle, wasm_table_size_t index, wasm_ref_t *value)
{
    weft_valtype element;
    weft_table *table = capi_table(handle, &element);
    weft_ref ref;
    if (table == NULL) return false;
    return capi_ref_to_guest_as(value, element, capi_ref(handle)->store, &ref) == CAPI_CARRIED &&
           weft_table_set(table, index, ref);
}

wasm_table_size_t wasm_table_size(const wasm_table_t *handle)
{
    weft_valtype element;
    weft_table *table = capi_table(handle, &element);
    return table == NULL ? 0 : (wasm_table_size_t)weft_table_size(table);
}

bool wasm_table_grow(wasm_table_t *handle, wasm_table_size_t delta, wasm_ref_t *init)
{
    weft_valtype element;
    weft_table *table = capi_table(handle, &element);
    weft_ref ref;
    if (table == NULL) return false;
    return capi_ref_to_guest_as(init, element, capi_ref(handle)->store, &ref) == CAPI_CARRIED &&
           weft_table_grow(table, delta, ref, NULL);
}

// --- memories ----------------------------------------------------------------------------------

static weft_memory *capi_memory(const wasm_memory_t *handle)
{
    const CapiRef *ref = capi_ref(handle);
    return ref->store == NULL ? NULL : ref->of.item.of.memory;
}

wasm_memory_t *wasm_memory_new(wasm_store_t *store, const wasm_memorytype_t *type)
{
    if (store == NULL || type == NULL) return NULL;
    weft_limits limits = capi_limits(wasm_memorytype_limits(type));
    weft_memory *memory = weft_memory_new(store->store, &limits, NULL);
    return (wasm_memory_t *)capi_made(store, WEFT_EXTERN_MEMORY, memory);
}

wasm_memorytype_t *wasm_memory_type(const wasm_memory_t *memory)
{
    return wasm_externtype_as_memorytype(capi_type_of(capi_ref(memory)));
}

byte_t *wasm_memory_data(wasm_memory_t *handle)
{
    weft_memory *memory = capi_memory(handle);
    return memory == NULL ? NULL : (byte_t *)weft_memory_data(memory);
}

size_t wasm_memory_data_size(const wasm_memory_t *handle)
{
    weft_memory *memory = capi_memory(handle);
    return memory == NULL ? 0 : (size_t)weft_memory_size(memory);
}

wasm_memory_pages_t wasm_memory_size(const wasm_memory_t *handle)
{
    weft_memory *memory = capi_memory(handle);
    return memory == NULL ? 0 : (wasm_memory_pages_t)weft_memory_pages(memory);
}

bool wasm_memory_grow(wasm_memory_t *handle, wasm_memory_pages_t delta)
{
    weft_memory *memory = capi_memory(handle);
    return memory != NULL && weft_memory_grow(memory, delta, NULL);
}

// --- instances ---------------------------------------------------------------------------------

// The imports as weft takes them. NULL with a trap when they do not suffice.
static weft_extern *capi_imports(wasm_store_t *store, u32 needed, const wasm_extern_vec_t *given,
                                 wasm_trap_t **trap)
{
    if ((given == NULL ? 0 : given->size) < needed) {
        *trap = capi_trap(store, "fewer imports given than the module asks for");
        return NULL;
    }
    weft_extern *imports = capi_alloc((size_t)needed + 1, sizeof *imports);
    if (imports == NULL) {
        *trap = capi_trap_no_memory();
        return NULL;
    }
    for (u32 i = 0; i < needed; i++) {
        const CapiRef *ref = capi_ref(given->data[i]);
        if (ref == NULL || ref->store != store) {
            *trap = capi_trap(store, "an import is missing or of another store");
            capi_free(imports);
            return NULL;
        }
        imports[i] = ref->of.item;
    }
    return imports;
}

static CapiRef *capi_instantiate(wasm_store_t *store, weft_module *module,
                                 const wasm_extern_vec_t *given, wasm_trap_t **trap)
{
    u32 needed = weft_module_import_count(module);
    weft_extern *imports = capi_imports(store, needed, given, trap);
    if (imports == NULL) return NULL;
    weft_instance_options options = WEFT_INSTANCE_OPTIONS_INIT;
    options.imports = imports;
    options.import_count = needed;
    weft_instance *instance = weft_instantiate(store->store, module, &options, &store->error);
    capi_free(imports);
    if (instance == NULL) {
        *trap = capi_trap_of_call(store, &store->error);
        return NULL;
    }
    CapiRef *ref = capi_ref_of_instance(store, instance);
    weft_instance_release(instance);  // the handle holds it now
    if (ref == NULL) *trap = capi_trap_no_memory();
    return ref;
}

wasm_instance_t *wasm_instance_new(wasm_store_t *store, const wasm_module_t *module,
                                   const wasm_extern_vec_t *imports, wasm_trap_t **trap)
{
    wasm_trap_t *why = NULL;
    if (trap != NULL) *trap = NULL;
    if (store == NULL || module == NULL) return NULL;
    store->error.kind = WEFT_NO_ERROR;
    capi_ref_drop(capi_ref(store->thrown));
    store->thrown = NULL;
    CapiRef *ref = capi_instantiate(store, capi_ref(module)->of.module, imports, &why);
    if (trap != NULL) {
        *trap = why;
    } else {
        capi_ref_drop(capi_ref(why));
    }
    capi_settle(store);
    return (wasm_instance_t *)ref;
}

void wasm_instance_exports(const wasm_instance_t *handle, wasm_extern_vec_t *out)
{
    CapiRef *ref = capi_ref(handle);
    wasm_extern_vec_new_empty(out);
    if (ref->store == NULL) return;
    weft_instance *instance = ref->of.instance;
    u32 count = weft_module_export_count(weft_instance_module(instance));
    wasm_extern_vec_new_uninitialized(out, count);
    for (size_t i = 0; i < out->size; i++) {
        weft_extern item;
        weft_name name;
        weft_instance_export_at(instance, (u32)i, &name, &item);
        out->data[i] = (wasm_extern_t *)capi_ref_of_extern(ref->store, item);
        if (out->data[i] == NULL) wasm_extern_vec_delete(out);
    }
}

weft_instance *weft_wasm_instance(const wasm_instance_t *instance)
{
    const CapiRef *ref = capi_ref(instance);
    return ref == NULL || ref->store == NULL ? NULL : ref->of.instance;
}

bool weft_wasm_extern(const wasm_extern_t *item, weft_extern *into)
{
    const CapiRef *ref = capi_ref(item);
    if (ref == NULL || ref->store == NULL) return false;
    *into = ref->of.item;
    return true;
}
