// test_api_thread.c -- weft.h: pausing, resuming, fuel, interruption, several threads.
// SPDX-License-Identifier: MIT
#include "tests/api.h"

static const char *const counting =
    "(module (global $n (export \"n\") (mut i32) (i32.const 0))"
    " (func (export \"count\") (param i32) (result i32) (local i32)"
    "  (loop $l (global.set $n (i32.add (global.get $n) (i32.const 1)))"
    "   (br_if $l (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))"
    "  (local.get 1))"
    " (func (export \"forever\") (loop $l (br $l))))";

static void a_call_runs_in_slices(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_instance *i = instance_of(store, counting);
    weft_thread *thread = weft_thread_new(store, NULL, &error);
    assert_ptr_equal(weft_thread_store(thread), store);
    weft_value arg = WEFT_VALUE_I32(1000), result;
    assert_true(weft_thread_start(thread, weft_export_func(i, "count"), &arg, 1, &error));
    int slices = 0;
    weft_status status;
    while ((status = weft_thread_run(thread, 100, &error)) == WEFT_PAUSED) {
        slices++;
        weft_frame frame;
        assert_true(weft_thread_frame(thread, 0, &frame));
        assert_int_equal(frame.function_index, 0);
        weft_store_collect(store);  // the frames of a paused thread are roots
    }
    assert_int_equal(status, WEFT_DONE);
    assert_true(slices >= 5 && slices <= 15);
    assert_true(weft_thread_results(thread, &result, 1));
    assert_int_equal(result.of.i32, 1000);
    weft_thread_free(thread);
    weft_store_free(store);
}

static void threads_take_turns(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_instance *i = instance_of(store, counting);
    weft_thread_options options = WEFT_THREAD_OPTIONS_INIT;
    options.stack_bytes = 65536;
    weft_thread *threads[3];
    weft_value result;
    for (int k = 0; k < 3; k++) {
        weft_value arg = WEFT_VALUE_I32(100 * (k + 1));
        threads[k] = weft_thread_new(store, &options, &error);
        assert_true(weft_thread_start(threads[k], weft_export_func(i, "count"), &arg, 1, &error));
    }
    int left = 3;
    bool done[3] = {false};
    while (left > 0) {
        for (int k = 0; k < 3; k++) {
            if (!done[k] && weft_thread_run(threads[k], 10, &error) == WEFT_DONE) {
                done[k] = true;
                left--;
            }
        }
    }
    for (int k = 0; k < 3; k++) {
        assert_true(weft_thread_results(threads[k], &result, 1));
        assert_int_equal(result.of.i32, 100 * (k + 1));
        weft_thread_free(threads[k]);
    }
    assert_int_equal(weft_global_get(weft_export_global(i, "n")).of.i32, 600);
    weft_store_free(store);
}

// --- Host functions that stop the thread -----------------------------------------------

static int asked;

static weft_result host_wait(weft_call *call, void *user)
{
    (void)call, (void)user;
    asked++;
    return WEFT_PAUSE;
}

static weft_result host_again(weft_call *call, void *user)
{
    (void)user;
    if (++asked < 3) return WEFT_RETRY;
    weft_return_u32(call, weft_arg_u32(call, 0) * 2);
    return WEFT_OK;
}

static const char *const waiting =
    "(module (import \"env\" \"wait\" (func $wait (param i32) (result i32)))"
    " (func (export \"go\") (param i32) (result i32)"
    "  (i32.add (i32.const 1000) (call $wait (local.get 0)))))";

static void a_host_function_pauses_and_is_answered_later(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_define_func(store, "env", "wait", "i:i", host_wait, NULL, NULL, &error));
    weft_instance *i = instance_of(store, waiting);
    weft_thread *thread = weft_thread_new(store, NULL, &error);
    weft_value arg = WEFT_VALUE_I32(5), result = WEFT_VALUE_I32(7);
    asked = 0;
    assert_false(weft_thread_resume_with(thread, &result, 1, &error));
    assert_true(weft_thread_start(thread, weft_export_func(i, "go"), &arg, 1, &error));
    assert_int_equal(weft_thread_run(thread, WEFT_NO_BUDGET, &error), WEFT_PAUSED);
    assert_int_equal(asked, 1);
    assert_int_equal(weft_thread_run(thread, WEFT_NO_BUDGET, &error), WEFT_FAILED);
    assert_false(weft_thread_resume_with(thread, &result, 0, &error));
    assert_true(weft_thread_resume_with(thread, &result, 1, &error));
    assert_int_equal(weft_thread_run(thread, WEFT_NO_BUDGET, &error), WEFT_DONE);
    assert_int_equal(asked, 1);
    assert_true(weft_thread_results(thread, &result, 1));
    assert_int_equal(result.of.i32, 1007);
    // A host function can also be what the thread was started with.
    weft_extern item;
    assert_true(weft_find_definition(store, name_of_text("env"), name_of_text("wait"), &item));
    assert_true(weft_thread_start(thread, item.of.func, &arg, 1, &error));
    assert_int_equal(weft_thread_run(thread, WEFT_NO_BUDGET, &error), WEFT_PAUSED);
    result = WEFT_VALUE_I32(8);
    assert_true(weft_thread_resume_with(thread, &result, 1, &error));
    assert_int_equal(weft_thread_run(thread, WEFT_NO_BUDGET, &error), WEFT_DONE);
    assert_true(weft_thread_results(thread, &result, 1));
    assert_int_equal(result.of.i32, 8);
    weft_thread_free(thread);
    weft_store_free(store);
}

static void a_host_function_is_asked_again(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_define_func(store, "env", "wait", "i:i", host_again, NULL, NULL, &error));
    weft_instance *i = instance_of(store, waiting);
    weft_thread *thread = weft_thread_new(store, NULL, &error);
    weft_value arg = WEFT_VALUE_I32(5), result;
    asked = 0;
    assert_true(weft_thread_start(thread, weft_export_func(i, "go"), &arg, 1, &error));
    assert_int_equal(weft_thread_run(thread, WEFT_NO_BUDGET, &error), WEFT_PAUSED);
    assert_int_equal(weft_thread_run(thread, WEFT_NO_BUDGET, &error), WEFT_PAUSED);
    assert_int_equal(weft_thread_run(thread, WEFT_NO_BUDGET, &error), WEFT_DONE);
    assert_true(weft_thread_results(thread, &result, 1));
    assert_int_equal(result.of.i32, 1010);
    weft_thread_free(thread);
    weft_store_free(store);
}

static void a_plain_call_can_pause_too(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_define_func(store, "env", "wait", "i:i", host_wait, NULL, NULL, &error));
    weft_instance *i = instance_of(store, waiting);
    weft_value arg = WEFT_VALUE_I32(5), result = WEFT_VALUE_I32(1);
    assert_int_equal(weft_call_export(i, "go", &arg, 1, &result, 1, &error), WEFT_PAUSED);
    weft_thread *main_thread = weft_store_main_thread(store);
    assert_true(weft_thread_resume_with(main_thread, &result, 1, &error));
    assert_int_equal(weft_thread_run(main_thread, WEFT_NO_BUDGET, &error), WEFT_DONE);
    assert_true(weft_thread_results(main_thread, &result, 1));
    assert_int_equal(result.of.i32, 1001);
    // Or be given up.
    assert_int_equal(weft_call_export(i, "go", &arg, 1, &result, 1, &error), WEFT_PAUSED);
    assert_int_equal(weft_call_export(i, "go", &arg, 1, &result, 1, &error), WEFT_PAUSED);
    weft_store_free(store);
}

static weft_result host_nests(weft_call *call, void *user)
{
    weft_error *seen = user;
    weft_value arg = WEFT_VALUE_I32(1), result;
    if (weft_arg_u32(call, 0) == 1) return WEFT_PAUSE;
    assert_int_equal(weft_call_export(call->caller, "go", &arg, 1, &result, 1, seen), WEFT_FAILED);
    weft_return_u32(call, 3);
    return WEFT_OK;
}

static void a_pause_inside_a_nested_call_fails_it(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT, seen = WEFT_ERROR_INIT;
    assert_true(weft_define_func(store, "env", "wait", "i:i", host_nests, &seen, NULL, &error));
    weft_instance *i = instance_of(store, waiting);
    assert_int_equal(CALL_I32(i, "go", 0), 1003);
    assert_int_equal(seen.kind, WEFT_HOST);
    weft_store_free(store);
}

// --- Limits ------------------------------------------------------------------------------

static void fuel_runs_out_and_is_refilled(void **state)
{
    (void)state;
    weft_module_options options = text_options;
    options.fuel = true;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_module *m = module_of_text(counting, &options);
    weft_instance *i = weft_instantiate(store, m, NULL, &error);
    weft_module_release(m);
    weft_thread *thread = weft_store_main_thread(store);
    assert_true(weft_thread_fuel(thread) == UINT64_MAX);
    weft_thread_set_fuel(thread, 100);
    weft_value arg = WEFT_VALUE_I32(50), result;
    assert_int_equal(weft_call_export(i, "count", &arg, 1, &result, 1, &error), WEFT_FAILED);
    assert_int_equal(error.kind, WEFT_LIMIT);
    assert_string_equal(error.text, "out of fuel");
    weft_thread_set_fuel(thread, 1000000);
    assert_int_equal(weft_thread_run(thread, WEFT_NO_BUDGET, &error), WEFT_DONE);
    assert_true(weft_thread_results(thread, &result, 1));
    assert_int_equal(result.of.i32, 50);
    assert_true(weft_thread_fuel(thread) < 1000000);
    weft_store_stats stats = {.size = sizeof stats};
    weft_store_get_stats(store, &stats);
    assert_true(stats.fuel_used > 300 && stats.fuel_used < 2000);
    assert_true(stats.translated_functions >= 1);
    assert_true(stats.stack_peak_bytes > 0);
    weft_store_free(store);
}

static weft_result host_interrupts(weft_call *call, void *user)
{
    (void)user;
    assert_non_null(weft_call_wake(call));
    weft_store_interrupt(weft_call_store(call));
    return WEFT_OK;
}

static void an_interruption_stops_and_is_forgotten(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_define_func(store, "env", "stop", ":", host_interrupts, NULL, NULL, &error));
    weft_instance *i = instance_of(
        store, "(module (import \"env\" \"stop\" (func $stop))"
               " (func (export \"go\") (result i32) (local i32) (call $stop)"
               "  (loop $l (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1)))"
               "   (i32.const 100000)))) (local.get 0)))");
    weft_value result;
    assert_int_equal(weft_call_export(i, "go", NULL, 0, &result, 1, &error), WEFT_FAILED);
    assert_int_equal(error.kind, WEFT_LIMIT);
    assert_string_equal(error.text, "interrupted");
    weft_thread *thread = weft_store_main_thread(store);
    assert_int_equal(weft_thread_run(thread, WEFT_NO_BUDGET, &error), WEFT_FAILED);
    weft_store_clear_interrupt(store);
    assert_int_equal(weft_thread_run(thread, WEFT_NO_BUDGET, &error), WEFT_DONE);
    assert_true(weft_thread_results(thread, &result, 1));
    assert_int_equal(result.of.i32, 100000);
    weft_thread_interrupt(thread);
    assert_int_equal(weft_call_export(i, "go", NULL, 0, &result, 1, &error), WEFT_FAILED);
    weft_store_clear_interrupt(store);
    weft_store_free(store);
}

static weft_result host_wants_again(weft_call *call, void *user)
{
    (void)user;
    weft_store_interrupt(weft_call_store(call));
    return WEFT_RETRY;
}

static void an_interruption_reaches_a_blocking_host_function(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_define_func(store, "env", "wait", "i:i", host_wants_again, NULL, NULL,
                                 &error));
    weft_instance *i = instance_of(store, waiting);
    weft_value arg = WEFT_VALUE_I32(5), result;
    assert_int_equal(weft_call_export(i, "go", &arg, 1, &result, 1, &error), WEFT_FAILED);
    assert_int_equal(error.kind, WEFT_LIMIT);
    weft_store_free(store);
}

// A call may pause before its function zeroed its locals: its arguments are there already, and
// where the locals will be still lies what others left.
static void a_pause_at_an_entry_is_safe_to_collect_at(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_instance *i = instance_of(
        store, "(module (type $s (struct (field i32)))"
               " (func $dirty (result i64) (local i64 i64 i64 i64 i64 i64 i64 i64)"
               "  (local.set 0 (i64.const 0x4141414141414140)) (local.set 1 (local.get 0))"
               "  (local.set 2 (local.get 0)) (local.set 3 (local.get 0)) (local.set 4 (local.get 0))"
               "  (local.set 5 (local.get 0)) (local.set 6 (local.get 0)) (local.set 7 (local.get 0))"
               "  (i64.add (local.get 1) (i64.add (local.get 2) (i64.add (local.get 3) (i64.add (local.get 4)"
               "   (i64.add (local.get 5) (i64.add (local.get 6) (local.get 7))))))))"
               " (func $clean (param (ref $s)) (result i32)"
               "  (local (ref null $s) (ref null $s) (ref null $s) (ref null $s) (ref null $s))"
               "  (local.set 1 (struct.new $s (i32.const 50))) (local.set 2 (struct.new $s (i32.const 60)))"
               "  (i32.add (struct.get $s 0 (local.get 0))"
               "   (i32.add (ref.is_null (local.get 3)) (ref.is_null (local.get 4)))))"
               " (func (export \"go\") (result i32) (local i32 i32)"
               "  (loop $l (drop (call $dirty))"
               "   (local.set 1 (i32.add (local.get 1) (call $clean (struct.new $s (i32.const 1)))))"
               "   (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 10))))"
               "  (local.get 1)))");
    weft_thread *thread = weft_thread_new(store, NULL, &error);
    weft_value result;
    assert_true(weft_thread_start(thread, weft_export_func(i, "go"), NULL, 0, &error));
    weft_status status;
    while ((status = weft_thread_run(thread, 1, &error)) == WEFT_PAUSED) weft_store_collect(store);
    assert_int_equal(status, WEFT_DONE);
    assert_true(weft_thread_results(thread, &result, 1));
    assert_int_equal(result.of.i32, 30);
    weft_thread_free(thread);
    weft_store_free(store);
}

// What is under way when the fuel of a slice runs out is there when the next one begins.
static void a_pause_for_fuel_loses_nothing(void **state)
{
    (void)state;
    weft_module_options options = text_options;
    options.fuel = true;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_module *m = module_of_text(
        "(module (memory 1) (func (export \"go\") (param i32) (result i32)"
        "  (block (result i32) (i32.const 1)"
        "   (i32.mul (local.get 0) (i32.const 10)) (br_if 1 (i32.eqz (local.get 0)))"
        "   (i32.add (i32.const 2))"
        "   (i32.trunc_f64_s (block (result f64)"
        "    (f64.add (f64.convert_i32_s (local.get 0)) (f64.const 0.5))"
        "    (br_if 0 (i32.eqz (local.get 0))) (f64.mul (f64.const 4))))"
        "   (memory.fill (i32.const 0) (i32.const 1) (i32.mul (local.get 0) (i32.const 100)))"
        "   (i32.add) (i32.add))))",
        &options);
    weft_instance *i = weft_instantiate(store, m, NULL, &error);
    weft_module_release(m);
    for (uint64_t slice = 1; slice < 40; slice++) {
        weft_thread *thread = weft_thread_new(store, NULL, &error);
        weft_thread_set_fuel(thread, 100000);
        weft_value arg = WEFT_VALUE_I32(7), result;
        assert_true(weft_thread_start(thread, weft_export_func(i, "go"), &arg, 1, &error));
        weft_status status;
        while ((status = weft_thread_run(thread, slice, &error)) == WEFT_PAUSED) weft_store_collect(store);
        assert_int_equal(status, WEFT_DONE);
        assert_true(weft_thread_results(thread, &result, 1));
        assert_int_equal(result.of.i32, 1 + 72 + 30);
        weft_thread_free(thread);
    }
    weft_store_free(store);
}

// --- Locals that live in registers ---------------------------------------------------------

// Works on registers of its own, then answers, throws, is asked again or stops, in turn.
static weft_result host_disturbs(weft_call *call, void *user)
{
    weft_instance *const instance = *(weft_instance **)user;
    const weft_value arg = WEFT_VALUE_I32(9);
    weft_value result;
    weft_extern tag;
    weft_error error = WEFT_ERROR_INIT;
    assert_int_equal(weft_call_func(weft_export_func(instance, "disturb"), &arg, 1, &result, 1, &error), WEFT_DONE);
    const weft_value answer = WEFT_VALUE_I32((int32_t)weft_arg_u32(call, 0) * 7);
    switch (asked++ % 5) {
    case 1:
        assert_true(weft_instance_export(instance, name_of_text("t"), &tag));
        return weft_call_throw(call, tag.of.tag, &answer, 1);
    case 2: return WEFT_RETRY;
    case 4: return WEFT_PAUSE;
    default: weft_return_u32(call, (uint32_t)answer.of.i32); return WEFT_OK;
    }
}

static const char *const disturbed =
    "(module (import \"env\" \"stop\" (func $stop (param i32) (result i32)))"
    " (tag $t (export \"t\") (param i32))"
    " (func (export \"disturb\") (param i32) (result i32) (local $x f64) (local $y f64) (local $i i32)"
    "  (loop $next (local.set $x (f64.add (local.get $x) (f64.const 9))) (local.set $y (f64.mul (local.get $x) (local.get $x)))"
    "   (local.set $i (i32.sub (local.get $i) (i32.const 77)))"
    "   (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get $i))"
    " (func (export \"go\") (param $n i32) (result i64 f64) (local $i i32) (local $sum i64) (local $x f64) (local $y f64)"
    "  (loop $next (local.set $i (i32.add (local.get $i) (i32.const 1)))"
    "   (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 3)) (i64.extend_i32_u (local.get $i))))"
    "   (local.set $x (f64.add (f64.mul (local.get $x) (f64.const 0.5)) (f64.convert_i32_s (local.get $i))))"
    "   (local.set $y (f64.add (local.get $y) (local.get $x)))"
    "   (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_s"
    "    (block $caught (result i32) (try_table (result i32) (catch $t $caught) (call $stop (local.get $i)))))))"
    "   (local.set $y (f64.add (local.get $y) (local.get $x)))"
    "   (br_if $next (i32.lt_s (local.get $i) (local.get $n))))"
    "  (local.get $sum) (f64.add (local.get $x) (local.get $y))))";

static void locals_are_the_same_whatever_stops_the_thread(void **state)
{
    (void)state;
    static const uint32_t masks[] = {127, 0, 4, 64};
    static const uint64_t budgets[] = {WEFT_NO_BUDGET, 1, 2, 5};
    weft_value expected[2], results[2];
    for (int k = 0; k < 16; k++) {
        weft_store *store = store_of(NULL);
        weft_error error = WEFT_ERROR_INIT;
        weft_instance *i = NULL;
        assert_true(weft_define_func(store, "env", "stop", "i:i", host_disturbs, &i, NULL, &error));
        weft_module_options options = text_options;
        options.translator_mask = masks[k % 4];
        weft_module *m = module_of_text(disturbed, &options);
        i = weft_instantiate(store, m, NULL, &error);
        assert_non_null(i);
        weft_module_release(m);
        weft_thread *thread = weft_store_main_thread(store);
        const weft_value arg = WEFT_VALUE_I32(23);
        asked = 0;
        assert_true(weft_thread_start(thread, weft_export_func(i, "go"), &arg, 1, &error));
        weft_status status;
        while ((status = weft_thread_run(thread, budgets[k / 4], &error)) == WEFT_PAUSED) {
            weft_store_collect(store);
            const weft_value answer = WEFT_VALUE_I32(asked);
            weft_thread_resume_with(thread, &answer, 1, &error);  // if that is what it waits for
            assert_true(asked < 100);
        }
        assert_int_equal(status, WEFT_DONE);
        assert_true(weft_thread_results(thread, results, 2));
        if (k == 0) memcpy(expected, results, sizeof expected);
        assert_true(results[0].of.i64 == expected[0].of.i64);
        assert_true(results[1].of.f64 == expected[1].of.f64);
        weft_store_free(store);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_runs_in_slices),
        cmocka_unit_test(threads_take_turns),
        cmocka_unit_test(a_host_function_pauses_and_is_answered_later),
        cmocka_unit_test(a_host_function_is_asked_again),
        cmocka_unit_test(a_plain_call_can_pause_too),
        cmocka_unit_test(a_pause_inside_a_nested_call_fails_it),
        cmocka_unit_test(a_pause_at_an_entry_is_safe_to_collect_at),
        cmocka_unit_test(a_pause_for_fuel_loses_nothing),
        cmocka_unit_test(fuel_runs_out_and_is_refilled),
        cmocka_unit_test(an_interruption_stops_and_is_forgotten),
        cmocka_unit_test(an_interruption_reaches_a_blocking_host_function),
        cmocka_unit_test(locals_are_the_same_whatever_stops_the_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
