// types.h -- the types of WebAssembly as weft holds them, and how they match.
//
// A value type is one u32, so that comparing two of them inside a module is one compare:
//
//       31            6   5          4         3..0
//      +---------------+----------+----------+------+
//      | index or code | abstract | nullable | kind |
//      +---------------+----------+----------+------+
//
// The upper parts are used by references alone (kind TYPE_REF): bits 5 and up are their
// heap type, a HeapType. If `abstract` is set the bits above hold an AbstractHeap, else the
// index of a defined type.
//
// Type indices are canonical: the validator replaces a reference to a type by one to the
// first type of the module that is equal to it (types are equal when their whole recursive
// groups are), so equal types have equal bits. `Module.canonical` maps any index to that
// first one. What the decoder (read_instr) returns is still as written.
//                                                       spec: syntax-type, type-closure
// SPDX-License-Identifier: MIT
#ifndef WEFT_LOADER_TYPES_H
#define WEFT_LOADER_TYPES_H

#include "ports/base.h"

typedef u32 ValType;   // also storage types (fields), which add I8 and I16
typedef u32 HeapType;  // a ValType's bits 5 and up; the lower five are 0

// Kinds have the numbers of weft_kind (include/weft.h).
typedef enum TypeKind {
    TYPE_BOTTOM = 0,  // below every type: what the polymorphic stack of dead code holds
    TYPE_I32 = 1,
    TYPE_I64 = 2,
    TYPE_F32 = 3,
    TYPE_F64 = 4,
    TYPE_V128 = 5,
    TYPE_REF = 6,
    TYPE_I8 = 7,   // packed: fields only
    TYPE_I16 = 8
} TypeKind;

// Abstract heap types, numbered as weft_heap.              spec: syntax-absheaptype
typedef enum AbstractHeap {
    HEAP_BOTTOM = 0,  // below every heap type: what `ref.as_non_null` of dead code yields
    HEAP_FUNC = 1,
    HEAP_NOFUNC,
    HEAP_EXTERN,
    HEAP_NOEXTERN,
    HEAP_ANY,
    HEAP_EQ,
    HEAP_I31,
    HEAP_STRUCT,
    HEAP_ARRAY,
    HEAP_NONE,
    HEAP_EXN,
    HEAP_NOEXN,
    HEAP_COUNT
} AbstractHeap;

#define TYPE_KIND_MASK 0xfu
#define TYPE_NULLABLE 0x10u
#define TYPE_ABSTRACT 0x20u
#define TYPE_HEAP_MASK 0xffffffe0u
#define TYPE_INDEX_SHIFT 6
#define TYPE_INDEX_MAX 0x03fffffeu

#define HEAP_TYPE(abstract_heap) ((HeapType)(abstract_heap) << TYPE_INDEX_SHIFT | TYPE_ABSTRACT)
#define HEAP_INDEX(type_index) ((HeapType)(type_index) << TYPE_INDEX_SHIFT)
#define REF_NULL_TYPE(heap_type) ((heap_type) | TYPE_NULLABLE | TYPE_REF)
#define REF_TYPE(heap_type) ((heap_type) | TYPE_REF)

// The types that have names of their own.
#define TYPE_FUNCREF REF_NULL_TYPE(HEAP_TYPE(HEAP_FUNC))
#define TYPE_EXTERNREF REF_NULL_TYPE(HEAP_TYPE(HEAP_EXTERN))
#define TYPE_ANYREF REF_NULL_TYPE(HEAP_TYPE(HEAP_ANY))
#define TYPE_EQREF REF_NULL_TYPE(HEAP_TYPE(HEAP_EQ))
#define TYPE_I31REF REF_NULL_TYPE(HEAP_TYPE(HEAP_I31))
#define TYPE_STRUCTREF REF_NULL_TYPE(HEAP_TYPE(HEAP_STRUCT))
#define TYPE_ARRAYREF REF_NULL_TYPE(HEAP_TYPE(HEAP_ARRAY))
#define TYPE_EXNREF REF_NULL_TYPE(HEAP_TYPE(HEAP_EXN))

INLINE TypeKind type_kind(ValType t)
{
    return (TypeKind)(t & TYPE_KIND_MASK);
}

INLINE bool type_is_ref(ValType t)
{
    return (t & TYPE_KIND_MASK) == TYPE_REF;
}

INLINE bool type_is_nullable(ValType t)
{
    return (t & TYPE_NULLABLE) != 0;
}

INLINE HeapType type_heap(ValType t)
{
    return t & TYPE_HEAP_MASK;
}

INLINE bool heap_is_abstract(HeapType h)
{
    return (h & TYPE_ABSTRACT) != 0;
}

INLINE AbstractHeap heap_abstract(HeapType h)
{
    return (AbstractHeap)(h >> TYPE_INDEX_SHIFT);
}

INLINE u32 heap_index(HeapType h)
{
    return h >> TYPE_INDEX_SHIFT;
}

// Whether a local or field of this type starts without being given a value: numbers as 0,
// nullable references as null.                             spec: aux-default
INLINE bool type_is_defaultable(ValType t)
{
    return !type_is_ref(t) || type_is_nullable(t);
}

INLINE bool type_is_packed(ValType storage)
{
    return type_kind(storage) == TYPE_I8 || type_kind(storage) == TYPE_I16;
}

// What a field holds once it is on the operand stack.       spec: aux-unpack
INLINE ValType type_unpacked(ValType storage)
{
    return type_is_packed(storage) ? TYPE_I32 : storage;
}

// Bytes a value of a numeric, vector or packed type takes in memory; 0 for references.
u32 type_bytes(ValType t);

// The name the text format gives the type, e.g. "i32", "funcref", "(ref null 3)"; always
// ended by a zero and cut off if it must be. Returns the length it wanted, as snprintf does.
size_t type_format(ValType t, char *buffer, size_t size);
const char *heap_name(AbstractHeap h);  // "any", "func", ...

// --- Defined types -------------------------------------------------------------------

typedef enum CompKind { COMP_FUNC, COMP_STRUCT, COMP_ARRAY } CompKind;

// spec: syntax-functype. Results lie right after the parameters in one list.
typedef struct FuncType {
    const ValType *params, *results;
    u32 param_count, result_count;
} FuncType;

typedef struct FieldType {
    ValType storage;
    bool is_mutable;
} FieldType;

typedef struct StructType {
    const FieldType *fields;
    u32 field_count;
} StructType;

typedef struct ArrayType {
    FieldType field;
} ArrayType;

// One type definition. All references in it are canonical, except those to its own recursive
// group, which keep the indices of that group: so a SubType is also what was written, and the
// printer and the store's interning can read group-relative references as
// `index - group_start < group_size`. Look up through `Module.canonical` first whenever types
// are to be compared (module_type does).
typedef struct SubType {
    u8 comp;          // CompKind
    bool is_final;
    bool is_sub;      // written with `sub` (only the printer cares)
    bool is_group;    // written inside `rec` (likewise)
    bool has_defaults; // all fields of a struct (the element of an array) have a default value
    u32 super_count;  // supertypes written; more than one is invalid
    u32 super;        // index of the supertype (canonical or in the group), or NO_INDEX
    u32 depth;        // how many supertypes lie above; 0 without one
    u32 group_start;  // first index of the recursive group it belongs to
    u32 group_size;   // types in that group; 1 for a type outside any `rec`
    union {
        FuncType func;
        StructType structure;
        ArrayType array;
    } of;
} SubType;

// --- Types of what is imported and exported ------------------------------------------

// spec: syntax-limits. In pages for memories, elements for tables.
typedef struct Limits {
    u64 min;
    u64 max;  // meaningful if has_max
    bool has_max;
    bool is64;    // addressed by i64
    bool shared;  // threads
    u8 page_log2; // memories: 16 unless custom-page-sizes says otherwise; tables: 0
} Limits;

typedef struct TableType {
    ValType elem;
    Limits limits;
} TableType;

typedef struct MemoryType {
    Limits limits;
} MemoryType;

typedef struct GlobalType {
    ValType value;
    bool is_mutable;
} GlobalType;

INLINE ValType limits_address_type(const Limits *limits)
{
    return limits->is64 ? TYPE_I64 : TYPE_I32;
}

// What can be imported and exported, numbered as in the binary format.
//                                                       spec: binary-externtype
typedef enum ExternKind {
    EXTERN_FUNC = 0,
    EXTERN_TABLE = 1,
    EXTERN_MEMORY = 2,
    EXTERN_GLOBAL = 3,
    EXTERN_TAG = 4,
    EXTERN_KIND_COUNT
} ExternKind;

// --- Matching ------------------------------------------------------------------------
//
// The rules of subtyping need to know of a defined type: what kind it is and whether one is
// declared below another. Where indices live is up to the space: a module's own, or, in the
// store, the types of all modules interned into one list. Both call the same rules.

typedef struct TypeSpace {
    const void *self;
    // The CompKind of type `index`.
    CompKind (*comp)(const void *self, u32 index);
    // Whether `sub` is `super` or declared (directly or not) below it.
    bool (*below)(const void *self, u32 sub, u32 super);
} TypeSpace;

// spec: match-heaptype, match-reftype, match-valtype. `sub` may be a TYPE_BOTTOM.
bool heap_matches(const TypeSpace *space, HeapType sub, HeapType super);
bool val_matches(const TypeSpace *space, ValType sub, ValType super);

// The top of the hierarchy a heap type is in: HEAP_FUNC, HEAP_EXTERN, HEAP_ANY or HEAP_EXN.
AbstractHeap heap_top(const TypeSpace *space, HeapType h);

// spec: match-limits. What is given (`sub`) may be used where `super` is asked for: same
// address type, page size and sharing; `sub`'s minimum is its present size.
bool limits_match(const Limits *sub, const Limits *super);

#endif
