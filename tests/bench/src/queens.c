// queens.c -- backtracking with bit sets: branches that cannot be foreseen.
// SPDX-License-Identifier: MIT
#include "bench.h"

static uint32_t all;

static uint64_t place(uint32_t columns, uint32_t left, uint32_t right)
{
    if (columns == all) return 1;
    uint64_t found = 0;
    for (uint32_t open = all & ~(columns | left | right); open != 0; open &= open - 1) {
        uint32_t bit = open & -open;
        found += place(columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return found;
}

int main(int argc, char **argv)
{
    int n = amount(argc, argv, 10);
    all = (1u << n) - 1;
    report("solutions", place(0, 0, 0));
    return 0;
}
