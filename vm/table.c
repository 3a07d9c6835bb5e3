// table.c -- tables and the functions of weft.h about them.
//                                                       spec: syntax-tableinst, grow-table
// SPDX-License-Identifier: MIT
#include "vm/table.h"

#include "vm/exec.h"
#include "vm/heap.h"

// From here on a table's elements come from the port.
#define TABLE_LARGE ((u64)8192)

static u64 table_most(const Limits *limits)
{
    return limits->is64 ? UINT64_MAX : UINT32_MAX;
}

// Makes room for `size` elements, those that are new null. The size itself stays.
static bool table_make_room(TableInst *table, u64 size)
{
    if (size <= table->room) return true;
    if (size > SIZE_MAX / 16) return false;
    const Allocator *allocator = &table->store->allocator;
    const Port *port = table->store->port;
    if (size <= TABLE_LARGE) {
        u64 *elems = allocator_resize(allocator, table->elems, (size_t)table->room * 8,
                                      (size_t)size * 8);
        if (elems == NULL) return false;
        memset(elems + table->room, 0, (size_t)(size - table->room) * 8);
        table->elems = elems;
    } else if (table->port.base != NULL) {
        if (!port->memory_resize(port->ctx, &table->port, (size_t)size * 8)) return false;
        table->elems = (u64 *)(void *)table->port.base;
    } else {
        u64 most = table->max < size * 4 ? table->max : size * 4;
        PortMemory memory;
        if (!port->memory_new(port->ctx, &memory, (size_t)size * 8, (size_t)most * 8)) return false;
        if (table->size != 0) memcpy(memory.base, table->elems, (size_t)table->size * 8);
        allocator_free(allocator, table->elems, (size_t)table->room * 8);
        table->port = memory;
        table->elems = (u64 *)(void *)memory.base;
    }
    table->room = size;
    return true;
}

bool table_init(Store *store, TableInst *table, ValType elem, const Limits *limits)
{
    u64 most = table_most(limits);
    table->store = store;
    table->elem = elem;
    table->max = limits->has_max && limits->max < most ? limits->max : most;
    table->has_max = limits->has_max;
    table->is64 = limits->is64;
    if (limits->min > store->max_table_elements - store->table_elements) return false;
    if (!table_make_room(table, limits->min)) return false;
    table->size = limits->min;
    store->table_elements += table->size;
    return true;
}

void table_free(TableInst *table)
{
    if (table->store == NULL) return;
    const Port *port = table->store->port;
    if (table->port.base != NULL) {
        port->memory_free(port->ctx, &table->port);
    } else {
        allocator_free(&table->store->allocator, table->elems, (size_t)table->room * 8);
    }
    table->store->table_elements -= table->size;
    table->elems = NULL;
    table->size = table->room = 0;
}

u64 table_grow(TableInst *table, u64 count, Ref initial)
{
    u64 old = table->size;
    Store *store = table->store;
    if (count > table->max - old) return UINT64_MAX;
    if (count > store->max_table_elements - store->table_elements) return UINT64_MAX;
    u64 size = old + count;
    // Growing by one again and again must not copy the table each time.
    u64 room = table->room + table->room / 2;
    if (room > table->max) room = table->max;
    if (size > table->room && !(size < room && table_make_room(table, room)) &&
        !table_make_room(table, size)) {
        return UINT64_MAX;
    }
    for (u64 i = old; i < size; i++) table->elems[i] = initial;
    table->size = size;
    store->table_elements += count;
    return old;
}

Limits table_limits_now(const TableInst *table)
{
    return (Limits){
        .min = table->size,
        .max = table->max,
        .has_max = table->has_max,
        .is64 = table->is64,
    };
}

// --- Instructions --------------------------------------------------------------------------

static bool table_has(const TableInst *table, u64 at, u64 count)
{
    return count <= table->size && at <= table->size - count;
}

u64 runtime_table_grow(Thread *thread, TableInst *table, u64 count, Ref initial)
{
    (void)thread;
    return table_grow(table, count, initial);
}

TrapCode runtime_table_fill(TableInst *table, u64 at, Ref value, u64 count)
{
    if (!table_has(table, at, count)) return TRAP_TABLE_BOUNDS;
    for (u64 i = 0; i < count; i++) table->elems[at + i] = value;
    return TRAP_NONE;
}

TrapCode runtime_table_copy(TableInst *to_table, TableInst *from_table, u64 to, u64 from,
                            u64 count)
{
    if (!table_has(to_table, to, count) || !table_has(from_table, from, count)) {
        return TRAP_TABLE_BOUNDS;
    }
    if (count != 0) {
        memmove(to_table->elems + to, from_table->elems + from, (size_t)count * sizeof(u64));
    }
    return TRAP_NONE;
}

// --- weft.h ----------------------------------------------------------------------------------

uint64_t weft_table_size(const weft_table *table)
{
    return table != NULL ? table->size : 0;
}

bool weft_table_get(const weft_table *table, uint64_t index, weft_ref *ref)
{
    if (table == NULL || index >= table->size) return false;
    *ref = table->elems[index];
    return true;
}

bool weft_table_set(weft_table *table, uint64_t index, weft_ref ref)
{
    if (table == NULL || index >= table->size || !ref_fits(table->store, ref, table->elem)) return false;
    table->elems[index] = ref;
    return true;
}

bool weft_table_grow(weft_table *table, uint64_t count, weft_ref initial, uint64_t *old_size)
{
    if (table == NULL || !ref_fits(table->store, initial, table->elem)) return false;
    u64 old = table_grow(table, count, initial);
    if (old == UINT64_MAX) return false;
    if (old_size != NULL) *old_size = old;
    return true;
}
