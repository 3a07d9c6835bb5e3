// exec.h -- the engine's three doors: prepare a function, run a thread, walk its frames.
//
// Everything else in the vm reaches execution through this file, and execution reaches the
// rest through the runtime_* functions at its end. So an engine is a folder of files behind
// a dozen functions (see docs/INTERPRETER.md for how this one works).
//
// A thread's stack is an array of 64-bit slots. A frame is
//
//     fp -> | parameters or results | return pc | caller fp | locals | temporaries ... |
//
// where the first area is as large as the larger of the two. The callee's frame starts at
// the caller's outgoing arguments, which is also where the caller finds the results.
//                                                   spec: exec
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_EXEC_H
#define WEFT_VM_EXEC_H

#include "vm/runtime.h"

// --- Implemented by the execution core ------------------------------------------------

// Slots that are always free above thread->stack_limit: frames that need no more are
// checked by the one compare of the call.
#define EXEC_STACK_RESERVE 512
#define EXEC_MIN_STACK_SLOTS (2 * EXEC_STACK_RESERVE)

// What translation may do. Each can be switched off for differential tests; results never
// depend on them.
enum {
    TRANSLATE_IMMEDIATES = 1 << 0,   // constants as operands of instructions
    TRANSLATE_ACCUMULATOR = 1 << 1,  // results handed on in a register
    TRANSLATE_PINNED = 1 << 2,       // some locals of each function live in registers
    TRANSLATE_BRANCHES = 1 << 3,     // compare and branch in one
    TRANSLATE_DESTINATIONS = 1 << 4, // results written straight to their local
    TRANSLATE_ADDRESSES = 1 << 5,    // additions folded into loads and stores
    TRANSLATE_SEQUENCES = 1 << 6,    // several instructions in one handler
    TRANSLATE_ALL = 0x7f
};

// Fills start and stub of a function whose other fields are set.
void exec_func_init(FuncInst *func);

// Allocates and fills module->entries; `decoded`, `fuel`, `translator_mask` and `allocator` are
// set. False if memory runs out. exec_module_free gives everything back.
bool exec_module_init(weft_module *module);
void exec_module_free(weft_module *module);

// Translates one function (by index in the module, imports counted) unless that was done.
// False if memory runs out. Any thread may call it at any time.
bool exec_prepare(weft_module *module, u32 func_index);

// Bytes of slot code made so far, for --stats.
size_t exec_code_bytes(const weft_module *module);

// Readies a thread whose stack, stack_slots and store are set.
void exec_thread_init(Thread *thread);

// Starts a call above whatever the thread is doing (its host_call, if any, else from the
// bottom). Returns where the arguments go, func->param_slots of them; NULL with thread->trap
// set if the stack has no room.
u64 *exec_begin(Thread *thread, FuncInst *func);

// Runs the call begun last until it ends, pauses or fails; says how as a ThreadState
// (DONE, PAUSED, TRAPPED, THREW, EXITED). `budget`: about how many back edges and calls;
// UINT64_MAX for no limit. After PAUSED call it again to go on. A nested run never returns
// PAUSED for its budget: the budget belongs to the outermost run.
ThreadState exec_run(Thread *thread, u64 budget);

// The results of a call that is DONE; valid until exec_end.
const u64 *exec_results(const Thread *thread);

// Gives the call begun last up (after results or failure were read): its frames go, and the
// thread stands where it stood before exec_begin.
void exec_end(Thread *thread);

// Supplies the results of the host function that answered WEFT_PAUSE; the run goes on after it.
u64 *exec_pause_results(Thread *thread);  // where they go: func->result_slots of them
FuncInst *exec_paused_in(const Thread *thread);  // that host function; NULL if paused otherwise
void exec_resume_with(Thread *thread);

// Frames from the innermost outwards. Works whenever the thread is not inside a handler:
// paused, failed, or inside a host function or runtime_* helper.
typedef struct Walk {
    const Thread *thread;
    // the current frame, set by walk_next
    Instance *instance;   // NULL for a host function
    FuncInst *host;           // the host function, or NULL
    u32 func_index;       // in instance's module
    u32 offset;           // ask walk_offset
    u64 *fp;
    Instance *caller;     // of a host function: whose code called it
    // opaque: the frame's code and cell, and where the walk goes on
    const Code *code;
    const u8 *cell;
    bool calls;           // the frame waits for a call to return
    const u8 *pc;
    u64 *next_fp;
    Instance *next_instance;
    u32 step;
} Walk;

void walk_start(Walk *walk, const Thread *thread);
bool walk_next(Walk *walk);

// The offset in the module of the instruction that the current frame executes; NO_INDEX for a
// host function. Takes a translation of the function to find out.
u32 walk_offset(Walk *walk);

// Which slots of a frame hold references while it stands at a cell.
typedef struct RootSite {
    const u8 *cell;  // NULL: a free place
    bool calls;      // waiting for a call: its arguments are the callee's by then
    u32 first, count;
} RootSite;

typedef struct RootCache {
    RootSite *sites;  // hashed by cell
    u32 site_count, site_room;
    u32 *slots;       // from fp
    u32 slot_count, slot_room;
} RootCache;

// Calls visit for every slot of every frame of the thread that holds a reference now,
// including thread->exception. What it learns about places in code it keeps in the cache,
// which must be emptied when code is freed. False if memory ran out and not all were visited.
bool exec_roots(Thread *thread, RootCache *cache, void (*visit)(void *context, Ref *ref),
                void *context);
void exec_roots_forget(RootCache *cache, const weft_allocator *allocator);

// Where a local or operand is while `offset` is about to be executed.
typedef enum PlaceKind { PLACE_SLOT, PLACE_LOCAL, PLACE_CONST } PlaceKind;
typedef struct Place {
    PlaceKind kind;
    ValType type;  // with the module's indices
    u32 slot;      // from fp; also for PLACE_LOCAL
    u64 value[2];  // PLACE_CONST
} Place;

// Visits the places of all locals, then of all operands from the bottom. False if memory
// runs out or `offset` is not an instruction of the function.
bool exec_where(weft_module *module, u32 func_index, u32 offset,
                void (*visit)(void *context, const Place *place), void *context);

// Prints a function's instructions beside its slot code (weft inspect --code).
bool exec_print_code(weft_module *module, u32 func_index,
                     void (*line)(void *context, const char *text), void *context);

// --- Implemented by the runtime (store, objects, collector) ---------------------------
//
// Handlers call these on their slow paths. A TrapCode of TRAP_NONE means success. What can
// allocate may collect: thread->pc and thread->fp are set, so walks and roots are exact, and
// the instruction's operands still count as roots.

// Called at a pause point every so many back edges and calls: collects if it is time to, for
// what host functions make never does.
void runtime_look_around(Thread *thread);

// spec: exec-memory.grow. The old size in pages, or UINT64_MAX.
u64 runtime_memory_grow(Thread *thread, MemoryInst *memory, u64 pages);
// spec: exec-memory.init. memory.copy and memory.fill are the core's own.
TrapCode runtime_memory_init(Instance *instance, u32 memory, u32 data, u64 to, u64 from, u64 count);
void runtime_data_drop(Instance *instance, u32 data);

// spec: exec-table.grow and its neighbours. table.get, set and size are the core's own.
u64 runtime_table_grow(Thread *thread, TableInst *table, u64 count, Ref initial);  // or UINT64_MAX
TrapCode runtime_table_fill(TableInst *table, u64 at, Ref value, u64 count);
TrapCode runtime_table_copy(TableInst *to_table, TableInst *from_table, u64 to, u64 from, u64 count);
TrapCode runtime_table_init(Thread *thread, Instance *instance, u32 table, u32 elem, u64 to, u64 from, u64 count);
void runtime_elem_drop(Instance *instance, u32 elem);

// Whether the store type `sub` is `super` or declared below it.      spec: match-deftype
bool runtime_type_below(const Store *store, u32 sub, u32 super);

// spec: exec-ref.test. `type` has the module's type indices (instance->canon maps them).
bool runtime_ref_matches(const Instance *instance, Ref ref, ValType type);

// spec: exec-struct.new. `fields` NULL: all default. A field of v128 takes two slots. 0 when
// memory ran out (thread->trap says so).
Ref runtime_struct_new(Thread *thread, Instance *instance, u32 type_index, const u64 *fields);
// The core has checked for null.
void runtime_struct_get(Ref ref, const Instance *instance, u32 type_index, u32 field, bool is_signed, u64 *to);
void runtime_struct_set(Ref ref, const Instance *instance, u32 type_index, u32 field, const u64 *from);

// spec: exec-array.new. `value` NULL: default. In all of these the core has checked for null,
// and the runtime checks bounds.
Ref runtime_array_new(Thread *thread, Instance *instance, u32 type_index, const u64 *value, u32 count);
Ref runtime_array_new_fixed(Thread *thread, Instance *instance, u32 type_index, const u64 *values, u32 count);
Ref runtime_array_new_data(Thread *thread, Instance *instance, u32 type_index, u32 data, u32 from, u32 count);
Ref runtime_array_new_elem(Thread *thread, Instance *instance, u32 type_index, u32 elem, u32 from, u32 count);
u32 runtime_array_length(Ref ref);
TrapCode runtime_array_get(Ref ref, const Instance *instance, u32 type_index, u32 at, bool is_signed, u64 *to);
TrapCode runtime_array_set(Ref ref, const Instance *instance, u32 type_index, u32 at, const u64 *from);
TrapCode runtime_array_fill(Ref ref, const Instance *instance, u32 type_index, u32 at, const u64 *value, u32 count);
TrapCode runtime_array_copy(Ref to, Ref from, const Instance *instance, u32 to_type, u32 from_type, u32 to_at, u32 from_at, u32 count);
TrapCode runtime_array_init_data(Ref to, Instance *instance, u32 type_index, u32 data, u32 at, u32 from, u32 count);
TrapCode runtime_array_init_elem(Thread *thread, Ref to, Instance *instance, u32 type_index, u32 elem, u32 at, u32 from, u32 count);

// Whether what a host function with check_results set left as its results is of their types.
bool runtime_results_fit(const FuncInst *host, const u64 *results);

// spec: exec-throw. An exception with its tag's parameter slots; 0 when memory ran out.
Ref runtime_exn_new(Thread *thread, TagInst *tag, const u64 *values);
TagInst *runtime_exn_tag(Ref exn);
const u64 *runtime_exn_values(Ref exn);

#endif
