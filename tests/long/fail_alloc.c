// fail_alloc.c -- makes the n-th allocation of a program fail, and every one after it.
//
// Linked with -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc. FAIL_AT=n says which; when the
// program ends before it came to that one, the file named by FAIL_DONE appears. With
// FAIL_ONCE=1 only that one fails, so that what comes after it is tried as well.
// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

static long fail_at, seen;
static int once;

static void at_the_end(void)
{
    const char *done = getenv("FAIL_DONE");
    if (done == NULL || seen >= fail_at) return;
    FILE *file = fopen(done, "w");
    if (file != NULL) fclose(file);
}

static int fails(void)
{
    if (fail_at == 0) {
        const char *number = getenv("FAIL_AT");
        fail_at = number == NULL ? -1 : atol(number);
        once = getenv("FAIL_ONCE") != NULL;
        atexit(at_the_end);
    }
    seen++;
    return fail_at > 0 && (once ? seen == fail_at : seen >= fail_at);
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return fails() ? NULL : __real_realloc(block, size);
}
