// space.c -- growing memory: reserve addresses, make them usable as they are needed.
//
// A linear memory may grow to 4 GiB and mostly does not. Reserving the addresses costs
// nothing, and memory that never moves needs no reloading of pointers. Where addresses
// are few (a 32-bit host, a limit on them) that would leave none to others: a little
// more than asked for is reserved there, and growing past it moves the memory like
// realloc would.
// SPDX-License-Identifier: MIT
#include "ports/posix/posix.h"

#include <sys/mman.h>
#include <unistd.h>

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

static size_t round_to_pages(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return size > SIZE_MAX - (page - 1) ? 0 : (size + page - 1) & ~(page - 1);
}

// Room for `max` bytes where there are plenty of addresses; else for half as much again as
// `size` and 4 MiB, so that programs which grow step by step are seldom moved; else `size`.
// Halving `max` until it fits would be wrong: a few memories would take all addresses, and
// then malloc fails.
static u8 *reserve(size_t size, size_t max, size_t *reserved)
{
    if (max < size) max = size;
    const size_t spare = size / 2 + ((size_t)4 << 20);
    const size_t modest = max - size < spare ? max : size + spare;
    const size_t wants[] = {sizeof(void *) == 8 ? max : modest, modest, size};
    for (size_t i = 0; i < COUNT_OF(wants); i++) {
        const size_t bytes = round_to_pages(wants[i] ? wants[i] : 1);
        if (bytes == 0) continue;
        void *base = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                          -1, 0);
        if (base != MAP_FAILED) {
            *reserved = bytes;
            return base;
        }
    }
    return NULL;
}

// Makes [from, to) usable; both are sizes as the caller knows them.
static bool commit(u8 *base, size_t from, size_t to)
{
    size_t start = round_to_pages(from), end = round_to_pages(to);
    return start >= end || mprotect(base + start, end - start, PROT_READ | PROT_WRITE) == 0;
}

// Gives [to, from) back. What is committed again later must be zero, also the rest of
// the page in which `to` lies.
static void uncommit(u8 *base, size_t from, size_t to)
{
    size_t start = round_to_pages(to), end = round_to_pages(from);
    memset(base + to, 0, (start < from ? start : from) - to);
    if (start < end && mmap(base + start, end - start, PROT_NONE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
                            0) == MAP_FAILED) {
        memset(base + start, 0, end - start);
    }
}

bool posix_memory_new(void *ctx, PortMemory *memory, size_t size, size_t max)
{
    (void)ctx;
    size_t reserved;
    u8 *base = reserve(size, max, &reserved);
    if (!base) return false;
    if (!commit(base, 0, size)) {
        munmap(base, reserved);
        return false;
    }
    *memory = (PortMemory){.base = base, .size = size, .reserved = reserved};
    return true;
}

bool posix_memory_resize(void *ctx, PortMemory *memory, size_t size)
{
    if (size <= memory->size) {
        uncommit(memory->base, memory->size, size);
        memory->size = size;
        return true;
    }
    if (size <= memory->reserved) {
        if (!commit(memory->base, memory->size, size)) return false;
        memory->size = size;
        return true;
    }
    PortMemory larger;
    size_t room = size < SIZE_MAX / 2 ? size * 2 : size;
    if (!posix_memory_new(ctx, &larger, size, room)) return false;
    memcpy(larger.base, memory->base, memory->size);
    posix_memory_free(ctx, memory);
    *memory = larger;
    return true;
}

void posix_memory_free(void *ctx, PortMemory *memory)
{
    (void)ctx;
    if (memory->base) munmap(memory->base, memory->reserved);
    *memory = (PortMemory){0};
}
