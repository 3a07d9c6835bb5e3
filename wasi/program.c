// program.c -- what a program is told about itself, and how it ends.
// SPDX-License-Identifier: MIT
#include "wasi/world.h"

// Writes the strings one after the other at `buf` and where each begins at `array`;
// no pointer ends the array.
static Errno put_strings(Call *c, const Strings *strings)
{
    u64 array = arg_u32(c, 0), buf = arg_u32(c, 1);
    if (!guest_has(c->guest, array, (u64)strings->count * 4)) return ERRNO_FAULT;
    TRY(guest_write(c->guest, buf, strings->bytes, strings->size));
    const char *text = strings->bytes;
    for (size_t i = 0; i < strings->count; i++) {
        u8 pointer[4];
        store_u32(pointer, (u32)(buf + (u64)(text - strings->bytes)));
        TRY(guest_write(c->guest, array + i * 4, pointer, sizeof pointer));
        text += strlen(text) + 1;
    }
    return ERRNO_SUCCESS;
}

static Errno put_string_sizes(Call *c, const Strings *strings)
{
    TRY(check_result(c, 0, 4));
    TRY(check_result(c, 1, 4));
    TRY(put_u32(c, 0, (u32)strings->count));
    return put_u32(c, 1, (u32)strings->size);
}

// args_get(argv, buf)
Errno wasi_args_get(Call *c)
{
    return put_strings(c, &c->world->args);
}

// args_sizes_get(>count, >bytes)
Errno wasi_args_sizes_get(Call *c)
{
    return put_string_sizes(c, &c->world->args);
}

// environ_get(environ, buf)
// Without any variable it succeeds too: C programs of 2019 end at once if it does not.
Errno wasi_environ_get(Call *c)
{
    return put_strings(c, &c->world->environ);
}

// environ_sizes_get(>count, >bytes)
Errno wasi_environ_sizes_get(Call *c)
{
    return put_string_sizes(c, &c->world->environ);
}

static Errno end_program(Call *c, u32 code)
{
    c->world->has_exited = true;
    c->world->exit_code = code;
    c->guest->outcome = GUEST_EXITS;
    c->guest->code = code;
    return ERRNO_SUCCESS;
}

// proc_exit(code)                                                    _exit
Errno wasi_proc_exit(Call *c)
{
    return end_program(c, arg_u32(c, 0));
}

// proc_raise(signal)                                                 raise
// A signal of the guest does to the guest what it would do to a process. It never
// becomes a signal of the host's.
Errno wasi_proc_raise(Call *c)
{
    u32 signal = arg_u32(c, 0);
    if (signal > SIGNAL_SYS) return ERRNO_INVAL;
    switch (signal) {
    case SIGNAL_NONE:
    case SIGNAL_CHLD:
    case SIGNAL_CONT:
    case SIGNAL_URG:
    case SIGNAL_WINCH:
        return ERRNO_SUCCESS;
    case SIGNAL_STOP:
    case SIGNAL_TSTP:
    case SIGNAL_TTIN:
    case SIGNAL_TTOU:
        return ERRNO_NOTSUP;
    default:
        return end_program(c, 128 + signal);
    }
}
