// weft.h -- run WebAssembly from a C program.
//
// The shortest useful program has six calls:
//
//     weft_error error = WEFT_ERROR_INIT;
//     weft_module *module = weft_module_load(bytes, size, NULL, &error);
//     weft_store *store = weft_store_new(NULL, &error);
//     weft_define_func(store, "env", "print", "i:", print, NULL, NULL, &error);
//     weft_instance *instance = weft_instantiate(store, module, NULL, &error);
//     weft_call_export(instance, "run", args, 1, results, 1, &error);
//
// What there is:
//
//     module    decoded and validated bytes. Immutable; may serve many stores on many
//               threads of the host at once. Points into the bytes it was given.
//     store     owns everything that runs: instances, functions, memories, tables,
//               globals, tags, garbage-collected objects. Used by one host thread at a time.
//     instance  a module with its imports supplied and its memory laid out.
//     thread    a stack of WebAssembly frames that can be started, paused and resumed.
//               A store has a main thread; more can be made.
//
// Conventions. Every call that can fail takes a `weft_error *` as its last argument (NULL
// if you do not want to know) and returns NULL, false or a status. Structs that you pass in
// begin with their size: start from the _INIT macro, set what you want, and a later weft
// still understands you. Zero always means "the default". Nothing here is global: two
// stores never influence each other. No function may be called on a store while another
// host thread uses that store, except those marked (any thread).
//
//                                                   spec: exec-module, embed
// SPDX-License-Identifier: MIT
#ifndef WEFT_H
#define WEFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__) || defined(__clang__)
#define WEFT_API __attribute__((visibility("default")))
#else
#define WEFT_API
#endif

// What the _INIT macros are made of: nothing is set but the size.
#define WEFT_SIZED(type) {.size = sizeof(type)}

#define WEFT_VERSION "0.1.0"

// The version of the library that is linked, as "major.minor.patch".
WEFT_API const char *weft_version(void);

typedef struct weft_module weft_module;
typedef struct weft_store weft_store;
typedef struct weft_instance weft_instance;
typedef struct weft_thread weft_thread;
typedef struct weft_func weft_func;
typedef struct weft_memory weft_memory;
typedef struct weft_table weft_table;
typedef struct weft_global weft_global;
typedef struct weft_tag weft_tag;

// Bytes that are a name: UTF-8, not necessarily ended by a zero, possibly containing one.
// Borrowed from whatever gave it.
typedef struct weft_name {
    const char *data;
    size_t size;  // bytes
} weft_name;

// --- Errors --------------------------------------------------------------------------

typedef enum weft_error_kind {
    WEFT_NO_ERROR = 0,
    WEFT_MALFORMED,    // the bytes are not a module                  spec: binary
    WEFT_INVALID,      // they are, but break a validation rule       spec: valid
    WEFT_UNLINKABLE,   // an import is missing or of the wrong type   spec: exec-instantiation
    WEFT_TRAPPED,      // the program trapped                         spec: trap
    WEFT_EXHAUSTED,    // "call stack exhausted"
    WEFT_UNCAUGHT,     // an exception left the outermost frame
    WEFT_EXITED,       // the program asked to end; see exit_code
    WEFT_LIMIT,        // a limit set by you: fuel, interruption
    WEFT_HOST          // out of memory, or the API was used wrongly
} weft_error_kind;

// One structured error. It owns nothing, so it can be copied and dropped freely.
// `text` begins with the words of the specification's own test suite.
typedef struct weft_error {
    size_t size;              // of this struct; set by WEFT_ERROR_INIT
    weft_error_kind kind;
    char text[192];           // what happened: "integer divide by zero"
    char module[64];          // the module's name, if it has one
    char function[128];       // the function's name, else "func[7]"; "" where none applies
    char hint[256];           // what to do about it; often ""
    uint64_t offset;          // bytes from the start of the module; UINT64_MAX where none applies
    uint32_t function_index;  // UINT32_MAX where none applies
    int32_t exit_code;        // for WEFT_EXITED
} weft_error;

#define WEFT_ERROR_INIT WEFT_SIZED(weft_error)

// Writes "function: text (at 0x1c) -- hint" into `buffer`, always ended by a zero; returns the
// length it wanted, as snprintf does.
WEFT_API size_t weft_error_format(const weft_error *error, char *buffer, size_t size);

// --- Memory for weft itself ----------------------------------------------------------

// The one hook through which weft gets memory: behaves like realloc, with the old size told.
// `new_size` 0 frees and returns NULL; NULL from any other call means out of memory and
// leaves the old block alone. Blocks are aligned for any type.
typedef struct weft_allocator {
    void *(*resize)(void *context, void *block, size_t old_size, size_t new_size);
    void *context;
} weft_allocator;

// --- Types and values ----------------------------------------------------------------

typedef enum weft_kind {
    WEFT_I32 = 1,
    WEFT_I64,
    WEFT_F32,
    WEFT_F64,
    WEFT_V128,
    WEFT_REF
} weft_kind;

// What a reference type admits.                     spec: syntax-heaptype
typedef enum weft_heap {
    WEFT_HEAP_FUNC = 1,
    WEFT_HEAP_NOFUNC,
    WEFT_HEAP_EXTERN,
    WEFT_HEAP_NOEXTERN,
    WEFT_HEAP_ANY,
    WEFT_HEAP_EQ,
    WEFT_HEAP_I31,
    WEFT_HEAP_STRUCT,
    WEFT_HEAP_ARRAY,
    WEFT_HEAP_NONE,
    WEFT_HEAP_EXN,
    WEFT_HEAP_NOEXN,
    WEFT_HEAP_INDEX  // a type of the module it was read from: see type_index
} weft_heap;

typedef struct weft_valtype {
    uint8_t kind;         // weft_kind
    uint8_t nullable;     // for WEFT_REF
    uint8_t heap;         // for WEFT_REF: weft_heap
    uint8_t top;          // for WEFT_REF, set by weft: the top of its hierarchy (FUNC, EXTERN, ANY, EXN)
    uint32_t type_index;  // for WEFT_HEAP_INDEX
} weft_valtype;

#define WEFT_TYPE_I32 ((weft_valtype){.kind = WEFT_I32})
#define WEFT_TYPE_I64 ((weft_valtype){.kind = WEFT_I64})
#define WEFT_TYPE_F32 ((weft_valtype){.kind = WEFT_F32})
#define WEFT_TYPE_F64 ((weft_valtype){.kind = WEFT_F64})
#define WEFT_TYPE_V128 ((weft_valtype){.kind = WEFT_V128})
#define WEFT_TYPE_FUNCREF                                                                   \
    ((weft_valtype){.kind = WEFT_REF, .nullable = 1, .heap = WEFT_HEAP_FUNC, .top = WEFT_HEAP_FUNC})
#define WEFT_TYPE_EXTERNREF                                                                 \
    ((weft_valtype){                                                                        \
        .kind = WEFT_REF, .nullable = 1, .heap = WEFT_HEAP_EXTERN, .top = WEFT_HEAP_EXTERN})

// A reference to something in a store. 0 is null. The bits have no meaning outside weft.
// A reference in the host's hands stays valid until the next call that runs code in its store,
// makes an instance or collects; weft_ref_hold keeps it longer. Making further references
// and tables, globals or exceptions from it does not end it.
typedef uint64_t weft_ref;
#define WEFT_NULL_REF ((weft_ref)0)

// One value with its kind, as arguments and results travel.
typedef struct weft_value {
    uint8_t kind;  // weft_kind
    uint8_t heap;  // for WEFT_REF, as a result: the static heap type's top (FUNC, EXTERN, ANY, EXN)
    union {
        int32_t i32;
        int64_t i64;
        float f32;
        double f64;
        uint32_t f32_bits;  // the same bits; NaN payloads survive this way on any host
        uint64_t f64_bits;
        uint8_t v128[16];   // lane 0 first, each lane little-endian
        weft_ref ref;
    } of;
} weft_value;

#define WEFT_VALUE_I32(x) ((weft_value){.kind = WEFT_I32, .of = {.i32 = (x)}})
#define WEFT_VALUE_I64(x) ((weft_value){.kind = WEFT_I64, .of = {.i64 = (x)}})
#define WEFT_VALUE_F32(x) ((weft_value){.kind = WEFT_F32, .of = {.f32 = (x)}})
#define WEFT_VALUE_F64(x) ((weft_value){.kind = WEFT_F64, .of = {.f64 = (x)}})
#define WEFT_VALUE_REF(x) ((weft_value){.kind = WEFT_REF, .of = {.ref = (x)}})

// What an import or export is.                      spec: syntax-externtype
typedef enum weft_extern_kind {
    WEFT_EXTERN_FUNC = 0,  // numbered as in the binary format
    WEFT_EXTERN_TABLE,
    WEFT_EXTERN_MEMORY,
    WEFT_EXTERN_GLOBAL,
    WEFT_EXTERN_TAG
} weft_extern_kind;

typedef struct weft_limits {
    uint64_t min;    // pages of a memory, elements of a table
    uint64_t max;    // meaningful if has_max
    bool has_max;
    bool is64;       // addressed by i64
    bool shared;
    uint8_t page_size_log2;  // of a memory: 16 unless the custom-page-sizes proposal says otherwise
} weft_limits;

// The type of an import or export. For functions and tags, ask weft_type_param and
// weft_type_result for the value types.
typedef struct weft_extern_type {
    weft_extern_kind kind;
    uint32_t param_count, result_count;  // functions and tags
    weft_valtype value;                  // element type of a table, content type of a global
    bool is_mutable;                     // globals
    weft_limits limits;                  // tables and memories
    const void *reserved[3];             // where param and result types are found
} weft_extern_type;

WEFT_API weft_valtype weft_type_param(const weft_extern_type *type, uint32_t index);
WEFT_API weft_valtype weft_type_result(const weft_extern_type *type, uint32_t index);

// Makes a function type from lists that stay the caller's; none of the types may be a
// WEFT_HEAP_INDEX. Good for weft_func_new_typed and the functions above while the lists live.
WEFT_API void weft_func_type_make(weft_extern_type *type, const weft_valtype *params,
                                  uint32_t param_count, const weft_valtype *results,
                                  uint32_t result_count);

// Writes the type in the text format's words, e.g. "(func (param i32 i32) (result i32))".
// Always ended by a zero; returns the length it wanted, as snprintf does.
WEFT_API size_t weft_type_format(const weft_extern_type *type, char *buffer, size_t size);

// --- Modules -------------------------------------------------------------------------

typedef struct weft_module_options {
    size_t size;
    const weft_allocator *allocator;  // NULL: malloc and free. Must outlive the module
    const char *features;  // "3.0" is the default; "2.0", "3.0,+threads,-multi-memory", "all"
    bool fuel;             // count fuel in this module's functions (costs some speed)
    const char *name;      // for messages; NULL: the name section's, if any. Copied
    bool copy_bytes;       // keep a copy of the bytes, so that yours may go
    uint32_t translator_mask;  // bits switch off parts of the translator (for tests); 0: all on
} weft_module_options;

#define WEFT_MODULE_OPTIONS_INIT WEFT_SIZED(weft_module_options)

// Decodes and validates the `size` bytes at `bytes`, all of them, at once. The bytes are
// borrowed: they must stay as they are until the module is gone, unless `copy_bytes` is set. NULL on failure, with
// kind WEFT_MALFORMED, WEFT_INVALID or WEFT_HOST.
WEFT_API weft_module *weft_module_load(const void *bytes, size_t size,
                                       const weft_module_options *options, weft_error *error);

// A module lives until it was released as often as it was loaded and retained; instances
// retain theirs. (any thread)
WEFT_API weft_module *weft_module_retain(weft_module *module);
WEFT_API void weft_module_release(weft_module *module);

// Says whether the bytes are a valid module; nothing is kept.
WEFT_API bool weft_validate(const void *bytes, size_t size, const weft_module_options *options,
                            weft_error *error);

// Translates every function now instead of at its first call, so that nothing is allocated
// for translation while running. False when memory runs out.
WEFT_API bool weft_translate_all(weft_module *module, weft_error *error);

typedef struct weft_import {
    weft_name module, name;
    weft_extern_type type;
} weft_import;

typedef struct weft_export {
    weft_name name;
    weft_extern_type type;
} weft_export;

WEFT_API uint32_t weft_module_import_count(const weft_module *module);
WEFT_API bool weft_module_import(const weft_module *module, uint32_t index, weft_import *import);
WEFT_API uint32_t weft_module_export_count(const weft_module *module);
WEFT_API bool weft_module_export(const weft_module *module, uint32_t index, weft_export *export_);

// The module's own name (name section), or an empty name.
WEFT_API weft_name weft_module_name(const weft_module *module);

// The bytes the module was loaded from, or its copy of them.
WEFT_API weft_name weft_module_bytes(const weft_module *module);

// The custom section of that name, or {NULL, 0}; `index` counts sections of the same name.
WEFT_API weft_name weft_module_custom_section(const weft_module *module, const char *name,
                                              uint32_t index);

// Lists features: a name such as "simd", the specification version that includes it ("2.0",
// "3.0", or "" for a proposal), whether this build has it, whether it is on by default.
typedef struct weft_feature {
    const char *name, *version;
    bool built_in, on_by_default;
} weft_feature;

WEFT_API bool weft_feature_at(uint32_t index, weft_feature *feature);

// --- Stores --------------------------------------------------------------------------

typedef struct weft_store_options {
    size_t size;
    const weft_allocator *allocator;  // NULL: malloc and free. Must outlive the store
    const struct weft_port *port;     // clock, address space, wake handles; NULL: the platform's own
    uint64_t max_memory_bytes;        // of all linear memories together; 0: no limit but the host's
    uint64_t max_table_elements;      // of all tables together; 0: 10,000,000
    size_t stack_bytes;               // of a thread; 0: 8 MiB. Committed as it is used
    size_t heap_bytes;                // garbage-collected objects; 0: no limit but the host's
    bool gc_stress;                   // collect at every allocation (for tests)
    // Called just before an instance, function, memory, table, global or tag is gone, by a
    // collection or with the store: so a host can free what it keeps beside it. `object` is
    // the handle; it may be compared but no longer used.
    void (*dropped)(void *context, void *object);
    void *dropped_context;
} weft_store_options;

#define WEFT_STORE_OPTIONS_INIT WEFT_SIZED(weft_store_options)

WEFT_API weft_store *weft_store_new(const weft_store_options *options, weft_error *error);

// Frees the store and everything in it; finalizers of host functions and host references run.
WEFT_API void weft_store_free(weft_store *store);

// Makes every running thread of the store stop at its next loop or call with WEFT_LIMIT
// "interrupted", and wakes blocking host calls. Safe in a signal handler. (any thread)
WEFT_API void weft_store_interrupt(weft_store *store);

// Forgets an interruption, so that threads may run (or resume) again.
WEFT_API void weft_store_clear_interrupt(weft_store *store);

// Collects garbage now: objects, and instances nobody holds or can reach any more.
WEFT_API void weft_store_collect(weft_store *store);

typedef struct weft_store_stats {
    size_t size;
    uint64_t memory_bytes, memory_peak_bytes;  // linear memories
    uint64_t code_bytes;                       // translated code of the modules instantiated here
    uint64_t translated_functions;
    uint64_t heap_bytes, heap_objects, collections;
    uint64_t stack_peak_bytes;                 // of the deepest thread there is
    uint64_t fuel_used;
} weft_store_stats;

WEFT_API void weft_store_get_stats(const weft_store *store, weft_store_stats *stats);

// --- Giving imports ------------------------------------------------------------------
//
// A store has a table of definitions, keyed by module and name; weft_instantiate resolves
// imports from it. Defining a name again replaces what new instances will see.

// What a host function may answer. 
typedef enum weft_result {
    WEFT_OK = 0,  // results are set
    WEFT_TRAP,    // weft_call_trap told why
    WEFT_THROW,   // weft_call_throw told what
    WEFT_EXIT,    // weft_call_exit told the code: the whole guest ends
    WEFT_PAUSE,   // stop the thread; weft_thread_resume_with supplies the results later
    WEFT_RETRY    // stop the thread; this function is called again when it is resumed
} weft_result;

// The call a host function is asked to serve. Arguments and results are slots of 64 bits:
// i32 and f32 use the low half, a v128 takes two (low half first). They never overlap, and
// result slots start as zero.
typedef struct weft_call {
    const uint64_t *args;
    uint64_t *results;
    weft_thread *thread;
    weft_instance *caller;  // the instance whose code calls; NULL when the host itself calls
} weft_call;

typedef weft_result (*weft_host_func)(weft_call *call, void *user);

static inline uint32_t weft_arg_u32(const weft_call *call, uint32_t slot)
{
    return (uint32_t)call->args[slot];
}

static inline uint64_t weft_arg_u64(const weft_call *call, uint32_t slot)
{
    return call->args[slot];
}

static inline void weft_return_u32(weft_call *call, uint32_t value)
{
    call->results[0] = value;
}

static inline void weft_return_u64(weft_call *call, uint64_t value)
{
    call->results[0] = value;
}

WEFT_API float weft_arg_f32(const weft_call *call, uint32_t slot);
WEFT_API double weft_arg_f64(const weft_call *call, uint32_t slot);
WEFT_API void weft_return_f32(weft_call *call, float value);
WEFT_API void weft_return_f64(weft_call *call, double value);

// Say why, then return what they return: `return weft_call_trap(call, "no such user");`
WEFT_API weft_result weft_call_trap(weft_call *call, const char *text);
WEFT_API weft_result weft_call_exit(weft_call *call, int32_t code);
WEFT_API weft_result weft_call_throw(weft_call *call, weft_tag *tag, const weft_value *values,
                                     uint32_t count);

// The memory pointers of the caller mean: its export "memory", else its first one; else NULL,
// which is safe to hand to weft_memory_view, _read and _write: nothing is inside of it.
WEFT_API weft_memory *weft_call_memory(const weft_call *call);
WEFT_API weft_store *weft_call_store(const weft_call *call);

// What an interruption of this thread or its store sets: a blocking host function waits on it
// (through ports/port.h: poll) and answers WEFT_RETRY when it was set. NULL where the port has
// nothing to wait on.
struct weft_wake;
WEFT_API struct weft_wake *weft_call_wake(const weft_call *call);

// Defines a host function. `signature` is parameters, a colon, results, one letter each:
// i = i32, l = i64, f = f32, d = f64, v = v128, F = funcref, E = externref; "il:d" takes an i32
// and an i64 and gives an f64. `user` comes back at each call; `drop`, if not NULL, is called
// with it when the store no longer needs it.
WEFT_API bool weft_define_func(weft_store *store, const char *module, const char *name,
                               const char *signature, weft_host_func func, void *user,
                               void (*drop)(void *user), weft_error *error);

// Defines on demand: when something of `module` is looked up that is not defined, `provide` is
// called with its name, and may define it (not look it up). False, with an error, only if it
// ought to and cannot.
// Definitions that exist are replaced now, by those that `provide` has for their names. `module`
// is copied; `user` must live as long as the store.
typedef bool (*weft_provider)(weft_store *store, weft_name module, weft_name name, void *user,
                              weft_error *error);
WEFT_API bool weft_define_on_demand(weft_store *store, const char *module, weft_provider provide,
                                    void *user, weft_error *error);

// An import or export in the flesh. Borrowed from its store, valid while what owns it lives.
typedef struct weft_extern {
    weft_extern_kind kind;
    union {
        weft_func *func;
        weft_table *table;
        weft_memory *memory;
        weft_global *global;
        weft_tag *tag;
        void *any;
    } of;
} weft_extern;

WEFT_API bool weft_define(weft_store *store, weft_name module, weft_name name, weft_extern item,
                          weft_error *error);

// Defines every export of `instance` under the module name `module`.
WEFT_API bool weft_define_instance(weft_store *store, weft_name module, weft_instance *instance,
                                   weft_error *error);

// Looks a definition up; false if there is none.
WEFT_API bool weft_find_definition(weft_store *store, weft_name module, weft_name name,
                                   weft_extern *item);

// --- Making things from the host -----------------------------------------------------
//
// What these make is held by the host once: weft_extern_release gives that up when you need
// the handle no more, whatever else uses the thing by then.

WEFT_API weft_func *weft_func_new(weft_store *store, const char *signature, weft_host_func func,
                                  void *user, void (*drop)(void *user), weft_error *error);
// The same with a full type: read from a module's import or another function, or made by
// weft_func_type_make.
WEFT_API weft_func *weft_func_new_typed(weft_store *store, const weft_extern_type *type,
                                        weft_host_func func, void *user,
                                        void (*drop)(void *user), weft_error *error);
// A page size of 0 in the limits means 16: pages of 64 KiB.
WEFT_API weft_memory *weft_memory_new(weft_store *store, const weft_limits *limits, weft_error *error);
WEFT_API weft_table *weft_table_new(weft_store *store, weft_valtype element, const weft_limits *limits,
                                    weft_ref initial, weft_error *error);
WEFT_API weft_global *weft_global_new(weft_store *store, weft_valtype type, bool is_mutable,
                                      weft_value initial, weft_error *error);
WEFT_API weft_tag *weft_tag_new(weft_store *store, const char *params, weft_error *error);

// Handles that were looked up are borrowed: they live as long as an instance that owns or
// imports them, or the definition table, or a reference to them. Holding keeps them longer;
// release as often. Handles of the same thing are equal, however they were come by. A function
// keeps its instance alive, and an instance what it imports. Holding cannot fail.
WEFT_API void weft_extern_hold(weft_store *store, weft_extern item);
WEFT_API void weft_extern_release(weft_store *store, weft_extern item);
WEFT_API void weft_extern_get_type(weft_extern item, weft_extern_type *type);

// --- Instances -----------------------------------------------------------------------

// How a call stands when weft returns from it.
typedef enum weft_status {
    WEFT_DONE = 0,   // results are there
    WEFT_PAUSED,     // budget used up, or a host function paused: run it again to go on
    WEFT_FAILED      // trap, exception, exit, exhaustion, limit: see the error
} weft_status;

typedef struct weft_instance_options {
    size_t size;
    const weft_extern *imports;  // in the order of the module's imports; NULL: the definitions
    uint32_t import_count;
    bool defer_start;  // do not run the start function: weft_instance_start does
} weft_instance_options;

#define WEFT_INSTANCE_OPTIONS_INIT WEFT_SIZED(weft_instance_options)

// Resolves imports, allocates, runs active segments and the start function.
// NULL on failure: WEFT_UNLINKABLE, or what the segments or the start function met. The
// instance is held for the host until weft_instance_release.
WEFT_API weft_instance *weft_instantiate(weft_store *store, weft_module *module,
                                         const weft_instance_options *options, weft_error *error);

// The start function of an instance made with `defer_start`, which runs it now; WEFT_DONE if
// the module has none. Where it may pause, start weft_instance_start_func on a thread instead.
WEFT_API weft_status weft_instance_start(weft_instance *instance, weft_error *error);
WEFT_API weft_func *weft_instance_start_func(const weft_instance *instance);  // or NULL

// Gives the host's hold up. Code that other instances or references still reach stays alive;
// what nothing reaches is collected in time.
WEFT_API void weft_instance_release(weft_instance *instance);

// One more hold, to be released as well.
WEFT_API void weft_instance_hold(weft_instance *instance);

// Something of the host's own that goes with an instance; `drop`, if not NULL, is called with
// it when the instance is gone or another takes its place.
WEFT_API void weft_instance_set_user(weft_instance *instance, void *user,
                                     void (*drop)(void *user));
WEFT_API void *weft_instance_user(const weft_instance *instance);

WEFT_API weft_store *weft_instance_store(const weft_instance *instance);
WEFT_API weft_module *weft_instance_module(const weft_instance *instance);

// Looks an export up by name; false (and `item` untouched) if there is none of that name.
WEFT_API bool weft_instance_export(weft_instance *instance, weft_name name, weft_extern *item);
WEFT_API bool weft_instance_export_at(weft_instance *instance, uint32_t index, weft_name *name,
                                      weft_extern *item);
// The same for one kind, NULL if there is no such export. That need not be asked each time: a
// call of NULL fails with WEFT_HOST; a NULL memory or table is an empty one that cannot grow.
WEFT_API weft_func *weft_export_func(weft_instance *instance, const char *name);
WEFT_API weft_memory *weft_export_memory(weft_instance *instance, const char *name);
WEFT_API weft_table *weft_export_table(weft_instance *instance, const char *name);
WEFT_API weft_global *weft_export_global(weft_instance *instance, const char *name);

// --- Calling -------------------------------------------------------------------------

// Calls `func` on its store's main thread and waits for its end. `args` must match its parameters in
// number and kind. `results` has room for `result_count` values, which must be the number of results.
// May be called from inside a host function: it runs above that function's frame.
WEFT_API weft_status weft_call_func(weft_func *func, const weft_value *args, uint32_t arg_count,
                                    weft_value *results, uint32_t result_count, weft_error *error);

// The same for an export by name; WEFT_HOST "unknown export" if there is none.
WEFT_API weft_status weft_call_export(weft_instance *instance, const char *name,
                                      const weft_value *args, uint32_t arg_count,
                                      weft_value *results, uint32_t result_count,
                                      weft_error *error);

// --- Threads: starting, pausing, resuming --------------------------------------------

typedef struct weft_thread_options {
    size_t size;
    size_t stack_bytes;  // 0: the store's
} weft_thread_options;

#define WEFT_THREAD_OPTIONS_INIT WEFT_SIZED(weft_thread_options)

WEFT_API weft_thread *weft_thread_new(weft_store *store, const weft_thread_options *options,
                                      weft_error *error);
WEFT_API void weft_thread_free(weft_thread *thread);
WEFT_API weft_thread *weft_store_main_thread(weft_store *store);
WEFT_API weft_store *weft_thread_store(const weft_thread *thread);

// Prepares a call. Nothing runs yet. A call that was under way on this thread is given up.
WEFT_API bool weft_thread_start(weft_thread *thread, weft_func *func, const weft_value *args,
                                uint32_t arg_count, weft_error *error);

#define WEFT_NO_BUDGET UINT64_MAX

// Runs until the call ends, or about `budget` back edges and calls have passed (exactly
// `budget` units of fuel where the modules count fuel), or something pauses it.
WEFT_API weft_status weft_thread_run(weft_thread *thread, uint64_t budget, weft_error *error);

// Supplies the results of the host function that answered WEFT_PAUSE; then run.
WEFT_API bool weft_thread_resume_with(weft_thread *thread, const weft_value *results,
                                      uint32_t count, weft_error *error);

// The results of a call that is done.
WEFT_API bool weft_thread_results(weft_thread *thread, weft_value *results, uint32_t count);

// Fuel: one unit for each instruction executed, one more for each 64 bytes of a bulk
// operation, in modules loaded with `fuel`. Running out fails with WEFT_LIMIT "out of fuel"; add
// more and run again to go on. A new thread has UINT64_MAX: no limit.
WEFT_API void weft_thread_set_fuel(weft_thread *thread, uint64_t fuel);
WEFT_API uint64_t weft_thread_fuel(const weft_thread *thread);

// Stops this thread alone, as weft_store_interrupt stops all. (any thread)
WEFT_API void weft_thread_interrupt(weft_thread *thread);

// Where a thread is (or was, when it failed): frame 0 is the innermost. False past the last.
typedef struct weft_frame {
    weft_instance *instance;  // NULL for a host function
    uint32_t function_index;
    uint64_t offset;          // of the instruction, from the start of the module
    uint64_t body_offset;     // where the function's body starts there
    weft_name function_name;  // name section, else export name, else empty
    weft_name module_name;
} weft_frame;

// The frames of a failure stay until the next call on the thread; so does the instance of
// each, even where weft_instantiate failed and gave none.
WEFT_API bool weft_thread_frame(const weft_thread *thread, uint32_t depth, weft_frame *frame);

// Where a frame is in the source, if the module carries DWARF line tables. The names point
// into the module's bytes; `directory` may be empty.
typedef struct weft_source {
    weft_name directory, file;
    uint32_t line, column;  // from 1; column 0: unknown
} weft_source;

WEFT_API bool weft_frame_source(const weft_frame *frame, weft_source *source);

// The exception that WEFT_UNCAUGHT reports, or WEFT_NULL_REF.
WEFT_API weft_ref weft_thread_exception(const weft_thread *thread);

// --- Functions -----------------------------------------------------------------------

WEFT_API void weft_func_type(const weft_func *func, weft_extern_type *type);
WEFT_API weft_ref weft_func_ref(weft_func *func);

// --- Memories ------------------------------------------------------------------------
//
// Addresses and lengths are in bytes. No pointer into a memory survives a growth of it, and
// any code that runs may grow it.

WEFT_API uint64_t weft_memory_size(const weft_memory *memory);   // bytes
WEFT_API uint64_t weft_memory_pages(const weft_memory *memory);  // pages of its page size
WEFT_API bool weft_memory_grow(weft_memory *memory, uint64_t pages, uint64_t *old_pages);

// Copies out of or into the memory; false, and nothing is copied, if any byte is outside.
WEFT_API bool weft_memory_read(const weft_memory *memory, uint64_t address, void *buffer, size_t size);
WEFT_API bool weft_memory_write(weft_memory *memory, uint64_t address, const void *bytes, size_t size);

typedef struct weft_chunk {
    uint8_t *data;
    size_t size;  // bytes
} weft_chunk;

// Looks at memory in place: `chunk` becomes the longest directly addressable run at `address`, at
// most `size` bytes. False if [address, address+size) is not inside the memory. Where memory
// is one block the chunk is always whole; where it is sparse, loop.
WEFT_API bool weft_memory_view(weft_memory *memory, uint64_t address, uint64_t size,
                               weft_chunk *chunk);

// The whole memory as one block until the next growth; NULL where it is sparse.
WEFT_API uint8_t *weft_memory_data(weft_memory *memory);

// --- Tables and globals --------------------------------------------------------------

WEFT_API uint64_t weft_table_size(const weft_table *table);  // elements
WEFT_API bool weft_table_get(const weft_table *table, uint64_t index, weft_ref *ref);
WEFT_API bool weft_table_set(weft_table *table, uint64_t index, weft_ref ref);
WEFT_API bool weft_table_grow(weft_table *table, uint64_t count, weft_ref initial, uint64_t *old_size);

WEFT_API weft_value weft_global_get(const weft_global *global);
WEFT_API bool weft_global_set(weft_global *global, weft_value value);  // false: immutable or wrong kind

// --- References ----------------------------------------------------------------------

typedef enum weft_ref_kind {
    WEFT_REF_NULL = 0,
    WEFT_REF_FUNC,
    WEFT_REF_EXTERN,  // a host value, see weft_ref_new_extern
    WEFT_REF_I31,
    WEFT_REF_STRUCT,
    WEFT_REF_ARRAY,
    WEFT_REF_EXN
} weft_ref_kind;

// What is behind a reference. A host value stays WEFT_REF_EXTERN on both sides of
// extern.convert_any; other internalised or externalised objects keep their own kind.
WEFT_API weft_ref_kind weft_ref_kind_of(const weft_store *store, weft_ref ref);

// Makes a reference from a host value. Equal pointers give equal references as long as one is
// alive. `drop`, if not NULL, is called when the last one is gone.
WEFT_API weft_ref weft_ref_new_extern(weft_store *store, void *value, void (*drop)(void *value));
WEFT_API void *weft_ref_extern_value(const weft_store *store, weft_ref ref);

WEFT_API weft_func *weft_ref_func(const weft_store *store, weft_ref ref);
WEFT_API int32_t weft_ref_i31(weft_ref ref);  // sign-extended
WEFT_API weft_ref weft_ref_new_i31(int32_t value);

// An exception's tag and the values it carries.
WEFT_API weft_tag *weft_ref_exn_tag(const weft_store *store, weft_ref ref);
WEFT_API uint32_t weft_ref_exn_values(const weft_store *store, weft_ref ref, weft_value *values,
                                      uint32_t room);

// Keeps what `ref` refers to alive until it is released as often.
WEFT_API bool weft_ref_hold(weft_store *store, weft_ref ref);
WEFT_API void weft_ref_release(weft_store *store, weft_ref ref);

#ifdef __cplusplus
}  // extern "C"

// --- C++ -----------------------------------------------------------------------------
//
// C++ has no compound literals, had no designated initializers before 2020, and warns of
// members that are left out. There the macros above are calls of these.

template <class Sized>
inline Sized weft_sized()
{
    Sized made = Sized();
    made.size = sizeof(Sized);
    return made;
}

inline weft_valtype weft_make_type(weft_kind kind, int heap)
{
    weft_valtype made = weft_valtype();
    made.kind = static_cast<uint8_t>(kind);
    made.nullable = heap != 0;
    made.heap = made.top = static_cast<uint8_t>(heap);
    return made;
}

inline weft_value weft_make_value(weft_kind kind)
{
    weft_value made = weft_value();
    made.kind = static_cast<uint8_t>(kind);
    return made;
}

inline weft_value weft_make_i32(int32_t x)
{
    weft_value made = weft_make_value(WEFT_I32);
    made.of.i32 = x;
    return made;
}

inline weft_value weft_make_i64(int64_t x)
{
    weft_value made = weft_make_value(WEFT_I64);
    made.of.i64 = x;
    return made;
}

inline weft_value weft_make_f32(float x)
{
    weft_value made = weft_make_value(WEFT_F32);
    made.of.f32 = x;
    return made;
}

inline weft_value weft_make_f64(double x)
{
    weft_value made = weft_make_value(WEFT_F64);
    made.of.f64 = x;
    return made;
}

inline weft_value weft_make_ref(weft_ref x)
{
    weft_value made = weft_make_value(WEFT_REF);
    made.of.ref = x;
    return made;
}

#undef WEFT_SIZED
#undef WEFT_TYPE_I32
#undef WEFT_TYPE_I64
#undef WEFT_TYPE_F32
#undef WEFT_TYPE_F64
#undef WEFT_TYPE_V128
#undef WEFT_TYPE_FUNCREF
#undef WEFT_TYPE_EXTERNREF
#undef WEFT_VALUE_I32
#undef WEFT_VALUE_I64
#undef WEFT_VALUE_F32
#undef WEFT_VALUE_F64
#undef WEFT_VALUE_REF
#define WEFT_SIZED(type) weft_sized<type>()
#define WEFT_TYPE_I32 weft_make_type(WEFT_I32, 0)
#define WEFT_TYPE_I64 weft_make_type(WEFT_I64, 0)
#define WEFT_TYPE_F32 weft_make_type(WEFT_F32, 0)
#define WEFT_TYPE_F64 weft_make_type(WEFT_F64, 0)
#define WEFT_TYPE_V128 weft_make_type(WEFT_V128, 0)
#define WEFT_TYPE_FUNCREF weft_make_type(WEFT_REF, WEFT_HEAP_FUNC)
#define WEFT_TYPE_EXTERNREF weft_make_type(WEFT_REF, WEFT_HEAP_EXTERN)
#define WEFT_VALUE_I32(x) weft_make_i32(x)
#define WEFT_VALUE_I64(x) weft_make_i64(x)
#define WEFT_VALUE_F32(x) weft_make_f32(x)
#define WEFT_VALUE_F64(x) weft_make_f64(x)
#define WEFT_VALUE_REF(x) weft_make_ref(x)
#endif
#endif
