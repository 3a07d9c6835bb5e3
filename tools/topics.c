// topics.c -- the pages themselves.
// SPDX-License-Identifier: MIT
#include "tools/topics.h"

#include <string.h>

const Topic topics[] = {
    {"exit-codes", "what the number at the end means",
     "  0      the program ended well\n"
     "  n      the program's own exit code, modulo 256\n"
     "  1      the module cannot be read, is not valid, or needs imports that are missing;\n"
     "         weft wast: an assertion failed\n"
     "  2      the command line is wrong\n"
     "  124    --timeout is over\n"
     "  125    --fuel is used up\n"
     "  130    Ctrl-C; a backtrace shows where the program was\n"
     "  134    the program trapped, threw an exception nobody caught, or recursed too deep;\n"
     "         a backtrace shows where\n"
     "\n"
     "Messages go to stderr as `weft: FILE: what happened`; stdout is the program's alone.\n"
     "They are coloured on a terminal, unless NO_COLOR is set.\n"},

    {"sandbox", "what a program can see of the machine, and how to let it see more",
     "A program sees its arguments, and the standard streams. Nothing else, unless you give it:\n"
     "\n"
     "  --dir HOST             the directory HOST, under the same name\n"
     "  --dir HOST::GUEST      the directory HOST, called GUEST inside\n"
     "  --dir HOST::GUEST::ro  the same, and nothing in it can be changed\n"
     "  --env KEY=VALUE        one variable; --env KEY passes yours on\n"
     "  --inherit-env          all of yours\n"
     "  --tcplisten HOST:PORT  a socket that listens there; the program can accept on it\n"
     "\n"
     "No path leads out of a directory that was given: not `..`, not an absolute path, not a\n"
     "symbolic link, not one that is swapped in at the last moment.\n"
     "\n"
     "Most programs resolve relative names against the directory called `.`, and absolute ones\n"
     "against the longest name given, so `--dir .` and `--dir DATA::/data` do what they look like.\n"},

    {"limits", "how to keep a program from taking too much",
     "  --timeout SECONDS   ends it after so long, sleeping or computing (exit code 124)\n"
     "  --fuel N            ends it after N instructions, the same on every machine (125);\n"
     "                      bulk operations cost one more for each 64 bytes\n"
     "  --max-memory BYTES  refuses to let its memories grow beyond this, all together\n"
     "  --max-stack BYTES   ends recursion with `call stack exhausted` (134); 8M unless told\n"
     "\n"
     "`--stats` shows what a program used, to choose the numbers by.\n"},

    {"toolchains", "how to build programs that run here",
     "  TinyGo   tinygo build -target=wasip1 -o app.wasm      (-target=wasi before 0.32)\n"
     "  Go       GOOS=wasip1 GOARCH=wasm go build -o app.wasm (1.21 or later)\n"
     "  Rust     cargo build --target wasm32-wasip1           (wasm32-wasi before 1.78)\n"
     "  C, C++   clang --target=wasm32-wasip1 (wasi-sdk)      -> app.wasm\n"
     "  Zig      zig build-exe -target wasm32-wasi\n"
     "\n"
     "Both names of WASI preview 1 are served: wasi_snapshot_preview1, and the wasi_unstable\n"
     "of programs from 2019 to early 2021 (TinyGo up to 0.17) with its own layouts.\n"
     "\n"
     "Libraries (TinyGo: -buildmode=c-shared, -target=wasm-unknown) have no `_start`: call what\n"
     "they export with --invoke.\n"},

    {"wasmtime", "weft under the name `wasmtime`, for `tinygo run` and `tinygo test`",
     "TinyGo starts its emulator by the name `wasmtime`. A link of that name to weft is enough:\n"
     "\n"
     "  ln -s \"$(command -v weft)\" ~/bin/wasmtime\n"
     "  tinygo run -target=wasip1 .\n"
     "\n"
     "Under that name, weft follows the other program's habits: --invoke, --env, --dir and\n"
     "--mapdir are also read directly after FILE, options that tune a compiler are ignored with\n"
     "a warning, --dir, --env, -W fuel=N, -W timeout=T, -W max-memory-size=N and -S inherit-env\n"
     "mean what they mean there, and a library without `_start` is only initialised.\n"},

    {0},
};

const Topic *topic_find(const char *name)
{
    for (const Topic *topic = topics; topic->name; topic++) {
        if (strcmp(topic->name, name) == 0) return topic;
    }
    return NULL;
}
