// test_wasm_api_instance.c -- instances and stores of the standard C API.
// SPDX-License-Identifier: MIT
#include "tests/wasm_api.h"

static wasm_trap_t *refused(wasm_store_t *store, const wasm_module_t *module,
                            const wasm_extern_vec_t *imports)
{
    wasm_trap_t *trap = NULL;
    assert_null(wasm_instance_new(store, module, imports, &trap));
    assert_non_null(trap);
    return trap;
}

static void imports_that_do_not_fit_are_refused(void **state)
{
    World *world = *state;
    wasm_store_t *store = world->store, *other = wasm_store_new(world->engine);
    wasm_module_t *module = module_of_text(store, "(module (import \"a\" \"b\" (func (param i32))))");
    wasm_extern_vec_t right, wrong, foreign;
    exports_of_text(store, "(module (func (export \"f\") (param i32)))", &no_imports, &right);
    exports_of_text(store, "(module (func (export \"f\") (param i64)))", &no_imports, &wrong);
    exports_of_text(other, "(module (func (export \"f\") (param i32)))", &no_imports, &foreign);
    wasm_extern_t *null[] = {NULL};
    wasm_extern_vec_t absent = WASM_ARRAY_VEC(null);

    wasm_trap_t *trap = refused(store, module, &no_imports);
    assert_message(trap, "fewer imports given than the module asks for");
    wasm_trap_delete(trap);
    trap = refused(store, module, &absent);
    assert_message(trap, "an import is missing or of another store");
    wasm_trap_delete(trap);
    trap = refused(store, module, &foreign);
    assert_message(trap, "an import is missing or of another store");
    wasm_trap_delete(trap);
    trap = refused(store, module, &wrong);
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_wasm_trap_error(trap, &error));
    assert_int_equal(error.kind, WEFT_UNLINKABLE);
    assert_true(weft_wasm_store_error(store, &error));
    assert_int_equal(error.kind, WEFT_UNLINKABLE);
    wasm_trap_delete(trap);
    assert_null(wasm_instance_new(store, module, &wrong, NULL));  // and nobody asks why

    wasm_instance_t *instance = wasm_instance_new(store, module, &right, NULL);
    assert_non_null(instance);
    wasm_instance_delete(instance);
    wasm_extern_vec_delete(&right);
    wasm_extern_vec_delete(&wrong);
    wasm_extern_vec_delete(&foreign);
    wasm_module_delete(module);
    wasm_store_delete(other);
}

static void a_trap_in_the_start_function_has_frames(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_module_t *module =
        module_of_text(store, "(module (func $f) (func $start (call $f) (unreachable)) (start $start))");
    wasm_trap_t *trap = refused(store, module, &no_imports);
    assert_message(trap, "unreachable");
    wasm_frame_t *origin = wasm_trap_origin(trap);
    assert_non_null(origin);
    assert_int_equal(wasm_frame_func_index(origin), 1);
    assert_int_equal(wasm_frame_func_offset(origin), 3);
    assert_non_null(wasm_frame_instance(origin));
    wasm_frame_delete(origin);
    wasm_trap_delete(trap);
    wasm_module_delete(module);
}

static void a_segment_that_does_not_fit_is_told(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_module_t *module =
        module_of_text(store, "(module (memory 1) (data (i32.const 65536) \"x\"))");
    wasm_trap_t *trap = refused(store, module, &no_imports);
    assert_message(trap, "out of bounds memory access");
    wasm_trap_delete(trap);
    wasm_module_delete(module);
}

static void tags_are_handed_on_by_their_place(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_extern_vec_t tags, exports;
    exports_of_text(store, "(module (tag (export \"e\") (param i32)))", &no_imports, &tags);
    assert_int_equal(tags.size, 1);
    assert_int_equal(wasm_extern_kind(tags.data[0]), 4);
    exports_of_text(store,
                    "(module (import \"\" \"e\" (tag $e (param i32)))"
                    " (func (export \"f\") (result i32)"
                    "  (block $h (result i32) (try_table (catch $e $h) (throw $e (i32.const 8)))"
                    "   (unreachable))))",
                    &tags, &exports);
    assert_int_equal(call_i(func_at(&exports, 0), 0, 0, 0), 8);
    wasm_extern_vec_delete(&tags);
    wasm_extern_vec_delete(&exports);
}

static int live;

static void one_less(void *info)
{
    (void)info;
    live--;
}

enum { INSTANCES = 100001 };

static void a_hundred_thousand_instances_come_and_go(void **state)
{
    (void)state;
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    wasm_module_t *module = module_of_text(
        store, "(module (func (export \"f\")) (func (export \"g\")) (func (export \"h\")))");
    int most = 0;
    live = 0;
    for (int i = 0; i < INSTANCES; i++) {
        wasm_instance_t *instance = wasm_instance_new(store, module, &no_imports, NULL);
        assert_non_null(instance);
        wasm_instance_set_host_info_with_finalizer(instance, NULL, one_less);
        wasm_instance_delete(instance);
        if (++live > most) most = live;
    }
    assert_true(most < INSTANCES / 2);  // they do not pile up until the end
    wasm_module_delete(module);
    wasm_store_delete(store);
    assert_int_equal(live, 0);
    wasm_engine_delete(engine);
}

static void limits_of_the_configuration_hold(void **state)
{
    (void)state;
    wasm_config_t *config = wasm_config_new();
    weft_store_options limits = WEFT_STORE_OPTIONS_INIT;
    weft_module_options modules = WEFT_MODULE_OPTIONS_INIT;
    limits.max_memory_bytes = 1 << 20;
    modules.features = "2.0";
    modules.fuel = true;
    weft_wasm_config_store(config, &limits);
    weft_wasm_config_module(config, &modules);
    wasm_engine_t *engine = wasm_engine_new_with_config(config);
    wasm_store_t *store = wasm_store_new(engine);
    wasm_engine_delete(engine);  // the store has all it needs

    wasm_extern_vec_t exports;
    exports_of_text(store,
                    "(module (memory (export \"m\") 1) (func (export \"f\") (loop (br 0))))",
                    &no_imports, &exports);
    assert_false(wasm_memory_grow(wasm_extern_as_memory(exports.data[0]), 16));
    assert_true(wasm_memory_grow(wasm_extern_as_memory(exports.data[0]), 15));
    weft_thread_set_fuel(weft_store_main_thread(weft_wasm_store(store)), 1000);
    wasm_val_vec_t none = WASM_EMPTY_VEC;
    wasm_trap_t *trap = wasm_func_call(func_at(&exports, 1), &none, &none);
    assert_message(trap, "out of fuel");
    wasm_trap_delete(trap);
    wasm_extern_vec_delete(&exports);

    wasm_byte_vec_t binary;
    binary_of_text("(module (type (struct)))", &binary);
    assert_false(wasm_module_validate(store, &binary));  // of 3.0
    wasm_byte_vec_delete(&binary);
    wasm_store_delete(store);
}

static void the_two_interfaces_show_the_same_objects(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_module_t *module =
        module_of_text(store, "(module (memory (export \"m\") 1) (func (export \"f\")))");
    wasm_instance_t *instance = wasm_instance_new(store, module, &no_imports, NULL);
    wasm_extern_vec_t exports;
    wasm_instance_exports(instance, &exports);
    weft_instance *inside = weft_wasm_instance(instance);
    assert_ptr_equal(weft_instance_store(inside), weft_wasm_store(store));
    assert_ptr_equal(weft_instance_module(inside), weft_wasm_module(module));
    weft_extern item;
    assert_true(weft_wasm_extern(exports.data[0], &item));
    assert_int_equal(item.kind, WEFT_EXTERN_MEMORY);
    assert_ptr_equal(item.of.memory, weft_export_memory(inside, "m"));
    assert_false(weft_wasm_extern(NULL, &item));
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(imports_that_do_not_fit_are_refused),
        WITH_WORLD(a_trap_in_the_start_function_has_frames),
        WITH_WORLD(a_segment_that_does_not_fit_is_told),
        WITH_WORLD(tags_are_handed_on_by_their_place),
        cmocka_unit_test(a_hundred_thousand_instances_come_and_go),
        cmocka_unit_test(limits_of_the_configuration_hold),
        WITH_WORLD(the_two_interfaces_show_the_same_objects),
    };
    return cmocka_run_group_tests_name("wasm.h instances and stores", tests, NULL, NULL);
}
