// headers.cc -- the public headers as a C++ program sees them: all of them, and each macro
// that starts a struct or makes a value. Ends with the number of the first that is wrong.
// SPDX-License-Identifier: MIT
#ifdef ONE_HEADER
#include "weft.h"
#else
#include "wasi.h"
#include "wasm.h"
#include "weft.h"
#include "weft_wasi.h"
#include "weft_wasm.h"
#include "weft_wat.h"
#endif

static int structs_begin_with_their_size()
{
    weft_error error = WEFT_ERROR_INIT;
    weft_module_options module = WEFT_MODULE_OPTIONS_INIT;
    weft_store_options store = WEFT_STORE_OPTIONS_INIT;
    weft_instance_options instance = WEFT_INSTANCE_OPTIONS_INIT;
    weft_thread_options thread = WEFT_THREAD_OPTIONS_INIT;
    weft_wasi_options world = WEFT_WASI_OPTIONS_INIT;
    weft_wat_error mistake = WEFT_WAT_ERROR_INIT;
    weft_wat_options text = WEFT_WAT_OPTIONS_INIT;
    if (error.size != sizeof error || error.kind != WEFT_NO_ERROR) return 1;
    if (module.size != sizeof module || module.features != NULL || module.fuel) return 2;
    if (store.size != sizeof store || store.max_memory_bytes != 0) return 3;
    if (instance.size != sizeof instance || instance.imports != NULL) return 4;
    if (thread.size != sizeof thread || thread.stack_bytes != 0) return 5;
    if (world.size != sizeof world || world.allocator != NULL) return 6;
    if (mistake.size != sizeof mistake || mistake.line != 0) return 7;
    if (text.size != sizeof text || text.names) return 8;
    return 0;
}

static int types_are_what_they_say()
{
    const weft_valtype types[] = {WEFT_TYPE_I32,  WEFT_TYPE_I64,     WEFT_TYPE_F32,      WEFT_TYPE_F64,
                                  WEFT_TYPE_V128, WEFT_TYPE_FUNCREF, WEFT_TYPE_EXTERNREF};
    for (int i = 0; i < 5; i++)
        if (types[i].kind != WEFT_I32 + i || types[i].nullable || types[i].heap) return 10 + i;
    if (types[5].kind != WEFT_REF || types[5].heap != WEFT_HEAP_FUNC || !types[5].nullable) return 15;
    if (types[6].kind != WEFT_REF || types[6].heap != WEFT_HEAP_EXTERN || !types[6].nullable) return 16;
    return types[5].top != WEFT_HEAP_FUNC || types[6].top != WEFT_HEAP_EXTERN ? 17 : 0;
}

static int values_are_what_they_say()
{
    const weft_value values[] = {WEFT_VALUE_I32(-1), WEFT_VALUE_I64(-2), WEFT_VALUE_F32(0.5f),
                                 WEFT_VALUE_F64(0.25), WEFT_VALUE_REF(WEFT_NULL_REF)};
    if (values[0].kind != WEFT_I32 || values[0].of.i32 != -1) return 20;
    if (values[1].kind != WEFT_I64 || values[1].of.i64 != -2) return 21;
    if (values[2].kind != WEFT_F32 || values[2].of.f32_bits != 0x3f000000u) return 22;
    if (values[3].kind != WEFT_F64 || values[3].of.f64_bits != 0x3fd0000000000000u) return 23;
    return values[4].kind != WEFT_REF || values[4].of.ref != 0 ? 24 : 0;
}

static int standard_values_are_what_they_say()
{
    wasm_val_t values[] = {WASM_I32_VAL(-1),  WASM_I64_VAL(-2),   WASM_F32_VAL(0.5f),
                           WASM_F64_VAL(0.25), WASM_REF_VAL(NULL), WASM_INIT_VAL};
    const wasm_val_vec_t all = WASM_ARRAY_VEC(values), none = WASM_EMPTY_VEC;
    if (values[0].kind != WASM_I32 || values[0].of.i32 != -1) return 30;
    if (values[1].kind != WASM_I64 || values[1].of.i64 != -2) return 31;
    if (values[2].kind != WASM_F32 || values[2].of.f32 != 0.5f) return 32;
    if (values[3].kind != WASM_F64 || values[3].of.f64 != 0.25) return 33;
    if (values[4].kind != WASM_EXTERNREF || values[4].of.ref != NULL) return 34;
    if (values[5].kind != WASM_EXTERNREF || values[5].of.ref != NULL) return 35;
    return all.size != 6 || all.data != values || none.size != 0 ? 36 : 0;
}

// The library's own view: a call in from C++, and a function of C++ called by the guest.
static weft_result twice(weft_call *call, void *user)
{
    ++*static_cast<int *>(user);
    weft_return_u32(call, weft_arg_u32(call, 0) * 2);
    return WEFT_OK;
}

static int calls_go_both_ways()
{
    static const char text[] =
        "(module (import \"cxx\" \"twice\" (func $twice (param i32) (result i32)))"
        " (func (export \"four_times\") (param i32) (result i32)"
        "  (call $twice (call $twice (local.get 0)))))";
    int calls = 0;
    uint8_t *bytes = NULL;
    size_t size = 0;
    weft_error error = WEFT_ERROR_INIT;
    weft_wat_error mistake = WEFT_WAT_ERROR_INIT;
    if (!weft_wat2wasm(text, sizeof text - 1, NULL, &bytes, &size, &mistake)) return 40;
    weft_module *module = weft_module_load(bytes, size, NULL, &error);
    weft_store *store = weft_store_new(NULL, &error);
    if (module == NULL || store == NULL) return 41;
    if (!weft_define_func(store, "cxx", "twice", "i:i", twice, &calls, NULL, &error)) return 42;
    weft_instance *instance = weft_instantiate(store, module, NULL, &error);
    weft_value ten = WEFT_VALUE_I32(10), result = WEFT_VALUE_I32(0);
    if (weft_call_export(instance, "four_times", &ten, 1, &result, 1, &error) != WEFT_DONE) return 43;
    weft_store_free(store);
    weft_module_release(module);
    weft_wat_free(NULL, bytes, size);
    return result.of.i32 != 40 || calls != 2 ? 44 : 0;
}

int main()
{
    int (*const checks[])() = {structs_begin_with_their_size, types_are_what_they_say,
                               values_are_what_they_say, standard_values_are_what_they_say,
                               calls_go_both_ways};
    for (unsigned i = 0; i < sizeof checks / sizeof *checks; i++) {
        int wrong = checks[i]();
        if (wrong != 0) return wrong;
    }
    return 0;
}
