// start.c -- from reset to main on a Cortex-M, and the few things the C library asks for.
//
// The core loads its stack pointer from the first word of the vector table and jumps to the
// second. Then: switch the floating-point unit on, copy variables from flash, clear the
// others, paint the stack so that its high-water mark can be read later, start the tick.
// SPDX-License-Identifier: MIT
#include "ports/bare/bare.h"
#include "ports/bare/semihost.h"

#include <errno.h>

// Laid out by memory.ld; only their addresses mean something.
extern u32 bare_data_start[], bare_data_end[], bare_bss_start[], bare_bss_end[];
extern const u32 bare_data_from[];
extern u8 bare_heap_start[], bare_stack_low[], bare_stack_top[];

int main(void);

#define STACK_PAINT 0xA5A5A5A5u

// --- registers of the core ---------------------------------------------------------

#define REGISTER(address) (*(volatile u32 *)(uintptr_t)(address))
#define CPACR REGISTER(0xE000ED88)         // coprocessor access: bits 20..23 are the FPU
#define SYST_CONTROL REGISTER(0xE000E010)  // SysTick: enable, interrupt, core clock
#define SYST_RELOAD REGISTER(0xE000E014)
#define SYST_CURRENT REGISTER(0xE000E018)

#define CORE_HZ 25000000u

// --- the tick ----------------------------------------------------------------------

// Two halves, because a 64-bit load is not atomic here.
static volatile u32 tick_low, tick_high;

static void bare_tick(void)
{
    if (++tick_low == 0) tick_high++;
}

u64 bare_clock_ms(void)
{
    u32 high, low;
    do {
        high = tick_high;
        low = tick_low;
    } while (high != tick_high);
    return (u64)high << 32 | low;
}

// --- faults ------------------------------------------------------------------------

// Ends with 128 + SIGSEGV, what a shell reports of a crashed program.
static void bare_fault(void)
{
    static const char text[] = "bare: fault\n";
    semihost(SEMIHOST_WRITE_STRING, text);
    bare_exit(139);
}

// --- reset -------------------------------------------------------------------------

void bare_reset(void);

__attribute__((noinline)) static void paint_stack(void)
{
    // Up to this frame, whose own words lie above the stack pointer. Volatile, for a call
    // of memset would paint over its own frame.
    volatile u32 *low = (volatile u32 *)(uintptr_t)bare_stack_low;
    u32 *here;
    __asm__ volatile("mov %0, sp" : "=r"(here));
    while (low < here) *low++ = STACK_PAINT;
}

void bare_reset(void)
{
    CPACR |= 0xFu << 20;
    __asm__ volatile("dsb\n\tisb" ::: "memory");
    const u32 *from = bare_data_from;
    for (u32 *to = bare_data_start; to < bare_data_end;) *to++ = *from++;
    for (u32 *to = bare_bss_start; to < bare_bss_end;) *to++ = 0;
    paint_stack();
    SYST_RELOAD = CORE_HZ / 1000 - 1;
    SYST_CURRENT = 0;
    SYST_CONTROL = 7;
    bare_exit(main());
}

typedef void (*Vector)(void);

__attribute__((section(".vectors"), used)) static const Vector vectors[16] = {
    [0] = (Vector)(uintptr_t)bare_stack_top,
    [1] = bare_reset,
    [2] = bare_fault,   // NMI
    [3] = bare_fault,   // hard fault
    [4] = bare_fault,   // memory management
    [5] = bare_fault,   // bus
    [6] = bare_fault,   // usage
    [11] = bare_fault,  // SVC
    [15] = bare_tick,
};

// --- what newlib asks for ----------------------------------------------------------
//
// Memory, an end, and a place for messages; the guest's files are the port's business.

static u8 *heap_end, *heap_top;  // where the heap ends now, and the furthest it ever did

void *_sbrk(ptrdiff_t more);
_Noreturn void _exit(int code);
int _kill(int process, int signal);
int _getpid(void);

void *_sbrk(ptrdiff_t more)
{
    if (!heap_end) heap_end = bare_heap_start;
    if (more > bare_stack_low - heap_end) {
        errno = ENOMEM;
        return (void *)(intptr_t)-1;
    }
    u8 *old = heap_end;
    heap_end += more;
    if (heap_end > heap_top) heap_top = heap_end;
    return old;
}

_Noreturn void _exit(int code)
{
    bare_exit(code);
}

// abort() raises a signal, which ends here.
int _kill(int process, int signal)
{
    (void)process;
    bare_exit(128 + signal);
}

int _getpid(void)
{
    return 1;
}

// Its stdio can print (assert does), and knows of no other file.
struct stat;
int _write(int file, const char *bytes, int size);
int _read(int file, char *bytes, int size);
int _lseek(int file, int offset, int whence);
int _close(int file);
int _fstat(int file, struct stat *stat);
int _isatty(int file);

int _write(int file, const char *bytes, int size)
{
    (void)file;
    for (int i = 0; i < size; i++) semihost(SEMIHOST_WRITE_CHARACTER, bytes + i);
    return size;
}

static int no_such_file(void)
{
    errno = EBADF;
    return -1;
}

int _read(int file, char *bytes, int size)
{
    (void)file, (void)bytes, (void)size;
    return no_such_file();
}

int _lseek(int file, int offset, int whence)
{
    (void)file, (void)offset, (void)whence;
    return no_such_file();
}

int _close(int file)
{
    (void)file;
    return no_such_file();
}

int _fstat(int file, struct stat *stat)
{
    (void)file, (void)stat;
    return no_such_file();
}

int _isatty(int file)
{
    (void)file;
    return 0;
}

_Noreturn void bare_exit(int code)
{
    const u32 parameters[2] = {SEMIHOST_EXITED, (u32)code};
    semihost(SEMIHOST_EXIT_EXTENDED, parameters);
    for (;;) __asm__ volatile("wfi");
}

// --- what was used -----------------------------------------------------------------

size_t bare_heap_peak(void)
{
    return heap_top ? (size_t)(heap_top - bare_heap_start) : 0;
}

size_t bare_stack_peak(void)
{
    const u32 *low = (const u32 *)(uintptr_t)bare_stack_low;
    while (*low == STACK_PAINT) low++;
    return (size_t)(bare_stack_top - (const u8 *)low);
}
