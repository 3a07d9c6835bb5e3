// exec.c -- preparing functions, starting calls, running threads.
// SPDX-License-Identifier: MIT
#include "vm/exec.h"

#include "loader/module.h"
#include "vm/slow.h"

// --- code -----------------------------------------------------------------------------------

static u32 slots_of_types(const ValType *types, u32 count)
{
    u32 slots = count;
    for (u32 k = 0; k < count; k++) slots += type_kind(types[k]) == TYPE_V128;
    return slots;
}

// The first slot above the header of a function that is not translated yet.
static u32 unused_slot(const FuncType *type)
{
    const u32 params = slots_of_types(type->params, type->param_count);
    const u32 results = slots_of_types(type->results, type->result_count);
    return (params > results ? params : results) + 2;
}

bool exec_module_init(weft_module *module)
{
    const Module *const m = module->decoded;
    const u32 count = m->func_count - m->import_func_count;
    module->codes = NULL;
    module->entries = NULL;
    atomic_init(&module->translating, 0);
    if (!count) return true;
    module->entries = module->allocator->resize(module->allocator->context, NULL, 0, count * sizeof(CodeEntry));
    if (!module->entries) return false;
    for (u32 k = 0; k < count; k++) {
        CodeEntry *const entry = &module->entries[k];
        const u32 unused = unused_slot(module_func_type(m, k + m->import_func_count));
        entry->before = before_start(unused, unused);
        entry->stub = handler_word(HANDLER_entry_stub);
        atomic_init(&entry->start, (const u8 *)&entry->stub);
    }
    return true;
}

void exec_module_free(weft_module *module)
{
    const Module *const m = module->decoded;
    const weft_allocator *const a = module->allocator;
    while (module->codes) {
        Code *const code = module->codes;
        module->codes = code->next;
        a->resize(a->context, code, code->total, 0);
    }
    if (module->entries) {
        a->resize(a->context, module->entries, (m->func_count - m->import_func_count) * sizeof(CodeEntry), 0);
    }
    module->entries = NULL;
}

size_t exec_code_bytes(const weft_module *module)
{
    size_t bytes = 0;
    for (const Code *code = module->codes; code; code = code->next) bytes += code->total;
    return bytes;
}

static void lock_translator(weft_module *module)
{
    while (atomic_exchange_explicit(&module->translating, 1, memory_order_acquire)) {}
}

static void unlock_translator(weft_module *module)
{
    atomic_store_explicit(&module->translating, 0, memory_order_release);
}

bool exec_prepare(weft_module *module, u32 func_index)
{
    CodeEntry *const entry = &module->entries[func_index - module->decoded->import_func_count];
    const u8 *const stub = (const u8 *)&entry->stub;
    if (atomic_load_explicit(&entry->start, memory_order_acquire) != stub) return true;
    lock_translator(module);
    Code *code = NULL;
    if (atomic_load_explicit(&entry->start, memory_order_relaxed) == stub) {
        code = translate(module, func_index, NULL);
        if (code) {
            code->next = module->codes;
            module->codes = code;
            atomic_store_explicit(&entry->start, code_cells(code), memory_order_release);
        }
    }
    unlock_translator(module);
    return atomic_load_explicit(&entry->start, memory_order_relaxed) != stub;
}

void exec_func_init(FuncInst *func)
{
    const u32 unused = unused_slot(func->type);
    func->before = before_start(unused, unused);
    func->stub = handler_word(HANDLER_func_stub);
    func->start = (const u8 *)&func->stub;
}

const Code *code_of_cell(const weft_module *module, const u8 *pc)
{
    const u16 units = cell_u16(pc, CELL_X);
    if (units != FAR_CELL) return (const Code *)(const void *)(pc - (u32)units * CELL_UNIT) - 1;
    for (const Code *code = module->codes; code; code = code->next) {
        if (pc >= code_cells(code) && pc < code_cells(code) + code->size) return code;
    }
    return NULL;
}

// --- calls ----------------------------------------------------------------------------------

void exec_thread_init(Thread *thread)
{
    thread->stack_limit = thread->stack + thread->stack_slots - EXEC_STACK_RESERVE;
    thread->state = THREAD_IDLE;
    thread->trap = TRAP_NONE;
    thread->pc = NULL;
    thread->fp = NULL;
    thread->entry = NULL;
    thread->top = thread->stack;
    thread->nesting = thread->host_depth = 0;
    thread->exception = 0;
    thread->fuel = UINT64_MAX;
    thread->fuel_debt = 0;
    thread->paused_in = NULL;
    set_instance(thread, NULL);
    const uintptr_t handlers[2] = {handler_word(HANDLER_entry_return), handler_word(HANDLER_cross_return)};
    for (u32 k = 0; k < 2; k++) {
        memset(thread->return_cells[k], 0, sizeof thread->return_cells[k]);
        memcpy((u8 *)thread->return_cells[k] + LONG_CELL, &handlers[k], sizeof handlers[k]);
    }
}

u64 *exec_begin(Thread *thread, FuncInst *func)
{
    u64 *const record = thread->host_depth ? thread->top : thread->stack;
    u64 *const frame = record + ENTRY_RECORD;
    const u32 header = func->param_slots > func->result_slots ? func->param_slots : func->result_slots;
    if (frame > thread->stack_limit || header + 3 > (u64)(thread->stack + thread->stack_slots - frame) ||
        thread->nesting >= MAX_NESTING) {
        thread->state = THREAD_TRAPPED;
        thread->trap = TRAP_STACK_EXHAUSTED;
        return NULL;
    }
    record[0] = (u64)(uintptr_t)thread->pc;
    record[1] = (u64)(uintptr_t)thread->fp;
    record[2] = (u64)(uintptr_t)thread->instance;
    record[3] = (u64)(uintptr_t)thread->entry;
    record[4] = (u64)(uintptr_t)func;
    thread->entry = record;
    frame[header] = (u64)(uintptr_t)thread_return_cell(thread, 0);
    frame[header + 1] = (u64)(uintptr_t)frame;
    thread->fp = frame;
    thread->pc = func->start;
    set_instance(thread, func->instance);
    thread->state = THREAD_READY;
    thread->trap = TRAP_NONE;
    thread->trap_text[0] = 0;
    thread->paused_in = NULL;
    thread->acc = 0;
    thread->is_new = true;
    return frame;
}

// Fuel of this run: what the embedder allows, and no more than the budget; what the last
// run spent beyond its own is paid first.
static void grant_fuel(Thread *thread, u64 budget)
{
    u64 grant = thread->fuel < budget ? thread->fuel : budget;
    if (grant > INT64_MAX) grant = INT64_MAX;
    thread->fuel_granted = grant;
    thread->fuel_left = (s64)grant + thread->fuel_debt;
}

static void settle_fuel(Thread *thread)
{
    const u64 left = thread->fuel_left > 0 ? (u64)thread->fuel_left : 0;
    if (thread->fuel != UINT64_MAX) thread->fuel -= thread->fuel_granted - left;
    thread->fuel_debt = thread->fuel_left < 0 ? thread->fuel_left : 0;
}

ThreadState exec_run(Thread *thread, u64 budget)
{
    const bool outermost = thread->nesting == 0;
    thread->nesting++;
    if (thread->is_new) {
        start_frame(thread->fp, thread->pc);
        thread->is_new = false;
    }
    thread->state = THREAD_RUNNING;
    thread->trap = TRAP_NONE;
    if (thread_interrupted(thread)) {
        thread->state = THREAD_TRAPPED;
        thread->trap = TRAP_INTERRUPTED;
        thread->nesting--;
        return thread->state;
    }
    if (outermost) {
        thread->budgeted = budget != UINT64_MAX;
        thread->budget = budget;
        grant_fuel(thread, budget);
        take_slice(thread);
        if (thread->fuel_left < 0 && !slow_out_of_fuel(thread)) goto stopped;
    }
    execute(thread);
stopped:
    if (outermost) settle_fuel(thread);
    thread->nesting--;
    return thread->state;
}

const u64 *exec_results(const Thread *thread)
{
    return thread->entry + ENTRY_RECORD;
}

void exec_end(Thread *thread)
{
    const u64 *const record = thread->entry;
    if (!record) return;
    thread->pc = (const u8 *)(uintptr_t)record[0];
    thread->fp = (u64 *)(uintptr_t)record[1];
    set_instance(thread, (Instance *)(uintptr_t)record[2]);
    thread->entry = (u64 *)(uintptr_t)record[3];
    thread->paused_in = NULL;
    thread->state = thread->entry ? THREAD_RUNNING : THREAD_IDLE;
    refresh_memory(thread);
}

u64 *exec_pause_results(Thread *thread)
{
    const FuncInst *const func = thread->paused_in;
    const u32 header = func->param_slots > func->result_slots ? func->param_slots : func->result_slots;
    return thread->fp + header + 2;
}

FuncInst *exec_paused_in(const Thread *thread)
{
    return thread->paused_in;
}

void exec_resume_with(Thread *thread)
{
    const FuncInst *const func = thread->paused_in;
    give_results(thread->fp, exec_pause_results(thread), func->type);
    thread->paused_in = NULL;
    leave_host_function(thread, func);
}
