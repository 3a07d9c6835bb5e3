// calls.c -- calls every exported function of modules and prints what came of it.
//
//   calls MASK[,MASK...] < PATHS
//
// For each path on standard input and each translator mask: a line `module PATH MASK`, what
// happened, and a line `end`. Lines that begin with @ (of the first mask only) say what was
// given: calls.mjs, the other half, repeats exactly that in another engine and prints the
// same lines. Only numbers, nulls and i31 references travel as they are; of any other
// reference it is compared whether it is null, of a NaN that it is one.
// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "weft.h"

#define MAX_VALUES 1000
#define BUDGET 3000000  // back edges and calls for each export: more and the rest is left out
#define MAX_MEMORY ((uint64_t)256 << 20)

typedef struct Import {
    char module[64], name[64];
    weft_extern_type type;
    struct Run *run;
} Import;

typedef struct Run {
    weft_store *store;
    weft_module *module;
    weft_instance *instance;
    weft_tag *tag;  // what the host throws
    bool started;   // so that JavaScript would have the exports, too
    bool stop;      // a limit was met: what follows cannot be compared
} Run;

static char letter(weft_valtype type)
{
    return "?ilfdvr"[type.kind];
}

static void print_value(const Run *run, weft_value value)
{
    switch (value.kind) {
    case WEFT_I32: printf(" i:%" PRId32, value.of.i32); break;
    case WEFT_I64: printf(" l:%" PRId64, value.of.i64); break;
    case WEFT_F32:
        if (value.of.f32 != value.of.f32) {
            printf(" f:nan");
        } else {
            printf(" f:%08" PRIx32, value.of.f32_bits);
        }
        break;
    case WEFT_F64:
        if (value.of.f64 != value.of.f64) {
            printf(" d:nan");
        } else {
            printf(" d:%016" PRIx64, value.of.f64_bits);
        }
        break;
    case WEFT_V128:
        printf(" v:");
        for (int i = 0; i < 16; i++) {
            printf("%02x", value.of.v128[i]);
        }
        break;
    default:
        switch (weft_ref_kind_of(run->store, value.of.ref)) {
        case WEFT_REF_NULL: printf(" r:null"); break;
        case WEFT_REF_I31: printf(" r:%" PRId32, weft_ref_i31(value.of.ref)); break;
        case WEFT_REF_FUNC: printf(" r:func"); break;
        default: printf(" r:ref"); break;
        }
    }
}

// What a failure is called here: engines word the same trap differently, and some make one
// of what others tell apart.
static const char *kind_of(const weft_error *error)
{
    static const char *const kinds[][2] = {
        {"unreachable", "unreachable"},
        {"integer divide by zero", "zero"},
        {"integer overflow", "number"},
        {"invalid conversion to integer", "number"},
        {"out of bounds memory access", "memory"},
        {"out of bounds table access", "table"},
        {"undefined element", "table"},
        {"out of bounds array access", "array"},
        {"uninitialized element", "signature"},
        {"indirect call type mismatch", "signature"},
        {"null", "null"},
        {"cast failure", "cast"},
        {"unaligned atomic", "unaligned"},
        {"expected shared memory", "unshared"},
        {"host:", "host"},
    };
    if (error->kind == WEFT_UNCAUGHT) {
        return "exception";
    }
    if (error->kind == WEFT_UNLINKABLE) {
        return "link";
    }
    if (error->kind == WEFT_TRAPPED) {
        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
            if (strncmp(error->text, kinds[i][0], strlen(kinds[i][0])) == 0) {
                return kinds[i][1];
            }
        }
    }
    return "limit";
}

static void print_failure(Run *run, const weft_error *error)
{
    const char *kind = kind_of(error);
    if (strcmp(kind, "limit") == 0) {
        run->stop = true;
        printf(" limit %s\n", error->text);
    } else {
        printf(" fails %s\n", kind);
    }
}

// call-ref and call-export: a function without parameters is called, the others are not.
// The call's own failure goes on to the caller, or is told by 1 where `catches`.
static weft_result call_back(Run *run, weft_call *call, weft_func *func, bool catches)
{
    weft_extern_type type;
    weft_func_type(func, &type);
    if (type.param_count > 0 || type.result_count > MAX_VALUES) {
        return WEFT_OK;
    }
    for (uint32_t i = 0; i < type.result_count; i++) {
        weft_valtype result = weft_type_result(&type, i);
        if (result.kind == WEFT_V128 || (result.kind == WEFT_REF && result.top == WEFT_HEAP_EXN)) {
            // A host that is JavaScript cannot call it at all.
            if (catches) {
                weft_return_u32(call, 1);
                return WEFT_OK;
            }
            weft_value zero = WEFT_VALUE_I32(0);
            return weft_call_throw(call, run->tag, &zero, 1);
        }
    }
    weft_value results[MAX_VALUES];
    weft_error error = WEFT_ERROR_INIT;
    if (weft_call_func(func, NULL, 0, results, type.result_count, &error) == WEFT_DONE) {
        return WEFT_OK;
    }
    if (strcmp(kind_of(&error), "limit") == 0) {
        run->stop = true;
    } else if (catches) {
        weft_return_u32(call, 1);
        return WEFT_OK;
    }
    weft_ref exception = weft_thread_exception(call->thread);
    if (error.kind == WEFT_UNCAUGHT && exception != WEFT_NULL_REF) {
        weft_value values[MAX_VALUES];
        uint32_t count = weft_ref_exn_values(run->store, exception, values, MAX_VALUES);
        return weft_call_throw(call, weft_ref_exn_tag(run->store, exception), values, count);
    }
    return weft_call_trap(call, error.text);
}

static weft_func *export_func(const Run *run, uint32_t index)
{
    uint32_t count = weft_module_export_count(run->module);
    for (uint32_t i = 0, func = 0; run->started && i < count; i++) {
        weft_name name;
        weft_extern item;
        if (weft_instance_export_at(run->instance, i, &name, &item)
            && item.kind == WEFT_EXTERN_FUNC && func++ == index) {
            return item.of.func;
        }
    }
    return NULL;
}

// Every imported function: prints its arguments; results are zeros and nulls.
static weft_result host(weft_call *call, void *user)
{
    const Import *import = user;
    Run *run = import->run;
    printf("  %s", import->name);
    uint32_t slot = 0;
    for (uint32_t i = 0; i < import->type.param_count; i++) {
        weft_valtype type = weft_type_param(&import->type, i);
        weft_value value = {.kind = type.kind};
        switch (type.kind) {
        case WEFT_I32: value.of.i32 = (int32_t)weft_arg_u32(call, slot++); break;
        case WEFT_F32: value.of.f32_bits = weft_arg_u32(call, slot++); break;
        case WEFT_V128:
            for (int j = 0; j < 16; j++) {
                value.of.v128[j] = (uint8_t)(call->args[slot + (j >= 8)] >> (j % 8 * 8));
            }
            slot += 2;
            break;
        case WEFT_REF: value.of.ref = call->args[slot++]; break;
        default: value.of.f64_bits = call->args[slot++]; break;
        }
        print_value(run, value);
    }
    putchar('\n');
    for (uint32_t i = 0; i < import->type.result_count; i++) {
        weft_valtype type = weft_type_result(&import->type, i);
        if (type.kind == WEFT_REF && !type.nullable) {
            return weft_call_trap(call, "host: no value");
        }
    }
    if (strcmp(import->name, "throw") == 0) {
        weft_value value = WEFT_VALUE_I32((int32_t)weft_arg_u32(call, 0));
        return weft_call_throw(call, run->tag, &value, 1);
    }
    bool catches = strstr(import->name, "-catch") != NULL;
    weft_func *func = NULL;
    if (strncmp(import->name, "call-ref", 8) == 0) {
        func = weft_ref_func(run->store, (weft_ref)call->args[0]);
    } else if (strncmp(import->name, "call-export", 11) == 0) {
        func = export_func(run, weft_arg_u32(call, 0));
    }
    return func == NULL ? WEFT_OK : call_back(run, call, func, catches);
}

// What an imported global, memory, table or tag is; false if there is no such thing to give.
static bool provide(Run *run, Import *import, weft_extern *item, weft_error *error)
{
    const weft_extern_type *type = &import->type;
    item->kind = type->kind;
    item->of.any = NULL;
    switch (type->kind) {
    case WEFT_EXTERN_FUNC:
        item->of.func = weft_func_new_typed(run->store, type, host, import, NULL, error);
        break;
    case WEFT_EXTERN_GLOBAL: {
        weft_value value = {.kind = type->value.kind};
        if (type->value.kind == WEFT_REF && type->value.top == WEFT_HEAP_EXTERN) {
            value.of.ref = weft_ref_new_extern(run->store, run, NULL);
        } else if (type->value.kind == WEFT_REF && !type->value.nullable) {
            return false;
        }
        item->of.global = weft_global_new(run->store, type->value, type->is_mutable, value, error);
        break;
    }
    case WEFT_EXTERN_TAG:
        if (type->param_count == 1 && weft_type_param(type, 0).kind == WEFT_I32) {
            item->of.tag = run->tag;
        } else if (type->param_count == 1 && weft_type_param(type, 0).kind == WEFT_REF) {
            item->of.tag = weft_tag_new(run->store, "E", error);
        }
        break;
    case WEFT_EXTERN_MEMORY:
        item->of.memory = weft_memory_new(run->store, &type->limits, error);
        break;
    case WEFT_EXTERN_TABLE:
        item->of.table = weft_table_new(run->store, type->value, &type->limits, WEFT_NULL_REF, error);
        break;
    }
    return item->of.any != NULL;
}

// Arguments that are the same in every run and often matter.
static weft_value argument(weft_valtype type, uint32_t number)
{
    static const int64_t integers[] = {0, 1, -1, 5, 0x7fffffff, INT32_MIN, 65535, INT64_MAX,
                                       INT64_MIN, 0x12345678, -77, 16};
    static const double floats[] = {0, -0.0, 1, -1.5, 3e9, -2147483649.0, 1e300, 0.1, 65536.25};
    weft_value value = {.kind = type.kind};
    int64_t integer = integers[number * 7 % (sizeof(integers) / sizeof(integers[0]))];
    double real = floats[number * 5 % (sizeof(floats) / sizeof(floats[0]))];
    switch (type.kind) {
    case WEFT_I32: value.of.i32 = (int32_t)(uint32_t)(uint64_t)integer; break;
    case WEFT_I64: value.of.i64 = integer; break;
    case WEFT_F32: value.of.f32 = (float)(real > 1e38 ? 1e38 : real); break;
    case WEFT_F64: value.of.f64 = real; break;
    case WEFT_V128:
        for (uint32_t i = 0; i < 16; i++) {
            value.of.v128[i] = (uint8_t)(number * 31 + i * i);
        }
        break;
    default: break;
    }
    return value;
}

static weft_status run_func(Run *run, weft_func *func, const weft_value *args, uint32_t count,
                            weft_error *error)
{
    weft_thread *thread = weft_store_main_thread(run->store);
    if (!weft_thread_start(thread, func, args, count, error)) {
        return WEFT_FAILED;
    }
    weft_status status = weft_thread_run(thread, BUDGET, error);
    if (status == WEFT_PAUSED) {
        run->stop = true;
    }
    return status;
}

static void call_export(Run *run, weft_name name, weft_func *func, uint32_t number, bool plan)
{
    weft_extern_type type;
    weft_func_type(func, &type);
    weft_value args[MAX_VALUES], results[MAX_VALUES];
    if (type.param_count > MAX_VALUES || type.result_count > MAX_VALUES) {
        return;
    }
    bool vectors = false, references = false;
    for (uint32_t i = 0; i < type.param_count + type.result_count; i++) {
        weft_valtype value = i < type.param_count ? weft_type_param(&type, i)
                                                  : weft_type_result(&type, i - type.param_count);
        vectors |= value.kind == WEFT_V128;
        references |= value.kind == WEFT_REF;
        if (value.kind == WEFT_REF
            && (value.top == WEFT_HEAP_EXN || (i < type.param_count && !value.nullable))) {
            return;  // no value to give, or none that could be shown
        }
        if (i < type.param_count) {
            args[i] = argument(value, number + i);
        }
    }
    if (vectors && references) {
        return;  // cannot be called through a function of JavaScript's types
    }
    if (plan) {
        printf("@call\t%.*s\t", (int)name.size, name.data);
        for (uint32_t i = 0; i < type.param_count; i++) {
            print_value(run, args[i]);
        }
        putchar('\t');
        for (uint32_t i = 0; i < type.result_count; i++) {
            putchar(letter(weft_type_result(&type, i)));
        }
        putchar('\n');
    }
    printf("call %.*s\n", (int)name.size, name.data);
    weft_error error = WEFT_ERROR_INIT;
    switch (run_func(run, func, args, type.param_count, &error)) {
    case WEFT_DONE:
        weft_thread_results(weft_store_main_thread(run->store), results, type.result_count);
        printf(" gives");
        for (uint32_t i = 0; i < type.result_count; i++) {
            print_value(run, results[i]);
        }
        putchar('\n');
        break;
    case WEFT_PAUSED: printf(" limit too long\n"); break;
    default: print_failure(run, &error);
    }
}

static void print_state(const Run *run, weft_name name, weft_extern item, bool plan)
{
    weft_extern_type type;
    weft_extern_get_type(item, &type);
    int size = (int)name.size;
    switch (item.kind) {
    case WEFT_EXTERN_MEMORY: {
        uint64_t hash = UINT64_C(0xcbf29ce4), length = weft_memory_size(item.of.memory);
        for (uint64_t at = 0; at < length;) {
            weft_chunk chunk;
            if (!weft_memory_view(item.of.memory, at, length - at, &chunk)) {
                break;
            }
            for (size_t i = 0; i < chunk.size; i++) {
                hash = (uint32_t)((hash ^ chunk.data[i]) * UINT64_C(16777619));
            }
            at += chunk.size;
        }
        printf("memory %.*s %" PRIu64 " %08" PRIx64 "\n", size, name.data, length, hash);
        break;
    }
    case WEFT_EXTERN_TABLE:
        printf("table %.*s %" PRIu64 "\n", size, name.data, weft_table_size(item.of.table));
        break;
    case WEFT_EXTERN_GLOBAL:
        if (type.value.kind == WEFT_V128
            || (type.value.kind == WEFT_REF && type.value.top == WEFT_HEAP_EXN)) {
            break;  // JavaScript cannot read it
        }
        if (plan) {
            printf("@global\t%.*s\t%c\n", size, name.data, letter(type.value));
        }
        printf("global %.*s", size, name.data);
        print_value(run, weft_global_get(item.of.global));
        putchar('\n');
        break;
    default: break;
    }
}

static void run_instance(Run *run, bool plan)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_func *start = weft_instance_start_func(run->instance);
    if (start != NULL && run_func(run, start, NULL, 0, &error) != WEFT_DONE) {
        if (run->stop) {
            printf("instance limit too long\n");
        } else {
            printf("instance");
            print_failure(run, &error);
        }
        return;
    }
    run->started = true;
    uint32_t count = weft_module_export_count(run->module);
    weft_func *refill = weft_export_func(run->instance, "hangLimitInitializer");
    for (uint32_t i = 0; i < count && !run->stop; i++) {
        weft_name name;
        weft_extern item;
        if (weft_instance_export_at(run->instance, i, &name, &item)
            && item.kind == WEFT_EXTERN_FUNC && item.of.func != refill) {
            if (refill != NULL) {
                weft_call_func(refill, NULL, 0, NULL, 0, NULL);
            }
            call_export(run, name, item.of.func, i, plan);
        }
    }
    for (uint32_t i = 0; i < count && !run->stop; i++) {
        weft_name name;
        weft_extern item;
        if (weft_instance_export_at(run->instance, i, &name, &item)) {
            print_state(run, name, item, plan);
        }
    }
}

static void run_module(const void *bytes, size_t size, uint32_t mask, bool plan)
{
    Run run = {0};
    weft_error error = WEFT_ERROR_INIT;
    weft_module_options options = WEFT_MODULE_OPTIONS_INIT;
    options.features = "all";
    options.translator_mask = mask;
    run.module = weft_module_load(bytes, size, &options, &error);
    if (run.module == NULL) {
        printf("load fails %s\n", error.text);
        return;
    }
    weft_store_options store_options = WEFT_STORE_OPTIONS_INIT;
    store_options.max_memory_bytes = MAX_MEMORY;
    store_options.heap_bytes = 64 << 20;
    run.store = weft_store_new(&store_options, &error);
    run.tag = weft_tag_new(run.store, "i", &error);
    uint32_t count = weft_module_import_count(run.module);
    Import *imports = calloc(count + 1, sizeof(*imports));
    weft_extern *items = calloc(count + 1, sizeof(*items));
    bool provided = imports != NULL && items != NULL;
    for (uint32_t i = 0; provided && i < count; i++) {
        weft_import import;
        weft_module_import(run.module, i, &import);
        Import *to = &imports[i];
        snprintf(to->module, sizeof(to->module), "%.*s", (int)import.module.size, import.module.data);
        snprintf(to->name, sizeof(to->name), "%.*s", (int)import.name.size, import.name.data);
        to->type = import.type;
        to->run = &run;
        if (plan) {
            printf("@import\t%s\t%s\t%d\t", to->module, to->name, (int)import.type.kind);
            if (import.type.kind == WEFT_EXTERN_GLOBAL) {
                bool outer = import.type.value.kind == WEFT_REF
                             && import.type.value.top == WEFT_HEAP_EXTERN;
                printf("%c\t%d", outer ? 'e' : letter(import.type.value), import.type.is_mutable);
            }
            for (uint32_t j = 0; j < import.type.param_count; j++) {
                putchar(letter(weft_type_param(&import.type, j)));
            }
            putchar('\t');
            for (uint32_t j = 0; j < import.type.result_count; j++) {
                weft_valtype type = weft_type_result(&import.type, j);
                putchar(type.kind == WEFT_REF && !type.nullable ? 'R' : letter(type));
            }
            putchar('\n');
        }
        provided = provide(&run, to, &items[i], &error);
    }
    if (!provided) {
        printf("instance limit an import that cannot be given\n");
    } else {
        weft_instance_options instance_options = WEFT_INSTANCE_OPTIONS_INIT;
        instance_options.imports = items;
        instance_options.import_count = count;
        instance_options.defer_start = true;
        run.instance = weft_instantiate(run.store, run.module, &instance_options, &error);
        if (run.instance == NULL) {
            printf("instance");
            print_failure(&run, &error);
        } else {
            run_instance(&run, plan);
        }
    }
    weft_store_free(run.store);
    weft_module_release(run.module);
    free(imports);
    free(items);
}

int main(int argc, char **argv)
{
    char path[4096];
    while (argc == 2 && fgets(path, sizeof(path), stdin) != NULL) {
        path[strcspn(path, "\n")] = '\0';
        FILE *file = fopen(path, "rb");
        uint8_t *bytes = malloc(1 << 22);
        if (file == NULL || bytes == NULL) {
            perror(path);
            return 2;
        }
        size_t size = fread(bytes, 1, 1 << 22, file);
        fclose(file);
        bool plan = true;
        for (const char *masks = argv[1]; *masks != '\0'; plan = false) {
            char *end;
            uint32_t mask = (uint32_t)strtoul(masks, &end, 0);
            masks = *end == ',' ? end + 1 : end;
            printf("module %s %" PRIu32 "\n", path, mask);
            fflush(stdout);
            run_module(bytes, size, mask, plan);
            printf("end\n");
            fflush(stdout);
        }
        free(bytes);
    }
    return argc == 2 ? 0 : 2;
}
