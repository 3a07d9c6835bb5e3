// link.h -- giving a module its imports.
//                                                       spec: exec-instantiation, match-externtype
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_LINK_H
#define WEFT_VM_LINK_H

#include "vm/store.h"

// Fills the imported places of the instance's index spaces, from `given` in the order of the
// imports, or from the store's definitions where it is NULL. False with WEFT_UNLINKABLE at
// the first import that is missing or does not match.
bool link_imports(Instance *instance, const weft_extern *given, weft_error *error);

#endif
