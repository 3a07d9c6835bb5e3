// externtype.h -- types of imports and exports, as weft.h shows them.
//
// A weft_extern_type of a function or tag says by `reserved` where its parameter and result
// types lie and whose type indices they use: reserved[2] is the Module, or the store's
// CanonTypes with EXTERN_TYPE_STORE added, or NULL for lists of weft_valtype that the host
// made.
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_EXTERNTYPE_H
#define WEFT_VM_EXTERNTYPE_H

#include "vm/store.h"

// The type of something in a module's index spaces, as declared.
void module_extern_type(const Module *m, ExternKind kind, u32 index, weft_extern_type *type);

// If the type is of a module that `m` points to on return, NULL otherwise.
const Module *extern_type_module(const weft_extern_type *type);

// Writes a function type's parameters and results to `types`, as its owner numbers them.
void extern_type_list(const weft_extern_type *type, ValType *types);

#endif
