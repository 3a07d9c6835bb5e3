// lexer.h -- text into tokens.
//
// The whole text is cut into one array of tokens before anything is parsed, so that the
// parser can look ahead as far as it likes, walk over a module's fields twice, and a script
// can hand it any span. White space, comments and unknown annotations leave no token.
//
// A lexical error becomes the last token (TOKEN_ERROR): the parser reports it when it gets
// there, so the first mistake of a text is the one reported.
//                                                   spec: text-lexical
// SPDX-License-Identifier: MIT
#ifndef WEFT_TOOLS_WAT_LEXER_H
#define WEFT_TOOLS_WAT_LEXER_H

#include "ports/alloc.h"
#include "tools/wat/bytes.h"
#include "tools/wat/words.h"

typedef enum TokenKind {
    TOKEN_END,       // the last one, if nothing went wrong
    TOKEN_ERROR,     // the last one otherwise; `word` is a LexError
    TOKEN_LPAR,
    TOKEN_RPAR,
    TOKEN_NAT,       // 12, 0x1f, 1_000
    TOKEN_INT,       // +12, -12
    TOKEN_FLOAT,     // 1.5, 1e3, inf, nan:0x7
    TOKEN_STRING,    // with its quotes; `word` says whether it has escapes
    TOKEN_ID,        // with its $; `word` says whether it is quoted
    TOKEN_KEYWORD,   // a known one; `word` says which
    TOKEN_OFFSET,    // offset=NAT
    TOKEN_ALIGN,     // align=NAT
    TOKEN_RESERVED   // what the grammar sets aside: never right outside annotations
} TokenKind;

typedef enum LexError {
    LEX_ILLEGAL_CHARACTER,
    LEX_UTF8,
    LEX_UNCLOSED_STRING,
    LEX_STRING_CONTROL,
    LEX_ESCAPE,
    LEX_UNCLOSED_COMMENT,
    LEX_UNCLOSED_ANNOTATION,
    LEX_EMPTY_ID,
    LEX_EMPTY_ANNOTATION,
    LEX_ERROR_COUNT
} LexError;

extern const char *const lex_error_texts[LEX_ERROR_COUNT];

typedef struct Token {
    u32 at, size;  // in the source, bytes
    u16 kind;      // TokenKind
    u16 word;      // WatWord, or as TokenKind says
} Token;

// The annotations that mean something to us. They stand beside the tokens: `token` is the
// index of the token they come before.                 spec: text-annot
typedef enum AnnotationKind {
    ANNOTATION_NAME,
    ANNOTATION_CUSTOM,
    ANNOTATION_BRANCH_HINT,
    ANNOTATION_KIND_COUNT
} AnnotationKind;

extern const char *const annotation_names[ANNOTATION_KIND_COUNT];

typedef struct Annotation {
    u32 token;
    u32 at;            // its opening parenthesis
    u32 body_at, end;  // what lies between its name and its closing parenthesis
    u16 kind;          // AnnotationKind
    bool used;         // the parser found it where it may stand
} Annotation;

typedef struct WatText {
    const Allocator *alloc;
    const Words *words;
    const char *source;
    u32 size;
    Token *tokens;
    u32 count, room;
    Annotation *annotations;
    u32 annotation_count, annotation_room;
} WatText;

// Cuts source[from..to) into tokens. False only when memory runs out; free it in any case.
// `words` and `source` are borrowed.
bool text_lex(WatText *text, const Allocator *alloc, const Words *words, const char *source,
              u32 from, u32 to);
void text_free(WatText *text);

// Appends what a string token (or the string of a quoted id) means.
void decode_string(const char *quoted, u32 size, Bytes *out);

// Whether the byte may be part of an identifier.                 spec: text-idchar
bool is_idchar(u8 c);

// The length of the UTF-8 sequence at `at`, 0 if there is none.
u32 utf8_sequence(const u8 *at, const u8 *end);

#endif
