// test_api_call.c -- weft.h: calling in, being called, traps, exits, exceptions, backtraces.
// SPDX-License-Identifier: MIT
#include "tests/api.h"

static void calls_with_every_number_type(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_instance *i = instance_of(
        store, "(module (func (export \"turn\") (param i32 i64 f32 f64 v128)"
               "  (result v128 f64 f32 i64 i32)"
               "  (local.get 4) (local.get 3) (local.get 2) (local.get 1) (local.get 0)))");
    weft_value args[5] = {WEFT_VALUE_I32(-1), WEFT_VALUE_I64(-2), WEFT_VALUE_F32(1.5f),
                          WEFT_VALUE_F64(-0.25), {.kind = WEFT_V128}};
    for (int k = 0; k < 16; k++) args[4].of.v128[k] = (uint8_t)(k * 3);
    weft_value results[5];
    weft_error error = WEFT_ERROR_INIT;
    assert_int_equal(weft_call_export(i, "turn", args, 5, results, 5, &error), WEFT_DONE);
    assert_int_equal(results[0].kind, WEFT_V128);
    assert_memory_equal(results[0].of.v128, args[4].of.v128, 16);
    assert_true(results[1].of.f64 == -0.25);
    assert_true(results[2].of.f32 == 1.5f);
    assert_int_equal(results[3].of.i64, -2);
    assert_int_equal(results[4].of.i32, -1);
    weft_store_free(store);
}

static void refuses_calls_that_do_not_fit(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_instance *i = instance_of(
        store, "(module (func (export \"f\") (param i32) (result i32) (local.get 0)))");
    weft_value arg = WEFT_VALUE_I64(1), result;
    weft_error error = WEFT_ERROR_INIT;
    assert_int_equal(weft_call_export(i, "f", &arg, 1, &result, 1, &error), WEFT_FAILED);
    assert_int_equal(error.kind, WEFT_HOST);
    assert_string_equal(error.text, "argument 1 must be of type i32");
    assert_int_equal(weft_call_export(i, "f", NULL, 0, &result, 1, &error), WEFT_FAILED);
    arg = WEFT_VALUE_I32(1);
    assert_int_equal(weft_call_export(i, "f", &arg, 1, &result, 0, &error), WEFT_FAILED);
    assert_int_equal(weft_call_export(i, "g", &arg, 1, &result, 1, &error), WEFT_FAILED);
    assert_string_equal(error.text, "unknown export \"g\"");
    assert_null(weft_export_memory(i, "f"));
    weft_extern_type type;
    weft_func_type(weft_export_func(i, "f"), &type);
    assert_int_equal(type.param_count, 1);
    weft_store_free(store);
}

static void traps_tell_what_and_where(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_instance *i = instance_of(
        store, "(module $m"
               " (func $inner (param i32) (drop (i32.div_s (i32.const 1) (local.get 0))))"
               " (func $outer (export \"go\") (call $inner (i32.const 0)))"
               " (func (export \"deep\") (call 2)))");
    weft_error error = call_fails(i, "go");
    assert_int_equal(error.kind, WEFT_TRAPPED);
    assert_string_equal(error.text, "integer divide by zero");
    assert_int_equal(error.function_index, 0);
    assert_string_equal(error.function, "func[0]");

    weft_thread *thread = weft_store_main_thread(store);
    weft_frame frame;
    assert_true(weft_thread_frame(thread, 0, &frame));
    assert_int_equal(frame.function_index, 0);
    assert_int_equal(frame.offset, error.offset);
    assert_ptr_equal(frame.instance, i);
    assert_true(frame.body_offset < frame.offset);
    assert_true(weft_thread_frame(thread, 1, &frame));
    assert_int_equal(frame.function_index, 1);
    assert_memory_equal(frame.function_name.data, "go", 2);
    assert_false(weft_thread_frame(thread, 2, &frame));

    error = call_fails(i, "deep");
    assert_int_equal(error.kind, WEFT_EXHAUSTED);
    assert_string_equal(error.text, "call stack exhausted");
    assert_true(weft_thread_frame(thread, 100, &frame));
    weft_store_free(store);
}

// --- Host functions --------------------------------------------------------------------

static weft_result host_mix(weft_call *call, void *user)
{
    *(int *)user += 1;
    assert_int_equal(weft_arg_u32(call, 0), 7);
    assert_int_equal(weft_arg_u64(call, 1), 8);
    assert_true(weft_arg_f32(call, 2) == 0.5f);
    weft_return_f64(call, weft_arg_f64(call, 3) + weft_arg_f32(call, 2));
    return WEFT_OK;
}

static int dropped_users;

static void count_drop(void *user)
{
    (void)user;
    dropped_users++;
}

static void host_functions_take_and_give_numbers(void **state)
{
    (void)state;
    int calls = 0;
    dropped_users = 0;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_define_func(store, "env", "mix", "ilfd:d", host_mix, &calls, count_drop,
                                 &error));
    weft_instance *i = instance_of(
        store, "(module (import \"env\" \"mix\" (func $mix (param i32 i64 f32 f64) (result f64)))"
               " (func (export \"go\") (result f64)"
               "  (call $mix (i32.const 7) (i64.const 8) (f32.const 0.5) (f64.const 2))))");
    weft_value result;
    assert_int_equal(weft_call_export(i, "go", NULL, 0, &result, 1, &error), WEFT_DONE);
    assert_true(result.of.f64 == 2.5);
    assert_int_equal(calls, 1);
    assert_int_equal(dropped_users, 0);
    weft_store_free(store);
    assert_int_equal(dropped_users, 1);
}

static weft_result host_halves(weft_call *call, void *user)
{
    (void)user;
    if (weft_arg_u32(call, 0) == 0) weft_return_f32(call, 0.25f);
    else weft_return_u64(call, UINT64_C(1) << 63);
    return WEFT_OK;
}

static void host_functions_give_every_width(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_define_func(store, "e", "f", "i:f", host_halves, NULL, NULL, &error));
    assert_true(weft_define_func(store, "e", "l", "i:l", host_halves, NULL, NULL, &error));
    weft_instance *i = instance_of(
        store, "(module (import \"e\" \"f\" (func $f (param i32) (result f32)))"
               " (import \"e\" \"l\" (func $l (param i32) (result i64)))"
               " (export \"f\" (func $f)) (func (export \"go\") (result f32 i64)"
               "  (call $f (i32.const 0)) (call $l (i32.const 1))))");
    weft_value results[2];
    assert_int_equal(weft_call_export(i, "go", NULL, 0, results, 2, &error), WEFT_DONE);
    assert_true(results[0].of.f32 == 0.25f);
    assert_int_equal(results[1].of.i64, INT64_MIN);
    // A host function that is exported again can be called by the host itself.
    weft_value arg = WEFT_VALUE_I32(0);
    assert_int_equal(weft_call_export(i, "f", &arg, 1, results, 1, &error), WEFT_DONE);
    assert_true(results[0].of.f32 == 0.25f);
    weft_store_free(store);
}

static weft_result host_end(weft_call *call, void *user)
{
    (void)user;
    assert_non_null(call->caller);
    assert_ptr_equal(weft_call_store(call), weft_instance_store(call->caller));
    switch (weft_arg_u32(call, 0)) {
    case 0: return weft_call_trap(call, "no such user");
    case 1: return weft_call_exit(call, 42);
    default: return WEFT_TRAP;
    }
}

static void host_functions_trap_and_exit(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_define_func(store, "env", "end", "i:", host_end, NULL, NULL, &error));
    weft_instance *i = instance_of(
        store, "(module (import \"env\" \"end\" (func $end (param i32)))"
               " (func (export \"trap\") (call $end (i32.const 0)))"
               " (func (export \"exit\") (call $end (i32.const 1)))"
               " (func (export \"mute\") (call $end (i32.const 2))))");
    error = call_fails(i, "trap");
    assert_int_equal(error.kind, WEFT_TRAPPED);
    assert_string_equal(error.text, "no such user");
    error = call_fails(i, "exit");
    assert_int_equal(error.kind, WEFT_EXITED);
    assert_int_equal(error.exit_code, 42);
    error = call_fails(i, "mute");
    assert_int_equal(error.kind, WEFT_TRAPPED);
    weft_store_free(store);
}

static weft_result host_back(weft_call *call, void *user)
{
    (void)user;
    weft_value arg = WEFT_VALUE_I32((int32_t)weft_arg_u32(call, 0) - 1), result;
    weft_error error = WEFT_ERROR_INIT;
    weft_status status = weft_call_export(call->caller, "sum", &arg, 1, &result, 1, &error);
    if (status != WEFT_DONE) return WEFT_TRAP;
    weft_return_u32(call, (uint32_t)result.of.i32);
    return WEFT_OK;
}

// sum(n) = n + host(sum(n - 1)): calls nest through the host, above each other's frames.
static void host_functions_call_back_in(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_define_func(store, "env", "back", "i:i", host_back, NULL, NULL, &error));
    weft_instance *i = instance_of(
        store, "(module (import \"env\" \"back\" (func $back (param i32) (result i32)))"
               " (func (export \"sum\") (param i32) (result i32)"
               "  (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))"
               "   (else (i32.add (local.get 0) (call $back (local.get 0))))))"
               " (func (export \"bad\") (result i32) (call $back (i32.const 1))))");
    assert_int_equal(CALL_I32(i, "sum", 10), 55);
    assert_int_equal(CALL_I32(i, "sum", 90), 4095);
    // Each nesting takes C stack too, so there is an end to it; all calls then fail in turn.
    weft_value arg = WEFT_VALUE_I32(100000), result;
    assert_int_equal(weft_call_export(i, "sum", &arg, 1, &result, 1, &error), WEFT_FAILED);
    assert_int_equal(CALL_I32(i, "sum", 10), 55);
    weft_store_free(store);
}

static weft_result host_inner_fails(weft_call *call, void *user)
{
    weft_error *seen = user;
    weft_status status = weft_call_export(call->caller, "boom", NULL, 0, NULL, 0, seen);
    assert_int_equal(status, WEFT_FAILED);
    weft_frame frame;
    assert_true(weft_thread_frame(call->thread, 0, &frame));
    return WEFT_OK;
}

static void a_host_function_survives_what_it_called(void **state)
{
    (void)state;
    weft_error seen = WEFT_ERROR_INIT, error = WEFT_ERROR_INIT;
    weft_store *store = store_of(NULL);
    assert_true(weft_define_func(store, "env", "try", ":", host_inner_fails, &seen, NULL, &error));
    weft_instance *i = instance_of(
        store, "(module (import \"env\" \"try\" (func $try))"
               " (func (export \"boom\") (unreachable))"
               " (func (export \"go\") (result i32) (call $try) (i32.const 5)))");
    assert_int_equal(call_i32_0(i, "go"), 5);
    assert_string_equal(seen.text, "unreachable");
    weft_store_free(store);
}

static weft_result host_throw(weft_call *call, void *user)
{
    weft_value values[2] = {WEFT_VALUE_I32(11), WEFT_VALUE_F64(0.5)};
    return weft_call_throw(call, user, values, 2);
}

static void host_functions_throw(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_tag *tag = weft_tag_new(store, "id", &error);
    assert_non_null(tag);
    weft_extern item = {.kind = WEFT_EXTERN_TAG, .of = {.tag = tag}};
    assert_true(weft_define(store, name_of_text("env"), name_of_text("tag"), item, &error));
    assert_true(weft_define_func(store, "env", "throw", ":", host_throw, tag, NULL, &error));
    weft_instance *i = instance_of(
        store, "(module (import \"env\" \"tag\" (tag $t (param i32 f64)))"
               " (import \"env\" \"throw\" (func $throw))"
               " (func (export \"caught\") (result i32)"
               "  (block $h (result i32 f64) (try_table (catch $t $h) (call $throw)) (unreachable))"
               "  (drop))"
               " (func (export \"loose\") (call $throw)))");
    assert_int_equal(call_i32_0(i, "caught"), 11);
    error = call_fails(i, "loose");
    assert_int_equal(error.kind, WEFT_UNCAUGHT);
    weft_ref exn = weft_thread_exception(weft_store_main_thread(store));
    assert_int_equal(weft_ref_kind_of(store, exn), WEFT_REF_EXN);
    assert_ptr_equal(weft_ref_exn_tag(store, exn), tag);
    weft_value values[2];
    assert_int_equal(weft_ref_exn_values(store, exn, values, 2), 2);
    assert_int_equal(values[0].of.i32, 11);
    assert_true(values[1].of.f64 == 0.5);
    weft_extern_release(store, item);
    weft_store_free(store);
}

static weft_result host_peek(weft_call *call, void *user)
{
    (void)user;
    weft_memory *memory = weft_call_memory(call);
    char text[6] = "";
    assert_true(weft_memory_read(memory, weft_arg_u32(call, 0), text, 5));
    assert_string_equal(text, "hello");
    return WEFT_OK;
}

static void host_functions_see_the_callers_memory(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_define_func(store, "env", "peek", "i:", host_peek, NULL, NULL, &error));
    weft_instance *i = instance_of(
        store, "(module (import \"env\" \"peek\" (func $peek (param i32)))"
               " (memory 1) (memory (export \"memory\") 1) (data (memory 1) (i32.const 65531) \"hello\")"
               " (func (export \"go\") (result i32) (call $peek (i32.const 65531)) (i32.const 1)))");
    assert_int_equal(call_i32_0(i, "go"), 1);
    weft_store_free(store);
}

static weft_result host_any(weft_call *call, void *user)
{
    call->results[0] = *(weft_ref *)user;
    return WEFT_OK;
}

// A host can hand any bits back; code believes the types of what it is given.
static void results_of_the_wrong_type_trap(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_ref given = WEFT_NULL_REF;
    weft_valtype i31 = {.kind = WEFT_REF, .nullable = 0, .heap = WEFT_HEAP_I31};
    weft_extern_type type;
    weft_func_type_make(&type, NULL, 0, &i31, 1);
    weft_func *func = weft_func_new_typed(store, &type, host_any, &given, NULL, &error);
    assert_non_null(func);
    weft_extern item = {.kind = WEFT_EXTERN_FUNC, .of = {.func = func}};
    assert_true(weft_define(store, name_of_text("env"), name_of_text("any"), item, &error));
    weft_instance *i = instance_of(
        store, "(module (import \"env\" \"any\" (func $any (result (ref i31))))"
               " (func (export \"go\") (drop (call $any)))"
               " (func (export \"get\") (result i32) (i31.get_s (call $any))))");
    error = call_fails(i, "go");
    assert_int_equal(error.kind, WEFT_TRAPPED);
    given = weft_ref_new_i31(-5);
    assert_int_equal(call_i32_0(i, "get"), -5);
    weft_extern_release(store, item);
    weft_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_with_every_number_type),
        cmocka_unit_test(refuses_calls_that_do_not_fit),
        cmocka_unit_test(traps_tell_what_and_where),
        cmocka_unit_test(host_functions_take_and_give_numbers),
        cmocka_unit_test(host_functions_give_every_width),
        cmocka_unit_test(host_functions_trap_and_exit),
        cmocka_unit_test(host_functions_call_back_in),
        cmocka_unit_test(a_host_function_survives_what_it_called),
        cmocka_unit_test(host_functions_throw),
        cmocka_unit_test(host_functions_see_the_callers_memory),
        cmocka_unit_test(results_of_the_wrong_type_trap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
