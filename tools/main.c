// main.c -- `weft`: picks the verb and lets it do its work.
//
//     weft VERB [options] ...      weft FILE [args...]  means  weft run FILE [args...]
//
// Started through a link named `wasmtime` it follows that program's habits instead, see
// wasmtime.c.
// SPDX-License-Identifier: MIT
#include "tools/tools.h"

#include <stdio.h>

#include "tools/process.h"
#include "tools/wasmtime.h"

const Verb *const all_verbs[] = {
    &verb_run,      &verb_validate, &verb_inspect,    &verb_wast,    &verb_wat2wasm,
    &verb_wasm2wat, &verb_help,     &verb_completion, &verb_version, NULL,
};

const Verb *verb_find(const char *name)
{
    for (const Verb *const *verb = all_verbs; *verb; verb++) {
        if (strcmp((*verb)->name, name) == 0) return *verb;
    }
    return NULL;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool file_exists(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file) fclose(file);
    return file != NULL;
}

// A word that is no verb is a file if there is one, or if only a file is written like that.
static bool means_file(const char *word)
{
    return strcmp(word, "-") == 0 || strpbrk(word, "./") || file_exists(word);
}

static int complain_unknown_verb(const char *word)
{
    Nearest near;
    nearest_begin(&near, word, strlen(word));
    for (const Verb *const *verb = all_verbs; *verb; verb++) {
        nearest_add(&near, (*verb)->name, strlen((*verb)->name));
    }
    const char *meant = nearest_end(&near);
    if (meant) {
        return complain_usage(NULL, "no verb and no file is called '%s'; did you mean '%s'?",
                              word, meant);
    }
    return complain_usage(NULL, "no verb and no file is called '%s'", word);
}

// Options before any verb: those of `run`, --help and --version.
static int main_option(int argc, char **argv)
{
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        return verb_help.main(&verb_help, argc - 2, argv + 2);
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        return verb_version.main(&verb_version, argc - 2, argv + 2);
    }
    return verb_run.main(&verb_run, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    process_begin();
    if (argc > 0 && wasmtime_is_name(base_name(argv[0]))) return wasmtime_main(argc, argv);
    if (argc < 2) {
        complain(NULL, "what shall be run?");
        advise("weft FILE [args...] runs a program; 'weft help' tells everything else");
        return EXIT_USAGE;
    }
    const Verb *verb = verb_find(argv[1]);
    if (verb) return verb->main(verb, argc - 2, argv + 2);
    if (argv[1][0] == '-' && argv[1][1]) return main_option(argc, argv);
    if (!means_file(argv[1])) return complain_unknown_verb(argv[1]);
    return verb_run.main(&verb_run, argc - 1, argv + 1);
}
