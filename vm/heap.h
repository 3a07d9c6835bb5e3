// heap.h -- structs, arrays, exceptions and host values: what the collector manages.
//
// An object is its header and its fields, packed in the host's byte order:
//
//     StructInst   | Object | field 0 | field 1 | ...
//     ArrayInst    | Object | length  |         | element 0 | element 1 | ...
//     ExnInst      | Object | tag     | slots of the tag's parameters ...
//
// Where the fields lie is said by the type (canon.h). Objects never move.
//                                                   spec: syntax-structinst, syntax-arrayinst
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_HEAP_H
#define WEFT_VM_HEAP_H

#include "vm/store.h"

typedef struct StructInst {
    Object object;
    u64 fields[];  // u64 for alignment; see CanonType.places
} StructInst;

typedef struct ArrayInst {
    Object object;
    u32 length;
    u64 elements[];
} ArrayInst;

typedef struct ExnInst {
    Object object;
    TagInst *tag;
    u64 values[];
} ExnInst;

// A new object of `bytes` bytes altogether, its fields cleared; NULL when memory or the
// heap's limit is used up. May collect first, so whatever the caller needs must be rooted.
// What the host makes through weft.h (host values, exceptions it throws) is made without
// collecting, because references in its hands are not roots.
Object *heap_new(Store *store, u64 bytes, ObjectKind kind, u32 type);

// Bytes an object takes.
u64 heap_object_bytes(const Store *store, const Object *object);

// spec: exec-struct.new, exec-array.new. By store type id. `fields` and `values` are slots (a
// v128 takes two) and must be roots; NULL means defaults. NULL when memory runs out.
StructInst *heap_struct_new(Store *store, u32 type, const u64 *fields);
ArrayInst *heap_array_new(Store *store, u32 type, u32 length);
ArrayInst *heap_array_new_of(Store *store, u32 type, const u64 *value, u32 length);
ArrayInst *heap_array_new_fixed(Store *store, u32 type, const u64 *values, u32 length);

ExnInst *heap_exn_new(Store *store, TagInst *tag, const u64 *values);
ExnInst *heap_exn_new_for_host(Store *store, TagInst *tag);  // its values are still to be set

// The host value's reference: the same one for the same pointer. NULL: no memory.
ExternInst *heap_extern_new(Store *store, void *value, void (*drop)(void *value));
void heap_extern_forget(Store *store, ExternInst *e);  // it is about to be freed

// Between a field's or element's bytes and slots.                spec: aux-packfield
void field_load(const u8 *from, u32 bytes, bool is_signed, u64 *slots);
void field_store(u8 *to, u32 bytes, const u64 *slots);

INLINE u32 slots_of_type(ValType t)
{
    return type_kind(t) == TYPE_V128 ? 2 : 1;
}

u32 types_slots(const ValType *types, u32 count);

INLINE u8 *array_at(const ArrayInst *array, u32 element_bytes, u32 at)
{
    return (u8 *)(uintptr_t)array->elements + (size_t)element_bytes * at;
}

// Whether a reference is of the type, whose indices are the store's.   spec: exec-ref.test
bool ref_fits(const Store *store, Ref ref, ValType type);

#endif
