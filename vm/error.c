// error.c -- filling in and printing a weft_error.
//
// SPDX-License-Identifier: MIT
#include "vm/error.h"

#include <stdarg.h>
#include <stdio.h>

// A caller who left the size at zero gets the fields of this version: the mistake is
// common, and its struct cannot be shorter than the first version ever was.
static size_t error_room(const weft_error *error)
{
    size_t size = error->size;
    return size == 0 || size > sizeof *error ? sizeof *error : size;
}

bool error_copy(weft_error *to, const weft_error *from)
{
    if (to == NULL || to == from) return false;
    size_t size = to->size;
    memcpy(to, from, error_room(to));
    to->size = size;
    return false;
}

bool error_set(weft_error *error, weft_error_kind kind, const char *format, ...)
{
    if (error == NULL) return false;
    weft_error fresh = WEFT_ERROR_INIT;
    fresh.kind = kind;
    fresh.offset = UINT64_MAX;
    fresh.function_index = UINT32_MAX;
    va_list args;
    va_start(args, format);
    vsnprintf(fresh.text, sizeof fresh.text, format, args);
    va_end(args);
    return error_copy(error, &fresh);
}

bool error_out_of_memory(weft_error *error)
{
    return error_set(error, WEFT_HOST, "out of memory");
}

void error_hint(weft_error *error, const char *format, ...)
{
    if (error == NULL || error_room(error) < offsetof(weft_error, offset)) return;
    va_list args;
    va_start(args, format);
    vsnprintf(error->hint, sizeof error->hint, format, args);
    va_end(args);
}

void error_exit_code(weft_error *error, s32 code)
{
    if (error != NULL && error_room(error) >= sizeof *error) error->exit_code = code;
}

void error_module(weft_error *error, const char *name, size_t size)
{
    if (error == NULL || error_room(error) < offsetof(weft_error, function)) return;
    text_copy(error->module, sizeof error->module, name, size);
}

void options_read(void *into, size_t size, const void *from)
{
    memset(into, 0, size);
    if (from == NULL) return;
    size_t given;
    memcpy(&given, from, sizeof given);
    memcpy(into, from, given == 0 || given > size ? size : given);
}

void text_copy(char *buffer, size_t room, const char *text, size_t size)
{
    size_t n = size < room ? size : room - 1;
    // A character may not be torn: step back over continuation bytes to its first byte.
    if (n < size) {
        while (n > 0 && ((u8)text[n] & 0xc0) == 0x80) n--;
    }
    for (size_t i = 0; i < n; i++) {
        u8 c = (u8)text[i];
        buffer[i] = c < 0x20 || c == 0x7f ? '?' : (char)c;
    }
    buffer[n] = 0;
}

size_t weft_error_format(const weft_error *error, char *buffer, size_t size)
{
    char place[32] = "";
    if (error->offset != UINT64_MAX && error->kind != WEFT_NO_ERROR) {
        snprintf(place, sizeof place, " (at 0x%llx)", (unsigned long long)error->offset);
    }
    bool has_function = error->function[0] != 0, has_hint = error->hint[0] != 0;
    int n = snprintf(buffer, size, "%s%s%s%s%s%s", error->function, has_function ? ": " : "",
                     error->text, place, has_hint ? " -- " : "", error->hint);
    return n < 0 ? 0 : (size_t)n;
}
