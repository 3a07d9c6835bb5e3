// test_wasi_trace.c -- what --trace=wasi prints.
// SPDX-License-Identifier: MIT
#include "tests/wasi_guest.h"

static char last_line[4096];

static void keep_line(void *user, const char *line, size_t size)
{
    (void)user;
    assert_int_equal(strlen(line), size);
    snprintf(last_line, sizeof last_line, "%s", line);
}

// A world with a tree and all calls traced.
static Fake traced(weft_wasi_tree **tree)
{
    Fake f = fake_new();
    *tree = weft_wasi_tree_new(NULL);
    weft_wasi_tree_file(*tree, "motd", "hello", 5);
    weft_wasi_mount(f.world, *tree, "/data", 0);
    assert_true(weft_wasi_trace(f.world, NULL, keep_line, NULL));
    return f;
}

static void untraced(Fake *f, weft_wasi_tree *tree)
{
    fake_free(f);
    weft_wasi_tree_free(tree);
}

// Makes a call and compares the line it left.
#define line_of(f, wanted, name, ...)                     \
    do {                                                  \
        last_line[0] = '\0';                              \
        fake_call_args(f, name, ARGS(__VA_ARGS__));       \
        assert_string_equal(last_line, wanted);           \
    } while (0)

static void tells_what_is_written_and_read(void **state)
{
    (void)state;
    weft_wasi_tree *tree;
    Fake f = traced(&tree);
    fake_iovec(&f, 8, 0x2010, fake_put(&f, 0x2010, "Hello\n"));
    line_of(&f, "fd_write(1, [{0x2010, \"Hello\\n\"}]) = 0, 6 written", "fd_write", 1, 8, 1, 0);
    fake_iovec(&f, 16, 0x3000, fake_put(&f, 0x3000, "\x01\"\\\t"));
    line_of(&f, "fd_write(1, [{0x2010, \"Hello\\n\"}, {0x3000, \"\\01\\\"\\\\\\t\"}]) = 0, 10 written",
            "fd_write", 1, 8, 2, 0);
    line_of(&f, "fd_write(1, []) = 0, 0 written", "fd_write", 1, 8, 0, 0);
    weft_wasi_stdin_bytes(f.world, "input", 5);
    fake_iovec(&f, 8, 0x2010, 100);
    line_of(&f, "fd_read(0, [{0x2010, \"input\"}]) = 0, 5 read", "fd_read", 0, 8, 1, 0);
    line_of(&f, "fd_read(0, [{0x2010, 100}]) = 0, 0 read", "fd_read", 0, 8, 1, 0);
    line_of(&f, "fd_read(9, [{0x2010, 100}]) = 8 BADF", "fd_read", 9, 8, 1, 0);
    fake_iovec(&f, 8, 0xFFFFFFF0, 100);
    line_of(&f, "fd_write(1, [{0xfffffff0, 0xfffffff0, 100}]) = 21 FAULT", "fd_write", 1, 8, 1, 0);
    line_of(&f, "fd_write(1, [...]) = 21 FAULT", "fd_write", 1, 0xFFFFFFF0, 1, 0);
    memset(f.memory + 0x2010, 'x', 100);
    fake_iovec(&f, 8, 0x2010, 100);
    fake_call(&f, "fd_write", ARGS(1, 8, 1, 0));
    assert_non_null(strstr(last_line, "xxxx\"...}]) = 0, 100 written"));
    for (u32 i = 0; i < 50; i++) fake_iovec(&f, 8 + i * 8, 0x3000, 1);
    fake_call(&f, "fd_write", ARGS(1, 8, 50, 0));
    assert_non_null(strstr(last_line, ", ...]) = 0, 50 written"));
    untraced(&f, tree);
}

static void tells_paths_flags_and_rights(void **state)
{
    (void)state;
    weft_wasi_tree *tree;
    Fake f = traced(&tree);
    u32 size = fake_put(&f, PATH_AT, "motd");
    line_of(&f, "path_open(3, FOLLOW, \"motd\", CREAT|TRUNC, FD_READ|FD_WRITE, 0, APPEND|SYNC) = 0, fd 4",
            "path_open", 3, 1, PATH_AT, size, OFLAG_CREAT | OFLAG_TRUNC, READ_WRITE, 0,
            FDFLAG_APPEND | FDFLAG_SYNC, RESULT_AT);
    line_of(&f, "path_open(3, 0x2, \"motd\", 0, ALL, 0, 0) = 0, fd 5", "path_open", 3, 2, PATH_AT, size, 0,
            (u64)-1, 0, 0, RESULT_AT);
    line_of(&f, "fd_prestat_get(3) = 0, {dir, name of 5}", "fd_prestat_get", 3, RESULT_AT);
    line_of(&f, "fd_prestat_dir_name(3, \"/data\") = 0", "fd_prestat_dir_name", 3, RESULT_AT, 5);
    line_of(&f, "fd_prestat_dir_name(3, 0x8020, 1) = 37 NAMETOOLONG", "fd_prestat_dir_name", 3,
            RESULT_AT, 1);
    line_of(&f, "path_filestat_set_times(3, 0, \"motd\", 1, 2, ATIM|MTIM) = 0",
            "path_filestat_set_times", 3, 0, PATH_AT, size, 1, 2, 5);
    line_of(&f, "path_filestat_get(3, 0, \"motd\") = 0, {REGULAR_FILE, ino 2, size 0, mtim 2}",
            "path_filestat_get", 3, 0, PATH_AT, size, RESULT_AT);
    line_of(&f, "path_symlink(\"motd\", 3, \"l\") = 0", "path_symlink", PATH_AT, size, 3, PATH_2_AT,
            fake_put(&f, PATH_2_AT, "l"));
    line_of(&f, "path_rename(3, \"l\", 3, \"motd\") = 0", "path_rename", 3, PATH_2_AT, 1, 3, PATH_AT, size);
    line_of(&f, "fd_seek(4, -5, CUR) = 28 INVAL", "fd_seek", 4, (u64)-5, 1, RESULT_AT);
    f.old = true;
    line_of(&f, "fd_seek(4, 7, SET) = 0, 7 position", "fd_seek", 4, 7, 2, RESULT_AT);
    untraced(&f, tree);
}

static void tells_programs_and_time(void **state)
{
    (void)state;
    weft_wasi_tree *tree;
    Fake f = traced(&tree);
    weft_wasi_deterministic(f.world, 1);
    line_of(&f, "clock_time_get(MONOTONIC, 1) = 0, 0 ns", "clock_time_get", 1, 1, 0);
    line_of(&f, "clock_time_get(9, 1) = 28 INVAL", "clock_time_get", 9, 1, 0);
    line_of(&f, "args_sizes_get() = 0, 0 count, 0 bytes", "args_sizes_get", 0, 4);
    line_of(&f, "sched_yield() = 0", "sched_yield", 0);
    line_of(&f, "proc_raise(STOP) = 58 NOTSUP", "proc_raise", SIGNAL_STOP);
    line_of(&f, "proc_exit(3)", "proc_exit", 3);
    line_of(&f, "sock_shutdown(1, RD|WR) = 57 NOTSOCK", "sock_shutdown", 1, 3);
    line_of(&f, "fd_advise(1, 0, 0, DONTNEED) = 70 SPIPE", "fd_advise", 1, 0, 0, 4);
    for (int old = 0; old < 2; old++) {
        f.old = old;
        u32 size = old ? 56 : 48, clock = old ? 24 : 16;
        memset(f.memory, 0, 200);
        store_u32(f.memory + clock, 1);
        store_u64(f.memory + clock + 8, 5000);
        f.memory[size + 8] = EVENT_FD_READ;
        store_u32(f.memory + size + 16, 42);
        line_of(&f, "poll_oneoff([{MONOTONIC +5000ns}, {FD_READ 42}], 0x1000, 2) = 0, 1 events",
                "poll_oneoff", 0, 0x1000, 2, 0x2000);
    }
    untraced(&f, tree);
}

static void shows_only_what_was_asked_for(void **state)
{
    (void)state;
    Fake f = fake_new();
    assert_true(weft_wasi_trace(f.world, "sched_yield,path_*", keep_line, NULL));
    last_line[0] = '\0';
    fake_call(&f, "args_sizes_get", ARGS(0, 4));
    assert_string_equal(last_line, "");
    fake_call(&f, "sched_yield", ARGS(0));
    assert_string_equal(last_line, "sched_yield() = 0");
    fake_call(&f, "path_unlink_file", ARGS(9, 0, 0));
    assert_string_equal(last_line, "path_unlink_file(9, \"\") = 8 BADF");
    assert_false(weft_wasi_trace(f.world, "fd_wirte", keep_line, NULL));
    assert_string_equal(weft_wasi_error(f.world),
                        "no WASI function is called fd_wirte: invalid argument");
    fake_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_is_written_and_read),
        cmocka_unit_test(tells_paths_flags_and_rights),
        cmocka_unit_test(tells_programs_and_time),
        cmocka_unit_test(shows_only_what_was_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
