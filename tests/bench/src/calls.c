// calls.c -- recursive calls that do little: Takeuchi's function and Ackermann's.
// SPDX-License-Identifier: MIT
#include "bench.h"

__attribute__((noinline)) static int tak(int x, int y, int z)
{
    if (y >= x) return z;
    return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}

__attribute__((noinline)) static int ackermann(int m, int n)
{
    if (m == 0) return n + 1;
    if (n == 0) return ackermann(m - 1, 1);
    return ackermann(m - 1, ackermann(m, n - 1));
}

int main(int argc, char **argv)
{
    int n = amount(argc, argv, 8);
    report("tak", (uint64_t)tak(2 * n, n, 0));
    report("ackermann", (uint64_t)ackermann(2, 20 * n));
    return 0;
}
