// wat.c -- runs a module that is written here, in text, and catches what it prints in a file.
//
//     cc -Iinclude examples/embed/wat.c build/libweft.a -lm -o build/wat && build/wat
//
// The module imports fd_write from wasi_unstable, the name WASI had in 2019. Many programs
// of that year still do, and weft serves them with the layouts of that year.
// SPDX-License-Identifier: MIT
#include "weft.h"
#include "weft_wasi.h"
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
    "    (i32.store (i32.const 0) (i32.const 8))   ;; iov_base\n"
    "    (i32.store (i32.const 4) (i32.const 12))  ;; iov_len\n"
    "    (drop (call $fd_write\n"
    "      (i32.const 1)      ;; standard output\n"
    "      (i32.const 0)      ;; one iovec, at address 0\n"
    "      (i32.const 1)\n"
    "      (i32.const 20)))))  ;; where to write how much was written\n";

static void check(bool fine, const weft_error *error)
{
    char line[512];
    if (fine) return;
    weft_error_format(error, line, sizeof line);
    fprintf(stderr, "wat: %s\n", line);
    exit(1);
}

static ptrdiff_t write_to_file(void *file, const void *bytes, size_t size)
{
    size_t written = fwrite(bytes, 1, size, file);
    return written > 0 || size == 0 ? (ptrdiff_t)written : WEFT_WASI_FAILED;
}

int main(void)
{
    uint8_t *bytes;
    size_t size;
    weft_wat_error mistake = WEFT_WAT_ERROR_INIT;
    if (!weft_wat2wasm(text, sizeof text - 1, NULL, &bytes, &size, &mistake)) {
        fprintf(stderr, "wat: line %u: %s\n", (unsigned)mistake.line, mistake.text);
        return 1;
    }

    weft_error error = WEFT_ERROR_INIT;
    weft_module *module = weft_module_load(bytes, size, NULL, &error);
    check(module != NULL, &error);
    weft_store *store = weft_store_new(NULL, &error);
    check(store != NULL, &error);

    FILE *file = tmpfile();
    weft_wasi *world = weft_wasi_new(NULL);
    if (file == NULL || world == NULL) {
        fprintf(stderr, "wat: out of memory\n");
        exit(1);
    }
    weft_wasi_output_func(world, 1, write_to_file, file);
    check(weft_wasi_link(world, store, &error), &error);

    weft_instance *instance = weft_instantiate(store, module, NULL, &error);
    check(instance != NULL, &error);
    check(weft_call_export(instance, "_start", NULL, 0, NULL, 0, &error) == WEFT_DONE, &error);

    rewind(file);
    for (int c; (c = getc(file)) != EOF;) putchar(c);

    fclose(file);
    weft_store_free(store);
    weft_wasi_free(world);
    weft_module_release(module);
    weft_wat_free(NULL, bytes, size);  // after the module, which pointed into them
    return 0;
}
