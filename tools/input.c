// input.c -- reads the files a command line names, and says what they are if not modules.
//
// A file is read whole, but for debug information that a running program has no use for;
// modules are borrowed from these bytes until the program ends. The text format is
// translated on the way, so whoever reads a module gets the binary one.
// SPDX-License-Identifier: MIT
#include "tools/tools.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "weft_wat.h"

// --- reading -----------------------------------------------------------------------

// Reads to the end of `file`, whatever its size: pipes and devices do not tell it before.
static bool read_all(FILE *file, Input *input)
{
    size_t room = 64 * 1024;
    // A directory opens like a file and claims an endless size; only reading it fails.
    int first = getc(file);
    if (first == EOF) return !ferror(file);
    ungetc(first, file);
    if (fseek(file, 0, SEEK_END) == 0) {
        long size = ftell(file);
        if (size > 0) room = (size_t)size + 1;  // one more, to see the end in the first read
        if (fseek(file, 0, SEEK_SET) != 0) return false;
    }
    for (;;) {
        u8 *bytes = realloc(input->bytes, room);
        if (!bytes) {
            errno = ENOMEM;
            return false;
        }
        input->bytes = bytes;
        size_t got = fread(bytes + input->size, 1, room - input->size, file);
        input->size += got;
        if (input->size < room) return !ferror(file);
        if (room > SIZE_MAX / 2) {
            errno = EFBIG;
            return false;
        }
        room *= 2;
    }
}

// --- reading a program ---------------------------------------------------------------

// What debuggers read lies in custom sections named .debug_*: often most of the file (10 MB
// of CPython's 26), and nothing that runs it looks inside. So when a file that is not small
// is read to be run, their contents are left out: the bytes are there, but never written, so
// they cost neither time nor memory that is really used.

enum { PROGRAM_SMALL = 8 * 1024 };  // read whole, in one go

// Reads on until `end` bytes are there; false if the file ends before or cannot be read.
static bool read_until(FILE *file, Input *input, size_t end)
{
    if (end <= input->size) return true;
    size_t got = fread(input->bytes + input->size, 1, end - input->size, file);
    input->size += got;
    return input->size == end;
}

// Whether a custom section that starts with these bytes (length and name) is for debuggers.
static bool is_debug_section(const u8 *start, size_t size)
{
    static const char name[] = ".debug_";
    return size > sizeof name && start[0] < 0x80 && memcmp(start + 1, name, sizeof name - 1) == 0;
}

static bool read_leb(const u8 *bytes, size_t size, size_t *at, u32 *value);

// The end of the section at `at`, if all of it is in the file and enough of it is read to
// see what it is; else 0. `debug` says whether it is to be left out.
static size_t section_end(FILE *file, Input *input, size_t at, size_t size, bool *debug)
{
    size_t head = size - at < 32 ? size : at + 32, contents = at + 1;
    u32 length;
    if (!read_until(file, input, head)) return 0;
    if (!read_leb(input->bytes, head, &contents, &length) || length > size - contents) return 0;
    *debug = input->bytes[at] == 0 && is_debug_section(input->bytes + contents, head - contents);
    return contents + length;
}

// Reads a file whose size is known, section by section. What does not look like a module is
// read to its end.
static bool read_program(FILE *file, Input *input, size_t size)
{
    input->bytes = malloc(size + 1);
    if (!input->bytes) {
        errno = ENOMEM;
        return false;
    }
    size_t first = size < PROGRAM_SMALL ? size : PROGRAM_SMALL, at = 8;
    if (!read_until(file, input, first)) return !ferror(file);
    if (first < size && memcmp(input->bytes, "\0asm\1\0\0\0", 8) == 0) {
        bool debug = false;
        for (size_t end; at < size && (end = section_end(file, input, at, size, &debug)); at = end) {
            bool skip = debug && end > input->size && end <= LONG_MAX &&
                        fseek(file, (long)end, SEEK_SET) == 0;
            if (skip) {
                input->size = end;
                input->partial = true;
            } else if (!read_until(file, input, end)) {
                return !ferror(file);
            }
        }
    }
    read_until(file, input, size);
    return !ferror(file);
}

// The size of a regular file that is open at its start; 0 of anything else.
static size_t file_size(FILE *file)
{
    if (fseek(file, 0, SEEK_END) != 0) return 0;
    long size = ftell(file);
    if (fseek(file, 0, SEEK_SET) != 0 || size <= 0 || size == LONG_MAX) return 0;
    return (size_t)size;
}

// -------------------------------------------------------------------------------------

static bool input_read_as(Input *input, const char *path, bool program)
{
    *input = (Input){.name = path};
    bool from_stdin = strcmp(path, "-") == 0;
    if (from_stdin) input->name = "standard input";
    FILE *file = from_stdin ? stdin : fopen(path, "rb");
    if (!file) {
        complain(path, "%s", strerror(errno));
        return false;
    }
    setvbuf(file, NULL, _IONBF, 0);
    errno = 0;
    size_t size = program && !from_stdin ? file_size(file) : 0;
    bool good = size ? read_program(file, input, size) : read_all(file, input);
    int why = errno;
    if (!from_stdin) fclose(file);
    if (good) return true;
    if (why == EISDIR) {
        complain(input->name, "it is a directory, not a module");
        advise("name the .wasm file inside of it");
    } else {
        complain(input->name, "%s", why ? strerror(why) : "cannot be read");
    }
    input_free(input);
    return false;
}

bool input_read(Input *input, const char *path)
{
    return input_read_as(input, path, false);
}

void input_free(Input *input)
{
    if (input->translated) {
        weft_wat_free(NULL, input->bytes, input->size);
        free(input->text);
    } else {
        free(input->bytes);
    }
    *input = (Input){.name = input->name};
}

bool output_write(const char *path, const void *bytes, size_t size)
{
    bool to_stdout = !path || strcmp(path, "-") == 0;
    FILE *file = to_stdout ? stdout : fopen(path, "wb");
    if (!file) {
        complain(path, "%s", strerror(errno));
        return false;
    }
    bool good = fwrite(bytes, 1, size, file) == size;
    good = (to_stdout ? fflush(file) : fclose(file)) == 0 && good;
    if (!good) complain(to_stdout ? "standard output" : path, "%s", strerror(errno));
    return good;
}

// --- what is it? -------------------------------------------------------------------

static bool is_blank(u8 c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

// Where the first thing that counts begins: after a byte order mark, a `#!` line and space.
static size_t skip_preamble(const Input *in)
{
    size_t at = 0;
    if (in->size >= 3 && memcmp(in->bytes, "\xef\xbb\xbf", 3) == 0) at = 3;
    if (in->size - at >= 2 && in->bytes[at] == '#' && in->bytes[at + 1] == '!') {
        while (at < in->size && in->bytes[at] != '\n') at++;
    }
    while (at < in->size && is_blank(in->bytes[at])) at++;
    return at;
}

typedef struct Format {
    size_t at;
    const char *magic;
    size_t magic_size;
    const char *what, *advice;
} Format;

static const Format formats[] = {
#define FORMAT(at, magic, what, advice) {at, magic, sizeof magic - 1, what, advice},
#include "tools/formats.def"
#undef FORMAT
};

static bool magic_fits(const Format *format, const u8 *bytes, size_t size)
{
    if (size < format->at || size - format->at < format->magic_size) return false;
    bool any_case = format->magic[0] == '<';
    for (size_t i = 0; i < format->magic_size; i++) {
        u8 want = (u8)format->magic[i], got = bytes[format->at + i];
        if (any_case && got >= 'A' && got <= 'Z') got = (u8)(got - 'A' + 'a');
        if (want != got && want != '?') return false;
    }
    return true;
}

// Names what the file is if it is no module; false if it may be one.
static bool complain_foreign(const Input *in)
{
    if (in->size == 0) {
        complain(in->name, "the file is empty");
        return true;
    }
    size_t at = in->bytes[0] < 0x80 ? skip_preamble(in) : 0;
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        const Format *f = &formats[i];
        if (!magic_fits(f, in->bytes, in->size) &&
            !magic_fits(f, in->bytes + at, in->size - at)) {
            continue;
        }
        complain(in->name, "this is %s", f->what);
        advise("%s", f->advice);
        return true;
    }
    return false;
}

// A script has commands around its modules: `weft wast` runs those.
static bool complain_script(const Input *in)
{
    size_t size = strlen(in->name);
    if (size < 5 || strcmp(in->name + size - 5, ".wast") != 0) return false;
    static const char command[] = "(assert_";
    for (size_t i = 0; i + sizeof command - 1 <= in->size; i++) {
        if (memcmp(in->bytes + i, command, sizeof command - 1) != 0) continue;
        complain(in->name, "this is a script of modules and assertions, not one module");
        advise("run it with: weft wast %s", in->name);
        return true;
    }
    return false;
}

// --- text --------------------------------------------------------------------------

// "weft: FILE:3:14: unknown local $y", then the line and a caret below the place.
void complain_wat(const char *name, const weft_wat_error *error)
{
    char place[512];
    snprintf(place, sizeof place, "%s:%u:%u", name, (unsigned)error->line,
             (unsigned)error->column);
    complain(error->line ? place : name, "%s", error->text);
    for (const char *line = error->excerpt; *line;) {
        int size = (int)strcspn(line, "\n");
        complain_more("%.*s", size, line);
        line += size + (line[size] == '\n');
    }
}

void complain_text(const char *name, const char *text, size_t size, bool names,
                   const weft_error *error)
{
    weft_wat_options options = WEFT_WAT_OPTIONS_INIT;
    weft_wat_error place = WEFT_WAT_ERROR_INIT;
    options.names = names;
    if (!weft_wat_locate(text, size, &options, error->offset, &place)) {
        complain_error(name, error);
        return;
    }
    snprintf(place.text, sizeof place.text, "%s", error->text);
    complain_wat(name, &place);
    if (error->hint[0]) advise("%s", error->hint);
}

static bool translate_text(Input *input)
{
    weft_wat_options options = WEFT_WAT_OPTIONS_INIT;
    weft_wat_error error = WEFT_WAT_ERROR_INIT;
    u8 *bytes;
    size_t size;
    options.names = true;
    bool good = weft_wat2wasm((const char *)input->bytes, input->size, &options, &bytes, &size,
                              &error);
    if (!good) {
        complain_wat(input->name, &error);
        return false;
    }
    input->text = (char *)input->bytes, input->text_size = input->size;
    input->bytes = bytes, input->size = size, input->translated = true;
    return true;
}

static bool recognise_module(Input *input)
{
    bool good = true;
    if (input->size >= 8 && memcmp(input->bytes, "\0asm\1\0\0\0", 8) == 0) return true;
    if (weft_wat_is_text(input->bytes, input->size)) {
        good = !complain_script(input) && translate_text(input);
    } else {
        good = !complain_foreign(input);
    }
    if (!good) input_free(input);
    return good;
}

bool input_read_module(Input *input, const char *path)
{
    return input_read(input, path) && recognise_module(input);
}

bool input_read_program(Input *input, const char *path)
{
    return input_read_as(input, path, true) && recognise_module(input);
}

// --- sections ----------------------------------------------------------------------

// u32 in LEB128.                                               spec: binary-int
static bool read_leb(const u8 *bytes, size_t size, size_t *at, u32 *value)
{
    u64 sum = 0;
    for (u32 shift = 0; shift < 35 && *at < size; shift += 7) {
        u8 byte = bytes[(*at)++];
        sum |= (u64)(byte & 0x7f) << shift;
        if (byte & 0x80) continue;
        *value = (u32)sum;
        return sum <= UINT32_MAX;
    }
    return false;
}

// section ::= id:byte size:u32 contents                        spec: binary-section
bool section_next(const u8 *bytes, size_t size, size_t *at, SectionView *section)
{
    u32 length, name_size;
    if (*at == 0) {
        if (size < 8 || memcmp(bytes, "\0asm\1\0\0\0", 8) != 0) return false;
        *at = 8;
    }
    if (*at >= size) return false;
    *section = (SectionView){.offset = *at, .id = bytes[*at]};
    (*at)++;
    if (!read_leb(bytes, size, at, &length) || length > size - *at) return false;
    size_t contents = *at, end = contents + length;
    if (section->id == 0) {
        if (!read_leb(bytes, end, &contents, &name_size) || name_size > end - contents) {
            return false;
        }
        section->name = (weft_name){(const char *)bytes + contents, name_size};
        contents += name_size;
    }
    section->contents = bytes + contents;
    section->size = end - contents;
    *at = end;
    return true;
}

bool input_read_debug(Input *input)
{
    if (!input->partial) return true;
    FILE *file = fopen(input->name, "rb");
    bool good = file != NULL;
    SectionView section;
    size_t at = 0;
    while (good && section_next(input->bytes, input->size, &at, &section)) {
        if (section.id != 0 || section.name.size < 7 || memcmp(section.name.data, ".debug_", 7) != 0) {
            continue;
        }
        size_t from = (size_t)(section.contents - input->bytes);
        good = from <= LONG_MAX && fseek(file, (long)from, SEEK_SET) == 0 &&
               fread(input->bytes + from, 1, section.size, file) == section.size;
    }
    if (file) fclose(file);
    input->partial = !good;
    return good;
}
