// cell.h -- the shape of slot code: one instruction is one cell.
//
//     byte 0      8     10     12     14     16                       24
//          +------+------+------+------+------+-------------------------+
//          |handler|  A  |  D   |  B   |  X   |  K, in long cells only   |
//          +------+------+------+------+------+-------------------------+
//                               |    IMM      |  P  |  Q  |  R  |  S     |
//                                             |    LOW    |   TARGET     |
//
// The handler is the address of the code that executes the cell (or, under the switch, its
// number). A, B and X name slots to read, D the slot to write; where an instruction needs
// something else the same bytes are read as IMM, a signed 32-bit number, and so on. All
// fields are in the host's byte order. On 32-bit hosts a handler takes four bytes.
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_CELL_H
#define WEFT_VM_CELL_H

#include "ports/base.h"

enum {
    CELL_A = sizeof(uintptr_t),
    CELL_D = CELL_A + 2,
    CELL_B = CELL_A + 4,
    CELL_X = CELL_A + 6,
    CELL_IMM = CELL_A + 4,
    CELL_K = CELL_A + 8,
    CELL_LOW = CELL_K,
    CELL_TARGET = CELL_K + 4,
    CELL_P = CELL_K,
    CELL_Q = CELL_K + 2,
    CELL_R = CELL_K + 4,
    CELL_S = CELL_K + 6,
    SHORT_CELL = CELL_A + 8,
    LONG_CELL = CELL_A + 16
};

INLINE u16 cell_u16(const u8 *pc, u32 field)
{
    u16 v;
    memcpy(&v, pc + field, sizeof v);
    return v;
}

INLINE s32 cell_s32(const u8 *pc, u32 field)
{
    s32 v;
    memcpy(&v, pc + field, sizeof v);
    return v;
}

INLINE u64 cell_u64(const u8 *pc, u32 field)
{
    u64 v;
    memcpy(&v, pc + field, sizeof v);
    return v;
}

INLINE uintptr_t cell_handler(const u8 *pc)
{
    uintptr_t v;
    memcpy(&v, pc, sizeof v);
    return v;
}

// Just before a function's first cell stand two slots that every call zeroes, so that few
// functions need to begin with `enter`; where there is nothing to zero they name a slot that
// nothing uses.
// A call cell is long; its X says how far into the function it is, in units, so that a return
// address leads to the function; FAR_CELL where that does not fit.
enum { CELL_UNIT = sizeof(uintptr_t), FAR_CELL = 0xffff };
enum { ZERO_BEFORE_START = 4, ALSO_BEFORE_START = 6 };

// Those eight bytes.
INLINE u64 before_start(u32 zero, u32 also)
{
    const u16 fields[4] = {0, (u16)also, (u16)zero, 0};
    u64 bytes;
    memcpy(&bytes, fields, sizeof bytes);
    return bytes;
}

#endif
