// scan.c -- a text is searched for line ends and for bytes that are not ASCII, by bit masks.
// SPDX-License-Identifier: MIT
#include "../src/bench.h"
#include "lanes.h"

enum { SIZE = 1 << 18 };
static uint8_t text[SIZE];

typedef struct Found {
    uint32_t lines, foreign, last;
} Found;

#ifdef LANES
static Found scan(void)
{
    Found found = {0, 0, 0};
    for (uint32_t i = 0; i < SIZE; i += 16) {
        const v128_t bytes = wasm_v128_load(text + i);
        const uint32_t lines = wasm_i8x16_bitmask(wasm_i8x16_eq(bytes, wasm_i8x16_splat('\n')));
        found.lines += (uint32_t)__builtin_popcount(lines);
        found.foreign += (uint32_t)__builtin_popcount(wasm_i8x16_bitmask(bytes));
        if (lines) found.last = i + 31 - (uint32_t)__builtin_clz(lines);
    }
    return found;
}
#else
static Found scan(void)
{
    Found found = {0, 0, 0};
    for (uint32_t i = 0; i < SIZE; i++) {
        if (text[i] == '\n') found.lines++, found.last = i;
        if (text[i] >= 128) found.foreign++;
    }
    return found;
}
#endif

int main(int argc, char **argv)
{
    for (uint32_t i = 0; i < SIZE; i++) {
        const uint32_t r = random_u32();
        text[i] = r % 40 == 0 ? '\n' : r % 23 == 0 ? (uint8_t)(128 + r % 64) : (uint8_t)(32 + r % 90);
    }
    uint64_t sum = 0;
    for (int round = amount(argc, argv, 1); round > 0; round--) {
        text[random_u32() % SIZE] = '\n';
        const Found found = scan();
        sum = sum * 31 + found.lines + found.foreign * 7 + found.last;
    }
    report("scan", sum);
}
