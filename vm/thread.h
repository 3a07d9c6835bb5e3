// thread.h -- calls: from the host, from the start of an instance, nested in a host function.
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_THREAD_H
#define WEFT_VM_THREAD_H

#include "vm/store.h"

// The thread a call of the host runs on: the innermost one that is running, for then we are
// inside a host function of it; else the main thread. NULL: no memory for its stack.
ThreadRecord *thread_for_call(Store *store, weft_error *error);

// Runs a start function, which takes and gives nothing.       spec: exec-instantiation
weft_status thread_call_start(FuncInst *func, weft_error *error);

// Fills in an error from the trap, exception or exit that ended the call on `t`.
void thread_error(ThreadRecord *t, weft_error *error);

// The kind of error a trap is.
weft_error_kind trap_kind(TrapCode trap);

// How much of the stack was ever used, in bytes.
u64 thread_stack_peak(const ThreadRecord *t);

// --- backtrace.c -----------------------------------------------------------------------

// Copies the frames of a failure, so that they outlive it.
void trace_capture(ThreadRecord *t);

// Says in `error`, which is whole, where the failure was.
void trace_locate(const ThreadRecord *t, weft_error *error);

#endif
