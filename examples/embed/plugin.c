// plugin.c -- a plugin made by TinyGo, given one function, 16 MiB of memory and one second.
//     plugin examples/tinygo/plugin/plugin.wasm
// SPDX-License-Identifier: MIT
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "weft.h"
#include "weft_wasi.h"

static weft_store *store;

static void on_alarm(int signal)
{
    (void)signal;
    weft_store_interrupt(store);
}

static weft_result host_log(weft_call *call, void *out)
{
    weft_chunk text;
    if (!weft_memory_view(weft_call_memory(call), weft_arg_u32(call, 0), weft_arg_u32(call, 1), &text))
        return weft_call_trap(call, "log: the text is not in memory");
    fprintf(out, "plugin says: %.*s\n", (int)text.size, (const char *)text.data);
    return WEFT_OK;
}

int main(int argc, char **argv)
{
    static unsigned char bytes[4 << 20];
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    char line[512] = "out of memory";
    weft_error error = WEFT_ERROR_INIT;
    weft_store_options limits = WEFT_STORE_OPTIONS_INIT;
    limits.max_memory_bytes = 16 << 20;
    weft_module *module = weft_module_load(bytes, size, NULL, &error);
    weft_wasi *world = weft_wasi_new(NULL);
    weft_instance *plugin = NULL;
    weft_value at, length = WEFT_VALUE_I32(5), shouted;
    bool fine = module && world && (store = weft_store_new(&limits, &error)) &&
                weft_wasi_link(world, store, &error) &&
                weft_define_func(store, "host", "log", "ii:", host_log, stdout, NULL, &error);
    signal(SIGALRM, on_alarm);
    alarm(1);  // for all that follows: a start function may loop as well
    fine = fine && (plugin = weft_instantiate(store, module, NULL, &error)) &&
           !weft_call_export(plugin, "_initialize", NULL, 0, NULL, 0, &error) &&
           !weft_call_export(plugin, "alloc", &length, 1, &at, 1, &error) &&
           weft_memory_write(weft_export_memory(plugin, "memory"), (uint32_t)at.of.i32, "hello", 5) &&
           !weft_call_export(plugin, "shout", (weft_value[]){at, length}, 2, &shouted, 1, &error);
    alarm(0);  // before the store goes, which the handler uses
    if (error.kind != WEFT_NO_ERROR) weft_error_format(&error, line, sizeof line);
    if (!fine) fprintf(stderr, "plugin: %s\n", line);
    weft_store_free(store);
    weft_wasi_free(world);
    weft_module_release(module);
    return !fine;
}
