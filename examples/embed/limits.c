// limits.c -- keeping a guest within bounds: memory, stack, instructions, time.
//
//     limits [MILLISECONDS]      the timeout; one second unless told
//
// Whatever stops a guest, the store stays usable, and the error says which limit it was.
// SPDX-License-Identifier: MIT
#include "example.h"

#include <signal.h>
#include <sys/time.h>

static const char text[] =
    "(module\n"
    "  (memory (export \"memory\") 1)\n"
    "  (func (export \"greedy\") (result i32) (memory.grow (i32.const 1000)))\n"
    "  (func $deep (export \"deep\") (call $deep))\n"
    "  (func (export \"endless\") (loop $again (br $again)))\n"
    "  (func (export \"modest\") (result i32) (i32.const 42)))\n";

static weft_store *store;

// weft_store_interrupt may be called from a signal handler, or from another thread.
static void on_alarm(int signal)
{
    (void)signal;
    weft_store_interrupt(store);
}

// Zero takes it back.
static void set_alarm(int milliseconds)
{
    struct itimerval timer = {.it_value = {milliseconds / 1000, milliseconds % 1000 * 1000}};
    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void call(weft_instance *instance, const char *name)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_value result = {0};
    bool gives = name[0] == 'g' || name[0] == 'm';
    weft_status status = weft_call_export(instance, name, NULL, 0, &result, gives, &error);
    if (status == WEFT_DONE) {
        printf("%s: %" PRId32 "\n", name, result.of.i32);
    } else {
        printf("%s: %s\n", name, error.text);
    }
}

int main(int argc, char **argv)
{
    int milliseconds = argc > 1 ? atoi(argv[1]) : 1000;
    weft_error error = WEFT_ERROR_INIT;

    // Memory and stack are limits of the store.
    weft_store_options options = WEFT_STORE_OPTIONS_INIT;
    options.max_memory_bytes = 1 << 20;
    options.stack_bytes = 64 << 10;
    store = weft_store_new(&options, &error);
    check(store != NULL, &error);

    // Counting fuel costs some speed, so it is chosen when a module is loaded.
    weft_module_options counting = WEFT_MODULE_OPTIONS_INIT;
    counting.fuel = true;
    weft_module *module = module_of_text(text, sizeof text - 1, counting);
    weft_instance *instance = instantiate(store, module);

    call(instance, "greedy");  // memory.grow answers -1: the guest may live with that
    call(instance, "deep");

    weft_thread *thread = weft_store_main_thread(store);
    if (!thread) exit(1);  // out of memory
    weft_thread_set_fuel(thread, 1000000);
    call(instance, "endless");

    // A timeout needs no fuel. An alarm that was not needed must not hit whoever comes next,
    // and an interruption stays until it is cleared.
    weft_thread_set_fuel(thread, UINT64_MAX);
    set_alarm(milliseconds);
    call(instance, "endless");
    set_alarm(0);
    weft_store_clear_interrupt(store);

    call(instance, "modest");
    weft_store_free(store);
    weft_module_release(module);
    return 0;
}
