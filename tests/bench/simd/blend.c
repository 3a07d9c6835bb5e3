// blend.c -- one picture is laid over another, by the alpha of each of its pixels.
// SPDX-License-Identifier: MIT
#include "../src/bench.h"
#include "lanes.h"

enum { PIXELS = 65536 };
static uint8_t below[4 * PIXELS], above[4 * PIXELS];

// (a * alpha + b * (256 - alpha)) / 256 for each of the four bytes, alpha being above's last.
#ifdef LANES
static v128_t mixed(v128_t a, v128_t b, v128_t alpha)
{
    const v128_t rest = wasm_i16x8_sub(wasm_i16x8_splat(256), alpha);
    return wasm_u16x8_shr(wasm_i16x8_add(wasm_i16x8_mul(a, alpha), wasm_i16x8_mul(b, rest)), 8);
}

static void blend(void)
{
    for (size_t i = 0; i < sizeof below; i += 16) {
        const v128_t a = wasm_v128_load(above + i), b = wasm_v128_load(below + i);
        const v128_t alpha = wasm_i8x16_shuffle(a, a, 3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11,
                                                15, 15, 15, 15);
        const v128_t low = mixed(wasm_u16x8_extend_low_u8x16(a), wasm_u16x8_extend_low_u8x16(b),
                                 wasm_u16x8_extend_low_u8x16(alpha));
        const v128_t high = mixed(wasm_u16x8_extend_high_u8x16(a), wasm_u16x8_extend_high_u8x16(b),
                                  wasm_u16x8_extend_high_u8x16(alpha));
        wasm_v128_store(below + i, wasm_u8x16_narrow_i16x8(low, high));
    }
}
#else
static void blend(void)
{
    for (size_t i = 0; i < sizeof below; i += 4) {
        const unsigned alpha = above[i + 3], rest = 256 - alpha;
        for (size_t k = i; k < i + 4; k++) {
            below[k] = (uint8_t)((above[k] * alpha + below[k] * rest) >> 8);
        }
    }
}
#endif

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof below; i++) {
        below[i] = (uint8_t)random_u32();
        above[i] = (uint8_t)random_u32();
    }
    for (int round = amount(argc, argv, 1); round > 0; round--) blend();
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof below; i++) sum = sum * 31 + below[i];
    report("blend", sum);
}
