// simd.h -- 128-bit vectors as lanes.
//
// A vector lies in two slots, the low half first. On a little-endian host that is the order
// of its bytes in memory, and all lane types can share one union; elsewhere lanes are read out
// of the bytes in that order.
//                                                   spec: syntax-instr-vec
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_SIMD_H
#define WEFT_VM_SIMD_H

#include "vm/arith.h"

#if HOST_IS_LITTLE_ENDIAN

typedef union V128 {
    u8 as_u8[16];
    s8 as_s8[16];
    u16 as_u16[8];
    s16 as_s16[8];
    u32 as_u32[4];
    s32 as_s32[4];
    u64 as_u64[2];
    s64 as_s64[2];
    f32 as_f32[4];
    f64 as_f64[2];
} V128;

INLINE V128 slot_v128(const u64 *slot)
{
    V128 v;
    memcpy(&v, slot, sizeof v);
    return v;
}

INLINE void put_slot_v128(u64 *slot, V128 v)
{
    memcpy(slot, &v, sizeof v);
}

#define LANE_u8(v, i) (v).as_u8[i]
#define LANE_s8(v, i) (v).as_s8[i]
#define LANE_u16(v, i) (v).as_u16[i]
#define LANE_s16(v, i) (v).as_s16[i]
#define LANE_u32(v, i) (v).as_u32[i]
#define LANE_s32(v, i) (v).as_s32[i]
#define LANE_u64(v, i) (v).as_u64[i]
#define LANE_s64(v, i) (v).as_s64[i]
#define LANE_f32(v, i) (v).as_f32[i]
#define LANE_f64(v, i) (v).as_f64[i]
#define SET_u8(v, i, x) ((v).as_u8[i] = (u8)(x))
#define SET_s8(v, i, x) ((v).as_s8[i] = (s8)(x))
#define SET_u16(v, i, x) ((v).as_u16[i] = (u16)(x))
#define SET_s16(v, i, x) ((v).as_s16[i] = (s16)(x))
#define SET_u32(v, i, x) ((v).as_u32[i] = (u32)(x))
#define SET_s32(v, i, x) ((v).as_s32[i] = (s32)(x))
#define SET_u64(v, i, x) ((v).as_u64[i] = (u64)(x))
#define SET_s64(v, i, x) ((v).as_s64[i] = (s64)(x))
#define SET_f32(v, i, x) ((v).as_f32[i] = (x))
#define SET_f64(v, i, x) ((v).as_f64[i] = (x))

#else

typedef struct V128 {
    u8 bytes[16];  // as in memory
} V128;

INLINE V128 slot_v128(const u64 *slot)
{
    V128 v;
    store_u64(v.bytes, slot[0]);
    store_u64(v.bytes + 8, slot[1]);
    return v;
}

INLINE void put_slot_v128(u64 *slot, V128 v)
{
    slot[0] = load_u64(v.bytes);
    slot[1] = load_u64(v.bytes + 8);
}

#define LANE_u8(v, i) (v).bytes[i]
#define LANE_s8(v, i) (s8)(v).bytes[i]
#define LANE_u16(v, i) load_u16((v).bytes + 2 * (i))
#define LANE_s16(v, i) (s16)load_u16((v).bytes + 2 * (i))
#define LANE_u32(v, i) load_u32((v).bytes + 4 * (i))
#define LANE_s32(v, i) (s32)load_u32((v).bytes + 4 * (i))
#define LANE_u64(v, i) load_u64((v).bytes + 8 * (i))
#define LANE_s64(v, i) (s64)load_u64((v).bytes + 8 * (i))
#define LANE_f32(v, i) f32_of_bits(load_u32((v).bytes + 4 * (i)))
#define LANE_f64(v, i) f64_of_bits(load_u64((v).bytes + 8 * (i)))
#define SET_u8(v, i, x) ((v).bytes[i] = (u8)(x))
#define SET_s8(v, i, x) ((v).bytes[i] = (u8)(x))
#define SET_u16(v, i, x) store_u16((v).bytes + 2 * (i), (u16)(x))
#define SET_s16(v, i, x) store_u16((v).bytes + 2 * (i), (u16)(x))
#define SET_u32(v, i, x) store_u32((v).bytes + 4 * (i), (u32)(x))
#define SET_s32(v, i, x) store_u32((v).bytes + 4 * (i), (u32)(x))
#define SET_u64(v, i, x) store_u64((v).bytes + 8 * (i), (u64)(x))
#define SET_s64(v, i, x) store_u64((v).bytes + 8 * (i), (u64)(x))
#define SET_f32(v, i, x) store_u32((v).bytes + 4 * (i), bits_of_f32(x))
#define SET_f64(v, i, x) store_u64((v).bytes + 8 * (i), bits_of_f64(x))

#endif

// How many bits are set in each byte, for eight bytes at once. popcnt32 of each byte in a loop
// would be known to gcc 12 as popcounts, which it puts together wrongly for s390x: one count of
// all eight, in the last.
INLINE u64 popcnt_of_bytes(u64 x)
{
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    return (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
}

INLINE s32 saturate_s8(s32 x)
{
    return x < -128 ? -128 : x > 127 ? 127 : x;
}

INLINE s32 saturate_u8(s32 x)
{
    return x < 0 ? 0 : x > 255 ? 255 : x;
}

INLINE s32 saturate_s16(s32 x)
{
    return x < -32768 ? -32768 : x > 32767 ? 32767 : x;
}

INLINE s32 saturate_u16(s32 x)
{
    return x < 0 ? 0 : x > 65535 ? 65535 : x;
}

#endif
