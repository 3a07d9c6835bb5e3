// decode_code.c -- instructions as far as they can be read without knowing any types.
//
// The validator reads bodies itself. This is for what comes before (finding the end of a
// constant expression) and after (a module turned out to be wrong: is it malformed?).
//                                                       spec: binary-expr, binary-code
// SPDX-License-Identifier: MIT
#include "loader/load.h"

static bool opens_block(u16 op)
{
    return op == OP_block || op == OP_loop || op == OP_if || op == OP_try || op == OP_try_table;
}

// expr ::= instr* 0x0b                                      spec: binary-expr
Span skip_expr(Reader *r, FeatureSet features, InstrScratch *scratch)
{
    u32 at = reader_offset(r);
    u32 depth = 1;
    Instr i;
    while (depth && read_instr(r, features, scratch, &i)) {
        if (opens_block(i.op)) {
            depth++;
        } else if (i.op == OP_end || i.op == OP_delegate) {
            depth--;
        } else if (i.op == OP_else && depth == 1) {
            reader_fail(r, ERROR_END_EXPECTED, i.at, 0);
        }
    }
    return (Span){at, reader_offset(r) - at};
}

// Which blocks are open, as far as `else`, `catch` and `delegate` care: one byte a block.
typedef struct Nesting {
    const Allocator *allocator;
    u8 *kinds;
    u32 depth, capacity;
} Nesting;

static bool nesting_push(Nesting *n, u8 kind)
{
    if (n->depth == n->capacity) {
        u32 capacity = n->capacity ? n->capacity * 2 : 64;
        u8 *kinds = allocator_resize(n->allocator, n->kinds, n->capacity, capacity);
        if (!kinds) return false;
        n->kinds = kinds;
        n->capacity = capacity;
    }
    n->kinds[n->depth++] = kind;
    return true;
}

// Follows the structure; false where an instruction cannot stand.
static bool nesting_step(Nesting *n, const Instr *i)
{
    u8 *top = &n->kinds[n->depth - 1];
    switch (i->op) {
    case OP_block:
    case OP_loop:
    case OP_try_table: return nesting_push(n, CONTROL_BLOCK);
    case OP_if: return nesting_push(n, CONTROL_IF);
    case OP_try: return nesting_push(n, CONTROL_TRY);
    case OP_else:
        if (*top != CONTROL_IF) return false;
        *top = CONTROL_ELSE;
        return true;
    case OP_catch:
    case OP_catch_all:
        if (*top != CONTROL_TRY && *top != CONTROL_CATCH) return false;
        *top = i->op == OP_catch ? CONTROL_CATCH : CONTROL_CATCH_ALL;
        return true;
    case OP_delegate:
        if (*top != CONTROL_TRY) return false;
        n->depth--;
        return true;
    case OP_end: n->depth--; return true;
    default: return true;
    }
}

static bool needs_data_count(u8 immediate)
{
    return immediate == IMM_MEMORY_INIT || immediate == IMM_DATA || immediate == IMM_TYPE_DATA;
}

// func ::= list(locals) expr                                spec: binary-func
// The reader runs to the end of the module: a body that lacks its `end` goes on into what
// follows, and what is found there decides the message.
bool decode_body(const Module *m, Span code, const Allocator *allocator, LoadError *error)
{
    Reader r = reader_of(m->bytes, code.at, m->size);
    InstrScratch scratch = {.allocator = allocator};
    Nesting nesting = {.allocator = allocator};
    u64 locals = 0;
    for (u32 runs = read_count(&r); runs && reader_ok(&r); runs--) {
        u32 at = reader_offset(&r);
        locals += read_u32(&r);
        if (locals > UINT32_MAX) reader_fail(&r, ERROR_TOO_MANY_LOCALS, at, 0);
        read_valtype(&r, m->features);
    }
    if (!nesting_push(&nesting, CONTROL_FUNC)) reader_fail(&r, ERROR_OUT_OF_MEMORY, 0, 0);
    Instr i;
    while (nesting.depth && read_instr(&r, m->features, &scratch, &i)) {
        if (!nesting_step(&nesting, &i)) reader_fail(&r, ERROR_END_EXPECTED, i.at, 0);
        if (!m->has_data_count && needs_data_count(op_info[i.op].immediate))
            reader_fail(&r, ERROR_DATA_COUNT_MISSING, i.at, 0);
    }
    if (reader_ok(&r) && reader_offset(&r) != code.at + code.size)
        reader_fail(&r, ERROR_SECTION_SIZE, code.at, 0);
    allocator_free(allocator, nesting.kinds, nesting.capacity);
    instr_scratch_free(&scratch);
    if (reader_ok(&r)) return true;
    load_error_set(error, r.error, r.error_at, r.error_number, NULL);
    return false;
}
