// backtrace.c -- where a thread is, or was when it failed.
//
// The frames of a failure are copied before they are taken down, so that the host can ask
// for them at its leisure; the instances they name are kept until the next call.
// SPDX-License-Identifier: MIT
#include "loader/names.h"
#include "vm/dwarf.h"
#include "vm/error.h"
#include "vm/exec.h"
#include "vm/thread.h"

// A stack that ran over has a hundred thousand frames that say the same.
#define TRACE_MOST 1024

static TraceEntry trace_entry(const Walk *walk)
{
    return (TraceEntry){
        .instance = walk->instance,
        .func_index = walk->func_index,
        .offset = walk->offset,
        .code = walk->code,
        .cell = walk->cell,
    };
}

static u32 trace_offset(const TraceEntry *entry)
{
    Walk walk = {
        .instance = entry->instance,
        .func_index = entry->func_index,
        .offset = entry->offset,
        .code = entry->code,
        .cell = entry->cell,
    };
    return walk_offset(&walk);
}

static bool trace_add(ThreadRecord *t, const Walk *walk)
{
    const Allocator *allocator = &t->thread.store->allocator;
    if (t->trace_count == t->trace_room) {
        u32 room = t->trace_room == 0 ? 32 : t->trace_room * 2;
        TraceEntry *trace = allocator_resize(allocator, t->trace, t->trace_room * sizeof *trace,
                                             room * sizeof *trace);
        if (trace == NULL) return false;
        t->trace = trace;
        t->trace_room = room;
    }
    t->trace[t->trace_count++] = trace_entry(walk);
    return true;
}

// Without memory the trace is shorter; the failure itself matters more.
void trace_capture(ThreadRecord *t)
{
    Walk walk;
    t->trace_count = 0;
    for (walk_start(&walk, &t->thread); t->trace_count < TRACE_MOST && walk_next(&walk);) {
        if (!trace_add(t, &walk)) return;
    }
}

static weft_name trace_name(Name name)
{
    return (weft_name){(const char *)name.bytes, name.size};
}

static weft_name frame_function_name(const Module *m, u32 func_index)
{
    Name name = module_item_name(m, NAMES_FUNC, func_index);
    for (u32 i = 0; name.bytes == NULL && i < m->export_count; i++) {
        const Export *e = &m->exports[i];
        if (e->kind == EXTERN_FUNC && e->index == func_index) name = e->name;
    }
    return trace_name(name);
}

static void frame_fill(const TraceEntry *entry, weft_frame *frame)
{
    *frame = (weft_frame){.instance = entry->instance, .function_index = entry->func_index};
    if (entry->instance == NULL) return;
    const Module *m = entry->instance->module->decoded;
    frame->offset = trace_offset(entry);
    if (m->funcs[entry->func_index].import == NO_INDEX) {
        frame->body_offset = m->funcs[entry->func_index].code.at;
    }
    frame->function_name = frame_function_name(m, entry->func_index);
    frame->module_name = weft_module_name(entry->instance->module);
}

bool weft_thread_frame(const weft_thread *thread, uint32_t depth, weft_frame *frame)
{
    const ThreadRecord *t = thread_record(thread);
    if (t->trace_count != 0) {
        if (depth >= t->trace_count) return false;
        frame_fill(&t->trace[depth], frame);
        return true;
    }
    Walk walk;
    walk_start(&walk, thread);
    for (u32 i = 0; walk_next(&walk); i++) {
        if (i != depth) continue;
        TraceEntry entry = trace_entry(&walk);
        frame_fill(&entry, frame);
        return true;
    }
    return false;
}

bool weft_frame_source(const weft_frame *frame, weft_source *source)
{
    return frame->instance != NULL &&
           dwarf_find(frame->instance->module->decoded, frame->offset, source);
}

// The innermost frame of WebAssembly says where: a host function has no place of its own.
void trace_locate(const ThreadRecord *t, weft_error *error)
{
    for (u32 i = 0; i < t->trace_count; i++) {
        const TraceEntry *entry = &t->trace[i];
        if (entry->instance == NULL) continue;
        weft_module *module = entry->instance->module;
        weft_name name = weft_module_name(module);
        text_copy(error->module, sizeof error->module, name.data, name.size);
        func_display_name(module->decoded, entry->func_index, error->function,
                          sizeof error->function);
        u32 offset = trace_offset(entry);
        if (offset != NO_INDEX) error->offset = offset;
        error->function_index = entry->func_index;
        return;
    }
}
