// typing.h -- the operand and control stacks of the validator, for the files of its rules.
//
// A rule pops what its instruction takes and pushes what it gives. Popping from an empty
// block gives TYPE_BOTTOM where the code is unreachable, which matches everything.
//                                                       spec: algo-valid
// SPDX-License-Identifier: MIT
#ifndef WEFT_LOADER_TYPING_H
#define WEFT_LOADER_TYPING_H

#include "loader/load.h"

// What a constant expression may see; a Validator outside of one has NULL.
typedef struct ConstContext {
    u32 global_count;  // only these globals exist for it
    u32 *func_refs;    // functions named by ref.func are noted here
} ConstContext;

// Notes an error at the present instruction; always false, so that rules can return it.
COLD bool type_fail(Validator *v, ErrorCode code, u32 number);

// "type mismatch: instruction requires [..] but stack has [..]"; always false.
COLD bool type_mismatch(Validator *v, const ValType *wanted, u32 count);

COLD bool grow_operands(Validator *v);
COLD bool grow_controls(Validator *v);

INLINE Control *top_control(const Validator *v)
{
    return &v->controls[v->control_count - 1];
}

INLINE bool push_type(Validator *v, ValType t)
{
    if (UNLIKELY(v->operand_count == v->operand_capacity) && !grow_operands(v)) return false;
    v->operands[v->operand_count++] = t;
    return true;
}

bool push_types(Validator *v, const ValType *types, u32 count);

// Pops `count` operands that must match `types`, the last one on top.
bool pop_types(Validator *v, const ValType *types, u32 count);

INLINE bool pop_type(Validator *v, ValType wanted)
{
    if (LIKELY(v->operand_count > top_control(v)->height &&
               v->operands[v->operand_count - 1] == wanted)) {
        v->operand_count--;
        v->operand_low = v->operand_count;
        return true;
    }
    return pop_types(v, &wanted, 1);
}

// Pops one operand of any type (TYPE_BOTTOM if there is none in unreachable code).
bool pop_any(Validator *v, ValType *t);

// Pops one reference; of dead code's stack, (ref bot).
bool pop_ref(Validator *v, ValType *t);

// Checks that the top operands match `types`, and leaves them.
bool peek_types(Validator *v, const ValType *types, u32 count);

// The rest of the block cannot be reached.
void set_unreachable(Validator *v);

// Opens a block whose parameters are popped already; pushes them inside.
bool push_control(Validator *v, ControlKind kind, u32 at, const ValType *params, u32 param_count,
                  const ValType *results, u32 result_count);

// Closes the innermost block: its results, and nothing else, must be there. `v->ended` is
// the block then; its results are popped.
bool pop_control(Validator *v);

// The block that a label names, or NULL with an error.
Control *label_control(Validator *v, u32 label);

// Types one instruction (canonicalising its type immediates); the whole of spec: valid-instr.
bool type_instr(Validator *v, Instr *i);

// The families with files of their own.
bool type_memory_instr(Validator *v, Instr *i);
ValType address_type(Validator *v, const Instr *i);
bool type_table_instr(Validator *v, Instr *i);
bool type_aggregate_instr(Validator *v, Instr *i);
bool type_reference_instr(Validator *v, Instr *i);
bool type_control_instr(Validator *v, Instr *i);

// The fast form of the rules (validate_common.c): types as many instructions as it can from where
// the reader stands, and stops before the first that it cannot. Only for walks without a sink.
bool common_rows_init(Validator *v);
void common_rows_free(Validator *v);
void walk_common(Validator *v);

// Index checks: each returns NULL (or false) with an error if there is no such thing.
const FuncType *func_type_at(Validator *v, u32 *type_index);  // made canonical
const StructType *struct_type_at(Validator *v, u32 *type_index);
const ArrayType *array_type_at(Validator *v, u32 *type_index);
const Table *table_at(Validator *v, u32 index);
const Memory *memory_at(Validator *v, u32 index);
bool elem_exists(Validator *v, u32 index);
bool data_exists(Validator *v, u32 index);
bool canonical_val(Validator *v, ValType *t);

// Locals without a default must be set before they are read.
bool local_is_set(const Validator *v, u32 index);
bool set_local(Validator *v, u32 index);

#endif
