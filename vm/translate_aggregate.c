// translate_aggregate.c -- structs and arrays.
// SPDX-License-Identifier: MIT
#include "vm/translate_parts.h"

static void aggregate(Translator *t, const Validator *v, const Instr *instr)
{
    const u32 first = instr->of.two.first, second = instr->of.two.second;
    Ins *i;
    switch (instr->op) {
    case OP_struct_new: {
        const StructType *const s = &module_type(t->m, instr->of.index)->of.structure;
        settle_top(t, s->field_count);
        drop_items(t, t->item_count - s->field_count);
        const u32 fields = next_slot(t);
        i = emit(t, FORM_struct_new, LAYOUT_IMM, BARRIER);
        i->a = fields;
        i->imm = instr->of.index;
        plain_result(t, result_type(v), true);
        return;
    }
    case OP_struct_new_default:
        i = emit_plain(t, FORM_struct_new_default, LAYOUT_IMM, "");
        i->imm = instr->of.index;
        i->roles |= BARRIER;
        plain_result(t, result_type(v), true);
        return;
    case OP_struct_get: case OP_struct_get_s: case OP_struct_get_u:
        i = emit_plain(t, FORM_struct_get, LAYOUT_TWO, "A");
        i->x = instr->op == OP_struct_get_s;
        i->imm = two(first, second);
        plain_result(t, result_type(v), false);
        return;
    case OP_struct_set:
        i = emit_plain(t, FORM_struct_set, LAYOUT_TWO, "AB");
        i->imm = two(first, second);
        return;
    case OP_array_new:
        i = emit_plain(t, FORM_array_new, LAYOUT_TWO, "AB");
        break;
    case OP_array_new_default:
        i = emit_plain(t, FORM_array_new_default, LAYOUT_TWO, "B");
        break;
    case OP_array_new_fixed: {
        settle_top(t, second);
        drop_items(t, t->item_count - second);
        const u32 values = next_slot(t);
        i = emit(t, FORM_array_new_fixed, LAYOUT_TWO, BARRIER);
        i->a = values;
        i->imm = two(first, second);
        plain_result(t, result_type(v), true);
        return;
    }
    case OP_array_new_data: case OP_array_new_elem:
        i = emit_plain(t, instr->op == OP_array_new_data ? FORM_array_new_data : FORM_array_new_elem, LAYOUT_TWO, "AB");
        i->imm = two(first, second);
        i->roles |= BARRIER;
        plain_result(t, result_type(v), true);
        return;
    case OP_array_get: case OP_array_get_s: case OP_array_get_u:
        i = emit_plain(t, FORM_array_get, LAYOUT_TWO, "AB");
        i->imm = two(instr->of.index, instr->op == OP_array_get_s);
        plain_result(t, result_type(v), false);
        return;
    case OP_array_set:
        i = emit_plain(t, FORM_array_set, LAYOUT_TWO, "ABD");
        i->imm = instr->of.index;
        return;
    case OP_array_len:
        emit_plain(t, FORM_array_len, LAYOUT_SLOTS, "A");
        plain_result(t, TYPE_I32, true);
        return;
    case OP_array_fill:
        bulk_fuel(t, 8);
        i = emit_plain(t, FORM_array_fill, LAYOUT_TWO, "ABDX");
        i->imm = instr->of.index;
        return;
    default: {  // array.copy, array.init_data, array.init_elem: operands in a row
        const u32 count = instr->op == OP_array_copy ? 5 : 4;
        bulk_fuel(t, 8);
        settle_top(t, count);
        drop_items(t, t->item_count - count);
        const u32 operands = next_slot(t);
        i = emit(t, instr->op == OP_array_copy ? FORM_array_copy
                    : instr->op == OP_array_init_data ? FORM_array_init_data : FORM_array_init_elem,
                 LAYOUT_TWO, BARRIER);
        i->a = operands;
        i->imm = two(first, second);
        barrier(t);
        return;
    }
    }
    i->imm = instr->of.index;
    i->roles |= BARRIER;
    plain_result(t, result_type(v), true);
}

bool aggregate_instr(Translator *t, const Validator *v, const Instr *instr)
{
    if (instr->op < OP_struct_new || instr->op > OP_array_init_elem) return false;
    aggregate(t, v, instr);
    return true;
}
