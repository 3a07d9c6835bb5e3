// weft_wasi.h -- gives a WebAssembly program the world it expects: WASI.
//
// A `weft_wasi` is one world: arguments, variables, standard streams, directories,
// clocks. Build it in a few calls, link it into a store, run the program, ask for its
// exit code, free it:
//
//     weft_wasi *world = weft_wasi_new(NULL);
//     weft_wasi_arg(world, "hello");
//     weft_wasi_inherit_stdio(world);
//     weft_wasi_dir(world, "./data", "/data", WEFT_WASI_READ_ONLY);
//     if (!weft_wasi_link(world, store, &error)) ...
//
// A new world has no arguments, no variables, no directories, and streams that are
// empty and swallow what is written: a program sees only what it was given. Both names
// of WASI are served, `wasi_snapshot_preview1` and the `wasi_unstable` of 2019 with its
// own layouts, over one table of descriptors.
//
// The building calls return false when they fail (out of memory, no such directory),
// and the world remembers the first failure: it is enough that weft_wasi_link refuses a
// world that has one, or none (NULL, when memory ran out). Strings are copied.
// A world belongs to one program and is used by one thread at a time, except for
// weft_wasi_interrupt. It must outlive the store it is linked into.
// SPDX-License-Identifier: MIT
#ifndef WEFT_WASI_H
#define WEFT_WASI_H

#include "weft.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_wasi weft_wasi;
typedef struct weft_wasi_tree weft_wasi_tree;

// --- making a world ----------------------------------------------------------------

typedef struct weft_wasi_options {
    size_t size;                      // start from WEFT_WASI_OPTIONS_INIT
    const weft_allocator *allocator;  // NULL: malloc and free. Must outlive the world
    const struct weft_port *port;     // clocks, files, waiting; NULL: the platform's own
    uint32_t fd_limit;                // most descriptors open at once; 0: 1024
} weft_wasi_options;

#define WEFT_WASI_OPTIONS_INIT WEFT_SIZED(weft_wasi_options)

// NULL options mean the defaults. NULL when memory runs out.
WEFT_API weft_wasi *weft_wasi_new(const weft_wasi_options *options);
WEFT_API void weft_wasi_free(weft_wasi *world);

// The first failure of a building call as a sentence, or NULL.
WEFT_API const char *weft_wasi_error(const weft_wasi *world);

// --- arguments and variables -------------------------------------------------------

// Appends one argument; the first is the program's name.
WEFT_API bool weft_wasi_arg(weft_wasi *world, const char *arg);
WEFT_API bool weft_wasi_args(weft_wasi *world, int argc, const char *const *argv);
// "KEY=VALUE"; a later one with the same key replaces an earlier one.
WEFT_API bool weft_wasi_env(weft_wasi *world, const char *key_value);

// --- standard streams --------------------------------------------------------------

// Streams 0, 1 and 2 are the host's. They are never made non-blocking, whatever the
// guest asks: that flag would be shared with the shell the program was started from.
WEFT_API bool weft_wasi_inherit_stdio(weft_wasi *world);
WEFT_API bool weft_wasi_inherit_stream(weft_wasi *world, int stream);

// Standard input from memory; the bytes are borrowed until the world is freed.
WEFT_API bool weft_wasi_stdin_bytes(weft_wasi *world, const void *bytes, size_t size);

// Collects what is written to stream 1 or 2. `max` bytes are kept, 0 means all; more than
// that answers the guest NOSPC. weft_wasi_join sends `stream` where `to_stream` goes.
WEFT_API bool weft_wasi_capture(weft_wasi *world, int stream, size_t max);
WEFT_API bool weft_wasi_join(weft_wasi *world, int stream, int to_stream);
// What was captured so far, until the next write; the bytes are followed by a zero that
// `size` does not count.
WEFT_API const char *weft_wasi_captured(const weft_wasi *world, int stream, size_t *size);

// Or functions. Each answers how many bytes it took or gave: fewer than `size` is fine, and
// 0 ends the input. WOULD_BLOCK makes a waiting guest wait (see weft_wasi_interrupt) and
// answers AGAIN to one that does not wait; FAILED is an input/output error.
#define WEFT_WASI_WOULD_BLOCK ((ptrdiff_t)-1)
#define WEFT_WASI_FAILED ((ptrdiff_t)-2)
typedef ptrdiff_t (*weft_wasi_read_func)(void *user, void *bytes, size_t size);
typedef ptrdiff_t (*weft_wasi_write_func)(void *user, const void *bytes, size_t size);
WEFT_API bool weft_wasi_stdin_func(weft_wasi *world, weft_wasi_read_func func, void *user);
WEFT_API bool weft_wasi_output_func(weft_wasi *world, int stream, weft_wasi_write_func func,
                                    void *user);

// --- directories -------------------------------------------------------------------

enum { WEFT_WASI_READ_ONLY = 1 };

// A directory of the host, known to the guest as `guest_name`. Nothing outside of it can
// be reached through it, whatever links it holds.
WEFT_API bool weft_wasi_dir(weft_wasi *world, const char *host_path, const char *guest_name,
                            unsigned flags);

// A tree of files in memory. It can be filled before and read after a run, and mounted in
// one world after another; it must outlive them.
WEFT_API weft_wasi_tree *weft_wasi_tree_new(const weft_wasi_options *options);
WEFT_API void weft_wasi_tree_free(weft_wasi_tree *tree);
// Puts a file there (a copy of the bytes), and the directories above it.
WEFT_API bool weft_wasi_tree_file(weft_wasi_tree *tree, const char *path, const void *bytes,
                                  size_t size);
WEFT_API bool weft_wasi_tree_dir(weft_wasi_tree *tree, const char *path);
// Files, names and contents together may take this much; what goes beyond answers NOSPC.
WEFT_API void weft_wasi_tree_limit(weft_wasi_tree *tree, size_t max_bytes);
// The contents of a file, or NULL; valid until the tree changes.
WEFT_API const void *weft_wasi_tree_read(const weft_wasi_tree *tree, const char *path,
                                         size_t *size);
WEFT_API bool weft_wasi_mount(weft_wasi *world, weft_wasi_tree *tree, const char *guest_name,
                              unsigned flags);

// A read-only tree whose names and bytes are compiled in and never copied: for devices
// without a disk. Entries are full paths ("etc/motd") in any order, directories are
// implied; a NULL path ends the array, which is borrowed until the world is freed.
typedef struct weft_wasi_file {
    const char *path;
    const void *bytes;
    size_t size;
} weft_wasi_file;
WEFT_API bool weft_wasi_files(weft_wasi *world, const weft_wasi_file *files,
                              const char *guest_name);

// A listening socket, "127.0.0.1:8080" or "[::1]:80"; the guest finds it as the first
// descriptor after the directories.
WEFT_API bool weft_wasi_tcp_listen(weft_wasi *world, const char *host_port);

// --- time, chance, and doing without them ------------------------------------------

// Clock 0 is real time since 1970, 1 is monotonic, 2 and 3 count processor time; all in
// nanoseconds. Sleeps still take their time from the port.
typedef uint64_t (*weft_wasi_clock_func)(void *user, unsigned clock);
WEFT_API void weft_wasi_clock(weft_wasi *world, weft_wasi_clock_func func, void *user);
typedef bool (*weft_wasi_random_func)(void *user, void *bytes, size_t size);
WEFT_API void weft_wasi_random(weft_wasi *world, weft_wasi_random_func func, void *user);

// Everything the world decides by itself becomes a function of `seed` and the inputs:
// time passes only by sleeping and a fixed step each reading, randomness is a generator,
// directories are listed in order of name, inode numbers and file times are made up.
WEFT_API void weft_wasi_deterministic(weft_wasi *world, uint64_t seed);

// --- watching ----------------------------------------------------------------------

// One line a call, without its newline: fd_write(1, [{0x2010, "Hello\n"}]) = 0, 6 written
typedef void (*weft_wasi_trace_func)(void *user, const char *line, size_t size);
// `filter` names the calls to show, separated by commas: "fd_write,path_*"; a '*' at the
// end stands for all that begin so. NULL or "" shows all. False if a name is unknown.
WEFT_API bool weft_wasi_trace(weft_wasi *world, const char *filter, weft_wasi_trace_func func,
                              void *user);

// --- running -----------------------------------------------------------------------

// Defines every function in the store, under both module names. False if the world could
// not be built (see weft_wasi_error) or memory runs out.
WEFT_API bool weft_wasi_link(weft_wasi *world, weft_store *store, weft_error *error);

// Has the program ended by proc_exit (or proc_raise: 128 + signal), and with what code?
WEFT_API bool weft_wasi_exited(const weft_wasi *world, uint32_t *code);

// Ends a wait of the guest (a sleep, a read from a terminal). The thread stops as by
// WEFT_RETRY: the call that waited is made again when it is resumed. For a program that
// computes use weft_store_interrupt, which does this too. Safe in a signal handler. (any thread)
WEFT_API void weft_wasi_interrupt(weft_wasi *world);

// The type a WASI function must be imported with, as "iiii:i" in the alphabet of
// weft_define_func; NULL if that module has no such function.
WEFT_API const char *weft_wasi_type(const char *module, const char *name);
// The functions by number, for lists and "did you mean": NULL past the last.
WEFT_API const char *weft_wasi_name_at(uint32_t index);

#ifdef __cplusplus
}
#endif
#endif
