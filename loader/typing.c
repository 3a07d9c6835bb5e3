// typing.c -- the operand and control stacks of the validator.
//                                                       spec: algo-valid
// SPDX-License-Identifier: MIT
#include "loader/typing.h"

#include <stdio.h>

COLD bool type_fail(Validator *v, ErrorCode code, u32 number)
{
    load_error_set(&v->error, code, v->at, number, NULL);
    return false;
}

// --- Mismatches ------------------------------------------------------------------------

// Appends "[i32 i64]" to `text`, which is `size` long and ended by a zero.
static void append_types(char *text, size_t size, const ValType *types, u32 count)
{
    size_t at = strlen(text);
    if (at + 1 < size) text[at++] = '[', text[at] = 0;
    for (u32 i = 0; i < count && at + 1 < size; i++) {
        if (i) text[at++] = ' ', text[at] = 0;
        type_format(types[i], text + at, size - at);
        at = strlen(text);
    }
    if (at + 1 < size) text[at++] = ']', text[at] = 0;
}

static COLD bool mismatch(Validator *v, const char *who, const ValType *wanted, u32 count,
                          const ValType *found, u32 found_count)
{
    char detail[160];
    snprintf(detail, sizeof detail, "%s requires ", who);
    append_types(detail, sizeof detail, wanted, count);
    size_t at = strlen(detail);
    snprintf(detail + at, sizeof detail - at, " but stack has ");
    append_types(detail, sizeof detail, found, found_count);
    load_error_set(&v->error, ERROR_TYPE_MISMATCH_STACK, v->at, 0, detail);
    return false;
}

COLD bool type_mismatch(Validator *v, const ValType *wanted, u32 count)
{
    u32 have = v->operand_count - top_control(v)->height;
    if (have > count) have = count;
    return mismatch(v, "instruction", wanted, count, v->operands + v->operand_count - have, have);
}

// --- Operands --------------------------------------------------------------------------

COLD bool grow_operands(Validator *v)
{
    if (v->operand_capacity >= LIMIT_OPERANDS) return type_fail(v, ERROR_TOO_MANY_OPERANDS, 0);
    u32 capacity = v->operand_capacity ? v->operand_capacity * 2 : 64;
    ValType *operands = allocator_resize(v->allocator, v->operands,
                                         (size_t)v->operand_capacity * sizeof(ValType),
                                         (size_t)capacity * sizeof(ValType));
    if (!operands) return type_fail(v, ERROR_OUT_OF_MEMORY, 0);
    v->operands = operands;
    v->operand_capacity = capacity;
    return true;
}

bool push_types(Validator *v, const ValType *types, u32 count)
{
    for (u32 i = 0; i < count; i++)
        if (!push_type(v, types[i])) return false;
    return true;
}

// Whether the top operands match `types`; in unreachable code those below what the block
// holds are there and match.
static bool top_matches(const Validator *v, const ValType *types, u32 count)
{
    const Control *c = top_control(v);
    u32 have = v->operand_count - c->height;
    if (have < count) {
        if (!c->unreachable) return false;
        types += count - have;
        count = have;
    }
    const ValType *operands = v->operands + v->operand_count - count;
    for (u32 i = 0; i < count; i++)
        if (operands[i] != types[i] && !module_matches(v->m, operands[i], types[i])) return false;
    return true;
}

bool peek_types(Validator *v, const ValType *types, u32 count)
{
    return top_matches(v, types, count) || type_mismatch(v, types, count);
}

bool pop_types(Validator *v, const ValType *types, u32 count)
{
    if (!peek_types(v, types, count)) return false;
    u32 have = v->operand_count - top_control(v)->height;
    v->operand_count -= count < have ? count : have;
    v->operand_low = v->operand_count;
    return true;
}

bool pop_any(Validator *v, ValType *t)
{
    const Control *c = top_control(v);
    if (v->operand_count > c->height) {
        *t = v->operands[--v->operand_count];
        v->operand_low = v->operand_count;
        return true;
    }
    *t = TYPE_BOTTOM;
    return c->unreachable || mismatch(v, "instruction", t, 1, NULL, 0);
}

bool pop_ref(Validator *v, ValType *t)
{
    if (!pop_any(v, t)) return false;
    if (*t == TYPE_BOTTOM) *t = REF_TYPE(HEAP_TYPE(HEAP_BOTTOM));
    v->operand = *t;
    return type_is_ref(*t) || type_fail(v, ERROR_REFERENCE_REQUIRED, 0);
}

// --- Blocks ----------------------------------------------------------------------------

COLD bool grow_controls(Validator *v)
{
    if (v->control_capacity >= LIMIT_NESTING) return type_fail(v, ERROR_NESTED_TOO_DEEPLY, 0);
    u32 capacity = v->control_capacity ? v->control_capacity * 2 : 16;
    Control *controls = allocator_resize(v->allocator, v->controls,
                                         (size_t)v->control_capacity * sizeof(Control),
                                         (size_t)capacity * sizeof(Control));
    if (!controls) return type_fail(v, ERROR_OUT_OF_MEMORY, 0);
    v->controls = controls;
    v->control_capacity = capacity;
    return true;
}

void set_unreachable(Validator *v)
{
    Control *c = top_control(v);
    v->operand_count = c->height;
    c->unreachable = true;
    c->dead = true;
}

bool push_control(Validator *v, ControlKind kind, u32 at, const ValType *params, u32 param_count,
                  const ValType *results, u32 result_count)
{
    if (v->control_count == v->control_capacity && !grow_controls(v)) return false;
    bool dead = v->control_count > 0 && top_control(v)->dead;
    v->controls[v->control_count++] = (Control){
        .kind = (u8)kind,
        .dead = dead,
        .dead_entry = dead,
        .at = at,
        .height = v->operand_count,
        .init_height = v->init_count,
        .params = params,
        .results = results,
        .param_count = param_count,
        .result_count = result_count,
    };
    return push_types(v, params, param_count);
}

bool pop_control(Validator *v)
{
    Control *c = top_control(v);
    if (!pop_types(v, c->results, c->result_count)) return false;
    if (v->operand_count != c->height) {
        u32 all = v->operand_count - c->height + c->result_count;
        return mismatch(v, "block", c->results, c->result_count, v->operands + c->height, all);
    }
    // What was set inside the block counts as set no longer.
    while (v->init_count > c->init_height) {
        u32 local = v->inits[--v->init_count];
        v->init_bits[local >> 3] &= (u8) ~(1u << (local & 7));
    }
    v->ended = *c;
    v->control_count--;
    return true;
}

Control *label_control(Validator *v, u32 label)
{
    if (label < v->control_count) return &v->controls[v->control_count - 1 - label];
    type_fail(v, ERROR_UNKNOWN_LABEL, label);
    return NULL;
}

// --- Locals without a default ------------------------------------------------------------
//                                                       spec: syntax-init, valid-local

bool local_is_set(const Validator *v, u32 index)
{
    if (!v->has_undefaulted || index < v->param_count) return true;
    if (type_is_defaultable(local_type(v, index))) return true;
    return index / 8 < v->init_bytes && v->init_bits[index >> 3] >> (index & 7) & 1;
}

// Room for the bit of local `index`. A function can declare more locals than memory could
// hold bits for; one that does and sets such a local is refused.
static bool reserve_init_bits(Validator *v, u32 index)
{
    enum { MOST_BYTES = 1 << 20 };
    size_t needed = (size_t)index / 8 + 1, bytes = v->init_bytes ? v->init_bytes : 64;
    if (needed <= v->init_bytes) return true;
    while (bytes < needed) bytes *= 2;
    if (bytes > MOST_BYTES) return type_fail(v, ERROR_TOO_MANY_REF_LOCALS, 0);
    u8 *bits = allocator_resize(v->allocator, v->init_bits, v->init_bytes, bytes);
    if (!bits) return type_fail(v, ERROR_OUT_OF_MEMORY, 0);
    memset(bits + v->init_bytes, 0, bytes - v->init_bytes);
    v->init_bits = bits;
    v->init_bytes = bytes;
    return true;
}

bool set_local(Validator *v, u32 index)
{
    if (local_is_set(v, index)) return true;
    if (!reserve_init_bits(v, index)) return false;
    if (v->init_count == v->init_capacity) {
        u32 capacity = v->init_capacity ? v->init_capacity * 2 : 16;
        u32 *inits =
            allocator_resize(v->allocator, v->inits, (size_t)v->init_capacity * sizeof(u32),
                             (size_t)capacity * sizeof(u32));
        if (!inits) return type_fail(v, ERROR_OUT_OF_MEMORY, 0);
        v->inits = inits;
        v->init_capacity = capacity;
    }
    v->inits[v->init_count++] = index;
    v->init_bits[index >> 3] |= (u8)(1u << (index & 7));
    return true;
}

// --- Indices ---------------------------------------------------------------------------

static const SubType *type_at(Validator *v, u32 *index)
{
    if (*index >= v->m->type_count) {
        type_fail(v, ERROR_UNKNOWN_TYPE, *index);
        return NULL;
    }
    *index = module_canonical(v->m, *index);
    return &v->m->types[*index];
}

const FuncType *func_type_at(Validator *v, u32 *index)
{
    u32 written = *index;
    const SubType *type = type_at(v, index);
    if (type && type->comp == COMP_FUNC) return &type->of.func;
    if (type) type_fail(v, ERROR_NOT_A_FUNCTION_TYPE, written);
    return NULL;
}

const StructType *struct_type_at(Validator *v, u32 *index)
{
    u32 written = *index;
    const SubType *type = type_at(v, index);
    if (type && type->comp == COMP_STRUCT) return &type->of.structure;
    if (type) type_fail(v, ERROR_NOT_A_STRUCT_TYPE, written);
    return NULL;
}

const ArrayType *array_type_at(Validator *v, u32 *index)
{
    u32 written = *index;
    const SubType *type = type_at(v, index);
    if (type && type->comp == COMP_ARRAY) return &type->of.array;
    if (type) type_fail(v, ERROR_NOT_AN_ARRAY_TYPE, written);
    return NULL;
}

const Table *table_at(Validator *v, u32 index)
{
    if (index < v->m->table_count) return &v->m->tables[index];
    type_fail(v, ERROR_UNKNOWN_TABLE, index);
    return NULL;
}

const Memory *memory_at(Validator *v, u32 index)
{
    if (index < v->m->memory_count) return &v->m->memories[index];
    type_fail(v, ERROR_UNKNOWN_MEMORY, index);
    return NULL;
}

bool elem_exists(Validator *v, u32 index)
{
    return index < v->m->elem_count || type_fail(v, ERROR_UNKNOWN_ELEM, index);
}

// Without the data count section nobody could know in one pass how many segments there are.
bool data_exists(Validator *v, u32 index)
{
    if (!v->m->has_data_count) return type_fail(v, ERROR_DATA_COUNT_MISSING, 0);
    return index < v->m->data_count || type_fail(v, ERROR_UNKNOWN_DATA, index);
}

bool canonical_val(Validator *v, ValType *t)
{
    return canonicalize_type(v->m, t, v->at, &v->error);
}
