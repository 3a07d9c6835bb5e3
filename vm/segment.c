// segment.c -- data and element segments.
//                                                       spec: exec-memory.init, exec-table.init
// SPDX-License-Identifier: MIT
#include "vm/segment.h"

#include "vm/exec.h"

static const Module *decoded_of(const Instance *instance)
{
    return instance->module->decoded;
}

// --- Elements ----------------------------------------------------------------------------

static u32 elem_count_left(const Instance *instance, u32 elem)
{
    return instance->dropped_elem[elem] ? 0 : decoded_of(instance)->elems[elem].count;
}

TrapCode elem_check(const Instance *instance, u32 elem, u64 from, u64 count)
{
    u32 left = elem_count_left(instance, elem);
    return count <= left && from <= left - count ? TRAP_NONE : TRAP_TABLE_BOUNDS;
}

void elem_read(const Instance *instance, u32 elem, u64 from, u64 count, u64 *to)
{
    if (count == 0) return;
    if (instance->elem_refs[elem] != NULL) {
        memcpy(to, instance->elem_refs[elem] + from, (size_t)count * sizeof(u64));
        return;
    }
    const Module *m = decoded_of(instance);
    ElemItems items = elem_items(m, &m->elems[elem]);
    ElemItem item;
    for (u64 i = 0; i < from; i++) elem_next(m, &items, &item);
    for (u64 i = 0; i < count && elem_next(m, &items, &item); i++) {
        to[i] = ref_of(instance->funcs[item.func]);
    }
}

void runtime_elem_drop(Instance *instance, u32 elem)
{
    instance->dropped_elem[elem] = true;
    allocator_free(&instance->store->allocator, instance->elem_refs[elem],
                   (size_t)decoded_of(instance)->elems[elem].count * sizeof(u64));
    instance->elem_refs[elem] = NULL;
}

TrapCode runtime_table_init(Thread *thread, Instance *instance, u32 table, u32 elem, u64 to,
                            u64 from, u64 count)
{
    (void)thread;
    TableInst *t = instance->tables[table];
    if (count > t->size || to > t->size - count) return TRAP_TABLE_BOUNDS;
    TrapCode trap = elem_check(instance, elem, from, count);
    if (trap == TRAP_NONE && count) elem_read(instance, elem, from, count, t->elems + to);
    return trap;
}

TrapCode segment_eval_elems(Constant *c)
{
    Instance *instance = c->instance;
    const Module *m = decoded_of(instance);
    for (u32 i = 0; i < m->elem_count; i++) {
        const Elem *elem = &m->elems[i];
        if (!elem->exprs || elem->count == 0) continue;
        u64 *refs = allocator_take_zeroed(&c->store->allocator,
                                          (size_t)elem->count * sizeof(u64));
        if (refs == NULL) return TRAP_OUT_OF_MEMORY;
        instance->elem_refs[i] = refs;
        ElemItems items = elem_items(m, elem);
        ElemItem item;
        for (u32 k = 0; elem_next(m, &items, &item); k++) {
            u64 value[2];
            TrapCode trap = constant_eval(c, item.expr, value);
            if (trap != TRAP_NONE) return trap;
            refs[k] = value[0];
        }
    }
    return TRAP_NONE;
}

TrapCode segment_place_elem(Constant *c, u32 elem)
{
    Instance *instance = c->instance;
    const Elem *e = &decoded_of(instance)->elems[elem];
    u64 offset[2];
    TrapCode trap = constant_eval(c, e->offset, offset);
    if (trap == TRAP_NONE) {
        trap = runtime_table_init(NULL, instance, e->table, elem, offset[0], 0, e->count);
    }
    if (trap == TRAP_NONE) runtime_elem_drop(instance, elem);
    return trap;
}

// --- Data --------------------------------------------------------------------------------

TrapCode runtime_memory_init(Instance *instance, u32 memory, u32 data, u64 to, u64 from, u64 count)
{
    const Module *m = decoded_of(instance);
    MemoryInst *mem = instance->memories[memory];
    u32 left = instance->dropped_data[data] ? 0 : m->datas[data].bytes.size;
    if (count > left || from > left - count) return TRAP_MEMORY_BOUNDS;
    if (count > mem->size || to > mem->size - count) return TRAP_MEMORY_BOUNDS;
    if (count != 0) memcpy(mem->base + to, data_bytes(m, &m->datas[data]) + from, (size_t)count);
    return TRAP_NONE;
}

void runtime_data_drop(Instance *instance, u32 data)
{
    instance->dropped_data[data] = true;
}

TrapCode segment_place_data(Constant *c, u32 data)
{
    Instance *instance = c->instance;
    const Data *d = &decoded_of(instance)->datas[data];
    u64 offset[2];
    TrapCode trap = constant_eval(c, d->offset, offset);
    if (trap == TRAP_NONE) {
        trap = runtime_memory_init(instance, d->memory, data, offset[0], 0, d->bytes.size);
    }
    if (trap == TRAP_NONE) runtime_data_drop(instance, data);
    return trap;
}
