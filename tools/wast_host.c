// wast_host.c -- the module "spectest", which every script may import from.
//
// Its contents are fixed by the specification's test suite. The printing functions print
// nothing: what a script has to say it says in assertions.
// SPDX-License-Identifier: MIT
#include "tools/wast.h"

static weft_result print_nothing(weft_call *call, void *user)
{
    (void)call, (void)user;
    return WEFT_OK;
}

static const struct {
    const char *name, *signature;
} spectest_funcs[] = {
    {"print", ":"},       {"print_i32", "i:"},      {"print_i64", "l:"},
    {"print_f32", "f:"},  {"print_f64", "d:"},      {"print_i32_f32", "if:"},
    {"print_f64_f64", "dd:"},
};

static weft_name text_name(const char *text)
{
    return (weft_name){text, strlen(text)};
}

// The store holds what it has a definition for; ours is given up.
static bool define_item(weft_store *store, const char *name, weft_extern_kind kind, void *object,
                        weft_error *error)
{
    weft_extern item = {.kind = kind, .of = {.any = object}};
    if (!object) return false;
    bool defined = weft_define(store, text_name("spectest"), text_name(name), item, error);
    weft_extern_release(store, item);
    return defined;
}

static bool define_global(weft_store *store, const char *name, weft_value value, weft_error *error)
{
    weft_valtype type = {.kind = value.kind};
    return define_item(store, name, WEFT_EXTERN_GLOBAL,
                       weft_global_new(store, type, false, value, error), error);
}

static bool define_table(weft_store *store, const char *name, bool is64, weft_error *error)
{
    weft_limits limits = {.min = 10, .max = 20, .has_max = true, .is64 = is64};
    weft_valtype funcref = {.kind = WEFT_REF, .nullable = true, .heap = WEFT_HEAP_FUNC};
    return define_item(store, name, WEFT_EXTERN_TABLE,
                       weft_table_new(store, funcref, &limits, WEFT_NULL_REF, error), error);
}

static bool define_memory(weft_store *store, const char *name, bool shared, weft_error *error)
{
    weft_limits limits = {.min = 1, .max = 2, .has_max = true, .shared = shared,
                          .page_size_log2 = 16};
    return define_item(store, name, WEFT_EXTERN_MEMORY, weft_memory_new(store, &limits, error),
                       error);
}

bool define_spectest(weft_store *store, weft_error *error)
{
    for (size_t i = 0; i < COUNT_OF(spectest_funcs); i++)
        if (!weft_define_func(store, "spectest", spectest_funcs[i].name,
                              spectest_funcs[i].signature, print_nothing, NULL, NULL, error))
            return false;
    return define_global(store, "global_i32", WEFT_VALUE_I32(666), error) &&
           define_global(store, "global_i64", WEFT_VALUE_I64(666), error) &&
           define_global(store, "global_f32", WEFT_VALUE_F32(666.6f), error) &&
           define_global(store, "global_f64", WEFT_VALUE_F64(666.6), error) &&
           define_table(store, "table", false, error) &&
           define_table(store, "table64", true, error) &&
           define_memory(store, "memory", false, error) &&
           define_memory(store, "shared_memory", true, error);
}
