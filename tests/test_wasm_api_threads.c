// test_wasm_api_threads.c -- one module shared by ten threads, each with a store of its own.
//
// Worth running under the thread sanitizer: functions are translated by whoever calls them
// first, and here ten want the same ones at once.
// SPDX-License-Identifier: MIT
#include <pthread.h>

#include "tests/wasm_api.h"

enum { THREADS = 10, ROUNDS = 3 };

static const char text[] =
    "(module (import \"\" \"id\" (global $id i32)) (import \"\" \"add\" (func $add (param i32)))"
    " (func $fib (param i32) (result i32)"
    "  (if (result i32) (i32.lt_u (local.get 0) (i32.const 2)) (then (local.get 0))"
    "   (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))"
    "                  (call $fib (i32.sub (local.get 0) (i32.const 2)))))))"
    " (func (export \"run\") (call $add (i32.add (global.get $id) (call $fib (i32.const 15))))))";

typedef struct Job {
    wasm_engine_t *engine;
    wasm_shared_module_t *shared;
    int id, sum;
    pthread_t thread;
} Job;

static wasm_trap_t *add(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    (void)results;
    *(int *)env += args->data[0].of.i32;
    return NULL;
}

// cmocka's assertions belong to the main thread; this one only reports by its sum.
static void run_once(Job *job, wasm_store_t *store, const wasm_module_t *module)
{
    wasm_functype_t *func_type = wasm_functype_new_1_0(wasm_valtype_new_i32());
    wasm_func_t *func = wasm_func_new_with_env(store, func_type, add, &job->sum, NULL);
    wasm_functype_delete(func_type);
    wasm_globaltype_t *global_type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_CONST);
    wasm_val_t id = WASM_I32_VAL(job->id);
    wasm_global_t *global = wasm_global_new(store, global_type, &id);
    wasm_globaltype_delete(global_type);
    wasm_extern_t *items[] = {wasm_global_as_extern(global), wasm_func_as_extern(func)};
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(items), exports;
    wasm_instance_t *instance = wasm_instance_new(store, module, &imports, NULL);
    wasm_func_delete(func);
    wasm_global_delete(global);
    if (instance == NULL) return;
    wasm_instance_exports(instance, &exports);
    wasm_instance_delete(instance);
    wasm_val_vec_t none = WASM_EMPTY_VEC;
    wasm_trap_delete(wasm_func_call(wasm_extern_as_func(exports.data[0]), &none, &none));
    wasm_extern_vec_delete(&exports);
}

static void *run(void *argument)
{
    Job *job = argument;
    wasm_store_t *store = wasm_store_new(job->engine);
    wasm_module_t *module = wasm_module_obtain(store, job->shared);
    for (int i = 0; i < ROUNDS; i++) run_once(job, store, module);
    wasm_module_delete(module);
    wasm_store_delete(store);
    return NULL;
}

static void ten_threads_share_a_module(void **state)
{
    (void)state;
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    wasm_module_t *module = module_of_text(store, text);
    wasm_shared_module_t *shared = wasm_module_share(module);
    wasm_module_delete(module);
    wasm_store_delete(store);
    Job jobs[THREADS];
    for (int i = 0; i < THREADS; i++) {
        jobs[i] = (Job){.engine = engine, .shared = shared, .id = i};
        assert_int_equal(pthread_create(&jobs[i].thread, NULL, run, &jobs[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(jobs[i].thread, NULL);
        assert_int_equal(jobs[i].sum, ROUNDS * (i + 610));
    }
    wasm_shared_module_delete(shared);
    wasm_engine_delete(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_threads_share_a_module),
    };
    return cmocka_run_group_tests_name("wasm.h threads", tests, NULL, NULL);
}
