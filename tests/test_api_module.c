// test_api_module.c -- weft.h: loading modules and asking what is inside.
// SPDX-License-Identifier: MIT
#include "tests/api.h"

static const char *const rich =
    "(module $rich"
    " (import \"env\" \"print\" (func (param i32 i64) (result f32)))"
    " (import \"env\" \"mem\" (memory 1 2))"
    " (import \"env\" \"tab\" (table 3 externref))"
    " (import \"env\" \"g\" (global (mut f64)))"
    " (import \"env\" \"tag\" (tag (param v128)))"
    " (type $s (struct (field i32)))"
    " (func (export \"f\") (param (ref null $s)) (result i31ref) (ref.null i31))"
    " (global (export \"g\") i32 (i32.const 7))"
    " (@custom \"note\" \"hello\"))";

static void says_its_version(void **state)
{
    (void)state;
    assert_string_equal(weft_version(), WEFT_VERSION);
}

static void lists_imports_with_their_types(void **state)
{
    (void)state;
    static const char *const expected[] = {
        "(func (param i32 i64) (result f32))", "(memory 1 2)", "(table 3 externref)",
        "(global (mut f64))", "(tag (param v128))"};
    weft_module *m = module_of(rich);
    assert_int_equal(weft_module_import_count(m), 5);
    for (uint32_t i = 0; i < 5; i++) {
        weft_import import;
        char text[80];
        assert_true(weft_module_import(m, i, &import));
        assert_int_equal(import.module.size, 3);
        assert_memory_equal(import.module.data, "env", 3);
        size_t length = weft_type_format(&import.type, text, sizeof text);
        assert_string_equal(text, expected[i]);
        assert_int_equal(length, strlen(expected[i]));
        // Cut short, but always ended.
        weft_type_format(&import.type, text, 6);
        assert_int_equal(strlen(text), 5);
    }
    weft_import none;
    assert_false(weft_module_import(m, 5, &none));
    weft_module_release(m);
}

static void lists_exports_with_their_types(void **state)
{
    (void)state;
    weft_module *m = module_of(rich);
    weft_export export_;
    char text[80];
    assert_int_equal(weft_module_export_count(m), 2);
    assert_true(weft_module_export(m, 0, &export_));
    weft_type_format(&export_.type, text, sizeof text);
    assert_int_equal(export_.type.kind, WEFT_EXTERN_FUNC);
    assert_int_equal(weft_type_param(&export_.type, 0).heap, WEFT_HEAP_INDEX);
    assert_int_equal(weft_type_param(&export_.type, 0).top, WEFT_HEAP_ANY);
    assert_int_equal(weft_type_result(&export_.type, 0).heap, WEFT_HEAP_I31);
    assert_int_equal(weft_type_result(&export_.type, 1).kind, 0);
    assert_true(weft_module_export(m, 1, &export_));
    weft_type_format(&export_.type, text, sizeof text);
    assert_string_equal(text, "(global i32)");
    assert_false(weft_module_export(m, 2, &export_));
    weft_module_release(m);
}

static void gives_names_bytes_and_custom_sections(void **state)
{
    (void)state;
    weft_module_options options = text_options;
    options.name = "given";
    weft_module *m = module_of_text(rich, &options);
    assert_string_equal(weft_module_name(m).data, "given");
    weft_name note = weft_module_custom_section(m, "note", 0);
    assert_int_equal(note.size, 5);
    assert_memory_equal(note.data, "hello", 5);
    assert_null(weft_module_custom_section(m, "note", 1).data);
    weft_name bytes = weft_module_bytes(m);
    assert_memory_equal(bytes.data, "\0asm", 4);
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_validate(bytes.data, bytes.size, &options, &error));
    weft_module *again = weft_module_retain(m);
    weft_module_release(m);
    assert_int_equal(weft_module_import_count(again), 5);
    weft_module_release(again);
}

static void refuses_what_is_no_module(void **state)
{
    (void)state;
    weft_error error = WEFT_ERROR_INIT;
    assert_null(weft_module_load("\0asm\1\0\0\0\1", 9, NULL, &error));
    assert_int_equal(error.kind, WEFT_MALFORMED);
    assert_int_equal(error.offset, 9);
    assert_false(weft_validate("", 0, NULL, &error));
    assert_int_equal(error.kind, WEFT_MALFORMED);
    assert_non_null(strstr(error.hint, "no bytes"));
    assert_null(weft_module_load("x", 1, NULL, NULL));  // nobody wants to know
}

static void names_common_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *word;
        size_t size;
    } cases[] = {
        {"\x7f" "ELF\2\1\1\0", "ELF", 8},     {"\0asm\x0d\0\1\0", "component", 8},
        {"\x1f\x8b\x08\0\0\0\0\0", "gzip", 8}, {"<!DOCTYPE html>", "HTML", 15},
        {"(module)", "text format", 8},       {"version https://git-lfs.github.com", "LFS", 30},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        weft_error error = WEFT_ERROR_INIT;
        assert_null(weft_module_load(cases[i].bytes, cases[i].size, NULL, &error));
        assert_non_null(strstr(error.hint, cases[i].word));
    }
}

static void refuses_invalid_code_and_says_where(void **state)
{
    (void)state;
    // (func (result i32) (i64.const 0))
    static const uint8_t bytes[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7f,
                                    3, 2, 1, 0, 10, 6, 1, 4, 0, 0x42, 0, 0x0b};
    weft_error error = WEFT_ERROR_INIT;
    assert_false(weft_validate(bytes, sizeof bytes, NULL, &error));
    assert_int_equal(error.kind, WEFT_INVALID);
    assert_int_equal(error.function_index, 0);
    assert_non_null(strstr(error.text, "type mismatch"));
}

static void features_are_switches(void **state)
{
    (void)state;
    weft_feature feature;
    bool seen = false;
    for (uint32_t i = 0; weft_feature_at(i, &feature); i++) {
        if (strcmp(feature.name, "simd") == 0) {
            seen = true;
            assert_string_equal(feature.version, "2.0");
        }
    }
    assert_true(seen);
    // Two memories.
    static const uint8_t two[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 5, 5, 2, 0, 0, 0, 0};
    weft_module_options options = WEFT_MODULE_OPTIONS_INIT;
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_validate(two, sizeof two, &options, &error));
    options.features = "3.0,-multi-memory";
    assert_false(weft_validate(two, sizeof two, &options, &error));
    options.features = "3.0,+weaving";
    assert_false(weft_validate(two, sizeof two, &options, &error));
    assert_int_equal(error.kind, WEFT_HOST);
    assert_string_equal(error.text, "unknown feature \"+weaving\"");
}

static void translates_ahead(void **state)
{
    (void)state;
    weft_module *m = module_of("(module (func (result i32) (i32.const 1)) (func (unreachable)))");
    weft_error error = WEFT_ERROR_INIT;
    assert_true(weft_translate_all(m, &error));
    weft_module_release(m);
}

// A caller compiled against an older weft has a shorter struct: nothing past it is touched.
static void writes_no_further_than_the_errors_size(void **state)
{
    (void)state;
    weft_error error = WEFT_ERROR_INIT;
    error.size = offsetof(weft_error, hint);
    memset(error.hint, 'x', sizeof error.hint);
    error.exit_code = 77;
    assert_null(weft_module_load("", 0, NULL, &error));
    assert_int_equal(error.hint[0], 'x');
    assert_int_equal(error.exit_code, 77);
    assert_int_equal(error.size, offsetof(weft_error, hint));
}

static void formats_errors(void **state)
{
    (void)state;
    char text[200];
    weft_error error = WEFT_ERROR_INIT;
    error.kind = WEFT_TRAPPED;
    strcpy(error.text, "integer divide by zero");
    strcpy(error.function, "main");
    strcpy(error.hint, "do not");
    error.offset = 0x1c;
    size_t length = weft_error_format(&error, text, sizeof text);
    assert_string_equal(text, "main: integer divide by zero (at 0x1c) -- do not");
    assert_int_equal(length, strlen(text));
    assert_int_equal(weft_error_format(&error, text, 5), length);
    assert_string_equal(text, "main");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_its_version),
        cmocka_unit_test(lists_imports_with_their_types),
        cmocka_unit_test(lists_exports_with_their_types),
        cmocka_unit_test(gives_names_bytes_and_custom_sections),
        cmocka_unit_test(refuses_what_is_no_module),
        cmocka_unit_test(names_common_mistakes),
        cmocka_unit_test(refuses_invalid_code_and_says_where),
        cmocka_unit_test(features_are_switches),
        cmocka_unit_test(translates_ahead),
        cmocka_unit_test(writes_no_further_than_the_errors_size),
        cmocka_unit_test(formats_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
