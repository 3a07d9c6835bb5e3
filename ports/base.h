// base.h -- the few words every file of weft shares: integer names, bytes, hints.
//
// WebAssembly is little-endian everywhere and allows any alignment, while the host
// may be big-endian and may not. So multi-byte values that belong to a module or to a
// guest's memory go through load_u32 and friends below; compilers turn them into one
// instruction where the host allows it.
//                                                   spec: syntax-value, memory
// SPDX-License-Identifier: MIT
#ifndef WEFT_PORTS_BASE_H
#define WEFT_PORTS_BASE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef float f32;
typedef double f64;

_Static_assert(sizeof(f32) == 4 && sizeof(f64) == 8, "IEEE 754 single and double");
_Static_assert((s32)-1 == ~(s32)0, "two's complement");

// Compiler hints. Each has an empty plain-C twin, so nothing depends on them.
#if defined(__GNUC__) || defined(__clang__)
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define NOINLINE __attribute__((noinline))
#define COLD __attribute__((noinline, cold))
#define INLINE static inline __attribute__((always_inline, unused))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#define UNUSED __attribute__((unused))
#else
#define LIKELY(x) (x)
#define UNLIKELY(x) (x)
#define NOINLINE
#define COLD
#define INLINE static inline
#define PRINTF_LIKE(text, first)
#define UNUSED
#endif

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define HOST_IS_LITTLE_ENDIAN 1
#else
#define HOST_IS_LITTLE_ENDIAN 0  // also where it is unknown: the slow twins are always right
#endif

// Vectors of 16 bytes as a type of the compiler (gcc 12, clang), which the machine has registers for.
#if HOST_IS_LITTLE_ENDIAN && defined(__has_builtin) && (defined(__SSE2__) || defined(__ARM_NEON))
#if __has_builtin(__builtin_shufflevector)
#define HOST_HAS_VECTORS 1
#endif
#endif
#ifndef HOST_HAS_VECTORS
#define HOST_HAS_VECTORS 0
#endif

// Little-endian loads and stores at any alignment. `p` must point to enough bytes.
INLINE u16 load_u16(const void *p)
{
    if (HOST_IS_LITTLE_ENDIAN) {
        u16 v;
        memcpy(&v, p, sizeof v);
        return v;
    }
    const u8 *b = p;
    return (u16)(b[0] | b[1] << 8);
}

INLINE u32 load_u32(const void *p)
{
    if (HOST_IS_LITTLE_ENDIAN) {
        u32 v;
        memcpy(&v, p, sizeof v);
        return v;
    }
    const u8 *b = p;
    return (u32)b[0] | (u32)b[1] << 8 | (u32)b[2] << 16 | (u32)b[3] << 24;
}

INLINE u64 load_u64(const void *p)
{
    if (HOST_IS_LITTLE_ENDIAN) {
        u64 v;
        memcpy(&v, p, sizeof v);
        return v;
    }
    const u8 *b = p;
    return (u64)load_u32(b) | (u64)load_u32(b + 4) << 32;
}

INLINE void store_u16(void *p, u16 v)
{
    if (HOST_IS_LITTLE_ENDIAN) {
        memcpy(p, &v, sizeof v);
        return;
    }
    u8 *b = p;
    b[0] = (u8)v, b[1] = (u8)(v >> 8);
}

INLINE void store_u32(void *p, u32 v)
{
    if (HOST_IS_LITTLE_ENDIAN) {
        memcpy(p, &v, sizeof v);
        return;
    }
    u8 *b = p;
    b[0] = (u8)v, b[1] = (u8)(v >> 8), b[2] = (u8)(v >> 16), b[3] = (u8)(v >> 24);
}

INLINE void store_u64(void *p, u64 v)
{
    if (HOST_IS_LITTLE_ENDIAN) {
        memcpy(p, &v, sizeof v);
        return;
    }
    u8 *b = p;
    store_u32(b, (u32)v), store_u32(b + 4, (u32)(v >> 32));
}

// The same bits under another type: reinterpretation without aliasing faults.
INLINE u32 bits_of_f32(f32 v)
{
    u32 bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

INLINE u64 bits_of_f64(f64 v)
{
    u64 bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

INLINE f32 f32_of_bits(u32 bits)
{
    f32 v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

INLINE f64 f64_of_bits(u64 bits)
{
    f64 v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

#endif
