// product.c -- single-precision matrices are multiplied, a row of the result at a time.
// SPDX-License-Identifier: MIT
#include "../src/bench.h"
#include "lanes.h"

enum { SIDE = 128 };
static float a[SIDE][SIDE], b[SIDE][SIDE], c[SIDE][SIDE];

// to[] += factor * from[]
#ifdef LANES
static void add_multiple(float *to, float factor, const float *from)
{
    const v128_t factors = wasm_f32x4_splat(factor);
    for (int j = 0; j < SIDE; j += 4) {
        wasm_v128_store(to + j, wasm_f32x4_add(wasm_v128_load(to + j),
                                               wasm_f32x4_mul(factors, wasm_v128_load(from + j))));
    }
}
#else
static void add_multiple(float *to, float factor, const float *from)
{
    for (int j = 0; j < SIDE; j++) to[j] += factor * from[j];
}
#endif

int main(int argc, char **argv)
{
    for (int i = 0; i < SIDE; i++) {
        for (int j = 0; j < SIDE; j++) {
            a[i][j] = (float)(random_u32() % 1000) / 1000.0f;
            b[i][j] = (float)(random_u32() % 1000) / 500.0f - 1.0f;
        }
    }
    for (int round = amount(argc, argv, 1); round > 0; round--) {
        for (int i = 0; i < SIDE; i++) {
            memset(c[i], 0, sizeof c[i]);
            for (int k = 0; k < SIDE; k++) add_multiple(c[i], a[i][k], b[k]);
        }
        a[round % SIDE][0] = c[0][round % SIDE] / 64.0f;
    }
    uint64_t sum = 0;
    for (int i = 0; i < SIDE; i++) {
        uint32_t bits;
        for (int j = 0; j < SIDE; j++) memcpy(&bits, &c[i][j], sizeof bits), sum = sum * 31 + bits;
    }
    report("product", sum);
}
