// test_wasm_api_module.c -- modules of the standard C API: loading, listing, sharing.
// SPDX-License-Identifier: MIT
#include "tests/wasm_api.h"

static const char answer[] = "(module (func (export \"f\") (result i32) (i32.const 42)))";

static int32_t call_first(wasm_store_t *store, const wasm_module_t *module)
{
    wasm_extern_vec_t exports;
    wasm_instance_t *instance = wasm_instance_new(store, module, &no_imports, NULL);
    assert_non_null(instance);
    wasm_instance_exports(instance, &exports);
    int32_t result = call_i(func_at(&exports, 0), 0, 0, 0);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    return result;
}

static void valid_bytes_become_a_module_and_may_go(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_byte_vec_t binary;
    binary_of_text(answer, &binary);
    assert_true(wasm_module_validate(store, &binary));
    wasm_module_t *module = wasm_module_new(store, &binary);
    assert_non_null(module);
    memset(binary.data, 0xff, binary.size);
    wasm_byte_vec_delete(&binary);
    assert_int_equal(call_first(store, module), 42);
    wasm_module_delete(module);
}

static void other_bytes_do_not_and_the_store_knows_why(void **state)
{
    wasm_store_t *store = store_of(state);
    weft_error error = WEFT_ERROR_INIT;
    wasm_byte_vec_t binary = WASM_EMPTY_VEC;
    assert_false(wasm_module_validate(store, &binary));
    assert_null(wasm_module_new(store, &binary));
    assert_true(weft_wasm_store_error(store, &error));
    assert_int_equal(error.kind, WEFT_MALFORMED);

    binary_of_text("(module (func (result i32) (i64.const 0)))", &binary);
    assert_false(wasm_module_validate(store, &binary));
    assert_null(wasm_module_new(store, &binary));
    assert_null(wasm_module_deserialize(store, &binary));
    assert_true(weft_wasm_store_error(store, &error));
    assert_int_equal(error.kind, WEFT_INVALID);
    assert_memory_equal(error.text, "type mismatch", 13);
    wasm_byte_vec_delete(&binary);

    binary_of_text(answer, &binary);
    assert_true(wasm_module_validate(store, &binary));
    assert_false(weft_wasm_store_error(store, &error));
    wasm_byte_vec_delete(&binary);
}

static void imports_are_listed_in_order(void **state)
{
    wasm_module_t *module = module_of_text(
        store_of(state),
        "(module (import \"a\" \"\" (func (param i32))) (import \"\" \"b\" (global (mut f32)))"
        " (import \"c\" \"d\" (table 1 2 externref)) (import \"c\" \"\\00\" (memory 3 4))"
        " (import \"e\" \"e\" (tag)))");
    wasm_importtype_vec_t imports, copies;
    wasm_module_imports(module, &imports);
    wasm_importtype_vec_copy(&copies, &imports);
    wasm_importtype_vec_delete(&imports);
    assert_int_equal(copies.size, 5);
    static const int kinds[] = {WASM_EXTERN_FUNC, WASM_EXTERN_GLOBAL, WASM_EXTERN_TABLE,
                                WASM_EXTERN_MEMORY, 4};
    static const size_t sizes[][2] = {{1, 0}, {0, 1}, {1, 1}, {1, 1}, {1, 1}};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(wasm_externtype_kind(wasm_importtype_type(copies.data[i])), kinds[i]);
        assert_int_equal(wasm_importtype_module(copies.data[i])->size, sizes[i][0]);
        assert_int_equal(wasm_importtype_name(copies.data[i])->size, sizes[i][1]);
    }
    assert_int_equal(wasm_importtype_name(copies.data[3])->data[0], 0);
    wasm_importtype_vec_delete(&copies);
    wasm_module_delete(module);
}

static void the_serialized_form_is_the_module(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_byte_vec_t binary, serialized;
    binary_of_text(answer, &binary);
    wasm_module_t *module = wasm_module_new(store, &binary);
    wasm_module_serialize(module, &serialized);
    wasm_module_delete(module);
    assert_int_equal(serialized.size, binary.size);
    assert_memory_equal(serialized.data, binary.data, binary.size);
    module = wasm_module_deserialize(store, &serialized);
    wasm_byte_vec_delete(&serialized);
    wasm_byte_vec_delete(&binary);
    assert_int_equal(call_first(store, module), 42);
    wasm_module_delete(module);
}

static void a_shared_module_outlives_its_store(void **state)
{
    World *world = *state;
    wasm_store_t *store = wasm_store_new(world->engine);
    wasm_module_t *module = module_of_text(store, answer);
    wasm_shared_module_t *shared = wasm_module_share(module);
    wasm_module_delete(module);
    wasm_store_delete(store);
    wasm_module_t *a = wasm_module_obtain(world->store, shared);
    wasm_module_t *b = wasm_module_obtain(world->store, shared);
    wasm_shared_module_delete(shared);
    assert_true(wasm_module_same(a, b));
    assert_int_equal(call_first(world->store, a), 42);
    wasm_module_delete(a);
    assert_int_equal(call_first(world->store, b), 42);
    wasm_module_delete(b);
}

static void null_is_deleted_without_harm(void **state)
{
    (void)state;
    wasm_module_delete(NULL);
    wasm_shared_module_delete(NULL);
    wasm_store_delete(NULL);
    wasm_engine_delete(NULL);
    wasm_config_delete(NULL);
    wasm_func_delete(NULL);
    wasm_frame_delete(NULL);
    wasm_functype_delete(NULL);
    wasm_externtype_delete(NULL);
    wasm_importtype_delete(NULL);
    wasm_exporttype_delete(NULL);
    assert_null(wasm_module_copy(NULL));

    // And without a store there is nothing to be made, nor harm done.
    wasm_byte_vec_t bytes = WASM_EMPTY_VEC;
    wasm_trap_t *trap;
    assert_null(wasm_store_new(NULL));
    assert_null(wasm_module_new(NULL, &bytes));
    assert_false(wasm_module_validate(NULL, &bytes));
    assert_null(wasm_foreign_new(NULL));
    assert_null(wasm_instance_new(NULL, NULL, &no_imports, &trap));
    assert_null(wasm_func_new(NULL, NULL, NULL));
    assert_null(wasm_global_new(NULL, NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(valid_bytes_become_a_module_and_may_go),
        WITH_WORLD(other_bytes_do_not_and_the_store_knows_why),
        WITH_WORLD(imports_are_listed_in_order),
        WITH_WORLD(the_serialized_form_is_the_module),
        WITH_WORLD(a_shared_module_outlives_its_store),
        cmocka_unit_test(null_is_deleted_without_harm),
    };
    return cmocka_run_group_tests_name("wasm.h modules", tests, NULL, NULL);
}
