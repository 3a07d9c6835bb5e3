// wasm_api_module.c -- modules of the standard C API.
//
// A module keeps a copy of its bytes, which is also its serialized form. Sharing needs no
// more than another hold: weft's modules are immutable and belong to no store.
//                                                   spec: embed-module
// SPDX-License-Identifier: MIT
#include "vm/wasm_api.h"

struct wasm_shared_module_t {
    weft_module *module;
};

// Makes a handle of a hold on a module, or gives the hold up.
static wasm_module_t *capi_module(wasm_store_t *store, weft_module *module)
{
    CapiRef *ref = module == NULL ? NULL : capi_ref_new(store, CAPI_MODULE);
    if (ref == NULL) {
        weft_module_release(module);
        return NULL;
    }
    ref->of.module = module;
    return (wasm_module_t *)ref;
}

// A program that does not look at each answer may come with a store that memory did not
// suffice for; it then gets no module either. So it is with all that is made in a store.
wasm_module_t *wasm_module_new(wasm_store_t *store, const wasm_byte_vec_t *binary)
{
    if (store == NULL) return NULL;
    store->error.kind = WEFT_NO_ERROR;
    return capi_module(store, weft_module_load(binary->data, binary->size,
                                               &store->config.module, &store->error));
}

bool wasm_module_validate(wasm_store_t *store, const wasm_byte_vec_t *binary)
{
    if (store == NULL) return false;
    store->error.kind = WEFT_NO_ERROR;
    return weft_validate(binary->data, binary->size, &store->config.module, &store->error);
}

void wasm_module_serialize(const wasm_module_t *module, wasm_byte_vec_t *out)
{
    weft_name bytes = weft_module_bytes(capi_ref(module)->of.module);
    wasm_byte_vec_new(out, bytes.size, bytes.data);
}

wasm_module_t *wasm_module_deserialize(wasm_store_t *store, const wasm_byte_vec_t *bytes)
{
    return wasm_module_new(store, bytes);
}

wasm_shared_module_t *wasm_module_share(const wasm_module_t *module)
{
    wasm_shared_module_t *shared = capi_alloc(1, sizeof *shared);
    if (shared != NULL) shared->module = weft_module_retain(capi_ref(module)->of.module);
    return shared;
}

wasm_module_t *wasm_module_obtain(wasm_store_t *store, const wasm_shared_module_t *shared)
{
    return capi_module(store, weft_module_retain(shared->module));
}

void wasm_shared_module_delete(wasm_shared_module_t *shared)
{
    if (shared == NULL) return;
    weft_module_release(shared->module);
    capi_free(shared);
}

static bool capi_name(wasm_name_t *out, weft_name name)
{
    wasm_byte_vec_new(out, name.size, name.data);
    return out->size == name.size;
}

// A list that cannot be made whole is empty.
void wasm_module_imports(const wasm_module_t *handle, wasm_importtype_vec_t *out)
{
    const weft_module *module = capi_ref(handle)->of.module;
    wasm_importtype_vec_new_uninitialized(out, weft_module_import_count(module));
    for (size_t i = 0; i < out->size; i++) {
        weft_import import;
        weft_module_import(module, (u32)i, &import);
        wasm_name_t from, name;
        bool from_copied = capi_name(&from, import.module);
        bool name_copied = capi_name(&name, import.name);
        wasm_externtype_t *type =
            from_copied && name_copied ? capi_externtype(&import.type) : NULL;
        out->data[i] = wasm_importtype_new(&from, &name, type);
        if (out->data[i] == NULL) wasm_importtype_vec_delete(out);
    }
}

void wasm_module_exports(const wasm_module_t *handle, wasm_exporttype_vec_t *out)
{
    const weft_module *module = capi_ref(handle)->of.module;
    wasm_exporttype_vec_new_uninitialized(out, weft_module_export_count(module));
    for (size_t i = 0; i < out->size; i++) {
        weft_export export_;
        weft_module_export(module, (u32)i, &export_);
        wasm_name_t name;
        bool named = capi_name(&name, export_.name);
        out->data[i] = wasm_exporttype_new(&name, named ? capi_externtype(&export_.type) : NULL);
        if (out->data[i] == NULL) wasm_exporttype_vec_delete(out);
    }
}

weft_module *weft_wasm_module(const wasm_module_t *module)
{
    return module == NULL ? NULL : capi_ref(module)->of.module;
}
