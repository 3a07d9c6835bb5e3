// translate_control.c -- blocks and branches.
// SPDX-License-Identifier: MIT
#include "vm/translate_parts.h"

#include "vm/form_maps.h"

// --- branches -----------------------------------------------------------------------------

void jump(Translator *t, u32 label)
{
    Ins *const i = emit(t, FORM_br, LAYOUT_BRANCH, 0);
    target(t, i, label);
    t->region = t->count;
}

// Takes the i32.eqz of a float comparison back, which has no opposite of its own (NaNs), for a
// branch that can be taken the other way round.
static bool undo_not(Translator *t)
{
    const Ins *const i = fresh_comparison(t);
    if (!i || i->form != FORM_i32_eq || i->a_place != IN_ACC || i->b_place != IMMEDIATE || i->imm) return false;
    const s32 before = last(t) - 1;
    if (before < (s32)t->region || before < 0) return false;
    Ins *const comparison = &t->ins[before];
    if (!form_branch_not[comparison->form] || comparison->d_place != IN_ACC) return false;
    Item *const item = top_item(t, 0);
    t->count--;
    comparison->d_place = IN_SLOT;
    comparison->d = item->slot;
    comparison->roles |= WRITES_D;
    item->def = before;
    t->acc = before;
    return true;
}

// Branches to `label` if the top operand, which is popped, is (not) zero.
static void branch_if(Translator *t, u32 label, bool sense)
{
    if (uses(t, TRANSLATE_BRANCHES)) sense ^= undo_not(t);
    Ins *i = uses(t, TRANSLATE_BRANCHES) ? fresh_comparison(t) : NULL;
    if (i) {
        const bool is_float = form_branch_not[i->form] != 0;
        u32 form = is_float ? (sense ? form_branch[i->form] : form_branch_not[i->form])
                            : form_branch[sense ? i->form : form_opposite[i->form]];
        Layout layout = LAYOUT_BRANCH;
        if (i->b_place == IMMEDIATE) {
            if (is_float) layout = LAYOUT_K_BRANCH;
            else if ((s64)i->imm != (s16)i->imm) {
                form = form_branch_wide[sense ? i->form : form_opposite[i->form]];
                layout = LAYOUT_LOW_BRANCH;
            }
        }
        if (form && has_handler(form, i->a_place, i->b_place, IN_SLOT) &&
            !(layout == LAYOUT_K_BRANCH && i->layout != LAYOUT_K)) {
            i->form = (u16)form;
            i->layout = (u8)layout;
            i->roles &= (u16)~WRITES_D;
            i->d = 0;
            if (t->acc == last(t)) t->acc = i->acc_before;
            target(t, i, label);
            drop_items(t, t->item_count - 1);
            t->region = t->count;
            return;
        }
    }
    Operand a = operand_of(t, t->item_count - 1);
    if (a.place == IMMEDIATE) put_in_slot(t, &a);
    taken(t, &a);
    drop_items(t, t->item_count - 1);
    i = emit(t, sense ? FORM_br_i32_ne : FORM_br_i32_eq, LAYOUT_BRANCH, a.place == IN_SLOT ? READS_A : 0);
    i->a_place = a.place;
    i->b_place = IMMEDIATE;
    i->a = a.slot;
    target(t, i, label);
    t->region = t->count;
}

// Whether an operand is a parameter that a result may be written over.
static bool in_the_way(const Translator *t, const Item *item)
{
    return item->kind == ITEM_LOCAL && t->locals[item->local].slot < t->result_slots;
}

// Hands the top `count` operands over as results and leaves.      spec: exec-return
void emit_return(Translator *t, u32 count)
{
    const u32 first = t->item_count - count;
    Ins *i;
    if (count == 1 && slots_of(top_item(t, 0)->type) == 1) {
        Operand a = operand_of(t, first);
        const TypeKind kind = type_kind(a.type);
        if (a.place == IMMEDIATE && (kind == TYPE_F32 || kind == TYPE_F64 || a.value > UINT16_MAX ||
                                     !uses(t, TRANSLATE_IMMEDIATES))) {
            put_in_slot(t, &a);
        }
        taken(t, &a);
        i = emit(t, kind == TYPE_F32 ? FORM_return_f32 : kind == TYPE_F64 ? FORM_return_f64 : FORM_return,
                 LAYOUT_SLOTS, a.place == IN_SLOT ? READS_A : 0);
        i->a_place = a.place;
        i->a = a.place == IMMEDIATE ? (u32)a.value : a.slot;
        i->b = t->header;
        barrier(t);
        return;
    }
    // Results go where parameters are: those still needed as sources move out of the way. The
    // items stay what they are, since a branch that is not taken goes on with them.
    for (u32 h = first; h < t->item_count; h++) {
        if (!in_the_way(t, &t->items[h])) continue;
        const Operand o = operand_of(t, h);
        move_to(t, &o, t->items[h].slot);
    }
    u32 slot = 0;
    for (u32 h = first; h < t->item_count; h++) {
        Operand o = operand_of(t, h);
        if (in_the_way(t, &t->items[h])) o.place = IN_SLOT, o.slot = t->items[h].slot;
        move_to(t, &o, slot);
        slot += slots_of(o.type);
    }
    i = emit(t, FORM_return_none, LAYOUT_SLOTS, 0);
    i->b = t->header;
    barrier(t);
}

// The block that label `l` of a branch names.
Block *block_of(Translator *t, u32 l)
{
    return &t->blocks[t->block_count - 1 - l];
}

u32 arity_of(const Validator *v, u32 l)
{
    u32 count;
    control_label(&v->controls[v->control_count - 1 - l], &count);
    return count;
}

// Whether the top `count` operands are where the label's block wants them.
bool in_place(const Translator *t, const Block *b, u32 count)
{
    if (!count) return true;
    if (t->item_count - count != b->height) return false;
    for (u32 k = 0; k < count; k++) {
        if (t->items[t->item_count - count + k].kind != ITEM_TEMP) return false;
    }
    return true;
}

// Moves the top `count` operands to where the block wants them. Slots are filled upwards,
// from operands that lie at the same slot or above, so none is lost.
void move_results(Translator *t, const Block *b, u32 count)
{
    const u32 first = t->item_count - count;
    u32 slot = slot_at(t, b->height);
    for (u32 h = first; h < t->item_count; h++) {
        const Item *const item = &t->items[h];
        Operand o = operand_of(t, h);
        if (!(item->kind == ITEM_TEMP && item->slot == slot)) move_to(t, &o, slot);
        slot += slots_of(o.type);
    }
}

void branch(Translator *t, const Validator *v, u32 l, u32 count)
{
    Block *const b = block_of(t, l);
    (void)v;
    if (b->kind == CONTROL_FUNC) {
        emit_return(t, count);
        return;
    }
    move_results(t, b, count);
    jump(t, b->label);
}

// spec: exec-br_if
static void br_if(Translator *t, const Validator *v, u32 l)
{
    Block *const b = block_of(t, l);
    const u32 count = arity_of(v, l);
    t->item_count--;  // look at the results below the condition
    const bool direct = b->kind != CONTROL_FUNC && in_place(t, b, count);
    t->item_count++;
    if (direct) {
        branch_if(t, b->label, true);
    } else {
        const u32 skip = new_label(t);
        branch_if(t, skip, false);
        const s32 acc = t->acc, facc = t->facc, gacc = t->gacc;
        branch(t, v, l, count);
        bind_label(t, skip);
        // The moves and the jump left the registers alone, and only we come here.
        t->acc = acc, t->facc = facc, t->gacc = gacc;
    }
    t->fuel = -1;
}

// spec: exec-br_table
static bool br_table(Translator *t, const Validator *v, const Instr *instr)
{
    const u32 count = instr->of.br_table.count;
    Operand a = operand_of(t, t->item_count - 1);
    if (a.place == IMMEDIATE) put_in_slot(t, &a);
    taken(t, &a);
    drop_items(t, t->item_count - 1);
    if (!grow_list(t, &t->targets, &t->target_capacity, t->target_count + count + 1, sizeof *t->targets)) return false;
    const u32 first = t->target_count;
    t->target_count += count + 1;
    Ins *const i = emit(t, FORM_br_table, LAYOUT_TABLE, a.place == IN_SLOT ? READS_A : 0);
    i->a_place = a.place;
    i->a = a.slot;
    i->imm = count;
    i->label = first;
    t->region = t->count;
    const s32 acc = t->acc, facc = t->facc, gacc = t->gacc;
    for (u32 k = 0; k <= count; k++) {
        const u32 l = instr->of.br_table.labels[k];
        Block *const b = block_of(t, l);
        const u32 arity = arity_of(v, l);
        if (b->kind != CONTROL_FUNC && in_place(t, b, arity)) {
            t->targets[first + k] = b->label;
            t->labels[b->label].used = true;
            continue;
        }
        // A stop on the way, for the moves; the same one for the same label. A br_table is
        // known by where its targets end, which is never 0.
        if (b->stop_of == t->target_count) {
            t->targets[first + k] = b->stop;
            continue;
        }
        const u32 stop = new_label(t);
        b->stop = stop;
        b->stop_of = t->target_count;
        t->targets[first + k] = stop;
        t->labels[stop].used = true;
        bind_label(t, stop);
        t->acc = acc, t->facc = facc, t->gacc = gacc;
        branch(t, v, l, arity);
    }
    t->fuel = -1;
    return !t->failed;
}

// --- blocks -------------------------------------------------------------------------------

Block *push_block(Translator *t, u8 kind, bool dead)
{
    if (!grow_list(t, &t->blocks, &t->block_capacity, t->block_count + 1, sizeof *t->blocks)) t->block_count = 0;
    Block *const b = &t->blocks[t->block_count++];
    *b = (Block){.kind = kind, .dead = dead, .serial = ++t->next_serial, .range = NO_RANGE, .outer_range = t->range};
    return b;
}

void begin_block(Translator *t, const Validator *v, u8 kind)
{
    const u32 params = v->controls[v->control_count - 1].param_count;
    settle_all(t, kind == CONTROL_LOOP ? params : 0);
    Block *const b = push_block(t, kind, false);
    b->height = t->item_count - params;
    b->label = new_label(t);
    if (kind == CONTROL_LOOP) {
        bind_label(t, b->label);
        t->loop_depth++;
    }
}

// The condition is on top. Operands below it are settled before the branch, and if that
// takes moves they are put in front of a comparison that the branch can be one with.
static void open_if(Translator *t, const Validator *v)
{
    const u32 params = v->controls[v->control_count - 1].param_count;
    const Item condition = *top_item(t, 0);
    const bool fresh = fresh_comparison(t) != NULL && !(t->acc >= 0 && t->acc != last(t));
    const u32 before = t->count;
    const u32 locals_on_top = condition.kind == ITEM_LOCAL;
    for (u32 h = t->item_count - 1; t->local_items > locals_on_top && h-- > 0;) {
        if (t->items[h].kind == ITEM_LOCAL) settle(t, h);
    }
    for (u32 h = t->item_count - 1 - params; h < t->item_count - 1; h++) settle(t, h);
    const u32 moves = t->count - before;
    if (fresh && moves && !t->failed && before >= 1) {
        // Only plain reads of slots and constants may go before the comparison.
        bool plain = true;
        for (u32 k = before; k < t->count; k++) plain &= t->ins[k].a_place != IN_ACC;
        if (plain) {
            const Ins comparison = t->ins[before - 1];
            memmove(&t->ins[before - 1], &t->ins[before], moves * sizeof *t->ins);
            t->ins[t->count - 1] = comparison;
            top_item(t, 0)->def = last(t);
            if (t->acc == (s32)before - 1) t->acc = last(t);
        }
    }
    Block *const b = push_block(t, CONTROL_IF, false);
    b->height = t->item_count - 1 - params;
    const u32 label = new_label(t), else_label = new_label(t);
    t->blocks[t->block_count - 1].label = label;
    t->blocks[t->block_count - 1].else_label = else_label;
    branch_if(t, else_label, false);
    t->fuel = -1;
}

void push_stack_types(Translator *t, const ValType *types, u32 count)
{
    for (u32 k = 0; k < count; k++) push_temp(t, types[k]);
}

static void do_else(Translator *t, const Validator *v)
{
    Block *const b = &t->blocks[t->block_count - 1];
    if (b->dead) return;
    if (!v->dead) {
        settle_top(t, v->ended.result_count);
        jump(t, b->label);
    }
    bind_label(t, b->else_label);
    b->kind = CONTROL_ELSE;
    b->serial = ++t->next_serial;
    drop_items(t, b->height);
    push_stack_types(t, v->ended.params, v->ended.param_count);
}

static void do_end(Translator *t, const Validator *v)
{
    Block *const b = &t->blocks[t->block_count - 1];
    if (b->dead) {
        t->block_count--;
        return;
    }
    const u32 results = v->ended.result_count;
    if (b->kind == CONTROL_FUNC) {
        if (!v->dead) emit_return(t, results);
        t->block_count--;
        return;
    }
    if (b->kind == CONTROL_LOOP) {
        t->loop_depth--;
    } else {
        if (b->kind == CONTROL_IF) t->labels[b->label].used = true;
        if (t->labels[b->label].used && !v->dead) settle_top(t, results);
        if (b->kind == CONTROL_IF) bind_label(t, b->else_label);
    }
    const bool joins = b->kind != CONTROL_LOOP && t->labels[b->label].used;
    if (joins) bind_label(t, b->label);
    if (v->dead || joins) {
        drop_items(t, b->height);
        push_stack_types(t, v->ended.results, results);
        barrier(t);
    }
    t->block_count--;
}

bool control_instr(Translator *t, const Validator *v, const Instr *instr)
{
    switch (instr->op) {
    case OP_block: begin_block(t, v, CONTROL_BLOCK); return true;
    case OP_loop: begin_block(t, v, CONTROL_LOOP); return true;
    case OP_if: open_if(t, v); return true;
    case OP_else: do_else(t, v); return true;
    case OP_end:
        if (!end_try(t, v)) do_end(t, v);
        return true;
    case OP_br: branch(t, v, instr->of.index, arity_of(v, instr->of.index)); return true;
    case OP_br_if: br_if(t, v, instr->of.index); return true;
    case OP_br_table: return br_table(t, v, instr);
    case OP_return: emit_return(t, v->func_type->result_count); return true;
    case OP_unreachable:
        emit(t, FORM_unreachable, LAYOUT_SLOTS, 0);
        barrier(t);
        return true;
    default: return false;
    }
}
