// poll.c -- poll_oneoff: waiting for clocks and descriptors at once.
//
// The subscriptions are read into memory of ours before anything else: the guest may have
// put the events over them. Then every one is looked at; if none is ready yet, one wait
// until the earliest clock follows. What is wrong with a single subscription (a closed
// descriptor, a clock that cannot be waited for) is told in its event; the call succeeds.
// SPDX-License-Identifier: MIT
#include "wasi/stream.h"
#include "wasi/world.h"

enum {
    SUBSCRIPTION_SIZE = 48,
    SUBSCRIPTION_SIZE_UNSTABLE = 56,
    EVENT_SIZE = 32,
    ABSTIME = 1,
    HANGUP = 1,
    // Twice what a program with every descriptor open would ask; the guest does not decide
    // how much memory the host spends.
    SUBSCRIPTIONS_MOST = 16384,
};

#define NEVER ((u64)-1)

typedef struct Subscription {
    u64 userdata;
    u8 type;       // EVENT_CLOCK, EVENT_FD_READ, EVENT_FD_WRITE
    bool is_ready;
    bool is_polled;  // the port is asked: the next of its items
    Errno error;     // an event with an error is ready
    u16 flags;
    u64 bytes;
    u64 wait;        // of a clock: nanoseconds from now, NEVER for a descriptor
} Subscription;

typedef struct Poll {
    Call *c;
    Subscription *subscriptions;
    PortPoll *items;
    size_t count, item_count;
    u64 elapsed;          // since this poll began, if it was interrupted before
    bool any_ready, any_blocked;
    u64 wait;             // until the earliest clock
} Poll;

// --- reading -----------------------------------------------------------------------

static void be_ready(Poll *p, Subscription *s, Errno error)
{
    s->is_ready = true;
    s->error = error;
    p->any_ready = true;
}

// How long until `timeout` on a clock, from now. Wild values saturate.
static Errno clock_wait(Poll *p, u32 id, u64 timeout, bool is_absolute, u64 *wait)
{
    if (id >= PORT_CLOCK_COUNT) return ERRNO_INVAL;
    // Processor time does not pass while sleeping.
    if (id != PORT_CLOCK_REALTIME && id != PORT_CLOCK_MONOTONIC) return ERRNO_NOTSUP;
    u64 passed = p->elapsed;
    if (is_absolute) TRY(world_clock(p->c->world, (PortClock)id, &passed));
    *wait = timeout > passed ? timeout - passed : 0;
    if (*wait == NEVER) *wait = NEVER - 1;
    return ERRNO_SUCCESS;
}

static void subscribe_clock(Poll *p, Subscription *s, const u8 *clock)
{
    u32 id = load_u32(clock);
    bool is_absolute = load_u16(clock + 24) & ABSTIME;
    Errno error = clock_wait(p, id, load_u64(clock + 8), is_absolute, &s->wait);
    if (error) be_ready(p, s, error);
    else if (s->wait == 0) be_ready(p, s, ERRNO_SUCCESS);
    else if (s->wait < p->wait) p->wait = s->wait;
}

static Errno check_pollable(const Desc *desc, u8 type)
{
    u64 right = type == EVENT_FD_WRITE ? RIGHT_FD_WRITE
                : desc->is_listener    ? RIGHT_SOCK_ACCEPT
                                       : RIGHT_FD_READ;
    if (desc_is_dir(desc) && type == EVENT_FD_READ) right = 0;
    right |= RIGHT_POLL_FD_READWRITE;
    return (desc->rights & right) == right ? ERRNO_SUCCESS : ERRNO_NOTCAPABLE;
}

// How many bytes a file has left behind its position; a hint, so an error is none.
static u64 bytes_left(const Desc *desc)
{
    PortStat stat;
    u64 at;
    if (desc->type != PORT_TYPE_REGULAR) return 0;
    if (desc->files->stat(desc->files->ctx, desc->handle, &stat)) return 0;
    if (desc->files->seek(desc->files->ctx, desc->handle, 0, PORT_SEEK_CUR, &at)) return 0;
    return stat.size > at ? stat.size - at : 0;
}

static void subscribe_fd(Poll *p, Subscription *s, u32 fd)
{
    weft_wasi *world = p->c->world;
    Desc *desc;
    Errno error = desc_find(world, fd, &desc);
    if (!error) error = check_pollable(desc, s->type);
    if (error) {
        be_ready(p, s, error);
    } else if (desc->is_host && desc->is_stream && !world->is_deterministic) {
        s->is_polled = true;
        p->items[p->item_count++] = (PortPoll){
            .handle = desc->handle,
            .want = s->type == EVENT_FD_READ ? PORT_POLL_READ : PORT_POLL_WRITE};
    } else if (!desc->is_host && stream_is_blocked(desc)) {
        p->any_blocked = true;
    } else {
        // Where runs must be equal nobody looks at how far another process has come:
        // every stream is ready, and reading it waits.
        if (s->type == EVENT_FD_READ) s->bytes = desc->is_stream ? 1 : bytes_left(desc);
        be_ready(p, s, ERRNO_SUCCESS);
    }
}

static Errno subscribe(Poll *p, const u8 *bytes)
{
    Subscription *s = &p->subscriptions[p->count++];
    *s = (Subscription){.userdata = load_u64(bytes), .type = bytes[8], .wait = NEVER};
    switch (s->type) {
    case EVENT_CLOCK:
        // wasi_unstable has a field of its own before the clock: an identifier.
        subscribe_clock(p, s, bytes + (p->c->is_unstable ? 24 : 16));
        return ERRNO_SUCCESS;
    case EVENT_FD_READ:
    case EVENT_FD_WRITE:
        subscribe_fd(p, s, load_u32(bytes + 16));
        return ERRNO_SUCCESS;
    default:
        return ERRNO_INVAL;
    }
}

static Errno subscribe_all(Poll *p, u64 at, size_t count)
{
    u8 bytes[SUBSCRIPTION_SIZE_UNSTABLE];
    u64 size = p->c->is_unstable ? SUBSCRIPTION_SIZE_UNSTABLE : SUBSCRIPTION_SIZE;
    for (size_t i = 0; i < count; i++) {
        TRY(guest_read(p->c->guest, at + i * size, bytes, size));
        TRY(subscribe(p, bytes));
    }
    return ERRNO_SUCCESS;
}

// --- waiting -----------------------------------------------------------------------

static void take_items(Poll *p)
{
    const PortPoll *item = p->items;
    for (size_t i = 0; i < p->count; i++) {
        Subscription *s = &p->subscriptions[i];
        if (!s->is_polled) continue;
        if (item->got & PORT_POLL_ERROR) {
            be_ready(p, s, ERRNO_BADF);
        } else if (item->got & item->want) {
            be_ready(p, s, ERRNO_SUCCESS);
            s->bytes = item->bytes;
            s->flags = item->got & PORT_POLL_HANGUP ? HANGUP : 0;
        }
        item++;
    }
}

static void take_clocks(Poll *p, u64 waited)
{
    for (size_t i = 0; i < p->count; i++) {
        Subscription *s = &p->subscriptions[i];
        if (s->wait <= waited) be_ready(p, s, ERRNO_SUCCESS);
    }
}

static Errno interrupted(Poll *p, u64 began)
{
    weft_wasi *world = p->c->world;
    world->poll_was_interrupted = true;
    world->poll_started = began - p->elapsed;
    return call_again(p->c);
}

static Errno wait_until_ready(Poll *p)
{
    weft_wasi *world = p->c->world;
    const Port *port = world->port;
    if (world->is_deterministic) {
        if (p->any_ready) return ERRNO_SUCCESS;
        world->virtual_ns += p->wait == NEVER ? 0 : p->wait;
        take_clocks(p, p->wait);
        return p->any_ready ? ERRNO_SUCCESS : call_again(p->c);
    }
    if (p->any_ready && p->item_count == 0) return ERRNO_SUCCESS;
    u64 began = 0;
    port->clock_time(port->ctx, PORT_CLOCK_MONOTONIC, &began);
    // Only functions of the host are waited for, and they have nothing: the host goes on.
    if (!p->any_ready && p->any_blocked && p->item_count == 0 && p->wait == NEVER)
        return interrupted(p, began);
    u64 timeout = p->any_ready ? 0 : p->wait;
    PortWake *wake = timeout > 0 ? call_wake(p->c) : NULL;
    Errno error = port->poll(port->ctx, p->items, p->item_count, timeout, wake);
    if (error == ERRNO_INTR) {
        forget_wake(p->c, wake);
        return interrupted(p, began);
    }
    if (error == ERRNO_TIMEDOUT) {
        if (timeout > 0) take_clocks(p, timeout);
        return ERRNO_SUCCESS;
    }
    if (!error) take_items(p);
    return error;
}

// --- telling -----------------------------------------------------------------------

static Errno put_events(Poll *p, u64 at, u32 *count)
{
    *count = 0;
    for (size_t i = 0; i < p->count; i++) {
        const Subscription *s = &p->subscriptions[i];
        if (!s->is_ready) continue;
        u8 event[EVENT_SIZE] = {0};
        store_u64(event + 0, s->userdata);
        store_u16(event + 8, s->error);
        event[10] = s->type;
        store_u64(event + 16, s->bytes);
        store_u16(event + 24, s->flags);
        TRY(guest_write(p->c->guest, at + (u64)*count * EVENT_SIZE, event, sizeof event));
        ++*count;
    }
    return ERRNO_SUCCESS;
}

static Errno poll_all(Poll *p, size_t count)
{
    u32 events;
    TRY(subscribe_all(p, arg_u32(p->c, 0), count));
    p->c->world->poll_was_interrupted = false;
    TRY(wait_until_ready(p));
    TRY(put_events(p, arg_u32(p->c, 1), &events));
    return put_u32(p->c, 3, events);
}

// poll_oneoff(in, out, count, >events)                               poll
Errno wasi_poll_oneoff(Call *c)
{
    weft_wasi *world = c->world;
    u64 in = arg_u32(c, 0), out = arg_u32(c, 1), count = arg_u32(c, 2);
    if (count == 0) return ERRNO_INVAL;
    u64 size = c->is_unstable ? SUBSCRIPTION_SIZE_UNSTABLE : SUBSCRIPTION_SIZE;
    if (!guest_has(c->guest, in, count * size)) return ERRNO_FAULT;
    if (!guest_has(c->guest, out, count * EVENT_SIZE)) return ERRNO_FAULT;
    TRY(check_result(c, 3, 4));
    if (count > SUBSCRIPTIONS_MOST) return ERRNO_INVAL;

    enum { FEW = 16 };
    Subscription few[FEW];
    PortPoll few_items[FEW];
    Poll p = {.c = c, .subscriptions = few, .items = few_items, .wait = NEVER};
    if (world->poll_was_interrupted) {
        u64 now = 0;
        world->port->clock_time(world->port->ctx, PORT_CLOCK_MONOTONIC, &now);
        p.elapsed = now - world->poll_started;
        streams_unblock(world);
    }
    size_t each = sizeof *p.subscriptions + sizeof *p.items;
    if (count > FEW) {
        p.subscriptions = allocator_take(&world->alloc, (size_t)count * each);
        if (!p.subscriptions) return ERRNO_NOMEM;
        p.items = (PortPoll *)(void *)(p.subscriptions + count);
    }
    Errno error = poll_all(&p, (size_t)count);
    if (count > FEW) allocator_free(&world->alloc, p.subscriptions, (size_t)count * each);
    return error;
}
