// slow.c -- what handlers leave to plain functions: calls across borders, pauses, exceptions.
//
// A frame that was called from another instance has a record just below it, and its return pc
// is thread->return_cells[1]; one that was called by the host has an entry record and
// return_cells[0]:
//
//     | header slot, results | return pc | caller's fp | caller's instance | frame ...
//
// Both frames name themselves as the caller's fp, so that the returning handler hands the
// place of the record on.
//                                                   spec: exec-invoke, exec-throw_ref
// SPDX-License-Identifier: MIT
#include "vm/slow.h"

#include "loader/module.h"
#include "vm/arith.h"

#include <stdio.h>

#define SLICE 20000  // events between two looks at the flags

// --- pauses ---------------------------------------------------------------------------------

static bool stop(Thread *thread, ThreadState state, TrapCode trap)
{
    thread->state = state;
    thread->trap = trap;
    return false;
}

bool take_slice(Thread *thread)
{
    if (!thread->budgeted) {
        thread->countdown = SLICE;
        return true;
    }
    const u64 slice = thread->budget < SLICE ? thread->budget : SLICE;
    thread->budget -= slice;
    thread->countdown = (s64)slice;
    return slice != 0;
}

bool slow_look_around(Thread *thread)
{
    thread->acc = 0;
    thread->countdown = 0;
    if (thread_interrupted(thread)) return stop(thread, THREAD_TRAPPED, TRAP_INTERRUPTED);
    runtime_look_around(thread);
    if (!take_slice(thread)) {
        // A module that counts fuel is paused by that; a nested run is not paused at all.
        const bool by_fuel = thread->instance && thread->instance->module->fuel;
        if (!by_fuel && thread->nesting == 1) return stop(thread, THREAD_PAUSED, TRAP_NONE);
        thread->countdown = SLICE;
    }
    return true;
}

bool slow_out_of_fuel(Thread *thread)
{
    thread->acc = 0;
    if (thread->budgeted && thread->fuel > thread->fuel_granted && thread->nesting == 1) {
        return stop(thread, THREAD_PAUSED, TRAP_NONE);
    }
    return stop(thread, THREAD_TRAPPED, TRAP_OUT_OF_FUEL);
}

bool slow_trap(Thread *thread, TrapCode why)
{
    if (why != TRAP_HOST && why != TRAP_UNINITIALIZED_ELEMENT) thread->trap_text[0] = 0;
    return stop(thread, THREAD_TRAPPED, why);
}

void slow_name_element(Thread *thread, u64 index)
{
    snprintf(thread->trap_text, sizeof thread->trap_text, "%s %llu", trap_texts[TRAP_UNINITIALIZED_ELEMENT],
             (unsigned long long)index);
}

// --- calls across borders -------------------------------------------------------------------

static u32 header_of(const FuncInst *func)
{
    return func->param_slots > func->result_slots ? func->param_slots : func->result_slots;
}

static u64 word_of(const void *p)
{
    return (u64)(uintptr_t)p;
}

static bool is_return_cell(const Thread *thread, u64 return_pc, u32 which)
{
    return return_pc == word_of(thread_return_cell(thread, which));
}

static bool has_room(const Thread *thread, const u64 *from, u64 slots)
{
    return slots <= (u64)(thread->stack + thread->stack_slots - from);
}

// Execution goes on at the start of a function whose frame is at thread->fp.
static void go_to(Thread *thread, const FuncInst *func)
{
    thread->pc = func->start;
    start_frame(thread->fp, func->start);
}

// Puts a record below a new frame for `func` above the arguments, which it gets a copy of.
static bool cross(Thread *thread, FuncInst *func, u64 *args, u64 return_pc, u64 caller_fp)
{
    const u32 header = header_of(func);
    u64 *const frame = args + header + CROSS_RECORD;
    if (frame > thread->stack_limit || !has_room(thread, frame, header + 3)) {
        return stop(thread, THREAD_TRAPPED, TRAP_STACK_EXHAUSTED);
    }
    // The record may lie where arguments are only if there is none of them in it.
    for (u32 k = func->param_slots; k-- > 0;) frame[k] = args[k];
    frame[-4] = (u64)func->result_slots << 32 | header;
    frame[-3] = return_pc;
    frame[-2] = caller_fp;
    frame[-1] = word_of(thread->instance);
    frame[header] = word_of(thread_return_cell(thread, 1));
    frame[header + 1] = word_of(frame);
    thread->fp = frame;
    set_instance(thread, func->instance);
    refresh_memory(thread);
    go_to(thread, func);
    return true;
}

bool slow_call(Thread *thread, FuncInst *func, u64 *frame, const u8 *return_pc)
{
    const u32 header = header_of(func);
    thread->acc = 0;
    if (func->instance && func->instance != thread->instance) {
        return cross(thread, func, frame, word_of(return_pc), word_of(thread->fp));
    }
    frame[header] = word_of(return_pc);
    frame[header + 1] = word_of(thread->fp);
    thread->fp = frame;
    go_to(thread, func);
    return true;
}

bool slow_tail_call(Thread *thread, FuncInst *func, u32 old_header, u32 args)
{
    u64 *const fp = thread->fp;
    const u64 return_pc = fp[old_header], caller = fp[old_header + 1];
    const u32 header = header_of(func);
    thread->acc = 0;
    if (!has_room(thread, fp, header + 3)) return stop(thread, THREAD_TRAPPED, TRAP_STACK_EXHAUSTED);
    for (u32 k = 0; k < func->param_slots; k++) fp[k] = fp[args + k];
    const bool leaves = func->instance && func->instance != thread->instance;
    // Whoever called us across a border gets its instance back without another record.
    if (leaves && !is_return_cell(thread, return_pc, 0) && !is_return_cell(thread, return_pc, 1)) {
        return cross(thread, func, fp, return_pc, caller);
    }
    fp[header] = return_pc;
    fp[header + 1] = caller;
    if (leaves) {
        set_instance(thread, func->instance);
        refresh_memory(thread);
    }
    go_to(thread, func);
    return true;
}

void slow_cross_return(Thread *thread)
{
    u64 *const frame = thread->fp;
    const u32 header = (u32)frame[-4], results = (u32)(frame[-4] >> 32);
    u64 *const to = frame - CROSS_RECORD - header;
    thread->pc = (const u8 *)(uintptr_t)frame[-3];
    thread->fp = (u64 *)(uintptr_t)frame[-2];
    set_instance(thread, (Instance *)(uintptr_t)frame[-1]);
    refresh_memory(thread);
    for (u32 k = 0; k < results; k++) to[k] = frame[k];
    thread->acc = to[0];
}

void slow_entry_return(Thread *thread)
{
    stop(thread, THREAD_DONE, TRAP_NONE);
}

// --- functions that are not translated yet, and the host's ------------------------------------

// Leaves a host function whose results are at thread->fp, as a returning handler does.
void leave_host_function(Thread *thread, const FuncInst *func)
{
    u64 *const fp = thread->fp;
    const u32 header = header_of(func);
    thread->pc = (const u8 *)(uintptr_t)fp[header];
    thread->fp = (u64 *)(uintptr_t)fp[header + 1];
    thread->acc = fp[0];
}

// Copies results to where the caller finds them; the upper half of a 32-bit one is zero.
void give_results(u64 *to, const u64 *from, const FuncType *type)
{
    for (u32 k = 0; k < type->result_count; k++) {
        const TypeKind kind = type_kind(type->results[k]);
        *to++ = kind == TYPE_I32 || kind == TYPE_F32 ? (u32)*from : *from;
        from++;
        if (kind == TYPE_V128) *to++ = *from++;
    }
}

static bool call_host(Thread *thread, FuncInst *func)
{
    u64 *const fp = thread->fp;
    const u32 header = header_of(func);
    u64 *const results = fp + header + 2;
    if (!has_room(thread, fp, header + 2 + func->result_slots + 2)) {
        return stop(thread, THREAD_TRAPPED, TRAP_STACK_EXHAUSTED);
    }
    for (u32 k = 0; k < func->result_slots; k++) results[k] = 0;
    weft_call call = {.args = fp, .results = results, .thread = thread, .caller = thread->instance};
    u64 *const top = thread->top;
    thread->top = results + func->result_slots;
    thread->trap = TRAP_HOST;
    thread->host_depth++;
    const weft_result result = func->host(&call, func->user);
    thread->host_depth--;
    thread->top = top;
    refresh_memory(thread);
    if (thread_interrupted(thread)) thread->countdown = 0;
    if (LIKELY(result == WEFT_OK)) {
        if (UNLIKELY(func->check_results && !runtime_results_fit(func, results))) {
            strcpy(thread->trap_text, "a host function gave a result of the wrong type");
            return stop(thread, THREAD_TRAPPED, TRAP_HOST);
        }
        give_results(fp, results, func->type);
        leave_host_function(thread, func);
        return true;
    }
    switch (result) {
    case WEFT_EXIT: return stop(thread, THREAD_EXITED, TRAP_NONE);
    case WEFT_THROW: return unwind(thread, true);
    case WEFT_PAUSE:
        thread->paused_in = func;
        return stop(thread, THREAD_PAUSED, TRAP_NONE);
    case WEFT_RETRY: return stop(thread, THREAD_PAUSED, TRAP_NONE);
    default: return stop(thread, THREAD_TRAPPED, thread->trap == TRAP_NONE ? TRAP_HOST : thread->trap);
    }
}

bool slow_func_stub(Thread *thread)
{
    FuncInst *const func = func_of_stub(thread->pc);
    if (func->host) return call_host(thread, func);
    if (!exec_prepare(func->instance->module, func->index)) {
        return stop(thread, THREAD_TRAPPED, TRAP_OUT_OF_MEMORY);
    }
    func->start = atomic_load_explicit(&func->entry->start, memory_order_acquire);
    thread->acc = 0;
    go_to(thread, func);
    return true;
}

bool slow_entry_stub(Thread *thread)
{
    CodeEntry *const entry = entry_of_stub(thread->pc);
    weft_module *const module = thread->instance->module;
    const u32 index = (u32)(entry - module->entries) + module->decoded->import_func_count;
    if (!exec_prepare(module, index)) return stop(thread, THREAD_TRAPPED, TRAP_OUT_OF_MEMORY);
    thread->acc = 0;
    thread->pc = atomic_load_explicit(&entry->start, memory_order_acquire);
    start_frame(thread->fp, thread->pc);
    return true;
}

// --- exceptions ------------------------------------------------------ spec: exec-throw_ref

static bool clause_fits(const Thread *thread, const CatchClause *clause, const TagInst *tag)
{
    switch (clause->kind) {
    case CATCH_TAG: case CATCH_TAG_REF: case LEGACY_CATCH: return thread->instance->tags[clause->tag] == tag;
    default: return true;
    }
}

// Goes on at a clause of the function whose frame is at thread->fp.
static void enter_clause(Thread *thread, const Code *code, const CatchClause *clause)
{
    u64 *to = thread->fp + clause->slot;
    const TagInst *const tag = runtime_exn_tag(thread->exception);
    const u64 *const values = runtime_exn_values(thread->exception);
    const u32 count = clause->kind == CATCH_ALL || clause->kind == CATCH_ALL_REF || clause->kind == LEGACY_CATCH_ALL
                          ? 0 : tag->param_slots;
    const bool legacy = clause->kind == LEGACY_CATCH || clause->kind == LEGACY_CATCH_ALL;
    if (legacy) *to++ = thread->exception;
    for (u32 k = 0; k < count; k++) *to++ = values[k];
    if (clause->kind == CATCH_TAG_REF || clause->kind == CATCH_ALL_REF) *to = thread->exception;
    thread->exception = 0;
    thread->pc = code_cells(code) + clause->target;
    thread->pin = thread->fp[code->pins[0]], thread->pin2 = thread->fp[code->pins[1]];
    thread->fpin = f64_of_bits(thread->fp[code->pins[2]]), thread->fpin2 = f64_of_bits(thread->fp[code->pins[3]]);
    thread->acc = 0;
}

// The innermost try block around a cell: the last edge that is not behind it says.
static u32 range_around(const Code *code, u32 offset)
{
    u32 low = 0, high = code->edge_count;
    while (low < high) {
        const u32 middle = low + (high - low) / 2;
        if (code->edges[middle].start <= offset) low = middle + 1;
        else high = middle;
    }
    return low ? code->edges[low - 1].range : NO_RANGE;
}

static const CatchClause *find_clause(const Thread *thread, const Code *code, u32 offset)
{
    const TagInst *const tag = runtime_exn_tag(thread->exception);
    for (u32 r = range_around(code, offset); r != NO_RANGE; r = code->ranges[r].parent) {
        const CatchClause *const clauses = code->clauses + code->ranges[r].first_clause;
        for (u32 k = 0; k < code->ranges[r].clause_count; k++) {
            if (clause_fits(thread, &clauses[k], tag)) return &clauses[k];
        }
    }
    return NULL;
}

// Takes frames away until one has a clause for thread->exception. `from_host`: the innermost
// frame is a host function's.
bool unwind(Thread *thread, bool from_host)
{
    u32 header = 0;
    bool leave = from_host;
    if (from_host) header = header_of(func_of_stub(thread->pc));
    for (;;) {
        if (leave) {
            u64 *frame = thread->fp;
            u64 return_pc = frame[header], caller = frame[header + 1];
            if (is_return_cell(thread, return_pc, 0)) {
                thread->fp = frame;
                return stop(thread, THREAD_THREW, TRAP_NONE);
            }
            if (is_return_cell(thread, return_pc, 1)) {
                u64 *const record = (u64 *)(uintptr_t)caller;
                return_pc = record[-3], caller = record[-2];
                set_instance(thread, (Instance *)(uintptr_t)record[-1]);
            }
            thread->pc = (const u8 *)(uintptr_t)return_pc - LONG_CELL;
            thread->fp = (u64 *)(uintptr_t)caller;
        }
        const Code *const code = code_of_cell(thread->instance->module, thread->pc);
        const CatchClause *const clause = find_clause(thread, code, (u32)(thread->pc - code_cells(code)));
        if (clause) {
            enter_clause(thread, code, clause);
            refresh_memory(thread);
            thread->countdown--;
            return thread->countdown >= 0 || slow_look_around(thread);
        }
        header = code->header;
        leave = true;
    }
}

bool slow_throw(Thread *thread, Ref exception)
{
    thread->exception = exception;
    return unwind(thread, false);
}
