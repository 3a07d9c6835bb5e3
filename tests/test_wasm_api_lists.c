// test_wasm_api_lists.c -- lists of types in the standard C API: who owns what, type by type.
//
// _new takes its elements over, _copy copies each, _delete deletes each; none of it shares.
// SPDX-License-Identifier: MIT
#include "tests/wasm_api.h"

static wasm_valtype_t *make_valtype(void)
{
    return wasm_valtype_new_i64();
}

static wasm_functype_t *make_functype(void)
{
    return wasm_functype_new_1_0(wasm_valtype_new_i32());
}

static wasm_globaltype_t *make_globaltype(void)
{
    return wasm_globaltype_new(wasm_valtype_new_f32(), WASM_VAR);
}

static const wasm_limits_t limits = {1, 7};

static wasm_tabletype_t *make_tabletype(void)
{
    return wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
}

static wasm_memorytype_t *make_memorytype(void)
{
    return wasm_memorytype_new(&limits);
}

static wasm_externtype_t *make_externtype(void)
{
    return wasm_globaltype_as_externtype(make_globaltype());
}

static wasm_importtype_t *make_importtype(void)
{
    wasm_name_t module, name;
    wasm_name_new_from_string(&module, "m");
    wasm_name_new_from_string(&name, "n");
    return wasm_importtype_new(&module, &name, make_externtype());
}

static wasm_exporttype_t *make_exporttype(void)
{
    wasm_name_t name;
    wasm_name_new_from_string(&name, "n");
    return wasm_exporttype_new(&name, make_externtype());
}

// Two elements, made into a list, copied; then the list goes and the copy stays.
#define CHECK_LIST(name)                                                             \
    do {                                                                             \
        wasm_##name##_t *elements[2] = {make_##name(), make_##name()};               \
        wasm_##name##_vec_t list, copy, empty, blank;                                \
        wasm_##name##_vec_new(&list, 2, elements);                                   \
        assert_int_equal(list.size, 2);                                              \
        assert_ptr_equal(list.data[1], elements[1]); /* taken over, not copied */    \
        wasm_##name##_vec_copy(&copy, &list);                                        \
        wasm_##name##_vec_delete(&list);                                             \
        assert_int_equal(list.size, 0);                                              \
        wasm_##name##_vec_new_empty(&empty);                                         \
        assert_null(empty.data);                                                     \
        wasm_##name##_vec_new_uninitialized(&blank, 3);                              \
        assert_int_equal(blank.size, 3);                                             \
        blank.data[1] = wasm_##name##_copy(copy.data[1]); /* the rest stays empty */ \
        wasm_##name##_vec_delete(&blank);                                            \
        wasm_##name##_vec_delete(&empty);                                            \
        wasm_##name##_vec_delete(&copy);                                             \
    } while (0)

static void lists_own_their_types(void **state)
{
    (void)state;
    CHECK_LIST(valtype);
    CHECK_LIST(functype);
    CHECK_LIST(globaltype);
    CHECK_LIST(tabletype);
    CHECK_LIST(memorytype);
    CHECK_LIST(externtype);
    CHECK_LIST(importtype);
    CHECK_LIST(exporttype);
}

// As a general type and back it is the same object; as another kind it is none.
#define CHECK_KIND(name, wrong)                                                      \
    do {                                                                             \
        wasm_##name##_t *type = make_##name();                                       \
        wasm_externtype_t *up = wasm_##name##_as_externtype(type);                   \
        assert_ptr_equal(wasm_##name##_as_externtype_const(type), up);               \
        assert_ptr_equal(wasm_externtype_as_##name(up), type);                       \
        assert_ptr_equal(wasm_externtype_as_##name##_const(up), type);               \
        assert_null(wasm_externtype_as_##wrong(up));                                 \
        wasm_##name##_t *copy = wasm_##name##_copy(type);                            \
        wasm_externtype_delete(up);                                                  \
        wasm_##name##_delete(copy);                                                  \
    } while (0)

static void a_type_is_the_same_object_under_its_general_type(void **state)
{
    (void)state;
    CHECK_KIND(functype, globaltype);
    CHECK_KIND(globaltype, tabletype);
    CHECK_KIND(tabletype, memorytype);
    CHECK_KIND(memorytype, functype);
}

static void frames_and_values_have_lists_as_well(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_module_t *module =
        module_of_text(store, "(module (func $deep unreachable) (func (export \"f\") (call $deep)))");
    wasm_instance_t *instance = instance_of(store, module);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    wasm_val_vec_t no_results;
    wasm_val_vec_new_empty(&no_results);
    wasm_trap_t *trap = wasm_func_call(wasm_extern_as_func(exports.data[0]), &no_args, &no_results);
    assert_non_null(trap);
    wasm_frame_t *origin = wasm_trap_origin(trap);
    assert_int_equal(wasm_frame_func_index(origin), 0);
    wasm_frame_t *frames[] = {wasm_frame_copy(origin), origin};
    wasm_frame_vec_t list, copy, none;
    wasm_frame_vec_new(&list, 2, frames);
    wasm_frame_vec_copy(&copy, &list);
    wasm_frame_vec_delete(&list);
    assert_int_equal(wasm_frame_func_index(copy.data[0]), 0);
    assert_int_equal(wasm_frame_module_offset(copy.data[0]), wasm_frame_module_offset(copy.data[1]));
    wasm_frame_vec_new_empty(&none);
    wasm_frame_vec_delete(&none);
    wasm_frame_vec_delete(&copy);
    wasm_trap_delete(trap);

    wasm_byte_vec_t bytes;
    wasm_byte_vec_new_empty(&bytes);
    assert_int_equal(bytes.size, 0);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_own_their_types),
        cmocka_unit_test(a_type_is_the_same_object_under_its_general_type),
        WITH_WORLD(frames_and_values_have_lists_as_well),
    };
    return cmocka_run_group_tests_name("wasm.h lists of types", tests, NULL, NULL);
}
