// motion.c -- where has a block of a picture moved to: sums of absolute differences of bytes.
// SPDX-License-Identifier: MIT
#include "../src/bench.h"
#include "lanes.h"

enum { WIDE = 128, HIGH = 128, BLOCK = 16, REACH = 12 };
static uint8_t before[HIGH][WIDE], after[HIGH][WIDE];

#ifdef LANES
static uint32_t difference(const uint8_t *a, const uint8_t *b)
{
    v128_t sums = wasm_i32x4_splat(0);
    for (int y = 0; y < BLOCK; y++) {
        const v128_t x = wasm_v128_load(a + y * WIDE), z = wasm_v128_load(b + y * WIDE);
        const v128_t apart = wasm_v128_or(wasm_u8x16_sub_sat(x, z), wasm_u8x16_sub_sat(z, x));
        sums = wasm_i32x4_add(sums, wasm_u32x4_extadd_pairwise_u16x8(
                                        wasm_u16x8_extadd_pairwise_u8x16(apart)));
    }
    return wasm_u32x4_extract_lane(sums, 0) + wasm_u32x4_extract_lane(sums, 1) +
           wasm_u32x4_extract_lane(sums, 2) + wasm_u32x4_extract_lane(sums, 3);
}
#else
static uint32_t difference(const uint8_t *a, const uint8_t *b)
{
    uint32_t sum = 0;
    for (int y = 0; y < BLOCK; y++) {
        for (int x = 0; x < BLOCK; x++) {
            const int apart = a[y * WIDE + x] - b[y * WIDE + x];
            sum += (uint32_t)(apart < 0 ? -apart : apart);
        }
    }
    return sum;
}
#endif

// The best place for the block that was at (x, y), as one number.
static uint32_t search(int x, int y)
{
    uint32_t best = UINT32_MAX, place = 0;
    for (int dy = -REACH; dy < REACH; dy++) {
        for (int dx = -REACH; dx < REACH; dx++) {
            const uint32_t apart = difference(&before[y][x], &after[y + dy][x + dx]);
            if (apart < best) best = apart, place = (uint32_t)((dy + REACH) * 64 + dx + REACH);
        }
    }
    return place;
}

int main(int argc, char **argv)
{
    for (int y = 0; y < HIGH; y++) {
        for (int x = 0; x < WIDE; x++) before[y][x] = (uint8_t)(random_u32() >> 24);
    }
    for (int y = 0; y < HIGH; y++) {
        for (int x = 0; x < WIDE; x++) {
            after[y][x] = (uint8_t)(before[(y + 5) % HIGH][(x + 3) % WIDE] + random_u32() % 16);
        }
    }
    uint64_t sum = 0;
    for (int round = 5 * amount(argc, argv, 1); round > 0; round--) {
        sum = sum * 31 + search(REACH + (int)(random_u32() % 80), REACH + (int)(random_u32() % 80));
    }
    report("motion", sum);
}
