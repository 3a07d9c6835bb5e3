// wasm2wat.c -- `weft wasm2wat`: a binary module as text.
// SPDX-License-Identifier: MIT
#include "tools/tools.h"
#include "weft_wat.h"

typedef struct Wasm2WatValues {
    const char *output, *features;
} Wasm2WatValues;

static const Option wasm2wat_options[] = {
    {"output", 'o', OPTION_TEXT, offsetof(Wasm2WatValues, output), "FILE",
     "where the text goes; standard output unless told"},
    {"features", 0, OPTION_TEXT, offsetof(Wasm2WatValues, features), "LIST",
     "which WebAssembly the module may use; all unless told"},
    {0},
};

static int wasm2wat_main(const Verb *verb, int argc, char **argv)
{
    Wasm2WatValues values = {0};
    int code;
    if (!verb_options_read(verb, &argc, argv, &values, &code)) return code;
    if (argc != 1) return complain_usage(verb, "wasm2wat wants one FILE");
    if (!features_check(verb, values.features)) return EXIT_USAGE;
    Input input;
    if (!input_read_module(&input, argv[0])) return EXIT_REFUSED;
    weft_error error = WEFT_ERROR_INIT;
    const char *features = values.features ? values.features : "all";
    char *text;
    size_t size;
    code = EXIT_REFUSED;
    if (!weft_wasm2wat(input.bytes, input.size, features, NULL, &text, &size, &error)) {
        complain_load(&input, features, &error);
    } else {
        if (output_write(values.output, text, size)) code = EXIT_FINE;
        weft_wat_free(NULL, text, size + 1);
    }
    input_free(&input);
    return code;
}

const Verb verb_wasm2wat = {
    .name = "wasm2wat",
    .usage = "[options] FILE",
    .summary = "print a module in the text format",
    .text = "The text, assembled again, gives an equivalent module. Names come from the name\n"
            "section, custom sections become (@custom ...) annotations, and numbers in (;;) are\n"
            "indices. The module must be valid.",
    .examples = "weft wasm2wat app.wasm | less\nweft wasm2wat app.wasm -o app.wat",
    .options = wasm2wat_options,
    .main = wasm2wat_main,
};
