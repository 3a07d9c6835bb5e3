// form_maps.h -- which form belongs to which instruction, comparison, access.
//
// gen_handlers.c writes the tables. 0 (FORM_none): there is none.
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_FORM_MAPS_H
#define WEFT_VM_FORM_MAPS_H

#include "loader/instr.h"
#include "ports/base.h"

#include "forms.h"

extern const u16 form_of_op[OP_COUNT];           // by opcode
extern const u16 form_branch[FORM_COUNT];        // comparison: the branch on it
extern const u16 form_branch_wide[FORM_COUNT];   // the same with an immediate of 32 bits
extern const u16 form_branch_not[FORM_COUNT];    // comparison of floats: the branch on its opposite
extern const u16 form_indexed[FORM_COUNT];       // access: at a + b
extern const u16 form_scaled[FORM_COUNT];        // access: at a + b * size
extern const u16 form_far[FORM_COUNT];           // access: of any memory, with 64 bits of offset
extern const u16 form_opposite[FORM_COUNT];      // comparison of integers: true when this is false
extern const u16 form_mirror[FORM_COUNT];        // comparison: with its operands exchanged
extern const u16 form_then_add[FORM_COUNT];      // load: and the addition to what was loaded

#endif
