// definitions.h -- what a store offers to importing modules, keyed by module and name.
//
// An open hash table with linear probing. Names are copied, both into one block; entries
// are never removed, only replaced, because a definition can be given up by defining the
// name again but imports of old instances stay as they are.
//                                                   spec: embed, exec-instantiation
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_DEFINITIONS_H
#define WEFT_VM_DEFINITIONS_H

#include "include/weft.h"
#include "ports/alloc.h"

typedef struct Definition {
    char *names;  // the module's bytes, then the name's; NULL: an empty place
    u32 module_size, name_size;
    u32 hash;
    weft_extern item;
} Definition;

typedef struct Definitions {
    Definition *places;
    u32 room;   // a power of two, or 0
    u32 count;
} Definitions;

// Whom to ask for definitions of a module that are made on demand.
typedef struct Supplier {
    struct Supplier *next;
    weft_provider provide;
    void *user;
    size_t size;
    char module[];
} Supplier;

// The definition of that name, or NULL. The pointer is good until the next put.
Definition *definitions_find(const Definitions *d, weft_name module, weft_name name);

// Defines or replaces; false when memory runs out, and nothing changed.
bool definitions_put(Definitions *d, const Allocator *alloc, weft_name module, weft_name name,
                     weft_extern item);

// The first definition at or after place `*at`, moving `*at` behind it; NULL at the end.
Definition *definitions_next(const Definitions *d, u32 *at);

void definitions_free(Definitions *d, const Allocator *alloc);

#endif
