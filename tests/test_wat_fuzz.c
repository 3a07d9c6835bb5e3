// test_wat_fuzz.c -- damaged texts: refused or assembled, never a crash.
//
// What assembles to a valid module must print, and the print must assemble and print the
// same. WEFT_FUZZ_ROUNDS and WEFT_FUZZ_SEED make a longer or another run; a failure names
// the seed of its round.
// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tools/wat/words.h"
#include "weft_wat.h"

static const char *const seeds[] = {
    "(module $m (type $t (func (param i32) (result i32))) (rec (type $s (sub (struct (field $x i32)"
    "(field (mut i8))))) (type $a (array (mut (ref null $s)))))\n"
    "(import \"m\" \"n\" (func $i (type $t))) (table $tab 3 funcref) (memory $mem 1 2)\n"
    "(tag $e (param i32)) (global $g (mut i64) (i64.const 5)) (elem $el (i32.const 0) func $f $f)\n"
    "(data $d (i32.const 8) \"hello\" \"\\00\") (export \"f\" (func $f)) (start $go)\n"
    "(func $f (param $p i32) (result i32) (local $l f64) (block $b (result i32)\n"
    "  (br_table $b $b 0 (i32.const 1) (local.get $p))))\n"
    "(func $go (if (i32.const 1) (then (memory.init $mem $d (i32.const 0) (i32.const 0)\n"
    "  (i32.const 0))) (else (f32.store offset=4 (i32.const 0) (f32.const 0x1.8p3))))))",
    "(func (param i32 i64) (result f64) local.get 0 if $l (result i64) local.get 1 else $l\n"
    "i64.const -0x1_0 end $l f64.convert_i64_s f64.const nan:0x7 f64.add)\n"
    "(memory (data \"abc\" \"\\u{20ac}\")) (table i64 funcref (elem 0 0))\n"
    "(func (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (v128.const i64x2 0 0)\n"
    "(v128.load16_lane align=1 3 (i32.const 0) (v128.const f32x4 1 inf -nan 1e3)))))",
    "(type $s (struct (field $x (mut i32)))) (type $a (array (mut i8))) (data $d \"x\") (tag $e)\n"
    "(func (param (ref null $s) anyref) (struct.set $s $x (local.get 0) (i32.const 1))\n"
    "(drop (array.new_data $a $d (i32.const 0) (i32.const 1))) (block $l (result (ref $s))\n"
    "(br_on_cast $l anyref (ref $s) (local.get 1)) (drop) (return)) (drop)\n"
    "(block $h (result exnref) (try_table (catch_all_ref $h) (catch $e 1) (throw $e)) (return))\n"
    "(throw_ref)) (@custom \"c\" (after type) \"x\")\n"
    "(func (@name \"g\") (@metadata.code.branch_hint \"\\01\") (if (i32.const 0) (then)) (;c;) ;;d\n)",
};

static u64 random_state;

static u32 random_below(u32 n)
{
    random_state ^= random_state << 13, random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (u32)(random_state >> 20) % n;
}

static size_t delete_span(char *text, size_t size, size_t at, size_t n)
{
    if (n > size - at) n = size - at;
    memmove(text + at, text + at + n, size - at - n);
    return size - n;
}

static size_t insert_span(char *text, size_t size, size_t room, size_t at, const char *what, size_t n)
{
    if (n > room - size) return size;
    memmove(text + at + n, text + at, size - at);
    memcpy(text + at, what, n);
    return size + n;
}

// One small damage: characters, words, or spans.
static size_t damage(char *text, size_t size, size_t room)
{
    static const char marks[] = "()\";$@ 0-_x\\\n\x80";
    char copy[64];
    u32 at = random_below((u32)size + 1);
    switch (random_below(7)) {
    case 0: return size > 1 ? delete_span(text, size, at, 1 + random_below(4)) : size;
    case 1: return size > 1 ? delete_span(text, size, at, 1 + random_below(40)) : size;
    case 2:
        copy[0] = marks[random_below(sizeof marks - 1)];
        return insert_span(text, size, room, at, copy, 1);
    case 3:
        if (at < size) text[at] = (char)random_below(256);
        return size;
    case 4: {
        const char *word = word_text((WatWord)random_below(WORD_END));
        size = insert_span(text, size, room, at, " ", 1);
        size = insert_span(text, size, room, at, word, strlen(word));
        return insert_span(text, size, room, at, " ", 1);
    }
    case 5: {
        u32 from = random_below((u32)size), n = 1 + random_below(sizeof copy);
        if (n > size - from) n = (u32)size - from;
        memcpy(copy, text + from, n);
        return insert_span(text, size, room, at, copy, n);
    }
    default: {
        int n = snprintf(copy, sizeof copy, " %d ", (int)random_below(5) - 1);
        return insert_span(text, size, room, at, copy, (size_t)n);
    }
    }
}

// Of a text that assembles into a valid module: print, assemble, print again.
static void check_round_trip(const u8 *bytes, size_t size, unsigned long long seed)
{
    char *text, *again;
    size_t text_size, again_size, next_size;
    u8 *next;
    weft_wat_error error = WEFT_WAT_ERROR_INIT;
    weft_wat_options options = WEFT_WAT_OPTIONS_INIT;
    options.names = true;
    if (!weft_wasm2wat(bytes, size, "all", NULL, &text, &text_size, NULL)) return;
    if (!weft_wat2wasm(text, text_size, &options, &next, &next_size, &error))
        fail_msg("seed %llu: %s\n%s", seed, error.text, text);
    if (!weft_wasm2wat(next, next_size, "all", NULL, &again, &again_size, NULL))
        fail_msg("seed %llu: printed once only\n%s", seed, text);
    if (strcmp(text, again) != 0) fail_msg("seed %llu:\n%s\n%s", seed, text, again);
    weft_wat_free(NULL, next, next_size);
    weft_wat_free(NULL, text, text_size + 1);
    weft_wat_free(NULL, again, again_size + 1);
}

static void damaged_texts_do_no_harm(void **state)
{
    (void)state;
    const char *rounds_text = getenv("WEFT_FUZZ_ROUNDS"), *seed_text = getenv("WEFT_FUZZ_SEED");
    unsigned long long rounds = rounds_text ? strtoull(rounds_text, NULL, 10) : 20000;
    unsigned long long seed = seed_text ? strtoull(seed_text, NULL, 10) : 1;
    static char text[8192];
    u64 assembled = 0;
    for (unsigned long long round = 0; round < rounds; round++, seed++) {
        random_state = seed * 0x9e3779b97f4a7c15 | 1;
        const char *from = seeds[seed % COUNT_OF(seeds)];
        size_t size = strlen(from);
        memcpy(text, from, size);
        for (u32 n = 1 + random_below(2); n > 0; n--) size = damage(text, size, sizeof text);
        weft_wat_options options = WEFT_WAT_OPTIONS_INIT;
        weft_wat_error error = WEFT_WAT_ERROR_INIT;
        u8 *bytes;
        size_t byte_count;
        options.names = true;
        if (!weft_wat2wasm(text, size, &options, &bytes, &byte_count, &error)) {
            if (error.kind == WEFT_HOST || error.text[0] == 0)
                fail_msg("seed %llu: %s", seed, error.text);
            continue;
        }
        assembled++;
        check_round_trip(bytes, byte_count, seed);
        weft_wat_free(NULL, bytes, byte_count);
    }
    printf("%llu texts, %llu of them assembled\n", rounds, (unsigned long long)assembled);
    assert_true(assembled > rounds / 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(damaged_texts_do_no_harm)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
