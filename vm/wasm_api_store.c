// wasm_api_store.c -- configuration, engine and store of the standard C API.
//
// An engine is nothing but its configuration, copied into each store, so that stores of one
// engine share nothing and may live on different threads.
// SPDX-License-Identifier: MIT
#include "vm/wasm_api.h"

wasm_config_t *wasm_config_new(void)
{
    wasm_config_t *config = capi_alloc(1, sizeof *config);
    if (config == NULL) return NULL;
    config->store.size = sizeof config->store;
    config->module.size = sizeof config->module;
    return config;
}

void wasm_config_delete(wasm_config_t *config)
{
    capi_free(config);
}

// Takes over as much of the caller's struct as both sides know.
static void capi_take_options(void *into, size_t room, const void *from, size_t size)
{
    memset(into, 0, room);
    memcpy(into, from, size < room ? size : room);
    memcpy(into, &room, sizeof room);  // each options struct begins with its size
}

void weft_wasm_config_store(wasm_config_t *config, const weft_store_options *options)
{
    capi_take_options(&config->store, sizeof config->store, options, options->size);
}

void weft_wasm_config_module(wasm_config_t *config, const weft_module_options *options)
{
    capi_take_options(&config->module, sizeof config->module, options, options->size);
}

wasm_engine_t *wasm_engine_new(void)
{
    return wasm_engine_new_with_config(wasm_config_new());
}

wasm_engine_t *wasm_engine_new_with_config(wasm_config_t *config)
{
    wasm_engine_t *engine = config == NULL ? NULL : capi_alloc(1, sizeof *engine);
    if (engine != NULL) {
        engine->config = *config;
        engine->config.module.copy_bytes = true;
    }
    wasm_config_delete(config);
    return engine;
}

void wasm_engine_delete(wasm_engine_t *engine)
{
    capi_free(engine);
}

wasm_store_t *wasm_store_new(wasm_engine_t *engine)
{
    wasm_store_t *store = engine == NULL ? NULL : capi_alloc(1, sizeof *store);
    if (store == NULL) return NULL;
    store->config = engine->config;
    store->config.store.dropped = capi_object_gone;
    store->config.store.dropped_context = store;
    store->error.size = sizeof store->error;
    store->store = weft_store_new(&store->config.store, &store->error);
    if (store->store == NULL) {
        capi_free(store);
        return NULL;
    }
    return store;
}

// First the host's finalizers, while the objects can still be looked at; then the objects.
void wasm_store_delete(wasm_store_t *store)
{
    if (store == NULL) return;
    capi_settle(store);
    capi_ref_drop(capi_ref(store->thrown));
    store->thrown = NULL;
    capi_abandon_refs(store);
    weft_store_free(store->store);
    store->store = NULL;
    capi_settle(store);
    capi_free(store);
}

weft_store *weft_wasm_store(const wasm_store_t *store)
{
    return store == NULL ? NULL : store->store;
}

void capi_error_copy(weft_error *to, const weft_error *from)
{
    size_t size = to->size;
    memcpy(to, from, size < from->size ? size : from->size);
    to->size = size;
}

bool weft_wasm_store_error(const wasm_store_t *store, weft_error *error)
{
    if (store->error.kind == WEFT_NO_ERROR) return false;
    capi_error_copy(error, &store->error);
    return true;
}
