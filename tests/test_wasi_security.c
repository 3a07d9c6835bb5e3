// test_wasi_security.c -- what other WASI layers got wrong, and must not happen here.
//
// The names of the tests carry the class: files (P), descriptors (F), memory (M), waiting
// and hygiene (D), rights and leaks (R). What is outside is a directory next to the one that
// the guest was given; after every test it must be as it was.
// SPDX-License-Identifier: MIT
#include "tests/wasi_guest.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Xorshift: good enough to wander with.
#define NEXT_RANDOM(x) (x ^= x << 13, x ^= x >> 7, x ^= x << 17)

static Errno no_resolver(void *ctx, PortHandle dir, const char *path, u32 flags, PortHandle *file)
{
    (void)ctx, (void)dir, (void)path, (void)flags, (void)file;
    return ERRNO_NOSYS;
}

// A guest in `base`/in, beside `base`/out with a secret.
typedef struct Jail {
    Fake f;
    char base[64], path[128];
    Port walking;
    struct stat out_before, secret_before;
} Jail;

static const char *in_jail(Jail *jail, const char *below)
{
    snprintf(jail->path, sizeof jail->path, "%s/%s", jail->base, below);
    return jail->path;
}

static void jail_open(Jail *jail, bool walks)
{
    strcpy(jail->base, host_play_dir());
    host_command("cd %s && mkdir in out in/d && echo secret > out/secret && echo f > in/f"
                 " && echo x > in/d/x", jail->base);
    jail->walking = *port_native();
    jail->walking.open_beneath = no_resolver;
    jail->f = fake_new_on(walks ? &jail->walking : NULL, 0);
    assert_true(weft_wasi_dir(jail->f.world, in_jail(jail, "in"), "/", 0));
    assert_int_equal(stat(in_jail(jail, "out"), &jail->out_before), 0);
    assert_int_equal(stat(in_jail(jail, "out/secret"), &jail->secret_before), 0);
}

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static void jail_check(Jail *jail)
{
    struct stat now;
    assert_int_equal(stat(in_jail(jail, "out"), &now), 0);
    assert_true(same_time(now.st_mtim, jail->out_before.st_mtim));
    assert_int_equal(stat(in_jail(jail, "out/secret"), &now), 0);
    assert_true(same_time(now.st_mtim, jail->secret_before.st_mtim));
    assert_true(same_time(now.st_ctim, jail->secret_before.st_ctim));
    assert_int_equal(now.st_size, 7);
    // Beside the two directories there is nothing.
    int entries = 0;
    DIR *dir = opendir(jail->base);
    while (readdir(dir)) entries++;
    closedir(dir);
    assert_int_equal(entries, 4);
}

static void jail_close(Jail *jail)
{
    jail_check(jail);
    fake_free(&jail->f);
    host_command("rm -rf %s", jail->base);
}

// Runs the block that follows with the system's resolver and with our walk alone.
#define IN_JAIL(jail, f)                                                         \
    for (int walks = 0; walks < 2; walks++)                                      \
        for (Jail jail, *once = &jail; once && (jail_open(&jail, walks), true);  \
             jail_close(&jail), once = NULL)                                     \
            for (Fake *f = &jail.f; f; f = NULL)

// --- files -------------------------------------------------------------------------

// Every call that takes a path, tried on one; each must answer `wanted`.
static void try_every_call(Fake *f, u32 dir, const char *path, Errno wanted)
{
    u32 fd = 0;
    Errno got[] = {
        try_open(f, dir, path, 0, RIGHT_FD_READ, &fd),
        try_open(f, dir, path, OFLAG_CREAT, READ_WRITE, &fd),
        try_open(f, dir, path, OFLAG_CREAT | OFLAG_EXCL, READ_WRITE, &fd),
        try_open(f, dir, path, OFLAG_TRUNC, RIGHT_FD_READ, &fd),
        try_open(f, dir, path, OFLAG_DIRECTORY, 0, &fd),
        stat_path(f, dir, 1, path),
        make_dir(f, dir, path),
        remove_dir(f, dir, path),
        unlink_file(f, dir, path),
        make_symlink(f, "x", dir, path),
        rename_path(f, dir, path, dir, "moved"),
        rename_path(f, dir, "f", dir, path),
        link_path(f, dir, path, dir, "linked"),
        link_path(f, dir, "f", dir, path),
        fake_call(f, "path_readlink", ARGS(dir, PATH_AT, fake_put(f, PATH_AT, path), DATA_AT, 100,
                                           RESULT_AT)),
        fake_call(f, "path_filestat_set_times",
                  ARGS(dir, 1, PATH_AT, fake_put(f, PATH_AT, path), 1, 1,
                       FSTFLAG_ATIM | FSTFLAG_MTIM)),
    };
    for (size_t i = 0; i < COUNT_OF(got); i++)
        if (got[i] != wanted)
            fail_msg("call %d on %s: %s", (int)i, path, errno_name(got[i]));
}

static void p_no_path_leaves_a_preopen(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "..", "../", "../x", "../out/secret", "../in/f", "d/../../x", "d/../../out/secret",
        "d/../../in/f", "/x", "/", "//etc/passwd", "/etc/passwd", "./../out", "d/./.././..",
        "d/..//..", "d/../d/../..",
    };
    IN_JAIL(jail, f) {
        for (size_t i = 0; i < COUNT_OF(paths); i++) {
            try_every_call(f, 3, paths[i], ERRNO_PERM);
            jail_check(&jail);
        }
        // Nor does one leave a directory that was opened below it.
        u32 d = must_open(f, 3, "d", OFLAG_DIRECTORY, 0);
        assert_int_equal(stat_path(f, d, 1, "../f"), ERRNO_PERM);
        assert_string_equal(contents(f, d, "../../out/secret"), "PERM");
    }
}

static void p_no_link_leads_out(void **state)
{
    (void)state;
    IN_JAIL(jail, f) {
        host_command("cd %s/in && ln -s ../out up && ln -s ../../out/secret d/file"
                     " && ln -s /etc abs && ln -s /etc/passwd passwd && ln -s ../in/f round"
                     " && ln -s d/../../out two && ln -s / root && ln -s ../new dangling",
                     jail.base);
        static const char *const middle[] = {"up/secret", "abs/passwd", "two/secret", "root/etc",
                                             "up/", "up/.", "up/new", "root/", "abs/../f"};
        for (size_t i = 0; i < COUNT_OF(middle); i++) {
            u32 fd = 0;
            assert_int_equal(try_open(f, 3, middle[i], 0, RIGHT_FD_READ, &fd), ERRNO_PERM);
            assert_int_equal(try_open(f, 3, middle[i], OFLAG_CREAT, READ_WRITE, &fd), ERRNO_PERM);
            assert_int_equal(try_open_flags(f, 3, 0, middle[i], 0, RIGHT_FD_READ, 0, &fd), ERRNO_PERM);
            assert_int_equal(stat_path(f, 3, 0, middle[i]), ERRNO_PERM);
            assert_int_equal(stat_path(f, 3, 1, middle[i]), ERRNO_PERM);
            if (middle[i][strlen(middle[i]) - 1] == '/') continue;
            assert_int_equal(make_dir(f, 3, middle[i]), ERRNO_PERM);
            assert_int_equal(unlink_file(f, 3, middle[i]), ERRNO_PERM);
            assert_int_equal(rename_path(f, 3, "f", 3, middle[i]), ERRNO_PERM);
            assert_int_equal(rename_path(f, 3, middle[i], 3, "x"), ERRNO_PERM);
            assert_int_equal(link_path(f, 3, middle[i], 3, "x"), ERRNO_PERM);
            assert_int_equal(link_path(f, 3, "f", 3, middle[i]), ERRNO_PERM);
            assert_int_equal(make_symlink(f, "x", 3, middle[i]), ERRNO_PERM);
        }
        static const char *const last[] = {"up", "abs", "d/file", "passwd", "round", "two",
                                           "root", "dangling"};
        for (size_t i = 0; i < COUNT_OF(last); i++) {
            u32 fd = 0;
            // Followed, it is refused: for reading, and for creating and writing.
            assert_int_equal(try_open(f, 3, last[i], 0, RIGHT_FD_READ, &fd), ERRNO_PERM);
            assert_int_equal(try_open(f, 3, last[i], OFLAG_CREAT, READ_WRITE, &fd), ERRNO_PERM);
            assert_int_equal(try_open(f, 3, last[i], OFLAG_CREAT | OFLAG_TRUNC, READ_WRITE, &fd),
                             ERRNO_PERM);
            assert_int_equal(try_open_flags(f, 3, 0, last[i], 0, RIGHT_FD_READ, 0, &fd), ERRNO_LOOP);
            assert_int_equal(stat_path(f, 3, 1, last[i]), ERRNO_PERM);
            u32 size = fake_put(f, PATH_AT, last[i]);
            expect(f, PERM, "path_filestat_set_times", 3, 1, PATH_AT, size, 1, 1,
                   FSTFLAG_ATIM | FSTFLAG_MTIM);
            // The link itself is the guest's to look at and to change.
            assert_int_equal(stat_path(f, 3, 0, last[i]), 0);
            assert_int_not_equal(strlen(link_text(f, 3, last[i])), 0);
            size = fake_put(f, PATH_AT, last[i]);
            expect(f, SUCCESS, "path_filestat_set_times", 3, 0, PATH_AT, size, 1, 1,
                   FSTFLAG_ATIM | FSTFLAG_MTIM);
        }
        assert_int_equal(rename_path(f, 3, "passwd", 3, "renamed"), 0);
        assert_int_equal(unlink_file(f, 3, "renamed"), 0);
    }
}

// What a path leads to: an errno, or the inode (and the text of a link).
static void outcome(Fake *f, u32 dir, const char *path, int question, char *text, size_t room)
{
    u32 fd = 0;
    Errno error = question < 2    ? stat_path(f, dir, (u32)question, path)
                  : question == 2 ? try_open(f, dir, path, 0, RIGHT_FD_READ, &fd)
                                  : ERRNO_SUCCESS;
    if (question == 3) {
        snprintf(text, room, "%.200s", link_text(f, dir, path));
        return;
    }
    if (question == 2 && !error) error = fake_call(f, "fd_filestat_get", ARGS(fd, RESULT_AT));
    if (question == 2 && fd) close_fd(f, fd);
    snprintf(text, room, "%s %llu", errno_name(error),
             error ? 0 : (unsigned long long)fake_u64(f, RESULT_AT + 8));
}

// Random paths through a tree of directories, files and links that lead in, out and round.
static void p_the_short_cut_and_the_walk_agree(void **state)
{
    (void)state;
    static const char *const words[] = {"a", "b", "f", "up", "out", "self", "root", "in", "deep",
                                        "nil", "..", "..", ".", "", "none", "a/b", "a/b/c"};
    Jail jail;
    jail_open(&jail, false);
    host_command("cd %s/in && mkdir -p a/b/c b && touch a/f a/b/f && ln -s .. a/up && ln -s ../../out a/out"
                 " && ln -s self self && ln -s / root && ln -s a/b in && ln -s a/b/c deep"
                 " && ln -s ../.. a/b/c/up && ln -s none nil && ln -s ../f b/in && ln -s a/b/f b/f"
                 " && ln -s ../in/a a/in", jail.base);
    Port walking = *port_native();
    walking.open_beneath = no_resolver;
    Fake other = fake_new_on(&walking, 0);
    assert_true(weft_wasi_dir(other.world, in_jail(&jail, "in"), "/", 0));
    u64 random = 1442695040888963407u;
    u32 reached = 0;
    for (int round = 0; round < 6000; round++) {
        char path[128] = "", one[256], two[256];
        NEXT_RANDOM(random);
        for (u64 n = 1 + (random >> 20) % 5; n > 0; n--) {
            NEXT_RANDOM(random);
            strcat(path, words[(random >> 20) % COUNT_OF(words)]);
            if (n > 1 || (random >> 50) % 4 == 0) strcat(path, "/");
        }
        int question = round % 4;
        outcome(&jail.f, 3, path, question, one, sizeof one);
        outcome(&other, 3, path, question, two, sizeof two);
        if (strcmp(one, two) != 0) fail_msg("'%s': short cut %s, walk %s", path, one, two);
        reached += strncmp(one, "SUCCESS", 7) == 0;
    }
    assert_true(reached > 300);
    fake_free(&other);
    jail_close(&jail);
}

static void p_without_directories_no_path_call_succeeds(void **state)
{
    (void)state;
    Fake f = fake_new();
    for (u32 fd = 0; fd < 16; fd++) {
        expect(&f, BADF, "fd_prestat_get", fd, RESULT_AT);
        try_every_call(&f, fd, "etc", fd < 3 ? ERRNO_NOTDIR : ERRNO_BADF);
    }
    fake_free(&f);
}

static void p_magic_links_are_not_followed(void **state)
{
    (void)state;
    for (int walks = 0; walks < 2; walks++) {
        Port walking = *port_native();
        walking.open_beneath = no_resolver;
        Fake f = fake_new_on(walks ? &walking : NULL, 0);
        if (weft_wasi_dir(f.world, "/proc", "/proc", 0)) {
            u32 fd = 0;
            assert_int_equal(try_open(&f, 3, "self/root", OFLAG_DIRECTORY, 0, &fd), ERRNO_PERM);
            assert_int_equal(try_open(&f, 3, "self/root/etc", OFLAG_DIRECTORY, 0, &fd), ERRNO_PERM);
            assert_int_equal(try_open(&f, 3, "self/cwd/x", 0, 0, &fd), ERRNO_PERM);
            Errno error = try_open(&f, 3, "self/fd/0", 0, RIGHT_FD_READ, &fd);
            assert_true(error == ERRNO_PERM || error == ERRNO_NOENT);
        }
        fake_free(&f);
    }
}

static void p_opening_a_fifo_returns(void **state)
{
    (void)state;
    IN_JAIL(jail, f) {
        assert_int_equal(mkfifo(in_jail(&jail, "in/fifo"), 0600), 0);
        u32 fd = 0, other = 0;
        alarm(10);
        assert_int_equal(try_open(f, 3, "fifo", 0, RIGHT_FD_WRITE, &fd), ERRNO_NXIO);
        assert_int_equal(try_open(f, 3, "fifo", 0, RIGHT_FD_READ, &fd), 0);
        assert_int_equal(try_open(f, 3, "fifo", 0, RIGHT_FD_WRITE, &other), 0);
        expect(f, SUCCESS, "fd_fdstat_get", fd, RESULT_AT);
        assert_int_equal(f->memory[RESULT_AT], FILETYPE_UNKNOWN);
        assert_int_equal(write_text(f, other, "through"), 0);
        assert_string_equal(read_text(f, fd), "through");
        // D7: nobody reads any more. This test's own SIGPIPE is as a program's: it would die.
        signal(SIGPIPE, SIG_DFL);
        close_fd(f, fd);
        assert_int_equal(write_text(f, other, "nobody"), ERRNO_PIPE);
        alarm(0);
    }
}

static void p_read_only_preopens_do_not_change(void **state)
{
    (void)state;
    IN_JAIL(jail, f) {
        host_command("cd %s && ln -s f in/link && mkdir rw && mv rw in/", jail.base);
        assert_true(weft_wasi_dir(f->world, in_jail(&jail, "in"), "/ro", WEFT_WASI_READ_ONLY));
        struct stat before, after;
        stat(in_jail(&jail, "in/f"), &before);
        u32 fd = 0, ro = 4, file = must_open(f, ro, "f", 0, RIGHT_FD_READ);
        u32 sub = must_open(f, ro, ".", OFLAG_DIRECTORY, 0);
        for (u32 dir = ro; dir; dir = dir == ro ? sub : 0) {
            assert_string_equal(contents(f, dir, "f"), "f\n");
            assert_string_equal(contents(f, dir, "link"), "f\n");
            assert_int_equal(try_open(f, dir, "f", OFLAG_TRUNC, RIGHT_FD_READ, &fd), ERRNO_PERM);
            assert_int_equal(try_open(f, dir, "f", OFLAG_TRUNC, 0, &fd), ERRNO_PERM);
            assert_int_equal(try_open(f, dir, "new", OFLAG_CREAT, RIGHT_FD_READ, &fd), ERRNO_PERM);
            assert_int_equal(try_open(f, dir, "f", 0, RIGHT_FD_WRITE, &fd), ERRNO_PERM);
            assert_int_equal(try_open(f, dir, "f", 0, RIGHT_FD_ALLOCATE, &fd), ERRNO_PERM);
            assert_int_equal(make_dir(f, dir, "new"), ERRNO_PERM);
            assert_int_equal(remove_dir(f, dir, "rw"), ERRNO_PERM);
            assert_int_equal(unlink_file(f, dir, "f"), ERRNO_PERM);
            assert_int_equal(make_symlink(f, "f", dir, "new"), ERRNO_PERM);
            u32 size = fake_put(f, PATH_AT, "f");
            expect(f, PERM, "path_filestat_set_times", dir, 1, PATH_AT, size, 1, 1,
                   FSTFLAG_ATIM | FSTFLAG_MTIM);
            expect(f, PERM, "fd_filestat_set_times", dir, 1, 1, FSTFLAG_MTIM);
            // P9: out of it, into it, and around in it.
            assert_int_equal(link_path(f, dir, "f", 3, "stolen"), ERRNO_PERM);
            assert_int_equal(link_path(f, 3, "f", dir, "given"), ERRNO_PERM);
            assert_int_equal(rename_path(f, dir, "f", 3, "stolen"), ERRNO_PERM);
            assert_int_equal(rename_path(f, 3, "f", dir, "given"), ERRNO_PERM);
            assert_int_equal(rename_path(f, dir, "f", dir, "g"), ERRNO_PERM);
        }
        assert_int_equal(write_text(f, file, "x"), ERRNO_BADF);
        expect(f, NOTCAPABLE, "fd_filestat_set_size", file, 0);
        expect(f, BADF, "fd_allocate", file, 0, 10);
        expect(f, PERM, "fd_filestat_set_times", file, 1, 1, FSTFLAG_MTIM);
        stat(in_jail(&jail, "in/f"), &after);
        assert_true(same_time(before.st_mtim, after.st_mtim));
        assert_true(same_time(before.st_ctim, after.st_ctim));
        assert_string_equal(contents(f, 3, "f"), "f\n");
    }
}

// --- P8: files swapped for links while the guest works -----------------------------

static volatile sig_atomic_t race_is_over;

static void end_race(int signal_number)
{
    (void)signal_number;
    race_is_over = 1;
}

// Swaps in/d, a directory, with in/l, a link to what is outside, as fast as it can.
static void swap_without_end(const char *base)
{
    pid_t parent = getppid();
    signal(SIGTERM, end_race);
    if (chdir(base) || chdir("in")) _exit(1);
    while (!race_is_over && getppid() == parent) {
        if (rename("d", "tmp") || rename("l", "d")) _exit(2);
        if (rename("d", "l") || rename("tmp", "d")) _exit(3);
    }
    _exit(0);
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

// What the guest does meanwhile. Any errno is fine; touching what is outside is not.
static u32 race_once(Fake *f, u32 *reached)
{
    u32 fd = 0, opened = 0;
    if (!try_open(f, 3, "d/secret", 0, RIGHT_FD_READ, &fd)) {
        const char *text = read_text(f, fd);
        if (strcmp(text, "decoy") != 0) fail_msg("read from outside: %s", text);
        close_fd(f, fd);
        ++*reached, opened++;
    }
    if (!try_open(f, 3, "d/new", OFLAG_CREAT, READ_WRITE, &fd)) {
        write_text(f, fd, "mine");
        close_fd(f, fd);
        opened++;
    }
    rename_path(f, 3, "f", 3, "d/moved");
    rename_path(f, 3, "d/moved", 3, "f");
    make_dir(f, 3, "d/sub"), remove_dir(f, 3, "d/sub");
    link_path(f, 3, "f", 3, "d/hard"), unlink_file(f, 3, "d/hard");
    make_symlink(f, "x", 3, "d/soft"), unlink_file(f, 3, "d/soft");
    unlink_file(f, 3, "d/new");
    if (!try_open(f, 3, "d/../d/secret", OFLAG_TRUNC, READ_WRITE, &fd)) {
        write_text(f, fd, "decoy");
        close_fd(f, fd);
    }
    return opened;
}

static void p_swapping_links_gains_nothing(void **state)
{
    (void)state;
    const char *wanted = getenv("WEFT_RACE_SECONDS");
    double seconds = wanted ? atof(wanted) : 0.5;
    IN_JAIL(jail, f) {
        host_command("cd %s && ln -s ../out in/l && printf decoy > in/d/secret", jail.base);
        pid_t child = fork();
        if (child == 0) swap_without_end(jail.base);
        double end = seconds_now() + seconds / 2;
        u32 rounds = 0, reached = 0;
        while (seconds_now() < end) {
            race_once(f, &reached);
            rounds++;
            // The file that is renamed to and fro may be left on the far side of a swap.
            if (stat_path(f, 3, 0, "f")) make_file(f, 3, "f", "again");
        }
        kill(child, SIGTERM);
        int status;
        waitpid(child, &status, 0);
        assert_int_equal(status, 0);
        assert_true(rounds > 10);
        if (wanted) print_message("%u rounds, %u of them reached the decoy\n", rounds, reached);
    }
}

// --- descriptors -------------------------------------------------------------------

static int host_descriptors(void)
{
    int count = 0;
    DIR *dir = opendir("/proc/self/fd");
    if (!dir) return 0;
    while (readdir(dir)) count++;
    closedir(dir);
    return count;
}

static void f_renumbering_leaks_nothing(void **state)
{
    (void)state;
    IN_JAIL(jail, f) {
        u32 a = must_open(f, 3, "f", 0, RIGHT_FD_READ);
        int before = host_descriptors();
        for (int i = 0; i < 2000; i++) {
            u32 b = must_open(f, 3, "f", 0, RIGHT_FD_READ);
            expect(f, SUCCESS, "fd_renumber", b, a);
            expect(f, SUCCESS, "fd_renumber", a, a);
        }
        assert_int_equal(host_descriptors(), before);
        close_fd(f, a);
        expect(f, BADF, "fd_renumber", 3, a);
        assert_int_equal(must_open(f, 3, "f", 0, RIGHT_FD_READ), a);
    }
}

static void f_any_number_is_a_bad_descriptor(void **state)
{
    (void)state;
    static const u32 numbers[] = {4, 5, 127, 1023, 1024, 65536, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
    IN_JAIL(jail, f) {
        for (int old = 0; old < 2; old++) {
            f->old = old;
            for (u32 i = 0; i < CALL_COUNT; i++) {
                const CallRow *row = &call_rows[i];
                if (old && !row->is_in_unstable) continue;
                const Link *link = fake_link(f, row->name);
                if (link->fd_param < 0) continue;
                for (size_t n = 0; n < COUNT_OF(numbers); n++) {
                    u64 args[10] = {0};
                    args[link->fd_param] = numbers[n];
                    Errno got = fake_call_args(f, row->name, args);
                    if (got != ERRNO_BADF) fail_msg("%s: %s", row->name, errno_name(got));
                }
            }
        }
    }
}

static void f_descriptors_of_the_host_run_out_politely(void **state)
{
    (void)state;
    IN_JAIL(jail, f) {
        struct rlimit before, few = {.rlim_cur = 40, .rlim_max = 0};
        getrlimit(RLIMIT_NOFILE, &before);
        few.rlim_max = before.rlim_max;
        setrlimit(RLIMIT_NOFILE, &few);
        u32 fd = 0, opened = 0;
        Errno error;
        while (!(error = try_open(f, 3, "d/x", 0, RIGHT_FD_READ, &fd))) opened++;
        assert_int_equal(error, ERRNO_MFILE);
        assert_true(opened > 10);
        assert_int_equal(stat_path(f, 3, 1, "f"), 0);
        close_fd(f, fd), close_fd(f, fd - 1);
        assert_string_equal(contents(f, 3, "d/x"), "x\n");
        setrlimit(RLIMIT_NOFILE, &before);
    }
}

// --- memory ------------------------------------------------------------------------

static void m_iovecs_are_checked_before_anything_moves(void **state)
{
    (void)state;
    const u32 end = FAKE_MEMORY;
    static const char *const calls[] = {"fd_read", "fd_write", "fd_pread", "fd_pwrite"};
    IN_JAIL(jail, f) {
        for (int old = 0; old < 2; old++) {
            f->old = old;
            u32 fd = must_open(f, 3, "data", OFLAG_CREAT | OFLAG_TRUNC, READ_WRITE);
            write_text(f, fd, "0123456789");
            for (size_t i = 0; i < COUNT_OF(calls); i++) {
                bool at = strstr(calls[i], "fd_p") != NULL;
                u32 result = RESULT_AT;
#define IO(iovecs, count) \
    fake_call(f, calls[i], at ? ARGS(fd, iovecs, count, 0, result) : ARGS(fd, iovecs, count, result))
                // The array: its end, one past, wrapping, and count * 8 past 32 bits.
                fake_iovec(f, end - 8, DATA_AT, 1);
                assert_int_equal(IO(end - 8, 1), 0);
                assert_int_equal(IO(end - 7, 1), ERRNO_FAULT);
                assert_int_equal(IO(end, 1), ERRNO_FAULT);
                assert_int_equal(IO(0xFFFFFFF8, 1), ERRNO_FAULT);
                assert_int_equal(IO(IOVEC_AT, 0x20000000), ERRNO_FAULT);
                assert_int_equal(IO(IOVEC_AT, 0x20000001), ERRNO_FAULT);
                assert_int_equal(IO(IOVEC_AT, 0xFFFFFFFF), ERRNO_FAULT);
                assert_int_equal(IO(0xFFFFFFFF, 0), 0);
                // A piece: the second is bad, so the first does not move either.
                u64 sizes[][2] = {{end - 1, 2}, {end, 1}, {0, end + 1}, {0xFFFFFFFF, 1},
                                  {0xFFFFFFFF, 0xFFFFFFFF}, {1, 0xFFFFFFFF}, {end - 4, 0xFFFFFFFC}};
                for (size_t s = 0; s < COUNT_OF(sizes); s++) {
                    fake_iovec(f, IOVEC_AT, DATA_AT, 3);
                    fake_iovec(f, IOVEC_AT + 8, (u32)sizes[s][0], (u32)sizes[s][1]);
                    fake_call(f, "fd_seek", ARGS(fd, 2, old ? 2 : 0, DATA_AT + 64));
                    memset(f->memory + DATA_AT, 'Z', 4);
                    result = RESULT_AT + 64;
                    store_u32(f->memory + result, 77);
                    assert_int_equal(IO(IOVEC_AT, 2), ERRNO_FAULT);
                    assert_int_equal(fake_u32(f, result), 77);
                    assert_memory_equal(f->memory + DATA_AT, "ZZZZ", 4);
                    fake_call(f, "fd_tell", ARGS(fd, DATA_AT + 64));
                    assert_int_equal(fake_u64(f, DATA_AT + 64), 2);
                    result = RESULT_AT;
                }
                // So does a result pointer that is bad.
                fake_iovec(f, IOVEC_AT, DATA_AT, 3);
                result = end - 3;
                assert_int_equal(IO(IOVEC_AT, 1), ERRNO_FAULT);
                fake_call(f, "fd_tell", ARGS(fd, DATA_AT + 64));
                assert_int_equal(fake_u64(f, DATA_AT + 64), 2);
                // An empty piece may point anywhere; one that ends at the end is fine.
                result = RESULT_AT;
                fake_iovec(f, IOVEC_AT, 0xFFFFFFFF, 0);
                assert_int_equal(IO(IOVEC_AT, 1), 0);
                fake_iovec(f, IOVEC_AT, end - 1, 1);
                assert_int_equal(IO(IOVEC_AT, 1), 0);
#undef IO
            }
            close_fd(f, fd);
        }
    }
}

static void m_thousands_of_iovecs_move_in_groups(void **state)
{
    (void)state;
    enum { PIECES = 3000 };
    IN_JAIL(jail, f) {
        u32 fd = must_open(f, 3, "data", OFLAG_CREAT, READ_WRITE);
        for (u32 i = 0; i < PIECES; i++) fake_iovec(f, DATA_AT + i * 8, 0x80000 + i * 2, i % 3);
        for (u32 i = 0; i < PIECES * 2; i++) f->memory[0x80000 + i] = (u8)(i * 7 >> 3);
        expect(f, SUCCESS, "fd_write", fd, DATA_AT, PIECES, RESULT_AT);
        assert_int_equal(fake_u32(f, RESULT_AT), PIECES);
        for (u32 i = 0; i < PIECES; i++) fake_iovec(f, DATA_AT + i * 8, 0xA0000 + i * 2, i % 3);
        expect(f, SUCCESS, "fd_pread", fd, DATA_AT, PIECES, 0, RESULT_AT);
        assert_int_equal(fake_u32(f, RESULT_AT), PIECES);
        for (u32 i = 0; i < PIECES; i++)
            assert_memory_equal(f->memory + 0x80000 + i * 2, f->memory + 0xA0000 + i * 2, i % 3);
        // The same piece a thousand times: a sum larger than memory, still in groups.
        for (u32 i = 0; i < 1200; i++) fake_iovec(f, DATA_AT + i * 8, 0x80000, 1000);
        expect(f, SUCCESS, "fd_pwrite", fd, DATA_AT, 1200, 0, RESULT_AT);
        assert_int_equal(fake_u32(f, RESULT_AT), 1200000);
    }
}

static void m_results_may_lie_anywhere(void **state)
{
    (void)state;
    IN_JAIL(jail, f) {
        // The count goes where the array of iovecs was, which is read before.
        u32 fd = must_open(f, 3, "f", 0, RIGHT_FD_READ);
        fake_iovec(f, IOVEC_AT, IOVEC_AT, 2);  // and the bytes too
        expect(f, SUCCESS, "fd_read", fd, IOVEC_AT, 1, IOVEC_AT);
        assert_int_equal(fake_u32(f, IOVEC_AT), 2);
        // A path in the last bytes of memory.
        memcpy(f->memory + FAKE_MEMORY - 1, "f", 1);
        expect(f, SUCCESS, "path_filestat_get", 3, 0, FAKE_MEMORY - 1, 1, RESULT_AT + 1);
        expect(f, FAULT, "path_filestat_get", 3, 0, FAKE_MEMORY - 1, 2, RESULT_AT + 1);
    }
}

static void ignore_line(void *user, const char *line, size_t size)
{
    (void)user;
    assert_int_equal(strlen(line), size);
}

// Every function with arguments that are mostly wrong: none may crash, hang, or touch what
// is outside.
static void m_random_calls_do_no_harm(void **state)
{
    (void)state;
    static const u64 odd[] = {0, 1, 2, 3, 4, 5, 8, 64, 100, 4096, 65536, FAKE_MEMORY - 8,
                              FAKE_MEMORY - 1, FAKE_MEMORY, FAKE_MEMORY + 1, 0x7FFFFFFF, 0x80000000,
                              0xFFFFFFFF, 0x20000000, (u64)1 << 32, (u64)1 << 63, (u64)-1};
    static const char *const texts[] = {"f", "d", "d/x", "..", "../out/secret", "new", "/", "d/.."};
    IN_JAIL(jail, f) {
        weft_wasi_capture(f->world, 1, 1 << 16);
        weft_wasi_trace(f->world, NULL, ignore_line, NULL);
        u64 random = 88172645463325252u;
        for (int round = 0; round < 30000; round++) {
            if (round % 64 == 0)
                for (u32 i = 0; i < 512; i += 16)
                    strcpy((char *)f->memory + i, texts[NEXT_RANDOM(random) % COUNT_OF(texts)]);
            const CallRow *row = &call_rows[NEXT_RANDOM(random) % CALL_COUNT];
            f->old = round & 1;
            if (f->old && !row->is_in_unstable) continue;
            if (strcmp(row->name, "poll_oneoff") == 0) continue;  // sleeps; see test_wasi_poll.c
            u64 args[10];
            for (u32 i = 0; i < 10; i++) {
                args[i] = odd[NEXT_RANDOM(random) % COUNT_OF(odd)];
                if (NEXT_RANDOM(random) % 3 == 0) args[i] = NEXT_RANDOM(random) % 512;
            }
            const Link *link = fake_link(f, row->name);
            if (link->fd_param >= 0 && NEXT_RANDOM(random) % 4)
                args[link->fd_param] = NEXT_RANDOM(random) % 3 ? 3 : 4 + NEXT_RANDOM(random) % 4;
            // Sizes of terabytes are refused or sparse; a disk full of zeros is not the point.
            if (strcmp(row->name, "fd_allocate") == 0) args[2] %= 100000, args[1] %= 100000;
            if (strcmp(row->name, "fd_close") == 0 && args[0] <= 3) continue;
            if (strcmp(row->name, "fd_renumber") == 0 && (args[0] <= 3 || args[1] <= 3)) continue;
            if (strcmp(row->name, "fd_fdstat_set_rights") == 0 && args[0] <= 3) continue;
            Errno error = fake_call_args(f, row->name, args);
            assert_true(error < ERRNO_COUNT);
        }
        host_command("chmod -R u+rwX %s/in", jail.base);
    }
}

// --- waiting and hygiene -----------------------------------------------------------

static void d_inherited_streams_stay_blocking(void **state)
{
    (void)state;
    int flags[3];
    for (int fd = 0; fd < 3; fd++) flags[fd] = fcntl(fd, F_GETFL);
    Fake f = fake_new();
    weft_wasi_inherit_stdio(f.world);
    for (u32 fd = 0; fd < 3; fd++) {
        expect(&f, SUCCESS, "fd_fdstat_set_flags", fd, FDFLAG_NONBLOCK);
        expect(&f, SUCCESS, "fd_fdstat_get", fd, RESULT_AT);
        assert_int_equal(load_u16(f.memory + RESULT_AT + 2), FDFLAG_NONBLOCK);
        assert_int_equal(fcntl((int)fd, F_GETFL), flags[fd]);
    }
    fake_free(&f);
    for (int fd = 0; fd < 3; fd++) assert_int_equal(fcntl(fd, F_GETFL), flags[fd]);
}

static void d_wild_times_are_clamped(void **state)
{
    (void)state;
    IN_JAIL(jail, f) {
        struct timespec times[2] = {{.tv_sec = -2147483648}, {.tv_sec = -1, .tv_nsec = 5}};
        utimensat(AT_FDCWD, in_jail(&jail, "in/f"), times, 0);
        assert_int_equal(stat_path(f, 3, 0, "f"), 0);
        assert_int_equal(fake_u64(f, RESULT_AT + 40), 0);
        assert_int_equal(fake_u64(f, RESULT_AT + 48), 0);
        // As far as the host's own type reaches: 32 bits on some.
        times[0].tv_sec = times[1].tv_sec = (time_t)(sizeof(time_t) > 4 ? (s64)1 << 40 : INT32_MAX);
        utimensat(AT_FDCWD, in_jail(&jail, "in/f"), times, 0);
        assert_int_equal(stat_path(f, 3, 0, "f"), 0);
    }
}

static void d_own_descriptors_are_closed_on_exec(void **state)
{
    (void)state;
    IN_JAIL(jail, f) {
        must_open(f, 3, "f", 0, RIGHT_FD_READ);
        must_open(f, 3, "d", OFLAG_DIRECTORY, 0);
        for (u32 fd = 3; fd < 6; fd++)
            assert_true(fcntl((int)f->world->descs[fd].handle, F_GETFD) & FD_CLOEXEC);
    }
}

static void r_the_parent_of_a_root_stays_unknown(void **state)
{
    (void)state;
    IN_JAIL(jail, f) {
        assert_int_equal(stat_path(f, 3, 0, "."), 0);
        u64 root = fake_u64(f, RESULT_AT + 8);
        expect(f, SUCCESS, "fd_readdir", 3, DATA_AT, 24 + 1 + 24 + 2, 0, RESULT_AT);
        assert_int_equal(fake_u64(f, DATA_AT + 8), root);
        assert_memory_equal(f->memory + DATA_AT + 25 + 24, "..", 2);
        assert_int_equal(fake_u64(f, DATA_AT + 25 + 8), root);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p_no_path_leaves_a_preopen),
        cmocka_unit_test(p_no_link_leads_out),
        cmocka_unit_test(p_the_short_cut_and_the_walk_agree),
        cmocka_unit_test(p_without_directories_no_path_call_succeeds),
        cmocka_unit_test(p_magic_links_are_not_followed),
        cmocka_unit_test(p_opening_a_fifo_returns),
        cmocka_unit_test(p_read_only_preopens_do_not_change),
        cmocka_unit_test(p_swapping_links_gains_nothing),
        cmocka_unit_test(f_renumbering_leaks_nothing),
        cmocka_unit_test(f_any_number_is_a_bad_descriptor),
        cmocka_unit_test(f_descriptors_of_the_host_run_out_politely),
        cmocka_unit_test(m_iovecs_are_checked_before_anything_moves),
        cmocka_unit_test(m_thousands_of_iovecs_move_in_groups),
        cmocka_unit_test(m_results_may_lie_anywhere),
        cmocka_unit_test(m_random_calls_do_no_harm),
        cmocka_unit_test(d_inherited_streams_stay_blocking),
        cmocka_unit_test(d_wild_times_are_clamped),
        cmocka_unit_test(d_own_descriptors_are_closed_on_exec),
        cmocka_unit_test(r_the_parent_of_a_root_stays_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
