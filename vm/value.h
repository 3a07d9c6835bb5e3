// value.h -- between what a host passes (weft_value) and what code works on (slots).
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_VALUE_H
#define WEFT_VM_VALUE_H

#include "vm/store.h"

// Whether `value` may be passed where `type` (store ids) is expected.
bool value_fits(const Store *store, const weft_value *value, ValType type);

// Writes values that fit to their slots.
void values_to_slots(const ValType *types, u32 count, const weft_value *values, u64 *slots);
weft_value value_of_slots(const Store *store, ValType type, const u64 *slots);
void values_of_slots(const Store *store, const ValType *types, u32 count, const u64 *slots,
                     weft_value *values);

// Types as weft.h shows them. An index stays the same number, of the space it is in.
weft_valtype valtype_public(const TypeSpace *space, ValType t);
ValType valtype_internal(weft_valtype t);

// Parses "il:d" into `types`, which the function type then points into; at most `room` of
// them. Without a colon all are parameters. False if a letter is unknown.
bool signature_parse(const char *signature, ValType *types, u32 room, FuncType *type);

#endif
