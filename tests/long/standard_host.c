// standard_host.c -- a host that uses all areas of wasm.h and gives up politely everywhere.
//
// It is run with every n-th allocation failing (out_of_memory.sh): whatever is refused, what
// was made is deleted, and nothing may leak or crash. Ends with 0 if all went well, else 1.
// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>

#include "wasi.h"
#include "wasm.h"
#include "weft_wat.h"

static const char text[] =
    "(module (import \"host\" \"f\" (func $f (param externref i32) (result externref i32)))"
    " (import \"host\" \"g\" (global $g (mut i64)))"
    " (import \"host\" \"m\" (memory 1))"
    " (import \"host\" \"t\" (table $t 1 funcref))"
    " (table $e (export \"e\") 1 externref)"
    " (func (export \"trap\") (unreachable))"
    " (func (export \"run\") (param externref) (result externref i32)"
    "  (table.set $e (i32.const 0) (local.get 0))"
    "  (drop (table.grow $e (ref.null extern) (i32.const 3)))"
    "  (drop (memory.grow (i32.const 1)))"
    "  (global.set $g (i64.add (global.get $g) (i64.const 1)))"
    "  (call $f (table.get $e (i32.const 0)) (i32.const 3))))";

static wasm_trap_t *pass(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    (void)env;
    wasm_val_copy(&results->data[0], &args->data[0]);
    wasm_val_copy(&results->data[1], &args->data[1]);
    return NULL;
}

static void nothing(void *info)
{
    (void)info;
}

// Looks at all that a trap has to tell, and deletes it.
static void look_at(wasm_trap_t *trap)
{
    if (trap == NULL) return;
    wasm_message_t message;
    wasm_frame_vec_t trace;
    wasm_trap_message(trap, &message);
    wasm_trap_trace(trap, &trace);
    wasm_frame_delete(wasm_trap_origin(trap));
    wasm_frame_vec_delete(&trace);
    wasm_byte_vec_delete(&message);
    wasm_trap_delete(trap);
}

typedef struct Things {
    wasm_module_t *module;
    wasm_func_t *func;
    wasm_global_t *global;
    wasm_memory_t *memory;
    wasm_table_t *table;
    wasm_foreign_t *foreign;
} Things;

static bool make_things(wasm_store_t *store, Things *things)
{
    wasm_limits_t limits = {1, wasm_limits_max_default};
    wasm_val_t one = WASM_I64_VAL(1);
    wasm_functype_t *functype =
        wasm_functype_new_2_2(wasm_valtype_new_externref(), wasm_valtype_new_i32(),
                              wasm_valtype_new_externref(), wasm_valtype_new_i32());
    wasm_globaltype_t *globaltype = wasm_globaltype_new(wasm_valtype_new_i64(), WASM_VAR);
    wasm_memorytype_t *memorytype = wasm_memorytype_new(&limits);
    wasm_tabletype_t *tabletype = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
    things->func = wasm_func_new_with_env(store, functype, pass, &limits, nothing);
    things->global = wasm_global_new(store, globaltype, &one);
    things->memory = wasm_memory_new(store, memorytype);
    things->table = wasm_table_new(store, tabletype, NULL);
    things->foreign = wasm_foreign_new(store);
    if (things->foreign != NULL) {
        wasm_foreign_set_host_info_with_finalizer(things->foreign, things, nothing);
    }
    wasm_functype_delete(functype);
    wasm_globaltype_delete(globaltype);
    wasm_memorytype_delete(memorytype);
    wasm_tabletype_delete(tabletype);
    return things->func != NULL && things->global != NULL && things->memory != NULL &&
           things->table != NULL && things->foreign != NULL;
}

static bool call_exports(const Things *things, const wasm_extern_vec_t *exports)
{
    if (exports->size != 3) return false;
    wasm_val_t arg = WASM_REF_VAL(wasm_foreign_as_ref(things->foreign));
    wasm_val_t got[2] = {WASM_INIT_VAL, WASM_INIT_VAL};
    wasm_val_vec_t args = {1, &arg}, results = {2, got}, none = WASM_EMPTY_VEC;
    look_at(wasm_func_call(wasm_extern_as_func(exports->data[1]), &none, &none));
    wasm_trap_t *trap = wasm_func_call(wasm_extern_as_func(exports->data[2]), &args, &results);
    bool fine = trap == NULL;
    look_at(trap);
    if (fine) wasm_val_delete(&got[0]);
    wasm_ref_delete(wasm_table_get(wasm_extern_as_table(exports->data[0]), 0));
    wasm_table_set(things->table, 0, wasm_func_as_ref(things->func));
    wasm_memory_grow(things->memory, 1);
    return fine;
}

static bool use_instance(wasm_store_t *store, const Things *things)
{
    wasm_extern_t *items[] = {wasm_func_as_extern(things->func), wasm_global_as_extern(things->global),
                              wasm_memory_as_extern(things->memory),
                              wasm_table_as_extern(things->table)};
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(items), exports;
    wasm_trap_t *trap = NULL;
    wasm_instance_t *instance = wasm_instance_new(store, things->module, &imports, &trap);
    look_at(trap);
    if (instance == NULL) return false;
    wasm_instance_set_host_info_with_finalizer(instance, NULL, nothing);
    wasm_instance_exports(instance, &exports);
    wasm_instance_delete(instance);
    bool fine = call_exports(things, &exports);
    wasm_extern_vec_delete(&exports);
    return fine;
}

static bool list_module(const wasm_module_t *module)
{
    wasm_importtype_vec_t imports, import_copies;
    wasm_exporttype_vec_t exports, export_copies;
    wasm_module_imports(module, &imports);
    wasm_module_exports(module, &exports);
    wasm_importtype_vec_copy(&import_copies, &imports);
    wasm_exporttype_vec_copy(&export_copies, &exports);
    bool fine = import_copies.size == 4 && export_copies.size == 3;
    wasm_importtype_vec_delete(&imports);
    wasm_importtype_vec_delete(&import_copies);
    wasm_exporttype_vec_delete(&exports);
    wasm_exporttype_vec_delete(&export_copies);
    return fine;
}

static bool set_up_wasi(wasm_store_t *store)
{
    const char *argv[] = {"program"}, *names[] = {"A"}, *values[] = {"B"};
    wasi_config_t *config = wasi_config_new();
    if (config == NULL) return false;
    wasi_config_set_argv(config, 1, argv);
    wasi_config_set_env(config, 1, names, values);
    wasi_config_capture_stdout(config);
    wasi_config_inherit_stderr(config);
    wasm_trap_t *trap = NULL;
    wasi_instance_t *wasi = wasi_instance_new(store, NULL, config, &trap);
    look_at(trap);
    wasi_instance_delete(wasi);
    return wasi != NULL;
}

static bool run(wasm_store_t *store, const wasm_byte_vec_t *bytes)
{
    Things things = {.module = wasm_module_new(store, bytes)};
    bool fine = things.module != NULL && list_module(things.module);
    fine = make_things(store, &things) && fine && use_instance(store, &things);
    wasm_shared_module_t *shared = things.module == NULL ? NULL : wasm_module_share(things.module);
    if (shared != NULL) wasm_module_delete(wasm_module_obtain(store, shared));
    wasm_shared_module_delete(shared);
    wasm_func_delete(things.func);
    wasm_global_delete(things.global);
    wasm_memory_delete(things.memory);
    wasm_table_delete(things.table);
    wasm_foreign_delete(things.foreign);
    wasm_module_delete(things.module);
    return set_up_wasi(store) && fine;
}

int main(void)
{
    uint8_t *data;
    size_t size;
    bool fine = false;
    if (!weft_wat2wasm(text, sizeof text - 1, NULL, &data, &size, NULL)) return 1;
    wasm_byte_vec_t bytes;
    wasm_byte_vec_new(&bytes, size, (const wasm_byte_t *)data);
    weft_wat_free(NULL, data, size);
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = engine == NULL ? NULL : wasm_store_new(engine);
    if (store != NULL) fine = run(store, &bytes);
    wasm_store_delete(store);
    wasm_engine_delete(engine);
    wasm_byte_vec_delete(&bytes);
    return !fine;
}
