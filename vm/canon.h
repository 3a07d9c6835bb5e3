// canon.h -- the types of all modules of a store, each kept once.
//
// Two modules may spell the same type under different indices, and a function of one is
// called through a table by the other: so a store numbers the types it meets, equal ones
// alike, and what runs compares these numbers. Types are equal when their whole recursive
// groups are, and a group is written down as a string of words (in which the group's own
// types are counted from its start), so that finding it again is a hash and a compare.
//
// Whether one type is declared below another is one look at its display, the list of its
// supertypes from the outermost down to itself:
//
//      $a <- $b <- $c      display of $c: [a, b, c]
//      x is below $b       display of x has b at b's depth, 1
//
// Types stay until the store goes: there are as many as the modules' authors wrote.
//                                                       spec: aux-roll-rectype, match-deftype
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_CANON_H
#define WEFT_VM_CANON_H

#include "loader/arena.h"
#include "loader/types.h"

// Where a field lies in an object, in bytes from the first field, and how many it takes.
typedef struct FieldPlace {
    u32 offset;
    u8 bytes;
    bool is_ref;
} FieldPlace;

typedef struct CanonType {
    SubType sub;         // every index in it (super, group_start, references) is a store's
    const u32 *display;  // sub.depth + 1 ids; the last one is this type's own
    const FieldPlace *places;  // of a struct's fields
    u32 size;            // of a struct's fields together; of one array element
    bool has_refs;       // a field or element is a reference
    const u32 *words;    // of the group, at its first type
    u32 word_count;
    u32 hash;
    u32 next;            // the next group's first type in the hash chain, or NO_INDEX
} CanonType;

typedef struct CanonTypes {
    const Allocator *alloc;
    Arena arena;
    CanonType **list;         // by id
    u32 count, room;
    u32 *buckets;            // hash -> first type of a group
    u32 bucket_count;        // a power of two, or 0
    u32 *words;              // scratch of the interning
    u32 word_room;
} CanonTypes;

void canon_init(CanonTypes *types, const Allocator *alloc);
void canon_free(CanonTypes *types);

// Gives the recursive group of `size` types at `group` store ids, which follow each other from
// `*first` on. References below `start + size` and not below `start` are to the group itself;
// others are looked up in `outer`, or are store ids already where `outer` is NULL.
// False when memory runs out.
bool canon_intern(CanonTypes *types, const SubType *group, u32 start, u32 size, const u32 *outer,
                  u32 *first);

// A function type that refers to store ids only.
bool canon_intern_func(CanonTypes *types, const FuncType *func, u32 *id);

INLINE bool canon_below(const CanonTypes *types, u32 sub, u32 super)
{
    if (sub == super) return true;
    u32 depth = types->list[super]->sub.depth;
    const CanonType *t = types->list[sub];
    return depth < t->sub.depth && t->display[depth] == super;
}

// How many bytes a field or element of this type takes in an object. Fields lie in the order
// they are declared, each aligned to its size (8 for v128), so that a struct begins like its
// supertype.
u32 storage_bytes(ValType storage);

// The same type with its index in the store's terms.
INLINE ValType canon_valtype(ValType t, const u32 *canon)
{
    if (!type_is_ref(t) || heap_is_abstract(type_heap(t)) || canon == NULL) return t;
    return HEAP_INDEX(canon[heap_index(type_heap(t))]) | (t & (TYPE_NULLABLE | TYPE_KIND_MASK));
}

// The rules of loader/types.h over a store's types.
TypeSpace canon_space(const CanonTypes *types);

#endif
