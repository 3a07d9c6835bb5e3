// test_api_store.c -- weft.h: definitions, linking, memories, tables, globals, limits.
// SPDX-License-Identifier: MIT
#include "tests/api.h"

static weft_extern extern_of(weft_extern_kind kind, void *item)
{
    return (weft_extern){.kind = kind, .of = {.any = item}};
}

static void instances_link_to_each_other(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_instance *a = instance_of(
        store, "(module (func (export \"add\") (param i32 i32) (result i32)"
               "  (i32.add (local.get 0) (local.get 1)))"
               " (memory (export \"mem\") 1) (table (export \"tab\") 2 funcref)"
               " (global (export \"count\") (mut i32) (i32.const 5)))");
    assert_true(weft_define_instance(store, name_of_text("a"), a, &error));
    weft_instance_release(a);
    weft_instance *b = instance_of(
        store, "(module (import \"a\" \"add\" (func $add (param i32 i32) (result i32)))"
               " (import \"a\" \"mem\" (memory 1)) (import \"a\" \"tab\" (table 1 funcref))"
               " (import \"a\" \"count\" (global $c (mut i32)))"
               " (elem (i32.const 1) $seven) (data (i32.const 4) \"\\2a\")"
               " (func $seven (result i32) (i32.const 7))"
               " (func (export \"go\") (result i32)"
               "  (global.set $c (call $add (global.get $c) (i32.load (i32.const 4))))"
               "  (call_indirect (result i32) (i32.const 1))))");
    weft_store_collect(store);
    assert_int_equal(call_i32_0(b, "go"), 7);
    weft_extern item;
    assert_true(weft_find_definition(store, name_of_text("a"), name_of_text("count"), &item));
    assert_int_equal(weft_global_get(item.of.global).of.i32, 47);
    assert_false(weft_find_definition(store, name_of_text("a"), name_of_text("nothing"), &item));
    assert_false(weft_find_definition(store, name_of_text("ac"), name_of_text("ount"), &item));
    weft_store_free(store);
}

static void missing_and_wrong_imports_are_told(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_module *m = module_of("(module (import \"env\" \"x\" (func (param i32))))");
    assert_null(weft_instantiate(store, m, NULL, &error));
    assert_int_equal(error.kind, WEFT_UNLINKABLE);
    assert_string_equal(error.text, "unknown import \"env\" \"x\"");
    assert_string_equal(error.hint, "the module wants it as (func (param i32))");

    weft_value zero = WEFT_VALUE_I64(0);
    weft_global *global = weft_global_new(store, WEFT_TYPE_I64, false, zero, &error);
    weft_extern item = extern_of(WEFT_EXTERN_GLOBAL, global);
    assert_true(weft_define(store, name_of_text("env"), name_of_text("x"), item, &error));
    weft_extern_release(store, item);
    assert_null(weft_instantiate(store, m, NULL, &error));
    assert_string_equal(error.text, "incompatible import type for \"env\" \"x\"");
    assert_string_equal(error.hint,
                        "the module wants (func (param i32)) but is given (global i64)");

    weft_instance_options options = WEFT_INSTANCE_OPTIONS_INIT;
    options.imports = &item;
    options.import_count = 2;
    assert_null(weft_instantiate(store, m, &options, &error));
    assert_int_equal(error.kind, WEFT_HOST);
    weft_module_release(m);
    weft_store_free(store);
}

static weft_result host_nothing(weft_call *call, void *user)
{
    (void)call, (void)user;
    return WEFT_OK;
}

static void imports_can_be_given_by_position(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_func *func = weft_func_new(store, "i:", host_nothing, NULL, NULL, &error);
    weft_extern imports[1] = {extern_of(WEFT_EXTERN_FUNC, func)};
    weft_instance_options options = WEFT_INSTANCE_OPTIONS_INIT;
    options.imports = imports;
    options.import_count = 1;
    weft_module *m = module_of("(module (import \"\" \"\" (func (param i32)))"
                               " (func (export \"f\") (call 0 (i32.const 1))))");
    weft_instance *i = weft_instantiate(store, m, &options, &error);
    assert_non_null(i);
    weft_extern_release(store, imports[0]);
    weft_store_collect(store);
    assert_int_equal(weft_call_export(i, "f", NULL, 0, NULL, 0, &error), WEFT_DONE);
    assert_ptr_equal(weft_instance_module(i), m);
    weft_module_release(m);
    assert_null(weft_func_new(store, "i", host_nothing, NULL, NULL, &error));
    assert_null(weft_func_new(store, "x:", host_nothing, NULL, NULL, &error));
    assert_string_equal(error.text, "bad signature \"x:\"");
    weft_store_free(store);
}

static void exports_are_found(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_instance *i = instance_of(
        store, "(module (memory (export \"m\") 1) (table (export \"t\") 1 externref)"
               " (global (export \"g\") i32 (i32.const 3)) (tag (export \"e\") (param i32))"
               " (func (export \"f\")))");
    weft_extern item;
    weft_name name;
    assert_non_null(weft_export_memory(i, "m"));
    assert_non_null(weft_export_table(i, "t"));
    assert_non_null(weft_export_global(i, "g"));
    assert_non_null(weft_export_func(i, "f"));
    assert_true(weft_instance_export(i, name_of_text("e"), &item));
    assert_int_equal(item.kind, WEFT_EXTERN_TAG);
    weft_extern_type type;
    weft_extern_get_type(item, &type);
    assert_int_equal(type.param_count, 1);
    assert_false(weft_instance_export(i, name_of_text("x"), &item));
    assert_true(weft_instance_export_at(i, 4, &name, &item));
    assert_memory_equal(name.data, "f", 1);
    assert_ptr_equal(item.of.func, weft_export_func(i, "f"));
    assert_false(weft_instance_export_at(i, 5, &name, &item));
    weft_store_free(store);
}

static void memories_are_read_written_and_grown(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_limits limits = {.min = 1, .max = 3, .has_max = true};
    weft_memory *memory = weft_memory_new(store, &limits, &error);
    assert_non_null(memory);
    assert_int_equal(weft_memory_size(memory), 65536);
    assert_true(weft_memory_write(memory, 65530, "abcdef", 6));
    assert_false(weft_memory_write(memory, 65531, "abcdef", 6));
    assert_false(weft_memory_write(memory, UINT64_MAX, "a", 1));
    char text[7] = "";
    assert_true(weft_memory_read(memory, 65530, text, 6));
    assert_string_equal(text, "abcdef");
    assert_false(weft_memory_read(memory, 65530, text, 7));
    uint64_t old = 0;
    assert_true(weft_memory_grow(memory, 2, &old));
    assert_int_equal(old, 1);
    assert_int_equal(weft_memory_pages(memory), 3);
    assert_false(weft_memory_grow(memory, 1, &old));
    weft_chunk chunk;
    assert_true(weft_memory_view(memory, 65530, 131078, &chunk));
    assert_int_equal(chunk.size, 131078);
    assert_memory_equal(chunk.data, "abcdef", 6);
    assert_false(weft_memory_view(memory, 65530, 131079, &chunk));
    assert_ptr_equal(weft_memory_data(memory) + 65530, chunk.data);
    weft_extern_release(store, extern_of(WEFT_EXTERN_MEMORY, memory));
    weft_limits wrong = {.min = 2, .max = 1, .has_max = true};
    assert_null(weft_memory_new(store, &wrong, &error));
    weft_store_free(store);
}

static void tables_check_what_they_take(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_limits limits = {.min = 2, .max = 20000, .has_max = true};
    weft_table *table = weft_table_new(store, WEFT_TYPE_FUNCREF, &limits, WEFT_NULL_REF, &error);
    weft_func *func = weft_func_new(store, ":", host_nothing, NULL, NULL, &error);
    weft_ref ref, host = weft_ref_new_extern(store, &error, NULL);
    assert_true(weft_table_set(table, 1, weft_func_ref(func)));
    assert_false(weft_table_set(table, 2, WEFT_NULL_REF));
    assert_false(weft_table_set(table, 0, host));
    assert_true(weft_table_get(table, 1, &ref));
    assert_ptr_equal(weft_ref_func(store, ref), func);
    assert_false(weft_table_get(table, 2, &ref));
    uint64_t old;
    assert_false(weft_table_grow(table, 1, host, &old));
    assert_true(weft_table_grow(table, 1, weft_func_ref(func), &old));
    assert_int_equal(old, 2);
    // Past the size where a table moves into address space of its own.
    assert_true(weft_table_grow(table, 15000, WEFT_NULL_REF, &old));
    assert_int_equal(weft_table_size(table), 15003);
    assert_true(weft_table_get(table, 2, &ref));
    assert_int_equal(ref, weft_func_ref(func));
    assert_true(weft_table_get(table, 15002, &ref));
    assert_int_equal(ref, WEFT_NULL_REF);
    assert_true(weft_table_grow(table, 4997, WEFT_NULL_REF, &old));
    assert_false(weft_table_grow(table, 1, WEFT_NULL_REF, &old));
    assert_null(weft_table_new(store, WEFT_TYPE_EXTERNREF, &limits, weft_func_ref(func), &error));
    weft_store_free(store);
}

static void globals_check_what_they_take(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_global *g = weft_global_new(store, WEFT_TYPE_F64, true, WEFT_VALUE_F64(1.5), &error);
    assert_true(weft_global_set(g, WEFT_VALUE_F64(2.5)));
    assert_false(weft_global_set(g, WEFT_VALUE_I32(2)));
    assert_true(weft_global_get(g).of.f64 == 2.5);
    weft_global *fixed = weft_global_new(store, WEFT_TYPE_I32, false, WEFT_VALUE_I32(1), &error);
    assert_false(weft_global_set(fixed, WEFT_VALUE_I32(2)));
    assert_null(weft_global_new(store, WEFT_TYPE_I32, false, WEFT_VALUE_I64(1), &error));
    weft_valtype func = {.kind = WEFT_REF, .heap = WEFT_HEAP_FUNC};
    assert_null(weft_global_new(store, func, false, WEFT_VALUE_REF(0), &error));
    weft_store_free(store);
}

static void limits_of_the_store_hold(void **state)
{
    (void)state;
    weft_store_options options = WEFT_STORE_OPTIONS_INIT;
    options.max_memory_bytes = 3 * 65536;
    options.max_table_elements = 100;
    weft_store *store = store_of(&options);
    weft_error error = WEFT_ERROR_INIT;
    weft_instance *i = instance_of(
        store, "(module (memory 1) (table $t 60 funcref)"
               " (func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0)))"
               " (func (export \"more\") (param i32) (result i32)"
               "  (table.grow $t (ref.null func) (local.get 0))))");
    assert_int_equal(CALL_I32(i, "grow", 3), -1);
    assert_int_equal(CALL_I32(i, "grow", 1), 1);
    assert_int_equal(CALL_I32(i, "more", 41), -1);
    assert_int_equal(CALL_I32(i, "more", 40), 60);
    weft_module *m = module_of("(module (memory 2))");
    assert_null(weft_instantiate(store, m, NULL, &error));
    assert_int_equal(error.kind, WEFT_LIMIT);
    // Once the first instance is gone there is room again.
    weft_instance_release(i);
    weft_instance *j = weft_instantiate(store, m, NULL, &error);
    assert_non_null(j);
    weft_store_stats stats = {.size = sizeof stats};
    weft_store_get_stats(store, &stats);
    assert_int_equal(stats.memory_bytes, 2 * 65536);
    assert_int_equal(stats.memory_peak_bytes, 2 * 65536);
    assert_true(stats.collections > 0);
    weft_module_release(m);
    weft_store_free(store);
}

static void four_gigabytes_cost_nothing_until_used(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_module *m = module_of(
        "(module (memory 65536)"
        " (func (export \"last\") (result i32) (i32.store8 (i32.const -1) (i32.const 9))"
        "  (i32.load8_u (i32.const -1))))");
    weft_error error = WEFT_ERROR_INIT;
    weft_instance *i = weft_instantiate(store, m, NULL, &error);
    weft_module_release(m);
    if (sizeof(size_t) > 4) {
        if (i == NULL) fail_msg("%s", error.text);
        assert_int_equal(call_i32_0(i, "last"), 9);
    } else {
        // No host of 32 bits has room for all that 32 bits can address.
        assert_null(i);
        assert_int_equal(error.kind, WEFT_LIMIT);
        assert_string_equal(error.text, "memory of 65536 pages cannot be had");
    }
    weft_store_free(store);
}

// Where addresses are few (a 32-bit host, a limit on them), no memory may take those that
// the others and malloc need. Each grows past what was reserved for it there.
static void many_memories_share_the_addresses(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    for (int k = 0; k < 100; k++) {
        weft_instance *i = instance_of(
            store, "(module (memory (export \"m\") 1) (func (export \"grow\") (result i32)"
                   " (i32.store (i32.const 65532) (i32.const 7))"
                   " (drop (memory.grow (i32.const 1)))"
                   " (i32.add (memory.grow (i32.const 100)) (i32.load (i32.const 65532)))))");
        assert_int_equal(call_i32_0(i, "grow"), 2 + 7);
    }
    weft_store_free(store);
}

static int dropped_things;

static void note_dropped(void *context, void *object)
{
    (void)object;
    *(int *)context += 1;
}

static void drop_user(void *user)
{
    (void)user;
    dropped_things++;
}

static void unreachable_instances_go(void **state)
{
    (void)state;
    int told = 0;
    weft_store_options options = WEFT_STORE_OPTIONS_INIT;
    options.dropped = note_dropped;
    options.dropped_context = &told;
    weft_store *store = store_of(&options);
    weft_instance *i = instance_of(store, "(module (func (export \"f\")) (memory 1))");
    weft_instance_set_user(i, &told, drop_user);
    assert_ptr_equal(weft_instance_user(i), &told);
    weft_extern f = extern_of(WEFT_EXTERN_FUNC, weft_export_func(i, "f"));
    weft_extern_hold(store, f);
    weft_instance_release(i);
    weft_store_collect(store);
    assert_int_equal(told, 0);  // the function keeps it
    weft_error error = WEFT_ERROR_INIT;
    assert_int_equal(weft_call_func(f.of.func, NULL, 0, NULL, 0, &error), WEFT_DONE);
    dropped_things = 0;
    weft_instance_hold(i);
    weft_extern_release(store, f);
    weft_store_collect(store);
    assert_int_equal(told, 0);
    weft_instance_release(i);
    weft_store_collect(store);
    assert_int_equal(told, 3);  // the function, the memory, the instance
    assert_int_equal(dropped_things, 1);
    weft_store_free(store);
}

static void a_table_keeps_the_instance_of_its_functions(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_instance *a = instance_of(
        store, "(module (table (export \"t\") 1 funcref)"
               " (func (export \"go\") (result i32) (call_indirect (result i32) (i32.const 0))))");
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_define_instance(store, name_of_text("a"), a, &error));
    // Its start function traps, but what it wrote to the table stays, and runs.
    weft_module *m = module_of(
        "(module (import \"a\" \"t\" (table 1 funcref)) (memory 1) (data (i32.const 3) \"\\11\")"
        " (func $f (result i32) (i32.load8_u (i32.const 3)))"
        " (elem (i32.const 0) $f) (func $s (unreachable)) (start $s))");
    assert_null(weft_instantiate(store, m, NULL, &error));
    assert_int_equal(error.kind, WEFT_TRAPPED);
    assert_string_equal(error.text, "unreachable");
    weft_module_release(m);
    weft_store_collect(store);
    assert_int_equal(call_i32_0(a, "go"), 17);
    weft_store_free(store);
}

static void many_instances_do_not_pile_up(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_module *m = module_of("(module (memory 1 1) (table 10 funcref) (func (export \"f\")))");
    weft_error error = WEFT_ERROR_INIT;
    weft_store_stats stats = {.size = sizeof stats};
    uint64_t most = 0;
    for (int k = 0; k < 20001; k++) {
        weft_instance *i = weft_instantiate(store, m, NULL, &error);
        if (i == NULL) fail_msg("%s", error.text);
        weft_instance_release(i);
        weft_store_get_stats(store, &stats);
        if (stats.memory_bytes > most) most = stats.memory_bytes;
    }
    assert_true(most < 100 * 65536);
    weft_module_release(m);
    weft_store_free(store);
}

static void the_start_function_can_wait(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_module *m = module_of("(module (global $g (export \"g\") (mut i32) (i32.const 0))"
                               " (func $s (global.set $g (i32.const 3))) (start $s))");
    weft_instance_options options = WEFT_INSTANCE_OPTIONS_INIT;
    options.defer_start = true;
    weft_instance *i = weft_instantiate(store, m, &options, &error);
    weft_global *g = weft_export_global(i, "g");
    assert_int_equal(weft_global_get(g).of.i32, 0);
    assert_non_null(weft_instance_start_func(i));
    assert_int_equal(weft_instance_start(i, &error), WEFT_DONE);
    assert_int_equal(weft_global_get(g).of.i32, 3);
    weft_module_release(m);
    weft_instance *none = instance_of(store, "(module)");
    assert_null(weft_instance_start_func(none));
    assert_int_equal(weft_instance_start(none, &error), WEFT_DONE);
    weft_store_free(store);
}

static void segments_that_do_not_fit_fail_the_instance(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_module *m = module_of("(module (memory 1) (data (i32.const 65535) \"ab\"))");
    assert_null(weft_instantiate(store, m, NULL, &error));
    assert_int_equal(error.kind, WEFT_TRAPPED);
    assert_string_equal(error.text, "out of bounds memory access");
    weft_module_release(m);
    m = module_of("(module (table 1 funcref) (elem (i32.const 1) func 0) (func))");
    assert_null(weft_instantiate(store, m, NULL, &error));
    assert_string_equal(error.text, "out of bounds table access");
    weft_module_release(m);
    weft_store_free(store);
}

// A host function of a guest without a memory; what it is given points nowhere.
static weft_result look(weft_call *call, void *user)
{
    weft_chunk chunk;
    (void)user;
    assert_null(weft_call_memory(call));
    if (!weft_memory_view(weft_call_memory(call), weft_arg_u32(call, 0), 0, &chunk))
        return weft_call_trap(call, "nothing is there");
    return WEFT_OK;
}

static void what_a_guest_does_not_have_is_empty(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_define_func(store, "host", "look", "i:", look, NULL, NULL, &error));
    weft_instance *guest = instance_of(
        store, "(module (import \"host\" \"look\" (func $look (param i32)))"
               " (func (export \"f\") (call $look (i32.const 0))))");
    assert_int_equal(weft_call_export(guest, "f", NULL, 0, NULL, 0, &error), WEFT_FAILED);
    assert_int_equal(error.kind, WEFT_TRAPPED);
    assert_string_equal(error.text, "nothing is there");

    weft_memory *memory = weft_export_memory(guest, "memory");
    char byte;
    uint64_t old;
    assert_null(memory);
    assert_false(weft_memory_read(memory, 0, &byte, 1));
    assert_false(weft_memory_write(memory, 0, "a", 1));
    assert_false(weft_memory_grow(memory, 1, &old));
    assert_int_equal(weft_memory_size(memory) + weft_memory_pages(memory), 0);
    assert_null(weft_memory_data(memory));

    weft_table *table = weft_export_table(guest, "table");
    weft_ref ref;
    assert_null(table);
    assert_int_equal(weft_table_size(table), 0);
    assert_false(weft_table_get(table, 0, &ref));
    assert_false(weft_table_set(table, 0, WEFT_NULL_REF));
    assert_false(weft_table_grow(table, 1, WEFT_NULL_REF, &old));
    assert_false(weft_global_set(weft_export_global(guest, "g"), WEFT_VALUE_I32(1)));

    weft_func *func = weft_export_func(guest, "g");
    assert_null(func);
    assert_int_equal(weft_call_func(func, NULL, 0, NULL, 0, &error), WEFT_FAILED);
    assert_int_equal(error.kind, WEFT_HOST);
    assert_string_equal(error.text, "there is no function to call");
    assert_false(weft_thread_start(weft_store_main_thread(store), func, NULL, 0, &error));
    weft_store_free(store);
}

static void a_refused_memory_names_the_limit(void **state)
{
    (void)state;
    weft_error error = WEFT_ERROR_INIT;
    weft_store_options options = WEFT_STORE_OPTIONS_INIT;
    options.max_memory_bytes = 1 << 20;
    weft_store *store = store_of(&options);
    weft_limits limits = {.min = 4};
    assert_non_null(weft_memory_new(store, &limits, &error));
    weft_module *module = module_of("(module (memory 13))");
    assert_null(weft_instantiate(store, module, NULL, &error));
    assert_int_equal(error.kind, WEFT_LIMIT);
    assert_string_equal(error.text, "memory of 13 pages cannot be had");
    assert_string_equal(error.hint, "the store's max_memory_bytes is 1048576, and 262144 are taken");
    weft_module_release(module);
    module = module_of("(module (memory 12))");
    assert_non_null(weft_instantiate(store, module, NULL, &error));
    weft_module_release(module);
    weft_store_free(store);
}

static weft_result give_one(weft_call *call, void *user)
{
    (void)user;
    weft_return_u32(call, 1);
    return WEFT_OK;
}

static weft_result give_two(weft_call *call, void *user)
{
    (void)user;
    weft_return_u32(call, 2);
    return WEFT_OK;
}

// Knows "one" and "two", refuses "three", and counts how often it is asked.
static bool provide_numbers(weft_store *store, weft_name module, weft_name name, void *user,
                            weft_error *error)
{
    ++*(int *)user;
    assert_memory_equal(module.data, "n", module.size);
    if (name.size == 3 && memcmp(name.data, "one", 3) == 0) {
        return weft_define_func(store, "n", "one", ":i", give_one, NULL, NULL, error);
    }
    if (name.size == 3 && memcmp(name.data, "two", 3) == 0) {
        return weft_define_func(store, "n", "two", ":i", give_two, NULL, NULL, error);
    }
    if (name.size == 5) {
        error->kind = WEFT_HOST;
        strcpy(error->text, "no three");
        return false;
    }
    return true;
}

static void definitions_are_made_on_demand(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    int asked = 0;
    assert_true(weft_define_func(store, "n", "two", ":i", give_one, NULL, NULL, &error));
    assert_true(weft_define_func(store, "other", "two", ":i", give_one, NULL, NULL, &error));
    assert_true(weft_define_on_demand(store, "n", provide_numbers, &asked, &error));
    assert_int_equal(asked, 1);  // for "two", which is there

    weft_instance *i = instance_of(
        store, "(module (import \"n\" \"one\" (func $one (result i32)))"
               " (import \"n\" \"one\" (func $again (result i32)))"
               " (import \"n\" \"two\" (func $two (result i32)))"
               " (func (export \"sum\") (result i32)"
               "  (i32.add (i32.mul (call $one) (call $again)) (call $two))))");
    assert_int_equal(asked, 2);  // once for "one"
    assert_int_equal(call_i32_0(i, "sum"), 3);

    weft_extern item;
    assert_false(weft_find_definition(store, name_of_text("n"), name_of_text("six"), &item));
    assert_int_equal(asked, 3);
    assert_false(weft_find_definition(store, name_of_text("nn"), name_of_text("one"), &item));
    assert_false(weft_find_definition(store, name_of_text("other"), name_of_text("one"), &item));
    assert_int_equal(asked, 3);

    weft_module *m = module_of("(module (import \"n\" \"three\" (func)))");
    assert_null(weft_instantiate(store, m, NULL, &error));
    assert_int_equal(error.kind, WEFT_HOST);
    assert_string_equal(error.text, "no three");
    weft_module_release(m);
    m = module_of("(module (import \"n\" \"six\" (func)))");
    assert_null(weft_instantiate(store, m, NULL, &error));
    assert_int_equal(error.kind, WEFT_UNLINKABLE);
    weft_module_release(m);
    weft_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instances_link_to_each_other),
        cmocka_unit_test(missing_and_wrong_imports_are_told),
        cmocka_unit_test(imports_can_be_given_by_position),
        cmocka_unit_test(definitions_are_made_on_demand),
        cmocka_unit_test(exports_are_found),
        cmocka_unit_test(memories_are_read_written_and_grown),
        cmocka_unit_test(tables_check_what_they_take),
        cmocka_unit_test(globals_check_what_they_take),
        cmocka_unit_test(limits_of_the_store_hold),
        cmocka_unit_test(four_gigabytes_cost_nothing_until_used),
        cmocka_unit_test(many_memories_share_the_addresses),
        cmocka_unit_test(unreachable_instances_go),
        cmocka_unit_test(a_table_keeps_the_instance_of_its_functions),
        cmocka_unit_test(many_instances_do_not_pile_up),
        cmocka_unit_test(the_start_function_can_wait),
        cmocka_unit_test(segments_that_do_not_fit_fail_the_instance),
        cmocka_unit_test(what_a_guest_does_not_have_is_empty),
        cmocka_unit_test(a_refused_memory_names_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
