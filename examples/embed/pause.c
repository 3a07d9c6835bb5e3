// pause.c -- a guest that waits for the host without a thread waiting with it.
//
// The guest calls `ask`, as if it were an ordinary function. The host answers WEFT_PAUSE, which
// leaves the guest in the middle of its call and returns to the host's own loop. When the
// answer is there, it is put in the place of the call's results and the guest goes on.
// Two guests take turns this way on one thread of the host.
// SPDX-License-Identifier: MIT
#include "example.h"

static const char text[] =
    "(module\n"
    "  (import \"host\" \"ask\" (func $ask (result i32)))\n"
    "  (func (export \"sum\") (result i32) (local $sum i32) (local $n i32)\n"
    "    (loop $more\n"
    "      (local.set $sum (i32.add (local.get $sum) (local.tee $n (call $ask))))\n"
    "      (br_if $more (local.get $n)))\n"
    "    (local.get $sum)))\n";

static weft_result ask(weft_call *call, void *user)
{
    (void)call, (void)user;
    return WEFT_PAUSE;
}

int main(void)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_module *module = MODULE(text);
    weft_store *store = new_store();
    check(weft_define_func(store, "host", "ask", ":i", ask, NULL, NULL, &error), &error);
    weft_instance *instance = instantiate(store, module);
    weft_func *sum = weft_export_func(instance, "sum");

    weft_thread *threads[2];
    for (int i = 0; i < 2; i++) {
        threads[i] = weft_thread_new(store, NULL, &error);
        check(threads[i] != NULL, &error);
        check(weft_thread_start(threads[i], sum, NULL, 0, &error), &error);
    }

    // What the host has to say to each, one number a round; 0 ends the sum.
    static const int32_t numbers[4][2] = {{1, 10}, {2, 20}, {3, 0}, {0, 0}};
    bool done[2] = {false, false};
    for (int round = -1; round < 4; round++) {
        for (int i = 0; i < 2; i++) {
            if (done[i]) continue;
            if (round >= 0) {
                weft_value answer = WEFT_VALUE_I32(numbers[round][i]);
                check(weft_thread_resume_with(threads[i], &answer, 1, &error), &error);
            }
            weft_status status = weft_thread_run(threads[i], WEFT_NO_BUDGET, &error);
            check(status != WEFT_FAILED, &error);
            if (status == WEFT_PAUSED) {
                printf("guest %d asks\n", i);
                continue;
            }
            weft_value result;
            weft_thread_results(threads[i], &result, 1);
            printf("guest %d: %" PRId32 "\n", i, result.of.i32);
            done[i] = true;
        }
    }
    for (int i = 0; i < 2; i++) weft_thread_free(threads[i]);
    weft_store_free(store);
    weft_module_release(module);
    return 0;
}
