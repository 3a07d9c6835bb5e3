// trace.c -- a line for every call, told from the arguments column of calls.def:
//
//     path_open(3, FOLLOW, "motd", CREAT|TRUNC, FD_READ|FD_WRITE, 0, 0) = 0, fd 4
//     fd_write(1, [{0x2010, "Hello\n"}]) = 0, 6 written
//     fd_read(9, [{0x3000, 64}]) = 8 BADF
//
// Arguments are read from the guest's memory after the call, so that buffers which the
// call filled show what came. A trace never changes what a program sees: what cannot be
// read is shown as a number.
// SPDX-License-Identifier: MIT
#include "wasi/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <inttypes.h>  // after stdio.h: newlib of 2022 has no PRIu64 without it

enum {
    LINE_SIZE = 2048,
    TEXT_SHOWN = 64,     // bytes of a string
    PIECES_SHOWN = 8,    // iovecs and subscriptions of a list
};

typedef struct Line {
    char text[LINE_SIZE];
    size_t size;
} Line;

PRINTF_LIKE(2, 3) static void say(Line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t room = LINE_SIZE - line->size;
    int n = vsnprintf(line->text + line->size, room, format, arguments);
    va_end(arguments);
    if (n > 0) line->size += (size_t)n < room ? (size_t)n : room - 1;
}

// --- names -------------------------------------------------------------------------

typedef struct NameRow {
    const char *kind;
    u64 value;
    const char *name;
} NameRow;

static const NameRow name_rows[] = {
#define NAME(prefix, kind, value, name) {#kind, value, #name},
#include "wasi/names.def"
#undef NAME
};

static const char *name_of(const char *kind, u64 value)
{
    for (size_t i = 0; i < COUNT_OF(name_rows); i++)
        if (name_rows[i].value == value && strcmp(name_rows[i].kind, kind) == 0)
            return name_rows[i].name;
    return NULL;
}

static void say_enum(Line *line, const char *kind, u64 value)
{
    const char *name = name_of(kind, value);
    if (name) say(line, "%s", name);
    else say(line, "%" PRIu64, value);
}

// "CREAT|TRUNC"; what has no name is added as a number.
static void say_flags(Line *line, const char *kind, u64 flags)
{
    const char *bar = "";
    for (size_t i = 0; i < COUNT_OF(name_rows); i++) {
        const NameRow *row = &name_rows[i];
        if (strcmp(row->kind, kind) != 0 || !(flags & row->value)) continue;
        say(line, "%s%s", bar, row->name);
        flags &= ~row->value;
        bar = "|";
    }
    if (flags || !*bar) say(line, flags ? "%s0x%" PRIx64 : "%s%" PRIu64, bar, flags);
}

static bool is_flags(const char *kind)
{
    static const char *const kinds[] = {"fdflags", "oflags",  "lookup",
                                        "fstflags", "riflags", "how"};
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (strcmp(kind, kinds[i]) == 0) return true;
    return false;
}

// All thirty rights are a line of their own: most programs ask for all.
static void say_rights(Line *line, u64 rights)
{
    if ((rights & RIGHTS_ALL) == RIGHTS_ALL) say(line, "ALL");
    else say_flags(line, "rights", rights);
}

// --- memory ------------------------------------------------------------------------

static void say_text(Line *line, const Guest *g, u64 at, u64 size)
{
    u8 bytes[TEXT_SHOWN];
    u64 shown = size < sizeof bytes ? size : sizeof bytes;
    if (guest_read(g, at, bytes, shown)) {
        say(line, "0x%" PRIx64 ", %" PRIu64, at, size);
        return;
    }
    say(line, "\"");
    for (u64 i = 0; i < shown; i++) {
        u8 b = bytes[i];
        if (b == '\n') say(line, "\\n");
        else if (b == '\t') say(line, "\\t");
        else if (b == '"' || b == '\\') say(line, "\\%c", b);
        else if (b < ' ' || b == 0x7F) say(line, "\\%02x", b);
        else say(line, "%c", b);
    }
    say(line, shown < size ? "\"..." : "\"");
}

// A list of iovecs with what is in them; `moved` bytes of it are contents, the rest room.
static void say_iovecs(Line *line, const Guest *g, u64 at, u64 count, u64 moved)
{
    say(line, "[");
    for (u64 i = 0; i < count; i++) {
        u8 iovec[8];
        if (i > 0) say(line, ", ");
        if (i == PIECES_SHOWN || guest_read(g, at + i * 8, iovec, sizeof iovec)) {
            say(line, "...");
            break;
        }
        u64 base = load_u32(iovec), size = load_u32(iovec + 4);
        u64 filled = size < moved ? size : moved;
        moved -= filled;
        say(line, "{0x%" PRIx64 ", ", base);
        if (filled || size == 0) say_text(line, g, base, filled);
        else say(line, "%" PRIu64, size);
        say(line, "}");
    }
    say(line, "]");
}

static void say_subscription(Line *line, const Call *c, const u8 *s)
{
    const u8 *clock = s + (c->is_unstable ? 24 : 16);
    if (s[8] == EVENT_CLOCK) {
        bool is_absolute = load_u16(clock + 24) & 1;
        say_enum(line, "clock", load_u32(clock));
        say(line, " %s%" PRIu64 "ns", is_absolute ? "at " : "+", load_u64(clock + 8));
    } else {
        say_enum(line, "event", s[8]);
        say(line, " %" PRIu32, load_u32(s + 16));
    }
}

static void say_subscriptions(Line *line, const Call *c, u64 at, u64 count)
{
    u64 size = c->is_unstable ? 56 : 48;
    say(line, "[");
    for (u64 i = 0; i < count; i++) {
        u8 subscription[56];
        if (i > 0) say(line, ", ");
        if (i == PIECES_SHOWN || guest_read(c->guest, at + i * size, subscription, size)) {
            say(line, "...");
            break;
        }
        say(line, "{");
        say_subscription(line, c, subscription);
        say(line, "}");
    }
    say(line, "]");
}

// --- one argument ------------------------------------------------------------------

// How many bytes moved, as far as a "read" or "written" result tells.
static u64 bytes_moved(const Call *c, Errno result)
{
    Field field;
    u32 param = 0;
    for (const char *at = c->row->arguments; next_field(&at, &field); param += field.params) {
        u8 count[4];
        bool is_count = strcmp(field.name, "read") == 0 || strcmp(field.name, "written") == 0;
        if (field.is_result && is_count && !result &&
            !guest_read(c->guest, arg_u32(c, param), count, sizeof count))
            return load_u32(count);
    }
    return 0;
}

static void say_argument(Line *line, const Call *c, const Field *field, u32 param, Errno result)
{
    const Guest *g = c->guest;
    const char *kind = field->kind;
    u64 value = arg_u64(c, param);
    u64 low = (u32)value, next = field->params == 2 ? arg_u32(c, param + 1) : 0;
    if (strcmp(kind, "u64") == 0) say(line, "%" PRIu64, value);
    else if (strcmp(kind, "s64") == 0) say(line, "%" PRId64, (s64)value);
    else if (strcmp(kind, "ptr") == 0) say(line, "0x%" PRIx64, low);
    else if (strcmp(kind, "str") == 0) say_text(line, g, low, next);
    else if (strcmp(kind, "buf") == 0 && !result) say_text(line, g, low, next);
    else if (strcmp(kind, "buf") == 0) say(line, "0x%" PRIx64 ", %" PRIu64, low, next);
    else if (strcmp(kind, "in") == 0) say_iovecs(line, g, low, next, UINT64_MAX);
    else if (strcmp(kind, "out") == 0) say_iovecs(line, g, low, next, bytes_moved(c, result));
    else if (strcmp(kind, "subs") == 0) say_subscriptions(line, c, low, arg_u32(c, param + 2));
    else if (strcmp(kind, "rights") == 0) say_rights(line, value);
    else if (strcmp(kind, "whence") == 0)
        say_enum(line, c->is_unstable ? "whence_0" : "whence", low);
    else if (is_flags(kind)) say_flags(line, kind, low);
    else say_enum(line, kind, low);
}

static void say_filestat(Line *line, const Call *c, const u8 *s)
{
    const u8 *size = s + (c->is_unstable ? 24 : 32);
    say(line, "{");
    say_enum(line, "filetype", s[16]);
    say(line, ", ino %" PRIu64 ", size %" PRIu64 ", mtim %" PRIu64 "}", load_u64(s + 8),
        load_u64(size), load_u64(size + 16));
}

static void say_fdstat(Line *line, const u8 *s)
{
    say(line, "{");
    say_enum(line, "filetype", s[0]);
    say(line, ", flags ");
    say_flags(line, "fdflags", load_u16(s + 2));
    say(line, ", rights ");
    say_rights(line, load_u64(s + 8));
    say(line, "}");
}

static void say_result(Line *line, const Call *c, const Field *field, u32 param)
{
    u8 bytes[FILESTAT_SIZE] = {0};
    const char *kind = field->kind;
    u64 size = strcmp(kind, "filestat") == 0 ? filestat_size(c)
               : strcmp(kind, "fdstat") == 0 ? 24
               : strcmp(kind, "u16") == 0    ? 2
               : strcmp(kind, "u32") == 0    ? 4
               : strcmp(kind, "fd") == 0     ? 4
                                             : 8;
    if (guest_read(c->guest, arg_u32(c, param), bytes, size)) return;
    say(line, ", ");
    if (strcmp(kind, "filestat") == 0) say_filestat(line, c, bytes);
    else if (strcmp(kind, "fdstat") == 0) say_fdstat(line, bytes);
    else if (strcmp(kind, "prestat") == 0)
        say(line, "{dir, name of %" PRIu32 "}", load_u32(bytes + 4));
    else if (strcmp(kind, "fd") == 0) say(line, "fd %" PRIu32, load_u32(bytes));
    else if (size == 2) say(line, "%u %s", load_u16(bytes), field->name);
    else if (size == 4) say(line, "%" PRIu32 " %s", load_u32(bytes), field->name);
    else say(line, "%" PRIu64 " %s", load_u64(bytes), field->name);
}

// --- one call ----------------------------------------------------------------------

void trace_call(const Call *c, Errno result)
{
    Line line;
    Field field;
    line.size = 0;
    say(&line, "%s(", c->row->name);
    u32 param = 0;
    const char *at = c->row->arguments, *comma = "";
    for (; next_field(&at, &field) && !field.is_result; param += field.params) {
        say(&line, "%s", comma);
        say_argument(&line, c, &field, param, result);
        comma = ", ";
    }
    say(&line, ")");
    if (c->guest->outcome == GUEST_RETRIES) {
        say(&line, " interrupted, to be made again");
    } else if (c->guest->outcome == GUEST_RETURNS) {
        say(&line, " = %u", result);
        if (result) say(&line, " %s", errno_name(result));
        at = c->row->arguments;
        for (param = 0; !result && next_field(&at, &field); param += field.params)
            if (field.is_result) say_result(&line, c, &field, param);
    }
    c->world->trace(c->world->trace_user, line.text, line.size);
}

// --- choosing ----------------------------------------------------------------------

_Static_assert(CALL_COUNT <= 64, "trace_mask has a bit for each row");

// The rows that one word of a filter names, as a mask.
static u64 rows_named(const char *word, size_t size)
{
    u64 mask = 0;
    bool is_prefix = size > 0 && word[size - 1] == '*';
    for (u32 i = 0; i < CALL_COUNT; i++) {
        const char *name = call_rows[i].name;
        if (is_prefix ? strncmp(name, word, size - 1) == 0
                      : strlen(name) == size && memcmp(name, word, size) == 0)
            mask |= (u64)1 << i;
    }
    return mask;
}

bool weft_wasi_trace(weft_wasi *world, const char *filter, weft_wasi_trace_func func, void *user)
{
    if (!world) return false;
    u64 mask = filter && *filter ? 0 : UINT64_MAX;
    for (const char *at = filter; at && *at;) {
        size_t size = strcspn(at, ",");
        u64 named = rows_named(at, size);
        if (!named) return world_fail(world, "no WASI function is called", at, ERRNO_INVAL);
        mask |= named;
        at += size + (at[size] == ',');
    }
    world->trace_mask[0] = mask;
    world->trace = func;
    world->trace_user = user;
    return true;
}
