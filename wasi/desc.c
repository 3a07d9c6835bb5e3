// desc.c -- the descriptor table: numbers, rights, closing, renumbering.
//
// A new descriptor gets the lowest free number, as programs that close 1 and open a file
// expect. Rights follow one rule: grant what applies, enforce what was dropped; why is
// in docs/WASI.md. They are not the sandbox: what a preopen may not do at all (write,
// leave) is checked by other code that a guest cannot reach.
// SPDX-License-Identifier: MIT
#include "wasi/world.h"

// --- rights ------------------------------------------------------------------------

enum {
    RIGHTS_OF_ANY = RIGHT_FD_FDSTAT_SET_FLAGS | RIGHT_FD_FILESTAT_GET | RIGHT_FD_SYNC |
                    RIGHT_POLL_FD_READWRITE,
    RIGHTS_OF_STREAM = RIGHTS_OF_ANY | RIGHT_FD_READ | RIGHT_FD_WRITE | RIGHT_FD_DATASYNC,
    RIGHTS_OF_DEVICE = RIGHTS_OF_STREAM | RIGHT_FD_SEEK | RIGHT_FD_TELL,
    RIGHTS_OF_FILE = RIGHTS_OF_DEVICE | RIGHT_FD_ADVISE | RIGHT_FD_ALLOCATE |
                     RIGHT_FD_FILESTAT_SET_SIZE | RIGHT_FD_FILESTAT_SET_TIMES,
    RIGHTS_OF_SOCKET = RIGHTS_OF_STREAM | RIGHT_SOCK_SHUTDOWN,
    RIGHTS_OF_LISTENER = RIGHTS_OF_ANY | RIGHT_SOCK_ACCEPT | RIGHT_SOCK_SHUTDOWN,
    // FD_READ only, never FD_WRITE: programs reopen "." with exactly these.
    RIGHTS_OF_DIR = RIGHTS_OF_ANY | RIGHT_FD_DATASYNC | RIGHT_PATH_CREATE_DIRECTORY |
                    RIGHT_PATH_CREATE_FILE | RIGHT_PATH_LINK_SOURCE | RIGHT_PATH_LINK_TARGET |
                    RIGHT_PATH_OPEN | RIGHT_FD_READDIR | RIGHT_PATH_READLINK |
                    RIGHT_PATH_RENAME_SOURCE | RIGHT_PATH_RENAME_TARGET |
                    RIGHT_PATH_FILESTAT_GET | RIGHT_PATH_FILESTAT_SET_SIZE |
                    RIGHT_PATH_FILESTAT_SET_TIMES | RIGHT_FD_FILESTAT_SET_TIMES |
                    RIGHT_PATH_SYMLINK | RIGHT_PATH_REMOVE_DIRECTORY | RIGHT_PATH_UNLINK_FILE,
    RIGHTS_OF_PATHS = RIGHTS_OF_DIR & ~(RIGHTS_OF_FILE),
};

// What can be done with a thing of this kind at all.
u64 rights_of_type(const Desc *desc)
{
    if (desc->is_listener) return RIGHTS_OF_LISTENER;
    if (desc_is_socket(desc)) return RIGHTS_OF_SOCKET;
    if (desc_is_dir(desc)) return RIGHTS_OF_DIR;
    if (desc->is_stream) return RIGHTS_OF_STREAM;
    return desc->type == PORT_TYPE_REGULAR ? RIGHTS_OF_FILE : RIGHTS_OF_DEVICE;
}

u64 rights_inherited_by(const Desc *desc)
{
    if (desc_is_dir(desc)) return RIGHTS_OF_DIR | RIGHTS_OF_FILE | RIGHTS_OF_SOCKET;
    return desc->is_listener ? RIGHTS_OF_SOCKET : 0;
}

// The right is missing: because the thing is of the wrong kind, which has its own
// errors, or because somebody took it away?
Errno desc_allows(const Desc *desc, u64 right)
{
    if ((desc->rights & right) == right) return ERRNO_SUCCESS;
    if (!desc_is_socket(desc) && (right & (RIGHT_SOCK_SHUTDOWN | RIGHT_SOCK_ACCEPT)))
        return ERRNO_NOTSOCK;
    if (!desc_is_dir(desc) && (right & (RIGHTS_OF_PATHS | RIGHT_FD_READDIR)))
        return ERRNO_NOTDIR;
    bool applies = (rights_of_type(desc) & right) == right;
    if (!applies && desc->is_stream && (right & (RIGHT_FD_SEEK | RIGHT_FD_TELL)))
        return ERRNO_SPIPE;
    if (!applies && desc->is_listener) return ERRNO_NOTCONN;
    if (!applies && desc_is_dir(desc)) return ERRNO_BADF;
    if (!applies) return right == RIGHT_FD_ADVISE ? ERRNO_SPIPE : ERRNO_INVAL;
    bool is_access = right & (RIGHT_FD_READ | RIGHT_FD_WRITE | RIGHT_FD_ALLOCATE);
    return is_access ? ERRNO_BADF : ERRNO_NOTCAPABLE;
}

Errno desc_describe(Desc *desc)
{
    PortStat stat;
    TRY(desc->files->stat(desc->files->ctx, desc->handle, &stat));
    desc->type = stat.type;
    desc->is_terminal = stat.terminal;
    desc->is_stream = stat.pipe || stat.terminal || desc_is_socket(desc);
    desc->rights = rights_of_type(desc);
    desc->inheriting = rights_inherited_by(desc);
    return ERRNO_SUCCESS;
}

// --- numbers -----------------------------------------------------------------------

Errno desc_find(weft_wasi *world, u32 fd, Desc **desc)
{
    if (fd >= world->desc_count || !world->descs[fd].files) return ERRNO_BADF;
    *desc = &world->descs[fd];
    return ERRNO_SUCCESS;
}

static u32 lowest_free(const weft_wasi *world)
{
    u32 fd = world->lowest_free;
    while (fd < world->desc_count && world->descs[fd].files) fd++;
    return fd;
}

Errno desc_reserve(weft_wasi *world)
{
    u32 fd = world->lowest_free = lowest_free(world);
    if (fd >= world->fd_limit) return ERRNO_MFILE;
    if (fd < world->desc_capacity) return ERRNO_SUCCESS;
    u32 capacity = world->desc_capacity ? world->desc_capacity * 2 : 8;
    if (capacity > world->fd_limit) capacity = world->fd_limit;
    Desc *descs = allocator_resize(&world->alloc, world->descs,
                               world->desc_capacity * sizeof(Desc), capacity * sizeof(Desc));
    if (!descs) return ERRNO_NOMEM;
    world->descs = descs;
    world->desc_capacity = capacity;
    return ERRNO_SUCCESS;
}

u32 desc_put(weft_wasi *world, const Desc *desc)
{
    u32 fd = lowest_free(world);
    assert(fd < world->desc_capacity);
    if (fd == world->desc_count) world->desc_count++;
    world->descs[fd] = *desc;
    world->lowest_free = fd + 1;
    return fd;
}

void desc_release(weft_wasi *world, Desc *desc)
{
    if (!desc->files) return;
    if (!desc->is_shared) desc->files->close(desc->files->ctx, desc->handle);
    if (desc->name) allocator_free(&world->alloc, desc->name, strlen(desc->name) + 1);
    listing_free(world, desc);
    *desc = (Desc){0};
}

Errno desc_close(weft_wasi *world, u32 fd)
{
    Desc *desc;
    TRY(desc_find(world, fd, &desc));
    // An error of the host's close is told, but the number is free all the same.
    Errno error = ERRNO_SUCCESS;
    if (!desc->is_shared) error = desc->files->close(desc->files->ctx, desc->handle);
    desc->is_shared = true;
    desc_release(world, desc);
    if (fd < world->lowest_free) world->lowest_free = fd;
    return error;
}

Errno desc_renumber(weft_wasi *world, u32 from, u32 to)
{
    Desc *source, *target;
    TRY(desc_find(world, from, &source));
    TRY(desc_find(world, to, &target));
    if (source == target) return ERRNO_SUCCESS;
    desc_release(world, target);
    *target = *source;
    *source = (Desc){0};
    if (from < world->lowest_free) world->lowest_free = from;
    return ERRNO_SUCCESS;
}
