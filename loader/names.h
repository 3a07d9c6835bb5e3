// names.h -- the name section: what functions and locals were called in the source.
//
// Names help people and never matter to the program, so a broken name section is no error:
// the part that can be read is used, the rest is as if it were not there. Lookups walk the
// bytes (names are for backtraces and listings, not for running); whoever lists many names
// iterates instead.
//                                                       spec: binary-namesec
// SPDX-License-Identifier: MIT
#ifndef WEFT_LOADER_NAMES_H
#define WEFT_LOADER_NAMES_H

#include "loader/module.h"

// Subsection ids.
typedef enum NameKind {
    NAMES_MODULE = 0,
    NAMES_FUNC = 1,
    NAMES_LOCAL = 2,   // function, local
    NAMES_LABEL = 3,   // function, label
    NAMES_TYPE = 4,
    NAMES_TABLE = 5,
    NAMES_MEMORY = 6,
    NAMES_GLOBAL = 7,
    NAMES_ELEM = 8,
    NAMES_DATA = 9,
    NAMES_FIELD = 10,  // type, field
    NAMES_TAG = 11
} NameKind;

// The name of item `index`, or an empty name (bytes NULL).
Name module_item_name(const Module *m, NameKind kind, u32 index);

// The name of local, label or field `inner` of function or type `outer`.
Name module_inner_name(const Module *m, NameKind kind, u32 outer, u32 inner);

// Walks all names of a kind in the order they are written (ascending in sane files).
typedef struct NameWalk {
    Reader reader;
    u32 left, inner_left;
    bool nested;
    u32 outer, index;  // of the name just read; outer only for LOCAL, LABEL and FIELD
    Name name;
} NameWalk;

NameWalk names_walk(const Module *m, NameKind kind);
bool names_next(NameWalk *walk);

// How a function is called in messages: its name section's name, else "module.name" if it is
// imported, else an export's name, else "func[7]". Ended by a zero, cut off if need be,
// unprintable bytes shown as '.'. Returns the length it wanted.
size_t func_display_name(const Module *m, u32 func_index, char *buffer, size_t size);

#endif
