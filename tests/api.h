// api.h -- what the tests of weft.h share: modules from text, instances, failing allocators.
// SPDX-License-Identifier: MIT
#ifndef WEFT_TESTS_API_H
#define WEFT_TESTS_API_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "include/weft.h"
#include "include/weft_wat.h"

#define UNUSED_ARG __attribute__((unused))

static weft_module_options text_options = {
    .size = sizeof(weft_module_options), .features = "all", .copy_bytes = true};

// The module that `wat` is the text of; fails the test if it is none.
static UNUSED_ARG weft_module *module_of_text(const char *wat, const weft_module_options *options)
{
    weft_wat_error wat_error = WEFT_WAT_ERROR_INIT;
    uint8_t *bytes;
    size_t size;
    if (!weft_wat2wasm(wat, strlen(wat), NULL, &bytes, &size, &wat_error)) {
        char message[600];
        weft_wat_error_format(&wat_error, "test", message, sizeof message);
        fail_msg("%s", message);
    }
    weft_error error = WEFT_ERROR_INIT;
    weft_module *module = weft_module_load(bytes, size, options, &error);
    weft_wat_free(NULL, bytes, size);
    if (module == NULL) fail_msg("%s at 0x%llx", error.text, (unsigned long long)error.offset);
    return module;
}

static UNUSED_ARG weft_module *module_of(const char *wat)
{
    return module_of_text(wat, &text_options);
}

// An instance of `wat`, which the store's definitions complete; fails the test otherwise.
static UNUSED_ARG weft_instance *instance_of(weft_store *store, const char *wat)
{
    weft_module *module = module_of(wat);
    weft_error error = WEFT_ERROR_INIT;
    weft_instance *instance = weft_instantiate(store, module, NULL, &error);
    weft_module_release(module);
    if (instance == NULL) fail_msg("%s -- %s", error.text, error.hint);
    return instance;
}

static UNUSED_ARG weft_store *store_of(const weft_store_options *options)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_store *store = weft_store_new(options, &error);
    if (store == NULL) fail_msg("%s", error.text);
    return store;
}

// Calls an export that takes and gives i32s.
static UNUSED_ARG int32_t call_i32(weft_instance *instance, const char *name, uint32_t count,
                                   const int32_t *args)
{
    weft_value values[8], result;
    for (uint32_t i = 0; i < count; i++) values[i] = WEFT_VALUE_I32(args[i]);
    weft_error error = WEFT_ERROR_INIT;
    weft_status status = weft_call_export(instance, name, values, count, &result, 1, &error);
    if (status != WEFT_DONE) fail_msg("%s: %s", name, error.text);
    assert_int_equal(result.kind, WEFT_I32);
    return result.of.i32;
}

#define CALL_I32(instance, name, ...)                                           \
    call_i32(instance, name, sizeof((int32_t[]){__VA_ARGS__}) / sizeof(int32_t), \
             (int32_t[]){__VA_ARGS__})

static UNUSED_ARG int32_t call_i32_0(weft_instance *instance, const char *name)
{
    return call_i32(instance, name, 0, NULL);
}

// Calls an export without arguments and results that must fail; gives the error.
static UNUSED_ARG weft_error call_fails(weft_instance *instance, const char *name)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_status status = weft_call_export(instance, name, NULL, 0, NULL, 0, &error);
    assert_int_equal(status, WEFT_FAILED);
    return error;
}

static UNUSED_ARG weft_name name_of_text(const char *text)
{
    return (weft_name){text, strlen(text)};
}

// An allocator that counts, checks the sizes it is told, and fails from the n-th request on.
typedef struct Meter {
    size_t live_bytes, live_blocks, requests, peak_bytes;
    size_t fail_at;  // 0: never
} Meter;

static UNUSED_ARG void *meter_resize(void *context, void *block, size_t old_size, size_t new_size)
{
    Meter *meter = context;
    if (new_size == 0) {
        if (block == NULL) return NULL;
        size_t *head = (size_t *)block - 2;
        assert_int_equal(head[0], old_size);
        meter->live_bytes -= old_size;
        meter->live_blocks--;
        free(head);
        return NULL;
    }
    meter->requests++;
    if (meter->fail_at != 0 && meter->requests >= meter->fail_at) return NULL;
    if (block == NULL) assert_int_equal(old_size, 0);
    size_t *head = malloc(new_size + 2 * sizeof(size_t));
    if (head == NULL) return NULL;
    head[0] = new_size;
    memset(head + 2, 0xa5, new_size);  // nobody may rely on zeros
    if (block != NULL) {
        size_t *old_head = (size_t *)block - 2;
        assert_int_equal(old_head[0], old_size);
        memcpy(head + 2, block, old_size < new_size ? old_size : new_size);
        free(old_head);
        meter->live_bytes -= old_size;
        meter->live_blocks--;
    }
    meter->live_bytes += new_size;
    meter->live_blocks++;
    if (meter->live_bytes > meter->peak_bytes) meter->peak_bytes = meter->live_bytes;
    return head + 2;
}

#endif
