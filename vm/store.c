// store.c -- what a store owns: objects, modules in use, definitions, limits.
//                                                       spec: syntax-store, alloc-module
// SPDX-License-Identifier: MIT
#include "vm/store.h"

#include "vm/collect.h"
#include "vm/error.h"
#include "vm/exec.h"
#include "vm/externtype.h"
#include "vm/thread.h"

// --- Lists and objects ---------------------------------------------------------------

bool object_list_add(const Store *store, ObjectList *list, Object *object)
{
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 64 : list->room * 2;
        Object **items = allocator_resize(&store->allocator, list->items,
                                          list->room * sizeof *items, room * sizeof *items);
        if (items == NULL) return false;
        list->items = items;
        list->room = room;
    }
    list->items[list->count++] = object;
    return true;
}

static void object_list_free(const Store *store, ObjectList *list)
{
    allocator_free(&store->allocator, list->items, list->room * sizeof *list->items);
    *list = (ObjectList){0};
}

void store_add_thing(Store *store, Object *thing, ObjectKind kind, u32 type)
{
    *thing = (Object){.next = store->things, .type = type, .kind = (u8)kind};
    store->things = thing;
}

// Holding a part of an instance is holding the instance.
static Object *object_whole(Object *object)
{
    return object->mark & MARK_EMBEDDED ? object->next : object;
}

void thing_hold(Object *thing)
{
    thing = object_whole(thing);
    if (thing->holds != UINT16_MAX) thing->holds++;
}

void thing_release(Object *thing)
{
    thing = object_whole(thing);
    if (thing->holds != 0 && thing->holds != UINT16_MAX) thing->holds--;
}

bool heap_hold(Store *store, Object *object)
{
    if (!(object->mark & MARK_HELD)) {
        if (!object_list_add(store, &store->held, object)) return false;
        object->mark |= MARK_HELD;
    }
    if (object->holds != UINT16_MAX) object->holds++;
    return true;
}

// --- Modules in use ------------------------------------------------------------------

static bool module_canon(Store *store, const Module *m, u32 *canon)
{
    for (u32 i = 0; i < m->type_count;) {
        const SubType *t = &m->types[i];
        u32 first = m->canonical[i];
        // A group that repeats an earlier one has that one's numbers.
        if (first != i) {
            for (u32 k = 0; k < t->group_size; k++) canon[i + k] = canon[m->canonical[i + k]];
        } else {
            u32 id;
            if (!canon_intern(&store->types, t, i, t->group_size, canon, &id)) return false;
            for (u32 k = 0; k < t->group_size; k++) canon[i + k] = id + k;
        }
        i += t->group_size;
    }
    return true;
}

ModuleUse *store_use_module(Store *store, weft_module *module)
{
    for (ModuleUse *use = store->uses; use != NULL; use = use->next) {
        if (use->module == module) {
            use->instances++;
            return use;
        }
    }
    const Module *m = module->decoded;
    ModuleUse *use = allocator_take(&store->allocator, sizeof *use + m->type_count * sizeof(u32));
    if (use == NULL) return NULL;
    if (!module_canon(store, m, use->canon)) {
        allocator_free(&store->allocator, use, sizeof *use + m->type_count * sizeof(u32));
        return NULL;
    }
    use->module = weft_module_retain(module);
    use->instances = 1;
    use->next = store->uses;
    store->uses = use;
    return use;
}

void store_unuse_module(Store *store, ModuleUse *use)
{
    if (--use->instances != 0) return;
    ModuleUse **at = &store->uses;
    while (*at != use) at = &(*at)->next;
    *at = use->next;
    u32 type_count = ((const Module *)use->module->decoded)->type_count;
    exec_roots_forget(&store->roots, &store->allocator);
    weft_module_release(use->module);
    allocator_free(&store->allocator, use, sizeof *use + type_count * sizeof(u32));
}

bool store_settle_types(Store *store, const weft_extern_type *type, ValType *types)
{
    extern_type_list(type, types);
    const Module *m = extern_type_module(type);
    if (m == NULL || m->type_count == 0) return true;
    u32 *canon = allocator_take(&store->allocator, m->type_count * sizeof(u32));
    if (canon == NULL) return false;
    bool ok = module_canon(store, m, canon);
    for (u32 i = 0; ok && i < type->param_count + type->result_count; i++) {
        types[i] = canon_valtype(types[i], canon);
    }
    allocator_free(&store->allocator, canon, m->type_count * sizeof(u32));
    return ok;
}

// --- Making and freeing a store --------------------------------------------------------

weft_store *weft_store_new(const weft_store_options *given, weft_error *error)
{
    weft_store_options options;
    options_read(&options, sizeof options, given);
    const Allocator *allocator = options.allocator != NULL ? options.allocator : &allocator_libc;
    Store *store = allocator_take_zeroed(allocator, sizeof *store);
    if (store == NULL) {
        error_out_of_memory(error);
        return NULL;
    }
    store->allocator = *allocator;
    store->core.allocator = &store->allocator;
    store->port = options.port != NULL ? options.port : port_native();
    store->max_memory_bytes = options.max_memory_bytes != 0 ? options.max_memory_bytes : UINT64_MAX;
    store->max_table_elements = options.max_table_elements != 0 ? options.max_table_elements
                                                                : 10000000;
    store->stack_bytes = options.stack_bytes != 0 ? options.stack_bytes : (size_t)8 << 20;
    store->max_heap_bytes = options.heap_bytes != 0 ? options.heap_bytes : SIZE_MAX;
    store->gc_stress = options.gc_stress;
    store->dropped = options.dropped;
    store->dropped_context = options.dropped_context;
    store->pressure_limit = COLLECT_MIN_PRESSURE;
    canon_init(&store->types, &store->allocator);
    return store;
}

static void suppliers_free(Store *store)
{
    while (store->suppliers != NULL) {
        Supplier *gone = store->suppliers;
        store->suppliers = gone->next;
        allocator_free(&store->allocator, gone, sizeof *gone + gone->size);
    }
}

void weft_store_free(weft_store *store)
{
    if (store == NULL) return;
    while (store->threads != NULL) weft_thread_free(&store->threads->thread);
    collect_all(store);
    definitions_free(&store->definitions, &store->allocator);
    suppliers_free(store);
    canon_free(&store->types);
    exec_roots_forget(&store->roots, &store->allocator);
    object_list_free(store, &store->gray);
    object_list_free(store, &store->held);
    object_list_free(store, &store->pinned);
    allocator_free(&store->allocator, store->externs, store->extern_room * sizeof *store->externs);
    PortWake *wake = atomic_load(&store->wake);
    if (wake != NULL) store->port->wake_free(store->port->ctx, &store->allocator, wake);
    Allocator allocator = store->allocator;
    allocator_free(&allocator, store, sizeof *store);
}

void weft_store_collect(weft_store *store)
{
    collect(store);
}

// --- Interruption ------------------------------------------------------------------------

// Only what may be done in a signal handler: two atomic operations and the port's wake_set.
void weft_store_interrupt(weft_store *store)
{
    atomic_store(&store->core.interrupt, 1);
    PortWake *wake = atomic_load(&store->wake);
    if (wake != NULL) store->port->wake_set(store->port->ctx, wake);
}

void weft_store_clear_interrupt(weft_store *store)
{
    atomic_store(&store->core.interrupt, 0);
    for (ThreadRecord *t = store->threads; t != NULL; t = t->next) {
        atomic_store(&t->thread.interrupt, 0);
    }
    PortWake *wake = atomic_load(&store->wake);
    if (wake != NULL) store->port->wake_clear(store->port->ctx, wake);
}

// --- Statistics ----------------------------------------------------------------------------

// A function that was not translated yet starts at its own stub.
static u64 translated_functions(const weft_module *module)
{
    const Module *m = module->decoded;
    u64 count = 0;
    for (u32 i = 0; i < m->func_count - m->import_func_count; i++) {
        const CodeEntry *entry = &module->entries[i];
        const u8 *start = atomic_load_explicit(&entry->start, memory_order_relaxed);
        count += start != (const u8 *)&entry->stub;
    }
    return count;
}

void weft_store_get_stats(const weft_store *store, weft_store_stats *stats)
{
    weft_store_stats s = {.size = stats->size};
    s.memory_bytes = store->memory_bytes;
    s.memory_peak_bytes = store->memory_peak;
    s.heap_bytes = store->heap_bytes;
    s.heap_objects = store->object_count;
    s.collections = store->collections;
    s.fuel_used = store->fuel_used;
    for (const ModuleUse *use = store->uses; use != NULL; use = use->next) {
        s.code_bytes += exec_code_bytes(use->module);
        s.translated_functions += translated_functions(use->module);
    }
    for (const ThreadRecord *t = store->threads; t != NULL; t = t->next) {
        s.fuel_used += t->fuel_spent + (t->fuel_given - t->thread.fuel);
        u64 peak = thread_stack_peak(t);
        if (peak > s.stack_peak_bytes) s.stack_peak_bytes = peak;
    }
    size_t size = stats->size == 0 || stats->size > sizeof s ? sizeof s : stats->size;
    memcpy(stats, &s, size);
}

// --- Definitions ---------------------------------------------------------------------------

bool weft_define(weft_store *store, weft_name module, weft_name name, weft_extern item,
                 weft_error *error)
{
    if (definitions_put(&store->definitions, &store->allocator, module, name, item)) return true;
    return error_out_of_memory(error);
}

bool weft_define_func(weft_store *store, const char *module, const char *name,
                      const char *signature, weft_host_func func, void *user,
                      void (*drop)(void *user), weft_error *error)
{
    weft_func *made = weft_func_new(store, signature, func, user, drop, error);
    if (made == NULL) return false;
    weft_extern item = {.kind = WEFT_EXTERN_FUNC, .of = {.func = made}};
    bool defined = weft_define(store, (weft_name){module, strlen(module)},
                               (weft_name){name, strlen(name)}, item, error);
    // From here on the definition keeps it; without one the collector takes it.
    weft_extern_release(store, item);
    return defined;
}

bool weft_define_instance(weft_store *store, weft_name module, weft_instance *instance,
                          weft_error *error)
{
    weft_name name;
    weft_extern item;
    for (u32 i = 0; weft_instance_export_at(instance, i, &name, &item); i++) {
        if (!weft_define(store, module, name, item, error)) return false;
    }
    return true;
}

static bool is_supplier_of(const Supplier *supplier, weft_name module)
{
    return supplier->size == module.size && memcmp(supplier->module, module.data, module.size) == 0;
}

bool weft_define_on_demand(weft_store *store, const char *module, weft_provider provide, void *user,
                           weft_error *error)
{
    const weft_name of = {module, strlen(module)};
    u32 at = 0;
    for (const Definition *def; (def = definitions_next(&store->definitions, &at)) != NULL;) {
        if (def->module_size != of.size || memcmp(def->names, module, of.size) != 0) continue;
        if (!provide(store, of, (weft_name){def->names + of.size, def->name_size}, user, error)) return false;
    }
    Supplier *supplier = allocator_take(&store->allocator, sizeof *supplier + of.size);
    if (supplier == NULL) return error_out_of_memory(error);
    *supplier = (Supplier){.next = store->suppliers, .provide = provide, .user = user, .size = of.size};
    memcpy(supplier->module, module, of.size);
    store->suppliers = supplier;
    return true;
}

// Makes the definition if somebody does on demand; false if that fails.
static bool definition_supplied(Store *store, weft_name module, weft_name name, weft_error *error)
{
    for (const Supplier *s = store->suppliers; s != NULL; s = s->next) {
        if (!is_supplier_of(s, module)) continue;
        if (!s->provide(store, module, name, s->user, error)) return false;
        if (definitions_find(&store->definitions, module, name) != NULL) return true;
    }
    return true;
}

bool store_definition(Store *store, weft_name module, weft_name name, weft_extern *item,
                      weft_error *error)
{
    const Definition *def = definitions_find(&store->definitions, module, name);
    if (def == NULL) {
        if (!definition_supplied(store, module, name, error)) return false;
        def = definitions_find(&store->definitions, module, name);
    }
    *item = def == NULL ? (weft_extern){.of = {.any = NULL}} : def->item;
    return true;
}

bool weft_find_definition(weft_store *store, weft_name module, weft_name name, weft_extern *item)
{
    weft_extern found;
    if (!store_definition(store, module, name, &found, NULL) || found.of.any == NULL) return false;
    *item = found;
    return true;
}

// --- Holding things --------------------------------------------------------------------------

void weft_extern_hold(weft_store *store, weft_extern item)
{
    (void)store;
    thing_hold(item.of.any);
}

void weft_extern_release(weft_store *store, weft_extern item)
{
    (void)store;
    thing_release(item.of.any);
}
