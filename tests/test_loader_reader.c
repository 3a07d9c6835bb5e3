// test_loader_reader.c -- numbers, names, arenas, feature lists.
// SPDX-License-Identifier: MIT
#include "tests/module_bytes.h"

#include "loader/arena.h"

#define READER(literal) reader_of((const u8 *)(literal), 0, sizeof(literal) - 1)

static void reads_u32_of_every_length(void **state)
{
    (void)state;
    Reader r = READER("\x00\x7f\x80\x01\xff\x7f\x80\x80\x80\x80\x08\xff\xff\xff\xff\x0f\x80\x00");
    assert_int_equal(read_u32(&r), 0);
    assert_int_equal(read_u32(&r), 0x7f);
    assert_int_equal(read_u32(&r), 0x80);
    assert_int_equal(read_u32(&r), 0x3fff);
    assert_int_equal(read_u32(&r), 0x80000000u);
    assert_int_equal(read_u32(&r), 0xffffffffu);
    assert_int_equal(read_u32(&r), 0);  // longer than needed is fine
    assert_true(reader_ok(&r));
    assert_int_equal(reader_left(&r), 0);
}

static void refuses_a_sixth_leb_byte(void **state)
{
    (void)state;
    Reader r = READER("\x80\x80\x80\x80\x80\x00");
    assert_int_equal(read_u32(&r), 0);
    assert_int_equal(r.error, ERROR_INTEGER_TOO_LONG);
    assert_int_equal(r.error_at, 5);
}

static void refuses_bits_beyond_32(void **state)
{
    (void)state;
    Reader r = READER("\x80\x80\x80\x80\x10");
    read_u32(&r);
    assert_int_equal(r.error, ERROR_INTEGER_TOO_LARGE);
    assert_int_equal(r.error_at, 4);
}

static void reads_signed_numbers(void **state)
{
    (void)state;
    Reader r = READER("\x7f\x40\x3f\xc0\x00\xff\xff\xff\xff\x07\x80\x80\x80\x80\x78");
    assert_int_equal(read_s32(&r), -1);
    assert_int_equal(read_s32(&r), -64);
    assert_int_equal(read_s32(&r), 63);
    assert_int_equal(read_s32(&r), 64);
    assert_int_equal(read_s32(&r), INT32_MAX);
    assert_int_equal(read_s32(&r), INT32_MIN);
    assert_true(reader_ok(&r));
    Reader wide = READER("\x7f\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00");
    assert_true(read_s64(&wide) == -1);
    assert_true(read_s64(&wide) == INT64_MIN);
    assert_true(read_s64(&wide) == INT64_MAX);
    assert_true(reader_ok(&wide));
}

static void refuses_signed_numbers_whose_last_byte_disagrees(void **state)
{
    (void)state;
    Reader positive = READER("\xff\xff\xff\xff\x0f");  // bit 31 set, but not those above
    read_s32(&positive);
    assert_int_equal(positive.error, ERROR_INTEGER_TOO_LARGE);
    Reader longer = READER("\xff\xff\xff\xff\x0f");  // fits in 33 bits
    assert_true(read_s33(&longer) == 0xffffffff);
    Reader widest = READER("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01");
    read_s64(&widest);
    assert_int_equal(widest.error, ERROR_INTEGER_TOO_LARGE);
}

static void keeps_its_first_mistake_and_goes_inert(void **state)
{
    (void)state;
    Reader r = READER("\x01");
    assert_int_equal(read_byte(&r), 1);
    assert_int_equal(read_byte(&r), 0);
    assert_int_equal(r.error_at, 1);
    assert_int_equal(read_u32(&r), 0);
    assert_null(read_bytes(&r, 1));
    assert_int_equal(r.error, ERROR_UNEXPECTED_END);
    assert_int_equal(r.error_at, 1);
}

static void refuses_counts_beyond_what_is_left(void **state)
{
    (void)state;
    Reader r = READER("\x03\x00");
    assert_int_equal(read_count(&r), 0);
    assert_int_equal(r.error, ERROR_LENGTH_OUT_OF_BOUNDS);
    Reader own = READER("\x02\x00");  // the count's own byte still counts
    assert_int_equal(read_count(&own), 2);
    assert_true(reader_ok(&own));
}

static void checks_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        bool valid;
    } cases[] = {
        {"plain", true},
        {"\xc2\x80", true},
        {"\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", true},
        {"\x80", false},                // continuation without a lead
        {"\xc1\xbf", false},            // two bytes where one would do
        {"\xe0\x9f\xbf", false},        // three where two would do
        {"\xf0\x8f\xbf\xbf", false},    // four where three would do
        {"\xed\xa0\x80", false},        // a surrogate
        {"\xf4\x90\x80\x80", false},    // beyond the last code point
        {"\xf8\x88\x80\x80\x80", false},
        {"\xe2\x82", false},            // cut off
        {"\xc2\x41", false},            // not a continuation
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(utf8_is_valid((const u8 *)cases[i].bytes, strlen(cases[i].bytes)),
                         cases[i].valid);
}

static void an_arena_gives_zeroed_aligned_pieces(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena, &allocator_libc);
    for (u32 size = 0; size < 5000; size += 37) {
        u8 *piece = arena_alloc(&arena, 1, size);
        assert_non_null(piece);
        assert_int_equal((uintptr_t)piece % 16, 0);
        for (u32 i = 0; i < size; i++) assert_int_equal(piece[i], 0);
        memset(piece, 0xff, size);
    }
    assert_null(arena_alloc(&arena, SIZE_MAX / 2, 8));  // the product would wrap
    arena_free(&arena);
}

static void feature_lists_are_read(void **state)
{
    (void)state;
    FeatureSet set;
    const char *bad = NULL;
    assert_true(features_parse(NULL, &set, &bad));
    assert_int_equal(set, features_default());
    assert_true(features_parse("3.0,+threads,-multi-memory", &set, &bad));
    assert_int_equal(set, (features_default() | FEATURE_BIT(FEATURE_THREADS)) &
                              ~FEATURE_BIT(FEATURE_MULTI_MEMORY));
    assert_true(features_parse("2.0", &set, &bad));
    assert_true(feature_on(set, FEATURE_SIMD) && !feature_on(set, FEATURE_GC));
    assert_true(features_parse("1.0", &set, &bad));
    assert_int_equal(set, FEATURE_BIT(FEATURE_MVP));
    assert_true(features_parse("all", &set, &bad));
    assert_int_equal(set, features_built_in());
    assert_false(features_parse("3.0,tail-cols", &set, &bad));
    assert_string_equal(bad, "tail-cols");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_u32_of_every_length),
        cmocka_unit_test(refuses_a_sixth_leb_byte),
        cmocka_unit_test(refuses_bits_beyond_32),
        cmocka_unit_test(reads_signed_numbers),
        cmocka_unit_test(refuses_signed_numbers_whose_last_byte_disagrees),
        cmocka_unit_test(keeps_its_first_mistake_and_goes_inert),
        cmocka_unit_test(refuses_counts_beyond_what_is_left),
        cmocka_unit_test(checks_utf8),
        cmocka_unit_test(an_arena_gives_zeroed_aligned_pieces),
        cmocka_unit_test(feature_lists_are_read),
    };
    return cmocka_run_group_tests_name("loader: reader", tests, NULL, NULL);
}
