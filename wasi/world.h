// world.h -- a WASI world from the inside: descriptors, settings, and one call at work.
//
// Reading order: Desc (what a descriptor number stands for), weft_wasi (everything a
// program was given), Call (what a function like `wasi_fd_write` gets).
// SPDX-License-Identifier: MIT
#ifndef WEFT_WASI_WORLD_H
#define WEFT_WASI_WORLD_H

#include "ports/port.h"
#include "wasi/guest.h"
#include "weft_wasi.h"

enum {
#define NAME(prefix, kind, value, name) prefix##_##name = value,
#include "wasi/names.def"
#undef NAME
    RIGHTS_ALL = (1 << 30) - 1,
};

// --- descriptors -------------------------------------------------------------------

// The names of a directory as they were when its listing began, so that a cookie is an
// index and stays true while entries come and go. One block: offsets and texts.
typedef struct Listing Listing;

typedef struct Desc {
    const PortFiles *files;  // NULL: the number is free
    PortHandle handle;
    PortType type;
    u16 flags;               // fdflags as the guest set them
    bool is_shared;          // the host's own stream: not closed with the descriptor
    bool is_stream;          // has no position: pipe, terminal, socket, function
    bool is_terminal;
    bool is_host;            // the port can poll it
    bool is_listener;
    bool is_read_only;       // nothing may change through it, whatever its rights say
    u64 rights, inheriting;
    char *name;              // a preopen's, as the guest knows it; else NULL
    Listing *listing;
} Desc;

// --- the world ---------------------------------------------------------------------

// A function as it stands in a store: which, by which name, in which world.
typedef struct CallRow CallRow;
typedef struct Link {
    weft_wasi *world;
    const CallRow *row;
    bool is_unstable;          // imported from wasi_unstable: the layouts of 2019
    s8 fd_param, fd_2_param;   // which parameters are descriptors; -1: none. Found at the
                               // first call, as most functions are never called
} Link;

// Strings one after the other, each with its zero: args and environ.
typedef struct Strings {
    char *bytes;
    size_t size, capacity, count;
} Strings;

// Inode numbers as a deterministic world tells them: in the order they were first seen.
typedef struct InodeName {
    u64 dev, ino, told;
} InodeName;

enum { WORLD_LISTENERS = 16, ERROR_TEXT = 200 };

struct weft_wasi {
    Allocator alloc;
    const Port *port;
    char error[ERROR_TEXT];  // the first failure of a building call
    bool is_sealed;          // listeners have their numbers: the program may start

    Desc *descs;
    u32 desc_count, desc_capacity, lowest_free, fd_limit;
    PortHandle listeners[WORLD_LISTENERS];
    u32 listener_count;
    size_t listing_bytes;    // held by all listings; see dir.c

    Strings args, environ;

    weft_wasi_clock_func clock;
    void *clock_user;
    weft_wasi_random_func random;
    void *random_user;

    bool is_deterministic;
    u64 random_state, virtual_ns;
    InodeName *inodes;
    size_t inode_count, inode_capacity;

    weft_wasi_trace_func trace;
    void *trace_user;
    u64 trace_mask[1];       // a bit a row of calls.def

    PortWake *wake;
    bool poll_was_interrupted;
    u64 poll_started;        // when the interrupted poll began, on the monotonic clock

    bool has_exited;
    u32 exit_code;

    struct Stream *streams;     // what weft_wasi_capture and friends made; see stream.c
    struct BuiltIn *built_ins;  // what weft_wasi_files made; see builtin.c
    Link *links;
};

// --- a call ------------------------------------------------------------------------

typedef struct Call {
    weft_wasi *world;
    Guest *guest;
    const CallRow *row;
    bool is_unstable;
    Desc *fd, *fd_2;  // the descriptors among the arguments, open and with the row's rights
} Call;

struct CallRow {
    const char *name, *type, *arguments;
    bool is_in_unstable;
    u64 right, right_2;  // of the first and second descriptor: RIGHT_ bits, or one of:
    Errno (*function)(Call *c);
};

#define RIGHT_NONE ((u64)-1)  // not looked at
#define RIGHT_OPEN ((u64)0)   // it must be open

#define CALL(name, type, names, right, right_2, arguments) +1
enum { CALL_COUNT = 0
#include "wasi/calls.def"
};
#undef CALL

extern const CallRow call_rows[CALL_COUNT];  // in the order of calls.def

// Serves one call: checks the descriptors, runs the function, traces it. The answer is
// the errno; look at guest->outcome first.
Errno wasi_serve(Link *link, Guest *guest);

// Gives listeners their numbers and makes `links`: 2 * CALL_COUNT of them, preview1's
// first. After this the program may run.
bool world_seal(weft_wasi *world);

// Remembers a building call's failure; always false.
bool world_fail(weft_wasi *world, const char *what, const char *which, Errno error);
bool world_out_of_memory(weft_wasi *world);

// Gives `desc`, a directory, the next number as a preopen. Takes over its handle, also
// when it fails.
bool world_add_preopen(weft_wasi *world, Desc *desc, const char *guest_name);

// The functions of calls.def.
#define CALL(name, type, names, right, right_2, arguments) Errno wasi_##name(Call *c);
#include "wasi/calls.def"
#undef CALL

// --- arguments and memory of a call ------------------------------------------------

INLINE u32 arg_u32(const Call *c, u32 i)
{
    return guest_u32(c->guest, i);
}

INLINE u64 arg_u64(const Call *c, u32 i)
{
    return guest_u64(c->guest, i);
}

// FAULT unless a result of `size` bytes fits where parameter `i` points. Functions ask
// before they do anything that cannot be taken back.
INLINE Errno check_result(const Call *c, u32 i, u64 size)
{
    return guest_has(c->guest, arg_u32(c, i), size) ? ERRNO_SUCCESS : ERRNO_FAULT;
}

INLINE Errno put_bytes(const Call *c, u32 i, const void *bytes, u64 size)
{
    return guest_write(c->guest, arg_u32(c, i), bytes, size);
}

INLINE Errno put_u16(const Call *c, u32 i, u16 value)
{
    u8 bytes[2];
    store_u16(bytes, value);
    return put_bytes(c, i, bytes, sizeof bytes);
}

INLINE Errno put_u32(const Call *c, u32 i, u32 value)
{
    u8 bytes[4];
    store_u32(bytes, value);
    return put_bytes(c, i, bytes, sizeof bytes);
}

INLINE Errno put_u64(const Call *c, u32 i, u64 value)
{
    u8 bytes[8];
    store_u64(bytes, value);
    return put_bytes(c, i, bytes, sizeof bytes);
}

// Ends the call: it is to be made again when the program goes on.
INLINE Errno call_again(Call *c)
{
    c->guest->outcome = GUEST_RETRIES;
    return ERRNO_INTR;
}

// --- descriptors (desc.c) ----------------------------------------------------------

// BADF if there is no such descriptor.
Errno desc_find(weft_wasi *world, u32 fd, Desc **desc);
// The error of a missing right, in the words of the system call it stands for.
Errno desc_allows(const Desc *desc, u64 right);
// Makes room for one more, so that desc_put cannot fail.
Errno desc_reserve(weft_wasi *world);
u32 desc_put(weft_wasi *world, const Desc *desc);
Errno desc_close(weft_wasi *world, u32 fd);
void desc_release(weft_wasi *world, Desc *desc);
Errno desc_renumber(weft_wasi *world, u32 from, u32 to);
// Fills type, stream flags and all rights that apply from what the handle is.
Errno desc_describe(Desc *desc);
u64 rights_of_type(const Desc *desc);
u64 rights_inherited_by(const Desc *desc);

INLINE bool desc_is_dir(const Desc *desc)
{
    return desc->type == PORT_TYPE_DIRECTORY;
}

INLINE bool desc_is_socket(const Desc *desc)
{
    return desc->type == PORT_TYPE_SOCKET_STREAM || desc->type == PORT_TYPE_SOCKET_DGRAM;
}

// --- reading and writing (io.c) ----------------------------------------------------

// Waits until `desc` may be read or written: SUCCESS; AGAIN if it does not wait; or the
// call is to be made again.
Errno wait_for(Call *c, const Desc *desc, u8 want);

// --- clocks (clock.c) --------------------------------------------------------------

Errno world_clock(weft_wasi *world, PortClock clock, u64 *ns);
Errno world_random(weft_wasi *world, void *bytes, size_t size);

// What a wait of this call ends with: the guest's wake or the world's.
PortWake *call_wake(const Call *c);
void forget_wake(const Call *c, PortWake *wake);

// --- listings (dir.c) --------------------------------------------------------------

void listing_free(weft_wasi *world, Desc *desc);

// --- file metadata (stat.c) --------------------------------------------------------

enum { FILESTAT_SIZE = 64, FILESTAT_SIZE_UNSTABLE = 56 };

INLINE u64 filestat_size(const Call *c)
{
    return c->is_unstable ? FILESTAT_SIZE_UNSTABLE : FILESTAT_SIZE;
}

Errno put_filestat(const Call *c, u32 i, const PortStat *stat);
// Replaces what a deterministic world does not tell.
Errno world_disguise(weft_wasi *world, PortStat *stat);
// The two times that atim, mtim and fstflags mean, checked before anything changes.
Errno times_of_args(const Call *c, u32 i, u64 *atim, u64 *mtim);

// --- tracing (trace.c) -------------------------------------------------------------

void trace_call(const Call *c, Errno result);

// Walks over the arguments column: the next "kind:name" as two words, and how many
// parameters it stands for. False at the end.
typedef struct Field {
    char kind[12], name[12];
    bool is_result;
    u32 params;
} Field;
bool next_field(const char **arguments, Field *field);

enum { FD_PARAM_UNKNOWN = -2 };
void find_fd_params(Link *link);

INLINE bool is_traced(const weft_wasi *world, const CallRow *row)
{
    return UNLIKELY(world->trace != NULL) && world->trace_mask[0] >> (row - call_rows) & 1;
}

// --- what else a world is made of --------------------------------------------------

void streams_free(weft_wasi *world);    // stream.c
bool streams_start(weft_wasi *world);   // three that are empty
void built_ins_free(weft_wasi *world);  // builtin.c
const PortFiles *tree_files(weft_wasi_tree *tree);  // tree.c
Errno tree_open_root(weft_wasi_tree *tree, PortHandle *handle);

#endif
