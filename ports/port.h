// port.h -- everything weft asks of the machine below it: one table of functions.
//
// Clocks, randomness, files, waiting and address space all go through a `Port`.
// Nothing else in weft touches the system, so a port can be replaced whole (a board
// without an operating system), wrapped (recording, counting, failing on purpose in
// tests) or overridden in one place (a virtual clock). A platform is a folder beside
// this file; functions a platform lacks come from ports/generic, which answers NOSYS.
//
// Functions answer an `Errno` (0 is success) and leave results untouched on failure.
// Handles are small and owned by whoever opened them. Nothing blocks but poll, if the
// system can help it.
// SPDX-License-Identifier: MIT
#ifndef WEFT_PORTS_PORT_H
#define WEFT_PORTS_PORT_H

#include "ports/alloc.h"
#include "ports/base.h"

// --- errors ------------------------------------------------------------------------

typedef u16 Errno;

enum {
#define ERRNO(number, name, text) ERRNO_##name = number,
#include "ports/errno.def"
#undef ERRNO
    ERRNO_COUNT
};

// "NOENT", and "no such file or directory". Unknown numbers get "?".
const char *errno_name(Errno e);
const char *errno_text(Errno e);

// Leaves the calling function with the error, if there is one.
#define TRY(call)                            \
    do {                                     \
        Errno try_error = (call);            \
        if (try_error != 0) return try_error; \
    } while (0)

// --- files -------------------------------------------------------------------------

// An open file, directory or socket of one PortFiles table: a descriptor on POSIX, a
// pointer in a memory tree. Handles 0, 1 and 2 of a Port are its console.
typedef intptr_t PortHandle;
#define PORT_NO_HANDLE ((PortHandle)-1)

// The numbers are WASI's filetype.
typedef enum PortType {
    PORT_TYPE_UNKNOWN,  // pipes too: WASI has no name for them
    PORT_TYPE_BLOCK_DEVICE,
    PORT_TYPE_CHARACTER_DEVICE,
    PORT_TYPE_DIRECTORY,
    PORT_TYPE_REGULAR,
    PORT_TYPE_SOCKET_DGRAM,
    PORT_TYPE_SOCKET_STREAM,
    PORT_TYPE_SYMLINK,
} PortType;

typedef struct PortStat {
    u64 dev, ino, nlink, size;
    u64 atim, mtim, ctim;  // nanoseconds since 1970, clamped to what u64 holds
    PortType type;
    bool terminal;         // a character device somebody sits at
    bool pipe;             // type is UNKNOWN because it is a pipe
} PortStat;

// What open_at is asked for. The names are POSIX's.
enum {
    PORT_OPEN_READ = 1 << 0,
    PORT_OPEN_WRITE = 1 << 1,
    PORT_OPEN_CREATE = 1 << 2,
    PORT_OPEN_EXCLUSIVE = 1 << 3,
    PORT_OPEN_TRUNCATE = 1 << 4,
    PORT_OPEN_DIRECTORY = 1 << 5,
    PORT_OPEN_APPEND = 1 << 6,
    PORT_OPEN_DSYNC = 1 << 7,
    PORT_OPEN_SYNC = 1 << 8,
    PORT_OPEN_WALK = 1 << 9,  // a directory only to walk through: needs no read permission
};

typedef enum PortWhence { PORT_SEEK_SET, PORT_SEEK_CUR, PORT_SEEK_END } PortWhence;

// A piece of memory to fill or to send. Tables must not keep it after they return.
typedef struct PortIo {
    u8 *data;
    size_t size;
} PortIo;

// How list_dir hands out entries; an error stops the listing and is its answer.
// `name` is only valid during the call. "." and ".." are left out.
typedef Errno PortDirSink(void *user, const char *name, size_t size, u64 ino, PortType type);

// Times for set_times: a value, or one of these two.
#define PORT_TIME_KEEP ((u64)-1)
#define PORT_TIME_NOW ((u64)-2)

enum { PORT_RECV_PEEK = 1, PORT_RECV_WAITALL = 2 };
enum { PORT_SHUT_READ = 1, PORT_SHUT_WRITE = 2 };

// Files as operations on handles. `name` is one component: never empty, without '/',
// and not ".." (open_at and stat_at take "."); the last component is never followed if
// it is a symbolic link. So no implementation can leave the directory it was given.
// An in-memory tree implements the same table; see wasi/fs.h.
typedef struct PortFiles {
    void *ctx;

    Errno (*open_at)(void *ctx, PortHandle dir, const char *name, u32 flags, PortHandle *file);
    Errno (*close)(void *ctx, PortHandle file);
    Errno (*stat)(void *ctx, PortHandle file, PortStat *stat);
    Errno (*stat_at)(void *ctx, PortHandle dir, const char *name, PortStat *stat);

    // Reads and writes answer how many bytes went; 0 read is the end. Short counts are
    // fine. `offset` is a position that leaves the file's own alone, or PORT_AT_CURSOR, or
    // PORT_AT_STREAM, which answers AGAIN instead of blocking where the system can.
    Errno (*read)(void *ctx, PortHandle file, const PortIo *io, size_t count, u64 offset,
                  size_t *done);
    Errno (*write)(void *ctx, PortHandle file, const PortIo *io, size_t count, u64 offset,
                   size_t *done);
    Errno (*seek)(void *ctx, PortHandle file, s64 offset, PortWhence whence, u64 *position);

    Errno (*set_append)(void *ctx, PortHandle file, bool append);
    Errno (*set_size)(void *ctx, PortHandle file, u64 size);
    Errno (*set_times)(void *ctx, PortHandle file, u64 atim, u64 mtim);
    Errno (*set_times_at)(void *ctx, PortHandle dir, const char *name, u64 atim, u64 mtim);
    Errno (*allocate)(void *ctx, PortHandle file, u64 offset, u64 size);
    Errno (*advise)(void *ctx, PortHandle file, u64 offset, u64 size, u32 advice);  // WASI's
    Errno (*sync)(void *ctx, PortHandle file, bool data_only);

    Errno (*list_dir)(void *ctx, PortHandle dir, PortDirSink *sink, void *user);
    Errno (*make_dir)(void *ctx, PortHandle dir, const char *name);
    Errno (*remove_dir)(void *ctx, PortHandle dir, const char *name);
    Errno (*unlink)(void *ctx, PortHandle dir, const char *name);
    Errno (*rename)(void *ctx, PortHandle dir, const char *name, PortHandle new_dir,
                    const char *new_name);
    Errno (*link)(void *ctx, PortHandle dir, const char *name, PortHandle new_dir,
                  const char *new_name);
    Errno (*symlink)(void *ctx, const char *target, PortHandle dir, const char *name);
    // Copies at most `size` bytes of the link's text, no NUL; all of them may be not all.
    Errno (*read_link)(void *ctx, PortHandle dir, const char *name, char *text, size_t size,
                       size_t *done);
} PortFiles;

#define PORT_AT_CURSOR ((u64)-1)  // where the file stands, moving it
#define PORT_AT_STREAM ((u64)-2)  // a pipe, terminal or socket: there are no positions, and
                                  // writing to one that nobody reads answers PIPE, no signal

// --- waiting -----------------------------------------------------------------------

// Something another thread or a signal handler can set to end a wait. Once set it stays
// set, and waits answer INTR at once, until it is cleared.
typedef struct weft_wake PortWake;

enum {
    PORT_POLL_READ = 1,
    PORT_POLL_WRITE = 2,
    PORT_POLL_HANGUP = 4,  // only in `got`
    PORT_POLL_ERROR = 8,   // only in `got`: not a handle that can be waited for
};

typedef struct PortPoll {
    PortHandle handle;
    u8 want, got;
    u64 bytes;  // out: how many can be read, as far as the system tells
} PortPoll;

#define PORT_FOREVER ((u64)-1)

// --- address space -----------------------------------------------------------------

// A zeroed run of bytes that can grow: linear memories and stacks. Where the system can
// reserve addresses, `base` never moves up to `reserved`; elsewhere growth may move it.
typedef struct PortMemory {
    u8 *base;
    size_t size;      // usable now
    size_t reserved;  // growth up to here does not move; equals `size` where it would
} PortMemory;

// --- the table ---------------------------------------------------------------------

typedef enum PortClock {  // the numbers are WASI's clockid
    PORT_CLOCK_REALTIME,
    PORT_CLOCK_MONOTONIC,
    PORT_CLOCK_PROCESS,
    PORT_CLOCK_THREAD,
    PORT_CLOCK_COUNT
} PortClock;

typedef struct weft_port {
    void *ctx;

    Errno (*clock_time)(void *ctx, PortClock clock, u64 *ns);
    Errno (*clock_resolution)(void *ctx, PortClock clock, u64 *ns);
    Errno (*random)(void *ctx, void *bytes, size_t size);
    void (*yield)(void *ctx);

    // Waits until an item is ready (SUCCESS, see `got`), the time is over (TIMEDOUT) or
    // the wake is set (INTR). With no items it sleeps. `wake` may be NULL.
    Errno (*poll)(void *ctx, PortPoll *items, size_t count, u64 timeout_ns, PortWake *wake);
    Errno (*wake_new)(void *ctx, const Allocator *allocator, PortWake **wake);
    void (*wake_set)(void *ctx, PortWake *wake);  // any thread, any signal handler
    void (*wake_clear)(void *ctx, PortWake *wake);
    void (*wake_free)(void *ctx, const Allocator *allocator, PortWake *wake);

    // `size` bytes now, room for `max` if the system can; false and untouched if not.
    bool (*memory_new)(void *ctx, PortMemory *memory, size_t size, size_t max);
    // Grows (new bytes are zero) or shrinks; false and untouched if there is no room.
    bool (*memory_resize)(void *ctx, PortMemory *memory, size_t size);
    void (*memory_free)(void *ctx, PortMemory *memory);

    const PortFiles *files;  // of the host, and the console
    // A directory by the name a person typed; the only place where host paths appear.
    Errno (*open_host_dir)(void *ctx, const char *path, PortHandle *dir);
    // open_at over a whole relative path at once, following links but never leaving `dir`;
    // NOSYS where the system has no such call. Any failure means: walk, and see why.
    Errno (*open_beneath)(void *ctx, PortHandle dir, const char *path, u32 flags,
                          PortHandle *file);

    // Sockets; their handles are handles of `files`. `address` is "host:port".
    Errno (*listen)(void *ctx, const char *address, PortHandle *listener);
    Errno (*accept)(void *ctx, PortHandle listener, PortHandle *socket);
    Errno (*receive)(void *ctx, PortHandle socket, const PortIo *io, size_t count, u32 flags,
                     size_t *done, bool *truncated);
    Errno (*send)(void *ctx, PortHandle socket, const PortIo *io, size_t count, size_t *done);
    Errno (*shutdown)(void *ctx, PortHandle socket, u32 how);
} Port;

// The port of the platform weft was built for: ports/posix, or ports/bare.
const Port *port_native(void);

// Everything absent: NOSYS throughout, memory from the C library. New ports start as a
// copy of it and fill in what they have.
extern const Port port_generic;

#endif
