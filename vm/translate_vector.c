// translate_vector.c -- vectors and atomics.
// SPDX-License-Identifier: MIT
#include "vm/translate_parts.h"

#include "vm/form_maps.h"

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
    case OP_i8x16_shuffle: return FORM_i8x16_shuffle;
    case OP_i8x16_swizzle: case OP_i8x16_relaxed_swizzle: return FORM_i8x16_swizzle;
    case OP_i32x4_relaxed_dot_i8x16_i7x16_add_s: return FORM_i32x4_relaxed_dot_i8x16_i7x16_add_s;
    case OP_memory_atomic_notify: return FORM_memory_atomic_notify;
    case OP_memory_atomic_wait32: return FORM_memory_atomic_wait32;
    case OP_memory_atomic_wait64: return FORM_memory_atomic_wait64;
    default: return (Form)form_of_op[op];
    }
}

// v128.load and v128.store of memory 0 have short cells of their own.
static void vector_access(Translator *t, const Validator *v, const Instr *instr)
{
    const bool is_store = instr->op == OP_v128_store;
    Ins *i;
    if (!is_near(v, &instr->of.mem)) {
        i = emit_plain(t, is_store ? FORM_far_v128_store : FORM_far_v128_load, LAYOUT_K, is_store ? "AD" : "A");
        i->b = narrow_index(t, instr->of.mem.memory);
    } else {
        i = emit_plain(t, is_store ? FORM_v128_store : FORM_v128_load, LAYOUT_IMM, is_store ? "AD" : "A");
    }
    i->imm = instr->of.mem.offset;
    if (!is_store) plain_result(t, TYPE_V128, false);
}

// Vectors and atomics: operands from slots, result to a slot, by the type of the row.
bool vector_instr(Translator *t, const Validator *v, const Instr *instr)
{
    if (instr->op == OP_atomic_fence) return true;
    if (instr->op == OP_v128_const) {
        Ins *const i = emit(t, FORM_const_v128, LAYOUT_V128, 0);
        i->imm = load_u64(instr->of.bytes);
        i->imm2 = load_u64(instr->of.bytes + 8);
        plain_result(t, TYPE_V128, false);
        return true;
    }
    if (instr->op == OP_v128_load || instr->op == OP_v128_store) {
        vector_access(t, v, instr);
        return true;
    }
    const Form form = vector_form(instr->op);
    const OpInfo *const info = &op_info[instr->op];
    const char *const colon = strchr(info->type, ':');
    const bool is_access = info->immediate == IMM_MEMARG || info->immediate == IMM_MEMARG_LANE;
    const bool stores_lane = info->immediate == IMM_MEMARG_LANE && !colon[1];
    if (form == FORM_none || !colon) return false;
    const size_t count = (size_t)(colon - info->type);
    const char *const fields = count == 3 ? "ABX" : stores_lane ? "AD" : count == 2 ? "AB" : "A";
    Ins *const i = emit_plain(t, form, is_access || instr->op == OP_i8x16_shuffle ? LAYOUT_V128 : LAYOUT_SLOTS, fields);
    if (info->immediate == IMM_LANE) i->x = instr->of.lane;
    if (instr->op == OP_i8x16_shuffle) {
        memcpy(&i->imm, instr->of.bytes, 8);
        memcpy(&i->imm2, instr->of.bytes + 8, 8);
    }
    if (is_access) {
        i->imm = instr->of.mem.offset;
        i->imm2 = instr->of.mem.memory;
        if (info->immediate == IMM_MEMARG_LANE) i->x = instr->of.mem.lane;
    }
    if (colon[1]) plain_result(t, letter_type(colon[1]), colon[1] != 'v');
    return true;
}
