//
// What the makefiles decide elsewhere is decided here by the compiler. A dispatcher that
// jumps from handler to handler is the fastest, and needs a compiler that makes jumps of
// calls. Another may be given: -DWEFT_DISPATCH_SWITCH, say.
#if !defined(WEFT_ON_POSIX)
#if defined(__unix__) || defined(__APPLE__)
#define WEFT_ON_POSIX 1
#else
#define WEFT_ON_POSIX 0  // neither files nor clocks, only memory
#endif
#endif
#if WEFT_ON_POSIX
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#define _TIME_BITS 64
#endif
#if defined(__has_attribute)
#define WEFT_HAS(attribute) __has_attribute(attribute)
#else
#define WEFT_HAS(attribute) 0
#endif
#if defined(__has_feature)
#define WEFT_SANITIZES (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WEFT_SANITIZES 1
#else
#define WEFT_SANITIZES 0
#endif
#if !defined(WEFT_DISPATCH_PRESERVE_NONE) && !defined(WEFT_DISPATCH_TAIL) && \
    !defined(WEFT_DISPATCH_GOTO) && !defined(WEFT_DISPATCH_SWITCH) && !defined(WEFT_DISPATCH_CALL)
#if !defined(__OPTIMIZE__) || WEFT_SANITIZES
#define WEFT_DISPATCH_CALL 1
#elif !defined(__x86_64__) && !defined(__aarch64__)
#define WEFT_DISPATCH_SWITCH 1
#elif WEFT_HAS(musttail) && WEFT_HAS(preserve_none)
#define WEFT_DISPATCH_PRESERVE_NONE 1
#elif WEFT_HAS(musttail) || (defined(__GNUC__) && !defined(__clang__))
#define WEFT_DISPATCH_TAIL 1
#else
#define WEFT_DISPATCH_SWITCH 1
#endif
#endif
// Calls become jumps also at -O1; and a * b + c is rounded twice, as WebAssembly wants.
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#if defined(__OPTIMIZE__)
#pragma GCC optimize("optimize-sibling-calls", "no-math-errno", "omit-frame-pointer")
#endif
#endif
#if defined(WEFT_DISPATCH_PRESERVE_NONE) || defined(WEFT_DISPATCH_TAIL)
#define WEFT_TIER_MAX 1
#else
#define WEFT_TIER_MAX 0
#endif
#include "weft.h"
