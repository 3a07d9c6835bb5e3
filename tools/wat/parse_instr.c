// parse_instr.c -- instructions, plain and folded, one after the other into bytes.
//
// Folded instructions nest, and so do blocks; both may do so a million times. What is open
// lies on a list of frames instead of the C stack. The bytes of a folded instruction wait
// in `pending` until its operands are written.
//                                                       spec: text-instrs, text-foldedinstr
// SPDX-License-Identifier: MIT
#include "tools/wat/number.h"
#include "tools/wat/parser.h"

typedef enum OpenKind {
    OPEN_BODY,      // the bottom: instructions up to a parenthesis that is not ours
    OPEN_SINGLE,    // the bottom, when exactly one folded instruction is wanted
    OPEN_PLAIN,     // block ... end; `op` becomes else, catch or catch_all on the way
    OPEN_FOLDED,    // (block ...)
    OPEN_OPERANDS,  // (i32.add ...): folded instructions alone
    OPEN_IF,        // (if condition* (then ...) (else ...)?)
    OPEN_TRY,       // (try (do ...) (catch ...)* (catch_all ...)?)  or  ... (delegate x)
    OPEN_ARM        // (then ...), (else ...), (do ...), (catch ...), (catch_all ...)
} OpenKind;

// How far an OPEN_IF or OPEN_TRY has come.
enum { IF_CONDITION, IF_THEN_DONE, IF_ELSE_DONE };
enum { TRY_START, TRY_DO_DONE, TRY_CATCH_DONE, TRY_ALL_DONE, TRY_DELEGATED };

static OpenFrame *push_frame(Parser *p, OpenKind kind, u32 op, Symbol label)
{
    if (!parser_reserve(p, &p->frames, p->frame_count, &p->frame_room, sizeof *p->frames))
        return NULL;
    OpenFrame *f = &p->frames[p->frame_count++];
    *f = (OpenFrame){.kind = (u8)kind, .op = (u16)op, .label = label, .hint = -1};
    return f;
}

static OpenFrame *top_frame(Parser *p)
{
    return &p->frames[p->frame_count - 1];
}

// --- labels --------------------------------------------------------------------------

static void push_label(Parser *p, Symbol name)
{
    if (!parser_reserve(p, &p->open_labels, p->label_count, &p->label_room,
                        sizeof *p->open_labels))
        return;
    OpenLabel *label = &p->open_labels[p->label_count++];
    *label = (OpenLabel){.name = name};
    if (name == NO_SYMBOL) return;
    label->shadowed = p->symbols[name].label;
    p->symbols[name].label = p->label_count;
}

static void pop_label(Parser *p)
{
    if (p->label_count == 0) return;
    const OpenLabel *label = &p->open_labels[--p->label_count];
    if (label->name != NO_SYMBOL) p->symbols[label->name].label = label->shadowed;
}

static u32 parse_label(Parser *p)
{
    if (!at_kind(p, TOKEN_ID)) return parse_u32(p);
    const Token *t = p->at;
    Symbol symbol = take_id(p);
    if (symbol == NO_SYMBOL) return 0;
    u32 height = p->symbols[symbol].label;
    if (height == 0) fail_token(p, t, "unknown label");
    return p->label_count - height;
}

// --- immediates ----------------------------------------------------------------------

static u32 optional_index(Parser *p, IndexSpace space)
{
    return at_index(p) ? parse_index(p, space) : 0;
}

static u8 parse_lane(Parser *p)
{
    if (!at_kind(p, TOKEN_NAT)) {
        fail_unexpected(p);
        return 0;
    }
    const Token *t = p->at++;
    u64 lane = 0;
    if (!parse_int(p->text->source + t->at, t->size, 8, &lane))
        fail_token(p, t, "i8 constant out of range");
    return (u8)lane;
}

// memarg ::= (offset=n)? (align=n)?                               spec: text-memarg
static void parse_memarg(Parser *p, Op op, MemArg *mem)
{
    mem->offset = at_kind(p, TOKEN_OFFSET) ? parse_u64_token(p, 7) : 0;
    mem->align_log2 = (u8)op_align_log2(op);
    if (!at_kind(p, TOKEN_ALIGN)) return;
    const Token *t = p->at;
    u64 align = parse_u64_token(p, 6);
    if (align == 0 || (align & (align - 1))) fail_token(p, t, "alignment must be a power of two:");
    mem->align_log2 = 0;
    while (align > 1) align >>= 1, mem->align_log2++;
}

// A lane follows the memarg, so one number alone is the lane and not the memory.
static bool at_memory_before_lane(const Parser *p)
{
    if (at_kind(p, TOKEN_ID)) return true;
    if (!at_kind(p, TOKEN_NAT)) return false;
    TokenKind next = (TokenKind)p->at[1].kind;
    return next == TOKEN_NAT || next == TOKEN_OFFSET || next == TOKEN_ALIGN;
}

static bool at_number(const Parser *p)
{
    return at_kind(p, TOKEN_NAT) || at_kind(p, TOKEN_INT) || at_kind(p, TOKEN_FLOAT);
}

// One numeric literal as the bits of a type of `bits` bits.        spec: text-num
static u64 parse_number(Parser *p, bool is_float, unsigned bits)
{
    const Token *t = p->at;
    const char *text = p->text->source + t->at;
    u64 value = 0;
    bool fits;
    if (!at_number(p)) {
        fail_unexpected(p);
        return 0;
    }
    if (is_float && bits == 32) {
        u32 narrow;
        fits = parse_f32(text, t->size, &narrow);
        value = narrow;
    } else if (is_float) {
        fits = parse_f64(text, t->size, &value);
    } else if (at_kind(p, TOKEN_FLOAT)) {
        fail_unexpected(p);
        return 0;
    } else {
        fits = parse_int(text, t->size, bits, &value);
    }
    if (fits) p->at++;
    else fail_token(p, t, "constant out of range");
    return value;
}

// Counts the literals here and goes back to the first. What cuts them short and is no token
// of the grammar is the mistake to report, not their number.
static u32 count_literals(Parser *p)
{
    const Token *first = p->at;
    u32 count = 0;
    for (; at_number(p); p->at++) count++;
    if (at_kind(p, TOKEN_RESERVED) || at_kind(p, TOKEN_ERROR)) fail_unexpected(p);
    else p->at = first;
    return count;
}

// v128.const shape literal*                                       spec: text-const
static void parse_v128(Parser *p, u8 bytes[16])
{
    static const struct {
        u8 word_offset, lanes, bits;
        bool is_float;
    } shapes[] = {{0, 16, 8, false}, {1, 8, 16, false}, {2, 4, 32, false},
                  {3, 2, 64, false}, {4, 4, 32, true},  {5, 2, 64, true}};
    u32 word = at_kind(p, TOKEN_KEYWORD) ? p->at->word : WORD_NONE;
    if (word < WORD_i8x16 || word > WORD_f64x2) {
        fail_unexpected(p);
        return;
    }
    p->at++;
    u32 shape = word - WORD_i8x16, lanes = shapes[shape].lanes, bits = shapes[shape].bits;
    u32 count = count_literals(p);
    if (count != lanes) {
        fail_at(p, WAT_MALFORMED, p->at->at, "wrong number of lane literals: %u where %s takes %u",
                (unsigned)count, word_text((WatWord)word), (unsigned)lanes);
        return;
    }
    for (u32 i = 0; i < lanes; i++) {
        u64 value = parse_number(p, shapes[shape].is_float, bits);
        for (u32 b = 0; b < bits / 8; b++) bytes[i * bits / 8 + b] = (u8)(value >> 8 * b);
    }
}

static void parse_shuffle(Parser *p, u8 bytes[16])
{
    u32 count = count_literals(p);
    if (count != 16) {
        fail_at(p, WAT_MALFORMED, p->at->at, "invalid lane length: %u where there must be 16",
                (unsigned)count);
        return;
    }
    for (u32 i = 0; i < 16; i++) {
        if (at_kind(p, TOKEN_NAT)) bytes[i] = parse_lane(p);
        else fail_token(p, p->at, "i8 constant out of range");
    }
}

static void parse_br_table(Parser *p, Instr *instr)
{
    p->labels.count = 0;
    do u32_push(p, &p->labels, parse_label(p));
    while (at_index(p));
    instr->of.br_table.labels = p->labels.items;
    instr->of.br_table.count = p->labels.count - 1;
}

// table.init x? y, table.copy (x y)?, memory.init x? y, memory.copy (x y)?
static void parse_init(Parser *p, IndexSpace segment, IndexSpace space, Instr *instr)
{
    instr->of.two.second = 0;
    const Token *t = p->at;
    bool two = at_index(p) && (t[1].kind == TOKEN_NAT || t[1].kind == TOKEN_ID);
    if (two) instr->of.two.second = parse_index(p, space);
    instr->of.two.first = parse_index(p, segment);
}

static void parse_copy(Parser *p, IndexSpace space, Instr *instr)
{
    instr->of.two.first = instr->of.two.second = 0;
    if (!at_index(p)) return;
    instr->of.two.first = parse_index(p, space);
    instr->of.two.second = parse_index(p, space);
}

// struct.get x y: y may be a name that type x gives its field.   spec: text-fieldidx
static void parse_field_index(Parser *p, Instr *instr)
{
    u32 type = instr->of.two.first = parse_index(p, SPACE_TYPE);
    if (!at_kind(p, TOKEN_ID)) {
        instr->of.two.second = parse_u32(p);
        return;
    }
    const Token *t = p->at;
    Symbol name = take_id(p);
    const TypeDef *def = type < p->type_count ? &p->types[type] : NULL;
    u32 count = def && def->comp == COMP_STRUCT ? def->field_count : 0;
    for (u32 i = 0; i < count; i++) {
        if (p->fields[def->field_at + i].name == name) {
            instr->of.two.second = i;
            return;
        }
    }
    fail_token(p, t, "unknown field");
}

static void parse_select(Parser *p, Instr *instr)
{
    if (!at_open(p, WORD_result)) return;
    instr->op = OP_select_t;
    p->inline_types.count = 0;
    while (accept_open(p, WORD_result)) {
        while (parser_ok(p) && !at_kind(p, TOKEN_RPAR))
            u32_push(p, &p->inline_types, parse_valtype(p));
        expect(p, TOKEN_RPAR);
    }
    instr->of.select.types = p->inline_types.items;
    instr->of.select.count = p->inline_types.count;
}

static void parse_call_indirect(Parser *p, Instr *instr)
{
    instr->of.two.second = optional_index(p, SPACE_TABLE);
    TypeUse use = parse_typeuse(p, false);
    instr->of.two.first = resolve_typeuse(p, &use);
}

static void parse_cast(Parser *p, Instr *instr)
{
    instr->of.cast.label = parse_label(p);
    instr->of.cast.from = parse_reftype(p);
    instr->of.cast.to = parse_reftype(p);
}

// The instruction whose keyword was just taken; what opens or closes blocks is not here.
static void parse_immediates(Parser *p, Instr *instr)
{
    Op op = (Op)instr->op;
    switch ((ImmKind)op_info[op].immediate) {
    case IMM_NONE:
        if (op == OP_select) parse_select(p, instr);
        break;
    case IMM_SELECT: parse_select(p, instr); break;
    case IMM_LABEL: instr->of.index = parse_label(p); break;
    case IMM_BR_TABLE: parse_br_table(p, instr); break;
    case IMM_FUNC: instr->of.index = parse_index(p, SPACE_FUNC); break;
    case IMM_TYPE: instr->of.index = parse_index(p, SPACE_TYPE); break;
    case IMM_TAG: instr->of.index = parse_index(p, SPACE_TAG); break;
    case IMM_LOCAL: instr->of.index = parse_local_index(p); break;
    case IMM_GLOBAL: instr->of.index = parse_index(p, SPACE_GLOBAL); break;
    case IMM_TABLE: instr->of.index = optional_index(p, SPACE_TABLE); break;
    case IMM_MEMORY: instr->of.index = optional_index(p, SPACE_MEMORY); break;
    case IMM_DATA:
        instr->of.index = parse_index(p, SPACE_DATA);
        p->uses_data = true;
        break;
    case IMM_ELEM: instr->of.index = parse_index(p, SPACE_ELEM); break;
    case IMM_CALL_INDIRECT: parse_call_indirect(p, instr); break;
    case IMM_FIELD: parse_field_index(p, instr); break;
    case IMM_TYPE_COUNT:
        instr->of.two.first = parse_index(p, SPACE_TYPE);
        instr->of.two.second = parse_u32(p);
        break;
    case IMM_TYPE_DATA:
        instr->of.two.first = parse_index(p, SPACE_TYPE);
        instr->of.two.second = parse_index(p, SPACE_DATA);
        p->uses_data = true;
        break;
    case IMM_TYPE_ELEM:
        instr->of.two.first = parse_index(p, SPACE_TYPE);
        instr->of.two.second = parse_index(p, SPACE_ELEM);
        break;
    case IMM_TYPE_TYPE:
        instr->of.two.first = parse_index(p, SPACE_TYPE);
        instr->of.two.second = parse_index(p, SPACE_TYPE);
        break;
    case IMM_MEMORY_INIT:
        parse_init(p, SPACE_DATA, SPACE_MEMORY, instr);
        p->uses_data = true;
        break;
    case IMM_MEMORY_COPY: parse_copy(p, SPACE_MEMORY, instr); break;
    case IMM_TABLE_INIT: parse_init(p, SPACE_ELEM, SPACE_TABLE, instr); break;
    case IMM_TABLE_COPY: parse_copy(p, SPACE_TABLE, instr); break;
    case IMM_HEAP: instr->of.type = REF_NULL_TYPE(parse_heaptype(p)); break;
    case IMM_REF_TYPE:
        instr->of.type = parse_reftype(p);
        if (type_is_nullable(instr->of.type))
            instr->op = op == OP_ref_test ? OP_ref_test_null : OP_ref_cast_null;
        break;
    case IMM_CAST: parse_cast(p, instr); break;
    case IMM_I32: instr->of.i32 = (s32)(u32)parse_number(p, false, 32); break;
    case IMM_I64: instr->of.i64 = (s64)parse_number(p, false, 64); break;
    case IMM_F32: instr->of.f32_bits = (u32)parse_number(p, true, 32); break;
    case IMM_F64: instr->of.f64_bits = parse_number(p, true, 64); break;
    case IMM_V128: parse_v128(p, instr->of.bytes); break;
    case IMM_SHUFFLE: parse_shuffle(p, instr->of.bytes); break;
    case IMM_LANE: instr->of.lane = parse_lane(p); break;
    case IMM_MEMARG:
        instr->of.mem.memory = optional_index(p, SPACE_MEMORY);
        parse_memarg(p, op, &instr->of.mem);
        break;
    case IMM_MEMARG_LANE:
        instr->of.mem.memory = at_memory_before_lane(p) ? parse_index(p, SPACE_MEMORY) : 0;
        parse_memarg(p, op, &instr->of.mem);
        instr->of.mem.lane = parse_lane(p);
        break;
    case IMM_BLOCK: case IMM_TRY_TABLE: case IMM_FENCE: case IMM_COUNT: break;
    }
}

// --- blocks --------------------------------------------------------------------------

// blocktype ::= (result t)? | typeuse                              spec: text-blocktype
static void parse_blocktype(Parser *p, BlockType *type)
{
    TypeUse use = parse_typeuse(p, false);
    *type = (BlockType){.kind = BLOCK_EMPTY};
    if (!parser_ok(p)) return;
    if (use.has_index || use.param_count > 0 || use.result_count > 1) {
        type->kind = BLOCK_INDEX;
        type->type = resolve_typeuse(p, &use);
    } else if (use.result_count == 1) {
        type->kind = BLOCK_VALUE;
        type->type = p->inline_types.items[0];
    }
}

// catch ::= (catch x l) | (catch_ref x l) | (catch_all l) | (catch_all_ref l)
// The labels are those outside of the try_table.                      spec: text-catch
static void parse_catches(Parser *p, Instr *instr)
{
    u32 count = 0;
    while (at_kind(p, TOKEN_LPAR) && p->at[1].kind == TOKEN_KEYWORD) {
        CatchKind kind;
        switch (p->at[1].word) {
        case WORD_OPS + OP_catch: kind = CATCH_TAG; break;
        case WORD_OPS + OP_catch_all: kind = CATCH_ALL; break;
        case WORD_catch_ref: kind = CATCH_TAG_REF; break;
        case WORD_catch_all_ref: kind = CATCH_ALL_REF; break;
        default: goto done;
        }
        if (!parser_reserve(p, &p->catches, count, &p->catch_room, sizeof *p->catches)) return;
        p->at += 2;
        Catch *clause = &p->catches[count++];
        *clause = (Catch){.kind = (u8)kind};
        if (kind == CATCH_TAG || kind == CATCH_TAG_REF) clause->tag = parse_index(p, SPACE_TAG);
        clause->label = parse_label(p);
        expect(p, TOKEN_RPAR);
    }
done:
    instr->of.block.catches = p->catches;
    instr->of.block.catch_count = count;
}

// The label and type of a block whose keyword was just taken.
static Symbol parse_block_header(Parser *p, Instr *instr)
{
    Symbol label = take_id(p);
    parse_blocktype(p, &instr->of.block.type);
    if (instr->op == OP_try_table) parse_catches(p, instr);
    return label;
}

// A label's number is that of its block, counted as the blocks are written.
static void open_block(Parser *p, Symbol label)
{
    push_label(p, label);
    u32 number = p->block_count++;
    if (p->in_function) note_name(p, NAMES_LABEL, number, label);
}

// Writes an instruction whose keyword, or the parenthesis that stands for it, is `where`.
static void put_instr(Parser *p, const Instr *instr, const Token *where)
{
    note_place(p, p->code, where->at);
    encode_instr(p->code, instr);
}

static void put_op(Parser *p, Op op, const Token *where)
{
    Instr instr = {.op = (u16)op};
    put_instr(p, &instr, where);
}

// `end $l` and `else $l` may repeat the label of their block.
static void check_label(Parser *p, Symbol label)
{
    const Token *t = p->at;
    if (!at_kind(p, TOKEN_ID)) return;
    if (take_id(p) != label) fail_token(p, t, "mismatching label");
}

// An `else` with nothing behind it says nothing.
static void drop_empty_else(Parser *p, const OpenFrame *f)
{
    if (f->op == OP_else && p->code->size == f->else_at + 1) p->code->size--;
}

// --- plain instructions --------------------------------------------------------------

static void parse_plain(Parser *p)
{
    OpenFrame *f = top_frame(p);
    s8 hint = take_branch_hint(p);
    if (!parser_ok(p)) return;
    const Token *where = p->at;
    Instr instr = {.op = (u16)word_op(where->word)};
    bool block = f->kind == OPEN_PLAIN;
    switch (instr.op) {
    case OP_block: case OP_loop: case OP_if: case OP_try: case OP_try_table: {
        p->at++;
        Symbol label = parse_block_header(p, &instr);
        if (!parser_ok(p)) return;
        note_branch_hint(p, hint);
        put_instr(p, &instr, where);
        open_block(p, label);
        push_frame(p, OPEN_PLAIN, instr.op, label);
        return;
    }
    case OP_else:
        if (!block || f->op != OP_if) break;
        p->at++;
        check_label(p, f->label);
        f->op = OP_else, f->else_at = p->code->size;
        put_op(p, OP_else, where);
        return;
    case OP_catch: case OP_catch_all:
        if (!block || (f->op != OP_try && f->op != OP_catch)) break;
        p->at++;
        f->op = instr.op;
        if (instr.op == OP_catch) instr.of.index = parse_index(p, SPACE_TAG);
        put_instr(p, &instr, where);
        return;
    case OP_delegate:
        if (!block || f->op != OP_try) break;
        p->at++;
        pop_label(p);
        instr.of.index = parse_label(p);
        put_instr(p, &instr, where);
        p->frame_count--;
        return;
    case OP_end:
        if (!block) break;
        p->at++;
        check_label(p, f->label);
        drop_empty_else(p, f);
        put_op(p, OP_end, where);
        pop_label(p);
        p->frame_count--;
        return;
    default:
        p->at++;
        parse_immediates(p, &instr);
        if (!parser_ok(p)) return;
        note_branch_hint(p, hint);
        put_instr(p, &instr, where);
        return;
    }
    fail_unexpected(p);
}

// --- folded instructions -------------------------------------------------------------

static void put_pending(Parser *p, const OpenFrame *f)
{
    note_branch_hint(p, f->hint);
    if (p->pending.size > f->pending) {
        note_place(p, p->code, f->where);
        bytes_add(p->code, p->pending.data + f->pending, p->pending.size - f->pending);
    }
    p->pending.size = f->pending;
}

// (then ...), (else ...) of an `if`. What comes before them are its operands.
static bool open_if_arm(Parser *p, OpenFrame *f)
{
    u32 word = p->at[1].word;
    if (word == WORD_then && f->step == IF_CONDITION) {
        put_pending(p, f);
        f->step = IF_THEN_DONE;
        p->at += 2;
        open_block(p, f->label);
        push_frame(p, OPEN_ARM, OP_if, NO_SYMBOL);
        return true;
    }
    if (word == WORD_OPS + OP_else && f->step == IF_THEN_DONE) {
        f->step = IF_ELSE_DONE;
        f->op = OP_else, f->else_at = p->code->size;
        put_op(p, OP_else, p->at + 1);
        p->at += 2;
        push_frame(p, OPEN_ARM, OP_else, NO_SYMBOL);
        return true;
    }
    return false;
}

// (do ...), (catch x ...), (catch_all ...), (delegate l) of a `try`.
static bool open_try_arm(Parser *p, OpenFrame *f)
{
    const Token *where = p->at + 1;
    Instr instr = {0};
    switch (where->word) {
    case WORD_do:
        if (f->step != TRY_START) return false;
        f->step = TRY_DO_DONE;
        p->at += 2;
        break;
    case WORD_OPS + OP_catch:
        if (f->step != TRY_DO_DONE && f->step != TRY_CATCH_DONE) return false;
        f->step = TRY_CATCH_DONE;
        p->at += 2;
        instr.op = OP_catch;
        instr.of.index = parse_index(p, SPACE_TAG);
        put_instr(p, &instr, where);
        break;
    case WORD_OPS + OP_catch_all:
        if (f->step != TRY_DO_DONE && f->step != TRY_CATCH_DONE) return false;
        f->step = TRY_ALL_DONE;
        p->at += 2;
        put_op(p, OP_catch_all, where);
        break;
    case WORD_OPS + OP_delegate:
        if (f->step != TRY_DO_DONE) return false;
        f->step = TRY_DELEGATED;
        p->at += 2;
        pop_label(p);
        instr.op = OP_delegate;
        instr.of.index = parse_label(p);
        put_instr(p, &instr, where);
        expect(p, TOKEN_RPAR);
        return true;
    default: return false;
    }
    push_frame(p, OPEN_ARM, OP_try, NO_SYMBOL);
    return true;
}

// A parenthesis, a keyword, and what follows them up to the first operand.
static void parse_open(Parser *p)
{
    OpenFrame *f = top_frame(p);
    s8 hint = take_branch_hint(p);
    if (!parser_ok(p)) return;
    if (p->at[1].kind == TOKEN_KEYWORD) {
        if (f->kind == OPEN_IF && open_if_arm(p, f)) return;
        if (f->kind == OPEN_TRY && open_try_arm(p, f)) return;
    }
    bool done = (f->kind == OPEN_IF && f->step != IF_CONDITION) || f->kind == OPEN_TRY;
    if (done || p->at[1].kind != TOKEN_KEYWORD || !word_is_op(p->at[1].word)) {
        p->at++;
        fail_unexpected(p);
        return;
    }
    const Token *where = p->at + 1;
    Instr instr = {.op = (u16)word_op(where->word)};
    switch (instr.op) {
    case OP_else: case OP_end: case OP_catch: case OP_catch_all: case OP_delegate:
        p->at++;
        fail_unexpected(p);
        return;
    case OP_block: case OP_loop: case OP_try_table: case OP_try: {
        p->at += 2;
        Symbol label = parse_block_header(p, &instr);
        if (!parser_ok(p)) return;
        put_instr(p, &instr, where);
        open_block(p, label);
        push_frame(p, instr.op == OP_try ? OPEN_TRY : OPEN_FOLDED, instr.op, label);
        return;
    }
    case OP_if: {
        p->at += 2;
        Symbol label = parse_block_header(p, &instr);
        if (!parser_ok(p)) return;
        u32 pending = (u32)p->pending.size;
        encode_instr(&p->pending, &instr);
        f = push_frame(p, OPEN_IF, OP_if, label);
        if (f) f->pending = pending, f->hint = hint, f->where = where->at;
        return;
    }
    default: break;
    }
    p->at += 2;
    parse_immediates(p, &instr);
    if (!parser_ok(p)) return;
    if (at_kind(p, TOKEN_RPAR)) {  // no operands: nothing has to wait
        p->at++;
        note_branch_hint(p, hint);
        put_instr(p, &instr, where);
        return;
    }
    u32 pending = (u32)p->pending.size;
    encode_instr(&p->pending, &instr);
    f = push_frame(p, OPEN_OPERANDS, instr.op, NO_SYMBOL);
    if (f) f->pending = pending, f->hint = hint, f->where = where->at;
}

// A closing parenthesis ends what the frame on top stands for.
static void parse_close(Parser *p)
{
    OpenFrame *f = top_frame(p);
    switch ((OpenKind)f->kind) {
    case OPEN_OPERANDS: put_pending(p, f); break;
    case OPEN_FOLDED:
        put_op(p, OP_end, p->at);
        pop_label(p);
        break;
    case OPEN_IF:
        if (f->step == IF_CONDITION) {
            fail_unexpected(p);
            return;
        }
        drop_empty_else(p, f);
        put_op(p, OP_end, p->at);
        pop_label(p);
        break;
    case OPEN_TRY:
        if (f->step == TRY_START) {
            fail_unexpected(p);
            return;
        }
        if (f->step != TRY_DELEGATED) {
            put_op(p, OP_end, p->at);
            pop_label(p);
        }
        break;
    case OPEN_ARM: break;
    case OPEN_BODY: case OPEN_SINGLE: case OPEN_PLAIN: fail_unexpected(p); return;
    }
    p->at++;
    p->frame_count--;
}

static bool takes_plain(const OpenFrame *f)
{
    return f->kind == OPEN_BODY || f->kind == OPEN_PLAIN || f->kind == OPEN_FOLDED ||
           f->kind == OPEN_ARM;
}

static void parse_instr_list(Parser *p, OpenKind bottom, Bytes *out)
{
    Bytes *outer = p->code;
    u32 base = p->frame_count;
    p->code = out;
    push_frame(p, bottom, OP_nop, NO_SYMBOL);
    while (parser_ok(p)) {
        if (at_kind(p, TOKEN_LPAR)) {
            parse_open(p);
        } else if (at_kind(p, TOKEN_KEYWORD) && word_is_op(p->at->word) &&
                   takes_plain(top_frame(p))) {
            parse_plain(p);
        } else if (at_kind(p, TOKEN_RPAR)) {
            if (p->frame_count == base + 1) break;
            parse_close(p);
        } else {
            fail_unexpected(p);
        }
        if (bottom == OPEN_SINGLE && p->frame_count == base + 1) break;
    }
    p->frame_count = base;
    p->code = outer;
    if (out->failed || p->pending.failed) fail_memory(p);
}

void parse_instrs(Parser *p, Bytes *out)
{
    parse_instr_list(p, OPEN_BODY, out);
}

void parse_folded_instr(Parser *p, Bytes *out)
{
    if (at_kind(p, TOKEN_LPAR)) parse_instr_list(p, OPEN_SINGLE, out);
    else fail_unexpected(p);
}
