// test_wat_print.c -- modules as text, and that the text makes the same module again.
// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ports/base.h"
#include "tests/rationed.h"
#include "weft_wat.h"

static void must_assemble(const char *text, size_t text_size, u8 **bytes, size_t *size)
{
    weft_wat_options options = WEFT_WAT_OPTIONS_INIT;
    weft_wat_error error = WEFT_WAT_ERROR_INIT;
    options.names = true;
    if (!weft_wat2wasm(text, text_size, &options, bytes, size, &error))
        fail_msg("%.*s\n%s\n%s", (int)text_size, text, error.text, error.excerpt);
}

static void must_print(const u8 *bytes, size_t size, char **text, size_t *text_size)
{
    weft_error error = WEFT_ERROR_INIT;
    if (!weft_wasm2wat(bytes, size, "all", NULL, text, text_size, &error))
        fail_msg("%s at %llx", error.text, (unsigned long long)error.offset);
    assert_int_equal(strlen(*text), *text_size);
}

// What `source` prints as.
static void assert_prints(const char *source, const char *wanted)
{
    u8 *bytes;
    char *text;
    size_t size, text_size;
    must_assemble(source, strlen(source), &bytes, &size);
    must_print(bytes, size, &text, &text_size);
    assert_string_equal(text, wanted);
    weft_wat_free(NULL, bytes, size);
    weft_wat_free(NULL, text, text_size + 1);
}

// Text, bytes, text, bytes: the bytes are the same.
static void assert_round_trip(const char *source)
{
    u8 *bytes, *again;
    char *text;
    size_t size, again_size, text_size;
    must_assemble(source, strlen(source), &bytes, &size);
    must_print(bytes, size, &text, &text_size);
    must_assemble(text, text_size, &again, &again_size);
    if (size != again_size || memcmp(bytes, again, size) != 0) fail_msg("%s", text);
    weft_wat_free(NULL, bytes, size);
    weft_wat_free(NULL, again, again_size);
    weft_wat_free(NULL, text, text_size + 1);
}

static void a_page_of_text_reads_well(void **state)
{
    (void)state;
    assert_prints(
        "(module $m (import \"env\" \"log\" (func $log (param i32)))\n"
        "(memory 1) (global $count (mut i64) (i64.const -1))\n"
        "(func $f (export \"run\") (param $n i32) (param f32) (result i32) (local $i i32) (local f64 f64)\n"
        "(block $done (loop $next (br_if $done (i32.eqz (local.get $n))) (call $log (local.get $i))\n"
        "(br $next))) (if (result i32) (local.get $n) (then (i32.load offset=4 align=1 (local.get $n)))\n"
        "(else (i32.const 7))))\n"
        "(data (i32.const 8) \"caf\\u{e9} \\00\\\"\\\\\"))",
        "(module (@name \"m\")\n"
        "  (type (;0;) (func (param i32)))\n"
        "  (type (;1;) (func (param i32 f32) (result i32)))\n"
        "  (import \"env\" \"log\" (func $log (;0;) (type 0) (param i32)))\n"
        "  (func $f (;1;) (type 1) (param $n i32) (param f32) (result i32)\n"
        "    (local $i i32)\n"
        "    (local f64 f64)\n"
        "    block $done\n"
        "      loop $next\n"
        "        local.get $n\n"
        "        i32.eqz\n"
        "        br_if $done\n"
        "        local.get $i\n"
        "        call $log\n"
        "        br $next\n"
        "      end\n"
        "    end\n"
        "    local.get $n\n"
        "    if (result i32)\n"
        "      local.get $n\n"
        "      i32.load offset=4 align=1\n"
        "    else\n"
        "      i32.const 7\n"
        "    end)\n"
        "  (memory (;0;) 1)\n"
        "  (global $count (;0;) (mut i64) (i64.const -1))\n"
        "  (export \"run\" (func $f))\n"
        "  (data (;0;) (i32.const 8) \"caf\xc3\xa9 \\00\\\"\\\\\"))\n");
}

static void everything_comes_back(void **state)
{
    (void)state;
    static const char *const sources[] = {
        "",
        "(rec (type $a (sub (struct (field $x i32) (field (mut (ref null $b))))))"
        " (type $b (sub $a (struct (field i32) (field (mut (ref null $b))) (field i8)))))"
        "(type (sub final (array (mut i16)))) (type (sub $b (struct (field i32)"
        " (field (mut (ref null $b))) (field i8) (field v128))))",
        "(table $t i64 1 2 funcref) (table 3 (ref $f) (ref.func $g)) (type $f (func)) (func $g)"
        "(elem (table 1) (i32.const 0) (ref $f) (ref.func $g)) (elem declare func $g)"
        "(elem $p externref (ref.null extern) (item ref.null noextern))"
        "(elem (i64.const 0) func $g $g) (elem (offset (i64.add (i64.const 0) (i64.const 0)))"
        " funcref (item (ref.func $g)))",
        "(memory $a i64 1 2) (memory $b 1 1 shared) (memory 0 5 (pagesize 1)) (data (memory $b)"
        " (i32.const 1) \"x\") (data \"passive\")",
        "(global $a i32 (i32.const 1)) (global (mut i32) (i32.add (global.get $a) (i32.const -2)))"
        "(global f32 (f32.const nan:0x1)) (global f64 (f64.const -0x1p-1074))"
        "(global v128 (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 255))"
        "(global (ref i31) (ref.i31 (i32.const 3))) (export \"\" (global 0))",
        "(tag (import \"\" \"\")) (tag $e (param i32))",
        "(tag $e (param i32)) (func (block $h (result i32 exnref) (try_table (catch_ref $e $h)"
        " (catch_all 1) (throw $e (i32.const 1))) (return)) (throw_ref) (drop))",
        "(tag $e) (func $f (try $t (do (call $f)) (catch $e (rethrow $t)) (catch_all nop))"
        " (block $l (try (do (call $f)) (delegate $l))))",
        "(memory 1) (memory $n 1) (data $d \"\") (func (memory.copy $n 0 (i32.const 0) (i32.const 0)"
        " (i32.const 0)) (memory.init $n $d (i32.const 0) (i32.const 0) (i32.const 0))"
        " (data.drop $d) (memory.fill $n (i32.const 0) (i32.const 0) (i32.const 0))"
        " (drop (v128.load8_lane $n offset=3 15 (i32.const 0) (v128.const i64x2 0 0)))"
        " (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (v128.const i64x2 0 0)"
        " (v128.const i64x2 0 0))) (drop (i32x4.extract_lane 3 (v128.const f32x4 0 1 2 3))))",
        "(type $s (struct (field i32))) (type $a (array (mut i8))) (data $d \"x\")"
        "(func (param (ref null $s) anyref) (result i32) (drop (struct.get $s 0 (local.get 0)))"
        " (drop (array.new_data $a $d (i32.const 0) (i32.const 1)))"
        " (drop (array.new_fixed $a 2 (i32.const 1) (i32.const 2)))"
        " (block $l (result (ref $s)) (br_on_cast $l anyref (ref $s) (local.get 1)) (drop)"
        " (unreachable)) (drop) (ref.test (ref null $s) (local.get 1)))",
        "(memory 1 1 shared) (func (atomic.fence) (drop (i32.atomic.rmw8.add_u offset=1"
        " (i32.const 0) (i32.const 1))) (drop (memory.atomic.notify (i32.const 0) (i32.const 0))))",
        "(func (param i64 i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 1)))",
        "(table 1 funcref) (func (param i32) (result i32) (return_call_indirect (param i32)"
        " (result i32) (local.get 0) (i32.const 0)))",
        "(func (param i32) (select (result i32) (i32.const 1) (i32.const 2) (local.get 0)) (drop)"
        " (block (br_table 0 0 1 (local.get 0))))",
        "(func $a (param i32) (@metadata.code.branch_hint \"\\00\") (if (local.get 0) (then"
        " (@metadata.code.branch_hint \"\\01\") (br_if 0 (local.get 0)))))",
        "(@custom \"x\" (before first) \"\\00\\ff\") (@custom \"y\" (after code)) (func)"
        "(@custom \"z\" (after last) \"123456789012345678901234567890123456789012345678901234567890"
        "123456789012345678901234567890\")",
        // Names that are no identifiers, or not the only ones of their kind.
        "(func $\"a b\" (param $\"p\\\"\" i32) (local.set $\"p\\\"\" (i32.const 0)) (call $\"a b\""
        " (i32.const 0))) (func $x) (func (@name \"x\") (call $x)) (func (@name \"\"))"
        "(func (local $l i32) (local $m (@name \"l\") i32))",
        // A label hidden by one of the same name can only be counted.
        "(func (block $l (block $l (br $l) (br 1)) (br $l)))",
    };
    for (size_t i = 0; i < COUNT_OF(sources); i++) assert_round_trip(sources[i]);
}

static void deep_blocks_are_printed_without_deep_lines(void **state)
{
    (void)state;
    enum { DEPTH = 50000 };
    static char source[DEPTH * 10 + 20];
    size_t at = (size_t)sprintf(source, "(func ");
    for (int i = 0; i < DEPTH; i++) at += (size_t)sprintf(source + at, "block ");
    for (int i = 0; i < DEPTH; i++) at += (size_t)sprintf(source + at, "end ");
    sprintf(source + at, ")");
    assert_round_trip(source);
}

static void what_cannot_be_printed_is_refused(void **state)
{
    (void)state;
    // A function with 2^32 - 1 locals in a few bytes.
    static const u8 module[] = "\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\x0a\x0a\1\x08\1\xff\xff\xff\xff\x0f\x7f\x0b";
    weft_error error = WEFT_ERROR_INIT;
    char *text;
    size_t size;
    assert_false(weft_wasm2wat(module, sizeof module - 1, NULL, NULL, &text, &size, &error));
    assert_int_equal(error.kind, WEFT_HOST);
    assert_false(weft_wasm2wat("\0asm\1\0\0\0\1", 9, NULL, NULL, &text, &size, &error));
    assert_int_equal(error.kind, WEFT_MALFORMED);
    assert_false(weft_wasm2wat("\0asm\1\0\0\0", 8, "no-such-thing", NULL, &text, &size, &error));
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const char source[] =
        "(module $m (type $s (struct (field $x i32))) (func $f (param $p i32) (local $l i32)"
        " (block $b (br_table $b 0 (local.get $p)))) (table 1 funcref) (elem (i32.const 0) $f)"
        " (data \"x\") (@custom \"c\" \"y\") (func (@name \"f\")))";
    u8 *bytes;
    size_t size;
    must_assemble(source, sizeof source - 1, &bytes, &size);
    bool done = false;
    for (long limit = 0; !done; limit++) {
        Rationed rationed = {.left = limit};
        weft_allocator allocator = {rationed_resize, &rationed};
        weft_wat_options options = WEFT_WAT_OPTIONS_INIT;
        weft_error error = WEFT_ERROR_INIT;
        char *text;
        size_t text_size;
        options.allocator = &allocator;
        done = weft_wasm2wat(bytes, size, NULL, &options, &text, &text_size, &error);
        if (done) weft_wat_free(&options, text, text_size + 1);
        else if (error.kind != WEFT_HOST) fail_msg("after %ld: %s", limit, error.text);
        assert_int_equal(rationed.taken, 0);
        assert_true(limit < 5000);
    }
    weft_wat_free(NULL, bytes, size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_of_text_reads_well),
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(deep_blocks_are_printed_without_deep_lines),
        cmocka_unit_test(what_cannot_be_printed_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
