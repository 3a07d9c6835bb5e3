// test_wasm_api_table.c -- tables of the standard C API.
// SPDX-License-Identifier: MIT
#include "tests/wasm_api.h"

static const char text[] =
    "(module (table (export \"t\") 2 4 funcref) (elem (i32.const 1) $one)"
    " (func (export \"call\") (param i32) (result i32)"
    "  (call_indirect (result i32) (local.get 0)))"
    " (func $one (export \"one\") (result i32) (i32.const 1))"
    " (func (export \"two\") (result i32) (i32.const 2)))";

static wasm_trap_t *answer(const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    (void)args;
    results->data[0] = (wasm_val_t)WASM_I32_VAL(42);
    return NULL;
}

static void what_the_host_sets_the_guest_calls(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_extern_vec_t exports;
    exports_of_text(store, text, &no_imports, &exports);
    wasm_table_t *table = wasm_extern_as_table(exports.data[0]);
    wasm_func_t *call = func_at(&exports, 1);
    assert_int_equal(wasm_table_size(table), 2);
    assert_null(wasm_table_get(table, 0));
    assert_int_equal(call_i(call, 1, 1, 0), 1);

    assert_true(wasm_table_set(table, 0, wasm_extern_as_ref(exports.data[3])));
    assert_int_equal(call_i(call, 1, 0, 0), 2);
    assert_true(wasm_table_set(table, 1, NULL));
    assert_null(wasm_table_get(table, 1));
    assert_false(wasm_table_set(table, 2, NULL));
    assert_null(wasm_table_get(table, 2));

    wasm_functype_t *type = wasm_functype_new_0_1(wasm_valtype_new_i32());
    wasm_func_t *host = wasm_func_new(store, type, answer);
    wasm_functype_delete(type);
    assert_true(wasm_table_set(table, 1, wasm_func_as_ref(host)));
    wasm_func_delete(host);
    weft_store_collect(weft_wasm_store(store));
    assert_int_equal(call_i(call, 1, 1, 0), 42);
    wasm_extern_vec_delete(&exports);
}

static void it_grows_to_its_maximum(void **state)
{
    wasm_extern_vec_t exports;
    exports_of_text(store_of(state), text, &no_imports, &exports);
    wasm_table_t *table = wasm_extern_as_table(exports.data[0]);
    assert_true(wasm_table_grow(table, 1, wasm_extern_as_ref(exports.data[3])));
    assert_true(wasm_table_grow(table, 0, NULL));
    assert_int_equal(wasm_table_size(table), 3);
    assert_int_equal(call_i(func_at(&exports, 1), 1, 2, 0), 2);
    assert_false(wasm_table_grow(table, 2, NULL));
    assert_false(wasm_table_grow(table, UINT32_MAX, NULL));
    assert_true(wasm_table_grow(table, 1, NULL));
    wasm_tabletype_t *type = wasm_table_type(table);
    assert_int_equal(wasm_tabletype_limits(type)->min, 4);  // what it is, not what it was
    assert_int_equal(wasm_tabletype_limits(type)->max, 4);
    wasm_tabletype_delete(type);
    wasm_extern_vec_delete(&exports);
}

static void the_hosts_own_table_is_imported(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_limits_t limits = {3, wasm_limits_max_default};
    wasm_tabletype_t *type = wasm_tabletype_new(wasm_valtype_new_externref(), &limits);
    wasm_foreign_t *foreign = wasm_foreign_new(store);
    wasm_table_t *table = wasm_table_new(store, type, wasm_foreign_as_ref(foreign));
    wasm_tabletype_delete(type);
    wasm_extern_t *items[] = {wasm_table_as_extern(table)};
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(items), exports;
    exports_of_text(store,
                    "(module (import \"\" \"t\" (table 3 externref))"
                    " (func (export \"f\") (result i32) (ref.is_null (table.get (i32.const 2)))))",
                    &imports, &exports);
    assert_int_equal(call_i(func_at(&exports, 0), 0, 0, 0), 0);
    wasm_ref_t *element = wasm_table_get(table, 2);
    assert_true(wasm_ref_same(element, wasm_foreign_as_ref(foreign)));
    wasm_ref_delete(element);
    assert_true(wasm_table_set(table, 2, NULL));
    assert_int_equal(call_i(func_at(&exports, 0), 0, 0, 0), 1);
    wasm_foreign_delete(foreign);
    wasm_table_delete(table);
    wasm_extern_vec_delete(&exports);
}

static void only_functions_go_into_a_table_of_functions(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_extern_vec_t exports;
    exports_of_text(store, text, &no_imports, &exports);
    wasm_table_t *table = wasm_extern_as_table(exports.data[0]);
    wasm_foreign_t *foreign = wasm_foreign_new(store);
    assert_false(wasm_table_set(table, 0, wasm_foreign_as_ref(foreign)));
    assert_false(wasm_table_grow(table, 1, wasm_table_as_ref(table)));
    wasm_foreign_delete(foreign);
    wasm_extern_vec_delete(&exports);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(what_the_host_sets_the_guest_calls),
        WITH_WORLD(it_grows_to_its_maximum),
        WITH_WORLD(the_hosts_own_table_is_imported),
        WITH_WORLD(only_functions_go_into_a_table_of_functions),
    };
    return cmocka_run_group_tests_name("wasm.h tables", tests, NULL, NULL);
}
