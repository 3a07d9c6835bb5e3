// guest.c -- copying between a guest's memory and ours.
// SPDX-License-Identifier: MIT
#include "wasi/guest.h"

Errno guest_read(const Guest *g, u64 at, void *bytes, u64 size)
{
    if (!guest_has(g, at, size)) return ERRNO_FAULT;
    for (u8 *to = bytes; size > 0;) {
        u64 chunk;
        const u8 *from = guest_view(g, at, size, &chunk);
        if (!from) return ERRNO_NOMEM;
        memcpy(to, from, (size_t)chunk);
        to += chunk, at += chunk, size -= chunk;
    }
    return ERRNO_SUCCESS;
}

Errno guest_write(const Guest *g, u64 at, const void *bytes, u64 size)
{
    if (!guest_has(g, at, size)) return ERRNO_FAULT;
    for (const u8 *from = bytes; size > 0;) {
        u64 chunk;
        u8 *to = guest_view(g, at, size, &chunk);
        if (!to) return ERRNO_NOMEM;
        memcpy(to, from, (size_t)chunk);
        from += chunk, at += chunk, size -= chunk;
    }
    return ERRNO_SUCCESS;
}
