// constant.h -- constant expressions: what globals, tables, segments and offsets start as.
//
// They were validated with the module, so the operand stack neither underflows nor holds
// wrong types. Evaluation is a loop; since 3.0 it may allocate structs and arrays, and so
// collect: its stack is a root of the collector.
//                                                       spec: valid-constant, exec-expr
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_CONSTANT_H
#define WEFT_VM_CONSTANT_H

#include "vm/store.h"

// One evaluator serves all expressions of an instantiation.
typedef struct Constant {
    Store *store;
    Instance *instance;
    InstrScratch scratch;
    u64 *slots;     // the operand stack
    u8 *is_ref;     // of each slot
    u32 count, room;
} Constant;

void constant_start(Constant *c, Instance *instance);
void constant_end(Constant *c);

// Evaluates `expr`; its value, one slot or two, goes to `value`. TRAP_OUT_OF_MEMORY, or a trap
// of array.new and its kin.
TrapCode constant_eval(Constant *c, ConstExpr expr, u64 value[2]);

void constant_roots(Constant *c, void (*visit)(void *context, Ref *ref), void *context);

#endif
