// squeeze.c -- an LZ77 compressor and its inverse: byte searches, short copies.
// SPDX-License-Identifier: MIT
#include "bench.h"

enum { SIZE = 1 << 18, HASHES = 1 << 14 };
static unsigned char plain[SIZE], packed[SIZE * 2], again[SIZE];
static uint32_t last[HASHES];

static uint32_t hash3(const unsigned char *p)
{
    return ((uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2]) * 2654435761u >> 18;
}

// A literal is 0 and a byte; a copy is its length (3..255) and a 16-bit distance.
static size_t squeeze(const unsigned char *in, size_t n, unsigned char *out)
{
    size_t at = 0, o = 0;
    memset(last, 0xFF, sizeof last);
    while (at < n) {
        size_t length = 0;
        uint32_t from = 0;
        if (at + 3 <= n) {
            uint32_t *slot = &last[hash3(in + at)];
            from = *slot;
            *slot = (uint32_t)at;
            if (from != UINT32_MAX && at - from < 65536) {
                while (length < 255 && at + length < n && in[from + length] == in[at + length]) {
                    length++;
                }
            }
        }
        if (length >= 4) {
            out[o++] = (unsigned char)length;
            out[o++] = (unsigned char)(at - from);
            out[o++] = (unsigned char)((at - from) >> 8);
            at += length;
        } else {
            out[o++] = 0;
            out[o++] = in[at++];
        }
    }
    return o;
}

static size_t expand(const unsigned char *in, size_t n, unsigned char *out)
{
    size_t o = 0;
    for (size_t i = 0; i < n;) {
        size_t length = in[i++];
        if (length == 0) {
            out[o++] = in[i++];
            continue;
        }
        size_t distance = in[i] | (size_t)in[i + 1] << 8;
        i += 2;
        for (; length > 0; length--, o++) out[o] = out[o - distance];
    }
    return o;
}

int main(int argc, char **argv)
{
    int rounds = amount(argc, argv, 8);
    uint64_t total = 0, wrong = 0;
    for (int round = 0; round < rounds; round++) {
        for (size_t i = 0; i < SIZE;) {
            size_t run = 8 + random_u32() % 40, back = 1 + random_u32() % 4000;
            int copy = i > 5000 && random_u32() % 4 != 0;
            for (; run > 0 && i < SIZE; run--, i++) {
                plain[i] = copy ? plain[i - back] : (unsigned char)(random_u32() >> 27);
            }
        }
        size_t n = squeeze(plain, SIZE, packed);
        total += n;
        if (expand(packed, n, again) != SIZE || memcmp(plain, again, SIZE) != 0) wrong++;
    }
    report("packed", total);
    report("wrong", wrong);
    return 0;
}
