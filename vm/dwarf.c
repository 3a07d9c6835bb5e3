// dwarf.c -- runs line tables of DWARF versions 2 to 5.
//
// The names below are the DWARF standard's (chapter 6.2, "Line Number Information").
// SPDX-License-Identifier: MIT
#include "vm/dwarf.h"

enum { CODE_SECTION = 10 };

enum {  // standard opcodes
    LNS_COPY = 1,
    LNS_ADVANCE_PC,
    LNS_ADVANCE_LINE,
    LNS_SET_FILE,
    LNS_SET_COLUMN,
    LNS_NEGATE_STMT,
    LNS_SET_BASIC_BLOCK,
    LNS_CONST_ADD_PC,
    LNS_FIXED_ADVANCE_PC
};

enum { LNE_END_SEQUENCE = 1, LNE_SET_ADDRESS = 2 };  // extended opcodes

enum { LNCT_PATH = 1, LNCT_DIRECTORY_INDEX = 2 };  // contents of a version 5 entry

enum {  // forms of a version 5 entry's contents
    FORM_BLOCK = 0x09,
    FORM_DATA1 = 0x0b,
    FORM_DATA2 = 0x05,
    FORM_DATA4 = 0x06,
    FORM_DATA8 = 0x07,
    FORM_DATA16 = 0x1e,
    FORM_LINE_STRP = 0x1f,
    FORM_STRING = 0x08,
    FORM_STRP = 0x0e,
    FORM_UDATA = 0x0f
};

typedef struct LineUnit {
    const Module *m;
    Reader tables;       // at the directories; version 5: at their format
    u32 version;
    bool wide;           // 64-bit DWARF: offsets take 8 bytes
    u8 min_length;
    s8 line_base;
    u8 line_range, opcode_base;
    const u8 *lengths;   // operands of each standard opcode
} LineUnit;

// A row of the table, and the registers of the machine that makes it.
typedef struct LineRow {
    u64 address;
    u64 file;
    u32 line, column;
} LineRow;

// What was found so far: the row covering the address in the sequence that starts nearest
// below it. Sequences of functions the linker dropped start at 0 and lose that way.
typedef struct LineBest {
    bool found;
    u64 start;
    LineRow row;
} LineBest;

// --- Bytes -------------------------------------------------------------------------------

static u64 dwarf_fixed(Reader *r, u32 size)
{
    const u8 *p = read_bytes(r, size);
    u64 value = 0;
    for (u32 i = 0; p != NULL && i < size && i < 8; i++) value |= (u64)p[i] << (8 * i);
    return value;
}

static weft_name dwarf_string(Reader *r)
{
    const u8 *start = r->at;
    while (reader_left(r) != 0 && *r->at != 0) r->at++;
    weft_name name = {(const char *)start, (size_t)(r->at - start)};
    read_byte(r);
    return name;
}

// The string at `at` of another debug section.
static weft_name dwarf_string_in(const Module *m, const char *section, u64 at)
{
    const Custom *custom = module_find_custom(m, section, 0);
    if (custom == NULL || at >= custom->bytes.size) return (weft_name){0};
    Reader r = reader_of(m->bytes, custom->bytes.at + (u32)at, custom->bytes.at + custom->bytes.size);
    return dwarf_string(&r);
}

// --- Directories and files -------------------------------------------------------------------

// One piece of a version 5 entry: a string or a number, as its form says.
static bool dwarf_content(const LineUnit *unit, Reader *r, u64 form, weft_name *text, u64 *number)
{
    switch (form) {
    case FORM_STRING: *text = dwarf_string(r); return true;
    case FORM_LINE_STRP:
        *text = dwarf_string_in(unit->m, ".debug_line_str", dwarf_fixed(r, unit->wide ? 8 : 4));
        return true;
    case FORM_STRP:
        *text = dwarf_string_in(unit->m, ".debug_str", dwarf_fixed(r, unit->wide ? 8 : 4));
        return true;
    case FORM_UDATA: *number = read_u64(r); return true;
    case FORM_DATA1: *number = dwarf_fixed(r, 1); return true;
    case FORM_DATA2: *number = dwarf_fixed(r, 2); return true;
    case FORM_DATA4: *number = dwarf_fixed(r, 4); return true;
    case FORM_DATA8: *number = dwarf_fixed(r, 8); return true;
    case FORM_DATA16: read_bytes(r, 16); return true;
    case FORM_BLOCK: read_bytes(r, read_u32(r)); return true;
    default: return false;  // how long it is nobody can tell
    }
}

// Reads a list of version 5 entries; `name` and `directory` become those of entry `wanted`.
static bool dwarf_entries(const LineUnit *unit, Reader *r, u64 wanted, weft_name *name,
                          u64 *directory)
{
    u32 format_count = read_byte(r);
    Reader formats = *r;
    for (u32 i = 0; i < format_count; i++) read_u64(r), read_u64(r);
    u64 count = read_u64(r);
    for (u64 i = 0; i < count && reader_ok(r) && reader_left(r) != 0; i++) {
        Reader f = formats;
        for (u32 k = 0; k < format_count; k++) {
            u64 content = read_u64(&f), form = read_u64(&f), number = 0;
            weft_name text = {0};
            if (!dwarf_content(unit, r, form, &text, &number)) return false;
            if (i != wanted) continue;
            if (content == LNCT_PATH) *name = text;
            if (content == LNCT_DIRECTORY_INDEX) *directory = number;
        }
    }
    return reader_ok(r);
}

// Before version 5: strings up to an empty one, then files with three numbers each; both
// count from 1.
static void dwarf_old_file(const LineUnit *unit, u64 file, weft_source *source)
{
    Reader r = unit->tables;
    u64 directory = 0;
    while (reader_left(&r) != 0 && dwarf_string(&r).size != 0) {}
    for (u64 i = 1; reader_left(&r) != 0; i++) {
        weft_name name = dwarf_string(&r);
        if (name.size == 0) return;
        u64 in = read_u64(&r);
        read_u64(&r), read_u64(&r);
        if (i != file) continue;
        source->file = name;
        directory = in;
        break;
    }
    r = unit->tables;
    for (u64 i = 1; reader_left(&r) != 0; i++) {
        weft_name name = dwarf_string(&r);
        if (name.size == 0) return;
        if (i == directory) source->directory = name;
    }
}

static void dwarf_file(const LineUnit *unit, u64 file, weft_source *source)
{
    if (unit->version < 5) {
        dwarf_old_file(unit, file, source);
        return;
    }
    Reader r = unit->tables;
    u64 directory = 0, unused = 0;
    weft_name none;
    if (!dwarf_entries(unit, &r, UINT64_MAX, &none, &unused)) return;
    if (!dwarf_entries(unit, &r, file, &source->file, &directory)) return;
    r = unit->tables;
    dwarf_entries(unit, &r, directory, &source->directory, &unused);
}

// --- The line program --------------------------------------------------------------------------

// Runs a unit's program and notes the row that covers `address`.
typedef struct LineMachine {
    const LineUnit *unit;
    u64 address;  // asked for
    LineRow now, last;
    u64 start;    // of the sequence
    bool in_sequence;
    LineBest best;
} LineMachine;

static void machine_reset(LineMachine *machine)
{
    machine->now = (LineRow){.file = 1, .line = 1};
    machine->in_sequence = false;
}

// A row ends the stretch of the one before it.
static void machine_row(LineMachine *machine, bool ends)
{
    if (!machine->in_sequence) {
        machine->in_sequence = true;
        machine->start = machine->now.address;
    } else if (machine->last.address <= machine->address &&
               machine->address < machine->now.address &&
               (!machine->best.found || machine->start >= machine->best.start)) {
        machine->best = (LineBest){true, machine->start, machine->last};
    }
    machine->last = machine->now;
    if (ends) machine_reset(machine);
}

static void machine_advance(LineMachine *machine, u64 operations)
{
    machine->now.address += operations * machine->unit->min_length;
}

static void machine_extended(LineMachine *machine, Reader *r)
{
    u32 size = read_u32(r);
    if (size == 0 || size > reader_left(r)) {
        r->at = r->end;
        return;
    }
    const u8 *next = r->at + size;
    switch (read_byte(r)) {
    case LNE_END_SEQUENCE: machine_row(machine, true); break;
    case LNE_SET_ADDRESS: machine->now.address = dwarf_fixed(r, size - 1); break;
    default: break;
    }
    r->at = next;
}

static void machine_standard(LineMachine *machine, Reader *r, u8 opcode)
{
    const LineUnit *unit = machine->unit;
    switch (opcode) {
    case LNS_COPY: machine_row(machine, false); return;
    case LNS_ADVANCE_PC: machine_advance(machine, read_u64(r)); return;
    case LNS_ADVANCE_LINE: machine->now.line += (u32)read_s64(r); return;
    case LNS_SET_FILE: machine->now.file = read_u64(r); return;
    case LNS_SET_COLUMN: machine->now.column = (u32)read_u64(r); return;
    case LNS_CONST_ADD_PC:
        machine_advance(machine, (255u - unit->opcode_base) / unit->line_range);
        return;
    case LNS_FIXED_ADVANCE_PC: machine->now.address += dwarf_fixed(r, 2); return;
    default:
        for (u8 i = 0; i < unit->lengths[opcode - 1]; i++) read_u64(r);
    }
}

static void machine_run(LineMachine *machine, Reader *r)
{
    const LineUnit *unit = machine->unit;
    machine_reset(machine);
    while (reader_ok(r) && reader_left(r) != 0) {
        u8 opcode = read_byte(r);
        if (opcode >= unit->opcode_base) {
            u32 special = opcode - unit->opcode_base;
            machine_advance(machine, special / unit->line_range);
            machine->now.line += (u32)(unit->line_base + (s32)(special % unit->line_range));
            machine_row(machine, false);
        } else if (opcode == 0) {
            machine_extended(machine, r);
        } else {
            machine_standard(machine, r, opcode);
        }
    }
}

// The header of a unit; on success `r` stands at its program.
static bool unit_header(LineUnit *unit, Reader *r)
{
    unit->version = (u32)dwarf_fixed(r, 2);
    if (unit->version < 2 || unit->version > 5) return false;
    if (unit->version == 5) read_bytes(r, 2);  // sizes of addresses and segments
    u64 header = dwarf_fixed(r, unit->wide ? 8 : 4);
    if (!reader_ok(r) || header > reader_left(r)) return false;
    const u8 *program = r->at + header;
    unit->min_length = read_byte(r);
    if (unit->version >= 4) read_byte(r);  // operations of an instruction: 1 but on VLIW
    read_byte(r);
    unit->line_base = (s8)read_byte(r);
    unit->line_range = read_byte(r);
    unit->opcode_base = read_byte(r);
    if (!reader_ok(r) || unit->line_range == 0 || unit->opcode_base == 0) return false;
    unit->lengths = read_bytes(r, unit->opcode_base - 1u);
    if (!reader_ok(r) || r->at > program) return false;
    unit->tables = *r;
    unit->tables.end = program;
    r->at = program;
    return true;
}

bool dwarf_find(const Module *m, u64 offset, weft_source *source)
{
    const Custom *custom = module_find_custom(m, ".debug_line", 0);
    Span code = m->sections[CODE_SECTION];
    if (custom == NULL || offset < code.at || offset - code.at >= code.size) return false;
    Reader all = span_reader(m, custom->bytes);
    LineMachine machine = {.address = offset - code.at};
    LineUnit unit, best_unit = {0};
    while (reader_ok(&all) && reader_left(&all) >= 4) {
        unit = (LineUnit){.m = m};
        u64 size = dwarf_fixed(&all, 4);
        if (size == 0xffffffffu) {
            unit.wide = true;
            size = dwarf_fixed(&all, 8);
        }
        if (!reader_ok(&all) || size > reader_left(&all)) break;
        Reader r = all;
        r.end = r.at + size;
        all.at += size;
        if (!unit_header(&unit, &r)) continue;
        machine.unit = &unit;
        LineBest before = machine.best;
        machine_run(&machine, &r);
        if (machine.best.found && (!before.found || machine.best.start != before.start)) {
            best_unit = unit;
        }
    }
    if (!machine.best.found) return false;
    *source = (weft_source){.line = machine.best.row.line, .column = machine.best.row.column};
    dwarf_file(&best_unit, machine.best.row.file, source);
    return true;
}
