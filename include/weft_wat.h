// weft_wat.h -- the text format of WebAssembly: to bytes and back.
//
//     weft_wat_error error = WEFT_WAT_ERROR_INIT;
//     uint8_t *bytes;
//     size_t size;
//     if (!weft_wat2wasm(text, strlen(text), NULL, &bytes, &size, &error)) {
//         char message[512];
//         weft_wat_error_format(&error, "add.wat", message, sizeof message);
//         fputs(message, stderr);  // add.wat:3:14: unknown local $y, the line, and a caret
//     }
//     weft_module *module = weft_module_load(bytes, size, ...);
//
// It is a part of the library, but of no other part: nothing in weft.h reads text. It knows
// all of WebAssembly 3.0 and the proposals that weft knows; what a module may use is decided
// when it is loaded.
//                                                       spec: text
// SPDX-License-Identifier: MIT
#ifndef WEFT_WAT_H
#define WEFT_WAT_H

#include "weft.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_wat_error {
    size_t size;           // of this struct; set by WEFT_WAT_ERROR_INIT
    weft_error_kind kind;  // WEFT_MALFORMED, WEFT_INVALID (an annotation), or WEFT_HOST
    char text[192];        // "unknown local $y"
    uint32_t line, column; // from 1; a column is a character
    uint64_t offset;       // in bytes, from 0
    char excerpt[256];     // the line and, below it, a caret under the place; or ""
} weft_wat_error;

#define WEFT_WAT_ERROR_INIT WEFT_SIZED(weft_wat_error)

// Writes "FILE:line:column: text", the line, and a caret. Always ended by a zero; returns the
// length it wanted, as snprintf does.
WEFT_API size_t weft_wat_error_format(const weft_wat_error *error, const char *file,
                                      char *buffer, size_t size);

typedef struct weft_wat_options {
    size_t size;
    const weft_allocator *allocator;  // NULL: malloc and free
    bool names;                       // keep identifiers, as a name section
} weft_wat_options;

#define WEFT_WAT_OPTIONS_INIT WEFT_SIZED(weft_wat_options)

// Turns the text of one module into its bytes, which are yours to give back with
// weft_wat_free. A first line that begins with #! is skipped. The bytes are well-formed but
// not validated: that is up to weft_module_load.
WEFT_API bool weft_wat2wasm(const char *text, size_t text_size, const weft_wat_options *options,
                            uint8_t **bytes, size_t *size, weft_wat_error *error);

// Where in the text the byte at `offset` of its module comes from: the offset of a weft_error
// that refused the module, or of a weft_frame. Fills the line, column, offset and excerpt of
// `place` and leaves the rest, so that the caller can copy the error's text there. False for
// a byte that stands for nothing in the text, and when memory runs out. The text is assembled
// once more, under the same options: nothing was kept for this.
WEFT_API bool weft_wat_locate(const char *text, size_t text_size, const weft_wat_options *options,
                              uint64_t offset, weft_wat_error *place);

// Turns a valid module into text that weft_wat2wasm turns into an equivalent module again.
// Names come from its name section; custom sections become (@custom ...) annotations. The
// text is ended by a zero that `text_size` does not count. `features` as in
// weft_module_options.
WEFT_API bool weft_wasm2wat(const void *bytes, size_t size, const char *features,
                            const weft_wat_options *options, char **text, size_t *text_size,
                            weft_error *error);

// Frees what the two above gave: `size` as told by weft_wat2wasm, text_size + 1 for a text.
WEFT_API void weft_wat_free(const weft_wat_options *options, void *block, size_t size);

// Whether these bytes look like text rather than a module: they do not begin with \0asm, and
// the first thing that is not white space or a comment is a parenthesis.
WEFT_API bool weft_wat_is_text(const void *bytes, size_t size);

#ifdef __cplusplus
}
#endif
#endif
