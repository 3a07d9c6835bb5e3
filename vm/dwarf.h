// dwarf.h -- from an instruction's offset to file and line.
//
// Compilers leave a line table in the custom section .debug_line: for each compilation unit
// a small program whose output is rows (address, file, line). Addresses count from the start
// of the code section's contents. Only people read the answer, after a failure, so the
// table is run again for each question and nothing of it is kept. A broken table is no error:
// there is just no answer.
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_DWARF_H
#define WEFT_VM_DWARF_H

#include "include/weft.h"
#include "loader/module.h"

// Where the instruction at `offset` of the module came from; false if nobody knows.
bool dwarf_find(const Module *m, u64 offset, weft_source *source);

#endif
