// instantiate.c -- from a module to something that runs.
//
// An instance is one block: the struct, all it defines (functions, globals, tables, memories,
// tags), and the arrays of its index spaces, which point into it and to what was imported.
// So making one is an allocation and a few loops, and freeing it one call.
//                                                       spec: exec-instantiation, alloc-module
// SPDX-License-Identifier: MIT
#include "vm/collect.h"
#include "vm/error.h"
#include "vm/exec.h"
#include "vm/heap.h"
#include "vm/link.h"
#include "vm/memory.h"
#include "vm/segment.h"
#include "vm/table.h"
#include "vm/thread.h"

// --- The block ---------------------------------------------------------------------------

// Where the parts lie. Sums are kept in u64: a module may declare what no block can hold.
typedef struct BlockPlan {
    u64 size;
} BlockPlan;

static u64 plan_part(BlockPlan *plan, u64 count, u64 size)
{
    u64 at = (plan->size + 15) & ~(u64)15;
    plan->size = at + count * size;
    return at;
}

typedef struct InstancePlan {
    u64 own_funcs, own_globals, own_tables, own_memories, own_tags;
    u64 funcs, globals, tables, memories, tags;
    u64 elem_refs, dropped_elem, dropped_data;
    u64 size;
} InstancePlan;

static InstancePlan instance_plan(const Module *m)
{
    BlockPlan b = {sizeof(Instance)};
    InstancePlan p;
    p.own_globals = plan_part(&b, m->global_count - m->import_global_count, sizeof(GlobalInst));
    p.own_tables = plan_part(&b, m->table_count - m->import_table_count, sizeof(TableInst));
    p.own_memories = plan_part(&b, m->memory_count - m->import_memory_count, sizeof(MemoryInst));
    p.own_tags = plan_part(&b, m->tag_count - m->import_tag_count, sizeof(TagInst));
    p.globals = plan_part(&b, m->global_count, sizeof(GlobalInst *));
    p.tables = plan_part(&b, m->table_count, sizeof(TableInst *));
    p.memories = plan_part(&b, m->memory_count, sizeof(MemoryInst *));
    p.tags = plan_part(&b, m->tag_count, sizeof(TagInst *));
    p.elem_refs = plan_part(&b, m->elem_count, sizeof(u64 *));
    p.dropped_elem = plan_part(&b, m->elem_count, sizeof(bool));
    p.dropped_data = plan_part(&b, m->data_count, sizeof(bool));
    p.funcs = plan_part(&b, m->func_count, sizeof(FuncInst *));
    p.own_funcs = plan_part(&b, m->func_count - m->import_func_count, sizeof(FuncInst));
    p.size = b.size;
    return p;
}

static Object embedded(Instance *instance, ObjectKind kind, u32 type)
{
    return (Object){
        .next = &instance->object, .type = type, .kind = (u8)kind, .mark = MARK_EMBEDDED};
}

// spec: alloc-func
static void own_func(Instance *instance, u32 index, FuncInst *func)
{
    const Module *m = instance->module->decoded;
    u32 type = instance->canon[m->funcs[index].type];
    func->object = embedded(instance, OBJECT_FUNC, type);
    func->instance = instance;
    func->entry = &instance->module->entries[index - m->import_func_count];
    func->index = index;
    func->type = &store_type(instance->store, type)->of.func;
    func->param_slots = types_slots(func->type->params, func->type->param_count);
    func->result_slots = types_slots(func->type->results, func->type->result_count);
    func->store = instance->store;
    exec_func_init(func);
    instance->funcs[index] = func;
}

// spec: alloc-global, alloc-tag
static void own_small_things(Instance *instance)
{
    const Module *m = instance->module->decoded;
    for (u32 i = m->import_global_count; i < m->global_count; i++) {
        GlobalInst *global = &instance->own_globals[i - m->import_global_count];
        global->object = embedded(instance, OBJECT_GLOBAL, NO_INDEX);
        global->type = canon_valtype(m->globals[i].type.value, instance->canon);
        global->is_mutable = m->globals[i].type.is_mutable;
        global->store = instance->store;
        instance->globals[i] = global;
    }
    for (u32 i = m->import_tag_count; i < m->tag_count; i++) {
        TagInst *tag = &instance->own_tags[i - m->import_tag_count];
        u32 type = instance->canon[m->tags[i].type];
        tag->object = embedded(instance, OBJECT_TAG, type);
        tag->type = &store_type(instance->store, type)->of.func;
        tag->param_slots = types_slots(tag->type->params, tag->type->param_count);
        tag->store = instance->store;
        instance->tags[i] = tag;
    }
}

// The block, its functions, globals and tags; imports, tables and memories still missing. On
// the store's list from here on and held, so the collector and weft_instance_release know it.
static Instance *instance_make(Store *store, weft_module *module)
{
    const Module *m = module->decoded;
    ModuleUse *use = store_use_module(store, module);
    if (use == NULL) return NULL;
    InstancePlan p = instance_plan(m);
    u8 *block = p.size > SIZE_MAX / 2 ? NULL
                                      : allocator_take_zeroed(&store->allocator, (size_t)p.size);
    if (block == NULL) {
        store_unuse_module(store, use);
        return NULL;
    }
    Instance *instance = (Instance *)(void *)block;
    store_add_thing(store, &instance->object, OBJECT_INSTANCE, NO_INDEX);
    instance->object.holds = 1;
    instance->block_size = (size_t)p.size;
    instance->store = store;
    instance->module = module;
    instance->use = use;
    instance->canon = use->canon;
    instance->own_funcs = (FuncInst *)(void *)(block + p.own_funcs);
    instance->own_globals = (GlobalInst *)(void *)(block + p.own_globals);
    instance->own_tables = (TableInst *)(void *)(block + p.own_tables);
    instance->own_memories = (MemoryInst *)(void *)(block + p.own_memories);
    instance->own_tags = (TagInst *)(void *)(block + p.own_tags);
    instance->funcs = (FuncInst **)(void *)(block + p.funcs);
    instance->globals = (GlobalInst **)(void *)(block + p.globals);
    instance->tables = (TableInst **)(void *)(block + p.tables);
    instance->memories = (MemoryInst **)(void *)(block + p.memories);
    instance->tags = (TagInst **)(void *)(block + p.tags);
    instance->elem_refs = (u64 **)(void *)(block + p.elem_refs);
    instance->dropped_elem = (bool *)(block + p.dropped_elem);
    instance->dropped_data = (bool *)(block + p.dropped_data);
    for (u32 i = m->import_func_count; i < m->func_count; i++) {
        own_func(instance, i, &instance->own_funcs[i - m->import_func_count]);
    }
    own_small_things(instance);
    collect_pressure(store, p.size);
    return instance;
}

// --- Memories and tables -----------------------------------------------------------------

// spec: alloc-mem
static bool own_memories(Instance *instance, weft_error *error)
{
    const Module *m = instance->module->decoded;
    Store *store = instance->store;
    for (u32 i = m->import_memory_count; i < m->memory_count; i++) {
        MemoryInst *memory = &instance->own_memories[i - m->import_memory_count];
        const Limits *limits = &m->memories[i].type.limits;
        memory->object = embedded(instance, OBJECT_MEMORY, NO_INDEX);
        bool made = memory_init(store, memory, limits);
        if (!made) {
            // Memories of instances nobody uses any more may be in the way.
            collect(store);
            made = memory_init(store, memory, limits);
        }
        if (!made) {
            memory_refused(store, limits, error);
            return false;
        }
        instance->memories[i] = memory;
        collect_pressure(store, memory_weight(memory));
    }
    return true;
}

// spec: alloc-table
static bool own_tables(Instance *instance, weft_error *error)
{
    const Module *m = instance->module->decoded;
    Store *store = instance->store;
    for (u32 i = m->import_table_count; i < m->table_count; i++) {
        TableInst *table = &instance->own_tables[i - m->import_table_count];
        const TableType *type = &m->tables[i].type;
        table->object = embedded(instance, OBJECT_TABLE, NO_INDEX);
        ValType elem = canon_valtype(type->elem, instance->canon);
        bool made = table_init(store, table, elem, &type->limits);
        if (!made) {
            collect(store);
            made = table_init(store, table, elem, &type->limits);
        }
        if (!made) {
            error_set(error, WEFT_LIMIT, "table of %llu elements cannot be had",
                      (unsigned long long)type->limits.min);
            return false;
        }
        instance->tables[i] = table;
        collect_pressure(store, 8 * table->room);
    }
    return true;
}

// --- First values --------------------------------------------------------------------------

// Globals see those before them; tables and segments see all.   spec: exec-instantiation
static TrapCode first_values(Constant *c)
{
    Instance *instance = c->instance;
    const Module *m = instance->module->decoded;
    u64 value[2];
    for (u32 i = m->import_global_count; i < m->global_count; i++) {
        TrapCode trap = constant_eval(c, m->globals[i].init, instance->globals[i]->value);
        if (trap != TRAP_NONE) return trap;
    }
    for (u32 i = m->import_table_count; i < m->table_count; i++) {
        if (m->tables[i].init.size == 0) continue;
        TrapCode trap = constant_eval(c, m->tables[i].init, value);
        if (trap != TRAP_NONE) return trap;
        runtime_table_fill(instance->tables[i], 0, value[0], instance->tables[i]->size);
    }
    return segment_eval_elems(c);
}

static TrapCode place_segments(Constant *c)
{
    Instance *instance = c->instance;
    const Module *m = instance->module->decoded;
    for (u32 i = 0; i < m->elem_count; i++) {
        if (m->elems[i].mode == SEGMENT_PASSIVE) continue;
        if (m->elems[i].mode == SEGMENT_DECLARATIVE) {
            runtime_elem_drop(instance, i);
            continue;
        }
        TrapCode trap = segment_place_elem(c, i);
        if (trap != TRAP_NONE) return trap;
    }
    for (u32 i = 0; i < m->data_count; i++) {
        if (m->datas[i].mode != SEGMENT_ACTIVE) continue;
        TrapCode trap = segment_place_data(c, i);
        if (trap != TRAP_NONE) return trap;
    }
    return TRAP_NONE;
}

static bool instance_fill(Instance *instance, weft_error *error)
{
    Constant c;
    constant_start(&c, instance);
    TrapCode trap = first_values(&c);
    if (trap == TRAP_NONE) trap = place_segments(&c);
    constant_end(&c);
    if (trap == TRAP_NONE) return true;
    weft_name name = weft_module_name(instance->module);
    error_set(error, trap_kind(trap), "%s", trap_texts[trap]);
    error_hint(error, "while the module's segments and globals were set up");
    error_module(error, name.data, name.size);
    return false;
}

static void choose_pointer_memory(Instance *instance)
{
    const Module *m = instance->module->decoded;
    const Export *e = module_find_export(m, "memory", 6);
    if (e != NULL && e->kind == EXTERN_MEMORY) {
        instance->pointer_memory = instance->memories[e->index];
    } else if (m->memory_count != 0) {
        instance->pointer_memory = instance->memories[0];
    }
}

// --- weft.h ----------------------------------------------------------------------------------

// Collects if it is time to, with what the host is about to pass as imports kept.
static bool collect_if_due(Store *store, const weft_instance_options *options)
{
    if (!store->gc_stress && store->pressure < store->pressure_limit) return true;
    size_t pinned = store->pinned.count;
    bool ok = true;
    for (u32 i = 0; options->imports != NULL && i < options->import_count; i++) {
        if (options->imports[i].of.any == NULL) continue;
        ok = ok && object_list_add(store, &store->pinned, options->imports[i].of.any);
    }
    if (ok) collect(store);
    store->pinned.count = pinned;
    return ok;
}

static bool instance_build(Instance *instance, const weft_instance_options *options,
                           weft_error *error)
{
    if (!link_imports(instance, options->imports, error) || !own_memories(instance, error) ||
        !own_tables(instance, error)) {
        return false;
    }
    choose_pointer_memory(instance);
    if (!instance_fill(instance, error)) return false;
    return options->defer_start || weft_instance_start(instance, error) == WEFT_DONE;
}

weft_instance *weft_instantiate(weft_store *store, weft_module *module,
                                const weft_instance_options *given, weft_error *error)
{
    weft_instance_options options;
    options_read(&options, sizeof options, given);
    const Module *m = module->decoded;
    if (options.imports != NULL && options.import_count != m->import_count) {
        error_set(error, WEFT_HOST, "the module has %lu imports, not %lu",
                  (unsigned long)m->import_count, (unsigned long)options.import_count);
        return NULL;
    }
    Instance *instance = collect_if_due(store, &options) ? instance_make(store, module) : NULL;
    if (instance == NULL) {
        error_out_of_memory(error);
        return NULL;
    }
    if (instance_build(instance, &options, error)) return instance;
    // What it wrote to tables of others may still reach it: the collector decides.
    weft_instance_release(instance);
    return NULL;
}

weft_func *weft_instance_start_func(const weft_instance *instance)
{
    const Module *m = instance->module->decoded;
    return m->start == NO_INDEX ? NULL : instance->funcs[m->start];
}

weft_status weft_instance_start(weft_instance *instance, weft_error *error)
{
    weft_func *start = weft_instance_start_func(instance);
    if (start == NULL) return WEFT_DONE;
    weft_status status = thread_call_start(start, error);
    if (status == WEFT_PAUSED) error_set(error, WEFT_HOST, "the start function paused");
    return status;
}

void weft_instance_hold(weft_instance *instance)
{
    thing_hold(&instance->object);
}

void weft_instance_release(weft_instance *instance)
{
    if (instance != NULL) thing_release(&instance->object);
}

void weft_instance_set_user(weft_instance *instance, void *user, void (*drop)(void *user))
{
    void *old = instance->user;
    void (*old_drop)(void *) = instance->user_drop;
    instance->user = user;
    instance->user_drop = drop;
    if (old_drop != NULL) old_drop(old);
}

void *weft_instance_user(const weft_instance *instance)
{
    return instance->user;
}

weft_store *weft_instance_store(const weft_instance *instance)
{
    return instance->store;
}

weft_module *weft_instance_module(const weft_instance *instance)
{
    return instance->module;
}

// --- Exports -----------------------------------------------------------------------------------

static weft_extern instance_export(weft_instance *instance, const Export *e)
{
    weft_extern item = {.kind = (weft_extern_kind)e->kind};
    switch ((ExternKind)e->kind) {
    case EXTERN_FUNC: item.of.func = instance->funcs[e->index]; break;
    case EXTERN_TABLE: item.of.table = instance->tables[e->index]; break;
    case EXTERN_MEMORY: item.of.memory = instance->memories[e->index]; break;
    case EXTERN_GLOBAL: item.of.global = instance->globals[e->index]; break;
    default: item.of.tag = instance->tags[e->index]; break;
    }
    return item;
}

bool weft_instance_export(weft_instance *instance, weft_name name, weft_extern *item)
{
    const Export *e = module_find_export(instance->module->decoded, name.data, name.size);
    if (e == NULL) return false;
    *item = instance_export(instance, e);
    return true;
}

bool weft_instance_export_at(weft_instance *instance, uint32_t index, weft_name *name,
                             weft_extern *item)
{
    const Module *m = instance->module->decoded;
    if (index >= m->export_count) return false;
    const Export *e = &m->exports[index];
    *name = (weft_name){(const char *)e->name.bytes, e->name.size};
    *item = instance_export(instance, e);
    return true;
}

static void *export_of_kind(weft_instance *instance, const char *name, weft_extern_kind kind)
{
    weft_extern item;
    if (!weft_instance_export(instance, (weft_name){name, strlen(name)}, &item)) return NULL;
    return item.kind == kind ? item.of.any : NULL;
}

weft_func *weft_export_func(weft_instance *instance, const char *name)
{
    return export_of_kind(instance, name, WEFT_EXTERN_FUNC);
}

weft_memory *weft_export_memory(weft_instance *instance, const char *name)
{
    return export_of_kind(instance, name, WEFT_EXTERN_MEMORY);
}

weft_table *weft_export_table(weft_instance *instance, const char *name)
{
    return export_of_kind(instance, name, WEFT_EXTERN_TABLE);
}

weft_global *weft_export_global(weft_instance *instance, const char *name)
{
    return export_of_kind(instance, name, WEFT_EXTERN_GLOBAL);
}
