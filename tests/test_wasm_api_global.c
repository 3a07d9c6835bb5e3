// test_wasm_api_global.c -- globals of the standard C API.
// SPDX-License-Identifier: MIT
#include "tests/wasm_api.h"

static wasm_global_t *new_global(wasm_store_t *store, wasm_valkind_t kind, wasm_mutability_t mut,
                                 const wasm_val_t *value)
{
    wasm_globaltype_t *type = wasm_globaltype_new(wasm_valtype_new(kind), mut);
    wasm_global_t *global = wasm_global_new(store, type, value);
    wasm_globaltype_delete(type);
    return global;
}

static void host_and_guest_see_one_variable(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_val_t value = WASM_I64_VAL(1);
    wasm_global_t *global = new_global(store, WASM_I64, WASM_VAR, &value);
    wasm_extern_t *items[] = {wasm_global_as_extern(global)};
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(items), exports;
    exports_of_text(store,
                    "(module (import \"\" \"g\" (global $g (mut i64)))"
                    " (export \"g\" (global $g))"
                    " (func (export \"double\")"
                    "  (global.set $g (i64.add (global.get $g) (global.get $g)))))",
                    &imports, &exports);
    assert_true(wasm_global_same(global, wasm_extern_as_global(exports.data[0])));
    value.of.i64 = 21;
    wasm_global_set(global, &value);
    wasm_val_vec_t none = WASM_EMPTY_VEC;
    assert_null(wasm_func_call(func_at(&exports, 1), &none, &none));
    wasm_global_get(wasm_extern_as_global(exports.data[0]), &value);
    assert_int_equal(value.kind, WASM_I64);
    assert_int_equal(value.of.i64, 42);
    wasm_global_delete(global);
    wasm_extern_vec_delete(&exports);
}

static void a_constant_stays_and_a_wrong_kind_is_ignored(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_val_t one = WASM_F32_VAL(1), two = WASM_F32_VAL(2), wide = WASM_F64_VAL(3), got;
    wasm_global_t *constant = new_global(store, WASM_F32, WASM_CONST, &one);
    wasm_global_t *variable = new_global(store, WASM_F32, WASM_VAR, &one);
    wasm_global_set(constant, &two);
    wasm_global_get(constant, &got);
    assert_true(got.of.f32 == 1);
    wasm_global_set(variable, &wide);
    wasm_global_get(variable, &got);
    assert_true(got.of.f32 == 1);
    wasm_global_set(variable, &two);
    wasm_global_get(variable, &got);
    assert_true(got.of.f32 == 2);
    assert_null(new_global(store, WASM_F32, WASM_VAR, &wide));
    wasm_global_delete(constant);
    wasm_global_delete(variable);
}

static void the_type_is_told(void **state)
{
    wasm_val_t value = WASM_I32_VAL(0);
    wasm_global_t *global = new_global(store_of(state), WASM_I32, WASM_VAR, &value);
    wasm_globaltype_t *type = wasm_global_type(global);
    assert_int_equal(wasm_globaltype_mutability(type), WASM_VAR);
    assert_int_equal(wasm_valtype_kind(wasm_globaltype_content(type)), WASM_I32);
    wasm_globaltype_delete(type);
    wasm_global_delete(global);
}

static void references_are_kept_and_given_back(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_extern_vec_t exports;
    exports_of_text(store, "(module (func (export \"f\") (result i32) (i32.const 9)))", &no_imports,
                    &exports);
    wasm_val_t value = {.kind = WASM_FUNCREF, .of = {.ref = wasm_extern_as_ref(exports.data[0])}};
    wasm_global_t *global = new_global(store, WASM_FUNCREF, WASM_VAR, &value);
    wasm_extern_vec_delete(&exports);
    weft_store_collect(weft_wasm_store(store));  // the global alone keeps the instance
    wasm_global_get(global, &value);
    assert_int_equal(value.kind, WASM_FUNCREF);
    assert_int_equal(call_i(wasm_ref_as_func(value.of.ref), 0, 0, 0), 9);
    wasm_val_delete(&value);

    wasm_foreign_t *foreign = wasm_foreign_new(store);
    value.of.ref = wasm_foreign_as_ref(foreign);
    wasm_global_set(global, &value);  // a foreign object is no function
    wasm_global_get(global, &value);
    assert_non_null(wasm_ref_as_func(value.of.ref));
    wasm_val_delete(&value);
    wasm_foreign_delete(foreign);
    wasm_global_delete(global);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(host_and_guest_see_one_variable),
        WITH_WORLD(a_constant_stays_and_a_wrong_kind_is_ignored),
        WITH_WORLD(the_type_is_told),
        WITH_WORLD(references_are_kept_and_given_back),
    };
    return cmocka_run_group_tests_name("wasm.h globals", tests, NULL, NULL);
}
