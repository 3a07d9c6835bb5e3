// blur.c -- a picture is softened: each pixel becomes a weighted sum of three rows and columns.
// SPDX-License-Identifier: MIT
#include "../src/bench.h"
#include "lanes.h"

enum { WIDE = 528, HIGH = 256 };
static uint8_t picture[2][HIGH][WIDE];

// (1 2 1) down the column and (1 2 1) along the row, divided by 16.
#ifdef LANES
static v128_t weighted(v128_t a, v128_t b, v128_t c)
{
    return wasm_i16x8_add(wasm_i16x8_add(a, c), wasm_i16x8_shl(b, 1));
}

static v128_t column(const uint8_t *at)
{
    return weighted(wasm_u16x8_load8x8(at - WIDE), wasm_u16x8_load8x8(at),
                    wasm_u16x8_load8x8(at + WIDE));
}

static void soften_row(uint8_t *to, const uint8_t *from)
{
    for (int x = 8; x < WIDE - 8; x += 8) {
        const v128_t sum = weighted(column(from + x - 1), column(from + x), column(from + x + 1));
        const v128_t mean = wasm_u16x8_shr(sum, 4);
        wasm_v128_store64_lane(to + x, wasm_u8x16_narrow_i16x8(mean, mean), 0);
    }
}
#else
static unsigned column(const uint8_t *at)
{
    return at[-WIDE] + 2u * at[0] + at[WIDE];
}

static void soften_row(uint8_t *to, const uint8_t *from)
{
    for (int x = 8; x < WIDE - 8; x++) {
        to[x] = (uint8_t)((column(from + x - 1) + 2 * column(from + x) + column(from + x + 1)) >> 4);
    }
}
#endif

int main(int argc, char **argv)
{
    for (int y = 0; y < HIGH; y++) {
        for (int x = 0; x < WIDE; x++) picture[0][y][x] = (uint8_t)random_u32();
    }
    const int rounds = amount(argc, argv, 2);
    for (int round = 0; round < rounds; round++) {
        for (int y = 1; y < HIGH - 1; y++) soften_row(picture[~round & 1][y], picture[round & 1][y]);
    }
    uint64_t sum = 0;
    for (int y = 0; y < HIGH; y++) {
        for (int x = 0; x < WIDE; x++) sum = sum * 31 + picture[rounds & 1][y][x];
    }
    report("blur", sum);
}
