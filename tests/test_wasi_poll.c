// test_wasi_poll.c -- waiting: clocks, pipes, files, sockets, and being interrupted.
// SPDX-License-Identifier: MIT
#include "tests/wasi_guest.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { SUBS_AT = 8192, EVENTS_AT = 12288, MS = 1000000 };

// Subscription number i of the calls below, in the layout of the guest's generation.
static u8 *subscription(Fake *f, u32 i, u8 type, u64 userdata)
{
    u8 *s = f->memory + SUBS_AT + i * (f->old ? 56 : 48);
    memset(s, 0, f->old ? 56 : 48);
    store_u64(s, userdata);
    s[8] = type;
    return s;
}

static void on_clock(Fake *f, u32 i, u32 id, u64 timeout, bool is_absolute)
{
    u8 *s = subscription(f, i, EVENT_CLOCK, 100 + i);
    // wasi_unstable has an identifier first, which must not be taken for the clock's id.
    if (f->old) store_u64(s + 16, 0xDDDDDDDDDDDDDDDD);
    u8 *clock = s + (f->old ? 24 : 16);
    store_u32(clock, id);
    store_u64(clock + 8, timeout);
    store_u64(clock + 16, 1);
    store_u16(clock + 24, is_absolute);
}

static void on_fd(Fake *f, u32 i, u8 type, u32 fd)
{
    store_u32(subscription(f, i, type, 100 + i) + 16, fd);
}

typedef struct Event {
    u64 userdata, bytes;
    u16 error, flags;
    u8 type;
} Event;

static Event event(const Fake *f, u32 i)
{
    const u8 *e = f->memory + EVENTS_AT + i * 32;
    for (u32 pad = 11; pad < 16; pad++) assert_int_equal(e[pad], 0);
    for (u32 pad = 26; pad < 32; pad++) assert_int_equal(e[pad], 0);
    return (Event){load_u64(e), load_u64(e + 16), load_u16(e + 8), load_u16(e + 24), e[10]};
}

// Polls, and answers the number of events.
static u32 poll_ok(Fake *f, u32 count)
{
    expect(f, SUCCESS, "poll_oneoff", SUBS_AT, EVENTS_AT, count, RESULT_AT);
    return fake_u32(f, RESULT_AT);
}

static u64 now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
}

static void no_subscriptions_are_refused(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        store_u32(f.memory + RESULT_AT, 77);
        expect(&f, INVAL, "poll_oneoff", SUBS_AT, EVENTS_AT, 0, RESULT_AT);
        assert_int_equal(fake_u32(&f, RESULT_AT), 77);
    }
}

static void arrays_are_checked_before_waiting(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        u32 size = f.old ? 56 : 48, end = FAKE_MEMORY;
        on_clock(&f, 0, 1, 1, false);
        expect(&f, FAULT, "poll_oneoff", end - size + 1, EVENTS_AT, 1, RESULT_AT);
        expect(&f, FAULT, "poll_oneoff", SUBS_AT, end - 31, 1, RESULT_AT);
        expect(&f, FAULT, "poll_oneoff", SUBS_AT, EVENTS_AT, 1, end - 3);
        // Counts whose arrays are larger than 32 bits can say.
        expect(&f, FAULT, "poll_oneoff", 0, 0, 0x10000000, RESULT_AT);
        expect(&f, FAULT, "poll_oneoff", 0, 0, 0xFFFFFFFF, RESULT_AT);
        expect(&f, FAULT, "poll_oneoff", 0xFFFFFFFF, 0, 1, RESULT_AT);
        subscription(&f, 0, 3, 0);
        expect(&f, INVAL, "poll_oneoff", SUBS_AT, EVENTS_AT, 1, RESULT_AT);
        // The events may lie over the subscriptions.
        for (u32 i = 0; i < 5; i++) on_clock(&f, i, 1, 0, false);
        expect(&f, SUCCESS, "poll_oneoff", SUBS_AT, SUBS_AT + 8, 5, RESULT_AT);
        assert_int_equal(fake_u32(&f, RESULT_AT), 5);
        for (u32 i = 0; i < 5; i++)
            assert_int_equal(fake_u64(&f, SUBS_AT + 8 + i * 32), 100 + i);
    }
}

static void sleeps_as_long_as_asked(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        u64 before = now_ns();
        on_clock(&f, 0, 1, 20 * MS, false);
        assert_int_equal(poll_ok(&f, 1), 1);
        assert_true(now_ns() - before >= 20 * MS);
        Event e = event(&f, 0);
        assert_int_equal(e.userdata, 100);
        assert_int_equal(e.error, 0);
        assert_int_equal(e.type, EVENT_CLOCK);
        assert_int_equal(e.bytes, 0);
        // Absolute, on either clock.
        for (u32 id = 0; id < 2; id++) {
            expect(&f, SUCCESS, "clock_time_get", id, 0, RESULT_AT);
            before = now_ns();
            on_clock(&f, 0, id, fake_u64(&f, RESULT_AT) + 10 * MS, true);
            assert_int_equal(poll_ok(&f, 1), 1);
            assert_true(now_ns() - before >= 9 * MS);
        }
        // Past, and zero: at once.
        alarm(10);
        for (u32 id = 0; id < 2; id++) {
            on_clock(&f, 0, id, 1, true);
            assert_int_equal(poll_ok(&f, 1), 1);
            on_clock(&f, 0, id, 0, false);
            assert_int_equal(poll_ok(&f, 1), 1);
        }
        alarm(0);
    }
}

static void only_the_earliest_clock_fires(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        u64 before = now_ns();
        on_clock(&f, 0, 1, (u64)-1, false);
        on_clock(&f, 1, 1, 10 * MS, false);
        on_clock(&f, 2, 0, (u64)-1, true);
        on_clock(&f, 3, 1, 3000 * (u64)MS, false);
        assert_int_equal(poll_ok(&f, 4), 1);
        assert_int_equal(event(&f, 0).userdata, 101);
        assert_true(now_ns() - before < 2000 * (u64)MS);
    }
}

static void clocks_that_cannot_be_waited_for_say_so(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        alarm(10);
        on_clock(&f, 0, 2, 5 * MS, false);
        on_clock(&f, 1, 3, 5 * MS, true);
        on_clock(&f, 2, 9, 0, false);
        on_clock(&f, 3, 1, (u64)-1, false);
        assert_int_equal(poll_ok(&f, 4), 3);
        assert_int_equal(event(&f, 0).error, ERRNO_NOTSUP);
        assert_int_equal(event(&f, 1).error, ERRNO_NOTSUP);
        assert_int_equal(event(&f, 2).error, ERRNO_INVAL);
        alarm(0);
    }
}

// --- descriptors -------------------------------------------------------------------

// Makes descriptor `number` of this process one end of a new pipe while `f` inherits it.
typedef struct Piped {
    int saved, other;
} Piped;

static Piped piped_stdin(Fake *f)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    Piped p = {.saved = dup(0), .other = ends[1]};
    dup2(ends[0], 0);
    close(ends[0]);
    weft_wasi_inherit_stream(f->world, 0);
    return p;
}

static void unpipe(const Piped *p)
{
    dup2(p->saved, 0);
    close(p->saved);
    if (p->other >= 0) close(p->other);
}

static void descriptors_are_told_as_they_are(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        Piped p = piped_stdin(&f);
        on_fd(&f, 0, EVENT_FD_READ, 0);
        on_clock(&f, 1, 1, 5 * MS, false);
        assert_int_equal(poll_ok(&f, 2), 1);
        assert_int_equal(event(&f, 0).type, EVENT_CLOCK);
        assert_int_equal(write(p.other, "hello", 5), 5);
        // The same one twice, one closed, one of the wrong kind, and one that never comes.
        on_fd(&f, 1, EVENT_FD_READ, 0);
        on_fd(&f, 2, EVENT_FD_READ, 42);
        on_fd(&f, 3, EVENT_FD_WRITE, 0);
        on_clock(&f, 4, 1, (u64)-1, false);
        assert_int_equal(poll_ok(&f, 5), 4);
        assert_int_equal(event(&f, 0).error, 0);
        assert_int_equal(event(&f, 0).type, EVENT_FD_READ);
        assert_int_equal(event(&f, 0).bytes, 5);
        assert_int_equal(event(&f, 0).flags, 0);
        assert_int_equal(event(&f, 1).bytes, 5);
        assert_int_equal(event(&f, 2).error, ERRNO_BADF);
        assert_int_equal(event(&f, 3).error, ERRNO_NOTCAPABLE);
        assert_string_equal(read_text(&f, 0), "hello");
        // Hung up: readable, with nothing to read.
        close(p.other);
        p.other = -1;
        on_fd(&f, 0, EVENT_FD_READ, 0);
        assert_int_equal(poll_ok(&f, 1), 1);
        assert_int_equal(event(&f, 0).flags, 1);
        assert_int_equal(event(&f, 0).bytes, 0);
        assert_string_equal(read_text(&f, 0), "");
        unpipe(&p);
    }
}

static void files_are_always_ready(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        const char *host = host_play_dir();
        weft_wasi_dir(f.world, host, "/", 0);
        make_file(&f, 3, "f", "12345");
        u32 fd = must_open(&f, 3, "f", 0, READ_WRITE);
        on_fd(&f, 0, EVENT_FD_READ, fd);
        on_fd(&f, 1, EVENT_FD_WRITE, fd);
        on_clock(&f, 2, 1, 10000 * (u64)MS, false);
        assert_int_equal(poll_ok(&f, 3), 2);
        assert_int_equal(event(&f, 0).bytes, 5);
        assert_int_equal(event(&f, 1).type, EVENT_FD_WRITE);
        // A capture, and a world's empty input, too.
        on_fd(&f, 0, EVENT_FD_READ, 0);
        on_fd(&f, 1, EVENT_FD_WRITE, 1);
        assert_int_equal(poll_ok(&f, 2), 2);
        // Dropping the right to poll is enforced.
        expect(&f, SUCCESS, "fd_fdstat_set_rights", fd, RIGHT_FD_READ, 0);
        on_fd(&f, 0, EVENT_FD_READ, fd);
        assert_int_equal(poll_ok(&f, 1), 1);
        assert_int_equal(event(&f, 0).error, ERRNO_NOTCAPABLE);
        host_command("rm -rf %s", host);
    }
}

static void many_subscriptions_are_bounded(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        u32 size = f.old ? 56 : 48;
        // Zeroed subscriptions are clocks that are over.
        memset(f.memory, 0, FAKE_MEMORY);
        expect(&f, SUCCESS, "poll_oneoff", 0, 600000, 10000, FAKE_MEMORY - 4);
        assert_int_equal(fake_u32(&f, FAKE_MEMORY - 4), 10000);
        expect(&f, INVAL, "poll_oneoff", 0, 0, FAKE_MEMORY / size, FAKE_MEMORY - 4);
        for (u32 i = 0; i < 100; i++) {
            subscription(&f, i, EVENT_FD_READ, i);
            store_u32(f.memory + SUBS_AT + i * size + 16, i);
        }
        expect(&f, SUCCESS, "poll_oneoff", SUBS_AT, 600000, 100, RESULT_AT);
        assert_int_equal(fake_u32(&f, RESULT_AT), 100);
    }
}

static void virtual_time_passes_by_sleeping(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        weft_wasi_deterministic(f.world, 1);
        u64 before = now_ns();
        expect(&f, SUCCESS, "clock_time_get", 1, 0, RESULT_AT);
        u64 first = fake_u64(&f, RESULT_AT), hour = (u64)3600 * 1000 * MS;
        on_clock(&f, 0, 1, hour, false);
        on_clock(&f, 1, 1, 2 * hour, false);
        assert_int_equal(poll_ok(&f, 2), 1);
        expect(&f, SUCCESS, "clock_time_get", 1, 0, RESULT_AT);
        assert_true(fake_u64(&f, RESULT_AT) - first >= hour);
        assert_true(fake_u64(&f, RESULT_AT) - first < hour + 1000 * MS);
        assert_true(now_ns() - before < 1000 * (u64)MS);
    }
}

// --- interruption ------------------------------------------------------------------

typedef struct Later {
    weft_wasi *world;
    u32 after_ms;
} Later;

static void *interrupt_later(void *user)
{
    const Later *later = user;
    poll(NULL, 0, (int)later->after_ms);
    weft_wasi_interrupt(later->world);
    return NULL;
}

static void waits_can_be_interrupted_and_resumed(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        pthread_t thread;
        Later later = {.world = f.world, .after_ms = 20};
        u64 before = now_ns();
        on_clock(&f, 0, 1, 100 * MS, false);
        pthread_create(&thread, NULL, interrupt_later, &later);
        expect(&f, INTR, "poll_oneoff", SUBS_AT, EVENTS_AT, 1, RESULT_AT);
        assert_int_equal(f.guest.outcome, GUEST_RETRIES);
        pthread_join(thread, NULL);
        // Made again, it sleeps for what was left, not from the beginning.
        poll(NULL, 0, 30);
        assert_int_equal(poll_ok(&f, 1), 1);
        u64 slept = now_ns() - before;
        assert_true(slept >= 100 * MS && slept < 140 * MS + 200 * (u64)MS);

        // So can reading from a pipe that nobody writes to.
        Piped p = piped_stdin(&f);
        pthread_create(&thread, NULL, interrupt_later, &later);
        read_text(&f, 0);
        assert_int_equal(f.guest.outcome, GUEST_RETRIES);
        pthread_join(thread, NULL);
        assert_int_equal(write(p.other, "x", 1), 1);
        assert_string_equal(read_text(&f, 0), "x");
        // An interruption before the wait begins is not lost.
        weft_wasi_interrupt(f.world);
        read_text(&f, 0);
        assert_int_equal(f.guest.outcome, GUEST_RETRIES);
        // A guest that does not wait is told that there is nothing.
        expect(&f, SUCCESS, "fd_fdstat_set_flags", 0, FDFLAG_NONBLOCK);
        assert_string_equal(read_text(&f, 0), "AGAIN");
        assert_int_equal(f.guest.outcome, GUEST_RETURNS);
        unpipe(&p);
    }
}

// Can this system be asked for one write to a pipe that does not block?
static bool has_nowait(int fd)
{
#if defined(__linux__) && defined(SYS_pwritev2)
    char byte = 0;
    struct iovec piece = {.iov_base = &byte, .iov_len = 1};
    return syscall(SYS_pwritev2, fd, &piece, 1L, -1L, -1L, 8) == 1;
#else
    (void)fd;
    return false;
#endif
}

static void a_large_write_can_be_interrupted(void **state)
{
    (void)state;
    int ends[2], saved;
    assert_int_equal(pipe(ends), 0);
    if (!has_nowait(ends[1])) {
        print_message("skipped: this system cannot write to a pipe without blocking\n");
        close(ends[0]), close(ends[1]);
        return;
    }
    Fake f = fake_new();
    saved = dup(2);
    dup2(ends[1], 2);
    weft_wasi_inherit_stream(f.world, 2);
    // More than a pipe holds, and nobody reads.
    fake_iovec(&f, IOVEC_AT, 0, FAKE_MEMORY);
    pthread_t thread;
    Later later = {.world = f.world, .after_ms = 20};
    pthread_create(&thread, NULL, interrupt_later, &later);
    Errno first = fake_call(&f, "fd_write", ARGS(2, IOVEC_AT, 1, RESULT_AT));
    u32 written = fake_u32(&f, RESULT_AT);
    pthread_join(thread, NULL);
    fake_iovec(&f, IOVEC_AT, 0, FAKE_MEMORY);
    pthread_create(&thread, NULL, interrupt_later, &later);
    Errno second = fake_call(&f, "fd_write", ARGS(2, IOVEC_AT, 1, RESULT_AT));
    GuestOutcome outcome = f.guest.outcome;
    pthread_join(thread, NULL);
    dup2(saved, 2);
    close(saved), close(ends[0]), close(ends[1]);
    // What went in counts; the next one waits, and is to be made again.
    assert_int_equal(first, ERRNO_SUCCESS);
    assert_true(written >= 4096 && written < FAKE_MEMORY);
    assert_int_equal(second, ERRNO_INTR);
    assert_int_equal(outcome, GUEST_RETRIES);
    fake_free(&f);
}

static void nobody(int signal_number)
{
    (void)signal_number;
}

static void signals_do_not_cut_a_sleep_short(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = nobody}, before_action;
    sigaction(SIGALRM, &action, &before_action);
    Fake f = fake_new();
    u64 before = now_ns();
    on_clock(&f, 0, 1, 1200 * (u64)MS, false);
    alarm(1);
    assert_int_equal(poll_ok(&f, 1), 1);
    assert_true(now_ns() - before >= 1200 * (u64)MS);
    sigaction(SIGALRM, &before_action, NULL);
    fake_free(&f);
}

// --- sockets -----------------------------------------------------------------------

static int port_of(const Fake *f, u32 fd)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    assert_int_equal(getsockname((int)f->world->descs[fd].handle, (struct sockaddr *)&address,
                                 &size), 0);
    return address.sin_port;
}

static int connect_to(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = (in_port_t)port};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static Errno socket_send(Fake *f, u32 fd, const char *text, u32 flags)
{
    fake_iovec(f, IOVEC_AT, DATA_AT, fake_put(f, DATA_AT, text));
    return fake_call(f, "sock_send", ARGS(fd, IOVEC_AT, 1, flags, RESULT_AT));
}

static const char *socket_receive(Fake *f, u32 fd, u32 size, u32 flags)
{
    fake_iovec(f, IOVEC_AT, DATA_AT, size);
    store_u32(f->memory + RESULT_AT + 4, 0xAAAAAAAA);
    Errno error = fake_call(f, "sock_recv",
                            ARGS(fd, IOVEC_AT, 1, flags, RESULT_AT, RESULT_AT + 4));
    if (error) return errno_name(error);
    assert_int_equal(fake_u32(f, RESULT_AT + 4), 0xAAAA0000);  // roflags is 16 bits
    f->memory[DATA_AT + fake_u32(f, RESULT_AT)] = '\0';
    return (const char *)f->memory + DATA_AT;
}

static void accepts_and_talks(void **state)
{
    (void)state;
    Fake f = fake_new();
    const char *host = host_play_dir();
    // A listener's number comes after the directories, whenever it was asked for.
    assert_true(weft_wasi_tcp_listen(f.world, "127.0.0.1:0"));
    weft_wasi_dir(f.world, host, "/", 0);
    expect(&f, BADF, "fd_prestat_get", 4, RESULT_AT);
    expect(&f, SUCCESS, "fd_fdstat_get", 4, RESULT_AT);
    assert_int_equal(f.memory[RESULT_AT], FILETYPE_SOCKET_STREAM);
    expect(&f, NOTCONN, "fd_read", 4, 0, 0, RESULT_AT);
    expect(&f, SUCCESS, "fd_fdstat_set_flags", 4, FDFLAG_NONBLOCK);
    expect(&f, AGAIN, "sock_accept", 4, 0, RESULT_AT);
    int client = connect_to(port_of(&f, 4));
    on_fd(&f, 0, EVENT_FD_READ, 4);
    assert_int_equal(poll_ok(&f, 1), 1);
    expect(&f, FAULT, "sock_accept", 4, 0, FAKE_MEMORY - 3);
    expect(&f, SUCCESS, "sock_accept", 4, 0, RESULT_AT);
    u32 fd = fake_u32(&f, RESULT_AT);
    assert_int_equal(fd, 5);

    assert_int_equal(write(client, "ping pong", 9), 9);
    on_fd(&f, 0, EVENT_FD_READ, fd);
    assert_int_equal(poll_ok(&f, 1), 1);
    assert_int_equal(event(&f, 0).bytes, 9);
    assert_string_equal(socket_receive(&f, fd, 4, RIFLAG_PEEK), "ping");
    assert_string_equal(socket_receive(&f, fd, 5, RIFLAG_WAITALL), "ping ");
    assert_string_equal(socket_receive(&f, fd, 100, 4), "INVAL");
    assert_string_equal(read_text(&f, fd), "pong");
    assert_int_equal(socket_send(&f, fd, "answer", 1), ERRNO_INVAL);
    assert_int_equal(socket_send(&f, fd, "answer", 0), 0);
    assert_int_equal(write_text(&f, fd, "!"), 0);
    char got[16] = {0};
    assert_int_equal(recv(client, got, 7, MSG_WAITALL), 7);
    assert_string_equal(got, "answer!");
    expect(&f, SPIPE, "fd_seek", fd, 0, 0, RESULT_AT);
    expect(&f, SUCCESS, "fd_fdstat_set_flags", fd, FDFLAG_NONBLOCK);
    assert_string_equal(socket_receive(&f, fd, 10, 0), "AGAIN");
    expect(&f, INVAL, "sock_shutdown", fd, 0);
    expect(&f, INVAL, "sock_shutdown", fd, 4);
    expect(&f, SUCCESS, "sock_shutdown", fd, SDFLAG_WR);
    assert_int_equal(recv(client, got, 7, 0), 0);
    // The client is gone: an errno, and no signal that would end this test.
    signal(SIGPIPE, SIG_DFL);
    assert_int_equal(write_text(&f, fd, "x"), ERRNO_PIPE);
    close(client);
    // What is no socket says so before anything else; a closed number before that.
    expect(&f, NOTSOCK, "sock_shutdown", 1, 9);
    expect(&f, NOTSOCK, "sock_recv", 1, 0, 0, 0, 0, 0);
    expect(&f, NOTSOCK, "sock_send", 1, 0, 0, 0, 0);
    expect(&f, NOTSOCK, "sock_accept", 1, 0, 0);
    expect(&f, BADF, "sock_shutdown", 99, 9);
    fake_free(&f);
    host_command("rm -rf %s", host);
}

static void addresses_are_numbers(void **state)
{
    (void)state;
    static const char *const wrong[] = {"80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "1.2.3:80",
                                        "127.0.0.1:65536", "[::1:80", "[::g]:80", "127.0.0.1:-1",
                                        "example.com:80"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        Fake f = fake_new();
        assert_false(weft_wasi_tcp_listen(f.world, wrong[i]));
        assert_non_null(weft_wasi_error(f.world));
        fake_free(&f);
    }
    Fake f = fake_new();
    assert_true(weft_wasi_tcp_listen(f.world, "localhost:0"));
    assert_true(weft_wasi_tcp_listen(f.world, "*:0"));
    assert_true(weft_wasi_tcp_listen(f.world, ":0"));
    fake_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_subscriptions_are_refused),
        cmocka_unit_test(arrays_are_checked_before_waiting),
        cmocka_unit_test(sleeps_as_long_as_asked),
        cmocka_unit_test(only_the_earliest_clock_fires),
        cmocka_unit_test(clocks_that_cannot_be_waited_for_say_so),
        cmocka_unit_test(descriptors_are_told_as_they_are),
        cmocka_unit_test(files_are_always_ready),
        cmocka_unit_test(many_subscriptions_are_bounded),
        cmocka_unit_test(virtual_time_passes_by_sleeping),
        cmocka_unit_test(waits_can_be_interrupted_and_resumed),
        cmocka_unit_test(a_large_write_can_be_interrupted),
        cmocka_unit_test(signals_do_not_cut_a_sleep_short),
        cmocka_unit_test(accepts_and_talks),
        cmocka_unit_test(addresses_are_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
