// copy.c -- copies standard input to standard output, 64 KiB at a time.
//
// tests/long/wasi.sh measures it against cat.
// SPDX-License-Identifier: MIT
#include "wasi.h"

static u8 buffer[65536];

__attribute__((export_name("_start"))) void _start(void)
{
    u32 size, done;
    while (true) {
        Iovec in = {buffer, sizeof buffer};
        if (fd_read(0, &in, 1, &size)) proc_exit(1);
        if (size == 0) return;
        for (u32 at = 0; at < size; at += done) {
            Iovec out = {buffer + at, size - at};
            if (fd_write(1, &out, 1, &done)) proc_exit(2);
        }
    }
}
