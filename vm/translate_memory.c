// translate_memory.c -- loads, stores, the addresses they fold, and bulk operations.
// SPDX-License-Identifier: MIT
#include "vm/translate_parts.h"

#include "vm/form_maps.h"

// An addition whose result is only used as an address, and what it adds.
typedef struct Folded {
    u32 a, b;
    u8 a_place, b_place;
    s32 imm;
    bool scaled;
} Folded;

// Takes the addition at `def` back if it can be done by the access itself. `later`: other
// Ins were emitted since, which must not disturb its operands.
static bool fold_address(Translator *t, u32 height, u64 offset, u32 bits_log2, u32 access, Where value,
                         Folded *f)
{
    const Item *const item = &t->items[height];
    if (!uses(t, TRANSLATE_ADDRESSES) || item->kind != ITEM_TEMP || item->def < (s32)t->region) return false;
    const s32 def = item->def;
    if (def < 0) return false;
    const Ins *const i = &t->ins[def];
    if (i->form != FORM_i32_add || i->d_place != IN_SLOT || i->d != item->slot) return false;
    const bool later = def != last(t);
    if (later && (i->a_place == IN_ACC || i->b_place == IN_ACC)) return false;
    if (later && (touched(t, def, i->a) || (i->b_place == IN_SLOT && touched(t, def, i->b)))) return false;
    *f = (Folded){.a = i->a, .b = i->b, .a_place = i->a_place, .b_place = i->b_place, .imm = (s32)i->imm};
    if (i->b_place == IMMEDIATE ? offset != 0 : offset > UINT16_MAX) return false;
    // A shift by the access's size just before the addition?
    const s32 before = def - 1;
    if (!later && before >= (s32)t->region && before >= 0 && form_scaled[access]) {
        const Ins *const s = &t->ins[before];
        const bool in_b = i->b_place == IN_ACC, in_a = i->a_place == IN_ACC;
        if (s->form == FORM_i32_shl && s->d_place == IN_ACC && s->b_place == IMMEDIATE && s->imm == bits_log2 &&
            (in_a || in_b) && i->b_place != IMMEDIATE) {
            Folded g = {.a = in_b ? i->a : i->b, .a_place = in_b ? i->a_place : i->b_place,
                        .b = s->a, .b_place = s->a_place, .scaled = true};
            if (has_handler(form_scaled[access], g.a_place, g.b_place, value)) {
                *f = g;
                t->acc = s->acc_before;
                t->count -= 2;
                return true;
            }
        }
    }
    if (!form_indexed[access] || !has_handler(form_indexed[access], f->a_place, f->b_place, value)) return false;
    if (later) {
        t->ins[def].form = FORM_none;
        t->ins[def].roles = 0;
        if (t->acc == def) t->acc = -1;
    } else {
        t->acc = i->acc_before;
        t->count--;
    }
    return true;
}

static void set_address(Ins *i, const Folded *f, u64 offset)
{
    i->a = f->a, i->b = f->b;
    i->a_place = f->a_place, i->b_place = f->b_place;
    i->roles |= (u16)((f->a_place == IN_SLOT ? READS_A : 0) | (f->b_place == IN_SLOT ? READS_B : 0));
    if (f->b_place == IMMEDIATE) {
        i->imm = (u64)(s64)f->imm;
        i->layout = LAYOUT_IMM;
    } else {
        i->x = (u32)offset;
        i->layout = LAYOUT_SLOTS;
    }
}

bool is_near(const Validator *v, const MemArg *m)
{
    return m->memory == 0 && !memory_limits(v, 0)->is64;
}

// The bits of a plain address operand that a constant address and the offset make.
static bool constant_address(Translator *t, Operand *a, u64 *offset)
{
    if (a->place != IMMEDIATE) return false;
    const u64 sum = (u32)a->value + *offset;
    if (!uses(t, TRANSLATE_IMMEDIATES) || sum > UINT32_MAX) {
        put_in_slot(t, a);
        return false;
    }
    *offset = sum;
    return true;
}

static u32 width_role(ValType type)
{
    return slots_of(type) == 2 ? VECTOR : 0;
}

static void far_access(Translator *t, u32 form, const MemArg *m, ValType type, u32 operands)
{
    // The address is below the value if there is one.
    Operand value = operand_of(t, t->item_count - 1), a = operand_of(t, t->item_count - operands);
    if (operands == 2) put_in_slot(t, &value);
    put_in_slot(t, &a);
    drop_items(t, t->item_count - operands);
    Ins *const i = emit(t, (Form)form_far[form], LAYOUT_K, READS_A | (operands == 2 ? READS_D : WRITES_D) | width_role(type));
    i->a = a.slot, i->b = narrow_index(t, m->memory), i->imm = m->offset;
    if (operands == 2) i->d = value.slot;
}

// spec: exec-load-val
void load(Translator *t, const Validator *v, const Instr *instr, ValType type, u32 log2)
{
    const u32 form = form_of_op[instr->op];
    u64 offset = instr->of.mem.offset;
    Folded f;
    if (!is_near(v, &instr->of.mem)) {
        far_access(t, form, &instr->of.mem, type, 1);
        push_result(t, type, true);
        return;
    }
    if (fold_address(t, t->item_count - 1, offset, log2, form, IN_SLOT, &f)) {
        drop_items(t, t->item_count - 1);
        Ins *const i = emit(t, (Form)(f.scaled ? form_scaled[form] : form_indexed[form]), LAYOUT_SLOTS, WRITES_D | width_role(type));
        set_address(i, &f, offset);
        push_result(t, type, true);
        return;
    }
    Operand a = operand_of(t, t->item_count - 1);
    constant_address(t, &a, &offset);
    taken(t, &a);
    drop_items(t, t->item_count - 1);
    Ins *const i = emit(t, (Form)form, LAYOUT_IMM, (a.place == IN_SLOT ? READS_A : 0) | WRITES_D | width_role(type));
    i->a_place = a.place;
    i->a = a.slot;
    i->imm = offset;
    push_result(t, type, true);
}

// spec: exec-store-val
void store(Translator *t, const Validator *v, const Instr *instr, ValType type, u32 log2)
{
    const u32 form = form_of_op[instr->op];
    u64 offset = instr->of.mem.offset;
    if (!is_near(v, &instr->of.mem)) {
        far_access(t, form, &instr->of.mem, type, 2);
        return;
    }
    Operand value = operand_of(t, t->item_count - 1);
    const bool is_int = type == TYPE_I32 || type == TYPE_I64;
    // Small sets take vectors from slots alone.
    if (value.place == IN_ACC && !has_handler(form, IN_SLOT, IN_SLOT, IN_ACC)) value.place = IN_SLOT;
    // An immediate value has 16 bits, sign-extended.
    if (value.place == IMMEDIATE) {
        const s64 number = type == TYPE_I32 ? (s32)value.value : (s64)value.value;
        if (!is_int || !uses(t, TRANSLATE_IMMEDIATES) || number != (s16)number) put_in_slot(t, &value);
    }
    Folded f;
    Operand a;
    Ins *i;
    const u32 h = t->item_count - 2;
    bool folded = false;
    // The addition may be taken back only if the value does not come from a register that it
    // would have changed, and then only together with the rest.
    if (fold_address(t, h, offset, log2, form, (Where)value.place, &f)) {
        folded = true;
        if (value.place == IN_ACC && is_int && (f.a_place == IN_ACC || f.b_place == IN_ACC)) value.place = IN_SLOT;
    }
    if (folded) {
        taken(t, &value);
        drop_items(t, h);
        i = emit(t, (Form)(f.scaled ? form_scaled[form] : form_indexed[form]), LAYOUT_SLOTS,
                 value.place == IN_SLOT ? READS_D | width_role(type) : 0);
        set_address(i, &f, offset);
    } else {
        a = operand_of(t, h);
        constant_address(t, &a, &offset);
        if (a.place == IN_ACC && value.place == IN_ACC && is_int) a.place = IN_SLOT;
        taken(t, &value);
        taken(t, &a);
        drop_items(t, h);
        i = emit(t, (Form)form, LAYOUT_IMM, (value.place == IN_SLOT ? READS_D | width_role(type) : 0) | (a.place == IN_SLOT ? READS_A : 0));
        i->a_place = a.place;
        i->a = a.slot;
        i->imm = offset;
    }
    i->d_place = value.place;
    i->d = value.place == IMMEDIATE ? (u16)value.value : value.slot;
}

bool access_instr(Translator *t, const Validator *v, const Instr *instr)
{
    switch (instr->op) {
#define TYPE_i32 TYPE_I32
#define TYPE_i64 TYPE_I64
#define TYPE_f32 TYPE_F32
#define TYPE_f64 TYPE_F64
#define LOG2_OF(bits) ((bits) == 8 ? 0 : (bits) == 16 ? 1 : (bits) == 32 ? 2 : 3)
#define LOAD(op, type, bits, ...) case OP_##op: load(t, v, instr, TYPE_##type, LOG2_OF(bits)); return true;
#define STORE(op, type, bits) case OP_##op: store(t, v, instr, TYPE_##type, LOG2_OF(bits)); return true;
#include "vm/memory.def"
#undef LOAD
#undef STORE
#undef LOG2_OF
#undef TYPE_i32
#undef TYPE_i64
#undef TYPE_f32
#undef TYPE_f64
    default: return false;
    }
}

bool memory_instr(Translator *t, const Validator *v, const Instr *instr)
{
    const u32 first = instr->of.two.first, second = instr->of.two.second;
    Ins *i;
    switch (instr->op) {
    case OP_memory_size:
        i = emit_plain(t, FORM_memory_size, LAYOUT_IMM, "");
        i->imm = instr->of.index;
        plain_result(t, result_type(v), true);
        return true;
    case OP_memory_grow:
        i = emit_plain(t, FORM_memory_grow, LAYOUT_IMM, "A");
        i->imm = instr->of.index;
        plain_result(t, result_type(v), true);
        return true;
    case OP_memory_fill:
        bulk_fuel(t, 1);
        i = emit_plain(t, FORM_memory_fill, LAYOUT_SLOTS, "ABD");
        i->x = narrow_index(t, instr->of.index);
        return true;
    case OP_memory_copy:
        bulk_fuel(t, 1);
        i = emit_plain(t, FORM_memory_copy, LAYOUT_CALL_INDIRECT, "ABD");
        i->imm2 = narrow_index(t, first);
        i->imm = narrow_index(t, second);
        return true;
    case OP_memory_init:
        bulk_fuel(t, 1);
        i = emit_plain(t, FORM_memory_init, LAYOUT_TWO, "ABD");
        i->imm = two(second, first);
        return true;
    case OP_data_drop:
        i = emit_plain(t, FORM_data_drop, LAYOUT_IMM, "");
        i->imm = instr->of.index;
        return true;
    default: return false;
    }
}
