// bench.h -- what the benchmark programs share: no printf, so that they stay small.
// SPDX-License-Identifier: MIT
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// "label: value", the value as unsigned decimal.
static inline void report(const char *label, uint64_t value)
{
    char line[80];
    size_t end = sizeof line;
    line[--end] = '\n';
    do line[--end] = (char)('0' + value % 10); while ((value /= 10) != 0);
    line[--end] = ' ';
    line[--end] = ':';
    for (size_t n = strlen(label); n > 0; n--) line[--end] = label[n - 1];
    if (write(1, line + end, sizeof line - end) < 0) abort();
}

// The bits of a double, rounded to about ten digits so that -ffp-contract cannot matter.
static inline uint64_t digits(double value)
{
    return (uint64_t)(int64_t)(value * 1e9);
}

// How much to do: the first argument, or `otherwise`.
static inline int amount(int argc, char **argv, int otherwise)
{
    return argc > 1 ? atoi(argv[1]) : otherwise;
}

// A small generator (xorshift64*), so that every run sees the same numbers.
static uint64_t random_state = 0x9E3779B97F4A7C15;
static inline uint32_t random_u32(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)(random_state * 0x2545F4914F6CDD1D >> 32);
}

#endif
