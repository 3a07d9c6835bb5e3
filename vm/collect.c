// collect.c -- mark from the roots, free the rest.
// SPDX-License-Identifier: MIT
#include "vm/collect.h"

#include "vm/constant.h"
#include "vm/exec.h"
#include "vm/heap.h"
#include "vm/memory.h"
#include "vm/table.h"

u64 instance_weight(const Instance *instance)
{
    const Module *m = instance->module->decoded;
    u64 weight = instance->block_size;
    u32 tables = m->table_count - m->import_table_count;
    for (u32 i = 0; i < tables; i++) weight += 8 * instance->own_tables[i].room;
    u32 memories = m->memory_count - m->import_memory_count;
    for (u32 i = 0; i < memories; i++) weight += memory_weight(&instance->own_memories[i]);
    return weight;
}

// --- Marking ---------------------------------------------------------------------------

static void mark_object(Store *store, Object *object)
{
    if (object->mark & MARK_EMBEDDED) object = object->next;
    if (object->mark & MARK_REACHED) return;
    object->mark |= MARK_REACHED;
    if (object->kind == OBJECT_EXTERN) return;  // refers to nothing
    if (!object_list_add(store, &store->gray, object)) store->gray_overflow = true;
}

static void mark_ref(Store *store, Ref ref)
{
    if (ref != 0 && !ref_is_i31(ref)) mark_object(store, ref_object(ref));
}

static void mark_refs(Store *store, const u64 *refs, u64 count)
{
    for (u64 i = 0; i < count; i++) mark_ref(store, refs[i]);
}

static void mark_visited(void *context, Ref *ref)
{
    mark_ref(context, *ref);
}

static void mark_global(Store *store, const GlobalInst *global)
{
    if (type_is_ref(global->type)) mark_ref(store, global->value[0]);
}

static void mark_instance(Store *store, const Instance *instance)
{
    const Module *m = instance->module->decoded;
    // Imports are there one after the other while the instance is made: NULL is not yet.
    for (u32 i = 0; i < m->import_func_count; i++) {
        if (instance->funcs[i] != NULL) mark_object(store, &instance->funcs[i]->object);
    }
    for (u32 i = 0; i < m->import_table_count; i++) {
        if (instance->tables[i] != NULL) mark_object(store, &instance->tables[i]->object);
    }
    for (u32 i = 0; i < m->import_memory_count; i++) {
        if (instance->memories[i] != NULL) mark_object(store, &instance->memories[i]->object);
    }
    for (u32 i = 0; i < m->import_global_count; i++) {
        if (instance->globals[i] != NULL) mark_object(store, &instance->globals[i]->object);
    }
    for (u32 i = 0; i < m->import_tag_count; i++) {
        if (instance->tags[i] != NULL) mark_object(store, &instance->tags[i]->object);
    }
    for (u32 i = 0; i < m->global_count - m->import_global_count; i++) {
        mark_global(store, &instance->own_globals[i]);
    }
    for (u32 i = 0; i < m->table_count - m->import_table_count; i++) {
        mark_refs(store, instance->own_tables[i].elems, instance->own_tables[i].size);
    }
    for (u32 i = 0; i < m->elem_count; i++) {
        if (instance->elem_refs[i] != NULL) {
            mark_refs(store, instance->elem_refs[i], m->elems[i].count);
        }
    }
}

static void mark_struct(Store *store, const StructInst *s)
{
    const CanonType *t = store->types.list[s->object.type];
    if (!t->has_refs) return;
    for (u32 i = 0; i < t->sub.of.structure.field_count; i++) {
        if (!t->places[i].is_ref) continue;
        Ref ref;
        memcpy(&ref, (const u8 *)s->fields + t->places[i].offset, sizeof ref);
        mark_ref(store, ref);
    }
}

static void mark_exn(Store *store, const ExnInst *exn)
{
    mark_object(store, &exn->tag->object);
    const FuncType *type = exn->tag->type;
    u32 slot = 0;
    for (u32 i = 0; i < type->param_count; i++) {
        if (type_is_ref(type->params[i])) mark_ref(store, exn->values[slot]);
        slot += slots_of_type(type->params[i]);
    }
}

// Marks what a reached object refers to.
static void mark_inside(Store *store, const Object *object)
{
    const TableInst *table;
    const ArrayInst *array;
    switch ((ObjectKind)object->kind) {
    case OBJECT_INSTANCE: mark_instance(store, (const Instance *)object); return;
    case OBJECT_GLOBAL: mark_global(store, (const GlobalInst *)object); return;
    case OBJECT_STRUCT: mark_struct(store, (const StructInst *)object); return;
    case OBJECT_EXN: mark_exn(store, (const ExnInst *)object); return;
    case OBJECT_TABLE:
        table = (const TableInst *)object;
        mark_refs(store, table->elems, table->size);
        return;
    case OBJECT_ARRAY:
        array = (const ArrayInst *)object;
        if (store->types.list[object->type]->has_refs) {
            mark_refs(store, array->elements, array->length);
        }
        return;
    default: return;
    }
}

static void mark_again(void *context, Object *object)
{
    if (object->mark & MARK_REACHED) mark_inside(context, object);
}

static void mark_list_again(Store *store, Object *list)
{
    for (; list != NULL; list = list->next) mark_again(store, list);
}

// Looks into everything listed. What could not be listed for want of memory is found by
// looking into all reached objects again, until nothing new turns up.
static void mark_drain(Store *store)
{
    for (;;) {
        while (store->gray.count != 0) mark_inside(store, store->gray.items[--store->gray.count]);
        if (!store->gray_overflow) return;
        store->gray_overflow = false;
        mark_list_again(store, store->things);
        mark_list_again(store, store->large);
        cells_each(&store->cells, mark_again, store);
    }
}

static bool mark_thread(Store *store, ThreadRecord *t)
{
    if (!exec_roots(&t->thread, &store->roots, mark_visited, store)) return false;
    Walk walk;
    for (walk_start(&walk, &t->thread); walk_next(&walk);) {
        if (walk.instance != NULL) mark_object(store, &walk.instance->object);
        if (walk.host != NULL) mark_object(store, &walk.host->object);
    }
    for (u32 i = 0; i < t->trace_count; i++) {
        if (t->trace[i].instance != NULL) mark_object(store, &t->trace[i].instance->object);
    }
    if (t->func != NULL) mark_object(store, &t->func->object);
    mark_ref(store, t->exception);
    mark_drain(store);
    return true;
}

// False if memory ran out before all roots were known.
static bool mark_roots(Store *store)
{
    for (Object *thing = store->things; thing != NULL; thing = thing->next) {
        if (thing->holds != 0) mark_object(store, thing);
    }
    size_t kept = 0;
    for (size_t i = 0; i < store->held.count; i++) {
        Object *object = store->held.items[i];
        if (object->holds == 0) {
            object->mark &= (u8)~MARK_HELD;
            continue;
        }
        store->held.items[kept++] = object;
        mark_object(store, object);
    }
    store->held.count = kept;
    for (size_t i = 0; i < store->pinned.count; i++) mark_object(store, store->pinned.items[i]);
    u32 at = 0;
    for (const Definition *d; (d = definitions_next(&store->definitions, &at)) != NULL;) {
        mark_object(store, d->item.of.any);
    }
    if (store->constant != NULL) constant_roots(store->constant, mark_visited, store);
    mark_drain(store);
    for (ThreadRecord *t = store->threads; t != NULL; t = t->next) {
        if (!mark_thread(store, t)) return false;
    }
    return true;
}

static void unmark(void *context, Object *object)
{
    (void)context;
    object->mark &= (u8)~MARK_REACHED;
}

static void unmark_all(Store *store)
{
    for (Object *thing = store->things; thing != NULL; thing = thing->next) unmark(NULL, thing);
    for (Object *object = store->large; object != NULL; object = object->next) {
        unmark(NULL, object);
    }
    cells_each(&store->cells, unmark, NULL);
    store->gray.count = 0;
    store->gray_overflow = false;
}

// --- Sweeping --------------------------------------------------------------------------

// Takes what was not reached off the list; it is returned as a list of its own.
static Object *sweep_list(Object **list)
{
    Object *dead = NULL, **at = list;
    while (*at != NULL) {
        Object *object = *at;
        if (object->mark & MARK_REACHED) {
            object->mark &= (u8)~MARK_REACHED;
            at = &object->next;
        } else {
            *at = object->next;
            object->next = dead;
            dead = object;
        }
    }
    return dead;
}

static void tell_dropped(Store *store, void *object)
{
    if (store->dropped != NULL) store->dropped(store->dropped_context, object);
}

static void free_instance(Store *store, Instance *instance)
{
    const Module *m = instance->module->decoded;
    u32 funcs = m->func_count - m->import_func_count;
    u32 tables = m->table_count - m->import_table_count;
    u32 memories = m->memory_count - m->import_memory_count;
    u32 globals = m->global_count - m->import_global_count;
    u32 tags = m->tag_count - m->import_tag_count;
    if (store->dropped != NULL) {
        for (u32 i = 0; i < funcs; i++) tell_dropped(store, &instance->own_funcs[i]);
        for (u32 i = 0; i < tables; i++) tell_dropped(store, &instance->own_tables[i]);
        for (u32 i = 0; i < memories; i++) tell_dropped(store, &instance->own_memories[i]);
        for (u32 i = 0; i < globals; i++) tell_dropped(store, &instance->own_globals[i]);
        for (u32 i = 0; i < tags; i++) tell_dropped(store, &instance->own_tags[i]);
        tell_dropped(store, instance);
    }
    if (instance->user_drop != NULL) instance->user_drop(instance->user);
    for (u32 i = 0; i < tables; i++) table_free(&instance->own_tables[i]);
    for (u32 i = 0; i < memories; i++) memory_free(&instance->own_memories[i]);
    for (u32 i = 0; i < m->elem_count; i++) {
        allocator_free(&store->allocator, instance->elem_refs[i],
                       (size_t)m->elems[i].count * sizeof(u64));
    }
    store_unuse_module(store, instance->use);
    allocator_free(&store->allocator, instance, instance->block_size);
}

static void free_thing(Store *store, Object *thing)
{
    FuncInst *func;
    switch ((ObjectKind)thing->kind) {
    case OBJECT_INSTANCE: free_instance(store, (Instance *)thing); return;
    case OBJECT_FUNC:
        func = (FuncInst *)thing;
        tell_dropped(store, thing);
        if (func->drop != NULL) func->drop(func->user);
        allocator_free(&store->allocator, thing, sizeof(FuncInst));
        return;
    case OBJECT_TABLE:
        tell_dropped(store, thing);
        table_free((TableInst *)thing);
        allocator_free(&store->allocator, thing, sizeof(TableInst));
        return;
    case OBJECT_MEMORY:
        tell_dropped(store, thing);
        memory_free((MemoryInst *)thing);
        allocator_free(&store->allocator, thing, sizeof(MemoryInst));
        return;
    case OBJECT_GLOBAL:
        tell_dropped(store, thing);
        allocator_free(&store->allocator, thing, sizeof(GlobalInst));
        return;
    case OBJECT_TAG:
        tell_dropped(store, thing);
        allocator_free(&store->allocator, thing, sizeof(TagInst));
        return;
    default: return;
    }
}

static void heap_uncount(Store *store, u64 bytes)
{
    store->heap_bytes -= bytes;
    store->object_count--;
}

// A cell that was reached stays. A host value that was not stays too, until its drop function
// was called, which may call weft and so must find the store whole: see free_dying.
static bool judge_cell(void *context, Object *object, size_t bytes)
{
    Store *store = context;
    if (object->mark & MARK_REACHED) {
        object->mark &= (u8)~MARK_REACHED;
        return true;
    }
    if (object->kind != OBJECT_EXTERN) {
        heap_uncount(store, bytes);
        return false;
    }
    heap_extern_forget(store, (ExternInst *)object);
    object->next = store->dying;
    store->dying = object;
    return true;
}

static void free_dying(Store *store)
{
    while (store->dying != NULL) {
        ExternInst *e = (ExternInst *)store->dying;
        store->dying = e->object.next;
        if (e->drop != NULL) e->drop(e->value);
        heap_uncount(store, cell_bytes(sizeof *e));
        cells_put(&store->cells, &e->object, sizeof *e);
    }
}

static void free_large(Store *store, Object *dead)
{
    while (dead != NULL) {
        Object *object = dead;
        dead = dead->next;
        u64 bytes = heap_object_bytes(store, object);
        heap_uncount(store, bytes);
        allocator_free(&store->allocator, object, (size_t)bytes);
    }
}

// Everything that was not reached. Exceptions are measured by their tags, so instances go
// last.
static void sweep(Store *store)
{
    Object *things = sweep_list(&store->things);
    free_large(store, sweep_list(&store->large));
    cells_sweep(&store->cells, &store->allocator, judge_cell, store);
    free_dying(store);
    while (things != NULL) {
        Object *thing = things;
        things = things->next;
        free_thing(store, thing);
    }
}

void collect(Store *store)
{
    if (store->collecting) return;
    store->collecting = true;
    store->collections++;
    if (!mark_roots(store)) {
        // Whatever is not known to be garbage stays.
        unmark_all(store);
        store->collecting = false;
        return;
    }
    sweep(store);
    u64 live = store->heap_bytes;
    for (const Object *thing = store->things; thing != NULL; thing = thing->next) {
        if (thing->kind == OBJECT_INSTANCE) live += instance_weight((const Instance *)thing);
    }
    store->pressure = 0;
    store->pressure_limit = live < COLLECT_MIN_PRESSURE ? COLLECT_MIN_PRESSURE : live;
    store->collecting = false;
}

void runtime_look_around(Thread *thread)
{
    Store *store = thread->store;
    if (UNLIKELY(store->pressure >= store->pressure_limit)) collect(store);
}

void collect_all(Store *store)
{
    store->collecting = true;
    // Drop functions may make new things; they go too.
    do {
        store->held.count = 0;
        sweep(store);
    } while (store->things != NULL || store->object_count != 0);
    cells_free(&store->cells, &store->allocator);
}
