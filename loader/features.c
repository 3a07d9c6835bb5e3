// features.c -- sets of proposals, from text and from the build.
// SPDX-License-Identifier: MIT
#include "loader/features.h"

const FeatureInfo feature_info[FEATURE_COUNT] = {
#define FEATURE(ID, name, version, build) [FEATURE_##ID] = {name, version, build},
#include "loader/features.def"
#undef FEATURE
};

FeatureSet features_built_in(void)
{
    FeatureSet set = 0;
    for (u32 f = 0; f < FEATURE_COUNT; f++)
        if (feature_info[f].built_in) set |= FEATURE_BIT(f);
    return set;
}

// Everything built in that a version of the specification includes: versions are "N.0", so
// they compare as text, and proposals (version "") are in none.
static FeatureSet features_of_version(const char *version)
{
    FeatureSet set = 0;
    for (u32 f = 0; f < FEATURE_COUNT; f++) {
        const FeatureInfo *info = &feature_info[f];
        if (info->version[0] && strcmp(info->version, version) <= 0) set |= FEATURE_BIT(f);
    }
    return set & features_built_in();
}

FeatureSet features_default(void)
{
    return features_of_version("3.0");
}

// Whether the word of `size` bytes is `name`.
static bool feature_word_is(const char *word, size_t size, const char *name)
{
    return strlen(name) == size && memcmp(word, name, size) == 0;
}

// Applies one word of the list; false if it means nothing.
static bool feature_word(const char *word, size_t size, FeatureSet *set)
{
    if (feature_word_is(word, size, "1.0") || feature_word_is(word, size, "2.0") ||
        feature_word_is(word, size, "3.0")) {
        char version[4] = {word[0], word[1], word[2], 0};
        *set = features_of_version(version);
        return true;
    }
    if (feature_word_is(word, size, "all")) {
        *set = features_built_in();
        return true;
    }
    bool remove = word[0] == '-';
    if (word[0] == '-' || word[0] == '+') word++, size--;
    for (u32 f = 0; f < FEATURE_COUNT; f++) {
        if (!feature_word_is(word, size, feature_info[f].name)) continue;
        if (remove) {
            *set &= ~FEATURE_BIT(f);
        } else if (feature_info[f].built_in) {
            *set |= FEATURE_BIT(f);
        } else {
            return false;
        }
        return true;
    }
    return false;
}

bool features_parse(const char *list, FeatureSet *set, const char **bad)
{
    *set = features_default();
    for (const char *word = list ? list : ""; *word;) {
        size_t size = strcspn(word, ",");
        if (size && !feature_word(word, size, set)) {
            if (bad) *bad = word;
            return false;
        }
        word += size;
        if (*word == ',') word++;
    }
    return true;
}
