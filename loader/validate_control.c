// validate_control.c -- blocks, branches, calls and exceptions.
//                                                       spec: valid-instr-control
// SPDX-License-Identifier: MIT
#include "loader/typing.h"

// A type as a list of one that lives as long as the module: in a block type nobody else
// holds it.
static const ValType *type_as_list(const Module *m, ValType t)
{
    static const ValType plain[] = {TYPE_BOTTOM, TYPE_I32, TYPE_I64, TYPE_F32, TYPE_F64, TYPE_V128};
#define BOTH(h) {REF_TYPE(HEAP_TYPE(HEAP_##h)), REF_NULL_TYPE(HEAP_TYPE(HEAP_##h))}
    static const ValType abstract[HEAP_COUNT][2] = {
        BOTH(BOTTOM), BOTH(FUNC), BOTH(NOFUNC), BOTH(EXTERN), BOTH(NOEXTERN), BOTH(ANY), BOTH(EQ),
        BOTH(I31), BOTH(STRUCT), BOTH(ARRAY), BOTH(NONE), BOTH(EXN), BOTH(NOEXN),
    };
#undef BOTH
    if (!type_is_ref(t)) return &plain[type_kind(t)];
    if (heap_is_abstract(type_heap(t)))
        return &abstract[heap_abstract(type_heap(t))][type_is_nullable(t)];
    return &m->ref_types[heap_index(type_heap(t)) * 2 + type_is_nullable(t)];
}

// The parameters and results of a block.                    spec: valid-blocktype
static bool block_type(Validator *v, BlockType *type, FuncType *signature)
{
    *signature = (FuncType){0};
    switch ((BlockKind)type->kind) {
    case BLOCK_EMPTY: return true;
    case BLOCK_VALUE:
        if (!canonical_val(v, &type->type)) return false;
        signature->results = type_as_list(v->m, type->type);
        signature->result_count = 1;
        return true;
    case BLOCK_INDEX: {
        const FuncType *func = func_type_at(v, &type->type);
        if (func) *signature = *func;
        return func != NULL;
    }
    }
    return false;
}

static bool type_block(Validator *v, Instr *i, ControlKind kind)
{
    FuncType t;
    if (!block_type(v, &i->of.block.type, &t)) return false;
    if (kind == CONTROL_IF && !pop_type(v, TYPE_I32)) return false;
    return pop_types(v, t.params, t.param_count) &&
           push_control(v, kind, i->at, t.params, t.param_count, t.results, t.result_count);
}

// One part of a block ends and another begins, with `types` on its stack: else, catch, catch_all.
static bool next_part(Validator *v, ControlKind kind, const ValType *types, u32 count)
{
    if (!pop_control(v)) return false;
    const Control *c = &v->ended;
    if (!push_control(v, kind, c->at, types, count, c->results, c->result_count)) return false;
    top_control(v)->params = c->params;
    top_control(v)->param_count = c->param_count;
    return true;
}

// spec: valid-if
static bool type_else(Validator *v)
{
    const Control *c = top_control(v);
    if (c->kind != CONTROL_IF) return type_fail(v, ERROR_END_EXPECTED, 0);
    return next_part(v, CONTROL_ELSE, c->params, c->param_count);
}

// Without an else part the parameters pass through, so they must be the results.
static bool check_missing_else(Validator *v, const Control *c)
{
    bool same = c->param_count == c->result_count;
    for (u32 i = 0; same && i < c->param_count; i++)
        same = module_matches(v->m, c->params[i], c->results[i]);
    return same || type_fail(v, ERROR_TYPE_MISMATCH, 0);
}

static bool type_end(Validator *v)
{
    if (!pop_control(v)) return false;
    const Control *c = &v->ended;
    if (c->kind == CONTROL_IF && !check_missing_else(v, c)) return false;
    // After the last `end` nothing is left to push to; the walk sees that and stops.
    return v->control_count == 0 || push_types(v, c->results, c->result_count);
}

// --- Branches ----------------------------------------------------------------------------

// spec: valid-br
static bool type_br(Validator *v, u32 label)
{
    const Control *c = label_control(v, label);
    if (!c) return false;
    u32 count;
    const ValType *types = control_label(c, &count);
    if (!pop_types(v, types, count)) return false;
    set_unreachable(v);
    return true;
}

// The operands stay, as the types of the label.             spec: valid-br_if
static bool type_br_if(Validator *v, u32 label)
{
    if (!pop_type(v, TYPE_I32)) return false;
    const Control *c = label_control(v, label);
    if (!c) return false;
    u32 count;
    const ValType *types = control_label(c, &count);
    return pop_types(v, types, count) && push_types(v, types, count);
}

// Every label takes as many operands as the default, of types that what is on the stack
// matches. A label is checked once however often it is named. spec: valid-br_table
static bool type_br_table(Validator *v, const Instr *i)
{
    if (!pop_type(v, TYPE_I32)) return false;
    const Control *last = label_control(v, i->of.br_table.labels[i->of.br_table.count]);
    if (!last) return false;
    u32 arity, count;
    control_label(last, &arity);
    for (u32 n = 0; n <= i->of.br_table.count; n++) {
        Control *c = label_control(v, i->of.br_table.labels[n]);
        if (!c) return false;
        if (c->seen_by == i->at) continue;
        c->seen_by = i->at;
        const ValType *types = control_label(c, &count);
        if (count != arity) return type_fail(v, ERROR_TYPE_MISMATCH, 0);
        if (!peek_types(v, types, count)) return false;
    }
    u32 have = v->operand_count - top_control(v)->height;
    v->operand_low = v->operand_count - (arity < have ? arity : have);
    set_unreachable(v);
    return true;
}

// spec: valid-br_on_null
static bool type_br_on_null(Validator *v, u32 label)
{
    ValType t;
    if (!pop_ref(v, &t)) return false;
    const Control *c = label_control(v, label);
    if (!c) return false;
    u32 count;
    const ValType *types = control_label(c, &count);
    return pop_types(v, types, count) && push_types(v, types, count) &&
           push_type(v, t & ~TYPE_NULLABLE);
}

// The last type of the label is that of the reference, if it is not null.
//                                                       spec: valid-br_on_non_null
static bool type_br_on_non_null(Validator *v, u32 label)
{
    ValType t;
    if (!pop_ref(v, &t)) return false;
    const Control *c = label_control(v, label);
    if (!c) return false;
    u32 count;
    const ValType *types = control_label(c, &count);
    if (count == 0 || !module_matches(v->m, t & ~TYPE_NULLABLE, types[count - 1]))
        return type_fail(v, ERROR_TYPE_MISMATCH, 0);
    return pop_types(v, types, count - 1) && push_types(v, types, count - 1);
}

// What is left of `from` when a value was found not to be a `to`.  spec: aux-reftypediff
static ValType type_difference(ValType from, ValType to)
{
    return type_is_nullable(to) ? from & ~TYPE_NULLABLE : from;
}

// br_on_cast branches with a `to` and goes on with the rest; br_on_cast_fail the other way.
//                                       spec: valid-br_on_cast, valid-br_on_cast_fail
static bool type_br_on_cast(Validator *v, Instr *i)
{
    ValType *from = &i->of.cast.from, *to = &i->of.cast.to;
    if (!canonical_val(v, from) || !canonical_val(v, to)) return false;
    const Control *c = label_control(v, i->of.cast.label);
    if (!c) return false;
    if (!module_matches(v->m, *to, *from)) return type_fail(v, ERROR_TYPE_MISMATCH, 0);
    ValType rest = type_difference(*from, *to);
    ValType branches = i->op == OP_br_on_cast ? *to : rest;
    ValType stays = i->op == OP_br_on_cast ? rest : *to;
    u32 count;
    const ValType *types = control_label(c, &count);
    if (count == 0 || !module_matches(v->m, branches, types[count - 1]))
        return type_fail(v, ERROR_TYPE_MISMATCH, 0);
    v->operand = *from;
    return pop_type(v, *from) && pop_types(v, types, count - 1) &&
           push_types(v, types, count - 1) && push_type(v, stays);
}

// --- Calls -------------------------------------------------------------------------------

static bool call_type(Validator *v, const FuncType *t)
{
    v->callee = t;
    return pop_types(v, t->params, t->param_count) && push_types(v, t->results, t->result_count);
}

// A tail call gives the function's own results.             spec: valid-return_call
static bool tail_call_type(Validator *v, const FuncType *t)
{
    v->callee = t;
    const Control *body = &v->controls[0];
    bool same = t->result_count == body->result_count;
    for (u32 i = 0; same && i < t->result_count; i++)
        same = module_matches(v->m, t->results[i], body->results[i]);
    if (!same) return type_fail(v, ERROR_TYPE_MISMATCH, 0);
    if (!pop_types(v, t->params, t->param_count)) return false;
    set_unreachable(v);
    return true;
}

// spec: valid-call
static const FuncType *direct_callee(Validator *v, u32 func)
{
    if (func < v->m->func_count) return module_func_type(v->m, func);
    type_fail(v, ERROR_UNKNOWN_FUNCTION, func);
    return NULL;
}

// spec: valid-call_indirect
static const FuncType *indirect_callee(Validator *v, Instr *i)
{
    const Table *table = table_at(v, i->of.two.second);
    const FuncType *t = table ? func_type_at(v, &i->of.two.first) : NULL;
    if (!t) return NULL;
    if (!module_matches(v->m, table->type.elem, TYPE_FUNCREF)) {
        type_fail(v, ERROR_TYPE_MISMATCH, 0);
        return NULL;
    }
    return pop_type(v, limits_address_type(&table->type.limits)) ? t : NULL;
}

// spec: valid-call_ref
static const FuncType *referenced_callee(Validator *v, Instr *i)
{
    const FuncType *t = func_type_at(v, &i->of.index);
    if (!t || !pop_type(v, REF_NULL_TYPE(HEAP_INDEX(i->of.index)))) return NULL;
    v->operand = REF_NULL_TYPE(HEAP_INDEX(i->of.index));
    return t;
}

// --- Exceptions --------------------------------------------------------------------------

static const FuncType *tag_type_at(Validator *v, u32 tag)
{
    if (tag < v->m->tag_count) return module_tag_type(v->m, tag);
    type_fail(v, ERROR_UNKNOWN_TAG, tag);
    return NULL;
}

// spec: valid-throw
static bool type_throw(Validator *v, u32 tag)
{
    const FuncType *t = tag_type_at(v, tag);
    v->callee = t;
    if (!t || !pop_types(v, t->params, t->param_count)) return false;
    set_unreachable(v);
    return true;
}

// A clause gives its label the tag's parameters, the exception, both or nothing.
//                                                       spec: valid-catch
static bool check_catch(Validator *v, const Catch *clause)
{
    const FuncType *t = NULL;
    u32 params = 0, label_count;
    if (clause->kind == CATCH_TAG || clause->kind == CATCH_TAG_REF) {
        t = tag_type_at(v, clause->tag);
        if (!t) return false;
        params = t->param_count;
    }
    const Control *c = label_control(v, clause->label);
    if (!c) return false;
    const ValType *types = control_label(c, &label_count);
    bool with_ref = clause->kind == CATCH_TAG_REF || clause->kind == CATCH_ALL_REF;
    bool same = label_count == params + with_ref;
    for (u32 i = 0; same && i < params; i++) same = module_matches(v->m, t->params[i], types[i]);
    if (same && with_ref)
        same = module_matches(v->m, REF_TYPE(HEAP_TYPE(HEAP_EXN)), types[params]);
    return same || type_fail(v, ERROR_TYPE_MISMATCH, 0);
}

// Labels of the clauses are counted from outside the block.  spec: valid-try_table
static bool type_try_table(Validator *v, Instr *i)
{
    for (u32 n = 0; n < i->of.block.catch_count; n++)
        if (!check_catch(v, &i->of.block.catches[n])) return false;
    return type_block(v, i, CONTROL_TRY_TABLE);
}

// Legacy: catch x starts with the tag's parameters.
static bool type_catch(Validator *v, const Instr *i)
{
    const Control *c = top_control(v);
    if (c->kind != CONTROL_TRY && c->kind != CONTROL_CATCH)
        return type_fail(v, ERROR_END_EXPECTED, 0);
    if (i->op == OP_catch_all) return next_part(v, CONTROL_CATCH_ALL, NULL, 0);
    const FuncType *t = tag_type_at(v, i->of.index);
    v->callee = t;
    return t && next_part(v, CONTROL_CATCH, t->params, t->param_count);
}

// Legacy: delegate ends a try; its label is counted from outside of it, and may be the
// function's own.
static bool type_delegate(Validator *v, u32 label)
{
    if (top_control(v)->kind != CONTROL_TRY) return type_fail(v, ERROR_END_EXPECTED, 0);
    if (label >= v->control_count - 1) return type_fail(v, ERROR_UNKNOWN_LABEL, label);
    return pop_control(v) && push_types(v, v->ended.results, v->ended.result_count);
}

// Legacy: rethrow names a catch that it is inside of.
static bool type_rethrow(Validator *v, u32 label)
{
    const Control *c = label_control(v, label);
    if (!c) return false;
    if (c->kind != CONTROL_CATCH && c->kind != CONTROL_CATCH_ALL)
        return type_fail(v, ERROR_BAD_RETHROW, 0);
    set_unreachable(v);
    return true;
}

bool type_control_instr(Validator *v, Instr *i)
{
    const FuncType *t;
    switch (i->op) {
    case OP_unreachable: set_unreachable(v); return true;
    case OP_block: return type_block(v, i, CONTROL_BLOCK);
    case OP_loop: return type_block(v, i, CONTROL_LOOP);
    case OP_if: return type_block(v, i, CONTROL_IF);
    case OP_else: return type_else(v);
    case OP_end: return type_end(v);
    case OP_br: return type_br(v, i->of.index);
    case OP_br_if: return type_br_if(v, i->of.index);
    case OP_br_table: return type_br_table(v, i);
    case OP_return: return type_br(v, v->control_count - 1);
    case OP_br_on_null: return type_br_on_null(v, i->of.index);
    case OP_br_on_non_null: return type_br_on_non_null(v, i->of.index);
    case OP_br_on_cast:
    case OP_br_on_cast_fail: return type_br_on_cast(v, i);
    case OP_call: t = direct_callee(v, i->of.index); return t && call_type(v, t);
    case OP_call_indirect: t = indirect_callee(v, i); return t && call_type(v, t);
    case OP_call_ref: t = referenced_callee(v, i); return t && call_type(v, t);
    case OP_return_call: t = direct_callee(v, i->of.index); return t && tail_call_type(v, t);
    case OP_return_call_indirect: t = indirect_callee(v, i); return t && tail_call_type(v, t);
    case OP_return_call_ref: t = referenced_callee(v, i); return t && tail_call_type(v, t);
    case OP_throw: return type_throw(v, i->of.index);
    case OP_throw_ref:
        if (!pop_type(v, TYPE_EXNREF)) return false;
        set_unreachable(v);
        return true;
    case OP_try_table: return type_try_table(v, i);
    case OP_try: return type_block(v, i, CONTROL_TRY);
    case OP_catch:
    case OP_catch_all: return type_catch(v, i);
    case OP_delegate: return type_delegate(v, i->of.index);
    case OP_rethrow: return type_rethrow(v, i->of.index);
    default: return type_fail(v, ERROR_ILLEGAL_OPCODE, i->op);
    }
}
