// store.h -- what a store owns, and who may reach it.
//
// Everything that a reference or a handle can name begins with an Object (runtime.h). There
// are three sorts of them:
//
//     things     instances, and the functions, tables, memories, globals and tags the host
//                made: few and large, on a list of their own
//     heap       structs, arrays, exceptions, values of the host: many, in cells (cells.h) or,
//                if they are large, on another list
//     embedded   what an instance defines lies inside the instance's block and lives as long
//                as it does; `next` is that instance. So marking a function marks its instance,
//                and with it all that the instance can reach
//
// Roots are what the host holds, the definitions, the frames of all threads, and whatever
// the runtime has in hand (`pinned`).
//                                                       spec: syntax-store
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_STORE_H
#define WEFT_VM_STORE_H

#include "loader/module.h"
#include "ports/alloc.h"
#include "ports/port.h"
#include "vm/canon.h"
#include "vm/cells.h"
#include "vm/definitions.h"
#include "vm/exec.h"
#include "vm/runtime.h"

// Object.mark
enum {
    MARK_REACHED = 1,   // in this collection
    MARK_EMBEDDED = 2,  // part of the instance that `next` points to
    MARK_HELD = 4       // a heap object listed in store->held
};

// A list that grows; of object pointers.
typedef struct ObjectList {
    Object **items;
    size_t count, room;
} ObjectList;

// A module in this store: its types in the store's numbers, shared by its instances.
typedef struct ModuleUse {
    struct ModuleUse *next;
    weft_module *module;  // retained
    u32 instances;        // how many use it; at 0 it goes
    u32 canon[];          // type index -> store type id
} ModuleUse;

// A value of the host. `chain` links those whose pointers fall into one bucket.
typedef struct ExternInst {
    Object object;
    void *value;
    void (*drop)(void *value);
    struct ExternInst *chain;
} ExternInst;

// What the runtime adds to a thread: memory, and the frames of its last failure.
// The offset takes a look into the function's code to find out, so it is found when asked for.
typedef struct TraceEntry {
    Instance *instance;  // NULL for a host function
    u32 func_index;
    u32 offset;          // NO_INDEX: ask walk_offset with the two below
    const Code *code;
    const u8 *cell;
} TraceEntry;

typedef struct ThreadRecord {
    Thread thread;  // first, so that a Thread * is also a ThreadRecord *
    struct ThreadRecord *next;
    PortMemory stack;
    size_t stack_bytes;
    TraceEntry *trace;
    u32 trace_count, trace_room;
    Ref exception;    // what left the outermost frame of the last call, or 0
    u64 fuel_given;   // what was set last; less what is left, it was used
    u64 fuel_spent;   // of what was given before
    FuncInst *func;   // what the call on it called; NULL: no call stands on it
} ThreadRecord;

struct weft_store {
    StoreCore core;  // first; see runtime.h
    Allocator allocator;
    const Port *port;

    u64 max_memory_bytes, max_table_elements;
    size_t stack_bytes, max_heap_bytes;
    bool gc_stress;
    void (*dropped)(void *context, void *object);
    void *dropped_context;

    CanonTypes types;
    ModuleUse *uses;
    Definitions definitions;
    Supplier *suppliers;    // of definitions on demand, newest first

    Object *things;         // newest first
    Cells cells;            // heap objects that are small
    Object *large;          // and the others, newest first
    Object *dying;          // host values about to go: their drop functions are being called
    u64 object_count;       // on the heap
    u64 heap_bytes;
    u64 pressure;           // bytes made since the last collection, of any sort
    u64 pressure_limit;     // collect when it gets there
    u64 collections;
    bool collecting;        // drop functions may not come back in

    RootCache roots;        // what is known about places in code
    ObjectList gray;        // reached, its own references not looked at yet
    bool gray_overflow;     // some could not be listed: look at all objects again
    ObjectList held;        // heap objects that the host holds, or held once
    ObjectList pinned;      // by the runtime, while it works; a stack
    struct Constant *constant;  // constant expression under evaluation, or NULL
    ExternInst **externs;   // buckets by pointer
    u32 extern_count, extern_room;

    u64 memory_bytes, memory_peak;
    u64 table_elements;
    u64 fuel_used;          // by threads that are gone
    u64 code_bytes;         // of modules that are gone

    ThreadRecord *threads;
    ThreadRecord *main;                    // NULL until it is needed
    _Atomic(ThreadRecord *) running;       // innermost thread in exec_run, or NULL
    _Atomic(PortWake *) wake;              // made when a host function first asks
};

INLINE ThreadRecord *thread_record(const weft_thread *thread)
{
    // A Thread is always the first member of a ThreadRecord of ours.
    return (ThreadRecord *)(uintptr_t)thread;
}

// --- store.c -------------------------------------------------------------------------

bool object_list_add(const Store *store, ObjectList *list, Object *object);

// Puts a new thing on the store's list. `type` is NO_INDEX where none applies.
void store_add_thing(Store *store, Object *thing, ObjectKind kind, u32 type);

// Holds for the host. Things are counted in place, so this cannot fail; a count that would
// overflow sticks, and its thing stays as long as the store. Heap objects are listed, so
// holding the first time can run out of memory.
void thing_hold(Object *thing);
void thing_release(Object *thing);
bool heap_hold(Store *store, Object *object);

// Makes the store's entry for a module, or counts one more user of it. NULL: no memory.
ModuleUse *store_use_module(Store *store, weft_module *module);
void store_unuse_module(Store *store, ModuleUse *use);

// The parameter and result types of a function type in the store's numbers, one after the
// other. False: no memory.
bool store_settle_types(Store *store, const weft_extern_type *type, ValType *types);

// The definition of that name, made on demand if somebody does; item->of.any is NULL if there
// is none. False, with an error, if making it fails.
bool store_definition(Store *store, weft_name module, weft_name name, weft_extern *item,
                      weft_error *error);

INLINE const SubType *store_type(const Store *store, u32 id)
{
    return &store->types.list[id]->sub;
}

#endif
