// wait.c -- waiting for files, for time, and for being woken.
//
// A wake is a flag and, once something waits on it, a pipe: setting it writes a byte,
// which ends a poll. Both steps may happen in a signal handler. The pipe is made at the
// first wait, so a program that never waits costs none.
// SPDX-License-Identifier: MIT
#include "ports/posix/posix.h"

#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

struct weft_wake {
    atomic_bool set;
    atomic_int signal_fd;  // write end, or -1; published after the pipe is whole
    int wait_fd;           // read end
};

Errno posix_wake_new(void *ctx, const Allocator *allocator, PortWake **wake)
{
    (void)ctx;
    PortWake *w = allocator_take(allocator, sizeof *w);
    if (!w) return ERRNO_NOMEM;
    atomic_init(&w->set, false);
    atomic_init(&w->signal_fd, -1);
    w->wait_fd = -1;
    *wake = w;
    return ERRNO_SUCCESS;
}

void posix_wake_set(void *ctx, PortWake *wake)
{
    (void)ctx;
    int saved = errno;
    atomic_store(&wake->set, true);
    int fd = atomic_load(&wake->signal_fd);
    if (fd >= 0 && write(fd, "", 1) < 0) {
        // Full: then a byte is there already, which is all that matters.
    }
    errno = saved;
}

void posix_wake_clear(void *ctx, PortWake *wake)
{
    (void)ctx;
    atomic_store(&wake->set, false);
    char drained[64];
    while (wake->wait_fd >= 0 && read(wake->wait_fd, drained, sizeof drained) > 0) {
    }
}

void posix_wake_free(void *ctx, const Allocator *allocator, PortWake *wake)
{
    (void)ctx;
    if (!wake) return;
    if (wake->wait_fd >= 0) {
        close(wake->wait_fd);
        close(atomic_load(&wake->signal_fd));
    }
    allocator_free(allocator, wake, sizeof *wake);
}

static Errno wake_open(PortWake *wake)
{
    if (wake->wait_fd >= 0) return ERRNO_SUCCESS;
    int ends[2];
    if (pipe(ends) < 0) return posix_last_error();
    for (int i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        fcntl(ends[i], F_SETFL, O_NONBLOCK);
    }
    wake->wait_fd = ends[0];
    atomic_store(&wake->signal_fd, ends[1]);
    return ERRNO_SUCCESS;
}

// --- poll --------------------------------------------------------------------------

static u64 monotonic_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
}

// One poll of at most `ns`; PORT_FOREVER waits on. Never returns early for time's sake:
// what cannot be told in the system's unit is rounded up.
static int poll_for(struct pollfd *fds, size_t count, u64 ns)
{
#ifdef __linux__
    struct timespec t = {.tv_sec = (time_t)(ns / 1000000000u),
                         .tv_nsec = (long)(ns % 1000000000u)};
    return ppoll(fds, (nfds_t)count, ns == PORT_FOREVER ? NULL : &t, NULL);
#else
    u64 ms = ns / 1000000 + (ns % 1000000 != 0);
    return poll(fds, (nfds_t)count, ns == PORT_FOREVER ? -1 : ms > 1 << 30 ? 1 << 30 : (int)ms);
#endif
}

static short wanted_events(u8 want)
{
    return (short)((want & PORT_POLL_READ ? POLLIN : 0) | (want & PORT_POLL_WRITE ? POLLOUT : 0));
}

static void read_events(PortPoll *item, short events)
{
    item->got = 0;
    item->bytes = 0;
    if (events & POLLNVAL) {
        item->got = PORT_POLL_ERROR;
        return;
    }
    if (events & POLLIN) item->got |= PORT_POLL_READ;
    if (events & POLLOUT) item->got |= PORT_POLL_WRITE;
    // The other side is gone: reading gives what is left and then the end, writing fails;
    // either way nobody has to wait any more.
    if (events & (POLLHUP | POLLERR)) item->got |= item->want | PORT_POLL_HANGUP;
    int available;
    if ((item->got & PORT_POLL_READ) && ioctl((int)item->handle, FIONREAD, &available) == 0 &&
        available > 0)
        item->bytes = (u64)available;
}

static int poll_until(struct pollfd *fds, size_t count, u64 timeout_ns, PortWake *wake)
{
    u64 start = timeout_ns && timeout_ns != PORT_FOREVER ? monotonic_now() : 0;
    u64 left = timeout_ns;
    while (true) {
        // A month at a time keeps the numbers small on every system.
        u64 most = (u64)30 * 24 * 3600 * 1000000000u;
        int ready = poll_for(fds, count, left == PORT_FOREVER || left < most ? left : most);
        if (ready > 0 || (ready < 0 && errno != EINTR)) return ready;
        if (wake && atomic_load(&wake->set)) return 0;
        if (timeout_ns == PORT_FOREVER) continue;
        u64 passed = timeout_ns ? monotonic_now() - start : 0;
        if (passed >= timeout_ns) return 0;
        left = timeout_ns - passed;
    }
}

Errno posix_poll(void *ctx, PortPoll *items, size_t count, u64 timeout_ns, PortWake *wake)
{
    (void)ctx;
    enum { GROUP = 64 };
    struct pollfd few[GROUP], *fds = few;
    if (count >= GROUP) {
        // Only a guest that asks for more than 63 descriptors at once comes here.
        fds = allocator_take(&allocator_libc, (count + 1) * sizeof *fds);
        if (!fds) return ERRNO_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        fds[i] = (struct pollfd){.fd = (int)items[i].handle,
                                 .events = wanted_events(items[i].want)};
    }
    size_t waited = count;
    Errno error = ERRNO_SUCCESS;
    if (wake && timeout_ns > 0) {
        error = wake_open(wake);
        if (!error) fds[waited++] = (struct pollfd){.fd = wake->wait_fd, .events = POLLIN};
        if (atomic_load(&wake->set)) error = ERRNO_INTR;
    }
    if (!error) {
        int ready = poll_until(fds, waited, timeout_ns, wake);
        bool woken = wake && atomic_load(&wake->set);
        if (ready < 0) error = posix_last_error();
        else if (ready == 0 || (waited > count && ready == 1 && fds[count].revents))
            error = woken ? ERRNO_INTR : ERRNO_TIMEDOUT;
        for (size_t i = 0; !error && i < count; i++) read_events(&items[i], fds[i].revents);
    }
    if (fds != few) allocator_free(&allocator_libc, fds, (count + 1) * sizeof *fds);
    return error;
}
