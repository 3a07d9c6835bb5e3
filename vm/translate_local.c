// translate_local.c -- locals, globals, constants, drop and select.
// SPDX-License-Identifier: MIT
#include "vm/translate_parts.h"

static void note_read(Translator *t, u32 local)
{
    LocalUse *const use = &t->locals[local];
    if (use->zero) return;
    if (!use->serial) use->zero = true;
    // Every way here passed the first write if the block of that write is still open.
    else if (use->depth >= t->block_count || t->blocks[use->depth].serial != use->serial) use->zero = true;
}

static void note_write(Translator *t, u32 local)
{
    LocalUse *const use = &t->locals[local];
    if (use->serial) return;
    use->depth = t->block_count - 1;
    use->serial = t->blocks[use->depth].serial;
}

// spec: exec-local.set, exec-local.tee
static void local_set(Translator *t, u32 local, bool tee)
{
    const u32 h = t->item_count - 1;
    LocalUse *const use = &t->locals[local];
    note_write(t, local);
    Item *const item = &t->items[h];
    if (item->kind == ITEM_LOCAL && item->local == local) {
        if (!tee) drop_items(t, h);
        return;
    }
    // Operands that are the old value of this local must be kept.
    bool kept = false;
    for (u32 k = h; use->items && k-- > 0;) {
        if (t->items[k].kind == ITEM_LOCAL && t->items[k].local == local) {
            settle(t, k);
            kept = true;
        }
    }
    const Item before = t->items[h];
    bool done = false;
    if (before.kind == ITEM_TEMP && !kept && before.def >= (s32)t->region && before.def >= 0 &&
        uses(t, TRANSLATE_DESTINATIONS)) {
        Ins *const def = &t->ins[before.def];
        if ((def->roles & WRITES_D) && !(def->roles & FIXED) && def->d_place == IN_SLOT && def->d == before.slot &&
            !touched(t, before.def, use->slot) &&
            (slots_of(before.type) == 1 || !touched(t, before.def, use->slot + 1))) {
            def->d = use->slot;
            overwritten(t, before.type, use->slot, before.def);
            done = true;
        }
    }
    if (!done) {
        Operand o = operand_of(t, h);
        taken(t, &o);
        move_to(t, &o, use->slot);
    }
    if (!tee) {
        drop_items(t, h);
    } else if (before.kind != ITEM_CONST) {
        forget_item(t, &t->items[h]);
        t->items[h].kind = ITEM_LOCAL;
        t->items[h].local = local;
        use->items++;
        t->local_items++;
    }
}

static void local_get(Translator *t, const Validator *v, u32 local)
{
    note_read(t, local);
    Item *const item = push_item(t, ITEM_LOCAL, local_type(v, local));
    item->local = local;
    t->locals[local].items++;
    t->local_items++;
}
static void do_select(Translator *t, ValType type)
{
    const u32 first = t->item_count - 3;
    Operand x = operand_of(t, first), y = operand_of(t, first + 1), c = operand_of(t, first + 2);
    const bool small = type == TYPE_I32 && uses(t, TRANSLATE_IMMEDIATES);
    const bool x_small = small && x.place == IMMEDIATE && (s32)x.value == (s16)x.value;
    const bool y_small = small && y.place == IMMEDIATE && (s32)y.value == (s16)y.value;
    if (!x_small) put_in_slot(t, &x);
    if (!y_small) put_in_slot(t, &y);
    if (c.place == IMMEDIATE) put_in_slot(t, &c);
    const bool vector = slots_of(type) == 2;
    const Form form = vector ? FORM_select_v128 : x_small ? (y_small ? FORM_select_ii : FORM_select_is)
                      : y_small ? FORM_select_si : FORM_select;
    if (vector) c.place = IN_SLOT;
    taken(t, &c);
    drop_items(t, first);
    Ins *const i = emit(t, form, LAYOUT_SLOTS, (x_small ? 0 : READS_B) | (y_small ? 0 : READS_X) | WRITES_D |
                        (c.place == IN_SLOT ? READS_A : 0) | (vector ? VECTOR : 0));
    i->a_place = c.place;
    i->a = c.slot;
    i->b = x_small ? (u16)x.value : x.slot, i->x = y_small ? (u16)y.value : y.slot;
    if (!vector) clobber_acc(t);
    push_result(t, type, in_acc(type));
}

static u32 global_distance(const Translator *t, u32 index)
{
    return (u32)((index - t->m->import_global_count) * sizeof(GlobalInst) + offsetof(GlobalInst, value));
}

static void do_global(Translator *t, const Instr *instr)
{
    const u32 index = instr->of.index;
    const ValType type = t->m->globals[index].type.value;
    const bool own = index >= t->m->import_global_count, vector = slots_of(type) == 2;
    const bool get = instr->op == OP_global_get;
    if (get) {
        Ins *const i = emit(t, vector ? FORM_global_get_v128 : own ? FORM_global_get : FORM_global_get_import,
                            LAYOUT_IMM, WRITES_D | (vector ? VECTOR : 0));
        i->imm = own && !vector ? global_distance(t, index) : index;
        if (!vector) clobber_acc(t);
        push_result(t, type, in_acc(type));
        return;
    }
    Operand o = operand_of(t, t->item_count - 1);
    if (own && !vector && o.place == IMMEDIATE && o.value <= UINT32_MAX && uses(t, TRANSLATE_IMMEDIATES)) {
        drop_items(t, t->item_count - 1);
        Ins *const i = emit(t, FORM_global_set_small, LAYOUT_TWO, 0);
        i->imm = (u64)(u32)o.value << 32 | global_distance(t, index);
        return;
    }
    if (o.place == IMMEDIATE || !in_acc(type) || !own) put_in_slot(t, &o);
    taken(t, &o);
    drop_items(t, t->item_count - 1);
    Ins *const i = emit(t, vector ? FORM_global_set_v128 : own ? FORM_global_set : FORM_global_set_import, LAYOUT_IMM,
                        (o.place == IN_SLOT ? READS_A : 0) | (vector ? VECTOR : 0));
    i->a_place = o.place;
    i->a = o.slot;
    i->imm = own && !vector ? global_distance(t, index) : index;
}

bool local_instr(Translator *t, const Validator *v, const Instr *instr)
{
    switch (instr->op) {
    case OP_nop: return true;
    case OP_drop: drop_items(t, t->item_count - 1); return true;
    case OP_select: do_select(t, v->operand); return true;
    case OP_select_t: do_select(t, instr->of.select.types[0]); return true;
    case OP_local_get: local_get(t, v, instr->of.index); return true;
    case OP_local_set: local_set(t, instr->of.index, false); return true;
    case OP_local_tee: local_set(t, instr->of.index, true); return true;
    case OP_global_get: case OP_global_set: do_global(t, instr); return true;
    case OP_i32_const: push_const(t, TYPE_I32, (u32)instr->of.i32); return true;
    case OP_i64_const: push_const(t, TYPE_I64, (u64)instr->of.i64); return true;
    case OP_f32_const: push_const(t, TYPE_F32, instr->of.f32_bits); return true;
    case OP_f64_const: push_const(t, TYPE_F64, instr->of.f64_bits); return true;
    default: return false;
    }
}
