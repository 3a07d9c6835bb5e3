// inspect_code.c -- `weft inspect --code FUNC`: a function, and what it becomes.
//
// The one place of the program that looks into the execution core. On the left are the
// instructions as they are written, on the right the cells of slot code that the translator
// made of them; docs/INTERPRETER.md explains how to read those. Most instructions have no
// cell of their own: that is the point of the translation.
// SPDX-License-Identifier: MIT
#include "tools/inspect.h"

#include <stdio.h>
#include <stdlib.h>

#include "tools/wat/print.h"
#include "vm/exec.h"

// The cells as exec_print_code tells them: each line begins with the offset of the
// instruction it came from, in hexadecimal.
typedef struct CellLine {
    u32 at;
    char *text;
} CellLine;

typedef struct CellLines {
    CellLine *lines;
    u32 count;
    bool failed;
} CellLines;

static void collect_cell(void *context, const char *text)
{
    CellLines *cells = context;
    CellLine *lines = realloc(cells->lines, (cells->count + 1) * sizeof *lines);
    if (lines) cells->lines = lines;
    char *rest;
    u32 at = (u32)strtoul(text, &rest, 16);
    char *copy = malloc(strlen(rest) + 1);
    if (!lines || !copy) {
        free(copy);
        cells->failed = true;
        return;
    }
    lines[cells->count++] = (CellLine){at, strcpy(copy, rest)};
}

static void free_cells(CellLines *cells)
{
    for (u32 i = 0; i < cells->count; i++) free(cells->lines[i].text);
    free(cells->lines);
}

// One row: offset and instruction, then a cell; either may be missing.
static void print_row(u32 at, const char *instr, int size, const char *cell)
{
    char left[64] = "";
    if (instr) snprintf(left, sizeof left, "0x%06x %.*s", (unsigned)at, size, instr);
    if (cell) {
        printf("  %-48s |%s\n", left, cell);
    } else {
        printf("  %s\n", left);
    }
}

// Takes the next line of the printed body that is an instruction: declarations of locals and
// annotations have lines of their own. At the end it is the `end` that the text leaves out.
static const char *next_body_line(const char **body, int *size)
{
    for (;;) {
        while (**body == '\n') ++*body;
        const char *line = *body;
        if (!*line) {
            *size = 3;
            return "end";
        }
        *size = (int)strcspn(line, "\n");
        *body += *size;
        size_t blank = strspn(line, " ");
        if (line[blank] == '(') continue;
        // The printer indents for a function inside a module.
        size_t less = blank < 4 ? blank : 4;
        *size -= (int)less;
        return line + less;
    }
}

static void print_side_by_side(const Module *m, u32 index, const char *body, const CellLines *cells)
{
    InstrScratch scratch = {.allocator = &allocator_libc};
    Reader r = span_reader(m, m->funcs[index].code);
    for (u32 runs = read_u32(&r); runs; runs--) read_local_run(&r, m);
    u32 cell = 0, start = reader_offset(&r);
    while (cell < cells->count && cells->lines[cell].at < start) {
        print_row(0, NULL, 0, cells->lines[cell++].text);
    }
    Instr i;
    while (reader_left(&r) && read_instr(&r, m->features, &scratch, &i)) {
        int size;
        const char *line = next_body_line(&body, &size);
        bool first = true;
        do {
            bool own = cell < cells->count && cells->lines[cell].at < i.end;
            print_row(i.at, first ? line : NULL, size, own ? cells->lines[cell++].text : NULL);
            first = false;
        } while (cell < cells->count && cells->lines[cell].at < i.end);
    }
    while (cell < cells->count) print_row(0, NULL, 0, cells->lines[cell++].text);
    instr_scratch_free(&scratch);
}

static bool print_both(const Module *m, u32 index, const CellLines *cells)
{
    Bytes out;
    bytes_init(&out, &allocator_libc);
    Printer p = {.allocator = &allocator_libc, .m = m, .out = &out,
                 .scratch = {.allocator = &allocator_libc}};
    arena_init(&p.arena, p.allocator);
    print_names_init(&p);
    start_function_names(&p, index);
    print_body(&p, &m->funcs[index]);
    bytes_byte(&out, 0);
    bool good = !p.failed && !out.failed;
    if (good) print_side_by_side(m, index, (const char *)out.data, cells);
    bytes_free(&out);
    print_names_free(&p);
    instr_scratch_free(&p.scratch);
    return good;
}

int inspect_code(const Input *input, weft_module *module, const Module *m, const char *which)
{
    char name[200];
    u32 index = inspect_find_function(input, m, which);
    if (index == NO_INDEX) return EXIT_USAGE;
    func_display_name(m, index, name, sizeof name);
    if (m->funcs[index].import != NO_INDEX) {
        complain(input->name, "'%s' is imported: it has no code here", name);
        return EXIT_USAGE;
    }
    printf("%s, function %u, %u bytes at 0x%x\n", name, (unsigned)index,
           (unsigned)m->funcs[index].code.size, (unsigned)m->funcs[index].code.at);
    CellLines cells = {0};
    bool good = exec_print_code(module, index, collect_cell, &cells) && !cells.failed &&
                print_both(m, index, &cells);
    free_cells(&cells);
    if (good) return EXIT_FINE;
    complain(input->name, "this function cannot be shown: out of memory");
    return EXIT_REFUSED;
}
