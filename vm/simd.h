// simd.h -- 128-bit vectors as lanes.
//
// A vector lies in two slots, the low half first. On a little-endian host that is the order
// of its bytes in memory, and all lane types can share one union; elsewhere lanes are read out
// of the bytes in that order.
//
// The machine's register `vacc` is a Vacc: a vector type of the compiler where there is one.
// Vectors are built in one and written to slots in one piece: a processor that has two halves
// still under way to memory must wait a dozen cycles before it can read them as a whole.
//                                                   spec: syntax-instr-vec
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_SIMD_H
#define WEFT_VM_SIMD_H

#include "vm/arith.h"

#if HOST_HAS_VECTORS

// Named after the type of their lanes, so that tables can make the one from the other.
typedef u8 lanes_u8 __attribute__((vector_size(16)));
typedef s8 lanes_s8 __attribute__((vector_size(16)));
typedef u16 lanes_u16 __attribute__((vector_size(16)));
typedef s16 lanes_s16 __attribute__((vector_size(16)));
typedef u32 lanes_u32 __attribute__((vector_size(16)));
typedef s32 lanes_s32 __attribute__((vector_size(16)));
typedef u64 lanes_u64 __attribute__((vector_size(16)));
typedef s64 lanes_s64 __attribute__((vector_size(16)));
typedef f32 lanes_f32 __attribute__((vector_size(16)));
typedef f64 lanes_f64 __attribute__((vector_size(16)));
typedef lanes_u64 Vacc;

#endif

#if HOST_IS_LITTLE_ENDIAN

typedef union V128 {
#if HOST_HAS_VECTORS
    lanes_u8 all_u8;
    lanes_s8 all_s8;
    lanes_u16 all_u16;
    lanes_s16 all_s16;
    lanes_u32 all_u32;
    lanes_s32 all_s32;
    lanes_u64 all_u64;
    lanes_s64 all_s64;
    lanes_f32 all_f32;
    lanes_f64 all_f64;
#endif
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

#if HOST_HAS_VECTORS

INLINE V128 v128_of(Vacc vector)
{
    return (V128){.all_u64 = vector};
}

INLINE Vacc vacc_of(V128 v)
{
    return v.all_u64;
}

INLINE V128 v128_of_halves(u64 low, u64 high)
{
    return (V128){.all_u64 = {low, high}};
}

#define SPLAT_u8(x) ((V128){.all_u8 = (lanes_u8){0} + (u8)(x)})
#define SPLAT_u16(x) ((V128){.all_u16 = (lanes_u16){0} + (u16)(x)})
#define SPLAT_u32(x) ((V128){.all_u32 = (lanes_u32){0} + (u32)(x)})
#define SPLAT_u64(x) ((V128){.all_u64 = (lanes_u64){0} + (u64)(x)})

// All bits of one lane: 16 bytes out of a row of zeros with ones in the middle.
INLINE V128 lane_mask(u32 bytes, u32 lane)
{
    static const u8 rows[4][31] = {
        {[15] = 255},
        {[14] = 255, 255},
        {[12] = 255, 255, 255, 255},
        {[8] = 255, 255, 255, 255, 255, 255, 255, 255},
    };
    const u8 *const row = rows[bytes == 1 ? 0 : bytes == 2 ? 1 : bytes == 4 ? 2 : 3];
    V128 mask;
    memcpy(&mask, row + 16 - bytes - bytes * lane, sizeof mask);
    return mask;
}

INLINE V128 with_lane(V128 v, V128 mask, V128 value)
{
    return (V128){.all_u64 = (v.all_u64 & ~mask.all_u64) | (value.all_u64 & mask.all_u64)};
}

#define WITH_u8(v, i, x) with_lane(v, lane_mask(1, i), SPLAT_u8(x))
#define WITH_u16(v, i, x) with_lane(v, lane_mask(2, i), SPLAT_u16(x))
#define WITH_u32(v, i, x) with_lane(v, lane_mask(4, i), SPLAT_u32(x))
#define WITH_u64(v, i, x) with_lane(v, lane_mask(8, i), SPLAT_u64(x))

#else

typedef V128 Vacc;

INLINE V128 v128_of(Vacc vector)
{
    return vector;
}

INLINE Vacc vacc_of(V128 v)
{
    return v;
}

INLINE V128 v128_of_halves(u64 low, u64 high)
{
    V128 v;
    SET_u64(v, 0, low), SET_u64(v, 1, high);
    return v;
}

// The halves of a vector, all lanes of which are x.
#define SPLAT_u8(x) SPLAT_u64((u8)(x) * (UINT64_MAX / UINT8_MAX))
#define SPLAT_u16(x) SPLAT_u64((u16)(x) * (UINT64_MAX / UINT16_MAX))
#define SPLAT_u32(x) SPLAT_u64((u32)(x) * (UINT64_MAX / UINT32_MAX))
#define SPLAT_u64(x) v128_of_halves(x, x)

INLINE V128 with_u8(V128 v, u32 lane, u8 x)
{
    SET_u8(v, lane, x);
    return v;
}

INLINE V128 with_u16(V128 v, u32 lane, u16 x)
{
    SET_u16(v, lane, x);
    return v;
}

INLINE V128 with_u32(V128 v, u32 lane, u32 x)
{
    SET_u32(v, lane, x);
    return v;
}

INLINE V128 with_u64(V128 v, u32 lane, u64 x)
{
    SET_u64(v, lane, x);
    return v;
}

#define WITH_u8(v, i, x) with_u8(v, i, (u8)(x))
#define WITH_u16(v, i, x) with_u16(v, i, (u16)(x))
#define WITH_u32(v, i, x) with_u32(v, i, x)
#define WITH_u64(v, i, x) with_u64(v, i, x)

#endif

// From and to the guest's memory, which is little-endian.
INLINE V128 load_v128(const void *p)
{
#if HOST_IS_LITTLE_ENDIAN
    V128 v;
    memcpy(&v, p, sizeof v);
    return v;
#else
    return v128_of_halves(load_u64(p), load_u64((const u8 *)p + 8));
#endif
}

INLINE void store_v128(void *p, V128 v)
{
    memcpy(p, &v, sizeof v);  // elsewhere a V128 is its bytes
}

// Where lane i of a vector in slots is, in bytes from its first slot: slots are numbers of the
// host, the lowest lane in their lowest bits.
INLINE u32 lane_place(u32 bytes, u32 lane)
{
    const u32 at = bytes * lane;
    return HOST_IS_LITTLE_ENDIAN ? at : (at & 8) + 8 - bytes - (at & 7);
}

INLINE u8 slot_lane_u8(const u64 *slot, size_t place)
{
    return ((const u8 *)slot)[place];
}

INLINE u16 slot_lane_u16(const u64 *slot, size_t place)
{
    u16 lane;
    memcpy(&lane, (const u8 *)slot + place, sizeof lane);
    return lane;
}

INLINE u32 slot_lane_u32(const u64 *slot, size_t place)
{
    u32 lane;
    memcpy(&lane, (const u8 *)slot + place, sizeof lane);
    return lane;
}

INLINE u64 slot_lane_u64(const u64 *slot, size_t place)
{
    return slot[place / 8];
}

// --- the words of simd.def ---------------------------------------------------------------
//
// An E row is one expression for a lane or for all of them. A comparison of vectors gives a
// vector with all bits of a lane set where it holds; MASK makes numbers do the same.

#if HOST_HAS_VECTORS
#define MASK(condition) ((LANES)(condition))
#define LANE_BITS(type, x) ((LANES)(x))
#else
#define MASK(condition) ((LANES)(0 - (s64)(condition)))
#define LANE_BITS(type, x) bits_of_##type(x)
#endif
#define PICK(condition, a, b) ((MASK(condition) & (LANES)(a)) | (~MASK(condition) & (LANES)(b)))

// Zeros of either sign are equal, and a sum with a NaN is one.   spec: op-fmin, op-fmax
#define FLOAT_MIN(type)                                                           \
    PICK(x < y, LANE_BITS(type, x),                                               \
         PICK(y < x, LANE_BITS(type, y),                                          \
              PICK(x == y, LANE_BITS(type, x) | LANE_BITS(type, y), LANE_BITS(type, x + y))))
#define FLOAT_MAX(type)                                                           \
    PICK(x > y, LANE_BITS(type, x),                                               \
         PICK(y > x, LANE_BITS(type, y),                                          \
              PICK(x == y, LANE_BITS(type, x) & LANE_BITS(type, y), LANE_BITS(type, x + y))))

// A sum has overflowed if its sign is neither operand's; then it is the largest number of
// x's sign.
#define ADD_SAT_S(max) \
    PICK((SLANES)(~(x ^ y) & (x ^ (LANES)(x + y))) < 0, MASK((SLANES)x < 0) ^ (max), x + y)
#define SUB_SAT_S(max) \
    PICK((SLANES)((x ^ y) & (x ^ (LANES)(x - y))) < 0, MASK((SLANES)x < 0) ^ (max), x - y)

// Eight bytes in a u64. What is shifted across a border is masked; the bits that come in from
// the left are the sign s times, which a subtraction makes out of it: it never borrows.
#define BYTES(byte) ((u64)(byte) * 0x0101010101010101u)
#define SHIFT_BYTES_S(x, s)                                                          \
    (((x) >> (s) & BYTES(0xff >> (s))) | ((x) & BYTES(0x80)) |                       \
     (((x) & BYTES(0x80)) - (((x) & BYTES(0x80)) >> (s))))
// How many bits are set in each byte. popcnt32 of each byte in a loop would be known to gcc 12 as
// popcounts, which it puts together wrongly for s390x: one count of all eight, in the last.
#define POPCNT_BYTES(x) SUM_NIBBLES(SUM_PAIRS(SUM_BITS(x)))
#define SUM_BITS(x) ((x) - ((x) >> 1 & BYTES(0x55)))
#define SUM_PAIRS(x) (((x) & BYTES(0x33)) + ((x) >> 2 & BYTES(0x33)))
#define SUM_NIBBLES(x) (((x) + ((x) >> 4)) & BYTES(0x0f))

// Lanes of one half in lanes of twice their size, lane by lane products, and lanes of x and y
// in lanes of half their size, cut off at the limits of that.
#if HOST_HAS_VECTORS

#define LOW_8 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7
#define HIGH_8 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15
#define LOW_16 0, 0, 1, 1, 2, 2, 3, 3
#define HIGH_16 4, 4, 5, 5, 6, 6, 7, 7
#define LOW_32 0, 0, 1, 1
#define HIGH_32 2, 2, 3, 3
// Each lane twice, then shifted down: so its sign comes in, or zeros.
#define WIDEN(half, half_name, bits, wide)                                                  \
    INLINE V128 widen_##half_name##_s##bits(V128 x)                                         \
    {                                                                                       \
        const V128 both = {.all_u##bits = __builtin_shufflevector(x.all_u##bits, x.all_u##bits, half##_##bits)}; \
        return (V128){.all_s##wide = both.all_s##wide >> (bits)};                           \
    }                                                                                       \
    INLINE V128 widen_##half_name##_u##bits(V128 x)                                         \
    {                                                                                       \
        const V128 both = {.all_u##bits = __builtin_shufflevector(x.all_u##bits, x.all_u##bits, half##_##bits)}; \
        return (V128){.all_u##wide = both.all_u##wide >> (bits)};                           \
    }
#define PRODUCT(wide)                                             \
    INLINE V128 product_u##wide(V128 x, V128 y)                   \
    {                                                             \
        return (V128){.all_u##wide = x.all_u##wide * y.all_u##wide}; \
    }
#define CHOOSE_LANES(name, bits, ...)                                                       \
    INLINE V128 name##_u##bits(V128 x, V128 y)                                              \
    {                                                                                       \
        return (V128){.all_u##bits = __builtin_shufflevector(x.all_u##bits, y.all_u##bits, __VA_ARGS__)}; \
    }
#define TURN(by, ...) CHOOSE_LANES(turn_##by, 32, __VA_ARGS__)
#define ZIP_LOW(bits, ...) CHOOSE_LANES(zip_low, bits, __VA_ARGS__)
#define ZIP_HIGH(bits, ...) CHOOSE_LANES(zip_high, bits, __VA_ARGS__)
#define EVEN(bits, ...) CHOOSE_LANES(even, bits, __VA_ARGS__)
#define ODD(bits, ...) CHOOSE_LANES(odd, bits, __VA_ARGS__)
#define EVEN_8 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define EVEN_16 0, 2, 4, 6, 8, 10, 12, 14
#define NARROW(from, to, bits, min, max)                                                    \
    INLINE V128 narrow_##from##_##to(V128 x, V128 y)                                        \
    {                                                                                       \
        typedef lanes_##from LANES;                                                         \
        const LANES low = (LANES){0} + (min), high = (LANES){0} + (max);                    \
        LANES a = PICK(x.all_##from < low, low, x.all_##from), b = PICK(y.all_##from < low, low, y.all_##from); \
        a = PICK(a > high, high, a), b = PICK(b > high, high, b);                           \
        return (V128){.all_u##bits = __builtin_shufflevector((lanes_u##bits)a, (lanes_u##bits)b, EVEN_##bits)}; \
    }

#else

// The lanes are those of the list; here they are counted out.
#define CHOOSE_LANES(name, bits, of_y, lane)                                                     \
    INLINE V128 name##_u##bits(V128 x, V128 y)                                                   \
    {                                                                                            \
        const u32 count = 128 / (bits);                                                          \
        V128 r;                                                                                  \
        for (u32 i = 0; i < count; i++) SET_u##bits(r, i, of_y ? LANE_u##bits(y, lane) : LANE_u##bits(x, lane)); \
        return r;                                                                                \
    }
#define TURN(by, ...) CHOOSE_LANES(turn_##by, 32, i >= count, (i + (by)) % count)
#define ZIP_LOW(bits, ...) CHOOSE_LANES(zip_low, bits, i & 1, i / 2)
#define ZIP_HIGH(bits, ...) CHOOSE_LANES(zip_high, bits, i & 1, i / 2 + count / 2)
#define EVEN(bits, ...) CHOOSE_LANES(even, bits, i >= count / 2, 2 * (i & (count / 2 - 1)))
#define ODD(bits, ...) CHOOSE_LANES(odd, bits, i >= count / 2, 2 * (i & (count / 2 - 1)) + 1)
#define WIDEN_LANES(name, from, to, count, first)                                    \
    INLINE V128 name(V128 x)                                                         \
    {                                                                                \
        V128 r;                                                                      \
        for (u32 i = 0; i < (count); i++) SET_##to(r, i, LANE_##from(x, i + (first))); \
        return r;                                                                    \
    }
#define WIDEN(half, half_name, bits, wide)                                                             \
    WIDEN_LANES(widen_##half_name##_s##bits, s##bits, s##wide, 128 / (wide), FIRST_##half(wide)) \
    WIDEN_LANES(widen_##half_name##_u##bits, u##bits, u##wide, 128 / (wide), FIRST_##half(wide))
#define FIRST_LOW(wide) 0
#define FIRST_HIGH(wide) 128 / (wide)
#define PRODUCT(wide)                                                                                            \
    INLINE V128 product_u##wide(V128 x, V128 y)                                                                  \
    {                                                                                                            \
        V128 r;                                                                                                  \
        for (u32 i = 0; i < 128 / (wide); i++) SET_u##wide(r, i, (u64)LANE_u##wide(x, i) * LANE_u##wide(y, i)); \
        return r;                                                                                                \
    }
#define NARROW(from, to, bits, min, max)                                                          \
    INLINE V128 narrow_##from##_##to(V128 x, V128 y)                                              \
    {                                                                                             \
        V128 r;                                                                                   \
        for (u32 i = 0; i < 128 / (bits); i++) {                                                  \
            const u32 lane = i & (64 / (bits) - 1);                                               \
            const s32 v = i < 64 / (bits) ? LANE_##from(x, lane) : LANE_##from(y, lane);          \
            SET_##to(r, i, v < (min) ? (min) : v > (max) ? (max) : v);                            \
        }                                                                                         \
        return r;                                                                                 \
    }

#endif

WIDEN(LOW, low, 8, 16)
WIDEN(HIGH, high, 8, 16)
WIDEN(LOW, low, 16, 32)
WIDEN(HIGH, high, 16, 32)
WIDEN(LOW, low, 32, 64)
WIDEN(HIGH, high, 32, 64)
PRODUCT(16)
PRODUCT(32)
PRODUCT(64)
NARROW(s16, s8, 8, -128, 127)
NARROW(s16, u8, 8, 0, 255)
NARROW(s32, s16, 16, -32768, 32767)
NARROW(s32, u16, 16, 0, 65535)
ZIP_LOW(8, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
ZIP_HIGH(8, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
ZIP_LOW(16, 0, 8, 1, 9, 2, 10, 3, 11)
ZIP_HIGH(16, 4, 12, 5, 13, 6, 14, 7, 15)
EVEN(8, EVEN_8)
EVEN(16, EVEN_16)
ODD(8, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)
ODD(16, 1, 3, 5, 7, 9, 11, 13, 15)
ZIP_LOW(32, 0, 4, 1, 5)
ZIP_HIGH(32, 2, 6, 3, 7)
EVEN(32, 0, 2, 4, 6)
ODD(32, 1, 3, 5, 7)
TURN(1, 1, 2, 3, 0)
TURN(3, 3, 0, 1, 2)

INLINE V128 v128_of_words(u32 a, u32 b, u32 c, u32 d)
{
#if HOST_HAS_VECTORS
    return (V128){.all_u32 = {a, b, c, d}};
#else
    return v128_of_halves((u64)b << 32 | a, (u64)d << 32 | c);
#endif
}

// Each lane rotated to the left, by 1 or more.
#if HOST_HAS_VECTORS
#define ROTATE(bits)                                                                          \
    INLINE V128 rotate_u##bits(V128 x, u##bits by)                                            \
    {                                                                                         \
        return (V128){.all_u##bits = x.all_u##bits << by | x.all_u##bits >> (u##bits)((bits) - by)}; \
    }
#else
#define ROTATE(bits)                                                     \
    INLINE V128 rotate_u##bits(V128 x, u##bits by)                       \
    {                                                                    \
        V128 r;                                                          \
        for (u32 i = 0; i < 128 / (bits); i++) {                         \
            const u##bits lane = LANE_u##bits(x, i);                     \
            SET_u##bits(r, i, lane << by | lane >> ((bits) - by));       \
        }                                                                \
        return r;                                                        \
    }
#endif
ROTATE(32)
ROTATE(64)

INLINE V128 xor_v128(V128 x, V128 y)
{
#if HOST_HAS_VECTORS
    return (V128){.all_u64 = x.all_u64 ^ y.all_u64};
#else
    return v128_of_halves(LANE_u64(x, 0) ^ LANE_u64(y, 0), LANE_u64(x, 1) ^ LANE_u64(y, 1));
#endif
}

INLINE V128 sum_u32(V128 x, V128 y)
{
#if HOST_HAS_VECTORS
    return (V128){.all_u32 = x.all_u32 + y.all_u32};
#else
    return v128_of_words(LANE_u32(x, 0) + LANE_u32(y, 0), LANE_u32(x, 1) + LANE_u32(y, 1),
                         LANE_u32(x, 2) + LANE_u32(y, 2), LANE_u32(x, 3) + LANE_u32(y, 3));
#endif
}

INLINE V128 sum_u64(V128 x, V128 y)
{
#if HOST_HAS_VECTORS
    return (V128){.all_u64 = x.all_u64 + y.all_u64};
#else
    return v128_of_halves(LANE_u64(x, 0) + LANE_u64(y, 0), LANE_u64(x, 1) + LANE_u64(y, 1));
#endif
}

// The bytes of each lane in reverse, two lanes in a half.
INLINE V128 reverse_u32(V128 x)
{
    const u64 odd = 0xff00ff00ff00ff00u;
    const V128 r = rotate_u32(x, 16);
    const u64 a = LANE_u64(r, 0), b = LANE_u64(r, 1);
    return v128_of_halves((a << 8 & odd) | (a >> 8 & ~odd), (b << 8 & odd) | (b >> 8 & ~odd));
}

// Bit i of the answer is the uppermost bit of lane i. The product gathers the bits of a half,
// each of which it moves to a place of its own.
INLINE u32 bitmask_u8(V128 v)
{
    const u64 ones = 0x0101010101010101u, gather = 0x0102040810204080u;
    const u64 low = (LANE_u64(v, 0) >> 7 & ones) * gather >> 56, high = (LANE_u64(v, 1) >> 7 & ones) * gather >> 56;
    return (u32)(low | high << 8);
}

INLINE u32 bitmask_u16(V128 v)
{
    const u64 ones = 0x0001000100010001u, gather = 0x0001000200040008u;
    const u64 low = (LANE_u64(v, 0) >> 15 & ones) * gather >> 48 & 15, high = (LANE_u64(v, 1) >> 15 & ones) * gather >> 48 & 15;
    return (u32)(low | high << 4);
}

INLINE u32 bitmask_u32(V128 v)
{
    const u64 low = LANE_u64(v, 0), high = LANE_u64(v, 1);
    return (u32)((low >> 31 & 1) | (low >> 62 & 2) | (high >> 29 & 4) | (high >> 60 & 8));
}

INLINE u32 bitmask_u64(V128 v)
{
    return (u32)(LANE_u64(v, 0) >> 63 | (LANE_u64(v, 1) >> 62 & 2));
}

// Whether no lane is 0. Taking 1 from every lane borrows into the uppermost bit of one that
// was 0; lanes above it may be wrong, but then the answer is known.
INLINE u32 no_zero_lane(V128 v, u64 ones, u64 tops)
{
    const u64 low = LANE_u64(v, 0), high = LANE_u64(v, 1);
    return !((((low - ones) & ~low) | ((high - ones) & ~high)) & tops);
}

INLINE s32 saturate_s16(s32 x)
{
    return x < -32768 ? -32768 : x > 32767 ? 32767 : x;
}

#endif
