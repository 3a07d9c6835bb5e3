// fd.c -- calls on one open descriptor, other than moving bytes: state, size, times.
// SPDX-License-Identifier: MIT
#include "wasi/world.h"

// A read-only preopen lets nothing change, whatever rights say.
static Errno check_writable(const Call *c)
{
    return c->fd->is_read_only ? ERRNO_PERM : ERRNO_SUCCESS;
}

// fd_close(fd)                                                       close
Errno wasi_fd_close(Call *c)
{
    return desc_close(c->world, arg_u32(c, 0));
}

// fd_renumber(from, to)                                              dup2, close
Errno wasi_fd_renumber(Call *c)
{
    return desc_renumber(c->world, arg_u32(c, 0), arg_u32(c, 1));
}

// fd_fdstat_get(fd, >fdstat)                                         fcntl(F_GETFL)
// The flags are the guest's own, from our table: on a host they mix with others.
Errno wasi_fd_fdstat_get(Call *c)
{
    u8 bytes[24] = {0};
    bytes[0] = (u8)c->fd->type;
    store_u16(bytes + 2, c->fd->flags);
    store_u64(bytes + 8, c->fd->rights);
    store_u64(bytes + 16, c->fd->inheriting);
    return put_bytes(c, 1, bytes, sizeof bytes);
}

enum { FDFLAGS_SYNC = FDFLAG_DSYNC | FDFLAG_RSYNC | FDFLAG_SYNC };

// fd_fdstat_set_flags(fd, flags)                                     fcntl(F_SETFL)
// NONBLOCK stays in our table: what weft opened never blocks, and what it inherited is
// shared with others. The three sync flags cannot be changed after opening.
Errno wasi_fd_fdstat_set_flags(Call *c)
{
    Desc *fd = c->fd;
    u32 flags = arg_u32(c, 1) & (FDFLAG_APPEND | FDFLAG_NONBLOCK | FDFLAGS_SYNC);
    if (desc_is_dir(fd)) return flags ? ERRNO_BADF : ERRNO_SUCCESS;
    u32 changed = flags ^ fd->flags;
    if (changed & FDFLAGS_SYNC) return ERRNO_NOTSUP;
    if ((changed & FDFLAG_APPEND) && !fd->is_stream) {
        if (fd->is_shared) return ERRNO_NOTSUP;
        TRY(fd->files->set_append(fd->files->ctx, fd->handle, flags & FDFLAG_APPEND));
    }
    fd->flags = (u16)flags;
    return ERRNO_SUCCESS;
}

// fd_fdstat_set_rights(fd, base, inheriting)
// Rights can only be given up. Bits that mean nothing are not asked for.
Errno wasi_fd_fdstat_set_rights(Call *c)
{
    Desc *fd = c->fd;
    u64 base = arg_u64(c, 1), inheriting = arg_u64(c, 2);
    if (base & ~fd->rights || inheriting & ~fd->inheriting) return ERRNO_NOTCAPABLE;
    fd->rights = base;
    fd->inheriting = inheriting;
    return ERRNO_SUCCESS;
}

// fd_filestat_get(fd, >filestat)                                     fstat
Errno wasi_fd_filestat_get(Call *c)
{
    PortStat stat;
    TRY(check_result(c, 1, filestat_size(c)));
    TRY(c->fd->files->stat(c->fd->files->ctx, c->fd->handle, &stat));
    stat.type = c->fd->type;
    return put_filestat(c, 1, &stat);
}

// fd_filestat_set_size(fd, size)                                     ftruncate
Errno wasi_fd_filestat_set_size(Call *c)
{
    TRY(check_writable(c));
    return c->fd->files->set_size(c->fd->files->ctx, c->fd->handle, arg_u64(c, 1));
}

// fd_filestat_set_times(fd, atim, mtim, flags)                       futimens
Errno wasi_fd_filestat_set_times(Call *c)
{
    u64 atim, mtim;
    TRY(times_of_args(c, 1, &atim, &mtim));
    TRY(check_writable(c));
    return c->fd->files->set_times(c->fd->files->ctx, c->fd->handle, atim, mtim);
}

// fd_allocate(fd, offset, len)                                       posix_fallocate
Errno wasi_fd_allocate(Call *c)
{
    u64 offset = arg_u64(c, 1), size = arg_u64(c, 2);
    if (size == 0 || offset > (u64)INT64_MAX) return ERRNO_INVAL;
    if (size > (u64)INT64_MAX - offset) return ERRNO_FBIG;
    TRY(check_writable(c));
    return c->fd->files->allocate(c->fd->files->ctx, c->fd->handle, offset, size);
}

// fd_advise(fd, offset, len, advice)                                 posix_fadvise
Errno wasi_fd_advise(Call *c)
{
    u64 offset = arg_u64(c, 1), size = arg_u64(c, 2);
    u32 advice = arg_u32(c, 3);
    if (advice > ADVICE_NOREUSE) return ERRNO_INVAL;
    if (offset > (u64)INT64_MAX || size > (u64)INT64_MAX - offset) return ERRNO_INVAL;
    return c->fd->files->advise(c->fd->files->ctx, c->fd->handle, offset, size, advice);
}

// fd_sync(fd)                                                        fsync
Errno wasi_fd_sync(Call *c)
{
    return c->fd->files->sync(c->fd->files->ctx, c->fd->handle, false);
}

// fd_datasync(fd)                                                    fdatasync
Errno wasi_fd_datasync(Call *c)
{
    return c->fd->files->sync(c->fd->files->ctx, c->fd->handle, true);
}

// --- preopens ----------------------------------------------------------------------
// Programs look for theirs by asking 3, 4, 5... until BADF; any other error is the end of
// a program that uses wasi-libc. So what is not a preopened directory answers BADF.

// fd_prestat_get(fd, >prestat)
Errno wasi_fd_prestat_get(Call *c)
{
    if (!c->fd->name) return ERRNO_BADF;
    u8 bytes[8] = {0};
    store_u32(bytes + 4, (u32)strlen(c->fd->name));
    return put_bytes(c, 1, bytes, sizeof bytes);
}

// fd_prestat_dir_name(fd, buf, len)
// The name is not ended by a zero: its length is known from fd_prestat_get.
Errno wasi_fd_prestat_dir_name(Call *c)
{
    if (!c->fd->name) return ERRNO_BADF;
    size_t size = strlen(c->fd->name);
    if (arg_u32(c, 2) < size) return ERRNO_NAMETOOLONG;
    return put_bytes(c, 1, c->fd->name, size);
}
