// print_instr.c -- function bodies and constant expressions as text.
//
// One instruction a line, plain, indented by block. Labels are named only if the name
// section names them; otherwise branches count blocks, as the binary does.
//                                                       spec: text-instrs
// SPDX-License-Identifier: MIT
#include "tools/wat/number.h"
#include "tools/wat/print.h"

// Deeper blocks are not indented further: a line cannot be longer than what it holds.
enum { INDENT_MAX = 40 };

static void print_indent(Printer *p, u32 depth)
{
    print_text(p, "\n");
    for (u32 i = 0; i < depth && i < INDENT_MAX; i++) print_text(p, "  ");
}

static void print_space_number(Printer *p, u64 value)
{
    print_text(p, " ");
    print_number(p, value);
}

static void print_space_ref(Printer *p, NameKind kind, u32 index)
{
    print_text(p, " ");
    print_ref_id(p, kind, index);
}

// --- labels --------------------------------------------------------------------------

static void open_printed_label(Printer *p)
{
    const char **all = array_reserve(p->allocator, p->labels, p->label_count, &p->label_room,
                                     sizeof *all);
    if (!all) {
        p->failed = true;
        return;
    }
    p->labels = all;
    u32 number = p->block_count++;
    const char *id = number < p->label_name_count ? p->label_names[number].id : NULL;
    all[p->label_count++] = id;
    if (id) print_text(p, " "), print_text(p, id);
}

// A branch by name, if the nearest block of that name is the one meant.
static void print_label(Printer *p, u32 depth)
{
    const char *id = depth < p->label_count ? p->labels[p->label_count - 1 - depth] : NULL;
    for (u32 i = 0; id && i < depth; i++) {
        const char *inner = p->labels[p->label_count - 1 - i];
        if (inner && strcmp(inner, id) == 0) id = NULL;
    }
    print_text(p, " ");
    if (id) print_text(p, id);
    else print_number(p, depth);
}

// --- immediates ----------------------------------------------------------------------

static void print_float_bits(Printer *p, u64 bits, bool is64)
{
    char text[NUMBER_TEXT_MAX];
    if (is64) print_f64(text, bits);
    else print_f32(text, (u32)bits);
    print_text(p, " ");
    print_text(p, text);
}

static void print_signed(Printer *p, s64 value)
{
    char text[NUMBER_TEXT_MAX];
    print_s64(text, value);
    print_text(p, " ");
    print_text(p, text);
}

static void print_hex32(Printer *p, u32 value)
{
    print_text(p, " 0x");
    for (int shift = 28; shift >= 0; shift -= 4)
        bytes_byte(p->out, (u8)"0123456789abcdef"[value >> shift & 15]);
}

static void print_memarg(Printer *p, const Instr *i)
{
    const MemArg *mem = &i->of.mem;
    if (mem->memory) print_space_ref(p, NAMES_MEMORY, mem->memory);
    if (mem->offset) print_text(p, " offset="), print_number(p, mem->offset);
    if (mem->align_log2 != op_align_log2((Op)i->op))
        print_text(p, " align="), print_number(p, (u64)1 << mem->align_log2);
}

static void print_blocktype(Printer *p, const BlockType *type)
{
    switch ((BlockKind)type->kind) {
    case BLOCK_EMPTY: break;
    case BLOCK_VALUE:
        print_text(p, " (result ");
        print_valtype(p, type->type);
        print_text(p, ")");
        break;
    case BLOCK_INDEX: print_typeuse(p, type->type, false); break;
    }
}

static void print_catches(Printer *p, const Instr *i)
{
    static const char *const words[] = {" (catch", " (catch_ref", " (catch_all",
                                        " (catch_all_ref"};
    for (u32 n = 0; n < i->of.block.catch_count; n++) {
        const Catch *clause = &i->of.block.catches[n];
        print_text(p, words[clause->kind]);
        if (clause->kind == CATCH_TAG || clause->kind == CATCH_TAG_REF)
            print_space_ref(p, NAMES_TAG, clause->tag);
        print_label(p, clause->label);
        print_text(p, ")");
    }
}

// The fields of a structure have names only where it is defined.
static void print_field(Printer *p, const Instr *i)
{
    print_space_ref(p, NAMES_TYPE, i->of.two.first);
    print_space_number(p, i->of.two.second);
}

// Two indices of which the first, printed, is left out when both are plain defaults.
static void print_copy(Printer *p, NameKind kind, const Instr *i)
{
    if (i->of.two.first == 0 && i->of.two.second == 0) return;
    print_space_ref(p, kind, i->of.two.first);
    print_space_ref(p, kind, i->of.two.second);
}

static void print_init(Printer *p, NameKind space, NameKind segment, const Instr *i)
{
    if (i->of.two.second) print_space_ref(p, space, i->of.two.second);
    print_space_ref(p, segment, i->of.two.first);
}

static void print_select_types(Printer *p, const Instr *i)
{
    print_text(p, " (result");
    for (u32 n = 0; n < i->of.select.count; n++) {
        print_text(p, " ");
        print_valtype(p, i->of.select.types[n]);
    }
    print_text(p, ")");
}

static void print_immediates(Printer *p, const Instr *i)
{
    switch ((ImmKind)op_info[i->op].immediate) {
    case IMM_NONE: case IMM_BLOCK: case IMM_TRY_TABLE: case IMM_FENCE: case IMM_COUNT: break;
    case IMM_LABEL: print_label(p, i->of.index); break;
    case IMM_BR_TABLE:
        for (u32 n = 0; n <= i->of.br_table.count; n++) print_label(p, i->of.br_table.labels[n]);
        break;
    case IMM_FUNC: print_space_ref(p, NAMES_FUNC, i->of.index); break;
    case IMM_TYPE: print_space_ref(p, NAMES_TYPE, i->of.index); break;
    case IMM_TAG: print_space_ref(p, NAMES_TAG, i->of.index); break;
    case IMM_LOCAL: print_text(p, " "), print_local(p, i->of.index); break;
    case IMM_GLOBAL: print_space_ref(p, NAMES_GLOBAL, i->of.index); break;
    case IMM_TABLE: print_space_ref(p, NAMES_TABLE, i->of.index); break;
    case IMM_MEMORY:
        if (i->of.index) print_space_ref(p, NAMES_MEMORY, i->of.index);
        break;
    case IMM_DATA: print_space_ref(p, NAMES_DATA, i->of.index); break;
    case IMM_ELEM: print_space_ref(p, NAMES_ELEM, i->of.index); break;
    case IMM_CALL_INDIRECT:
        if (i->of.two.second) print_space_ref(p, NAMES_TABLE, i->of.two.second);
        print_typeuse(p, i->of.two.first, false);
        break;
    case IMM_FIELD: print_field(p, i); break;
    case IMM_TYPE_COUNT:
        print_space_ref(p, NAMES_TYPE, i->of.two.first);
        print_space_number(p, i->of.two.second);
        break;
    case IMM_TYPE_DATA:
        print_space_ref(p, NAMES_TYPE, i->of.two.first);
        print_space_ref(p, NAMES_DATA, i->of.two.second);
        break;
    case IMM_TYPE_ELEM:
        print_space_ref(p, NAMES_TYPE, i->of.two.first);
        print_space_ref(p, NAMES_ELEM, i->of.two.second);
        break;
    case IMM_TYPE_TYPE:
        print_space_ref(p, NAMES_TYPE, i->of.two.first);
        print_space_ref(p, NAMES_TYPE, i->of.two.second);
        break;
    case IMM_MEMORY_INIT: print_init(p, NAMES_MEMORY, NAMES_DATA, i); break;
    case IMM_TABLE_INIT: print_init(p, NAMES_TABLE, NAMES_ELEM, i); break;
    case IMM_MEMORY_COPY: print_copy(p, NAMES_MEMORY, i); break;
    case IMM_TABLE_COPY: print_copy(p, NAMES_TABLE, i); break;
    case IMM_SELECT: print_select_types(p, i); break;
    case IMM_HEAP:
        print_text(p, " ");
        print_heaptype(p, type_heap(i->of.type));
        break;
    case IMM_REF_TYPE:
        print_text(p, " ");
        print_valtype(p, i->of.type);
        break;
    case IMM_CAST:
        print_label(p, i->of.cast.label);
        print_text(p, " ");
        print_valtype(p, i->of.cast.from);
        print_text(p, " ");
        print_valtype(p, i->of.cast.to);
        break;
    case IMM_I32: print_signed(p, i->of.i32); break;
    case IMM_I64: print_signed(p, i->of.i64); break;
    case IMM_F32: print_float_bits(p, i->of.f32_bits, false); break;
    case IMM_F64: print_float_bits(p, i->of.f64_bits, true); break;
    case IMM_V128:
        print_text(p, " i32x4");
        for (int lane = 0; lane < 4; lane++) print_hex32(p, load_u32(i->of.bytes + 4 * lane));
        break;
    case IMM_SHUFFLE:
        for (int lane = 0; lane < 16; lane++) print_space_number(p, i->of.bytes[lane]);
        break;
    case IMM_LANE: print_space_number(p, i->of.lane); break;
    case IMM_MEMARG: print_memarg(p, i); break;
    case IMM_MEMARG_LANE:
        print_memarg(p, i);
        print_space_number(p, i->of.mem.lane);
        break;
    }
}

// --- bodies --------------------------------------------------------------------------

// A hint belongs to the instruction it stands at, counted from the function's locals.
static void print_hint(Printer *p, const Func *func, const Instr *i, u32 depth)
{
    if (p->hints_left == 0 || i->at - func->code.at != p->hint_offset) return;
    print_indent(p, depth);
    print_text(p, p->hint_value ? "(@metadata.code.branch_hint \"\\01\")"
                                : "(@metadata.code.branch_hint \"\\00\")");
    if (--p->hints_left == 0) return;
    p->hint_offset = read_u32(&p->hint_reader);
    read_u32(&p->hint_reader);
    p->hint_value = read_byte(&p->hint_reader);
}

static void print_instr(Printer *p, const Instr *i)
{
    print_text(p, op_mnemonic[i->op]);
    if (op_info[i->op].immediate == IMM_BLOCK || op_info[i->op].immediate == IMM_TRY_TABLE) {
        open_printed_label(p);
        // Clauses count labels from outside the block that was just opened.
        print_blocktype(p, &i->of.block.type);
        p->label_count--;
        if (i->op == OP_try_table) print_catches(p, i);
        p->label_count++;
    } else {
        print_immediates(p, i);
    }
}

static void print_locals(Printer *p, Reader *r, u32 first)
{
    u32 index = first, printed = 0;
    bool open = false;
    for (u32 runs = read_u32(r); runs > 0; runs--) {
        LocalRun run = read_local_run(r, p->m);
        // A few bytes can declare more locals than any text could list.
        if (run.count > 1000000 || (printed += run.count) > 1000000) {
            p->refusal = "a function has too many locals to be printed";
            p->failed = true;
            return;
        }
        for (u32 i = 0; i < run.count; i++, index++) {
            const PrintName *name = print_inner_name(p, index);
            if (name || !open) {
                if (open) print_text(p, ")");
                print_text(p, "\n    (local");
                open = true;
            }
            if (name) {
                print_text(p, " ");
                print_text(p, name->id);
                print_exact_name(p, name);
            }
            print_text(p, " ");
            print_valtype(p, run.type);
            if (name) print_text(p, ")"), open = false;
        }
    }
    if (open) print_text(p, ")");
}

void print_body(Printer *p, const Func *func)
{
    const Module *m = p->m;
    Reader r = span_reader(m, func->code);
    print_locals(p, &r, m->types[func->type].of.func.param_count);
    p->label_count = p->block_count = 0;
    u32 depth = 2;
    for (Instr i; !p->failed && reader_left(&r) > 0 &&
                  read_instr(&r, m->features, &p->scratch, &i);) {
        if (i.op == OP_end && p->label_count == 0) break;
        bool closes = i.op == OP_end || i.op == OP_delegate;
        bool splits = i.op == OP_else || i.op == OP_catch || i.op == OP_catch_all;
        if (closes || splits) depth--;
        print_hint(p, func, &i, depth);
        print_indent(p, depth);
        if (closes) p->label_count--;
        print_instr(p, &i);
        if (splits || op_info[i.op].immediate == IMM_BLOCK ||
            op_info[i.op].immediate == IMM_TRY_TABLE)
            depth++;
    }
}

void print_expr(Printer *p, ConstExpr expr, const char *word)
{
    Reader r = expr_reader(p->m, expr);
    Instr first, next;
    read_instr(&r, p->m->features, &p->scratch, &first);
    bool single = read_instr(&r, p->m->features, &p->scratch, &next) && next.op == OP_end &&
                  first.op != OP_end;
    r = expr_reader(p->m, expr);
    print_text(p, single ? "(" : word ? "(" : "");
    if (!single && word) print_text(p, word);
    bool blank = !single && word;
    while (read_instr(&r, p->m->features, &p->scratch, &next) && next.op != OP_end) {
        if (blank) print_text(p, " ");
        print_instr(p, &next);
        blank = true;
    }
    print_text(p, single || word ? ")" : "");
}
