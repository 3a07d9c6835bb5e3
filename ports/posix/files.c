// files.c -- files of a POSIX system, one path component at a time.
//
// Every name is one component and every call refuses to follow a link in it, so a
// handle cannot lead out of its directory however the tree changes meanwhile. What is
// opened here is never blocking (a FIFO without a writer would otherwise stop the whole
// program) and is closed in programs the host starts.
// SPDX-License-Identifier: MIT
#include "ports/posix/posix.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>  // renameat
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// A handle to walk through. Without O_PATH walking needs permission to read.
#ifdef O_PATH
#define WALK_FLAGS O_PATH
#else
#define WALK_FLAGS O_RDONLY
#endif

// --- opening -----------------------------------------------------------------------

static int host_open_flags(u32 flags)
{
    // openat2 takes nothing else together with O_PATH.
    if (flags & PORT_OPEN_WALK) return O_CLOEXEC | WALK_FLAGS | O_DIRECTORY;
    int host = O_CLOEXEC | O_NOCTTY;
    if ((flags & PORT_OPEN_READ) && (flags & PORT_OPEN_WRITE)) host |= O_RDWR;
    else host |= flags & PORT_OPEN_WRITE ? O_WRONLY : O_RDONLY;
    if (flags & PORT_OPEN_CREATE) host |= O_CREAT;
    if (flags & PORT_OPEN_EXCLUSIVE) host |= O_EXCL;
    if (flags & PORT_OPEN_TRUNCATE) host |= O_TRUNC;
    if (flags & PORT_OPEN_DIRECTORY) host |= O_DIRECTORY;
    if (flags & PORT_OPEN_APPEND) host |= O_APPEND;
    if (flags & PORT_OPEN_DSYNC) host |= O_DSYNC;
    if (flags & PORT_OPEN_SYNC) host |= O_SYNC;
    return host | O_NONBLOCK;
}

static Errno posix_open_at(void *ctx, PortHandle dir, const char *name, u32 flags,
                           PortHandle *file)
{
    (void)ctx;
    int fd;
    do fd = openat((int)dir, name, host_open_flags(flags) | O_NOFOLLOW, 0666);
    while (fd < 0 && errno == EINTR);
    if (fd < 0) return posix_last_error();
    *file = fd;
    return ERRNO_SUCCESS;
}

Errno posix_open_host_dir(void *ctx, const char *path, PortHandle *dir)
{
    (void)ctx;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return posix_last_error();
    *dir = fd;
    return ERRNO_SUCCESS;
}

// openat2, spelled out because not every C library has a header for it.
#if defined(__linux__) && defined(SYS_openat2)
typedef struct OpenHow {
    uint64_t flags, mode, resolve;
} OpenHow;

enum { RESOLVE_NO_MAGIC_LINKS = 0x02, RESOLVE_ONLY_BENEATH = 0x08 };

Errno posix_open_beneath(void *ctx, PortHandle dir, const char *path, u32 flags,
                         PortHandle *file)
{
    (void)ctx;
    OpenHow how = {.flags = (uint64_t)host_open_flags(flags),
                   .mode = flags & PORT_OPEN_CREATE ? 0666 : 0,
                   .resolve = RESOLVE_ONLY_BENEATH | RESOLVE_NO_MAGIC_LINKS};
    long fd = syscall(SYS_openat2, (int)dir, path, &how, sizeof how);
    if (fd < 0) return errno == EXDEV ? ERRNO_PERM : posix_last_error();
    *file = fd;
    return ERRNO_SUCCESS;
}
#else
Errno posix_open_beneath(void *ctx, PortHandle dir, const char *path, u32 flags,
                         PortHandle *file)
{
    (void)ctx, (void)dir, (void)path, (void)flags, (void)file;
    return ERRNO_NOSYS;
}
#endif

// Whatever close answers, the descriptor is gone: trying again could close another's.
static Errno posix_close_file(void *ctx, PortHandle file)
{
    (void)ctx;
    return close((int)file) < 0 && errno != EINTR ? posix_last_error() : ERRNO_SUCCESS;
}

// --- asking ------------------------------------------------------------------------

// Nanoseconds since 1970 as far as a u64 holds them; file systems store wilder times.
static u64 clamped_ns(struct timespec t)
{
    if (t.tv_sec < 0) return 0;
    u64 seconds = (u64)t.tv_sec;
    if (seconds > (UINT64_MAX - 999999999u) / 1000000000u) return UINT64_MAX;
    return seconds * 1000000000u + (u64)t.tv_nsec;
}

static PortType type_of_mode(mode_t mode)
{
    if (S_ISREG(mode)) return PORT_TYPE_REGULAR;
    if (S_ISDIR(mode)) return PORT_TYPE_DIRECTORY;
    if (S_ISLNK(mode)) return PORT_TYPE_SYMLINK;
    if (S_ISCHR(mode)) return PORT_TYPE_CHARACTER_DEVICE;
    if (S_ISBLK(mode)) return PORT_TYPE_BLOCK_DEVICE;
    if (S_ISSOCK(mode)) return PORT_TYPE_SOCKET_STREAM;
    return PORT_TYPE_UNKNOWN;
}

static void fill_stat(PortStat *stat, const struct stat *host)
{
    *stat = (PortStat){
        .dev = (u64)host->st_dev,
        .ino = (u64)host->st_ino,
        .nlink = (u64)host->st_nlink,
        .size = (u64)host->st_size,
        .atim = clamped_ns(host->st_atim),
        .mtim = clamped_ns(host->st_mtim),
        .ctim = clamped_ns(host->st_ctim),
        .type = type_of_mode(host->st_mode),
        .pipe = S_ISFIFO(host->st_mode),
    };
}

static Errno posix_stat(void *ctx, PortHandle file, PortStat *stat)
{
    (void)ctx;
    struct stat host;
    if (fstat((int)file, &host) < 0) return posix_last_error();
    fill_stat(stat, &host);
    if (S_ISCHR(host.st_mode)) stat->terminal = isatty((int)file) == 1;
    return ERRNO_SUCCESS;
}

static Errno posix_stat_at(void *ctx, PortHandle dir, const char *name, PortStat *stat)
{
    (void)ctx;
    struct stat host;
    if (fstatat((int)dir, name, &host, AT_SYMLINK_NOFOLLOW) < 0) return posix_last_error();
    fill_stat(stat, &host);
    return ERRNO_SUCCESS;
}

// --- reading and writing -----------------------------------------------------------

enum { FILE_PIECES = 64 };

// --- streams: pipes, terminals, sockets ---
// A stream that weft inherited blocks, and must not be changed: others share it. Linux can
// be asked for one transfer that does not (RWF_NOWAIT, for pipes and sockets). Elsewhere,
// and for terminals, a poll comes first; then only a write of more than fits can block.

static bool is_stream_ready(int fd, short events)
{
    struct pollfd item = {.fd = fd, .events = events};
    if (poll(&item, 1, 0) > 0) return true;
    errno = EAGAIN;
    return false;
}

#if defined(__linux__) && defined(SYS_preadv2) && defined(SYS_pwritev2)
enum { TRANSFER_NOWAIT = 8 };

static ssize_t transfer_nowait(long call, int fd, const struct iovec *pieces, int n)
{
    return (ssize_t)syscall(call, fd, pieces, (long)n, -1L, -1L, TRANSFER_NOWAIT);
}

static ssize_t read_nowait(int fd, const struct iovec *pieces, int n)
{
    return transfer_nowait(SYS_preadv2, fd, pieces, n);
}

static ssize_t write_nowait(int fd, const struct iovec *pieces, int n)
{
    return transfer_nowait(SYS_pwritev2, fd, pieces, n);
}
#else
static ssize_t read_nowait(int fd, const struct iovec *pieces, int n)
{
    (void)fd, (void)pieces, (void)n;
    errno = ENOSYS;
    return -1;
}

static ssize_t write_nowait(int fd, const struct iovec *pieces, int n)
{
    return read_nowait(fd, pieces, n);
}
#endif

static bool cannot_nowait(void)
{
    return errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL;
}

static ssize_t read_stream(int fd, const struct iovec *pieces, int n)
{
    ssize_t done = read_nowait(fd, pieces, n);
    if (done >= 0 || !cannot_nowait()) return done;
    return is_stream_ready(fd, POLLIN) ? readv(fd, pieces, n) : -1;
}

static ssize_t write_stream(int fd, const struct iovec *pieces, int n)
{
    ssize_t done = write_nowait(fd, pieces, n);
    if (done >= 0 || !cannot_nowait()) return done;
    return is_stream_ready(fd, POLLOUT) ? writev(fd, pieces, n) : -1;
}

// --- all kinds ---

static ssize_t read_pieces(int fd, const struct iovec *pieces, int n, u64 offset)
{
    if (offset == PORT_AT_STREAM) return read_stream(fd, pieces, n);
    if (offset != PORT_AT_CURSOR) return preadv(fd, pieces, n, (off_t)offset);
    return n == 1 ? read(fd, pieces->iov_base, pieces->iov_len) : readv(fd, pieces, n);
}

static ssize_t write_pieces(int fd, const struct iovec *pieces, int n, u64 offset)
{
    if (offset == PORT_AT_STREAM) return write_stream(fd, pieces, n);
    if (offset != PORT_AT_CURSOR) return pwritev(fd, pieces, n, (off_t)offset);
    return n == 1 ? write(fd, pieces->iov_base, pieces->iov_len) : writev(fd, pieces, n);
}

// Calls `transfer` in groups the system takes, until something comes back short.
static Errno transfer_all(ssize_t (*transfer)(int, const struct iovec *, int, u64), int fd,
                          const PortIo *io, size_t count, u64 offset, size_t *done)
{
    size_t total = 0;
    while (true) {
        struct iovec pieces[FILE_PIECES];
        size_t group = count < FILE_PIECES ? count : FILE_PIECES, asked = 0;
        for (size_t i = 0; i < group; i++) {
            pieces[i] = (struct iovec){.iov_base = io[i].data, .iov_len = io[i].size};
            asked += io[i].size;
        }
        u64 at = offset < (u64)INT64_MAX ? offset + total : offset;
        ssize_t n;
        do n = transfer(fd, pieces, (int)group, at);
        while (n < 0 && errno == EINTR && total == 0);
        if (n < 0 && total == 0) return posix_last_error();
        if (n > 0) total += (size_t)n;
        io += group, count -= group;
        if (count == 0 || n < 0 || (size_t)n < asked) break;
    }
    *done = total;
    return ERRNO_SUCCESS;
}

static Errno posix_read(void *ctx, PortHandle file, const PortIo *io, size_t count, u64 offset,
                        size_t *done)
{
    (void)ctx;
    return transfer_all(read_pieces, (int)file, io, count, offset, done);
}

// Would a write to a pipe that nobody reads kill this process?
static bool pipe_signal_kills(void)
{
    struct sigaction action;
    return sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL;
}

// Writes with SIGPIPE held back in this thread, and takes it away if the write raised it. A
// library must not change what the whole process does with a signal.
static Errno write_quietly(int fd, const PortIo *io, size_t count, size_t *done)
{
    sigset_t pipe_only, before, pending;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    Errno error = transfer_all(write_pieces, fd, io, count, PORT_AT_STREAM, done);
    sigpending(&pending);
    if (error == ERRNO_PIPE && !was_pending && sigismember(&pending, SIGPIPE)) {
        int taken;
        sigwait(&pipe_only, &taken);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static Errno posix_write(void *ctx, PortHandle file, const PortIo *io, size_t count, u64 offset,
                         size_t *done)
{
    (void)ctx;
    if (offset == PORT_AT_STREAM && pipe_signal_kills())
        return write_quietly((int)file, io, count, done);
    return transfer_all(write_pieces, (int)file, io, count, offset, done);
}

static Errno posix_seek(void *ctx, PortHandle file, s64 offset, PortWhence whence, u64 *position)
{
    (void)ctx;
    static const int whences[] = {SEEK_SET, SEEK_CUR, SEEK_END};
    off_t at = lseek((int)file, (off_t)offset, whences[whence]);
    if (at < 0) return posix_last_error();
    *position = (u64)at;
    return ERRNO_SUCCESS;
}

// --- changing ----------------------------------------------------------------------

static Errno posix_set_append(void *ctx, PortHandle file, bool append)
{
    (void)ctx;
    int flags = fcntl((int)file, F_GETFL);
    if (flags < 0) return posix_last_error();
    flags = append ? flags | O_APPEND : flags & ~O_APPEND;
    return posix_result(fcntl((int)file, F_SETFL, flags));
}

static Errno posix_set_size(void *ctx, PortHandle file, u64 size)
{
    (void)ctx;
    if (size > (u64)INT64_MAX) return ERRNO_FBIG;
    return posix_result(ftruncate((int)file, (off_t)size));
}

static Errno host_time(u64 ns, struct timespec *t)
{
    *t = (struct timespec){.tv_nsec = ns == PORT_TIME_KEEP ? UTIME_OMIT : UTIME_NOW};
    if (ns == PORT_TIME_KEEP || ns == PORT_TIME_NOW) return ERRNO_SUCCESS;
    *t = (struct timespec){.tv_sec = (time_t)(ns / 1000000000u),
                           .tv_nsec = (long)(ns % 1000000000u)};
    return (u64)t->tv_sec == ns / 1000000000u ? ERRNO_SUCCESS : ERRNO_OVERFLOW;
}

static Errno posix_set_times(void *ctx, PortHandle file, u64 atim, u64 mtim)
{
    (void)ctx;
    struct timespec times[2];
    TRY(host_time(atim, &times[0]));
    TRY(host_time(mtim, &times[1]));
    return posix_result(futimens((int)file, times));
}

static Errno posix_set_times_at(void *ctx, PortHandle dir, const char *name, u64 atim, u64 mtim)
{
    (void)ctx;
    struct timespec times[2];
    TRY(host_time(atim, &times[0]));
    TRY(host_time(mtim, &times[1]));
    return posix_result(utimensat((int)dir, name, times, AT_SYMLINK_NOFOLLOW));
}

static Errno posix_allocate(void *ctx, PortHandle file, u64 offset, u64 size)
{
    (void)ctx;
    if (offset > (u64)INT64_MAX || size > (u64)INT64_MAX - offset) return ERRNO_FBIG;
#ifdef __APPLE__
    (void)file;
    return ERRNO_NOTSUP;
#else
    int error;
    do error = posix_fallocate((int)file, (off_t)offset, (off_t)size);
    while (error == EINTR);
    return posix_error(error);
#endif
}

static Errno posix_advise(void *ctx, PortHandle file, u64 offset, u64 size, u32 advice)
{
    (void)ctx;
#ifdef __APPLE__
    (void)file, (void)offset, (void)size, (void)advice;
    return ERRNO_SUCCESS;
#else
    static const int advices[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL,
                                  POSIX_FADV_RANDOM,   POSIX_FADV_WILLNEED,
                                  POSIX_FADV_DONTNEED, POSIX_FADV_NOREUSE};
    if (advice >= COUNT_OF(advices)) return ERRNO_INVAL;
    return posix_error(posix_fadvise((int)file, (off_t)offset, (off_t)size, advices[advice]));
#endif
}

static Errno posix_sync(void *ctx, PortHandle file, bool data_only)
{
    (void)ctx;
#ifdef __APPLE__
    data_only = false;
#endif
    return posix_result(data_only ? fdatasync((int)file) : fsync((int)file));
}

// --- directories -------------------------------------------------------------------

static PortType type_of_entry(int dir, const struct dirent *entry)
{
    struct stat host;
    switch (entry->d_type) {
    case DT_REG:
        return PORT_TYPE_REGULAR;
    case DT_DIR:
        return PORT_TYPE_DIRECTORY;
    case DT_LNK:
        return PORT_TYPE_SYMLINK;
    case DT_CHR:
        return PORT_TYPE_CHARACTER_DEVICE;
    case DT_BLK:
        return PORT_TYPE_BLOCK_DEVICE;
    case DT_SOCK:
        return PORT_TYPE_SOCKET_STREAM;
    case DT_UNKNOWN:
        if (fstatat(dir, entry->d_name, &host, AT_SYMLINK_NOFOLLOW) == 0)
            return type_of_mode(host.st_mode);
        return PORT_TYPE_UNKNOWN;
    default:
        return PORT_TYPE_UNKNOWN;
    }
}

// Lists through a descriptor of its own: the position of a duplicate would be shared.
static Errno posix_list_dir(void *ctx, PortHandle dir, PortDirSink *sink, void *user)
{
    (void)ctx;
    int fd = openat((int)dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return posix_last_error();
    DIR *stream = fdopendir(fd);
    if (!stream) {
        Errno error = posix_last_error();
        close(fd);
        return error;
    }
    Errno error = ERRNO_SUCCESS;
    while (!error) {
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (!entry) {
            if (errno) error = posix_last_error();
            break;
        }
        const char *name = entry->d_name;
        if (name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]))) continue;
        error = sink(user, name, strlen(name), (u64)entry->d_ino, type_of_entry(fd, entry));
    }
    closedir(stream);
    return error;
}

static Errno posix_make_dir(void *ctx, PortHandle dir, const char *name)
{
    (void)ctx;
    return posix_result(mkdirat((int)dir, name, 0777));
}

static Errno posix_remove_dir(void *ctx, PortHandle dir, const char *name)
{
    (void)ctx;
    return posix_result(unlinkat((int)dir, name, AT_REMOVEDIR));
}

// Linux says EISDIR of a directory; POSIX and others say EPERM, which is as good as wrong.
static Errno posix_unlink(void *ctx, PortHandle dir, const char *name)
{
    (void)ctx;
    Errno error = posix_result(unlinkat((int)dir, name, 0));
    struct stat host;
    if (error == ERRNO_PERM && fstatat((int)dir, name, &host, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISDIR(host.st_mode))
        return ERRNO_ISDIR;
    return error;
}

static Errno posix_rename(void *ctx, PortHandle dir, const char *name, PortHandle new_dir,
                          const char *new_name)
{
    (void)ctx;
    return posix_result(renameat((int)dir, name, (int)new_dir, new_name));
}

static Errno posix_link(void *ctx, PortHandle dir, const char *name, PortHandle new_dir,
                        const char *new_name)
{
    (void)ctx;
    return posix_result(linkat((int)dir, name, (int)new_dir, new_name, 0));
}

static Errno posix_symlink(void *ctx, const char *target, PortHandle dir, const char *name)
{
    (void)ctx;
    return posix_result(symlinkat(target, (int)dir, name));
}

static Errno posix_read_link(void *ctx, PortHandle dir, const char *name, char *text,
                             size_t size, size_t *done)
{
    (void)ctx;
    char none;
    if (size == 0) text = &none;
    ssize_t n = readlinkat((int)dir, name, text, size ? size : 1);
    if (n < 0) return posix_last_error();
    *done = size ? (size_t)n : 0;
    return ERRNO_SUCCESS;
}

// --- the table ---------------------------------------------------------------------

const PortFiles posix_files = {
    .open_at = posix_open_at,
    .close = posix_close_file,
    .stat = posix_stat,
    .stat_at = posix_stat_at,
    .read = posix_read,
    .write = posix_write,
    .seek = posix_seek,
    .set_append = posix_set_append,
    .set_size = posix_set_size,
    .set_times = posix_set_times,
    .set_times_at = posix_set_times_at,
    .allocate = posix_allocate,
    .advise = posix_advise,
    .sync = posix_sync,
    .list_dir = posix_list_dir,
    .make_dir = posix_make_dir,
    .remove_dir = posix_remove_dir,
    .unlink = posix_unlink,
    .rename = posix_rename,
    .link = posix_link,
    .symlink = posix_symlink,
    .read_link = posix_read_link,
};
