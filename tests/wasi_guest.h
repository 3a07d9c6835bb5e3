// wasi_guest.h -- calling WASI functions without a VM: a guest that is an array of bytes.
//
//     Fake f = fake_new();
//     weft_wasi_stdin_bytes(f.world, "abc", 3);
//     fake_iovec(&f, 64, 1000, 3);
//     assert_int_equal(fake_call(&f, "fd_read", ARGS(0, 64, 1, 128)), ERRNO_SUCCESS);
//
// `f.old` makes calls as from wasi_unstable. Every world's memory is counted, and
// fake_free fails the test if any was not given back.
// SPDX-License-Identifier: MIT
#ifndef WEFT_TESTS_WASI_GUEST_H
#define WEFT_TESTS_WASI_GUEST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "wasi/world.h"

enum { FAKE_MEMORY = 1 << 20 };

// Counts what is held, and fails the `fail_at`th request (0: none).
typedef struct Meter {
    size_t held;
    u32 requests, fail_at;
} Meter;

typedef struct Fake {
    weft_wasi *world;
    Meter *meter;
    u8 *memory;
    bool old;
    bool sparse;  // no flat memory: views of at most 100 bytes
    Guest guest;
} Fake;

static UNUSED void *meter_resize(void *context, void *block, size_t old_size, size_t new_size)
{
    Meter *meter = context;
    if (new_size > old_size || !block) {
        meter->requests++;
        if (meter->requests == meter->fail_at) return NULL;
    }
    void *moved = NULL;
    if (new_size == 0) free(block);
    else if (!(moved = realloc(block, new_size))) return NULL;
    meter->held += new_size - old_size;
    return moved;
}

static UNUSED Fake fake_new_on(const Port *port, u32 fd_limit)
{
    Fake f = {0};
    f.meter = calloc(1, sizeof *f.meter);
    weft_allocator allocator = {.resize = meter_resize, .context = f.meter};
    weft_wasi_options options = WEFT_WASI_OPTIONS_INIT;
    options.allocator = &allocator;
    options.port = port;
    options.fd_limit = fd_limit;
    f.world = weft_wasi_new(&options);
    assert_non_null(f.world);
    f.memory = malloc(FAKE_MEMORY);
    memset(f.memory, 0xAA, FAKE_MEMORY);
    return f;
}

static UNUSED Fake fake_new(void)
{
    return fake_new_on(NULL, 0);
}

static UNUSED void fake_free(Fake *f)
{
    weft_wasi_free(f->world);
    assert_int_equal(f->meter->held, 0);
    free(f->meter);
    free(f->memory);
}

static UNUSED u8 *fake_view(void *ctx, u64 at, u64 size, u64 *chunk)
{
    Fake *f = ctx;
    u64 left = 100 - at % 100;
    *chunk = size < left ? size : left;
    return f->memory + at;
}

static UNUSED Link *fake_link(Fake *f, const char *name)
{
    if (!world_seal(f->world)) fail_msg("%s", weft_wasi_error(f->world));
    for (u32 i = 0; i < CALL_COUNT; i++) {
        if (strcmp(call_rows[i].name, name) != 0) continue;
        Link *link = &f->world->links[i + (f->old ? CALL_COUNT : 0)];
        find_fd_params(link);
        return link;
    }
    fail_msg("no function %s", name);
    return NULL;
}

static UNUSED Errno fake_call_args(Fake *f, const char *name, const u64 *args)
{
    Link *link = fake_link(f, name);
    f->guest = (Guest){.args = args, .memory = f->memory, .memory_size = FAKE_MEMORY};
    if (f->sparse) f->guest.memory = NULL, f->guest.view = fake_view, f->guest.ctx = f;
    return wasi_serve(link, &f->guest);
}

#define ARGS(...) ((const u64[]){__VA_ARGS__})
#define fake_call(f, name, args) fake_call_args(f, name, args)

// Calls and expects an errno, and names both when they differ.
#define expect(f, error, name, ...) expect_at(f, ERRNO_##error, name, ARGS(__VA_ARGS__), __LINE__)
static UNUSED void expect_at(Fake *f, Errno wanted, const char *name, const u64 *args, int line)
{
    Errno got = fake_call_args(f, name, args);
    if (got != wanted)
        fail_msg("line %d: %s%s = %s, not %s", line, f->old ? "old " : "", name, errno_name(got),
                 errno_name(wanted));
}

static UNUSED Fake fake_named(bool old)
{
    Fake f = fake_new();
    f.old = old;
    return f;
}

// Runs the block that follows in a new world called by each of the two module names.
#define FOR_BOTH_NAMES(f)                                             \
    for (int name_of_##f = 0; name_of_##f < 2; name_of_##f++)         \
        for (Fake f = fake_named(name_of_##f), *once_##f = &f; once_##f; \
             fake_free(&f), once_##f = NULL)

// --- memory ------------------------------------------------------------------------

static UNUSED void fake_iovec(Fake *f, u32 at, u32 base, u32 size)
{
    store_u32(f->memory + at, base);
    store_u32(f->memory + at + 4, size);
}

static UNUSED u32 fake_u32(const Fake *f, u32 at)
{
    return load_u32(f->memory + at);
}

static UNUSED u64 fake_u64(const Fake *f, u32 at)
{
    return load_u64(f->memory + at);
}

// Puts a text at `at` and answers its length: "at, PUT(...)" are two arguments.
static UNUSED u32 fake_put(Fake *f, u32 at, const char *text)
{
    memcpy(f->memory + at, text, strlen(text));
    return (u32)strlen(text);
}

enum {
    PATH_AT = 4096,     // where the helpers below put paths,
    PATH_2_AT = 16384,  // a second one,
    IOVEC_AT = 32768,   // iovecs,
    RESULT_AT = 32800,  // results,
    DATA_AT = 65536,    // and contents
};

// --- files -------------------------------------------------------------------------

enum { READ_WRITE = RIGHT_FD_READ | RIGHT_FD_WRITE };

static UNUSED Errno try_open_flags(Fake *f, u32 dir, u32 lookup, const char *path, u32 oflags,
                                   u64 rights, u32 fdflags, u32 *fd)
{
    u32 size = fake_put(f, PATH_AT, path);
    Errno error = fake_call(f, "path_open", ARGS(dir, lookup, PATH_AT, size, oflags, rights,
                                                 RIGHTS_ALL, fdflags, RESULT_AT));
    if (!error) *fd = fake_u32(f, RESULT_AT);
    return error;
}

static UNUSED Errno try_open(Fake *f, u32 dir, const char *path, u32 oflags, u64 rights, u32 *fd)
{
    return try_open_flags(f, dir, LOOKUP_FOLLOW, path, oflags, rights, 0, fd);
}

static UNUSED u32 must_open(Fake *f, u32 dir, const char *path, u32 oflags, u64 rights)
{
    u32 fd = 0;
    Errno error = try_open(f, dir, path, oflags, rights, &fd);
    if (error) fail_msg("open %s: %s", path, errno_name(error));
    return fd;
}

static UNUSED Errno close_fd(Fake *f, u32 fd)
{
    return fake_call(f, "fd_close", ARGS(fd));
}

static UNUSED Errno write_text(Fake *f, u32 fd, const char *text)
{
    fake_iovec(f, IOVEC_AT, DATA_AT, fake_put(f, DATA_AT, text));
    return fake_call(f, "fd_write", ARGS(fd, IOVEC_AT, 1, RESULT_AT));
}

// Reads up to 64 KiB and answers it as a text.
static UNUSED const char *read_text(Fake *f, u32 fd)
{
    fake_iovec(f, IOVEC_AT, DATA_AT, 65535);
    Errno error = fake_call(f, "fd_read", ARGS(fd, IOVEC_AT, 1, RESULT_AT));
    if (error) return errno_name(error);
    f->memory[DATA_AT + fake_u32(f, RESULT_AT)] = '\0';
    return (const char *)f->memory + DATA_AT;
}

static UNUSED void make_file(Fake *f, u32 dir, const char *path, const char *text)
{
    u32 fd = must_open(f, dir, path, OFLAG_CREAT | OFLAG_TRUNC, RIGHT_FD_WRITE);
    assert_int_equal(write_text(f, fd, text), 0);
    assert_int_equal(close_fd(f, fd), 0);
}

static UNUSED const char *contents(Fake *f, u32 dir, const char *path)
{
    u32 fd = 0;
    Errno error = try_open(f, dir, path, 0, RIGHT_FD_READ, &fd);
    if (error) return errno_name(error);
    const char *text = read_text(f, fd);
    close_fd(f, fd);
    return text;
}

// The calls with one path: "path_create_directory" and the like.
static UNUSED Errno path_call(Fake *f, const char *name, u32 dir, const char *path)
{
    u32 size = fake_put(f, PATH_AT, path);
    return fake_call(f, name, ARGS(dir, PATH_AT, size));
}

static UNUSED Errno make_dir(Fake *f, u32 dir, const char *path)
{
    return path_call(f, "path_create_directory", dir, path);
}

static UNUSED Errno remove_dir(Fake *f, u32 dir, const char *path)
{
    return path_call(f, "path_remove_directory", dir, path);
}

static UNUSED Errno unlink_file(Fake *f, u32 dir, const char *path)
{
    return path_call(f, "path_unlink_file", dir, path);
}

static UNUSED Errno make_symlink(Fake *f, const char *target, u32 dir, const char *path)
{
    u32 size = fake_put(f, PATH_AT, target), size_2 = fake_put(f, PATH_2_AT, path);
    return fake_call(f, "path_symlink", ARGS(PATH_AT, size, dir, PATH_2_AT, size_2));
}

static UNUSED Errno rename_path(Fake *f, u32 dir, const char *from, u32 new_dir, const char *to)
{
    u32 size = fake_put(f, PATH_AT, from), size_2 = fake_put(f, PATH_2_AT, to);
    return fake_call(f, "path_rename", ARGS(dir, PATH_AT, size, new_dir, PATH_2_AT, size_2));
}

static UNUSED Errno link_path(Fake *f, u32 dir, const char *from, u32 new_dir, const char *to)
{
    u32 size = fake_put(f, PATH_AT, from), size_2 = fake_put(f, PATH_2_AT, to);
    return fake_call(f, "path_link", ARGS(dir, 0, PATH_AT, size, new_dir, PATH_2_AT, size_2));
}

static UNUSED Errno stat_path(Fake *f, u32 dir, u32 lookup, const char *path)
{
    u32 size = fake_put(f, PATH_AT, path);
    return fake_call(f, "path_filestat_get", ARGS(dir, lookup, PATH_AT, size, RESULT_AT));
}

static UNUSED const char *link_text(Fake *f, u32 dir, const char *path)
{
    u32 size = fake_put(f, PATH_AT, path);
    Errno error = fake_call(f, "path_readlink",
                            ARGS(dir, PATH_AT, size, DATA_AT, 4000, RESULT_AT));
    if (error) return errno_name(error);
    f->memory[DATA_AT + fake_u32(f, RESULT_AT)] = '\0';
    return (const char *)f->memory + DATA_AT;
}

// --- a directory of the host to play in --------------------------------------------

// Makes an empty directory and answers its path, good until the next call.
static UNUSED const char *host_play_dir(void)
{
    static char path[64];
    const char *tmp = getenv("TMPDIR");
    snprintf(path, sizeof path, "%.40s/weft-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(path));
    return path;
}

static UNUSED void host_command(const char *format, const char *path)
{
    char command[512];
    snprintf(command, sizeof command, format, path);
    assert_int_equal(system(command), 0);
}

#endif
