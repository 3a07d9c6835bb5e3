// test_wasi_faults.c -- every function of the port fails once, and every allocation.
//
// One long scenario makes calls of every kind. It is run as often as it makes port calls
// (and again: as it makes allocations), and each time another one fails. The call that met
// the failure must answer the right errno, and at the end no memory and no descriptor of
// the host may be missing.
// SPDX-License-Identifier: MIT
#include "tests/wasi_guest.h"

#include <dirent.h>
#include <unistd.h>

// --- a port that fails on purpose --------------------------------------------------

static const Port *real_port;
static u32 port_calls, port_fails_at;
static const char *failed_function;  // the one that failed, since last asked

static bool fails_now(const char *function)
{
    if (++port_calls != port_fails_at) return false;
    failed_function = function;
    return true;
}

#define FAULTY_FILE(name, parameters, arguments)                \
    static Errno faulty_##name parameters                       \
    {                                                           \
        (void)ctx;                                              \
        if (fails_now(#name)) return ERRNO_IO;                  \
        return real_port->files->name arguments;                \
    }
#define FAULTY(name, parameters, arguments)                     \
    static Errno faulty_##name parameters                       \
    {                                                           \
        (void)ctx;                                              \
        if (fails_now(#name)) return ERRNO_IO;                  \
        return real_port->name arguments;                       \
    }

FAULTY_FILE(open_at, (void *ctx, PortHandle d, const char *n, u32 flags, PortHandle *f),
            (NULL, d, n, flags, f))
FAULTY_FILE(stat, (void *ctx, PortHandle f, PortStat *s), (NULL, f, s))
FAULTY_FILE(stat_at, (void *ctx, PortHandle d, const char *n, PortStat *s), (NULL, d, n, s))
FAULTY_FILE(read, (void *ctx, PortHandle f, const PortIo *io, size_t n, u64 at, size_t *done),
            (NULL, f, io, n, at, done))
FAULTY_FILE(write, (void *ctx, PortHandle f, const PortIo *io, size_t n, u64 at, size_t *done),
            (NULL, f, io, n, at, done))
FAULTY_FILE(seek, (void *ctx, PortHandle f, s64 by, PortWhence whence, u64 *at),
            (NULL, f, by, whence, at))
FAULTY_FILE(set_append, (void *ctx, PortHandle f, bool append), (NULL, f, append))
FAULTY_FILE(set_size, (void *ctx, PortHandle f, u64 size), (NULL, f, size))
FAULTY_FILE(set_times, (void *ctx, PortHandle f, u64 a, u64 m), (NULL, f, a, m))
FAULTY_FILE(set_times_at, (void *ctx, PortHandle d, const char *n, u64 a, u64 m), (NULL, d, n, a, m))
FAULTY_FILE(allocate, (void *ctx, PortHandle f, u64 at, u64 size), (NULL, f, at, size))
FAULTY_FILE(advise, (void *ctx, PortHandle f, u64 at, u64 size, u32 what), (NULL, f, at, size, what))
FAULTY_FILE(sync, (void *ctx, PortHandle f, bool data), (NULL, f, data))
FAULTY_FILE(list_dir, (void *ctx, PortHandle d, PortDirSink *sink, void *user), (NULL, d, sink, user))
FAULTY_FILE(make_dir, (void *ctx, PortHandle d, const char *n), (NULL, d, n))
FAULTY_FILE(remove_dir, (void *ctx, PortHandle d, const char *n), (NULL, d, n))
FAULTY_FILE(unlink, (void *ctx, PortHandle d, const char *n), (NULL, d, n))
FAULTY_FILE(rename, (void *ctx, PortHandle d, const char *n, PortHandle e, const char *m),
            (NULL, d, n, e, m))
FAULTY_FILE(link, (void *ctx, PortHandle d, const char *n, PortHandle e, const char *m),
            (NULL, d, n, e, m))
FAULTY_FILE(symlink, (void *ctx, const char *t, PortHandle d, const char *n), (NULL, t, d, n))
FAULTY_FILE(read_link, (void *ctx, PortHandle d, const char *n, char *t, size_t room, size_t *done),
            (NULL, d, n, t, room, done))
FAULTY(clock_time, (void *ctx, PortClock c, u64 *ns), (NULL, c, ns))
FAULTY(clock_resolution, (void *ctx, PortClock c, u64 *ns), (NULL, c, ns))
FAULTY(random, (void *ctx, void *bytes, size_t size), (NULL, bytes, size))
FAULTY(poll, (void *ctx, PortPoll *i, size_t n, u64 ns, PortWake *w), (NULL, i, n, ns, w))
FAULTY(open_host_dir, (void *ctx, const char *path, PortHandle *d), (NULL, path, d))
FAULTY(open_beneath, (void *ctx, PortHandle d, const char *p, u32 flags, PortHandle *f),
       (NULL, d, p, flags, f))
FAULTY(listen, (void *ctx, const char *address, PortHandle *f), (NULL, address, f))
FAULTY(accept, (void *ctx, PortHandle f, PortHandle *s), (NULL, f, s))
FAULTY(receive, (void *ctx, PortHandle s, const PortIo *io, size_t n, u32 flags, size_t *done,
                 bool *cut), (NULL, s, io, n, flags, done, cut))
FAULTY(send, (void *ctx, PortHandle s, const PortIo *io, size_t n, size_t *done),
       (NULL, s, io, n, done))
FAULTY(shutdown, (void *ctx, PortHandle s, u32 how), (NULL, s, how))

// Closing fails as systems do it: the descriptor is gone all the same.
static Errno faulty_close(void *ctx, PortHandle file)
{
    (void)ctx;
    Errno error = real_port->files->close(NULL, file);
    return fails_now("close") ? ERRNO_IO : error;
}

static PortFiles faulty_files;
static Port faulty_port;

static void make_faulty_port(void)
{
    real_port = port_native();
    faulty_files = (PortFiles){
        .open_at = faulty_open_at, .close = faulty_close, .stat = faulty_stat,
        .stat_at = faulty_stat_at, .read = faulty_read, .write = faulty_write,
        .seek = faulty_seek, .set_append = faulty_set_append, .set_size = faulty_set_size,
        .set_times = faulty_set_times, .set_times_at = faulty_set_times_at,
        .allocate = faulty_allocate, .advise = faulty_advise, .sync = faulty_sync,
        .list_dir = faulty_list_dir, .make_dir = faulty_make_dir,
        .remove_dir = faulty_remove_dir, .unlink = faulty_unlink, .rename = faulty_rename,
        .link = faulty_link, .symlink = faulty_symlink, .read_link = faulty_read_link};
    faulty_port = *real_port;
    faulty_port.files = &faulty_files;
    faulty_port.clock_time = faulty_clock_time;
    faulty_port.clock_resolution = faulty_clock_resolution;
    faulty_port.random = faulty_random;
    faulty_port.poll = faulty_poll;
    faulty_port.open_host_dir = faulty_open_host_dir;
    faulty_port.open_beneath = faulty_open_beneath;
    faulty_port.listen = faulty_listen;
    faulty_port.accept = faulty_accept;
    faulty_port.receive = faulty_receive;
    faulty_port.send = faulty_send;
    faulty_port.shutdown = faulty_shutdown;
}

// --- the scenario ------------------------------------------------------------------

// Failures that a call may shrug off, because it has another way or it was only a hint.
static bool may_succeed(const char *call, const char *function)
{
    // The short cut of a path: if anything of it fails, the path is walked.
    if (strcmp(function, "open_beneath") == 0) return true;
    if (strcmp(function, "read_link") == 0) return strcmp(call, "path_readlink") != 0;
    if (strcmp(function, "close") == 0) return strcmp(call, "fd_close") != 0;
    return strcmp(call, "poll_oneoff") == 0 &&
           (strcmp(function, "stat") == 0 || strcmp(function, "seek") == 0 ||
            strcmp(function, "clock_time") == 0);
}

// Makes a call and, if something failed on purpose in it, checks that it said so.
static Errno attempt_args(Fake *f, const char *name, const u64 *args)
{
    u32 requests = f->meter->requests;
    bool before = f->meter->fail_at > requests;
    failed_function = NULL;
    Errno error = fake_call_args(f, name, args);
    if (failed_function && !(error == ERRNO_IO || (!error && may_succeed(name, failed_function))))
        fail_msg("%s: %s failed, it answered %s", name, failed_function, errno_name(error));
    bool starved = before && f->meter->fail_at && f->meter->requests >= f->meter->fail_at;
    if (starved && error != ERRNO_NOMEM && error != ERRNO_NOSPC)
        fail_msg("%s: no memory, it answered %s", name, errno_name(error));
    return error;
}

#define attempt(f, name, ...) attempt_args(f, name, ARGS(__VA_ARGS__))

static u32 attempt_open(Fake *f, u32 dir, const char *path, u32 oflags)
{
    u32 size = fake_put(f, PATH_AT, path);
    u64 rights = oflags & OFLAG_DIRECTORY ? RIGHT_FD_READ : READ_WRITE;
    Errno error = attempt(f, "path_open", dir, 1, PATH_AT, size, oflags, rights, RIGHTS_ALL, 0,
                          RESULT_AT);
    return error ? 999 : fake_u32(f, RESULT_AT);
}

static void attempt_files(Fake *f, u32 dir)
{
    u32 a = fake_put(f, PATH_AT + 1000, "sub/a"), b = fake_put(f, PATH_2_AT, "sub/b");
    u32 sub = fake_put(f, PATH_AT + 2000, "sub"), at = PATH_AT + 1000;
    attempt(f, "path_create_directory", dir, PATH_AT + 2000, sub);
    u32 fd = attempt_open(f, dir, "sub/a", OFLAG_CREAT);
    fake_iovec(f, IOVEC_AT, DATA_AT, 100);
    attempt(f, "fd_write", fd, IOVEC_AT, 1, RESULT_AT);
    attempt(f, "fd_pwrite", fd, IOVEC_AT, 1, 50, RESULT_AT);
    attempt(f, "fd_seek", fd, 0, 0, RESULT_AT);
    attempt(f, "fd_tell", fd, RESULT_AT);
    attempt(f, "fd_read", fd, IOVEC_AT, 1, RESULT_AT);
    attempt(f, "fd_pread", fd, IOVEC_AT, 1, 1, RESULT_AT);
    attempt(f, "fd_fdstat_set_flags", fd, FDFLAG_APPEND);
    attempt(f, "fd_filestat_get", fd, RESULT_AT);
    attempt(f, "fd_filestat_set_size", fd, 10);
    attempt(f, "fd_filestat_set_times", fd, 1, 1, FSTFLAG_MTIM);
    attempt(f, "fd_allocate", fd, 0, 20);
    attempt(f, "fd_advise", fd, 0, 0, 0);
    attempt(f, "fd_sync", fd);
    attempt(f, "fd_datasync", fd);
    attempt(f, "path_link", dir, 0, at, a, dir, PATH_2_AT, b);
    attempt(f, "path_unlink_file", dir, PATH_2_AT, b);
    attempt(f, "path_symlink", PATH_AT + 2000, sub, dir, PATH_2_AT, b);
    attempt(f, "path_readlink", dir, PATH_2_AT, b, DATA_AT, 100, RESULT_AT);
    attempt(f, "path_rename", dir, PATH_2_AT, b, dir, PATH_2_AT, b);
    attempt(f, "path_filestat_get", dir, 0, PATH_2_AT, b, RESULT_AT);
    attempt(f, "path_filestat_set_times", dir, 1, at, a, 0, 0, FSTFLAG_MTIM_NOW);
    memset(f->memory + DATA_AT, 0, 96);
    f->memory[DATA_AT + 8] = EVENT_FD_READ;
    store_u32(f->memory + DATA_AT + 16, fd);
    f->memory[DATA_AT + 48 + 8] = EVENT_CLOCK;
    store_u32(f->memory + DATA_AT + 48 + 16, 1);
    attempt(f, "poll_oneoff", DATA_AT, DATA_AT + 1000, 2, RESULT_AT);
    attempt(f, "fd_readdir", dir, DATA_AT, 1000, 0, RESULT_AT);
    u32 inner = attempt_open(f, dir, "sub", OFLAG_DIRECTORY);
    attempt(f, "fd_renumber", inner, fd);
    attempt(f, "fd_close", fd);
    attempt(f, "path_unlink_file", dir, PATH_2_AT, b);
    attempt(f, "path_unlink_file", dir, at, a);
    attempt(f, "path_remove_directory", dir, PATH_AT + 2000, sub);
}

static void attempt_rest(Fake *f)
{
    attempt(f, "clock_time_get", 0, 0, RESULT_AT);
    attempt(f, "clock_res_get", 0, RESULT_AT);
    attempt(f, "random_get", DATA_AT, 100);
    attempt(f, "sock_accept", 5, FDFLAG_NONBLOCK, RESULT_AT);
    // Twenty clocks: more subscriptions than fit without an allocation.
    memset(f->memory + DATA_AT, 0, 20 * 48);
    attempt(f, "poll_oneoff", DATA_AT, DATA_AT + 1000, 20, RESULT_AT);
    attempt(f, "args_sizes_get", RESULT_AT, RESULT_AT + 4);
}

// Builds a world with everything in it; false if that failed, as it may.
static bool build(Fake *f, const char *host, weft_wasi_tree *tree)
{
    static const weft_wasi_file files[] = {{"a/b", "x", 1}, {NULL, NULL, 0}};
    weft_wasi *w = f->world;
    bool built = weft_wasi_arg(w, "prog") && weft_wasi_env(w, "A=B") &&
                 weft_wasi_stdin_bytes(w, "in", 2) && weft_wasi_capture(w, 1, 0) &&
                 weft_wasi_tcp_listen(w, "127.0.0.1:0") && weft_wasi_dir(w, host, "/", 0) &&
                 weft_wasi_mount(w, tree, "/tree", 0) && weft_wasi_files(w, files, "/rom") &&
                 weft_wasi_tcp_listen(w, "127.0.0.1:0") && world_seal(w);
    assert_int_equal(built, weft_wasi_error(w) == NULL);
    return built;
}

static int open_handles(void)
{
    int count = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (dir && readdir(dir)) count++;
    if (dir) closedir(dir);
    return count;
}

// Runs the scenario with the nth port call or allocation failing; false when there are
// fewer than that.
static bool run_scenario(const char *host, u32 port_fail, u32 memory_fail)
{
    int handles = open_handles();
    weft_wasi_tree *tree = weft_wasi_tree_new(NULL);
    port_calls = 0, port_fails_at = port_fail;
    Meter meter = {.fail_at = memory_fail};
    weft_allocator allocator = {.resize = meter_resize, .context = &meter};
    weft_wasi_options options = WEFT_WASI_OPTIONS_INIT;
    options.allocator = &allocator;
    options.port = &faulty_port;
    Fake f = {.meter = &meter, .memory = calloc(1, FAKE_MEMORY)};
    f.world = weft_wasi_new(&options);
    if (f.world && build(&f, host, tree)) {
        attempt_files(&f, 3);
        attempt_files(&f, 4);
        attempt_rest(&f);
        // Nothing sticks: the same again, now that the failure is behind, leaves it empty.
        attempt_files(&f, 3);
    }
    bool reached = port_calls >= port_fail && meter.requests >= memory_fail;
    weft_wasi_free(f.world);
    weft_wasi_tree_free(tree);
    free(f.memory);
    assert_int_equal(meter.held, 0);
    assert_int_equal(open_handles(), handles);
    host_command("rm -rf %s/*", host);
    return reached;
}

static void every_port_call_fails_once(void **state)
{
    (void)state;
    const char *host = host_play_dir();
    u32 n = 1;
    while (run_scenario(host, n, 0)) n++;
    print_message("%u port calls\n", n);
    assert_true(n > 100);
    host_command("rm -rf %s", host);
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    const char *host = host_play_dir();
    u32 n = 1;
    while (run_scenario(host, 0, n)) n++;
    print_message("%u allocations\n", n);
    assert_true(n > 10);
    host_command("rm -rf %s", host);
}

static void every_allocation_of_a_tree_fails_once(void **state)
{
    (void)state;
    for (u32 n = 1;; n++) {
        Fake f = fake_new();
        Meter meter = {.fail_at = n};
        weft_allocator allocator = {.resize = meter_resize, .context = &meter};
        weft_wasi_options options = WEFT_WASI_OPTIONS_INIT;
        options.allocator = &allocator;
        weft_wasi_tree *tree = weft_wasi_tree_new(&options);
        if (tree) {
            weft_wasi_tree_file(tree, "a/b/c", "text", 4);
            weft_wasi_mount(f.world, tree, "/", 0);
            if (!weft_wasi_error(f.world)) {
                u32 fd = 0;
                make_dir(&f, 3, "d");
                if (!try_open(&f, 3, "d/f", OFLAG_CREAT, READ_WRITE, &fd)) write_text(&f, fd, "x");
                make_symlink(&f, "f", 3, "d/l");
                link_path(&f, 3, "d/f", 3, "d/g");
                for (char name[] = "d/h0"; name[3] < '9'; name[3]++) link_path(&f, 3, "d/g", 3, name);
                rename_path(&f, 3, "d/g", 3, "a/b/g");
                rename_path(&f, 3, "d", 3, "a/b/d");
                fake_call(&f, "fd_readdir", ARGS(3, DATA_AT, 1000, 0, RESULT_AT));
            }
        }
        weft_wasi_free(f.world);
        f.world = NULL;
        weft_wasi_tree_free(tree);
        assert_int_equal(meter.held, 0);
        bool reached = meter.requests >= n;
        fake_free(&f);
        if (!reached) break;
        assert_true(n < 1000);
    }
}

static void a_generic_port_serves_what_needs_no_system(void **state)
{
    (void)state;
    Fake f = fake_new_on(&port_generic, 0);
    size_t size;
    weft_wasi_stdin_bytes(f.world, "in", 2);
    weft_wasi_capture(f.world, 1, 0);
    assert_string_equal(read_text(&f, 0), "in");
    assert_int_equal(write_text(&f, 1, "out"), 0);
    assert_string_equal(weft_wasi_captured(f.world, 1, &size), "out");
    expect(&f, NOSYS, "clock_time_get", 0, 0, RESULT_AT);
    expect(&f, NOSYS, "random_get", 0, 1);
    expect(&f, SUCCESS, "sched_yield", 0);
    assert_false(weft_wasi_dir(f.world, "/", "/", 0));
    assert_string_equal(weft_wasi_error(f.world),
                        "cannot open directory /: function not supported");
    fake_free(&f);
    PortMemory memory;
    assert_true(port_generic.memory_new(NULL, &memory, 100, 1000));
    memory.base[99] = 1;
    assert_true(port_generic.memory_resize(NULL, &memory, 5000));
    assert_int_equal(memory.base[99], 1);
    assert_int_equal(memory.base[4999], 0);
    port_generic.memory_free(NULL, &memory);
}

static void memory_grows_in_place_and_comes_zeroed(void **state)
{
    (void)state;
    const Port *port = port_native();
    PortMemory m;
    assert_true(port->memory_new(port->ctx, &m, 65536, (size_t)1 << 28));
    u8 *base = m.base;
    for (size_t i = 0; i < 65536; i++) assert_int_equal(m.base[i], 0);
    memset(m.base, 0xFF, 65536);
    assert_true(port->memory_resize(port->ctx, &m, 200001));
    assert_ptr_equal(m.base, base);
    assert_int_equal(m.base[65535], 0xFF);
    assert_int_equal(m.base[65536], 0);
    memset(m.base, 0xFF, 200001);
    // What is given back and taken again is zero, also within a page.
    assert_true(port->memory_resize(port->ctx, &m, 70001));
    assert_true(port->memory_resize(port->ctx, &m, 200001));
    assert_int_equal(m.base[70000], 0xFF);
    for (size_t i = 70001; i < 200001; i++) assert_int_equal(m.base[i], 0);
    port->memory_free(port->ctx, &m);
    // Nothing, then something; and past what was reserved it moves and keeps its bytes.
    assert_true(port->memory_new(port->ctx, &m, 0, 4096));
    assert_true(port->memory_resize(port->ctx, &m, 100));
    m.base[99] = 9;
    assert_true(port->memory_resize(port->ctx, &m, 1 << 20));
    assert_int_equal(m.base[99], 9);
    assert_int_equal(m.base[(1 << 20) - 1], 0);
    assert_false(port->memory_resize(port->ctx, &m, SIZE_MAX));
    assert_int_equal(m.size, 1 << 20);
    port->memory_free(port->ctx, &m);
}

int main(void)
{
    make_faulty_port();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_port_call_fails_once),
        cmocka_unit_test(every_allocation_fails_once),
        cmocka_unit_test(every_allocation_of_a_tree_fails_once),
        cmocka_unit_test(a_generic_port_serves_what_needs_no_system),
        cmocka_unit_test(memory_grows_in_place_and_comes_zeroed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
