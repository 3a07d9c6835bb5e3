// places.c -- from an offset in the assembled module back to the source.
//
// The validator speaks of offsets in bytes, the author of the text thinks in lines. Each
// instruction leaves a place when it is written, and each field one in every section, for
// what is no instruction; the last place before an offset is the answer.
// SPDX-License-Identifier: MIT
#include "tools/wat/parser.h"

static void add_place(Parser *p, u32 section, size_t offset, u32 source)
{
    if (!parser_reserve(p, &p->places, p->place_count, &p->place_room, sizeof *p->places)) return;
    p->places[p->place_count++] =
        (SourcePlace){.section = (u8)section, .offset = (u32)offset, .source = source};
}

// Function bodies are collected apart, and settled when it is known where they go. Constant
// expressions go straight into their section, except those of element segments.
void note_place(Parser *p, const Bytes *code, u32 source)
{
    if (!p->options.sought) return;
    if (code == &p->body) add_place(p, SECTION_CODE, code->size, source);
    for (u32 id = 0; id < SECTION_COUNT; id++)
        if (code == &p->sections[id]) add_place(p, id, code->size, source);
}

void note_field_place(Parser *p, u32 source)
{
    if (!p->options.sought) return;
    for (u32 id = 0; id < SECTION_COUNT; id++) add_place(p, id, p->sections[id].size, source);
}

void settle_body_places(Parser *p, u32 first, size_t offset)
{
    for (u32 i = first; i < p->place_count; i++) p->places[i].offset += (u32)offset;
}

void find_place(const Parser *p, Sought *sought)
{
    for (u32 i = 0; i < p->place_count; i++) {
        const SourcePlace *place = &p->places[i];
        u64 from = p->section_at[place->section];
        u64 end = from + p->sections[place->section].size;
        if (from == 0 || sought->offset < from + place->offset || sought->offset >= end) continue;
        sought->source = place->source;
        sought->found = true;
    }
}
