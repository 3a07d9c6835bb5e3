// walk.c -- the walk that walk.h describes.
// SPDX-License-Identifier: MIT
#include "wasi/walk.h"

enum {
    LINK_LIMIT = 40,  // followed in one path: then it is taken for a loop
    HELD_LIMIT = 64,  // directories held open; see push
};

typedef struct PathWalk {
    const PortFiles *files;
    PortHandle held[HELD_LIMIT];  // held[0] is where the walk started, and not ours
    u32 depth;                    // of the directory the walk stands in; 0 is the start
    u32 forgotten;                // how many below the top were closed to hold fewer
    u32 links;
    WalkMode mode;
    char rest[PATH_LIMIT];        // what is still to be walked
    size_t at;                    // how far
} PathWalk;

// --- the guest's text --------------------------------------------------------------

Errno take_path(const Call *c, u32 param, GuestPath *path)
{
    u64 at = arg_u32(c, param), size = arg_u32(c, param + 1);
    if (!guest_has(c->guest, at, size)) return ERRNO_FAULT;
    if (size >= PATH_LIMIT) return ERRNO_NAMETOOLONG;
    TRY(guest_read(c->guest, at, path->text, size));
    path->text[size] = '\0';
    if (memchr(path->text, '\0', size)) return ERRNO_INVAL;
    return size == 0 ? ERRNO_NOENT : ERRNO_SUCCESS;
}

// --- the directories held ----------------------------------------------------------
// held[] is a ring over depths 1..: a path may be deeper than we want descriptors. What
// is closed on the way down cannot be gone back to, which only a path with more than sixty
// ".." in a row after as many names would notice.

static PortHandle top(const PathWalk *w)
{
    return w->depth == 0 ? w->held[0] : w->held[1 + (w->depth - 1) % (HELD_LIMIT - 1)];
}

static void close_handle(const PathWalk *w, PortHandle handle)
{
    w->files->close(w->files->ctx, handle);
}

static void push(PathWalk *w, PortHandle dir)
{
    PortHandle *slot = &w->held[1 + w->depth % (HELD_LIMIT - 1)];
    if (w->depth - w->forgotten == HELD_LIMIT - 1) {
        close_handle(w, *slot);
        w->forgotten++;
    }
    *slot = dir;
    w->depth++;
}

static Errno pop(PathWalk *w)
{
    if (w->depth == 0) return ERRNO_PERM;
    if (w->depth - w->forgotten == 1 && w->depth > 1) return ERRNO_NAMETOOLONG;
    close_handle(w, top(w));
    w->depth--;
    return ERRNO_SUCCESS;
}

static void release_held(PathWalk *w)
{
    while (w->depth > w->forgotten) {
        close_handle(w, top(w));
        w->depth--;
    }
}

// --- steps -------------------------------------------------------------------------

static bool is_only_slashes(const char *text)
{
    while (*text == '/') text++;
    return *text == '\0';
}

// The next component; "." when only slashes are left (a path that is "./" or "a/").
static Errno next_name(PathWalk *w, char *name)
{
    while (w->rest[w->at] == '/') w->at++;
    size_t size = strcspn(w->rest + w->at, "/");
    if (size > NAME_LIMIT) return ERRNO_NAMETOOLONG;
    if (size == 0) {
        memcpy(name, ".", 2);
        return ERRNO_SUCCESS;
    }
    memcpy(name, w->rest + w->at, size);
    name[size] = '\0';
    w->at += size;
    return ERRNO_SUCCESS;
}

// Puts a link's text before what is left of the path. A text from the root of the host is
// not for guests.
static Errno follow_link(PathWalk *w, const char *text, size_t size)
{
    if (size == 0) return ERRNO_NOENT;
    if (text[0] == '/') return ERRNO_PERM;
    if (++w->links > LINK_LIMIT) return ERRNO_LOOP;
    size_t left = strlen(w->rest + w->at);
    if (size + left >= PATH_LIMIT) return ERRNO_NAMETOOLONG;
    memmove(w->rest + size, w->rest + w->at, left + 1);
    memcpy(w->rest, text, size);
    w->at = 0;
    return ERRNO_SUCCESS;
}

// If `name` is a link, follows it; INVAL says it is none, as readlink does.
static Errno follow_if_link(PathWalk *w, const char *name)
{
    char text[PATH_LIMIT];
    size_t size;
    TRY(w->files->read_link(w->files->ctx, top(w), name, text, sizeof text, &size));
    Errno error = size == sizeof text ? ERRNO_NAMETOOLONG : follow_link(w, text, size);
    return error == ERRNO_INVAL ? ERRNO_IO : error;
}

// Reading it as a link said: it is none, or not there, or not for us to look at. What that
// means is for the call to find out.
static bool is_no_link(Errno error)
{
    return error == ERRNO_INVAL || error == ERRNO_NOENT || error == ERRNO_ACCES;
}

// Enters a directory in the middle of the path.
static Errno enter(PathWalk *w, const char *name)
{
    PortHandle dir;
    Errno error = w->files->open_at(w->files->ctx, top(w), name,
                                    PORT_OPEN_WALK | PORT_OPEN_DIRECTORY, &dir);
    if (!error) {
        push(w, dir);
        return ERRNO_SUCCESS;
    }
    if (error != ERRNO_NOTDIR && error != ERRNO_LOOP) return error;
    error = follow_if_link(w, name);
    return error == ERRNO_INVAL ? ERRNO_NOTDIR : error;
}

static Errno arrive(PathWalk *w, const char *name, bool has_slash, PathPlace *place)
{
    place->files = w->files;
    place->must_be_dir = has_slash;
    strcpy(place->name, name);
    place->dir = top(w);
    place->owns_dir = w->depth > 0;
    if (place->owns_dir) w->depth--;  // the place holds it now
    return ERRNO_SUCCESS;
}

static Errno walk_all(PathWalk *w, PathPlace *place)
{
    char name[NAME_LIMIT + 1];
    while (true) {
        TRY(next_name(w, name));
        const char *left = w->rest + w->at;
        bool is_last = is_only_slashes(left), has_slash = is_last && *left;
        if (strcmp(name, "..") == 0) {
            TRY(pop(w));
            if (is_last) return arrive(w, ".", false, place);
        } else if (strcmp(name, ".") == 0) {
            if (is_last) return arrive(w, ".", false, place);
        } else if (!is_last) {
            TRY(enter(w, name));
        } else {
            bool follows = w->mode == WALK_THROUGH || (w->mode == WALK_SLASH && has_slash);
            Errno error = follows ? follow_if_link(w, name) : ERRNO_INVAL;
            if (is_no_link(error)) return arrive(w, name, has_slash, place);
            TRY(error);
        }
    }
}

// --- the short cut -----------------------------------------------------------------

// Where the system can resolve a path without leaving a directory, the directories before
// the last name are one call. Whatever is not plain is left to the walk: a last name that
// must be followed, and every failure, so that both ways answer the same.
static bool walk_shortly(Call *c, const Desc *start, const char *path, WalkMode mode,
                         PathPlace *place)
{
    const Port *port = c->world->port;
    const char *slash = strrchr(path, '/');
    if (!start->is_host || !slash || slash == path || !slash[1]) return false;
    if (strlen(slash + 1) > NAME_LIMIT || strcmp(slash + 1, ".") == 0 ||
        strcmp(slash + 1, "..") == 0)
        return false;
    char before[PATH_LIMIT];
    memcpy(before, path, (size_t)(slash - path));
    before[slash - path] = '\0';
    PortHandle dir;
    if (port->open_beneath(port->ctx, start->handle, before,
                           PORT_OPEN_WALK | PORT_OPEN_DIRECTORY, &dir))
        return false;
    *place = (PathPlace){.files = start->files, .dir = dir, .owns_dir = true};
    strcpy(place->name, slash + 1);
    if (mode != WALK_THROUGH) return true;
    char text[1];
    size_t size;
    if (is_no_link(place->files->read_link(place->files->ctx, dir, place->name, text,
                                           sizeof text, &size)))
        return true;
    leave(place);
    return false;
}

Errno walk(Call *c, const Desc *start, const char *path, WalkMode mode, PathPlace *place)
{
    if (path[0] == '/') return ERRNO_PERM;
    if (walk_shortly(c, start, path, mode, place)) return ERRNO_SUCCESS;
    PathWalk w;
    w.files = start->files;
    w.held[0] = start->handle;
    w.depth = w.forgotten = w.links = 0;
    w.mode = mode;
    w.at = 0;
    strcpy(w.rest, path);
    Errno error = walk_all(&w, place);
    release_held(&w);
    return error;
}

void leave(PathPlace *place)
{
    if (place->owns_dir) place->files->close(place->files->ctx, place->dir);
    place->owns_dir = false;
}
