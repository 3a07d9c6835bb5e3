// translate.c -- from instructions to slot code, folding on the way.
//
// The translator walks a function once, as the sink of the validator, and keeps a symbolic
// operand stack: an operand is a local, a constant, or the result of an Ins in its own slot.
// So local.get and const make no code at all; an instruction takes its operands from where
// they are. What else is folded:
//
//     accumulator   a result that the next instruction takes stays in a register
//     destination   local.set changes where the result before it goes
//     branches      a comparison and the branch on it are one Ins
//     addresses     an addition (and shift) becomes part of the load or store it feeds
//
// Each of these can be switched off (TRANSLATE_* of exec.h); nothing depends on them. The
// translator is deterministic, so a second run can tell where everything is (Sites).
//                                                   see docs/INTERPRETER.md
// SPDX-License-Identifier: MIT
#include "vm/translate.h"

#include "vm/form_maps.h"

#define MAX_SLOT 0xff00u     // slot numbers are 16 bits, with room for what follows them
#define LOOK_BACK 48         // Ins that are searched for uses of a slot

// --- lists that grow ----------------------------------------------------------------------

static bool grow_list(Translator *t, void *list_of_pointer, u32 *capacity, u32 needed, size_t size)
{
    void **const list = list_of_pointer;
    if (needed <= *capacity) return true;
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

static void free_list(Translator *t, void *list, u32 capacity, size_t size)
{
    if (list) t->allocator->resize(t->allocator->context, list, capacity * size, 0);
}

// Where an Ins, item or label goes when there is no memory for it: nobody looks at it again.
static bool room(Translator *t)
{
    return grow_list(t, &t->ins, &t->capacity, t->count + 2, sizeof *t->ins) &&
           grow_list(t, &t->items, &t->item_capacity, t->item_count + 2, sizeof *t->items) &&
           grow_list(t, &t->labels, &t->label_capacity, t->label_count + 2, sizeof *t->labels);
}

// --- emitting -----------------------------------------------------------------------------

static Ins *emit(Translator *t, Form form, Layout layout, u32 roles)
{
    if (!grow_list(t, &t->ins, &t->capacity, t->count + 1, sizeof *t->ins)) t->count = 0;
    Ins *const i = &t->ins[t->count++];
    *i = (Ins){.form = (u16)form, .layout = (u8)layout, .roles = (u16)roles, .label = NO_LABEL,
               .at = t->now, .loop_depth = (u8)(t->loop_depth > 255 ? 255 : t->loop_depth),
               .acc_before = t->acc};
    return i;
}

static s32 last(const Translator *t)
{
    return (s32)t->count - 1;
}

static u32 new_label(Translator *t)
{
    if (!grow_list(t, &t->labels, &t->label_capacity, t->label_count + 1, sizeof *t->labels)) return 0;
    t->labels[t->label_count] = (Label){0, false};
    return t->label_count++;
}

// Nothing before this point may be changed, and no register holds anything.
static void barrier(Translator *t)
{
    t->region = t->count;
    t->acc = t->facc = t->gacc = -1;
}

static void bind_label(Translator *t, u32 label)
{
    t->labels[label].ins = t->count;
    barrier(t);
    t->fuel = -1;
}

static void target(Translator *t, Ins *i, u32 label)
{
    i->label = label;
    t->labels[label].used = true;
}

static u32 slots_of(ValType type)
{
    return type_kind(type) == TYPE_V128 ? 2 : 1;
}

static bool in_acc(ValType type)  // integers and references travel in acc
{
    const TypeKind kind = type_kind(type);
    return kind == TYPE_I32 || kind == TYPE_I64 || kind == TYPE_REF;
}

// --- the symbolic stack -------------------------------------------------------------------

static u32 next_slot(const Translator *t)
{
    if (!t->item_count) return t->temp_base;
    const Item *const top = &t->items[t->item_count - 1];
    return top->slot + slots_of(top->type);
}

// The slot that an item at this height has.
static u32 slot_at(const Translator *t, u32 height)
{
    if (!height) return t->temp_base;
    const Item *const below = &t->items[height - 1];
    return below->slot + slots_of(below->type);
}

static void use_slots(Translator *t, u32 end)
{
    if (end > t->max_slot) t->max_slot = end;
    if (end > MAX_SLOT) t->too_large = true;
}

// The index of a memory or table, where cells have 16 bits for it.
static u32 narrow_index(Translator *t, u32 index)
{
    if (index > UINT16_MAX) t->too_large = true;
    return index;
}

static Item *push_item(Translator *t, ItemKind kind, ValType type)
{
    if (!grow_list(t, &t->items, &t->item_capacity, t->item_count + 1, sizeof *t->items)) t->item_count = 0;
    const u32 slot = next_slot(t);
    Item *const item = &t->items[t->item_count++];
    *item = (Item){.kind = (u8)kind, .type = type, .slot = slot, .def = -1};
    use_slots(t, slot + slots_of(type));
    return item;
}

static void push_temp(Translator *t, ValType type)
{
    push_item(t, ITEM_TEMP, type);
}

static void push_const(Translator *t, ValType type, u64 value)
{
    push_item(t, ITEM_CONST, type)->value = value;
}

static void forget_item(Translator *t, const Item *item)
{
    if (item->kind != ITEM_LOCAL) return;
    t->locals[item->local].items--;
    t->local_items--;
}

static void drop_items(Translator *t, u32 height)
{
    while (t->item_count > height) forget_item(t, &t->items[--t->item_count]);
}

static Item *top_item(Translator *t, u32 depth)
{
    return &t->items[t->item_count - 1 - depth];
}

// Which register may hold a value of this type, and what it holds now.
static s32 *register_of(Translator *t, ValType type)
{
    switch (type_kind(type)) {
    case TYPE_F64: return &t->facc;
    case TYPE_F32: return &t->gacc;
    case TYPE_V128: return NULL;
    default: return &t->acc;
    }
}

// The result of the Ins just emitted becomes the top operand, in its slot (field D).
static void push_result(Translator *t, ValType type, bool in_register)
{
    const s32 def = last(t);
    Item *const item = push_item(t, ITEM_TEMP, type);
    item->def = def;
    t->ins[def].d = item->slot;
    s32 *const reg = register_of(t, type);
    if (reg) *reg = in_register ? def : -1;
}

// --- operands -----------------------------------------------------------------------------

// An operand as an instruction wants to take it.
typedef struct Operand {
    u8 place;
    u32 slot;
    u64 value;
    ValType type;
    u32 height;   // of its item
    bool local;
} Operand;

static bool uses(const Translator *t, u32 feature)
{
    return (t->mask & feature) != 0;
}

// How the item at a height could best be taken. Nothing is decided yet.
static Operand operand_of(Translator *t, u32 height)
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
    if (!reg || *reg < 0 || !uses(t, TRANSLATE_ACCUMULATOR)) return o;
    const Ins *const def = &t->ins[*reg];
    if (item->kind == ITEM_LOCAL ? def->d == o.slot && def->d_place == IN_SLOT && (def->roles & WRITES_D)
                                 : item->def == *reg) {
        o.place = IN_ACC;
    }
    return o;
}

static u32 move_to(Translator *t, const Operand *o, u32 slot);

// Puts a constant into its item's slot, so that the operand is there.
static void put_in_slot(Translator *t, Operand *o)
{
    if (o->place == IMMEDIATE) {
        const u32 slot = t->items[o->height].slot;
        move_to(t, o, slot);
        o->slot = slot;
    }
    o->place = IN_SLOT;
}

// The instruction takes it: a temporary that is taken from a register needs no slot.
static void taken(Translator *t, const Operand *o)
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
static void overwritten(Translator *t, ValType type, u32 slot, s32 by)
{
    s32 *const reg = register_of(t, type);
    if (reg && *reg >= 0 && *reg != by && t->ins[*reg].d == slot) *reg = -1;
}

// Emits the move of an operand into a slot; returns the Ins.
static u32 move_to(Translator *t, const Operand *o, u32 slot)
{
    Ins *i;
    const TypeKind kind = type_kind(o->type);
    if (kind == TYPE_V128) {
        i = emit(t, FORM_mov_v128, LAYOUT_SLOTS, READS_A | WRITES_D | VECTOR);
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
static void settle(Translator *t, u32 height)
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
static void settle_all(Translator *t, u32 params)
{
    for (u32 h = t->item_count; t->local_items && h-- > 0;) {
        if (t->items[h].kind == ITEM_LOCAL) settle(t, h);
    }
    for (u32 h = t->item_count - params; h < t->item_count; h++) settle(t, h);
}

static void settle_top(Translator *t, u32 count)
{
    for (u32 h = t->item_count - count; h < t->item_count; h++) settle(t, h);
}

// --- calculations -------------------------------------------------------------------------

static bool has_handler(u32 form, u32 a, u32 b, u32 d)
{
    return form_handler(form, a, b, d) >= 0;
}

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

static u32 exchanged(u32 form)
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
#define EXCHANGE_COMPARE(op) case FORM_##op: return form_mirror[form] ? form_mirror[form] : form;
#define EXCHANGE_COMPARE_F(op) case FORM_##op: return form_mirror[form] ? form_mirror[form] : form;
#include "vm/numeric.def"
#undef BINARY
#undef UNARY
    default: return 0;
    }
}

// Emits form(a, b), both on top of the stack, in the best way there is a handler for.
static void binary(Translator *t, u32 form, ValType result)
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
        const u32 other = exchanged(form);
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
static Ins *fresh_comparison(Translator *t)
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

// --- memory -------------------------------------------------------------------------------

// Whether an Ins after `def` reads or writes a slot.
static bool touched(const Translator *t, s32 def, u32 slot)
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

static bool is_near(const Validator *v, const MemArg *m)
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

static void far_access(Translator *t, u32 form, const MemArg *m, u32 operands)
{
    // The address is below the value if there is one.
    Operand value = operand_of(t, t->item_count - 1), a = operand_of(t, t->item_count - operands);
    if (operands == 2) put_in_slot(t, &value);
    put_in_slot(t, &a);
    drop_items(t, t->item_count - operands);
    Ins *const i = emit(t, (Form)form_far[form], LAYOUT_K, READS_A | (operands == 2 ? READS_D : WRITES_D));
    i->a = a.slot, i->b = narrow_index(t, m->memory), i->imm = m->offset;
    if (operands == 2) i->d = value.slot;
}

// spec: exec-load-val
static void load(Translator *t, const Validator *v, const Instr *instr, ValType type, u32 log2)
{
    const u32 form = form_of_op[instr->op];
    u64 offset = instr->of.mem.offset;
    Folded f;
    if (!is_near(v, &instr->of.mem)) {
        far_access(t, form, &instr->of.mem, 1);
        push_result(t, type, true);
        return;
    }
    if (fold_address(t, t->item_count - 1, offset, log2, form, IN_SLOT, &f)) {
        drop_items(t, t->item_count - 1);
        Ins *const i = emit(t, (Form)(f.scaled ? form_scaled[form] : form_indexed[form]), LAYOUT_SLOTS, WRITES_D);
        set_address(i, &f, offset);
        push_result(t, type, true);
        return;
    }
    Operand a = operand_of(t, t->item_count - 1);
    constant_address(t, &a, &offset);
    taken(t, &a);
    drop_items(t, t->item_count - 1);
    Ins *const i = emit(t, (Form)form, LAYOUT_IMM, (a.place == IN_SLOT ? READS_A : 0) | WRITES_D);
    i->a_place = a.place;
    i->a = a.slot;
    i->imm = offset;
    push_result(t, type, true);
}

// spec: exec-store-val
static void store(Translator *t, const Validator *v, const Instr *instr, ValType type, u32 log2)
{
    const u32 form = form_of_op[instr->op];
    u64 offset = instr->of.mem.offset;
    if (!is_near(v, &instr->of.mem)) {
        far_access(t, form, &instr->of.mem, 2);
        return;
    }
    Operand value = operand_of(t, t->item_count - 1);
    const bool is_int = type == TYPE_I32 || type == TYPE_I64;
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
                 value.place == IN_SLOT ? READS_D : 0);
        set_address(i, &f, offset);
    } else {
        a = operand_of(t, h);
        constant_address(t, &a, &offset);
        if (a.place == IN_ACC && value.place == IN_ACC && is_int) a.place = IN_SLOT;
        taken(t, &value);
        taken(t, &a);
        drop_items(t, h);
        i = emit(t, (Form)form, LAYOUT_IMM, (value.place == IN_SLOT ? READS_D : 0) | (a.place == IN_SLOT ? READS_A : 0));
        i->a_place = a.place;
        i->a = a.slot;
        i->imm = offset;
    }
    i->d_place = value.place;
    i->d = value.place == IMMEDIATE ? (u16)value.value : value.slot;
}

// --- locals -------------------------------------------------------------------------------

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

// --- branches -----------------------------------------------------------------------------

static void jump(Translator *t, u32 label)
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
static void emit_return(Translator *t, u32 count)
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
static Block *block_of(Translator *t, u32 l)
{
    return &t->blocks[t->block_count - 1 - l];
}

static u32 arity_of(const Validator *v, u32 l)
{
    u32 count;
    control_label(&v->controls[v->control_count - 1 - l], &count);
    return count;
}

// Whether the top `count` operands are where the label's block wants them.
static bool in_place(const Translator *t, const Block *b, u32 count)
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
static void move_results(Translator *t, const Block *b, u32 count)
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

static void branch(Translator *t, const Validator *v, u32 l, u32 count)
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
        // A stop on the way, for the moves; the same one for the same label.
        u32 same = 0;
        while (same < k && instr->of.br_table.labels[same] != l && k - same < 64) same++;
        if (same < k && instr->of.br_table.labels[same] == l) {
            t->targets[first + k] = t->targets[first + same];
            continue;
        }
        const u32 stop = new_label(t);
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

static Block *push_block(Translator *t, u8 kind, bool dead)
{
    if (!grow_list(t, &t->blocks, &t->block_capacity, t->block_count + 1, sizeof *t->blocks)) t->block_count = 0;
    Block *const b = &t->blocks[t->block_count++];
    *b = (Block){.kind = kind, .dead = dead, .serial = ++t->next_serial, .range = NO_RANGE, .outer_range = t->range};
    return b;
}

static void begin_block(Translator *t, const Validator *v, u8 kind)
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

static void push_stack_types(Translator *t, const ValType *types, u32 count)
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

// --- calls --------------------------------------------------------------------------------

static u32 slots_of_all(const ValType *types, u32 count)
{
    u32 slots = 0;
    for (u32 k = 0; k < count; k++) slots += slots_of(types[k]);
    return slots;
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
        // The returning handler leaves a lone result in its register, too.
        if (type->result_count == 1) {
            item->def = def;
            s32 *const reg = register_of(t, item->type);
            if (reg) *reg = def;
        }
    }
}

// Settles and pops the operands; returns where the callee's frame starts.
static u32 pop_arguments(Translator *t, const FuncType *type)
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

// --- everything else ----------------------------------------------------------------------

// An instruction that takes its operands from slots, in fields A, B, D or X in the order
// given by `fields`, and may give one result to D.
static Ins *emit_plain(Translator *t, Form form, Layout layout, const char *fields)
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

static void plain_result(Translator *t, ValType type, bool in_register)
{
    Ins *const i = &t->ins[t->count - 1];
    i->roles |= WRITES_D;
    if (slots_of(type) == 2) i->roles |= VECTOR;
    push_result(t, type, in_register);
}

// What the instruction just typed pushed last.
static ValType result_type(const Validator *v)
{
    return v->operands[v->operand_count - 1];
}

static void clobber_acc(Translator *t)
{
    t->acc = -1;
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

// One more unit for each 64 bytes a bulk operation handles; the count is on top.
static void bulk_fuel(Translator *t, u32 bytes_each)
{
    if (!t->module->fuel) return;
    settle_top(t, 1);
    Ins *const i = emit(t, FORM_fuel_bulk, LAYOUT_SLOTS, READS_A);
    i->a = top_item(t, 0)->slot;
    i->x = bytes_each;
    barrier(t);
}

static u64 two(u32 low, u32 high)
{
    return (u64)high << 32 | low;
}

// --- exceptions ---------------------------------------------------- spec: exec-try_table

static u32 new_range(Translator *t, u32 parent)
{
    if (!grow_list(t, &t->ranges, &t->range_capacity, t->range_count + 1, sizeof *t->ranges)) return 0;
    t->ranges[t->range_count] = (PendingRange){.start = t->count, .end = UINT32_MAX, .first_clause = t->clause_count,
                                               .parent = parent};
    return t->range_count++;
}

static void add_clause(Translator *t, u32 range, u8 kind, u32 tag, u32 label, u32 slot)
{
    if (!grow_list(t, &t->clauses, &t->clause_capacity, t->clause_count + 1, sizeof *t->clauses)) return;
    t->clauses[t->clause_count++] = (PendingClause){kind, tag, label, slot, range};
    t->labels[label].used = true;
    t->ranges[range].clause_count++;
}

static void open_try_table(Translator *t, const Validator *v, const Instr *instr)
{
    begin_block(t, v, CONTROL_TRY_TABLE);
    const u32 params = v->controls[v->control_count - 1].param_count;
    for (u32 h = t->item_count - params; h < t->item_count; h++) settle(t, h);
    const u32 range = new_range(t, t->range);
    Block *const b = &t->blocks[t->block_count - 1];
    b->range = range;
    t->range = range;
    barrier(t);
    // A clause whose label is the function's end needs a place where the return is made.
    for (u32 k = 0; k < instr->of.block.catch_count; k++) {
        const Catch *const c = &instr->of.block.catches[k];
        Block *const to = block_of(t, c->label + 1);
        if (to->kind == CONTROL_FUNC) {
            add_clause(t, range, c->kind, c->tag, new_label(t), slot_at(t, b->height));
        } else {
            add_clause(t, range, c->kind, c->tag, to->label, slot_at(t, to->height));
        }
    }
}

// The returns that clauses of this try_table lead to, out of the way of falling through.
static void returns_of_clauses(Translator *t, const Validator *v, const Block *b)
{
    const PendingRange range = t->ranges[b->range];
    for (u32 k = 0; k < range.clause_count; k++) {
        const PendingClause c = t->clauses[range.first_clause + k];
        bool ours = true;
        for (u32 i = 0; i < t->block_count; i++) ours &= t->blocks[i].dead || t->blocks[i].label != c.label;
        if (!ours) continue;
        bind_label(t, c.label);
        // What the clause pushes are the function's results.
        drop_items(t, b->height);
        push_stack_types(t, v->func_type->results, v->func_type->result_count);
        emit_return(t, v->func_type->result_count);
        drop_items(t, b->height);
    }
}

static void close_store_range(Translator *t, Block *b)
{
    t->ranges[b->range].end = t->count;
    t->range = b->outer_range;
    barrier(t);
}

// The end of a try_table or a legacy try; false if the block is neither.
static bool end_try(Translator *t, const Validator *v)
{
    Block *const b = &t->blocks[t->block_count - 1];
    if (b->dead || b->range == NO_RANGE) return false;
    const u32 results = v->ended.result_count;
    const bool legacy = b->kind != CONTROL_TRY_TABLE;
    if (!v->dead) {
        if (legacy && b->exception) {
            // Results slide down over the exception.
            move_results(t, b, results);
        } else {
            settle_top(t, results);
        }
        jump(t, b->label);
    }
    if (t->ranges[b->range].end == UINT32_MAX) close_store_range(t, b);
    if (!legacy) {
        drop_items(t, b->height);
        returns_of_clauses(t, v, b);
    }
    bind_label(t, b->label);
    drop_items(t, b->height);
    push_stack_types(t, v->ended.results, results);
    t->block_count--;
    return true;
}

// Legacy exceptions: try ... catch tag ... catch_all ... end. A catch part begins with the
// exception itself in a hidden operand, for rethrow, below the tag's values.
static void open_try(Translator *t, const Validator *v)
{
    begin_block(t, v, CONTROL_TRY);
    const u32 params = v->controls[v->control_count - 1].param_count;
    for (u32 h = t->item_count - params; h < t->item_count; h++) settle(t, h);
    const u32 range = new_range(t, t->range);
    t->blocks[t->block_count - 1].range = range;
    t->range = range;
    barrier(t);
}

static void open_catch(Translator *t, const Validator *v, const Instr *instr)
{
    Block *const b = &t->blocks[t->block_count - 1];
    if (b->dead) return;
    if (!v->dead) {
        if (b->exception) move_results(t, b, v->ended.result_count);
        else settle_top(t, v->ended.result_count);
        jump(t, b->label);
    }
    if (t->ranges[b->range].end == UINT32_MAX) close_store_range(t, b);
    drop_items(t, b->height);
    const u32 label = new_label(t);
    const bool all = instr->op == OP_catch_all;
    // Clauses of one try must lie together, but catch parts of inner ones come in between:
    // encode puts them in order by their range.
    if (!grow_list(t, &t->clauses, &t->clause_capacity, t->clause_count + 1, sizeof *t->clauses)) return;
    t->clauses[t->clause_count++] = (PendingClause){
        .kind = all ? LEGACY_CATCH_ALL : LEGACY_CATCH, .tag = all ? 0 : instr->of.index,
        .label = label, .slot = next_slot(t), .range = b->range};
    t->labels[label].used = true;
    bind_label(t, label);
    Item *const exception = push_item(t, ITEM_TEMP, TYPE_EXNREF);
    exception->hidden = true;
    b->exception = exception->slot;
    b->serial = ++t->next_serial;
    if (!all) push_stack_types(t, v->callee->params, v->callee->param_count);
}

static void do_delegate(Translator *t, const Validator *v, const Instr *instr)
{
    Block *const b = &t->blocks[t->block_count - 1];
    if (b->dead) {
        t->block_count--;
        return;
    }
    // The search goes on in the innermost try around the label's block that still guards it.
    u32 parent = NO_RANGE;
    for (u32 l = t->block_count - 1 - instr->of.index; l-- > 0;) {
        const Block *const outer = &t->blocks[l];
        if (outer->dead || outer->range == NO_RANGE) continue;
        if (t->ranges[outer->range].end != UINT32_MAX) continue;
        parent = outer->range;
        break;
    }
    if (!v->dead) settle_top(t, v->ended.result_count);
    close_store_range(t, b);
    t->ranges[b->range].parent = parent;
    bind_label(t, b->label);
    drop_items(t, b->height);
    push_stack_types(t, v->ended.results, v->ended.result_count);
    t->block_count--;
}

static bool try_structure(Translator *t, const Validator *v, const Instr *instr)
{
    switch (instr->op) {
    case OP_try_table: open_try_table(t, v, instr); return true;
    case OP_try: open_try(t, v); return true;
    case OP_catch: case OP_catch_all: open_catch(t, v, instr); return true;
    case OP_delegate: do_delegate(t, v, instr); return true;
    default: return false;
    }
}

static void do_throw(Translator *t, const Validator *v, const Instr *instr)
{
    const u32 values = pop_arguments(t, v->callee);
    Ins *const i = emit(t, FORM_throw, LAYOUT_CALL_TWO, BARRIER);
    i->a = values;
    i->imm = instr->of.index;
    barrier(t);
}

// --- references ----------------------------------------------------------------------------

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

// The operand on top was looked at in its slot and stays: what made it must go on writing
// there, and not to where a later instruction would like to have it.
static void stay_in_slot(Translator *t)
{
    t->items[t->item_count - 1].def = -1;
}

// --- everything else by its opcode -----------------------------------------------------------

static void struct_or_array(Translator *t, const Validator *v, const Instr *instr)
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

static bool vector_instr(Translator *t, const Validator *v, const Instr *instr);

static bool other_instr(Translator *t, const Validator *v, const Instr *instr)
{
    const u32 first = instr->of.two.first, second = instr->of.two.second;
    Ins *i;
    switch (instr->op) {
    case OP_nop: return true;
    case OP_unreachable:
        emit(t, FORM_unreachable, LAYOUT_SLOTS, 0);
        barrier(t);
        return true;
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
    case OP_v128_const:
        i = emit(t, FORM_const_v128, LAYOUT_V128, 0);
        i->imm = load_u64(instr->of.bytes);
        i->imm2 = load_u64(instr->of.bytes + 8);
        plain_result(t, TYPE_V128, false);
        return true;
    case OP_i64_extend_i32_u: {
        // The upper half of an i32's slot and register is zero already.
        Item *const item = top_item(t, 0);
        item->type = TYPE_I64;
        return true;
    }
    case OP_i32_eqz: equals_zero(t, TYPE_I32); return true;
    case OP_i64_eqz: equals_zero(t, TYPE_I64); return true;

    case OP_br: branch(t, v, instr->of.index, arity_of(v, instr->of.index)); return true;
    case OP_br_if: br_if(t, v, instr->of.index); return true;
    case OP_br_table: return br_table(t, v, instr);
    case OP_return: emit_return(t, v->func_type->result_count); return true;
    case OP_call: case OP_return_call: do_call(t, v, instr); return true;
    case OP_call_indirect: case OP_call_ref: case OP_return_call_indirect: case OP_return_call_ref:
        do_call_through(t, v, instr);
        return true;
    case OP_throw: do_throw(t, v, instr); return true;
    case OP_throw_ref:
        emit_plain(t, FORM_throw_ref, LAYOUT_CALL_TWO, "A");
        barrier(t);
        return true;
    case OP_rethrow:
        i = emit(t, FORM_throw_ref, LAYOUT_CALL_TWO, READS_A);
        i->a = block_of(t, instr->of.index)->exception;
        barrier(t);
        return true;

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

    case OP_i64_add128: case OP_i64_sub128: case OP_i64_mul_wide_s: case OP_i64_mul_wide_u: {
        const bool mul = instr->op == OP_i64_mul_wide_s || instr->op == OP_i64_mul_wide_u;
        const u32 count = mul ? 2 : 4;
        settle_top(t, count);
        drop_items(t, t->item_count - count);
        const u32 operands = next_slot(t);
        i = emit(t, instr->op == OP_i64_add128 ? FORM_i64_add128 : instr->op == OP_i64_sub128 ? FORM_i64_sub128
                    : instr->op == OP_i64_mul_wide_s ? FORM_i64_mul_wide_s : FORM_i64_mul_wide_u,
                 LAYOUT_SLOTS, BARRIER | FIXED);
        i->a = operands;
        i->d = operands;
        barrier(t);
        push_temp(t, TYPE_I64);
        push_temp(t, TYPE_I64);
        return true;
    }
    default:
        if (instr->op >= OP_struct_new && instr->op <= OP_array_init_elem) {
            struct_or_array(t, v, instr);
            return true;
        }
        return vector_instr(t, v, instr);
    }
}

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
static bool vector_instr(Translator *t, const Validator *v, const Instr *instr)
{
    if (instr->op == OP_atomic_fence) return true;
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

// What to do with an instruction whose meaning is one row of numeric.def or memory.def.
static bool table_instr(Translator *t, const Validator *v, const Instr *instr)
{
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
#define LOG2_OF(bits) ((bits) == 8 ? 0 : (bits) == 16 ? 1 : (bits) == 32 ? 2 : 3)
#define LOAD(op, type, bits, ...) case OP_##op: load(t, v, instr, TYPE_##type, LOG2_OF(bits)); return true;
#define STORE(op, type, bits) case OP_##op: store(t, v, instr, TYPE_##type, LOG2_OF(bits)); return true;
#include "vm/memory.def"
#undef LOAD
#undef STORE
    default: return false;
    }
}

// Counts instructions for fuel: structure is free, everything else costs one.
static void count_fuel(Translator *t, const Instr *instr)
{
    switch (instr->op) {
    case OP_block: case OP_loop: case OP_if: case OP_else: case OP_end: case OP_try_table:
    case OP_try: case OP_catch: case OP_catch_all: case OP_delegate:
        if (instr->op != OP_if) return;
        break;
    default: break;
    }
    if (t->fuel < 0) {
        // The program may stop here: no register holds anything, and what was made is where it is.
        emit(t, FORM_fuel, LAYOUT_IMM, 0);
        t->fuel = last(t);
        barrier(t);
    }
    t->ins[t->fuel].imm++;
}

static void dead_instr(Translator *t, const Instr *instr)
{
    switch (instr->op) {
    case OP_block: case OP_loop: case OP_if: case OP_try: case OP_try_table:
        push_block(t, CONTROL_BLOCK, true);
        break;
    default: break;
    }
}

static bool structure(Translator *t, const Validator *v, const Instr *instr)
{
    switch (instr->op) {
    case OP_block: begin_block(t, v, CONTROL_BLOCK); return true;
    case OP_loop: begin_block(t, v, CONTROL_LOOP); return true;
    case OP_if: open_if(t, v); return true;
    case OP_else: do_else(t, v); return true;
    case OP_end:
        if (!end_try(t, v)) do_end(t, v);
        return true;
    default: return try_structure(t, v, instr);
    }
}

static bool visit_places(Translator *t, const Validator *v, const Instr *instr)
{
    Sites *const s = t->sites;
    if (!s || s->wanted != instr->at || s->found) return true;
    s->found = true;
    for (u32 l = 0; l < t->local_count; l++) {
        const Place place = {.kind = PLACE_LOCAL, .type = local_type(v, l), .slot = t->locals[l].slot};
        if (s->visit) s->visit(s->context, &place);
    }
    u32 count = t->item_count;
    const u8 immediate = op_info[instr->op].immediate;
    const bool calls = immediate == IMM_FUNC || immediate == IMM_CALL_INDIRECT || instr->op == OP_call_ref;
    if (!s->operands_of_call && calls && instr->op != OP_ref_func && !v->dead) {
        const bool through = immediate != IMM_FUNC;
        const u32 taken_by_call = v->callee->param_count + through;
        count = count > taken_by_call ? count - taken_by_call : 0;
    }
    for (u32 h = 0; h < count; h++) {
        const Item *const item = &t->items[h];
        Place place = {.kind = item->kind == ITEM_CONST ? PLACE_CONST : PLACE_SLOT, .type = item->type, .slot = item->slot};
        if (item->kind == ITEM_LOCAL) place.slot = t->locals[item->local].slot, place.kind = PLACE_LOCAL;
        place.value[0] = item->value;
        if (s->visit) s->visit(s->context, &place);
    }
    return true;
}

static bool translate_instr(Sink *sink, Validator *v, const Instr *instr)
{
    Translator *const t = (Translator *)sink;
    t->now = instr->at;
    if (!room(t)) return false;
    visit_places(t, v, instr);
    const bool structural = instr->op == OP_else || instr->op == OP_end || instr->op == OP_catch ||
                            instr->op == OP_catch_all || instr->op == OP_delegate;
    if (v->dead && !structural) {
        dead_instr(t, instr);
        return true;
    }
    if (t->module->fuel && !v->dead) count_fuel(t, instr);
    if (instr->op == OP_i64_extend_i32_u ? !other_instr(t, v, instr)
                                         : !structure(t, v, instr) && !table_instr(t, v, instr) && !other_instr(t, v, instr)) {
        return false;
    }
    return !t->failed;
}


// Slots for parameters and locals, as far as the first instruction finds them.
static bool start(Translator *t, const Validator *v)
{
    const FuncType *const type = v->func_type;
    // From here on each list has a place to write to, even when it cannot grow.
    if (!room(t) || !grow_list(t, &t->blocks, &t->block_capacity, 1, sizeof *t->blocks)) return false;
    t->param_slots = slots_of_all(type->params, type->param_count);
    t->result_slots = slots_of_all(type->results, type->result_count);
    t->header = t->param_slots > t->result_slots ? t->param_slots : t->result_slots;
    if (v->local_count > MAX_SLOT) {
        t->too_large = true;
        return false;
    }
    t->local_count = (u32)v->local_count;
    if (!grow_list(t, &t->locals, &t->locals_capacity, t->local_count + 1, sizeof *t->locals)) return false;
    u32 slot = 0;
    for (u32 l = 0; l < t->local_count; l++) {
        if (l == v->param_count) slot = t->header + 2;
        const ValType local = local_type(v, l);
        const bool param = l < v->param_count;
        // References are zeroed even if nothing reads them first: the collector does.
        t->locals[l] = (LocalUse){.slot = slot, .zero = param || type_is_ref(local), .pinnable = in_acc(local),
                                  .wide = slots_of(local) == 2};
        slot += slots_of(local);
    }
    if (t->local_count == v->param_count) slot = t->header + 2;
    t->temp_base = slot;
    use_slots(t, slot);
    push_block(t, CONTROL_FUNC, false);
    emit(t, FORM_enter, LAYOUT_SLOTS, BARRIER);
    barrier(t);
    return !t->failed && !t->too_large;
}

// Which slots must be zero when the function starts. The call does two of them; more, or a
// frame that needs a check of its own, take `enter`, which zeroes the run from the first to the last.
static void finish_enter(Translator *t, u32 param_count)
{
    u32 first = t->temp_base, end = 0, count = 0;
    const u32 unused = t->max_slot;
    t->zero[0] = t->zero[1] = unused;
    use_slots(t, unused + 1);
    for (u32 l = param_count; l < t->local_count; l++) {
        const LocalUse *const use = &t->locals[l];
        if (!use->zero) continue;
        for (u32 k = 0; k <= use->wide; k++) {
            if (count < 2) t->zero[count] = use->slot + k;
            count++;
        }
        if (use->slot < first) first = use->slot;
        end = use->slot + 1 + use->wide;
    }
    Ins *const i = &t->ins[0];
    i->a = first;
    i->b = count > 2 ? end - first : 0;
    i->x = t->pin == NO_PIN ? 0 : t->pin;
    if (t->max_slot > EXEC_STACK_RESERVE) {
        i->form = FORM_enter_large;
        i->layout = LAYOUT_TWO;
        i->imm = t->max_slot;
        i->b = end > first ? end - first : 0;
        t->zero[0] = t->zero[1] = t->header + 2;
    } else if (!i->b) {
        i->form = FORM_none;
        i->roles = 0;
    }
}

static bool translate_first(Sink *sink, Validator *v, const Instr *instr)
{
    Translator *const t = (Translator *)sink;
    if (!start(t, v)) return false;
    sink->instr = translate_instr;
    return translate_instr(sink, v, instr);
}

Code *translate(weft_module *module, u32 func_index, Sites *sites)
{
    Translator t = {.sink.instr = translate_first, .module = module, .m = module->decoded, .allocator = module->allocator,
                    .sites = sites, .mask = module->translator_mask, .func_index = func_index, .acc = -1, .facc = -1,
                    .gacc = -1, .fuel = -1, .range = NO_RANGE, .pin = NO_PIN};
    Validator v;
    validator_init(&v, module->decoded, module->allocator);
    Code *code = NULL;
    const bool done = validate_body(&v, func_index, &t.sink);
    if (!t.failed && (done || t.too_large)) {
        if (t.too_large) {
            t.count = t.label_count = t.range_count = t.clause_count = 0;
            t.zero[0] = t.zero[1] = t.header + 2;
            emit(&t, FORM_exhausted, LAYOUT_SLOTS, 0);
        } else {
            if (uses(&t, TRANSLATE_PINNED)) choose_pin(&t);
            finish_enter(&t, v.param_count);
        }
        code = t.failed ? NULL : encode(&t);
    }
    validator_free(&v);
    free_list(&t, t.ins, t.capacity, sizeof *t.ins);
    free_list(&t, t.items, t.item_capacity, sizeof *t.items);
    free_list(&t, t.labels, t.label_capacity, sizeof *t.labels);
    free_list(&t, t.blocks, t.block_capacity, sizeof *t.blocks);
    free_list(&t, t.targets, t.target_capacity, sizeof *t.targets);
    free_list(&t, t.locals, t.locals_capacity, sizeof *t.locals);
    free_list(&t, t.ranges, t.range_capacity, sizeof *t.ranges);
    free_list(&t, t.clauses, t.clause_capacity, sizeof *t.clauses);
    return code;
}
