// validate_instr.c -- the typing of one instruction.
//
// Most instructions are typed by one rule: pop and push what the type column of opcodes.def
// says. Those with "*" there have rules of their own, in validate_control.c,
// validate_memory.c and validate_aggregate.c, and here those of variables and select.
//                                                       spec: valid-instr
// SPDX-License-Identifier: MIT
#include "loader/typing.h"

// --- The generic rule --------------------------------------------------------------------

// The letters of the type column; `a` is filled in where it is met.
static const ValType letter_types[128] = {
    ['i'] = TYPE_I32,     ['l'] = TYPE_I64,
    ['f'] = TYPE_F32,     ['d'] = TYPE_F64,
    ['v'] = TYPE_V128,    ['j'] = TYPE_I31REF,
    ['q'] = TYPE_EQREF,   ['y'] = TYPE_ARRAYREF,
    ['J'] = REF_TYPE(HEAP_TYPE(HEAP_I31)),
};

INLINE ValType type_of_letter(char letter, ValType address)
{
    return letter == 'a' ? address : letter_types[(u8)letter & 127];
}

static bool names_memory_or_table(u8 immediate)
{
    return immediate == IMM_MEMARG || immediate == IMM_MEMARG_LANE || immediate == IMM_MEMORY ||
           immediate == IMM_MEMORY_INIT || immediate == IMM_TABLE;
}

// Most operands that a type column names.
enum { GENERIC_MOST = 4 };

static bool type_generic(Validator *v, const Instr *i)
{
    const char *type = op_info[i->op].type;
    ValType address = TYPE_I32, operands[GENERIC_MOST];
    if (names_memory_or_table(op_info[i->op].immediate)) {
        address = address_type(v, i);
        if (address == TYPE_BOTTOM) return false;
    }
    u32 count = 0;
    for (; *type != ':'; type++) operands[count++] = type_of_letter(*type, address);
    if (count == 1 ? !pop_type(v, operands[0]) : !pop_types(v, operands, count)) return false;
    for (type++; *type; type++)
        if (!push_type(v, type_of_letter(*type, address))) return false;
    return true;
}

// Immediates of instructions that follow the generic rule otherwise.
static bool check_immediates(Validator *v, const Instr *i)
{
    switch ((ImmKind)op_info[i->op].immediate) {
    case IMM_DATA: return data_exists(v, i->of.index);
    case IMM_ELEM: return elem_exists(v, i->of.index);
    case IMM_LANE:
        return i->of.lane < op_lanes((Op)i->op) || type_fail(v, ERROR_BAD_LANE, 0);
    case IMM_SHUFFLE:
        for (u32 n = 0; n < 16; n++)
            if (i->of.bytes[n] >= 32) return type_fail(v, ERROR_BAD_LANE, 0);
        return true;
    default: return true;
    }
}

// --- Variables ---------------------------------------------------------------------------

static bool local_exists(Validator *v, u32 index)
{
    return index < v->local_count || type_fail(v, ERROR_UNKNOWN_LOCAL, index);
}

// spec: valid-local.get, valid-local.set, valid-local.tee
static bool type_local(Validator *v, const Instr *i)
{
    u32 index = i->of.index;
    if (!local_exists(v, index)) return false;
    ValType t = local_type(v, index);
    if (i->op == OP_local_get) {
        if (!local_is_set(v, index)) return type_fail(v, ERROR_UNINITIALIZED_LOCAL, index);
        return push_type(v, t);
    }
    if (!pop_type(v, t) || !set_local(v, index)) return false;
    return i->op == OP_local_set || push_type(v, t);
}

// spec: valid-global.get, valid-global.set
static bool type_global(Validator *v, const Instr *i)
{
    u32 index = i->of.index;
    u32 visible = v->constant ? v->constant->global_count : v->m->global_count;
    if (index >= visible) return type_fail(v, ERROR_UNKNOWN_GLOBAL, index);
    const GlobalType *t = &v->m->globals[index].type;
    if (v->constant && t->is_mutable) return type_fail(v, ERROR_CONSTANT_REQUIRED, 0);
    if (i->op == OP_global_get) return push_type(v, t->value);
    if (!t->is_mutable) return type_fail(v, ERROR_IMMUTABLE_GLOBAL, 0);
    return pop_type(v, t->value);
}

// --- drop and select ---------------------------------------------------------------------

// Without a type it takes two equal numbers or vectors.     spec: valid-select
static bool type_select(Validator *v)
{
    ValType a, b;
    if (!pop_type(v, TYPE_I32) || !pop_any(v, &b) || !pop_any(v, &a)) return false;
    if (type_is_ref(a) || type_is_ref(b)) return type_fail(v, ERROR_TYPE_MISMATCH, 0);
    if (a != b && a != TYPE_BOTTOM && b != TYPE_BOTTOM)
        return type_fail(v, ERROR_TYPE_MISMATCH, 0);
    v->operand = a == TYPE_BOTTOM ? b : a;
    return push_type(v, v->operand);
}

static bool type_select_typed(Validator *v, const Instr *i)
{
    if (i->of.select.count != 1) return type_fail(v, ERROR_RESULT_ARITY, 0);
    ValType t = i->of.select.types[0];
    if (!canonical_val(v, &t)) return false;
    v->operand = t;
    v->scratch.words[0] = t;  // where the list of types lies
    return pop_types(v, (ValType[]){t, t, TYPE_I32}, 3) && push_type(v, t);
}

// --- Constant expressions ----------------------------------------------------------------

// Asked before the operands are looked at, as the suite expects. What a global.get names is
// checked with it, when it is known that there is such a global.  spec: valid-constant
static bool may_be_constant(const Validator *v, const Instr *i)
{
    FeatureSet features = v->m->features;
    switch (i->op) {
    case OP_i32_const:
    case OP_i64_const:
    case OP_f32_const:
    case OP_f64_const:
    case OP_v128_const:
    case OP_ref_null:
    case OP_ref_func:
    case OP_end: return true;
    case OP_i32_add:
    case OP_i32_sub:
    case OP_i32_mul:
    case OP_i64_add:
    case OP_i64_sub:
    case OP_i64_mul: return feature_on(features, FEATURE_EXTENDED_CONST);
    case OP_struct_new:
    case OP_struct_new_default:
    case OP_array_new:
    case OP_array_new_default:
    case OP_array_new_fixed:
    case OP_ref_i31:
    case OP_any_convert_extern:
    case OP_extern_convert_any:
    case OP_global_get: return true;
    default: return false;
    }
}

// -----------------------------------------------------------------------------------------

static bool type_special_instr(Validator *v, Instr *i)
{
    switch (i->op) {
    case OP_drop: return pop_any(v, &v->operand);
    case OP_select: return type_select(v);
    case OP_select_t: return type_select_typed(v, i);
    case OP_local_get:
    case OP_local_set:
    case OP_local_tee: return type_local(v, i);
    case OP_global_get:
    case OP_global_set: return type_global(v, i);
    case OP_memory_copy: return type_memory_instr(v, i);
    default: break;
    }
    switch (op_info[i->op].immediate) {
    case IMM_TABLE:
    case IMM_TABLE_INIT:
    case IMM_TABLE_COPY: return type_table_instr(v, i);
    case IMM_FIELD:
    case IMM_TYPE_COUNT:
    case IMM_TYPE_DATA:
    case IMM_TYPE_ELEM:
    case IMM_TYPE_TYPE: return type_aggregate_instr(v, i);
    case IMM_TYPE:
        return op_info[i->op].prefix ? type_aggregate_instr(v, i) : type_control_instr(v, i);
    case IMM_HEAP:
    case IMM_REF_TYPE: return type_reference_instr(v, i);
    default: break;
    }
    switch (i->op) {
    case OP_ref_is_null:
    case OP_ref_as_non_null:
    case OP_ref_func:
    case OP_any_convert_extern:
    case OP_extern_convert_any: return type_reference_instr(v, i);
    default: return type_control_instr(v, i);
    }
}

bool type_instr(Validator *v, Instr *i)
{
    if (v->constant && !may_be_constant(v, i)) return type_fail(v, ERROR_CONSTANT_REQUIRED, 0);
    if (op_info[i->op].type[0] == '*') return type_special_instr(v, i);
    return check_immediates(v, i) && type_generic(v, i);
}
