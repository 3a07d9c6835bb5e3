// test_wat_lexer.c -- where tokens begin and end, and what breaks them off.
// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tools/wat/lexer.h"

static Words words;

static int fill_words(void **state)
{
    (void)state;
    words_init(&words);
    return 0;
}

// The kinds of a text's tokens, a letter each.
static void lex_to(char *kinds, const char *source, size_t size)
{
    static const char letters[] = ".!()nifs$kOAr";  // in the order of TokenKind
    WatText text;
    assert_true(text_lex(&text, &allocator_libc, &words, source, 0, (u32)size));
    for (u32 i = 0; i < text.count; i++) kinds[i] = letters[text.tokens[i].kind];
    kinds[text.count] = 0;
    text_free(&text);
}

static void tokens_end_where_nothing_fits_any_more(void **state)
{
    (void)state;
    static const struct {
        const char *source, *kinds;
    } cases[] = {
        {"", "."},
        {"(module)", "(k)."},
        {"(func(nop))", "(k(k))."},
        {"(func;;x\n nop)", "(kk)."},
        {"(func(;x;)nop)", "(kk)."},
        {"i32.const 0", "kn."},
        {"i32.const0", "r."},
        {"0$x", "r."},
        {"$x\"y\"", "r."},
        {"\"a\"\"b\"", "r."},
        {"\"a\"x", "r."},
        {"x\"a\"", "r."},
        {"\"a\" \"b\"", "ss."},
        {"\"a\"(\"b\"", "s(s."},
        {"$x $\"x\" $\"a b\"", "$$$."},
        {"$\"a\"$b", "r."},
        {"$a$b", "$."},
        {"1 +1 1.5 inf nan:0x1 0x", "nifffr."},
        {"offset=1 align=0x4 offset=-1 align= offset", "OArrk."},
        {"nan:canonical", "k."},
        {"a,b {x} [y]; z", "rrrr."},
        {"FUNC func", "rk."},
        {"@x ( @x)", "r(r)."},
        {"(; (; nested ;) ;; ;)nop", "k."},
        {";; the end", "."},
        {";; lone CR\rnop", "k."},
        {"\"\\u{10ffff}\\t\\ff\"", "s."},
    };
    char kinds[64];
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        lex_to(kinds, cases[i].source, strlen(cases[i].source));
        if (strcmp(kinds, cases[i].kinds) != 0)
            fail_msg("%s: %s instead of %s", cases[i].source, kinds, cases[i].kinds);
    }
}

static void mistakes_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *source;
        LexError error;
        u32 at;
    } cases[] = {
        {"nop \x01", LEX_ILLEGAL_CHARACTER, 4},
        {"nop \x0c", LEX_ILLEGAL_CHARACTER, 4},
        {"nop \xc3\xa4", LEX_ILLEGAL_CHARACTER, 4},
        {"nop \xff", LEX_UTF8, 4},
        {";; \xc0\x80", LEX_UTF8, 3},
        {"(; \xed\xa0\x80 ;)", LEX_UTF8, 3},
        {"\"abc", LEX_UNCLOSED_STRING, 0},
        {"\"abc\n\"", LEX_UNCLOSED_STRING, 0},
        {"\"abc\t\"", LEX_STRING_CONTROL, 4},
        {"\"\x7f\"", LEX_STRING_CONTROL, 1},
        {"\"\xc3\"", LEX_UTF8, 1},
        {"\"\\x\"", LEX_ESCAPE, 2},
        {"\"\\0g\"", LEX_ESCAPE, 2},
        {"\"\\u{d800}\"", LEX_ESCAPE, 2},
        {"\"\\u{110000}\"", LEX_ESCAPE, 2},
        {"\"\\u{}\"", LEX_ESCAPE, 2},
        {"\"\\u{1__0}\"", LEX_ESCAPE, 2},
        {"(; (; ;)", LEX_UNCLOSED_COMMENT, 0},
        {"(func $)", LEX_EMPTY_ID, 6},
        {"(func $\"\")", LEX_EMPTY_ID, 6},
        {"(func $ \"a\")", LEX_EMPTY_ID, 6},
        {"$\"\\ef\"", LEX_UTF8, 0},
        {"(@)", LEX_EMPTY_ANNOTATION, 0},
        {"(@ x)", LEX_EMPTY_ANNOTATION, 0},
        {"(@\"\")", LEX_EMPTY_ANNOTATION, 0},
        {"(@x (y)", LEX_UNCLOSED_ANNOTATION, 0},
        {"(@x \")", LEX_UNCLOSED_STRING, 4},
        {"(@x \xc3\xa4)", LEX_ILLEGAL_CHARACTER, 4},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        WatText text;
        text_lex(&text, &allocator_libc, &words, cases[i].source, 0,
                 (u32)strlen(cases[i].source));
        const Token *last = &text.tokens[text.count - 1];
        if (last->kind != TOKEN_ERROR || last->word != cases[i].error || last->at != cases[i].at)
            fail_msg("%s: kind %d, %s at %u", cases[i].source, last->kind,
                     last->kind == TOKEN_ERROR ? lex_error_texts[last->word] : "", last->at);
        text_free(&text);
    }
}

static void annotations_leave_no_tokens_but_known_ones_are_kept(void **state)
{
    (void)state;
    static const char source[] =
        "(@x) (func (@name \"f\") (@y ( [{;;\n}] ) 0x \"\\n\" (@) (@ x) ;) (@\"custom\" \"s\"))";
    WatText text;
    assert_true(text_lex(&text, &allocator_libc, &words, source, 0, sizeof source - 1));
    assert_int_equal(text.count, 4);  // ( func ) and the end
    assert_int_equal(text.annotation_count, 2);
    assert_int_equal(text.annotations[0].kind, ANNOTATION_NAME);
    assert_int_equal(text.annotations[0].token, 2);
    assert_memory_equal(source + text.annotations[0].body_at, " \"f\"", 4);
    assert_int_equal(text.annotations[1].kind, ANNOTATION_CUSTOM);
    text_free(&text);
}

static void strings_mean_bytes(void **state)
{
    (void)state;
    static const char quoted[] = "\"a\\t\\n\\r\\\"\\'\\\\\\00\\fF\\u{e4}\\u{20_AC}\\u{1F600}\xc3\xa4\"";
    static const u8 wanted[] = {'a', '\t', '\n', '\r', '"', '\'', '\\', 0, 0xff, 0xc3, 0xa4,
                                0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xc3, 0xa4};
    Bytes bytes;
    bytes_init(&bytes, &allocator_libc);
    decode_string(quoted, sizeof quoted - 1, &bytes);
    assert_int_equal(bytes.size, sizeof wanted);
    assert_memory_equal(bytes.data, wanted, sizeof wanted);
    bytes_free(&bytes);
}

static void every_keyword_is_found_under_its_spelling(void **state)
{
    (void)state;
    for (u32 word = WORD_NONE + 1; word < WORD_END; word++) {
        const char *spelling = word_text((WatWord)word);
        WatWord found = words_find(&words, spelling, strlen(spelling));
        // select, ref.test and ref.cast are each two instructions; the first is found.
        assert_string_equal(word_text(found), spelling);
        assert_true(found <= word);
    }
    assert_int_equal(words_find(&words, "get_local", 9), WORD_NONE);
    assert_int_equal(words_find(&words, "i32.ad", 6), WORD_NONE);
    assert_int_equal(words_find(&words, "i32.addx", 8), WORD_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_end_where_nothing_fits_any_more),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(annotations_leave_no_tokens_but_known_ones_are_kept),
        cmocka_unit_test(strings_mean_bytes),
        cmocka_unit_test(every_keyword_is_found_under_its_spelling),
    };
    return cmocka_run_group_tests(tests, fill_words, NULL);
}
