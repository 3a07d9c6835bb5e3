// runtime.h -- what the running program is made of: the objects that code touches.
//
// The execution core (exec.h) reads these structs on its hot paths; the runtime (store,
// instantiation, linking, garbage collector, weft.h) makes and frees them. Fields that
// handlers touch come first and are marked `hot`; whoever else needs a field adds it below.
//
// Everything a reference can name begins with an Object. A reference in a slot is
//
//     0                      null
//     value << 1 | 1         an i31: bits 1..31 hold the value
//     (u64)(uintptr_t)object anything else
//
// so conversions between the any and extern hierarchies change nothing.
//                                                   spec: syntax-runtime, syntax-store
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_RUNTIME_H
#define WEFT_VM_RUNTIME_H

#include "loader/types.h"
#include "ports/base.h"
#include "ports/port.h"
#include "weft.h"

#include <stdatomic.h>

typedef u64 Ref;

typedef struct weft_store Store;
typedef struct weft_thread Thread;
typedef struct weft_instance Instance;
typedef struct weft_func FuncInst;
typedef struct weft_memory MemoryInst;
typedef struct weft_table TableInst;
typedef struct weft_global GlobalInst;
typedef struct weft_tag TagInst;

typedef enum ObjectKind {
    OBJECT_FREE = 0,
    OBJECT_FUNC,
    OBJECT_TABLE,
    OBJECT_MEMORY,
    OBJECT_GLOBAL,
    OBJECT_TAG,
    OBJECT_INSTANCE,
    OBJECT_STRUCT,
    OBJECT_ARRAY,
    OBJECT_EXN,
    OBJECT_EXTERN  // a value of the host
} ObjectKind;

typedef struct Object {
    struct Object *next;  // the store's list of all objects
    u32 type;             // store type id of a func, struct, array or tag
    u8 kind;              // ObjectKind
    u8 mark;
    u16 holds;            // how often the host holds it
} Object;

INLINE Ref ref_of(const void *object)
{
    return (Ref)(uintptr_t)object;
}

INLINE bool ref_is_i31(Ref ref)
{
    return (ref & 1) != 0;
}

INLINE Object *ref_object(Ref ref)
{
    return (Object *)(uintptr_t)ref;
}

INLINE Ref ref_of_i31(u32 value)
{
    return (u64)(value & 0x7fffffffu) << 1 | 1;
}

INLINE u32 ref_i31_u(Ref ref)
{
    return (u32)(ref >> 1) & 0x7fffffffu;
}

INLINE u32 ref_i31_s(Ref ref)
{
    u32 value = ref_i31_u(ref);
    return value | (value & 0x40000000u) << 1;
}

// --- Functions -----------------------------------------------------------------------

// The slot code of one function (code.h). Belongs to the module.
typedef struct Code Code;

// Where the code of a module's function is found: one for each function a module defines,
// in an array that belongs to the module. `start` is the address of the first cell to run;
// until the function is translated that is `stub`, a cell whose handler translates and then
// goes on. It is published by one release-store, so any number of threads may run into it.
// Slot code of direct calls holds the address of the CodeEntry.
typedef struct CodeEntry {
    _Atomic(const u8 *) start;  // hot
    u64 before;                 // what stands before a function's first cell (cell.h)
    uintptr_t stub;             // the cell: a handler without operands
} CodeEntry;

// A function of the store. `start` follows the same idea: at first it is the address of
// `stub`, whose handler looks up (or makes) the code and stores its start here; for host
// functions it stays so, and the handler makes the host call.
struct weft_func {
    Object object;         // object.type: store type id      hot
    const u8 *start;       // hot
    u64 before;            // as in CodeEntry
    uintptr_t stub;        // the cell `start` points to at first; filled by exec_func_init
    Instance *instance;    // whose code it is; NULL for a host function             hot
    CodeEntry *entry;      // of its module; NULL for a host function
    u32 index;             // function index in its module
    u32 param_slots, result_slots;  // a v128 takes two
    const FuncType *type;  // with store type ids
    // host functions
    weft_host_func host;
    void *user;
    void (*drop)(void *user);
    bool check_results;   // some are references that not any value may be passed for:
                          // runtime_results_fit before they are believed
    Store *store;
};

// --- Memories, tables, globals, tags -------------------------------------------------

struct weft_memory {
    Object object;
    u8 *base;         // hot
    u64 size;         // bytes now     hot
    u64 pages, max_pages;
    u8 page_log2;
    bool is64, shared;
    bool has_max;         // max_pages was declared, not just what addresses allow
    Store *store;
    PortMemory port;      // where base and size come from
};

struct weft_table {
    Object object;
    u64 *elems;       // references    hot
    u64 size;         // elements now  hot
    u64 max;
    bool is64;
    bool has_max;     // max was declared
    ValType elem;     // with store type ids
    Store *store;
    u64 room;         // elements there is memory for
    PortMemory port;  // where they are if they are many; else a block of the allocator
};

struct weft_global {
    Object object;
    u64 value[2];     // a slot; a v128 uses both, low half first   hot
    ValType type;     // with store type ids
    bool is_mutable;
    Store *store;
};

struct weft_tag {
    Object object;    // object.type: store type id of its function type
    const FuncType *type;  // with store type ids
    u32 param_slots;
    Store *store;
};

// --- Instances -----------------------------------------------------------------------

struct weft_instance {
    Object object;
    MemoryInst **memories;    // all of them, imported first     hot
    TableInst **tables;       // hot
    GlobalInst **globals;     // hot
    GlobalInst *own_globals;  // the globals it defines, in one array: globals[import_count + i]
                          // == &own_globals[i]              hot
    FuncInst **funcs;         // hot
    TagInst **tags;
    const u32 *canon;     // type index -> store type id      hot
    Store *store;
    weft_module *module;
    bool *dropped_data;   // data.drop was executed
    bool *dropped_elem;

    // What it defines lies in its own block, behind this struct.
    FuncInst *own_funcs;
    TableInst *own_tables;
    MemoryInst *own_memories;
    TagInst *own_tags;
    u64 **elem_refs;      // element segments of expressions: their references; else NULL
    MemoryInst *pointer_memory;  // what pointers passed to host functions point into, or NULL
    size_t block_size;    // of the whole
    struct ModuleUse *use;
    void *user;           // the host's
    void (*user_drop)(void *user);
};

// --- The module as the vm sees it ----------------------------------------------------

struct Module;  // loader/module.h

// What weft.h calls a module: the decoded form and what translation adds to it. Immutable
// but for the published code; shared by stores on several threads.
struct weft_module {
    struct Module *decoded;
    CodeEntry *entries;      // one for each function the module defines
    bool fuel;               // its code counts fuel
    u32 translator_mask;     // TRANSLATE_* bits (exec.h); all in ordinary use
    _Atomic u32 translating; // lock of the translator: 0 free, 1 taken
    Code *codes;             // all code made so far, for freeing and for walks
    const weft_allocator *allocator;

    weft_allocator own_allocator;  // what `allocator` points to
    _Atomic u32 references;
    char *name;              // given by the host for messages, or NULL
    size_t name_size;
    u8 *bytes_copy;          // what decoded points into, if it is ours
    size_t bytes_size;
    bool prepared;           // exec_module_init went well
};

// --- Threads -------------------------------------------------------------------------

typedef enum TrapCode {
#define TRAP_ROW(ID, text) TRAP_##ID,
#include "vm/traps.def"
#undef TRAP_ROW
    TRAP_COUNT
} TrapCode;

extern const char *const trap_texts[TRAP_COUNT];

// Why a thread stands still.
typedef enum ThreadState {
    THREAD_IDLE,      // nothing was started, or its results were taken
    THREAD_READY,     // started or resumed: exec_run goes on
    THREAD_RUNNING,
    THREAD_PAUSED,    // budget used up, or a host function paused
    THREAD_DONE,      // results are at exec_results
    THREAD_TRAPPED,   // trap says why
    THREAD_THREW,     // an exception nobody caught: `exception`
    THREAD_EXITED     // a host function ended the guest: exit_code
} ThreadState;

struct weft_thread {
    u8 *memory_base;      // hot: memory 0 of the running instance
    u64 memory_size;      // hot: its bytes
    s64 countdown;        // hot: back edges and calls until the next look at the flags
    u64 *stack_limit;     // hot: no frame may start above it
    Instance *instance;   // hot: whose code runs; NULL while a host function is called directly
    GlobalInst *own_globals;  // hot: instance->own_globals
    s64 fuel_left;        // hot in modules that count fuel: units left of this run
    // Where execution stands. Written at every point where something outside the handlers may
    // look (host calls, helpers that can fail or collect, pauses, traps).
    const u8 *pc;         // cell being executed
    u64 *fp;              // frame being executed
    u64 pin, pin2;        // the function's pinned locals
    f64 fpin, fpin2;
    u64 acc;              // the last result, after a call that C code finished
    u64 *top;             // first slot above everything in use, valid while the host runs
    // Cells that calls from outside (0) and from other instances (1) return to.
    u64 return_cells[2][5];

    _Atomic u32 interrupt;  // set by weft_thread_interrupt from any thread; exec clears nothing
    Store *store;
    u64 *stack;           // the slots; the runtime allocates them
    size_t stack_slots;   // at least EXEC_MIN_STACK_SLOTS

    ThreadState state;
    TrapCode trap;
    char trap_text[192];  // what a host function said; "" if it said nothing
    s32 exit_code;
    Ref exception;        // being thrown, or thrown and not caught
    u64 fuel;             // the embedder's: what is left after the last run
    u64 budget;           // events of this run that `countdown` does not hold yet
    u32 nesting;          // how many exec_run calls are under way on it
    u32 host_depth;       // how many host functions are under way on it
    bool budgeted;        // this run ends when its budget does
    bool is_new;          // begun, but not run yet
    u64 fuel_granted;     // of `fuel`, to this run
    s64 fuel_debt;        // what the last run spent beyond its grant; not positive
    u64 *entry;           // record below the frame of the call begun last (slow.c)
    FuncInst *paused_in;  // host function that answered WEFT_PAUSE
    void *owner;          // the runtime's own record
};

// --- Stores --------------------------------------------------------------------------

// The first fields of the store, which the execution core reads. The runtime defines
// struct weft_store with this as its first member.
typedef struct StoreCore {
    _Atomic u32 interrupt;  // set by weft_store_interrupt: stops all threads of the store
    const weft_allocator *allocator;
} StoreCore;

#endif
