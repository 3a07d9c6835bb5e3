// test_wasm_api_ref.c -- references of the standard C API: identity, host info, finalizers.
// SPDX-License-Identifier: MIT
#include "tests/wasm_api.h"

static int finalized;

static void count(void *info)
{
    finalized += (int)(intptr_t)info;
}

static const char exporter[] =
    "(module (func (export \"f\")) (func (export \"g\")) (global (export \"x\") i32 (i32.const 1))"
    " (table (export \"t\") 1 funcref) (elem (i32.const 0) 0) (memory (export \"m\") 1))";

static void the_same_thing_is_the_same_however_it_was_come_by(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_module_t *module = module_of_text(store, exporter);
    wasm_instance_t *instance = wasm_instance_new(store, module, &no_imports, NULL);
    wasm_extern_vec_t a, b;
    wasm_instance_exports(instance, &a);
    wasm_instance_exports(instance, &b);
    for (size_t i = 0; i < a.size; i++) {
        assert_true(wasm_extern_same(a.data[i], b.data[i]));
        for (size_t j = 0; j < i; j++) assert_false(wasm_extern_same(a.data[i], b.data[j]));
    }
    wasm_ref_t *element = wasm_table_get(wasm_extern_as_table(a.data[3]), 0);
    assert_true(wasm_ref_same(element, wasm_extern_as_ref(b.data[0])));
    assert_true(wasm_func_same(wasm_ref_as_func(element), func_at(&a, 0)));
    wasm_ref_delete(element);
    wasm_module_t *copy = wasm_module_copy(module);
    assert_true(wasm_module_same(module, copy));
    wasm_module_delete(copy);
    wasm_extern_vec_delete(&a);
    wasm_extern_vec_delete(&b);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
}

static void casts_go_to_the_right_kind_only(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_extern_vec_t exports;
    exports_of_text(store, exporter, &no_imports, &exports);
    wasm_ref_t *memory = wasm_extern_as_ref(exports.data[4]);
    assert_non_null(wasm_ref_as_memory(memory));
    assert_non_null(wasm_ref_as_extern(memory));
    assert_null(wasm_ref_as_func(memory));
    assert_null(wasm_ref_as_instance(memory));
    assert_null(wasm_ref_as_trap_const(memory));
    assert_null(wasm_extern_as_table(exports.data[4]));
    assert_non_null(wasm_extern_as_memory_const(exports.data[4]));
    assert_null(wasm_func_as_ref(NULL));
    assert_null(wasm_ref_as_foreign(NULL));
    assert_false(wasm_ref_same(memory, NULL));
    assert_true(wasm_ref_same(NULL, NULL));
    wasm_extern_vec_delete(&exports);
}

static void host_info_belongs_to_the_thing_not_to_the_handle(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_extern_vec_t exports;
    exports_of_text(store, exporter, &no_imports, &exports);
    wasm_func_t *copy = wasm_func_copy(func_at(&exports, 0));
    wasm_func_set_host_info(copy, &finalized);
    wasm_func_delete(copy);
    assert_ptr_equal(wasm_extern_get_host_info(exports.data[0]), &finalized);
    assert_null(wasm_extern_get_host_info(exports.data[1]));

    // Nobody holds the function for a moment; the table still has it.
    wasm_table_t *table = wasm_table_copy(wasm_extern_as_table(exports.data[3]));
    wasm_extern_vec_delete(&exports);
    wasm_ref_t *element = wasm_table_get(table, 0);
    assert_ptr_equal(wasm_ref_get_host_info(element), &finalized);
    wasm_ref_delete(element);
    wasm_table_delete(table);
}

static void finalizers_run_when_info_is_replaced_and_when_the_store_goes(void **state)
{
    (void)state;
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    wasm_extern_vec_t exports;
    exports_of_text(store, exporter, &no_imports, &exports);
    finalized = 0;
    wasm_extern_set_host_info_with_finalizer(exports.data[0], (void *)1, count);
    wasm_extern_set_host_info_with_finalizer(exports.data[0], (void *)10, count);
    assert_int_equal(finalized, 1);
    wasm_extern_set_host_info_with_finalizer(exports.data[4], (void *)100, count);
    wasm_extern_vec_delete(&exports);
    wasm_store_delete(store);
    wasm_engine_delete(engine);
    assert_int_equal(finalized, 111);
}

static void a_collected_instance_is_finalized_at_once(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_module_t *module = module_of_text(store, exporter);
    wasm_instance_t *instance = wasm_instance_new(store, module, &no_imports, NULL);
    finalized = 0;
    wasm_instance_set_host_info_with_finalizer(instance, (void *)1, count);
    wasm_instance_delete(instance);
    weft_store_collect(weft_wasm_store(store));
    wasm_instance_delete(wasm_instance_new(store, module, &no_imports, NULL));
    assert_int_equal(finalized, 1);
    wasm_module_delete(module);
}

static void foreign_objects_go_with_their_last_reference(void **state)
{
    wasm_store_t *store = store_of(state);
    finalized = 0;
    wasm_foreign_t *foreign = wasm_foreign_new(store);
    wasm_foreign_set_host_info_with_finalizer(foreign, (void *)1, count);
    wasm_ref_t *copy = wasm_ref_copy(wasm_foreign_as_ref(foreign));
    wasm_foreign_delete(foreign);
    assert_int_equal(finalized, 0);
    assert_non_null(wasm_ref_as_foreign(copy));
    wasm_ref_delete(copy);
    assert_int_equal(finalized, 1);
}

static void the_guest_keeps_a_foreign_object_alive(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_extern_vec_t exports;
    exports_of_text(store, "(module (global (export \"x\") (mut externref) (ref.null extern)))",
                    &no_imports, &exports);
    wasm_global_t *global = wasm_extern_as_global(exports.data[0]);
    finalized = 0;
    wasm_foreign_t *foreign = wasm_foreign_new(store);
    wasm_foreign_set_host_info_with_finalizer(foreign, (void *)1, count);
    wasm_val_t value = WASM_REF_VAL(wasm_foreign_as_ref(foreign));
    wasm_global_set(global, &value);
    wasm_foreign_delete(foreign);
    weft_store_collect(weft_wasm_store(store));
    assert_int_equal(finalized, 0);
    wasm_global_get(global, &value);
    assert_ptr_equal(wasm_ref_get_host_info(value.of.ref), (void *)1);
    wasm_val_delete(&value);

    value = (wasm_val_t)WASM_INIT_VAL;
    wasm_global_set(global, &value);
    weft_store_collect(weft_wasm_store(store));
    wasm_extern_vec_delete(&exports);  // a quiet moment
    assert_int_equal(finalized, 1);
}

static void anything_can_be_an_external_reference(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_extern_vec_t exports;
    exports_of_text(store, "(module (table (export \"t\") 3 externref))", &no_imports, &exports);
    wasm_table_t *table = wasm_extern_as_table(exports.data[0]);
    wasm_module_t *module = module_of_text(store, "(module)");
    wasm_message_t message;
    wasm_name_new_from_string_nt(&message, "kept");
    wasm_trap_t *trap = wasm_trap_new(store, &message);
    wasm_name_delete(&message);
    assert_true(wasm_table_set(table, 0, wasm_module_as_ref(module)));
    assert_true(wasm_table_set(table, 1, wasm_table_as_ref(table)));
    assert_true(wasm_table_set(table, 2, wasm_trap_as_ref(trap)));
    wasm_trap_delete(trap);
    weft_store_collect(weft_wasm_store(store));
    wasm_ref_t *refs[3];
    for (wasm_table_size_t i = 0; i < 3; i++) refs[i] = wasm_table_get(table, i);
    assert_true(wasm_module_same(wasm_ref_as_module(refs[0]), module));
    assert_true(wasm_table_same(wasm_ref_as_table(refs[1]), table));
    assert_message(wasm_ref_as_trap(refs[2]), "kept");
    for (int i = 0; i < 3; i++) wasm_ref_delete(refs[i]);
    wasm_module_delete(module);
    wasm_extern_vec_delete(&exports);
}

static void objects_of_the_guests_heap_travel_as_they_are(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_extern_vec_t exports;
    exports_of_text(store,
                    "(module (type $box (struct (field i32)))"
                    " (func (export \"wrap\") (param i32) (result externref)"
                    "  (extern.convert_any (struct.new $box (local.get 0))))"
                    " (func (export \"open\") (param externref) (result i32)"
                    "  (struct.get $box 0 (ref.cast (ref $box)"
                    "   (any.convert_extern (local.get 0))))))",
                    &no_imports, &exports);
    wasm_val_t number = WASM_I32_VAL(42), box = WASM_INIT_VAL, opened = WASM_INIT_VAL;
    wasm_val_vec_t args = {1, &number}, boxes = {1, &box}, results = {1, &opened};
    assert_null(wasm_func_call(func_at(&exports, 0), &args, &boxes));
    assert_int_equal(box.kind, WASM_EXTERNREF);
    assert_null(wasm_ref_as_foreign(box.of.ref));
    weft_store_collect(weft_wasm_store(store));
    wasm_val_t again;
    wasm_val_copy(&again, &box);
    assert_true(wasm_ref_same(again.of.ref, box.of.ref));
    wasm_val_delete(&again);
    assert_null(wasm_func_call(func_at(&exports, 1), &boxes, &results));
    assert_int_equal(opened.of.i32, 42);
    wasm_val_delete(&box);
    wasm_extern_vec_delete(&exports);
}

static void handles_outlive_their_store_and_answer_with_nothing(void **state)
{
    (void)state;
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    wasm_module_t *module = module_of_text(store, exporter);
    wasm_instance_t *instance = wasm_instance_new(store, module, &no_imports, NULL);
    wasm_extern_vec_t exports, none;
    wasm_instance_exports(instance, &exports);
    wasm_foreign_t *foreign = wasm_foreign_new(store);
    finalized = 0;
    wasm_foreign_set_host_info_with_finalizer(foreign, (void *)1, count);
    wasm_store_delete(store);
    wasm_engine_delete(engine);
    assert_int_equal(finalized, 1);

    wasm_val_vec_t empty = WASM_EMPTY_VEC;
    assert_message(wasm_func_call(func_at(&exports, 0), &no_args, &empty), "the store was deleted");
    assert_int_equal(wasm_func_param_arity(func_at(&exports, 0)), 0);
    assert_null(wasm_func_type(func_at(&exports, 0)));
    wasm_val_t value;
    wasm_global_get(wasm_extern_as_global(exports.data[2]), &value);
    assert_null(value.of.ref);
    wasm_global_set(wasm_extern_as_global(exports.data[2]), &value);
    wasm_table_t *table = wasm_extern_as_table(exports.data[3]);
    assert_int_equal(wasm_table_size(table), 0);
    assert_null(wasm_table_get(table, 0));
    assert_false(wasm_table_set(table, 0, NULL));
    assert_false(wasm_table_grow(table, 1, NULL));
    wasm_memory_t *memory = wasm_extern_as_memory(exports.data[4]);
    assert_null(wasm_memory_data(memory));
    assert_int_equal(wasm_memory_size(memory), 0);
    assert_false(wasm_memory_grow(memory, 0));
    wasm_instance_exports(instance, &none);
    assert_int_equal(none.size, 0);
    assert_null(weft_wasm_instance(instance));

    wasm_foreign_t *copy = wasm_foreign_copy(foreign);
    assert_true(wasm_foreign_same(foreign, copy));
    wasm_foreign_delete(copy);
    wasm_foreign_delete(foreign);
    wasm_instance_delete(instance);
    wasm_extern_vec_delete(&exports);
    wasm_module_delete(module);
}

// A finalizer may use the API: here it deletes the handle it belongs to.
static wasm_foreign_t *other;

static void delete_other(void *info)
{
    wasm_foreign_delete(other);
    count(info);
}

static void finalizers_may_delete_handles(void **state)
{
    (void)state;
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    wasm_foreign_t *foreign = wasm_foreign_new(store);
    other = wasm_foreign_new(store);
    finalized = 0;
    wasm_foreign_set_host_info_with_finalizer(other, (void *)1, count);
    wasm_foreign_set_host_info_with_finalizer(foreign, (void *)10, delete_other);
    wasm_store_delete(store);
    assert_int_equal(finalized, 11);
    wasm_foreign_delete(foreign);
    wasm_engine_delete(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(the_same_thing_is_the_same_however_it_was_come_by),
        WITH_WORLD(casts_go_to_the_right_kind_only),
        WITH_WORLD(host_info_belongs_to_the_thing_not_to_the_handle),
        cmocka_unit_test(finalizers_run_when_info_is_replaced_and_when_the_store_goes),
        WITH_WORLD(a_collected_instance_is_finalized_at_once),
        WITH_WORLD(foreign_objects_go_with_their_last_reference),
        WITH_WORLD(the_guest_keeps_a_foreign_object_alive),
        WITH_WORLD(anything_can_be_an_external_reference),
        WITH_WORLD(objects_of_the_guests_heap_travel_as_they_are),
        cmocka_unit_test(handles_outlive_their_store_and_answer_with_nothing),
        cmocka_unit_test(finalizers_may_delete_handles),
    };
    return cmocka_run_group_tests_name("wasm.h references", tests, NULL, NULL);
}
