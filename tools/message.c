// message.c -- what the program says on stderr, and how it looks.
//
// One shape for every complaint: `weft: FILE: what happened`, then lines indented by two
// that belong to it. Colour is for terminals and never carries meaning; NO_COLOR and
// TERM=dumb switch it off.
// SPDX-License-Identifier: MIT
#include "tools/tools.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "ports/port.h"

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value;
}

bool colour_wanted(int stream)
{
    if (is_set("NO_COLOR")) return false;
    const char *terminal = getenv("TERM");
    if (terminal && strcmp(terminal, "dumb") == 0) return false;
    const Port *port = port_native();
    PortStat stat;
    return port->files->stat(port->files->ctx, stream, &stat) == ERRNO_SUCCESS && stat.terminal;
}

// The sequence if stderr shows colours, else nothing.
static const char *ink(const char *sequence)
{
    return colour_wanted(2) ? sequence : "";
}

#define INK_ERROR "\033[1;31m"
#define INK_WARNING "\033[1;33m"
#define INK_ADVICE "\033[36m"
#define INK_OFF "\033[0m"

void complain(const char *file, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fflush(stdout);  // what was printed before should be seen before
    fprintf(stderr, "%sweft:%s ", ink(INK_ERROR), ink(INK_OFF));
    if (file) fprintf(stderr, "%s: ", file);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

void complain_more(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("  ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

void advise(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "  %s", ink(INK_ADVICE));
    vfprintf(stderr, format, args);
    fprintf(stderr, "%s\n", ink(INK_OFF));
    va_end(args);
}

void warn(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%sweft: warning:%s ", ink(INK_WARNING), ink(INK_OFF));
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

int complain_usage(const Verb *verb, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fflush(stdout);
    fprintf(stderr, "%sweft:%s ", ink(INK_ERROR), ink(INK_OFF));
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    if (verb) {
        advise("see 'weft help %s'", verb->name);
    } else {
        advise("see 'weft help'");
    }
    va_end(args);
    return EXIT_USAGE;
}

void complain_error(const char *file, const weft_error *error)
{
    char text[512];
    weft_error bare = *error;
    bare.hint[0] = 0;
    weft_error_format(&bare, text, sizeof text);
    complain(file, "%s", text);
    if (error->hint[0]) advise("%s", error->hint);
}

// The length of the well-formed UTF-8 sequence at `s` if it may be shown as it is, else 0.
// Control characters, and U+0080..9F which terminals obey too, may not.
static size_t showable(const u8 *s, size_t left)
{
    if (s[0] >= 0x20 && s[0] < 0x7f) return 1;
    size_t size = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || left < size) return 0;
    for (size_t i = 1; i < size; i++) {
        if ((s[i] & 0xc0) != 0x80) return 0;
    }
    return s[0] == 0xc2 && s[1] < 0xa0 ? 0 : size;
}

const char *printable(weft_name name, char *buffer, size_t size)
{
    const u8 *s = (const u8 *)name.data;
    size_t out = 0;
    for (size_t i = 0; i < name.size;) {
        size_t count = showable(s + i, name.size - i);
        if (out + (count ? count : 3) + 3 >= size) {  // room for "..." and the zero
            memcpy(buffer + out, "...", 3);
            out += 3;
            break;
        }
        if (count) {
            memcpy(buffer + out, s + i, count);
            out += count;
            i += count;
        } else {
            out += (size_t)snprintf(buffer + out, size - out, "\\%02x", s[i]);
            i++;
        }
    }
    buffer[out] = 0;
    return buffer;
}
