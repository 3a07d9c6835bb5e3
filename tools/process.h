// process.h -- what the command line program asks of its process, and a library never would.
//
// Signals, alarms and the process's own figures belong to whoever owns the process. So
// they are not part of the Port: libweft can be embedded without these being linked.
// What a handler is given to call must be safe in a signal handler.
// SPDX-License-Identifier: MIT
#ifndef WEFT_TOOLS_PROCESS_H
#define WEFT_TOOLS_PROCESS_H

#include "ports/base.h"

// Prepares the process: writing to a closed pipe becomes an error instead of death.
void process_begin(void);

// Calls `call(context)` at the first Ctrl-C; the next one ends the process as
// usual; NULL leaves Ctrl-C to the system again. False where the system has no such thing.
bool process_on_interrupt(void (*call)(void *context), void *context);

// Calls `call(context)` once, when `ns` nanoseconds have passed; 0 takes the alarm back.
bool process_alarm(u64 ns, void (*call)(void *context), void *context);

// What the process has used up to now. False where the system does not count.
typedef struct ProcessUsage {
    u64 user_ns, system_ns;  // processor time
    u64 wall_ns;             // a clock that only goes forward, for differences
    u64 peak_bytes;          // most memory resident at once
} ProcessUsage;

bool process_usage(ProcessUsage *usage);

// The variables of the process's own environment, "KEY=VALUE", ending with NULL.
const char *const *process_environment(void);

#endif
