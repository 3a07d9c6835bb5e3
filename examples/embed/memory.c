// memory.c -- the guest's memory, its globals and its tables, from outside.
// SPDX-License-Identifier: MIT
#include "example.h"

#include <string.h>

static const char text[] =
    "(module\n"
    "  (memory (export \"memory\") 1 3)\n"
    "  (global (export \"calls\") (mut i32) (i32.const 0))\n"
    "  (table (export \"shouts\") 2 funcref)\n"
    "  (elem (i32.const 1) $shout)\n"
    "  (func $shout (export \"shout\") (param $at i32) (param $size i32)\n"
    "    (global.set 0 (i32.add (global.get 0) (i32.const 1)))\n"
    "    (loop $next\n"
    "      (if (i32.eqz (local.get $size)) (then (return)))\n"
    "      (i32.store8 (local.get $at)\n"
    "        (i32.and (i32.load8_u (local.get $at)) (i32.const 0xdf)))\n"
    "      (local.set $at (i32.add (local.get $at) (i32.const 1)))\n"
    "      (local.set $size (i32.sub (local.get $size) (i32.const 1)))\n"
    "      (br $next))))\n";

int main(void)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_module *module = MODULE(text);
    weft_store *store = new_store();
    weft_instance *instance = instantiate(store, module);
    weft_memory *memory = weft_export_memory(instance, "memory");

    // In, through, and out again.
    char word[] = "whisper";
    weft_value args[2] = {WEFT_VALUE_I32(100), WEFT_VALUE_I32((int32_t)strlen(word))};
    weft_memory_write(memory, 100, word, strlen(word));
    check(weft_call_export(instance, "shout", args, 2, NULL, 0, &error) == WEFT_DONE, &error);
    weft_memory_read(memory, 100, word, strlen(word));
    printf("%s\n", word);

    // Outside of it nothing happens, and the answer says so.
    printf("read past the end: %s\n", weft_memory_read(memory, 65530, word, 7) ? "yes" : "no");

    // It grows to its maximum and no further.
    uint64_t old_pages = 0;
    printf("grow by 2: %s", weft_memory_grow(memory, 2, &old_pages) ? "yes" : "no");
    printf(", it had %" PRIu64 " page, now %" PRIu64 "\n", old_pages, weft_memory_pages(memory));
    printf("grow by 1 more: %s\n", weft_memory_grow(memory, 1, NULL) ? "yes" : "no");

    // A view shows the bytes in place, until the memory grows. Where memory is sparse a view
    // can be shorter than what was asked for: then go on behind it.
    uint64_t at = 100, left = 7;
    weft_chunk chunk;
    while (left > 0 && weft_memory_view(memory, at, left, &chunk)) {
        fwrite(chunk.data, 1, chunk.size, stdout);
        at += chunk.size;
        left -= chunk.size;
    }
    printf("\n");

    // Globals carry their kind with them; a table element is a reference, perhaps null.
    weft_global *calls = weft_export_global(instance, "calls");
    printf("calls: %" PRId32 "\n", weft_global_get(calls).of.i32);
    printf("set to a float: %s\n", weft_global_set(calls, WEFT_VALUE_F32(1)) ? "yes" : "no");

    weft_table *shouts = weft_export_table(instance, "shouts");
    for (uint64_t i = 0; i < weft_table_size(shouts); i++) {
        weft_ref ref;
        weft_table_get(shouts, i, &ref);
        printf("element %" PRIu64 ": %s\n", i, ref == WEFT_NULL_REF ? "null" : "a function");
    }
    weft_store_free(store);
    weft_module_release(module);
    return 0;
}
