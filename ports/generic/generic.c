// generic.c -- what a port without anything answers, and what all ports share.
//
// A new platform copies `port_generic` and replaces what it has. Memory is the exception:
// it works here as well, from the C library, only that growing may move it.
// SPDX-License-Identifier: MIT
#include "ports/port.h"

#include <stdlib.h>

const char *errno_name(Errno e)
{
    static const char *const names[] = {
#define ERRNO(number, name, text) [number] = #name,
#include "ports/errno.def"
#undef ERRNO
    };
    return e < ERRNO_COUNT ? names[e] : "?";
}

const char *errno_text(Errno e)
{
    static const char *const texts[] = {
#define ERRNO(number, name, text) [number] = text,
#include "ports/errno.def"
#undef ERRNO
    };
    return e < ERRNO_COUNT ? texts[e] : "unknown error";
}

// --- memory ------------------------------------------------------------------------

static void *libc_resize(void *context, void *block, size_t old_size, size_t new_size)
{
    (void)context, (void)old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, new_size);
}

const Allocator allocator_libc = {.resize = libc_resize};

// calloc rather than malloc and clear: large blocks come zeroed from the system for free.
static bool generic_memory_new(void *ctx, PortMemory *memory, size_t size, size_t max)
{
    (void)ctx, (void)max;
    u8 *base = calloc(size ? size : 1, 1);
    if (!base) return false;
    *memory = (PortMemory){.base = base, .size = size, .reserved = size};
    return true;
}

static bool generic_memory_resize(void *ctx, PortMemory *memory, size_t size)
{
    (void)ctx;
    u8 *base = realloc(memory->base, size ? size : 1);
    if (!base) return false;
    if (size > memory->size) memset(base + memory->size, 0, size - memory->size);
    *memory = (PortMemory){.base = base, .size = size, .reserved = size};
    return true;
}

static void generic_memory_free(void *ctx, PortMemory *memory)
{
    (void)ctx;
    free(memory->base);
    *memory = (PortMemory){0};
}

// --- the rest is absent ------------------------------------------------------------

// One function a type, so that each can stand in the table as what it is.
#define ABSENT(name, ...)         \
    static Errno name(__VA_ARGS__) \
    {                             \
        return ERRNO_NOSYS;       \
    }

#if defined(__GNUC__) || defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#endif
ABSENT(no_clock, void *ctx, PortClock clock, u64 *ns)
ABSENT(no_random, void *ctx, void *bytes, size_t size)
ABSENT(no_poll, void *ctx, PortPoll *items, size_t count, u64 timeout_ns, PortWake *wake)
ABSENT(no_wake_new, void *ctx, const Allocator *allocator, PortWake **wake)
ABSENT(no_open_at, void *ctx, PortHandle dir, const char *name, u32 flags, PortHandle *file)
ABSENT(no_close, void *ctx, PortHandle file)
ABSENT(no_stat, void *ctx, PortHandle file, PortStat *stat)
ABSENT(no_stat_at, void *ctx, PortHandle dir, const char *name, PortStat *stat)
ABSENT(no_transfer, void *ctx, PortHandle file, const PortIo *io, size_t count, u64 offset,
       size_t *done)
ABSENT(no_seek, void *ctx, PortHandle file, s64 offset, PortWhence whence, u64 *position)
ABSENT(no_set_append, void *ctx, PortHandle file, bool append)
ABSENT(no_set_size, void *ctx, PortHandle file, u64 size)
ABSENT(no_set_times, void *ctx, PortHandle file, u64 atim, u64 mtim)
ABSENT(no_set_times_at, void *ctx, PortHandle dir, const char *name, u64 atim, u64 mtim)
ABSENT(no_allocate, void *ctx, PortHandle file, u64 offset, u64 size)
ABSENT(no_advise, void *ctx, PortHandle file, u64 offset, u64 size, u32 advice)
ABSENT(no_sync, void *ctx, PortHandle file, bool data_only)
ABSENT(no_list_dir, void *ctx, PortHandle dir, PortDirSink *sink, void *user)
ABSENT(no_name, void *ctx, PortHandle dir, const char *name)
ABSENT(no_two_names, void *ctx, PortHandle dir, const char *name, PortHandle new_dir,
       const char *new_name)
ABSENT(no_symlink, void *ctx, const char *target, PortHandle dir, const char *name)
ABSENT(no_read_link, void *ctx, PortHandle dir, const char *name, char *text, size_t size,
       size_t *done)
ABSENT(no_open_host_dir, void *ctx, const char *path, PortHandle *dir)
ABSENT(no_open_beneath, void *ctx, PortHandle dir, const char *path, u32 flags,
       PortHandle *file)
ABSENT(no_listen, void *ctx, const char *address, PortHandle *listener)
ABSENT(no_accept, void *ctx, PortHandle listener, PortHandle *socket)
ABSENT(no_receive, void *ctx, PortHandle socket, const PortIo *io, size_t count, u32 flags,
       size_t *done, bool *truncated)
ABSENT(no_send, void *ctx, PortHandle socket, const PortIo *io, size_t count, size_t *done)
ABSENT(no_shutdown, void *ctx, PortHandle socket, u32 how)

static void no_yield(void *ctx)
{
}

static void no_wake(void *ctx, PortWake *wake)
{
}

static void no_wake_free(void *ctx, const Allocator *allocator, PortWake *wake)
{
}
#if defined(__GNUC__) || defined(__clang__)
#pragma GCC diagnostic pop
#endif
#undef ABSENT

static const PortFiles generic_files = {
    .open_at = no_open_at,
    .close = no_close,
    .stat = no_stat,
    .stat_at = no_stat_at,
    .read = no_transfer,
    .write = no_transfer,
    .seek = no_seek,
    .set_append = no_set_append,
    .set_size = no_set_size,
    .set_times = no_set_times,
    .set_times_at = no_set_times_at,
    .allocate = no_allocate,
    .advise = no_advise,
    .sync = no_sync,
    .list_dir = no_list_dir,
    .make_dir = no_name,
    .remove_dir = no_name,
    .unlink = no_name,
    .rename = no_two_names,
    .link = no_two_names,
    .symlink = no_symlink,
    .read_link = no_read_link,
};

const Port port_generic = {
    .clock_time = no_clock,
    .clock_resolution = no_clock,
    .random = no_random,
    .yield = no_yield,
    .poll = no_poll,
    .wake_new = no_wake_new,
    .wake_set = no_wake,
    .wake_clear = no_wake,
    .wake_free = no_wake_free,
    .memory_new = generic_memory_new,
    .memory_resize = generic_memory_resize,
    .memory_free = generic_memory_free,
    .files = &generic_files,
    .open_host_dir = no_open_host_dir,
    .open_beneath = no_open_beneath,
    .listen = no_listen,
    .accept = no_accept,
    .receive = no_receive,
    .send = no_send,
    .shutdown = no_shutdown,
};
