// memory.h -- linear memories: bytes that only ever grow.
//
// The address space comes from the port. Where that can reserve addresses ahead, `base` never
// moves, and a memory that declares 4 GiB costs nothing until its pages are touched; where
// it cannot, growth may move the bytes, which is why nobody keeps `base` across one.
//                                                       spec: syntax-meminst
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_MEMORY_H
#define WEFT_VM_MEMORY_H

#include "vm/store.h"

// Fills in a memory whose Object is set. False, and nothing taken, where the host or the
// store's limit refuses.                                spec: alloc-mem
bool memory_init(Store *store, MemoryInst *memory, const Limits *limits);
// Says that it did.
void memory_refused(const Store *store, const Limits *limits, weft_error *error);
void memory_free(MemoryInst *memory);

// Adds pages; the old count, or UINT64_MAX if that is refused.   spec: grow-mem
u64 memory_grow(MemoryInst *memory, u64 pages);

// The type as it is now: the minimum is the present size.
Limits memory_limits_now(const MemoryInst *memory);

#endif
