// io.c -- reading and writing: fd_read, fd_write and their kin.
//
// A guest's iovecs become the host's without copying: each piece points into the
// guest's memory. All of them are checked before the first byte moves. A list can be
// long, so it is worked off in groups; what went before something stopped is the result.
//
// Waiting. A stream that is not ready answers AGAIN, also one of the host's own, which is
// left blocking (that flag would be shared with the shell); then a guest that waits is
// made to wait in poll, where it can be interrupted.
// SPDX-License-Identifier: MIT
#include "wasi/world.h"

// --- iovecs ------------------------------------------------------------------------

enum { IO_PIECES = 64 };

// The most that moves in one call: a count must fit an i32 and every system's ssize_t.
#define IO_MOST ((u64)0x7FFFF000)

typedef struct IoList {
    const Guest *guest;
    u64 next, left;    // the iovecs not yet looked at: where they are, how many
    u64 at, size;      // what is left of the current one
    u64 budget;        // how many bytes may still move
    PortIo io[IO_PIECES];
    size_t count;      // of io
    u64 bytes;         // in io
} IoList;

// Every iovec and everything it points to must be memory.
static Errno check_iovecs(const Guest *g, u64 at, u64 count)
{
    if (!guest_has(g, at, count * 8)) return ERRNO_FAULT;
    for (u64 i = 0; i < count; i++) {
        u8 iovec[8];
        TRY(guest_read(g, at + i * 8, iovec, sizeof iovec));
        if (!guest_has(g, load_u32(iovec), load_u32(iovec + 4))) return ERRNO_FAULT;
    }
    return ERRNO_SUCCESS;
}

// Fills io with the next group. Ranges are checked again: where another thread may write
// the guest's memory, an iovec read twice is two different iovecs.
static Errno next_pieces(IoList *list)
{
    list->count = 0;
    list->bytes = 0;
    while (list->count < IO_PIECES && list->budget > 0) {
        if (list->size == 0) {
            if (list->left == 0) break;
            u8 iovec[8];
            TRY(guest_read(list->guest, list->next, iovec, sizeof iovec));
            list->next += 8, list->left--;
            list->at = load_u32(iovec), list->size = load_u32(iovec + 4);
            if (!guest_has(list->guest, list->at, list->size)) return ERRNO_FAULT;
            continue;
        }
        u64 chunk;
        u64 size = list->size < list->budget ? list->size : list->budget;
        u8 *data = guest_view(list->guest, list->at, size, &chunk);
        if (!data) return ERRNO_NOMEM;
        list->io[list->count++] = (PortIo){.data = data, .size = (size_t)chunk};
        list->bytes += chunk, list->budget -= chunk;
        list->at += chunk, list->size -= chunk;
    }
    return ERRNO_SUCCESS;
}

static Errno open_iovecs(const Call *c, u32 param, IoList *list)
{
    u64 at = arg_u32(c, param), count = arg_u32(c, param + 1);
    TRY(check_iovecs(c->guest, at, count));
    list->guest = c->guest;
    list->next = at, list->left = count;
    list->at = list->size = 0;
    list->budget = IO_MOST;
    return next_pieces(list);
}

// --- waiting -----------------------------------------------------------------------

PortWake *call_wake(const Call *c)
{
    PortWake *wake = c->guest->find_wake ? c->guest->find_wake(c->guest->call) : NULL;
    return wake ? wake : c->world->wake;
}

// A wake of the guest's engine stays set as long as the engine wants it stopped.
void forget_wake(const Call *c, PortWake *wake)
{
    if (wake == c->world->wake) c->world->port->wake_clear(c->world->port->ctx, wake);
}

Errno wait_for(Call *c, const Desc *desc, u8 want)
{
    if (desc->flags & FDFLAG_NONBLOCK) return ERRNO_AGAIN;
    if (!desc->is_host) return call_again(c);
    const Port *port = c->world->port;
    PortWake *wake = call_wake(c);
    PortPoll item = {.handle = desc->handle, .want = want};
    Errno error = port->poll(port->ctx, &item, 1, PORT_FOREVER, wake);
    if (error != ERRNO_INTR) return error;
    forget_wake(c, wake);
    return call_again(c);
}

// --- moving bytes ------------------------------------------------------------------

typedef struct Transfer {
    u8 want;         // PORT_POLL_READ or _WRITE
    u64 offset;      // or PORT_AT_CURSOR, PORT_AT_STREAM
    u32 recv_flags;  // for sockets
    bool truncated;  // out
} Transfer;

static Errno transfer_once(Call *c, Transfer *t, const IoList *list, size_t *done)
{
    const Desc *desc = c->fd;
    const PortFiles *files = desc->files;
    const Port *port = c->world->port;
    if (desc_is_socket(desc) && t->want == PORT_POLL_WRITE)
        return port->send(port->ctx, desc->handle, list->io, list->count, done);
    if (desc_is_socket(desc))
        return port->receive(port->ctx, desc->handle, list->io, list->count, t->recv_flags, done,
                             &t->truncated);
    if (t->want == PORT_POLL_READ)
        return files->read(files->ctx, desc->handle, list->io, list->count, t->offset, done);
    return files->write(files->ctx, desc->handle, list->io, list->count, t->offset, done);
}

static Errno transfer_waiting(Call *c, Transfer *t, const IoList *list, size_t *done)
{
    const Desc *desc = c->fd;
    if (!desc->is_stream) return transfer_once(c, t, list, done);
    while (true) {
        Errno error = transfer_once(c, t, list, done);
        if (error != ERRNO_AGAIN) return error;
        TRY(wait_for(c, desc, t->want));
    }
}

// Drops what has moved from the front of the list, so that the rest can go next.
static void advance(IoList *list, size_t done)
{
    size_t i = 0;
    while (i < list->count && done >= list->io[i].size) done -= list->io[i++].size;
    list->count -= i;
    memmove(list->io, list->io + i, list->count * sizeof *list->io);
    if (list->count > 0) {
        list->io[0].data += done;
        list->io[0].size -= done;
    }
}

// Should a short transfer be followed by another? A reader of a pipe takes what is there;
// a writer sends it all, as write(2) does. Where runs must be equal, so must be the pieces.
static bool goes_on_after_short(const Call *c, const Transfer *t)
{
    const Desc *desc = c->fd;
    if (!desc->is_stream || desc->is_terminal || !desc->is_host) return false;
    if (t->want == PORT_POLL_WRITE) return !(desc->flags & FDFLAG_NONBLOCK);
    return (t->recv_flags & PORT_RECV_WAITALL) ||
           (c->world->is_deterministic && !desc_is_socket(desc));
}

static Errno transfer(Call *c, Transfer *t, u32 iovecs_param, u32 result_param)
{
    IoList list;
    TRY(check_result(c, result_param, 4));
    TRY(open_iovecs(c, iovecs_param, &list));
    u64 total = 0, base = t->offset;
    Errno error = ERRNO_SUCCESS;
    while (list.count > 0) {
        size_t done = 0;
        if (base < PORT_AT_STREAM) t->offset = base + total;
        error = transfer_waiting(c, t, &list, &done);
        if (error) break;
        total += done;
        bool is_whole = done == list.bytes;
        if (done == 0 || (!is_whole && !goes_on_after_short(c, t))) break;
        if (t->recv_flags & PORT_RECV_PEEK) break;
        if (is_whole) {
            error = next_pieces(&list);
        } else {
            // There was room for no more: trying again at once would only say so.
            advance(&list, done);
            list.bytes -= done;
            error = wait_for(c, c->fd, t->want);
        }
        if (error) break;
    }
    if (total == 0 && error) return error;
    // Bytes moved: they are the result, and what stopped the rest comes with the next call.
    c->guest->outcome = GUEST_RETURNS;
    return put_u32(c, result_param, (u32)total);
}

static Transfer at_cursor(const Call *c, u8 want)
{
    return (Transfer){.want = want,
                      .offset = c->fd->is_stream ? PORT_AT_STREAM : PORT_AT_CURSOR};
}

// fd_read(fd, iovs, n, >read)                                        readv
Errno wasi_fd_read(Call *c)
{
    Transfer t = at_cursor(c, PORT_POLL_READ);
    return transfer(c, &t, 1, 3);
}

// fd_write(fd, iovs, n, >written)                                    writev
Errno wasi_fd_write(Call *c)
{
    Transfer t = at_cursor(c, PORT_POLL_WRITE);
    return transfer(c, &t, 1, 3);
}

static Errno check_position(const Call *c, u64 offset)
{
    TRY(desc_allows(c->fd, RIGHT_FD_SEEK));
    return offset > (u64)INT64_MAX ? ERRNO_INVAL : ERRNO_SUCCESS;
}

// fd_pread(fd, iovs, n, offset, >read)                               preadv
Errno wasi_fd_pread(Call *c)
{
    TRY(check_position(c, arg_u64(c, 3)));
    Transfer t = {.want = PORT_POLL_READ, .offset = arg_u64(c, 3)};
    return transfer(c, &t, 1, 4);
}

// fd_pwrite(fd, iovs, n, offset, >written)                           pwritev
// On a file opened to append, Linux appends and POSIX writes at the offset: the host decides.
Errno wasi_fd_pwrite(Call *c)
{
    TRY(check_position(c, arg_u64(c, 3)));
    Transfer t = {.want = PORT_POLL_WRITE, .offset = arg_u64(c, 3)};
    return transfer(c, &t, 1, 4);
}

static bool is_whence(u32 number, bool is_unstable, PortWhence *whence)
{
    static const PortWhence now[] = {[WHENCE_SET] = PORT_SEEK_SET,
                                     [WHENCE_CUR] = PORT_SEEK_CUR,
                                     [WHENCE_END] = PORT_SEEK_END};
    static const PortWhence then[] = {[WHENCE_0_SET] = PORT_SEEK_SET,
                                      [WHENCE_0_CUR] = PORT_SEEK_CUR,
                                      [WHENCE_0_END] = PORT_SEEK_END};
    if (number > 2) return false;
    *whence = (is_unstable ? then : now)[number];
    return true;
}

// fd_seek(fd, offset, whence, >position)                             lseek
// Asking where one stands needs only the right to tell.
Errno wasi_fd_seek(Call *c)
{
    s64 offset = (s64)arg_u64(c, 1);
    PortWhence whence;
    u64 position;
    if (!is_whence(arg_u32(c, 2), c->is_unstable, &whence)) return ERRNO_INVAL;
    if (whence != PORT_SEEK_CUR || offset != 0) TRY(desc_allows(c->fd, RIGHT_FD_SEEK));
    TRY(check_result(c, 3, 8));
    const PortFiles *files = c->fd->files;
    TRY(files->seek(files->ctx, c->fd->handle, offset, whence, &position));
    return put_u64(c, 3, position);
}

// fd_tell(fd, >position)                                             lseek
Errno wasi_fd_tell(Call *c)
{
    u64 position;
    TRY(check_result(c, 1, 8));
    const PortFiles *files = c->fd->files;
    TRY(files->seek(files->ctx, c->fd->handle, 0, PORT_SEEK_CUR, &position));
    return put_u64(c, 1, position);
}

// --- sockets -----------------------------------------------------------------------

// sock_accept(listener, flags, >fd)                                  accept
Errno wasi_sock_accept(Call *c)
{
    weft_wasi *world = c->world;
    const Port *port = world->port;
    TRY(check_result(c, 2, 4));
    TRY(desc_reserve(world));
    // Making room may have moved the table.
    TRY(desc_find(world, arg_u32(c, 0), &c->fd));
    Desc desc = {.files = port->files,
                 .is_host = true,
                 .is_stream = true,
                 .type = PORT_TYPE_SOCKET_STREAM,
                 .flags = (u16)(arg_u32(c, 1) & FDFLAG_NONBLOCK)};
    while (true) {
        Errno error = port->accept(port->ctx, c->fd->handle, &desc.handle);
        if (!error) break;
        if (error != ERRNO_AGAIN) return error;
        TRY(wait_for(c, c->fd, PORT_POLL_READ));
    }
    desc.rights = rights_of_type(&desc) & c->fd->inheriting;
    return put_u32(c, 2, desc_put(world, &desc));
}

// That it is none comes before that it lacks a right.
static Errno check_socket(const Call *c, u64 right)
{
    return desc_is_socket(c->fd) ? desc_allows(c->fd, right) : ERRNO_NOTSOCK;
}

// sock_recv(fd, iovs, n, flags, >read, >roflags)                     recvmsg
Errno wasi_sock_recv(Call *c)
{
    TRY(check_socket(c, RIGHT_FD_READ));
    TRY(check_result(c, 5, 2));
    u32 flags = arg_u32(c, 3);
    if (flags & ~(u32)(RIFLAG_PEEK | RIFLAG_WAITALL)) return ERRNO_INVAL;
    Transfer t = {.want = PORT_POLL_READ, .offset = PORT_AT_STREAM, .recv_flags = flags};
    TRY(transfer(c, &t, 1, 4));
    return put_u16(c, 5, t.truncated ? 1 : 0);
}

// sock_send(fd, iovs, n, flags, >written)                            sendmsg
Errno wasi_sock_send(Call *c)
{
    TRY(check_socket(c, RIGHT_FD_WRITE));
    if (arg_u32(c, 3) != 0) return ERRNO_INVAL;
    Transfer t = {.want = PORT_POLL_WRITE, .offset = PORT_AT_STREAM};
    return transfer(c, &t, 1, 4);
}

// sock_shutdown(fd, how)                                             shutdown
Errno wasi_sock_shutdown(Call *c)
{
    u32 how = arg_u32(c, 1);
    if (how == 0 || how > 3) return ERRNO_INVAL;
    const Port *port = c->world->port;
    return port->shutdown(port->ctx, c->fd->handle, how);
}
