// validate.h -- the one walk over a function body: read, type, hand over.
//
// validate_body reads a body instruction by instruction, types each against the operand
// and control stacks, and hands it to a sink if there is one. Without a sink that is
// validation; with the translator as the sink it is translation. Modules are validated when
// loaded; later walks over the same body see no errors, and need a Validator of their own,
// which holds all scratch memory, so any number of host threads can walk one Module.
//                                                       spec: valid-instr, algo-valid
// SPDX-License-Identifier: MIT
#ifndef WEFT_LOADER_VALIDATE_H
#define WEFT_LOADER_VALIDATE_H

#include "loader/instr.h"
#include "loader/module.h"

typedef enum ControlKind {
    CONTROL_FUNC,  // the body itself: outermost, ended by its last `end`
    CONTROL_BLOCK,
    CONTROL_LOOP,
    CONTROL_IF,
    CONTROL_ELSE,
    CONTROL_TRY_TABLE,
    CONTROL_TRY,        // legacy: before the first catch
    CONTROL_CATCH,      // legacy
    CONTROL_CATCH_ALL   // legacy
} ControlKind;

typedef struct Control {
    u8 kind;          // ControlKind
    bool unreachable; // typing: the rest of this block has a polymorphic stack
    bool dead;        // no execution gets here: unreachable here or in a block around it
    bool dead_entry;  // the block itself was opened in dead code
    u32 at;           // offset of the instruction that opened it
    u32 height;       // operands below its parameters
    u32 init_height;  // height of the stack of initialised locals
    const ValType *params, *results;
    u32 param_count, result_count;
    u32 seen_by;      // offset of the last br_table that checked this label
} Control;

// What a branch to the label carries: a loop's parameters, else the block's results.
//                                                       spec: valid-label
INLINE const ValType *control_label(const Control *c, u32 *count)
{
    if (c->kind == CONTROL_LOOP) {
        *count = c->param_count;
        return c->params;
    }
    *count = c->result_count;
    return c->results;
}

typedef struct Sink Sink;

// State of the walk. The sink may read all fields down to the line; it changes none.
typedef struct Validator {
    const Module *m;
    u32 func_index;  // NO_INDEX for a constant expression
    const FuncType *func_type;

    // Operand types, deepest first: operands[0 .. operand_count). In dead code some may be
    // TYPE_BOTTOM, or fewer than the instruction pops.
    ValType *operands;
    u32 operand_count;

    // Open blocks, outermost first; label l is controls[control_count - 1 - l].
    Control *controls;
    u32 control_count;

    // Locals, parameters included. local_count may be huge; use local_type.
    u64 local_count;
    u32 param_count;

    // About the instruction that was just typed, for the sink:
    bool dead;          // it is in dead code: cannot be executed (see Sink)
    u32 count_before;   // operand_count before it. In live code it popped `pop_count` of
    u32 pop_count;      // those; what it pushed is now operands[count_before - pop_count ..]
    ValType operand;    // type of the operand for the instructions that work on any type: drop,
                        // select, ref.is_null, ref.as_non_null, br_on_null, br_on_non_null, br_on_cast*,
                        // ref.test, ref.cast, call_ref, table.*, any.convert_extern,
                        // extern.convert_any: the last reference (or selected value) popped
    Control ended;      // for end, else, catch, catch_all, delegate: the block as it was
    const FuncType *callee;  // for call*, return_call*, throw, catch: the type called or the tag's

    // Where an error is noted; kept from the first one.
    LoadError error;

    // ------------------------------------------------------------------ private from here
    const Allocator *allocator;
    InstrScratch scratch;
    Reader reader;
    u32 at;           // offset of the present instruction
    u32 operand_low;  // lowest operand_count since it began
    u32 operand_capacity, control_capacity;
    ValType *flat_locals;  // the first LOCALS_FLAT of them
    struct LocalSpan *local_spans;  // all of them, as runs with their end
    u32 local_span_count, local_span_capacity;
    u32 *inits;        // locals without default that were set, in order
    u32 init_count, init_capacity;
    u8 *init_bits;     // the same as a bitset
    size_t init_bytes;
    bool has_undefaulted;  // some local has no default, so that inits matter
    struct ConstContext *constant;
    struct CommonRow *common;  // see validate_common.c
} Validator;

typedef struct LocalSpan {
    u64 end;  // first local after the run
    ValType type;
} LocalSpan;

#define LOCALS_FLAT 256

// The sink is called after each instruction was typed, so operands[] and controls[] show the
// state after it; count_before, pop_count and `ended` say what was before.
//
//   * It is called for every instruction, structure included: block, loop, if, else, end (also
//     the function's last), try_table, and the legacy try, catch, catch_all, delegate.
//   * After block, loop, if, try and try_table the new block is the top of controls[]; its
//     parameters are on top of operands[] and `height` is the count below them. (`if`: its
//     condition is already popped.)
//   * At else, catch and catch_all, `ended` is the part just left; the top of controls[] is the
//     next part, with the block's parameters (if) or the tag's (catch) pushed.
//   * At end and delegate, `ended` is the block; its results are pushed in its parent.
//   * In dead code it is called too, with v->dead set, so that nesting can be followed; types are
//     then not to be relied on. For else, catch*, end and delegate, `dead` says that the end of
//     the part before is not reached by falling through; whether what follows lives is
//     `controls[top].dead`. (A block whose end is not reached by falling through lives on after
//     its end if it was not opened in dead code, as a branch may target it: dead_entry.)
//   * Types in the Instr are canonical by then (read_instr alone leaves them as written).
//   * Lists in the Instr are valid during the call only.
//
// Returning false stops the walk: validate_body then returns false with ERROR_STOPPED.
struct Sink {
    bool (*instr)(Sink *sink, Validator *v, const Instr *instr);
};

// A Validator keeps its buffers between walks. `allocator` must outlive it.
void validator_init(Validator *v, const Module *m, const Allocator *allocator);
void validator_free(Validator *v);

// Walks the body of a function that is not imported. False on the first error, in v->error.
bool validate_body(Validator *v, u32 func_index, Sink *sink);

// The type of a local, parameters included; `index` must be below local_count.
ValType local_type_slow(const Validator *v, u32 index);

INLINE ValType local_type(const Validator *v, u32 index)
{
    if (LIKELY(index < LOCALS_FLAT)) return v->flat_locals[index];
    return local_type_slow(v, index);
}

// The limits an instruction with a memarg (or a memory index) is checked against; also for
// the translator, to choose between 32-bit and 64-bit addressing.
INLINE const Limits *memory_limits(const Validator *v, u32 memory_index)
{
    return &v->m->memories[memory_index].type.limits;
}

#endif
