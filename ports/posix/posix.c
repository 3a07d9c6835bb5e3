// posix.c -- the port of systems that follow POSIX: clocks, randomness, and the table.
// SPDX-License-Identifier: MIT
#include "ports/posix/posix.h"

#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/random.h>
#endif

// The two names that only WASI has, so that every row below has a host number.
#define ESUCCESS 0
#define ENOTCAPABLE (-1)

Errno posix_error(int host_errno)
{
    switch (host_errno) {
#define ERRNO(number, name, text) \
    case E##name:                 \
        return number;
#include "ports/errno.def"
#undef ERRNO
#if EOPNOTSUPP != ENOTSUP
    case EOPNOTSUPP:
        return ERRNO_NOTSUP;
#endif
#if EWOULDBLOCK != EAGAIN
    case EWOULDBLOCK:
        return ERRNO_AGAIN;
#endif
    default:
        return ERRNO_IO;
    }
}

// --- clocks ------------------------------------------------------------------------

static clockid_t posix_clock_id(PortClock clock)
{
    static const clockid_t ids[PORT_CLOCK_COUNT] = {
        [PORT_CLOCK_REALTIME] = CLOCK_REALTIME,
        [PORT_CLOCK_MONOTONIC] = CLOCK_MONOTONIC,
        [PORT_CLOCK_PROCESS] = CLOCK_PROCESS_CPUTIME_ID,
        [PORT_CLOCK_THREAD] = CLOCK_THREAD_CPUTIME_ID,
    };
    return ids[clock];
}

static Errno posix_clock_time(void *ctx, PortClock clock, u64 *ns)
{
    (void)ctx;
    struct timespec t;
    if (clock_gettime(posix_clock_id(clock), &t) < 0) return posix_last_error();
    *ns = t.tv_sec < 0 ? 0 : (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
    return ERRNO_SUCCESS;
}

static Errno posix_clock_resolution(void *ctx, PortClock clock, u64 *ns)
{
    (void)ctx;
    struct timespec t;
    if (clock_getres(posix_clock_id(clock), &t) < 0) return posix_last_error();
    u64 resolution = (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
    *ns = resolution ? resolution : 1;
    return ERRNO_SUCCESS;
}

// --- randomness --------------------------------------------------------------------

#ifdef __linux__
static ssize_t random_piece(void *bytes, size_t size)
{
    return getrandom(bytes, size, 0);
}
#else
static ssize_t random_piece(void *bytes, size_t size)
{
    size_t piece = size < 256 ? size : 256;
    return getentropy(bytes, piece) < 0 ? -1 : (ssize_t)piece;
}
#endif

// Fills the bytes where they are, whatever the size: short answers and EINTR are normal.
static Errno posix_random(void *ctx, void *bytes, size_t size)
{
    (void)ctx;
    u8 *at = bytes;
    while (size > 0) {
        ssize_t n = random_piece(at, size);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return posix_last_error();
        at += n, size -= (size_t)n;
    }
    return ERRNO_SUCCESS;
}

static void posix_yield(void *ctx)
{
    (void)ctx;
    sched_yield();
}

// --- the table ---------------------------------------------------------------------

static const Port posix_port = {
    .clock_time = posix_clock_time,
    .clock_resolution = posix_clock_resolution,
    .random = posix_random,
    .yield = posix_yield,
    .poll = posix_poll,
    .wake_new = posix_wake_new,
    .wake_set = posix_wake_set,
    .wake_clear = posix_wake_clear,
    .wake_free = posix_wake_free,
    .memory_new = posix_memory_new,
    .memory_resize = posix_memory_resize,
    .memory_free = posix_memory_free,
    .files = &posix_files,
    .open_host_dir = posix_open_host_dir,
    .open_beneath = posix_open_beneath,
    .listen = posix_listen,
    .accept = posix_accept,
    .receive = posix_receive,
    .send = posix_send,
    .shutdown = posix_shutdown,
};

const Port *port_native(void)
{
    return &posix_port;
}
