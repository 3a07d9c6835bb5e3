// errors.h -- what was wrong with a module, and where.
// SPDX-License-Identifier: MIT
#ifndef WEFT_LOADER_ERRORS_H
#define WEFT_LOADER_ERRORS_H

#include "ports/base.h"

typedef enum ErrorCode {
#define ERROR(ID, kind, text) ERROR_##ID,
#include "loader/errors.def"
#undef ERROR
    ERROR_COUNT
} ErrorCode;

typedef enum LoadErrorKind {
    LOAD_OK,
    LOAD_MALFORMED,  // -> WEFT_MALFORMED
    LOAD_INVALID,    // -> WEFT_INVALID
    LOAD_LIMIT       // -> WEFT_HOST: out of memory, or a limit of ours
} LoadErrorKind;

#define NO_INDEX 0xffffffffu  // "none", wherever an index or an offset is optional

typedef struct LoadError {
    LoadErrorKind kind;
    ErrorCode code;
    u32 offset;      // bytes from the start of the module; NO_INDEX where none applies
    s32 section;     // section id, or -1
    u32 func_index;  // function whose body it was in, or NO_INDEX
    char text[192];  // the message, in the suite's words, without a place
    char function[128];  // the function's name from the name section, or ""
} LoadError;

extern const char *const error_texts[ERROR_COUNT];  // formats; see errors.def

LoadErrorKind error_kind(ErrorCode code);

// Fills kind, code, offset and text, unless an error is there already. `detail` is the %s of
// the text; where it is NULL, `number` is the %u.
void load_error_set(LoadError *error, ErrorCode code, u32 offset, u32 number,
                    const char *detail);

#define LOAD_ERROR_INIT {.offset = NO_INDEX, .section = -1, .func_index = NO_INDEX}

#endif
