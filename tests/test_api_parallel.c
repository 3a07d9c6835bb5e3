// test_api_parallel.c -- weft.h: one module in stores on several threads of the host.
// SPDX-License-Identifier: MIT
#include "tests/api.h"

#include <pthread.h>
#include <stdatomic.h>

// Many functions, so that threads meet while translating them.
static const char *const workload =
    "(module (type $s (struct (field (mut i32)))) (table $t funcref (elem $a $b $c $d))"
    " (func $a (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))"
    " (func $b (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))"
    " (func $c (param i32) (result i32) (call $a (call $b (local.get 0))))"
    " (func $d (param i32) (result i32) (struct.get $s 0 (struct.new $s (call $c (local.get 0)))))"
    " (func (export \"run\") (param i32) (result i32) (local i32)"
    "  (loop $l"
    "   (local.set 1 (i32.add (local.get 1) (call_indirect $t (param i32) (result i32)"
    "    (local.get 0) (i32.and (local.get 0) (i32.const 3)))))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (local.get 1))"
    ")";

enum { THREADS = 4, ROUNDS = 50 };

static weft_module *shared;
static _Atomic int wrong;

static int32_t expected(int32_t n)
{
    uint32_t sum = 0;
    for (uint32_t k = (uint32_t)n; k != 0; k--) {
        uint32_t of[4] = {k + 1, k * 3, k * 3 + 1, k * 3 + 1};
        sum += of[k & 3];
    }
    return (int32_t)sum;
}

static void *live_on_a_thread(void *argument)
{
    int32_t n = 100 + *(int *)argument;
    for (int round = 0; round < ROUNDS; round++) {
        weft_store *store = weft_store_new(NULL, NULL);
        weft_instance *i = weft_instantiate(store, shared, NULL, NULL);
        weft_value arg = WEFT_VALUE_I32(n), result = WEFT_VALUE_I32(0);
        if (i == NULL || weft_call_export(i, "run", &arg, 1, &result, 1, NULL) != WEFT_DONE ||
            result.of.i32 != expected(n)) {
            atomic_fetch_add(&wrong, 1);
        }
        weft_module_release(weft_module_retain(shared));
        weft_store_free(store);
    }
    return NULL;
}

static void stores_on_threads_share_a_module(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    int numbers[THREADS];
    shared = module_of(workload);
    wrong = 0;
    for (int t = 0; t < THREADS; t++) {
        numbers[t] = t;
        assert_int_equal(pthread_create(&threads[t], NULL, live_on_a_thread, &numbers[t]), 0);
    }
    for (int t = 0; t < THREADS; t++) pthread_join(threads[t], NULL);
    weft_module_release(shared);
    assert_int_equal(wrong, 0);
}

// --- Interruption from another thread -----------------------------------------------------

static _Atomic bool spinning;

static weft_result host_spinning(weft_call *call, void *user)
{
    (void)call, (void)user;
    atomic_store(&spinning, true);
    return WEFT_OK;
}

static void *interrupt_soon(void *store)
{
    while (!atomic_load(&spinning)) {}
    weft_store_interrupt(store);
    return NULL;
}

static void *interrupt_thread_soon(void *thread)
{
    while (!atomic_load(&spinning)) {}
    weft_thread_interrupt(thread);
    return NULL;
}

static void another_thread_interrupts(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_define_func(store, "env", "spinning", ":", host_spinning, NULL, NULL, &error));
    weft_instance *i = instance_of(
        store, "(module (import \"env\" \"spinning\" (func $s)) (func $nothing)"
               " (func (export \"go\") (call $s) (loop $l (call $nothing) (br $l))))");
    pthread_t other;
    spinning = false;
    assert_int_equal(pthread_create(&other, NULL, interrupt_soon, store), 0);
    error = call_fails(i, "go");
    assert_string_equal(error.text, "interrupted");
    pthread_join(other, NULL);
    weft_store_clear_interrupt(store);
    spinning = false;
    assert_int_equal(pthread_create(&other, NULL, interrupt_thread_soon,
                                    weft_store_main_thread(store)), 0);
    error = call_fails(i, "go");
    assert_string_equal(error.text, "interrupted");
    pthread_join(other, NULL);
    weft_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stores_on_threads_share_a_module),
        cmocka_unit_test(another_thread_interrupts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
