// julia.c -- a Julia set in single precision: four points at a time until all have escaped.
// SPDX-License-Identifier: MIT
#include "../src/bench.h"
#include "lanes.h"

enum { SIDE = 128, LIMIT = 100 };
static const float CX = -0.7f, CY = 0.27015f;

// The sum of the numbers of steps that four points from (x, y) to the right take to escape.
#ifdef LANES
static unsigned steps_of_four(float x0, float y0, float step)
{
    v128_t x = wasm_f32x4_add(wasm_f32x4_splat(x0),
                              wasm_f32x4_mul(wasm_f32x4_splat(step), wasm_f32x4_const(0, 1, 2, 3)));
    v128_t y = wasm_f32x4_splat(y0), steps = wasm_i32x4_splat(0);
    v128_t inside = wasm_i32x4_splat(-1);
    for (int n = 0; n < LIMIT; n++) {
        const v128_t xx = wasm_f32x4_mul(x, x), yy = wasm_f32x4_mul(y, y);
        inside = wasm_v128_and(inside, wasm_f32x4_le(wasm_f32x4_add(xx, yy), wasm_f32x4_splat(4)));
        if (!wasm_v128_any_true(inside)) break;
        steps = wasm_i32x4_sub(steps, inside);
        y = wasm_f32x4_mul(x, y);
        y = wasm_f32x4_add(wasm_f32x4_add(y, y), wasm_f32x4_splat(CY));
        x = wasm_f32x4_add(wasm_f32x4_sub(xx, yy), wasm_f32x4_splat(CX));
    }
    return (unsigned)(wasm_i32x4_extract_lane(steps, 0) + wasm_i32x4_extract_lane(steps, 1) +
                      wasm_i32x4_extract_lane(steps, 2) + wasm_i32x4_extract_lane(steps, 3));
}
#else
static unsigned steps_of_four(float x0, float y0, float step)
{
    unsigned steps = 0;
    for (int k = 0; k < 4; k++) {
        float x = x0 + step * (float)k, y = y0;
        for (int n = 0; n < LIMIT; n++) {
            const float xx = x * x, yy = y * y;
            if (!(xx + yy <= 4)) break;
            steps++;
            y = x * y;
            y = y + y + CY;
            x = xx - yy + CX;
        }
    }
    return steps;
}
#endif

int main(int argc, char **argv)
{
    uint64_t sum = 0;
    for (int round = amount(argc, argv, 1); round > 0; round--) {
        const float step = 3.0f / (float)(SIDE + round % 8);
        for (int j = 0; j < SIDE; j++) {
            for (int i = 0; i < SIDE; i += 4) {
                sum = sum * 31 + steps_of_four((float)i * step - 1.5f, (float)j * step - 1.5f, step);
            }
        }
    }
    report("julia", sum);
}
