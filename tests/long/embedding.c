// embedding.c -- what embedding costs: calls into the host, instances, threads.
//
//     embedding HELLO.wasm          prints the figures; ends with 1 if one is out of bounds
//
// All times are processor time, medians of interleaved rounds, so that a busy machine does
// not matter much.
// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "wasm.h"
#include "weft.h"
#include "weft_wasi.h"
#include "weft_wasm.h"
#include "weft_wat.h"

enum { ROUNDS = 7, CALLS = 2000000, INSTANCES = 10000, FIB = 29 };

static int failures;

static void check(bool fine, const weft_error *error)
{
    if (fine) return;
    fprintf(stderr, "unexpected: %s\n", error->text);
    exit(1);
}

static double cpu_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof *values, compare);
    return values[ROUNDS / 2];
}

static void report(const char *what, double value, const char *unit, double bound, bool at_most)
{
    bool fine = at_most ? value <= bound : value >= bound;
    printf("%-46s %9.2f %-3s (%s %g)%s\n", what, value, unit, at_most ? "at most" : "at least",
           bound, fine ? "" : "  OUT OF BOUNDS");
    failures += !fine;
}

static weft_module *module_of(const char *text)
{
    uint8_t *bytes;
    size_t size;
    weft_error error = WEFT_ERROR_INIT;
    weft_module_options options = WEFT_MODULE_OPTIONS_INIT;
    options.copy_bytes = true;
    if (!weft_wat2wasm(text, strlen(text), NULL, &bytes, &size, NULL)) exit(1);
    weft_module *module = weft_module_load(bytes, size, &options, &error);
    check(module != NULL, &error);
    weft_wat_free(NULL, bytes, size);
    return module;
}

// --- calls into the host -----------------------------------------------------------------

static const char calls_text[] =
    "(module (import \"\" \"host\" (func $host (param i32) (result i32)))"
    " (func $empty (param i32) (result i32) (local.get 0))"
    " (func (export \"guest\") (param $n i32) (local $x i32)"
    "  (loop $again (local.set $x (call $empty (local.get $x)))"
    "   (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))"
    " (func (export \"host\") (param $n i32) (local $x i32)"
    "  (loop $again (local.set $x (call $host (local.get $x)))"
    "   (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))";

static weft_result identity(weft_call *call, void *user)
{
    (void)user;
    weft_return_u32(call, weft_arg_u32(call, 0));
    return WEFT_OK;
}

static wasm_trap_t *standard_identity(const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    results->data[0] = args->data[0];
    return NULL;
}

static double time_calls(weft_instance *instance, const char *name)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_value n = WEFT_VALUE_I32(CALLS);
    double start = cpu_now();
    check(weft_call_export(instance, name, &n, 1, NULL, 0, &error) == WEFT_DONE, &error);
    return (cpu_now() - start) / CALLS * 1e9;
}

static void measure_calls(void)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_module *module = module_of(calls_text);
    weft_store *store = weft_store_new(NULL, &error);
    check(weft_define_func(store, "", "host", "i:i", identity, NULL, NULL, &error), &error);
    weft_instance *instance = weft_instantiate(store, module, NULL, &error);
    check(instance != NULL, &error);

    // The same through wasm.h, in a store of its own.
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *standard = wasm_store_new(engine);
    wasm_functype_t *type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
    wasm_func_t *func = wasm_func_new(standard, type, standard_identity);
    weft_extern item;
    weft_wasm_extern(wasm_func_as_extern(func), &item);
    weft_instance_options options = WEFT_INSTANCE_OPTIONS_INIT;
    options.imports = &item;
    options.import_count = 1;
    weft_instance *other = weft_instantiate(weft_wasm_store(standard), module, &options, &error);
    check(other != NULL, &error);

    double guest[ROUNDS], host[ROUNDS], through[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        guest[i] = time_calls(instance, "guest");
        host[i] = time_calls(instance, "host");
        through[i] = time_calls(other, "host");
    }
    double base = median(guest);
    printf("%-46s %9.2f ns\n", "an empty call from guest to guest", base);
    report("a call to the host and back costs more by", median(host) - base, "ns", 40, true);
    printf("%-46s %9.2f ns\n", "the same through wasm.h", median(through) - base);

    wasm_func_delete(func);
    wasm_functype_delete(type);
    wasm_store_delete(standard);
    wasm_engine_delete(engine);
    weft_store_free(store);
    weft_module_release(module);
}

// --- instances ---------------------------------------------------------------------------

static size_t allocated, most_allocated;

static void *counting_resize(void *context, void *block, size_t old_size, size_t new_size)
{
    (void)context;
    if (new_size == 0) {
        free(block);
        allocated -= old_size;
        return NULL;
    }
    void *moved = realloc(block, new_size);
    if (moved != NULL) allocated += new_size - old_size;
    if (allocated > most_allocated) most_allocated = allocated;
    return moved;
}

static const weft_allocator counting = {.resize = counting_resize};

static long resident_kib(void)
{
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    if (file != NULL) fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) exit(1);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    void *bytes = malloc(*size);
    if (fread(bytes, 1, *size, file) != *size) exit(1);
    fclose(file);
    return bytes;
}

static void measure_instances(const char *path)
{
    size_t size;
    void *bytes = read_file(path, &size);
    weft_error error = WEFT_ERROR_INIT;
    weft_module_options module_options = WEFT_MODULE_OPTIONS_INIT;
    weft_store_options store_options = WEFT_STORE_OPTIONS_INIT;
    weft_wasi_options world_options = WEFT_WASI_OPTIONS_INIT;
    module_options.allocator = store_options.allocator = world_options.allocator = &counting;
    weft_module *module = weft_module_load(bytes, size, &module_options, &error);
    check(module != NULL, &error);
    size_t before = allocated;

    weft_store *store = weft_store_new(&store_options, &error);
    weft_wasi *world = weft_wasi_new(&world_options);
    check(weft_wasi_link(world, store, &error), &error);
    weft_instance_release(weft_instantiate(store, module, NULL, &error));
    long resident = resident_kib();
    double start = cpu_now();
    for (int i = 0; i < INSTANCES; i++) {
        weft_instance *instance = weft_instantiate(store, module, NULL, &error);
        check(instance != NULL, &error);
        weft_instance_release(instance);
    }
    double each = (cpu_now() - start) / INSTANCES * 1e6;
    long grown = resident_kib() - resident;
    report("an instance of hello, in one store", each, "us", 50, true);
    report("10,000 of them grow the process by", (double)grown, "KiB", 16384, true);
    weft_store_free(store);
    weft_wasi_free(world);
    report("bytes left when the store is gone", (double)(allocated - before), "B", 0, true);

    start = cpu_now();
    for (int i = 0; i < INSTANCES / 10; i++) {
        store = weft_store_new(&store_options, &error);
        world = weft_wasi_new(&world_options);
        check(weft_wasi_link(world, store, &error), &error);
        check(weft_instantiate(store, module, NULL, &error) != NULL, &error);
        weft_store_free(store);
        weft_wasi_free(world);
    }
    printf("%-46s %9.2f us\n", "a store, WASI and an instance of hello",
           (cpu_now() - start) / INSTANCES * 10 * 1e6);
    weft_module_release(module);
    report("bytes left when all is gone", (double)allocated, "B", 0, true);
    free(bytes);
}

// --- threads -------------------------------------------------------------------------------

static const char fib_text[] =
    "(module (func $fib (export \"fib\") (param i32) (result i32)"
    "  (if (result i32) (i32.lt_u (local.get 0) (i32.const 2)) (then (local.get 0))"
    "   (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))"
    "                  (call $fib (i32.sub (local.get 0) (i32.const 2))))))))";

static weft_module *fib_module;

static void *run_fib(void *unused)
{
    (void)unused;
    weft_error error = WEFT_ERROR_INIT;
    weft_store *store = weft_store_new(NULL, &error);
    weft_instance *instance = weft_instantiate(store, fib_module, NULL, &error);
    check(instance != NULL, &error);
    weft_value n = WEFT_VALUE_I32(FIB), result;
    check(weft_call_export(instance, "fib", &n, 1, &result, 1, &error) == WEFT_DONE, &error);
    weft_store_free(store);
    return NULL;
}

static double two_threads(void)
{
    pthread_t threads[2];
    double start = cpu_now();
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, run_fib, NULL);
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    return cpu_now() - start;
}

static double seconds_of_children(void)
{
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
           (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
}

static double two_processes(void)
{
    double start = seconds_of_children();
    for (int i = 0; i < 2; i++) {
        if (fork() == 0) {
            run_fib(NULL);
            _exit(0);
        }
    }
    for (int i = 0; i < 2; i++) wait(NULL);
    return seconds_of_children() - start;
}

static void measure_threads(void)
{
    double threads[ROUNDS], processes[ROUNDS];
    fib_module = module_of(fib_text);
    for (int i = 0; i < ROUNDS; i++) {
        processes[i] = two_processes();
        threads[i] = two_threads();
    }
    report("two threads reach, of what two processes do", median(processes) / median(threads) * 100,
           "%", 95, false);
    weft_module_release(fib_module);
}

int main(int argc, char **argv)
{
    if (argc != 2) return 2;
    measure_calls();
    measure_instances(argv[1]);
    measure_threads();
    return failures != 0;
}
