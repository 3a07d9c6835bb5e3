// weft_wasm.h -- where the standard C API (wasm.h) and weft's own (weft.h) meet.
//
// A program written for wasm.h runs unchanged on weft. When it wants what the standard does
// not have, limits, interruption, the reason why a module was refused, it asks here and goes
// on with weft.h, on the same store.
//
//     wasm_config_t *config = wasm_config_new();
//     weft_store_options limits = WEFT_STORE_OPTIONS_INIT;
//     limits.max_memory_bytes = 64 << 20;
//     weft_wasm_config_store(config, &limits);
//     wasm_engine_t *engine = wasm_engine_new_with_config(config);
//
// One rule holds when both are used on one store: external references belong to the
// interface that made them. A wasm_foreign_t is no weft_ref_new_extern, and the other way
// round.
// SPDX-License-Identifier: MIT
#ifndef WEFT_WASM_H
#define WEFT_WASM_H

#include "wasm.h"
#include "weft.h"

#ifdef __cplusplus
extern "C" {
#endif

// What every store, and every module, made with an engine of this configuration gets. The
// options are copied; what they point to must outlive the engine's stores and modules.
// `copy_bytes` of module options is always on, as the standard demands.
WEFT_API void weft_wasm_config_store(wasm_config_t *config, const weft_store_options *options);
WEFT_API void weft_wasm_config_module(wasm_config_t *config,
                                      const weft_module_options *options);

// The store behind a store.
WEFT_API weft_store *weft_wasm_store(const wasm_store_t *store);

// What is behind a reference: borrowed, valid while the reference is. NULL if its store was
// deleted.
WEFT_API weft_module *weft_wasm_module(const wasm_module_t *module);
WEFT_API weft_instance *weft_wasm_instance(const wasm_instance_t *instance);
WEFT_API bool weft_wasm_extern(const wasm_extern_t *item, weft_extern *into);

// Why the last wasm_module_new, _validate, _deserialize or wasm_instance_new of this store
// gave nothing. False if it did not.
WEFT_API bool weft_wasm_store_error(const wasm_store_t *store, weft_error *error);

// The whole error behind a trap: its kind, hint, exit code. False for a trap that
// wasm_trap_new made and that went through no call yet.
WEFT_API bool weft_wasm_trap_error(const wasm_trap_t *trap, weft_error *error);

#ifdef __cplusplus
}
#endif
#endif
