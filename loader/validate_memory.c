// validate_memory.c -- loads, stores and bulk instructions of memories; tables.
//                                   spec: valid-instr-memory, valid-instr-table
// SPDX-License-Identifier: MIT
#include "loader/typing.h"

// --- Memories ----------------------------------------------------------------------------

// The access must fit the address space and claim no more alignment than it has by nature;
// an atomic one exactly that.                               spec: valid-memarg
static const Memory *check_memarg(Validator *v, const Instr *i)
{
    const MemArg *mem = &i->of.mem;
    const Memory *memory = memory_at(v, mem->memory);
    if (!memory) return NULL;
    u32 natural = op_align_log2((Op)i->op);
    if (mem->align_log2 > natural) {
        type_fail(v, ERROR_BAD_ALIGNMENT, 0);
    } else if (op_info[i->op].prefix == 0xfe && mem->align_log2 != natural) {
        type_fail(v, ERROR_ATOMIC_ALIGNMENT, 0);
    } else if (!memory->type.limits.is64 && mem->offset > UINT32_MAX) {
        type_fail(v, ERROR_OFFSET_RANGE, 0);
    } else if (op_info[i->op].immediate == IMM_MEMARG_LANE && mem->lane >= op_lanes((Op)i->op)) {
        type_fail(v, ERROR_BAD_LANE, 0);
    } else {
        return memory;
    }
    return NULL;
}

// A length between two address types is of the smaller.
static ValType smaller_address(ValType a, ValType b)
{
    return a == TYPE_I64 && b == TYPE_I64 ? TYPE_I64 : TYPE_I32;
}

// spec: valid-memory.copy
static bool type_memory_copy(Validator *v, const Instr *i)
{
    const Memory *to = memory_at(v, i->of.two.first);
    const Memory *from = to ? memory_at(v, i->of.two.second) : NULL;
    if (!from) return false;
    ValType d = limits_address_type(&to->type.limits), s = limits_address_type(&from->type.limits);
    ValType operands[3] = {d, s, smaller_address(d, s)};
    return pop_types(v, operands, 3);
}

// The address type that `a` stands for in the type column, after the immediates were checked:
// TYPE_BOTTOM with an error if they are wrong.
ValType address_type(Validator *v, const Instr *i)
{
    const Memory *memory = NULL;
    const Table *table;
    switch ((ImmKind)op_info[i->op].immediate) {
    case IMM_MEMARG:
    case IMM_MEMARG_LANE: memory = check_memarg(v, i); break;
    case IMM_MEMORY: memory = memory_at(v, i->of.index); break;
    case IMM_MEMORY_INIT:
        memory = memory_at(v, i->of.two.second);
        if (memory && !data_exists(v, i->of.two.first)) memory = NULL;
        break;
    case IMM_TABLE:
        table = table_at(v, i->of.index);
        return table ? limits_address_type(&table->type.limits) : TYPE_BOTTOM;
    default: type_fail(v, ERROR_ILLEGAL_OPCODE, i->op); break;
    }
    return memory ? limits_address_type(&memory->type.limits) : TYPE_BOTTOM;
}

bool type_memory_instr(Validator *v, Instr *i)
{
    return type_memory_copy(v, i);
}

// --- Tables ------------------------------------------------------------------------------

// spec: valid-table.copy
static bool type_table_copy(Validator *v, const Instr *i)
{
    const Table *to = table_at(v, i->of.two.first);
    const Table *from = to ? table_at(v, i->of.two.second) : NULL;
    if (!from) return false;
    if (!module_matches(v->m, from->type.elem, to->type.elem))
        return type_fail(v, ERROR_TYPE_MISMATCH, 0);
    ValType d = limits_address_type(&to->type.limits), s = limits_address_type(&from->type.limits);
    ValType operands[3] = {d, s, smaller_address(d, s)};
    return pop_types(v, operands, 3);
}

// spec: valid-table.init
static bool type_table_init(Validator *v, const Instr *i)
{
    const Table *table = table_at(v, i->of.two.second);
    if (!table || !elem_exists(v, i->of.two.first)) return false;
    if (!module_matches(v->m, v->m->elems[i->of.two.first].type, table->type.elem))
        return type_fail(v, ERROR_TYPE_MISMATCH, 0);
    ValType operands[3] = {limits_address_type(&table->type.limits), TYPE_I32, TYPE_I32};
    return pop_types(v, operands, 3);
}

bool type_table_instr(Validator *v, Instr *i)
{
    if (i->op == OP_table_copy) return type_table_copy(v, i);
    if (i->op == OP_table_init) return type_table_init(v, i);
    const Table *table = table_at(v, i->of.index);
    if (!table) return false;
    ValType address = limits_address_type(&table->type.limits), elem = table->type.elem;
    v->operand = elem;
    switch (i->op) {
    case OP_table_get: return pop_type(v, address) && push_type(v, elem);
    case OP_table_set: return pop_types(v, (ValType[]){address, elem}, 2);
    case OP_table_grow:
        return pop_types(v, (ValType[]){elem, address}, 2) && push_type(v, address);
    case OP_table_fill: return pop_types(v, (ValType[]){address, elem, address}, 3);
    default: return type_fail(v, ERROR_ILLEGAL_OPCODE, i->op);
    }
}
