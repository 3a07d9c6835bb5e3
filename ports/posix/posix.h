// posix.h -- what the files of ports/posix share.
//
// It is included first: the macros it defines ask the system's headers for 64-bit file
// sizes and for the newer calls (openat and friends, ppoll, getrandom).
// SPDX-License-Identifier: MIT
#ifndef WEFT_PORTS_POSIX_H
#define WEFT_PORTS_POSIX_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#undef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64
#undef _TIME_BITS
#define _TIME_BITS 64

#include <errno.h>

#include "ports/port.h"

// Translates by name: the numbers differ from system to system.
Errno posix_error(int host_errno);

// `errno` after a call that answered -1.
INLINE Errno posix_last_error(void)
{
    return posix_error(errno);
}

INLINE Errno posix_result(int answer)
{
    return answer < 0 ? posix_last_error() : ERRNO_SUCCESS;
}

extern const PortFiles posix_files;  // files.c

Errno posix_open_host_dir(void *ctx, const char *path, PortHandle *dir);
Errno posix_open_beneath(void *ctx, PortHandle dir, const char *path, u32 flags,
                         PortHandle *file);

Errno posix_listen(void *ctx, const char *address, PortHandle *listener);  // sockets.c
Errno posix_accept(void *ctx, PortHandle listener, PortHandle *socket);
Errno posix_receive(void *ctx, PortHandle socket, const PortIo *io, size_t count, u32 flags,
                    size_t *done, bool *truncated);
Errno posix_send(void *ctx, PortHandle socket, const PortIo *io, size_t count, size_t *done);
Errno posix_shutdown(void *ctx, PortHandle socket, u32 how);

Errno posix_poll(void *ctx, PortPoll *items, size_t count, u64 timeout_ns, PortWake *wake);
Errno posix_wake_new(void *ctx, const Allocator *allocator, PortWake **wake);  // wait.c
void posix_wake_set(void *ctx, PortWake *wake);
void posix_wake_clear(void *ctx, PortWake *wake);
void posix_wake_free(void *ctx, const Allocator *allocator, PortWake *wake);

bool posix_memory_new(void *ctx, PortMemory *memory, size_t size, size_t max);  // space.c
bool posix_memory_resize(void *ctx, PortMemory *memory, size_t size);
void posix_memory_free(void *ctx, PortMemory *memory);

#endif
