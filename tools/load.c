// load.c -- why a module was refused, in words that help.
// SPDX-License-Identifier: MIT
#include "tools/tools.h"

#include <stdio.h>

// --- features ----------------------------------------------------------------------

// A whole specification, or everything there is.
static bool is_version(const char *word, size_t size)
{
    weft_feature feature;
    if (size == 3 && memcmp(word, "all", 3) == 0) return true;
    for (u32 i = 0; weft_feature_at(i, &feature); i++) {
        if (strlen(feature.version) == size && memcmp(feature.version, word, size) == 0) {
            return size > 0;
        }
    }
    return false;
}

static bool is_feature(const char *word, size_t size)
{
    weft_feature feature;
    for (u32 i = 0; weft_feature_at(i, &feature); i++) {
        if (strlen(feature.name) == size && memcmp(feature.name, word, size) == 0) return true;
    }
    return false;
}

static void complain_feature(const Verb *verb, const char *word, size_t size)
{
    weft_feature feature;
    Nearest near;
    nearest_begin(&near, word, size);
    for (u32 i = 0; weft_feature_at(i, &feature); i++) {
        nearest_add(&near, feature.name, strlen(feature.name));
    }
    const char *meant = nearest_end(&near);
    if (meant) {
        complain_usage(verb, "--features: '%.*s' is unknown; did you mean '%s'?", (int)size, word,
                       meant);
    } else {
        complain_usage(verb, "--features: '%.*s' is unknown; 'weft version --verbose' lists all",
                       (int)size, word);
    }
}

bool features_check(const Verb *verb, const char *list)
{
    while (list && *list) {
        size_t size = strcspn(list, ",");
        bool sign = *list == '+' || *list == '-';
        const char *word = list + sign;
        if (!is_feature(word, size - sign) && (sign || !is_version(word, size))) {
            complain_feature(verb, word, size - sign);
            return false;
        }
        list += size + (list[size] == ',');
    }
    return true;
}

// Would the module be valid with one feature more? Then that is what to say.
static bool advise_feature(const Input *input, const char *features)
{
    weft_feature feature;
    char list[256];
    for (u32 i = 0; weft_feature_at(i, &feature); i++) {
        weft_module_options options = WEFT_MODULE_OPTIONS_INIT;
        options.features = list;
        snprintf(list, sizeof list, "%s,+%s", features ? features : "3.0", feature.name);
        if (!feature.built_in || !weft_validate(input->bytes, input->size, &options, NULL)) {
            continue;
        }
        // "2.0,-simd,+simd" says it, but not well.
        snprintf(list, sizeof list, "-%s", feature.name);
        if (features && strstr(features, list)) {
            advise("it needs the feature %s", feature.name);
        } else {
            advise("it is valid with --features %s,+%s", features ? features : "3.0",
                   feature.name);
        }
        return true;
    }
    weft_module_options all = WEFT_MODULE_OPTIONS_INIT;
    all.features = "all";
    if (!weft_validate(input->bytes, input->size, &all, NULL)) return false;
    advise("it is valid with --features all");
    return true;
}

// --- what the file really is -------------------------------------------------------

// Custom sections that tell what a module is for.
static const struct {
    const char *section, *what, *advice;
} telling_sections[] = {
    {"linking", "it is an object file, not linked yet", "link it: wasm-ld, or the compiler that made it"},
    {"reloc.", "it is an object file, not linked yet", "link it: wasm-ld, or the compiler that made it"},
    {"dylink", "it is a shared library", "link it into a program with wasm-ld (or emcc) first"},
    {"component-type", "it is meant to become a component", "build it for WASI preview 1 instead"},
};

static bool advise_section(const Input *input)
{
    SectionView section;
    size_t at = 0;
    while (section_next(input->bytes, input->size, &at, &section)) {
        for (size_t i = 0; i < COUNT_OF(telling_sections) && section.id == 0; i++) {
            size_t size = strlen(telling_sections[i].section);
            if (section.name.size < size ||
                memcmp(section.name.data, telling_sections[i].section, size) != 0) {
                continue;
            }
            advise("%s; %s", telling_sections[i].what, telling_sections[i].advice);
            return true;
        }
    }
    return false;
}

void complain_load(const Input *input, const char *features, const weft_error *error)
{
    if (input->translated) {
        complain_text(input->name, input->text, input->text_size, true, error);
    } else {
        complain_error(input->name, error);
    }
    if (error->kind != WEFT_MALFORMED && error->kind != WEFT_INVALID) return;
    if (advise_section(input)) return;
    advise_feature(input, features);
}
