// wasm_api.h -- what the tests of the standard C API share: a store, and modules from text.
// SPDX-License-Identifier: MIT
#ifndef WEFT_TESTS_WASM_API_H
#define WEFT_TESTS_WASM_API_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "wasm.h"
#include "weft_wasm.h"
#include "weft_wat.h"

// An engine and a store for each test.
typedef struct World {
    wasm_engine_t *engine;
    wasm_store_t *store;
} World;

static inline int make_world(void **state)
{
    World *world = malloc(sizeof *world);
    assert_non_null(world);
    world->engine = wasm_engine_new();
    world->store = wasm_store_new(world->engine);
    assert_non_null(world->store);
    *state = world;
    return 0;
}

static inline int free_world(void **state)
{
    World *world = *state;
    wasm_store_delete(world->store);
    wasm_engine_delete(world->engine);
    free(world);
    return 0;
}

static inline wasm_store_t *store_of(void **state)
{
    return ((World *)*state)->store;
}

static inline void binary_of_text(const char *text, wasm_byte_vec_t *out)
{
    uint8_t *bytes;
    size_t size;
    weft_wat_error error = WEFT_WAT_ERROR_INIT;
    if (!weft_wat2wasm(text, strlen(text), NULL, &bytes, &size, &error)) {
        fail_msg("line %u: %s", (unsigned)error.line, error.text);
    }
    wasm_byte_vec_new(out, size, (const wasm_byte_t *)bytes);
    weft_wat_free(NULL, bytes, size);
}

static inline wasm_module_t *module_of_text(wasm_store_t *store, const char *text)
{
    wasm_byte_vec_t binary;
    binary_of_text(text, &binary);
    wasm_module_t *module = wasm_module_new(store, &binary);
    wasm_byte_vec_delete(&binary);
    assert_non_null(module);
    return module;
}

static inline wasm_instance_t *instance_of(wasm_store_t *store, const wasm_module_t *module)
{
    const wasm_extern_vec_t imports = WASM_EMPTY_VEC;
    wasm_instance_t *instance = wasm_instance_new(store, module, &imports, NULL);
    assert_non_null(instance);
    return instance;
}

// An instance with its exports; the instance and module handles are deleted, so that every
// test lives by what the exports keep.
static inline void exports_of_text(wasm_store_t *store, const char *text,
                                   const wasm_extern_vec_t *imports, wasm_extern_vec_t *out)
{
    wasm_module_t *module = module_of_text(store, text);
    wasm_trap_t *trap = NULL;
    wasm_instance_t *instance = wasm_instance_new(store, module, imports, &trap);
    assert_null(trap);
    assert_non_null(instance);
    wasm_instance_exports(instance, out);
    wasm_module_delete(module);
    wasm_instance_delete(instance);
}

static inline wasm_func_t *func_at(const wasm_extern_vec_t *exports, size_t i)
{
    assert_true(i < exports->size);
    wasm_func_t *func = wasm_extern_as_func(exports->data[i]);
    assert_non_null(func);
    return func;
}

static const wasm_extern_vec_t no_imports = WASM_EMPTY_VEC;
static const wasm_val_vec_t no_args = WASM_EMPTY_VEC;

// Calls with up to one i32 and gives the i32 result; fails the test on a trap.
static inline int32_t call_i(const wasm_func_t *func, size_t arg_count, int32_t a, int32_t b)
{
    wasm_val_t values[2] = {WASM_I32_VAL(a), WASM_I32_VAL(b)}, result = WASM_INIT_VAL;
    wasm_val_vec_t args = {arg_count, values}, results = {1, &result};
    wasm_trap_t *trap = wasm_func_call(func, &args, &results);
    assert_null(trap);
    return result.of.i32;
}

static inline void assert_message(wasm_trap_t *trap, const char *text)
{
    wasm_message_t message;
    assert_non_null(trap);
    wasm_trap_message(trap, &message);
    assert_int_equal(message.size, strlen(text) + 1);
    assert_string_equal(message.data, text);
    wasm_byte_vec_delete(&message);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, free_world)

#endif
