// definitions.c -- the hash table of a store's definitions.
// SPDX-License-Identifier: MIT
#include "vm/definitions.h"

// FNV-1a over both names; a zero byte between them keeps ("a","bc") off ("ab","c").
static u32 definition_hash(weft_name module, weft_name name)
{
    u32 h = 2166136261u;
    for (size_t i = 0; i < module.size; i++) h = (h ^ (u8)module.data[i]) * 16777619u;
    h *= 16777619u;
    for (size_t i = 0; i < name.size; i++) h = (h ^ (u8)name.data[i]) * 16777619u;
    return h;
}

static bool definition_is(const Definition *def, u32 hash, weft_name module, weft_name name)
{
    return def->hash == hash && def->module_size == module.size && def->name_size == name.size &&
           (module.size == 0 || memcmp(def->names, module.data, module.size) == 0) &&
           (name.size == 0 || memcmp(def->names + module.size, name.data, name.size) == 0);
}

// The place where that name is or would go. The table is never full.
static Definition *definition_place(const Definitions *d, u32 hash, weft_name module,
                                    weft_name name)
{
    for (u32 i = hash;; i++) {
        Definition *def = &d->places[i & (d->room - 1)];
        if (def->names == NULL || definition_is(def, hash, module, name)) return def;
    }
}

Definition *definitions_find(const Definitions *d, weft_name module, weft_name name)
{
    if (d->count == 0) return NULL;
    Definition *def = definition_place(d, definition_hash(module, name), module, name);
    return def->names == NULL ? NULL : def;
}

// Doubles the table when it would be more than three quarters full.
static bool definitions_make_room(Definitions *d, const Allocator *alloc)
{
    if (d->room != 0 && d->count + 1 <= d->room / 4 * 3) return true;
    if (d->room >= UINT32_MAX / 2) return false;
    Definitions bigger = {.room = d->room == 0 ? 64 : d->room * 2, .count = d->count};
    bigger.places = allocator_take_zeroed(alloc, bigger.room * sizeof(Definition));
    if (bigger.places == NULL) return false;
    for (u32 i = 0; i < d->room; i++) {
        const Definition *old = &d->places[i];
        if (old->names == NULL) continue;
        u32 at = old->hash & (bigger.room - 1);
        while (bigger.places[at].names != NULL) at = (at + 1) & (bigger.room - 1);
        bigger.places[at] = *old;
    }
    allocator_free(alloc, d->places, d->room * sizeof(Definition));
    *d = bigger;
    return true;
}

bool definitions_put(Definitions *d, const Allocator *alloc, weft_name module, weft_name name,
                     weft_extern item)
{
    if (module.size > UINT32_MAX / 2 || name.size > UINT32_MAX / 2) return false;
    Definition *old = definitions_find(d, module, name);
    if (old != NULL) {
        old->item = item;
        return true;
    }
    if (!definitions_make_room(d, alloc)) return false;
    // One byte more, so that two empty names are a block too.
    char *names = allocator_take(alloc, module.size + name.size + 1);
    if (names == NULL) return false;
    if (module.size != 0) memcpy(names, module.data, module.size);
    if (name.size != 0) memcpy(names + module.size, name.data, name.size);
    u32 hash = definition_hash(module, name);
    *definition_place(d, hash, module, name) = (Definition){
        .names = names,
        .module_size = (u32)module.size,
        .name_size = (u32)name.size,
        .hash = hash,
        .item = item,
    };
    d->count++;
    return true;
}

Definition *definitions_next(const Definitions *d, u32 *at)
{
    while (*at < d->room) {
        Definition *def = &d->places[(*at)++];
        if (def->names != NULL) return def;
    }
    return NULL;
}

void definitions_free(Definitions *d, const Allocator *alloc)
{
    u32 at = 0;
    for (Definition *def; (def = definitions_next(d, &at)) != NULL;) {
        allocator_free(alloc, def->names, (size_t)def->module_size + def->name_size + 1);
    }
    allocator_free(alloc, d->places, d->room * sizeof(Definition));
    *d = (Definitions){0};
}
