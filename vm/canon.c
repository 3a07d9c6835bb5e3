// canon.c -- interning recursive groups of types.
//                                                       spec: aux-roll-rectype
// SPDX-License-Identifier: MIT
#include "vm/canon.h"

#include "loader/errors.h"

// In a group's words the index of a reference is a store id, or, with this bit, a place in
// the group itself. Ids stay below it.
#define CANON_RELATIVE (1u << 25)

void canon_init(CanonTypes *types, const Allocator *alloc)
{
    *types = (CanonTypes){.alloc = alloc};
    arena_init(&types->arena, alloc);
}

void canon_free(CanonTypes *types)
{
    const Allocator *alloc = types->alloc;
    arena_free(&types->arena);
    allocator_free(alloc, types->list, types->room * sizeof *types->list);
    allocator_free(alloc, types->buckets, types->bucket_count * sizeof(u32));
    allocator_free(alloc, types->words, types->word_room * sizeof(u32));
    *types = (CanonTypes){.alloc = alloc};
}

// --- A group as words ----------------------------------------------------------------

typedef struct GroupView {
    const SubType *types;
    u32 start, size;
    const u32 *outer;
} GroupView;

static u32 group_index(const GroupView *g, u32 index)
{
    if (index - g->start < g->size) return CANON_RELATIVE | (index - g->start);
    return g->outer != NULL ? g->outer[index] : index;
}

static u32 group_valtype(const GroupView *g, ValType t)
{
    if (!type_is_ref(t) || heap_is_abstract(type_heap(t))) return t;
    u32 index = group_index(g, heap_index(type_heap(t)));
    return HEAP_INDEX(index) | (t & (TYPE_NULLABLE | TYPE_KIND_MASK));
}

static u32 subtype_field_count(const SubType *t)
{
    switch ((CompKind)t->comp) {
    case COMP_FUNC: return t->of.func.param_count + t->of.func.result_count;
    case COMP_STRUCT: return t->of.structure.field_count;
    case COMP_ARRAY: return 1;
    }
    return 0;
}

static size_t group_word_count(const GroupView *g)
{
    size_t count = 0;
    for (u32 i = 0; i < g->size; i++) {
        u32 n = subtype_field_count(&g->types[i]);
        count += 4 + (g->types[i].comp == COMP_FUNC ? n : 2 * (size_t)n);
    }
    return count;
}

// Each type: its shape, its supertype, how many components there are of either kind, then
// these, fields with a word for their mutability.
static u32 *type_words(const GroupView *g, const SubType *t, u32 *w)
{
    *w++ = (u32)t->comp | (u32)t->is_final << 8;
    *w++ = t->super == NO_INDEX ? NO_INDEX : group_index(g, t->super);
    if (t->comp == COMP_FUNC) {
        const FuncType *f = &t->of.func;
        *w++ = f->param_count;
        *w++ = f->result_count;
        for (u32 i = 0; i < f->param_count; i++) *w++ = group_valtype(g, f->params[i]);
        for (u32 i = 0; i < f->result_count; i++) *w++ = group_valtype(g, f->results[i]);
        return w;
    }
    u32 n = subtype_field_count(t);
    const FieldType *fields = t->comp == COMP_STRUCT ? t->of.structure.fields : &t->of.array.field;
    *w++ = n;
    *w++ = 0;
    for (u32 i = 0; i < n; i++) {
        *w++ = group_valtype(g, fields[i].storage);
        *w++ = fields[i].is_mutable;
    }
    return w;
}

static u32 words_hash(const u32 *words, size_t count)
{
    u32 h = 2166136261u;
    for (size_t i = 0; i < count; i++) {
        h = (h ^ words[i]) * 0x9e3779b1u;
        h ^= h >> 15;
    }
    return h;
}

// --- Room ----------------------------------------------------------------------------

static bool canon_word_room(CanonTypes *types, size_t count)
{
    if (count <= types->word_room) return true;
    size_t room = count + count / 2 + 64;
    if (room > UINT32_MAX / sizeof(u32)) return false;
    u32 *words = allocator_resize(types->alloc, types->words, types->word_room * sizeof(u32),
                              room * sizeof(u32));
    if (words == NULL) return false;
    types->words = words;
    types->word_room = (u32)room;
    return true;
}

static bool canon_list_room(CanonTypes *types, u32 more)
{
    if (more <= types->room - types->count) return true;
    if (more >= CANON_RELATIVE - types->count) return false;
    u32 room = (types->count + more) * 2;
    if (room < 64) room = 64;
    CanonType **list = allocator_resize(types->alloc, types->list,
                                          types->room * sizeof *types->list, room * sizeof *list);
    if (list == NULL) return false;
    types->list = list;
    types->room = room;
    return true;
}

static void canon_chain(CanonTypes *types, CanonType *t, u32 id)
{
    u32 *bucket = &types->buckets[t->hash & (types->bucket_count - 1)];
    t->next = *bucket;
    *bucket = id;
}

// Keeps at least as many buckets as types.
static bool canon_bucket_room(CanonTypes *types, u32 more)
{
    u32 need = types->count + more;
    if (need <= types->bucket_count) return true;
    u32 count = types->bucket_count == 0 ? 64 : types->bucket_count;
    while (count < need) count *= 2;
    u32 *buckets = allocator_take(types->alloc, count * sizeof(u32));
    if (buckets == NULL) return false;
    allocator_free(types->alloc, types->buckets, types->bucket_count * sizeof(u32));
    memset(buckets, 0xff, count * sizeof(u32));
    types->buckets = buckets;
    types->bucket_count = count;
    for (u32 id = 0; id < types->count; id += types->list[id]->sub.group_size) {
        canon_chain(types, types->list[id], id);
    }
    return true;
}

// --- Adding a group ------------------------------------------------------------------

// From the words' terms to store ids, the group itself being at `first`.
static u32 settled_index(u32 index, u32 first)
{
    return index & CANON_RELATIVE ? first + (index & ~CANON_RELATIVE) : index;
}

static ValType settled_valtype(ValType t, u32 first)
{
    if (!type_is_ref(t) || heap_is_abstract(type_heap(t))) return t;
    return HEAP_INDEX(settled_index(heap_index(type_heap(t)), first)) |
           (t & (TYPE_NULLABLE | TYPE_KIND_MASK));
}

u32 storage_bytes(ValType storage)
{
    return type_is_ref(storage) ? 8 : type_bytes(storage);
}

// Where the fields of a struct lie.
static bool canon_layout(CanonTypes *types, CanonType *t)
{
    u32 n = t->sub.of.structure.field_count;
    FieldPlace *places = ARENA_NEW(&types->arena, n, FieldPlace);
    if (places == NULL) return false;
    u32 at = 0;
    for (u32 i = 0; i < n; i++) {
        ValType storage = t->sub.of.structure.fields[i].storage;
        u32 size = storage_bytes(storage), align = size < 8 ? size : 8;
        at = (at + align - 1) & ~(align - 1);
        places[i] = (FieldPlace){at, (u8)size, type_is_ref(storage)};
        at += size;
        t->has_refs |= type_is_ref(storage);
    }
    t->places = places;
    t->size = at;
    return true;
}

static bool canon_copy_func(CanonTypes *types, const GroupView *g, const FuncType *from,
                            FuncType *to, u32 first)
{
    size_t count = (size_t)from->param_count + from->result_count;
    ValType *list = ARENA_NEW(&types->arena, count, ValType);
    if (list == NULL) return false;
    ValType *at = list;
    for (u32 i = 0; i < from->param_count; i++) {
        *at++ = settled_valtype(group_valtype(g, from->params[i]), first);
    }
    for (u32 i = 0; i < from->result_count; i++) {
        *at++ = settled_valtype(group_valtype(g, from->results[i]), first);
    }
    *to = (FuncType){list, list + from->param_count, from->param_count, from->result_count};
    return true;
}

static FieldType settled_field(const GroupView *g, FieldType field, u32 first)
{
    field.storage = settled_valtype(group_valtype(g, field.storage), first);
    return field;
}

static bool canon_copy_type(CanonTypes *types, const GroupView *g, u32 i, u32 first,
                            CanonType *to)
{
    const SubType *from = &g->types[i];
    to->sub = *from;
    to->sub.group_start = first;
    to->sub.group_size = g->size;
    if (from->super != NO_INDEX) to->sub.super = settled_index(group_index(g, from->super), first);
    switch ((CompKind)from->comp) {
    case COMP_FUNC:
        return canon_copy_func(types, g, &from->of.func, &to->sub.of.func, first);
    case COMP_ARRAY:
        to->sub.of.array.field = settled_field(g, from->of.array.field, first);
        to->size = storage_bytes(from->of.array.field.storage);
        to->has_refs = type_is_ref(from->of.array.field.storage);
        return true;
    case COMP_STRUCT: break;
    }
    u32 n = from->of.structure.field_count;
    FieldType *fields = ARENA_NEW(&types->arena, n, FieldType);
    if (fields == NULL) return false;
    for (u32 k = 0; k < n; k++) fields[k] = settled_field(g, from->of.structure.fields[k], first);
    to->sub.of.structure.fields = fields;
    return canon_layout(types, to);
}

// The supertype's display and the type itself. Supertypes come before their subtypes, so
// theirs is there already.
static bool canon_display(CanonTypes *types, CanonType *t, u32 id)
{
    u32 depth = 0;
    const CanonType *super = NULL;
    if (t->sub.super != NO_INDEX) {
        super = types->list[t->sub.super];
        depth = super->sub.depth + 1;
    }
    u32 *display = ARENA_NEW(&types->arena, (size_t)depth + 1, u32);
    if (display == NULL) return false;
    if (super != NULL) memcpy(display, super->display, depth * sizeof(u32));
    display[depth] = id;
    t->display = display;
    t->sub.depth = depth;
    return true;
}

static bool canon_add(CanonTypes *types, const GroupView *g, u32 word_count, u32 hash)
{
    u32 first = types->count;
    if (!canon_list_room(types, g->size) || !canon_bucket_room(types, g->size)) return false;
    CanonType *added = ARENA_NEW(&types->arena, g->size, CanonType);
    u32 *words = ARENA_NEW(&types->arena, word_count, u32);
    if (added == NULL || words == NULL) return false;
    memcpy(words, types->words, word_count * sizeof(u32));
    added->words = words;
    added->word_count = word_count;
    added->hash = hash;
    for (u32 i = 0; i < g->size; i++) {
        types->list[first + i] = &added[i];
        if (!canon_copy_type(types, g, i, first, &added[i])) return false;
        if (!canon_display(types, &added[i], first + i)) return false;
    }
    canon_chain(types, added, first);
    types->count += g->size;
    return true;
}

bool canon_intern(CanonTypes *types, const SubType *group, u32 start, u32 size, const u32 *outer,
                  u32 *first)
{
    GroupView g = {group, start, size, outer};
    size_t count = group_word_count(&g);
    if (!canon_word_room(types, count)) return false;
    u32 *end = types->words;
    for (u32 i = 0; i < size; i++) end = type_words(&g, &group[i], end);
    assert(end == types->words + count);
    u32 hash = words_hash(types->words, count);
    u32 id = types->bucket_count == 0 ? NO_INDEX : types->buckets[hash & (types->bucket_count - 1)];
    while (id != NO_INDEX) {
        const CanonType *t = types->list[id];
        if (t->hash == hash && t->word_count == count && t->sub.group_size == size &&
            memcmp(t->words, types->words, count * sizeof(u32)) == 0) {
            *first = id;
            return true;
        }
        id = t->next;
    }
    *first = types->count;
    return canon_add(types, &g, (u32)count, hash);
}

bool canon_intern_func(CanonTypes *types, const FuncType *func, u32 *id)
{
    SubType type = {.comp = COMP_FUNC, .is_final = true, .super = NO_INDEX, .group_size = 1};
    type.of.func = *func;
    // No reference is to the group itself: `start` lies above every id.
    return canon_intern(types, &type, TYPE_INDEX_MAX, 1, NULL, id);
}

// --- As a space ----------------------------------------------------------------------

static CompKind canon_space_comp(const void *self, u32 index)
{
    const CanonTypes *types = self;
    return (CompKind)types->list[index]->sub.comp;
}

static bool canon_space_below(const void *self, u32 sub, u32 super)
{
    return canon_below(self, sub, super);
}

TypeSpace canon_space(const CanonTypes *types)
{
    return (TypeSpace){types, canon_space_comp, canon_space_below};
}
