// names.c -- the name section.
//                                                       spec: binary-namesec
// SPDX-License-Identifier: MIT
#include "loader/names.h"

#include <stdio.h>

#include "loader/load.h"

// namesec ::= section_0(name:"name" subsection*)            spec: binary-namesubsection
// Stops at what it cannot read.
void decode_names(Module *m)
{
    const Custom *custom = module_find_custom(m, "name", 0);
    if (!custom) return;
    Reader r = span_reader(m, custom->bytes);
    while (reader_left(&r)) {
        u8 id = read_byte(&r);
        u32 size = read_count(&r);
        Span span = {reader_offset(&r), size};
        if (!read_bytes(&r, size) || !reader_ok(&r)) break;
        if (id < COUNT_OF(m->names)) m->names[id] = span;
    }
    if (m->names[NAMES_MODULE].size) {
        Reader name = span_reader(m, m->names[NAMES_MODULE]);
        m->name = read_name(&name);
    }
}

// namemap ::= list(idx name); indirect ones list an idx and a namemap.
//                                   spec: binary-namemap, binary-indirectnamemap
NameWalk names_walk(const Module *m, NameKind kind)
{
    NameWalk walk = {.reader = span_reader(m, m->names[kind])};
    walk.nested = kind == NAMES_LOCAL || kind == NAMES_LABEL || kind == NAMES_FIELD;
    if (kind != NAMES_MODULE && m->names[kind].size) walk.left = read_count(&walk.reader);
    return walk;
}

bool names_next(NameWalk *walk)
{
    Reader *r = &walk->reader;
    while (walk->nested && walk->inner_left == 0) {
        if (walk->left == 0 || !reader_ok(r)) return false;
        walk->left--;
        walk->outer = read_u32(r);
        walk->inner_left = read_count(r);
    }
    u32 *left = walk->nested ? &walk->inner_left : &walk->left;
    if (*left == 0) return false;
    (*left)--;
    walk->index = read_u32(r);
    walk->name = read_name(r);
    if (!reader_ok(r)) walk->left = walk->inner_left = 0;
    return reader_ok(r);
}

Name module_item_name(const Module *m, NameKind kind, u32 index)
{
    NameWalk walk = names_walk(m, kind);
    while (names_next(&walk))
        if (!walk.nested && walk.index == index) return walk.name;
    return (Name){0};
}

Name module_inner_name(const Module *m, NameKind kind, u32 outer, u32 inner)
{
    NameWalk walk = names_walk(m, kind);
    while (names_next(&walk))
        if (walk.nested && walk.outer == outer && walk.index == inner) return walk.name;
    return (Name){0};
}

// Appends a name at `at`, as far as there is room; returns the length it wants.
static size_t append_name(char *buffer, size_t size, size_t at, Name name)
{
    for (u32 i = 0; i < name.size; i++, at++)
        if (at + 1 < size) {
            u8 byte = name.bytes[i];
            buffer[at] = byte < 0x20 || byte == 0x7f ? '.' : (char)byte;
        }
    if (size) buffer[at < size ? at : size - 1] = 0;
    return at;
}

size_t func_display_name(const Module *m, u32 func_index, char *buffer, size_t size)
{
    Name name = module_item_name(m, NAMES_FUNC, func_index);
    if (name.size) return append_name(buffer, size, 0, name);
    const Func *func = &m->funcs[func_index];
    if (func->import != NO_INDEX) {
        const Import *import = &m->imports[func->import];
        size_t at = append_name(buffer, size, 0, import->module);
        at = append_name(buffer, size, at, (Name){(const u8 *)".", 1});
        return append_name(buffer, size, at, import->name);
    }
    for (u32 i = 0; i < m->export_count; i++) {
        const Export *export = &m->exports[i];
        if (export->kind == EXTERN_FUNC && export->index == func_index)
            return append_name(buffer, size, 0, export->name);
    }
    int length = snprintf(buffer, size, "func[%u]", (unsigned)func_index);
    return length < 0 ? 0 : (size_t)length;
}
