// lexer.c -- text into tokens: white space, comments, annotations, strings, and the rest.
//
// A token ends where no character can be part of it any more. What looks like two tokens
// glued together, `0$x` or `"a""b"`, is one that the grammar calls reserved.
//                                                   spec: text-lexical
// SPDX-License-Identifier: MIT
#include "tools/wat/lexer.h"

#include "loader/reader.h"
#include "tools/wat/number.h"

const char *const lex_error_texts[LEX_ERROR_COUNT] = {
    [LEX_ILLEGAL_CHARACTER] = "illegal character",
    [LEX_UTF8] = "malformed UTF-8 encoding",
    [LEX_UNCLOSED_STRING] = "unclosed string",
    [LEX_STRING_CONTROL] = "illegal control character in string literal",
    [LEX_ESCAPE] = "illegal escape",
    [LEX_UNCLOSED_COMMENT] = "unclosed comment",
    [LEX_UNCLOSED_ANNOTATION] = "unclosed annotation",
    [LEX_EMPTY_ID] = "empty identifier",
    [LEX_EMPTY_ANNOTATION] = "empty annotation id",
};

const char *const annotation_names[ANNOTATION_KIND_COUNT] = {
    [ANNOTATION_NAME] = "name",
    [ANNOTATION_CUSTOM] = "custom",
    [ANNOTATION_BRANCH_HINT] = "metadata.code.branch_hint",
};

typedef struct Lexer {
    WatText *text;
    const u8 *start, *at, *end;
    bool failed;        // a TOKEN_ERROR was put, or memory ran out
    bool out_of_memory;
} Lexer;

// --- characters ----------------------------------------------------------------------

u32 utf8_sequence(const u8 *at, const u8 *end)
{
    size_t left = (size_t)(end - at);
    if (left == 0) return 0;
    u8 c = at[0];
    if (c < 0x80) return 1;
    if (c < 0xc2 || c > 0xf4) return 0;
    u32 size = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    if (left < size) return 0;
    // The second byte keeps out overlong forms, surrogates, and what lies above 10ffff.
    u8 low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    u8 high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    if (at[1] < low || at[1] > high) return 0;
    for (u32 i = 2; i < size; i++)
        if (at[i] >> 6 != 2) return 0;
    return size;
}

// idchar ::= 0-9 A-Z a-z ! # $ % & ' * + - . / : < = > ? @ \ ^ _ ` | ~  spec: text-idchar
bool is_idchar(u8 c)
{
    static const u64 set[4] = {0xf7ffecfa00000000, 0x57ffffffd7ffffff, 0, 0};
    return set[c >> 6] >> (c & 63) & 1;
}

// What may be part of a reserved token besides idchars and strings. A `;` may, unless it
// opens a comment.
static bool is_reserved_mark(const Lexer *l)
{
    switch (*l->at) {
    case ',': case '[': case ']': case '{': case '}': return true;
    case ';': return l->at + 1 == l->end || l->at[1] != ';';
    default: return false;
    }
}

static bool looking_at(const Lexer *l, char first, char second)
{
    return l->end - l->at >= 2 && l->at[0] == (u8)first && l->at[1] == (u8)second;
}

// --- tokens --------------------------------------------------------------------------

static Token *put_token(Lexer *l, TokenKind kind, const u8 *from)
{
    WatText *t = l->text;
    Token *tokens = array_reserve(t->alloc, t->tokens, t->count, &t->room, sizeof *tokens);
    if (!tokens) {
        l->failed = l->out_of_memory = true;
        return NULL;
    }
    t->tokens = tokens;
    Token *token = &tokens[t->count++];
    *token = (Token){(u32)(from - l->start), (u32)(l->at - from), (u16)kind, 0};
    return token;
}

static void lex_fail(Lexer *l, LexError error, const u8 *where)
{
    if (l->failed) return;
    Token *token = put_token(l, TOKEN_ERROR, where);
    if (token) token->size = 0, token->word = (u16)error;
    l->failed = true;
}

// \u{hexnum}: the escape's value, or an impossible one; `at` stands behind the brace.
static const u8 *scan_code_point(const u8 *at, const u8 *end, u32 *code_point)
{
    u32 v = 0;
    bool digit = false;
    for (; at < end; at++) {
        u8 c = *at, value;
        if (c >= '0' && c <= '9') value = c - '0';
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') value = (c | 0x20) - 'a' + 10;
        else if (c == '_' && digit) {
            digit = false;
            continue;
        } else break;
        v = v > 0x10ffff ? v : v << 4 | value;
        digit = true;
    }
    if (at == end || *at != '}' || !digit) v = UINT32_MAX;
    *code_point = v;
    return at < end ? at + 1 : end;
}

static bool is_hex_digit(u8 c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

// string ::= '"' (char | escape)* '"'   Stands on the opening quote; afterwards behind the
// closing one. Returns an error or LEX_ERROR_COUNT.     spec: text-string
static LexError scan_string(Lexer *l, bool *escapes)
{
    const u8 *at = l->at + 1, *end = l->end;
    LexError error = LEX_UNCLOSED_STRING;
    while (at < end && *at != '"') {
        u8 c = *at;
        error = LEX_ERROR_COUNT;
        if (c == '\\') {
            *escapes = true;
            if (++at == end) break;
            if (is_hex_digit(*at) && at + 1 < end && is_hex_digit(at[1])) {
                at += 2;
            } else if (*at == 'u' && at + 1 < end && at[1] == '{') {
                u32 code_point;
                const u8 *next = scan_code_point(at + 2, end, &code_point);
                if (code_point > 0x10ffff || code_point >> 11 == 0xd800 >> 11) error = LEX_ESCAPE;
                else at = next;
            } else if (strchr("tnr\"'\\", *at) && *at) {
                at++;
            } else {
                error = LEX_ESCAPE;
            }
        } else if (c >= 0x80) {
            u32 n = utf8_sequence(at, end);
            if (n == 0) error = LEX_UTF8;
            at += n;
        } else if (c == '\n' || c == '\r') {
            error = LEX_UNCLOSED_STRING;
        } else if (c < 0x20 || c == 0x7f) {
            error = LEX_STRING_CONTROL;
        } else {
            at++;
        }
        if (error != LEX_ERROR_COUNT) {
            l->at = at;
            return error;
        }
        error = LEX_UNCLOSED_STRING;
    }
    if (at >= end) {
        l->at = end;
        return LEX_UNCLOSED_STRING;
    }
    l->at = at + 1;
    return LEX_ERROR_COUNT;
}

static void skip_line_comment(Lexer *l)
{
    while (l->at < l->end && *l->at != '\n' && *l->at != '\r') {
        u32 n = utf8_sequence(l->at, l->end);
        if (n == 0) {
            lex_fail(l, LEX_UTF8, l->at);
            return;
        }
        l->at += n;
    }
}

// Block comments nest.                                  spec: text-comment
static void skip_block_comment(Lexer *l)
{
    const u8 *from = l->at;
    u32 depth = 0;
    do {
        if (l->at >= l->end) {
            lex_fail(l, LEX_UNCLOSED_COMMENT, from);
            return;
        }
        if (looking_at(l, '(', ';')) {
            depth++, l->at += 2;
        } else if (looking_at(l, ';', ')')) {
            depth--, l->at += 2;
        } else {
            u32 n = utf8_sequence(l->at, l->end);
            if (n == 0) {
                lex_fail(l, LEX_UTF8, l->at);
                return;
            }
            l->at += n;
        }
    } while (depth > 0);
}

// A maximal run of what tokens are made of. Returns whether it was idchars alone.
static bool scan_run(Lexer *l)
{
    bool plain = true;
    while (l->at < l->end) {
        if (is_idchar(*l->at)) {
            l->at++;
        } else if (*l->at == '"') {
            const u8 *from = l->at;
            bool escapes = false;
            LexError error = scan_string(l, &escapes);
            if (error != LEX_ERROR_COUNT) {
                lex_fail(l, error, error == LEX_UNCLOSED_STRING ? from : l->at);
                return false;
            }
            plain = false;
        } else if (is_reserved_mark(l)) {
            l->at++;
            plain = false;
        } else {
            break;
        }
    }
    return plain;
}

// Something no token can begin with.
static void lex_illegal(Lexer *l)
{
    bool utf8 = utf8_sequence(l->at, l->end) != 0;
    lex_fail(l, utf8 ? LEX_ILLEGAL_CHARACTER : LEX_UTF8, l->at);
}

static bool is_number_field(const char *text, u32 size, const char *prefix, u32 prefix_size)
{
    return size > prefix_size && memcmp(text, prefix, prefix_size) == 0 &&
           number_kind(text + prefix_size, size - prefix_size) == NUMBER_NAT;
}

// keyword, number, or reserved                          spec: text-token
static TokenKind classify_run(const Lexer *l, const char *text, u32 size, u16 *word)
{
    static const TokenKind of_number[] = {TOKEN_RESERVED, TOKEN_NAT, TOKEN_INT, TOKEN_FLOAT};
    char c = text[0];
    if (c >= 'a' && c <= 'z') {
        *word = (u16)words_find(l->text->words, text, size);
        if (*word != WORD_NONE) return TOKEN_KEYWORD;
        if (c == 'o' && is_number_field(text, size, "offset=", 7)) return TOKEN_OFFSET;
        if (c == 'a' && is_number_field(text, size, "align=", 6)) return TOKEN_ALIGN;
    }
    return of_number[number_kind(text, size)];
}

// id ::= '$' idchar+ | '$' string                       spec: text-id
static void lex_id(Lexer *l)
{
    const u8 *from = l->at++;
    if (l->at < l->end && *l->at == '"') {
        const u8 *quote = l->at;
        bool escapes = false;
        LexError error = scan_string(l, &escapes);
        // A string that breaks off at a control character is none: the $ stands alone.
        if (error == LEX_STRING_CONTROL || error == LEX_UNCLOSED_STRING) error = LEX_EMPTY_ID;
        if (error != LEX_ERROR_COUNT) {
            lex_fail(l, error, error == LEX_EMPTY_ID ? from : l->at);
            return;
        }
        if (l->at - quote == 2) {
            lex_fail(l, LEX_EMPTY_ID, from);
            return;
        }
        if (escapes) {
            Bytes name;
            bytes_init(&name, l->text->alloc);
            decode_string((const char *)quote, (u32)(l->at - quote), &name);
            bool valid = utf8_is_valid(name.data, name.size);
            bytes_free(&name);
            if (!valid) {
                lex_fail(l, LEX_UTF8, from);
                return;
            }
        }
        const u8 *end = l->at;
        scan_run(l);
        if (l->failed) return;
        Token *token = put_token(l, l->at == end ? TOKEN_ID : TOKEN_RESERVED, from);
        if (token) token->word = 1;
        return;
    }
    bool plain = scan_run(l);
    if (l->failed) return;
    if (l->at == from + 1) {
        lex_fail(l, LEX_EMPTY_ID, from);
        return;
    }
    put_token(l, plain ? TOKEN_ID : TOKEN_RESERVED, from);
}

static void lex_string_token(Lexer *l)
{
    const u8 *from = l->at;
    bool escapes = false;
    LexError error = scan_string(l, &escapes);
    if (error != LEX_ERROR_COUNT) {
        lex_fail(l, error, error == LEX_UNCLOSED_STRING ? from : l->at);
        return;
    }
    const u8 *end = l->at;
    scan_run(l);
    if (l->failed) return;
    Token *token = put_token(l, l->at == end ? TOKEN_STRING : TOKEN_RESERVED, from);
    if (token) token->word = escapes;
}

static void lex_run(Lexer *l)
{
    const u8 *from = l->at;
    bool plain = scan_run(l);
    if (l->failed) return;
    if (l->at == from) {
        lex_illegal(l);
        return;
    }
    u16 word = WORD_NONE;
    TokenKind kind = TOKEN_RESERVED;
    if (plain) kind = classify_run(l, (const char *)from, (u32)(l->at - from), &word);
    Token *token = put_token(l, kind, from);
    if (token) token->word = word;
}

// --- annotations ---------------------------------------------------------------------

static bool skip_blank(Lexer *l)
{
    u8 c = *l->at;
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') l->at++;
    else if (looking_at(l, ';', ';')) skip_line_comment(l);
    else if (looking_at(l, '(', ';')) skip_block_comment(l);
    else return false;
    return true;
}

static void put_annotation(Lexer *l, const char *name, size_t size, const u8 *from,
                           const u8 *body)
{
    WatText *t = l->text;
    int kind = 0;
    while (kind < ANNOTATION_KIND_COUNT && (strlen(annotation_names[kind]) != size ||
                                            memcmp(annotation_names[kind], name, size) != 0))
        kind++;
    if (kind == ANNOTATION_KIND_COUNT) return;
    Annotation *all = array_reserve(t->alloc, t->annotations, t->annotation_count,
                                    &t->annotation_room, sizeof *all);
    if (!all) {
        l->failed = l->out_of_memory = true;
        return;
    }
    t->annotations = all;
    all[t->annotation_count++] = (Annotation){
        .token = t->count, .at = (u32)(from - l->start), .body_at = (u32)(body - l->start),
        .end = (u32)(l->at - 1 - l->start), .kind = (u16)kind};
}

// annot ::= '(@' annotid (space | token | '(' ... ')')* ')'   Stands on the parenthesis.
// The inside need not mean anything, but its tokens must be tokens, and its parentheses
// must pair up.                                          spec: text-annot
static void lex_annotation(Lexer *l)
{
    const u8 *from = l->at, *name = l->at + 2;
    Bytes decoded;
    bytes_init(&decoded, l->text->alloc);
    l->at = name;
    if (l->at < l->end && *l->at == '"') {
        bool escapes = false;
        LexError error = scan_string(l, &escapes);
        if (error != LEX_ERROR_COUNT) {
            bool broken = error == LEX_STRING_CONTROL || error == LEX_UNCLOSED_STRING;
            lex_fail(l, broken ? LEX_EMPTY_ANNOTATION : error, broken ? from : l->at);
            return;
        }
        decode_string((const char *)name, (u32)(l->at - name), &decoded);
        if (decoded.size == 0) lex_fail(l, LEX_EMPTY_ANNOTATION, from);
        if (!utf8_is_valid(decoded.data, decoded.size)) lex_fail(l, LEX_UTF8, name);
    } else {
        while (l->at < l->end && is_idchar(*l->at)) l->at++;
        if (l->at == name) lex_fail(l, LEX_EMPTY_ANNOTATION, from);
        bytes_add(&decoded, name, (size_t)(l->at - name));
    }
    const u8 *body = l->at;
    for (u32 depth = 1; depth > 0 && !l->failed;) {
        if (l->at == l->end) {
            lex_fail(l, LEX_UNCLOSED_ANNOTATION, from);
        } else if (skip_blank(l)) {
            continue;
        } else if (*l->at == '(') {
            depth++, l->at++;
        } else if (*l->at == ')') {
            depth--, l->at++;
        } else {
            const u8 *before = l->at;
            scan_run(l);
            if (!l->failed && l->at == before) lex_illegal(l);
        }
    }
    if (decoded.failed) l->failed = l->out_of_memory = true;
    if (!l->failed) put_annotation(l, (const char *)decoded.data, decoded.size, from, body);
    bytes_free(&decoded);
}

// --- the whole -----------------------------------------------------------------------

bool text_lex(WatText *text, const Allocator *alloc, const Words *words, const char *source,
              u32 from, u32 to)
{
    *text = (WatText){.alloc = alloc, .words = words, .source = source, .size = to};
    const u8 *start = (const u8 *)source;
    Lexer l = {.text = text, .start = start, .at = start + from, .end = start + to};
    while (!l.failed && l.at < l.end) {
        if (skip_blank(&l)) continue;
        switch (*l.at) {
        case '(':
            if (looking_at(&l, '(', '@')) {
                lex_annotation(&l);
            } else {
                l.at++;
                put_token(&l, TOKEN_LPAR, l.at - 1);
            }
            break;
        case ')':
            l.at++;
            put_token(&l, TOKEN_RPAR, l.at - 1);
            break;
        case '"': lex_string_token(&l); break;
        case '$': lex_id(&l); break;
        default: lex_run(&l); break;
        }
    }
    if (!l.failed) put_token(&l, TOKEN_END, l.at);
    return !l.out_of_memory;
}

void text_free(WatText *text)
{
    if (!text->alloc) return;
    allocator_free(text->alloc, text->tokens, text->room * sizeof *text->tokens);
    allocator_free(text->alloc, text->annotations,
               text->annotation_room * sizeof *text->annotations);
    *text = (WatText){0};
}

static void put_code_point(Bytes *out, u32 c)
{
    if (c < 0x80) {
        bytes_byte(out, (u8)c);
        return;
    }
    if (c < 0x800) {
        bytes_byte(out, (u8)(0xc0 | c >> 6));
    } else {
        if (c < 0x10000) {
            bytes_byte(out, (u8)(0xe0 | c >> 12));
        } else {
            bytes_byte(out, (u8)(0xf0 | c >> 18));
            bytes_byte(out, (u8)(0x80 | (c >> 12 & 0x3f)));
        }
        bytes_byte(out, (u8)(0x80 | (c >> 6 & 0x3f)));
    }
    bytes_byte(out, (u8)(0x80 | (c & 0x3f)));
}

static u8 hex_value(u8 c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

void decode_string(const char *quoted, u32 size, Bytes *out)
{
    const u8 *at = (const u8 *)quoted + 1, *end = (const u8 *)quoted + size - 1;
    while (at < end) {
        const u8 *plain = at;
        while (at < end && *at != '\\') at++;
        bytes_add(out, plain, (size_t)(at - plain));
        if (at == end) return;
        u8 c = at[1];
        at += 2;
        switch (c) {
        case 't': bytes_byte(out, '\t'); break;
        case 'n': bytes_byte(out, '\n'); break;
        case 'r': bytes_byte(out, '\r'); break;
        case '"': case '\'': case '\\': bytes_byte(out, c); break;
        case 'u': {
            u32 code_point;
            at = scan_code_point(at + 1, end, &code_point);
            put_code_point(out, code_point);
            break;
        }
        default: bytes_byte(out, (u8)(hex_value(c) << 4 | hex_value(*at++))); break;
        }
    }
}
