// instances.c -- one module, several instances, and instances that use each other.
//
// A module is code and belongs to nobody; instances have the memories and globals. What one
// instance exports can be what the next one imports.
// SPDX-License-Identifier: MIT
#include "example.h"

static const char counter_text[] =
    "(module\n"
    "  (global $count (mut i32) (i32.const 0))\n"
    "  (func (export \"count\") (result i32)\n"
    "    (global.set $count (i32.add (global.get $count) (i32.const 1)))\n"
    "    (global.get $count)))\n";

static const char user_text[] =
    "(module\n"
    "  (import \"left\" \"count\" (func $left (result i32)))\n"
    "  (import \"right\" \"count\" (func $right (result i32)))\n"
    "  (func (export \"both\") (result i32 i32)\n"
    "    (drop (call $left))\n"
    "    (call $left) (call $right)))\n";

int main(void)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_module *counter = MODULE(counter_text), *user = MODULE(user_text);
    weft_store *store = new_store();

    weft_instance *left = instantiate(store, counter), *right = instantiate(store, counter);
    check(weft_define_instance(store, (weft_name){"left", 4}, left, &error), &error);
    check(weft_define_instance(store, (weft_name){"right", 5}, right, &error), &error);
    weft_instance *both = instantiate(store, user);

    weft_value counts[2];
    check(weft_call_export(both, "both", NULL, 0, counts, 2, &error) == WEFT_DONE, &error);
    printf("left %" PRId32 ", right %" PRId32 "\n", counts[0].of.i32, counts[1].of.i32);

    // Released, the counters live on as long as `both` can reach them.
    weft_instance_release(left);
    weft_instance_release(right);
    weft_store_collect(store);
    check(weft_call_export(both, "both", NULL, 0, counts, 2, &error) == WEFT_DONE, &error);
    printf("left %" PRId32 ", right %" PRId32 "\n", counts[0].of.i32, counts[1].of.i32);

    weft_store_free(store);
    weft_module_release(counter);
    weft_module_release(user);
    return 0;
}
