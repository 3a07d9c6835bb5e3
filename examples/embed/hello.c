// hello.c -- the smallest embedding: run a WASI program with our standard streams.
//
//     cc -Iinclude examples/embed/hello.c build/libweft.a -lm -o build/hello
//     build/hello examples/tinygo/hello/hello.wasm
//
// SPDX-License-Identifier: MIT
#include "weft.h"
#include "weft_wasi.h"

#include <stdio.h>
#include <stdlib.h>

static void *read_file(const char *path, size_t *size);

// Says what happened, with the function and the offset where it did.
static void fail(const weft_error *error)
{
    char text[512];
    weft_error_format(error, text, sizeof text);
    fprintf(stderr, "hello: %s\n", error->kind ? text : "out of memory");
    exit(1);
}

// Ends with the guest's own exit code.
static int run(const void *bytes, size_t size, const char *name)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_module *module = weft_module_load(bytes, size, NULL, &error);
    if (!module) fail(&error);

    weft_store *store = weft_store_new(NULL, &error);
    if (!store) fail(&error);

    weft_wasi *world = weft_wasi_new(NULL);
    if (!world) fail(&error);  // which knows of none: out of memory
    weft_wasi_arg(world, name);
    weft_wasi_inherit_stdio(world);
    if (!weft_wasi_link(world, store, &error)) fail(&error);

    weft_instance *instance = weft_instantiate(store, module, NULL, &error);
    if (!instance) fail(&error);

    int code = 0;
    if (weft_call_export(instance, "_start", NULL, 0, NULL, 0, &error) != WEFT_DONE) {
        if (error.kind != WEFT_EXITED) fail(&error);
        code = error.exit_code;
    }

    weft_store_free(store);      // and the instance with it
    weft_wasi_free(world);       // after the store that it was linked into
    weft_module_release(module);
    return code;
}

int main(int argc, char **argv)
{
    size_t size;
    void *bytes = argc > 1 ? read_file(argv[1], &size) : NULL;
    if (!bytes) {
        fprintf(stderr, "usage: hello FILE.wasm\n");
        return 2;
    }
    int code = run(bytes, size, argv[1]);
    free(bytes);  // the module pointed into it until it was released
    return code;
}

static void *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    long end = ftell(file);
    rewind(file);
    void *bytes = end > 0 ? malloc((size_t)end) : NULL;
    *size = bytes ? fread(bytes, 1, (size_t)end, file) : 0;
    fclose(file);
    return bytes;
}
