// main.c -- a board that runs one WebAssembly program and ends with its exit code.
//
// The module lies in flash (guest.S) and is never copied. Arguments, variables and files
// there are none; standard streams are the debugger's.
// SPDX-License-Identifier: MIT
#include "weft.h"
#include "weft_wasi.h"

#include "ports/bare/bare.h"
#include "ports/port.h"

#include <stdio.h>
#include <string.h>

extern const unsigned char bare_guest_start[], bare_guest_end[];

// Everything goes to the debugger's error stream, past the C library's own buffers.
static void say(const char *text)
{
    const Port *port = port_native();
    size_t done;
    port->files->write(port->ctx, 2, &(PortIo){(u8 *)(uintptr_t)text, strlen(text)}, 1,
                       PORT_AT_CURSOR, &done);
}

static int fail(const weft_error *error)
{
    char text[512];
    weft_error_format(error, text, sizeof text);
    say("bare: ");
    say(text);
    say("\n");
    return error->kind == WEFT_TRAPPED || error->kind == WEFT_EXHAUSTED ? 134 : 1;
}

static int run(weft_error *error)
{
    size_t size = (size_t)(bare_guest_end - bare_guest_start);
    weft_module *module = weft_module_load(bare_guest_start, size, NULL, error);
    if (!module) return fail(error);

    weft_store_options options = WEFT_STORE_OPTIONS_INIT;
    options.stack_bytes = 16 * 1024;
    weft_store *store = weft_store_new(&options, error);
    weft_wasi *world = weft_wasi_new(NULL);
    if (!store || !world) return fail(error);
    weft_wasi_arg(world, "guest");
    weft_wasi_inherit_stdio(world);
    if (!weft_wasi_link(world, store, error)) return fail(error);

    weft_instance *instance = weft_instantiate(store, module, NULL, error);
    if (!instance) return fail(error);
    weft_status status = weft_call_export(instance, "_start", NULL, 0, NULL, 0, error);
    int code = 0;
    if (status != WEFT_DONE) {
        code = error->kind == WEFT_EXITED ? error->exit_code & 255 : fail(error);
    }
    weft_store_free(store);
    weft_wasi_free(world);
    weft_module_release(module);
    return code;
}

int main(void)
{
    weft_error error = WEFT_ERROR_INIT;
    int code = run(&error);
    char text[80];
    snprintf(text, sizeof text, "bare: heap %lu, stack %lu\n", (unsigned long)bare_heap_peak(),
             (unsigned long)bare_stack_peak());
    say(text);
    return code;
}
