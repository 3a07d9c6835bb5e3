// host_functions.c -- functions that the host gives to the guest.
//
// The guest passes text as guests do: as an address and a length in its memory. The host
// never trusts the two. weft_memory_view answers false when they lead outside.
// SPDX-License-Identifier: MIT
#include "example.h"

#include <math.h>

static const char text[] =
    "(module\n"
    "  (import \"host\" \"print\" (func $print (param i32 i32)))\n"
    "  (import \"host\" \"hypot\" (func $hypot (param f64 f64) (result f64)))\n"
    "  (memory (export \"memory\") 1)\n"
    "  (data (i32.const 16) \"hello from the guest\")\n"
    "  (func (export \"greet\") (call $print (i32.const 16) (i32.const 20)))\n"
    "  (func (export \"lie\") (call $print (i32.const 65530) (i32.const 20)))\n"
    "  (func (export \"length\") (param f64 f64) (result f64)\n"
    "    (call $hypot (local.get 0) (local.get 1))))\n";

// `user` is what was given when the function was defined: here, a counter.
static weft_result print(weft_call *call, void *user)
{
    weft_chunk chunk;
    int *lines = user;
    if (!weft_memory_view(weft_call_memory(call), weft_arg_u32(call, 0), weft_arg_u32(call, 1),
                          &chunk)) {
        return weft_call_trap(call, "print: the text is not in memory");
    }
    printf("%d: %.*s\n", ++*lines, (int)chunk.size, (const char *)chunk.data);
    return WEFT_OK;
}

static weft_result length(weft_call *call, void *user)
{
    (void)user;
    weft_return_f64(call, hypot(weft_arg_f64(call, 0), weft_arg_f64(call, 1)));
    return WEFT_OK;
}

int main(void)
{
    weft_error error = WEFT_ERROR_INIT;
    int lines = 0;
    weft_module *module = MODULE(text);
    weft_store *store = new_store();
    check(weft_define_func(store, "host", "print", "ii:", print, &lines, NULL, &error), &error);
    check(weft_define_func(store, "host", "hypot", "dd:d", length, NULL, NULL, &error), &error);
    weft_instance *instance = instantiate(store, module);

    check(weft_call_export(instance, "greet", NULL, 0, NULL, 0, &error) == WEFT_DONE, &error);

    weft_value sides[2] = {WEFT_VALUE_F64(3), WEFT_VALUE_F64(4)}, result;
    check(weft_call_export(instance, "length", sides, 2, &result, 1, &error) == WEFT_DONE, &error);
    printf("length: %g\n", result.of.f64);

    if (weft_call_export(instance, "lie", NULL, 0, NULL, 0, &error) != WEFT_DONE) {
        printf("refused: %s\n", error.text);
    }
    weft_store_free(store);
    weft_module_release(module);
    return 0;
}
