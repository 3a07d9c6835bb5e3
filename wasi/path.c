// path.c -- calls that take a path: each walks to its place and does one thing there.
//
// The order of checks: descriptor and its right (call.c), the path's text, flags, whether
// the directory may be written to, the walk, then the call of the system. A read-only
// preopen is refused before the walk: nothing can have changed.
// SPDX-License-Identifier: MIT
#include "wasi/walk.h"

static Errno check_changeable(const Desc *dir)
{
    return dir->is_read_only ? ERRNO_PERM : ERRNO_SUCCESS;
}

static bool is_dot(const PathPlace *place)
{
    return place->name[0] == '.' && place->name[1] == '\0';
}

static Errno stat_place(const PathPlace *place, PortStat *stat)
{
    return place->files->stat_at(place->files->ctx, place->dir, place->name, stat);
}

// A path that ended in a slash means a directory; NOTDIR if something else is there.
static Errno check_slash(const PathPlace *place)
{
    if (!place->must_be_dir) return ERRNO_SUCCESS;
    PortStat stat;
    TRY(stat_place(place, &stat));
    return stat.type == PORT_TYPE_DIRECTORY ? ERRNO_SUCCESS : ERRNO_NOTDIR;
}

// Walks to where parameter `param` leads from `dir`.
static Errno walk_to(Call *c, const Desc *dir, u32 param, WalkMode mode, PathPlace *place)
{
    GuestPath path;
    TRY(take_path(c, param, &path));
    return walk(c, dir, path.text, mode, place);
}

static WalkMode mode_of_lookup(u32 lookup)
{
    return lookup & LOOKUP_FOLLOW ? WALK_THROUGH : WALK_SLASH;
}

// --- making and removing -----------------------------------------------------------

// Walks to the place of a change and makes it with `change`; names "." go to `dot_error`.
static Errno change_at(Call *c, u32 param, Errno dot_error,
                       Errno (*change)(const PathPlace *place, const void *user), const void *user)
{
    PathPlace place;
    GuestPath path;
    TRY(take_path(c, param, &path));
    TRY(check_changeable(c->fd));
    TRY(walk(c, c->fd, path.text, WALK_TO_LINK, &place));
    Errno error = is_dot(&place) ? dot_error : change(&place, user);
    leave(&place);
    return error;
}

static Errno make_dir_at(const PathPlace *p, const void *user)
{
    (void)user;
    return p->files->make_dir(p->files->ctx, p->dir, p->name);
}

// path_create_directory(dir, path)                                   mkdirat
Errno wasi_path_create_directory(Call *c)
{
    return change_at(c, 1, ERRNO_EXIST, make_dir_at, NULL);
}

static Errno remove_dir_at(const PathPlace *p, const void *user)
{
    (void)user;
    return p->files->remove_dir(p->files->ctx, p->dir, p->name);
}

// path_remove_directory(dir, path)                                   unlinkat(AT_REMOVEDIR)
Errno wasi_path_remove_directory(Call *c)
{
    return change_at(c, 1, ERRNO_INVAL, remove_dir_at, NULL);
}

static Errno unlink_at(const PathPlace *p, const void *user)
{
    (void)user;
    TRY(check_slash(p));
    return p->files->unlink(p->files->ctx, p->dir, p->name);
}

// path_unlink_file(dir, path)                                        unlinkat
Errno wasi_path_unlink_file(Call *c)
{
    return change_at(c, 1, ERRNO_ISDIR, unlink_at, NULL);
}

static Errno symlink_at(const PathPlace *p, const void *user)
{
    const GuestPath *target = user;
    PortStat stat;
    if (p->must_be_dir) return stat_place(p, &stat) ? ERRNO_NOENT : ERRNO_EXIST;
    return p->files->symlink(p->files->ctx, target->text, p->dir, p->name);
}

// path_symlink(target, dir, new)                                     symlinkat
// Only a target that begins at the root is refused here. One that climbs out can be made,
// as in any archive that is unpacked; it just cannot be followed.
Errno wasi_path_symlink(Call *c)
{
    GuestPath target;
    TRY(take_path(c, 0, &target));
    if (target.text[0] == '/') return ERRNO_PERM;
    return change_at(c, 3, ERRNO_EXIST, symlink_at, &target);
}

// --- two places --------------------------------------------------------------------

typedef Errno (*ChangeTwo)(const PathPlace *from, const PathPlace *to);

static Errno change_two(Call *c, u32 from_param, u32 to_param, ChangeTwo change)
{
    GuestPath from_path, to_path;
    PathPlace from, to;
    TRY(take_path(c, from_param, &from_path));
    TRY(take_path(c, to_param, &to_path));
    // Taking something out of a read-only preopen would change it, or make what is behind
    // the new name writable.
    TRY(check_changeable(c->fd));
    TRY(check_changeable(c->fd_2));
    if (c->fd->files != c->fd_2->files) return ERRNO_XDEV;
    TRY(walk(c, c->fd, from_path.text, WALK_TO_LINK, &from));
    Errno error = walk(c, c->fd_2, to_path.text, WALK_TO_LINK, &to);
    if (!error) {
        error = change(&from, &to);
        leave(&to);
    }
    leave(&from);
    return error;
}

static Errno link_two(const PathPlace *from, const PathPlace *to)
{
    PortStat stat;
    if (is_dot(from)) return ERRNO_PERM;
    if (is_dot(to)) return ERRNO_EXIST;
    TRY(check_slash(from));
    if (to->must_be_dir) return stat_place(to, &stat) ? ERRNO_NOENT : ERRNO_EXIST;
    return from->files->link(from->files->ctx, from->dir, from->name, to->dir, to->name);
}

// path_link(old_dir, lookup, old, new_dir, new)                      linkat
// A symbolic link is linked itself, never what it points to.
Errno wasi_path_link(Call *c)
{
    if (arg_u32(c, 1) & LOOKUP_FOLLOW) return ERRNO_INVAL;
    return change_two(c, 2, 5, link_two);
}

static Errno rename_two(const PathPlace *from, const PathPlace *to)
{
    PortStat stat;
    if (is_dot(from) || is_dot(to)) return ERRNO_BUSY;
    TRY(check_slash(from));
    if (to->must_be_dir) {
        TRY(stat_place(from, &stat));
        if (stat.type != PORT_TYPE_DIRECTORY) return ERRNO_NOTDIR;
    }
    return from->files->rename(from->files->ctx, from->dir, from->name, to->dir, to->name);
}

// path_rename(old_dir, old, new_dir, new)                            renameat
Errno wasi_path_rename(Call *c)
{
    return change_two(c, 1, 4, rename_two);
}

// --- asking ------------------------------------------------------------------------

// path_readlink(dir, path, buf, len, >used)                          readlinkat
// A buffer too small is filled, without an error and without a zero.
Errno wasi_path_readlink(Call *c)
{
    u64 size = arg_u32(c, 4);
    TRY(check_result(c, 5, 4));
    TRY(check_result(c, 3, size));
    PathPlace place;
    TRY(walk_to(c, c->fd, 1, WALK_SLASH, &place));
    char text[PATH_LIMIT];
    size_t used;
    Errno error = check_slash(&place);
    if (!error)
        error = place.files->read_link(place.files->ctx, place.dir, place.name, text,
                                       size < sizeof text ? (size_t)size : sizeof text, &used);
    leave(&place);
    TRY(error);
    TRY(put_bytes(c, 3, text, used));
    return put_u32(c, 5, (u32)used);
}

// path_filestat_get(dir, lookup, path, >filestat)                    fstatat
Errno wasi_path_filestat_get(Call *c)
{
    TRY(check_result(c, 4, filestat_size(c)));
    PathPlace place;
    PortStat stat;
    TRY(walk_to(c, c->fd, 2, mode_of_lookup(arg_u32(c, 1)), &place));
    Errno error = stat_place(&place, &stat);
    if (!error && place.must_be_dir && stat.type != PORT_TYPE_DIRECTORY) error = ERRNO_NOTDIR;
    leave(&place);
    TRY(error);
    return put_filestat(c, 4, &stat);
}

// path_filestat_set_times(dir, lookup, path, atim, mtim, flags)      utimensat
Errno wasi_path_filestat_set_times(Call *c)
{
    u64 atim, mtim;
    TRY(times_of_args(c, 4, &atim, &mtim));
    TRY(check_changeable(c->fd));
    PathPlace place;
    TRY(walk_to(c, c->fd, 2, mode_of_lookup(arg_u32(c, 1)), &place));
    Errno error = check_slash(&place);
    if (!error)
        error = place.files->set_times_at(place.files->ctx, place.dir, place.name, atim, mtim);
    leave(&place);
    return error;
}

// --- path_open ---------------------------------------------------------------------

typedef struct OpenRequest {
    u32 oflags, fdflags;
    u64 rights, inheriting;  // asked for
    bool reads, writes;      // asked for
    u32 flags;               // for the port
} OpenRequest;

enum {
    // These come with writing, and go without.
    RIGHTS_OF_WRITING = RIGHT_FD_WRITE | RIGHT_FD_DATASYNC | RIGHT_FD_ALLOCATE |
                        RIGHT_FD_FILESTAT_SET_SIZE,
};

static Errno check_request(const Call *c, OpenRequest *r)
{
    r->oflags = arg_u32(c, 4);
    r->fdflags = arg_u32(c, 7) &
                 (FDFLAG_APPEND | FDFLAG_DSYNC | FDFLAG_NONBLOCK | FDFLAG_RSYNC | FDFLAG_SYNC);
    r->rights = arg_u64(c, 5);
    r->inheriting = arg_u64(c, 6);
    r->reads = r->rights & RIGHT_FD_READ;
    // Go asks for everything but FD_WRITE to read; only who reads not either means to
    // write when he asks for the rest of it.
    r->writes = (r->rights & RIGHT_FD_WRITE) ||
                (!r->reads && (r->rights & (RIGHTS_OF_WRITING & ~RIGHT_FD_DATASYNC)));
    bool creates = r->oflags & OFLAG_CREAT, truncates = r->oflags & OFLAG_TRUNC;
    if (creates && (r->oflags & OFLAG_DIRECTORY)) return ERRNO_INVAL;
    if ((r->oflags & OFLAG_DIRECTORY) && (truncates || (r->rights & RIGHT_FD_WRITE)))
        return ERRNO_ISDIR;
    if (creates) TRY(desc_allows(c->fd, RIGHT_PATH_CREATE_FILE));
    if (truncates) TRY(desc_allows(c->fd, RIGHT_PATH_FILESTAT_SET_SIZE));
    if (c->fd->is_read_only && (creates || truncates || r->writes)) return ERRNO_PERM;

    bool host_writes = r->writes || truncates;
    r->flags = (host_writes ? PORT_OPEN_WRITE : 0) |
               (r->reads || !r->writes ? PORT_OPEN_READ : 0) |
               (creates ? PORT_OPEN_CREATE : 0) | (truncates ? PORT_OPEN_TRUNCATE : 0) |
               (r->oflags & OFLAG_EXCL ? PORT_OPEN_EXCLUSIVE : 0) |
               (r->oflags & OFLAG_DIRECTORY ? PORT_OPEN_DIRECTORY : 0) |
               (r->fdflags & FDFLAG_APPEND ? PORT_OPEN_APPEND : 0) |
               (r->fdflags & FDFLAG_DSYNC ? PORT_OPEN_DSYNC : 0) |
               (r->fdflags & (FDFLAG_SYNC | FDFLAG_RSYNC) ? PORT_OPEN_SYNC : 0);
    return ERRNO_SUCCESS;
}

// EXCL without CREAT means nothing; with it, a link at the end counts as existing.
static WalkMode mode_of_open(const Call *c, const OpenRequest *r)
{
    if ((r->oflags & OFLAG_CREAT) && (r->oflags & OFLAG_EXCL)) return WALK_TO_LINK;
    return mode_of_lookup(arg_u32(c, 1));
}

static Errno open_place(const PathPlace *place, const OpenRequest *r, PortHandle *file)
{
    u32 flags = r->flags;
    if (!(flags & PORT_OPEN_CREATE)) flags &= ~(u32)PORT_OPEN_EXCLUSIVE;
    if (place->must_be_dir) {
        if (flags & PORT_OPEN_CREATE) return ERRNO_ISDIR;
        flags |= PORT_OPEN_DIRECTORY;
    }
    return place->files->open_at(place->files->ctx, place->dir, place->name, flags, file);
}

// All rights but those that come with a way of access that was not asked for. Programs
// ask for too few of the others (and Go for all), and run elsewhere nevertheless.
static u64 leniently(bool reads, bool writes)
{
    return RIGHTS_ALL & ~(u64)(reads ? 0 : RIGHT_FD_READ) & ~(u64)(writes ? 0 : RIGHTS_OF_WRITING);
}

// What the new descriptor may do: what applies to it, the directory passes on and access was
// asked for. What it passes on itself: the same of what was asked for that; 0 asks for all.
static void grant_rights(const Call *c, const OpenRequest *r, Desc *desc)
{
    bool is_dir = desc_is_dir(desc);
    u64 passed_on = c->fd->inheriting, asked = r->inheriting & RIGHTS_ALL;
    desc->rights &= passed_on & leniently(r->reads, r->writes || is_dir);
    if (asked) passed_on &= leniently(asked & RIGHT_FD_READ, asked & RIGHT_FD_WRITE);
    desc->inheriting = is_dir ? passed_on : 0;
}

// path_open(dir, lookup, path, oflags, base, inheriting, flags, >fd) openat
Errno wasi_path_open(Call *c)
{
    OpenRequest request;
    PathPlace place;
    TRY(check_result(c, 8, 4));
    TRY(check_request(c, &request));
    TRY(desc_reserve(c->world));
    // Making room may have moved the table.
    TRY(desc_find(c->world, arg_u32(c, 0), &c->fd));
    TRY(walk_to(c, c->fd, 2, mode_of_open(c, &request), &place));
    Desc desc = {.files = c->fd->files, .is_host = c->fd->is_host};
    Errno error = open_place(&place, &request, &desc.handle);
    leave(&place);
    TRY(error);
    error = desc_describe(&desc);
    if (error) {
        desc.files->close(desc.files->ctx, desc.handle);
        return error;
    }
    desc.is_read_only = c->fd->is_read_only;
    desc.flags = desc_is_dir(&desc) ? 0 : (u16)request.fdflags;
    grant_rights(c, &request, &desc);
    return put_u32(c, 8, desc_put(c->world, &desc));
}
