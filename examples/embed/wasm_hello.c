// wasm_hello.c -- hello.c again, written to the standard C API: wasm.h and wasi.h.
//
//     wasm_hello examples/tinygo/hello/hello.wasm
//
// SPDX-License-Identifier: MIT
#include "wasi.h"
#include "wasm.h"

#include <stdio.h>
#include <stdlib.h>

static bool read_file(const char *path, wasm_byte_vec_t *bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    fseek(file, 0, SEEK_END);
    wasm_byte_vec_new_uninitialized(bytes, (size_t)ftell(file));
    rewind(file);
    bool whole = fread(bytes->data, 1, bytes->size, file) == bytes->size;
    fclose(file);
    return whole;
}

static void fail(wasm_trap_t *trap, const char *what)
{
    wasm_message_t why = WASM_EMPTY_VEC;
    if (trap) wasm_trap_message(trap, &why);
    fprintf(stderr, "wasm_hello: %s%s%s\n", what, trap ? ": " : "", trap ? why.data : "");
    wasm_byte_vec_delete(&why);
    wasm_trap_delete(trap);
    exit(1);
}

int main(int argc, char **argv)
{
    wasm_byte_vec_t bytes;
    if (argc < 2 || !read_file(argv[1], &bytes)) fail(NULL, "usage: wasm_hello FILE");

    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    wasm_module_t *module = wasm_module_new(store, &bytes);
    wasm_byte_vec_delete(&bytes);
    if (!module) fail(NULL, "not a module");

    wasi_config_t *config = wasi_config_new();
    const char *args[] = {"hello"};
    wasi_config_set_argv(config, 1, args);
    wasi_config_inherit_stdout(config);

    wasm_trap_t *trap = NULL;
    wasi_instance_t *wasi = wasi_instance_new(store, NULL, config, &trap);
    if (!wasi) fail(trap, "cannot set up WASI");
    wasm_instance_t *instance = wasi_instance_instantiate(wasi, module, &trap);
    if (!instance) fail(trap, "cannot instantiate");
    int exit_code;
    trap = wasi_instance_start(wasi, module, instance, &exit_code);
    if (trap) fail(trap, "the program failed");

    wasi_instance_delete(wasi);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    wasm_store_delete(store);
    wasm_engine_delete(engine);
    return exit_code;
}
