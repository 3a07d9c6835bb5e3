// translate_call.c -- calls, direct, through tables and through references.
// SPDX-License-Identifier: MIT
#include "vm/translate_parts.h"

// A place for the pinned locals to be loaded; which ones they are is not known yet (pin.c).
void load_pins(Translator *t)
{
    if (!uses(t, TRANSLATE_PINNED)) return;
    emit(t, FORM_load_pin, LAYOUT_SLOTS, 0);
    t->region = t->count;
}

// Operands of the call go where the callee's frame will be, which is where they belong
// anyway. Fills the fields that all calls share.
static void call(Translator *t, const FuncType *type, Ins *i, u32 frame)
{
    const u32 params = slots_of_all(type->params, type->param_count);
    const u32 results = slots_of_all(type->results, type->result_count);
    const u32 header = params > results ? params : results;
    i->a = header, i->d = frame;
    use_slots(t, frame + header + 3);
    i->roles |= BARRIER | FIXED;
    barrier(t);
    const s32 def = last(t);
    for (u32 k = 0; k < type->result_count; k++) {
        Item *const item = push_item(t, ITEM_TEMP, type->results[k]);
        // The returning handler leaves a lone result in its register, too, but for vectors.
        if (type->result_count == 1) {
            item->def = def;
            if (slots_of(item->type) == 1) *register_of(t, item->type) = def;
        }
    }
    load_pins(t);
}

// Settles and pops the operands; returns where the callee's frame starts.
u32 pop_arguments(Translator *t, const FuncType *type)
{
    settle_top(t, type->param_count);
    drop_items(t, t->item_count - type->param_count);
    return next_slot(t);
}

static void tail_call(Translator *t, const FuncType *type, Ins *i, u32 frame)
{
    const u32 params = slots_of_all(type->params, type->param_count);
    const u32 results = slots_of_all(type->results, type->result_count);
    i->a = t->header, i->d = frame, i->b = params;
    i->x = params > results ? params : results;
    // The header may move up, beyond what this frame would have needed.
    use_slots(t, i->x + 3);
    i->roles |= BARRIER;
    barrier(t);
}

static void do_call(Translator *t, const Validator *v, const Instr *instr)
{
    const FuncType *const type = v->callee;
    const bool tail = instr->op == OP_return_call;
    const u32 index = instr->of.index, imported = t->m->import_func_count;
    const u32 frame = pop_arguments(t, type);
    const bool import = index < imported;
    const Form form = tail ? (import ? FORM_return_call_import : FORM_return_call)
                           : import ? FORM_call_import : FORM_call;
    const Layout layout = tail ? (import ? LAYOUT_TWO : LAYOUT_K) : import ? LAYOUT_CALL_TWO : LAYOUT_CALL;
    Ins *const i = emit(t, form, layout, 0);
    i->imm = import ? index : (u64)(uintptr_t)&t->module->entries[index - imported];
    if (tail) tail_call(t, type, i, frame);
    else call(t, type, i, frame);
}

static void do_call_through(Translator *t, const Validator *v, const Instr *instr)
{
    const FuncType *const type = v->callee;
    const bool by_ref = instr->op == OP_call_ref || instr->op == OP_return_call_ref;
    const bool tail = instr->op == OP_return_call_indirect || instr->op == OP_return_call_ref;
    // The function's index or reference is on top of the arguments; they may need moves.
    if (top_item(t, 0)->kind == ITEM_CONST) settle_top(t, 1);
    for (u32 h = t->item_count - 1 - type->param_count; h + 1 < t->item_count; h++) settle(t, h);
    Operand o = operand_of(t, t->item_count - 1);
    const Form form = by_ref ? (tail ? FORM_return_call_ref : FORM_call_ref)
                             : tail ? FORM_return_call_indirect : FORM_call_indirect;
    if (!has_handler(form, o.place, IN_SLOT, IN_SLOT)) o.place = IN_SLOT;
    taken(t, &o);
    drop_items(t, t->item_count - 1);
    const u32 frame = pop_arguments(t, type);
    // The callee's header must not be written over the index before it was read.
    Ins *const i = emit(t, form, tail ? LAYOUT_CALL_INDIRECT : LAYOUT_CALL_INDIRECT, 0);
    i->a_place = o.place;
    i->imm = by_ref ? 0 : (u64)instr->of.two.first << 32 | narrow_index(t, instr->of.two.second);
    i->imm2 = o.slot;
    i->roles |= READS_I;
    if (tail) {
        tail_call(t, type, i, frame);
    } else {
        call(t, type, i, frame);
    }
    i->imm2 = o.slot;
}

bool call_instr(Translator *t, const Validator *v, const Instr *instr)
{
    switch (instr->op) {
    case OP_call: case OP_return_call: do_call(t, v, instr); return true;
    case OP_call_indirect: case OP_call_ref: case OP_return_call_indirect: case OP_return_call_ref:
        do_call_through(t, v, instr);
        return true;
    default: return false;
    }
}
