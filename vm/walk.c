// walk.c -- a thread's frames, innermost first, and what they hold.
//
// Frames do not say whose they are: the return address does. A call cell knows how far into
// its function it is; what instruction it was, and where the function's operands are, comes
// out of translating the function once more.
// SPDX-License-Identifier: MIT
#include "loader/module.h"
#include "vm/slow.h"

static bool is_cell(const u8 *pc, u32 handler)
{
    return cell_handler(pc) == handler_word(handler);
}

static const Code *code_around(const weft_module *module, const u8 *pc)
{
    for (const Code *code = module->codes; code; code = code->next) {
        if (pc >= code_cells(code) && pc < code_cells(code) + code->size) return code;
    }
    return NULL;
}

void walk_start(Walk *walk, const Thread *thread)
{
    *walk = (Walk){.thread = thread, .pc = thread->pc, .next_fp = thread->fp, .next_instance = thread->instance};
}

// Goes from a frame to the one that called it, across records.
static void step_out(Walk *walk, u32 header)
{
    const Thread *const thread = walk->thread;
    const u64 *const frame = walk->next_fp;
    u64 return_pc = frame[header], caller = frame[header + 1];
    if (return_pc == (u64)(uintptr_t)thread_return_cell(thread, 0)) {
        const u64 *const record = (const u64 *)(uintptr_t)caller - ENTRY_RECORD;
        walk->pc = (const u8 *)(uintptr_t)record[0];
        walk->next_fp = (u64 *)(uintptr_t)record[1];
        walk->next_instance = (Instance *)(uintptr_t)record[2];
        return;
    }
    if (return_pc == (u64)(uintptr_t)thread_return_cell(thread, 1)) {
        const u64 *const record = (const u64 *)(uintptr_t)caller;
        return_pc = record[-3], caller = record[-2];
        walk->next_instance = (Instance *)(uintptr_t)record[-1];
    }
    walk->pc = (const u8 *)(uintptr_t)return_pc - LONG_CELL;
    walk->next_fp = (u64 *)(uintptr_t)caller;
    walk->step++;
}

static u32 offset_of_cell(weft_module *module, const Code *code, const u8 *pc)
{
    Sites sites = {.cell = (u32)(pc - code_cells(code)), .at = NO_INDEX, .wanted = NO_INDEX};
    Code *const again = translate(module, code->func_index, &sites);
    if (again) module->allocator->resize(module->allocator->context, again, again->total, 0);
    return sites.at;
}

static u32 body_offset(const weft_module *module, u32 func_index)
{
    return module->decoded->funcs[func_index].code.at;
}

bool walk_next(Walk *walk)
{
    if (!walk->pc) return false;
    walk->fp = walk->next_fp;
    walk->instance = walk->next_instance;
    walk->host = NULL;
    walk->calls = walk->step > 0;
    if (is_cell(walk->pc, HANDLER_func_stub)) {
        FuncInst *const func = func_of_stub(walk->pc);
        walk->func_index = func->index;
        if (func->host) {
            walk->host = func;
            walk->caller = walk->instance;
            walk->instance = NULL;
            walk->offset = NO_INDEX;
        } else {
            walk->offset = body_offset(func->instance->module, func->index);
        }
        walk->code = NULL;
        step_out(walk, func->param_slots > func->result_slots ? func->param_slots : func->result_slots);
        return true;
    }
    if (is_cell(walk->pc, HANDLER_entry_stub)) {
        const CodeEntry *const entry = entry_of_stub(walk->pc);
        weft_module *const module = walk->instance->module;
        walk->func_index = (u32)(entry - module->entries) + module->decoded->import_func_count;
        walk->offset = body_offset(module, walk->func_index);
        walk->code = NULL;
        const FuncInst *const func = walk->instance->funcs[walk->func_index];
        step_out(walk, func->param_slots > func->result_slots ? func->param_slots : func->result_slots);
        return true;
    }
    if (is_cell(walk->pc, HANDLER_entry_return) || !walk->instance) return false;
    weft_module *const module = walk->instance->module;
    const Code *const code = walk->step ? code_of_cell(module, walk->pc) : code_around(module, walk->pc);
    if (!code) return false;
    walk->code = code;
    walk->cell = walk->pc;
    walk->func_index = code->func_index;
    walk->offset = NO_INDEX;
    step_out(walk, code->header);
    walk->step = walk->pc ? walk->step : 0;
    return true;
}

u32 walk_offset(Walk *walk)
{
    if (walk->code && walk->offset == NO_INDEX) {
        walk->offset = offset_of_cell(walk->instance->module, walk->code, walk->cell);
    }
    return walk->offset;
}

bool exec_where(weft_module *module, u32 func_index, u32 offset,
                void (*visit)(void *context, const Place *place), void *context)
{
    Sites sites = {.cell = NO_INDEX, .wanted = offset, .operands_of_call = true, .visit = visit, .context = context};
    Code *const again = translate(module, func_index, &sites);
    if (!again) return false;
    module->allocator->resize(module->allocator->context, again, again->total, 0);
    return sites.found;
}
