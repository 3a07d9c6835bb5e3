// test_wasi_program.c -- arguments, variables, clocks, chance, streams, ending.
// SPDX-License-Identifier: MIT
#include "tests/wasi_guest.h"

static void gives_arguments_and_variables(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        const char *const args[] = {"prog", "", "two words"};
        assert_true(weft_wasi_args(f.world, 3, args));
        assert_true(weft_wasi_env(f.world, "A=1"));
        assert_true(weft_wasi_env(f.world, "EMPTY="));
        assert_true(weft_wasi_env(f.world, "A=2"));
        expect(&f, SUCCESS, "args_sizes_get", 0, 4);
        assert_int_equal(fake_u32(&f, 0), 3);
        assert_int_equal(fake_u32(&f, 4), 5 + 1 + 10);
        expect(&f, SUCCESS, "args_get", 100, 200);
        assert_int_equal(fake_u32(&f, 100), 200);
        assert_int_equal(fake_u32(&f, 104), 205);
        assert_int_equal(fake_u32(&f, 108), 206);
        assert_int_equal(fake_u32(&f, 112), 0xAAAAAAAA);  // no NULL ends the array
        assert_memory_equal(f.memory + 200, "prog\0\0two words", 16);
        expect(&f, SUCCESS, "environ_sizes_get", 0, 4);
        assert_int_equal(fake_u32(&f, 0), 2);
        expect(&f, SUCCESS, "environ_get", 100, 200);
        assert_memory_equal(f.memory + 200, "EMPTY=\0A=2", 11);
    }
}

static void a_new_world_has_nothing(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        expect(&f, SUCCESS, "args_sizes_get", 0, 4);
        assert_int_equal(fake_u32(&f, 0), 0);
        expect(&f, SUCCESS, "environ_sizes_get", 0, 4);
        assert_int_equal(fake_u32(&f, 0), 0);
        assert_int_equal(fake_u32(&f, 4), 0);
        // C programs of 2019 call this without asking for the size, and give up on an error.
        expect(&f, SUCCESS, "environ_get", 100, 200);
        assert_string_equal(read_text(&f, 0), "");
        assert_int_equal(write_text(&f, 1, "gone"), 0);
        assert_int_equal(fake_u32(&f, RESULT_AT), 4);
        expect(&f, BADF, "fd_prestat_get", 3, 0);
        expect(&f, BADF, "fd_prestat_get", 0, 0);
        for (u32 fd = 0; fd < 5; fd++)
            assert_int_not_equal(stat_path(&f, fd, 1, "x"), 0);
    }
}

// When weft_wasi_new has found no memory, the calls that follow need no checks of their own.
static void no_world_is_refused_when_linked(void **state)
{
    (void)state;
    weft_error error = WEFT_ERROR_INIT;
    weft_store *const store = weft_store_new(NULL, &error);
    assert_non_null(store);
    assert_false(weft_wasi_arg(NULL, "name"));
    assert_false(weft_wasi_env(NULL, "KEY=value"));
    assert_false(weft_wasi_inherit_stdio(NULL));
    assert_false(weft_wasi_capture(NULL, 1, 100));
    assert_false(weft_wasi_dir(NULL, ".", "/", 0));
    assert_false(weft_wasi_files(NULL, NULL, "/"));
    assert_false(weft_wasi_trace(NULL, NULL, NULL, NULL));
    weft_wasi_deterministic(NULL, 1);
    weft_wasi_interrupt(NULL);
    size_t size = 1;
    weft_wasi_captured(NULL, 1, &size);
    assert_int_equal(size, 0);
    assert_false(weft_wasi_link(NULL, store, &error));
    assert_int_equal(error.kind, WEFT_HOST);
    assert_string_equal(error.text, "out of memory");
    assert_string_equal(weft_wasi_error(NULL), "out of memory");
    weft_wasi_free(NULL);
    weft_store_free(store);
}

static void refuses_variables_without_a_key(void **state)
{
    (void)state;
    Fake f = fake_new();
    assert_false(weft_wasi_env(f.world, "=x"));
    assert_false(weft_wasi_env(f.world, "novalue"));
    assert_string_equal(weft_wasi_error(f.world), "not KEY=VALUE: =x: invalid argument");
    assert_false(world_seal(f.world));
    fake_free(&f);
}

static void faults_before_it_writes_arguments(void **state)
{
    (void)state;
    Fake f = fake_new();
    weft_wasi_arg(f.world, "prog");
    expect(&f, FAULT, "args_get", FAKE_MEMORY - 3, 200);
    expect(&f, FAULT, "args_get", 100, FAKE_MEMORY - 4);
    expect(&f, FAULT, "args_get", 100, 0xFFFFFFFF);
    assert_int_equal(fake_u32(&f, 100), 0xAAAAAAAA);
    expect(&f, FAULT, "args_sizes_get", 0, FAKE_MEMORY - 3);
    assert_int_equal(fake_u32(&f, 0), 0xAAAAAAAA);
    expect(&f, SUCCESS, "args_get", 100, FAKE_MEMORY - 5);
    fake_free(&f);
}

static void tells_time(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        for (u32 id = 0; id < 4; id++) {
            expect(&f, SUCCESS, "clock_res_get", id, 8);
            assert_int_not_equal(fake_u64(&f, 8), 0);
            expect(&f, SUCCESS, "clock_time_get", id, 0, 8);
        }
        expect(&f, SUCCESS, "clock_time_get", 0, 1, 8);
        assert_true(fake_u64(&f, 8) > (u64)1577836800 * 1000000000u);
        expect(&f, SUCCESS, "clock_time_get", 1, 0, 9);  // unaligned is fine
        u64 before = fake_u64(&f, 9);
        expect(&f, SUCCESS, "clock_time_get", 1, 0, 9);
        assert_true(fake_u64(&f, 9) >= before);
        expect(&f, INVAL, "clock_time_get", 4, 0, 8);
        expect(&f, INVAL, "clock_res_get", 0xFFFFFFFF, 8);
        expect(&f, FAULT, "clock_time_get", 0, 0, FAKE_MEMORY - 7);
        expect(&f, FAULT, "clock_res_get", 0, FAKE_MEMORY - 7);
    }
}

static uint64_t fixed_clock(void *user, unsigned clock)
{
    return *(u64 *)user + clock;
}

static bool fixed_random(void *user, void *bytes, size_t size)
{
    memset(bytes, *(int *)user, size);
    return *(int *)user != 0;
}

static void clocks_and_chance_can_be_replaced(void **state)
{
    (void)state;
    Fake f = fake_new();
    u64 now = 77;
    int byte = 5;
    weft_wasi_clock(f.world, fixed_clock, &now);
    weft_wasi_random(f.world, fixed_random, &byte);
    expect(&f, SUCCESS, "clock_time_get", 1, 0, 8);
    assert_int_equal(fake_u64(&f, 8), 78);
    expect(&f, SUCCESS, "random_get", 8, 4);
    assert_int_equal(fake_u32(&f, 8), 0x05050505);
    byte = 0;
    expect(&f, IO, "random_get", 8, 4);
    fake_free(&f);
}

static void fills_with_chance(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        f.sparse = f.old;
        memset(f.memory, 0, FAKE_MEMORY);
        expect(&f, SUCCESS, "random_get", 5, 1000);
        u32 zeros = 0;
        for (u32 i = 5; i < 1005; i++) zeros += f.memory[i] == 0;
        assert_true(zeros < 60);
        assert_int_equal(f.memory[4], 0);
        assert_int_equal(f.memory[1005], 0);
        expect(&f, SUCCESS, "random_get", 0xFFFFFFFF, 0);
        expect(&f, FAULT, "random_get", 0, FAKE_MEMORY + 1);
        expect(&f, FAULT, "random_get", FAKE_MEMORY, 1);
        expect(&f, FAULT, "random_get", 0xFFFFFFFF, 0xFFFFFFFF);
        expect(&f, SUCCESS, "random_get", 0, FAKE_MEMORY);
    }
}

static void deterministic_worlds_repeat(void **state)
{
    (void)state;
    u64 seen[2][4];
    for (int run = 0; run < 2; run++) {
        Fake f = fake_new();
        weft_wasi_deterministic(f.world, 42);
        expect(&f, SUCCESS, "random_get", 0, 16);
        expect(&f, SUCCESS, "clock_time_get", 0, 0, 16);
        expect(&f, SUCCESS, "clock_time_get", 1, 0, 24);
        for (u32 i = 0; i < 4; i++) seen[run][i] = fake_u64(&f, i * 8);
        // Time passes by asking, and by nothing else.
        u64 before = fake_u64(&f, 24);
        expect(&f, SUCCESS, "clock_time_get", 1, 0, 24);
        assert_true(fake_u64(&f, 24) > before);
        fake_free(&f);
    }
    assert_memory_equal(seen[0], seen[1], sizeof seen[0]);
    assert_int_equal(seen[0][0], 0xbdd732262feb6e95);  // SplitMix64 of 42, published
}

static void ends_programs(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        u32 code = 1;
        assert_false(weft_wasi_exited(f.world, &code));
        expect(&f, SUCCESS, "proc_exit", 300);
        assert_int_equal(f.guest.outcome, GUEST_EXITS);
        assert_int_equal(f.guest.code, 300);
        assert_true(weft_wasi_exited(f.world, &code));
        assert_int_equal(code, 300);
    }
}

static void signals_end_the_guest_only(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        expect(&f, SUCCESS, "proc_raise", SIGNAL_NONE);
        assert_int_equal(f.guest.outcome, GUEST_RETURNS);
        expect(&f, SUCCESS, "proc_raise", SIGNAL_CHLD);
        assert_int_equal(f.guest.outcome, GUEST_RETURNS);
        expect(&f, NOTSUP, "proc_raise", SIGNAL_STOP);
        expect(&f, INVAL, "proc_raise", 31);
        expect(&f, SUCCESS, "proc_raise", SIGNAL_KILL);
        assert_int_equal(f.guest.outcome, GUEST_EXITS);
        assert_int_equal(f.guest.code, 128 + 9);
        expect(&f, SUCCESS, "sched_yield", 0);
    }
}

// --- streams -----------------------------------------------------------------------

static void captures_what_is_written(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        f.sparse = f.old;
        size_t size;
        weft_wasi_capture(f.world, 1, 0);
        weft_wasi_join(f.world, 2, 1);
        assert_string_equal(weft_wasi_captured(f.world, 1, &size), "");
        write_text(&f, 1, "out ");
        write_text(&f, 2, "err ");
        // Three pieces, one of them empty and pointing nowhere.
        fake_iovec(&f, 8, 300, fake_put(&f, 300, "a"));
        fake_iovec(&f, 16, 0xFFFFFFF0, 0);
        fake_iovec(&f, 24, 400, fake_put(&f, 400, "bc"));
        expect(&f, SUCCESS, "fd_write", 1, 8, 3, 0);
        assert_int_equal(fake_u32(&f, 0), 3);
        assert_string_equal(weft_wasi_captured(f.world, 1, &size), "out err abc");
        assert_int_equal(size, 11);
        // It stays after the guest closed it.
        assert_int_equal(close_fd(&f, 1), 0);
        assert_string_equal(weft_wasi_captured(f.world, 1, &size), "out err abc");
    }
}

static void captures_no_more_than_told(void **state)
{
    (void)state;
    Fake f = fake_new();
    size_t size;
    weft_wasi_capture(f.world, 1, 5);
    assert_int_equal(write_text(&f, 1, "1234567"), 0);
    assert_int_equal(fake_u32(&f, RESULT_AT), 5);
    assert_int_equal(write_text(&f, 1, "8"), ERRNO_NOSPC);
    assert_string_equal(weft_wasi_captured(f.world, 1, &size), "12345");
    fake_free(&f);
}

static void reads_bytes_in_pieces(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        f.sparse = f.old;
        weft_wasi_stdin_bytes(f.world, "abcdefg", 7);
        fake_iovec(&f, 8, 300, 2);
        fake_iovec(&f, 16, 400, 3);
        expect(&f, SUCCESS, "fd_read", 0, 8, 2, 0);
        u32 first = fake_u32(&f, 0);
        assert_true(first >= 2 && first <= 5);
        assert_memory_equal(f.memory + 300, "ab", 2);
        assert_string_equal(read_text(&f, 0), &"abcdefg"[first]);
        assert_string_equal(read_text(&f, 0), "");
    }
}

typedef struct Feed {
    ptrdiff_t next;
    char seen[64];
} Feed;

static ptrdiff_t feed_read(void *user, void *bytes, size_t size)
{
    Feed *feed = user;
    if (feed->next > 0) memset(bytes, 'x', (size_t)feed->next < size ? (size_t)feed->next : size);
    return feed->next;
}

static ptrdiff_t feed_write(void *user, const void *bytes, size_t size)
{
    Feed *feed = user;
    if (feed->next < 0) return feed->next;
    size_t n = (size_t)feed->next < size ? (size_t)feed->next : size;
    memcpy(feed->seen, bytes, n);
    feed->seen[n] = '\0';
    return (ptrdiff_t)n;
}

static void streams_can_be_functions(void **state)
{
    (void)state;
    Fake f = fake_new();
    Feed in = {.next = 3}, out = {.next = 4};
    weft_wasi_stdin_func(f.world, feed_read, &in);
    weft_wasi_output_func(f.world, 1, feed_write, &out);
    assert_string_equal(read_text(&f, 0), "xxx");
    assert_int_equal(write_text(&f, 1, "hello"), 0);
    assert_int_equal(fake_u32(&f, RESULT_AT), 4);
    assert_string_equal(out.seen, "hell");
    in.next = 0;
    assert_string_equal(read_text(&f, 0), "");
    in.next = WEFT_WASI_FAILED, out.next = WEFT_WASI_FAILED;
    assert_string_equal(read_text(&f, 0), "IO");
    assert_int_equal(write_text(&f, 1, "hello"), ERRNO_IO);
    fake_free(&f);
}

static void a_function_that_would_block_pauses_the_guest(void **state)
{
    (void)state;
    Fake f = fake_new();
    Feed in = {.next = WEFT_WASI_WOULD_BLOCK};
    weft_wasi_stdin_func(f.world, feed_read, &in);
    read_text(&f, 0);
    assert_int_equal(f.guest.outcome, GUEST_RETRIES);
    // A guest that does not wait is told so.
    expect(&f, SUCCESS, "fd_fdstat_set_flags", 0, FDFLAG_NONBLOCK);
    assert_string_equal(read_text(&f, 0), "AGAIN");
    assert_int_equal(f.guest.outcome, GUEST_RETURNS);
    // And waits in poll, which pauses it too, until the host has been given its turn.
    memset(f.memory, 0, 48);
    f.memory[8] = EVENT_FD_READ;
    expect(&f, INTR, "poll_oneoff", 0, 100, 1, 200);
    assert_int_equal(f.guest.outcome, GUEST_RETRIES);
    in.next = 2;
    expect(&f, SUCCESS, "poll_oneoff", 0, 100, 1, 200);
    assert_int_equal(fake_u32(&f, 200), 1);
    assert_string_equal(read_text(&f, 0), "xx");
    fake_free(&f);
}

static void streams_are_not_terminals(void **state)
{
    (void)state;
    FOR_BOTH_NAMES(f) {
        memset(f.memory, 0xAA, 64);
        for (u32 fd = 0; fd < 3; fd++) {
            expect(&f, SUCCESS, "fd_fdstat_get", fd, 8);
            assert_int_equal(f.memory[8], FILETYPE_UNKNOWN);
            assert_int_equal(f.memory[9], 0);  // padding is written
            assert_int_equal(load_u16(f.memory + 10), 0);
            assert_int_equal(fake_u32(&f, 12), 0);
            u64 rights = fake_u64(&f, 16);
            assert_int_equal(rights & (RIGHT_FD_SEEK | RIGHT_FD_TELL), 0);
            assert_int_equal(rights & READ_WRITE, fd == 0 ? RIGHT_FD_READ : RIGHT_FD_WRITE);
            assert_int_equal(fake_u64(&f, 24), 0);
            expect(&f, SPIPE, "fd_seek", fd, 0, 0, 8);
            expect(&f, SPIPE, "fd_tell", fd, 8);
            expect(&f, NOTDIR, "fd_readdir", fd, 0, 10, 0, 8);
            expect(&f, NOTSOCK, "sock_shutdown", fd, 1);
        }
        expect(&f, BADF, "fd_write", 0, 8, 0, 0);
        expect(&f, BADF, "fd_read", 1, 8, 0, 0);
        expect(&f, SPIPE, "fd_pread", 0, 8, 0, 0, 0);
        expect(&f, FAULT, "fd_fdstat_get", 0, FAKE_MEMORY - 23);
    }
}

static void every_function_has_a_right_type(void **state)
{
    (void)state;
    assert_string_equal(weft_wasi_type("wasi_snapshot_preview1", "fd_write"), "iiii:i");
    assert_string_equal(weft_wasi_type("wasi_unstable", "path_open"), "iiiiillii:i");
    assert_string_equal(weft_wasi_type("wasi_snapshot_preview1", "sock_accept"), "iii:i");
    assert_null(weft_wasi_type("wasi_unstable", "sock_accept"));
    assert_null(weft_wasi_type("wasi_unstable", "fd_wirte"));
    assert_null(weft_wasi_type("env", "fd_write"));
    u32 count = 0;
    while (weft_wasi_name_at(count)) count++;
    assert_int_equal(count, 46);
    // The arguments column stands for exactly the parameters of the type column.
    for (u32 i = 0; i < count; i++) {
        Field field;
        u32 params = 0;
        bool results_began = false;
        for (const char *at = call_rows[i].arguments; next_field(&at, &field);) {
            assert_true(field.is_result || !results_began);
            results_began = field.is_result;
            u32 first = params;
            params += field.params;
            bool is_long = call_rows[i].type[first] == 'l';
            bool wants_long = strcmp(field.kind, "rights") == 0 ||
                              (!field.is_result && (strcmp(field.kind, "u64") == 0 ||
                                                    strcmp(field.kind, "s64") == 0));
            if (is_long != wants_long) fail_msg("%s: %s", call_rows[i].name, field.name);
        }
        if (strcspn(call_rows[i].type, ":") != params) fail_msg("%s", call_rows[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_arguments_and_variables),
        cmocka_unit_test(a_new_world_has_nothing),
        cmocka_unit_test(no_world_is_refused_when_linked),
        cmocka_unit_test(refuses_variables_without_a_key),
        cmocka_unit_test(faults_before_it_writes_arguments),
        cmocka_unit_test(tells_time),
        cmocka_unit_test(clocks_and_chance_can_be_replaced),
        cmocka_unit_test(fills_with_chance),
        cmocka_unit_test(deterministic_worlds_repeat),
        cmocka_unit_test(ends_programs),
        cmocka_unit_test(signals_end_the_guest_only),
        cmocka_unit_test(captures_what_is_written),
        cmocka_unit_test(captures_no_more_than_told),
        cmocka_unit_test(reads_bytes_in_pieces),
        cmocka_unit_test(streams_can_be_functions),
        cmocka_unit_test(a_function_that_would_block_pauses_the_guest),
        cmocka_unit_test(streams_are_not_terminals),
        cmocka_unit_test(every_function_has_a_right_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
