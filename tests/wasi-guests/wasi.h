// wasi.h -- the 46 functions as a guest sees them, under either module name.
//
// Written from the interface's text, not from weft's tables: the guests check those.
// -DUNSTABLE imports from wasi_unstable and uses its layouts.
// SPDX-License-Identifier: MIT
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#ifdef UNSTABLE
#define MODULE "wasi_unstable"
enum { SEEK_CUR, SEEK_END, SEEK_SET };
#else
#define MODULE "wasi_snapshot_preview1"
enum { SEEK_SET, SEEK_CUR, SEEK_END };
#endif

#define IMPORT(name) __attribute__((import_module(MODULE), import_name(#name))) u32 name

typedef struct Iovec {
    void *data;
    u32 size;
} Iovec;

typedef struct Fdstat {
    u8 type;
    u16 flags;
    u64 base, inheriting;
} Fdstat;

typedef struct Filestat {
    u64 dev, ino;
    u8 type;
#ifdef UNSTABLE
    u32 nlink;
#else
    u64 nlink;
#endif
    u64 size, atim, mtim, ctim;
} Filestat;

typedef struct Prestat {
    u8 tag;
    u32 name_size;
} Prestat;

typedef struct Dirent {
    u64 next, ino;
    u32 name_size;
    u8 type;
} Dirent;

typedef struct Subscription {
    u64 userdata;
    u8 type;
    union {
        struct {
#ifdef UNSTABLE
            u64 identifier;
#endif
            u32 id;
            u64 timeout, precision;
            u16 flags;
        } clock;
        u32 fd;
    } of;
} Subscription;

typedef struct Event {
    u64 userdata;
    u16 error;
    u8 type;
    u64 bytes;
    u16 flags;
} Event;

_Static_assert(sizeof(Fdstat) == 24 && sizeof(Prestat) == 8 && sizeof(Dirent) == 24, "sizes");
#ifdef UNSTABLE
_Static_assert(sizeof(Filestat) == 56 && sizeof(Subscription) == 56 && sizeof(Event) == 32, "2019");
#else
_Static_assert(sizeof(Filestat) == 64 && sizeof(Subscription) == 48 && sizeof(Event) == 32, "now");
#endif

IMPORT(args_get)(char **argv, char *buf);
IMPORT(args_sizes_get)(u32 *count, u32 *size);
IMPORT(environ_get)(char **environ, char *buf);
IMPORT(environ_sizes_get)(u32 *count, u32 *size);
IMPORT(clock_res_get)(u32 id, u64 *ns);
IMPORT(clock_time_get)(u32 id, u64 precision, u64 *ns);
IMPORT(fd_advise)(u32 fd, u64 offset, u64 size, u32 advice);
IMPORT(fd_allocate)(u32 fd, u64 offset, u64 size);
IMPORT(fd_close)(u32 fd);
IMPORT(fd_datasync)(u32 fd);
IMPORT(fd_fdstat_get)(u32 fd, Fdstat *stat);
IMPORT(fd_fdstat_set_flags)(u32 fd, u32 flags);
IMPORT(fd_fdstat_set_rights)(u32 fd, u64 base, u64 inheriting);
IMPORT(fd_filestat_get)(u32 fd, Filestat *stat);
IMPORT(fd_filestat_set_size)(u32 fd, u64 size);
IMPORT(fd_filestat_set_times)(u32 fd, u64 atim, u64 mtim, u32 flags);
IMPORT(fd_pread)(u32 fd, const Iovec *iovecs, u32 count, u64 offset, u32 *done);
IMPORT(fd_prestat_get)(u32 fd, Prestat *stat);
IMPORT(fd_prestat_dir_name)(u32 fd, char *name, u32 size);
IMPORT(fd_pwrite)(u32 fd, const Iovec *iovecs, u32 count, u64 offset, u32 *done);
IMPORT(fd_read)(u32 fd, const Iovec *iovecs, u32 count, u32 *done);
IMPORT(fd_readdir)(u32 fd, void *buf, u32 size, u64 cookie, u32 *used);
IMPORT(fd_renumber)(u32 from, u32 to);
IMPORT(fd_seek)(u32 fd, int64_t offset, u32 whence, u64 *position);
IMPORT(fd_sync)(u32 fd);
IMPORT(fd_tell)(u32 fd, u64 *position);
IMPORT(fd_write)(u32 fd, const Iovec *iovecs, u32 count, u32 *done);
IMPORT(path_create_directory)(u32 fd, const char *path, u32 size);
IMPORT(path_filestat_get)(u32 fd, u32 lookup, const char *path, u32 size, Filestat *stat);
IMPORT(path_filestat_set_times)(u32 fd, u32 lookup, const char *path, u32 size, u64 atim, u64 mtim,
                                u32 flags);
IMPORT(path_link)(u32 fd, u32 lookup, const char *path, u32 size, u32 new_fd, const char *new_path,
                  u32 new_size);
IMPORT(path_open)(u32 fd, u32 lookup, const char *path, u32 size, u32 oflags, u64 base,
                  u64 inheriting, u32 fdflags, u32 *opened);
IMPORT(path_readlink)(u32 fd, const char *path, u32 size, char *buf, u32 buf_size, u32 *used);
IMPORT(path_remove_directory)(u32 fd, const char *path, u32 size);
IMPORT(path_rename)(u32 fd, const char *path, u32 size, u32 new_fd, const char *new_path,
                    u32 new_size);
IMPORT(path_symlink)(const char *target, u32 target_size, u32 fd, const char *path, u32 size);
IMPORT(path_unlink_file)(u32 fd, const char *path, u32 size);
IMPORT(poll_oneoff)(const Subscription *in, Event *out, u32 count, u32 *events);
__attribute__((import_module(MODULE), import_name("proc_exit"), noreturn)) void proc_exit(u32 code);
IMPORT(proc_raise)(u32 signal);
IMPORT(random_get)(void *buf, u32 size);
IMPORT(sched_yield)(void);
#ifndef UNSTABLE
IMPORT(sock_accept)(u32 fd, u32 flags, u32 *accepted);
#endif
IMPORT(sock_recv)(u32 fd, const Iovec *iovecs, u32 count, u32 flags, u32 *done, u16 *out_flags);
IMPORT(sock_send)(u32 fd, const Iovec *iovecs, u32 count, u32 flags, u32 *done);
IMPORT(sock_shutdown)(u32 fd, u32 how);
