// wasm_wat.c -- wat.c again, written to the standard C API.
//
// The standard has no text format; for that one step weft_wat.h is asked. Everything else
// would run on any engine with a wasm.h.
// SPDX-License-Identifier: MIT
#include "wasi.h"
#include "wasm.h"
#include "weft_wat.h"

#include <stdio.h>
#include <stdlib.h>

static const char text[] =
    "(module\n"
    "  (import \"wasi_unstable\" \"fd_write\"\n"
    "    (func $fd_write (param i32 i32 i32 i32) (result i32)))\n"
    "  (memory (export \"memory\") 1)\n"
    "  (data (i32.const 8) \"hello world\\n\")\n"
    "  (func (export \"_start\")\n"
    "    (i32.store (i32.const 0) (i32.const 8))\n"
    "    (i32.store (i32.const 4) (i32.const 12))\n"
    "    (drop (call $fd_write\n"
    "      (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))))\n";

static void fail(wasm_trap_t *trap, const char *what)
{
    wasm_message_t why = WASM_EMPTY_VEC;
    if (trap) wasm_trap_message(trap, &why);
    fprintf(stderr, "wasm_wat: %s%s%s\n", what, trap ? ": " : "", trap ? why.data : "");
    wasm_byte_vec_delete(&why);
    wasm_trap_delete(trap);
    exit(1);
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "wasm_wat.out";
    uint8_t *data;
    size_t size;
    if (!weft_wat2wasm(text, sizeof text - 1, NULL, &data, &size, NULL)) fail(NULL, "no memory");
    wasm_byte_vec_t bytes;
    wasm_byte_vec_new(&bytes, size, (const wasm_byte_t *)data);
    weft_wat_free(NULL, data, size);

    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    wasm_module_t *module = wasm_module_new(store, &bytes);
    wasm_byte_vec_delete(&bytes);
    if (!module) fail(NULL, "not a module");

    wasi_config_t *config = wasi_config_new();
    wasi_config_set_stdout_file(config, path);

    wasm_trap_t *trap = NULL;
    wasi_instance_t *wasi = wasi_instance_new(store, "wasi_unstable", config, &trap);
    if (!wasi) fail(trap, "cannot set up WASI");
    wasm_instance_t *instance = wasi_instance_instantiate(wasi, module, &trap);
    if (!instance) fail(trap, "cannot instantiate");
    trap = wasi_instance_start(wasi, module, instance, NULL);
    if (trap) fail(trap, "the program failed");

    wasi_instance_delete(wasi);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    wasm_store_delete(store);
    wasm_engine_delete(engine);

    FILE *file = fopen(path, "rb");
    if (!file) return 1;
    for (int c; (c = getc(file)) != EOF;) putchar(c);
    fclose(file);
    return 0;
}
