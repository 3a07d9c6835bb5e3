// code.h -- the slot code of one function, and what the files of the core share.
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_CODE_H
#define WEFT_VM_CODE_H

#include "loader/module.h"
#include "vm/cell.h"
#include "vm/exec.h"

// One clause of a try block: where to go with which exceptions.   spec: syntax-catch
typedef struct CatchClause {
    u8 kind;      // CatchKind of loader/instr.h
    u32 tag;
    u32 target;   // offset of the cell to go on at
    u32 slot;     // where the tag's values go, then the reference if the kind asks for it
} CatchClause;

// The clauses of a try block, in the order they were written.
typedef struct TryRange {
    u32 first_clause, clause_count;
    u32 parent;  // range to look at next if no clause fits; NO_RANGE: the caller
} TryRange;

// From the cell `start` to the next edge, `range` is the innermost try block around a cell, or
// NO_RANGE. In front of the first edge there is none.
typedef struct TryEdge {
    u32 start, range;
} TryEdge;

#define NO_RANGE 0xffffffffu

// Two integers, then two doubles.
enum { PINS = 4 };

// Complete before it is published and never changed afterwards. Holds no address of an
// instance, a memory or a store.
struct Code {
    Code *next;  // in weft_module.codes
    weft_module *module;
    u32 func_index;
    u32 header;       // slot of the return pc; the caller's fp is in the one after
    u32 frame_slots;
    u32 size;         // bytes of cells
    u32 total;        // bytes of this block of memory
    u32 range_count, edge_count, clause_count;
    u32 pins[PINS];   // slots of the pinned locals; any slot if there is none
    const TryRange *ranges;      // after the cells
    const TryEdge *edges;        // in the order of the cells
    const CatchClause *clauses;
    u64 before;       // before_start of cell.h
    // the cells follow
};

INLINE const u8 *code_cells(const Code *code)
{
    return (const u8 *)(code + 1);
}

// --- translate.c ---------------------------------------------------------------------

typedef struct Sites Sites;
struct Translator;

// Makes the code of a function; NULL if memory runs out.
Code *translate(weft_module *module, u32 func_index, Sites *sites);

// What only a second translation can tell (translation is deterministic): which instruction
// a cell belongs to, and where operands are.
struct Sites {
    u32 cell;      // in: offset of a cell; NO_INDEX: not asked
    u32 at;        // out: offset in the module of the instruction it belongs to
    u32 wanted;    // in: offset in the module of an instruction; NO_INDEX: not asked
    bool found;
    bool operands_of_call;  // also those a call has taken
    void (*visit)(void *context, const Place *place);
    void (*show)(const struct Translator *t, const Sites *sites);  // prints the code
    void (*line)(void *context, const char *text);                 // where show puts it
    void *context;
};

// --- dispatch.c and execute -----------------------------------------------------------

// What stands in a cell for the handler with this number.
uintptr_t handler_word(u32 number);

// Runs from thread->pc until something stops it, and says in thread->state what.
void execute(Thread *thread);

// --- slow.c: what handlers leave to plain functions ------------------------------------
//
// They read and write thread->pc, fp, pin, acc and instance. Those that return bool say
// whether to go on (from thread->pc) or to stop (thread->state says why).

bool slow_look_around(Thread *thread);
bool slow_out_of_fuel(Thread *thread);
bool slow_func_stub(Thread *thread);
bool slow_entry_stub(Thread *thread);
bool slow_call(Thread *thread, FuncInst *func, u64 *frame, const u8 *return_pc);
bool slow_tail_call(Thread *thread, FuncInst *func, u32 old_header, u32 args);
void slow_cross_return(Thread *thread);
void slow_entry_return(Thread *thread);
bool slow_trap(Thread *thread, TrapCode why);
void slow_name_element(Thread *thread, u64 index);
bool slow_throw(Thread *thread, Ref exception);

// What START_FRAME does in handlers.
INLINE void start_frame(u64 *fp, const u8 *pc)
{
    fp[cell_u16(pc - ZERO_BEFORE_START, 0)] = 0;
    fp[cell_u16(pc - ALSO_BEFORE_START, 0)] = 0;
}

// The instance whose code runs from now on.
INLINE void set_instance(Thread *thread, Instance *instance)
{
    thread->instance = instance;
    thread->own_globals = instance ? instance->own_globals : NULL;
}

// After anything that may have changed the instance or grown its memory.
INLINE void refresh_memory(Thread *thread)
{
    const Instance *instance = thread->instance;
    const bool has = instance && instance->module->decoded->memory_count;
    const MemoryInst *const memory = has ? instance->memories[0] : NULL;
    thread->memory_base = memory ? memory->base : NULL;
    thread->memory_size = memory ? memory->size : 0;
}

#endif
