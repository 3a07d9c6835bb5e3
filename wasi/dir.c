// dir.c -- fd_readdir: listing a directory with cookies that stay true.
//
// A guest reads a directory in pieces as small as it likes and may go back to any cookie
// it was given. So the names are taken down once, when the guest starts at cookie 0, and
// a cookie is an index into them: 0 is ".", 1 is "..", then the entries. Files removed
// meanwhile are still listed, new ones are not, as POSIX allows; starting again at 0 takes
// the names down anew.
// SPDX-License-Identifier: MIT
#include "wasi/world.h"

typedef struct ListingEntry {
    u64 ino;
    u32 name, size;  // where its name is in `names`
    u8 type;
} ListingEntry;

struct Listing {
    ListingEntry *entries;
    char *names;
    size_t count, capacity, names_size, names_capacity;
};

// What all listings of a world may hold together. A guest with many descriptors on a huge
// directory would otherwise decide how much memory the host spends.
#define LISTINGS_MOST ((size_t)64 << 20)

static size_t listing_size(const Listing *l)
{
    return sizeof *l + l->capacity * sizeof *l->entries + l->names_capacity;
}

void listing_free(weft_wasi *world, Desc *desc)
{
    Listing *l = desc->listing;
    if (!l) return;
    world->listing_bytes -= listing_size(l);
    allocator_free(&world->alloc, l->entries, l->capacity * sizeof *l->entries);
    allocator_free(&world->alloc, l->names, l->names_capacity);
    allocator_free(&world->alloc, l, sizeof *l);
    desc->listing = NULL;
}

// Listings of other descriptors make room; they are taken down again if asked for.
static void forget_other_listings(weft_wasi *world, const Desc *keep)
{
    for (u32 fd = 0; fd < world->desc_count; fd++)
        if (&world->descs[fd] != keep) listing_free(world, &world->descs[fd]);
}

typedef struct Taker {
    weft_wasi *world;
    Desc *desc;
} Taker;

// The block with twice the room (at first `first` units), or NULL.
static void *grow_block(Taker *taker, void *block, size_t *capacity, size_t unit, size_t first)
{
    weft_wasi *world = taker->world;
    size_t wanted = *capacity ? *capacity * 2 : first;
    size_t more = (wanted - *capacity) * unit;
    if (world->listing_bytes + more > LISTINGS_MOST)
        forget_other_listings(world, taker->desc);
    if (world->listing_bytes + more > LISTINGS_MOST) return NULL;
    void *grown = allocator_resize(&world->alloc, block, *capacity * unit, wanted * unit);
    if (!grown) return NULL;
    *capacity = wanted;
    world->listing_bytes += more;
    return grown;
}

static Errno make_room(Taker *taker, size_t name_size)
{
    Listing *l = taker->desc->listing;
    if (l->count == l->capacity) {
        void *grown = grow_block(taker, l->entries, &l->capacity, sizeof *l->entries, 32);
        if (!grown) return ERRNO_NOMEM;
        l->entries = grown;
    }
    while (l->names_capacity - l->names_size < name_size + 1) {
        void *grown = grow_block(taker, l->names, &l->names_capacity, 1, 512);
        if (!grown) return ERRNO_NOMEM;
        l->names = grown;
    }
    return ERRNO_SUCCESS;
}

static Errno take_entry(void *user, const char *name, size_t size, u64 ino, PortType type)
{
    Taker *taker = user;
    Listing *l = taker->desc->listing;
    TRY(make_room(taker, size));
    l->entries[l->count++] =
        (ListingEntry){.ino = ino, .name = (u32)l->names_size, .size = (u32)size, .type = (u8)type};
    memcpy(l->names + l->names_size, name, size);
    l->names[l->names_size + size] = '\0';
    l->names_size += size + 1;
    return ERRNO_SUCCESS;
}

// --- order -------------------------------------------------------------------------

static bool is_before(const Listing *l, const ListingEntry *a, const ListingEntry *b)
{
    return strcmp(l->names + a->name, l->names + b->name) < 0;
}

// Sinks entry `at` in a heap whose root is the last of all names. Heap sort: qsort could
// not be told where the names are, and recursion over a guest's directory is not wanted.
static void sift_down(Listing *l, size_t at, size_t count)
{
    while (2 * at + 1 < count) {
        size_t child = 2 * at + 1;
        ListingEntry *e = l->entries;
        if (child + 1 < count && is_before(l, &e[child], &e[child + 1])) child++;
        if (!is_before(l, &e[at], &e[child])) return;
        ListingEntry swap = e[at];
        e[at] = e[child], e[child] = swap;
        at = child;
    }
}

static void sort_listing(Listing *l)
{
    for (size_t at = l->count / 2; at-- > 0;) sift_down(l, at, l->count);
    for (size_t count = l->count; count-- > 1;) {
        ListingEntry swap = l->entries[0];
        l->entries[0] = l->entries[count], l->entries[count] = swap;
        sift_down(l, 0, count);
    }
}

static Errno take_listing(Call *c)
{
    weft_wasi *world = c->world;
    Desc *fd = c->fd;
    listing_free(world, fd);
    fd->listing = allocator_take_zeroed(&world->alloc, sizeof *fd->listing);
    if (!fd->listing) return ERRNO_NOMEM;
    world->listing_bytes += sizeof *fd->listing;
    Taker taker = {.world = world, .desc = fd};
    Errno error = fd->files->list_dir(fd->files->ctx, fd->handle, take_entry, &taker);
    if (error) listing_free(world, fd);
    else if (world->is_deterministic) sort_listing(fd->listing);
    return error;
}

// --- telling -----------------------------------------------------------------------

enum { DIRENT_SIZE = 24 };

typedef struct DirBuffer {
    u64 at, size, used;
} DirBuffer;

// Appends as much as fits.
static Errno append_bytes(Call *c, DirBuffer *buffer, const void *bytes, size_t size)
{
    u64 left = buffer->size - buffer->used;
    u64 n = size < left ? size : left;
    TRY(guest_write(c->guest, buffer->at + buffer->used, bytes, n));
    buffer->used += n;
    return ERRNO_SUCCESS;
}

static Errno append_entry(Call *c, DirBuffer *buffer, u64 cookie, const char *name, size_t size,
                          u64 ino, PortType type)
{
    u8 dirent[DIRENT_SIZE] = {0};
    store_u64(dirent + 0, cookie + 1);
    store_u64(dirent + 8, ino);
    store_u32(dirent + 16, (u32)size);
    dirent[20] = (u8)type;
    TRY(append_bytes(c, buffer, dirent, sizeof dirent));
    return append_bytes(c, buffer, name, size);
}

// "." and ".." bear this directory's own inode: the parent's would be none of the guest's
// business at the root of a preopen, and elsewhere nobody asks.
static Errno append_dots(Call *c, DirBuffer *buffer, u64 cookie)
{
    PortStat stat;
    TRY(c->fd->files->stat(c->fd->files->ctx, c->fd->handle, &stat));
    TRY(world_disguise(c->world, &stat));
    return append_entry(c, buffer, cookie, "..", cookie == 0 ? 1 : 2, stat.ino,
                        PORT_TYPE_DIRECTORY);
}

static Errno append_listed(Call *c, DirBuffer *buffer, u64 cookie, u64 dev)
{
    const Listing *l = c->fd->listing;
    const ListingEntry *entry = &l->entries[cookie - 2];
    PortStat stat = {.dev = dev, .ino = entry->ino, .type = (PortType)entry->type};
    TRY(world_disguise(c->world, &stat));
    return append_entry(c, buffer, cookie, l->names + entry->name, entry->size, stat.ino,
                        stat.type);
}

// fd_readdir(fd, buf, len, cookie, >used)                            readdir, seekdir
// Fills the buffer to its last byte, cutting the last entry anywhere; a buffer that is
// not full means the end.
Errno wasi_fd_readdir(Call *c)
{
    DirBuffer buffer = {.at = arg_u32(c, 1), .size = arg_u32(c, 2)};
    u64 cookie = arg_u64(c, 3);
    TRY(check_result(c, 4, 4));
    if (!guest_has(c->guest, buffer.at, buffer.size)) return ERRNO_FAULT;
    if (cookie == 0 || !c->fd->listing) TRY(take_listing(c));
    PortStat dir;
    TRY(c->fd->files->stat(c->fd->files->ctx, c->fd->handle, &dir));
    u64 count = (u64)c->fd->listing->count + 2;
    for (; cookie < count && buffer.used < buffer.size; cookie++) {
        if (cookie < 2) TRY(append_dots(c, &buffer, cookie));
        else TRY(append_listed(c, &buffer, cookie, dir.dev));
    }
    return put_u32(c, 4, (u32)buffer.used);
}
