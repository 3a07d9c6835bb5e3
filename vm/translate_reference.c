// translate_reference.c -- tables, references and branches on them.
// SPDX-License-Identifier: MIT
#include "vm/translate_parts.h"

// Emits a test of the reference on top (not popped) that branches to `label`.
static void branch_on(Translator *t, Form form, u32 slot, ValType type, u32 label)
{
    const bool cast = form == FORM_br_on_cast || form == FORM_br_on_cast_fail;
    Ins *const i = emit(t, form, cast ? LAYOUT_LOW_BRANCH : LAYOUT_BRANCH, READS_A);
    i->a = slot;
    i->imm = type;
    target(t, i, label);
    t->region = t->count;
}

// A branch on a reference, with `count` operands for the label. `taken_form` branches when the
// instruction does, `other_form` when it does not.
static void branch_on_reference(Translator *t, const Validator *v, const Instr *instr, u32 l, ValType type,
                                Form taken_form, Form other_form, bool with_ref)
{
    (void)instr;
    Block *const b = block_of(t, l);
    const u32 count = arity_of(v, l);
    Operand ref = operand_of(t, t->item_count - 1);
    put_in_slot(t, &ref);
    if (t->items[t->item_count - 1].kind == ITEM_CONST) {
        t->items[t->item_count - 1].kind = ITEM_TEMP;
        t->items[t->item_count - 1].def = -1;
    }
    const u32 above = with_ref ? 0 : 1;
    t->item_count -= above;
    const bool direct = b->kind != CONTROL_FUNC && in_place(t, b, count);
    t->item_count += above;
    if (direct) {
        branch_on(t, taken_form, ref.slot, type, b->label);
    } else {
        const u32 skip = new_label(t);
        branch_on(t, other_form, ref.slot, type, skip);
        // Moves for the branch must not end up above the reference that stays.
        const Item kept = t->items[t->item_count - 1];
        t->item_count -= above;
        branch(t, v, l, count);
        t->item_count += above;
        if (above) t->items[t->item_count - 1] = kept;
        bind_label(t, skip);
    }
    t->fuel = -1;
}

bool table_instr(Translator *t, const Validator *v, const Instr *instr)
{
    const u32 first = instr->of.two.first, second = instr->of.two.second;
    Ins *i;
    switch (instr->op) {
    case OP_table_get:
        i = emit_plain(t, FORM_table_get, LAYOUT_IMM, "A");
        i->imm = instr->of.index;
        plain_result(t, result_type(v), true);
        return true;
    case OP_table_set:
        i = emit_plain(t, FORM_table_set, LAYOUT_IMM, "AD");
        i->imm = instr->of.index;
        return true;
    case OP_table_size:
        i = emit_plain(t, FORM_table_size, LAYOUT_IMM, "");
        i->imm = instr->of.index;
        plain_result(t, result_type(v), true);
        return true;
    case OP_table_grow:
        i = emit_plain(t, FORM_table_grow, LAYOUT_TWO, "BA");
        i->imm = instr->of.index;
        plain_result(t, result_type(v), true);
        return true;
    case OP_table_fill:
        bulk_fuel(t, 8);
        i = emit_plain(t, FORM_table_fill, LAYOUT_SLOTS, "ABD");
        i->x = narrow_index(t, instr->of.index);
        return true;
    case OP_table_copy:
        bulk_fuel(t, 8);
        i = emit_plain(t, FORM_table_copy, LAYOUT_TWO, "ABD");
        i->imm = two(first, second);
        return true;
    case OP_table_init:
        bulk_fuel(t, 8);
        i = emit_plain(t, FORM_table_init, LAYOUT_TWO, "ABD");
        i->imm = two(second, first);
        return true;
    case OP_elem_drop:
        i = emit_plain(t, FORM_elem_drop, LAYOUT_IMM, "");
        i->imm = instr->of.index;
        return true;
    default: return false;
    }
}

bool reference_instr(Translator *t, const Validator *v, const Instr *instr)
{
    Ins *i;
    switch (instr->op) {
    case OP_ref_null: push_const(t, instr->of.type, 0); return true;
    case OP_ref_func:
        i = emit_plain(t, FORM_ref_func, LAYOUT_IMM, "");
        i->imm = instr->of.index;
        plain_result(t, result_type(v), true);
        return true;
    case OP_ref_is_null: {
        push_const(t, TYPE_I64, 0);
        binary(t, FORM_i64_eq, TYPE_I32);
        return true;
    }
    case OP_ref_eq: binary(t, FORM_i64_eq, TYPE_I32); return true;
    case OP_ref_as_non_null: {
        Operand o = operand_of(t, t->item_count - 1);
        put_in_slot(t, &o);
        i = emit(t, FORM_ref_as_non_null, LAYOUT_SLOTS, READS_A);
        i->a = o.slot;
        settle_top(t, t->items[t->item_count - 1].kind == ITEM_CONST);
        stay_in_slot(t);
        t->items[t->item_count - 1].type = result_type(v);
        return true;
    }
    case OP_br_on_null:
        branch_on_reference(t, v, instr, instr->of.index, 0, FORM_br_null, FORM_br_not_null, false);
        t->items[t->item_count - 1].type = result_type(v);
        return true;
    case OP_br_on_non_null:
        branch_on_reference(t, v, instr, instr->of.index, 0, FORM_br_not_null, FORM_br_null, true);
        drop_items(t, t->item_count - 1);
        return true;
    case OP_br_on_cast:
        branch_on_reference(t, v, instr, instr->of.cast.label, instr->of.cast.to, FORM_br_on_cast,
                            FORM_br_on_cast_fail, true);
        t->items[t->item_count - 1].type = result_type(v);
        return true;
    case OP_br_on_cast_fail:
        branch_on_reference(t, v, instr, instr->of.cast.label, instr->of.cast.to, FORM_br_on_cast_fail,
                            FORM_br_on_cast, true);
        t->items[t->item_count - 1].type = result_type(v);
        return true;
    case OP_ref_test: case OP_ref_test_null:
        i = emit_plain(t, FORM_ref_test, LAYOUT_IMM, "A");
        i->imm = instr->of.type;
        plain_result(t, TYPE_I32, true);
        return true;
    case OP_ref_cast: case OP_ref_cast_null: {
        Operand o = operand_of(t, t->item_count - 1);
        put_in_slot(t, &o);
        i = emit(t, FORM_ref_cast, LAYOUT_IMM, READS_A);
        i->a = o.slot;
        i->imm = instr->of.type;
        settle_top(t, t->items[t->item_count - 1].kind == ITEM_CONST);
        stay_in_slot(t);
        t->items[t->item_count - 1].type = result_type(v);
        return true;
    }
    case OP_any_convert_extern: case OP_extern_convert_any:
        t->items[t->item_count - 1].type = result_type(v);
        return true;
    case OP_ref_i31:
        emit_plain(t, FORM_ref_i31, LAYOUT_SLOTS, "A");
        plain_result(t, result_type(v), true);
        return true;
    case OP_i31_get_s: case OP_i31_get_u:
        emit_plain(t, instr->op == OP_i31_get_s ? FORM_i31_get_s : FORM_i31_get_u, LAYOUT_SLOTS, "A");
        plain_result(t, TYPE_I32, true);
        return true;
    default: return false;
    }
}
