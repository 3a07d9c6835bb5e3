// test_wasm_api_common.c -- what every reference of the standard C API can do, type by type.
//
// A copy is the same thing, host info belongs to the thing, its finalizer runs once, and the
// way up to wasm_ref_t or wasm_extern_t and down again ends where it began.
// SPDX-License-Identifier: MIT
#include "tests/wasm_api.h"

static int finalized;

static void count(void *info)
{
    finalized += *(int *)info;
}

// One thing of each kind, as two handles that were come by in different ways.
static const char text[] =
    "(module (func (export \"func\")) (global (export \"global\") (mut i32) (i32.const 1))"
    " (table (export \"table\") 1 funcref) (memory (export \"memory\") 1))";

static int one = 1, ten = 10;

// A reference of type wasm_NAME_t: identity, host info, the general reference.
#define CHECK_REF(name, thing, other)                                                \
    do {                                                                             \
        wasm_##name##_t *copy = wasm_##name##_copy(thing);                           \
        assert_true(wasm_##name##_same(thing, copy));                                \
        assert_false(wasm_ref_same(wasm_##name##_as_ref(thing), other));             \
        wasm_ref_t *up = wasm_##name##_as_ref(copy);                                 \
        const wasm_ref_t *const_up = wasm_##name##_as_ref_const(copy);               \
        assert_true(wasm_ref_same(up, wasm_##name##_as_ref(thing)));                 \
        assert_true(wasm_##name##_same(wasm_ref_as_##name(up), thing));              \
        assert_true(wasm_##name##_same(wasm_ref_as_##name##_const(const_up), thing)); \
        assert_null(wasm_ref_as_##name(other));                                      \
        assert_null(wasm_ref_as_##name##_const(other));                              \
        wasm_##name##_set_host_info(copy, &one);                                     \
        assert_ptr_equal(wasm_##name##_get_host_info(thing), &one);                  \
        assert_ptr_equal(wasm_ref_get_host_info(up), &one);                          \
        finalized = 0;                                                               \
        wasm_##name##_set_host_info_with_finalizer(thing, &one, count);              \
        wasm_ref_set_host_info_with_finalizer(up, &ten, count);                      \
        assert_int_equal(finalized, 1);                                              \
        assert_ptr_equal(wasm_##name##_get_host_info(copy), &ten);                   \
        wasm_##name##_set_host_info(copy, NULL);                                     \
        assert_int_equal(finalized, 11);                                             \
        wasm_##name##_delete(copy);                                                  \
        wasm_##name##_delete(NULL);                                                  \
    } while (0)

// And of those that are exported: the general export.
#define CHECK_EXTERN(name, item, wrong)                                              \
    do {                                                                             \
        wasm_##name##_t *thing = wasm_extern_as_##name(item);                        \
        assert_non_null(thing);                                                      \
        assert_true(wasm_##name##_same(wasm_extern_as_##name##_const(item), thing)); \
        assert_true(wasm_extern_same(wasm_##name##_as_extern(thing), item));         \
        assert_true(wasm_extern_same(wasm_##name##_as_extern_const(thing), item));   \
        assert_null(wasm_extern_as_##name(wrong));                                   \
        assert_null(wasm_extern_as_##name##_const(wrong));                           \
        CHECK_REF(name, thing, wasm_extern_as_ref(wrong));                           \
    } while (0)

static void exports_have_one_identity_under_all_their_types(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_module_t *module = module_of_text(store, text);
    wasm_instance_t *instance = instance_of(store, module);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    assert_int_equal(exports.size, 4);
    CHECK_EXTERN(func, exports.data[0], exports.data[1]);
    CHECK_EXTERN(global, exports.data[1], exports.data[2]);
    CHECK_EXTERN(table, exports.data[2], exports.data[3]);
    CHECK_EXTERN(memory, exports.data[3], exports.data[0]);
    for (size_t i = 0; i < exports.size; i++) {
        wasm_extern_t *copy = wasm_extern_copy(exports.data[i]);
        assert_true(wasm_extern_same(copy, exports.data[i]));
        const wasm_ref_t *up = wasm_extern_as_ref_const(copy);
        assert_true(wasm_extern_same(wasm_ref_as_extern_const(up), copy));
        wasm_extern_set_host_info(copy, &ten);
        assert_ptr_equal(wasm_extern_get_host_info(exports.data[i]), &ten);
        wasm_extern_delete(copy);
    }

    // A vector of them copies each: a deleted original leaves the copies alone.
    wasm_extern_vec_t copies, taken, none;
    wasm_extern_vec_copy(&copies, &exports);
    wasm_extern_t *both[] = {wasm_extern_copy(exports.data[0]), wasm_extern_copy(exports.data[3])};
    wasm_extern_vec_new(&taken, 2, both);
    wasm_extern_vec_delete(&exports);
    assert_true(wasm_extern_same(taken.data[0], copies.data[0]));
    assert_true(wasm_extern_same(taken.data[1], copies.data[3]));
    wasm_extern_vec_new_empty(&none);
    assert_int_equal(none.size, 0);
    wasm_extern_vec_delete(&taken);
    wasm_extern_vec_delete(&copies);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
}

static void what_is_not_exported_has_an_identity_too(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_module_t *module = module_of_text(store, text);
    wasm_instance_t *instance = instance_of(store, module);
    wasm_foreign_t *foreign = wasm_foreign_new(store);
    wasm_message_t message;
    wasm_name_new_from_string_nt(&message, "by hand");
    wasm_trap_t *trap = wasm_trap_new(store, &message);
    wasm_name_delete(&message);
    CHECK_REF(module, module, wasm_instance_as_ref(instance));
    CHECK_REF(instance, instance, wasm_foreign_as_ref(foreign));
    CHECK_REF(foreign, foreign, wasm_trap_as_ref(trap));
    CHECK_REF(trap, trap, wasm_module_as_ref(module));
    wasm_trap_delete(trap);
    wasm_foreign_delete(foreign);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
}

// Values: a pointer of the host's travels as an integer of its width.
static void a_host_pointer_travels_as_a_number(void **state)
{
    (void)state;
    wasm_val_t value;
    wasm_val_init_ptr(&value, &ten);
    assert_true(wasm_valkind_is_num(value.kind));
    assert_false(wasm_valkind_is_ref(value.kind));
    assert_true(wasm_valkind_is_ref(WASM_FUNCREF));
    assert_ptr_equal(wasm_val_ptr(&value), &ten);
    wasm_val_delete(&value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(exports_have_one_identity_under_all_their_types),
        WITH_WORLD(what_is_not_exported_has_an_identity_too),
        cmocka_unit_test(a_host_pointer_travels_as_a_number),
    };
    return cmocka_run_group_tests_name("wasm.h identity and host info", tests, NULL, NULL);
}
