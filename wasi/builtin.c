// builtin.c -- a read-only tree over names and bytes that are compiled in.
//
// There are no nodes: the embedder's array of full paths is the tree. A directory is a
// prefix that some path has; a file is a whole path. Only an open handle costs memory.
// Looking a name up reads the array through, which for the dozens of files of a device is
// less than an index would cost it in RAM.
// SPDX-License-Identifier: MIT
#include "wasi/world.h"

typedef struct BuiltIn {
    struct BuiltIn *next;  // of the world's
    Allocator alloc;
    PortFiles files;
    const weft_wasi_file *array;
} BuiltIn;

// A directory: the first `prefix` bytes of array[index].path, without a slash at the end.
// A file: array[index], and `is_file`.
typedef struct BuiltInHandle {
    size_t index, prefix;
    bool is_file;
    u64 at;
} BuiltInHandle;

static BuiltInHandle *built_in(PortHandle handle)
{
    return (BuiltInHandle *)handle;
}

static const char *path_of(const BuiltIn *b, size_t index)
{
    const char *path = b->array[index].path;
    while (*path == '/') path++;
    return path;
}

// What array[index] has below a directory: the rest of its path, or NULL if it is elsewhere.
static const char *path_below(const BuiltIn *b, size_t index, const BuiltInHandle *dir)
{
    const char *path = path_of(b, index);
    if (dir->prefix == 0) return path;
    if (strncmp(path, path_of(b, dir->index), dir->prefix) != 0) return NULL;
    return path[dir->prefix] == '/' ? path + dir->prefix + 1 : NULL;
}

static Errno find_built_in(const BuiltIn *b, PortHandle from, const char *name,
                           BuiltInHandle *found)
{
    const BuiltInHandle *dir = built_in(from);
    if (dir->is_file) return ERRNO_NOTDIR;
    if (strcmp(name, ".") == 0) {
        *found = *dir;
        return ERRNO_SUCCESS;
    }
    size_t size = strlen(name);
    for (size_t i = 0; b->array[i].path; i++) {
        const char *below = path_below(b, i, dir);
        if (!below || strncmp(below, name, size) != 0) continue;
        if (below[size] != '\0' && below[size] != '/') continue;
        *found = (BuiltInHandle){.index = i,
                                 .prefix = (size_t)(below - path_of(b, i)) + size,
                                 .is_file = below[size] == '\0'};
        return ERRNO_SUCCESS;
    }
    return ERRNO_NOENT;
}

// A file is its index; a directory the first path that has it, and how deep it is in it.
static u64 ino_of(const BuiltInHandle *h)
{
    return h->is_file ? (u64)h->index + 2 : h->prefix ? (u64)h->prefix << 32 | h->index : 1;
}

static void stat_built_in(const BuiltIn *b, const BuiltInHandle *h, PortStat *stat)
{
    *stat = (PortStat){.dev = 1,
                       .ino = ino_of(h),
                       .nlink = 1,
                       .size = h->is_file ? b->array[h->index].size : 0,
                       .type = h->is_file ? PORT_TYPE_REGULAR : PORT_TYPE_DIRECTORY};
}

// --- the table ---------------------------------------------------------------------

static Errno open_built_in(const BuiltIn *b, const BuiltInHandle *model, PortHandle *file)
{
    BuiltInHandle *h = allocator_take(&b->alloc, sizeof *h);
    if (!h) return ERRNO_NOMEM;
    *h = *model;
    h->at = 0;
    *file = (PortHandle)h;
    return ERRNO_SUCCESS;
}

static Errno builtin_open_at(void *ctx, PortHandle dir, const char *name, u32 flags,
                             PortHandle *file)
{
    BuiltInHandle found;
    TRY(find_built_in(ctx, dir, name, &found));
    if (found.is_file && (flags & PORT_OPEN_DIRECTORY)) return ERRNO_NOTDIR;
    return open_built_in(ctx, &found, file);
}

static Errno builtin_close(void *ctx, PortHandle file)
{
    const BuiltIn *b = ctx;
    allocator_free(&b->alloc, built_in(file), sizeof(BuiltInHandle));
    return ERRNO_SUCCESS;
}

static Errno builtin_stat(void *ctx, PortHandle file, PortStat *stat)
{
    stat_built_in(ctx, built_in(file), stat);
    return ERRNO_SUCCESS;
}

static Errno builtin_stat_at(void *ctx, PortHandle dir, const char *name, PortStat *stat)
{
    BuiltInHandle found;
    TRY(find_built_in(ctx, dir, name, &found));
    stat_built_in(ctx, &found, stat);
    return ERRNO_SUCCESS;
}

static Errno builtin_read(void *ctx, PortHandle file, const PortIo *io, size_t count,
                          u64 offset, size_t *done)
{
    const BuiltIn *b = ctx;
    BuiltInHandle *h = built_in(file);
    if (!h->is_file) return ERRNO_ISDIR;
    const weft_wasi_file *f = &b->array[h->index];
    u64 at = offset == PORT_AT_CURSOR ? h->at : offset;
    size_t total = 0;
    for (size_t i = 0; i < count && at < f->size; i++) {
        size_t left = f->size - (size_t)at, n = io[i].size < left ? io[i].size : left;
        memcpy(io[i].data, (const u8 *)f->bytes + at, n);
        at += n, total += n;
    }
    if (offset == PORT_AT_CURSOR) h->at = at;
    *done = total;
    return ERRNO_SUCCESS;
}

static Errno builtin_seek(void *ctx, PortHandle file, s64 offset, PortWhence whence,
                          u64 *position)
{
    const BuiltIn *b = ctx;
    BuiltInHandle *h = built_in(file);
    u64 base = whence == PORT_SEEK_SET   ? 0
               : whence == PORT_SEEK_CUR ? h->at
                                         : b->array[h->index].size;
    if (offset < 0 ? (u64)-(offset + 1) >= base : (u64)offset > (u64)INT64_MAX - base)
        return ERRNO_INVAL;
    *position = h->at = base + (u64)offset;
    return ERRNO_SUCCESS;
}

static Errno builtin_sync(void *ctx, PortHandle file, bool data_only)
{
    (void)ctx, (void)file, (void)data_only;
    return ERRNO_SUCCESS;
}

static Errno builtin_advise(void *ctx, PortHandle file, u64 offset, u64 size, u32 advice)
{
    (void)ctx, (void)file, (void)offset, (void)size, (void)advice;
    return ERRNO_SUCCESS;
}

static Errno builtin_set_append(void *ctx, PortHandle file, bool append)
{
    (void)ctx, (void)file, (void)append;
    return ERRNO_SUCCESS;
}

static size_t component_size(const char *path)
{
    return strcspn(path, "/");
}

// Is the first component below `dir` the same as that of an earlier path?
static bool is_told(const BuiltIn *b, const BuiltInHandle *dir, size_t index, const char *below)
{
    size_t size = component_size(below);
    for (size_t i = 0; i < index; i++) {
        const char *other = path_below(b, i, dir);
        if (other && component_size(other) == size && memcmp(other, below, size) == 0) return true;
    }
    return false;
}

static Errno builtin_list_dir(void *ctx, PortHandle handle, PortDirSink *sink, void *user)
{
    const BuiltIn *b = ctx;
    const BuiltInHandle *dir = built_in(handle);
    for (size_t i = 0; b->array[i].path; i++) {
        const char *below = path_below(b, i, dir);
        if (!below || !*below || is_told(b, dir, i, below)) continue;
        size_t size = component_size(below);
        BuiltInHandle entry = {.index = i,
                               .prefix = (size_t)(below - path_of(b, i)) + size,
                               .is_file = below[size] == '\0'};
        TRY(sink(user, below, size, ino_of(&entry),
                 entry.is_file ? PORT_TYPE_REGULAR : PORT_TYPE_DIRECTORY));
    }
    return ERRNO_SUCCESS;
}

// There are no links here. INVAL says so of what is there.
static Errno builtin_read_link(void *ctx, PortHandle dir, const char *name, char *text,
                               size_t size, size_t *done)
{
    (void)text, (void)size, (void)done;
    BuiltInHandle found;
    TRY(find_built_in(ctx, dir, name, &found));
    return ERRNO_INVAL;
}

// Its descriptors are read-only, which keeps every call that changes something away.
static const PortFiles builtin_model = {
    .open_at = builtin_open_at,
    .close = builtin_close,
    .stat = builtin_stat,
    .stat_at = builtin_stat_at,
    .read = builtin_read,
    .seek = builtin_seek,
    .set_append = builtin_set_append,
    .advise = builtin_advise,
    .sync = builtin_sync,
    .list_dir = builtin_list_dir,
    .read_link = builtin_read_link,
};

// --- building ----------------------------------------------------------------------

bool weft_wasi_files(weft_wasi *world, const weft_wasi_file *files, const char *guest_name)
{
    if (!world) return false;
    BuiltIn *b = allocator_take(&world->alloc, sizeof *b);
    if (!b) return world_out_of_memory(world);
    *b = (BuiltIn){.next = world->built_ins,
                   .alloc = world->alloc,
                   .files = builtin_model,
                   .array = files};
    b->files.ctx = b;
    world->built_ins = b;
    Desc desc = {.files = &b->files, .is_read_only = true};
    if (open_built_in(b, &(BuiltInHandle){0}, &desc.handle)) return world_out_of_memory(world);
    return world_add_preopen(world, &desc, guest_name);
}

void built_ins_free(weft_wasi *world)
{
    while (world->built_ins) {
        BuiltIn *b = world->built_ins;
        world->built_ins = b->next;
        allocator_free(&world->alloc, b, sizeof *b);
    }
}
