// arith.h -- the operators that C lacks or leaves undefined, for numeric.def.
//
// Everything is a pure function of its operands with the exact result the specification
// asks for, on any host. NaNs: results of arithmetic are quiet; abs, neg, copysign work on
// bits and change nothing but the sign.
//                                                   spec: exec-numeric
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_ARITH_H
#define WEFT_VM_ARITH_H

#include "ports/base.h"

#include <float.h>
#include <math.h>

// An operation on doubles has to round once, to a double. x87 registers round to 64 bits of
// mantissa first, and moving a signalling NaN through one makes it quiet; neither can be mended
// from C. (1: floats are computed as doubles, which have more than twice their bits, so that
// rounding twice gives the same.)
_Static_assert(FLT_EVAL_METHOD == 0 || FLT_EVAL_METHOD == 1,
               "floats must be IEEE 754's; for 32-bit x86: -msse2 -mfpmath=sse");

INLINE u32 rotl32(u32 x, u32 y)
{
    return x << (y & 31) | x >> (-y & 31);
}

INLINE u32 rotr32(u32 x, u32 y)
{
    return x >> (y & 31) | x << (-y & 31);
}

INLINE u64 rotl64(u64 x, u64 y)
{
    return x << (y & 63) | x >> (-y & 63);
}

INLINE u64 rotr64(u64 x, u64 y)
{
    return x >> (y & 63) | x << (-y & 63);
}

#if defined(__GNUC__) || defined(__clang__)
INLINE u32 clz32(u32 x)
{
    return x ? (u32)__builtin_clz(x) : 32;
}

INLINE u32 ctz32(u32 x)
{
    return x ? (u32)__builtin_ctz(x) : 32;
}

INLINE u64 clz64(u64 x)
{
    return x ? (u64)__builtin_clzll(x) : 64;
}

INLINE u64 ctz64(u64 x)
{
    return x ? (u64)__builtin_ctzll(x) : 64;
}
#else
INLINE u64 clz64(u64 x)
{
    u64 n = 0;
    if (!x) return 64;
    for (; !(x >> 63); x <<= 1) n++;
    return n;
}

INLINE u64 ctz64(u64 x)
{
    u64 n = 0;
    if (!x) return 64;
    for (; !(x & 1); x >>= 1) n++;
    return n;
}

INLINE u32 clz32(u32 x)
{
    return x ? (u32)clz64(x) - 32 : 32;
}

INLINE u32 ctz32(u32 x)
{
    return x ? (u32)ctz64(x) : 32;
}
#endif

// Adds neighbouring bit fields of growing width. In plain C: without a popcnt instruction
// (the baseline of x86-64 has none) compilers call a function for the builtin.
INLINE u32 popcnt32(u32 x)
{
    x -= x >> 1 & 0x55555555u;
    x = (x & 0x33333333u) + (x >> 2 & 0x33333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0fu;
    return x * 0x01010101u >> 24;
}

INLINE u64 popcnt64(u64 x)
{
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return x * 0x0101010101010101u >> 56;
}

// The upper half of a product of 64-bit numbers, unsigned and signed.   spec: op-imul
INLINE u64 mul_high_u64(u64 x, u64 y)
{
    const u64 x0 = (u32)x, x1 = x >> 32, y0 = (u32)y, y1 = y >> 32;
    const u64 middle = x1 * y0 + (x0 * y0 >> 32);
    const u64 other = x0 * y1 + (u32)middle;
    return x1 * y1 + (middle >> 32) + (other >> 32);
}

INLINE u64 mul_high_s64(u64 x, u64 y)
{
    return mul_high_u64(x, y) - ((s64)x < 0 ? y : 0) - ((s64)y < 0 ? x : 0);
}

// --- floats --------------------------------------------------------------------------

#define F32_SIGN 0x80000000u
#define F64_SIGN 0x8000000000000000u

INLINE f32 abs_f32(f32 x)
{
    return f32_of_bits(bits_of_f32(x) & ~F32_SIGN);
}

INLINE f32 neg_f32(f32 x)
{
    return f32_of_bits(bits_of_f32(x) ^ F32_SIGN);
}

INLINE f32 copysign_f32(f32 x, f32 y)
{
    return f32_of_bits((bits_of_f32(x) & ~F32_SIGN) | (bits_of_f32(y) & F32_SIGN));
}

INLINE f64 abs_f64(f64 x)
{
    return f64_of_bits(bits_of_f64(x) & ~F64_SIGN);
}

INLINE f64 neg_f64(f64 x)
{
    return f64_of_bits(bits_of_f64(x) ^ F64_SIGN);
}

INLINE f64 copysign_f64(f64 x, f64 y)
{
    return f64_of_bits((bits_of_f64(x) & ~F64_SIGN) | (bits_of_f64(y) & F64_SIGN));
}

// spec: op-fmin, op-fmax. NaN if either is; -0 is less than +0.
#define MIN_MAX(name, T, bits_of, of_bits, less, join)                       \
    INLINE T name(T x, T y)                                                  \
    {                                                                        \
        if (x less y) return x;                                              \
        if (y less x) return y;                                              \
        if (x == y) return of_bits(bits_of(x) join bits_of(y));              \
        return x + y;                                                        \
    }
MIN_MAX(min_f32, f32, bits_of_f32, f32_of_bits, <, |)
MIN_MAX(max_f32, f32, bits_of_f32, f32_of_bits, >, &)
MIN_MAX(min_f64, f64, bits_of_f64, f64_of_bits, <, |)
MIN_MAX(max_f64, f64, bits_of_f64, f64_of_bits, >, &)
#undef MIN_MAX

// Makes a NaN quiet and leaves everything else alone. On bits, since compilers take x + 0 to
// be x.
INLINE f32 quiet_f32(f32 x)
{
    return x != x ? f32_of_bits(bits_of_f32(x) | 0x00400000u) : x;
}

INLINE f64 quiet_f64(f64 x)
{
    return x != x ? f64_of_bits(bits_of_f64(x) | 0x0008000000000000u) : x;
}

// Rounding to integral values. Adding and subtracting 2^52 (2^23) rounds to nearest, ties to
// even, in the default rounding mode; the others correct that by one. Values that large are
// integral already, and NaNs become quiet. The sign survives for results of 0.
//                                                   spec: op-fnearest
#define ROUNDING(T, two, abs_T, copysign_T, bits)                            \
    INLINE T nearest_##T(T x)                                                \
    {                                                                        \
        const T a = abs_T(x);                                                \
        if (!(a < (two))) return quiet_##T(x);                               \
        return copysign_T((T)((T)(a + (two)) - (two)), x);                   \
    }                                                                        \
    INLINE T ceil_##T(T x)                                                   \
    {                                                                        \
        const T n = nearest_##T(x);                                          \
        return n < x ? copysign_T(n + 1, x) : n;                             \
    }                                                                        \
    INLINE T floor_##T(T x)                                                  \
    {                                                                        \
        const T n = nearest_##T(x);                                          \
        return n > x ? n - 1 : n;                                            \
    }                                                                        \
    INLINE T trunc_##T(T x)                                                  \
    {                                                                        \
        const T n = nearest_##T(x);                                          \
        if (abs_T(n) > abs_T(x)) return copysign_T(abs_T(n) - 1, x);         \
        return n;                                                            \
    }
ROUNDING(f32, 8388608.0f, abs_f32, copysign_f32, 32)
ROUNDING(f64, 4503599627370496.0, abs_f64, copysign_f64, 64)
#undef ROUNDING

// From integers by putting them into the mantissa of 2^52 and taking that away again. On
// x86-64 the conversion instructions keep the upper half of their target, and so wait for
// whatever was calculated there last, which in an interpreter is the last float result.
INLINE f64 f64_of_u32(u32 x)
{
    return f64_of_bits(0x4330000000000000u | x) - 4503599627370496.0;
}

INLINE f64 f64_of_s32(s32 x)
{
    return f64_of_bits(0x4330000000000000u | ((u32)x ^ 0x80000000u)) - 4503601774854144.0;
}

INLINE f32 sqrt_f32(f32 x)
{
    return sqrtf(x);
}

INLINE f64 sqrt_f64(f64 x)
{
    return sqrt(x);
}

// Of both signs. spec: op-trunc_sat. Every f32 is an f64, so one form serves both.
INLINE u32 trunc_sat_s32(f64 x)
{
    if (!(x > -2147483649.0)) return x != x ? 0 : 0x80000000u;
    return x < 2147483648.0 ? (u32)(s32)x : 0x7fffffffu;
}

INLINE u32 trunc_sat_u32(f64 x)
{
    if (!(x > -1.0)) return 0;
    return x < 4294967296.0 ? (u32)x : UINT32_MAX;
}

INLINE u64 trunc_sat_s64(f64 x)
{
    if (!(x >= -9223372036854775808.0)) return x != x ? 0 : (u64)INT64_MIN;
    return x < 9223372036854775808.0 ? (u64)(s64)x : (u64)INT64_MAX;
}

INLINE u64 trunc_sat_u64(f64 x)
{
    if (!(x > -1.0)) return 0;
    return x < 18446744073709551616.0 ? (u64)x : UINT64_MAX;
}

// --- what may trap -------------------------------------------------------------------
//
// CHECK_<check>(x, y) of numeric.def; TRAP is the handler's, or whatever the includer wants.

#define CHECK_NONE(x, y)
#define CHECK_DIV_U(x, y)                                  \
    do {                                                   \
        if (UNLIKELY((y) == 0)) TRAP(DIVIDE_BY_ZERO);      \
    } while (0)
#define CHECK_DIV_S32(x, y)                                \
    do {                                                   \
        if (UNLIKELY((y) == 0)) TRAP(DIVIDE_BY_ZERO);      \
        if (UNLIKELY((y) == UINT32_MAX && (x) == 0x80000000u)) TRAP(INTEGER_OVERFLOW); \
    } while (0)
#define CHECK_DIV_S64(x, y)                                \
    do {                                                   \
        if (UNLIKELY((y) == 0)) TRAP(DIVIDE_BY_ZERO);      \
        if (UNLIKELY((y) == UINT64_MAX && (x) == (u64)INT64_MIN)) TRAP(INTEGER_OVERFLOW); \
    } while (0)
// The bounds are the nearest values of the type that are still too far out, or the farthest
// that still fit, whichever the type can express.
#define CHECK_TRUNC(x, low, high)                          \
    do {                                                   \
        if (UNLIKELY(!(low && (x) < high))) {              \
            if ((x) != (x)) TRAP(INVALID_CONVERSION);      \
            TRAP(INTEGER_OVERFLOW);                        \
        }                                                  \
    } while (0)
#define CHECK_TRUNC_S32_F32(x, y) CHECK_TRUNC(x, (x) >= -2147483648.0f, 2147483648.0f)
#define CHECK_TRUNC_U32_F32(x, y) CHECK_TRUNC(x, (x) > -1.0f, 4294967296.0f)
#define CHECK_TRUNC_S32_F64(x, y) CHECK_TRUNC(x, (x) > -2147483649.0, 2147483648.0)
#define CHECK_TRUNC_U32_F64(x, y) CHECK_TRUNC(x, (x) > -1.0, 4294967296.0)
#define CHECK_TRUNC_S64_F32(x, y) CHECK_TRUNC(x, (x) >= -9223372036854775808.0f, 9223372036854775808.0f)
#define CHECK_TRUNC_U64_F32(x, y) CHECK_TRUNC(x, (x) > -1.0f, 18446744073709551616.0f)
#define CHECK_TRUNC_S64_F64(x, y) CHECK_TRUNC(x, (x) >= -9223372036854775808.0, 9223372036854775808.0)
#define CHECK_TRUNC_U64_F64(x, y) CHECK_TRUNC(x, (x) > -1.0, 18446744073709551616.0)

#endif
