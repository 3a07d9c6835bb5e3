// sort.c -- merge sort of records through a comparison function: indirect calls, copies.
// SPDX-License-Identifier: MIT
#include "bench.h"

typedef struct { uint32_t key, weight; const char *name; } Record;
typedef int (*Compare)(const Record *, const Record *);

static int by_key(const Record *a, const Record *b) { return (a->key > b->key) - (a->key < b->key); }
static int by_weight(const Record *a, const Record *b)
{
    return a->weight != b->weight ? (a->weight > b->weight) - (a->weight < b->weight) : by_key(a, b);
}
static int by_name(const Record *a, const Record *b)
{
    int order = strcmp(a->name, b->name);
    return order != 0 ? order : by_weight(a, b);
}

static void merge_sort(Record *r, Record *spare, size_t n, Compare compare)
{
    if (n < 2) return;
    size_t half = n / 2, i = 0, j = half, k = 0;
    merge_sort(r, spare, half, compare);
    merge_sort(r + half, spare, n - half, compare);
    memcpy(spare, r, half * sizeof *r);
    while (i < half && j < n) r[k++] = compare(&spare[i], &r[j]) <= 0 ? spare[i++] : r[j++];
    while (i < half) r[k++] = spare[i++];
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"warp", "weft", "loom", "shuttle", "heddle", "reed",
                                        "selvage", "bobbin", "treadle", "batten", "pirn"};
    static Compare volatile order[] = {by_key, by_weight, by_name};
    size_t n = (size_t)amount(argc, argv, 20) * 1000;
    Record *r = malloc(n * sizeof *r), *spare = malloc(n * sizeof *r);
    if (!r || !spare) return 1;
    for (size_t i = 0; i < n; i++) {
        r[i] = (Record){random_u32(), random_u32() % 100, names[random_u32() % 11]};
    }
    uint64_t sum = 0;
    for (int round = 0; round < 6; round++) {
        merge_sort(r, spare, n, order[round % 3]);
        for (size_t i = 0; i < n; i += 97) sum = sum * 31 + r[i].key;
    }
    report("order", sum);
    return 0;
}
