// wasm.h -- the standard WebAssembly C API, as weft provides it.
//
// This is the interface of https://github.com/WebAssembly/wasm-c-api: the same names, the
// same types in memory, the same rules of ownership, so a program written for it compiles
// and links here unchanged, and one compiled here can link another engine. What only weft
// has (fuel, interruption, pausing) is in weft.h; weft_wasm.h joins the two.
//
// How to read it
//
//     own       marks what changes hands. An `own` parameter is given away: the caller must
//               not touch it again. An `own` result, and an `own` parameter named `out`, is
//               received: whoever called must delete it one day. It is only a word for the
//               reader; the compiler never sees it.
//     _delete   gives up one hold on a thing. The thing itself lives on while something
//               else needs it: an instance that was deleted still serves its functions.
//     _copy     makes a second hold on a reference, or a second type or vector.
//     _vec      a size and an array. Deleting one deletes its elements too.
//
// Everything made in a store may be used by one thread at a time, and no longer after the
// store was deleted: then calls answer with a trap, NULL or zero, and only _delete is useful.
// Only a shared module may travel between stores, and so between threads.
//
// The order below is the order in which a program needs things: bytes, engine and store,
// types, values, references, traps, modules, then functions, globals, tables and memories,
// and last the instance that ties them together.
//
//                                                   spec: embed
// SPDX-License-Identifier: MIT
#ifndef WASM_H
#define WASM_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef WASM_API_EXTERN
#if defined(_WIN32) && !defined(__MINGW32__) && !defined(LIBWASM_STATIC)
#define WASM_API_EXTERN __declspec(dllimport)
#elif defined(__GNUC__) || defined(__clang__)
#define WASM_API_EXTERN __attribute__((visibility("default")))
#else
#define WASM_API_EXTERN
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define own

typedef char byte_t;
typedef float float32_t;
typedef double float64_t;

// --- The families of functions -------------------------------------------------------
//
// Most of the interface is the same handful of functions for each type. These macros say
// the handful once; the sections below say which type has which.

// Something with an owner: wasm_X_t, known only by pointer, and wasm_X_delete. Deleting
// NULL does nothing.
#define WASM_DECLARE_OWN(name)                                                           \
    typedef struct wasm_##name##_t wasm_##name##_t;                                      \
    WASM_API_EXTERN void wasm_##name##_delete(own wasm_##name##_t *);

// wasm_X_vec_t: a vector of pointers (`star` is *) or of plain values (`star` is empty).
// _new takes the elements over, _copy copies each. When memory runs out, `out` is empty.
#define WASM_DECLARE_VEC(name, star)                                                     \
    typedef struct wasm_##name##_vec_t {                                                 \
        size_t size;                                                                     \
        wasm_##name##_t star *data;                                                      \
    } wasm_##name##_vec_t;                                                               \
    WASM_API_EXTERN void wasm_##name##_vec_new_empty(own wasm_##name##_vec_t *out);      \
    WASM_API_EXTERN void wasm_##name##_vec_new_uninitialized(                            \
        own wasm_##name##_vec_t *out, size_t);                                           \
    WASM_API_EXTERN void wasm_##name##_vec_new(own wasm_##name##_vec_t *out, size_t,     \
                                               own wasm_##name##_t star const[]);        \
    WASM_API_EXTERN void wasm_##name##_vec_copy(own wasm_##name##_vec_t *out,            \
                                                const wasm_##name##_vec_t *);            \
    WASM_API_EXTERN void wasm_##name##_vec_delete(own wasm_##name##_vec_t *);

// A type, as data: no store, no identity. Copies are equal.
#define WASM_DECLARE_TYPE(name)                                                          \
    WASM_DECLARE_OWN(name)                                                               \
    WASM_DECLARE_VEC(name, *)                                                            \
    WASM_API_EXTERN own wasm_##name##_t *wasm_##name##_copy(const wasm_##name##_t *);

// A reference to something with identity. _same asks whether two references mean the same
// thing (equal pointers do, different ones may). Each thing has room for one pointer of the
// host's, its host info; the finalizer runs when the thing is gone, at the latest when its
// store is deleted, and when other info takes its place.
#define WASM_DECLARE_REF_BASE(name)                                                      \
    WASM_DECLARE_OWN(name)                                                               \
    WASM_API_EXTERN own wasm_##name##_t *wasm_##name##_copy(const wasm_##name##_t *);    \
    WASM_API_EXTERN bool wasm_##name##_same(const wasm_##name##_t *,                     \
                                            const wasm_##name##_t *);                    \
    WASM_API_EXTERN void *wasm_##name##_get_host_info(const wasm_##name##_t *);          \
    WASM_API_EXTERN void wasm_##name##_set_host_info(wasm_##name##_t *, void *);         \
    WASM_API_EXTERN void wasm_##name##_set_host_info_with_finalizer(                     \
        wasm_##name##_t *, void *, void (*)(void *));

// The same, seen as the general wasm_ref_t and back. Going up never changes ownership;
// coming down gives NULL when the thing is of another kind.
#define WASM_DECLARE_REF(name)                                                           \
    WASM_DECLARE_REF_BASE(name)                                                          \
    WASM_API_EXTERN wasm_ref_t *wasm_##name##_as_ref(wasm_##name##_t *);                 \
    WASM_API_EXTERN wasm_##name##_t *wasm_ref_as_##name(wasm_ref_t *);                   \
    WASM_API_EXTERN const wasm_ref_t *wasm_##name##_as_ref_const(                        \
        const wasm_##name##_t *);                                                        \
    WASM_API_EXTERN const wasm_##name##_t *wasm_ref_as_##name##_const(const wasm_ref_t *);

// The same, for what other stores may use too: _share makes a wasm_shared_X_t, which any
// thread may hold; _obtain makes it a member of a store again.
#define WASM_DECLARE_SHARABLE_REF(name)                                                  \
    WASM_DECLARE_REF(name)                                                               \
    WASM_DECLARE_OWN(shared_##name)                                                      \
    WASM_API_EXTERN own wasm_shared_##name##_t *wasm_##name##_share(                     \
        const wasm_##name##_t *);                                                        \
    WASM_API_EXTERN own wasm_##name##_t *wasm_##name##_obtain(                           \
        wasm_store_t *, const wasm_shared_##name##_t *);

// --- Bytes and names -----------------------------------------------------------------

typedef byte_t wasm_byte_t;
WASM_DECLARE_VEC(byte, )

// Names are bytes: UTF-8, of the length told, no zero at the end unless said so.
typedef wasm_byte_vec_t wasm_name_t;

#define wasm_name wasm_byte_vec
#define wasm_name_new wasm_byte_vec_new
#define wasm_name_new_empty wasm_byte_vec_new_empty
#define wasm_name_new_uninitialized wasm_byte_vec_new_uninitialized
#define wasm_name_new_new_uninitialized wasm_byte_vec_new_uninitialized  // as once published
#define wasm_name_copy wasm_byte_vec_copy
#define wasm_name_delete wasm_byte_vec_delete

static inline void wasm_name_new_from_string(own wasm_name_t *out, const char *string)
{
    wasm_name_new(out, strlen(string), string);
}

// The same with the zero counted in, as trap messages have it.
static inline void wasm_name_new_from_string_nt(own wasm_name_t *out, const char *string)
{
    wasm_name_new(out, strlen(string) + 1, string);
}

// --- Engine and store ----------------------------------------------------------------

// Settings of an engine. The standard has none; weft_wasm.h has weft's.
WASM_DECLARE_OWN(config)
WASM_API_EXTERN own wasm_config_t *wasm_config_new(void);

// The engine. Weft keeps nothing in it but its settings: a process may have several, any
// number of threads may use one, and stores may outlive it.
WASM_DECLARE_OWN(engine)
WASM_API_EXTERN own wasm_engine_t *wasm_engine_new(void);
WASM_API_EXTERN own wasm_engine_t *wasm_engine_new_with_config(own wasm_config_t *);

// A store: the world in which things are made and run. Deleting it ends that world, and
// runs every finalizer that has not run.
WASM_DECLARE_OWN(store)
WASM_API_EXTERN own wasm_store_t *wasm_store_new(wasm_engine_t *);

// --- Types ---------------------------------------------------------------------------

typedef uint8_t wasm_mutability_t;
enum wasm_mutability_enum {
    WASM_CONST,
    WASM_VAR
};

// Pages of a memory or elements of a table. A `max` of wasm_limits_max_default is none.
typedef struct wasm_limits_t {
    uint32_t min;
    uint32_t max;
} wasm_limits_t;

static const uint32_t wasm_limits_max_default = 0xffffffff;

// Value types. References of the function hierarchy are WASM_FUNCREF, all others
// WASM_EXTERNREF; a v128 has a kind of its own (4) so that types can be told apart, but
// no value of it travels through this interface.     spec: syntax-valtype
WASM_DECLARE_TYPE(valtype)

typedef uint8_t wasm_valkind_t;
enum wasm_valkind_enum {
    WASM_I32,
    WASM_I64,
    WASM_F32,
    WASM_F64,
    WASM_EXTERNREF = 128,
    WASM_FUNCREF
};

WASM_API_EXTERN own wasm_valtype_t *wasm_valtype_new(wasm_valkind_t);
WASM_API_EXTERN wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t *);

static inline bool wasm_valkind_is_num(wasm_valkind_t kind)
{
    return kind < WASM_EXTERNREF;
}

static inline bool wasm_valkind_is_ref(wasm_valkind_t kind)
{
    return kind >= WASM_EXTERNREF;
}

static inline bool wasm_valtype_is_num(const wasm_valtype_t *type)
{
    return wasm_valkind_is_num(wasm_valtype_kind(type));
}

static inline bool wasm_valtype_is_ref(const wasm_valtype_t *type)
{
    return wasm_valkind_is_ref(wasm_valtype_kind(type));
}

// Function types. _new takes both vectors over; what the getters give belongs to the type.
WASM_DECLARE_TYPE(functype)
WASM_API_EXTERN own wasm_functype_t *wasm_functype_new(own wasm_valtype_vec_t *params,
                                                       own wasm_valtype_vec_t *results);
WASM_API_EXTERN const wasm_valtype_vec_t *wasm_functype_params(const wasm_functype_t *);
WASM_API_EXTERN const wasm_valtype_vec_t *wasm_functype_results(const wasm_functype_t *);

WASM_DECLARE_TYPE(globaltype)
WASM_API_EXTERN own wasm_globaltype_t *wasm_globaltype_new(own wasm_valtype_t *,
                                                           wasm_mutability_t);
WASM_API_EXTERN const wasm_valtype_t *wasm_globaltype_content(const wasm_globaltype_t *);
WASM_API_EXTERN wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t *);

WASM_DECLARE_TYPE(tabletype)
WASM_API_EXTERN own wasm_tabletype_t *wasm_tabletype_new(own wasm_valtype_t *,
                                                         const wasm_limits_t *);
WASM_API_EXTERN const wasm_valtype_t *wasm_tabletype_element(const wasm_tabletype_t *);
WASM_API_EXTERN const wasm_limits_t *wasm_tabletype_limits(const wasm_tabletype_t *);

WASM_DECLARE_TYPE(memorytype)
WASM_API_EXTERN own wasm_memorytype_t *wasm_memorytype_new(const wasm_limits_t *);
WASM_API_EXTERN const wasm_limits_t *wasm_memorytype_limits(const wasm_memorytype_t *);

// The type of an import or export: one of the four above. (A tag, which the standard does not
// know, has the kind 4 here: it keeps its place in lists and can be handed on.)
WASM_DECLARE_TYPE(externtype)

typedef uint8_t wasm_externkind_t;
enum wasm_externkind_enum {
    WASM_EXTERN_FUNC,
    WASM_EXTERN_GLOBAL,
    WASM_EXTERN_TABLE,
    WASM_EXTERN_MEMORY
};

WASM_API_EXTERN wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t *);

// Up to the general type and down again (NULL if it is another kind); the same object.
#define WASM_DECLARE_EXTERNTYPE_(name)                                                   \
    WASM_API_EXTERN wasm_externtype_t *wasm_##name##_as_externtype(wasm_##name##_t *);   \
    WASM_API_EXTERN wasm_##name##_t *wasm_externtype_as_##name(wasm_externtype_t *);     \
    WASM_API_EXTERN const wasm_externtype_t *wasm_##name##_as_externtype_const(          \
        const wasm_##name##_t *);                                                        \
    WASM_API_EXTERN const wasm_##name##_t *wasm_externtype_as_##name##_const(            \
        const wasm_externtype_t *);

WASM_DECLARE_EXTERNTYPE_(functype)
WASM_DECLARE_EXTERNTYPE_(globaltype)
WASM_DECLARE_EXTERNTYPE_(tabletype)
WASM_DECLARE_EXTERNTYPE_(memorytype)

// What a module asks for, and what it offers.
WASM_DECLARE_TYPE(importtype)
WASM_API_EXTERN own wasm_importtype_t *wasm_importtype_new(own wasm_name_t *module,
                                                           own wasm_name_t *name,
                                                           own wasm_externtype_t *);
WASM_API_EXTERN const wasm_name_t *wasm_importtype_module(const wasm_importtype_t *);
WASM_API_EXTERN const wasm_name_t *wasm_importtype_name(const wasm_importtype_t *);
WASM_API_EXTERN const wasm_externtype_t *wasm_importtype_type(const wasm_importtype_t *);

WASM_DECLARE_TYPE(exporttype)
WASM_API_EXTERN own wasm_exporttype_t *wasm_exporttype_new(own wasm_name_t *,
                                                           own wasm_externtype_t *);
WASM_API_EXTERN const wasm_name_t *wasm_exporttype_name(const wasm_exporttype_t *);
WASM_API_EXTERN const wasm_externtype_t *wasm_exporttype_type(const wasm_exporttype_t *);

// --- Values and references -----------------------------------------------------------

struct wasm_ref_t;

// A value with its kind. One that holds a reference owns it; NULL is the null reference.
typedef struct wasm_val_t {
    wasm_valkind_t kind;
    union {
        int32_t i32;
        int64_t i64;
        float32_t f32;
        float64_t f64;
        struct wasm_ref_t *ref;
    } of;
} wasm_val_t;

WASM_API_EXTERN void wasm_val_delete(own wasm_val_t *);
WASM_API_EXTERN void wasm_val_copy(own wasm_val_t *out, const wasm_val_t *);
WASM_DECLARE_VEC(val, )

// Any reference: to a function, table, instance, trap, foreign object, ...
WASM_DECLARE_REF_BASE(ref)

// --- Frames and traps ----------------------------------------------------------------

// A place in running code. The instance belongs to the frame; offsets are in bytes, from
// the start of the function's code and of the module.
WASM_DECLARE_OWN(frame)
WASM_DECLARE_VEC(frame, *)
WASM_API_EXTERN own wasm_frame_t *wasm_frame_copy(const wasm_frame_t *);
WASM_API_EXTERN struct wasm_instance_t *wasm_frame_instance(const wasm_frame_t *);
WASM_API_EXTERN uint32_t wasm_frame_func_index(const wasm_frame_t *);
WASM_API_EXTERN size_t wasm_frame_func_offset(const wasm_frame_t *);
WASM_API_EXTERN size_t wasm_frame_module_offset(const wasm_frame_t *);

// Why a call did not end well: a trap of the program's, an exception nobody caught, a
// limit, an error of the host's. Messages end with a zero that is counted.
typedef wasm_name_t wasm_message_t;

WASM_DECLARE_REF(trap)
WASM_API_EXTERN own wasm_trap_t *wasm_trap_new(wasm_store_t *, const wasm_message_t *);
WASM_API_EXTERN void wasm_trap_message(const wasm_trap_t *, own wasm_message_t *out);
// The innermost frame (NULL if there was none), and all of them, innermost first.
WASM_API_EXTERN own wasm_frame_t *wasm_trap_origin(const wasm_trap_t *);
WASM_API_EXTERN void wasm_trap_trace(const wasm_trap_t *, own wasm_frame_vec_t *out);

// --- Foreign objects -----------------------------------------------------------------

// A thing of the host's, to be handed to the program as an externref. Its host info says
// what it is.
WASM_DECLARE_REF(foreign)
WASM_API_EXTERN own wasm_foreign_t *wasm_foreign_new(wasm_store_t *);

// --- Modules -------------------------------------------------------------------------

// Decoded and validated code. The bytes given to _new are copied. NULL, or false, means
// that they are no valid module.                     spec: syntax-module
WASM_DECLARE_SHARABLE_REF(module)
WASM_API_EXTERN own wasm_module_t *wasm_module_new(wasm_store_t *,
                                                   const wasm_byte_vec_t *binary);
WASM_API_EXTERN bool wasm_module_validate(wasm_store_t *, const wasm_byte_vec_t *binary);
WASM_API_EXTERN void wasm_module_imports(const wasm_module_t *,
                                         own wasm_importtype_vec_t *out);
WASM_API_EXTERN void wasm_module_exports(const wasm_module_t *,
                                         own wasm_exporttype_vec_t *out);
// The serialized form is the module's binary itself: it may be stored and carried to other
// machines, and _deserialize trusts it no more than _new would.
WASM_API_EXTERN void wasm_module_serialize(const wasm_module_t *, own wasm_byte_vec_t *out);
WASM_API_EXTERN own wasm_module_t *wasm_module_deserialize(wasm_store_t *,
                                                           const wasm_byte_vec_t *);

// --- Functions -----------------------------------------------------------------------

WASM_DECLARE_REF(func)

// A function of the host's. It sets each result (they begin as zeros of the right kinds)
// and returns NULL, or returns a trap. References in `args` are borrowed, those in
// `results` are given away.
typedef own wasm_trap_t *(*wasm_func_callback_t)(const wasm_val_vec_t *args,
                                                 own wasm_val_vec_t *results);
typedef own wasm_trap_t *(*wasm_func_callback_with_env_t)(void *env,
                                                          const wasm_val_vec_t *args,
                                                          wasm_val_vec_t *results);

WASM_API_EXTERN own wasm_func_t *wasm_func_new(wasm_store_t *, const wasm_functype_t *,
                                               wasm_func_callback_t);
// `finalizer`, if not NULL, is called with `env` when the function is gone.
WASM_API_EXTERN own wasm_func_t *wasm_func_new_with_env(
    wasm_store_t *, const wasm_functype_t *type, wasm_func_callback_with_env_t, void *env,
    void (*finalizer)(void *));

WASM_API_EXTERN own wasm_functype_t *wasm_func_type(const wasm_func_t *);
WASM_API_EXTERN size_t wasm_func_param_arity(const wasm_func_t *);
WASM_API_EXTERN size_t wasm_func_result_arity(const wasm_func_t *);

// Calls it. `args` must match its parameters. `results` should have room for its results
// (those that find none are dropped); references in them are then the caller's. NULL when
// all went well.                                    spec: embed-func-invoke
WASM_API_EXTERN own wasm_trap_t *wasm_func_call(const wasm_func_t *,
                                                const wasm_val_vec_t *args,
                                                wasm_val_vec_t *results);

// --- Globals -------------------------------------------------------------------------

WASM_DECLARE_REF(global)
WASM_API_EXTERN own wasm_global_t *wasm_global_new(wasm_store_t *, const wasm_globaltype_t *,
                                                   const wasm_val_t *);
WASM_API_EXTERN own wasm_globaltype_t *wasm_global_type(const wasm_global_t *);
WASM_API_EXTERN void wasm_global_get(const wasm_global_t *, own wasm_val_t *out);
// Does nothing if the global is constant or the value is of another kind.
WASM_API_EXTERN void wasm_global_set(wasm_global_t *, const wasm_val_t *);

// --- Tables --------------------------------------------------------------------------

WASM_DECLARE_REF(table)

typedef uint32_t wasm_table_size_t;

WASM_API_EXTERN own wasm_table_t *wasm_table_new(wasm_store_t *, const wasm_tabletype_t *,
                                                 wasm_ref_t *init);
WASM_API_EXTERN own wasm_tabletype_t *wasm_table_type(const wasm_table_t *);
// NULL for a null element and for an index past the end.
WASM_API_EXTERN own wasm_ref_t *wasm_table_get(const wasm_table_t *,
                                               wasm_table_size_t index);
WASM_API_EXTERN bool wasm_table_set(wasm_table_t *, wasm_table_size_t index, wasm_ref_t *);
WASM_API_EXTERN wasm_table_size_t wasm_table_size(const wasm_table_t *);
WASM_API_EXTERN bool wasm_table_grow(wasm_table_t *, wasm_table_size_t delta,
                                     wasm_ref_t *init);

// --- Memories ------------------------------------------------------------------------

WASM_DECLARE_REF(memory)

typedef uint32_t wasm_memory_pages_t;

static const size_t MEMORY_PAGE_SIZE = 0x10000;

WASM_API_EXTERN own wasm_memory_t *wasm_memory_new(wasm_store_t *,
                                                   const wasm_memorytype_t *);
WASM_API_EXTERN own wasm_memorytype_t *wasm_memory_type(const wasm_memory_t *);
// The bytes themselves, until the memory grows next (any code that runs may grow it).
WASM_API_EXTERN byte_t *wasm_memory_data(wasm_memory_t *);
WASM_API_EXTERN size_t wasm_memory_data_size(const wasm_memory_t *);
WASM_API_EXTERN wasm_memory_pages_t wasm_memory_size(const wasm_memory_t *);
WASM_API_EXTERN bool wasm_memory_grow(wasm_memory_t *, wasm_memory_pages_t delta);

// --- Externals: any of the four ------------------------------------------------------

WASM_DECLARE_REF(extern)
WASM_DECLARE_VEC(extern, *)
WASM_API_EXTERN wasm_externkind_t wasm_extern_kind(const wasm_extern_t *);
WASM_API_EXTERN own wasm_externtype_t *wasm_extern_type(const wasm_extern_t *);

#define WASM_DECLARE_EXTERN_(name)                                                       \
    WASM_API_EXTERN wasm_extern_t *wasm_##name##_as_extern(wasm_##name##_t *);           \
    WASM_API_EXTERN wasm_##name##_t *wasm_extern_as_##name(wasm_extern_t *);             \
    WASM_API_EXTERN const wasm_extern_t *wasm_##name##_as_extern_const(                  \
        const wasm_##name##_t *);                                                        \
    WASM_API_EXTERN const wasm_##name##_t *wasm_extern_as_##name##_const(                \
        const wasm_extern_t *);

WASM_DECLARE_EXTERN_(func)
WASM_DECLARE_EXTERN_(global)
WASM_DECLARE_EXTERN_(table)
WASM_DECLARE_EXTERN_(memory)

// --- Instances -----------------------------------------------------------------------

// A module with its imports, given in the order in which it lists them. NULL when they do
// not fit or when starting it trapped; `trap`, if not NULL, then says why.
//                                                   spec: embed-module-instantiate
WASM_DECLARE_REF(instance)
WASM_API_EXTERN own wasm_instance_t *wasm_instance_new(wasm_store_t *, const wasm_module_t *,
                                                       const wasm_extern_vec_t *imports,
                                                       own wasm_trap_t **trap);
// Its exports, in the order of wasm_module_exports.
WASM_API_EXTERN void wasm_instance_exports(const wasm_instance_t *,
                                           own wasm_extern_vec_t *out);

// --- Conveniences --------------------------------------------------------------------

// Initializers for vectors that own nothing: none, and the elements of an array.
// clang-format off
#define WASM_EMPTY_VEC {0, NULL}
#define WASM_ARRAY_VEC(array) {sizeof(array) / sizeof(*(array)), array}
// clang-format on

static inline own wasm_valtype_t *wasm_valtype_new_i32(void)
{
    return wasm_valtype_new(WASM_I32);
}

static inline own wasm_valtype_t *wasm_valtype_new_i64(void)
{
    return wasm_valtype_new(WASM_I64);
}

static inline own wasm_valtype_t *wasm_valtype_new_f32(void)
{
    return wasm_valtype_new(WASM_F32);
}

static inline own wasm_valtype_t *wasm_valtype_new_f64(void)
{
    return wasm_valtype_new(WASM_F64);
}

static inline own wasm_valtype_t *wasm_valtype_new_externref(void)
{
    return wasm_valtype_new(WASM_EXTERNREF);
}

static inline own wasm_valtype_t *wasm_valtype_new_funcref(void)
{
    return wasm_valtype_new(WASM_FUNCREF);
}

// wasm_functype_new_N_M: a function type of N parameters and M results, spelt out.
static inline own wasm_functype_t *wasm_functype_of_(size_t param_count,
                                                     own wasm_valtype_t *const params[],
                                                     size_t result_count,
                                                     own wasm_valtype_t *const results[])
{
    wasm_valtype_vec_t param_vec, result_vec;
    wasm_valtype_vec_new(&param_vec, param_count, params);
    wasm_valtype_vec_new(&result_vec, result_count, results);
    return wasm_functype_new(&param_vec, &result_vec);
}

static inline own wasm_functype_t *wasm_functype_new_0_0(void)
{
    return wasm_functype_of_(0, NULL, 0, NULL);
}

static inline own wasm_functype_t *wasm_functype_new_1_0(own wasm_valtype_t *p)
{
    wasm_valtype_t *params[1] = {p};
    return wasm_functype_of_(1, params, 0, NULL);
}

static inline own wasm_functype_t *wasm_functype_new_2_0(own wasm_valtype_t *p1,
                                                         own wasm_valtype_t *p2)
{
    wasm_valtype_t *params[2] = {p1, p2};
    return wasm_functype_of_(2, params, 0, NULL);
}

static inline own wasm_functype_t *wasm_functype_new_3_0(own wasm_valtype_t *p1,
                                                         own wasm_valtype_t *p2,
                                                         own wasm_valtype_t *p3)
{
    wasm_valtype_t *params[3] = {p1, p2, p3};
    return wasm_functype_of_(3, params, 0, NULL);
}

static inline own wasm_functype_t *wasm_functype_new_0_1(own wasm_valtype_t *r)
{
    wasm_valtype_t *results[1] = {r};
    return wasm_functype_of_(0, NULL, 1, results);
}

static inline own wasm_functype_t *wasm_functype_new_1_1(own wasm_valtype_t *p,
                                                         own wasm_valtype_t *r)
{
    wasm_valtype_t *params[1] = {p}, *results[1] = {r};
    return wasm_functype_of_(1, params, 1, results);
}

static inline own wasm_functype_t *wasm_functype_new_2_1(own wasm_valtype_t *p1,
                                                         own wasm_valtype_t *p2,
                                                         own wasm_valtype_t *r)
{
    wasm_valtype_t *params[2] = {p1, p2}, *results[1] = {r};
    return wasm_functype_of_(2, params, 1, results);
}

static inline own wasm_functype_t *wasm_functype_new_3_1(own wasm_valtype_t *p1,
                                                         own wasm_valtype_t *p2,
                                                         own wasm_valtype_t *p3,
                                                         own wasm_valtype_t *r)
{
    wasm_valtype_t *params[3] = {p1, p2, p3}, *results[1] = {r};
    return wasm_functype_of_(3, params, 1, results);
}

static inline own wasm_functype_t *wasm_functype_new_0_2(own wasm_valtype_t *r1,
                                                         own wasm_valtype_t *r2)
{
    wasm_valtype_t *results[2] = {r1, r2};
    return wasm_functype_of_(0, NULL, 2, results);
}

static inline own wasm_functype_t *wasm_functype_new_1_2(own wasm_valtype_t *p,
                                                         own wasm_valtype_t *r1,
                                                         own wasm_valtype_t *r2)
{
    wasm_valtype_t *params[1] = {p}, *results[2] = {r1, r2};
    return wasm_functype_of_(1, params, 2, results);
}

static inline own wasm_functype_t *wasm_functype_new_2_2(own wasm_valtype_t *p1,
                                                         own wasm_valtype_t *p2,
                                                         own wasm_valtype_t *r1,
                                                         own wasm_valtype_t *r2)
{
    wasm_valtype_t *params[2] = {p1, p2}, *results[2] = {r1, r2};
    return wasm_functype_of_(2, params, 2, results);
}

static inline own wasm_functype_t *wasm_functype_new_3_2(own wasm_valtype_t *p1,
                                                         own wasm_valtype_t *p2,
                                                         own wasm_valtype_t *p3,
                                                         own wasm_valtype_t *r1,
                                                         own wasm_valtype_t *r2)
{
    wasm_valtype_t *params[3] = {p1, p2, p3}, *results[2] = {r1, r2};
    return wasm_functype_of_(3, params, 2, results);
}

// A host pointer, carried as the integer of its width.
static inline void wasm_val_init_ptr(own wasm_val_t *out, void *pointer)
{
#if UINTPTR_MAX == UINT32_MAX
    out->kind = WASM_I32;
    out->of.i32 = (int32_t)(intptr_t)pointer;
#else
    out->kind = WASM_I64;
    out->of.i64 = (int64_t)(intptr_t)pointer;
#endif
}

static inline void *wasm_val_ptr(const wasm_val_t *value)
{
#if UINTPTR_MAX == UINT32_MAX
    return (void *)(intptr_t)value->of.i32;
#else
    return (void *)(intptr_t)value->of.i64;
#endif
}

// Initializers for values.
#ifndef __cplusplus
// clang-format off
#define WASM_I32_VAL(i) {.kind = WASM_I32, .of = {.i32 = i}}
#define WASM_I64_VAL(i) {.kind = WASM_I64, .of = {.i64 = i}}
#define WASM_F32_VAL(z) {.kind = WASM_F32, .of = {.f32 = z}}
#define WASM_F64_VAL(z) {.kind = WASM_F64, .of = {.f64 = z}}
#define WASM_REF_VAL(r) {.kind = WASM_EXTERNREF, .of = {.ref = r}}
#define WASM_INIT_VAL {.kind = WASM_EXTERNREF, .of = {.ref = NULL}}
// clang-format on
#endif

#undef own

#ifdef __cplusplus
}  // extern "C"

// The same in C++, which knew no designated initializers before 2020.
inline wasm_val_t wasm_val_i32_(int32_t x)
{
    wasm_val_t made = wasm_val_t();
    made.kind = WASM_I32;
    made.of.i32 = x;
    return made;
}

inline wasm_val_t wasm_val_i64_(int64_t x)
{
    wasm_val_t made = wasm_val_t();
    made.kind = WASM_I64;
    made.of.i64 = x;
    return made;
}

inline wasm_val_t wasm_val_f32_(float32_t x)
{
    wasm_val_t made = wasm_val_t();
    made.kind = WASM_F32;
    made.of.f32 = x;
    return made;
}

inline wasm_val_t wasm_val_f64_(float64_t x)
{
    wasm_val_t made = wasm_val_t();
    made.kind = WASM_F64;
    made.of.f64 = x;
    return made;
}

inline wasm_val_t wasm_val_ref_(struct wasm_ref_t *x)
{
    wasm_val_t made = wasm_val_t();
    made.kind = WASM_EXTERNREF;
    made.of.ref = x;
    return made;
}

#define WASM_I32_VAL(i) wasm_val_i32_(i)
#define WASM_I64_VAL(i) wasm_val_i64_(i)
#define WASM_F32_VAL(z) wasm_val_f32_(z)
#define WASM_F64_VAL(z) wasm_val_f64_(z)
#define WASM_REF_VAL(r) wasm_val_ref_(r)
#define WASM_INIT_VAL wasm_val_ref_(NULL)
#endif

#endif
