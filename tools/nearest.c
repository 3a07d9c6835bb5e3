// nearest.c -- which of the words we know did somebody mean?
//
// The distance is Damerau's, in its simple form: letters inserted, left out, changed, or
// two neighbours swapped. A suggestion is made when fewer than about a third of the
// letters are wrong; a worse guess would only be in the way.
// SPDX-License-Identifier: MIT
#include "tools/tools.h"

enum { NEAREST_MAX = 64 };  // longer words are compared by their beginnings

static size_t shorter(size_t a, size_t b)
{
    return a < b ? a : b;
}

static u32 smallest(u32 a, u32 b, u32 c)
{
    u32 least = a < b ? a : b;
    return least < c ? least : c;
}

// Case costs nothing: "--Dir" means --dir.
static int letter(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c == '_' ? '-' : c;
}

static u32 edit_distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
    // Three rows of the usual table are enough: this one, the last, and the one before
    // for swapped neighbours.
    u32 rows[3][NEAREST_MAX + 1];
    a_size = shorter(a_size, NEAREST_MAX), b_size = shorter(b_size, NEAREST_MAX);
    for (u32 j = 0; j <= b_size; j++) rows[0][j] = j;
    for (u32 i = 1; i <= a_size; i++) {
        u32 *row = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        row[0] = i;
        for (u32 j = 1; j <= b_size; j++) {
            bool same = letter(a[i - 1]) == letter(b[j - 1]);
            row[j] = smallest(last[j] + 1, row[j - 1] + 1, last[j - 1] + !same);
            bool swapped = i > 1 && j > 1 && letter(a[i - 1]) == letter(b[j - 2]) &&
                           letter(a[i - 2]) == letter(b[j - 1]);
            if (swapped && before[j - 2] + 1 < row[j]) row[j] = before[j - 2] + 1;
        }
    }
    return rows[a_size % 3][b_size];
}

void nearest_begin(Nearest *nearest, const char *word, size_t size)
{
    *nearest = (Nearest){.word = word, .word_size = size, .distance = UINT32_MAX};
}

void nearest_add(Nearest *nearest, const char *candidate, size_t size)
{
    u32 distance = edit_distance(nearest->word, nearest->word_size, candidate, size);
    if (distance >= nearest->distance || size >= sizeof nearest->best) return;
    nearest->distance = distance;
    memcpy(nearest->best, candidate, size);
    nearest->best[size] = 0;
}

const char *nearest_end(Nearest *nearest)
{
    size_t tolerated = 1 + nearest->word_size / 4;
    return nearest->distance <= tolerated && nearest->distance < nearest->word_size
               ? nearest->best
               : NULL;
}
