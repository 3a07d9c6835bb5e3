// process.c -- signals, the alarm and resource figures of a POSIX process.
//
// A signal handler is given nothing but a number, so what it shall call has to lie in a
// variable of the process. These two are the only ones weft has, and they belong to the
// program: libweft has none.
// SPDX-License-Identifier: MIT
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "tools/process.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

typedef struct ProcessCall {
    void (*call)(void *context);
    void *context;
} ProcessCall;

static ProcessCall on_interrupt, on_alarm;

static void handle_interrupt(int number)
{
    (void)number;
    on_interrupt.call(on_interrupt.context);
}

static void handle_alarm(int number)
{
    (void)number;
    on_alarm.call(on_alarm.context);
}

// Without SA_RESTART: a blocking read of the guest ends with EINTR and is looked at again.
static bool handle_signal(int number, void (*handler)(int), int flags)
{
    struct sigaction action = {0};
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, NULL) == 0;
}

void process_begin(void)
{
    handle_signal(SIGPIPE, SIG_IGN, 0);
}

bool process_on_interrupt(void (*call)(void *context), void *context)
{
    if (!call) return handle_signal(SIGINT, SIG_DFL, 0);
    on_interrupt = (ProcessCall){call, context};
    return handle_signal(SIGINT, handle_interrupt, (int)SA_RESETHAND);
}

// setitimer counts in 32 bits of seconds on some systems; a century is for ever.
#define LONGEST_ALARM_NS (100ull * 365 * 24 * 3600 * 1000000000)

bool process_alarm(u64 ns, void (*call)(void *context), void *context)
{
    if (ns > LONGEST_ALARM_NS) ns = LONGEST_ALARM_NS;
    u64 us = ns / 1000 + (ns % 1000 != 0);
    struct itimerval timer = {0};
    timer.it_value.tv_sec = (time_t)(us / 1000000);
    timer.it_value.tv_usec = (suseconds_t)(us % 1000000);
    if (ns) {
        on_alarm = (ProcessCall){call, context};
        if (!handle_signal(SIGALRM, handle_alarm, 0)) return false;
    }
    return setitimer(ITIMER_REAL, &timer, NULL) == 0;
}

static u64 timeval_ns(struct timeval t)
{
    return (u64)t.tv_sec * 1000000000 + (u64)t.tv_usec * 1000;
}

bool process_usage(ProcessUsage *usage)
{
    struct rusage r;
    struct timespec now;
    if (getrusage(RUSAGE_SELF, &r) != 0) return false;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return false;
    *usage = (ProcessUsage){
        .user_ns = timeval_ns(r.ru_utime),
        .system_ns = timeval_ns(r.ru_stime),
        .wall_ns = (u64)now.tv_sec * 1000000000 + (u64)now.tv_nsec,
        .peak_bytes = (u64)r.ru_maxrss * 1024,
    };
    return true;
}

const char *const *process_environment(void)
{
    return (const char *const *)environ;
}
