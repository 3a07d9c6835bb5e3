// test_vm_large.c -- functions that ask for much: branches with many results, many try blocks.
// SPDX-License-Identifier: MIT
#include "tests/api.h"

static char wat[1 << 20];

static void add(const char *text)
{
    strcat(wat + strlen(wat), text);
}

static void add_many(uint32_t count, const char *text)
{
    char *at = wat + strlen(wat);
    const size_t size = strlen(text);
    assert_true((size_t)(at - wat) + count * size < sizeof wat);
    for (uint32_t i = 0; i < count; i++, at += size) memcpy(at, text, size);
    *at = 0;
}

// Calls `go` of the module that `wat` is the text of, and tells how many bytes translating
// and running it took at most, above what the module itself takes.
static weft_status run(int32_t arg, int32_t *result, weft_error *error, size_t *peak)
{
    Meter meter = {0};
    const weft_allocator allocator = {meter_resize, &meter};
    weft_module_options options = text_options;
    options.allocator = &allocator;
    weft_module *module = module_of_text(wat, &options);
    weft_store *store = store_of(NULL);
    weft_instance *instance = weft_instantiate(store, module, NULL, error);
    assert_non_null(instance);
    const weft_value value = WEFT_VALUE_I32(arg);
    weft_value got = WEFT_VALUE_I32(0);
    meter.peak_bytes = 0;
    const size_t before = meter.live_bytes;
    const weft_status status = weft_call_export(instance, "go", &value, 1, &got, 1, error);
    *peak = meter.peak_bytes > before ? meter.peak_bytes - before : 0;
    *result = got.of.i32;
    weft_store_free(store);
    weft_module_release(module);
    assert_int_equal(meter.live_blocks, 0);
    return status;
}

// 500 results on top of one operand: no branch finds them where its label wants them.
static void begin_wide(void)
{
    wat[0] = 0;
    add("(module (type $wide (func (result ");
    add_many(500, "i32 ");
    add("))) (func $many (type $wide) ");
    add_many(499, "(i32.const 3) ");
    add("(i32.const 4)) (func (export \"go\") (param i32) (result i32) (local i32) ");
    add("(block $b (type $wide) (i32.const 7) (call $many) ");
}

static void end_wide(void)
{
    add("(br $b)) ");
    add_many(499, "(i32.add) ");
    add("))");
}

static void branches_with_many_results_move_them(void **state)
{
    (void)state;
    begin_wide();
    add_many(60, "(br_if $b (local.get 0)) ");
    end_wide();
    for (int32_t taken = 0; taken < 2; taken++) {
        weft_error error = WEFT_ERROR_INIT;
        int32_t result;
        size_t peak;
        assert_int_equal(run(taken, &result, &error, &peak), WEFT_DONE);
        assert_int_equal(result, 499 * 3 + 4);
    }
}

static void a_function_of_too_many_moves_is_refused_in_little_memory(void **state)
{
    (void)state;
    begin_wide();
    add_many(5000, "(br_if $b (local.get 0)) ");  // 20 KB of code, 2.5 million moves
    end_wide();
    weft_error error = WEFT_ERROR_INIT;
    int32_t result;
    size_t peak;
    assert_int_equal(run(0, &result, &error, &peak), WEFT_FAILED);
    assert_int_equal(error.kind, WEFT_EXHAUSTED);
    assert_string_equal(error.text, "call stack exhausted");
    assert_true(peak < 24u << 20);
}

// However often a table names a label, the moves on the way there are made once.
static void a_table_of_one_wide_label_has_one_stop(void **state)
{
    (void)state;
    begin_wide();
    add("(local.get 0) (br_table ");
    add_many(3000, "$b ");
    add(") ");
    add_many(499, "(i32.const 0) ");  // not reached
    add("(i32.const 0) ");
    end_wide();
    for (int32_t index = 0; index < 6000; index += 1999) {
        weft_error error = WEFT_ERROR_INIT;
        int32_t result;
        size_t peak;
        assert_int_equal(run(index, &result, &error, &peak), WEFT_DONE);
        assert_int_equal(result, 499 * 3 + 4);
        assert_true(peak < 1u << 20);
    }
}

// Two tables to the same label, with other operands each.
static void tables_do_not_share_stops(void **state)
{
    (void)state;
    wat[0] = 0;
    add("(module (func (export \"go\") (param i32) (result i32)"
        " (block $b (result i32) (i32.const 7)"
        "  (block $n (i32.const 10) (br_if $n (local.get 0)) (br_table $b $b (i32.const 0)))"
        "  (i32.const 20) (br_table $b $b (i32.const 1))) ))");
    for (int32_t second = 0; second < 2; second++) {
        weft_error error = WEFT_ERROR_INIT;
        int32_t result;
        size_t peak;
        assert_int_equal(run(second, &result, &error, &peak), WEFT_DONE);
        assert_int_equal(result, second ? 20 : 10);
    }
}

// 2,000 try blocks side by side, in pairs inside another, each caught by its own clause; and a
// throw between two of them, which only the outer one guards.
static void a_throw_finds_its_clause_among_thousands(void **state)
{
    (void)state;
    wat[0] = 0;
    add("(module (tag $e (param i32)) (func (export \"go\") (param i32) (result i32) (local $sum i32)"
        " (block $out (result i32)"
        "  (try_table (result i32) (catch $e $out) ");
    add_many(1000, " (block $h (result i32) (try_table (result i32) (catch $e $h) (throw $e (i32.const 1))))"
                   " (local.set $sum (i32.add (local.get $sum)))"
                   " (block $h (result i32) (try_table (result i32) (catch $e $h)"
                   "  (block $i (result i32) (try_table (result i32) (catch $e $i) (throw $e (i32.const 2))))"
                   "  (throw $e (i32.add (i32.const 1)))))"
                   " (local.set $sum (i32.add (local.get $sum)))");
    add(" (if (local.get 0) (then (throw $e (i32.sub (i32.const 0) (local.get $sum)))))"
        " (local.get $sum))))");
    add(")");
    for (int32_t outside = 0; outside < 2; outside++) {
        weft_error error = WEFT_ERROR_INIT;
        int32_t result;
        size_t peak;
        assert_int_equal(run(outside, &result, &error, &peak), WEFT_DONE);
        assert_int_equal(result, outside ? -4000 : 4000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(branches_with_many_results_move_them),
        cmocka_unit_test(a_function_of_too_many_moves_is_refused_in_little_memory),
        cmocka_unit_test(a_table_of_one_wide_label_has_one_stop),
        cmocka_unit_test(tables_do_not_share_stops),
        cmocka_unit_test(a_throw_finds_its_clause_among_thousands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
