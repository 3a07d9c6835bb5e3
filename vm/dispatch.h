// dispatch.h -- one handler text, several ways to get from one handler to the next.
//
// A handler is written
//
//     HANDLER(i32_add_SSA)
//     {
//         const u32 x = (u32)fp[FA], y = (u32)fp[FB];
//         acc = (u32)(x + y);
//         NEXT_SHORT;
//     }
//
// and works on the machine's state, which lives in registers:
//
//     pc      the cell being executed          acc    the last integer result
//     fp      slot 0 of the frame              facc   the last f64 result
//     mem     base of memory 0                 gacc   the last f32 result
//     msize   its size in bytes                pin, pin2    the function's pinned locals
//     thread  everything else                  fpin, fpin2  the same, of type f64
//     vacc    the last vector result           events  events left until the next look around
//
// Under DISPATCH_TAIL each handler is a function whose arguments are that state and whose
// last act is a call of the next one, which the compiler turns into a jump; with
// `preserve_none` all arguments stay in registers and nothing is ever saved. Under
// DISPATCH_GOTO and DISPATCH_SWITCH handlers are labels in one function and the state is its
// local variables. Under DISPATCH_CALL each handler is a function that a loop calls, which
// puts the state back into a struct before it returns: the slowest form, plain C, and the one
// that compilers finish quickly at -O0 and with sanitizers, where calls do not become jumps
// and one function with all the labels takes minutes and gigabytes.
//
//     HANDLER(name)   opens a handler        NEXT_SHORT, NEXT_LONG   go on after this cell
//     DISPATCH        go to the cell at pc   BRANCH(t)               go t bytes from here
//     LEAVE_TO(name)  go on as another handler (for rare, slow work)
//     TRAP(why)       stop with TRAP_<why>   STOP                    return from execute()
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_DISPATCH_H
#define WEFT_VM_DISPATCH_H

#include "vm/arith.h"
#include "vm/cell.h"
#include "vm/code.h"
#include "vm/exec.h"
#include "vm/simd.h"

// vm.mk chooses; without a choice (an amalgamation, say) this does.
#if !defined(WEFT_DISPATCH_PRESERVE_NONE) && !defined(WEFT_DISPATCH_TAIL) && \
    !defined(WEFT_DISPATCH_GOTO) && !defined(WEFT_DISPATCH_SWITCH) && !defined(WEFT_DISPATCH_CALL)
#define WEFT_DISPATCH_SWITCH 1
#endif
#if defined(WEFT_DISPATCH_PRESERVE_NONE) || defined(WEFT_DISPATCH_TAIL)
#define DISPATCH_BY_TAIL 1
#else
#define DISPATCH_BY_TAIL 0
#endif
#if DISPATCH_BY_TAIL || defined(WEFT_DISPATCH_CALL)
#define HANDLERS_ARE_FUNCTIONS 1
#else
#define HANDLERS_ARE_FUNCTIONS 0
#endif

// The usual convention of x86-64 has six registers for pointers and integers. Pinned locals
// make more of them than what memory accesses can as well load from `thread`.
#ifdef WEFT_DISPATCH_PRESERVE_NONE
#define HANDLER_CONVENTION __attribute__((preserve_none))
#define STATE_PARAMS                                                                          \
    const u8 *pc, u64 *fp, u8 *mem, u64 acc, u64 pin, u64 pin2, Thread *thread, s64 events,   \
        u64 msize, f64 facc, f32 gacc, f64 fpin, f64 fpin2, Vacc vacc
#define STATE_ARGS pc, fp, mem, acc, pin, pin2, thread, events, msize, facc, gacc, fpin, fpin2, vacc
#define MEMORY_BASE mem
#define MEMORY_SIZE msize
#define COUNT_DOWN(amount) (events -= (amount)) < 0
#define SAVE_COUNT thread->countdown = events
#define LOAD_COUNT events = thread->countdown
#define RELOAD_MEMORY (mem = thread->memory_base, msize = thread->memory_size)
#else
#define HANDLER_CONVENTION
#define STATE_PARAMS                                                                   \
    const u8 *pc, u64 *fp, u64 acc, u64 pin, u64 pin2, Thread *thread, f64 facc, f32 gacc, \
        f64 fpin, f64 fpin2, Vacc vacc
#define STATE_ARGS pc, fp, acc, pin, pin2, thread, facc, gacc, fpin, fpin2, vacc
#define MEMORY_BASE thread->memory_base
#define MEMORY_SIZE thread->memory_size
#define COUNT_DOWN(amount) (thread->countdown -= (amount)) < 0
#define SAVE_COUNT (void)0
#define LOAD_COUNT (void)0
#define RELOAD_MEMORY (void)0
#endif

#if DISPATCH_BY_TAIL
typedef HANDLER_CONVENTION int (*Handler)(STATE_PARAMS);
#if defined(__clang__)
#define MUST_TAIL __attribute__((musttail))
#else
#define MUST_TAIL  // gcc makes them jumps; tests/check_tail_calls.sh looks
#endif
#define HANDLER(name) HANDLER_CONVENTION int handler_##name(STATE_PARAMS)
#define COLD_HANDLER(name) COLD HANDLER_CONVENTION int handler_##name(STATE_PARAMS)
#define DISPATCH MUST_TAIL return ((Handler)cell_handler(pc))(STATE_ARGS)
#define LEAVE_TO(name) MUST_TAIL return handler_##name(STATE_ARGS)
#define STOP return 0
#elif defined(WEFT_DISPATCH_CALL)
// The state between two handlers. A handler's text works on parameters of the usual names;
// the function around it fetches them from here.
typedef struct Registers {
    const u8 *pc;
    u64 *fp;
    u64 acc, pin, pin2;
    Thread *thread;
    f64 facc;
    f32 gacc;
    f64 fpin, fpin2;
    Vacc vacc;
} Registers;
typedef bool (*Handler)(Registers *registers);  // false: stop
#define HANDLER(name)                                                              \
    static bool text_of_##name(Registers *registers, STATE_PARAMS);                \
    bool handler_##name(Registers *registers)                                      \
    {                                                                              \
        const Registers r = *registers;                                            \
        return text_of_##name(registers, r.pc, r.fp, r.acc, r.pin, r.pin2, r.thread, \
                              r.facc, r.gacc, r.fpin, r.fpin2, r.vacc);            \
    }                                                                              \
    static bool text_of_##name(Registers *registers, STATE_PARAMS)
#define COLD_HANDLER(name) HANDLER(name)
#define DISPATCH return *registers = (Registers){STATE_ARGS}, true
#define LEAVE_TO(name) return *registers = (Registers){STATE_ARGS}, handler_##name(registers)
#define STOP return false
#elif defined(WEFT_DISPATCH_GOTO)
#define HANDLER(name) handler_##name:
#define COLD_HANDLER(name) handler_##name:
#define DISPATCH goto *(void *)cell_handler(pc)
#define LEAVE_TO(name) goto handler_##name
#define STOP return NULL
#else
#define HANDLER(name) case HANDLER_##name: handler_##name:
#define COLD_HANDLER(name) HANDLER(name)
#define DISPATCH goto again
#define LEAVE_TO(name) goto handler_##name
#define STOP return NULL
#endif

#define NEXT_SHORT        \
    do {                  \
        pc += SHORT_CELL; \
        DISPATCH;         \
    } while (0)
#define NEXT_LONG        \
    do {                 \
        pc += LONG_CELL; \
        DISPATCH;        \
    } while (0)
#define TRAP(why)         \
    do {                  \
        acc = TRAP_##why; \
        LEAVE_TO(trap);   \
    } while (0)
// For helpers that return a TrapCode.
#define TRAP_IF(call)                            \
    do {                                         \
        const TrapCode trap_ = (call);           \
        if (UNLIKELY(trap_ != TRAP_NONE)) {      \
            acc = trap_;                         \
            LEAVE_TO(trap);                      \
        }                                        \
    } while (0)

// A taken branch, and the same where the next handler's text follows. Going back is an event: a loop that never ends must not run unseen. The
// sign of the distance is subtracted from the count, so the test is one instruction. A cell
// that branches to itself, `(loop (br 0))`, goes back by 0: hence the 1.
#define GO_ON_AT(distance)                                \
    do {                                                  \
        const s64 distance_ = (distance);                 \
        pc += distance_;                                  \
        EVENT_IF_BACK(distance_);                         \
    } while (0)
#define BRANCH(distance)                                  \
    do {                                                  \
        GO_ON_AT(distance);                               \
        DISPATCH;                                         \
    } while (0)
#ifdef WEFT_DISPATCH_PRESERVE_NONE
#define EVENT_IF_BACK(distance)                           \
    if (UNLIKELY((events += ((distance) - 1) >> 63) < 0)) LEAVE_TO(look_around)
#else
#define EVENT_IF_BACK(distance)                           \
    if ((distance) <= 0 && UNLIKELY(COUNT_DOWN(1))) LEAVE_TO(look_around)
#endif
#define EVENT \
    if (UNLIKELY(COUNT_DOWN(1))) LEAVE_TO(look_around)

// Before and after C code that wants to see or change where execution stands.
#define SAVE_ALL                                               \
    do {                                                       \
        thread->pc = pc, thread->fp = fp;                      \
        thread->pin = pin, thread->pin2 = pin2;                \
        thread->fpin = fpin, thread->fpin2 = fpin2;            \
        SAVE_COUNT;                                            \
    } while (0)
#define LOAD_ALL                                               \
    do {                                                       \
        pc = thread->pc, fp = thread->fp;                      \
        pin = thread->pin, pin2 = thread->pin2;                \
        fpin = thread->fpin, fpin2 = thread->fpin2;            \
        acc = thread->acc;                                     \
        facc = f64_of_bits(acc), gacc = f32_of_bits((u32)acc); \
        vacc = (Vacc){0};                                      \
        LOAD_COUNT;                                            \
        RELOAD_MEMORY;                                         \
    } while (0)

// pc is at the first cell of a function whose frame is at fp: see cell.h.
#define START_FRAME                                    \
    do {                                               \
        fp[cell_u16(pc - ZERO_BEFORE_START, 0)] = 0;   \
        fp[cell_u16(pc - ALSO_BEFORE_START, 0)] = 0;   \
    } while (0)

// The fields of the cell at pc.
#define FA cell_u16(pc, CELL_A)
#define FD cell_u16(pc, CELL_D)
#define FB cell_u16(pc, CELL_B)
#define FX cell_u16(pc, CELL_X)
#define FP_ cell_u16(pc, CELL_P)
#define FQ cell_u16(pc, CELL_Q)
#define FR cell_u16(pc, CELL_R)
#define FS cell_u16(pc, CELL_S)
#define IMM cell_s32(pc, CELL_IMM)
#define LOW cell_s32(pc, CELL_LOW)
#define TARGET cell_s32(pc, CELL_TARGET)
#define K64 cell_u64(pc, CELL_K)

// Floats in slots are their bits, so that nothing changes NaNs on the way.
#define SLOT_F32(i) f32_of_bits((u32)fp[i])
#define SLOT_F64(i) f64_of_bits(fp[i])

// Memory 0, addressed by 32 bits: `ea` cannot wrap, as it is at most 2^33 and a bit.
#define CHECKED(ea, bytes)                                               \
    do {                                                                 \
        if (UNLIKELY((ea) + (bytes) > MEMORY_SIZE)) TRAP(MEMORY_BOUNDS); \
    } while (0)

INLINE u8 load_u8(const void *p)
{
    return *(const u8 *)p;
}

INLINE void store_u8(void *p, u8 v)
{
    *(u8 *)p = v;
}

#endif
