// test_wasi_files.c -- files and directories: the same tests on the host's file system (with
// and without the system's own resolver) and on a tree in memory.
// SPDX-License-Identifier: MIT
#include "tests/wasi_guest.h"

#include <sys/stat.h>
#include <unistd.h>

static Errno no_resolver(void *ctx, PortHandle dir, const char *path, u32 flags, PortHandle *file)
{
    (void)ctx, (void)dir, (void)path, (void)flags, (void)file;
    return ERRNO_NOSYS;
}

// A world with one empty writable directory at descriptor 3.
typedef struct Place3 {
    Fake f;
    int kind;
    char host[64];
    weft_wasi_tree *tree;
} Place3;

enum { ON_HOST, ON_HOST_WALKING, ON_HOST_OLD, ON_TREE, PLACES };

static void place_open(Place3 *p, int kind, Port *walking)
{
    p->kind = kind;
    p->tree = NULL;
    *walking = *port_native();
    walking->open_beneath = no_resolver;
    p->f = fake_new_on(kind == ON_HOST_WALKING ? walking : NULL, 0);
    p->f.old = kind == ON_HOST_OLD;
    if (kind == ON_TREE) {
        weft_wasi_options options = WEFT_WASI_OPTIONS_INIT;
        weft_allocator allocator = {.resize = meter_resize, .context = p->f.meter};
        options.allocator = &allocator;
        p->tree = weft_wasi_tree_new(&options);
        assert_true(weft_wasi_mount(p->f.world, p->tree, "/", 0));
    } else {
        strcpy(p->host, host_play_dir());
        assert_true(weft_wasi_dir(p->f.world, p->host, "/", 0));
    }
}

static bool place_close(Place3 *p)
{
    if (p->tree) {
        // The world's handles go first: only then is the tree's memory all given back.
        weft_wasi_free(p->f.world);
        p->f.world = NULL;
        weft_wasi_tree_free(p->tree);
    } else {
        host_command("rm -rf %s", p->host);
    }
    fake_free(&p->f);
    return true;
}

// Runs the block that follows in each place; `f` is the guest, `kind` the place.
#define IN_EVERY_PLACE(f, kind)                                              \
    for (int kind = 0; kind < PLACES; kind++)                                \
        for (Port walking_port, *once = &walking_port; once; once = NULL)    \
            for (Place3 place; once && (place_open(&place, kind, once), true); \
                 once = (place_close(&place), NULL))                         \
                for (Fake *f = &place.f; f; f = NULL)

static u64 stat_size(Fake *f)
{
    return fake_u64(f, RESULT_AT + (f->old ? 24 : 32));
}

static u64 stat_mtim(Fake *f)
{
    return fake_u64(f, RESULT_AT + (f->old ? 40 : 48));
}

static u64 stat_links(Fake *f)
{
    return f->old ? fake_u32(f, RESULT_AT + 20) : fake_u64(f, RESULT_AT + 24);
}

static u8 stat_type(Fake *f)
{
    return f->memory[RESULT_AT + 16];
}

static void writes_and_reads_a_file(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        u32 fd = must_open(f, 3, "a.txt", OFLAG_CREAT | OFLAG_EXCL, READ_WRITE);
        assert_int_equal(fd, 4);
        assert_int_equal(write_text(f, fd, "hello world"), 0);
        expect(f, SUCCESS, "fd_tell", fd, RESULT_AT);
        assert_int_equal(fake_u64(f, RESULT_AT), 11);
        assert_string_equal(read_text(f, fd), "");
        u32 set = f->old ? 2 : 0, cur = f->old ? 0 : 1, end = f->old ? 1 : 2;
        expect(f, SUCCESS, "fd_seek", fd, 6, set, RESULT_AT);
        assert_string_equal(read_text(f, fd), "world");
        expect(f, SUCCESS, "fd_seek", fd, (u64)-5, end, RESULT_AT);
        assert_int_equal(fake_u64(f, RESULT_AT), 6);
        expect(f, SUCCESS, "fd_seek", fd, (u64)-2, cur, RESULT_AT);
        assert_int_equal(fake_u64(f, RESULT_AT), 4);
        expect(f, INVAL, "fd_seek", fd, (u64)-5, cur, RESULT_AT);
        expect(f, INVAL, "fd_seek", fd, 0, 3, RESULT_AT);
        expect(f, INVAL, "fd_seek", fd, 0, 256, RESULT_AT);
        expect(f, SUCCESS, "fd_seek", fd, 100, set, RESULT_AT);  // behind the end is fine
        assert_int_equal(write_text(f, fd, "!"), 0);
        expect(f, SUCCESS, "fd_filestat_get", fd, RESULT_AT);
        assert_int_equal(stat_size(f), 101);
        assert_int_equal(stat_type(f), FILETYPE_REGULAR_FILE);
        assert_int_equal(stat_links(f), 1);
        assert_int_equal(close_fd(f, fd), 0);
        assert_int_equal(close_fd(f, fd), ERRNO_BADF);
        u32 again = 0;
        assert_int_equal(try_open(f, 3, "a.txt", OFLAG_CREAT | OFLAG_EXCL, READ_WRITE, &again),
                         ERRNO_EXIST);
        fd = must_open(f, 3, "a.txt", OFLAG_TRUNC, RIGHT_FD_READ);  // needs no FD_WRITE
        assert_string_equal(read_text(f, fd), "");
        assert_int_equal(write_text(f, fd, "x"), ERRNO_BADF);
        assert_int_equal(close_fd(f, fd), 0);
    }
}

static void filestat_is_as_long_as_the_guest_expects(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        make_file(f, 3, "a", "abc");
        memset(f->memory + RESULT_AT, 0xAA, 80);
        assert_int_equal(stat_path(f, 3, 0, "a"), 0);
        u32 size = f->old ? 56 : 64;
        assert_int_not_equal(f->memory[RESULT_AT + size - 1], 0xAA);
        for (u32 i = size; i < 80; i++) assert_int_equal(f->memory[RESULT_AT + i], 0xAA);
        // The padding after filetype is written.
        for (u32 i = 17; i < (f->old ? 20u : 24u); i++)
            assert_int_equal(f->memory[RESULT_AT + i], 0);
        assert_int_equal(stat_size(f), 3);
        u32 path = fake_put(f, PATH_AT, "a");
        expect(f, SUCCESS, "path_filestat_get", 3, 0, PATH_AT, path, FAKE_MEMORY - size);
        expect(f, FAULT, "path_filestat_get", 3, 0, PATH_AT, path, FAKE_MEMORY - size + 1);
    }
}

static void reads_and_writes_at_offsets(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        u32 fd = must_open(f, 3, "a", OFLAG_CREAT, READ_WRITE);
        write_text(f, fd, "0123456789");
        fake_iovec(f, IOVEC_AT, DATA_AT, 3);
        expect(f, SUCCESS, "fd_pread", fd, IOVEC_AT, 1, 4, RESULT_AT);
        assert_memory_equal(f->memory + DATA_AT, "456", 3);
        memcpy(f->memory + DATA_AT, "abc", 3);
        expect(f, SUCCESS, "fd_pwrite", fd, IOVEC_AT, 1, 8, RESULT_AT);
        assert_int_equal(fake_u32(f, RESULT_AT), 3);
        expect(f, SUCCESS, "fd_tell", fd, RESULT_AT);
        assert_int_equal(fake_u64(f, RESULT_AT), 10);
        expect(f, INVAL, "fd_pread", fd, IOVEC_AT, 1, (u64)-1, RESULT_AT);
        expect(f, INVAL, "fd_pwrite", fd, IOVEC_AT, 1, (u64)1 << 63, RESULT_AT);
        assert_string_equal(contents(f, 3, "a"), "01234567abc");
    }
}

static void appends(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        u32 fd;
        make_file(f, 3, "a", "one");
        assert_int_equal(try_open_flags(f, 3, 1, "a", 0, READ_WRITE, FDFLAG_APPEND | FDFLAG_SYNC,
                                        &fd), 0);
        expect(f, SUCCESS, "fd_fdstat_get", fd, RESULT_AT);
        assert_int_equal(load_u16(f->memory + RESULT_AT + 2), FDFLAG_APPEND | FDFLAG_SYNC);
        write_text(f, fd, "two");
        assert_string_equal(contents(f, 3, "a"), "onetwo");
        // Switched off, writes go where the file stands.
        expect(f, NOTSUP, "fd_fdstat_set_flags", fd, 0);
        expect(f, SUCCESS, "fd_fdstat_set_flags", fd, FDFLAG_SYNC);
        expect(f, SUCCESS, "fd_seek", fd, 0, f->old ? 2 : 0, RESULT_AT);
        write_text(f, fd, "ONE");
        assert_string_equal(contents(f, 3, "a"), "ONEtwo");
        expect(f, NOTSUP, "fd_fdstat_set_flags", fd, FDFLAG_SYNC | FDFLAG_DSYNC);
        expect(f, SUCCESS, "fd_fdstat_set_flags", fd, FDFLAG_SYNC | FDFLAG_NONBLOCK);
        close_fd(f, fd);
    }
}

static void sizes_can_be_set(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        u32 fd = must_open(f, 3, "a", OFLAG_CREAT, READ_WRITE);
        write_text(f, fd, "0123456789");
        expect(f, SUCCESS, "fd_filestat_set_size", fd, 4);
        assert_string_equal(contents(f, 3, "a"), "0123");
        expect(f, SUCCESS, "fd_filestat_set_size", fd, 6);
        expect(f, SUCCESS, "fd_filestat_get", fd, RESULT_AT);
        assert_int_equal(stat_size(f), 6);
        expect(f, SUCCESS, "fd_allocate", fd, 4, 8);
        expect(f, SUCCESS, "fd_filestat_get", fd, RESULT_AT);
        assert_int_equal(stat_size(f), 12);
        expect(f, SUCCESS, "fd_allocate", fd, 0, 2);  // never shrinks
        expect(f, SUCCESS, "fd_filestat_get", fd, RESULT_AT);
        assert_int_equal(stat_size(f), 12);
        expect(f, INVAL, "fd_allocate", fd, 0, 0);
        expect(f, FBIG, "fd_allocate", fd, 1, (u64)INT64_MAX);
        expect(f, FBIG, "fd_filestat_set_size", fd, (u64)-1);
        expect(f, SUCCESS, "fd_advise", fd, 0, 0, ADVICE_WILLNEED);
        expect(f, INVAL, "fd_advise", fd, 0, 0, 6);
        expect(f, INVAL, "fd_advise", fd, 2, (u64)INT64_MAX, 0);
        expect(f, SUCCESS, "fd_sync", fd);
        expect(f, SUCCESS, "fd_datasync", fd);
        expect(f, SUCCESS, "fd_filestat_get", fd, RESULT_AT);
        assert_int_equal(stat_size(f), 12);
        close_fd(f, fd);
        fd = must_open(f, 3, "a", 0, RIGHT_FD_READ);
        expect(f, NOTCAPABLE, "fd_filestat_set_size", fd, 0);
        expect(f, BADF, "fd_allocate", fd, 0, 100);
        close_fd(f, fd);
    }
}

static void times_can_be_set(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        make_file(f, 3, "a", "x");
        u32 fd = must_open(f, 3, "a", 0, READ_WRITE);
        u32 path = fake_put(f, PATH_AT, "a");
        u64 then = 1500000000123456789u;
        expect(f, SUCCESS, "fd_filestat_set_times", fd, 1, then, FSTFLAG_MTIM);
        expect(f, SUCCESS, "fd_filestat_get", fd, RESULT_AT);
        assert_int_equal(stat_mtim(f), then);
        // Both a time and now: nothing changes, whichever is asked for.
        expect(f, INVAL, "fd_filestat_set_times", fd, 1, 1,
               FSTFLAG_MTIM | FSTFLAG_ATIM | FSTFLAG_ATIM_NOW);
        expect(f, INVAL, "path_filestat_set_times", 3, 0, PATH_AT, path, 1, 1,
               FSTFLAG_ATIM | FSTFLAG_MTIM | FSTFLAG_MTIM_NOW);
        expect(f, INVAL, "fd_filestat_set_times", fd, 1, 1, 16);
        expect(f, SUCCESS, "fd_filestat_set_times", fd, 1, 1, 0);
        expect(f, SUCCESS, "fd_filestat_get", fd, RESULT_AT);
        assert_int_equal(stat_mtim(f), then);
        path = fake_put(f, PATH_AT, "a");
        expect(f, SUCCESS, "path_filestat_set_times", 3, 1, PATH_AT, path, 5, 1600000000000000001u,
               FSTFLAG_ATIM | FSTFLAG_MTIM);
        assert_int_equal(stat_path(f, 3, 0, "a"), 0);
        assert_int_equal(stat_mtim(f), 1600000000000000001u);
        assert_int_equal(fake_u64(f, RESULT_AT + (f->old ? 32 : 40)), 5);
        path = fake_put(f, PATH_AT, "a");
        expect(f, SUCCESS, "path_filestat_set_times", 3, 1, PATH_AT, path, 0, 0, FSTFLAG_MTIM_NOW);
        assert_int_equal(stat_path(f, 3, 0, "a"), 0);
        assert_true(stat_mtim(f) > 1600000000000000001u);
        // A link's own times, without follow.
        assert_int_equal(make_symlink(f, "a", 3, "l"), 0);
        path = fake_put(f, PATH_AT, "l");
        expect(f, SUCCESS, "path_filestat_set_times", 3, 0, PATH_AT, path, 0, 9000000000u,
               FSTFLAG_MTIM);
        assert_int_equal(stat_path(f, 3, 0, "l"), 0);
        assert_int_equal(stat_mtim(f), 9000000000u);
        assert_int_equal(stat_path(f, 3, 1, "l"), 0);
        assert_true(stat_mtim(f) > 1600000000000000001u);
        close_fd(f, fd);
    }
}

static void makes_and_removes_directories(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        assert_int_equal(make_dir(f, 3, "d"), 0);
        assert_int_equal(make_dir(f, 3, "d"), ERRNO_EXIST);
        assert_int_equal(make_dir(f, 3, "d/e/"), 0);
        assert_int_equal(make_dir(f, 3, "no/e"), ERRNO_NOENT);
        assert_int_equal(make_dir(f, 3, "."), ERRNO_EXIST);
        make_file(f, 3, "d/e/f", "x");
        assert_int_equal(make_dir(f, 3, "d/e/f/g"), ERRNO_NOTDIR);
        assert_int_equal(remove_dir(f, 3, "d/e"), ERRNO_NOTEMPTY);
        assert_int_equal(remove_dir(f, 3, "d/e/f"), ERRNO_NOTDIR);
        assert_int_equal(remove_dir(f, 3, "."), ERRNO_INVAL);
        assert_int_equal(unlink_file(f, 3, "d/e"), ERRNO_ISDIR);
        assert_int_equal(unlink_file(f, 3, "d/"), ERRNO_ISDIR);
        assert_int_equal(unlink_file(f, 3, "."), ERRNO_ISDIR);
        assert_int_equal(unlink_file(f, 3, "d/e/f/"), ERRNO_NOTDIR);
        assert_int_equal(unlink_file(f, 3, "d/e/no"), ERRNO_NOENT);
        assert_int_equal(unlink_file(f, 3, "d/e/f"), 0);
        assert_int_equal(remove_dir(f, 3, "d/e/"), 0);
        assert_int_equal(remove_dir(f, 3, "d"), 0);
        assert_int_equal(stat_path(f, 3, 1, "d"), ERRNO_NOENT);
    }
}

static void opens_directories(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        u32 fd = 0;
        assert_int_equal(make_dir(f, 3, "d"), 0);
        make_file(f, 3, "d/f", "inside");
        assert_int_equal(try_open(f, 3, "d", OFLAG_DIRECTORY, READ_WRITE, &fd), ERRNO_ISDIR);
        assert_int_equal(try_open(f, 3, "d", 0, READ_WRITE, &fd), ERRNO_ISDIR);
        assert_int_equal(try_open(f, 3, "d/f", OFLAG_DIRECTORY, 0, &fd), ERRNO_NOTDIR);
        assert_int_equal(try_open(f, 3, "x", OFLAG_DIRECTORY | OFLAG_CREAT, 0, &fd), ERRNO_INVAL);
        assert_int_equal(try_open(f, 3, "new/", OFLAG_CREAT, READ_WRITE, &fd), ERRNO_ISDIR);
        assert_int_equal(try_open(f, 3, "d/f/", 0, RIGHT_FD_READ, &fd), ERRNO_NOTDIR);
        assert_int_equal(try_open(f, 3, "d/f/.", 0, RIGHT_FD_READ, &fd), ERRNO_NOTDIR);
        assert_int_equal(try_open(f, 3, "d/f/..", 0, RIGHT_FD_READ, &fd), ERRNO_NOTDIR);
        assert_int_equal(try_open(f, 3, "no/../d", 0, RIGHT_FD_READ, &fd), ERRNO_NOENT);
        fd = must_open(f, 3, "d///", OFLAG_DIRECTORY, RIGHT_FD_READ);
        assert_string_equal(contents(f, fd, "f"), "inside");
        expect(f, SUCCESS, "fd_fdstat_get", fd, RESULT_AT);
        assert_int_equal(f->memory[RESULT_AT], FILETYPE_DIRECTORY);
        assert_int_equal(load_u16(f->memory + RESULT_AT + 2), 0);
        u64 rights = fake_u64(f, RESULT_AT + 8);
        assert_int_equal(rights & (RIGHT_FD_SEEK | RIGHT_FD_FILESTAT_SET_SIZE), 0);
        expect(f, BADF, "fd_read", fd, 0, 0, RESULT_AT);
        expect(f, BADF, "fd_seek", fd, 0, 0, RESULT_AT);
        expect(f, BADF, "fd_tell", fd, RESULT_AT);
        expect(f, BADF, "fd_filestat_set_size", fd, 0);
        // Directories reopen with exactly the rights they report.
        expect(f, SUCCESS, "fd_fdstat_get", 3, RESULT_AT);
        u32 same = must_open(f, 3, ".", OFLAG_DIRECTORY, fake_u64(f, RESULT_AT + 8));
        assert_int_equal(stat_path(f, same, 1, "d"), 0);
        // A file is no directory to open from.
        u32 file = must_open(f, 3, "d/f", 0, RIGHT_FD_READ);
        assert_int_equal(try_open(f, file, "x", 0, 0, &fd), ERRNO_NOTDIR);
        assert_int_equal(try_open(f, 99, "x", 0, 0, &fd), ERRNO_BADF);
    }
}

static void walks_paths_through_the_tree(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        make_dir(f, 3, "a"), make_dir(f, 3, "a/b"), make_dir(f, 3, "c");
        make_file(f, 3, "top", "top");
        make_file(f, 3, "a/in", "in a");
        make_file(f, 3, "c/in", "in c");
        make_symlink(f, "../c", 3, "a/to_c");
        make_symlink(f, "a/b", 3, "to_b");
        make_symlink(f, "to_self", 3, "to_self");
        make_symlink(f, "nowhere", 3, "dangling");
        assert_string_equal(contents(f, 3, "./a/../top"), "top");
        assert_string_equal(contents(f, 3, "a//./b/../../a/in"), "in a");
        assert_string_equal(contents(f, 3, "a/to_c/in"), "in c");
        // ".." of a link is the parent of where it leads, not of where it lies.
        assert_string_equal(contents(f, 3, "to_b/../in"), "in a");
        assert_string_equal(contents(f, 3, "top/../top"), "NOTDIR");
        assert_string_equal(contents(f, 3, "nosuch/../top"), "NOENT");
        assert_string_equal(contents(f, 3, ""), "NOENT");
        assert_string_equal(contents(f, 3, "to_self"), "LOOP");
        assert_string_equal(contents(f, 3, "to_self/x"), "LOOP");
        assert_string_equal(contents(f, 3, "dangling"), "NOENT");
        u32 fd = 0;
        // The last name is followed only if asked, or if a slash says it is a directory.
        assert_int_equal(try_open_flags(f, 3, 0, "to_b", 0, RIGHT_FD_READ, 0, &fd), ERRNO_LOOP);
        assert_int_equal(try_open_flags(f, 3, 0, "to_b/", 0, RIGHT_FD_READ, 0, &fd), 0);
        assert_int_equal(stat_path(f, 3, 0, "to_b"), 0);
        assert_int_equal(stat_type(f), FILETYPE_SYMBOLIC_LINK);
        assert_int_equal(stat_size(f), 3);
        assert_int_equal(stat_path(f, 3, 0, "to_b/"), 0);
        assert_int_equal(stat_type(f), FILETYPE_DIRECTORY);
        assert_int_equal(stat_path(f, 3, 1, "to_b"), 0);
        assert_int_equal(stat_type(f), FILETYPE_DIRECTORY);
        assert_int_equal(stat_path(f, 3, 1, "dangling"), ERRNO_NOENT);
        assert_int_equal(stat_path(f, 3, 0, "dangling"), 0);
        // Creating through a dangling link makes what it points to; EXCL does not follow.
        assert_int_equal(try_open(f, 3, "dangling", OFLAG_CREAT | OFLAG_EXCL, READ_WRITE, &fd),
                         ERRNO_EXIST);
        make_file(f, 3, "dangling", "made");
        assert_string_equal(contents(f, 3, "nowhere"), "made");
        char name[400];
        memset(name, 'n', sizeof name);
        name[256] = '\0';
        assert_string_equal(contents(f, 3, name), "NAMETOOLONG");
        memcpy(name + 256, "/x", 3);
        assert_string_equal(contents(f, 3, name), "NAMETOOLONG");
        name[255] = '\0';
        assert_string_equal(contents(f, 3, name), "NOENT");
        // 5000 bytes of short names, and 40 links in a row but not 41.
        for (u32 i = 0; i < 5000; i++) f->memory[PATH_AT + i] = i % 2 ? '/' : 'z';
        expect(f, NAMETOOLONG, "path_create_directory", 3, PATH_AT, 5000);
        fake_put(f, PATH_AT, "a\0b");
        f->memory[PATH_AT + 2] = 'b', f->memory[PATH_AT + 1] = '\0';
        expect(f, INVAL, "path_create_directory", 3, PATH_AT, 3);
        expect(f, FAULT, "path_create_directory", 3, FAKE_MEMORY - 2, 3);
    }
}

static void follows_forty_links_and_no_more(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        make_file(f, 3, "l0", "end");
        for (int i = 1; i <= 41; i++) {
            char from[16], to[16];
            snprintf(from, sizeof from, "l%d", i);
            snprintf(to, sizeof to, "l%d", i - 1);
            make_symlink(f, to, 3, from);
        }
        assert_string_equal(contents(f, 3, "l40"), "end");
        assert_string_equal(contents(f, 3, "l41"), "LOOP");
    }
}

static void walks_deep_paths(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        // Deeper than the walk holds directories open.
        char path[512] = "";
        for (int i = 0; i < 100; i++) {
            strcat(path, i ? "/d" : "d");
            assert_int_equal(make_dir(f, 3, path), 0);
        }
        strcat(path, "/f");
        make_file(f, 3, path, "deep");
        assert_string_equal(contents(f, 3, path), "deep");
        path[strlen(path) - 2] = '\0';
        strcat(path, "/../../../d/d/d/f");
        assert_string_equal(contents(f, 3, path), "deep");
    }
}

static void links_and_symlinks(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        make_file(f, 3, "a", "one");
        make_dir(f, 3, "d");
        assert_int_equal(link_path(f, 3, "a", 3, "d/b"), 0);
        assert_int_equal(stat_path(f, 3, 0, "a"), 0);
        u64 ino = fake_u64(f, RESULT_AT + 8);
        assert_int_equal(stat_links(f), 2);
        assert_int_equal(stat_path(f, 3, 0, "d/b"), 0);
        assert_int_equal(fake_u64(f, RESULT_AT + 8), ino);
        make_file(f, 3, "a", "two");
        assert_string_equal(contents(f, 3, "d/b"), "two");
        assert_int_equal(link_path(f, 3, "a", 3, "d/b"), ERRNO_EXIST);
        assert_int_equal(link_path(f, 3, "no", 3, "x"), ERRNO_NOENT);
        assert_int_equal(link_path(f, 3, "d", 3, "x"), ERRNO_PERM);
        assert_int_equal(link_path(f, 3, "a", 3, "x/"), ERRNO_NOENT);
        assert_int_equal(link_path(f, 3, "a", 3, "d/"), ERRNO_EXIST);
        assert_int_equal(link_path(f, 3, "a/", 3, "x"), ERRNO_NOTDIR);
        u32 size = fake_put(f, PATH_AT, "a"), size_2 = fake_put(f, PATH_2_AT, "x");
        expect(f, INVAL, "path_link", 3, LOOKUP_FOLLOW, PATH_AT, size, 3, PATH_2_AT, size_2);

        assert_int_equal(make_symlink(f, "some/target", 3, "l"), 0);
        assert_string_equal(link_text(f, 3, "l"), "some/target");
        // A link that dangles is linked itself.
        assert_int_equal(link_path(f, 3, "l", 3, "l2"), 0);
        assert_string_equal(link_text(f, 3, "l2"), "some/target");
        assert_string_equal(link_text(f, 3, "a"), "INVAL");
        assert_string_equal(link_text(f, 3, "no"), "NOENT");
        size = fake_put(f, PATH_AT, "l");
        memset(f->memory + DATA_AT, 0xAA, 8);
        expect(f, SUCCESS, "path_readlink", 3, PATH_AT, size, DATA_AT, 4, RESULT_AT);
        assert_int_equal(fake_u32(f, RESULT_AT), 4);
        assert_memory_equal(f->memory + DATA_AT, "some\xAA", 5);
        expect(f, SUCCESS, "path_readlink", 3, PATH_AT, size, DATA_AT, 0, RESULT_AT);
        assert_int_equal(fake_u32(f, RESULT_AT), 0);
        expect(f, FAULT, "path_readlink", 3, PATH_AT, size, FAKE_MEMORY - 4, 5, RESULT_AT);
        assert_int_equal(make_symlink(f, "x", 3, "a"), ERRNO_EXIST);
        assert_int_equal(make_symlink(f, "x", 3, "new/"), ERRNO_NOENT);
        assert_int_equal(make_symlink(f, "x", 3, "d/"), ERRNO_EXIST);
        assert_int_equal(make_symlink(f, "", 3, "y"), ERRNO_NOENT);
        assert_int_equal(make_symlink(f, "/etc", 3, "y"), ERRNO_PERM);
        assert_int_equal(unlink_file(f, 3, "l"), 0);
        assert_int_equal(remove_dir(f, 3, "l2"), ERRNO_NOTDIR);
        assert_int_equal(make_symlink(f, "d", 3, "to_d"), 0);
        assert_int_equal(remove_dir(f, 3, "to_d"), ERRNO_NOTDIR);
    }
}

static void renames(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        make_file(f, 3, "a", "a"), make_file(f, 3, "b", "b");
        make_dir(f, 3, "d"), make_dir(f, 3, "d/sub"), make_dir(f, 3, "empty");
        assert_int_equal(rename_path(f, 3, "a", 3, "b"), 0);
        assert_string_equal(contents(f, 3, "b"), "a");
        assert_string_equal(contents(f, 3, "a"), "NOENT");
        assert_int_equal(rename_path(f, 3, "b", 3, "d/sub/c"), 0);
        assert_int_equal(rename_path(f, 3, "d/sub/c", 3, "empty"), ERRNO_ISDIR);
        assert_int_equal(rename_path(f, 3, "d/sub", 3, "d/sub/c"), ERRNO_INVAL);
        assert_int_equal(rename_path(f, 3, "empty", 3, "d"), ERRNO_NOTEMPTY);
        assert_int_equal(rename_path(f, 3, "d/", 3, "empty/"), 0);
        assert_string_equal(contents(f, 3, "empty/sub/c"), "a");
        assert_int_equal(rename_path(f, 3, "empty", 3, "empty/sub/x"), ERRNO_INVAL);
        make_file(f, 3, "f", "f");
        assert_int_equal(rename_path(f, 3, "empty", 3, "f"), ERRNO_NOTDIR);
        assert_int_equal(rename_path(f, 3, "f/", 3, "g"), ERRNO_NOTDIR);
        assert_int_equal(rename_path(f, 3, "f", 3, "g/"), ERRNO_NOTDIR);
        assert_int_equal(rename_path(f, 3, "f", 3, "f"), 0);
        assert_int_equal(rename_path(f, 3, ".", 3, "g"), ERRNO_BUSY);
        assert_int_equal(rename_path(f, 3, "f", 3, "."), ERRNO_BUSY);
        assert_int_equal(rename_path(f, 3, "no", 3, "g"), ERRNO_NOENT);
        u32 sub = must_open(f, 3, "empty/sub", OFLAG_DIRECTORY, 0);
        assert_int_equal(rename_path(f, sub, "c", 3, "out"), 0);
        assert_string_equal(contents(f, 3, "out"), "a");
    }
}

static void unlinked_files_live_while_open(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        u32 fd = must_open(f, 3, "a", OFLAG_CREAT, READ_WRITE);
        write_text(f, fd, "still");
        assert_int_equal(unlink_file(f, 3, "a"), 0);
        make_file(f, 3, "a", "other");
        expect(f, SUCCESS, "fd_seek", fd, 0, f->old ? 2 : 0, RESULT_AT);
        assert_string_equal(read_text(f, fd), "still");
        expect(f, SUCCESS, "fd_filestat_get", fd, RESULT_AT);
        assert_int_equal(stat_links(f), 0);
        // So do directories, but nothing can be made in them any more.
        make_dir(f, 3, "d");
        u32 dir = must_open(f, 3, "d", OFLAG_DIRECTORY, 0);
        assert_int_equal(remove_dir(f, 3, "d"), 0);
        assert_int_equal(make_dir(f, dir, "e"), ERRNO_NOENT);
    }
}

// --- descriptors -------------------------------------------------------------------

static void numbers_are_the_lowest_free(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        for (u32 fd = 4; fd < 12; fd++)
            assert_int_equal(must_open(f, 3, "a", OFLAG_CREAT, RIGHT_FD_READ), fd);
        close_fd(f, 9), close_fd(f, 5), close_fd(f, 1);
        assert_int_equal(must_open(f, 3, "a", 0, RIGHT_FD_READ), 1);
        assert_int_equal(must_open(f, 3, "a", 0, RIGHT_FD_READ), 5);
        assert_int_equal(must_open(f, 3, "a", 0, RIGHT_FD_READ), 9);
        assert_int_equal(must_open(f, 3, "a", 0, RIGHT_FD_READ), 12);
    }
}

static void renumbers(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        make_file(f, 3, "a", "in a"), make_file(f, 3, "b", "in b");
        u32 a = must_open(f, 3, "a", 0, RIGHT_FD_READ);
        u32 b = must_open(f, 3, "b", 0, RIGHT_FD_READ);
        expect(f, SUCCESS, "fd_renumber", a, a);
        expect(f, BADF, "fd_renumber", a, 127);
        expect(f, BADF, "fd_renumber", a, 0xFFFFFFFF);
        expect(f, BADF, "fd_renumber", 127, a);
        expect(f, BADF, "fd_renumber", 0xFFFFFFFF, 0xFFFFFFFF);
        expect(f, SUCCESS, "fd_renumber", a, b);
        assert_string_equal(read_text(f, b), "in a");
        assert_string_equal(read_text(f, a), "BADF");
        assert_int_equal(must_open(f, 3, "b", 0, RIGHT_FD_READ), a);
        // A preopen keeps being one under its new number.
        expect(f, SUCCESS, "fd_renumber", 3, b);
        expect(f, BADF, "fd_prestat_get", 3, RESULT_AT);
        expect(f, SUCCESS, "fd_prestat_get", b, RESULT_AT);
        assert_string_equal(contents(f, b, "a"), "in a");
        expect(f, SUCCESS, "fd_renumber", a, 1);
        assert_string_equal(read_text(f, 1), "in b");
    }
}

static void the_table_has_a_limit(void **state)
{
    (void)state;
    Fake f = fake_new_on(NULL, 6);
    weft_wasi_tree *tree = weft_wasi_tree_new(NULL);
    weft_wasi_mount(f.world, tree, "t", 0);
    u32 fd = 0;
    assert_int_equal(try_open(&f, 3, "a", OFLAG_CREAT, 0, &fd), 0);
    assert_int_equal(try_open(&f, 3, "b", OFLAG_CREAT, 0, &fd), 0);
    assert_int_equal(try_open(&f, 3, "c", OFLAG_CREAT, 0, &fd), ERRNO_MFILE);
    assert_int_equal(stat_path(&f, 3, 1, "c"), ERRNO_NOENT);  // and nothing was made
    close_fd(&f, 4);
    assert_int_equal(try_open(&f, 3, "c", OFLAG_CREAT, 0, &fd), 0);
    fake_free(&f);
    weft_wasi_tree_free(tree);
}

static void preopens_have_names(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        expect(f, SUCCESS, "fd_prestat_get", 3, RESULT_AT);
        assert_int_equal(fake_u64(f, RESULT_AT), (u64)1 << 32);
        expect(f, SUCCESS, "fd_prestat_dir_name", 3, RESULT_AT, 1);
        assert_int_equal(f->memory[RESULT_AT], '/');
        expect(f, SUCCESS, "fd_prestat_dir_name", 3, RESULT_AT, 100);
        expect(f, NAMETOOLONG, "fd_prestat_dir_name", 3, RESULT_AT, 0);
        expect(f, BADF, "fd_prestat_get", 4, RESULT_AT);
        expect(f, BADF, "fd_prestat_dir_name", 4, RESULT_AT, 0);
        u32 dir = must_open(f, 3, ".", OFLAG_DIRECTORY, 0);
        expect(f, BADF, "fd_prestat_get", dir, RESULT_AT);
        assert_int_equal(close_fd(f, 3), 0);
        expect(f, BADF, "fd_prestat_get", 3, RESULT_AT);
        expect(f, BADF, "fd_close", 3);
    }
}

static void rights_can_be_given_up(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        make_file(f, 3, "a", "text");
        u32 fd = must_open(f, 3, "a", 0, READ_WRITE);
        expect(f, SUCCESS, "fd_fdstat_get", fd, RESULT_AT);
        u64 rights = fake_u64(f, RESULT_AT + 8);
        expect(f, NOTCAPABLE, "fd_fdstat_set_rights", fd, rights | RIGHT_SOCK_ACCEPT, 0);
        expect(f, NOTCAPABLE, "fd_fdstat_set_rights", fd, rights, 1);
        expect(f, SUCCESS, "fd_fdstat_set_rights", fd, rights & ~(u64)RIGHT_FD_READ, 0);
        assert_string_equal(read_text(f, fd), "BADF");
        expect(f, SUCCESS, "fd_fdstat_set_rights", fd, RIGHT_FD_TELL, 0);
        expect(f, NOTCAPABLE, "fd_seek", fd, 0, f->old ? 2 : 0, RESULT_AT);
        expect(f, SUCCESS, "fd_seek", fd, 0, f->old ? 0 : 1, RESULT_AT);  // only tells
        expect(f, NOTCAPABLE, "fd_sync", fd);
        expect(f, NOTCAPABLE, "fd_filestat_get", fd, RESULT_AT);
        expect(f, NOTCAPABLE, "fd_fdstat_set_rights", fd, RIGHT_FD_TELL | RIGHT_FD_SEEK, 0);
        close_fd(f, fd);
        // What a directory does not pass on, nothing opened through it has.
        u32 dir = must_open(f, 3, ".", OFLAG_DIRECTORY, 0);
        expect(f, SUCCESS, "fd_fdstat_get", dir, RESULT_AT);
        u64 base = fake_u64(f, RESULT_AT + 8), inheriting = fake_u64(f, RESULT_AT + 16);
        expect(f, SUCCESS, "fd_fdstat_set_rights", dir, base & ~(u64)RIGHT_PATH_FILESTAT_SET_SIZE,
               inheriting & ~(u64)RIGHT_FD_WRITE);
        u32 child = 0;
        assert_int_equal(try_open(f, dir, "a", OFLAG_TRUNC, READ_WRITE, &child), ERRNO_NOTCAPABLE);
        child = must_open(f, dir, "a", 0, READ_WRITE);
        assert_int_equal(write_text(f, child, "no"), ERRNO_BADF);
        assert_string_equal(read_text(f, child), "text");
        u32 inner = must_open(f, dir, ".", OFLAG_DIRECTORY, 0);
        child = must_open(f, inner, "a", 0, READ_WRITE);
        assert_int_equal(write_text(f, child, "no"), ERRNO_BADF);
        // A file asked for reading only does not write, and the reverse.
        child = must_open(f, 3, "a", 0, RIGHT_FD_READ);
        expect(f, SUCCESS, "fd_fdstat_get", child, RESULT_AT);
        assert_int_equal(fake_u64(f, RESULT_AT + 8) & RIGHT_FD_WRITE, 0);
        child = must_open(f, 3, "a", 0, RIGHT_FD_WRITE);
        assert_string_equal(read_text(f, child), "BADF");
        // None at all, or all that Go asks for to read: both open, both only read.
        child = must_open(f, 3, "a", 0, 0);
        expect(f, SUCCESS, "fd_filestat_get", child, RESULT_AT);
        child = must_open(f, 3, "a", 0, 0xFFFFFFFF & ~(u64)(RIGHT_FD_WRITE | RIGHT_FD_DATASYNC |
                                                            RIGHT_FD_ALLOCATE));
        assert_string_equal(read_text(f, child), "text");
    }
}

// --- directories -------------------------------------------------------------------

// Lists a directory through a window of `window` bytes; names joined by spaces.
static const char *list(Fake *f, u32 fd, u32 window)
{
    static char names[8192];
    u64 cookie = 0;
    names[0] = '\0';
    for (int rounds = 0; rounds < 2000; rounds++) {
        Errno error = fake_call(f, "fd_readdir", ARGS(fd, DATA_AT, window, cookie, RESULT_AT));
        if (error) return errno_name(error);
        u32 used = fake_u32(f, RESULT_AT), at = 0;
        assert_true(used <= window);
        while (used - at >= 24 && used - at - 24 >= fake_u32(f, DATA_AT + at + 16)) {
            u32 size = fake_u32(f, DATA_AT + at + 16);
            snprintf(names + strlen(names), sizeof names - strlen(names), "%.*s ", (int)size,
                     (const char *)f->memory + DATA_AT + at + 24);
            cookie = fake_u64(f, DATA_AT + at);
            at += 24 + size;
        }
        if (used < window) return names;
        if (at == 0) return "window too small";
    }
    return "endless";
}

static void lists_directories(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        u32 dir = must_open(f, 3, ".", OFLAG_DIRECTORY, RIGHT_FD_READ);
        assert_string_equal(list(f, dir, 4096), ". .. ");
        make_dir(f, 3, "d");
        make_file(f, 3, "file", "x");
        make_symlink(f, "file", 3, "link");
        const char *all = list(f, dir, 4096);
        assert_int_equal(strlen(all), strlen(". .. d file link "));
        assert_non_null(strstr(all, " d "));
        assert_non_null(strstr(all, " file "));
        assert_non_null(strstr(all, " link "));
        char whole[64];
        strcpy(whole, all);
        assert_string_equal(list(f, dir, 29), whole);
        // Types and inodes are those that stat tells.
        expect(f, SUCCESS, "fd_readdir", dir, DATA_AT, 4096, 0, RESULT_AT);
        u32 used = fake_u32(f, RESULT_AT), at = DATA_AT;
        u64 cookies[6];
        for (u32 i = 0; at < DATA_AT + used; i++) {
            char name[16] = {0};
            u64 ino = fake_u64(f, at + 8);
            u8 type = f->memory[at + 20];
            cookies[i] = fake_u64(f, at);
            memcpy(name, f->memory + at + 24, fake_u32(f, at + 16));
            at += 24 + fake_u32(f, at + 16);
            if (strcmp(name, "..") == 0) strcpy(name, ".");
            assert_int_equal(stat_path(f, dir, 0, name), 0);
            assert_int_equal(fake_u64(f, RESULT_AT + 8), ino);
            assert_int_equal(stat_type(f), type);
        }
        // Cookies hold in any order, and while entries go.
        assert_int_equal(unlink_file(f, 3, "file"), 0);
        expect(f, SUCCESS, "fd_readdir", dir, DATA_AT, 4096, cookies[3], RESULT_AT);
        assert_true(fake_u32(f, RESULT_AT) >= 25);
        expect(f, SUCCESS, "fd_readdir", dir, DATA_AT, 4096, cookies[1], RESULT_AT);
        assert_int_equal(fake_u32(f, RESULT_AT), 24 * 3 + 9);
        expect(f, SUCCESS, "fd_readdir", dir, DATA_AT, 4096, cookies[4], RESULT_AT);
        assert_int_equal(fake_u32(f, RESULT_AT), 0);
        expect(f, SUCCESS, "fd_readdir", dir, DATA_AT, 4096, (u64)-1, RESULT_AT);
        assert_int_equal(fake_u32(f, RESULT_AT), 0);
        // A window too small even for a header is filled.
        expect(f, SUCCESS, "fd_readdir", dir, DATA_AT, 10, 0, RESULT_AT);
        assert_int_equal(fake_u32(f, RESULT_AT), 10);
        expect(f, SUCCESS, "fd_readdir", dir, 0, 0, 0, RESULT_AT);
        assert_int_equal(fake_u32(f, RESULT_AT), 0);
        expect(f, FAULT, "fd_readdir", dir, FAKE_MEMORY - 9, 10, 0, RESULT_AT);
        // Starting again shows what is there now.
        assert_null(strstr(list(f, dir, 4096), "file"));
        // The position of a descriptor opened twice is its own.
        u32 file = must_open(f, 3, "d", OFLAG_DIRECTORY, 0);
        assert_string_equal(list(f, file, 4096), ". .. ");
    }
}

static void lists_a_hundred_entries_in_any_window(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        for (int i = 0; i < 100; i++) {
            char name[32];
            snprintf(name, sizeof name, "a-rather-long-name-%d", i);
            make_file(f, 3, name, "");
        }
        char whole[4096];
        strcpy(whole, list(f, 3, 65536));
        for (u32 window = 50; window < 600; window += 47)
            assert_string_equal(list(f, 3, window), whole);
    }
}

static void deterministic_worlds_tell_nothing_of_the_host(void **state)
{
    (void)state;
    IN_EVERY_PLACE(f, kind) {
        weft_wasi_deterministic(f->world, 1);
        make_file(f, 3, "zeta", "1"), make_file(f, 3, "alpha", "2"), make_dir(f, 3, "mid");
        make_file(f, 3, "alpha.1", "2");
        assert_string_equal(list(f, 3, 4096), ". .. alpha alpha.1 mid zeta ");
        assert_int_equal(stat_path(f, 3, 0, "zeta"), 0);
        assert_int_equal(fake_u64(f, RESULT_AT), 1);
        assert_int_equal(fake_u64(f, RESULT_AT + 8), 5);  // the fifth told: ".", alpha, ...
        assert_int_equal(stat_mtim(f), 1577836800000000000u);
        assert_int_equal(stat_path(f, 3, 0, "mid"), 0);
        assert_int_equal(stat_size(f), 4096);
        assert_int_equal(stat_links(f), 1);
    }
}

// --- trees and what is compiled in -------------------------------------------------

static void trees_are_filled_and_read_by_the_host(void **state)
{
    (void)state;
    weft_wasi_tree *tree = weft_wasi_tree_new(NULL);
    assert_true(weft_wasi_tree_file(tree, "/etc/motd", "hi", 2));
    assert_true(weft_wasi_tree_dir(tree, "tmp/deep/"));
    assert_false(weft_wasi_tree_file(tree, "tmp", "x", 1));
    assert_false(weft_wasi_tree_file(tree, "a/../b", "x", 1));
    assert_false(weft_wasi_tree_dir(tree, "etc/motd/x"));
    Fake f = fake_new();
    weft_wasi_mount(f.world, tree, "/", 0);
    weft_wasi_mount(f.world, tree, "/ro", WEFT_WASI_READ_ONLY);
    assert_string_equal(contents(&f, 3, "etc/motd"), "hi");
    make_file(&f, 3, "tmp/deep/out", "result");
    assert_string_equal(contents(&f, 4, "tmp/deep/out"), "result");
    u32 fd = 0;
    assert_int_equal(try_open(&f, 4, "etc/motd", 0, READ_WRITE, &fd), ERRNO_PERM);
    size_t size;
    assert_memory_equal(weft_wasi_tree_read(tree, "/tmp/deep/out", &size), "result", 6);
    assert_int_equal(size, 6);
    assert_null(weft_wasi_tree_read(tree, "tmp", &size));
    assert_null(weft_wasi_tree_read(tree, "no", &size));
    // Full is full, for contents and for names.
    weft_wasi_tree_limit(tree, 2000);
    fd = must_open(&f, 3, "big", OFLAG_CREAT, READ_WRITE);
    char text[2001];
    memset(text, 'x', 2000);
    text[2000] = '\0';
    assert_int_equal(write_text(&f, fd, text), ERRNO_NOSPC);
    assert_int_equal(write_text(&f, fd, "little"), 0);
    expect(&f, NOSPC, "fd_filestat_set_size", fd, 1000000);
    expect(&f, NOSPC, "fd_allocate", fd, 0, (u64)INT64_MAX);
    // So many empty ones, too: each takes its node, 64 bytes where pointers have 32 bits.
    u32 made = 0;
    for (char name[] = "empty0"; made < 100 && !make_dir(&f, 3, name); made++) name[5]++;
    assert_true(made > 0 && made < 2000 / 64);
    fake_free(&f);
    weft_wasi_tree_free(tree);
}

static void compiled_in_files_can_be_read(void **state)
{
    (void)state;
    static const weft_wasi_file files[] = {
        {"etc/motd", "welcome", 7},
        {"lib/a/one", "1", 1},
        {"/lib/b", "bb", 2},
        {"lib/a/two", "22", 2},
        {"library", "", 0},
        {NULL, NULL, 0},
    };
    FOR_BOTH_NAMES(f) {
        assert_true(weft_wasi_files(f.world, files, "/rom"));
        assert_string_equal(contents(&f, 3, "etc/motd"), "welcome");
        assert_string_equal(contents(&f, 3, "lib/./a/../a/two"), "22");
        assert_string_equal(contents(&f, 3, "library"), "");
        assert_string_equal(contents(&f, 3, "lib/c"), "NOENT");
        assert_string_equal(contents(&f, 3, "li"), "NOENT");
        assert_string_equal(contents(&f, 3, "etc/motd/x"), "NOTDIR");
        assert_string_equal(contents(&f, 3, "../etc/motd"), "PERM");
        assert_string_equal(list(&f, 3, 4096), ". .. etc lib library ");
        u32 lib = must_open(&f, 3, "lib", OFLAG_DIRECTORY, 0);
        assert_string_equal(list(&f, lib, 4096), ". .. a b ");
        assert_int_equal(stat_path(&f, lib, 1, "a"), 0);
        u64 ino = fake_u64(&f, RESULT_AT + 8);
        assert_int_equal(stat_path(&f, 3, 1, "lib/a/"), 0);
        assert_int_equal(fake_u64(&f, RESULT_AT + 8), ino);
        u32 fd = must_open(&f, lib, "a/two", 0, RIGHT_FD_READ);
        expect(&f, SUCCESS, "fd_seek", fd, (u64)-1, f.old ? 1 : 2, RESULT_AT);
        assert_string_equal(read_text(&f, fd), "2");
        expect(&f, SUCCESS, "fd_filestat_get", fd, RESULT_AT);
        assert_int_equal(stat_size(&f), 2);
        expect(&f, SUCCESS, "fd_fdstat_set_flags", fd, FDFLAG_APPEND);
        expect(&f, SUCCESS, "fd_advise", fd, 0, 0, 0);
        expect(&f, SUCCESS, "fd_sync", fd);
        expect(&f, PERM, "fd_filestat_set_times", fd, 0, 0, FSTFLAG_MTIM);
        assert_int_equal(try_open(&f, 3, "x", OFLAG_CREAT, READ_WRITE, &fd), ERRNO_PERM);
        assert_int_equal(try_open(&f, 3, "library", 0, READ_WRITE, &fd), ERRNO_PERM);
        assert_int_equal(make_dir(&f, 3, "x"), ERRNO_PERM);
        assert_int_equal(unlink_file(&f, 3, "library"), ERRNO_PERM);
        assert_int_equal(rename_path(&f, 3, "library", 3, "x"), ERRNO_PERM);
        assert_int_equal(link_path(&f, 3, "library", 3, "x"), ERRNO_PERM);
        assert_int_equal(make_symlink(&f, "library", 3, "x"), ERRNO_PERM);
        assert_string_equal(link_text(&f, 3, "library"), "INVAL");
    }
}

static void directories_that_are_not_there_are_told(void **state)
{
    (void)state;
    Fake f = fake_new();
    assert_false(weft_wasi_dir(f.world, "/no/such/dir", "/", 0));
    assert_string_equal(weft_wasi_error(f.world),
                        "cannot open directory /no/such/dir: no such file or directory");
    fake_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_and_reads_a_file),
        cmocka_unit_test(filestat_is_as_long_as_the_guest_expects),
        cmocka_unit_test(reads_and_writes_at_offsets),
        cmocka_unit_test(appends),
        cmocka_unit_test(sizes_can_be_set),
        cmocka_unit_test(times_can_be_set),
        cmocka_unit_test(makes_and_removes_directories),
        cmocka_unit_test(opens_directories),
        cmocka_unit_test(walks_paths_through_the_tree),
        cmocka_unit_test(follows_forty_links_and_no_more),
        cmocka_unit_test(walks_deep_paths),
        cmocka_unit_test(links_and_symlinks),
        cmocka_unit_test(renames),
        cmocka_unit_test(unlinked_files_live_while_open),
        cmocka_unit_test(numbers_are_the_lowest_free),
        cmocka_unit_test(renumbers),
        cmocka_unit_test(the_table_has_a_limit),
        cmocka_unit_test(preopens_have_names),
        cmocka_unit_test(rights_can_be_given_up),
        cmocka_unit_test(lists_directories),
        cmocka_unit_test(lists_a_hundred_entries_in_any_window),
        cmocka_unit_test(deterministic_worlds_tell_nothing_of_the_host),
        cmocka_unit_test(trees_are_filled_and_read_by_the_host),
        cmocka_unit_test(compiled_in_files_can_be_read),
        cmocka_unit_test(directories_that_are_not_there_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
