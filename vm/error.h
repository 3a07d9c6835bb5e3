// error.h -- filling in the caller's weft_error.
//
// The caller may have been compiled against an older weft, whose weft_error was shorter,
// or may not want to know (NULL). So nobody but these functions writes to one. They
// return false, so that a failing function ends with `return error_set(...)`.
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_ERROR_H
#define WEFT_VM_ERROR_H

#include "include/weft.h"
#include "ports/base.h"

// Starts an error anew: kind and text are set, everything else says "does not apply".
bool error_set(weft_error *error, weft_error_kind kind, const char *format, ...)
    PRINTF_LIKE(3, 4);

// The failure that can happen to every call.
bool error_out_of_memory(weft_error *error);

// Copies a whole error, as far as the caller's struct reaches.
bool error_copy(weft_error *to, const weft_error *from);

// Adds to an error that was set before.
void error_hint(weft_error *error, const char *format, ...) PRINTF_LIKE(2, 3);
void error_exit_code(weft_error *error, s32 code);
void error_module(weft_error *error, const char *name, size_t size);

// Reads a struct that starts with its size: `into` becomes what the caller set, and zero
// where the caller's version of it ends. A size of 0 means this version's.
void options_read(void *into, size_t size, const void *from);

// Puts `size` bytes of UTF-8 into `buffer` of `room` bytes, ended by a zero. What does not
// fit is cut at a character; control characters become '?', so that a message stays a line.
void text_copy(char *buffer, size_t room, const char *text, size_t size);

#endif
