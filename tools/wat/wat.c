// wat.c -- the library's front: whole texts in, bytes or a located error out.
// SPDX-License-Identifier: MIT
#include "tools/wat/wat.h"

#include <stdio.h>

#include "weft_wat.h"

AssembleOptions assemble_options(const char *features)
{
    FeatureSet set;
    bool known = features_parse(features, &set, NULL);
    return (AssembleOptions){.narrow_limits = known && !feature_on(set, FEATURE_MEMORY64)};
}

bool assemble_fields(WatText *text, u32 first, AssembleOptions options, Bytes *out, u32 *end,
                     WatError *error)
{
    Parser p;
    parser_init(&p, text, first, options);
    parse_module_fields(&p, NO_SYMBOL, out);
    *error = p.error;
    *end = parser_ok(&p) ? token_index(&p) : first;
    parser_free(&p);
    return error->kind == WAT_OK;
}

// Bytes written out as strings: (module binary "..."*).
static void parse_binary(Parser *p, Bytes *out)
{
    p->at++;
    parse_strings(p, out);
}

// module ::= (module id? field*) | field*                          spec: text-module
bool assemble_text(WatText *text, AssembleOptions options, Bytes *out, WatError *error)
{
    Parser p;
    parser_init(&p, text, 0, options);
    bool wrapped = accept_open(&p, WORD_module);
    Symbol name = wrapped ? take_id(&p) : NO_SYMBOL;
    if (wrapped && at_word(&p, WORD_binary)) parse_binary(&p, out);
    else parse_module_fields(&p, name, out);
    if (wrapped) expect(&p, TOKEN_RPAR);
    if (!at_kind(&p, TOKEN_END)) fail_unexpected(&p);
    if (out->failed) fail_memory(&p);
    *error = p.error;
    if (options.sought && parser_ok(&p)) find_place(&p, options.sought);
    parser_free(&p);
    return error->kind == WAT_OK;
}

// --- where ---------------------------------------------------------------------------

void locate(const char *source, size_t size, u32 offset, u32 *line, u32 *column, char *excerpt,
            size_t excerpt_size)
{
    size_t at = offset < size ? offset : size, from = 0, to = at;
    *line = 1;
    for (size_t i = 0; i < at; i++) {
        if (source[i] == '\n' || (source[i] == '\r' && !(i + 1 < size && source[i + 1] == '\n')))
            ++*line, from = i + 1;
    }
    while (to < size && source[to] != '\n' && source[to] != '\r') to++;
    *column = 1;
    for (size_t i = from; i < at; i++) *column += (source[i] & 0xc0) != 0x80;

    // A long line is shown from a little before the place. The caret line repeats tabs, so
    // that it lines up however wide they are.
    size_t room = excerpt_size / 2 - 1;
    if (at - from > room / 2) {
        from = at - room / 2;
        while (from < at && (source[from] & 0xc0) == 0x80) from++;
    }
    if (to - from > room) to = from + room;
    while (to > at && to < size && (source[to] & 0xc0) == 0x80) to--;
    char *o = excerpt;
    for (size_t i = from; i < to; i++)
        *o++ = (u8)source[i] < 0x20 && source[i] != '\t' ? '?' : source[i];
    *o++ = '\n';
    for (size_t i = from; i < at; i++)
        if ((source[i] & 0xc0) != 0x80) *o++ = source[i] == '\t' ? '\t' : ' ';
    *o++ = '^';
    *o = 0;
}

static void fill_error(weft_wat_error *error, const WatError *from, const char *text, size_t size)
{
    if (!error) return;
    error->kind = from->kind == WAT_OUT_OF_MEMORY    ? WEFT_HOST
                  : from->kind == WAT_INVALID_CUSTOM ? WEFT_INVALID
                                                     : WEFT_MALFORMED;
    memcpy(error->text, from->text, sizeof error->text);
    error->offset = from->at;
    locate(text, size, from->at, &error->line, &error->column, error->excerpt,
           sizeof error->excerpt);
}

size_t weft_wat_error_format(const weft_wat_error *error, const char *file, char *buffer,
                             size_t size)
{
    int n = snprintf(buffer, size, "%s:%u:%u: %s%s%s", file, (unsigned)error->line,
                     (unsigned)error->column, error->text, error->excerpt[0] ? "\n" : "",
                     error->excerpt);
    return n < 0 ? 0 : (size_t)n;
}

// --- the library ---------------------------------------------------------------------

static const Allocator *options_alloc(const weft_wat_options *options)
{
    return options && options->allocator ? options->allocator : &allocator_libc;
}

// Past a byte order mark and a first line that begins with #!.
static u32 skip_preamble_text(const char *text, size_t size)
{
    u32 at = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    if (size >= at + 2 && text[at] == '#' && text[at + 1] == '!')
        while (at < size && text[at] != '\n') at++;
    return at;
}

// Cuts the block to what is used, so that its owner knows its size.
static bool give_bytes(Bytes *from, void **data, size_t *size)
{
    void *block = from->size > 0 ? allocator_resize(from->alloc, from->data, from->room, from->size)
                                 : NULL;
    if (!block) {
        bytes_free(from);
        return false;
    }
    *data = block, *size = from->size;
    return true;
}

static bool assemble(const char *text, size_t size, AssembleOptions options, Bytes *out,
                     WatError *error)
{
    *error = (WatError){.kind = WAT_OUT_OF_MEMORY, .text = "out of memory"};
    if (size >= UINT32_MAX) {
        memcpy(error->text, "text is larger than 4 GiB", sizeof "text is larger than 4 GiB");
        return false;
    }
    WatText lexed = {0};
    Words *words = allocator_take(out->alloc, sizeof *words);
    if (words) words_init(words);
    bool done = words &&
                text_lex(&lexed, out->alloc, words, text, skip_preamble_text(text, size), (u32)size) &&
                assemble_text(&lexed, options, out, error);
    text_free(&lexed);
    allocator_free(out->alloc, words, sizeof *words);
    return done;
}

bool weft_wat2wasm(const char *text, size_t text_size, const weft_wat_options *options,
                   uint8_t **bytes, size_t *size, weft_wat_error *error)
{
    WatError failure;
    Bytes out;
    bytes_init(&out, options_alloc(options));
    void *block = NULL;
    *bytes = NULL, *size = 0;
    bool done = assemble(text, text_size, (AssembleOptions){.keep_names = options && options->names},
                         &out, &failure);
    if (done && !give_bytes(&out, &block, size)) {
        failure = (WatError){.kind = WAT_OUT_OF_MEMORY, .text = "out of memory"};
        done = false;
    }
    if (done) {
        *bytes = block;
        return true;
    }
    bytes_free(&out);
    fill_error(error, &failure, text, text_size);
    return false;
}

bool weft_wat_locate(const char *text, size_t text_size, const weft_wat_options *options,
                     uint64_t offset, weft_wat_error *place)
{
    WatError failure;
    Sought sought = {.offset = offset};
    Bytes out;
    bytes_init(&out, options_alloc(options));
    bool found = assemble(text, text_size, (AssembleOptions){.keep_names = options && options->names,
                                                             .sought = &sought}, &out, &failure) &&
                 sought.found;
    bytes_free(&out);
    if (found && place) {
        place->offset = sought.source;
        locate(text, text_size, sought.source, &place->line, &place->column, place->excerpt,
               sizeof place->excerpt);
    }
    return found;
}

void weft_wat_free(const weft_wat_options *options, void *block, size_t size)
{
    allocator_free(options_alloc(options), block, size);
}

bool weft_wat_is_text(const void *bytes, size_t size)
{
    const char *text = bytes;
    if (size >= 4 && memcmp(text, "\0asm", 4) == 0) return false;
    for (size_t at = skip_preamble_text(text, size); at < size; at++) {
        char c = text[at];
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
        if (c == ';' && at + 1 < size && text[at + 1] == ';') {
            while (at + 1 < size && text[at + 1] != '\n') at++;
            continue;
        }
        return c == '(';
    }
    return false;
}
