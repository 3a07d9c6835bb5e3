// validate_body.c -- the walk over a function body or a constant expression.
//                                                       spec: valid-func, valid-expr
// SPDX-License-Identifier: MIT
#include "loader/typing.h"

void validator_init(Validator *v, const Module *m, const Allocator *allocator)
{
    *v = (Validator){.m = m, .allocator = allocator, .scratch.allocator = allocator};
    v->error = (LoadError)LOAD_ERROR_INIT;
}

static void free_words(const Validator *v, void *block, size_t count, size_t size)
{
    allocator_free(v->allocator, block, count * size);
}

void validator_free(Validator *v)
{
    free_words(v, v->operands, v->operand_capacity, sizeof *v->operands);
    free_words(v, v->controls, v->control_capacity, sizeof *v->controls);
    free_words(v, v->flat_locals, v->flat_locals ? LOCALS_FLAT : 0, sizeof *v->flat_locals);
    free_words(v, v->local_spans, v->local_span_capacity, sizeof *v->local_spans);
    free_words(v, v->inits, v->init_capacity, sizeof *v->inits);
    free_words(v, v->init_bits, v->init_bytes, 1);
    common_rows_free(v);
    instr_scratch_free(&v->scratch);
    *v = (Validator){0};
}

// --- Locals ------------------------------------------------------------------------------

ValType local_type_slow(const Validator *v, u32 index)
{
    u32 low = 0, high = v->local_span_count - 1;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        if (v->local_spans[middle].end > index)
            high = middle;
        else
            low = middle + 1;
    }
    return v->local_spans[low].type;
}

// Adds `count` locals of a type: to the flat array as far as it goes, and to the spans.
static bool add_locals(Validator *v, u32 count, ValType type)
{
    if (count == 0) return true;
    for (u64 n = v->local_count; n < LOCALS_FLAT && n < v->local_count + count; n++)
        v->flat_locals[n] = type;
    v->local_count += count;
    LocalSpan *last = v->local_span_count ? &v->local_spans[v->local_span_count - 1] : NULL;
    if (last && last->type == type) {
        last->end = v->local_count;
        return true;
    }
    if (v->local_span_count == v->local_span_capacity) {
        u32 capacity = v->local_span_capacity ? v->local_span_capacity * 2 : 16;
        LocalSpan *spans = allocator_resize(
            v->allocator, v->local_spans, (size_t)v->local_span_capacity * sizeof *spans,
            (size_t)capacity * sizeof *spans);
        if (!spans) return type_fail(v, ERROR_OUT_OF_MEMORY, 0);
        v->local_spans = spans;
        v->local_span_capacity = capacity;
    }
    v->local_spans[v->local_span_count++] = (LocalSpan){v->local_count, type};
    return true;
}

// locals ::= n:u32 t:valtype                                spec: binary-local
static bool read_locals(Validator *v)
{
    Reader *r = &v->reader;
    u32 runs = read_count(r);
    for (; runs && reader_ok(r); runs--) {
        v->at = reader_offset(r);
        u32 count = read_u32(r);
        ValType type = read_valtype(r, v->m->features);
        if (v->local_count + count > UINT32_MAX) reader_fail(r, ERROR_TOO_MANY_LOCALS, v->at, 0);
        if (!reader_ok(r) || !canonical_val(v, &type) || !add_locals(v, count, type)) return false;
        if (!type_is_defaultable(type)) v->has_undefaulted = true;
    }
    return reader_ok(r);
}

LocalRun read_local_run(Reader *r, const Module *m)
{
    u32 count = read_u32(r);
    return (LocalRun){count, module_canonical_val(m, read_valtype(r, m->features))};
}

// --- The walk ----------------------------------------------------------------------------

// Forgets the last walk but keeps its buffers. False if memory runs out.
static bool validator_reset(Validator *v, u32 func_index, const FuncType *type, Reader reader)
{
    v->func_index = func_index;
    v->func_type = type;
    v->reader = reader;
    v->at = reader_offset(&reader);
    v->operand_count = v->control_count = 0;
    v->local_count = v->local_span_count = v->param_count = 0;
    v->has_undefaulted = false;
    while (v->init_count) {
        u32 local = v->inits[--v->init_count];
        v->init_bits[local >> 3] &= (u8) ~(1u << (local & 7));
    }
    return v->operands || grow_operands(v);
}

// One instruction, by the rules.
static bool walk_instr(Validator *v, Sink *sink)
{
    Instr i;
    v->at = reader_offset(&v->reader);
    if (!read_instr(&v->reader, v->m->features, &v->scratch, &i)) return false;
    v->dead = top_control(v)->dead;
    v->count_before = v->operand_low = v->operand_count;
    if (!type_instr(v, &i)) return false;
    if (!sink) return true;
    v->pop_count = v->count_before - v->operand_low;
    return sink->instr(sink, v, &i) || type_fail(v, ERROR_STOPPED, 0);
}

static bool walk_body(Validator *v, Sink *sink)
{
    bool fast = !sink && !v->constant;
    do {
        if (fast) walk_common(v);
        if (!walk_instr(v, sink)) return false;
    } while (v->control_count);
    return true;
}

// The reader's own error, if that is what stopped the walk, becomes the validator's.
static void take_reader_error(Validator *v)
{
    const Reader *r = &v->reader;
    if (!reader_ok(r)) load_error_set(&v->error, r->error, r->error_at, r->error_number, NULL);
}

// A body that ends too early or too late is read once more without its bound, which tells
// apart what the suite tells apart.
static bool bad_body_end(Validator *v, Span code)
{
    LoadError error = LOAD_ERROR_INIT;
    if (decode_body(v->m, code, v->allocator, &error)) return false;
    v->error.code = ERROR_NONE;
    load_error_set(&v->error, error.code, error.offset, 0, NULL);
    if (error.code == ERROR_ILLEGAL_OPCODE) memcpy(v->error.text, error.text, sizeof error.text);
    return false;
}

// func ::= list(locals) expr                                spec: binary-func, valid-func
bool validate_body(Validator *v, u32 func_index, Sink *sink)
{
    const Func *func = &v->m->funcs[func_index];
    const FuncType *type = module_func_type(v->m, func_index);
    if (!validator_reset(v, func_index, type, span_reader(v->m, func->code))) return false;
    if (!v->flat_locals) {
        v->flat_locals = allocator_resize(v->allocator, NULL, 0, LOCALS_FLAT * sizeof(ValType));
        if (!v->flat_locals) return type_fail(v, ERROR_OUT_OF_MEMORY, 0);
    }
    if (!sink && !common_rows_init(v)) return type_fail(v, ERROR_OUT_OF_MEMORY, 0);
    bool ok = true;
    for (u32 i = 0; ok && i < type->param_count; i++) ok = add_locals(v, 1, type->params[i]);
    v->param_count = type->param_count;
    ok = ok && read_locals(v) &&
         push_control(v, CONTROL_FUNC, v->at, NULL, 0, type->results, type->result_count) &&
         walk_body(v, sink);
    if (ok && reader_left(&v->reader) == 0) return true;
    if (ok) reader_fail(&v->reader, ERROR_SECTION_SIZE, reader_offset(&v->reader), 0);
    take_reader_error(v);
    v->error.func_index = func_index;
    if (v->error.code == ERROR_UNEXPECTED_END) return bad_body_end(v, func->code);
    return false;
}

// spec: valid-constant
bool validate_const_expr(Validator *v, ConstExpr expr, ValType type, u32 global_count)
{
    ConstContext context = {.global_count = global_count, .func_refs = v->m->func_refs};
    if (!validator_reset(v, NO_INDEX, NULL, expr_reader(v->m, expr))) return false;
    v->constant = &context;
    bool ok = push_control(v, CONTROL_FUNC, v->at, NULL, 0, &type, 1) && walk_body(v, NULL);
    take_reader_error(v);
    v->constant = NULL;
    return ok;
}
