// callbacks.c -- the guest hands the host a function, and the host calls it.
//
// The guest asks the host to sort numbers in its memory and brings the comparison along, as
// a function reference. So calls nest: host, guest, host (sort), guest (compare).
// SPDX-License-Identifier: MIT
#include "example.h"

static const char text[] =
    "(module\n"
    "  (import \"host\" \"sort\" (func $sort (param i32 i32 funcref)))\n"
    "  (memory (export \"memory\") 1)\n"
    "  (data (i32.const 0) \"\\05\\00\\00\\00\\01\\00\\00\\00\\09\\00\\00\\00\\03\\00\\00\\00\")\n"
    "  (elem declare func $falling)\n"
    "  (func $falling (param i32 i32) (result i32)\n"
    "    (i32.sub (local.get 1) (local.get 0)))\n"
    "  (func (export \"run\")\n"
    "    (call $sort (i32.const 0) (i32.const 4) (ref.func $falling))))\n";

// What the comparison says; a trap in it becomes ours.
static weft_result compare(weft_call *call, weft_func *func, uint32_t a, uint32_t b, bool *above)
{
    weft_value args[2] = {WEFT_VALUE_I32((int32_t)a), WEFT_VALUE_I32((int32_t)b)}, result;
    weft_error error = WEFT_ERROR_INIT;
    if (weft_call_func(func, args, 2, &result, 1, &error) != WEFT_DONE) {
        return weft_call_trap(call, error.text);
    }
    *above = result.of.i32 > 0;
    return WEFT_OK;
}

// An insertion sort. Memory is read and written anew each time: what the guest does while it
// compares, growing its memory for one, is its own affair.
static weft_result sort(weft_call *call, void *user)
{
    (void)user;
    weft_memory *memory = weft_call_memory(call);
    uint32_t at = weft_arg_u32(call, 0), count = weft_arg_u32(call, 1);
    weft_func *func = weft_ref_func(weft_call_store(call), call->args[2]);
    if (func == NULL) return weft_call_trap(call, "sort: no function given");
    for (uint32_t i = 1; i < count; i++) {
        for (uint32_t j = i; j > 0; j--) {
            uint32_t pair[2], address = at + 4 * (j - 1);
            bool above = false;
            if (!weft_memory_read(memory, address, pair, sizeof pair)) {
                return weft_call_trap(call, "sort: the numbers are not in memory");
            }
            weft_result result = compare(call, func, pair[0], pair[1], &above);
            if (result != WEFT_OK) return result;
            if (!above) break;
            uint32_t swapped[2] = {pair[1], pair[0]};
            weft_memory_write(memory, address, swapped, sizeof swapped);
        }
    }
    return WEFT_OK;
}

int main(void)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_module *module = MODULE(text);
    weft_store *store = new_store();
    check(weft_define_func(store, "host", "sort", "iiF:", sort, NULL, NULL, &error), &error);
    weft_instance *instance = instantiate(store, module);
    check(weft_call_export(instance, "run", NULL, 0, NULL, 0, &error) == WEFT_DONE, &error);

    uint32_t numbers[4];
    weft_memory_read(weft_export_memory(instance, "memory"), 0, numbers, sizeof numbers);
    for (int i = 0; i < 4; i++) printf("%" PRIu32 "\n", numbers[i]);
    weft_store_free(store);
    weft_module_release(module);
    return 0;
}
