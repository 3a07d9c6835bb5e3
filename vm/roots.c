// roots.c -- the references in a thread's frames, for the collector.
//
// Code carries no maps of its stack. Which slots hold references at a cell is found by
// translating the function once more up to there, and remembered: a program stands at few
// different places when it collects, however deep its stack is.
// SPDX-License-Identifier: MIT
#include "loader/module.h"
#include "vm/slow.h"

void exec_roots_forget(RootCache *cache, const weft_allocator *allocator)
{
    if (cache->sites) {
        allocator->resize(allocator->context, cache->sites, cache->site_room * sizeof *cache->sites, 0);
    }
    if (cache->slots) {
        allocator->resize(allocator->context, cache->slots, cache->slot_room * sizeof *cache->slots, 0);
    }
    *cache = (RootCache){0};
}

// --- The cache ------------------------------------------------------------------------------

// The place of a site, or where it would go. There is always a free one.
static RootSite *root_place(const RootCache *cache, const u8 *cell, bool calls)
{
    u32 i = (u32)(((u64)(uintptr_t)cell * 0x9e3779b97f4a7c15u) >> 32) + calls;
    for (;; i++) {
        RootSite *site = &cache->sites[i & (cache->site_room - 1)];
        if (site->cell == NULL || (site->cell == cell && site->calls == calls)) return site;
    }
}

static bool root_make_room(RootCache *cache, const weft_allocator *allocator)
{
    if (cache->site_room != 0 && cache->site_count < cache->site_room / 2) return true;
    RootCache bigger = *cache;
    bigger.site_room = cache->site_room == 0 ? 64 : cache->site_room * 2;
    size_t size = bigger.site_room * sizeof *bigger.sites;
    bigger.sites = allocator->resize(allocator->context, NULL, 0, size);
    if (bigger.sites == NULL) return false;
    memset(bigger.sites, 0, size);
    for (u32 i = 0; i < cache->site_room; i++) {
        const RootSite *site = &cache->sites[i];
        if (site->cell != NULL) *root_place(&bigger, site->cell, site->calls) = *site;
    }
    if (cache->sites != NULL) {
        allocator->resize(allocator->context, cache->sites,
                          cache->site_room * sizeof *cache->sites, 0);
    }
    *cache = bigger;
    return true;
}

typedef struct RootNotes {
    RootCache *cache;
    const weft_allocator *allocator;
    bool failed;
} RootNotes;

static void note_root(void *context, const Place *place)
{
    RootNotes *notes = context;
    RootCache *cache = notes->cache;
    if (place->kind == PLACE_CONST || !type_is_ref(place->type) || notes->failed) return;
    if (cache->slot_count == cache->slot_room) {
        u32 room = cache->slot_room == 0 ? 256 : cache->slot_room * 2;
        u32 *slots = notes->allocator->resize(notes->allocator->context, cache->slots,
                                              cache->slot_room * sizeof *slots,
                                              room * sizeof *slots);
        if (slots == NULL) {
            notes->failed = true;
            return;
        }
        cache->slots = slots;
        cache->slot_room = room;
    }
    cache->slots[cache->slot_count++] = place->slot;
}

// Learns about the place where a frame stands. NULL: no memory.
static const RootSite *root_learn(Walk *walk, RootCache *cache, const weft_allocator *allocator)
{
    if (!root_make_room(cache, allocator)) return NULL;
    u32 offset = walk_offset(walk), first = cache->slot_count;
    if (offset == NO_INDEX) return NULL;
    RootNotes notes = {cache, allocator, false};
    Sites sites = {
        .cell = NO_INDEX,
        .wanted = offset,
        .operands_of_call = !walk->calls,
        .visit = note_root,
        .context = &notes,
    };
    weft_module *module = walk->instance->module;
    Code *again = translate(module, walk->func_index, &sites);
    if (again != NULL) {
        module->allocator->resize(module->allocator->context, again, again->total, 0);
    }
    if (again == NULL || notes.failed) {
        cache->slot_count = first;
        return NULL;
    }
    RootSite *site = root_place(cache, walk->cell, walk->calls);
    *site = (RootSite){walk->cell, walk->calls, first, cache->slot_count - first};
    cache->site_count++;
    return site;
}

// --- Visiting -------------------------------------------------------------------------------

typedef struct RootVisit {
    void (*visit)(void *context, Ref *ref);
    void *context;
} RootVisit;

static void visit_list(const RootVisit *v, const ValType *types, u32 count, u64 *slot)
{
    for (u32 k = 0; k < count; k++) {
        if (type_is_ref(types[k])) v->visit(v->context, slot);
        slot += type_kind(types[k]) == TYPE_V128 ? 2 : 1;
    }
}

// A host function's frame, or that of a function about to be entered: parameters, and the
// host's results behind them.
static void visit_outline(const RootVisit *v, const FuncInst *func, bool host, u64 *fp)
{
    u32 header = func->param_slots > func->result_slots ? func->param_slots : func->result_slots;
    visit_list(v, func->type->params, func->type->param_count, fp);
    if (host) visit_list(v, func->type->results, func->type->result_count, fp + header + 2);
}

// Whether the frame stands at the cell that zeroes its locals, or finds that it has no room for
// them: nothing but the parameters is there yet.
static bool not_entered(const Walk *walk)
{
    const uintptr_t handler = cell_handler(walk->cell);
    return !walk->calls && (handler == handler_word(HANDLER_enter) || handler == handler_word(HANDLER_enter_large) ||
                            handler == handler_word(HANDLER_exhausted));
}

bool exec_roots(Thread *thread, RootCache *cache, void (*visit)(void *context, Ref *ref),
                void *context)
{
    const RootVisit v = {visit, context};
    const weft_allocator *allocator = ((const StoreCore *)thread->store)->allocator;
    if (thread->exception) visit(context, &thread->exception);
    if (!thread->entry) return true;
    if (thread->state == THREAD_DONE) {
        const FuncInst *func = (const FuncInst *)(uintptr_t)thread->entry[5];
        visit_list(&v, func->type->results, func->type->result_count,
                   thread->entry + ENTRY_RECORD);
        return true;
    }
    Walk walk;
    for (walk_start(&walk, thread); walk_next(&walk);) {
        if (walk.host != NULL) {
            visit_outline(&v, walk.host, true, walk.fp);
        } else if (walk.code == NULL || not_entered(&walk)) {
            visit_outline(&v, walk.instance->funcs[walk.func_index], false, walk.fp);
        } else {
            const RootSite *site = NULL;
            if (cache->site_room != 0) site = root_place(cache, walk.cell, walk.calls);
            if (site == NULL || site->cell == NULL) site = root_learn(&walk, cache, allocator);
            if (site == NULL) return false;
            for (u32 i = 0; i < site->count; i++) {
                visit(context, &walk.fp[cache->slots[site->first + i]]);
            }
        }
    }
    return true;
}
