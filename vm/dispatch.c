// dispatch.c -- from C into the handlers, and the words that stand for them in cells.
// SPDX-License-Identifier: MIT
#include "vm/handlers.h"

#if HANDLERS_ARE_FUNCTIONS

#ifdef WEFT_HANDLER_DISTANCES
// The same as an array of pointers below, as distances from the table. Pointers would have to
// be relocated, all of them, whenever a program that can be loaded anywhere starts: thousands
// of additions and dozens of private pages for the few handlers that it uses. C has no constant expression for
// the distance of two functions, hence the assembler; vm.mk says where it is known.
#define HANDLER_DISTANCE(name) "\t.long handler_" #name " - weft_handler_distances\n"
__asm__("\t.pushsection .rodata\n"
        "\t.balign 4\n"
        "weft_handler_distances:\n" HANDLER_LIST(HANDLER_DISTANCE) SEQUENCE_LIST(HANDLER_DISTANCE)
        "\t.popsection\n");
#undef HANDLER_DISTANCE
extern const s32 weft_handler_distances[SEQUENCE_END] __attribute__((visibility("hidden")));

uintptr_t handler_word(u32 number)
{
    return (uintptr_t)weft_handler_distances + (uintptr_t)(s64)weft_handler_distances[number];
}
#else
#define HANDLER_ADDRESS(name) handler_##name,
static const Handler handler_addresses[SEQUENCE_END] = {HANDLER_LIST(HANDLER_ADDRESS) SEQUENCE_LIST(HANDLER_ADDRESS)};
#undef HANDLER_ADDRESS

uintptr_t handler_word(u32 number)
{
    return (uintptr_t)handler_addresses[number];
}
#endif

#ifdef WEFT_DISPATCH_CALL
static void enter_handlers(Thread *thread)
{
    const u64 acc = thread->acc;
    Registers registers = {
        .pc = thread->pc, .fp = thread->fp, .acc = acc, .pin = thread->pin, .pin2 = thread->pin2,
        .thread = thread, .facc = f64_of_bits(acc), .gacc = f32_of_bits((u32)acc),
        .fpin = thread->fpin, .fpin2 = thread->fpin2,
    };
    while (((Handler)cell_handler(registers.pc))(&registers)) {
    }
}
#else
static void enter_handlers(Thread *thread)
{
    const u8 *const pc = thread->pc;
    u64 *const fp = thread->fp;
    const u64 acc = thread->acc, pin = thread->pin, pin2 = thread->pin2;
    const f64 facc = f64_of_bits(acc), fpin = thread->fpin, fpin2 = thread->fpin2;
    const f32 gacc = f32_of_bits((u32)acc);
    const Vacc vacc = {0};
#ifdef WEFT_DISPATCH_PRESERVE_NONE
    u8 *const mem = thread->memory_base;
    const u64 msize = thread->memory_size;
    const s64 events = thread->countdown;
#endif
    ((Handler)cell_handler(pc))(STATE_ARGS);
}
#endif

void execute(Thread *thread)
{
    refresh_memory(thread);
    enter_handlers(thread);
}

#else

// All handlers are labels of this one function. Called without a thread it gives the
// addresses of its labels, which only it can know.
static const uintptr_t *run_handlers(Thread *thread)
{
#ifdef WEFT_DISPATCH_GOTO
#define HANDLER_ADDRESS(name) (uintptr_t)&&handler_##name,
    static const uintptr_t addresses[SEQUENCE_END] = {HANDLER_LIST(HANDLER_ADDRESS) SEQUENCE_LIST(HANDLER_ADDRESS)};
#undef HANDLER_ADDRESS
    if (!thread) return addresses;
#endif
    const u8 *pc = thread->pc;
    u64 *fp = thread->fp;
    u64 acc = thread->acc, pin = thread->pin, pin2 = thread->pin2;
    f64 facc = f64_of_bits(acc), fpin = thread->fpin, fpin2 = thread->fpin2;
    f32 gacc = f32_of_bits((u32)acc);
    Vacc vacc = {0};
#ifdef WEFT_DISPATCH_GOTO
    DISPATCH;
#include "handlers_1.inc"
#include "handlers_2.inc"
#include "handlers_3.inc"
#include "handlers_4.inc"
#include "sequences_1.inc"
#include "sequences_2.inc"
#include "sequences_3.inc"
#include "sequences_4.inc"
#else
again:
    switch (cell_handler(pc)) {
#include "handlers_1.inc"
#include "handlers_2.inc"
#include "handlers_3.inc"
#include "handlers_4.inc"
#include "sequences_1.inc"
#include "sequences_2.inc"
#include "sequences_3.inc"
#include "sequences_4.inc"
    default: return NULL;
    }
#endif
}

uintptr_t handler_word(u32 number)
{
#ifdef WEFT_DISPATCH_GOTO
    return run_handlers(NULL)[number];
#else
    return number;
#endif
}

void execute(Thread *thread)
{
    refresh_memory(thread);
    run_handlers(thread);
}

#endif
