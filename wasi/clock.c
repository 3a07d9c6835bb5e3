// clock.c -- time and chance: the host's, the embedder's, or made up and repeatable.
// SPDX-License-Identifier: MIT
#include "wasi/world.h"

// A deterministic world begins at this moment (2020-01-01), and each reading of a clock
// takes this long, so that a program which waits for time to pass sees it pass.
#define VIRTUAL_EPOCH_NS ((u64)1577836800 * 1000000000u)
enum { VIRTUAL_STEP_NS = 100000 };

static u64 virtual_time(weft_wasi *world, PortClock clock)
{
    u64 now = world->virtual_ns;
    world->virtual_ns += VIRTUAL_STEP_NS;
    return clock == PORT_CLOCK_REALTIME ? VIRTUAL_EPOCH_NS + now : now;
}

Errno world_clock(weft_wasi *world, PortClock clock, u64 *ns)
{
    if (world->clock) *ns = world->clock(world->clock_user, clock);
    else if (world->is_deterministic) *ns = virtual_time(world, clock);
    else return world->port->clock_time(world->port->ctx, clock, ns);
    return ERRNO_SUCCESS;
}

// SplitMix64: one word of state, and any seed is a good one.
static u64 next_random(weft_wasi *world)
{
    u64 z = world->random_state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

Errno world_random(weft_wasi *world, void *bytes, size_t size)
{
    if (world->random)
        return world->random(world->random_user, bytes, size) ? ERRNO_SUCCESS : ERRNO_IO;
    if (!world->is_deterministic)
        return world->port->random(world->port->ctx, bytes, size);
    for (u8 *at = bytes; size > 0;) {
        u8 word[8];
        store_u64(word, next_random(world));
        size_t piece = size < sizeof word ? size : sizeof word;
        memcpy(at, word, piece);
        at += piece, size -= piece;
    }
    return ERRNO_SUCCESS;
}

// --- calls -------------------------------------------------------------------------

// clock_res_get(id, >ns)                                             clock_getres
Errno wasi_clock_res_get(Call *c)
{
    u32 id = arg_u32(c, 0);
    if (id >= PORT_CLOCK_COUNT) return ERRNO_INVAL;
    u64 ns = 1;
    if (!c->world->clock && !c->world->is_deterministic)
        TRY(c->world->port->clock_resolution(c->world->port->ctx, (PortClock)id, &ns));
    return put_u64(c, 1, ns);
}

// clock_time_get(id, precision, >ns)                                 clock_gettime
// The precision is a hint that costs nothing to exceed.
Errno wasi_clock_time_get(Call *c)
{
    u32 id = arg_u32(c, 0);
    if (id >= PORT_CLOCK_COUNT) return ERRNO_INVAL;
    TRY(check_result(c, 2, 8));
    u64 ns;
    TRY(world_clock(c->world, (PortClock)id, &ns));
    return put_u64(c, 2, ns);
}

// random_get(buf, len)                                               getrandom
// Fills the guest's memory in place: a gigabyte needs no buffer of ours.
Errno wasi_random_get(Call *c)
{
    u64 at = arg_u32(c, 0), size = arg_u32(c, 1);
    if (!guest_has(c->guest, at, size)) return ERRNO_FAULT;
    while (size > 0) {
        u64 chunk;
        u8 *bytes = guest_view(c->guest, at, size, &chunk);
        if (!bytes) return ERRNO_NOMEM;
        TRY(world_random(c->world, bytes, (size_t)chunk));
        at += chunk, size -= chunk;
    }
    return ERRNO_SUCCESS;
}

// sched_yield()                                                      sched_yield
Errno wasi_sched_yield(Call *c)
{
    c->world->port->yield(c->world->port->ctx);
    return ERRNO_SUCCESS;
}
