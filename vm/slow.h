// slow.h -- what slow.c, exec.c and walk.c share.
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_SLOW_H
#define WEFT_VM_SLOW_H

#include "vm/translate.h"

enum {
    CROSS_RECORD = 4,  // slots below a frame called from another instance
    ENTRY_RECORD = 5,  // slots below a frame called by the host
    MAX_NESTING = 100  // runs inside host functions inside runs: they take C stack
};

// The cell that calls from outside (0) or from other instances (1) return to. A fake call
// cell lies before it, for the pinned slot that every return reads there.
INLINE const u8 *thread_return_cell(const Thread *thread, u32 which)
{
    return (const u8 *)thread->return_cells[which] + LONG_CELL;
}

INLINE FuncInst *func_of_stub(const u8 *pc)
{
    return (FuncInst *)(uintptr_t)(pc - offsetof(FuncInst, stub));
}

INLINE CodeEntry *entry_of_stub(const u8 *pc)
{
    return (CodeEntry *)(uintptr_t)(pc - offsetof(CodeEntry, stub));
}

// The code that a cell which can be returned to, or can throw, belongs to.
const Code *code_of_cell(const weft_module *module, const u8 *pc);

INLINE bool thread_interrupted(const Thread *thread)
{
    return atomic_load_explicit(&thread->interrupt, memory_order_relaxed) ||
           atomic_load_explicit(&((const StoreCore *)(const void *)thread->store)->interrupt, memory_order_relaxed);
}

bool take_slice(Thread *thread);
void leave_host_function(Thread *thread, const FuncInst *func);
void give_results(u64 *to, const u64 *from, const FuncType *type);
bool unwind(Thread *thread, bool from_host);

#endif
