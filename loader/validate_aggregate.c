// validate_aggregate.c -- references, structures and arrays.
//                                   spec: valid-instr-ref, valid-struct.new, valid-array.new
// SPDX-License-Identifier: MIT
#include "loader/typing.h"

// --- References --------------------------------------------------------------------------

// A function may be named only if it is declared: it occurs in the module outside of function
// bodies, so that an engine knows which functions can escape. In constant expressions naming
// it is the declaration.                                    spec: valid-ref.func
static bool type_ref_func(Validator *v, u32 func)
{
    if (func >= v->m->func_count) return type_fail(v, ERROR_UNKNOWN_FUNCTION, func);
    if (v->constant)
        v->constant->func_refs[func >> 5] |= 1u << (func & 31);
    else if (!(v->m->func_refs[func >> 5] >> (func & 31) & 1))
        return type_fail(v, ERROR_UNDECLARED_FUNCTION, func);
    if (!feature_on(v->m->features, FEATURE_FUNCTION_REFERENCES)) return push_type(v, TYPE_FUNCREF);
    return push_type(v, REF_TYPE(HEAP_INDEX(v->m->funcs[func].type)));
}

// Any reference of the hierarchy may be tested or cast.
//                                       spec: valid-ref.test, valid-ref.cast
static bool type_test_or_cast(Validator *v, Instr *i)
{
    if (!canonical_val(v, &i->of.type)) return false;
    TypeSpace space = module_type_space(v->m);
    ValType any = REF_NULL_TYPE(HEAP_TYPE(heap_top(&space, type_heap(i->of.type))));
    bool is_test = i->op == OP_ref_test || i->op == OP_ref_test_null;
    u32 had = v->operand_count;
    v->operand = had > top_control(v)->height ? v->operands[had - 1] : any;
    return pop_types(v, &any, 1) && push_type(v, is_test ? TYPE_I32 : i->of.type);
}

// Null stays null.                      spec: valid-any.convert_extern, valid-extern.convert_any
static bool type_convert(Validator *v, AbstractHeap from, AbstractHeap to)
{
    ValType t;
    if (!pop_ref(v, &t)) return false;
    if (!module_heap_matches(v->m, type_heap(t), HEAP_TYPE(from)))
        return type_fail(v, ERROR_TYPE_MISMATCH, 0);
    return push_type(v, HEAP_TYPE(to) | (t & TYPE_NULLABLE) | TYPE_REF);
}

bool type_reference_instr(Validator *v, Instr *i)
{
    ValType t;
    switch (i->op) {
    case OP_ref_null: return canonical_val(v, &i->of.type) && push_type(v, i->of.type);
    case OP_ref_is_null: return pop_ref(v, &t) && push_type(v, TYPE_I32);
    case OP_ref_as_non_null: return pop_ref(v, &t) && push_type(v, t & ~TYPE_NULLABLE);
    case OP_ref_func: return type_ref_func(v, i->of.index);
    case OP_ref_test:
    case OP_ref_test_null:
    case OP_ref_cast:
    case OP_ref_cast_null: return type_test_or_cast(v, i);
    case OP_any_convert_extern: return type_convert(v, HEAP_EXTERN, HEAP_ANY);
    case OP_extern_convert_any: return type_convert(v, HEAP_ANY, HEAP_EXTERN);
    default: return type_fail(v, ERROR_ILLEGAL_OPCODE, i->op);
    }
}

// --- Structures --------------------------------------------------------------------------

// Pops operands for a list of fields; in unreachable code only those that are there, so that
// a few bytes cannot ask for much work.
static bool pop_fields(Validator *v, const StructType *t)
{
    const Control *c = top_control(v);
    for (u32 n = t->field_count; n > 0; n--) {
        if (v->operand_count == c->height && c->unreachable) break;
        if (!pop_type(v, type_unpacked(t->fields[n - 1].storage))) return false;
    }
    return true;
}

// spec: valid-struct.new, valid-struct.new_default
static bool type_struct_new(Validator *v, Instr *i)
{
    const StructType *t = struct_type_at(v, &i->of.index);
    if (!t) return false;
    if (i->op == OP_struct_new) {
        if (!pop_fields(v, t)) return false;
    } else if (!v->m->types[i->of.index].has_defaults) {
        return type_fail(v, ERROR_NO_DEFAULT, 0);
    }
    return push_type(v, REF_TYPE(HEAP_INDEX(i->of.index)));
}

// Packed fields are read with a sign or without, others as they are.
static bool check_packing(Validator *v, ValType storage, bool extends)
{
    if (type_is_packed(storage) == extends) return true;
    return type_fail(v, extends ? ERROR_FIELD_NOT_PACKED : ERROR_FIELD_PACKED, 0);
}

// spec: valid-struct.get, valid-struct.set
static bool type_struct_field(Validator *v, Instr *i)
{
    const StructType *t = struct_type_at(v, &i->of.two.first);
    if (!t) return false;
    if (i->of.two.second >= t->field_count)
        return type_fail(v, ERROR_UNKNOWN_FIELD, i->of.two.second);
    FieldType field = t->fields[i->of.two.second];
    ValType self = REF_NULL_TYPE(HEAP_INDEX(i->of.two.first));
    ValType value = type_unpacked(field.storage);
    if (i->op == OP_struct_set) {
        if (!field.is_mutable) return type_fail(v, ERROR_IMMUTABLE_FIELD, 0);
        return pop_types(v, (ValType[]){self, value}, 2);
    }
    return check_packing(v, field.storage, i->op != OP_struct_get) && pop_type(v, self) &&
           push_type(v, value);
}

// --- Arrays ------------------------------------------------------------------------------

// spec: valid-array.new_fixed. The count may be anything: it stops at the block's bottom.
static bool type_array_new_fixed(Validator *v, Instr *i)
{
    const ArrayType *t = array_type_at(v, &i->of.two.first);
    if (!t) return false;
    ValType elem = type_unpacked(t->field.storage);
    const Control *c = top_control(v);
    for (u32 left = i->of.two.second; left > 0; left--) {
        if (v->operand_count == c->height && c->unreachable) break;
        if (!pop_type(v, elem)) return false;
    }
    return push_type(v, REF_TYPE(HEAP_INDEX(i->of.two.first)));
}

// spec: valid-array.copy
static bool type_array_copy(Validator *v, Instr *i)
{
    const ArrayType *to = array_type_at(v, &i->of.two.first);
    const ArrayType *from = to ? array_type_at(v, &i->of.two.second) : NULL;
    if (!from) return false;
    if (!to->field.is_mutable) return type_fail(v, ERROR_IMMUTABLE_ARRAY, 0);
    ValType s = from->field.storage, d = to->field.storage;
    bool same = s == d || (!type_is_packed(s) && !type_is_packed(d) && module_matches(v->m, s, d));
    if (!same) return type_fail(v, ERROR_ARRAY_TYPES_DIFFER, 0);
    ValType operands[5] = {REF_NULL_TYPE(HEAP_INDEX(i->of.two.first)), TYPE_I32,
                           REF_NULL_TYPE(HEAP_INDEX(i->of.two.second)), TYPE_I32, TYPE_I32};
    return pop_types(v, operands, 5);
}

// Elements from a data segment are numbers or vectors; from an element segment, references
// of a type that fits.                  spec: valid-array.new_data, valid-array.new_elem
static bool check_segment(Validator *v, const Instr *i, const ArrayType *t)
{
    if (op_info[i->op].immediate == IMM_TYPE_DATA) {
        if (type_is_ref(t->field.storage)) return type_fail(v, ERROR_ARRAY_NOT_NUMERIC, 0);
        return data_exists(v, i->of.two.second);
    }
    if (!elem_exists(v, i->of.two.second)) return false;
    return module_matches(v->m, v->m->elems[i->of.two.second].type, t->field.storage) ||
           type_fail(v, ERROR_TYPE_MISMATCH, 0);
}

static bool type_array_segment(Validator *v, Instr *i)
{
    const ArrayType *t = array_type_at(v, &i->of.two.first);
    if (!t) return false;
    bool is_init = i->op == OP_array_init_data || i->op == OP_array_init_elem;
    if (is_init && !t->field.is_mutable) return type_fail(v, ERROR_IMMUTABLE_ARRAY, 0);
    if (!check_segment(v, i, t)) return false;
    if (!is_init) {
        return pop_types(v, (ValType[]){TYPE_I32, TYPE_I32}, 2) &&
               push_type(v, REF_TYPE(HEAP_INDEX(i->of.two.first)));
    }
    ValType self = REF_NULL_TYPE(HEAP_INDEX(i->of.two.first));
    return pop_types(v, (ValType[]){self, TYPE_I32, TYPE_I32, TYPE_I32}, 4);
}

// The instructions with one array type as their immediate.
static bool type_array_simple(Validator *v, Instr *i)
{
    const ArrayType *t = array_type_at(v, &i->of.index);
    if (!t) return false;
    ValType self = REF_NULL_TYPE(HEAP_INDEX(i->of.index));
    ValType made = REF_TYPE(HEAP_INDEX(i->of.index));
    ValType elem = type_unpacked(t->field.storage);
    switch (i->op) {
    case OP_array_new:
        return pop_types(v, (ValType[]){elem, TYPE_I32}, 2) && push_type(v, made);
    case OP_array_new_default:
        if (!type_is_defaultable(elem)) return type_fail(v, ERROR_NO_DEFAULT, 0);
        return pop_type(v, TYPE_I32) && push_type(v, made);
    case OP_array_get:
    case OP_array_get_s:
    case OP_array_get_u:
        return check_packing(v, t->field.storage, i->op != OP_array_get) &&
               pop_types(v, (ValType[]){self, TYPE_I32}, 2) && push_type(v, elem);
    case OP_array_set:
        if (!t->field.is_mutable) return type_fail(v, ERROR_IMMUTABLE_ARRAY, 0);
        return pop_types(v, (ValType[]){self, TYPE_I32, elem}, 3);
    case OP_array_fill:
        if (!t->field.is_mutable) return type_fail(v, ERROR_IMMUTABLE_ARRAY, 0);
        return pop_types(v, (ValType[]){self, TYPE_I32, elem, TYPE_I32}, 4);
    default: return type_fail(v, ERROR_ILLEGAL_OPCODE, i->op);
    }
}

bool type_aggregate_instr(Validator *v, Instr *i)
{
    switch (i->op) {
    case OP_struct_new:
    case OP_struct_new_default: return type_struct_new(v, i);
    case OP_struct_get:
    case OP_struct_get_s:
    case OP_struct_get_u:
    case OP_struct_set: return type_struct_field(v, i);
    case OP_array_new_fixed: return type_array_new_fixed(v, i);
    case OP_array_copy: return type_array_copy(v, i);
    case OP_array_new_data:
    case OP_array_new_elem:
    case OP_array_init_data:
    case OP_array_init_elem: return type_array_segment(v, i);
    default: return type_array_simple(v, i);
    }
}
