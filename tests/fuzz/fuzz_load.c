// fuzz_load.c -- modules with bytes changed: no crash, no hang, no leak.
//
//   fuzz_load ROUNDS SEED FILE...   changes each file ROUNDS times and loads what comes out
//   with clang -fsanitize=fuzzer -DFUZZER the same check runs under libFuzzer
//
// The verdict does not matter, except that loading says the same twice. What was accepted
// is also walked: names, element segments, and every body once more with a sink, which must
// accept what loading accepted.
// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "loader/module.h"
#include "loader/names.h"
#include "loader/validate.h"

static bool accept_instr(Sink *sink, Validator *v, const Instr *instr)
{
    (void)sink, (void)v, (void)instr;
    return true;
}

static void fail(const char *what, const LoadError *error)
{
    fprintf(stderr, "fuzz_load: %s: %s at 0x%x\n", what, error->text, (unsigned)error->offset);
    abort();
}

static void walk_accepted(const Module *m)
{
    char name[64];
    Sink sink = {accept_instr};
    Validator v;
    validator_init(&v, m, &allocator_libc);
    for (u32 i = m->import_func_count; i < m->func_count; i++)
        if (!validate_body(&v, i, &sink)) fail("a body was valid only once", &v.error);
    validator_free(&v);
    for (u32 i = 0; i < m->func_count && i < 20; i++) func_display_name(m, i, name, sizeof name);
    for (u32 i = 0; i < m->elem_count; i++) {
        ElemItem item;
        for (ElemItems items = elem_items(m, &m->elems[i]); elem_next(m, &items, &item);) {}
    }
}

// Loads a copy of exactly `size` bytes, so that a sanitizer sees a read beyond them.
static void check(const u8 *bytes, size_t size)
{
    u8 *copy = malloc(size ? size : 1);
    if (!copy) return;
    memcpy(copy, bytes, size);
    ModuleOptions options = {allocator_libc, features_built_in()};
    LoadError first, second;
    Module *m = module_load(copy, size, &options, &first);
    if (m) walk_accepted(m);
    module_free(m);
    Module *again = module_load(copy, size, &options, &second);
    if ((m != NULL) != (again != NULL) || (!again && strcmp(first.text, second.text) != 0))
        fail("two loads, two verdicts", &second);
    module_free(again);
    free(copy);
}

#ifdef FUZZER
int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size);
int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size)
{
    check(bytes, size);
    return 0;
}
#else
static u32 fuzz_random(u64 *seed)
{
    *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
    return (u32)(*seed >> 16);
}

// One change; returns the new size, at most `room`.
static size_t change(u8 *bytes, size_t size, size_t room, u64 *seed)
{
    static const u8 telling[] = {0x00, 0x01, 0x0b, 0x40, 0x60, 0x70, 0x7f, 0x80, 0xfb, 0xfd, 0xff};
    if (size == 0) return 0;
    size_t at = fuzz_random(seed) % size, n = 1 + fuzz_random(seed) % 8;
    if (n > size - at) n = size - at;
    switch (fuzz_random(seed) % 6) {
    case 0: bytes[at] ^= (u8)(1u << fuzz_random(seed) % 8); return size;
    case 1: bytes[at] = (u8)fuzz_random(seed); return size;
    case 2: bytes[at] = telling[fuzz_random(seed) % COUNT_OF(telling)]; return size;
    case 3:  // take some bytes out
        memmove(bytes + at, bytes + at + n, size - at - n);
        return size - n;
    case 4:  // repeat some
        if (size + n > room) return size;
        memmove(bytes + at + n, bytes + at, size - at);
        return size + n;
    default: {  // copy from elsewhere
        size_t from = fuzz_random(seed) % size;
        if (n > size - from) n = size - from;
        memmove(bytes + at, bytes + from, n);
        return size;
    }
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) return 2;
    u32 rounds = (u32)strtoul(argv[1], NULL, 10), done = 0;
    u64 seed = strtoull(argv[2], NULL, 10) * 2 + 1;
    clock_t slowest = 0;
    for (int i = 3; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");
        if (!f) continue;
        enum { ROOM = 1 << 20 };
        static u8 original[ROOM], changed[ROOM];
        size_t size = fread(original, 1, ROOM, f);
        fclose(f);
        for (u32 n = 0; n < rounds; n++, done++) {
            memcpy(changed, original, size);
            size_t new_size = size;
            for (u32 k = 1 + fuzz_random(&seed) % 4; k > 0; k--)
                new_size = change(changed, new_size, ROOM, &seed);
            clock_t start = clock();
            check(changed, new_size);
            if (clock() - start > slowest) slowest = clock() - start;
        }
    }
    printf("%u changed modules loaded, the slowest in %u ms\n", (unsigned)done,
           (unsigned)(slowest / (CLOCKS_PER_SEC / 1000)));
    return slowest > 20 * CLOCKS_PER_SEC;
}
#endif
