// wat2wasm.c -- `weft wat2wasm`: text into a binary module.
// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "tools/tools.h"
#include "weft_wat.h"

typedef struct Wat2WasmValues {
    const char *output, *features;
    bool names, no_check;
} Wat2WasmValues;

static const Option wat2wasm_options[] = {
    {"output", 'o', OPTION_TEXT, offsetof(Wat2WasmValues, output), "FILE",
     "where the module goes; standard output unless told"},
    {"debug-names", 0, OPTION_FLAG, offsetof(Wat2WasmValues, names), NULL,
     "keep identifiers, in a name section"},
    {"no-check", 0, OPTION_FLAG, offsetof(Wat2WasmValues, no_check), NULL,
     "do not validate the module"},
    {"features", 0, OPTION_TEXT, offsetof(Wat2WasmValues, features), "LIST",
     "which WebAssembly to validate against; all unless told"},
    {0},
};

// Whether the module made from `source` is valid.
static bool check_module(const Input *source, const Wat2WasmValues *values, const u8 *bytes,
                         size_t size)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_module_options options = WEFT_MODULE_OPTIONS_INIT;
    options.features = values->features ? values->features : "all";
    if (weft_validate(bytes, size, &options, &error)) return true;
    complain_text(source->name, (const char *)source->bytes, source->size, values->names, &error);
    return false;
}

static int wat2wasm_main(const Verb *verb, int argc, char **argv)
{
    Wat2WasmValues values = {0};
    int code;
    if (!verb_options_read(verb, &argc, argv, &values, &code)) return code;
    if (argc != 1) return complain_usage(verb, "wat2wasm wants one FILE");
    if (!features_check(verb, values.features)) return EXIT_USAGE;
    Input input;
    if (!input_read(&input, argv[0])) return EXIT_REFUSED;
    weft_wat_options options = WEFT_WAT_OPTIONS_INIT;
    weft_wat_error error = WEFT_WAT_ERROR_INIT;
    options.names = values.names;
    u8 *bytes;
    size_t size;
    code = EXIT_REFUSED;
    if (!weft_wat2wasm((const char *)input.bytes, input.size, &options, &bytes, &size, &error)) {
        complain_wat(input.name, &error);
    } else {
        if ((values.no_check || check_module(&input, &values, bytes, size)) &&
            output_write(values.output, bytes, size))
            code = EXIT_FINE;
        weft_wat_free(&options, bytes, size);
    }
    input_free(&input);
    return code;
}

const Verb verb_wat2wasm = {
    .name = "wat2wasm",
    .usage = "[options] FILE",
    .summary = "assemble a module from the text format",
    .text = "FILE is the text of one module (- for standard input): `(module ...)`, or just its\n"
            "fields. Mistakes are shown with their line and a caret. The binary is the shortest\n"
            "form of what is written, and validated unless told otherwise.",
    .examples = "weft wat2wasm add.wat -o add.wasm\n"
                "weft wat2wasm --debug-names add.wat | weft inspect -",
    .options = wat2wasm_options,
    .main = wat2wasm_main,
};
