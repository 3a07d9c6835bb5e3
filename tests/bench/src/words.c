// words.c -- a hash table of strings: bytes, pointers, allocation.
// SPDX-License-Identifier: MIT
#include "bench.h"

typedef struct Entry { struct Entry *next; uint32_t hash, count; char word[]; } Entry;

static Entry **table;
static uint32_t table_size = 64, entries;

static uint32_t hash_of(const char *s, size_t n)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)s[i]) * 16777619u;
    return h;
}

static void grow(void)
{
    Entry **bigger = calloc(table_size * 2, sizeof *bigger);
    if (!bigger) abort();
    for (uint32_t i = 0; i < table_size; i++) {
        for (Entry *e = table[i], *next; e; e = next) {
            next = e->next;
            e->next = bigger[e->hash & (table_size * 2 - 1)];
            bigger[e->hash & (table_size * 2 - 1)] = e;
        }
    }
    free(table);
    table = bigger;
    table_size *= 2;
}

static void count_word(const char *s, size_t n)
{
    uint32_t hash = hash_of(s, n);
    for (Entry *e = table[hash & (table_size - 1)]; e; e = e->next) {
        if (e->hash == hash && strncmp(e->word, s, n) == 0 && e->word[n] == 0) {
            e->count++;
            return;
        }
    }
    if (++entries > table_size) grow();
    Entry *e = malloc(sizeof *e + n + 1);
    if (!e) abort();
    e->hash = hash, e->count = 1;
    memcpy(e->word, s, n);
    e->word[n] = 0;
    e->next = table[hash & (table_size - 1)];
    table[hash & (table_size - 1)] = e;
}

int main(int argc, char **argv)
{
    static char text[1 << 16];
    int rounds = amount(argc, argv, 20);
    table = calloc(table_size, sizeof *table);
    uint64_t words = 0;
    for (int round = 0; round < rounds; round++) {
        // Syllables make words that repeat, some often and most seldom.
        size_t n = 0;
        while (n < sizeof text - 16) {
            uint32_t r = random_u32();
            for (uint32_t syllables = 1 + r % 4; syllables > 0; syllables--) {
                r = random_u32();
                text[n++] = "bdfglmnprst"[r % 11];
                text[n++] = "aeiou"[(r >> 8) % 5];
            }
            text[n++] = ' ';
        }
        for (size_t from = 0, i = 0; i < n; i++) {
            if (text[i] != ' ') continue;
            count_word(text + from, i - from);
            from = i + 1;
            words++;
        }
    }
    uint64_t sum = 0;
    for (uint32_t i = 0; i < table_size; i++) {
        for (Entry *e = table[i]; e; e = e->next) sum += (uint64_t)e->count * e->hash;
    }
    report("words", words);
    report("different", entries);
    report("sum", sum);
    return 0;
}
