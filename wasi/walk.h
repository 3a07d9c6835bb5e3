// walk.h -- from a directory and a guest's path to the place where it ends.
//
// The sandbox of files is this: a path is walked one component at a time, each step from
// an open directory to an open directory, and never by the system's own path lookup. A
// step does not follow links; the walk reads a link itself and continues with its text.
// ".." goes back to a directory that the walk came through and is still held open, so it
// cannot be misled by directories that are moved meanwhile; at the directory the walk
// started from it is refused. What a walk ends with is an open directory and one name in
// it, and the call that follows works on these two.
//
//     path "a/l/../f", where l is a link to "b/c"
//
//     stack   [start]                     rest "a/l/../f"
//             [start, a]                  rest "l/../f"
//             [start, a]                  rest "b/c/../f"     the link's text came in
//             [start, a, b, c]            rest "../f"
//             [start, a, b]               rest "f"
//     place   directory b, name "f"
//
// SPDX-License-Identifier: MIT
#ifndef WEFT_WASI_WALK_H
#define WEFT_WASI_WALK_H

#include "wasi/world.h"

enum {
    PATH_LIMIT = 4096,  // a path, or what becomes of it as links come in
    NAME_LIMIT = 255,   // a component
};

// Where a path ends. `name` is "." where it ends in a directory the walk stands in.
typedef struct PathPlace {
    const PortFiles *files;
    PortHandle dir;
    bool owns_dir;
    bool must_be_dir;  // the path ended in a slash
    char name[NAME_LIMIT + 1];
} PathPlace;

typedef enum WalkMode {
    WALK_TO_LINK,     // a link at the end is what the call is about
    WALK_THROUGH,     // a link at the end is followed
    WALK_SLASH,       // it is followed if the path ends in a slash
} WalkMode;

// A copy of the guest's path: not empty, not too long, no zero in it.
typedef struct GuestPath {
    char text[PATH_LIMIT];
} GuestPath;
Errno take_path(const Call *c, u32 param, GuestPath *path);

Errno walk(Call *c, const Desc *start, const char *path, WalkMode mode, PathPlace *place);
void leave(PathPlace *place);

#endif
