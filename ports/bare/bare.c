// bare.c -- the Port of a board without an operating system.
//
// Standard streams and the date come from the debugger (semihost.h), time from the SysTick
// interrupt, memory from the C library's heap. There are no files, no sockets and no
// threads: ports/generic answers for those.
// SPDX-License-Identifier: MIT
#include "ports/bare/bare.h"
#include "ports/bare/semihost.h"
#include "ports/port.h"

// --- console -----------------------------------------------------------------------

// Handles 0, 1 and 2 of a Port are its console. The debugger wants them opened first, as
// the file ":tt" with mode "r" (0), "w" (4) for output, "a" (8) for errors.
static u32 bare_stream(PortHandle handle)
{
    static u32 streams[3];  // the debugger's handle plus one, so that 0 is "not yet"
    static const u32 modes[3] = {0, 4, 8};
    if (streams[handle] == 0) {
        const struct {
            const char *name;
            u32 mode, length;
        } parameters = {":tt", modes[handle], 3};
        streams[handle] = semihost(SEMIHOST_OPEN, &parameters) + 1;
    }
    return streams[handle] - 1;
}

typedef struct BareTransfer {  // as SYS_READ and SYS_WRITE take it
    u32 stream;
    void *data;
    u32 size;
} BareTransfer;

// For both, the answer is how many bytes were NOT transferred.
static Errno bare_write(void *ctx, PortHandle file, const PortIo *io, size_t count, u64 offset,
                        size_t *done)
{
    (void)ctx;
    if (file != 1 && file != 2) return ERRNO_BADF;
    if (offset != PORT_AT_CURSOR) return ERRNO_SPIPE;
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        const BareTransfer transfer = {bare_stream(file), io[i].data, (u32)io[i].size};
        u32 left = semihost(SEMIHOST_WRITE, &transfer);
        total += io[i].size - left;
        if (left != 0) break;
    }
    *done = total;
    return ERRNO_SUCCESS;
}

static Errno bare_read(void *ctx, PortHandle file, const PortIo *io, size_t count, u64 offset,
                       size_t *done)
{
    (void)ctx;
    if (file != 0) return ERRNO_BADF;
    if (offset != PORT_AT_CURSOR) return ERRNO_SPIPE;
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        const BareTransfer transfer = {bare_stream(file), io[i].data, (u32)io[i].size};
        u32 left = semihost(SEMIHOST_READ, &transfer);
        if (left > io[i].size) left = (u32)io[i].size;
        total += io[i].size - left;
        if (left != 0) break;
    }
    *done = total;
    return ERRNO_SUCCESS;
}

static Errno bare_stat(void *ctx, PortHandle file, PortStat *stat)
{
    (void)ctx;
    if (file < 0 || file > 2) return ERRNO_BADF;
    *stat = (PortStat){.nlink = 1, .type = PORT_TYPE_CHARACTER_DEVICE};
    return ERRNO_SUCCESS;
}

static Errno bare_close(void *ctx, PortHandle file)
{
    (void)ctx;
    return file < 0 || file > 2 ? ERRNO_BADF : ERRNO_SUCCESS;
}

// --- time and chance ---------------------------------------------------------------

static Errno bare_clock_time(void *ctx, PortClock clock, u64 *ns)
{
    (void)ctx;
    u64 now = bare_clock_ms() * 1000000;
    // The date is asked for once; from there the tick counts.
    if (clock == PORT_CLOCK_REALTIME) {
        static u64 start;
        if (start == 0) start = (u64)semihost(SEMIHOST_TIME, NULL) * 1000000000 - now;
        now += start;
    }
    *ns = now;
    return ERRNO_SUCCESS;
}

static Errno bare_clock_resolution(void *ctx, PortClock clock, u64 *ns)
{
    (void)ctx, (void)clock;
    *ns = 1000000;
    return ERRNO_SUCCESS;
}

// A splitmix64 over the time of the first call: good enough to seed a hash table, and no
// more. A product puts its random number generator here.
static Errno bare_random(void *ctx, void *bytes, size_t size)
{
    (void)ctx;
    static u64 state;
    if (state == 0) state = semihost(SEMIHOST_TIME, NULL) + bare_clock_ms();
    u8 *to = bytes;
    for (size_t i = 0; i < size; i++) {
        state += 0x9E3779B97F4A7C15;
        u64 z = (state ^ state >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        to[i] = (u8)(z >> 56);
    }
    return ERRNO_SUCCESS;
}

// --- waiting -----------------------------------------------------------------------

// The console is always ready; all else can only be waited for by the clock. The core
// sleeps between ticks.
static Errno bare_poll(void *ctx, PortPoll *items, size_t count, u64 timeout_ns, PortWake *wake)
{
    (void)ctx, (void)wake;
    bool ready = false;
    for (size_t i = 0; i < count; i++) {
        bool console = items[i].handle >= 0 && items[i].handle <= 2;
        items[i].got = console ? items[i].want : PORT_POLL_ERROR;
        items[i].bytes = console;
        ready = true;
    }
    if (ready) return ERRNO_SUCCESS;
    u64 until_ms = bare_clock_ms() + timeout_ns / 1000000 + (timeout_ns % 1000000 != 0);
    while (timeout_ns == PORT_FOREVER || bare_clock_ms() < until_ms) __asm__ volatile("wfi");
    return ERRNO_TIMEDOUT;
}

// --- the table ---------------------------------------------------------------------

// Built at the first call: what is absent comes from ports/generic.
const Port *port_native(void)
{
    static PortFiles files;
    static Port port;
    if (!port.files) {
        files = *port_generic.files;
        files.write = bare_write;
        files.read = bare_read;
        files.stat = bare_stat;
        files.close = bare_close;
        port = port_generic;
        port.clock_time = bare_clock_time;
        port.clock_resolution = bare_clock_resolution;
        port.random = bare_random;
        port.poll = bare_poll;
        port.files = &files;
    }
    return &port;
}
