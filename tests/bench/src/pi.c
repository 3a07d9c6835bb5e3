// pi.c -- digits of pi by big integers: 64-bit multiplication and division by words.
// SPDX-License-Identifier: MIT
#include "bench.h"

enum { WORDS = 2048 };
static uint32_t sum[WORDS], term[WORDS], part[WORDS];

static int divide(uint32_t *a, int n, uint32_t by)
{
    uint64_t rest = 0;
    int any = 0;
    for (int i = 0; i < n; i++) {
        rest = rest << 32 | a[i];
        a[i] = (uint32_t)(rest / by);
        any |= a[i] != 0;
        rest %= by;
    }
    return any;
}

static void multiply(uint32_t *a, int n, uint32_t by)
{
    uint64_t carry = 0;
    for (int i = n - 1; i >= 0; i--) {
        carry += (uint64_t)a[i] * by;
        a[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static void add(uint32_t *a, const uint32_t *b, int n, int negative)
{
    uint64_t carry = (uint64_t)negative;
    for (int i = n - 1; i >= 0; i--) {
        carry += (uint64_t)a[i] + (negative ? ~b[i] : b[i]);
        a[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

// sum += factor * arctan(1 / x), by its series.
static void arctan(int n, uint32_t factor, uint32_t x, int negative)
{
    memset(term, 0, sizeof term);
    term[0] = factor;
    divide(term, n, x);
    for (uint32_t k = 1;; k += 2) {
        memcpy(part, term, sizeof part);
        divide(part, n, k);
        add(sum, part, n, negative ^ (int)(k >> 1 & 1));
        if (!divide(term, n, x * x)) break;
    }
}

int main(int argc, char **argv)
{
    int count = amount(argc, argv, 1000), n = count * 10 / 96 + 4;
    if (n > WORDS) n = WORDS;
    arctan(n, 16, 5, 0);
    arctan(n, 4, 239, 1);
    uint64_t check = 0;
    for (int i = 0; i < count; i++) {
        check = check * 31 + sum[0];
        if (i < 1) report("first", sum[0]);
        sum[0] = 0;
        multiply(sum, n, 10);
    }
    report("check", check);
    return 0;
}
