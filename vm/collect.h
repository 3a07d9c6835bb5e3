// collect.h -- the garbage collector: mark from the roots, free the rest.
//
// It takes everything a store owns: objects of programs, and the instances, functions,
// memories and tables that nothing reaches any more. It never moves anything, never
// recurses, and works when memory has run out: marking keeps a list of objects still to be
// looked at, and where that list cannot grow it notes so and walks the heap for what it
// could not list.
//                                                       spec: syntax-store
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_COLLECT_H
#define WEFT_VM_COLLECT_H

#include "vm/store.h"

// A store collects when as much was made since the last time as was alive then, but not
// before this many bytes.
#define COLLECT_MIN_PRESSURE ((u64)4 << 20)

// Does nothing inside a collection (a drop function that comes back in).
void collect(Store *store);

// Frees everything, at the end of the store.
void collect_all(Store *store);

// Notes that `bytes` were made, of any sort.
INLINE void collect_pressure(Store *store, u64 bytes)
{
    store->pressure = bytes > store->pressure_limit - store->pressure ? store->pressure_limit
                                                                      : store->pressure + bytes;
}

// A memory's price: a flat one, and a share of its size.
INLINE u64 memory_weight(const MemoryInst *memory)
{
    return ((u64)64 << 10) + memory->size / 8;
}

// What an instance weighs: its block, its tables and memories, whose pages and addresses the
// allocator never sees.
u64 instance_weight(const Instance *instance);

#endif
