// translate_try.c -- exceptions, standard and legacy.        spec: exec-try_table
// SPDX-License-Identifier: MIT
#include "vm/translate_parts.h"

static u32 new_range(Translator *t, u32 parent)
{
    if (!grow_list(t, &t->ranges, &t->range_capacity, t->range_count + 1, sizeof *t->ranges)) return 0;
    t->ranges[t->range_count] = (PendingRange){.start = t->count, .end = UINT32_MAX, .first_clause = t->clause_count,
                                               .parent = parent};
    return t->range_count++;
}

// From here on `range` is the innermost.
static void enter_range(Translator *t, u32 range)
{
    t->range = range;
    if (!grow_list(t, &t->edges, &t->edge_capacity, t->edge_count + 1, sizeof *t->edges)) return;
    t->edges[t->edge_count++] = (TryEdge){t->count, range};
}

static void add_clause(Translator *t, u32 range, u8 kind, u32 tag, u32 label, u32 slot)
{
    if (!grow_list(t, &t->clauses, &t->clause_capacity, t->clause_count + 1, sizeof *t->clauses)) return;
    t->clauses[t->clause_count++] = (PendingClause){kind, tag, label, slot, range};
    t->labels[label].used = true;
    t->ranges[range].clause_count++;
}

static void open_try_table(Translator *t, const Validator *v, const Instr *instr)
{
    begin_block(t, v, CONTROL_TRY_TABLE);
    const u32 params = v->controls[v->control_count - 1].param_count;
    for (u32 h = t->item_count - params; h < t->item_count; h++) settle(t, h);
    const u32 range = new_range(t, t->range);
    Block *const b = &t->blocks[t->block_count - 1];
    b->range = range;
    enter_range(t, range);
    barrier(t);
    // A clause whose label is the function's end needs a place where the return is made.
    for (u32 k = 0; k < instr->of.block.catch_count; k++) {
        const Catch *const c = &instr->of.block.catches[k];
        Block *const to = block_of(t, c->label + 1);
        if (to->kind == CONTROL_FUNC) {
            add_clause(t, range, c->kind, c->tag, new_label(t), slot_at(t, b->height));
        } else {
            add_clause(t, range, c->kind, c->tag, to->label, slot_at(t, to->height));
        }
    }
}

// The returns that clauses of this try_table lead to, out of the way of falling through.
static void returns_of_clauses(Translator *t, const Validator *v, const Block *b)
{
    const PendingRange range = t->ranges[b->range];
    for (u32 k = 0; k < range.clause_count; k++) {
        const PendingClause c = t->clauses[range.first_clause + k];
        bool ours = true;
        for (u32 i = 0; i < t->block_count; i++) ours &= t->blocks[i].dead || t->blocks[i].label != c.label;
        if (!ours) continue;
        bind_label(t, c.label);
        // What the clause pushes are the function's results.
        drop_items(t, b->height);
        push_stack_types(t, v->func_type->results, v->func_type->result_count);
        emit_return(t, v->func_type->result_count);
        drop_items(t, b->height);
    }
}

static void close_store_range(Translator *t, Block *b)
{
    t->ranges[b->range].end = t->count;
    enter_range(t, b->outer_range);
    barrier(t);
}

// The end of a try_table or a legacy try; false if the block is neither.
bool end_try(Translator *t, const Validator *v)
{
    Block *const b = &t->blocks[t->block_count - 1];
    if (b->dead || b->range == NO_RANGE) return false;
    const u32 results = v->ended.result_count;
    const bool legacy = b->kind != CONTROL_TRY_TABLE;
    if (!v->dead) {
        if (legacy && b->exception) {
            // Results slide down over the exception.
            move_results(t, b, results);
        } else {
            settle_top(t, results);
        }
        jump(t, b->label);
    }
    if (t->ranges[b->range].end == UINT32_MAX) close_store_range(t, b);
    if (!legacy) {
        drop_items(t, b->height);
        returns_of_clauses(t, v, b);
    }
    bind_label(t, b->label);
    drop_items(t, b->height);
    push_stack_types(t, v->ended.results, results);
    t->block_count--;
    return true;
}

// Legacy exceptions: try ... catch tag ... catch_all ... end. A catch part begins with the
// exception itself in a hidden operand, for rethrow, below the tag's values.
static void open_try(Translator *t, const Validator *v)
{
    begin_block(t, v, CONTROL_TRY);
    const u32 params = v->controls[v->control_count - 1].param_count;
    for (u32 h = t->item_count - params; h < t->item_count; h++) settle(t, h);
    const u32 range = new_range(t, t->range);
    t->blocks[t->block_count - 1].range = range;
    enter_range(t, range);
    barrier(t);
}

static void open_catch(Translator *t, const Validator *v, const Instr *instr)
{
    Block *const b = &t->blocks[t->block_count - 1];
    if (b->dead) return;
    if (!v->dead) {
        if (b->exception) move_results(t, b, v->ended.result_count);
        else settle_top(t, v->ended.result_count);
        jump(t, b->label);
    }
    if (t->ranges[b->range].end == UINT32_MAX) close_store_range(t, b);
    drop_items(t, b->height);
    const u32 label = new_label(t);
    const bool all = instr->op == OP_catch_all;
    // Clauses of one try must lie together, but catch parts of inner ones come in between:
    // encode puts them in order by their range.
    if (!grow_list(t, &t->clauses, &t->clause_capacity, t->clause_count + 1, sizeof *t->clauses)) return;
    t->clauses[t->clause_count++] = (PendingClause){
        .kind = all ? LEGACY_CATCH_ALL : LEGACY_CATCH, .tag = all ? 0 : instr->of.index,
        .label = label, .slot = next_slot(t), .range = b->range};
    t->labels[label].used = true;
    bind_label(t, label);
    Item *const exception = push_item(t, ITEM_TEMP, TYPE_EXNREF);
    exception->hidden = true;
    b->exception = exception->slot;
    b->serial = ++t->next_serial;
    if (!all) push_stack_types(t, v->callee->params, v->callee->param_count);
}

static void do_delegate(Translator *t, const Validator *v, const Instr *instr)
{
    Block *const b = &t->blocks[t->block_count - 1];
    if (b->dead) {
        t->block_count--;
        return;
    }
    // The search goes on in the innermost try around the label's block that still guards it.
    u32 parent = NO_RANGE;
    for (u32 l = t->block_count - 1 - instr->of.index; l-- > 0;) {
        const Block *const outer = &t->blocks[l];
        if (outer->dead || outer->range == NO_RANGE) continue;
        if (t->ranges[outer->range].end != UINT32_MAX) continue;
        parent = outer->range;
        break;
    }
    if (!v->dead) settle_top(t, v->ended.result_count);
    close_store_range(t, b);
    t->ranges[b->range].parent = parent;
    bind_label(t, b->label);
    drop_items(t, b->height);
    push_stack_types(t, v->ended.results, v->ended.result_count);
    t->block_count--;
}

static void do_throw(Translator *t, const Validator *v, const Instr *instr)
{
    const u32 values = pop_arguments(t, v->callee);
    Ins *const i = emit(t, FORM_throw, LAYOUT_CALL_TWO, BARRIER);
    i->a = values;
    i->imm = instr->of.index;
    barrier(t);
}

bool try_instr(Translator *t, const Validator *v, const Instr *instr)
{
    switch (instr->op) {
    case OP_try_table: open_try_table(t, v, instr); return true;
    case OP_try: open_try(t, v); return true;
    case OP_catch: case OP_catch_all: open_catch(t, v, instr); return true;
    case OP_delegate: do_delegate(t, v, instr); return true;
    case OP_throw: do_throw(t, v, instr); return true;
    case OP_throw_ref:
        emit_plain(t, FORM_throw_ref, LAYOUT_CALL_TWO, "A");
        barrier(t);
        return true;
    case OP_rethrow: {
        Ins *const i = emit(t, FORM_throw_ref, LAYOUT_CALL_TWO, READS_A);
        i->a = block_of(t, instr->of.index)->exception;
        barrier(t);
        return true;
    }
    default: return false;
    }
}
