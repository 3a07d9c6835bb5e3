// translate_vector.c -- vectors and atomics.
// SPDX-License-Identifier: MIT
#include "vm/translate_parts.h"

#include "vm/form_maps.h"
#include "vm/simd.h"

static ValType letter_type(char letter)
{
    switch (letter) {
    case 'i': return TYPE_I32;
    case 'l': return TYPE_I64;
    case 'f': return TYPE_F32;
    case 'd': return TYPE_F64;
    default: return TYPE_V128;
    }
}

static Form vector_form(u16 op)
{
    switch (op) {
    case OP_i8x16_swizzle: case OP_i8x16_relaxed_swizzle: return FORM_i8x16_swizzle;
    case OP_i32x4_relaxed_dot_i8x16_i7x16_add_s: return FORM_i32x4_relaxed_dot_i8x16_i7x16_add_s;
    case OP_memory_atomic_notify: return FORM_memory_atomic_notify;
    case OP_memory_atomic_wait32: return FORM_memory_atomic_wait32;
    case OP_memory_atomic_wait64: return FORM_memory_atomic_wait64;
    default: return (Form)form_of_op[op];
    }
}

// The form for one lane of a vector in the accumulator, or none.
static u32 lane_form(u16 op, u32 lane)
{
    switch (op) {
    case OP_i32x4_extract_lane: return FORM_i32x4_extract_lane_0 + lane;
    case OP_f32x4_extract_lane: return FORM_f32x4_extract_lane_0 + lane;
    case OP_i64x2_extract_lane: return FORM_i64x2_extract_lane_0 + lane;
    case OP_f64x2_extract_lane: return FORM_f64x2_extract_lane_0 + lane;
    default: return FORM_none;
    }
}
_Static_assert(FORM_i32x4_extract_lane_3 == FORM_i32x4_extract_lane_0 + 3 &&
               FORM_f32x4_extract_lane_3 == FORM_f32x4_extract_lane_0 + 3 &&
               FORM_i64x2_extract_lane_1 == FORM_i64x2_extract_lane_0 + 1 &&
               FORM_f64x2_extract_lane_1 == FORM_f64x2_extract_lane_0 + 1, "lanes follow each other");

// Settles where the first and the last operand come from. Only the count of a shift is worth an immediate.
static void choose_places(Translator *t, u32 form, Operand *a, Operand *b)
{
    if (a->place == IMMEDIATE) put_in_slot(t, a);
    if (b->place == IMMEDIATE && (!uses(t, TRANSLATE_IMMEDIATES) || !has_handler(form, IN_SLOT, IMMEDIATE, IN_SLOT))) {
        put_in_slot(t, b);
    }
    if (!has_handler(form, a->place, b->place, IN_SLOT) && b->place == IN_ACC) b->place = IN_SLOT;
    if (!has_handler(form, a->place, b->place, IN_SLOT)) a->place = IN_SLOT;
}

// Takes a v128.const back that was the last thing to be made, if the calculation can have it in
// its cell.
static bool take_constant(Translator *t, u32 form, u64 *low, u64 *high)
{
    const Item *const item = top_item(t, 0);
    if (!uses(t, TRANSLATE_IMMEDIATES) || item->kind != ITEM_TEMP || item->def < 0 || item->def != last(t)) return false;
    const Ins *const i = &t->ins[item->def];
    if (item->def < (s32)t->region || i->form != FORM_const_v128 || i->d_place != IN_SLOT || i->d != item->slot) return false;
    if (!has_handler(form, IN_SLOT, IMMEDIATE, IN_SLOT)) return false;
    *low = i->imm, *high = i->imm2;
    t->vacc = (s32)i->b;
    t->count--;
    return true;
}

// A calculation with one to three operands: the first is field A, the last B, one between them X.
static void vector_calculation(Translator *t, const Instr *instr, u32 form, u32 count, ValType result)
{
    const u32 first = t->item_count - count;
    u64 low = 0, high = 0;
    const bool constant = count == 2 && take_constant(t, form, &low, &high);
    Operand a = operand_of(t, first), b = {.place = IN_SLOT}, between = b;
    if (constant) b.place = IMMEDIATE;
    else if (count > 1) b = operand_of(t, t->item_count - 1);
    if (count > 2) between = operand_of(t, first + 1);
    const u32 of_lane = count == 1 && a.place == IN_ACC ? lane_form(instr->op, instr->of.lane) : FORM_none;
    if (of_lane && has_handler(of_lane, IN_ACC, IN_SLOT, IN_SLOT)) form = of_lane;
    choose_places(t, form, &a, &b);
    if (count > 2) put_in_slot(t, &between);
    taken(t, &a);
    if (count > 1 && !constant) taken(t, &b);
    drop_items(t, first);
    Ins *const i = emit(t, (Form)form, constant ? LAYOUT_V128 : b.place == IMMEDIATE ? LAYOUT_IMM : LAYOUT_SLOTS,
                        (a.place == IN_SLOT ? READS_A : 0) | (count > 1 && b.place == IN_SLOT ? READS_B : 0) |
                        (count > 2 ? READS_X : 0) | WRITES_D | VECTOR);
    i->a_place = a.place, i->b_place = b.place;
    i->a = a.slot, i->b = b.slot, i->x = between.slot;
    if (constant) i->imm = low, i->imm2 = high;
    else if (b.place == IMMEDIATE) i->imm = (u32)b.value;
    if (op_info[instr->op].immediate == IMM_LANE) {
        const u32 lanes = op_lanes(instr->op);
        i->x = count == 1 ? lane_place(16 / lanes, instr->of.lane) : instr->of.lane;
    }
    push_result(t, result, true);
}

// Two shifts of the same vector that were the last to be made, and now their v128.or: no
// instruction rotates lanes, but programs do.
static bool rotation(Translator *t)
{
    const Item *const x = top_item(t, 1), *const y = top_item(t, 0);
    if (!uses(t, TRANSLATE_SEQUENCES) || x->kind != ITEM_TEMP || y->kind != ITEM_TEMP || y->def != last(t)) return false;
    if (x->def != y->def - 1 || x->def < (s32)t->region || x->def < 0) return false;
    Ins *const i = &t->ins[x->def], *const j = &t->ins[y->def];
    const bool left_first = i->form == FORM_i32x4_shl || i->form == FORM_i64x2_shl;
    const Ins *const left = left_first ? i : j, *const right = left_first ? j : i;
    const bool words = left->form == FORM_i32x4_shl && right->form == FORM_i32x4_shr_u;
    if (!words && !(left->form == FORM_i64x2_shl && right->form == FORM_i64x2_shr_u)) return false;
    if (i->b_place != IMMEDIATE || j->b_place != IMMEDIATE || i->a != j->a || j->a_place != IN_SLOT) return false;
    const u64 bits = words ? 32 : 64;
    if (left->imm == 0 || left->imm >= bits || left->imm + right->imm != bits) return false;
    if (i->d_place != IN_SLOT || i->d != x->slot || j->d_place != IN_SLOT || j->d != y->slot) return false;
    i->imm = left->imm;
    i->form = words ? FORM_i32x4_rotl : FORM_i64x2_rotl;
    t->count--;
    drop_items(t, t->item_count - 2);
    push_result(t, TYPE_V128, true);
    return true;
}

static void vector_const(Translator *t, const Instr *instr)
{
    Ins *const i = emit(t, FORM_const_v128, LAYOUT_V128, WRITES_D | VECTOR);
    i->b = (u32)t->vacc;  // for take_constant
    i->imm = load_u64(instr->of.bytes);
    i->imm2 = load_u64(instr->of.bytes + 8);
    push_result(t, TYPE_V128, true);
}

// Accesses to single lanes, and atomics: any memory, operands from slots.
static void any_access(Translator *t, const Instr *instr, u32 form, u32 count, ValType result, bool gives)
{
    const bool is_lane = op_info[instr->op].immediate == IMM_MEMARG_LANE;
    Ins *const i = emit_plain(t, (Form)form, LAYOUT_V128, count == 3 ? "ABX" : is_lane && !gives ? "AD" : count == 2 ? "AB" : "A");
    i->imm = instr->of.mem.offset;
    i->imm2 = instr->of.mem.memory;
    if (is_lane) {
        const u32 lanes = op_lanes(instr->op);
        i->x = gives ? instr->of.mem.lane : lane_place(16 / lanes, instr->of.mem.lane);
    }
    if (gives) plain_result(t, result, true);
}

bool vector_instr(Translator *t, const Validator *v, const Instr *instr)
{
    const OpInfo *const info = &op_info[instr->op];
    const char *const colon = strchr(info->type, ':');
    if (instr->op == OP_atomic_fence) return true;
    if (instr->op == OP_v128_const) return vector_const(t, instr), true;
    if (instr->op == OP_i8x16_shuffle) return shuffle_lanes(t, instr->of.bytes), true;
    if (instr->op == OP_v128_or && rotation(t)) return true;
    if (instr->op == OP_v128_store) return store(t, v, instr, TYPE_V128, 4), true;
    const u32 form = vector_form(instr->op), count = (u32)(colon ? colon - info->type : 0);
    if (form == FORM_none || !colon) return false;
    const ValType result = letter_type(colon[1]);
    if (info->immediate == IMM_MEMARG && colon[1] == 'v') load(t, v, instr, TYPE_V128, 4);
    else if (info->immediate == IMM_MEMARG || info->immediate == IMM_MEMARG_LANE) any_access(t, instr, form, count, result, colon[1]);
    else vector_calculation(t, instr, form, count, result);
    return true;
}
