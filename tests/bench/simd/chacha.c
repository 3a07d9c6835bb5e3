// chacha.c -- the ChaCha20 stream cipher: additions, exclusive ors, rotations, and rows of a
// four by four matrix that turn.
// SPDX-License-Identifier: MIT
#include "../src/bench.h"
#include "lanes.h"

#ifdef LANES
#define ROTATED(x, n) wasm_v128_or(wasm_i32x4_shl(x, n), wasm_u32x4_shr(x, 32 - (n)))

static void block(uint32_t out[16], const uint32_t in[16])
{
    v128_t start[4], row[4];
    for (int i = 0; i < 4; i++) start[i] = row[i] = wasm_v128_load(in + 4 * i);
    for (int half = 0; half < 20; half++) {
        row[0] = wasm_i32x4_add(row[0], row[1]);
        row[3] = wasm_v128_xor(row[3], row[0]), row[3] = ROTATED(row[3], 16);
        row[2] = wasm_i32x4_add(row[2], row[3]);
        row[1] = wasm_v128_xor(row[1], row[2]), row[1] = ROTATED(row[1], 12);
        row[0] = wasm_i32x4_add(row[0], row[1]);
        row[3] = wasm_v128_xor(row[3], row[0]), row[3] = ROTATED(row[3], 8);
        row[2] = wasm_i32x4_add(row[2], row[3]);
        row[1] = wasm_v128_xor(row[1], row[2]), row[1] = ROTATED(row[1], 7);
        if (half % 2 == 0) {
            row[1] = wasm_i32x4_shuffle(row[1], row[1], 1, 2, 3, 0);
            row[2] = wasm_i32x4_shuffle(row[2], row[2], 2, 3, 0, 1);
            row[3] = wasm_i32x4_shuffle(row[3], row[3], 3, 0, 1, 2);
        } else {
            row[1] = wasm_i32x4_shuffle(row[1], row[1], 3, 0, 1, 2);
            row[2] = wasm_i32x4_shuffle(row[2], row[2], 2, 3, 0, 1);
            row[3] = wasm_i32x4_shuffle(row[3], row[3], 1, 2, 3, 0);
        }
    }
    for (int i = 0; i < 4; i++) wasm_v128_store(out + 4 * i, wasm_i32x4_add(row[i], start[i]));
}
#else
static uint32_t rotated(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}

static void quarter(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    *a += *b, *d = rotated(*d ^ *a, 16);
    *c += *d, *b = rotated(*b ^ *c, 12);
    *a += *b, *d = rotated(*d ^ *a, 8);
    *c += *d, *b = rotated(*b ^ *c, 7);
}

static void block(uint32_t out[16], const uint32_t in[16])
{
    uint32_t s[16];
    memcpy(s, in, sizeof s);
    for (int twice = 0; twice < 10; twice++) {
        for (int i = 0; i < 4; i++) quarter(s + i, s + 4 + i, s + 8 + i, s + 12 + i);
        for (int i = 0; i < 4; i++) {
            quarter(s + i, s + 4 + (i + 1) % 4, s + 8 + (i + 2) % 4, s + 12 + (i + 3) % 4);
        }
    }
    for (int i = 0; i < 16; i++) out[i] = s[i] + in[i];
}
#endif

int main(int argc, char **argv)
{
    uint32_t state[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}, out[16];
    uint64_t sum = 0;
    for (int i = 4; i < 16; i++) state[i] = random_u32();
    for (int n = 1000 * amount(argc, argv, 1); n > 0; n--) {
        block(out, state);
        state[12]++;
        sum = sum * 31 + out[n % 16];
    }
    report("chacha", sum);
}
