// tree.c -- a file system in memory, behind the same table as the host's.
//
// Nodes are files, directories and symbolic links; a node lives while a directory names it
// or a handle holds it, as on POSIX. A handle is an Opened: a node, a position, how it was
// opened. Directories keep their entries sorted by name.
// SPDX-License-Identifier: MIT
#include "wasi/world.h"

typedef struct TreeNode TreeNode;

typedef struct TreeEntry {
    char *name;
    TreeNode *node;
} TreeEntry;

struct TreeNode {
    PortType type;
    u32 links;    // names of it; of a directory, one
    u32 handles;  // open ones
    u64 ino, atim, mtim, ctim;
    TreeNode *parent;   // of a directory that has a name
    TreeEntry *entries; // of a directory
    u8 *bytes;          // of a file, or a link's text
    size_t size, capacity;  // of entries or bytes
};

typedef struct Opened {
    TreeNode *node;
    u64 at;
    bool appends;
} Opened;

struct weft_wasi_tree {
    Allocator alloc;
    const Port *port;
    PortFiles files;
    TreeNode *root;
    PortHandle root_handle;
    size_t used, most;  // bytes of nodes, names and contents
    u64 next_ino;
};

static Opened *opened(PortHandle handle)
{
    return (Opened *)handle;
}

// --- nodes -------------------------------------------------------------------------

static u64 tree_now(const weft_wasi_tree *t)
{
    u64 ns = 0;
    t->port->clock_time(t->port->ctx, PORT_CLOCK_REALTIME, &ns);
    return ns;
}

static void touch(const weft_wasi_tree *t, TreeNode *node)
{
    node->mtim = node->ctim = tree_now(t);
}

static Errno charge(weft_wasi_tree *t, size_t size)
{
    if (t->most && (size > t->most || t->used > t->most - size)) return ERRNO_NOSPC;
    t->used += size;
    return ERRNO_SUCCESS;
}

// A node costs what it takes, so that a guest cannot fill memory with empty files.
static TreeNode *new_node(weft_wasi_tree *t, PortType type)
{
    if (charge(t, sizeof(TreeNode))) return NULL;
    TreeNode *node = allocator_take_zeroed(&t->alloc, sizeof *node);
    if (!node) {
        t->used -= sizeof *node;
        return NULL;
    }
    node->type = type;
    node->ino = ++t->next_ino;
    node->atim = node->mtim = node->ctim = tree_now(t);
    return node;
}

// Frees a node that has neither name nor handle. Directories are empty by then.
static void drop_if_unused(weft_wasi_tree *t, TreeNode *node)
{
    if (node->links > 0 || node->handles > 0) return;
    if (node->type == PORT_TYPE_DIRECTORY) {
        allocator_free(&t->alloc, node->entries, node->capacity * sizeof *node->entries);
    } else {
        t->used -= node->size;
        allocator_free(&t->alloc, node->bytes, node->capacity);
    }
    t->used -= sizeof *node;
    allocator_free(&t->alloc, node, sizeof *node);
}

static Errno resize_bytes(weft_wasi_tree *t, TreeNode *node, u64 size)
{
    // What no file can be is FBIG; what only this host could never hold is refused like
    // what it cannot hold now, so that a 32-bit host answers as any other.
    if (size > INT64_MAX) return ERRNO_FBIG;
    if (size > SIZE_MAX / 2) return ERRNO_NOSPC;
    if (size > node->size) TRY(charge(t, (size_t)size - node->size));
    if (size > node->capacity) {
        size_t capacity = node->capacity * 2 > size ? node->capacity * 2 : (size_t)size;
        if (t->most && capacity > t->most) capacity = (size_t)size;
        u8 *bytes = allocator_resize(&t->alloc, node->bytes, node->capacity, capacity);
        if (!bytes) {
            t->used -= (size_t)size - node->size;
            return ERRNO_NOSPC;
        }
        node->bytes = bytes;
        node->capacity = capacity;
    }
    if (size > node->size) memset(node->bytes + node->size, 0, (size_t)size - node->size);
    else t->used -= node->size - (size_t)size;
    node->size = (size_t)size;
    return ERRNO_SUCCESS;
}

// --- directories -------------------------------------------------------------------

// Where `name` is or belongs. True if it is there.
static bool find_entry(const TreeNode *dir, const char *name, size_t *at)
{
    size_t low = 0, high = dir->size;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(dir->entries[middle].name, name);
        if (order == 0) {
            *at = middle;
            return true;
        }
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    *at = low;
    return false;
}

static Errno find_node(PortHandle handle, const char *name, TreeNode **node)
{
    TreeNode *dir = opened(handle)->node;
    size_t at;
    if (dir->type != PORT_TYPE_DIRECTORY) return ERRNO_NOTDIR;
    if (strcmp(name, ".") == 0) {
        *node = dir;
        return ERRNO_SUCCESS;
    }
    if (!find_entry(dir, name, &at)) return ERRNO_NOENT;
    *node = dir->entries[at].node;
    return ERRNO_SUCCESS;
}

// Puts a name into a directory where none of it is.
static Errno add_entry(weft_wasi_tree *t, TreeNode *dir, const char *name, TreeNode *node)
{
    size_t at, size = strlen(name) + 1;
    if (dir->links == 0) return ERRNO_NOENT;  // removed while open
    if (find_entry(dir, name, &at)) return ERRNO_EXIST;
    if (dir->size == dir->capacity) {
        size_t capacity = dir->capacity ? dir->capacity * 2 : 4;
        TreeEntry *entries = allocator_resize(&t->alloc, dir->entries,
                                          dir->capacity * sizeof *entries,
                                          capacity * sizeof *entries);
        if (!entries) return ERRNO_NOSPC;
        dir->entries = entries;
        dir->capacity = capacity;
    }
    TRY(charge(t, size));
    char *copy = allocator_take(&t->alloc, size);
    if (!copy) {
        t->used -= size;
        return ERRNO_NOSPC;
    }
    memcpy(copy, name, size);
    memmove(dir->entries + at + 1, dir->entries + at, (dir->size - at) * sizeof *dir->entries);
    dir->entries[at] = (TreeEntry){.name = copy, .node = node};
    dir->size++;
    node->links++;
    if (node->type == PORT_TYPE_DIRECTORY) node->parent = dir;
    touch(t, dir);
    return ERRNO_SUCCESS;
}

// Takes a name away; what it named goes too, if nothing else holds it.
static void remove_entry(weft_wasi_tree *t, TreeNode *dir, const char *name)
{
    size_t at, size = strlen(name) + 1;
    if (!find_entry(dir, name, &at)) return;
    TreeEntry gone = dir->entries[at];
    dir->size--;
    memmove(dir->entries + at, dir->entries + at + 1, (dir->size - at) * sizeof *dir->entries);
    t->used -= size;
    gone.node->links--;
    if (gone.node->type == PORT_TYPE_DIRECTORY) gone.node->parent = NULL;
    gone.node->ctim = tree_now(t);
    drop_if_unused(t, gone.node);
    touch(t, dir);
    allocator_free(&t->alloc, gone.name, size);
}

// Makes a new node under a name that must be free.
static Errno make_node(weft_wasi_tree *t, PortHandle dir, const char *name, PortType type,
                       TreeNode **made)
{
    size_t at;
    TreeNode *parent = opened(dir)->node;
    if (parent->type != PORT_TYPE_DIRECTORY) return ERRNO_NOTDIR;
    if (strcmp(name, ".") == 0 || find_entry(parent, name, &at)) return ERRNO_EXIST;
    TreeNode *node = new_node(t, type);
    if (!node) return ERRNO_NOSPC;
    Errno error = add_entry(t, parent, name, node);
    if (error) drop_if_unused(t, node);
    else *made = node;
    return error;
}

// --- the table: opening, asking ----------------------------------------------------

static Errno open_node(weft_wasi_tree *t, TreeNode *node, u32 flags, PortHandle *file)
{
    Opened *o = allocator_take(&t->alloc, sizeof *o);
    if (!o) return ERRNO_NOMEM;
    *o = (Opened){.node = node, .appends = flags & PORT_OPEN_APPEND};
    node->handles++;
    *file = (PortHandle)o;
    return ERRNO_SUCCESS;
}

static Errno check_open(const TreeNode *node, u32 flags)
{
    if (flags & PORT_OPEN_CREATE && flags & PORT_OPEN_EXCLUSIVE) return ERRNO_EXIST;
    if (node->type == PORT_TYPE_SYMLINK)
        return flags & PORT_OPEN_DIRECTORY ? ERRNO_NOTDIR : ERRNO_LOOP;
    if (node->type != PORT_TYPE_DIRECTORY)
        return flags & PORT_OPEN_DIRECTORY ? ERRNO_NOTDIR : ERRNO_SUCCESS;
    return flags & (PORT_OPEN_WRITE | PORT_OPEN_TRUNCATE | PORT_OPEN_CREATE) ? ERRNO_ISDIR
                                                                             : ERRNO_SUCCESS;
}

static Errno tree_open_at(void *ctx, PortHandle dir, const char *name, u32 flags,
                          PortHandle *file)
{
    weft_wasi_tree *t = ctx;
    TreeNode *node;
    Errno error = find_node(dir, name, &node);
    if (error == ERRNO_NOENT && (flags & PORT_OPEN_CREATE))
        error = make_node(t, dir, name, PORT_TYPE_REGULAR, &node);
    else if (!error)
        error = check_open(node, flags);
    TRY(error);
    TRY(open_node(t, node, flags, file));
    if ((flags & PORT_OPEN_TRUNCATE) && node->size > 0) {
        resize_bytes(t, node, 0);
        touch(t, node);
    }
    return ERRNO_SUCCESS;
}

static Errno tree_close(void *ctx, PortHandle file)
{
    weft_wasi_tree *t = ctx;
    TreeNode *node = opened(file)->node;
    node->handles--;
    drop_if_unused(t, node);
    allocator_free(&t->alloc, opened(file), sizeof(Opened));
    return ERRNO_SUCCESS;
}

static void stat_node(const TreeNode *node, PortStat *stat)
{
    *stat = (PortStat){.dev = 1,
                       .ino = node->ino,
                       .nlink = node->links,
                       .size = node->size,
                       .atim = node->atim,
                       .mtim = node->mtim,
                       .ctim = node->ctim,
                       .type = node->type};
}

static Errno tree_stat(void *ctx, PortHandle file, PortStat *stat)
{
    (void)ctx;
    stat_node(opened(file)->node, stat);
    return ERRNO_SUCCESS;
}

static Errno tree_stat_at(void *ctx, PortHandle dir, const char *name, PortStat *stat)
{
    (void)ctx;
    TreeNode *node;
    TRY(find_node(dir, name, &node));
    stat_node(node, stat);
    return ERRNO_SUCCESS;
}

static Errno tree_list_dir(void *ctx, PortHandle dir, PortDirSink *sink, void *user)
{
    (void)ctx;
    const TreeNode *node = opened(dir)->node;
    if (node->type != PORT_TYPE_DIRECTORY) return ERRNO_NOTDIR;
    for (size_t i = 0; i < node->size; i++) {
        const TreeEntry *entry = &node->entries[i];
        TRY(sink(user, entry->name, strlen(entry->name), entry->node->ino, entry->node->type));
    }
    return ERRNO_SUCCESS;
}

static Errno tree_read_link(void *ctx, PortHandle dir, const char *name, char *text,
                            size_t size, size_t *done)
{
    (void)ctx;
    TreeNode *node;
    TRY(find_node(dir, name, &node));
    if (node->type != PORT_TYPE_SYMLINK) return ERRNO_INVAL;
    *done = node->size < size ? node->size : size;
    memcpy(text, node->bytes, *done);
    return ERRNO_SUCCESS;
}

// --- the table: bytes --------------------------------------------------------------

static Errno tree_read(void *ctx, PortHandle file, const PortIo *io, size_t count, u64 offset,
                       size_t *done)
{
    weft_wasi_tree *t = ctx;
    Opened *o = opened(file);
    if (o->node->type != PORT_TYPE_REGULAR) return ERRNO_ISDIR;
    u64 at = offset == PORT_AT_CURSOR ? o->at : offset;
    size_t total = 0;
    for (size_t i = 0; i < count && at < o->node->size; i++) {
        u64 left = o->node->size - at;
        size_t n = io[i].size < left ? io[i].size : (size_t)left;
        memcpy(io[i].data, o->node->bytes + at, n);
        at += n, total += n;
    }
    if (offset == PORT_AT_CURSOR) o->at = at;
    if (total > 0) o->node->atim = tree_now(t);
    *done = total;
    return ERRNO_SUCCESS;
}

static Errno tree_write(void *ctx, PortHandle file, const PortIo *io, size_t count, u64 offset,
                        size_t *done)
{
    weft_wasi_tree *t = ctx;
    Opened *o = opened(file);
    TreeNode *node = o->node;
    if (node->type != PORT_TYPE_REGULAR) return ERRNO_ISDIR;
    u64 at = o->appends ? node->size : offset == PORT_AT_CURSOR ? o->at : offset;
    size_t total = 0;
    Errno error = ERRNO_SUCCESS;
    for (size_t i = 0; i < count && !error; i++) {
        if (io[i].size == 0) continue;
        if (at + io[i].size > node->size) error = resize_bytes(t, node, at + io[i].size);
        if (error) break;
        memcpy(node->bytes + at, io[i].data, io[i].size);
        at += io[i].size, total += io[i].size;
    }
    if (error && total == 0) return error;
    if (offset == PORT_AT_CURSOR) o->at = at;
    if (total > 0) touch(t, node);
    *done = total;
    return ERRNO_SUCCESS;
}

static Errno tree_seek(void *ctx, PortHandle file, s64 offset, PortWhence whence, u64 *position)
{
    (void)ctx;
    Opened *o = opened(file);
    u64 base = whence == PORT_SEEK_SET ? 0 : whence == PORT_SEEK_CUR ? o->at : o->node->size;
    if (offset < 0 ? (u64)-(offset + 1) >= base : (u64)offset > (u64)INT64_MAX - base)
        return ERRNO_INVAL;
    *position = o->at = base + (u64)offset;
    return ERRNO_SUCCESS;
}

static Errno tree_set_append(void *ctx, PortHandle file, bool append)
{
    (void)ctx;
    opened(file)->appends = append;
    return ERRNO_SUCCESS;
}

static Errno tree_set_size(void *ctx, PortHandle file, u64 size)
{
    weft_wasi_tree *t = ctx;
    TreeNode *node = opened(file)->node;
    if (node->type != PORT_TYPE_REGULAR) return ERRNO_INVAL;
    TRY(resize_bytes(t, node, size));
    touch(t, node);
    return ERRNO_SUCCESS;
}

static Errno tree_allocate(void *ctx, PortHandle file, u64 offset, u64 size)
{
    weft_wasi_tree *t = ctx;
    TreeNode *node = opened(file)->node;
    if (node->type != PORT_TYPE_REGULAR) return ERRNO_INVAL;
    return offset + size > node->size ? resize_bytes(t, node, offset + size) : ERRNO_SUCCESS;
}

static Errno tree_advise(void *ctx, PortHandle file, u64 offset, u64 size, u32 advice)
{
    (void)ctx, (void)file, (void)offset, (void)size, (void)advice;
    return ERRNO_SUCCESS;
}

static Errno tree_sync(void *ctx, PortHandle file, bool data_only)
{
    (void)ctx, (void)file, (void)data_only;
    return ERRNO_SUCCESS;
}

static void set_node_times(const weft_wasi_tree *t, TreeNode *node, u64 atim, u64 mtim)
{
    if (atim != PORT_TIME_KEEP) node->atim = atim == PORT_TIME_NOW ? tree_now(t) : atim;
    if (mtim != PORT_TIME_KEEP) node->mtim = mtim == PORT_TIME_NOW ? tree_now(t) : mtim;
    node->ctim = tree_now(t);
}

static Errno tree_set_times(void *ctx, PortHandle file, u64 atim, u64 mtim)
{
    set_node_times(ctx, opened(file)->node, atim, mtim);
    return ERRNO_SUCCESS;
}

static Errno tree_set_times_at(void *ctx, PortHandle dir, const char *name, u64 atim, u64 mtim)
{
    TreeNode *node;
    TRY(find_node(dir, name, &node));
    set_node_times(ctx, node, atim, mtim);
    return ERRNO_SUCCESS;
}

// --- the table: names --------------------------------------------------------------

static Errno tree_make_dir(void *ctx, PortHandle dir, const char *name)
{
    TreeNode *made;
    return make_node(ctx, dir, name, PORT_TYPE_DIRECTORY, &made);
}

static Errno tree_remove_dir(void *ctx, PortHandle dir, const char *name)
{
    TreeNode *node;
    TRY(find_node(dir, name, &node));
    if (node->type != PORT_TYPE_DIRECTORY) return ERRNO_NOTDIR;
    if (node->size > 0) return ERRNO_NOTEMPTY;
    remove_entry(ctx, opened(dir)->node, name);
    return ERRNO_SUCCESS;
}

static Errno tree_unlink(void *ctx, PortHandle dir, const char *name)
{
    TreeNode *node;
    TRY(find_node(dir, name, &node));
    if (node->type == PORT_TYPE_DIRECTORY) return ERRNO_ISDIR;
    remove_entry(ctx, opened(dir)->node, name);
    return ERRNO_SUCCESS;
}

static bool is_inside(const TreeNode *dir, const TreeNode *of)
{
    for (; dir; dir = dir->parent)
        if (dir == of) return true;
    return false;
}

static Errno check_replace(const TreeNode *node, const TreeNode *old)
{
    bool is_dir = node->type == PORT_TYPE_DIRECTORY;
    bool was_dir = old->type == PORT_TYPE_DIRECTORY;
    if (is_dir && !was_dir) return ERRNO_NOTDIR;
    if (!is_dir && was_dir) return ERRNO_ISDIR;
    return was_dir && old->size > 0 ? ERRNO_NOTEMPTY : ERRNO_SUCCESS;
}

static Errno tree_rename(void *ctx, PortHandle dir, const char *name, PortHandle new_dir,
                         const char *new_name)
{
    weft_wasi_tree *t = ctx;
    TreeNode *from = opened(dir)->node, *to = opened(new_dir)->node, *node, *old;
    TRY(find_node(dir, name, &node));
    if (to->type != PORT_TYPE_DIRECTORY) return ERRNO_NOTDIR;
    if (node->type == PORT_TYPE_DIRECTORY && is_inside(to, node)) return ERRNO_INVAL;
    // What is replaced keeps its entry until the new one is in: only the node changes.
    size_t at;
    if (find_entry(to, new_name, &at)) {
        old = to->entries[at].node;
        if (old == node) return ERRNO_SUCCESS;
        TRY(check_replace(node, old));
        to->entries[at].node = node;
        node->links++;
        old->links--;
        if (old->type == PORT_TYPE_DIRECTORY) old->parent = NULL;
        drop_if_unused(t, old);
    } else {
        TRY(add_entry(t, to, new_name, node));
    }
    remove_entry(t, from, name);
    if (node->type == PORT_TYPE_DIRECTORY) node->parent = to;
    return ERRNO_SUCCESS;
}

static Errno tree_link(void *ctx, PortHandle dir, const char *name, PortHandle new_dir,
                       const char *new_name)
{
    TreeNode *to = opened(new_dir)->node, *node;
    TRY(find_node(dir, name, &node));
    if (node->type == PORT_TYPE_DIRECTORY) return ERRNO_PERM;
    if (to->type != PORT_TYPE_DIRECTORY) return ERRNO_NOTDIR;
    return add_entry(ctx, to, new_name, node);
}

static Errno tree_symlink(void *ctx, const char *target, PortHandle dir, const char *name)
{
    TreeNode *node;
    size_t size = strlen(target);
    TRY(make_node(ctx, dir, name, PORT_TYPE_SYMLINK, &node));
    Errno error = resize_bytes(ctx, node, size);
    if (error) remove_entry(ctx, opened(dir)->node, name);
    else memcpy(node->bytes, target, size);
    return error;
}

static const PortFiles tree_model = {
    .open_at = tree_open_at,
    .close = tree_close,
    .stat = tree_stat,
    .stat_at = tree_stat_at,
    .read = tree_read,
    .write = tree_write,
    .seek = tree_seek,
    .set_append = tree_set_append,
    .set_size = tree_set_size,
    .set_times = tree_set_times,
    .set_times_at = tree_set_times_at,
    .allocate = tree_allocate,
    .advise = tree_advise,
    .sync = tree_sync,
    .list_dir = tree_list_dir,
    .make_dir = tree_make_dir,
    .remove_dir = tree_remove_dir,
    .unlink = tree_unlink,
    .rename = tree_rename,
    .link = tree_link,
    .symlink = tree_symlink,
    .read_link = tree_read_link,
};

// --- for the embedder --------------------------------------------------------------

const PortFiles *tree_files(weft_wasi_tree *tree)
{
    return &tree->files;
}

Errno tree_open_root(weft_wasi_tree *tree, PortHandle *handle)
{
    return open_node(tree, tree->root, 0, handle);
}

weft_wasi_tree *weft_wasi_tree_new(const weft_wasi_options *options)
{
    const Allocator *alloc = options && options->allocator ? options->allocator : &allocator_libc;
    weft_wasi_tree *t = allocator_take_zeroed(alloc, sizeof *t);
    if (!t) return NULL;
    t->alloc = *alloc;
    t->port = options && options->port ? options->port : port_native();
    t->files = tree_model;
    t->files.ctx = t;
    t->root = new_node(t, PORT_TYPE_DIRECTORY);
    if (t->root && !open_node(t, t->root, 0, &t->root_handle)) {
        t->root->links = 1;
        return t;
    }
    allocator_free(alloc, t->root, sizeof *t->root);
    allocator_free(alloc, t, sizeof *t);
    return NULL;
}

// Removes the last entry of the deepest last directory until nothing is left: no recursion,
// however deep a guest made it.
static void empty_tree(weft_wasi_tree *t)
{
    TreeNode *dir = t->root;
    while (true) {
        if (dir->size == 0) {
            if (dir == t->root) return;
            TreeNode *parent = dir->parent;
            dir->parent = NULL;
            remove_entry(t, parent, parent->entries[parent->size - 1].name);
            dir = parent;
            continue;
        }
        const TreeEntry *last = &dir->entries[dir->size - 1];
        if (last->node->type == PORT_TYPE_DIRECTORY && last->node->size > 0) dir = last->node;
        else remove_entry(t, dir, last->name);
    }
}

void weft_wasi_tree_free(weft_wasi_tree *tree)
{
    if (!tree) return;
    empty_tree(tree);
    tree->root->links = 0;
    tree_close(tree, tree->root_handle);
    Allocator alloc = tree->alloc;
    allocator_free(&alloc, tree, sizeof *tree);
}

void weft_wasi_tree_limit(weft_wasi_tree *tree, size_t max_bytes)
{
    tree->most = max_bytes;
}

// The next component of an embedder's path; false at its end. Slashes around it are skipped.
static bool next_component(const char **path, char *name, size_t room, bool *is_last)
{
    while (**path == '/') ++*path;
    size_t size = strcspn(*path, "/");
    if (size == 0 || size >= room) return false;
    memcpy(name, *path, size);
    name[size] = '\0';
    *path += size;
    while (**path == '/') ++*path;
    *is_last = **path == '\0';
    return strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

// Finds the node at the end of a path, making what is missing: directories, and at the end
// a node of `type` (UNKNOWN makes nothing).
static TreeNode *reach(weft_wasi_tree *t, const char *path, PortType type)
{
    Opened here = {.node = t->root};
    char name[256];
    bool is_last = false;
    while (!is_last) {
        TreeNode *next;
        if (!next_component(&path, name, sizeof name, &is_last)) return NULL;
        if (find_node((PortHandle)&here, name, &next)) {
            if (type == PORT_TYPE_UNKNOWN) return NULL;
            if (make_node(t, (PortHandle)&here, name, is_last ? type : PORT_TYPE_DIRECTORY,
                          &next))
                return NULL;
        }
        here.node = next;
    }
    return here.node;
}

bool weft_wasi_tree_file(weft_wasi_tree *tree, const char *path, const void *bytes, size_t size)
{
    TreeNode *node = reach(tree, path, PORT_TYPE_REGULAR);
    if (!node || node->type != PORT_TYPE_REGULAR || resize_bytes(tree, node, size)) return false;
    if (size) memcpy(node->bytes, bytes, size);
    return true;
}

bool weft_wasi_tree_dir(weft_wasi_tree *tree, const char *path)
{
    const TreeNode *node = reach(tree, path, PORT_TYPE_DIRECTORY);
    return node && node->type == PORT_TYPE_DIRECTORY;
}

const void *weft_wasi_tree_read(const weft_wasi_tree *tree, const char *path, size_t *size)
{
    weft_wasi_tree *unchanged = (weft_wasi_tree *)(uintptr_t)tree;
    const TreeNode *node = reach(unchanged, path, PORT_TYPE_UNKNOWN);
    if (!node || node->type != PORT_TYPE_REGULAR) return NULL;
    *size = node->size;
    return node->bytes ? (const void *)node->bytes : "";
}
