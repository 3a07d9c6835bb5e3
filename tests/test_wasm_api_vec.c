// test_wasm_api_vec.c -- vectors and names of the standard C API.
// SPDX-License-Identifier: MIT
#include "tests/wasm_api.h"

static void copies_bytes_and_forgets_them(void **state)
{
    (void)state;
    wasm_byte_vec_t a, b;
    wasm_byte_vec_new(&a, 3, "abc");
    wasm_byte_vec_copy(&b, &a);
    a.data[0] = 'x';
    assert_int_equal(b.size, 3);
    assert_memory_equal(b.data, "abc", 3);
    wasm_byte_vec_delete(&a);
    assert_int_equal(a.size, 0);
    assert_null(a.data);
    wasm_byte_vec_delete(&a);  // an empty one may be deleted again
    wasm_byte_vec_delete(&b);
}

static void names_come_with_and_without_a_zero(void **state)
{
    (void)state;
    wasm_name_t name, message;
    wasm_name_new_from_string(&name, "name");
    wasm_name_new_from_string_nt(&message, "name");
    assert_int_equal(name.size, 4);
    assert_int_equal(message.size, 5);
    assert_int_equal(message.data[4], 0);
    wasm_name_delete(&name);
    wasm_name_delete(&message);
}

static void empty_vectors_own_nothing(void **state)
{
    (void)state;
    wasm_valtype_vec_t types, copy;
    wasm_valtype_vec_new_empty(&types);
    wasm_valtype_vec_copy(&copy, &types);
    assert_int_equal(copy.size, 0);
    assert_null(copy.data);
    wasm_valtype_vec_new(&types, 0, NULL);
    assert_null(types.data);
}

static void a_size_that_cannot_be_gives_an_empty_vector(void **state)
{
    (void)state;
    wasm_val_vec_t values;
    wasm_val_vec_new_uninitialized(&values, SIZE_MAX / 2);
    assert_int_equal(values.size, 0);
    assert_null(values.data);
}

static void a_vector_not_filled_can_be_deleted(void **state)
{
    (void)state;
    wasm_extern_vec_t items;
    wasm_extern_vec_new_uninitialized(&items, 5);
    assert_int_equal(items.size, 5);
    wasm_extern_vec_delete(&items);
    wasm_frame_vec_t frames;
    wasm_frame_vec_new_uninitialized(&frames, 2);
    wasm_frame_vec_delete(&frames);
}

static void copies_of_values_hold_their_references(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_val_t values[2] = {WASM_I64_VAL(7), WASM_REF_VAL(NULL)};
    values[1].of.ref = wasm_foreign_as_ref(wasm_foreign_new(store));
    wasm_val_vec_t a, b;
    wasm_val_vec_new(&a, 2, values);
    wasm_val_vec_copy(&b, &a);
    wasm_val_vec_delete(&a);
    assert_int_equal(b.data[0].of.i64, 7);
    wasm_ref_set_host_info(b.data[1].of.ref, &a);
    assert_ptr_equal(wasm_ref_get_host_info(b.data[1].of.ref), &a);
    wasm_val_vec_delete(&b);
}

// One after the other, every vector of types is made of one element, copied and deleted; the
// copy must be another object (value types excepted, which are constants).
#define ROUND_TRIP(name, element)                               \
    do {                                                        \
        wasm_##name##_t *one = element;                         \
        wasm_##name##_vec_t a, b;                               \
        wasm_##name##_vec_new(&a, 1, &one);                     \
        wasm_##name##_vec_copy(&b, &a);                         \
        assert_ptr_equal(a.data[0], one);                       \
        assert_ptr_not_equal(b.data[0], one);                   \
        wasm_##name##_vec_delete(&a);                           \
        wasm_##name##_vec_delete(&b);                           \
    } while (0)

static wasm_name_t *name_of(wasm_name_t *out, const char *text)
{
    wasm_name_new_from_string(out, text);
    return out;
}

static void every_kind_of_type_has_its_vector(void **state)
{
    (void)state;
    wasm_limits_t limits = {1, 2};
    wasm_name_t a_name, b_name;
    ROUND_TRIP(functype, wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_f64()));
    ROUND_TRIP(globaltype, wasm_globaltype_new(wasm_valtype_new_i64(), WASM_VAR));
    ROUND_TRIP(tabletype, wasm_tabletype_new(wasm_valtype_new_funcref(), &limits));
    ROUND_TRIP(memorytype, wasm_memorytype_new(&limits));
    ROUND_TRIP(externtype, wasm_memorytype_as_externtype(wasm_memorytype_new(&limits)));
    ROUND_TRIP(importtype,
               wasm_importtype_new(name_of(&a_name, "m"), name_of(&b_name, "n"),
                                   wasm_functype_as_externtype(wasm_functype_new_0_0())));
    ROUND_TRIP(exporttype,
               wasm_exporttype_new(name_of(&a_name, "x"),
                                   wasm_functype_as_externtype(wasm_functype_new_0_0())));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_bytes_and_forgets_them),
        cmocka_unit_test(names_come_with_and_without_a_zero),
        cmocka_unit_test(empty_vectors_own_nothing),
        cmocka_unit_test(a_size_that_cannot_be_gives_an_empty_vector),
        cmocka_unit_test(a_vector_not_filled_can_be_deleted),
        WITH_WORLD(copies_of_values_hold_their_references),
        cmocka_unit_test(every_kind_of_type_has_its_vector),
    };
    return cmocka_run_group_tests_name("wasm.h vectors", tests, NULL, NULL);
}
