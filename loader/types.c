// types.c -- names of types, and the rules of subtyping.
// SPDX-License-Identifier: MIT
#include "loader/types.h"

#include <stdio.h>

u32 type_bytes(ValType t)
{
    switch (type_kind(t)) {
    case TYPE_I8: return 1;
    case TYPE_I16: return 2;
    case TYPE_I32:
    case TYPE_F32: return 4;
    case TYPE_I64:
    case TYPE_F64: return 8;
    case TYPE_V128: return 16;
    default: return 0;
    }
}

// --- Names ---------------------------------------------------------------------------

static const char *const heap_names[HEAP_COUNT] = {
    [HEAP_BOTTOM] = "bot",       [HEAP_FUNC] = "func",     [HEAP_NOFUNC] = "nofunc",
    [HEAP_EXTERN] = "extern",    [HEAP_NOEXTERN] = "noextern", [HEAP_ANY] = "any",
    [HEAP_EQ] = "eq",            [HEAP_I31] = "i31",       [HEAP_STRUCT] = "struct",
    [HEAP_ARRAY] = "array",      [HEAP_NONE] = "none",     [HEAP_EXN] = "exn",
    [HEAP_NOEXN] = "noexn",
};

// Nullable references to abstract heap types have short names.     spec: text-reftype
static const char *const heap_ref_names[HEAP_COUNT] = {
    [HEAP_BOTTOM] = "(ref null bot)", [HEAP_FUNC] = "funcref",
    [HEAP_NOFUNC] = "nullfuncref",    [HEAP_EXTERN] = "externref",
    [HEAP_NOEXTERN] = "nullexternref", [HEAP_ANY] = "anyref",
    [HEAP_EQ] = "eqref",              [HEAP_I31] = "i31ref",
    [HEAP_STRUCT] = "structref",      [HEAP_ARRAY] = "arrayref",
    [HEAP_NONE] = "nullref",          [HEAP_EXN] = "exnref",
    [HEAP_NOEXN] = "nullexnref",
};

const char *heap_name(AbstractHeap h)
{
    return heap_names[h];
}

size_t type_format(ValType t, char *buffer, size_t size)
{
    static const char *const names[] = {
        [TYPE_BOTTOM] = "bot", [TYPE_I32] = "i32",   [TYPE_I64] = "i64",
        [TYPE_F32] = "f32",    [TYPE_F64] = "f64",   [TYPE_V128] = "v128",
        [TYPE_REF] = "",       [TYPE_I8] = "i8",     [TYPE_I16] = "i16",
    };
    HeapType h = type_heap(t);
    const char *null = type_is_nullable(t) ? "null " : "";
    int length;
    if (!type_is_ref(t))
        length = snprintf(buffer, size, "%s", names[type_kind(t)]);
    else if (!heap_is_abstract(h))
        length = snprintf(buffer, size, "(ref %s%u)", null, (unsigned)heap_index(h));
    else if (type_is_nullable(t))
        length = snprintf(buffer, size, "%s", heap_ref_names[heap_abstract(h)]);
    else
        length = snprintf(buffer, size, "(ref %s)", heap_names[heap_abstract(h)]);
    return length < 0 ? 0 : (size_t)length;
}

// --- Matching ------------------------------------------------------------------------

#define HEAP_BIT(h) (1u << HEAP_##h)

// For each abstract heap type the abstract ones above it, itself included.
//                                                       spec: match-heaptype
static const u16 heap_above[HEAP_COUNT] = {
    [HEAP_BOTTOM] = (1u << HEAP_COUNT) - 1,
    [HEAP_FUNC] = HEAP_BIT(FUNC),
    [HEAP_NOFUNC] = HEAP_BIT(NOFUNC) | HEAP_BIT(FUNC),
    [HEAP_EXTERN] = HEAP_BIT(EXTERN),
    [HEAP_NOEXTERN] = HEAP_BIT(NOEXTERN) | HEAP_BIT(EXTERN),
    [HEAP_ANY] = HEAP_BIT(ANY),
    [HEAP_EQ] = HEAP_BIT(EQ) | HEAP_BIT(ANY),
    [HEAP_I31] = HEAP_BIT(I31) | HEAP_BIT(EQ) | HEAP_BIT(ANY),
    [HEAP_STRUCT] = HEAP_BIT(STRUCT) | HEAP_BIT(EQ) | HEAP_BIT(ANY),
    [HEAP_ARRAY] = HEAP_BIT(ARRAY) | HEAP_BIT(EQ) | HEAP_BIT(ANY),
    [HEAP_NONE] = HEAP_BIT(NONE) | HEAP_BIT(I31) | HEAP_BIT(STRUCT) | HEAP_BIT(ARRAY) |
                  HEAP_BIT(EQ) | HEAP_BIT(ANY),
    [HEAP_EXN] = HEAP_BIT(EXN),
    [HEAP_NOEXN] = HEAP_BIT(NOEXN) | HEAP_BIT(EXN),
};

// The abstract type right above a defined type of this kind.
static AbstractHeap comp_heap(CompKind comp)
{
    return comp == COMP_FUNC ? HEAP_FUNC : comp == COMP_STRUCT ? HEAP_STRUCT : HEAP_ARRAY;
}

bool heap_matches(const TypeSpace *space, HeapType sub, HeapType super)
{
    if (sub == super) return true;
    if (heap_is_abstract(sub)) {
        AbstractHeap low = heap_abstract(sub);
        if (heap_is_abstract(super)) return heap_above[low] >> heap_abstract(super) & 1;
        CompKind comp = space->comp(space->self, heap_index(super));
        return low == HEAP_BOTTOM || low == (comp == COMP_FUNC ? HEAP_NOFUNC : HEAP_NONE);
    }
    if (heap_is_abstract(super)) {
        AbstractHeap low = comp_heap(space->comp(space->self, heap_index(sub)));
        return heap_above[low] >> heap_abstract(super) & 1;
    }
    return space->below(space->self, heap_index(sub), heap_index(super));
}

bool val_matches(const TypeSpace *space, ValType sub, ValType super)
{
    if (sub == super || type_kind(sub) == TYPE_BOTTOM) return true;
    if (!type_is_ref(sub) || !type_is_ref(super)) return false;
    if (type_is_nullable(sub) && !type_is_nullable(super)) return false;
    return heap_matches(space, type_heap(sub), type_heap(super));
}

AbstractHeap heap_top(const TypeSpace *space, HeapType h)
{
    AbstractHeap low = heap_is_abstract(h) ? heap_abstract(h)
                                           : comp_heap(space->comp(space->self, heap_index(h)));
    switch (low) {
    case HEAP_FUNC:
    case HEAP_NOFUNC: return HEAP_FUNC;
    case HEAP_EXTERN:
    case HEAP_NOEXTERN: return HEAP_EXTERN;
    case HEAP_EXN:
    case HEAP_NOEXN: return HEAP_EXN;
    default: return HEAP_ANY;
    }
}

bool limits_match(const Limits *sub, const Limits *super)
{
    if (sub->is64 != super->is64 || sub->shared != super->shared ||
        sub->page_log2 != super->page_log2 || sub->min < super->min)
        return false;
    return !super->has_max || (sub->has_max && sub->max <= super->max);
}
