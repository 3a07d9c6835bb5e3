// fractal.c -- the Mandelbrot set in single precision, its border in double.
// SPDX-License-Identifier: MIT
#include "bench.h"

static int escape(float a, float b, int limit)
{
    float x = 0, y = 0;
    int n = 0;
    while (n < limit && x * x + y * y < 4) {
        float t = x * x - y * y + a;
        y = 2 * x * y + b;
        x = t;
        n++;
    }
    return n;
}

static int escape_exactly(double a, double b, int limit)
{
    double x = 0, y = 0;
    int n = 0;
    while (n < limit && x * x + y * y < 4) {
        double t = x * x - y * y + a;
        y = 2 * x * y + b;
        x = t;
        n++;
    }
    return n;
}

int main(int argc, char **argv)
{
    int size = amount(argc, argv, 200);
    uint64_t inside = 0, sum = 0;
    for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++) {
            int n = escape(3.0f * (float)x / (float)size - 2, 3.0f * (float)y / (float)size - 1.5f, 256);
            if (n > 64) n = escape_exactly(3.0 * x / size - 2, 3.0 * y / size - 1.5, 256);
            inside += n == 256;
            sum = sum * 31 + (uint64_t)n;
        }
    }
    report("inside", inside);
    report("sum", sum);
    return 0;
}
