// table.h -- tables: references by index.
//
// A small table is a block of the store's allocator, a large one address space of the port,
// so that ten million null elements cost nothing until they are set.
//                                                       spec: syntax-tableinst
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_TABLE_H
#define WEFT_VM_TABLE_H

#include "vm/store.h"

// Fills in a table whose Object is set; all elements are null. `elem` has store type ids.
// False, and nothing taken, where the host or the store's limit refuses.   spec: alloc-table
bool table_init(Store *store, TableInst *table, ValType elem, const Limits *limits);
void table_free(TableInst *table);

// Adds elements; the old size, or UINT64_MAX if that is refused.   spec: grow-table
u64 table_grow(TableInst *table, u64 count, Ref initial);

// The type as it is now: the minimum is the present size.
Limits table_limits_now(const TableInst *table);

#endif
