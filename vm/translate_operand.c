// translate_operand.c -- the list of Ins, the symbolic operand stack, and where operands are.
// SPDX-License-Identifier: MIT
#include "vm/translate_parts.h"

#define LOOK_BACK 48         // Ins that are searched for uses of a slot

// --- lists that grow ----------------------------------------------------------------------

// Up to 2 GiB, so that doubling cannot wrap.
bool grow_list_to(Translator *t, void *list_of_pointer, u32 *capacity, u32 needed, size_t size)
{
    void **const list = list_of_pointer;
    if (needed > UINT32_MAX / 2 / size) {
        t->failed = true;
        return false;
    }
    u32 more = *capacity ? *capacity : 64;
    while (more < needed) more *= 2;
    void *const grown = t->allocator->resize(t->allocator->context, *list, *capacity * size, more * size);
    if (!grown) {
        t->failed = true;
        return false;
    }
    *list = grown;
    *capacity = more;
    return true;
}

void free_list(Translator *t, void *list, u32 capacity, size_t size)
{
    if (list) t->allocator->resize(t->allocator->context, list, capacity * size, 0);
}

// Where an Ins, item or label goes when there is no memory for it: nobody looks at it again.
bool room(Translator *t)
{
    return grow_list(t, &t->ins, &t->capacity, t->count + 2, sizeof *t->ins) &&
           grow_list(t, &t->items, &t->item_capacity, t->item_count + 2, sizeof *t->items) &&
           grow_list(t, &t->labels, &t->label_capacity, t->label_count + 2, sizeof *t->labels);
}

// --- emitting -----------------------------------------------------------------------------

Ins *emit(Translator *t, Form form, Layout layout, u32 roles)
{
    if (t->count == t->most) t->too_large = true, t->count--;
    if (!grow_list(t, &t->ins, &t->capacity, t->count + 1, sizeof *t->ins)) t->count = 0;
    Ins *const i = &t->ins[t->count++];
    *i = (Ins){.form = (u16)form, .layout = (u8)layout, .roles = (u16)roles, .label = NO_LABEL,
               .at = t->now, .loop_depth = (u8)(t->loop_depth > 255 ? 255 : t->loop_depth),
               .acc_before = t->acc};
    return i;
}

u32 new_label(Translator *t)
{
    if (!grow_list(t, &t->labels, &t->label_capacity, t->label_count + 1, sizeof *t->labels)) return 0;
    t->labels[t->label_count] = (Label){0, false};
    return t->label_count++;
}

// Nothing before this point may be changed, and no register holds anything.
void barrier(Translator *t)
{
    t->region = t->count;
    t->acc = t->facc = t->gacc = t->vacc = -1;
}

void bind_label(Translator *t, u32 label)
{
    t->labels[label].ins = t->count;
    barrier(t);
    t->fuel = -1;
}

void target(Translator *t, Ins *i, u32 label)
{
    i->label = label;
    t->labels[label].used = true;
}

// --- the symbolic stack -------------------------------------------------------------------

u32 next_slot(const Translator *t)
{
    if (!t->item_count) return t->temp_base;
    const Item *const top = &t->items[t->item_count - 1];
    return top->slot + slots_of(top->type);
}

// The slot that an item at this height has.
u32 slot_at(const Translator *t, u32 height)
{
    if (!height) return t->temp_base;
    const Item *const below = &t->items[height - 1];
    return below->slot + slots_of(below->type);
}

u32 slots_of_all(const ValType *types, u32 count)
{
    u32 slots = 0;
    for (u32 k = 0; k < count; k++) slots += slots_of(types[k]);
    return slots;
}

void use_slots(Translator *t, u32 end)
{
    if (end > t->max_slot) t->max_slot = end;
    if (end > MAX_SLOT) t->too_large = true;
}

// The index of a memory or table, where cells have 16 bits for it.
u32 narrow_index(Translator *t, u32 index)
{
    if (index > UINT16_MAX) t->too_large = true;
    return index;
}

Item *push_item(Translator *t, ItemKind kind, ValType type)
{
    if (!grow_list(t, &t->items, &t->item_capacity, t->item_count + 1, sizeof *t->items)) t->item_count = 0;
    const u32 slot = next_slot(t);
    Item *const item = &t->items[t->item_count++];
    *item = (Item){.kind = (u8)kind, .type = type, .slot = slot, .def = -1};
    use_slots(t, slot + slots_of(type));
    return item;
}

void push_temp(Translator *t, ValType type)
{
    push_item(t, ITEM_TEMP, type);
}

void push_const(Translator *t, ValType type, u64 value)
{
    push_item(t, ITEM_CONST, type)->value = value;
}

void forget_item(Translator *t, const Item *item)
{
    if (item->kind != ITEM_LOCAL) return;
    t->locals[item->local].items--;
    t->local_items--;
}

void drop_items(Translator *t, u32 height)
{
    while (t->item_count > height) forget_item(t, &t->items[--t->item_count]);
}

// Which register may hold a value of this type, and what it holds now.
s32 *register_of(Translator *t, ValType type)
{
    switch (type_kind(type)) {
    case TYPE_F64: return &t->facc;
    case TYPE_F32: return &t->gacc;
    case TYPE_V128: return &t->vacc;
    default: return &t->acc;
    }
}

// The result of the Ins just emitted becomes the top operand, in its slot (field D).
void push_result(Translator *t, ValType type, bool in_register)
{
    const s32 def = last(t);
    Item *const item = push_item(t, ITEM_TEMP, type);
    item->def = def;
    t->ins[def].d = item->slot;
    *register_of(t, type) = in_register ? def : -1;
}

// --- operands -----------------------------------------------------------------------------

// How the item at a height could best be taken. Nothing is decided yet.
Operand operand_of(Translator *t, u32 height)
{
    const Item *const item = &t->items[height];
    Operand o = {.place = IN_SLOT, .slot = item->slot, .type = item->type, .height = height};
    if (item->kind == ITEM_CONST) {
        o.place = IMMEDIATE;
        o.value = item->value;
        return o;
    }
    const s32 *const reg = register_of(t, item->type);
    if (item->kind == ITEM_LOCAL) {
        o.slot = t->locals[item->local].slot;
        o.local = true;
    }
    if (*reg < 0 || !uses(t, TRANSLATE_ACCUMULATOR)) return o;
    const Ins *const def = &t->ins[*reg];
    if (item->kind == ITEM_LOCAL ? def->d == o.slot && def->d_place == IN_SLOT && (def->roles & WRITES_D)
                                 : item->def == *reg) {
        o.place = IN_ACC;
    }
    return o;
}

// Puts a constant into its item's slot, so that the operand is there.
void put_in_slot(Translator *t, Operand *o)
{
    if (o->place == IMMEDIATE) {
        const u32 slot = t->items[o->height].slot;
        move_to(t, o, slot);
        o->slot = slot;
    }
    o->place = IN_SLOT;
}

// The instruction takes it: a temporary that is taken from a register needs no slot.
void taken(Translator *t, const Operand *o)
{
    const Item *const item = &t->items[o->height];
    if (o->place != IN_ACC || o->local || item->kind != ITEM_TEMP) return;
    Ins *const def = &t->ins[item->def];
    if ((def->roles & FIXED) || item->def < (s32)t->region) return;
    if (def->d_place != IN_SLOT || def->d != item->slot) return;
    if (form_handler(def->form, def->a_place, def->b_place, IN_ACC) >= 0) {
        def->d_place = IN_ACC;
        def->roles &= (u16)~WRITES_D;
    }
}

// A slot gets a value that is not in the register: what was written there before is not
// what the register shows of it any more.
void overwritten(Translator *t, ValType type, u32 slot, s32 by)
{
    s32 *const reg = register_of(t, type);
    if (*reg >= 0 && *reg != by && t->ins[*reg].d == slot) *reg = -1;
}

// Emits the move of an operand into a slot; returns the Ins.
u32 move_to(Translator *t, const Operand *o, u32 slot)
{
    Ins *i;
    const TypeKind kind = type_kind(o->type);
    if (kind == TYPE_V128) {
        i = emit(t, FORM_mov_v128, LAYOUT_SLOTS, (o->place == IN_SLOT ? READS_A : 0) | WRITES_D | VECTOR);
        i->a_place = o->place;
        i->a = o->slot;
    } else if (o->place == IMMEDIATE) {
        const u64 value = kind == TYPE_I32 || kind == TYPE_F32 ? (u32)o->value : o->value;
        i = value >> 32 ? emit(t, FORM_mov_const, LAYOUT_K, WRITES_D)
                        : emit(t, FORM_mov_small, LAYOUT_IMM, WRITES_D);
        i->imm = value;
    } else if (o->place == IN_ACC && kind == TYPE_F32) {
        i = emit(t, FORM_mov_f32, LAYOUT_SLOTS, WRITES_D);
        i->a_place = IN_ACC;
    } else if (o->place == IN_ACC && kind == TYPE_F64) {
        i = emit(t, FORM_mov_f64, LAYOUT_SLOTS, WRITES_D);
        i->a_place = IN_ACC;
    } else {
        i = emit(t, FORM_mov, LAYOUT_SLOTS, (o->place == IN_SLOT ? READS_A : 0) | WRITES_D);
        i->a_place = o->place;
        i->a = o->slot;
    }
    i->d = slot;
    overwritten(t, o->type, slot, -1);
    use_slots(t, slot + slots_of(o->type));
    return t->count - 1;
}

// Puts an item into its own slot if it is a local or a constant.
void settle(Translator *t, u32 height)
{
    Item *const item = &t->items[height];
    if (item->kind == ITEM_TEMP) return;
    Operand o = operand_of(t, height);
    if (o.place == IN_ACC && !(t->ins[*register_of(t, o.type)].roles & WRITES_D)) o.place = IN_SLOT;
    move_to(t, &o, t->items[height].slot);
    forget_item(t, &t->items[height]);
    t->items[height].kind = ITEM_TEMP;
    t->items[height].def = -1;
}

// Before control flow may join: all operands that are locals must be in their own slots,
// since the locals may change. Constants stay what they are, but for the top `params`.
void settle_all(Translator *t, u32 params)
{
    for (u32 h = t->item_count; t->local_items && h-- > 0;) {
        if (t->items[h].kind == ITEM_LOCAL) settle(t, h);
    }
    for (u32 h = t->item_count - params; h < t->item_count; h++) settle(t, h);
}

void settle_top(Translator *t, u32 count)
{
    for (u32 h = t->item_count - count; h < t->item_count; h++) settle(t, h);
}

// --- plain instructions ---------------------------------------------------------------

// An instruction that takes its operands from slots, in fields A, B, D or X in the order
// given by `fields`, and may give one result to D.
Ins *emit_plain(Translator *t, Form form, Layout layout, const char *fields)
{
    const u32 count = (u32)strlen(fields), first = t->item_count - count;
    Operand operands[4];
    for (u32 k = 0; k < count; k++) {
        operands[k] = operand_of(t, first + k);
        put_in_slot(t, &operands[k]);
    }
    drop_items(t, first);
    Ins *const i = emit(t, form, layout, 0);
    for (u32 k = 0; k < count; k++) {
        const u32 slot = operands[k].slot;
        switch (fields[k]) {
        case 'A': i->a = slot, i->roles |= READS_A; break;
        case 'B': i->b = slot, i->roles |= READS_B; break;
        case 'X': i->x = slot, i->roles |= READS_X; break;
        default: i->d = slot, i->roles |= READS_D; break;
        }
        if (slots_of(operands[k].type) == 2) i->roles |= VECTOR;
    }
    return i;
}

void plain_result(Translator *t, ValType type, bool in_register)
{
    Ins *const i = &t->ins[t->count - 1];
    i->roles |= WRITES_D;
    if (slots_of(type) == 2) i->roles |= VECTOR;
    push_result(t, type, in_register);
}

void clobber_acc(Translator *t)
{
    t->acc = -1;
}

// One more unit for each 64 bytes a bulk operation handles; the count is on top.
void bulk_fuel(Translator *t, u32 bytes_each)
{
    if (!t->module->fuel) return;
    settle_top(t, 1);
    Ins *const i = emit(t, FORM_fuel_bulk, LAYOUT_SLOTS, READS_A);
    i->a = top_item(t, 0)->slot;
    i->x = bytes_each;
    barrier(t);
}

// The operand on top was looked at in its slot and stays: what made it must go on writing
// there, and not to where a later instruction would like to have it.
void stay_in_slot(Translator *t)
{
    t->items[t->item_count - 1].def = -1;
}

// Whether an Ins after `def` reads or writes a slot.
bool touched(const Translator *t, s32 def, u32 slot)
{
    if ((s32)t->count - def > LOOK_BACK) return true;
    for (u32 k = (u32)def + 1; k < t->count; k++) {
        const Ins *const i = &t->ins[k];
        const u32 wide = i->roles & VECTOR ? 1 : 0;
        if (i->roles & BARRIER) return true;
        if ((i->roles & READS_A) && slot - i->a <= wide) return true;
        if ((i->roles & READS_B) && slot - i->b <= wide) return true;
        if ((i->roles & (READS_X | READS_I)) && slot - i->x <= wide) return true;
        if ((i->roles & (WRITES_D | READS_D)) && slot - i->d <= wide) return true;
    }
    return false;
}
