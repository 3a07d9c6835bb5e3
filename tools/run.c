// run.c -- `weft run`: a program, its world and its limits, from the command line.
//
// The order of things: read the options, load the module, give it its imports (WASI and
// what --preload names), check that nothing is missing and that the call asked for is
// possible, and only then let any of its code run. This file sees nothing of weft but
// what an embedder sees.
// SPDX-License-Identifier: MIT
#include "tools/tools.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "weft_wasi.h"

#include "tools/process.h"
#include "tools/imports.h"
#include "tools/values.h"

typedef struct RunValues {
    WordList dirs, variables, listeners, preloads;
    bool inherit_env, no_start, library, stats, deterministic;
    const char *argv0, *invoke, *features, *trace, *trace_file;
    OptionNumber fuel, timeout, max_memory, max_stack;
} RunValues;

#define RUN(member) offsetof(RunValues, member)

static const Option run_options[] = {
    {"dir", 0, OPTION_LIST, RUN(dirs), "HOST[::GUEST[::ro]]",
     "let it see the directory HOST, as GUEST, perhaps read-only"},
    {"mapdir", 0, OPTION_LIST, RUN(dirs), "GUEST::HOST", "the same, the other way round"},
    {"env", 0, OPTION_LIST, RUN(variables), "KEY=VALUE",
     "give it a variable; KEY alone passes yours on"},
    {"inherit-env", 0, OPTION_FLAG, RUN(inherit_env), NULL, "give it all your variables"},
    {"argv0", 0, OPTION_TEXT, RUN(argv0), "NAME",
     "what it finds as its own name (FILE without its directories)"},
    {"tcplisten", 0, OPTION_LIST, RUN(listeners), "HOST:PORT",
     "give it a socket that listens there"},
    {"invoke", 0, OPTION_TEXT, RUN(invoke), "NAME",
     "call the export NAME with the arguments after FILE, and\n"
     "print its results; `_initialize` or `_start` runs before"},
    {"no-start", 0, OPTION_FLAG, RUN(no_start), NULL, "leave out `_initialize` and `_start`"},
    {"library", 0, OPTION_FLAG, RUN(library), NULL,
     "only initialise a module without `_start`, do not complain"},
    {"preload", 0, OPTION_LIST, RUN(preloads), "NAME=FILE",
     "let it import what another module exports, as NAME"},
    {"fuel", 0, OPTION_COUNT, RUN(fuel), "N", "end it after N instructions (exit code 125)"},
    {"timeout", 0, OPTION_SECONDS, RUN(timeout), "SECONDS",
     "end it after so long (exit code 124)"},
    {"max-memory", 0, OPTION_BYTES, RUN(max_memory), "BYTES",
     "let its memories grow up to this, all together; K, M, G"},
    {"max-stack", 0, OPTION_BYTES, RUN(max_stack), "BYTES",
     "room for its call stack (8M, taken as it is used)"},
    {"stats", 0, OPTION_FLAG, RUN(stats), NULL, "tell afterwards what it used"},
    {"features", 0, OPTION_TEXT, RUN(features), "LIST",
     "which WebAssembly: 1.0, 2.0, 3.0 (unless told), all,\n"
     "then +NAME and -NAME: 2.0,+tail-calls,-simd"},
    {"trace", 0, OPTION_TEXT, RUN(trace), "wasi[:NAME,...]",
     "print each WASI call, or those named; fd_* stands for many"},
    {"trace-file", 0, OPTION_TEXT, RUN(trace_file), "FILE", "print them there instead of stderr"},
    {"deterministic", 0, OPTION_FLAG, RUN(deterministic), NULL,
     "virtual clock, seeded chance, sorted directories: the\n"
     "same output every time, everywhere"},
    {0},
};

// One preloaded module; all stay until the end.
typedef struct Preload {
    Input input;
    weft_module *module;
    weft_instance *instance;
} Preload;

// A run from its first file to its exit code.
typedef struct Run {
    const Verb *verb;
    RunValues *values;
    int argc;  // operands: FILE and what follows
    char **argv;

    Input input;
    weft_module *module;
    weft_store *store;
    weft_wasi *world;
    weft_instance *instance;
    Preload *preloads;
    u32 preload_count;
    FILE *trace;

    weft_value *args, *results;  // of --invoke
    weft_extern_type invoked;

    u64 began_ns, loaded_ns;
    // Set by signal handlers.
    volatile bool interrupted, timed_out;
} Run;

static const char *run_file(const Run *run)
{
    return run->input.name;
}


static bool name_is(weft_name name, const char *text)
{
    return name.size == strlen(text) && memcmp(name.data, text, name.size) == 0;
}

// --- exports -----------------------------------------------------------------------

static bool module_export_named(const weft_module *module, const char *name, weft_export *found)
{
    for (u32 i = 0; weft_module_export(module, i, found); i++) {
        if (name_is(found->name, name)) return true;
    }
    return false;
}

static bool exports_function(const weft_module *module, const char *name)
{
    weft_export found;
    return module_export_named(module, name, &found) && found.type.kind == WEFT_EXTERN_FUNC;
}

// A value one could type for a parameter, for the example lines.
static const char *example_value(weft_valtype type)
{
    switch (type.kind) {
    case WEFT_F32:
    case WEFT_F64: return "1.5";
    case WEFT_V128: return "0x1";
    case WEFT_REF: return "null";
    default: return "1";
    }
}

// The command line that would call an export.
static void advise_invoke(const char *file, const weft_export *item)
{
    char name[160], line[600];
    int size = snprintf(line, sizeof line, "weft run --invoke %s %s",
                        printable(item->name, name, sizeof name), file);
    for (u32 i = 0; i < item->type.param_count && size < 500; i++) {
        size += snprintf(line + size, sizeof line - (size_t)size, " %s",
                         example_value(weft_type_param(&item->type, i)));
    }
    advise("%s", line);
}

// Functions that toolchains export for their own use are no use to a person.
static bool is_plumbing(weft_name name)
{
    static const char *const patterns[] = {
        "asyncify_*", "malloc", "free", "calloc", "realloc", "_initialize", "__*", "cabi_*",
        "*memalign", "aligned_alloc", "malloc_usable_size", "stackAlloc", "stackRestore",
        "stackSave", "go_scheduler", "resume", "memset", "memcpy",
    };
    for (size_t i = 0; i < COUNT_OF(patterns); i++) {
        if (pattern_fits(patterns[i], name)) return true;
    }
    return false;
}

enum { EXPORTS_SHOWN = 30 };

static void list_exports(const char *file, const weft_module *module)
{
    weft_export item, example;
    bool has_example = false;
    u32 functions = 0, shown = 0;
    for (u32 i = 0; weft_module_export(module, i, &item); i++) {
        functions += item.type.kind == WEFT_EXTERN_FUNC;
    }
    if (functions == 0) {
        complain_more("it exports no function at all");
        return;
    }
    complain_more("it exports:");
    for (u32 i = 0; weft_module_export(module, i, &item); i++) {
        char name[160], type[200];
        if (item.type.kind != WEFT_EXTERN_FUNC) continue;
        if (shown++ < EXPORTS_SHOWN) {
            weft_type_format(&item.type, type, sizeof type);
            complain_more("  %s %s", printable(item.name, name, sizeof name), type);
        }
        if (has_example || is_plumbing(item.name)) continue;
        example = item, has_example = true;
    }
    if (shown > EXPORTS_SHOWN) complain_more("  and %u more", shown - EXPORTS_SHOWN);
    if (has_example) advise_invoke(file, &example);
}

static int complain_no_start(const Run *run)
{
    complain(run_file(run), "there is no `_start` to run: it is a library");
    list_exports(run_file(run), run->module);
    return EXIT_REFUSED;
}

static int complain_no_export(const Run *run)
{
    const char *wanted = run->values->invoke;
    weft_export item;
    Nearest near;
    nearest_begin(&near, wanted, strlen(wanted));
    for (u32 i = 0; weft_module_export(run->module, i, &item); i++) {
        if (item.type.kind == WEFT_EXTERN_FUNC) nearest_add(&near, item.name.data, item.name.size);
    }
    const char *meant = nearest_end(&near);
    if (meant) {
        complain(run_file(run), "it exports no function '%s'; did you mean '%s'?", wanted, meant);
    } else {
        complain(run_file(run), "it exports no function '%s'", wanted);
        list_exports(run_file(run), run->module);
    }
    return EXIT_USAGE;
}

// --- the call asked for ------------------------------------------------------------

static int complain_arguments(const Run *run)
{
    char type[200];
    u32 given = (u32)run->argc - 1, wanted = run->invoked.param_count;
    weft_type_format(&run->invoked, type, sizeof type);
    complain(run_file(run), "'%s' takes %u argument%s, %u given", run->values->invoke, wanted,
             wanted == 1 ? "" : "s", given);
    complain_more("it is %s", type);
    return EXIT_USAGE;
}

// Reads the arguments of --invoke by the types of its parameters, before anything runs.
// Without any, all are zero; a function without parameters leaves them to the program, which
// finds them in its argv in any case.
static int prepare_invoke(Run *run)
{
    weft_export item;
    if (!module_export_named(run->module, run->values->invoke, &item) ||
        item.type.kind != WEFT_EXTERN_FUNC) {
        return complain_no_export(run);
    }
    run->invoked = item.type;
    u32 params = item.type.param_count, given = (u32)run->argc - 1;
    if (params && given && given != params) return complain_arguments(run);

    run->args = calloc(params + 1, sizeof *run->args);
    run->results = calloc(item.type.result_count + 1, sizeof *run->results);
    if (!run->args || !run->results) {
        complain(run_file(run), "out of memory");
        return EXIT_REFUSED;
    }
    for (u32 i = 0; i < params; i++) {
        char type[32];
        weft_valtype param = weft_type_param(&item.type, i);
        run->args[i].kind = param.kind;
        if (!given && (param.kind != WEFT_REF || param.nullable)) continue;
        if (!given) return complain_arguments(run);
        if (value_parse(run->argv[1 + i], param, &run->args[i])) continue;
        complain(run_file(run), "argument %u of '%s' is an %s, which '%s' is not", i + 1,
                 run->values->invoke, valtype_name(param, type, sizeof type), run->argv[1 + i]);
        return EXIT_USAGE;
    }
    return EXIT_FINE;
}

static bool print_results(const Run *run)
{
    for (u32 i = 0; i < run->invoked.result_count; i++) {
        char text[VALUE_TEXT_SIZE];
        value_format(run->store, &run->results[i], text);
        puts(text);
    }
    if (fflush(stdout) == 0) return true;
    complain("standard output", "%s", strerror(errno));
    return false;
}

// --- the world ---------------------------------------------------------------------

// Splits `text` at the next "::" and answers what follows it, or NULL.
static char *cut_at_colons(char *text)
{
    char *colons = strstr(text, "::");
    if (!colons) return NULL;
    *colons = 0;
    return colons + 2;
}

// The world remembers what went wrong first, as a sentence that names it.
static int complain_world(const Run *run)
{
    const char *why = weft_wasi_error(run->world);
    complain(NULL, "%s", why ? why : "out of memory");
    return EXIT_REFUSED;
}

// --dir HOST[::GUEST[::ro]]   --mapdir GUEST::HOST
static int give_dir(Run *run, const Word *word)
{
    char *copy = malloc(strlen(word->text) + 1);
    if (!copy) return complain_world(run);
    strcpy(copy, word->text);
    int code = EXIT_FINE;
    char *first = copy, *second = cut_at_colons(first), *third = NULL;
    bool mapped = strcmp(word->option->name, "mapdir") == 0;
    if (!mapped && second) third = cut_at_colons(second);
    const char *host = mapped && second ? second : first;
    const char *guest = mapped || !second ? first : second;

    if (third && strcmp(third, "ro") != 0 && strcmp(third, "rw") != 0) {
        code = complain_usage(run->verb, "--dir: '%s' is neither ro nor rw", third);
    } else if (!*host || !*guest) {
        code = complain_usage(run->verb, "--%s wants %s, not '%s'", word->option->name,
                              word->option->argument, word->text);
    } else {
        unsigned flags = third && strcmp(third, "ro") == 0 ? WEFT_WASI_READ_ONLY : 0;
        if (!weft_wasi_dir(run->world, host, guest, flags)) code = complain_world(run);
    }
    free(copy);
    return code;
}

// --env KEY=VALUE, or --env KEY for the value it has here; unset here is unset there.
static bool give_variable(Run *run, const char *text)
{
    if (strchr(text, '=')) return weft_wasi_env(run->world, text);
    const char *value = getenv(text);
    if (!value) return true;
    size_t size = strlen(text) + 1 + strlen(value) + 1;
    char *pair = malloc(size);
    if (!pair) return false;
    snprintf(pair, size, "%s=%s", text, value);
    bool good = weft_wasi_env(run->world, pair);
    free(pair);
    return good;
}

static bool give_variables(Run *run)
{
    if (run->values->inherit_env) {
        for (const char *const *pair = process_environment(); *pair; pair++) {
            if (strchr(*pair, '=') && !weft_wasi_env(run->world, *pair)) return false;
        }
    }
    const WordList *list = &run->values->variables;
    for (u32 i = 0; i < list->count; i++) {
        if (!give_variable(run, list->words[i].text)) return false;
    }
    return true;
}

static const char *file_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

static bool give_arguments(Run *run)
{
    const char *own = run->values->argv0 ? run->values->argv0 : file_base(run->argv[0]);
    if (!weft_wasi_arg(run->world, own)) return false;
    for (int i = 1; i < run->argc; i++) {
        if (!weft_wasi_arg(run->world, run->argv[i])) return false;
    }
    return true;
}

// --- tracing -----------------------------------------------------------------------

static void trace_line(void *user, const char *line, size_t size)
{
    FILE *file = user;
    fwrite(line, 1, size, file);
    fputc('\n', file);
}

static int begin_trace(Run *run)
{
    const RunValues *v = run->values;
    if (!v->trace && !v->trace_file) return EXIT_FINE;
    const char *what = v->trace ? v->trace : "wasi", *filter = "";
    if (strncmp(what, "wasi:", 5) == 0) {
        filter = what + 5;
    } else if (strcmp(what, "wasi") != 0) {
        return complain_usage(run->verb, "--trace knows 'wasi', not '%s'", what);
    }
    run->trace = stderr;
    if (v->trace_file && !(run->trace = fopen(v->trace_file, "wb"))) {
        complain(v->trace_file, "%s", strerror(errno));
        return EXIT_REFUSED;
    }
    if (weft_wasi_trace(run->world, filter, trace_line, run->trace)) return EXIT_FINE;
    return complain_usage(run->verb, "--trace: WASI has no function that fits '%s'", filter);
}

static int make_world(Run *run)
{
    const RunValues *v = run->values;
    weft_error error = WEFT_ERROR_INIT;
    run->world = weft_wasi_new(NULL);
    if (!run->world) {
        complain(NULL, "out of memory");
        return EXIT_REFUSED;
    }
    if (v->deterministic) weft_wasi_deterministic(run->world, 0);
    if (!give_arguments(run) || !give_variables(run)) return complain_world(run);
    if (!weft_wasi_inherit_stdio(run->world)) return complain_world(run);
    for (u32 i = 0; i < v->dirs.count; i++) {
        int code = give_dir(run, &v->dirs.words[i]);
        if (code != EXIT_FINE) return code;
    }
    for (u32 i = 0; i < v->listeners.count; i++) {
        if (!weft_wasi_tcp_listen(run->world, v->listeners.words[i].text)) {
            return complain_world(run);
        }
    }
    int code = begin_trace(run);
    if (code != EXIT_FINE) return code;
    if (weft_wasi_link(run->world, run->store, &error)) return EXIT_FINE;
    complain_error(NULL, &error);
    return EXIT_REFUSED;
}

// --- how it ends -------------------------------------------------------------------

enum { FRAMES_SHOWN = 24 };

// ", game.go:12:5", if the module carries line tables and they know.
static void format_source(const weft_frame *frame, char *buffer, size_t size)
{
    weft_source source;
    char directory[160], file[100];
    if (!weft_frame_source(frame, &source) || source.line == 0) return;
    int at = snprintf(buffer, size, ", %s%s%s:%u",
                      printable(source.directory, directory, sizeof directory),
                      source.directory.size ? "/" : "", printable(source.file, file, sizeof file),
                      (unsigned)source.line);
    if (source.column && at > 0 && (size_t)at < size) {
        snprintf(buffer + at, size - (size_t)at, ":%u", (unsigned)source.column);
    }
}

// The file that a frame's module came from.
static const Input *input_of(const Run *run, const weft_frame *frame)
{
    const weft_module *module = weft_instance_module(frame->instance);
    for (u32 i = 0; i < run->preload_count; i++) {
        if (run->preloads[i].module == module) return &run->preloads[i].input;
    }
    return &run->input;
}

// ", game.wat:12:5", for a module that was a text.
static void format_text_place(const Input *input, const weft_frame *frame, char *buffer, size_t size)
{
    weft_wat_options options = WEFT_WAT_OPTIONS_INIT;
    weft_wat_error place = WEFT_WAT_ERROR_INIT;
    options.names = true;  // as it was translated
    if (!weft_wat_locate(input->text, input->text_size, &options, frame->offset, &place)) return;
    snprintf(buffer, size, ", %s:%u:%u", input->name, (unsigned)place.line, (unsigned)place.column);
}

// "  3: main.main (at 0x2f31)"; where several modules run, also which one.
static void print_frame(const Run *run, u32 depth, const weft_frame *frame, bool has_debug)
{
    char name[160], module[80];
    const char *in = run->preload_count && frame->module_name.size
                         ? printable(frame->module_name, module, sizeof module)
                         : NULL;
    if (frame->function_name.size) {
        printable(frame->function_name, name, sizeof name);
    } else {
        snprintf(name, sizeof name, "func[%u]", (unsigned)frame->function_index);
    }
    char source[300] = "";
    if (frame->instance && input_of(run, frame)->translated) {
        format_text_place(input_of(run, frame), frame, source, sizeof source);
    } else if (has_debug) {
        format_source(frame, source, sizeof source);
    }
    if (!frame->instance) {
        complain_more("%3u: %s (host)", depth, name);
    } else {
        complain_more("%3u: %s%s%s (at 0x%llx)%s", depth, in ? in : "", in ? "!" : "", name,
                      (unsigned long long)frame->offset, source);
    }
}

static void print_backtrace(Run *run)
{
    const weft_thread *thread = weft_store_main_thread(run->store);
    bool has_debug = input_read_debug(&run->input);
    for (u32 i = 0; i < run->preload_count; i++) {
        has_debug = input_read_debug(&run->preloads[i].input) && has_debug;
    }
    weft_frame frame;
    u32 depth = 0;
    for (; depth < FRAMES_SHOWN && weft_thread_frame(thread, depth, &frame); depth++) {
        print_frame(run, depth, &frame, has_debug);
    }
    if (depth == FRAMES_SHOWN && weft_thread_frame(thread, depth, &frame)) {
        complain_more("     and more");
    }
}

static void format_seconds(u64 ns, char *buffer, size_t size)
{
    snprintf(buffer, size, "%llu.%03llu s", (unsigned long long)(ns / 1000000000),
             (unsigned long long)(ns / 1000000 % 1000));
}

// Why a run stopped that was told to: Ctrl-C, the alarm, or no more fuel.
static int report_limit(Run *run, const weft_error *error)
{
    char time[40];
    if (run->interrupted) {
        complain(run_file(run), "interrupted");
        print_backtrace(run);
        return EXIT_CTRL_C;
    }
    if (run->timed_out) {
        format_seconds(run->values->timeout.value, time, sizeof time);
        complain(run_file(run), "still running after %s (--timeout)", time);
        print_backtrace(run);
        return EXIT_TIMED_OUT;
    }
    if (run->values->fuel.given && error->kind == WEFT_LIMIT) {
        complain(run_file(run), "out of fuel after %llu instructions (--fuel)",
                 (unsigned long long)run->values->fuel.value);
        print_backtrace(run);
        return EXIT_OUT_OF_FUEL;
    }
    complain_error(run_file(run), error);
    return EXIT_REFUSED;
}

static int report_failure(Run *run, const weft_error *error)
{
    switch (error->kind) {
    case WEFT_EXITED:
        return error->exit_code & 255;
    case WEFT_TRAPPED:
    case WEFT_EXHAUSTED:
    case WEFT_UNCAUGHT:
        complain(run_file(run), "%s%s", error->kind == WEFT_TRAPPED ? "trap: " : "",
                 error->text);
        print_backtrace(run);
        if (error->hint[0]) advise("%s", error->hint);
        return EXIT_TRAPPED;
    default:
        if (run->interrupted || run->timed_out || error->kind == WEFT_LIMIT) {
            return report_limit(run, error);
        }
        complain_error(run_file(run), error);
        return EXIT_REFUSED;
    }
}

static void print_stats(const Run *run)
{
    weft_store_stats s = {.size = sizeof s};
    ProcessUsage usage;
    char total[40], loading[40], user[40], system[40];
    weft_store_get_stats(run->store, &s);
    complain(run_file(run), "statistics");
    if (process_usage(&usage)) {
        format_seconds(usage.wall_ns - run->began_ns, total, sizeof total);
        format_seconds(run->loaded_ns - run->began_ns, loading, sizeof loading);
        format_seconds(usage.user_ns, user, sizeof user);
        format_seconds(usage.system_ns, system, sizeof system);
        complain_more("time      %s, loading %s of it; processor %s user, %s system", total,
                      loading, user, system);
        complain_more("process   %llu KiB at its largest",
                      (unsigned long long)(usage.peak_bytes / 1024));
    }
    complain_more("memories  %llu bytes, %llu at their largest",
                  (unsigned long long)s.memory_bytes, (unsigned long long)s.memory_peak_bytes);
    complain_more("stack     %llu bytes at its deepest", (unsigned long long)s.stack_peak_bytes);
    complain_more("code      %llu functions translated, %llu bytes",
                  (unsigned long long)s.translated_functions, (unsigned long long)s.code_bytes);
    if (s.heap_objects || s.collections) {
        complain_more("heap      %llu objects, %llu bytes, %llu collections",
                      (unsigned long long)s.heap_objects, (unsigned long long)s.heap_bytes,
                      (unsigned long long)s.collections);
    }
    if (run->values->fuel.given) {
        complain_more("fuel      %llu instructions of %llu", (unsigned long long)s.fuel_used,
                      (unsigned long long)run->values->fuel.value);
    }
}

// --- signals -----------------------------------------------------------------------

static void stop(Run *run)
{
    weft_store_interrupt(run->store);
    if (run->world) weft_wasi_interrupt(run->world);
}

static void stop_interrupted(void *context)
{
    Run *run = context;
    run->interrupted = true;
    stop(run);
}

static void stop_timed_out(void *context)
{
    Run *run = context;
    run->timed_out = true;
    stop(run);
}

// --- running -----------------------------------------------------------------------

// Does the module have a start section? Then instantiating it is running it.
static bool has_start_section(const Input *input)
{
    SectionView section;
    size_t at = 0;
    while (section_next(input->bytes, input->size, &at, &section)) {
        if (section.id == 8) return true;
    }
    return false;
}

// Calls an export without arguments. True if the run goes on; else `*code` is its end.
static bool call_plain(Run *run, weft_instance *instance, const char *name, int *code)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_status status = weft_call_export(instance, name, NULL, 0, NULL, 0, &error);
    *code = status == WEFT_DONE ? EXIT_FINE : report_failure(run, &error);
    return *code == EXIT_FINE && (status == WEFT_DONE || error.kind == WEFT_EXITED);
}

// What the module does by itself: `_initialize` in a library, else `_start`.
static bool call_start(Run *run, int *code)
{
    static const char *const names[] = {"_initialize", "_start"};
    *code = EXIT_FINE;
    if (run->values->no_start) return true;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (!exports_function(run->module, names[i])) continue;
        bool asked_for = run->values->invoke && strcmp(run->values->invoke, names[i]) == 0;
        return asked_for || call_plain(run, run->instance, names[i], code);
    }
    return true;
}

static int call_invoked(Run *run)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_status status = weft_call_export(run->instance, run->values->invoke, run->args,
                                          run->invoked.param_count, run->results,
                                          run->invoked.result_count, &error);
    if (status != WEFT_DONE) return report_failure(run, &error);
    return print_results(run) ? EXIT_FINE : EXIT_REFUSED;
}

static int run_module(Run *run)
{
    weft_error error = WEFT_ERROR_INIT;
    run->instance = weft_instantiate(run->store, run->module, NULL, &error);
    if (!run->instance) return report_failure(run, &error);
    int code;
    if (!call_start(run, &code)) return code;
    return run->values->invoke ? call_invoked(run) : code;
}

// Is there anything to run, and can it be called as asked? Nothing has run yet.
static int check_entry(Run *run)
{
    if (run->values->invoke) return prepare_invoke(run);
    if (run->values->library || run->values->no_start) return EXIT_FINE;
    if (exports_function(run->module, "_start")) return EXIT_FINE;
    if (has_start_section(&run->input)) return EXIT_FINE;
    return complain_no_start(run);
}

// --- loading -----------------------------------------------------------------------

static bool make_store(Run *run)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_store_options options = WEFT_STORE_OPTIONS_INIT;
    const RunValues *v = run->values;
    // To the library, 0 means no limit; to somebody who types it, it means none at all.
    options.max_memory_bytes = v->max_memory.given && !v->max_memory.value ? 1
                                                                           : v->max_memory.value;
    options.stack_bytes = v->max_stack.value > SIZE_MAX ? SIZE_MAX : (size_t)v->max_stack.value;
    run->store = weft_store_new(&options, &error);
    if (!run->store) {
        complain_error(NULL, &error);
        return false;
    }
    if (v->fuel.given) weft_thread_set_fuel(weft_store_main_thread(run->store), v->fuel.value);
    return true;
}

static weft_module *load_module(const Run *run, const Input *input)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_module_options options = WEFT_MODULE_OPTIONS_INIT;
    options.features = run->values->features;
    options.fuel = run->values->fuel.given;
    weft_module *module = weft_module_load(input->bytes, input->size, &options, &error);
    if (!module) complain_load(input, options.features, &error);
    return module;
}

// A module that needs a proposal often needs a host besides: its imports tell, if it can be
// read with everything switched on. It is only looked at, never run.
static void complain_imports_too(Run *run)
{
    weft_module_options options = WEFT_MODULE_OPTIONS_INIT;
    options.features = "all";
    run->module = weft_module_load(run->input.bytes, run->input.size, &options, NULL);
    if (!run->module || !make_store(run)) return;
    if (imports_wasi(run->module) && make_world(run) != EXIT_FINE) return;
    imports_check(run_file(run), run->module, run->store);
}

// --preload NAME=FILE, in order: each sees the ones before it.
static int load_preload(Run *run, Preload *preload, const char *word)
{
    weft_error error = WEFT_ERROR_INIT;
    const char *equals = strchr(word, '=');
    if (!equals || !equals[1]) {
        return complain_usage(run->verb, "--preload wants NAME=FILE, not '%s'", word);
    }
    if (!input_read_program(&preload->input, equals + 1)) {
        return EXIT_REFUSED;
    }
    preload->module = load_module(run, &preload->input);
    if (!preload->module) return EXIT_REFUSED;
    if (!run->world && imports_wasi(preload->module)) {
        int code = make_world(run);
        if (code != EXIT_FINE) return code;
    }
    if (!imports_check(preload->input.name, preload->module, run->store)) return EXIT_REFUSED;
    preload->instance = weft_instantiate(run->store, preload->module, NULL, &error);
    if (!preload->instance) return report_failure(run, &error);
    int code;
    if (exports_function(preload->module, "_initialize") &&
        !call_plain(run, preload->instance, "_initialize", &code)) {
        return code;
    }
    weft_name as = {word, (size_t)(equals - word)};
    if (weft_define_instance(run->store, as, preload->instance, &error)) return EXIT_FINE;
    complain_error(preload->input.name, &error);
    return EXIT_REFUSED;
}

static int load_preloads(Run *run)
{
    const WordList *list = &run->values->preloads;
    if (list->count == 0) return EXIT_FINE;
    run->preloads = calloc(list->count, sizeof *run->preloads);
    if (!run->preloads) {
        complain(NULL, "out of memory");
        return EXIT_REFUSED;
    }
    run->preload_count = list->count;
    for (u32 i = 0; i < list->count; i++) {
        int code = load_preload(run, &run->preloads[i], list->words[i].text);
        if (code != EXIT_FINE) return code;
    }
    return EXIT_FINE;
}

// The clock for --stats.
static u64 wall_clock(void)
{
    ProcessUsage usage;
    return process_usage(&usage) ? usage.wall_ns : 0;
}

static int run_to_end(Run *run)
{
    const RunValues *v = run->values;
    if (v->stats) run->began_ns = wall_clock();
    if (!features_check(run->verb, v->features)) return EXIT_USAGE;
    if (!input_read_program(&run->input, run->argv[0])) return EXIT_REFUSED;
    run->module = load_module(run, &run->input);
    if (!run->module) {
        complain_imports_too(run);
        return EXIT_REFUSED;
    }
    if (!make_store(run)) return EXIT_REFUSED;
    if (v->stats) run->loaded_ns = wall_clock();

    process_on_interrupt(stop_interrupted, run);
    if (v->timeout.given) {
        process_alarm(v->timeout.value ? v->timeout.value : 1, stop_timed_out, run);
    }
    // A program that imports nothing of WASI needs no world; what is wrong with --dir and
    // the like is said nevertheless.
    bool needs_world = imports_wasi(run->module) || v->dirs.count || v->listeners.count ||
                       v->trace || v->trace_file;
    int code = needs_world ? make_world(run) : EXIT_FINE;
    if (code == EXIT_FINE) code = load_preloads(run);
    if (code != EXIT_FINE) return code;
    if (!imports_check(run_file(run), run->module, run->store)) return EXIT_REFUSED;
    code = check_entry(run);
    if (code == EXIT_FINE) code = run_module(run);
    if (v->timeout.given) process_alarm(0, stop_timed_out, run);
    if (v->stats) print_stats(run);
    return code;
}

// Nobody looks at the store again, and what a process has goes with it: taking everything
// apart would make a short program a twentieth slower. Only what is written must get out.
static _Noreturn void run_exit(const Run *run, int code)
{
    if (run->trace && run->trace != stderr) fclose(run->trace);
    exit(code);
}

static int run_main(const Verb *verb, int argc, char **argv)
{
    RunValues values = {0};
    int code;
    if (!verb_options_read(verb, &argc, argv, &values, &code)) return code;
    if (argc == 0) {
        code = complain_usage(verb, "run wants a FILE");
    } else {
        Run run = {.verb = verb, .values = &values, .argc = argc, .argv = argv};
        run_exit(&run, run_to_end(&run));
    }
    verb_options_free(verb, &values);
    return code;
}

const Verb verb_run = {
    .name = "run",
    .usage = "[options] FILE [args...]",
    .summary = "run a program (also: weft FILE [args...])",
    .text = "FILE is a module in the binary or the text format (.wasm, .wat), or - for standard\n"
            "input. What follows FILE belongs to the program, whatever it looks like; a word --\n"
            "ends the options before. A program sees nothing of this machine but its standard\n"
            "streams, unless it is given more: see 'weft help sandbox'.",
    .examples =
        "weft hello.wasm\n"
        "weft run --dir . --env LANG=C app.wasm -v notes.txt\n"
        "weft run --dir ./data::/data::ro app.wasm /data/in.txt\n"
        "weft run --invoke add math.wasm 20 22           (prints 42)\n"
        "weft run --timeout 2.5 --max-memory 64M untrusted.wasm\n"
        "weft run --trace=wasi:path_open,fd_* app.wasm\n"
        "weft run --preload env=host.wasm plugin.wasm\n"
        "tinygo build -target=wasip1 -o /dev/stdout . | weft -",
    .options = run_options,
    .stops_at_operand = true,
    .main = run_main,
};
