// validate_types.c -- type definitions: references in range, canonical, subtypes fitting.
//
// Two types are equal if their recursive groups are: as many types, alike field by field,
// where references into the own group are compared by position in it. Each group is looked
// up in a hash table of the groups before it; if it is there, `canonical` maps its types to
// the earlier ones. References to earlier groups are canonical already when a group is
// hashed, so one pass in index order does it.
//                                                       spec: valid-types, aux-canon
// SPDX-License-Identifier: MIT
#include "loader/load.h"

#include <stdio.h>

// --- References ------------------------------------------------------------------------

// Resolves a reference written in type `own` of a group that ends before `limit`.
static bool resolve_index(Module *m, const SubType *type, u32 limit, u32 *index, LoadError *error)
{
    if (*index >= limit) {
        load_error_set(error, ERROR_UNKNOWN_TYPE, m->sections[SECTION_TYPE].at, *index, NULL);
        return false;
    }
    if (*index < type->group_start) *index = m->canonical[*index];
    return true;
}

static bool resolve_type(Module *m, const SubType *type, ValType *t, LoadError *error)
{
    if (!type_is_ref(*t) || *t & TYPE_ABSTRACT) return true;
    u32 index = heap_index(type_heap(*t));
    if (!resolve_index(m, type, type->group_start + type->group_size, &index, error)) return false;
    *t = HEAP_INDEX(index) | (*t & 0x1f);
    return true;
}

static bool check_limit(u32 count, u32 limit, const char *what, const Module *m, LoadError *error)
{
    if (count <= limit) return true;
    load_error_set(error, ERROR_LIMIT_EXCEEDED, m->sections[SECTION_TYPE].at, 0, what);
    return false;
}

// Lists of types are constant to everyone, but decode_types made them for this type alone in
// this module's arena, and nobody else has seen them yet.
static void *unfrozen(const void *list)
{
    return (void *)(uintptr_t)list;
}

static bool resolve_references(Module *m, u32 own, LoadError *error)
{
    SubType *type = &m->types[own];
    bool ok = true;
    switch ((CompKind)type->comp) {
    case COMP_FUNC: {
        FuncType *func = &type->of.func;
        ok = check_limit(func->param_count, LIMIT_PARAMS, "1000 parameters", m, error) &&
             check_limit(func->result_count, LIMIT_RESULTS, "1000 results", m, error);
        ValType *types = unfrozen(func->params);
        for (u32 i = 0; ok && i < func->param_count + func->result_count; i++)
            ok = resolve_type(m, type, &types[i], error);
        break;
    }
    case COMP_STRUCT: {
        StructType *structure = &type->of.structure;
        ok = check_limit(structure->field_count, LIMIT_FIELDS, "10000 fields", m, error);
        FieldType *fields = unfrozen(structure->fields);
        for (u32 i = 0; ok && i < structure->field_count; i++)
            ok = resolve_type(m, type, &fields[i].storage, error);
        break;
    }
    case COMP_ARRAY: ok = resolve_type(m, type, &type->of.array.field.storage, error); break;
    }
    // A supertype comes before its subtypes, also inside a group.
    return ok && (type->super == NO_INDEX || resolve_index(m, type, own, &type->super, error));
}

// --- Equality of groups ------------------------------------------------------------------

// An index as it counts for equality: relative and marked if it is in the own group.
static u64 relative_index(const SubType *type, u32 index)
{
    if (index == NO_INDEX) return NO_INDEX;
    u32 position = index - type->group_start;
    return position < type->group_size ? (u64)1 << 32 | position : index;
}

static u64 relative_type(const SubType *type, ValType t)
{
    if (!type_is_ref(t) || t & TYPE_ABSTRACT) return t;
    u64 index = relative_index(type, heap_index(type_heap(t)));
    return index << TYPE_INDEX_SHIFT | (t & 0x1f);
}

// FNV-1a over words, stirred at the end of each.
static u64 hash_word(u64 hash, u64 word)
{
    hash = (hash ^ word) * 0x100000001b3u;
    return hash ^ hash >> 29;
}

static u64 hash_field(u64 hash, const SubType *type, FieldType field)
{
    return hash_word(hash_word(hash, relative_type(type, field.storage)), field.is_mutable);
}

static u64 hash_sub_type(u64 hash, const SubType *type)
{
    hash = hash_word(hash, (u64)type->comp << 1 | type->is_final);
    hash = hash_word(hash, relative_index(type, type->super));
    switch ((CompKind)type->comp) {
    case COMP_FUNC: {
        const FuncType *func = &type->of.func;
        hash = hash_word(hash, (u64)func->param_count << 32 | func->result_count);
        for (u32 i = 0; i < func->param_count + func->result_count; i++)
            hash = hash_word(hash, relative_type(type, func->params[i]));
        return hash;
    }
    case COMP_STRUCT:
        hash = hash_word(hash, type->of.structure.field_count);
        for (u32 i = 0; i < type->of.structure.field_count; i++)
            hash = hash_field(hash, type, type->of.structure.fields[i]);
        return hash;
    case COMP_ARRAY: return hash_field(hash, type, type->of.array.field);
    }
    return hash;
}

static u64 hash_group(const Module *m, u32 start)
{
    u64 hash = hash_word(0xcbf29ce484222325u, m->types[start].group_size);
    for (u32 i = 0; i < m->types[start].group_size; i++)
        hash = hash_sub_type(hash, &m->types[start + i]);
    return hash;
}

static bool same_field(const SubType *a, FieldType x, const SubType *b, FieldType y)
{
    return x.is_mutable == y.is_mutable &&
           relative_type(a, x.storage) == relative_type(b, y.storage);
}

static bool same_sub_type(const SubType *a, const SubType *b)
{
    if (a->comp != b->comp || a->is_final != b->is_final ||
        relative_index(a, a->super) != relative_index(b, b->super))
        return false;
    switch ((CompKind)a->comp) {
    case COMP_FUNC: {
        const FuncType *f = &a->of.func, *g = &b->of.func;
        if (f->param_count != g->param_count || f->result_count != g->result_count) return false;
        for (u32 i = 0; i < f->param_count + f->result_count; i++)
            if (relative_type(a, f->params[i]) != relative_type(b, g->params[i])) return false;
        return true;
    }
    case COMP_STRUCT: {
        const StructType *s = &a->of.structure, *t = &b->of.structure;
        if (s->field_count != t->field_count) return false;
        for (u32 i = 0; i < s->field_count; i++)
            if (!same_field(a, s->fields[i], b, t->fields[i])) return false;
        return true;
    }
    case COMP_ARRAY: return same_field(a, a->of.array.field, b, b->of.array.field);
    }
    return false;
}

static bool same_group(const Module *m, u32 a, u32 b)
{
    if (m->types[a].group_size != m->types[b].group_size) return false;
    for (u32 i = 0; i < m->types[a].group_size; i++)
        if (!same_sub_type(&m->types[a + i], &m->types[b + i])) return false;
    return true;
}

// Groups seen so far, by hash: open addressing, at most half full. `start` is an index + 1.
typedef struct GroupSlot {
    u64 hash;
    u32 start;
} GroupSlot;

// Finds the group equal to the one at `start`, or enters this one.
static u32 intern_group(const Module *m, GroupSlot *slots, u32 mask, u32 start)
{
    u64 hash = hash_group(m, start);
    u32 at = (u32)hash & mask;
    while (slots[at].start) {
        u32 other = slots[at].start - 1;
        if (slots[at].hash == hash && same_group(m, other, start)) return other;
        at = (at + 1) & mask;
    }
    slots[at] = (GroupSlot){hash, start + 1};
    return start;
}

// --- Subtypes ----------------------------------------------------------------------------

// spec: match-fieldtype. A mutable field is read and written, so it must be equal.
static bool field_matches(const Module *m, FieldType sub, FieldType super)
{
    if (sub.is_mutable != super.is_mutable) return false;
    if (sub.storage == super.storage) return true;
    return !sub.is_mutable && !type_is_packed(sub.storage) && !type_is_packed(super.storage) &&
           module_matches(m, sub.storage, super.storage);
}

// spec: match-comptype
static bool comp_type_matches(const Module *m, const SubType *sub, const SubType *super)
{
    if (sub->comp != super->comp) return false;
    switch ((CompKind)sub->comp) {
    case COMP_FUNC: {
        const FuncType *f = &sub->of.func, *g = &super->of.func;
        if (f->param_count != g->param_count || f->result_count != g->result_count) return false;
        for (u32 i = 0; i < f->param_count; i++)
            if (!module_matches(m, g->params[i], f->params[i])) return false;
        for (u32 i = 0; i < f->result_count; i++)
            if (!module_matches(m, f->results[i], g->results[i])) return false;
        return true;
    }
    case COMP_STRUCT: {
        const StructType *s = &sub->of.structure, *t = &super->of.structure;
        if (s->field_count < t->field_count) return false;
        for (u32 i = 0; i < t->field_count; i++)
            if (!field_matches(m, s->fields[i], t->fields[i])) return false;
        return true;
    }
    case COMP_ARRAY: return field_matches(m, sub->of.array.field, super->of.array.field);
    }
    return false;
}

// Asked by every struct.new_default, so it is found out once.
static bool fields_have_defaults(const SubType *type)
{
    if (type->comp == COMP_ARRAY) return type_is_defaultable(type->of.array.field.storage);
    if (type->comp != COMP_STRUCT) return false;
    for (u32 i = 0; i < type->of.structure.field_count; i++)
        if (!type_is_defaultable(type->of.structure.fields[i].storage)) return false;
    return true;
}

// spec: valid-subtype
static bool validate_sub_type(Module *m, u32 own, LoadError *error)
{
    SubType *type = &m->types[own];
    if (type->super == NO_INDEX) return true;
    const SubType *super = module_type(m, type->super);
    if (type->super_count > 1 || super->is_final || !comp_type_matches(m, type, super)) {
        char detail[64];
        snprintf(detail, sizeof detail, "%u does not match super type %u", (unsigned)own,
                 (unsigned)type->super);
        load_error_set(error, ERROR_SUB_TYPE, m->sections[SECTION_TYPE].at, 0, detail);
        return false;
    }
    return check_limit(type->depth, LIMIT_SUBTYPE_DEPTH, "63 levels of subtyping", m, error);
}

// One recursive group.                                      spec: valid-rectype
static bool validate_group(Module *m, GroupSlot *slots, u32 mask, u32 start, LoadError *error)
{
    u32 size = m->types[start].group_size;
    for (u32 i = 0; i < size; i++)
        if (!resolve_references(m, start + i, error)) return false;
    u32 first = intern_group(m, slots, mask, start);
    for (u32 i = 0; i < size; i++) m->canonical[start + i] = first + i;
    // Fields may refer to any type of the group, so all depths are known before any matching.
    for (u32 i = 0; i < size; i++) {
        SubType *type = &m->types[start + i];
        type->has_defaults = fields_have_defaults(type);
        if (type->super != NO_INDEX) type->depth = module_type(m, type->super)->depth + 1;
    }
    for (u32 i = 0; first == start && i < size; i++)
        if (!validate_sub_type(m, start + i, error)) return false;
    return true;
}

bool validate_types(Module *m, LoadError *error)
{
    m->canonical = ARENA_NEW(&m->arena, m->type_count, u32);
    u32 capacity = 16;
    while (capacity < m->type_count * 2) capacity *= 2;
    size_t bytes = capacity * sizeof(GroupSlot);
    GroupSlot *slots = allocator_resize(&m->allocator, NULL, 0, bytes);
    m->ref_types = ARENA_NEW(&m->arena, (size_t)m->type_count * 2, ValType);
    if (!m->canonical || !m->ref_types || !slots) {
        load_error_set(error, ERROR_OUT_OF_MEMORY, NO_INDEX, 0, NULL);
        allocator_free(&m->allocator, slots, bytes);
        return false;
    }
    memset(slots, 0, bytes);
    for (u32 i = 0; i < m->type_count; i++) {
        m->ref_types[i * 2] = REF_TYPE(HEAP_INDEX(i));
        m->ref_types[i * 2 + 1] = REF_NULL_TYPE(HEAP_INDEX(i));
    }
    bool ok = true;
    for (u32 at = 0; ok && at < m->type_count; at += m->types[at].group_size)
        ok = validate_group(m, slots, capacity - 1, at, error);
    allocator_free(&m->allocator, slots, bytes);
    return ok;
}

bool canonicalize_type(const Module *m, ValType *t, u32 offset, LoadError *error)
{
    if (!type_is_ref(*t) || *t & TYPE_ABSTRACT) return true;
    u32 index = heap_index(type_heap(*t));
    if (index >= m->type_count) {
        load_error_set(error, ERROR_UNKNOWN_TYPE, offset, index, NULL);
        return false;
    }
    *t = module_canonical_val(m, *t);
    return true;
}

// --- Matching in a module ------------------------------------------------------------------

static CompKind module_comp(const void *self, u32 index)
{
    return (CompKind)module_type(self, index)->comp;
}

static bool module_below(const void *self, u32 sub, u32 super)
{
    const Module *m = self;
    u32 wanted = m->canonical[super], depth = m->types[wanted].depth;
    u32 at = m->canonical[sub];
    while (m->types[at].depth > depth) at = m->canonical[m->types[at].super];
    return at == wanted;
}

TypeSpace module_type_space(const Module *m)
{
    return (TypeSpace){m, module_comp, module_below};
}

bool module_matches(const Module *m, ValType sub, ValType super)
{
    if (sub == super) return true;
    TypeSpace space = module_type_space(m);
    return val_matches(&space, sub, super);
}

bool module_heap_matches(const Module *m, HeapType sub, HeapType super)
{
    if (sub == super) return true;
    TypeSpace space = module_type_space(m);
    return heap_matches(&space, sub, super);
}
