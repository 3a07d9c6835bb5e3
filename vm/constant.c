// constant.c -- evaluates constant expressions.
//                                                       spec: exec-expr
// SPDX-License-Identifier: MIT
#include "vm/constant.h"

#include "vm/exec.h"
#include "vm/heap.h"

void constant_start(Constant *c, Instance *instance)
{
    *c = (Constant){.store = instance->store, .instance = instance};
    c->scratch.allocator = &c->store->allocator;
    c->store->constant = c;
}

void constant_end(Constant *c)
{
    c->store->constant = NULL;
    instr_scratch_free(&c->scratch);
    allocator_free(&c->store->allocator, c->slots, c->room * sizeof(u64));
    allocator_free(&c->store->allocator, c->is_ref, c->room);
}

void constant_roots(Constant *c, void (*visit)(void *context, Ref *ref), void *context)
{
    for (u32 i = 0; i < c->count; i++) {
        if (c->is_ref[i]) visit(context, &c->slots[i]);
    }
}

static bool constant_make_room(Constant *c, u32 slots)
{
    if (slots <= c->room - c->count) return true;
    u32 room = (c->count + slots) * 2 < 16 ? 16 : (c->count + slots) * 2;
    const Allocator *a = &c->store->allocator;
    u64 *bigger = allocator_take(a, room * sizeof(u64));
    u8 *is_ref = allocator_take(a, room);
    if (bigger == NULL || is_ref == NULL) {
        allocator_free(a, bigger, room * sizeof(u64));
        allocator_free(a, is_ref, room);
        return false;
    }
    if (c->count != 0) {
        memcpy(bigger, c->slots, c->count * sizeof(u64));
        memcpy(is_ref, c->is_ref, c->count);
    }
    allocator_free(a, c->slots, c->room * sizeof(u64));
    allocator_free(a, c->is_ref, c->room);
    c->slots = bigger;
    c->is_ref = is_ref;
    c->room = room;
    return true;
}

static TrapCode push_slots(Constant *c, const u64 *values, u32 count, bool is_ref)
{
    if (!constant_make_room(c, count)) return TRAP_OUT_OF_MEMORY;
    for (u32 i = 0; i < count; i++) {
        c->slots[c->count] = values[i];
        c->is_ref[c->count++] = is_ref;
    }
    return TRAP_NONE;
}

static TrapCode push_number(Constant *c, u64 value)
{
    return push_slots(c, &value, 1, false);
}

// `pops` slots go once the object was made from them: until then they are its roots.
static TrapCode push_made(Constant *c, const void *object, u32 pops)
{
    if (object == NULL) return TRAP_OUT_OF_MEMORY;
    c->count -= pops;
    Ref ref = ref_of(object);
    return push_slots(c, &ref, 1, true);
}

// Integer arithmetic of the extended constant expressions; 32 bits wrap in the low half.
static void constant_arithmetic(Constant *c, u32 op)
{
    u64 b = c->slots[--c->count], *a = &c->slots[c->count - 1];
    switch (op) {
    case OP_i32_add: *a = (u32)(*a + b); break;
    case OP_i32_sub: *a = (u32)(*a - b); break;
    case OP_i32_mul: *a = (u32)(*a * b); break;
    case OP_i64_add: *a += b; break;
    case OP_i64_sub: *a -= b; break;
    default: *a *= b; break;
    }
}

static TrapCode constant_aggregate(Constant *c, const Instr *instr)
{
    Store *store = c->store;
    bool two = instr->op == OP_array_new_fixed;
    u32 type = c->instance->canon[two ? instr->of.two.first : instr->of.index];
    const SubType *t = store_type(store, type);
    // No slots were ever needed where the first instruction takes no operands.
    const u64 *top = c->count != 0 ? c->slots + c->count : c->slots;
    u32 pops, length;
    switch (instr->op) {
    case OP_struct_new:
        pops = 0;
        for (u32 i = 0; i < t->of.structure.field_count; i++) {
            pops += slots_of_type(t->of.structure.fields[i].storage);
        }
        // A struct without fields has nothing to point at; defaults are the same then.
        return push_made(c, heap_struct_new(store, type, pops != 0 ? top - pops : NULL), pops);
    case OP_struct_new_default: return push_made(c, heap_struct_new(store, type, NULL), 0);
    case OP_array_new:
        pops = 1 + slots_of_type(t->of.array.field.storage);
        length = (u32)top[-1];
        return push_made(c, heap_array_new_of(store, type, top - pops, length), pops);
    case OP_array_new_default:
        return push_made(c, heap_array_new(store, type, (u32)top[-1]), 1);
    default:
        length = instr->of.two.second;
        pops = length * slots_of_type(t->of.array.field.storage);
        return push_made(c, heap_array_new_fixed(store, type, length != 0 ? top - pops : NULL,
                                                 length), pops);
    }
}

static TrapCode constant_instr(Constant *c, const Instr *instr)
{
    const GlobalInst *global;
    u64 pair[2];
    switch (instr->op) {
    case OP_i32_const: return push_number(c, (u32)instr->of.i32);
    case OP_i64_const: return push_number(c, (u64)instr->of.i64);
    case OP_f32_const: return push_number(c, instr->of.f32_bits);
    case OP_f64_const: return push_number(c, instr->of.f64_bits);
    case OP_v128_const:
        pair[0] = load_u64(instr->of.bytes);
        pair[1] = load_u64(instr->of.bytes + 8);
        return push_slots(c, pair, 2, false);
    case OP_ref_null:
        pair[0] = 0;
        return push_slots(c, pair, 1, true);
    case OP_ref_func:
        pair[0] = ref_of(c->instance->funcs[instr->of.index]);
        return push_slots(c, pair, 1, true);
    case OP_global_get:
        global = c->instance->globals[instr->of.index];
        return push_slots(c, global->value, slots_of_type(global->type), type_is_ref(global->type));
    case OP_i32_add: case OP_i32_sub: case OP_i32_mul:
    case OP_i64_add: case OP_i64_sub: case OP_i64_mul:
        constant_arithmetic(c, instr->op);
        return TRAP_NONE;
    case OP_ref_i31:
        c->slots[c->count - 1] = ref_of_i31((u32)c->slots[c->count - 1]);
        c->is_ref[c->count - 1] = true;
        return TRAP_NONE;
    case OP_struct_new: case OP_struct_new_default:
    case OP_array_new: case OP_array_new_default: case OP_array_new_fixed:
        return constant_aggregate(c, instr);
    default:
        // any.convert_extern and extern.convert_any change no bits; `end` ends.
        return TRAP_NONE;
    }
}

TrapCode constant_eval(Constant *c, ConstExpr expr, u64 value[2])
{
    const Module *m = c->instance->module->decoded;
    Reader r = expr_reader(m, expr);
    c->count = 0;
    Instr instr;
    while (reader_left(&r) != 0) {
        // A valid expression can only fail to be read for want of scratch memory.
        if (!read_instr(&r, m->features, &c->scratch, &instr)) return TRAP_OUT_OF_MEMORY;
        TrapCode trap = constant_instr(c, &instr);
        if (trap != TRAP_NONE) return trap;
    }
    assert(c->count == 1 || c->count == 2);
    memcpy(value, c->slots, c->count * sizeof(u64));
    c->count = 0;
    return TRAP_NONE;
}
