// wasmtime.c -- weft started through a link named `wasmtime`.
//
// TinyGo runs what it built through an emulator of that name, and passes directories and
// variables only to a program called so. These are the lines it composes, over the years:
//
//     wasmtime FILE args                                           TinyGo 0.13
//     wasmtime FILE --env K=V args                                 later
//     wasmtime --mapdir=/tmp::TMP FILE --env K=V args
//     wasmtime --dir=TMP::/tmp FILE --env K=V args
//     wasmtime run --dir=.. --dir=. --dir=TMP::/tmp FILE -test.v
//     wasmtime run --dir=. --dir=WD --env=PWD=WD --env K=V --dir=TMP::/tmp FILE args
//
// So the line is translated into one of weft's, by the table wasmtime.def. The two
// differ in three ways: the options --invoke, --env, --dir and --mapdir are also read right
// after FILE; what tunes a compiler is passed over; and a module without `_start` is
// initialised and that is that.
// SPDX-License-Identifier: MIT
#include "tools/wasmtime.h"

#include <stdio.h>
#include <stdlib.h>

typedef enum TheirKind { THEIR_FLAG, THEIR_VALUE } TheirKind;

typedef struct TheirOption {
    const char *name;
    char letter;
    TheirKind kind;
    const char *ours;
} TheirOption;

static const TheirOption their_options[] = {
#define THEIRS(name, letter, kind, ours) {name, letter, THEIR_##kind, ours},
#define GROUPED(name, kind, ours)
#include "tools/wasmtime.def"
#undef THEIRS
#undef GROUPED
};

static const TheirOption their_grouped[] = {
#define THEIRS(name, letter, kind, ours)
#define GROUPED(name, kind, ours) {name, 0, THEIR_##kind, ours},
#include "tools/wasmtime.def"
#undef THEIRS
#undef GROUPED
};

// Those that are read after FILE as well.
static const char *const late_options[] = {"invoke", "env", "dir", "mapdir"};

// What they do that is not running a program.
static const char *const their_verbs[] = {
    "compile", "config", "explore", "objdump", "serve", "settings", "wizer",
};

// The line being made: our words, the strings among them that had to be composed.
typedef struct TheirLine {
    char **words;
    char **owned;
    int count, owned_count;
} TheirLine;

bool wasmtime_is_name(const char *name)
{
    return strcmp(name, "wasmtime") == 0 || strcmp(name, "wasmtime.exe") == 0;
}

static void line_add(TheirLine *line, char *word)
{
    line->words[line->count++] = word;
}

// Adds "--ours=value" or "--ours". Every word of theirs becomes at most one of ours, or one
// for each comma in it, so the arrays cannot be too short.
static void line_add_option(TheirLine *line, const char *ours, const char *value, size_t size)
{
    size_t room = strlen(ours) + size + 4;
    char *word = malloc(room);
    if (!word) return;
    if (value) {
        snprintf(word, room, "--%s=%.*s", ours, (int)size, value);
    } else {
        snprintf(word, room, "--%s", ours);
    }
    line->owned[line->owned_count++] = word;
    line_add(line, word);
}

static void add_known(TheirLine *line, const TheirOption *option, const char *value, size_t size)
{
    if (!option->ours) return;
    if (!*option->ours) {
        warn("--%s changes nothing here", option->name);
    } else {
        line_add_option(line, option->ours, option->kind == THEIR_VALUE ? value : NULL, size);
    }
}

// "key", "key=value", "key=y": one member of -W and its like.
static void add_grouped(TheirLine *line, const TheirOption *group, const char *text, size_t size)
{
    const char *equals = memchr(text, '=', size);
    size_t key = equals ? (size_t)(equals - text) : size;
    const char *value = equals ? equals + 1 : "";
    size_t value_size = equals ? size - key - 1 : 0;
    for (size_t i = 0; i < COUNT_OF(their_grouped); i++) {
        const TheirOption *o = &their_grouped[i];
        if (strlen(o->name) != key || memcmp(o->name, text, key) != 0) continue;
        bool off = o->kind == THEIR_FLAG && value_size && *value == 'n';
        if (!off) add_known(line, o, value, value_size);
        return;
    }
    warn("-%c %.*s changes nothing here", group->letter, (int)size, text);
}

static void add_group(TheirLine *line, const TheirOption *group, const char *text)
{
    while (*text) {
        size_t size = strcspn(text, ",");
        if (size) add_grouped(line, group, text, size);
        text += size + (text[size] == ',');
    }
}

static const TheirOption *their_find(const char *word, const char **value)
{
    for (size_t i = 0; i < COUNT_OF(their_options); i++) {
        const Option shape = {.name = their_options[i].name, .letter = their_options[i].letter};
        if (option_matches(&shape, word, value)) return &their_options[i];
    }
    return NULL;
}

// Takes the option at argv[at]; answers how many words it was.
static int take_option(TheirLine *line, int argc, char **argv, int at)
{
    const char *value;
    const TheirOption *option = their_find(argv[at], &value);
    if (!option) {
        // One of ours, or one nobody knows; our own parser cannot be asked, it would refuse.
        const Option *own = option_find(verb_run.options, argv[at], &value);
        if (!own) {
            warn("%s is not known here and passed over", argv[at]);
            return 1;
        }
        line_add(line, argv[at]);
        if (own->kind == OPTION_FLAG || value || at + 1 >= argc) return 1;
        line_add(line, argv[at + 1]);
        return 2;
    }
    if (option->kind == THEIR_FLAG) {
        add_known(line, option, NULL, 0);
        return 1;
    }
    int taken = value ? 1 : 2;
    if (!value) value = at + 1 < argc ? argv[at + 1] : NULL;
    if (!value) {
        line_add(line, argv[at]);  // for our parser to say what is missing
        return 1;
    }
    if (option->ours && strcmp(option->ours, "+") == 0) {
        add_group(line, option, value);
    } else {
        add_known(line, option, value, strlen(value));
    }
    return taken;
}

static bool is_late_option(const char *word)
{
    const char *value;
    const TheirOption *option = their_find(word, &value);
    for (size_t i = 0; option && i < COUNT_OF(late_options); i++) {
        if (strcmp(option->name, late_options[i]) == 0) return true;
    }
    return false;
}

static int run_their_line(TheirLine *line, int argc, char **argv)
{
    int at = 1, file = 0;
    if (at < argc && strcmp(argv[at], "run") == 0) at++;
    while (at < argc && argv[at][0] == '-' && argv[at][1]) {
        if (strcmp(argv[at], "--") == 0) {
            at++;
            break;
        }
        if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0) {
            print_verb_help(&verb_run);
            return EXIT_FINE;
        }
        at += take_option(line, argc, argv, at);
    }
    if (at < argc) file = at++;
    bool late = false;
    while (file && at < argc && is_late_option(argv[at])) {
        at += take_option(line, argc, argv, at);
        late = true;
    }
    // Their old versions needed this word between the options after FILE and the arguments.
    if (late && at < argc && strcmp(argv[at], "--") == 0) at++;
    line_add_option(line, "library", NULL, 0);
    if (file) line_add(line, argv[file]);
    while (at < argc) line_add(line, argv[at++]);
    return verb_run.main(&verb_run, line->count, line->words);
}

static int complain_their_verb(const char *verb)
{
    complain(NULL, "this is weft under the name wasmtime, which has no '%s'", verb);
    advise("it runs programs: wasmtime [run] [options] FILE [args...]");
    return EXIT_USAGE;
}

int wasmtime_main(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)) {
        printf("wasmtime: weft %s\n", weft_version());
        return EXIT_FINE;
    }
    for (size_t i = 0; argc > 1 && i < COUNT_OF(their_verbs); i++) {
        if (strcmp(argv[1], their_verbs[i]) == 0) return complain_their_verb(argv[1]);
    }
    const Verb *verb = argc > 1 ? verb_find(argv[1]) : NULL;
    if (verb && verb != &verb_run) return verb->main(verb, argc - 2, argv + 2);

    size_t room = 2;
    for (int i = 0; i < argc; i++) {
        room++;
        for (const char *s = argv[i]; *s; s++) room += *s == ',';
    }
    TheirLine line = {.words = calloc(room, sizeof *line.words),
                      .owned = calloc(room, sizeof *line.owned)};
    int code = EXIT_REFUSED;
    if (line.words && line.owned) {
        code = run_their_line(&line, argc, argv);
    } else {
        complain(NULL, "out of memory");
    }
    for (int i = 0; i < line.owned_count; i++) free(line.owned[i]);
    free(line.words);
    free(line.owned);
    return code;
}
