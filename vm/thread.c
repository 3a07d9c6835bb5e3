// thread.c -- starting, pausing and resuming calls.
//
// A thread carries at most one call of the outermost sort (t->func), and above it, while a
// host function runs, nested ones that end before it returns. What a call leaves behind when
// it fails or pauses stays on the thread until the next one is started.
// SPDX-License-Identifier: MIT
#include "vm/thread.h"

#include "vm/collect.h"
#include "vm/error.h"
#include "vm/exec.h"
#include "vm/heap.h"
#include "vm/value.h"

// --- Making threads ----------------------------------------------------------------------

static ThreadRecord *thread_make(Store *store, size_t stack_bytes, weft_error *error)
{
    size_t least = EXEC_MIN_STACK_SLOTS * sizeof(u64);
    if (stack_bytes < least) stack_bytes = least;
    stack_bytes &= ~(size_t)15;
    ThreadRecord *t = allocator_take_zeroed(&store->allocator, sizeof *t);
    if (t == NULL || !store->port->memory_new(store->port->ctx, &t->stack, stack_bytes,
                                              stack_bytes)) {
        allocator_free(&store->allocator, t, sizeof *t);
        error_out_of_memory(error);
        return NULL;
    }
    t->stack_bytes = stack_bytes;
    t->thread.store = store;
    t->thread.stack = (u64 *)(void *)t->stack.base;
    t->thread.stack_slots = stack_bytes / sizeof(u64);
    t->thread.fuel = t->fuel_given = UINT64_MAX;
    exec_thread_init(&t->thread);
    t->next = store->threads;
    store->threads = t;
    return t;
}

static ThreadRecord *thread_main(Store *store, weft_error *error)
{
    if (store->main == NULL) store->main = thread_make(store, store->stack_bytes, error);
    return store->main;
}

weft_thread *weft_thread_new(weft_store *store, const weft_thread_options *given,
                             weft_error *error)
{
    weft_thread_options options;
    options_read(&options, sizeof options, given);
    size_t bytes = options.stack_bytes != 0 ? options.stack_bytes : store->stack_bytes;
    ThreadRecord *t = thread_make(store, bytes, error);
    return t == NULL ? NULL : &t->thread;
}

void weft_thread_free(weft_thread *thread)
{
    if (thread == NULL) return;
    ThreadRecord *t = thread_record(thread);
    Store *store = thread->store;
    ThreadRecord **at = &store->threads;
    while (*at != t) at = &(*at)->next;
    *at = t->next;
    if (store->main == t) store->main = NULL;
    store->fuel_used += t->fuel_spent + (t->fuel_given - thread->fuel);
    store->port->memory_free(store->port->ctx, &t->stack);
    allocator_free(&store->allocator, t->trace, t->trace_room * sizeof *t->trace);
    allocator_free(&store->allocator, t, sizeof *t);
}

weft_thread *weft_store_main_thread(weft_store *store)
{
    ThreadRecord *t = thread_main(store, NULL);
    return t == NULL ? NULL : &t->thread;
}

weft_store *weft_thread_store(const weft_thread *thread)
{
    return thread->store;
}

// The stack starts as zeros and is written from the bottom up, so the last slot before a long
// run of zeros tells. Looking on to the end would touch every page of it.
u64 thread_stack_peak(const ThreadRecord *t)
{
    enum { LARGEST_FRAME = 65536 + 1024 };
    size_t peak = 0;
    for (size_t i = 0; i < t->thread.stack_slots && i < peak + LARGEST_FRAME; i++) {
        if (t->thread.stack[i] != 0) peak = i + 1;
    }
    return peak * sizeof(u64);
}

// --- How calls end -----------------------------------------------------------------------

weft_error_kind trap_kind(TrapCode trap)
{
    switch (trap) {
    case TRAP_STACK_EXHAUSTED: return WEFT_EXHAUSTED;
    case TRAP_OUT_OF_FUEL:
    case TRAP_INTERRUPTED: return WEFT_LIMIT;
    case TRAP_OUT_OF_MEMORY: return WEFT_HOST;
    default: return WEFT_TRAPPED;
    }
}

void thread_error(ThreadRecord *t, weft_error *error)
{
    Thread *thread = &t->thread;
    weft_error e = WEFT_ERROR_INIT;
    switch (thread->state) {
    case THREAD_THREW: error_set(&e, WEFT_UNCAUGHT, "uncaught exception"); break;
    case THREAD_EXITED:
        error_set(&e, WEFT_EXITED, "exit with code %ld", (long)thread->exit_code);
        error_exit_code(&e, thread->exit_code);
        break;
    default:
        if ((thread->trap == TRAP_HOST || thread->trap == TRAP_UNINITIALIZED_ELEMENT) && thread->trap_text[0] != 0) {
            error_set(&e, WEFT_TRAPPED, "%s", thread->trap_text);
        } else {
            error_set(&e, trap_kind(thread->trap), "%s", trap_texts[thread->trap]);
        }
    }
    trace_locate(t, &e);
    error_copy(error, &e);
}

// After fuel was added or the interruption cleared, such a call can go on.
static bool thread_can_go_on(const ThreadRecord *t)
{
    TrapCode trap = t->thread.trap;
    return t->thread.state == THREAD_TRAPPED &&
           (trap == TRAP_OUT_OF_FUEL || trap == TRAP_INTERRUPTED);
}

static bool thread_is_interrupted(const ThreadRecord *t)
{
    return atomic_load(&t->thread.interrupt) != 0 ||
           atomic_load(&t->thread.store->core.interrupt) != 0;
}

// Gives up the call that stands on a thread, if any.
static void thread_give_up(ThreadRecord *t)
{
    if (t->func == NULL) return;
    exec_end(&t->thread);
    t->func = NULL;
}

// --- Running -----------------------------------------------------------------------------

static weft_status thread_go(ThreadRecord *t, u64 budget, weft_error *error)
{
    Store *store = t->thread.store;
    ThreadRecord *before = atomic_load_explicit(&store->running, memory_order_relaxed);
    atomic_store_explicit(&store->running, t, memory_order_relaxed);
    t->trace_count = 0;
    t->exception = 0;
    ThreadState state = exec_run(&t->thread, budget);
    // A host function that was woken by an interruption answers "again"; going on then finds
    // the interruption.
    while (state == THREAD_PAUSED && thread_is_interrupted(t) &&
           exec_paused_in(&t->thread) == NULL) {
        state = exec_run(&t->thread, budget);
    }
    atomic_store_explicit(&store->running, before, memory_order_relaxed);
    if (state == THREAD_DONE) return WEFT_DONE;
    if (state == THREAD_PAUSED) return WEFT_PAUSED;
    if (state == THREAD_THREW) t->exception = t->thread.exception;
    trace_capture(t);
    thread_error(t, error);
    return WEFT_FAILED;
}

ThreadRecord *thread_for_call(Store *store, weft_error *error)
{
    ThreadRecord *running = atomic_load_explicit(&store->running, memory_order_relaxed);
    return running != NULL ? running : thread_main(store, error);
}

// Begins a call; where its arguments go, or NULL and the error set.
static u64 *thread_begin(ThreadRecord *t, FuncInst *func, weft_error *error)
{
    u64 *slots = exec_begin(&t->thread, func);
    if (slots == NULL) {
        t->thread.state = THREAD_TRAPPED;
        t->trace_count = 0;
        trace_capture(t);
        thread_error(t, error);
    }
    return slots;
}

static bool check_args(const FuncInst *func, const weft_value *args, u32 arg_count,
                       weft_error *error)
{
    if (func == NULL) return error_set(error, WEFT_HOST, "there is no function to call");
    const FuncType *type = func->type;
    if (arg_count != type->param_count) {
        return error_set(error, WEFT_HOST, "the function takes %lu arguments, not %lu",
                         (unsigned long)type->param_count, (unsigned long)arg_count);
    }
    for (u32 i = 0; i < arg_count; i++) {
        if (value_fits(func->store, &args[i], type->params[i])) continue;
        char want[48];
        type_format(type->params[i], want, sizeof want);
        return error_set(error, WEFT_HOST, "argument %lu must be of type %s",
                         (unsigned long)i + 1, want);
    }
    return true;
}

// A call that is not done. What failed or paused at the outermost level may go on later, so it
// stays on the thread. What is left of a nested call must go: its host function's frame is
// below it; the outcome stays in the thread's fields, for a host function that hands it on.
static weft_status call_not_done(ThreadRecord *t, FuncInst *func, bool nested, weft_status status,
                                 weft_error *error)
{
    if (!nested && (status == WEFT_PAUSED || thread_can_go_on(t))) {
        t->func = func;
        return status;
    }
    exec_end(&t->thread);
    if (status != WEFT_PAUSED) return status;
    error_set(error, WEFT_HOST, "a host function paused inside a call from a host function");
    return WEFT_FAILED;
}

// Where the call goes, and whether it is nested in a host function.
static ThreadRecord *thread_ready(FuncInst *func, bool *nested, weft_error *error)
{
    ThreadRecord *t = thread_for_call(func->store, error);
    if (t == NULL) return NULL;
    *nested = t->thread.nesting != 0;
    if (!*nested) thread_give_up(t);
    return t;
}

weft_status thread_call_start(FuncInst *func, weft_error *error)
{
    bool nested;
    ThreadRecord *t = thread_ready(func, &nested, error);
    if (t == NULL || thread_begin(t, func, error) == NULL) return WEFT_FAILED;
    weft_status status = thread_go(t, WEFT_NO_BUDGET, error);
    if (status != WEFT_DONE) return call_not_done(t, func, nested, status, error);
    exec_end(&t->thread);
    return WEFT_DONE;
}

weft_status weft_call_func(weft_func *func, const weft_value *args, uint32_t arg_count,
                           weft_value *results, uint32_t result_count, weft_error *error)
{
    if (!check_args(func, args, arg_count, error)) return WEFT_FAILED;
    const FuncType *type = func->type;
    if (result_count != type->result_count) {
        error_set(error, WEFT_HOST, "the function gives %lu results, not %lu",
                  (unsigned long)type->result_count, (unsigned long)result_count);
        return WEFT_FAILED;
    }
    bool nested;
    ThreadRecord *t = thread_ready(func, &nested, error);
    u64 *slots = t == NULL ? NULL : thread_begin(t, func, error);
    if (slots == NULL) return WEFT_FAILED;
    values_to_slots(type->params, type->param_count, args, slots);
    weft_status status = thread_go(t, WEFT_NO_BUDGET, error);
    if (status != WEFT_DONE) return call_not_done(t, func, nested, status, error);
    values_of_slots(func->store, type->results, result_count, exec_results(&t->thread), results);
    exec_end(&t->thread);
    return WEFT_DONE;
}

weft_status weft_call_export(weft_instance *instance, const char *name, const weft_value *args,
                             uint32_t arg_count, weft_value *results, uint32_t result_count,
                             weft_error *error)
{
    weft_func *func = weft_export_func(instance, name);
    if (func == NULL) {
        error_set(error, WEFT_HOST, "unknown export \"%.100s\"", name);
        return WEFT_FAILED;
    }
    return weft_call_func(func, args, arg_count, results, result_count, error);
}

// --- Threads in the host's hands -----------------------------------------------------------

bool weft_thread_start(weft_thread *thread, weft_func *func, const weft_value *args,
                       uint32_t arg_count, weft_error *error)
{
    ThreadRecord *t = thread_record(thread);
    if (thread->nesting != 0) return error_set(error, WEFT_HOST, "the thread is running");
    if (!check_args(func, args, arg_count, error)) return false;
    thread_give_up(t);
    u64 *slots = thread_begin(t, func, error);
    if (slots == NULL) return false;
    t->trace_count = 0;
    values_to_slots(func->type->params, arg_count, args, slots);
    t->func = func;
    return true;
}

weft_status weft_thread_run(weft_thread *thread, uint64_t budget, weft_error *error)
{
    ThreadRecord *t = thread_record(thread);
    if (thread->nesting != 0) {
        error_set(error, WEFT_HOST, "the thread is running");
        return WEFT_FAILED;
    }
    bool can_run = thread->state == THREAD_READY || thread->state == THREAD_PAUSED ||
                   thread_can_go_on(t);
    if (t->func == NULL || !can_run) {
        if (t->func != NULL && thread->state == THREAD_DONE) return WEFT_DONE;
        error_set(error, WEFT_HOST, "no call stands on the thread");
        return WEFT_FAILED;
    }
    if (exec_paused_in(thread) != NULL) {
        error_set(error, WEFT_HOST, "the paused host function has no results yet");
        error_hint(error, "supply them with weft_thread_resume_with");
        return WEFT_FAILED;
    }
    return thread_go(t, budget, error);
}

bool weft_thread_resume_with(weft_thread *thread, const weft_value *results, uint32_t count,
                             weft_error *error)
{
    FuncInst *host = thread->nesting == 0 ? exec_paused_in(thread) : NULL;
    if (host == NULL) return error_set(error, WEFT_HOST, "no host function is paused");
    const FuncType *type = host->type;
    if (count != type->result_count) {
        return error_set(error, WEFT_HOST, "the host function gives %lu results, not %lu",
                         (unsigned long)type->result_count, (unsigned long)count);
    }
    for (u32 i = 0; i < count; i++) {
        if (!value_fits(thread->store, &results[i], type->results[i])) {
            return error_set(error, WEFT_HOST, "result %lu is of the wrong type",
                             (unsigned long)i + 1);
        }
    }
    values_to_slots(type->results, count, results, exec_pause_results(thread));
    exec_resume_with(thread);
    return true;
}

bool weft_thread_results(weft_thread *thread, weft_value *results, uint32_t count)
{
    ThreadRecord *t = thread_record(thread);
    if (t->func == NULL || thread->state != THREAD_DONE) return false;
    const FuncType *type = t->func->type;
    if (count != type->result_count) return false;
    values_of_slots(thread->store, type->results, count, exec_results(thread), results);
    return true;
}

void weft_thread_set_fuel(weft_thread *thread, uint64_t fuel)
{
    ThreadRecord *t = thread_record(thread);
    t->fuel_spent += t->fuel_given - thread->fuel;
    t->fuel_given = thread->fuel = fuel;
}

uint64_t weft_thread_fuel(const weft_thread *thread)
{
    return thread->fuel;
}

// Only what may be done in a signal handler, as for weft_store_interrupt.
void weft_thread_interrupt(weft_thread *thread)
{
    Store *store = thread->store;
    atomic_store(&thread->interrupt, 1);
    if (atomic_load(&store->running) != thread_record(thread)) return;
    PortWake *wake = atomic_load(&store->wake);
    if (wake != NULL) store->port->wake_set(store->port->ctx, wake);
}

weft_ref weft_thread_exception(const weft_thread *thread)
{
    return thread_record(thread)->exception;
}

// --- For host functions ----------------------------------------------------------------------

float weft_arg_f32(const weft_call *call, uint32_t slot)
{
    return f32_of_bits((u32)call->args[slot]);
}

double weft_arg_f64(const weft_call *call, uint32_t slot)
{
    return f64_of_bits(call->args[slot]);
}

void weft_return_f32(weft_call *call, float value)
{
    call->results[0] = bits_of_f32(value);
}

void weft_return_f64(weft_call *call, double value)
{
    call->results[0] = bits_of_f64(value);
}

weft_result weft_call_trap(weft_call *call, const char *text)
{
    Thread *thread = call->thread;
    thread->trap = TRAP_HOST;
    text_copy(thread->trap_text, sizeof thread->trap_text, text, strlen(text));
    return WEFT_TRAP;
}

weft_result weft_call_exit(weft_call *call, int32_t code)
{
    call->thread->exit_code = code;
    return WEFT_EXIT;
}

weft_result weft_call_throw(weft_call *call, weft_tag *tag, const weft_value *values,
                            uint32_t count)
{
    Thread *thread = call->thread;
    const FuncType *type = tag->type;
    if (count != type->param_count) {
        return weft_call_trap(call, "a host function threw the wrong number of values");
    }
    for (u32 i = 0; i < count; i++) {
        if (!value_fits(thread->store, &values[i], type->params[i])) {
            return weft_call_trap(call, "a host function threw a value of the wrong type");
        }
    }
    // Nothing collects here, so references among the values stay good.
    ExnInst *exn = heap_exn_new_for_host(thread->store, tag);
    if (exn == NULL) {
        thread->trap = TRAP_OUT_OF_MEMORY;
        thread->trap_text[0] = 0;
        return WEFT_TRAP;
    }
    values_to_slots(type->params, count, values, exn->values);
    thread->exception = ref_of(exn);
    return WEFT_THROW;
}

weft_memory *weft_call_memory(const weft_call *call)
{
    return call->caller == NULL ? NULL : call->caller->pointer_memory;
}

weft_store *weft_call_store(const weft_call *call)
{
    return call->thread->store;
}

struct weft_wake *weft_call_wake(const weft_call *call)
{
    Store *store = call->thread->store;
    PortWake *wake = atomic_load(&store->wake);
    if (wake != NULL) return wake;
    if (store->port->wake_new(store->port->ctx, &store->allocator, &wake) != 0) return NULL;
    atomic_store(&store->wake, wake);
    // An interruption that came before there was something to set must not be lost.
    if (thread_is_interrupted(thread_record(call->thread))) {
        store->port->wake_set(store->port->ctx, wake);
    }
    return wake;
}
