// features.h -- which proposals a module may use: a set, its text, and the build's share.
//                                                       spec: changes
// SPDX-License-Identifier: MIT
#ifndef WEFT_LOADER_FEATURES_H
#define WEFT_LOADER_FEATURES_H

#include "ports/base.h"

// Build-time switches: compile with -DWEFT_WITH_GC=0 and so on to leave a proposal out.
#ifndef WEFT_WITH_SIMD
#define WEFT_WITH_SIMD 1
#endif
#ifndef WEFT_WITH_GC
#define WEFT_WITH_GC 1
#endif
#ifndef WEFT_WITH_EXCEPTIONS
#define WEFT_WITH_EXCEPTIONS 1
#endif
#ifndef WEFT_WITH_LEGACY_EXCEPTIONS
#define WEFT_WITH_LEGACY_EXCEPTIONS WEFT_WITH_EXCEPTIONS
#endif
#ifndef WEFT_WITH_MEMORY64
#define WEFT_WITH_MEMORY64 1
#endif
#ifndef WEFT_WITH_WIDE_ARITHMETIC
#define WEFT_WITH_WIDE_ARITHMETIC 1
#endif
#ifndef WEFT_WITH_THREADS
#define WEFT_WITH_THREADS 1
#endif

typedef enum Feature {
#define FEATURE(ID, name, version, build) FEATURE_##ID,
#include "loader/features.def"
#undef FEATURE
    FEATURE_COUNT
} Feature;

typedef u32 FeatureSet;  // one bit a Feature

#define FEATURE_BIT(feature) ((FeatureSet)1 << (feature))

typedef struct FeatureInfo {
    const char *name, *version;
    bool built_in;
} FeatureInfo;

extern const FeatureInfo feature_info[FEATURE_COUNT];

INLINE bool feature_on(FeatureSet set, Feature feature)
{
    return set >> feature & 1;
}

// Everything this build has; and the part of it that is WebAssembly 3.0, the default.
FeatureSet features_built_in(void);
FeatureSet features_default(void);

// Reads a list such as "2.0", "3.0,+threads,-multi-memory" or "all" into `set`. Words are
// separated by commas; a version or "all" replaces what came before; a name, with or
// without +, adds; -name removes. NULL or "" is the default. On failure returns false and
// points `bad` (if not NULL) at the word that is unknown or not built in.
bool features_parse(const char *list, FeatureSet *set, const char **bad);

#endif
