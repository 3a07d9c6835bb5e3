// test_wat_number.c -- number literals: what is one, what it is worth, how it is printed.
// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tools/wat/number.h"

static void tells_what_is_a_number(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        NumberKind kind;
    } cases[] = {
        {"0", NUMBER_NAT},        {"1_000", NUMBER_NAT},   {"0xf_F", NUMBER_NAT},
        {"+5", NUMBER_INT},       {"-0x0", NUMBER_INT},    {"1.", NUMBER_FLOAT},
        {"1e+10", NUMBER_FLOAT},  {"1.5E-3", NUMBER_FLOAT}, {"0x1.p+3", NUMBER_FLOAT},
        {"0x1.8P3", NUMBER_FLOAT}, {"inf", NUMBER_FLOAT},  {"-inf", NUMBER_FLOAT},
        {"nan", NUMBER_FLOAT},    {"+nan:0x1_0", NUMBER_FLOAT}, {"0xe", NUMBER_NAT},
        {"", NUMBER_NONE},        {"+", NUMBER_NONE},      {"_1", NUMBER_NONE},
        {"1_", NUMBER_NONE},      {"1__0", NUMBER_NONE},   {"0x", NUMBER_NONE},
        {"0x_5", NUMBER_NONE},    {"0xg", NUMBER_NONE},    {".5", NUMBER_NONE},
        {"1e", NUMBER_NONE},      {"1e+", NUMBER_NONE},    {"1._5", NUMBER_NONE},
        {"1_.5", NUMBER_NONE},    {"0x1p", NUMBER_NONE},   {"0x1pA", NUMBER_NONE},
        {"0x1e+3", NUMBER_NONE},  {"1p3", NUMBER_NONE},    {"infinity", NUMBER_NONE},
        {"nan:1", NUMBER_NONE},   {"nan:0x", NUMBER_NONE}, {"nan:canonical", NUMBER_NONE},
        {"+-1", NUMBER_NONE},     {"1 ", NUMBER_NONE},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (number_kind(cases[i].text, strlen(cases[i].text)) != cases[i].kind)
            fail_msg("\"%s\"", cases[i].text);
}

static void integers_take_signed_and_unsigned_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned bits;
        bool fits;
        u64 value;
    } cases[] = {
        {"255", 8, true, 255},            {"256", 8, false, 0},
        {"-128", 8, true, 128},           {"-129", 8, false, 0},
        {"4294967295", 32, true, 0xffffffff}, {"4294967296", 32, false, 0},
        {"-2147483648", 32, true, 0x80000000}, {"-2147483649", 32, false, 0},
        {"+0x7fff_ffff", 32, true, 0x7fffffff},
        {"18446744073709551615", 64, true, UINT64_MAX},
        {"18446744073709551616", 64, false, 0},
        {"-9223372036854775808", 64, true, (u64)1 << 63},
        {"-9223372036854775809", 64, false, 0},
        {"0x1_0000_0000_0000_0000", 64, false, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        u64 value = 0;
        bool fits = parse_int(cases[i].text, strlen(cases[i].text), cases[i].bits, &value);
        if (fits != cases[i].fits || (fits && value != cases[i].value))
            fail_msg("%s in %u bits", cases[i].text, cases[i].bits);
    }
}

typedef struct FloatCase {
    const char *text;
    bool fits;
    u64 bits;
} FloatCase;

static void rounds_f32_once_and_half_to_even(void **state)
{
    (void)state;
    static const FloatCase cases[] = {
        {"0", true, 0},
        {"-0.0", true, 0x80000000},
        {"1", true, 0x3f800000},
        {"0.1", true, 0x3dcccccd},
        {"16777217", true, 0x4b800000},               // 2^24 + 1: down to even
        {"16777219", true, 0x4b800002},               // 2^24 + 3: up to even
        {"16777217.000000000000000001", true, 0x4b800001},
        // Through double, these would lie in the middle and round to even.
        {"0x1.00000100000000001p0", true, 0x3f800001},
        {"+0x1.000001fffffffffff8p-50", true, 0x26800001},
        {"1.00000005960464477540", true, 0x3f800001},
        {"1.4e-45", true, 1},
        {"0x1p-149", true, 1},
        {"0x1p-150", true, 0},                        // half of the smallest: to even
        {"0x1.000000000000001p-150", true, 1},
        {"0x1.8p-149", true, 2},
        {"1e-1000000000000", true, 0},
        {"0e1000000000000", true, 0},
        {"340282346638528859811704183484516925440", true, 0x7f7fffff},
        {"340282356779733661637539395458142568447", true, 0x7f7fffff},
        {"340282356779733661637539395458142568448", false, 0},
        {"0x1.fffffefp127", true, 0x7f7fffff},
        {"0x1.ffffffp127", false, 0},
        {"1e39", false, 0},
        {"1e1000000000000", false, 0},
        {"inf", true, 0x7f800000},
        {"-inf", true, 0xff800000},
        {"nan", true, 0x7fc00000},
        {"-nan:0x1", true, 0xff800001},
        {"nan:0x7f_ffff", true, 0x7fffffff},
        {"nan:0x0", false, 0},
        {"nan:0x80_0000", false, 0},
        {"0xffffffffffffffffffffffffffffffff", false, 0},
        {"0x00000000000000000000000000000000000001", true, 0x3f800000},
        {"0x0.00000000000000000000000000000000000001p152", true, 0x3f800000},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        u32 bits = 0;
        bool fits = parse_f32(cases[i].text, strlen(cases[i].text), &bits);
        if (fits != cases[i].fits || (fits && bits != cases[i].bits))
            fail_msg("%s: %d %08x", cases[i].text, fits, (unsigned)bits);
    }
}

static void rounds_f64_once_and_half_to_even(void **state)
{
    (void)state;
    static const FloatCase cases[] = {
        {"0.1", true, 0x3fb999999999999a},
        {"9007199254740993", true, 0x4340000000000000},
        {"9007199254740993.00000000000000000001", true, 0x4340000000000001},
        {"1.7976931348623157e308", true, 0x7fefffffffffffff},
        {"1.7976931348623158079372897140530e308", true, 0x7fefffffffffffff},
        {"1.7976931348623159e308", false, 0},
        {"4.9e-324", true, 0x0000000000000001},
        {"2.4703282292062327e-324", true, 0x0000000000000000},
        {"2.4703282292062328e-324", true, 0x0000000000000001},
        {"2.2250738585072011e-308", true, 0x000fffffffffffff},
        {"2.2250738585072014e-308", true, 0x0010000000000000},
        {"6.9294956446009195e15", true, 0x43389e56ee5e7a58},
        {"1e23", true, 0x44b52d02c7e14af6},
        {"8.41e21", true, 0x447c7e83209e90b2},
        {"0x1.fffffffffffff7p1023", true, 0x7fefffffffffffff},
        {"0x1.fffffffffffff8p1023", false, 0},
        {"0x1p-1075", true, 0},
        {"0x1.8p-1074", true, 2},
        {"nan:0xf_ffff_ffff_ffff", true, 0x7fffffffffffffff},
        {"nan:0x10_0000_0000_0000", false, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        u64 bits = 0;
        bool fits = parse_f64(cases[i].text, strlen(cases[i].text), &bits);
        if (fits != cases[i].fits || (fits && bits != cases[i].bits))
            fail_msg("%s: %d %016llx", cases[i].text, fits, (unsigned long long)bits);
    }
}

// The middle between two neighbours has up to 767 digits; one digit behind it decides.
static void every_digit_of_a_long_literal_counts(void **state)
{
    (void)state;
    char text[4000];
    // 2^-1075, half of the smallest f64, has 1,075 places after the point.
    snprintf(text, sizeof text, "%.1075f", 0x1p-1074);
    size_t size = strlen(text);
    u64 bits;
    u32 carry = 0;
    for (size_t i = 0; i < size; i++) {  // halve it by hand
        if (text[i] == '.') continue;
        u32 digit = carry * 10 + (u32)(text[i] - '0');
        text[i] = (char)('0' + digit / 2);
        carry = digit % 2;
    }
    assert_int_equal(carry, 0);
    assert_true(parse_f64(text, size, &bits));
    assert_int_equal(bits, 0);
    memset(text + size, '0', 2000);
    text[size + 2000] = '1';
    assert_true(parse_f64(text, size + 2001, &bits));
    assert_int_equal(bits, 1);

    memset(text, '9', 309);
    assert_false(parse_f64(text, 309, &bits));
    memset(text, '0', 3000);
    text[0] = '1';
    memcpy(text + 3000, "e-2999", 6);
    assert_true(parse_f64(text, 3006, &bits));
    assert_int_equal(bits, 0x3ff0000000000000);
}

static void prints_what_people_would_write(void **state)
{
    (void)state;
    static const struct {
        u64 bits;
        const char *text;
    } cases[] = {
        {0, "0"},
        {0x8000000000000000, "-0"},
        {0x3ff0000000000000, "1"},
        {0x3fb999999999999a, "0.1"},
        {0x3eb0c6f7a0b5ed8d, "0.000001"},
        {0x3e7ad7f29abcaf48, "1e-7"},
        {0x4415af1d78b58c40, "100000000000000000000"},
        {0x444b1ae4d6e2ef50, "1e+21"},
        {0x444b1ae4d6e2ef4f, "999999999999999900000"},
        {0x7fefffffffffffff, "1.7976931348623157e+308"},
        {1, "5e-324"},
        {0x0010000000000000, "2.2250738585072014e-308"},
        {0x4340000000000001, "9007199254740994"},
        {0xc059000000000000, "-100"},
        {0x7ff0000000000000, "inf"},
        {0xfff8000000000000, "-nan"},
        {0x7ff0000000000001, "nan:0x1"},
    };
    char text[NUMBER_TEXT_MAX];
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t size = print_f64(text, cases[i].bits);
        assert_int_equal(size, strlen(text));
        assert_string_equal(text, cases[i].text);
    }
    print_f32(text, 0x3dcccccd);
    assert_string_equal(text, "0.1");
    print_f32(text, 0x4426a666);
    assert_string_equal(text, "666.6");
    print_f32(text, 1);
    assert_string_equal(text, "1e-45");
    print_f32(text, 0xff800001);
    assert_string_equal(text, "-nan:0x1");
    print_s64(text, INT64_MIN);
    assert_string_equal(text, "-9223372036854775808");
    print_u64(text, UINT64_MAX);
    assert_string_equal(text, "18446744073709551615");
}

static u64 next_random(u64 *seed)
{
    *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
    return *seed;
}

static void what_is_printed_reads_back_and_is_shortest(void **state)
{
    (void)state;
    u64 seed = 88172645463325252;
    for (int i = 0; i < 20000; i++) {
        u64 bits = next_random(&seed), again;
        if (i % 3 == 0) bits &= 0x800fffffffffffff >> bits % 52;  // subnormal
        if (i % 7 == 0) bits &= 0xfff0000000000000;               // powers of two
        char text[NUMBER_TEXT_MAX], other[64];
        size_t size = print_f64(text, bits);
        assert_int_equal(number_kind(text, size) != NUMBER_NONE, 1);
        assert_true(parse_f64(text, size, &again));
        assert_true(again == bits);

        f64 value = f64_of_bits(bits);
        int digits = 0, significant = 0;
        for (const char *c = text; *c && *c != 'e'; c++) {
            if (*c < '0' || *c > '9') continue;
            if (digits > 0 || *c != '0') digits++;
            if (*c != '0') significant = digits;
        }
        if (value == value && value - value == 0 && value != 0 && significant > 1) {
            snprintf(other, sizeof other, "%.*e", significant - 2, value);
            assert_true(bits_of_f64(strtod(other, NULL)) != bits);
        }
        u32 narrow;
        size = print_f32(text, (u32)bits);
        assert_true(parse_f32(text, size, &narrow));
        assert_true(narrow == (u32)bits);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_is_a_number),
        cmocka_unit_test(integers_take_signed_and_unsigned_ranges),
        cmocka_unit_test(rounds_f32_once_and_half_to_even),
        cmocka_unit_test(rounds_f64_once_and_half_to_even),
        cmocka_unit_test(every_digit_of_a_long_literal_counts),
        cmocka_unit_test(prints_what_people_would_write),
        cmocka_unit_test(what_is_printed_reads_back_and_is_shortest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
