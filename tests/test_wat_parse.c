// test_wat_parse.c -- texts into modules: abbreviations, numbering, errors, hostile input.
//
// Two ways of writing one thing must give the same bytes; where the bytes themselves matter
// they stand beside the text.
// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "loader/instr.h"
#include "tests/rationed.h"
#include "tools/wat/bytes.h"
#include "weft_wat.h"

static bool assemble(const char *text, bool names, u8 **bytes, size_t *size, weft_wat_error *error)
{
    weft_wat_options options = WEFT_WAT_OPTIONS_INIT;
    options.names = names;
    return weft_wat2wasm(text, strlen(text), &options, bytes, size, error);
}

static void must_assemble(const char *text, u8 **bytes, size_t *size)
{
    weft_wat_error error = WEFT_WAT_ERROR_INIT;
    if (!assemble(text, false, bytes, size, &error)) fail_msg("%s\n%s", text, error.text);
}

static void assert_same_module(const char *one, const char *other)
{
    u8 *a, *b;
    size_t a_size, b_size;
    must_assemble(one, &a, &a_size);
    must_assemble(other, &b, &b_size);
    if (a_size != b_size || memcmp(a, b, a_size) != 0) fail_msg("%s\nis not\n%s", one, other);
    weft_wat_free(NULL, a, a_size);
    weft_wat_free(NULL, b, b_size);
}

// The bytes behind the module's header.
static void assert_bytes(const char *text, const char *wanted, size_t wanted_size)
{
    u8 *bytes;
    size_t size;
    must_assemble(text, &bytes, &size);
    if (size - 8 != wanted_size || memcmp(bytes + 8, wanted, wanted_size) != 0) {
        for (size_t i = 8; i < size; i++) fprintf(stderr, "\\x%02x", bytes[i]);
        fail_msg("%s", text);
    }
    weft_wat_free(NULL, bytes, size);
}

#define BYTES(literal) literal, sizeof(literal) - 1

static void abbreviations_mean_what_they_stand_for(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"", "(module)"},
        {"(func)", "(module (func))"},
        {"(func (export \"a\") (export \"b\") (param i32 i64))",
         "(type (func (param i32) (param i64))) (func (type 0)) (export \"a\" (func 0))"
         "(export \"b\" (func 0))"},
        {"(func $f (export \"e\") (import \"m\" \"n\") (param i32))",
         "(import \"m\" \"n\" (func (param i32))) (export \"e\" (func 0))"},
        {"(memory (import \"m\" \"n\") i64 1 2 shared)", "(import \"m\" \"n\" (memory i64 1 2 shared))"},
        {"(table $t (import \"m\" \"n\") 1 externref)", "(import \"m\" \"n\" (table 1 externref))"},
        {"(global (export \"g\") (import \"m\" \"n\") (mut i64))",
         "(import \"m\" \"n\" (global (mut i64))) (export \"g\" (global 0))"},
        {"(tag (export \"t\") (import \"m\" \"n\") (param i32))",
         "(import \"m\" \"n\" (tag (param i32))) (export \"t\" (tag 0))"},
        {"(func $f) (table funcref (elem $f 0))",
         "(func $f) (table 2 2 funcref) (elem (i32.const 0) func $f $f)"},
        {"(func $f) (table i64 funcref (elem $f))",
         "(func $f) (table i64 1 1 funcref) (elem (i64.const 0) $f)"},
        {"(table anyref (elem (ref.i31 (i32.const 1)) (item ref.null any)))",
         "(table 2 2 anyref) (elem (offset (i32.const 0)) anyref (item (ref.i31 (i32.const 1)))"
         "(ref.null any))"},
        {"(type $t (func)) (func $f) (table (ref null $t) (elem $f))",
         "(type $t (func)) (func $f) (table 1 1 (ref null $t))"
         "(elem (table 0) (i32.const 0) (ref null $t) (ref.func $f))"},
        {"(memory (data \"ab\" \"c\"))", "(memory 1 1) (data (i32.const 0) \"abc\")"},
        {"(memory (data))", "(memory 0 0) (data (offset i32.const 0))"},
        {"(memory i64 (data \"a\"))", "(memory i64 1 1) (data (memory 0) (i64.const 0) \"a\")"},
        {"(memory (pagesize 1) (data \"abc\"))",
         "(memory 3 3 (pagesize 0x1)) (data (i32.const 0) \"abc\")"},
        {"(memory 1 (pagesize 65536))", "(memory 1)"},
        {"(elem declare func) (elem func) (elem (ref func))",
         "(elem declare func) (elem func) (elem func)"},
        {"(func $f) (table 1 funcref) (elem 0 (i32.const 0) $f)",
         "(func $f) (table 1 funcref) (elem (i32.const 0) $f)"},
        {"(memory 1) (data 0 (i32.const 1) \"x\")", "(memory 1) (data (i32.const 1) \"x\")"},
        {"(type $t (sub final (func)))", "(type (func))"},
        {"(rec (type (func)))", "(type (func))"},
        {"(type (func (param $x i32) (param i32) (result) (result i32 i32)))",
         "(type (func (param i32 i32) (result i32) (result i32)))"},
        {"(global funcref (ref.null func))", "(global (ref null func) ref.null func)"},
        {"(func (param nullref nullexternref nullfuncref nullexnref exnref structref))",
         "(func (param (ref null none) (ref null noextern) (ref null nofunc) (ref null noexn)"
         "(ref null exn) (ref null struct)))"},
        // Folded and plain.
        {"(func (result i32) (i32.add (i32.const 1) (i32.mul (i32.const 2) (i32.const 3))))",
         "(func (result i32) i32.const 1 i32.const 2 i32.const 3 i32.mul i32.add)"},
        {"(func (param i32) (if (local.get 0) (then (nop)) (else (unreachable))))",
         "(func (param i32) local.get 0 if nop else unreachable end)"},
        {"(func (param i32) (if (local.get 0) (then nop) (else)))",
         "(func (param i32) (local.get 0) if nop else end)"},
        {"(func (if $l (i32.const 1) (i32.const 0) (then br $l)))",
         "(func i32.const 1 i32.const 0 if $l br 0 end)"},
        {"(func (block $a (loop $b (br $a) (br $b))))",
         "(func block $a loop $b br 1 br 0 end $b end $a)"},
        {"(tag $e) (func (try_table $l (catch $e 0) (catch_all_ref 0) (br $l)))",
         "(tag $e) (func try_table (catch 0 0) (catch_all_ref 0) br 0 end)"},
        {"(tag $e) (func (try $l (do nop) (catch $e drop) (catch_all (rethrow $l))))",
         "(tag $e) (func try $l nop catch $e drop catch_all rethrow 0 end)"},
        {"(func (block $b (try (do nop) (delegate $b))))", "(func block try nop delegate 0 end)"},
        {"(func (drop (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3))))",
         "(func i32.const 1 i32.const 2 i32.const 3 select (result i32) drop)"},
        {"(func (i32.const 1) (drop))", "(func (drop (i32.const 1)))"},
        // Defaults of immediates.
        {"(memory 1) (func (drop (i32.load (i32.const 0))))",
         "(memory 1) (func (drop (i32.load 0 offset=0 align=4 (i32.const 0))))"},
        {"(memory $m 1) (func (drop (memory.grow (memory.size))))",
         "(memory $m 1) (func (drop (memory.grow $m (memory.size $m))))"},
        {"(memory 1) (func (v128.store8_lane 3 (i32.const 0) (v128.const i64x2 0 0)))",
         "(memory 1) (func (v128.store8_lane 0 3 (i32.const 0) (v128.const i64x2 0 0)))"},
        {"(memory 1) (data $d \"\") (func (memory.init $d (i32.const 0) (i32.const 0) (i32.const 0)))",
         "(memory 1) (data $d \"\") (func (memory.init 0 $d (i32.const 0) (i32.const 0) (i32.const 0)))"},
        {"(table 1 funcref) (func (table.copy (i32.const 0) (i32.const 0) (i32.const 0)))",
         "(table 1 funcref) (func (table.copy 0 0 (i32.const 0) (i32.const 0) (i32.const 0)))"},
        {"(table 1 funcref) (func (call_indirect (i32.const 0)))",
         "(type (func)) (table 1 funcref) (func (call_indirect 0 (type 0) (i32.const 0)))"},
        {"(type $s (struct (field $a i32) (field $b (mut i64))))"
         "(func (param (ref $s)) (struct.set $s $b (local.get 0) (i64.const 1)))",
         "(type (struct (field i32 (mut i64))))"
         "(func (param (ref 0)) local.get 0 i64.const 1 struct.set 0 1)"},
        // Identifiers.
        {"(func $\"a b\") (export \"x\" (func $\"a\\20b\"))", "(func) (export \"x\" (func 0))"},
        {"(func $\"f\" (call $f))", "(func (call 0))"},
        {"(func (call $later)) (func $later)", "(func (call 1)) (func)"},
        {"(func (param $x i32) (local $y i32) (local.set $y (local.get $x)))",
         "(func (param i32) (local i32) (local.set 1 (local.get 0)))"},
        {"(func (block $l (block $l (br $l)) (br $l)))", "(func (block (block (br 0)) (br 0)))"},
        {"((@x) func (@y) $f (@z)) (@end)", "(func)"},
    };
    for (size_t i = 0; i < COUNT_OF(pairs); i++) assert_same_module(pairs[i][0], pairs[i][1]);
}

static void inline_types_find_the_first_equal_one_or_are_appended(void **state)
{
    (void)state;
    // Appended behind all explicit types, in the order of use, bodies included.
    assert_same_module(
        "(func (result f32) (drop (block (result i32 i32) unreachable)) unreachable)"
        "(func (param f64)) (type (func (param i64)))",
        "(type (func (param i64))) (type (func (result f32))) (type (func (result i32 i32)))"
        "(type (func (param f64)))"
        "(func (type 1) (drop (block (type 2) unreachable)) unreachable) (func (type 3))");
    // Only a final type without supertypes, in no group, will do.
    assert_same_module("(rec (type (func)) (type (func))) (type (sub (func))) (type (func)) (func)",
                       "(rec (type (func)) (type (func))) (type (sub (func))) (type (func))"
                       "(func (type 3))");
    assert_same_module("(type (func)) (type (func)) (func)", "(type (func)) (type (func)) (func (type 0))");
}

static void writes_the_shortest_bytes(void **state)
{
    (void)state;
    assert_bytes("(module)", BYTES(""));
    assert_bytes("(func (local i32 i32 i64) (local i32))",
                 BYTES("\x01\x04\x01\x60\x00\x00" "\x03\x02\x01\x00"
                       "\x0a\x0a\x01\x08\x03\x02\x7f\x01\x7e\x01\x7f\x0b"));
    // A data count section only where an instruction names a segment.
    assert_bytes("(data \"x\")", BYTES("\x0b\x04\x01\x01\x01x"));
    assert_bytes("(data \"\") (func (data.drop 0))",
                 BYTES("\x01\x04\x01\x60\x00\x00" "\x03\x02\x01\x00" "\x0c\x01\x01"
                       "\x0a\x07\x01\x05\x00\xfc\x09\x00\x0b" "\x0b\x03\x01\x01\x00"));
    // All eight kinds of element segments.
    assert_bytes("(func $f) (table 1 funcref)"
                 "(elem (i32.const 0) $f) (elem func $f) (elem (table 1) (i32.const 0) func $f)"
                 "(elem declare func $f) (elem (i32.const 0) funcref (ref.func $f))"
                 "(elem funcref (ref.func $f)) (elem (i32.const 0) externref (ref.null extern))"
                 "(elem declare funcref (ref.func $f))",
                 BYTES("\x01\x04\x01\x60\x00\x00" "\x03\x02\x01\x00" "\x04\x04\x01\x70\x00\x01"
                       "\x09\x35\x08" "\x00\x41\x00\x0b\x01\x00" "\x01\x00\x01\x00"
                       "\x02\x01\x41\x00\x0b\x00\x01\x00" "\x03\x00\x01\x00"
                       "\x04\x41\x00\x0b\x01\xd2\x00\x0b" "\x05\x70\x01\xd2\x00\x0b"
                       "\x06\x00\x41\x00\x0b\x6f\x01\xd0\x6f\x0b"
                       "\x07\x70\x01\xd2\x00\x0b" "\x0a\x04\x01\x02\x00\x0b"));
    assert_bytes("(memory i64 1 2) (memory 0x1_0000)",
                 BYTES("\x05\x08\x02\x05\x01\x02\x00\x80\x80\x04"));
}

static void custom_annotations_become_sections(void **state)
{
    (void)state;
    assert_bytes("(type (func)) (@custom \"a\" (after type) \"xy\") (@custom \"b\" (before first))"
                 "(@custom \"c\" \"\\00\")",
                 BYTES("\x00\x02\x01" "b" "\x01\x04\x01\x60\x00\x00" "\x00\x04\x01" "axy"
                       "\x00\x03\x01" "c\x00"));
    assert_bytes("(func (@name \"f\"))",
                 BYTES("\x01\x04\x01\x60\x00\x00" "\x03\x02\x01\x00" "\x0a\x04\x01\x02\x00\x0b"
                       "\x00\x0b\x04name" "\x01\x04\x01\x00\x01" "f"));
    assert_bytes("(func (param i32) (@metadata.code.branch_hint \"\\01\") (if (local.get 0) (then)))",
                 BYTES("\x01\x05\x01\x60\x01\x7f\x00" "\x03\x02\x01\x00"
                       "\x00\x20\x19metadata.code.branch_hint" "\x01\x00\x01\x03\x01\x01"
                       "\x0a\x09\x01\x07\x00\x20\x00\x04\x40\x0b\x0b"));
}

static void identifiers_become_names_if_asked(void **state)
{
    (void)state;
    u8 *bytes;
    size_t size;
    assert_true(assemble("(module $m (func $f (param $p i32) (local $l i32) block $b end)"
                         "(type $t (struct (field $x i32))) (global $g i32 i32.const 0))",
                         true, &bytes, &size, NULL));
    static const u8 names[] =
        "\x00\x01m" "\x01\x04\x01\x00\x01" "f" "\x02\x09\x01\x00\x02\x00\x01p\x01\x01l"
        "\x03\x06\x01\x00\x01\x00\x01" "b" "\x04\x04\x01\x00\x01t" "\x07\x04\x01\x00\x01g"
        "\x0a\x06\x01\x00\x01\x00\x01x";
    // Subsection 0 holds a name of its own length.
    size_t tail = sizeof names - 1 - 3;
    assert_true(size > tail);
    assert_memory_equal(bytes + size - tail, names + 3, tail);
    weft_wat_free(NULL, bytes, size);
}

static void mistakes_are_told_in_the_suites_words_and_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
        u32 line, column;
    } cases[] = {
        {"(func $f)\n(func\n  (call $g))", "unknown function $g", 3, 9},
        {"(func)(func $f)(func $f)", "duplicate func $f", 1, 22},
        {"(func (param $x i32) (local $x i32))", "duplicate local $x", 1, 29},
        {"(type (struct (field $x i32) (field $x i32)))", "duplicate field $x", 1, 37},
        {"(func) (import \"\" \"\" (func))", "import after function", 1, 8},
        {"(table 1 funcref) (memory (import \"\" \"\") 1)", "import after table", 1, 19},
        {"(func) (start 0) (start 0)", "multiple start sections", 1, 18},
        {"(func block $a end $b)", "mismatching label $b", 1, 20},
        {"(func (br $l))", "unknown label $l", 1, 11},
        {"(func (i32.const 4294967296))", "constant out of range 4294967296", 1, 18},
        {"(func (i32.const nan))", "unexpected token nan", 1, 18},
        {"(func (f32.const 1e39))", "constant out of range 1e39", 1, 18},
        {"(memory 1) (func (i32.load align=3 (i32.const 0)))",
         "alignment must be a power of two: align=3", 1, 28},
        {"(func (v128.const i32x4 1 2 3))", "wrong number of lane literals", 1, 25},
        {"(func (i8x16.shuffle 1))", "invalid lane length", 1, 22},
        {"(func (i8x16.extract_lane_s 256))", "i8 constant out of range 256", 1, 29},
        {"(func (get_local 0))", "unknown operator get_local", 1, 8},
        {"(func (i32.const 0x))", "unknown operator 0x", 1, 18},
        {"(func (module))", "unexpected token module", 1, 8},
        {"(func (result i32) (param i32))", "unexpected token param", 1, 21},
        {"(func (if (i32.const 0)))", "unexpected token )", 1, 24},
        {"(func (if (then) (nop)))", "unexpected token nop", 1, 19},
        {"(func else)", "unexpected token else", 1, 7},
        {"(func end)", "unexpected token end", 1, 7},
        {"(func (i32.add nop))", "unexpected token nop", 1, 16},
        {"(func block", "unexpected token: the text ends here", 1, 12},
        {"(module) (module)", "unexpected token (", 1, 10},
        {"(type (func (param i32))) (func (type 0) (result i32))", "inline function type", 1, 33},
        {"(func (type 3) (param i32))", "unknown type 3", 1, 7},
        {"(memory 1 (pagesize 3))", "invalid custom page size 3", 1, 21},
        {"(export \"\\ff\" (func 0))", "malformed UTF-8 encoding", 1, 9},
        {"\xc3\xa4\xc3\xa4", "illegal character", 1, 1},
        {";; \xc3\xa4\n(func \xc3)", "malformed UTF-8 encoding", 2, 7},
        {"(@custom \"x\" (before nothing)) ", "@custom annotation: malformed section kind", 1, 1},
        {"(func (@custom \"x\"))", "misplaced @custom annotation", 1, 7},
        {"(func (@name \"a\") (@name \"b\"))", "@name annotation: multiple names", 1, 19},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        weft_wat_error error = WEFT_WAT_ERROR_INIT;
        u8 *bytes;
        size_t size;
        assert_false(assemble(cases[i].text, false, &bytes, &size, &error));
        size_t length = strlen(cases[i].message);
        if (strncmp(error.text, cases[i].message, length) != 0 || error.line != cases[i].line ||
            error.column != cases[i].column || error.kind != WEFT_MALFORMED)
            fail_msg("%s\n%u:%u: %s", cases[i].text, error.line, error.column, error.text);
    }
}

static void the_caret_stands_under_the_place(void **state)
{
    (void)state;
    weft_wat_error error = WEFT_WAT_ERROR_INIT;
    char message[600];
    u8 *bytes;
    size_t size;
    assert_false(assemble("(func $f\r\n\t(\"\xc3\xa4\" call $g))\r\n", false, &bytes, &size, &error));
    weft_wat_error_format(&error, "x.wat", message, sizeof message);
    assert_string_equal(message, "x.wat:2:3: unexpected token \"\xc3\xa4\"\n\t(\"\xc3\xa4\" call $g))\n\t ^");

    // Of a long line, a window around the place.
    char text[2000];
    memset(text, ' ', sizeof text);
    memcpy(text + 1000, "oops", 4);
    text[sizeof text - 1] = 0;
    assert_false(assemble(text, false, &bytes, &size, &error));
    const char *caret = strchr(error.excerpt, '\n') + 1;
    assert_memory_equal(error.excerpt + strspn(caret, " "), "oops", 4);
    assert_int_equal(error.column, 1001);
}

static void a_first_line_for_the_shell_is_skipped(void **state)
{
    (void)state;
    assert_same_module("#!/usr/bin/env -S weft run\n(module (func))", "(module (func))");
    assert_same_module("\xef\xbb\xbf(module (func))", "(module (func))");
    assert_true(weft_wat_is_text("#!weft\n ;; x\n(module)", 21));
    assert_false(weft_wat_is_text("\0asm\1\0\0\0", 8));
    assert_false(weft_wat_is_text("hello", 5));
    assert_false(weft_wat_is_text("", 0));
}

// Hundreds of thousands of anything nest without a C stack to match.
static void deep_nesting_only_takes_memory(void **state)
{
    (void)state;
    enum { DEPTH = 200000 };
    static const char *const shapes[][3] = {
        {"(func (result i32) ", "(i32.eqz ", "(i32.const 0)"},
        {"(func ", "(block ", "nop"},
        {"(func ", "(; ", ""},
        {"(@x ", "( ", ""},
        {"(func ", "(loop $l (if (i32.const 0) (then ", "br $l"},
    };
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        Bytes text;
        bytes_init(&text, &allocator_libc);
        bytes_text(&text, shapes[i][0]);
        u32 closers = 0;
        for (const char *c = shapes[i][1]; *c; c++) closers += *c == '(';
        closers -= i == 4 ? 1 : 0;  // (i32.const 0) closes itself
        for (u32 d = 0; d < DEPTH; d++) bytes_text(&text, shapes[i][1]);
        bytes_text(&text, shapes[i][2]);
        for (u32 d = 0; d < DEPTH * closers; d++) bytes_text(&text, i == 2 ? ";)" : ")");
        bytes_text(&text, ")");
        u8 *bytes;
        size_t size;
        weft_wat_error error = WEFT_WAT_ERROR_INIT;
        if (!weft_wat2wasm((const char *)text.data, text.size, NULL, &bytes, &size, &error))
            fail_msg("%s: %s", shapes[i][1], error.text);
        weft_wat_free(NULL, bytes, size);
        // Unclosed, it is a mistake like any other.
        assert_false(weft_wat2wasm((const char *)text.data, text.size - 1, NULL, &bytes, &size,
                                   &error));
        bytes_free(&text);
    }
}

// --- memory running out --------------------------------------------------------------

static const char rich_module[] =
    "(module $m (type $t (func (param i32) (result i32))) (rec (type $s (sub (struct (field $x i32)"
    "(field (mut i8)))))) (import \"m\" \"n\" (func $i (type $t))) (table $tab 3 funcref)"
    "(memory $mem 1 2) (tag $e (param i32)) (global $g (mut i64) (i64.const 5))"
    "(elem $el (i32.const 0) func $f $f) (elem funcref (ref.func $f) (item ref.null func))"
    "(data $d (i32.const 8) \"hello\" \"\\00\") (export \"f\" (func $f)) (start $go)"
    "(@custom \"c\" (after code) \"x\")"
    "(func $f (export \"\\u{e4}\") (param $p i32) (result i32) (local $l f64)"
    "  (block $b (result i32) (br_table $b $b 0 (i32.const 1) (local.get $p))))"
    "(func $go (drop (call_indirect $tab (param i32 i32) (result i32 i32)"
    "  (i32.const 1) (i32.const 2) (i32.const 3))) (drop)"
    "  (@metadata.code.branch_hint \"\\01\") (if (i32.const 1) (then (memory.init $mem $d"
    "  (i32.const 0) (i32.const 0) (i32.const 0))) (else (f32.store offset=4 (i32.const 0)"
    "  (f32.const 0x1.8p3)))) (try_table $\"t r y\" (catch $e 0) (throw $e (i32.const 1)))))";

// Whatever allocation fails, the answer is "out of memory" and everything is given back.
static void every_allocation_may_fail(void **state)
{
    (void)state;
    bool done = false;
    for (long limit = 0; !done; limit++) {
        Rationed rationed = {.left = limit};
        weft_allocator allocator = {rationed_resize, &rationed};
        weft_wat_options options = WEFT_WAT_OPTIONS_INIT;
        weft_wat_error error = WEFT_WAT_ERROR_INIT;
        options.allocator = &allocator;
        options.names = true;
        u8 *bytes;
        size_t size;
        done = weft_wat2wasm(rich_module, sizeof rich_module - 1, &options, &bytes, &size, &error);
        if (done) weft_wat_free(&options, bytes, size);
        else if (error.kind != WEFT_HOST) fail_msg("after %ld: %s", limit, error.text);
        assert_int_equal(rationed.taken, 0);
        assert_true(limit < 5000);
    }
}

// What begins in the bytes at `offset` is, in the text, what `place` begins with.
static void assert_place(const char *text, u64 offset, const char *place)
{
    weft_wat_options options = WEFT_WAT_OPTIONS_INIT;
    weft_wat_error error = WEFT_WAT_ERROR_INIT;
    options.names = true;
    bool found = weft_wat_locate(text, strlen(text), &options, offset, &error);
    if (found != (place != NULL)) fail_msg("0x%x of %s", (unsigned)offset, text);
    if (!found) return;
    const char *there = text + error.offset;
    if (strncmp(there, place, strlen(place)) != 0) fail_msg("%s\nis not\n%s", there, place);
}

static void an_offset_leads_back_to_the_instruction_or_field(void **state)
{
    (void)state;
    const char *text =
        "(module (type (func (param i32) (result i32)))"  // 08: section, 0a: count, 0b: type
        " (import \"m\" \"f\" (func $f (type 0)))"          // 10: section, 12: count, 13: import
        " (func $g (type 0) (local i64)"                  // 19: section, 1c: type; 1d: section
        " (drop (i32.add (local.get 0) (i32.const 7)))"   // 20: size, 21: locals, 24: code
        " (if (result i32) (local.get 0) (then i32.const 3) (else (call $f (i32.const 4))))))";
    static const struct {
        u64 offset;
        const char *place;
    } places[] = {
        {0x00, NULL},         {0x08, NULL},        {0x0b, "type (func (param"},
        {0x0f, "type (func"}, {0x12, NULL},        {0x13, "(import"},
        {0x18, "(import"},    {0x19, NULL},        {0x1c, "(func $g"},
        {0x1f, NULL},         {0x20, "(func $g"},  {0x23, "(func $g"},
        {0x24, "local.get 0) (i32.const 7"},       {0x25, "local.get 0) (i32.const 7"},
        {0x26, "i32.const 7"}, {0x28, "i32.add"},  {0x29, "drop"},
        {0x2a, "local.get 0) (then"},              {0x2c, "if (result"},
        {0x2e, "i32.const 3"}, {0x30, "else (call"}, {0x31, "i32.const 4"},
        {0x33, "call $f"},    {0x35, ")))"},       {0x36, "))"},
        {0x37, NULL},         {0x1000, NULL},
        {UINT64_MAX, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(places); i++) assert_place(text, places[i].offset, places[i].place);
    assert_place("(module (func", 0x20, NULL);  // no module, no place
    assert_place("(module binary \"\\00asm\\01\\00\\00\\00\")", 0, NULL);
}

// The offset of every error, and of every frame, is one that leads back.
static void what_validation_refuses_has_a_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *place;
    } wrong[] = {
        {"(module (func (result i32) i64.const 1 nop))", "))"},
        {"(module (func\n  i64.const 1\n  drop\n  drop\n  nop))", "drop\n  nop"},
        {"(module (func) (func (block (result i32) (i64.const 1)) drop))", ") drop"},
        {"(module (func (loop) (if (i32.const 1) (then (drop)))))", "drop"},
        {"(module (func (if (result i32) (i32.const 1) (then (i32.const 2)) (else)) drop))", ") drop"},
        {"(module (memory 1) (func (drop (i32.load align=8 (i32.const 0)))))", "i32.load"},
        {"(module (func (br_table 0 1 (i32.const 0))))", "br_table"},
        {"(module (func (call 5)) (func))", "call 5"},
        {"(module (global i32 (i32.const 1)) (global i64 (i32.const 2)))", "i32.const 2"},
        {"(module (func $f) (export \"a\" (func $f)) (export \"b\" (func 7)))", "(export \"b\""},
        {"(module (func (export \"same\")) (memory 1)\n(export \"same\" (memory 0)))", "(export"},
        {"(module (func) (export \"\" (func 0)) (export \"\" (func 0)))", "(export \"\" (func 0)))"},
        {"(module (table 1 funcref) (elem (i64.const 0) func))", "(elem"},
        {"(module (func) (memory 1) (data (i32.const 0) \"a\") (data (f32.const 0) \"b\"))", "(data (f32"},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        weft_error error = WEFT_ERROR_INIT;
        u8 *bytes;
        size_t size;
        must_assemble(wrong[i].text, &bytes, &size);
        assert_false(weft_validate(bytes, size, NULL, &error));
        assert_place(wrong[i].text, error.offset, wrong[i].place);
        weft_wat_free(NULL, bytes, size);
    }
}

static void a_place_is_not_found_without_memory(void **state)
{
    (void)state;
    bool found = false;
    for (long limit = 0; !found; limit++) {
        Rationed rationed = {.left = limit};
        weft_allocator allocator = {rationed_resize, &rationed};
        weft_wat_options options = WEFT_WAT_OPTIONS_INIT;
        options.allocator = &allocator;
        found = weft_wat_locate("(module (func (nop)))", 21, &options, 0x17, NULL);
        assert_int_equal(rationed.taken, 0);
        assert_true(limit < 5000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(abbreviations_mean_what_they_stand_for),
        cmocka_unit_test(inline_types_find_the_first_equal_one_or_are_appended),
        cmocka_unit_test(writes_the_shortest_bytes),
        cmocka_unit_test(custom_annotations_become_sections),
        cmocka_unit_test(identifiers_become_names_if_asked),
        cmocka_unit_test(mistakes_are_told_in_the_suites_words_and_place),
        cmocka_unit_test(the_caret_stands_under_the_place),
        cmocka_unit_test(a_first_line_for_the_shell_is_skipped),
        cmocka_unit_test(deep_nesting_only_takes_memory),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(an_offset_leads_back_to_the_instruction_or_field),
        cmocka_unit_test(what_validation_refuses_has_a_place),
        cmocka_unit_test(a_place_is_not_found_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
