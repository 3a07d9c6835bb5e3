// validate.c -- `weft validate`: is this a valid module? Silence means yes.
// SPDX-License-Identifier: MIT
#include "tools/tools.h"

typedef struct ValidateValues {
    const char *features;
} ValidateValues;

static const Option validate_options[] = {
    {"features", 0, OPTION_TEXT, offsetof(ValidateValues, features), "LIST",
     "which WebAssembly: 1.0, 2.0, 3.0 (unless told), all,\n"
     "then +NAME and -NAME: 2.0,+tail-calls,-simd"},
    {0},
};

static bool validate_file(const char *path, const char *features)
{
    Input input;
    weft_error error = WEFT_ERROR_INIT;
    weft_module_options options = WEFT_MODULE_OPTIONS_INIT;
    options.features = features;
    if (!input_read_program(&input, path)) return false;
    bool valid = weft_validate(input.bytes, input.size, &options, &error);
    if (!valid) complain_load(&input, features, &error);
    input_free(&input);
    return valid;
}

static int validate_main(const Verb *verb, int argc, char **argv)
{
    ValidateValues values = {0};
    int code;
    if (!verb_options_read(verb, &argc, argv, &values, &code)) return code;
    if (argc == 0) return complain_usage(verb, "validate wants a FILE");
    if (!features_check(verb, values.features)) return EXIT_USAGE;
    code = EXIT_FINE;
    for (int i = 0; i < argc; i++) {
        if (!validate_file(argv[i], values.features)) code = EXIT_REFUSED;
    }
    return code;
}

const Verb verb_validate = {
    .name = "validate",
    .usage = "[options] FILE...",
    .summary = "check that modules are valid",
    .text = "Prints nothing and ends with 0 if they are; else says what is wrong and where, and\n"
            "ends with 1. Nothing is run.",
    .examples = "weft validate app.wasm\nweft validate --features 2.0 app.wasm",
    .options = validate_options,
    .main = validate_main,
};
