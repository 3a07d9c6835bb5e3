// number.c -- number literals: recognised, read exactly, and printed shortest.
// SPDX-License-Identifier: MIT
#include "tools/wat/number.h"

// --- what is a number ----------------------------------------------------------------

static int digit_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return 16;
}

// num ::= digit ('_'? digit)*     Returns where it ends, or `at` itself when there is none.
static const char *skip_num(const char *at, const char *end, int base)
{
    const char *last = at;
    for (const char *c = at; c < end; c++) {
        if (digit_value(*c) < base)
            last = c + 1;
        else if (*c != '_' || c != last || c == at)
            break;
    }
    return last;
}

static bool text_is(const char *at, const char *end, const char *word)
{
    size_t size = strlen(word);
    return (size_t)(end - at) == size && memcmp(at, word, size) == 0;
}

static bool text_starts(const char *at, const char *end, const char *word)
{
    size_t size = strlen(word);
    return (size_t)(end - at) >= size && memcmp(at, word, size) == 0;
}

NumberKind number_kind(const char *text, size_t size)
{
    const char *at = text, *end = text + size;
    NumberKind whole = NUMBER_NAT;
    if (at < end && (*at == '+' || *at == '-')) at++, whole = NUMBER_INT;
    if (at == end) return NUMBER_NONE;
    if (*at == 'i') return text_is(at, end, "inf") ? NUMBER_FLOAT : NUMBER_NONE;
    if (*at == 'n') {
        if (text_is(at, end, "nan")) return NUMBER_FLOAT;
        if (!text_starts(at, end, "nan:0x")) return NUMBER_NONE;
        at += 6;
        return at < end && skip_num(at, end, 16) == end ? NUMBER_FLOAT : NUMBER_NONE;
    }
    bool hex = text_starts(at, end, "0x");
    if (hex) at += 2;
    int base = hex ? 16 : 10;
    const char *next = skip_num(at, end, base);
    if (next == at) return NUMBER_NONE;
    if (next == end) return whole;
    at = next;
    if (*at == '.') at = skip_num(at + 1, end, base);
    if (at < end && (*at | 0x20) == (hex ? 'p' : 'e')) {
        at++;
        if (at < end && (*at == '+' || *at == '-')) at++;
        next = skip_num(at, end, 10);
        if (next == at) return NUMBER_NONE;
        at = next;
    }
    return at == end ? NUMBER_FLOAT : NUMBER_NONE;
}

// --- integers ------------------------------------------------------------------------

bool parse_nat(const char *text, size_t size, u64 *value)
{
    const char *at = text, *end = text + size;
    u64 base = 10, v = 0;
    if (text_starts(at, end, "0x")) at += 2, base = 16;
    for (; at < end; at++) {
        if (*at == '_') continue;
        u64 digit = (u64)digit_value(*at);
        if (v > (UINT64_MAX - digit) / base) return false;
        v = v * base + digit;
    }
    *value = v;
    return true;
}

bool parse_int(const char *text, size_t size, unsigned bits, u64 *value)
{
    bool negative = size > 0 && *text == '-';
    if (size > 0 && (*text == '-' || *text == '+')) text++, size--;
    u64 v, top = (u64)1 << (bits - 1);
    if (!parse_nat(text, size, &v)) return false;
    if (negative ? v > top : v > top - 1 + top) return false;
    if (negative) v = 0 - v;
    *value = v & (top - 1 + top);
    return true;
}

// --- from digits to bits -------------------------------------------------------------

typedef struct FloatFormat {
    int mantissa_bits;  // with the leading one
    int min_exponent;   // of a normal number 1.x * 2^e; the bias is 1 - min_exponent
    int max_exponent;
} FloatFormat;

static const FloatFormat FORMAT_F32 = {24, -126, 127};
static const FloatFormat FORMAT_F64 = {53, -1022, 1023};

static u64 infinity_bits(const FloatFormat *f)
{
    return (u64)(f->max_exponent + 1 - f->min_exponent + 1) << (f->mantissa_bits - 1);
}

static int leading_zeros(u64 v)
{
    int n = 0;
    for (int step = 32; step; step >>= 1)
        if (v >> (64 - step) == 0) v <<= step, n += step;
    return v ? n : 64;
}

// The bits of `mantissa` * 2^`exponent`, a little more if `sticky` (but less than one unit
// of the mantissa more). Rounds half to even. False: too large.   spec: aux-ieee
static bool round_float(const FloatFormat *f, u64 mantissa, s64 exponent, bool sticky,
                        u64 *bits)
{
    *bits = 0;
    if (mantissa == 0) return true;
    int zeros = leading_zeros(mantissa);
    mantissa <<= zeros;
    exponent += 63 - zeros;  // the value is now 1.x * 2^exponent
    if (exponent > f->max_exponent) return false;

    s64 dropped = 64 - f->mantissa_bits;
    bool normal = exponent >= f->min_exponent;
    if (!normal) dropped += f->min_exponent - exponent;
    if (dropped > 64) return true;  // below half of the smallest number
    u64 kept = dropped == 64 ? 0 : mantissa >> dropped;
    u64 rest = mantissa << (64 - dropped), half = (u64)1 << 63;
    if (rest > half || (rest == half && (sticky || (kept & 1)))) kept++;

    // The leading one adds itself to the exponent field, and so does a carry out of the
    // fraction, be it into the next power of two, into the normal numbers or to infinity.
    if (normal) kept += (u64)(exponent - f->min_exponent) << (f->mantissa_bits - 1);
    *bits = kept;
    return kept < infinity_bits(f);
}

// [eEpP] sign? num, saturating: a text has less than 2^33 digits to make up for it.
static s64 parse_exponent(const char *at, const char *end)
{
    const s64 limit = (s64)1 << 36;
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) at++;
    s64 v = 0;
    for (; at < end; at++)
        if (*at != '_' && v < limit) v = v * 10 + digit_value(*at);
    return negative ? -v : v;
}

// hexfloat ::= 0x hexnum ('.' hexnum?)? (p sign? num)?                 spec: text-hexfloat
static bool parse_hex_float(const FloatFormat *f, const char *at, const char *end, u64 *bits)
{
    u64 mantissa = 0;
    s64 exponent = 0;
    bool sticky = false, fraction = false;
    for (; at < end && *at != 'p' && *at != 'P'; at++) {
        if (*at == '_') continue;
        if (*at == '.') {
            fraction = true;
            continue;
        }
        int digit = digit_value(*at);
        if (mantissa >> 60 == 0) {
            mantissa = mantissa << 4 | (u64)digit;
            exponent -= fraction ? 4 : 0;
        } else {
            sticky |= digit != 0;
            exponent += fraction ? 0 : 4;
        }
    }
    if (at < end) exponent += parse_exponent(at + 1, end);
    return round_float(f, mantissa, exponent, sticky, bits);
}

// A natural number of up to 3,072 bits, least significant word first; the words from
// `count` on are undefined. Enough for every use below, as is argued there.
enum { BIG_WORDS = 96 };
typedef struct Big {
    int count;
    u32 words[BIG_WORDS];
} Big;

static void big_set(Big *b, u64 v)
{
    b->words[0] = (u32)v, b->words[1] = (u32)(v >> 32);
    b->count = v >> 32 ? 2 : v ? 1 : 0;
}

// b = b * factor + add
static void big_multiply(Big *b, u32 factor, u32 add)
{
    u64 carry = add;
    for (int i = 0; i < b->count; i++) {
        carry += (u64)b->words[i] * factor;
        b->words[i] = (u32)carry;
        carry >>= 32;
    }
    if (carry) {
        assert(b->count < BIG_WORDS);
        b->words[b->count++] = (u32)carry;
    }
}

// b = b / divisor; returns whether something remained.
static bool big_divide(Big *b, u32 divisor)
{
    u64 rest = 0;
    for (int i = b->count; i-- > 0;) {
        rest = rest << 32 | b->words[i];
        b->words[i] = (u32)(rest / divisor);
        rest %= divisor;
    }
    while (b->count > 0 && b->words[b->count - 1] == 0) b->count--;
    return rest != 0;
}

static const u32 FIVE_TO_13 = 1220703125;  // the largest power of five in 32 bits

static u32 power_of_five(int n)
{
    u32 v = 1;
    while (n-- > 0) v *= 5;
    return v;
}

// b = b * 5^n
static void big_multiply_fives(Big *b, int n)
{
    for (; n >= 13; n -= 13) big_multiply(b, FIVE_TO_13, 0);
    if (n > 0) big_multiply(b, power_of_five(n), 0);
}

// b = b / 5^n; returns whether something remained. Rounding down step by step comes to
// the same as rounding down once.
static bool big_divide_fives(Big *b, int n)
{
    bool rest = false;
    for (; n >= 13; n -= 13) rest |= big_divide(b, FIVE_TO_13);
    if (n > 0) rest |= big_divide(b, power_of_five(n));
    return rest;
}

static void big_shift_left(Big *b, int bits)
{
    if (b->count == 0 || bits == 0) return;
    int words = bits / 32, rest = bits % 32;
    assert(b->count + words + 1 <= BIG_WORDS);
    b->words[b->count] = 0;
    for (int i = b->count; i >= 0; i--) {
        u32 low = i > 0 && rest ? b->words[i - 1] >> (32 - rest) : 0;
        b->words[i + words] = b->words[i] << rest | low;
    }
    for (int i = 0; i < words; i++) b->words[i] = 0;
    b->count += words + 1;
    if (b->words[b->count - 1] == 0) b->count--;
}

static int big_bits(const Big *b)
{
    if (b->count == 0) return 0;
    return 32 * b->count - (leading_zeros(b->words[b->count - 1]) - 32);
}

// The 64 highest bits; what lies below them goes into *exponent and *sticky.
static u64 big_top(const Big *b, s64 *exponent, bool *sticky)
{
    u64 top = 0;
    int i = b->count - 1;
    for (int taken = 0; taken < 2 && i >= 0; taken++, i--) top = top << 32 | b->words[i];
    if (i < 0) return top;
    int zeros = leading_zeros(top);
    if (zeros > 0) {
        top = top << zeros | b->words[i] >> (32 - zeros);
        *sticky |= (u32)(b->words[i] << zeros) != 0;
    } else {
        *sticky |= b->words[i] != 0;
    }
    *exponent += 32 * (i + 1) - zeros;
    while (i-- > 0) *sticky |= b->words[i] != 0;
    return top;
}

// float ::= num ('.' num?)? (e sign? num)?                              spec: text-float
//
// The digits make an integer D and a decimal exponent E. D * 10^E is D * 5^E * 2^E: the
// power of two costs nothing, and the power of five is multiplied or divided exactly,
// remembering only whether a division left something over.
static bool parse_decimal_float(const FloatFormat *f, const char *at, const char *end,
                                u64 *bits)
{
    // 767 digits tell any f64 from the middle between two; behind 800 it only matters
    // whether there is anything at all, so one more digit stands for the rest.
    enum { DIGITS_KEPT = 800 };
    Big big = {0};
    s64 exponent = 0, digits = 0;
    u32 chunk = 0, chunk_scale = 1;
    bool fraction = false, more = false;
    for (; at < end && *at != 'e' && *at != 'E'; at++) {
        if (*at == '_') continue;
        if (*at == '.') {
            fraction = true;
            continue;
        }
        int digit = digit_value(*at);
        if (digits >= DIGITS_KEPT) {
            more |= digit != 0;
            exponent += fraction ? 0 : 1;
            continue;
        }
        exponent -= fraction ? 1 : 0;
        if (digits == 0 && digit == 0) continue;
        digits++;
        chunk = chunk * 10 + (u32)digit, chunk_scale *= 10;
        if (chunk_scale == 1000000000) {
            big_multiply(&big, chunk_scale, chunk);
            chunk = 0, chunk_scale = 1;
        }
    }
    big_multiply(&big, chunk_scale, chunk);
    if (more) big_multiply(&big, 10, 1), exponent--, digits++;
    if (at < end) exponent += parse_exponent(at + 1, end);

    *bits = 0;
    if (digits == 0) return true;
    // The value lies in [10^(digits + exponent - 1), 10^(digits + exponent)).
    if (digits + exponent > 310) return false;
    if (digits + exponent < -400) return true;
    // So -1,201 <= exponent <= 309. With an exponent of 0 or more D * 5^E has at most
    // 1,030 bits; below, 1201 * log2(5) + 66 < 2,862 or D itself, 2,662: Big is enough.
    s64 exponent2 = exponent;
    bool sticky = false;
    if (exponent >= 0) {
        big_multiply_fives(&big, (int)exponent);
    } else {
        int fives = (int)-exponent;
        int shift = fives * 2322 / 1000 + 67 - big_bits(&big);  // leaves 66 bits or more
        if (shift > 0) big_shift_left(&big, shift), exponent2 -= shift;
        sticky = big_divide_fives(&big, fives);
    }
    u64 top = big_top(&big, &exponent2, &sticky);
    return round_float(f, top, exponent2, sticky, bits);
}

static bool parse_float(const FloatFormat *f, int total_bits, const char *text, size_t size,
                        u64 *bits)
{
    const char *at = text, *end = text + size;
    u64 sign = at < end && *at == '-' ? (u64)1 << (total_bits - 1) : 0;
    if (at < end && (*at == '-' || *at == '+')) at++;
    bool fits;
    if (at < end && *at == 'i') {
        *bits = infinity_bits(f), fits = true;
    } else if (at < end && *at == 'n') {
        u64 quiet = (u64)1 << (f->mantissa_bits - 2), payload = quiet;
        fits = end - at == 3 || parse_nat(at + 4, (size_t)(end - at - 4), &payload);
        fits = fits && payload > 0 && payload < quiet * 2;
        *bits = infinity_bits(f) | payload;
    } else if (text_starts(at, end, "0x")) {
        fits = parse_hex_float(f, at + 2, end, bits);
    } else {
        fits = parse_decimal_float(f, at, end, bits);
    }
    *bits |= sign;
    return fits;
}

bool parse_f32(const char *text, size_t size, u32 *bits)
{
    u64 wide;
    bool fits = parse_float(&FORMAT_F32, 32, text, size, &wide);
    *bits = (u32)wide;
    return fits;
}

bool parse_f64(const char *text, size_t size, u64 *bits)
{
    return parse_float(&FORMAT_F64, 64, text, size, bits);
}

// --- from bits to digits -------------------------------------------------------------

size_t print_u64(char *out, u64 value)
{
    char digits[20];
    size_t n = 0;
    do digits[n++] = (char)('0' + value % 10);
    while (value /= 10);
    for (size_t i = 0; i < n; i++) out[i] = digits[n - 1 - i];
    out[n] = 0;
    return n;
}

size_t print_s64(char *out, s64 value)
{
    if (value >= 0) return print_u64(out, (u64)value);
    out[0] = '-';
    return 1 + print_u64(out + 1, 0 - (u64)value);
}

static int big_compare(const Big *a, const Big *b)
{
    if (a->count != b->count) return a->count < b->count ? -1 : 1;
    for (int i = a->count; i-- > 0;)
        if (a->words[i] != b->words[i]) return a->words[i] < b->words[i] ? -1 : 1;
    return 0;
}

// a = a - b, where a >= b
static void big_subtract(Big *a, const Big *b)
{
    u64 borrow = 0;
    for (int i = 0; i < a->count; i++) {
        u64 v = (u64)a->words[i] - (i < b->count ? b->words[i] : 0) - borrow;
        a->words[i] = (u32)v;
        borrow = v >> 63;
    }
    while (a->count > 0 && a->words[a->count - 1] == 0) a->count--;
}

// The sign of (a + b) - c.
static int big_compare_sum(const Big *a, const Big *b, const Big *c)
{
    Big sum = a->count >= b->count ? *a : *b;
    const Big *less = a->count >= b->count ? b : a;
    u64 carry = 0;
    for (int i = 0; i < sum.count; i++) {
        carry += (u64)sum.words[i] + (i < less->count ? less->words[i] : 0);
        sum.words[i] = (u32)carry;
        carry >>= 32;
    }
    if (carry) sum.words[sum.count++] = 1;
    return big_compare(&sum, c);
}

// The fewest digits that read back as mantissa * 2^exponent, closest to it among those
// (Steele and White, Dybvig). Returns how many; the value is 0.d1d2d3... * 10^*point.
//
// rest / scale is the value, up / scale and down / scale are half the distances to its
// neighbours. Digits are split off until what is left is less than those.
static int shortest_digits(u64 mantissa, int exponent, bool power_of_two, char *digits,
                           int *point)
{
    Big rest, scale, up, down;
    bool even = (mantissa & 1) == 0;  // the ends of the interval round to us too
    big_set(&rest, mantissa), big_set(&scale, 1), big_set(&up, 1), big_set(&down, 1);
    int shift = power_of_two ? 2 : 1;  // below a power of two the neighbours are closer
    big_shift_left(&rest, shift + (exponent > 0 ? exponent : 0));
    big_shift_left(&scale, shift + (exponent < 0 ? -exponent : 0));
    big_shift_left(&up, (shift - 1) + (exponent > 0 ? exponent : 0));
    big_shift_left(&down, exponent > 0 ? exponent : 0);

    // log10(2) is a little more than 1233/4096: never too large, at most one too small.
    int log2 = exponent + 63 - leading_zeros(mantissa);
    int k = log2 >= 0 ? log2 * 1233 / 4096 : -((-log2 * 1233 + 4095) / 4096);
    if (k >= 0) {
        big_multiply_fives(&scale, k), big_shift_left(&scale, k);
    } else {
        big_multiply_fives(&rest, -k), big_shift_left(&rest, -k);
        big_multiply_fives(&up, -k), big_shift_left(&up, -k);
        big_multiply_fives(&down, -k), big_shift_left(&down, -k);
    }
    while (big_compare_sum(&rest, &up, &scale) >= (even ? 0 : 1)) {
        big_multiply(&scale, 10, 0);
        k++;
    }
    *point = k;

    for (int n = 0;;) {
        big_multiply(&rest, 10, 0), big_multiply(&up, 10, 0), big_multiply(&down, 10, 0);
        char digit = '0';
        while (big_compare(&rest, &scale) >= 0) big_subtract(&rest, &scale), digit++;
        bool low = big_compare(&rest, &down) < (even ? 1 : 0);
        bool high = big_compare_sum(&rest, &up, &scale) >= (even ? 0 : 1);
        if (low || high) {
            int middle = big_compare_sum(&rest, &rest, &scale);
            if (high && (!low || middle > 0 || (middle == 0 && (digit & 1)))) digit++;
            digits[n++] = digit;
            return n;
        }
        digits[n++] = digit;
    }
}

// Digits as people write them: plain while that stays short, else with an exponent.
static size_t layout_digits(char *out, const char *digits, int n, int point)
{
    char *o = out;
    if (point > 21 || point < -5) {
        *o++ = digits[0];
        if (n > 1) *o++ = '.';
        for (int i = 1; i < n; i++) *o++ = digits[i];
        *o++ = 'e', *o++ = point > 0 ? '+' : '-';
        o += print_u64(o, (u64)(point > 0 ? point - 1 : 1 - point));
    } else {
        if (point <= 0) *o++ = '0', *o++ = '.';
        for (int i = point; i < 0; i++) *o++ = '0';
        for (int i = 0; i < n; i++) {
            if (i == point && i > 0) *o++ = '.';
            *o++ = digits[i];
        }
        for (int i = n; i < point; i++) *o++ = '0';
    }
    *o = 0;
    return (size_t)(o - out);
}

static size_t print_hex(char *out, u64 value)
{
    size_t n = 1;
    while (n < 16 && value >> (4 * n)) n++;
    for (size_t i = 0; i < n; i++)
        out[i] = "0123456789abcdef"[value >> (4 * (n - 1 - i)) & 15];
    out[n] = 0;
    return n;
}

static size_t print_word(char *out, const char *word)
{
    memcpy(out, word, strlen(word) + 1);
    return strlen(word);
}

static size_t print_float(const FloatFormat *f, int total_bits, char *out, u64 bits)
{
    size_t n = 0;
    int fraction_bits = f->mantissa_bits - 1;
    if (bits >> (total_bits - 1)) out[n++] = '-';
    bits &= ((u64)1 << (total_bits - 1)) - 1;
    u64 fraction = bits & (((u64)1 << fraction_bits) - 1);
    if (bits == 0) return n + print_word(out + n, "0");
    if (bits == infinity_bits(f)) return n + print_word(out + n, "inf");
    if (bits > infinity_bits(f)) {
        n += print_word(out + n, "nan");
        if (fraction == (u64)1 << (fraction_bits - 1)) return n;
        n += print_word(out + n, ":0x");
        return n + print_hex(out + n, fraction);
    }
    int field = (int)(bits >> fraction_bits);
    u64 mantissa = field ? fraction | (u64)1 << fraction_bits : fraction;
    int exponent = (field ? field : 1) - 1 + f->min_exponent - fraction_bits;
    char digits[24];
    int point, count = shortest_digits(mantissa, exponent, fraction == 0 && field > 1, digits,
                                       &point);
    return n + layout_digits(out + n, digits, count, point);
}

size_t print_f32(char *out, u32 bits)
{
    return print_float(&FORMAT_F32, 32, out, bits);
}

size_t print_f64(char *out, u64 bits)
{
    return print_float(&FORMAT_F64, 64, out, bits);
}
