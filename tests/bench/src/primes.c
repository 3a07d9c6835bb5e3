// primes.c -- a segmented sieve: byte stores in tight loops.
// SPDX-License-Identifier: MIT
#include "bench.h"

enum { SEGMENT = 1 << 15 };
static unsigned char composite[SEGMENT];
static uint32_t base[10000];

int main(int argc, char **argv)
{
    uint32_t limit = (uint32_t)amount(argc, argv, 20) * 1000000u;
    uint32_t base_count = 0, root = 1;
    while (root * root < limit) root++;
    for (uint32_t n = 2; n <= root; n++) {
        int prime = 1;
        for (uint32_t i = 0; i < base_count && base[i] * base[i] <= n; i++) {
            if (n % base[i] == 0) { prime = 0; break; }
        }
        if (prime) base[base_count++] = n;
    }
    uint64_t count = 0, sum = 0;
    for (uint32_t low = 0; low < limit; low += SEGMENT) {
        memset(composite, 0, sizeof composite);
        uint32_t high = limit - low < SEGMENT ? limit : low + SEGMENT;
        for (uint32_t i = 0; i < base_count && base[i] * base[i] < high; i++) {
            uint32_t p = base[i], at = (low + p - 1) / p * p;
            if (at < p * p) at = p * p;
            for (; at < high; at += p) composite[at - low] = 1;
        }
        for (uint32_t n = low < 2 ? 2 : low; n < high; n++) {
            if (!composite[n - low]) count++, sum += n;
        }
    }
    report("primes", count);
    report("sum", sum);
    return 0;
}
