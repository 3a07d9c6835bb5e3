// wasm_api_ref.c -- references of the standard C API: identity, holds, host info.
//
// See wasm_api.h for the life of a CapiRef.
// SPDX-License-Identifier: MIT
#include "vm/wasm_api.h"

// --- the table ---------------------------------------------------------------------------

static size_t capi_bucket(const wasm_store_t *store, u64 key)
{
    u64 mixed = (key >> 4) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(mixed >> 32) & (store->bucket_count - 1);
}

// The bits of an opaque reference may look like an address; the kind tells them apart.
static CapiRef *capi_find(const wasm_store_t *store, u64 key, bool opaque)
{
    if (store->bucket_count == 0) return NULL;
    CapiRef *ref = store->buckets[capi_bucket(store, key)];
    while (ref != NULL && (ref->key != key || (ref->kind == CAPI_OPAQUE) != opaque)) {
        ref = ref->next;
    }
    return ref;
}

static void capi_link(wasm_store_t *store, CapiRef *ref)
{
    CapiRef **bucket = &store->buckets[capi_bucket(store, ref->key)];
    ref->next = *bucket;
    *bucket = ref;
    store->ref_count++;
}

static void capi_unlink(CapiRef *ref)
{
    CapiRef **at = &ref->store->buckets[capi_bucket(ref->store, ref->key)];
    while (*at != ref) at = &(*at)->next;
    *at = ref->next;
    ref->next = NULL;
    ref->store->ref_count--;
}

// Doubles the table when it holds one ref a bucket. Only the first one must succeed.
static bool capi_make_room(wasm_store_t *store)
{
    if (store->ref_count < store->bucket_count) return true;
    size_t old_count = store->bucket_count;
    size_t new_count = old_count == 0 ? 32 : old_count * 2;
    CapiRef **old = store->buckets, **new = capi_alloc(new_count, sizeof *new);
    if (new == NULL) return old_count != 0;
    store->buckets = new;
    store->bucket_count = new_count;
    store->ref_count = 0;
    for (size_t i = 0; i < old_count; i++) {
        for (CapiRef *ref = old[i], *next; ref != NULL; ref = next) {
            next = ref->next;
            capi_link(store, ref);
        }
    }
    capi_free(old);
    return true;
}

// A ref held once, in the table under `key`, or under its own address if that is 0.
static CapiRef *capi_add(wasm_store_t *store, CapiKind kind, u64 key)
{
    if (store != NULL && !capi_make_room(store)) return NULL;
    CapiRef *ref = capi_alloc(1, sizeof *ref);
    if (ref == NULL) return NULL;
    ref->kind = kind;
    ref->holds = 1;
    ref->store = store;
    ref->key = key != 0 ? key : (uintptr_t)ref;
    if (store != NULL) capi_link(store, ref);
    return ref;
}

// --- holding and dropping ------------------------------------------------------------------

// Holds the object behind a ref in the engine, or gives that hold up.
static void capi_hold_object(CapiRef *ref)
{
    weft_store *store = ref->store->store;
    switch (ref->kind) {
    case CAPI_INSTANCE: weft_instance_hold(ref->of.instance); break;
    case CAPI_OPAQUE: weft_ref_hold(store, ref->of.ref); break;
    case CAPI_MODULE:
    case CAPI_TRAP:
    case CAPI_FOREIGN: break;
    default: weft_extern_hold(store, ref->of.item); break;
    }
}

static void capi_release_object(CapiRef *ref)
{
    weft_store *store = ref->store->store;
    switch (ref->kind) {
    case CAPI_INSTANCE: weft_instance_release(ref->of.instance); break;
    case CAPI_OPAQUE: weft_ref_release(store, ref->of.ref); break;
    case CAPI_MODULE:
    case CAPI_TRAP:
    case CAPI_FOREIGN: break;
    default: weft_extern_release(store, ref->of.item); break;
    }
}

static void capi_forget_info(CapiRef *ref)
{
    void *info = ref->host_info;
    void (*finalizer)(void *) = ref->finalizer;
    ref->host_info = NULL;
    ref->finalizer = NULL;
    if (finalizer != NULL) finalizer(info);
}

// The last of a ref that is in no table any more.
static void capi_ref_free(CapiRef *ref)
{
    capi_forget_info(ref);
    if (ref->kind == CAPI_MODULE) weft_module_release(ref->of.module);
    if (ref->kind == CAPI_TRAP) capi_trap_free_notes(ref->of.notes);
    capi_free(ref);
}

CapiRef *capi_ref_new(wasm_store_t *store, CapiKind kind)
{
    return capi_add(store, kind, 0);
}

CapiRef *capi_ref_hold(const CapiRef *ref)
{
    CapiRef *held = capi_ref(ref);
    if (held == NULL || held->immortal) return held;
    if (held->holds++ == 0) capi_hold_object(held);  // it was asleep
    return held;
}

void capi_ref_drop(CapiRef *ref)
{
    if (ref == NULL || ref->immortal || --ref->holds != 0) return;
    if (ref->store == NULL) {
        capi_ref_free(ref);
        return;
    }
    bool has_info = ref->host_info != NULL || ref->finalizer != NULL;
    if (ref->kind >= CAPI_MODULE || !has_info) {
        capi_unlink(ref);
        capi_release_object(ref);
        capi_ref_free(ref);
    } else if (ref->kind != CAPI_OPAQUE) {
        capi_release_object(ref);  // and sleep
    } else {
        ref->holds = 1;  // nobody tells when such an object is gone, so it stays
    }
}

// --- the refs of engine objects --------------------------------------------------------------

static CapiKind capi_kind_of(weft_extern_kind kind)
{
    switch (kind) {
    case WEFT_EXTERN_FUNC: return CAPI_FUNC;
    case WEFT_EXTERN_GLOBAL: return CAPI_GLOBAL;
    case WEFT_EXTERN_TABLE: return CAPI_TABLE;
    case WEFT_EXTERN_MEMORY: return CAPI_MEMORY;
    case WEFT_EXTERN_TAG: break;
    }
    return CAPI_TAG;
}

CapiRef *capi_ref_of_extern(wasm_store_t *store, weft_extern item)
{
    u64 key = (uintptr_t)item.of.any;
    CapiRef *ref = capi_find(store, key, false);
    if (ref != NULL) return capi_ref_hold(ref);
    ref = capi_add(store, capi_kind_of(item.kind), key);
    if (ref == NULL) return NULL;
    ref->of.item = item;
    capi_hold_object(ref);
    return ref;
}

CapiRef *capi_ref_of_instance(wasm_store_t *store, weft_instance *instance)
{
    CapiRef *ref = capi_find(store, (uintptr_t)instance, false);
    if (ref != NULL) return capi_ref_hold(ref);
    ref = capi_add(store, CAPI_INSTANCE, (uintptr_t)instance);
    if (ref == NULL) return NULL;
    ref->of.instance = instance;
    capi_hold_object(ref);
    return ref;
}

CapiRef *capi_ref_of_opaque(wasm_store_t *store, weft_ref bits)
{
    CapiRef *ref = capi_find(store, bits, true);
    if (ref != NULL) return capi_ref_hold(ref);
    ref = capi_add(store, CAPI_OPAQUE, bits);
    if (ref == NULL) return NULL;
    ref->of.ref = bits;
    capi_hold_object(ref);
    return ref;
}

// --- what the engine drops ---------------------------------------------------------------------

static void capi_remember_gone(CapiRef *ref)
{
    ref->next_gone = ref->store->gone;
    ref->store->gone = ref;
}

// The guest has no reference to `value` any more, by which it was held once.
static void capi_guest_dropped(void *value)
{
    CapiRef *ref = value;
    ref->as_extern = WEFT_NULL_REF;
    if (ref->store == NULL) {
        capi_ref_drop(ref);
    } else if (ref->guest_drops++ == 0) {
        capi_remember_gone(ref);
    }
}

// Asked anew each time: the engine keeps what it has just given from being collected.
weft_ref capi_ref_to_guest(CapiRef *ref)
{
    weft_ref bits = weft_ref_new_extern(ref->store->store, ref, capi_guest_dropped);
    if (bits != WEFT_NULL_REF && ref->as_extern == WEFT_NULL_REF) {
        ref->as_extern = bits;
        capi_ref_hold(ref);
    }
    return bits;
}

void capi_object_gone(void *context, void *object)
{
    wasm_store_t *store = context;
    CapiRef *ref = capi_find(store, (uintptr_t)object, false);
    if (ref == NULL || ref->holds != 0) return;
    capi_unlink(ref);
    ref->object_gone = true;
    capi_remember_gone(ref);
}

// A finalizer may use the API, and so bring this about again: hence a loop that takes one at
// a time, and a flag that keeps it from nesting.
void capi_settle(wasm_store_t *store)
{
    if (store == NULL || store->settling) return;
    store->settling = true;
    for (CapiRef *ref; (ref = store->gone) != NULL;) {
        store->gone = ref->next_gone;
        ref->next_gone = NULL;
        if (ref->object_gone) {
            capi_ref_free(ref);
            continue;
        }
        u32 drops = ref->guest_drops;
        ref->guest_drops = 0;
        while (drops-- > 0) capi_ref_drop(ref);
    }
    for (CapiHostFunc *func; (func = store->gone_funcs) != NULL;) {
        store->gone_funcs = func->next_gone;
        if (func->finalizer != NULL) func->finalizer(func->env);
        capi_free(func);
    }
    store->settling = false;
}

// A finalizer may still make new ones, and the table grow: so round and round until none is left.
void capi_abandon_refs(wasm_store_t *store)
{
    for (size_t i = 0; store->ref_count > 0; i = (i + 1) & (store->bucket_count - 1)) {
        for (CapiRef *ref; (ref = store->buckets[i]) != NULL;) {
            capi_unlink(ref);
            ref->store = NULL;
            ref->holds++;  // a finalizer may delete the last handle
            capi_forget_info(ref);
            capi_ref_drop(ref);
        }
    }
    capi_free(store->buckets);
    store->buckets = NULL;
    store->bucket_count = 0;
}

// --- the functions that every kind of reference has ----------------------------------------------

static void capi_delete(CapiRef *ref)
{
    if (ref == NULL) return;
    wasm_store_t *store = ref->store;
    capi_ref_drop(ref);
    capi_settle(store);
}

static bool capi_same(const CapiRef *a, const CapiRef *b)
{
    if (a == b) return true;
    return a != NULL && b != NULL && a->kind == CAPI_MODULE && b->kind == CAPI_MODULE &&
           a->of.module == b->of.module;
}

static void capi_set_info(CapiRef *ref, void *info, void (*finalizer)(void *))
{
    if (ref == NULL || ref->immortal) return;
    capi_forget_info(ref);
    ref->host_info = info;
    ref->finalizer = finalizer;
}

#define CAPI_REF_BASE(name)                                                              \
    void wasm_##name##_delete(wasm_##name##_t *ref)                                      \
    {                                                                                    \
        capi_delete(capi_ref(ref));                                                      \
    }                                                                                    \
                                                                                         \
    wasm_##name##_t *wasm_##name##_copy(const wasm_##name##_t *ref)                      \
    {                                                                                    \
        return (wasm_##name##_t *)capi_ref_hold(capi_ref(ref));                          \
    }                                                                                    \
                                                                                         \
    bool wasm_##name##_same(const wasm_##name##_t *a, const wasm_##name##_t *b)          \
    {                                                                                    \
        return capi_same(capi_ref(a), capi_ref(b));                                      \
    }                                                                                    \
                                                                                         \
    void *wasm_##name##_get_host_info(const wasm_##name##_t *ref)                        \
    {                                                                                    \
        return ref == NULL ? NULL : capi_ref(ref)->host_info;                            \
    }                                                                                    \
                                                                                         \
    void wasm_##name##_set_host_info(wasm_##name##_t *ref, void *info)                   \
    {                                                                                    \
        capi_set_info(capi_ref(ref), info, NULL);                                        \
    }                                                                                    \
                                                                                         \
    void wasm_##name##_set_host_info_with_finalizer(wasm_##name##_t *ref, void *info,    \
                                                    void (*finalizer)(void *))           \
    {                                                                                    \
        capi_set_info(capi_ref(ref), info, finalizer);                                   \
    }

// One way of looking at a reference as another: NULL unless `is` holds for its kind.
#define CAPI_CAST(from, as, to, is)                                                      \
    wasm_##to##_t *wasm_##from##_as_##as(wasm_##from##_t *ref)                           \
    {                                                                                    \
        CapiRef *r = capi_ref(ref);                                                      \
        return r != NULL && (is) ? (wasm_##to##_t *)r : NULL;                            \
    }                                                                                    \
                                                                                         \
    const wasm_##to##_t *wasm_##from##_as_##as##_const(const wasm_##from##_t *ref)       \
    {                                                                                    \
        const CapiRef *r = capi_ref(ref);                                                \
        return r != NULL && (is) ? (const wasm_##to##_t *)r : NULL;                      \
    }

#define CAPI_REF(name, is)                                                               \
    CAPI_REF_BASE(name)                                                                  \
    CAPI_CAST(name, ref, ref, true)                                                      \
    CAPI_CAST(ref, name, name, is)

CAPI_REF_BASE(ref)
CAPI_REF(func, r->kind == CAPI_FUNC)
CAPI_REF(global, r->kind == CAPI_GLOBAL)
CAPI_REF(table, r->kind == CAPI_TABLE)
CAPI_REF(memory, r->kind == CAPI_MEMORY)
CAPI_REF(extern, r->kind <= CAPI_TAG)
CAPI_REF(instance, r->kind == CAPI_INSTANCE)
CAPI_REF(module, r->kind == CAPI_MODULE)
CAPI_REF(trap, r->kind == CAPI_TRAP)
CAPI_REF(foreign, r->kind == CAPI_FOREIGN)

CAPI_CAST(func, extern, extern, true)
CAPI_CAST(global, extern, extern, true)
CAPI_CAST(table, extern, extern, true)
CAPI_CAST(memory, extern, extern, true)
CAPI_CAST(extern, func, func, r->kind == CAPI_FUNC)
CAPI_CAST(extern, global, global, r->kind == CAPI_GLOBAL)
CAPI_CAST(extern, table, table, r->kind == CAPI_TABLE)
CAPI_CAST(extern, memory, memory, r->kind == CAPI_MEMORY)

wasm_foreign_t *wasm_foreign_new(wasm_store_t *store)
{
    return store == NULL ? NULL : (wasm_foreign_t *)capi_ref_new(store, CAPI_FOREIGN);
}
