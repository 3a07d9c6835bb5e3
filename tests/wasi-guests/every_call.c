// every_call.c -- a program that calls every WASI function and says which answer was wrong.
//
// It expects arguments "one two", the variable KEY=VALUE, an empty directory as descriptor 3
// and "bytes" on its standard input, and needs nothing of a C library. Its exit code is the
// number of wrong answers. tests/check_wasi.sh runs it.
// SPDX-License-Identifier: MIT
#include "wasi.h"

enum { SUCCESS = 0, BADF = 8, EXIST = 20, INVAL = 28, ISDIR = 31, NOENT = 44, NOTDIR = 54,
       NOTEMPTY = 55, NOTSOCK = 57, PERM = 63, SPIPE = 70, NOTCAPABLE = 76 };

static u32 checks, wrong;

static u32 length(const char *text)
{
    u32 n = 0;
    while (text[n]) n++;
    return n;
}

static void print(const char *text)
{
    Iovec piece = {(void *)(uintptr_t)text, length(text)};
    u32 done;
    fd_write(1, &piece, 1, &done);
}

static void print_number(u32 n)
{
    char digits[12], *at = digits + 11;
    *at = 0;
    do *--at = (char)('0' + n % 10);
    while (n /= 10);
    print(at);
}

static void check(bool is_right, u32 got, const char *what, u32 line)
{
    checks++;
    if (is_right) return;
    wrong++;
    print("line "), print_number(line), print(": "), print(what);
    print(": got "), print_number(got), print("\n");
}

#define GIVES(error, call)                                     \
    do {                                                       \
        u32 got_error = call;                                  \
        check(got_error == error, got_error, #call, __LINE__); \
    } while (0)
#define IS(wanted, value) check((value) == (wanted), (u32)(value), #value, __LINE__)
#define PATH(text) text, length(text)

// The builtin functions that clang may call.
void *memset(void *at, int byte, size_t size)
{
    for (size_t i = 0; i < size; i++) ((u8 *)at)[i] = (u8)byte;
    return at;
}

static bool same(const void *a, const void *b, u32 size)
{
    for (u32 i = 0; i < size; i++)
        if (((const u8 *)a)[i] != ((const u8 *)b)[i]) return false;
    return true;
}

static u8 buffer[4096];

static void check_program(void)
{
    u32 count = 0, size = 0;
    char *pointers[8];
    GIVES(SUCCESS, args_sizes_get(&count, &size));
    IS(3, count);
    GIVES(SUCCESS, args_get(pointers, (char *)buffer));
    IS(true, same(pointers[1], "one", 4) && same(pointers[2], "two", 4));
    IS(true, pointers[1] == pointers[0] + length(pointers[0]) + 1);
    GIVES(SUCCESS, environ_sizes_get(&count, &size));
    IS(1, count);
    IS(10, size);
    GIVES(SUCCESS, environ_get(pointers, (char *)buffer));
    IS(true, same(pointers[0], "KEY=VALUE", 10));
    u64 then = 0, now = 0;
    GIVES(SUCCESS, clock_res_get(1, &now));
    IS(true, now > 0);
    GIVES(SUCCESS, clock_time_get(1, 1, &then));
    GIVES(SUCCESS, sched_yield());
    GIVES(SUCCESS, clock_time_get(1, 1, &now));
    IS(true, now >= then);
    GIVES(INVAL, clock_time_get(4, 1, &now));
    GIVES(SUCCESS, random_get(buffer, 64));
    GIVES(SUCCESS, proc_raise(0));
    GIVES(INVAL, proc_raise(99));
}

static void check_streams(void)
{
    Iovec pieces[2] = {{buffer, 2}, {buffer + 100, 10}};
    u32 done = 0;
    u64 at;
    Fdstat stat;
    GIVES(SUCCESS, fd_read(0, pieces, 2, &done));
    IS(5, done);
    IS(true, same(buffer, "by", 2) && same(buffer + 100, "tes", 3));
    GIVES(SUCCESS, fd_fdstat_get(0, &stat));
    IS(0, stat.flags);
    GIVES(SUCCESS, fd_fdstat_set_flags(0, 4));
    GIVES(SUCCESS, fd_fdstat_get(0, &stat));
    IS(4, stat.flags);
    GIVES(SPIPE, fd_tell(0, &at));
    GIVES(NOTSOCK, sock_shutdown(1, 1));
    GIVES(NOTSOCK, sock_send(1, pieces, 1, 0, &done));
    u16 flags;
    GIVES(NOTSOCK, sock_recv(1, pieces, 1, 0, &done, &flags));
#ifndef UNSTABLE
    GIVES(NOTSOCK, sock_accept(1, 0, &done));
#endif
}

static void check_file(void)
{
    u32 fd = 0, done = 0;
    u64 at = 0;
    Fdstat fdstat;
    // What follows the struct must stay as it is: wasi_unstable's is shorter.
    struct {
        Filestat stat;
        u64 after;
    } f = {.after = 0x1122334455667788};
    Iovec piece = {(void *)(uintptr_t) "hello world", 11};
    GIVES(SUCCESS, path_open(3, 1, PATH("file"), 1 | 4, 0x42 | 1 << 21, 0, 0, &fd));
    IS(4, fd);
    GIVES(SUCCESS, fd_write(fd, &piece, 1, &done));
    IS(11, done);
    GIVES(SUCCESS, fd_seek(fd, -5, SEEK_END, &at));
    IS(6, at);
    GIVES(SUCCESS, fd_seek(fd, 1, SEEK_CUR, &at));
    IS(7, at);
    GIVES(SUCCESS, fd_seek(fd, 6, SEEK_SET, &at));
    IS(6, at);
    GIVES(INVAL, fd_seek(fd, -7, SEEK_CUR, &at));
    Iovec in = {buffer, sizeof buffer};
    GIVES(SUCCESS, fd_read(fd, &in, 1, &done));
    IS(5, done);
    IS(true, same(buffer, "world", 5));
    GIVES(SUCCESS, fd_tell(fd, &at));
    IS(11, at);
    GIVES(SUCCESS, fd_pread(fd, &in, 1, 4, &done));
    IS(7, done);
    GIVES(SUCCESS, fd_pwrite(fd, &piece, 1, 9, &done));
    GIVES(SUCCESS, fd_filestat_get(fd, &f.stat));
    IS(20, f.stat.size);
    IS(4, f.stat.type);
    IS(1, f.stat.nlink);
    IS(0x1122334455667788, f.after);
    GIVES(SUCCESS, fd_filestat_set_size(fd, 3));
    GIVES(SUCCESS, fd_allocate(fd, 0, 30));
    GIVES(SUCCESS, fd_filestat_set_times(fd, 1000, 2000, 1 | 4));
    GIVES(SUCCESS, path_filestat_get(3, 1, PATH("file"), &f.stat));
    IS(30, f.stat.size);
    GIVES(SUCCESS, path_filestat_set_times(3, 1, PATH("file"), 1, 3000, 4));
    GIVES(INVAL, path_filestat_set_times(3, 1, PATH("file"), 1, 3000, 4 | 8));
    IS(0x1122334455667788, f.after);
    GIVES(SUCCESS, fd_advise(fd, 0, 0, 3));
    GIVES(SUCCESS, fd_sync(fd));
    GIVES(SUCCESS, fd_datasync(fd));
    GIVES(SUCCESS, fd_fdstat_get(fd, &fdstat));
    GIVES(NOTCAPABLE, fd_fdstat_set_rights(fd, fdstat.base | 1 << 29, 0));
    GIVES(SUCCESS, fd_fdstat_set_rights(fd, fdstat.base & ~(u64)0x40, 0));
    GIVES(BADF, fd_write(fd, &piece, 1, &done));
    GIVES(BADF, fd_renumber(fd, 50));
    GIVES(SUCCESS, fd_renumber(fd, fd));
    u32 other;
    GIVES(SUCCESS, path_open(3, 1, PATH("file"), 0, 2, 0, 0, &other));
    GIVES(SUCCESS, fd_renumber(fd, other));
    GIVES(BADF, fd_close(fd));
    GIVES(SUCCESS, fd_close(other));
}

static void check_paths(void)
{
    u32 used = 0;
    Filestat stat;
    Prestat prestat;
    GIVES(SUCCESS, fd_prestat_get(3, &prestat));
    IS(5, prestat.name_size);
    GIVES(SUCCESS, fd_prestat_dir_name(3, (char *)buffer, 5));
    IS(true, same(buffer, "/data", 5));
    GIVES(BADF, fd_prestat_get(4, &prestat));
    GIVES(SUCCESS, path_create_directory(3, PATH("dir")));
    GIVES(EXIST, path_create_directory(3, PATH("dir")));
    GIVES(SUCCESS, path_rename(3, PATH("file"), 3, PATH("dir/file")));
    GIVES(SUCCESS, path_link(3, 0, PATH("dir/file"), 3, PATH("hard")));
    GIVES(SUCCESS, path_filestat_get(3, 0, PATH("hard"), &stat));
    IS(2, stat.nlink);
    GIVES(SUCCESS, path_symlink(PATH("dir/../dir/file"), 3, PATH("soft")));
    GIVES(SUCCESS, path_readlink(3, PATH("soft"), (char *)buffer, 5, &used));
    IS(5, used);
    GIVES(SUCCESS, path_filestat_get(3, 1, PATH("soft"), &stat));
    IS(4, stat.type);
    GIVES(SUCCESS, path_filestat_get(3, 0, PATH("soft"), &stat));
    IS(7, stat.type);
    GIVES(PERM, path_filestat_get(3, 1, PATH("dir/../../dir"), &stat));
    GIVES(PERM, path_filestat_get(3, 1, PATH("/dir"), &stat));
    GIVES(NOTDIR, path_filestat_get(3, 1, PATH("hard/x"), &stat));
    GIVES(NOTEMPTY, path_remove_directory(3, PATH("dir")));
    GIVES(ISDIR, path_unlink_file(3, PATH("dir")));
    u32 dir = 0;
    GIVES(SUCCESS, path_open(3, 0, PATH("dir"), 2, 1 << 14, 0, 0, &dir));
    GIVES(SUCCESS, fd_readdir(dir, buffer, sizeof buffer, 0, &used));
    IS(3 * 24 + 1 + 2 + 4, used);
    IS(true, same(buffer + 24, ".", 1) && same(buffer + 49, "..", 2) && same(buffer + 75, "file", 4));
    GIVES(SUCCESS, fd_readdir(dir, buffer, sizeof buffer, 2, &used));
    IS(28, used);
    GIVES(SUCCESS, fd_close(dir));
    GIVES(SUCCESS, path_unlink_file(3, PATH("dir/file")));
    GIVES(SUCCESS, path_unlink_file(3, PATH("hard")));
    GIVES(SUCCESS, path_unlink_file(3, PATH("soft")));
    GIVES(SUCCESS, path_remove_directory(3, PATH("dir")));
    GIVES(NOENT, path_filestat_get(3, 1, PATH("dir"), &stat));
}

static void check_poll(void)
{
    Subscription in[3] = {{.userdata = 7, .type = 0}, {.userdata = 8, .type = 1}, {.userdata = 9}};
    Event out[3];
    u32 events = 0;
    in[0].of.clock.id = 1;
    in[0].of.clock.timeout = 1000000;
    in[1].of.fd = 77;
    in[2].of.clock.id = 1;
    in[2].of.clock.timeout = ~(u64)0;
#ifdef UNSTABLE
    in[0].of.clock.identifier = in[2].of.clock.identifier = ~(u64)0;
#endif
    GIVES(SUCCESS, poll_oneoff(in, out, 3, &events));
    IS(1, events);
    IS(8, out[0].userdata);
    IS(BADF, out[0].error);
    u64 then = 0, now = 0;
    clock_time_get(1, 0, &then);
    in[1] = in[2];
    GIVES(SUCCESS, poll_oneoff(in, out, 2, &events));
    clock_time_get(1, 0, &now);
    IS(1, events);
    IS(7, out[0].userdata);
    IS(0, out[0].error);
    IS(0, out[0].type);
    IS(true, now - then >= 1000000);
    GIVES(INVAL, poll_oneoff(in, out, 0, &events));
}

__attribute__((export_name("_start"))) void _start(void)
{
    check_program();
    check_streams();
    check_file();
    check_paths();
    check_poll();
    print_number(checks), print(" answers, "), print_number(wrong), print(" wrong\n");
    proc_exit(wrong);
}
