// translate_parts.h -- what the files of the walk (translate*.c) share.
//
//     translate.c            begins and ends a function, hands each instruction to the file that knows it
//     translate_operand.c    the list of Ins, the symbolic stack, where operands are
//     translate_number.c     calculations
//     translate_memory.c     loads, stores and the addresses they fold; bulk memory
//     translate_local.c      locals, globals, constants, select
//     translate_control.c    blocks and branches
//     translate_call.c       calls
//     translate_try.c        exceptions, standard and legacy
//     translate_reference.c  tables and references
//     translate_aggregate.c  structs and arrays
//     translate_vector.c     vectors and atomics
//     translate_shuffle.c    i8x16.shuffle
//
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_TRANSLATE_PARTS_H
#define WEFT_VM_TRANSLATE_PARTS_H

#include "vm/translate.h"

#define MAX_SLOT 0xff00u     // slot numbers are 16 bits, with room for what follows them

// An operand as an instruction wants to take it.
typedef struct Operand {
    u8 place;     // Where
    u32 slot;
    u64 value;    // IMMEDIATE: bits
    ValType type;
    u32 height;   // of its item
    bool local;
} Operand;

static inline u32 slots_of(ValType type)
{
    return type_kind(type) == TYPE_V128 ? 2 : 1;
}

static inline bool in_acc(ValType type)  // integers and references travel in acc
{
    const TypeKind kind = type_kind(type);
    return kind == TYPE_I32 || kind == TYPE_I64 || kind == TYPE_REF;
}

static inline bool uses(const Translator *t, u32 feature)
{
    return (t->mask & TIER_MASK & feature) != 0;
}

static inline s32 last(const Translator *t)
{
    return (s32)t->count - 1;
}

static inline Item *top_item(Translator *t, u32 depth)
{
    return &t->items[t->item_count - 1 - depth];
}

// What the instruction just typed pushed last.
static inline ValType result_type(const Validator *v)
{
    return v->operands[v->operand_count - 1];
}

static inline u64 two(u32 low, u32 high)
{
    return (u64)high << 32 | low;
}

// --- translate_operand.c -------------------------------------------------------------------

// Lists only grow; when there is no memory they stay as they are and `failed` is set.
bool grow_list_to(Translator *t, void *list_of_pointer, u32 *capacity, u32 needed, size_t size);
static inline bool grow_list(Translator *t, void *list_of_pointer, u32 *capacity, u32 needed, size_t size)
{
    return LIKELY(needed <= *capacity) || grow_list_to(t, list_of_pointer, capacity, needed, size);
}
void free_list(Translator *t, void *list, u32 capacity, size_t size);
bool room(Translator *t);

Ins *emit(Translator *t, Form form, Layout layout, u32 roles);
u32 new_label(Translator *t);
void bind_label(Translator *t, u32 label);
void target(Translator *t, Ins *i, u32 label);
void barrier(Translator *t);
bool touched(const Translator *t, s32 def, u32 slot);

u32 next_slot(const Translator *t);
u32 slot_at(const Translator *t, u32 height);
u32 slots_of_all(const ValType *types, u32 count);
void use_slots(Translator *t, u32 end);
u32 narrow_index(Translator *t, u32 index);

Item *push_item(Translator *t, ItemKind kind, ValType type);
void push_temp(Translator *t, ValType type);
void push_const(Translator *t, ValType type, u64 value);
void push_result(Translator *t, ValType type, bool in_register);
void forget_item(Translator *t, const Item *item);
void drop_items(Translator *t, u32 height);

s32 *register_of(Translator *t, ValType type);
void overwritten(Translator *t, ValType type, u32 slot, s32 by);
void clobber_acc(Translator *t);

Operand operand_of(Translator *t, u32 height);
void put_in_slot(Translator *t, Operand *o);
void taken(Translator *t, const Operand *o);
u32 move_to(Translator *t, const Operand *o, u32 slot);
void settle(Translator *t, u32 height);
void settle_all(Translator *t, u32 params);
void settle_top(Translator *t, u32 count);
void stay_in_slot(Translator *t);

Ins *emit_plain(Translator *t, Form form, Layout layout, const char *fields);
void plain_result(Translator *t, ValType type, bool in_register);
void bulk_fuel(Translator *t, u32 bytes_each);

// --- what each file lends to the others ------------------------------------------------------

void binary(Translator *t, u32 form, ValType result);
Ins *fresh_comparison(Translator *t);

bool is_near(const Validator *v, const MemArg *m);
void load(Translator *t, const Validator *v, const Instr *instr, ValType type, u32 log2);
void store(Translator *t, const Validator *v, const Instr *instr, ValType type, u32 log2);

void jump(Translator *t, u32 label);
void branch(Translator *t, const Validator *v, u32 l, u32 count);
void emit_return(Translator *t, u32 count);
Block *block_of(Translator *t, u32 l);
Block *push_block(Translator *t, u8 kind, bool dead);
void begin_block(Translator *t, const Validator *v, u8 kind);
u32 arity_of(const Validator *v, u32 l);
bool in_place(const Translator *t, const Block *b, u32 count);
void move_results(Translator *t, const Block *b, u32 count);
void push_stack_types(Translator *t, const ValType *types, u32 count);

void load_pins(Translator *t);
u32 pop_arguments(Translator *t, const FuncType *type);

void shuffle_lanes(Translator *t, const u8 *lanes);

bool end_try(Translator *t, const Validator *v);

// --- instructions: whether this file knows it, and has translated it ---------------------------

bool number_instr(Translator *t, const Instr *instr);
bool access_instr(Translator *t, const Validator *v, const Instr *instr);
bool memory_instr(Translator *t, const Validator *v, const Instr *instr);
bool local_instr(Translator *t, const Validator *v, const Instr *instr);
bool control_instr(Translator *t, const Validator *v, const Instr *instr);
bool call_instr(Translator *t, const Validator *v, const Instr *instr);
bool try_instr(Translator *t, const Validator *v, const Instr *instr);
bool table_instr(Translator *t, const Validator *v, const Instr *instr);
bool reference_instr(Translator *t, const Validator *v, const Instr *instr);
bool aggregate_instr(Translator *t, const Validator *v, const Instr *instr);
bool vector_instr(Translator *t, const Validator *v, const Instr *instr);

#endif
