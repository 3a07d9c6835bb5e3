// translate_number.c -- calculations: rows of numeric.def, and arithmetic on 128 bits.
// SPDX-License-Identifier: MIT
#include "vm/translate_parts.h"

#include "vm/form_maps.h"

// Whether an immediate fits the 32 bits that cells have for it.
static bool fits(const Operand *o)
{
    switch (type_kind(o->type)) {
    case TYPE_I64: return (s64)o->value == (s32)o->value;
    default: return true;
    }
}

static bool is_wide_float(const Operand *o)
{
    return type_kind(o->type) == TYPE_F64;
}

u32 exchanged_form(u32 form)
{
    switch (form) {
#define BINARY(op, type, result, shape, check, ...) EXCHANGE_##shape(op)
#define UNARY(op, type, result, check, ...)
#define EXCHANGE_COMMUTES(op) case FORM_##op: return form;
#define EXCHANGE_COMMUTES_F(op) case FORM_##op: return form;
#define EXCHANGE_ORDERED(op)
#define EXCHANGE_SHIFT(op)
#define EXCHANGE_DIVIDE(op)
#define EXCHANGE_FLOAT(op)
#define EXCHANGE_COMPARE(op)
#define EXCHANGE_COMPARE_F(op)
#include "vm/numeric.def"
#undef BINARY
#undef UNARY
    default: return form_mirror[form];  // comparisons, and branches on them
    }
}

// Emits form(a, b), both on top of the stack, in the best way there is a handler for.
void binary(Translator *t, u32 form, ValType result)
{
    Operand a = operand_of(t, t->item_count - 2), b = operand_of(t, t->item_count - 1);
    if (!uses(t, TRANSLATE_IMMEDIATES) || !fits(&a)) if (a.place == IMMEDIATE) put_in_slot(t, &a);
    if (!uses(t, TRANSLATE_IMMEDIATES) || !fits(&b)) if (b.place == IMMEDIATE) put_in_slot(t, &b);
    if (a.place == IMMEDIATE && b.place == IMMEDIATE) put_in_slot(t, &a);
    // Taking a constant away is adding its opposite: one form fewer to combine with others.
    if (b.place == IMMEDIATE && form == FORM_i32_sub) {
        form = FORM_i32_add;
        b.value = (u32)-(u32)b.value;
    } else if (b.place == IMMEDIATE && form == FORM_i64_sub && b.value != (u64)(s64)INT32_MIN) {
        form = FORM_i64_add;
        b.value = -b.value;
    }
    // Try as it is, exchanged, then with less and less of it folded.
    for (u32 attempt = 0;; attempt++) {
        const u32 other = exchanged_form(form);
        if (has_handler(form, a.place, b.place, IN_SLOT)) break;
        if (other && has_handler(other, b.place, a.place, IN_SLOT)) {
            const Operand exchange = a;
            a = b;
            b = exchange;
            form = other;
            break;
        }
        if (attempt == 0 && a.place == IN_ACC && b.place == IN_ACC) b.place = IN_SLOT;
        else if (a.place == IMMEDIATE) put_in_slot(t, &a);
        else if (b.place == IMMEDIATE) put_in_slot(t, &b);
        else if (b.place == IN_ACC) b.place = IN_SLOT;
        else a.place = IN_SLOT;
    }
    taken(t, &a);
    taken(t, &b);
    const Operand *const constant = a.place == IMMEDIATE ? &a : b.place == IMMEDIATE ? &b : NULL;
    drop_items(t, t->item_count - 2);
    Ins *const i = emit(t, (Form)form,
                        !constant ? LAYOUT_SLOTS : is_wide_float(constant) ? LAYOUT_K : LAYOUT_IMM,
                        (a.place == IN_SLOT ? READS_A : 0) | (b.place == IN_SLOT ? READS_B : 0) | WRITES_D);
    i->a_place = a.place, i->b_place = b.place;
    i->a = a.slot, i->b = b.slot;
    if (constant) {
        i->imm = type_kind(constant->type) == TYPE_I32 ? (u64)(s64)(s32)constant->value : constant->value;
    }
    push_result(t, result, true);
}

static void unary(Translator *t, u32 form, ValType result)
{
    Operand a = operand_of(t, t->item_count - 1);
    put_in_slot_if_constant:
    if (a.place == IMMEDIATE) put_in_slot(t, &a);
    if (!has_handler(form, a.place, IN_SLOT, IN_SLOT)) {
        a.place = IN_SLOT;
        goto put_in_slot_if_constant;
    }
    taken(t, &a);
    drop_items(t, t->item_count - 1);
    Ins *const i = emit(t, (Form)form, LAYOUT_SLOTS, (a.place == IN_SLOT ? READS_A : 0) | WRITES_D);
    i->a_place = a.place;
    i->a = a.slot;
    push_result(t, result, true);
}

// The comparison that the top operand is the result of, if it was the last thing emitted and
// nobody else can see it.
Ins *fresh_comparison(Translator *t)
{
    const Item *const item = top_item(t, 0);
    if (item->kind != ITEM_TEMP || item->def < 0 || item->def != last(t)) return NULL;
    if (item->def < (s32)t->region) return NULL;
    Ins *const i = &t->ins[item->def];
    if (!form_branch[i->form] || i->d_place != IN_SLOT || i->d != item->slot) return NULL;
    return i;
}

// spec: exec-testop. A comparison with 0, or the opposite of the comparison before.
static void equals_zero(Translator *t, ValType type)
{
    Ins *const i = uses(t, TRANSLATE_BRANCHES) ? fresh_comparison(t) : NULL;
    if (i && form_opposite[i->form]) {
        i->form = form_opposite[i->form];
        return;
    }
    push_const(t, type, 0);
    binary(t, type == TYPE_I32 ? FORM_i32_eq : FORM_i64_eq, TYPE_I32);
}
// Works on pairs of i64, which are handed over in slots next to each other.
static void wide_arithmetic(Translator *t, const Instr *instr)
{
    const bool mul = instr->op == OP_i64_mul_wide_s || instr->op == OP_i64_mul_wide_u;
    const u32 count = mul ? 2 : 4;
    settle_top(t, count);
    drop_items(t, t->item_count - count);
    const u32 operands = next_slot(t);
    Ins *const i = emit(t, instr->op == OP_i64_add128 ? FORM_i64_add128 : instr->op == OP_i64_sub128 ? FORM_i64_sub128
                           : instr->op == OP_i64_mul_wide_s ? FORM_i64_mul_wide_s : FORM_i64_mul_wide_u,
                        LAYOUT_SLOTS, BARRIER | FIXED);
    i->a = operands;
    i->d = operands;
    barrier(t);
    push_temp(t, TYPE_I64);
    push_temp(t, TYPE_I64);
}

// Instructions whose meaning is one row of numeric.def, and those that work on 128 bits.
bool number_instr(Translator *t, const Instr *instr)
{
    if (instr->op == OP_i64_extend_i32_u) {
        // The upper half of an i32's slot and register is zero already.
        top_item(t, 0)->type = TYPE_I64;
        return true;
    }
    switch (instr->op) {
#define TYPE_i32 TYPE_I32
#define TYPE_i64 TYPE_I64
#define TYPE_f32 TYPE_F32
#define TYPE_f64 TYPE_F64
#define BINARY(op, type, result, shape, check, ...) case OP_##op: binary(t, FORM_##op, TYPE_##result); return true;
#define UNARY(op, type, result, check, ...) case OP_##op: unary(t, FORM_##op, TYPE_##result); return true;
#include "vm/numeric.def"
#undef BINARY
#undef UNARY
#undef TYPE_i32
#undef TYPE_i64
#undef TYPE_f32
#undef TYPE_f64
    case OP_i32_eqz: equals_zero(t, TYPE_I32); return true;
    case OP_i64_eqz: equals_zero(t, TYPE_I64); return true;
    case OP_i64_add128: case OP_i64_sub128: case OP_i64_mul_wide_s: case OP_i64_mul_wide_u:
        wide_arithmetic(t, instr);
        return true;
    default: return false;
    }
}
