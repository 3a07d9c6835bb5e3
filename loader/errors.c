// errors.c -- texts for what can be wrong with a module.
// SPDX-License-Identifier: MIT
#include "loader/errors.h"

#include <stdio.h>

const char *const error_texts[ERROR_COUNT] = {
#define ERROR(ID, kind, text) [ERROR_##ID] = text,
#include "loader/errors.def"
#undef ERROR
};

static const u8 error_kinds[ERROR_COUNT] = {
#define ERROR(ID, kind, text) [ERROR_##ID] = LOAD_##kind,
#include "loader/errors.def"
#undef ERROR
};

LoadErrorKind error_kind(ErrorCode code)
{
    return (LoadErrorKind)error_kinds[code];
}

// The texts are formats written in errors.def, so the compiler cannot match them with what
// they are given; a test does, for every row.
void load_error_set(LoadError *error, ErrorCode code, u32 offset, u32 number,
                    const char *detail)
{
    if (error->code != ERROR_NONE) return;
    char opcode[24];
    error->kind = error_kind(code);
    error->code = code;
    error->offset = offset;
    if (code == ERROR_ILLEGAL_OPCODE) {
        u32 prefix = number >> 24, rest = number & 0xffffff;
        if (prefix)
            snprintf(opcode, sizeof opcode, "%02x %02x", (unsigned)prefix, (unsigned)rest);
        else
            snprintf(opcode, sizeof opcode, "%02x", (unsigned)rest);
        detail = opcode;
    }
    if (detail)
        snprintf(error->text, sizeof error->text, error_texts[code], detail);
    else
        snprintf(error->text, sizeof error->text, error_texts[code], (unsigned)number);
}
