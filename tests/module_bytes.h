// module_bytes.h -- for the loader's tests: bytes that are shown, loaded and judged.
//
//     assert_malformed("section size mismatch", "\x01\x05\x01\x60\x00\x00\x00");
//
// The eight bytes of magic and version are added in front; everything else is in the string.
// SPDX-License-Identifier: MIT
#ifndef WEFT_TESTS_MODULE_BYTES_H
#define WEFT_TESTS_MODULE_BYTES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "loader/module.h"
#include "loader/validate.h"

// A growing list of bytes; bigger than any test needs.
typedef struct Bytes {
    u8 at[4096];
    size_t size;
} Bytes;

static UNUSED void put(Bytes *b, const void *bytes, size_t size)
{
    assert_true(size <= sizeof b->at - b->size);
    memcpy(b->at + b->size, bytes, size);
    b->size += size;
}

static UNUSED void put_byte(Bytes *b, u32 byte)
{
    u8 one = (u8)byte;
    put(b, &one, 1);
}

static UNUSED void put_u32(Bytes *b, u32 value)
{
    for (; value >= 0x80; value >>= 7) put_byte(b, (value & 0x7f) | 0x80);
    put_byte(b, value);
}

// A section: its id, its size in five bytes, its contents.
static UNUSED void put_section(Bytes *b, u32 id, const Bytes *contents)
{
    put_byte(b, id);
    put_u32(b, (u32)contents->size);
    put(b, contents->at, contents->size);
}

// The same with contents written out: SECTION(&b, 3, "\x01\x00").
#define SECTION(b, id, literal)                                                              \
    do {                                                                                     \
        put_byte((b), (id));                                                                 \
        put_u32((b), (u32)sizeof(literal) - 1);                                              \
        put((b), (literal), sizeof(literal) - 1);                                            \
    } while (0)

#define PUT(b, literal) put((b), (literal), sizeof(literal) - 1)

static UNUSED Module *load_with(const void *bytes, size_t size, FeatureSet features,
                                LoadError *error)
{
    ModuleOptions options = {.allocator = allocator_libc, .features = features};
    return module_load(bytes, size, &options, error);
}

// Loads magic, version and `size` bytes; the copy lives as long as the test program.
static UNUSED Module *load_sections(const void *bytes, size_t size, FeatureSet features,
                                    LoadError *error)
{
    static u8 whole[8192];
    assert_true(size + 8 <= sizeof whole);
    memcpy(whole, "\0asm\1\0\0\0", 8);
    memcpy(whole + 8, bytes, size);
    return load_with(whole, size + 8, features, error);
}

static UNUSED void judge(const void *bytes, size_t size, FeatureSet features, LoadErrorKind kind,
                         const char *text)
{
    LoadError error;
    Module *m = load_sections(bytes, size, features, &error);
    if (m && kind != LOAD_OK) fail_msg("accepted, but expected: %s", text);
    if (!m && kind == LOAD_OK) fail_msg("refused at 0x%x: %s", (unsigned)error.offset, error.text);
    if (!m && (error.kind != kind || strncmp(error.text, text, strlen(text)) != 0))
        fail_msg("expected: %s, got (kind %d): %s", text, error.kind, error.text);
    module_free(m);
}

#define assert_valid(literal)                                                                \
    judge(literal, sizeof(literal) - 1, features_default(), LOAD_OK, "")
#define assert_valid_with(features, literal)                                                 \
    judge(literal, sizeof(literal) - 1, (features), LOAD_OK, "")
#define assert_malformed(text, literal)                                                      \
    judge(literal, sizeof(literal) - 1, features_default(), LOAD_MALFORMED, text)
#define assert_malformed_with(features, text, literal)                                       \
    judge(literal, sizeof(literal) - 1, (features), LOAD_MALFORMED, text)
#define assert_invalid(text, literal)                                                        \
    judge(literal, sizeof(literal) - 1, features_default(), LOAD_INVALID, text)
#define assert_invalid_with(features, text, literal)                                         \
    judge(literal, sizeof(literal) - 1, (features), LOAD_INVALID, text)

#endif
