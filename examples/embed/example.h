// example.h -- what the examples that bring their guest along, as text, have in common.
// SPDX-License-Identifier: MIT
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include "weft.h"
#include "weft_wat.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

// Ends the example with the error, unless all is fine.
static inline void check(bool fine, const weft_error *error)
{
    char line[512];
    if (fine) return;
    weft_error_format(error, line, sizeof line);
    fprintf(stderr, "unexpected: %s\n", line);
    exit(1);
}

// A module of its own bytes, made from text.
static inline weft_module *module_of_text(const char *text, size_t size,
                                          weft_module_options options)
{
    uint8_t *bytes;
    size_t byte_count;
    weft_wat_error mistake = WEFT_WAT_ERROR_INIT;
    weft_error error = WEFT_ERROR_INIT;
    if (!weft_wat2wasm(text, size, NULL, &bytes, &byte_count, &mistake)) {
        fprintf(stderr, "line %" PRIu32 ": %s\n", mistake.line, mistake.text);
        exit(1);
    }
    options.copy_bytes = true;  // so that ours may go
    weft_module *module = weft_module_load(bytes, byte_count, &options, &error);
    check(module != NULL, &error);
    weft_wat_free(NULL, bytes, byte_count);
    return module;
}

#define MODULE(text) \
    module_of_text(text, sizeof text - 1, (weft_module_options)WEFT_MODULE_OPTIONS_INIT)

static inline weft_store *new_store(void)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_store *store = weft_store_new(NULL, &error);
    check(store != NULL, &error);
    return store;
}

static inline weft_instance *instantiate(weft_store *store, weft_module *module)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_instance *instance = weft_instantiate(store, module, NULL, &error);
    check(instance != NULL, &error);
    return instance;
}

#endif
