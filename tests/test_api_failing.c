// test_api_failing.c -- every n-th allocation failing: a clean error, and nothing leaks.
// SPDX-License-Identifier: MIT
#include "tests/api.h"

static uint8_t *bytes;
static size_t byte_count;

static weft_result host_take(weft_call *call, void *user)
{
    weft_value values[1] = {WEFT_VALUE_I32(4)};
    (void)user;
    weft_extern tag;
    if (weft_arg_u32(call, 0) == 2 &&
        weft_find_definition(weft_call_store(call), name_of_text("env"), name_of_text("tag"), &tag)) {
        return weft_call_throw(call, tag.of.tag, values, 1);
    }
    return WEFT_OK;
}

static const char *const everything =
    "(module $m"
    " (type $s (struct (field i32) (field (ref null $s)))) (type $a (array (mut i32)))"
    " (import \"env\" \"tag\" (tag $e (param i32)))"
    " (import \"env\" \"take\" (func $take (param i32)))"
    " (memory (export \"memory\") 1) (data (i32.const 0) \"abc\")"
    " (table $t 4 funcref) (elem (table $t) (i32.const 0) func $f $g)"
    " (table $r 2 (ref null $s)) (elem (table $r) (i32.const 0) (ref null $s)"
    "   (item (struct.new $s (i32.const 1) (ref.null $s))))"
    " (global $k (ref $s) (struct.new $s (i32.const 5) (ref.null $s)))"
    " (func $f (result i32) (drop (table.grow $t (ref.null func) (i32.const 50)))"
    "   (drop (memory.grow (i32.const 1))) (i32.const 1))"
    " (func $g (export \"go\") (result i32) (local (ref null $s) (ref null $a))"
    "  (local.set 0 (struct.new $s (i32.const 6) (struct.new $s (i32.const 7) (ref.null $s))))"
    "  (local.set 1 (array.new $a (struct.get $s 0 (struct.get $s 1 (local.get 0))) (i32.const 9)))"
    "  (drop (call_indirect $t (result i32) (i32.const 0)))"
    "  (drop (array.new_default $a (i32.const 1000)))"
    "  (call $take (i32.const 1))"
    "  (block $h (result i32)"
    "   (try_table (catch $e $h) (call $take (i32.const 2))) (unreachable))"
    "  (drop) (if (i32.ne (i32.const 13) (i32.add (struct.get $s 0 (local.get 0))"
    "     (array.get $a (local.get 1) (i32.const 8)))) (then (unreachable)))"
    "  (struct.get $s 0 (global.get $k))))";

// The whole life of a program. Returns whether it succeeded.
static bool live(const weft_allocator *allocator, bool stress)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_module_options module_options = text_options;
    module_options.allocator = allocator;
    module_options.name = "named";
    weft_store_options store_options = WEFT_STORE_OPTIONS_INIT;
    store_options.allocator = allocator;
    store_options.gc_stress = stress;
    weft_module *module = weft_module_load(bytes, byte_count, &module_options, &error);
    weft_store *store = weft_store_new(&store_options, &error);
    bool ok = module != NULL && store != NULL;
    weft_tag *tag = NULL;
    if (ok) {
        tag = weft_tag_new(store, "i", &error);
        ok = tag != NULL;
    }
    if (ok) {
        weft_extern item = {.kind = WEFT_EXTERN_TAG, .of = {.tag = tag}};
        ok = weft_define(store, name_of_text("env"), name_of_text("tag"), item, &error) &&
             weft_define_func(store, "env", "take", "i:", host_take, NULL, NULL, &error);
        weft_extern_release(store, item);
    }
    weft_instance *instance = ok ? weft_instantiate(store, module, NULL, &error) : NULL;
    ok = instance != NULL;
    if (ok) {
        weft_value result;
        ok = weft_call_export(instance, "go", NULL, 0, &result, 1, &error) == WEFT_DONE;
        if (ok) assert_int_equal(result.of.i32, 5);
        weft_ref ref = weft_ref_new_extern(store, &error, NULL);
        if (ref == WEFT_NULL_REF || !weft_ref_hold(store, ref)) ok = false;
    }
    if (!ok) {
        assert_true(error.kind == WEFT_NO_ERROR || error.kind == WEFT_HOST ||
                    error.kind == WEFT_LIMIT);
    }
    weft_store_free(store);
    weft_module_release(module);
    return ok;
}

static void fail_each(bool stress)
{
    weft_wat_error wat_error = WEFT_WAT_ERROR_INIT;
    if (!weft_wat2wasm(everything, strlen(everything), NULL, &bytes, &byte_count, &wat_error)) {
        fail_msg("%u:%u: %s", wat_error.line, wat_error.column, wat_error.text);
    }
    Meter meter = {0};
    weft_allocator allocator = {meter_resize, &meter};
    assert_true(live(&allocator, stress));
    assert_int_equal(meter.live_blocks, 0);
    assert_int_equal(meter.live_bytes, 0);
    size_t requests = meter.requests;
    assert_true(requests > 20);
    size_t failed = 0;
    for (size_t n = 1; n <= requests; n++) {
        meter = (Meter){.fail_at = n};
        failed += !live(&allocator, stress);
        assert_int_equal(meter.live_blocks, 0);
        assert_int_equal(meter.live_bytes, 0);
    }
    // table.grow and memory.grow answer -1 where memory is short; all else must be told.
    assert_true(failed + 8 >= requests);
    weft_wat_free(NULL, bytes, byte_count);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    fail_each(false);
}

// Each collection has to find its roots, also where there is no memory to look for them.
static void every_allocation_may_fail_among_collections(void **state)
{
    (void)state;
    fail_each(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(every_allocation_may_fail_among_collections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
