// test_wasm_api_trap.c -- traps and frames of the standard C API.
// SPDX-License-Identifier: MIT
#include "tests/wasm_api.h"

static wasm_trap_t *call(const wasm_func_t *func)
{
    wasm_val_vec_t none = WASM_EMPTY_VEC;
    return wasm_func_call(func, &no_args, &none);
}

static void a_trap_says_what_the_specification_says(void **state)
{
    wasm_extern_vec_t exports;
    exports_of_text(store_of(state),
                    "(module (memory 1)"
                    " (func (export \"a\") (unreachable))"
                    " (func (export \"b\") (drop (i32.div_s (i32.const 1) (i32.const 0))))"
                    " (func (export \"c\") (drop (i32.load (i32.const 65536))))"
                    " (func $d (export \"d\") (call $d)))",
                    &no_imports, &exports);
    static const char *const texts[] = {"unreachable", "integer divide by zero",
                                        "out of bounds memory access", "call stack exhausted"};
    for (size_t i = 0; i < 4; i++) {
        wasm_trap_t *trap = call(func_at(&exports, i));
        assert_message(trap, texts[i]);
        weft_error error = WEFT_ERROR_INIT;
        assert_true(weft_wasm_trap_error(trap, &error));
        assert_int_equal(error.kind, i == 3 ? WEFT_EXHAUSTED : WEFT_TRAPPED);
        wasm_trap_delete(trap);
    }
    wasm_extern_vec_delete(&exports);
}

// Offsets point at the instruction: in the module, and in the function's code, whose first
// byte is the count of its local declarations.
static void frames_tell_where_it_happened(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_module_t *module = module_of_text(
        store, "(module (func $in (nop) (unreachable)) (func (export \"out\") (call $in)))");
    wasm_instance_t *instance = wasm_instance_new(store, module, &no_imports, NULL);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    wasm_trap_t *trap = call(func_at(&exports, 0));
    wasm_frame_vec_t trace, copies;
    wasm_trap_trace(trap, &trace);
    assert_int_equal(trace.size, 2);
    wasm_byte_vec_t binary;
    wasm_module_serialize(module, &binary);
    static const unsigned char opcodes[] = {0x00, 0x10};  // unreachable, call
    static const size_t offsets[] = {2, 1};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(wasm_frame_func_index(trace.data[i]), i);
        assert_int_equal(wasm_frame_func_offset(trace.data[i]), offsets[i]);
        size_t at = wasm_frame_module_offset(trace.data[i]);
        assert_true(at < binary.size);
        assert_int_equal((unsigned char)binary.data[at], opcodes[i]);
        assert_true(wasm_instance_same(wasm_frame_instance(trace.data[i]), instance));
    }
    wasm_frame_t *origin = wasm_trap_origin(trap);
    assert_int_equal(wasm_frame_module_offset(origin), wasm_frame_module_offset(trace.data[0]));
    wasm_frame_vec_copy(&copies, &trace);
    wasm_frame_vec_delete(&trace);
    wasm_trap_delete(trap);
    wasm_instance_delete(instance);
    wasm_extern_vec_delete(&exports);
    assert_non_null(wasm_frame_instance(origin));  // the frame keeps it
    wasm_frame_delete(origin);
    wasm_frame_vec_delete(&copies);
    wasm_byte_vec_delete(&binary);
    wasm_module_delete(module);
}

static void a_message_without_a_zero_gets_one(void **state)
{
    wasm_message_t message;
    wasm_name_new_from_string(&message, "bare");
    wasm_trap_t *trap = wasm_trap_new(store_of(state), &message);
    assert_message(trap, "bare");
    assert_null(wasm_trap_origin(trap));
    wasm_frame_vec_t trace;
    wasm_trap_trace(trap, &trace);
    assert_int_equal(trace.size, 0);
    weft_error error = WEFT_ERROR_INIT;
    assert_false(weft_wasm_trap_error(trap, &error));
    wasm_name_delete(&message);
    wasm_trap_delete(trap);
}

static wasm_trap_t *thrown;

static wasm_trap_t *throw(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    (void)args, (void)results;
    wasm_message_t message;
    wasm_name_new_from_string_nt(&message, "thrown by the host");
    thrown = wasm_trap_new(env, &message);
    wasm_trap_set_host_info(thrown, &thrown);
    wasm_name_delete(&message);
    return thrown;
}

static void the_hosts_trap_comes_out_as_itself_with_the_frames_it_passed(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_functype_t *type = wasm_functype_new_0_0();
    wasm_func_t *func = wasm_func_new_with_env(store, type, throw, store, NULL);
    wasm_functype_delete(type);
    wasm_extern_t *items[] = {wasm_func_as_extern(func)};
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(items), exports;
    exports_of_text(store,
                    "(module (import \"\" \"throw\" (func $throw))"
                    " (func (export \"run\") (call $throw)))",
                    &imports, &exports);
    wasm_trap_t *trap = call(func_at(&exports, 0));
    assert_ptr_equal(trap, thrown);
    assert_ptr_equal(wasm_trap_get_host_info(trap), &thrown);
    assert_message(trap, "thrown by the host");
    wasm_frame_t *origin = wasm_trap_origin(trap);
    assert_non_null(origin);
    assert_int_equal(wasm_frame_func_index(origin), 1);
    wasm_frame_delete(origin);
    wasm_trap_delete(trap);

    // Called by the host itself there is no frame to tell of.
    trap = call(func);
    assert_ptr_equal(trap, thrown);
    assert_null(wasm_trap_origin(trap));
    wasm_trap_delete(trap);
    wasm_func_delete(func);
    wasm_extern_vec_delete(&exports);
}

static wasm_func_t *inner;

// Calls back in, meets a trap, and goes on as if nothing had been.
static wasm_trap_t *swallow(const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    (void)args, (void)results;
    wasm_trap_t *trap = call(inner);
    assert_message(trap, "unreachable");
    wasm_trap_delete(trap);
    return NULL;
}

static void a_nested_trap_ends_only_the_nested_call(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_functype_t *type = wasm_functype_new_0_0();
    wasm_func_t *func = wasm_func_new(store, type, swallow);
    wasm_functype_delete(type);
    wasm_extern_t *items[] = {wasm_func_as_extern(func)};
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(items), exports;
    exports_of_text(store,
                    "(module (import \"\" \"f\" (func $f))"
                    " (func (export \"run\") (result i32) (call $f) (i32.const 5))"
                    " (func (export \"inner\") (unreachable)))",
                    &imports, &exports);
    inner = func_at(&exports, 1);
    assert_int_equal(call_i(func_at(&exports, 0), 0, 0, 0), 5);
    wasm_func_delete(func);
    wasm_extern_vec_delete(&exports);
}

static void an_exception_nobody_catches_is_a_trap_too(void **state)
{
    wasm_extern_vec_t exports;
    exports_of_text(store_of(state),
                    "(module (tag $e (param i32))"
                    " (func (export \"run\") (throw $e (i32.const 1))))",
                    &no_imports, &exports);
    wasm_trap_t *trap = call(func_at(&exports, 0));
    assert_non_null(trap);
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_wasm_trap_error(trap, &error));
    assert_int_equal(error.kind, WEFT_UNCAUGHT);
    wasm_trap_delete(trap);
    wasm_extern_vec_delete(&exports);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(a_trap_says_what_the_specification_says),
        WITH_WORLD(frames_tell_where_it_happened),
        WITH_WORLD(a_message_without_a_zero_gets_one),
        WITH_WORLD(the_hosts_trap_comes_out_as_itself_with_the_frames_it_passed),
        WITH_WORLD(a_nested_trap_ends_only_the_nested_call),
        WITH_WORLD(an_exception_nobody_catches_is_a_trap_too),
    };
    return cmocka_run_group_tests_name("wasm.h traps", tests, NULL, NULL);
}
