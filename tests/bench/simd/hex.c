// hex.c -- bytes are written as hexadecimal digits: a table of sixteen, looked up by lane.
// SPDX-License-Identifier: MIT
#include "../src/bench.h"
#include "lanes.h"

enum { SIZE = 1 << 16 };
static uint8_t bytes[SIZE], digits_of[2 * SIZE];
static const char table[17] = "0123456789abcdef";

#ifdef LANES
static void encode(void)
{
    const v128_t letters = wasm_v128_load(table), nibble = wasm_i8x16_splat(15);
    for (int i = 0; i < SIZE; i += 16) {
        const v128_t in = wasm_v128_load(bytes + i);
        const v128_t high = wasm_i8x16_swizzle(letters, wasm_u8x16_shr(in, 4));
        const v128_t low = wasm_i8x16_swizzle(letters, wasm_v128_and(in, nibble));
        wasm_v128_store(digits_of + 2 * i, wasm_i8x16_shuffle(
            high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
        wasm_v128_store(digits_of + 2 * i + 16, wasm_i8x16_shuffle(
            high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31));
    }
}
#else
static void encode(void)
{
    for (int i = 0; i < SIZE; i++) {
        digits_of[2 * i] = (uint8_t)table[bytes[i] >> 4];
        digits_of[2 * i + 1] = (uint8_t)table[bytes[i] & 15];
    }
}
#endif

int main(int argc, char **argv)
{
    for (int i = 0; i < SIZE; i++) bytes[i] = (uint8_t)random_u32();
    uint64_t sum = 0;
    for (int round = amount(argc, argv, 1); round > 0; round--) {
        bytes[random_u32() % SIZE]++;
        encode();
        for (int i = 0; i < 2 * SIZE; i += 999) sum = sum * 31 + digits_of[i];
    }
    report("hex", sum);
}
