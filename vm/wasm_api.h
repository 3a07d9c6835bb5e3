// wasm_api.h -- how the standard C API (include/wasm.h) is made from weft's own.
//
// The wasm_api*.c files use include/weft.h and nothing else of the engine, so they show
// what that interface can carry, and a build can leave them out.
//
// Every reference of the standard (wasm_func_t, wasm_instance_t, wasm_trap_t, ...) is one C
// struct, a CapiRef. For one engine object a store has one at most, found through a hash
// table by the object's address; so `_copy` counts, `_same` compares pointers, and host
// info has one place to be.
//
//     holds > 0     somebody has it: the host, a trap's frame, or the guest (as an externref).
//                   It holds the engine's object in turn.
//     holds == 0    it is freed, unless it carries host info and its object may live on
//                   (an instance whose handle was deleted). Then it sleeps in the table until
//                   the object is looked up again or the engine says that it is gone.
//
// The engine drops objects while it collects garbage. No finalizer of the host's may run
// there, so what is gone waits in the store's list until the next quiet moment, when
// capi_settle looks after it.
//
// When a store is deleted, its refs that are still held become strays: `store` is NULL, they
// answer with nothing, and go when their last hold does.
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_WASM_API_H
#define WEFT_VM_WASM_API_H

#include "include/weft_wasm.h"
#include "ports/base.h"

typedef struct wasm_ref_t CapiRef;

typedef enum CapiKind {
    CAPI_FUNC = WASM_EXTERN_FUNC,  // the first five are numbered as wasm_externkind_t
    CAPI_GLOBAL = WASM_EXTERN_GLOBAL,
    CAPI_TABLE = WASM_EXTERN_TABLE,
    CAPI_MEMORY = WASM_EXTERN_MEMORY,
    CAPI_TAG,
    CAPI_INSTANCE,
    CAPI_OPAQUE,  // an object of the guest's garbage-collected heap
    CAPI_MODULE,  // from here on the ref is the object itself
    CAPI_TRAP,
    CAPI_FOREIGN
} CapiKind;

enum {
    CAPI_KIND_V128 = 4,         // the wasm_valkind_t of what the standard cannot carry
    CAPI_EXTERN_TAG = CAPI_TAG  // the wasm_externkind_t of what it does not know
};

// What a trap remembers.
typedef struct CapiTrapNotes {
    wasm_message_t message;
    wasm_frame_vec_t frames;  // innermost first
    bool has_error;
    weft_error error;
} CapiTrapNotes;

struct wasm_ref_t {
    CapiKind kind;
    bool immortal;        // one of the constant traps: counts nothing, remembers nothing
    bool object_gone;     // in the store's list of the gone, no longer in its table
    u32 holds;
    u32 guest_drops;      // holds the guest gave up while the engine was at work
    wasm_store_t *store;  // NULL: a stray
    CapiRef *next;        // in its bucket
    CapiRef *next_gone;
    u64 key;              // the object's address; the reference's bits if CAPI_OPAQUE
    weft_ref as_extern;   // by which the guest knows it; WEFT_NULL_REF: it does not
    void *host_info;
    void (*finalizer)(void *);
    union {
        weft_extern item;      // CAPI_FUNC to CAPI_TAG
        weft_instance *instance;
        weft_ref ref;          // CAPI_OPAQUE
        weft_module *module;
        CapiTrapNotes *notes;  // CAPI_TRAP
        const char *text;      // CAPI_TRAP, if immortal
    } of;
};

struct wasm_config_t {
    weft_store_options store;
    weft_module_options module;
};

struct wasm_engine_t {
    wasm_config_t config;
};

// A function of the host's, as the engine's user data.
typedef struct CapiHostFunc {
    wasm_store_t *store;
    wasm_func_callback_t plain;  // or
    wasm_func_callback_with_env_t with_env;
    void *env;
    void (*finalizer)(void *);
    struct CapiHostFunc *next_gone;
    u32 param_count, result_count;
    wasm_valkind_t kinds[];  // parameters, then results
} CapiHostFunc;

struct wasm_store_t {
    weft_store *store;
    wasm_config_t config;
    CapiRef **buckets;
    size_t bucket_count;       // a power of two
    size_t ref_count;
    CapiRef *gone;             // to be looked after by capi_settle
    CapiHostFunc *gone_funcs;  // likewise
    bool settling;
    wasm_trap_t *thrown;       // the trap that a host function returned, on its way out
    weft_error error;          // why the last module or instance was refused
};

struct wasm_frame_t {
    CapiRef *instance;
    u32 func_index;
    size_t func_offset, module_offset;
};

// --- memory (wasm_api_vec.c) -----------------------------------------------------------------

// Zeroed memory; NULL when there is none, or `count` * `size` is too much, or zero.
void *capi_alloc(size_t count, size_t size);
void capi_free(void *block);

// --- store (wasm_api_store.c) ----------------------------------------------------------------

// Copies as much of an error as the caller's struct, perhaps of an older weft, has room for.
void capi_error_copy(weft_error *to, const weft_error *from);

// --- references (wasm_api_ref.c) -------------------------------------------------------------

// The ref of an engine object, held once more; NULL when memory runs out.
CapiRef *capi_ref_of_extern(wasm_store_t *store, weft_extern item);
CapiRef *capi_ref_of_instance(wasm_store_t *store, weft_instance *instance);
CapiRef *capi_ref_of_opaque(wasm_store_t *store, weft_ref ref);

// A new ref that is its own object: module, trap, foreign object. `store` may be NULL.
CapiRef *capi_ref_new(wasm_store_t *store, CapiKind kind);

CapiRef *capi_ref_hold(const CapiRef *ref);
void capi_ref_drop(CapiRef *ref);

// The reference by which the guest knows `ref` as an external value; WEFT_NULL_REF when
// memory runs out.
weft_ref capi_ref_to_guest(CapiRef *ref);

// Looks after what the engine dropped: holds of the guest's, host info, environments.
void capi_settle(wasm_store_t *store);

// The engine's word that an object is gone (weft_store_options.dropped).
void capi_object_gone(void *context, void *object);

// Makes strays of all refs of a store and runs their finalizers.
void capi_abandon_refs(wasm_store_t *store);

// Takes the qualifier off a handle: the standard's const says that a call leaves the object
// alone, not that its counters stay.
static inline CapiRef *capi_ref(const void *handle)
{
    return (CapiRef *)(uintptr_t)handle;
}

// --- types (wasm_api_type.c) -----------------------------------------------------------------

wasm_valkind_t capi_valkind(weft_valtype type);
weft_valtype capi_valtype(wasm_valkind_t kind);
wasm_externtype_t *capi_externtype(const weft_extern_type *type);  // the caller's
weft_limits capi_limits(const wasm_limits_t *limits);

// --- values (wasm_api_value.c) ---------------------------------------------------------------

// Whether a value could be carried over.
typedef enum CapiCarried {
    CAPI_CARRIED = 0,
    CAPI_WRONG_KIND,
    CAPI_NO_MEMORY
} CapiCarried;

// From host to guest. The value stays the host's.
CapiCarried capi_value_to_guest(const wasm_val_t *value, weft_valtype type, wasm_store_t *store,
                                weft_value *into);
CapiCarried capi_ref_to_guest_as(const wasm_ref_t *ref, weft_valtype type, wasm_store_t *store,
                                 weft_ref *into);

// From guest to host. What `into` gets is the caller's.
CapiCarried capi_value_to_host(const weft_value *value, weft_valtype type, wasm_store_t *store,
                               wasm_val_t *into);
CapiCarried capi_ref_to_host(weft_ref ref, weft_valtype type, wasm_store_t *store,
                             wasm_ref_t **into);

// --- traps (wasm_api_trap.c) -----------------------------------------------------------------

// Traps of our own making. Never NULL: when memory runs out it is a constant one.
wasm_trap_t *capi_trap(wasm_store_t *store, const char *text);
wasm_trap_t *capi_trap_no_memory(void);
wasm_trap_t *capi_trap_no_store(void);

// The trap for a call that failed: the one a host function returned, else a new one with the
// engine's error; with the frames of the failure.
wasm_trap_t *capi_trap_of_call(wasm_store_t *store, const weft_error *error);

void capi_trap_free_notes(CapiTrapNotes *notes);

#endif
