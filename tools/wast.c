// wast.c -- `weft wast`: runs scripts of assertions about modules.
// SPDX-License-Identifier: MIT
#include "tools/wast.h"

#include "tools/tools.h"

typedef struct WastValues {
    bool json, any_message, round_trip, gc_stress;
    const char *features;
    OptionNumber mask;
} WastValues;

static const Option wast_options[] = {
    {"json", 0, OPTION_FLAG, offsetof(WastValues, json), NULL, "print one JSON object instead"},
    {"any-message", 0, OPTION_FLAG, offsetof(WastValues, any_message), NULL,
     "compare what kind of failure came, but not its text"},
    {"features", 0, OPTION_TEXT, offsetof(WastValues, features), "LIST",
     "which WebAssembly: 1.0, 2.0, 3.0 (unless told), all,\n"
     "then +NAME and -NAME: 2.0,+tail-calls,-simd"},
    {"roundtrip", 0, OPTION_FLAG, offsetof(WastValues, round_trip), NULL,
     "run every module as wasm2wat and wat2wasm leave it"},
    {"gc-stress", 0, OPTION_FLAG, offsetof(WastValues, gc_stress), NULL,
     "collect garbage at every allocation"},
    {"translator-mask", 0, OPTION_COUNT, offsetof(WastValues, mask), "N",
     "switch parts of the translator off, one a bit"},
    {0},
};

static void free_script(Script *s)
{
    if (s->store) weft_store_free(s->store);
    for (u32 i = 0; i < s->module_count; i++) {
        weft_module_release(s->modules[i].module);
        bytes_free(&s->modules[i].name);
    }
    for (u32 i = 0; i < s->instance_count; i++) bytes_free(&s->instances[i].name);
    allocator_free(&allocator_libc, s->modules, s->module_room * sizeof *s->modules);
    allocator_free(&allocator_libc, s->instances, s->instance_room * sizeof *s->instances);
    allocator_free(&allocator_libc, s->args, s->arg_room * sizeof *s->args);
    allocator_free(&allocator_libc, s->results, s->result_room * sizeof *s->results);
    text_free(&s->text);
}

static bool make_store(Script *s, weft_error *error)
{
    weft_store_options options = WEFT_STORE_OPTIONS_INIT;
    options.gc_stress = s->options->gc_stress;
    s->store = weft_store_new(&options, error);
    return s->store && define_spectest(s->store, error);
}

// One file, with a store of its own. Adds to the totals.
static void run_file(const Input *input, const WastOptions *options, const Words *words,
                     FILE *json, u64 *passed, u64 *failed)
{
    weft_error error = WEFT_ERROR_INIT;
    Script s = {.options = options, .file = input->name, .source = (const char *)input->bytes,
                .size = (u32)input->size, .words = words, .json = json};
    if (json) {
        fputs("\n    {\"file\": ", json);
        print_json_text(json, input->name);
        fputs(", \"failures\": [", json);
    }
    static const Token start = {.kind = TOKEN_END};
    if (input->size >= UINT32_MAX ||
        !text_lex(&s.text, &allocator_libc, words, s.source, 0, s.size))
        script_fail(&s, &start, "a script", "more than fits into memory");
    else if (!make_store(&s, &error))
        script_fail(&s, &start, "a store", error.text);
    else
        script_run(&s);
    if (json)
        fprintf(json, "%s], \"passed\": %u, \"failed\": %u}", s.failed ? "\n    " : "",
                (unsigned)s.passed, (unsigned)s.failed);
    else
        printf("%s: %u passed, %u failed\n", input->name, (unsigned)s.passed, (unsigned)s.failed);
    *passed += s.passed, *failed += s.failed;
    free_script(&s);
}

static int wast_main(const Verb *verb, int argc, char **argv)
{
    WastValues values = {0};
    int code;
    if (!verb_options_read(verb, &argc, argv, &values, &code)) return code;
    if (argc == 0) return complain_usage(verb, "wast wants a FILE");
    if (!features_check(verb, values.features)) return EXIT_USAGE;
    const WastOptions options = {.json = values.json, .any_message = values.any_message,
                                 .round_trip = values.round_trip, .gc_stress = values.gc_stress,
                                 .features = values.features,
                                 .assemble = assemble_options(values.features),
                                 .translator_mask = (u32)values.mask.value};
    FILE *json = values.json ? stdout : NULL;
    Words words;
    words_init(&words);
    u64 passed = 0, failed = 0, files = 0;
    if (json) fputs("{\"files\": [", json);
    for (int i = 0; i < argc; i++) {
        Input input;
        if (!input_read(&input, argv[i])) {
            failed++;
            continue;
        }
        if (json && files++ > 0) fputc(',', json);
        run_file(&input, &options, &words, json, &passed, &failed);
        input_free(&input);
    }
    if (json)
        fprintf(json, "\n  ],\n  \"passed\": %llu, \"failed\": %llu}\n",
                (unsigned long long)passed, (unsigned long long)failed);
    else
        printf("%llu passed, %llu failed\n", (unsigned long long)passed,
               (unsigned long long)failed);
    return failed > 0 ? EXIT_REFUSED : EXIT_FINE;
}

const Verb verb_wast = {
    .name = "wast",
    .usage = "[options] FILE...",
    .summary = "run test scripts of the specification's kind",
    .text =
        "Each file is a script of modules, actions and assertions about them, as the test suite\n"
        "of the specification is written. A line for each file, one for each failure, and last\n"
        "`N passed, N failed`, which counts assertions; what fails without an assertion counts\n"
        "as failed. Ends with 1 if anything did.\n"
        "\n"
        "Assertions are taken at their word: a failure must come at its stage (malformed,\n"
        "invalid, unlinkable, trap, exhaustion, exception), its text must begin as written, and\n"
        "floats and NaN classes are compared bit for bit.",
    .examples = "weft wast fac.wast\n"
                "weft wast --json suite/*.wast > report.json\n"
                "weft wast --any-message other/*.wast   # texts of another engine",
    .options = wast_options,
    .main = wast_main,
};
