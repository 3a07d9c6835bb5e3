// memory.c -- linear memories and the functions of weft.h about them.
//                                                       spec: syntax-meminst, grow-mem
// SPDX-License-Identifier: MIT
#include "vm/memory.h"

#include "vm/error.h"
#include "vm/exec.h"

// How far a memory can be addressed at all, in pages.       spec: valid-memtype
static u64 memory_most_pages(const Limits *limits)
{
    u32 bits = limits->is64 ? 64 : 32;
    if (limits->page_log2 == 0) return limits->is64 ? UINT64_MAX : UINT32_MAX;
    return (u64)1 << (bits - limits->page_log2);
}

// What to reserve ahead: all a 32-bit memory can have; of a larger one what it has now and
// the same again, as far as addresses go.
static size_t memory_reserve(const Store *store, const Limits *limits, u64 max_pages)
{
    u64 four_gib = (u64)1 << 32;
    u64 bytes = max_pages > UINT64_MAX >> limits->page_log2 ? UINT64_MAX
                                                            : max_pages << limits->page_log2;
    u64 now = limits->min << limits->page_log2;
    u64 enough = limits->is64 && now > four_gib / 2 ? now * 2 : four_gib;
    if (bytes > enough) bytes = enough;
    if (bytes > store->max_memory_bytes) bytes = store->max_memory_bytes;
    if (bytes > SIZE_MAX / 4) bytes = SIZE_MAX / 4;
    return bytes > now ? (size_t)bytes : (size_t)now;
}

// Whether the store's limit lets its memories have `more` bytes more.
static bool memory_allowed(const Store *store, u64 more)
{
    return more <= store->max_memory_bytes - store->memory_bytes;
}

static void memory_count(Store *store, u64 more)
{
    store->memory_bytes += more;
    if (store->memory_bytes > store->memory_peak) store->memory_peak = store->memory_bytes;
}

void memory_refused(const Store *store, const Limits *limits, weft_error *error)
{
    error_set(error, WEFT_LIMIT, "memory of %llu pages cannot be had", (unsigned long long)limits->min);
    if (limits->min > (store->max_memory_bytes - store->memory_bytes) >> limits->page_log2) {
        error_hint(error, "the store's max_memory_bytes is %llu, and %llu are taken",
                   (unsigned long long)store->max_memory_bytes,
                   (unsigned long long)store->memory_bytes);
    }
}

bool memory_init(Store *store, MemoryInst *memory, const Limits *limits)
{
    u64 most = memory_most_pages(limits);
    memory->store = store;
    memory->pages = limits->min;
    memory->max_pages = limits->has_max && limits->max < most ? limits->max : most;
    memory->has_max = limits->has_max;
    memory->page_log2 = limits->page_log2;
    memory->is64 = limits->is64;
    memory->shared = limits->shared;
    if (limits->min > SIZE_MAX >> limits->page_log2) return false;
    u64 size = limits->min << limits->page_log2;
    if (size > SIZE_MAX / 2 || !memory_allowed(store, size)) return false;
    size_t reserve = memory_reserve(store, limits, memory->max_pages);
    const Port *port = store->port;
    if (!port->memory_new(port->ctx, &memory->port, (size_t)size, reserve)) return false;
    memory->base = memory->port.base;
    memory->size = size;
    memory_count(store, size);
    return true;
}

void memory_free(MemoryInst *memory)
{
    if (memory->store == NULL || memory->port.base == NULL) return;
    const Port *port = memory->store->port;
    port->memory_free(port->ctx, &memory->port);
    memory->store->memory_bytes -= memory->size;
    memory->base = NULL;
    memory->size = memory->pages = 0;
}

u64 memory_grow(MemoryInst *memory, u64 pages)
{
    u64 old = memory->pages;
    if (pages == 0) return old;
    if (pages > memory->max_pages - old) return UINT64_MAX;
    u64 all = old + pages;
    if (all > (SIZE_MAX / 2) >> memory->page_log2) return UINT64_MAX;
    u64 size = all << memory->page_log2;
    if (!memory_allowed(memory->store, size - memory->size)) return UINT64_MAX;
    const Port *port = memory->store->port;
    if (!port->memory_resize(port->ctx, &memory->port, (size_t)size)) return UINT64_MAX;
    memory_count(memory->store, size - memory->size);
    memory->base = memory->port.base;
    memory->size = size;
    memory->pages = all;
    return old;
}

u64 runtime_memory_grow(Thread *thread, MemoryInst *memory, u64 pages)
{
    (void)thread;
    return memory_grow(memory, pages);
}

Limits memory_limits_now(const MemoryInst *memory)
{
    return (Limits){
        .min = memory->pages,
        .max = memory->max_pages,
        .has_max = memory->has_max,
        .is64 = memory->is64,
        .shared = memory->shared,
        .page_log2 = memory->page_log2,
    };
}

// --- weft.h ------------------------------------------------------------------------------

uint64_t weft_memory_size(const weft_memory *memory)
{
    return memory != NULL ? memory->size : 0;
}

uint64_t weft_memory_pages(const weft_memory *memory)
{
    return memory != NULL ? memory->pages : 0;
}

bool weft_memory_grow(weft_memory *memory, uint64_t pages, uint64_t *old_pages)
{
    u64 old = memory != NULL ? memory_grow(memory, pages) : UINT64_MAX;
    if (old == UINT64_MAX) return false;
    if (old_pages != NULL) *old_pages = old;
    return true;
}

// A guest need not have a memory: its host functions would be given NULL, and what they look
// for is not in there.
static bool memory_has(const MemoryInst *memory, u64 address, u64 size)
{
    return memory != NULL && size <= memory->size && address <= memory->size - size;
}

bool weft_memory_read(const weft_memory *memory, uint64_t address, void *buffer, size_t size)
{
    if (!memory_has(memory, address, size)) return false;
    if (size != 0) memcpy(buffer, memory->base + address, size);
    return true;
}

bool weft_memory_write(weft_memory *memory, uint64_t address, const void *bytes, size_t size)
{
    if (!memory_has(memory, address, size)) return false;
    if (size != 0) memcpy(memory->base + address, bytes, size);
    return true;
}

bool weft_memory_view(weft_memory *memory, uint64_t address, uint64_t size, weft_chunk *chunk)
{
    if (!memory_has(memory, address, size)) return false;
    *chunk = (weft_chunk){memory->base + address, (size_t)size};
    return true;
}

uint8_t *weft_memory_data(weft_memory *memory)
{
    return memory != NULL ? memory->base : NULL;
}
