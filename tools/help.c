// help.c -- `weft help`, `weft --help`, `weft version`: all of it read off the tables.
// SPDX-License-Identifier: MIT
#include "tools/tools.h"

#include <stdio.h>

#include "tools/topics.h"

static const char *bold(void)
{
    return colour_wanted(1) ? "\033[1m" : "";
}

static const char *plain(void)
{
    return colour_wanted(1) ? "\033[0m" : "";
}

static void print_heading(const char *text)
{
    printf("\n%s%s%s\n", bold(), text, plain());
}

// Prints `text`, each line indented.
static void print_indented(const char *text, int indent)
{
    while (*text) {
        int size = (int)strcspn(text, "\n");
        printf("%*s%.*s\n", size ? indent : 0, "", size, text);
        text += size + (text[size] == '\n');
    }
}

enum { HELP_COLUMN = 29 };

// "  -o, --output FILE          where to write"; further lines of the help below the first.
static void print_option(const Option *option)
{
    char left[80];
    int size = snprintf(left, sizeof left, "  ");
    if (option->letter) {
        size += snprintf(left + size, sizeof left - (size_t)size, "-%c, ", option->letter);
    }
    size += snprintf(left + size, sizeof left - (size_t)size, "--%s", option->name);
    if (option->argument) {
        size += snprintf(left + size, sizeof left - (size_t)size, " %s", option->argument);
    }
    if (size > HELP_COLUMN - 2) {
        printf("%s\n", left);
        print_indented(option->help, HELP_COLUMN);
        return;
    }
    int first = (int)strcspn(option->help, "\n");
    printf("%-*s%.*s\n", HELP_COLUMN, left, first, option->help);
    if (option->help[first]) print_indented(option->help + first + 1, HELP_COLUMN);
}

void print_verb_help(const Verb *verb)
{
    static const Option help_option = {
        .name = "help", .letter = 'h', .kind = OPTION_FLAG, .help = "print this"};
    printf("%sweft %s%s %s\n", bold(), verb->name, plain(), verb->usage);
    print_indented(verb->summary, 2);
    if (verb->text) {
        printf("\n");
        print_indented(verb->text, 0);
    }
    print_heading("Options");
    for (const Option *o = verb->options; o && o->name; o++) print_option(o);
    print_option(&help_option);
    if (verb->examples) {
        print_heading("Examples");
        print_indented(verb->examples, 2);
    }
}

void print_overview(void)
{
    printf("%sweft%s runs WebAssembly programs: TinyGo, Go, Rust, C and all others that speak "
           "WASI.\n",
           bold(), plain());
    print_heading("Usage");
    printf("  weft FILE [args...]        run a program (the same as weft run FILE)\n"
           "  weft VERB [options] ...\n");
    print_heading("Verbs");
    for (const Verb *const *verb = all_verbs; *verb; verb++) {
        printf("  %-12s %s\n", (*verb)->name, (*verb)->summary);
    }
    print_heading("More to read");
    for (const Topic *topic = topics; topic->name; topic++) {
        printf("  weft help %-12s %s\n", topic->name, topic->summary);
    }
    printf("  weft help %-12s %s\n", "VERB", "a verb with its options and examples");
    print_heading("Examples");
    printf("  weft hello.wasm                       run a program\n"
           "  weft run --dir . cat.wasm notes.txt   let it see the current directory\n"
           "  weft run --invoke add math.wasm 1 2   call one function\n"
           "  weft inspect app.wasm                 see what is in it\n");
}

// --- weft help ---------------------------------------------------------------------

static void print_topic(const Topic *topic)
{
    printf("%s%s%s: %s\n\n", bold(), topic->name, plain(), topic->summary);
    print_indented(topic->text, 0);
}

static int complain_no_help(const char *word)
{
    Nearest near;
    nearest_begin(&near, word, strlen(word));
    for (const Verb *const *v = all_verbs; *v; v++) {
        nearest_add(&near, (*v)->name, strlen((*v)->name));
    }
    for (const Topic *t = topics; t->name; t++) nearest_add(&near, t->name, strlen(t->name));
    const char *meant = nearest_end(&near);
    if (meant) {
        complain(NULL, "there is no help on '%s'; did you mean '%s'?", word, meant);
    } else {
        complain(NULL, "there is no help on '%s'", word);
    }
    advise("'weft help' lists what there is");
    return EXIT_USAGE;
}

static void print_everything(void)
{
    print_overview();
    for (const Verb *const *verb = all_verbs; *verb; verb++) {
        printf("\n%.*s\n", 72,
               "------------------------------------------------------------------------");
        print_verb_help(*verb);
    }
    for (const Topic *topic = topics; topic->name; topic++) {
        printf("\n%.*s\n", 72,
               "------------------------------------------------------------------------");
        print_topic(topic);
    }
}

typedef struct HelpValues {
    bool all;
} HelpValues;

static const Option help_options[] = {
    {"all", 0, OPTION_FLAG, offsetof(HelpValues, all), NULL, "print every page, one after another"},
    {0},
};

static int help_main(const Verb *verb, int argc, char **argv)
{
    HelpValues values = {0};
    int code;
    if (!verb_options_read(verb, &argc, argv, &values, &code)) return code;
    if (values.all) {
        print_everything();
        return EXIT_FINE;
    }
    if (argc == 0) print_overview();
    for (int i = 0; i < argc; i++) {
        const Verb *about = verb_find(argv[i]);
        const Topic *topic = topic_find(argv[i]);
        if (i > 0 && (about || topic)) printf("\n");
        if (about) {
            print_verb_help(about);
        } else if (topic) {
            print_topic(topic);
        } else {
            return complain_no_help(argv[i]);
        }
    }
    return EXIT_FINE;
}

const Verb verb_help = {
    .name = "help",
    .usage = "[VERB or topic ...]",
    .summary = "tell what can be done, and how",
    .examples = "weft help run\nweft help exit-codes\nweft help --all | less",
    .options = help_options,
    .main = help_main,
};

// --- weft version ------------------------------------------------------------------

typedef struct VersionValues {
    bool verbose;
} VersionValues;

static const Option version_options[] = {
    {"verbose", 'v', OPTION_FLAG, offsetof(VersionValues, verbose), NULL,
     "list the features of WebAssembly that are built in"},
    {0},
};

static void print_features(void)
{
    weft_feature feature;
    print_heading("Features of WebAssembly");
    for (u32 i = 0; weft_feature_at(i, &feature); i++) {
        printf("  %-24s %-9s %s\n", feature.name, feature.version[0] ? feature.version : "proposal",
               !feature.built_in        ? "not built in"
               : feature.on_by_default ? "on"
                                       : "off, see --features");
    }
}

static int version_main(const Verb *verb, int argc, char **argv)
{
    VersionValues values = {0};
    int code;
    if (!verb_options_read(verb, &argc, argv, &values, &code)) return code;
    if (argc > 0) return complain_usage(verb, "'%s' is too much", argv[0]);
    printf("weft %s\n", weft_version());
    if (values.verbose) print_features();
    return EXIT_FINE;
}

const Verb verb_version = {
    .name = "version",
    .usage = "[--verbose]",
    .summary = "print which weft this is",
    .examples = "weft --version\nweft --version --verbose",
    .options = version_options,
    .main = version_main,
};
