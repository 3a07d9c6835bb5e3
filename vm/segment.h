// segment.h -- data and element segments of an instance.
//
// Data stays in the module's bytes. Elements that are function indices do too: a reference
// to function i is &funcs[i], so nothing is unpacked. Elements that are expressions are
// evaluated once, when the instance is made, and kept until the segment is dropped.
//                                                       spec: syntax-datainst, syntax-eleminst
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_SEGMENT_H
#define WEFT_VM_SEGMENT_H

#include "vm/constant.h"

// Evaluates the segments that are lists of expressions.
TrapCode segment_eval_elems(Constant *c);

// Writes an active segment to its place and drops it.   spec: exec-instantiation
TrapCode segment_place_elem(Constant *c, u32 elem);
TrapCode segment_place_data(Constant *c, u32 data);

// Whether the segment has items from .. from + count: a bounds trap, or TRAP_NONE.
TrapCode elem_check(const Instance *instance, u32 elem, u64 from, u64 count);
// Puts references to these items at `to`.
void elem_read(const Instance *instance, u32 elem, u64 from, u64 count, u64 *to);

#endif
