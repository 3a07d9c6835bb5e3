// print_names.c -- what things are called in printed text.
//
// The name section gives names; the text wants identifiers, which differ from each other.
// A name that is taken gets its index behind it, and an annotation that keeps it exact.
//                                                       spec: binary-namesec, text-id
// SPDX-License-Identifier: MIT
#include "loader/reader.h"
#include "tools/wat/lexer.h"
#include "tools/wat/number.h"
#include "tools/wat/print.h"

// --- strings -------------------------------------------------------------------------

static void print_escape(Bytes *out, u8 byte)
{
    static const char digits[] = "0123456789abcdef";
    bytes_byte(out, '\\');
    bytes_byte(out, (u8)digits[byte >> 4]);
    bytes_byte(out, (u8)digits[byte & 15]);
}

// string ::= '"' ... '"': what is printable stays as it is, UTF-8 too.  spec: text-string
void print_string(Bytes *out, const u8 *bytes, size_t size)
{
    bytes_byte(out, '"');
    for (const u8 *at = bytes, *end = bytes + size; at < end;) {
        u32 n = utf8_sequence(at, end);
        if (n == 0 || *at < 0x20 || *at == 0x7f) {
            print_escape(out, *at++);
            continue;
        }
        if (*at == '"' || *at == '\\') bytes_byte(out, '\\');
        bytes_add(out, at, n);
        at += n;
    }
    bytes_byte(out, '"');
}

static bool is_plain_id(const u8 *name, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!is_idchar(name[i])) return false;
    return size > 0;
}

// --- identifiers ---------------------------------------------------------------------

static u32 hash_id(const char *id)
{
    u32 h = 2166136261u;
    for (; *id; id++) h = (h ^ (u8)*id) * 16777619u;
    return h ^ h >> 15;
}

static void empty_ids(Printer *p)
{
    if (p->ids.slots) memset(p->ids.slots, 0, p->ids.slot_count * sizeof *p->ids.slots);
    p->ids.count = 0;
}

// Adds an id to the present space; false if it is taken (or memory runs out).
static bool add_id(Printer *p, const char *id)
{
    IdSet *set = &p->ids;
    if (set->count * 2 >= set->slot_count) {
        u32 count = set->slot_count ? set->slot_count * 2 : 64;
        const char **slots = allocator_take_zeroed(p->allocator, count * sizeof *slots);
        if (!slots) {
            p->failed = true;
            return false;
        }
        for (u32 i = 0; i < set->slot_count; i++) {
            if (!set->slots[i]) continue;
            u32 slot = hash_id(set->slots[i]);
            while (slots[slot % count]) slot++;
            slots[slot % count] = set->slots[i];
        }
        allocator_free(p->allocator, set->slots, set->slot_count * sizeof *set->slots);
        set->slots = slots, set->slot_count = count;
    }
    u32 slot = hash_id(id);
    for (; set->slots[slot % set->slot_count]; slot++)
        if (strcmp(set->slots[slot % set->slot_count], id) == 0) return false;
    set->slots[slot % set->slot_count] = id;
    set->count++;
    return true;
}

// The id for a name, with a suffix unless that is NULL; in the arena.
static const char *make_id(Printer *p, Name name, const char *suffix)
{
    Bytes id;
    bytes_init(&id, p->allocator);
    bytes_byte(&id, '$');
    Bytes whole;
    bytes_init(&whole, p->allocator);
    bytes_add(&whole, name.bytes, name.size);
    if (suffix) bytes_byte(&whole, '.'), bytes_text(&whole, suffix);
    if (is_plain_id(whole.data, whole.size)) bytes_add(&id, whole.data, whole.size);
    else print_string(&id, whole.data, whole.size);
    bytes_byte(&id, 0);
    char *copy = id.failed || whole.failed ? NULL : arena_alloc(&p->arena, id.size, 1);
    if (copy) memcpy(copy, id.data, id.size);
    else p->failed = true;
    bytes_free(&whole);
    bytes_free(&id);
    return copy;
}

// Chooses an id for item `index` unlike those already given in this space.
static PrintName choose_id(Printer *p, Name name, u32 index)
{
    PrintName chosen = {0};
    if (name.size > 0) {
        chosen.id = make_id(p, name, NULL);
        if (chosen.id && add_id(p, chosen.id)) return chosen;
    }
    chosen.exact = name;
    char number[NUMBER_TEXT_MAX];
    print_u64(number, index);
    chosen.id = make_id(p, name, number);
    if (chosen.id && !add_id(p, chosen.id)) chosen.id = NULL;
    return chosen;
}

static void read_space_names(Printer *p, NameKind kind, u32 count)
{
    PrintName *names = ARENA_NEW(&p->arena, count, PrintName);
    if (!names) {
        p->failed = true;
        return;
    }
    empty_ids(p);
    NameWalk walk = names_walk(p->m, kind);
    while (!p->failed && names_next(&walk))
        if (walk.index < count && !names[walk.index].id && names[walk.index].exact.bytes == NULL)
            names[walk.index] = choose_id(p, walk.name, walk.index);
    p->names[kind] = names;
}

void print_names_init(Printer *p)
{
    const Module *m = p->m;
    read_space_names(p, NAMES_FUNC, m->func_count);
    read_space_names(p, NAMES_TYPE, m->type_count);
    read_space_names(p, NAMES_TABLE, m->table_count);
    read_space_names(p, NAMES_MEMORY, m->memory_count);
    read_space_names(p, NAMES_GLOBAL, m->global_count);
    read_space_names(p, NAMES_ELEM, m->elem_count);
    read_space_names(p, NAMES_DATA, m->data_count);
    read_space_names(p, NAMES_TAG, m->tag_count);
    p->local_walk = names_walk(m, NAMES_LOCAL);
    p->label_walk = names_walk(m, NAMES_LABEL);
    p->field_walk = names_walk(m, NAMES_FIELD);
    // Each walk stands on the first name, or past the last with outer = NO_INDEX.
    if (!names_next(&p->local_walk)) p->local_walk.outer = NO_INDEX;
    if (!names_next(&p->label_walk)) p->label_walk.outer = NO_INDEX;
    if (!names_next(&p->field_walk)) p->field_walk.outer = NO_INDEX;
}

void print_names_free(Printer *p)
{
    allocator_free(p->allocator, p->ids.slots, p->ids.slot_count * sizeof *p->ids.slots);
    allocator_free(p->allocator, p->locals, p->local_room * sizeof *p->locals);
    allocator_free(p->allocator, p->label_names, p->label_name_room * sizeof *p->label_names);
    allocator_free(p->allocator, p->labels, p->label_room * sizeof *p->labels);
    arena_free(&p->arena);
}

// Functions and types are met in order, and so are their names in a sane section: what
// belongs to `outer` is next. Names out of order are left out.
static void read_inner_names(Printer *p, NameWalk *walk, u32 outer, bool unique,
                             PrintName **names, u32 *count, u32 *room)
{
    *count = 0;
    if (unique) empty_ids(p);
    while (walk->outer < outer)
        if (!names_next(walk)) walk->outer = NO_INDEX;
    while (!p->failed && walk->outer == outer && outer != NO_INDEX) {
        // Gaps between the numbers are filled, but not for a number out of thin air.
        bool near = walk->index < *count + 65536;
        while (near && *count <= walk->index) {
            PrintName *all = array_reserve(p->allocator, *names, *count, room, sizeof *all);
            if (!all) {
                p->failed = true;
                return;
            }
            *names = all;
            all[(*count)++] = (PrintName){0};
        }
        if (near && !(*names)[walk->index].id) {
            (*names)[walk->index] =
                unique ? choose_id(p, walk->name, walk->index)
                       : (PrintName){.id = walk->name.size ? make_id(p, walk->name, NULL) : NULL};
        }
        if (!names_next(walk)) walk->outer = NO_INDEX;
    }
}

void start_function_names(Printer *p, u32 func_index)
{
    read_inner_names(p, &p->local_walk, func_index, true, &p->locals, &p->local_count,
                     &p->local_room);
    read_inner_names(p, &p->label_walk, func_index, false, &p->label_names,
                     &p->label_name_count, &p->label_name_room);
}

void start_field_names(Printer *p, u32 type_index)
{
    read_inner_names(p, &p->field_walk, type_index, true, &p->locals, &p->local_count,
                     &p->local_room);
}

// --- printing them -------------------------------------------------------------------

const PrintName *print_inner_name(const Printer *p, u32 index)
{
    return index < p->local_count && p->locals[index].id ? &p->locals[index] : NULL;
}

void print_ref_id(Printer *p, NameKind kind, u32 index)
{
    const char *id = p->names[kind] ? p->names[kind][index].id : NULL;
    if (id) print_text(p, id);
    else print_number(p, index);
}

void print_local(Printer *p, u32 index)
{
    const PrintName *name = print_inner_name(p, index);
    if (name) print_text(p, name->id);
    else print_number(p, index);
}

void print_exact_name(Printer *p, const PrintName *name)
{
    if (!name->exact.bytes) return;
    print_text(p, " (@name ");
    print_string(p->out, name->exact.bytes, name->exact.size);
    print_text(p, ")");
}

void print_definition_id(Printer *p, NameKind kind, u32 index)
{
    const PrintName *name = p->names[kind] ? &p->names[kind][index] : NULL;
    if (name && name->id) print_text(p, " "), print_text(p, name->id);
    if (name) print_exact_name(p, name);
    print_text(p, " (;");
    print_number(p, index);
    print_text(p, ";)");
}
