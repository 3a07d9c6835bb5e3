// test_api_ref.c -- weft.h: references, host values, garbage collection.
// SPDX-License-Identifier: MIT
#include "tests/api.h"

static int drops;

static void count_drop(void *value)
{
    *(int *)value += 1;
    drops++;
}

static void equal_pointers_are_equal_references(void **state)
{
    (void)state;
    int a = 0, b = 0;
    weft_store *store = store_of(NULL);
    weft_ref ra = weft_ref_new_extern(store, &a, count_drop);
    weft_ref rb = weft_ref_new_extern(store, &b, count_drop);
    assert_true(ra != 0 && ra != rb);
    assert_int_equal(ra, weft_ref_new_extern(store, &a, count_drop));
    assert_ptr_equal(weft_ref_extern_value(store, ra), &a);
    assert_int_equal(weft_ref_kind_of(store, ra), WEFT_REF_EXTERN);
    assert_int_equal(weft_ref_kind_of(store, WEFT_NULL_REF), WEFT_REF_NULL);
    assert_null(weft_ref_func(store, ra));
    assert_null(weft_ref_exn_tag(store, ra));
    assert_true(weft_ref_hold(store, ra));
    assert_true(weft_ref_hold(store, ra));
    weft_store_collect(store);
    assert_int_equal(a, 0);
    assert_int_equal(b, 1);
    weft_ref_release(store, ra);
    weft_store_collect(store);
    assert_int_equal(a, 0);
    weft_ref_release(store, ra);
    weft_store_collect(store);
    assert_int_equal(a, 1);
    // Many of them, so that the table of pointers grows.
    static int many[1000];
    for (int i = 0; i < 1000; i++) many[i] = 0, weft_ref_new_extern(store, &many[i], count_drop);
    weft_ref_hold(store, weft_ref_new_extern(store, &many[500], count_drop));
    weft_store_collect(store);
    for (int i = 0; i < 1000; i++) assert_int_equal(many[i], i != 500);
    weft_store_free(store);
    assert_int_equal(many[500], 1);
}

static void i31_keeps_31_bits(void **state)
{
    (void)state;
    static const int32_t values[] = {0, 1, -1, 0x3fffffff, -0x40000000};
    weft_store *store = store_of(NULL);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        weft_ref ref = weft_ref_new_i31(values[i]);
        assert_int_equal(weft_ref_kind_of(store, ref), WEFT_REF_I31);
        assert_int_equal(weft_ref_i31(ref), values[i]);
        assert_true(weft_ref_hold(store, ref));
        weft_ref_release(store, ref);
    }
    weft_store_free(store);
}

static void host_values_pass_through_code(void **state)
{
    (void)state;
    int value = 0;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_instance *i = instance_of(
        store, "(module (global $g (mut externref) (ref.null extern)) (table $t 1 externref)"
               " (func (export \"keep\") (param externref)"
               "  (global.set $g (local.get 0)) (table.set $t (i32.const 0) (local.get 0)))"
               " (func (export \"get\") (result externref) (global.get $g))"
               " (func (export \"forget\") (global.set $g (ref.null extern)))"
               " (func (export \"clear\") (table.set $t (i32.const 0) (ref.null extern))))");
    weft_value arg = WEFT_VALUE_REF(weft_ref_new_extern(store, &value, count_drop)), result;
    assert_int_equal(weft_call_export(i, "keep", &arg, 1, NULL, 0, &error), WEFT_DONE);
    weft_store_collect(store);
    assert_int_equal(weft_call_export(i, "get", NULL, 0, &result, 1, &error), WEFT_DONE);
    assert_int_equal(result.heap, WEFT_HEAP_EXTERN);
    assert_ptr_equal(weft_ref_extern_value(store, result.of.ref), &value);
    assert_int_equal(weft_call_export(i, "forget", NULL, 0, NULL, 0, &error), WEFT_DONE);
    weft_store_collect(store);
    assert_int_equal(value, 0);
    assert_int_equal(weft_call_export(i, "clear", NULL, 0, NULL, 0, &error), WEFT_DONE);
    weft_store_collect(store);
    assert_int_equal(value, 1);
    weft_store_free(store);
}

static void function_references_are_their_functions(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_instance *i = instance_of(
        store, "(module (func $f (export \"f\") (result i32) (i32.const 4)) (elem declare func $f)"
               " (func (export \"ref\") (result funcref) (ref.func $f))"
               " (func (export \"call\") (param (ref 0)) (result i32) (call_ref 0 (local.get 0))))");
    weft_value ref, result;
    assert_int_equal(weft_call_export(i, "ref", NULL, 0, &ref, 1, &error), WEFT_DONE);
    assert_ptr_equal(weft_ref_func(store, ref.of.ref), weft_export_func(i, "f"));
    assert_int_equal(ref.of.ref, weft_func_ref(weft_export_func(i, "f")));
    assert_int_equal(weft_call_export(i, "call", &ref, 1, &result, 1, &error), WEFT_DONE);
    assert_int_equal(result.of.i32, 4);
    // What does not fit the type is refused before it can do harm.
    ref.of.ref = weft_func_ref(weft_export_func(i, "ref"));
    assert_int_equal(weft_call_export(i, "call", &ref, 1, &result, 1, &error), WEFT_FAILED);
    ref.of.ref = WEFT_NULL_REF;
    assert_int_equal(weft_call_export(i, "call", &ref, 1, &result, 1, &error), WEFT_FAILED);
    weft_store_free(store);
}

// Builds a list of n nodes, each with a boxed number, throws as much garbage away as it
// keeps, and sums it.
static const char *const lists =
    "(module (type $box (struct (field i64))) (type $pack (array (mut i8)))"
    " (type $node (struct (field (ref $box)) (field (mut (ref null $node))) (field (ref $pack))))"
    " (func (export \"sum\") (param i32) (result i64) (local (ref null $node)) (local i64)"
    "  (loop $l"
    "   (local.set 1 (struct.new $node"
    "    (struct.new $box (i64.extend_i32_u (local.get 0))) (local.get 1)"
    "    (array.new $pack (local.get 0) (i32.const 3))))"
    "   (drop (array.new_default $pack (i32.const 100)))"
    "   (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "  (loop $s"
    "   (local.set 2 (i64.add (local.get 2) (struct.get $box 0 (struct.get $node 0 (local.get 1)))))"
    "   (local.set 2 (i64.add (local.get 2) (i64.extend_i32_s (array.get_s $pack"
    "     (struct.get $node 2 (local.get 1)) (i32.const 2)))))"
    "   (br_if $s (i32.eqz (ref.is_null (local.tee 1 (struct.get $node 1 (local.get 1)))))))"
    "  (local.get 2)))";

static void garbage_goes_and_the_rest_stays(void **state)
{
    (void)state;
    for (int stress = 0; stress < 2; stress++) {
        weft_store_options options = WEFT_STORE_OPTIONS_INIT;
        options.gc_stress = stress != 0;
        weft_store *store = store_of(&options);
        weft_instance *i = instance_of(store, lists);
        int32_t n = stress ? 120 : 120000;
        weft_value arg = WEFT_VALUE_I32(n), result;
        weft_error error = WEFT_ERROR_INIT;
        assert_int_equal(weft_call_export(i, "sum", &arg, 1, &result, 1, &error), WEFT_DONE);
        int64_t sum = (int64_t)n * (n + 1) / 2;
        for (int k = 1; k <= n; k++) sum += (int8_t)k;
        assert_int_equal(result.of.i64, sum);
        weft_store_stats stats = {.size = sizeof stats};
        weft_store_get_stats(store, &stats);
        assert_true(stats.collections > (stress ? 400 : 1));
        weft_store_collect(store);
        weft_store_get_stats(store, &stats);
        assert_int_equal(stats.heap_objects, 0);
        assert_int_equal(stats.heap_bytes, 0);
        weft_store_free(store);
    }
}

static void the_heap_has_a_limit(void **state)
{
    (void)state;
    weft_store_options options = WEFT_STORE_OPTIONS_INIT;
    options.heap_bytes = 100000;
    weft_store *store = store_of(&options);
    weft_instance *i = instance_of(store, lists);
    weft_value arg = WEFT_VALUE_I32(300), result;
    weft_error error = WEFT_ERROR_INIT;
    assert_int_equal(weft_call_export(i, "sum", &arg, 1, &result, 1, &error), WEFT_DONE);
    arg = WEFT_VALUE_I32(3000);
    assert_int_equal(weft_call_export(i, "sum", &arg, 1, &result, 1, &error), WEFT_FAILED);
    assert_string_equal(error.text, "out of memory");
    arg = WEFT_VALUE_I32(300);
    assert_int_equal(weft_call_export(i, "sum", &arg, 1, &result, 1, &error), WEFT_DONE);
    weft_store_free(store);
}

static void objects_of_constant_expressions_live(void **state)
{
    (void)state;
    weft_store_options options = WEFT_STORE_OPTIONS_INIT;
    options.gc_stress = true;
    weft_store *store = store_of(&options);
    weft_instance *i = instance_of(
        store,
        "(module (type $p (struct (field i32) (field (ref null $p)))) (type $a (array (ref $p)))"
        " (global $g (ref $p) (struct.new $p (i32.const 1)"
        "   (struct.new $p (i32.add (i32.const 20) (i32.const 2)) (ref.null $p))))"
        " (global $h (ref $a) (array.new $a (struct.new $p (i32.const 30) (global.get $g))"
        "   (i32.const 4)))"
        " (table $t 3 (ref null $p) (struct.new $p (i32.const 100) (ref.null $p)))"
        " (elem (table $t) (i32.const 1) (ref null $p)"
        "   (item (struct.new $p (i32.const 1000) (global.get $g))))"
        " (func (export \"go\") (result i32)"
        "  (i32.add (i32.add (i32.add"
        "   (struct.get $p 0 (struct.get $p 1 (global.get $g)))"
        "   (struct.get $p 0 (array.get $a (global.get $h) (i32.const 3))))"
        "   (struct.get $p 0 (table.get $t (i32.const 2))))"
        "   (struct.get $p 0 (table.get $t (i32.const 1))))))");
    weft_store_collect(store);
    assert_int_equal(call_i32_0(i, "go"), 22 + 30 + 100 + 1000);
    weft_store_free(store);
}

static void types_are_the_same_across_modules(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_instance *a = instance_of(
        store, "(module (type $pad (func)) (rec (type $n (sub (struct (field (ref null $m)))))"
               " (type $m (sub $n (struct (field (ref null $m)) (field i32)))))"
               " (func (export \"make\") (result (ref $n)) (struct.new $m (ref.null $m) (i32.const 9)))"
               " (func (export \"other\") (result (ref struct)) (struct.new_default $n)))");
    assert_true(weft_define_instance(store, name_of_text("a"), a, &error));
    weft_instance *b = instance_of(
        store, "(module (rec (type $n (sub (struct (field (ref null $m)))))"
               " (type $m (sub $n (struct (field (ref null $m)) (field i32)))))"
               " (import \"a\" \"make\" (func $make (result (ref $n))))"
               " (import \"a\" \"other\" (func $other (result (ref struct))))"
               " (func (export \"go\") (result i32)"
               "  (i32.add (struct.get $m 1 (ref.cast (ref $m) (call $make)))"
               "   (ref.test (ref $m) (call $other)))))");
    assert_int_equal(call_i32_0(b, "go"), 9);
    // The same types, but not in one group: others.
    weft_module *m = module_of("(module (type $n (sub (struct (field (ref null $n)))))"
                               " (import \"a\" \"make\" (func (result (ref $n)))))");
    assert_null(weft_instantiate(store, m, NULL, &error));
    assert_int_equal(error.kind, WEFT_UNLINKABLE);
    weft_module_release(m);
    weft_store_free(store);
}

// A chain of a million objects is marked without a million C frames.
static void long_chains_are_marked_flat(void **state)
{
    (void)state;
    weft_store *store = store_of(NULL);
    weft_instance *i = instance_of(
        store, "(module (type $n (struct (field (ref null $n)))) (global $g (mut (ref null $n)) (ref.null $n))"
               " (func (export \"grow\") (param i32) (result i32) (loop $l"
               "  (global.set $g (struct.new $n (global.get $g)))"
               "  (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
               "  (i32.const 1)))");
    assert_int_equal(CALL_I32(i, "grow", 1000000), 1);
    weft_store_collect(store);
    weft_store_stats stats = {.size = sizeof stats};
    weft_store_get_stats(store, &stats);
    assert_int_equal(stats.heap_objects, 1000000);
    weft_instance_release(i);
    weft_store_collect(store);
    weft_store_get_stats(store, &stats);
    assert_int_equal(stats.heap_objects, 0);
    weft_store_free(store);
}

static int tokens_dropped;

static void drop_token(void *value)
{
    (void)value;
    tokens_dropped++;
}

static weft_result host_token(weft_call *call, void *user)
{
    static char tokens[1 << 20];
    int *made = user;
    call->results[0] = weft_ref_new_extern(weft_call_store(call), &tokens[(*made)++], drop_token);
    return WEFT_OK;
}

// Code that allocates nothing itself but calls a host function that does.
static void host_values_in_a_loop_are_collected(void **state)
{
    (void)state;
    int made = 0;
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_define_func(store, "env", "token", ":E", host_token, &made, NULL, &error));
    weft_instance *i = instance_of(
        store, "(module (import \"env\" \"token\" (func $token (result externref)))"
               " (global $g (mut externref) (ref.null extern))"
               " (func (export \"go\") (param i32) (result i32) (loop $l"
               "  (global.set $g (call $token))"
               "  (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
               "  (ref.is_null (global.get $g))))");
    tokens_dropped = 0;
    assert_int_equal(CALL_I32(i, "go", 1000000), 0);
    assert_int_equal(made, 1000000);
    assert_true(tokens_dropped > 500000);
    weft_store_free(store);
    assert_int_equal(tokens_dropped, 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_pointers_are_equal_references),
        cmocka_unit_test(i31_keeps_31_bits),
        cmocka_unit_test(host_values_pass_through_code),
        cmocka_unit_test(function_references_are_their_functions),
        cmocka_unit_test(garbage_goes_and_the_rest_stays),
        cmocka_unit_test(the_heap_has_a_limit),
        cmocka_unit_test(objects_of_constant_expressions_live),
        cmocka_unit_test(types_are_the_same_across_modules),
        cmocka_unit_test(host_values_in_a_loop_are_collected),
        cmocka_unit_test(long_chains_are_marked_flat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
