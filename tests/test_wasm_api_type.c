// test_wasm_api_type.c -- types of the standard C API, and how modules tell theirs.
// SPDX-License-Identifier: MIT
#include "tests/wasm_api.h"

static void value_types_know_their_kind(void **state)
{
    (void)state;
    wasm_valtype_t *types[] = {wasm_valtype_new_i32(), wasm_valtype_new_i64(),
                               wasm_valtype_new_f32(), wasm_valtype_new_f64(),
                               wasm_valtype_new_externref(), wasm_valtype_new_funcref()};
    static const wasm_valkind_t kinds[] = {WASM_I32, WASM_I64, WASM_F32,
                                           WASM_F64, WASM_EXTERNREF, WASM_FUNCREF};
    for (size_t i = 0; i < 6; i++) {
        wasm_valtype_t *copy = wasm_valtype_copy(types[i]);
        assert_int_equal(wasm_valtype_kind(copy), kinds[i]);
        assert_int_equal(wasm_valtype_is_num(copy), i < 4);
        assert_int_equal(wasm_valtype_is_ref(copy), i >= 4);
        wasm_valtype_delete(copy);
        wasm_valtype_delete(types[i]);
    }
    assert_null(wasm_valtype_new(77));
}

static void function_types_keep_their_lists(void **state)
{
    (void)state;
    wasm_functype_t *type =
        wasm_functype_new_3_2(wasm_valtype_new_i32(), wasm_valtype_new_i64(),
                              wasm_valtype_new_f32(), wasm_valtype_new_f64(),
                              wasm_valtype_new_funcref());
    wasm_functype_t *copy = wasm_functype_copy(type);
    wasm_functype_delete(type);
    assert_int_equal(wasm_functype_params(copy)->size, 3);
    assert_int_equal(wasm_functype_results(copy)->size, 2);
    assert_int_equal(wasm_valtype_kind(wasm_functype_params(copy)->data[2]), WASM_F32);
    assert_int_equal(wasm_valtype_kind(wasm_functype_results(copy)->data[1]), WASM_FUNCREF);
    wasm_functype_delete(copy);
}

// The twelve shapes that have a function each.
static void the_short_hands_make_what_they_say(void **state)
{
    (void)state;
#define I wasm_valtype_new_i32()
    wasm_functype_t *types[3][4] = {
        {wasm_functype_new_0_0(), wasm_functype_new_1_0(I), wasm_functype_new_2_0(I, I),
         wasm_functype_new_3_0(I, I, I)},
        {wasm_functype_new_0_1(I), wasm_functype_new_1_1(I, I), wasm_functype_new_2_1(I, I, I),
         wasm_functype_new_3_1(I, I, I, I)},
        {wasm_functype_new_0_2(I, I), wasm_functype_new_1_2(I, I, I),
         wasm_functype_new_2_2(I, I, I, I), wasm_functype_new_3_2(I, I, I, I, I)},
    };
#undef I
    for (size_t results = 0; results < 3; results++) {
        for (size_t params = 0; params < 4; params++) {
            wasm_functype_t *type = types[results][params];
            assert_int_equal(wasm_functype_params(type)->size, params);
            assert_int_equal(wasm_functype_results(type)->size, results);
            wasm_functype_delete(type);
        }
    }
}

static void casts_go_to_the_right_type_only(void **state)
{
    (void)state;
    wasm_limits_t limits = {3, wasm_limits_max_default};
    wasm_tabletype_t *table = wasm_tabletype_new(wasm_valtype_new_externref(), &limits);
    wasm_externtype_t *type = wasm_tabletype_as_externtype(table);
    assert_int_equal(wasm_externtype_kind(type), WASM_EXTERN_TABLE);
    assert_ptr_equal(wasm_externtype_as_tabletype(type), table);
    assert_ptr_equal(wasm_externtype_as_tabletype_const(type), table);
    assert_null(wasm_externtype_as_functype(type));
    assert_null(wasm_externtype_as_globaltype_const(type));
    assert_null(wasm_externtype_as_memorytype(type));
    wasm_externtype_t *copy = wasm_externtype_copy(type);
    wasm_externtype_delete(type);
    table = wasm_externtype_as_tabletype(copy);
    assert_int_equal(wasm_valtype_kind(wasm_tabletype_element(table)), WASM_EXTERNREF);
    assert_int_equal(wasm_tabletype_limits(table)->min, 3);
    assert_int_equal(wasm_tabletype_limits(table)->max, wasm_limits_max_default);
    wasm_externtype_delete(copy);
}

static void import_and_export_types_own_their_names(void **state)
{
    (void)state;
    wasm_name_t module, name;
    wasm_name_new_from_string(&module, "env");
    wasm_name_new_from_string(&name, "limit");
    wasm_importtype_t *import = wasm_importtype_new(
        &module, &name,
        wasm_globaltype_as_externtype(wasm_globaltype_new(wasm_valtype_new_f64(), WASM_CONST)));
    assert_int_equal(module.size, 0);  // taken over
    wasm_importtype_t *copy = wasm_importtype_copy(import);
    wasm_importtype_delete(import);
    assert_memory_equal(wasm_importtype_module(copy)->data, "env", 3);
    assert_memory_equal(wasm_importtype_name(copy)->data, "limit", 5);
    const wasm_globaltype_t *global =
        wasm_externtype_as_globaltype_const(wasm_importtype_type(copy));
    assert_int_equal(wasm_globaltype_mutability(global), WASM_CONST);
    wasm_importtype_delete(copy);
}

// A module whose exports have every kind; the order and the types must be the module's.
static void a_module_tells_its_exports(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_module_t *module = module_of_text(
        store,
        "(module (type $f (func (param i32 v128 externref) (result funcref)))"
        " (func (export \"f\") (type $f) (ref.null func))"
        " (global (export \"g\") (mut i64) (i64.const 0))"
        " (table (export \"t\") 1 10 (ref null $f))"
        " (memory (export \"m\") 2)"
        " (tag (export \"e\") (param i32)))");
    wasm_exporttype_vec_t types;
    wasm_module_exports(module, &types);
    wasm_module_delete(module);
    assert_int_equal(types.size, 5);
    static const int kinds[] = {WASM_EXTERN_FUNC, WASM_EXTERN_GLOBAL, WASM_EXTERN_TABLE,
                                WASM_EXTERN_MEMORY, 4};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(wasm_externtype_kind(wasm_exporttype_type(types.data[i])), kinds[i]);
        assert_int_equal(wasm_exporttype_name(types.data[i])->data[0], "fgtme"[i]);
    }
    const wasm_functype_t *f =
        wasm_externtype_as_functype_const(wasm_exporttype_type(types.data[0]));
    assert_int_equal(wasm_valtype_kind(wasm_functype_params(f)->data[1]), 4);
    assert_int_equal(wasm_valtype_kind(wasm_functype_params(f)->data[2]), WASM_EXTERNREF);
    const wasm_tabletype_t *t =
        wasm_externtype_as_tabletype_const(wasm_exporttype_type(types.data[2]));
    assert_int_equal(wasm_valtype_kind(wasm_tabletype_element(t)), WASM_FUNCREF);
    assert_int_equal(wasm_tabletype_limits(t)->max, 10);
    const wasm_memorytype_t *m =
        wasm_externtype_as_memorytype_const(wasm_exporttype_type(types.data[3]));
    assert_int_equal(wasm_memorytype_limits(m)->min, 2);
    assert_int_equal(wasm_memorytype_limits(m)->max, wasm_limits_max_default);
    wasm_exporttype_vec_t copies;
    wasm_exporttype_vec_copy(&copies, &types);
    wasm_exporttype_vec_delete(&types);
    assert_int_equal(wasm_externtype_kind(wasm_exporttype_type(copies.data[4])), 4);
    wasm_exporttype_vec_delete(&copies);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_types_know_their_kind),
        cmocka_unit_test(function_types_keep_their_lists),
        cmocka_unit_test(the_short_hands_make_what_they_say),
        cmocka_unit_test(casts_go_to_the_right_type_only),
        cmocka_unit_test(import_and_export_types_own_their_names),
        WITH_WORLD(a_module_tells_its_exports),
    };
    return cmocka_run_group_tests_name("wasm.h types", tests, NULL, NULL);
}
