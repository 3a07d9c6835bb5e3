// parse_module.c -- a module's fields into sections.
//                                                       spec: text-module, binary-module
// SPDX-License-Identifier: MIT
#include "tools/wat/number.h"
#include "tools/wat/parser.h"

// The order sections stand in.                                spec: binary-module
static const u8 section_order[] = {
    SECTION_TYPE, SECTION_IMPORT, SECTION_FUNCTION, SECTION_TABLE, SECTION_MEMORY, SECTION_TAG,
    SECTION_GLOBAL, SECTION_EXPORT, SECTION_START, SECTION_ELEM, SECTION_DATA_COUNT,
    SECTION_CODE, SECTION_DATA};

u8 custom_rank(u8 id)
{
    u8 rank = 0;
    while (rank < COUNT_OF(section_order) && section_order[rank] != id) rank++;
    return rank + 1;
}

// The index space, name map and extern kind of the fields that can be imported.
typedef struct FieldKind {
    WatWord word;
    IndexSpace space;
    NameKind names;
    ExternKind kind;
    const char *late;  // the message when an import comes after a definition of this kind
} FieldKind;

static const FieldKind field_kinds[] = {
    {WORD_func, SPACE_FUNC, NAMES_FUNC, EXTERN_FUNC, "import after function"},
    {WORD_table, SPACE_TABLE, NAMES_TABLE, EXTERN_TABLE, "import after table"},
    {WORD_memory, SPACE_MEMORY, NAMES_MEMORY, EXTERN_MEMORY, "import after memory"},
    {WORD_global, SPACE_GLOBAL, NAMES_GLOBAL, EXTERN_GLOBAL, "import after global"},
    {WORD_tag, SPACE_TAG, NAMES_TAG, EXTERN_TAG, "import after tag"},
};

static const FieldKind *field_kind(u32 word)
{
    for (size_t i = 0; i < COUNT_OF(field_kinds); i++)
        if (field_kinds[i].word == word) return &field_kinds[i];
    return NULL;
}

// --- pass 1: every identifier gets its index ----------------------------------------

// Stands behind the keyword of a field or definition: an optional identifier.
static void bind_here(Parser *p, IndexSpace space)
{
    const Token *where = p->at;
    bind_symbol(p, space, take_id(p), where);
}

static void bind_import(Parser *p, const FieldKind *kind, const Token *where)
{
    if (p->last_definition) fail_at(p, WAT_MALFORMED, where->at, "%s", p->last_definition);
    bind_here(p, kind->space);
}

// Whether a list among the rest of this field opens with `word`: the inline segment of a
// table or memory, which takes an index of its own.
static bool has_inline_segment(Parser *p, WatWord word)
{
    const Token *from = p->at;
    bool found = false;
    while (!found && parser_ok(p) && !at_kind(p, TOKEN_RPAR)) {
        found = at_open(p, word);
        if (at_kind(p, TOKEN_LPAR)) skip_list(p);
        else if (at_kind(p, TOKEN_END) || at_kind(p, TOKEN_ERROR)) break;
        else p->at++;
    }
    if (parser_ok(p)) p->at = from;
    return found;
}

static void bind_definition(Parser *p, const FieldKind *kind, const Token *where)
{
    const Token *name = p->at;
    if (at_kind(p, TOKEN_ID)) p->at++;
    while (at_open(p, WORD_export)) skip_list(p);
    bool imported = at_open(p, WORD_import);
    if (kind->space == SPACE_MEMORY && !imported && has_inline_segment(p, WORD_data))
        bind_symbol(p, SPACE_DATA, NO_SYMBOL, name);
    if (kind->space == SPACE_TABLE && !imported && has_inline_segment(p, WORD_elem))
        bind_symbol(p, SPACE_ELEM, NO_SYMBOL, name);
    if (!parser_ok(p)) return;
    p->at = name;
    if (imported) {
        bind_import(p, kind, where);
    } else {
        bind_here(p, kind->space);
        p->last_definition = kind->late;
    }
}

static void bind_field(Parser *p)
{
    const Token *where = p->at;
    const FieldKind *kind = field_kind(p->at[1].word);
    if (p->at[1].kind != TOKEN_KEYWORD) return;
    switch (p->at[1].word) {
    case WORD_type:
        u32_push(p, &p->type_fields, token_index(p));
        p->at += 2;
        bind_here(p, SPACE_TYPE);
        break;
    case WORD_rec:
        u32_push(p, &p->type_fields, token_index(p));
        p->at += 2;
        while (at_open(p, WORD_type)) {
            const Token *type = p->at;
            p->at += 2;
            bind_here(p, SPACE_TYPE);
            if (!parser_ok(p)) return;
            p->at = type;
            skip_list(p);
        }
        break;
    case WORD_import:
        // (import "module" "name" (kind id? ...
        kind = p->at[2].kind == TOKEN_STRING && p->at[3].kind == TOKEN_STRING &&
                       p->at[4].kind == TOKEN_LPAR && p->at[5].kind == TOKEN_KEYWORD
                   ? field_kind(p->at[5].word) : NULL;
        if (!kind) return;
        p->at += 6;
        bind_import(p, kind, where);
        break;
    case WORD_elem: case WORD_data:
        p->at += 2;
        bind_here(p, where[1].word == WORD_elem ? SPACE_ELEM : SPACE_DATA);
        break;
    default:
        if (!kind) return;
        p->at += 2;
        bind_definition(p, kind, where);
        break;
    }
}

// Stops where the text breaks off: the third pass will meet the mistake in its place.
static bool list_is_closed(const Parser *p)
{
    u32 depth = 0;
    for (const Token *t = p->at;; t++) {
        if (t->kind == TOKEN_LPAR) depth++;
        else if (t->kind == TOKEN_RPAR && --depth == 0) return true;
        else if (t->kind == TOKEN_END || t->kind == TOKEN_ERROR) return false;
    }
}

static void bind_fields(Parser *p)
{
    while (at_kind(p, TOKEN_LPAR) && list_is_closed(p)) {
        const Token *field = p->at;
        bind_field(p);
        if (!parser_ok(p)) return;
        p->at = field;
        skip_list(p);
    }
}

// --- pass 3: contents ----------------------------------------------------------------

static void put_end(Bytes *out)
{
    bytes_byte(out, 0x0b);
}

// (offset instr*) or one folded instruction                   spec: text-elem, text-data
static void parse_offset(Parser *p, Bytes *out)
{
    if (accept_open(p, WORD_offset)) {
        parse_instrs(p, out);
        expect(p, TOKEN_RPAR);
    } else {
        parse_folded_instr(p, out);
    }
    put_end(out);
}

static u64 parse_limit(Parser *p)
{
    if (p->options.narrow_limits || !at_kind(p, TOKEN_NAT)) return parse_u32(p);
    return parse_u64_token(p, 0);
}

// limits ::= min:u64 max:u64?                                      spec: text-limits
static Limits parse_limits(Parser *p, bool is64)
{
    Limits limits = {.is64 = is64, .page_log2 = 16};
    limits.min = parse_limit(p);
    limits.has_max = at_kind(p, TOKEN_NAT);
    if (limits.has_max) limits.max = parse_limit(p);
    return limits;
}

static bool parse_address_type(Parser *p)
{
    if (accept_word(p, WORD_i64)) return true;
    accept_word(p, WORD_i32);
    return false;
}

// (pagesize n): a power of two, or nothing for the usual 64 KiB.
static u8 parse_page_size(Parser *p)
{
    if (!accept_open(p, WORD_pagesize)) return 16;
    const Token *t = p->at;
    u64 size = 0;
    if (at_kind(p, TOKEN_NAT)) size = parse_u64_token(p, 0);
    else fail_unexpected(p);
    expect(p, TOKEN_RPAR);
    if (size == 0 || (size & (size - 1))) fail_token(p, t, "invalid custom page size");
    u8 log2 = 0;
    while (size > 1) size >>= 1, log2++;
    return log2;
}

static Limits parse_memory_type(Parser *p)
{
    bool is64 = parse_address_type(p);
    Limits limits = parse_limits(p, is64);
    limits.shared = accept_word(p, WORD_shared);
    limits.page_log2 = parse_page_size(p);
    return limits;
}

static TableType parse_table_type(Parser *p)
{
    bool is64 = parse_address_type(p);
    TableType type = {.limits = parse_limits(p, is64)};
    type.limits.shared = accept_word(p, WORD_shared);
    type.elem = parse_reftype(p);
    return type;
}

static GlobalType parse_global_type(Parser *p)
{
    GlobalType type = {.is_mutable = accept_open(p, WORD_mut)};
    type.value = parse_valtype(p);
    if (type.is_mutable) expect(p, TOKEN_RPAR);
    return type;
}

static void put_export(Parser *p, ExternKind kind, u32 index)
{
    bytes_byte(&p->sections[SECTION_EXPORT], (u8)kind);
    bytes_u32(&p->sections[SECTION_EXPORT], index);
    p->counts[SECTION_EXPORT]++;
}

// The type of an import, behind its identifier.                   spec: text-externtype
static void parse_import_type(Parser *p, const FieldKind *kind)
{
    Bytes *out = &p->sections[SECTION_IMPORT];
    p->counts[SECTION_IMPORT]++;
    bytes_byte(out, (u8)kind->kind);
    switch (kind->kind) {
    case EXTERN_FUNC: case EXTERN_TAG: {
        p->scope++;
        TypeUse use = parse_typeuse(p, true);
        if (kind->kind == EXTERN_TAG) bytes_byte(out, 0);
        bytes_u32(out, resolve_typeuse(p, &use));
        finish_inner_names(p, NAMES_LOCAL, p->defined[SPACE_FUNC] - 1);
        break;
    }
    case EXTERN_TABLE: {
        TableType type = parse_table_type(p);
        encode_tabletype(out, &type);
        break;
    }
    case EXTERN_MEMORY: {
        Limits limits = parse_memory_type(p);
        encode_limits(out, &limits);
        break;
    }
    case EXTERN_GLOBAL: {
        GlobalType type = parse_global_type(p);
        encode_globaltype(out, &type);
        break;
    }
    case EXTERN_KIND_COUNT: break;
    }
}

// (import "module" "name" (func id? type))                         spec: text-import
static void parse_import(Parser *p)
{
    parse_name(p, &p->sections[SECTION_IMPORT]);
    parse_name(p, &p->sections[SECTION_IMPORT]);
    const FieldKind *kind = p->at[0].kind == TOKEN_LPAR && p->at[1].kind == TOKEN_KEYWORD
                                ? field_kind(p->at[1].word) : NULL;
    if (!kind) {
        if (at_kind(p, TOKEN_LPAR)) p->at++;
        fail_unexpected(p);
        return;
    }
    p->at += 2;
    Symbol name = take_id(p);
    note_name(p, kind->names, p->defined[kind->space]++, name);
    parse_import_type(p, kind);
    expect(p, TOKEN_RPAR);
}

// What definitions begin with: id? (export "name")* (import "module" "name")?
// Returns whether it was an import, which is then complete.
static bool parse_field_head(Parser *p, const FieldKind *kind)
{
    Symbol name = take_id(p);
    u32 index = p->defined[kind->space]++;
    note_name(p, kind->names, index, name);
    while (accept_open(p, WORD_export)) {
        parse_name(p, &p->sections[SECTION_EXPORT]);
        put_export(p, kind->kind, index);
        expect(p, TOKEN_RPAR);
    }
    if (!accept_open(p, WORD_import)) return false;
    parse_name(p, &p->sections[SECTION_IMPORT]);
    parse_name(p, &p->sections[SECTION_IMPORT]);
    expect(p, TOKEN_RPAR);
    parse_import_type(p, kind);
    return true;
}

// (local id t) or (local t*), any number of times                  spec: text-local
static void parse_locals(Parser *p, u32 param_count, bool type_known)
{
    p->local_types.count = 0;
    while (accept_open(p, WORD_local)) {
        const Token *where = p->at;
        if (at_kind(p, TOKEN_ID)) {
            Symbol name = take_id(p);
            u32 index = param_count + p->local_types.count;
            if (!type_known) fail_at(p, WAT_MALFORMED, where->at, "unknown type");
            bind_inner(p, name, index, "duplicate local", where);
            note_name(p, NAMES_LOCAL, index, name);
            u32_push(p, &p->local_types, parse_valtype(p));
        } else {
            while (parser_ok(p) && !at_kind(p, TOKEN_RPAR))
                u32_push(p, &p->local_types, parse_valtype(p));
        }
        expect(p, TOKEN_RPAR);
    }
}

// locals ::= list(count:u32 valtype): equal neighbours share an entry  spec: binary-local
static void encode_locals(Parser *p, Bytes *out)
{
    const U32List *types = &p->local_types;
    u32 runs = 0;
    for (u32 i = 0; i < types->count; i++)
        runs += i == 0 || types->items[i] != types->items[i - 1];
    bytes_u32(out, runs);
    for (u32 i = 0, next; i < types->count; i = next) {
        for (next = i + 1; next < types->count && types->items[next] == types->items[i]; next++)
            continue;
        bytes_u32(out, next - i);
        encode_valtype(out, types->items[i]);
    }
}

// (func id? export* import? typeuse local* instr*)                 spec: text-func
static void parse_func(Parser *p, const FieldKind *kind)
{
    if (parse_field_head(p, kind)) return;
    p->scope++;
    p->in_function = true;
    p->block_count = 0;
    TypeUse use = parse_typeuse(p, true);
    u32 type = resolve_typeuse(p, &use);
    bytes_u32(&p->sections[SECTION_FUNCTION], type);
    p->counts[SECTION_FUNCTION]++;

    bool type_known = type < p->type_count && p->types[type].comp == COMP_FUNC;
    parse_locals(p, type_known ? p->types[type].param_count : 0, type_known);
    p->locals.size = p->body.size = 0;
    encode_locals(p, &p->locals);
    u32 first_place = p->place_count;
    parse_instrs(p, &p->body);
    note_place(p, &p->body, p->at->at);
    put_end(&p->body);

    Bytes *code = &p->sections[SECTION_CODE];
    bytes_u64(code, p->locals.size + p->body.size);
    bytes_add(code, p->locals.data, p->locals.size);
    settle_body_places(p, first_place, code->size);
    bytes_add(code, p->body.data, p->body.size);
    code->failed |= p->locals.failed;
    p->counts[SECTION_CODE]++;
    p->in_function = false;
    u32 index = p->defined[SPACE_FUNC] - 1;
    finish_inner_names(p, NAMES_LOCAL, index);
    finish_inner_names(p, NAMES_LABEL, index);
    finish_branch_hints(p, index);
}

// --- element and data segments -------------------------------------------------------

// The items of an element segment, in both forms they can be written in.
typedef struct ElemList {
    ValType type;
    bool exprs;     // written as expressions, else as function indices
    bool only_refs; // every expression is a ref.func
    u32 count;
    Bytes indices, bodies;
} ElemList;

static void elem_list_init(Parser *p, ElemList *list)
{
    *list = (ElemList){.type = REF_TYPE(HEAP_TYPE(HEAP_FUNC)), .only_refs = true};
    bytes_init(&list->indices, p->alloc);
    bytes_init(&list->bodies, p->alloc);
}

static void elem_list_free(Parser *p, ElemList *list)
{
    if (list->indices.failed || list->bodies.failed) fail_memory(p);
    bytes_free(&list->indices);
    bytes_free(&list->bodies);
}

static void parse_elem_indices(Parser *p, ElemList *list)
{
    for (; at_index(p); list->count++) {
        u32 index = parse_index(p, SPACE_FUNC);
        bytes_u32(&list->indices, index);
        Instr instr = {.op = OP_ref_func, .of = {.index = index}};
        encode_instr(&list->bodies, &instr);
        put_end(&list->bodies);
    }
}

// (item instr*) or one folded instruction, any number of times   spec: text-elemexpr
static void parse_elem_exprs(Parser *p, ElemList *list)
{
    list->exprs = true;
    for (; at_kind(p, TOKEN_LPAR); list->count++) {
        size_t from = list->bodies.size;
        if (accept_open(p, WORD_item)) {
            parse_instrs(p, &list->bodies);
            expect(p, TOKEN_RPAR);
        } else {
            parse_folded_instr(p, &list->bodies);
        }
        // Is it `ref.func x` and nothing else?
        const u8 *body = list->bodies.data + from;
        size_t size = list->bodies.size - from, last = 1;
        while (last < size && body[last] & 0x80) last++;
        bool is_ref = size >= 2 && body[0] == op_info[OP_ref_func].code && last + 1 == size;
        if (is_ref) bytes_add(&list->indices, body + 1, size - 1);
        list->only_refs = list->only_refs && is_ref;
        put_end(&list->bodies);
    }
}

// elemlist ::= reftype elemexpr* | func funcidx*                   spec: text-elemlist
// `bare`: the keyword `func` may be missing.
static void parse_elem_list(Parser *p, ElemList *list, bool bare)
{
    if (at_reftype(p)) {
        list->type = parse_reftype(p);
        parse_elem_exprs(p, list);
    } else {
        if (!accept_word(p, WORD_func) && !(bare && (at_index(p) || at_kind(p, TOKEN_RPAR)))) {
            fail_unexpected(p);
            return;
        }
        parse_elem_indices(p, list);
    }
}

// The shortest of the eight forms of the binary format.            spec: binary-elem
static void put_elem(Parser *p, SegmentMode mode, u32 table, const Bytes *offset,
                     const ElemList *list)
{
    Bytes *out = &p->sections[SECTION_ELEM];
    p->counts[SECTION_ELEM]++;
    bool exprs = list->exprs &&
                 !(list->type == REF_TYPE(HEAP_TYPE(HEAP_FUNC)) && list->only_refs);
    bool plain = mode == SEGMENT_ACTIVE && table == 0 && (!exprs || list->type == TYPE_FUNCREF);
    u32 flags = exprs ? 4 : 0;
    if (mode != SEGMENT_ACTIVE) flags |= 1;
    if (mode == SEGMENT_DECLARATIVE || (mode == SEGMENT_ACTIVE && !plain)) flags |= 2;
    bytes_u32(out, flags);
    if (mode == SEGMENT_ACTIVE) {
        if (!plain) bytes_u32(out, table);
        bytes_add(out, offset->data, offset->size);
    }
    if (!plain && exprs) encode_valtype(out, list->type);
    if (!plain && !exprs) bytes_byte(out, 0);
    const Bytes *items = exprs ? &list->bodies : &list->indices;
    bytes_u32(out, list->count);
    bytes_add(out, items->data, items->size);
    out->failed |= items->failed;
}

// (elem id? declare? (table x)? offset? elemlist)                  spec: text-elem
static void parse_elem(Parser *p)
{
    ElemList list;
    elem_list_init(p, &list);
    Symbol name = take_id(p);
    note_name(p, NAMES_ELEM, p->defined[SPACE_ELEM]++, name);
    SegmentMode mode = SEGMENT_PASSIVE;
    u32 table = 0;
    p->body.size = 0;
    if (accept_word(p, WORD_declare)) {
        mode = SEGMENT_DECLARATIVE;
        parse_elem_list(p, &list, false);
    } else if (accept_open(p, WORD_table)) {
        mode = SEGMENT_ACTIVE;
        table = parse_index(p, SPACE_TABLE);
        expect(p, TOKEN_RPAR);
        parse_offset(p, &p->body);
        parse_elem_list(p, &list, false);
    } else if (at_kind(p, TOKEN_NAT)) {  // as the first version of the format had it
        mode = SEGMENT_ACTIVE;
        table = parse_u32(p);
        parse_offset(p, &p->body);
        parse_elem_list(p, &list, true);
    } else if (at_kind(p, TOKEN_LPAR) && !at_reftype(p)) {
        mode = SEGMENT_ACTIVE;
        parse_offset(p, &p->body);
        parse_elem_list(p, &list, true);
    } else {
        parse_elem_list(p, &list, false);
    }
    if (parser_ok(p)) put_elem(p, mode, table, &p->body, &list);
    elem_list_free(p, &list);
}

static void put_zero_offset(Bytes *out, bool is64)
{
    Instr zero = {.op = is64 ? OP_i64_const : OP_i32_const};
    out->size = 0;
    encode_instr(out, &zero);
    put_end(out);
}

// reftype (elem elemlist): the table is as large as its elements.  spec: text-table-abbrev
static void parse_inline_elem(Parser *p, u32 table, bool is64)
{
    ElemList list;
    elem_list_init(p, &list);
    TableType type = {.elem = parse_reftype(p)};
    p->defined[SPACE_ELEM]++;
    if (!accept_open(p, WORD_elem)) {
        fail_unexpected(p);
    } else if (at_kind(p, TOKEN_LPAR)) {
        parse_elem_exprs(p, &list);
        list.type = type.elem;
    } else {
        parse_elem_indices(p, &list);
        // Plain function indices are of type (ref func), which only a funcref table takes.
        if (type.elem != TYPE_FUNCREF) list.exprs = true, list.type = type.elem;
    }
    expect(p, TOKEN_RPAR);
    type.limits = (Limits){.min = list.count, .max = list.count, .has_max = true, .is64 = is64};
    encode_tabletype(&p->sections[SECTION_TABLE], &type);
    put_zero_offset(&p->body, is64);
    if (parser_ok(p)) put_elem(p, SEGMENT_ACTIVE, table, &p->body, &list);
    elem_list_free(p, &list);
}

// (table id? export* import? tabletype expr?)                      spec: text-table
static void parse_table(Parser *p, const FieldKind *kind)
{
    if (parse_field_head(p, kind)) return;
    Bytes *out = &p->sections[SECTION_TABLE];
    p->counts[SECTION_TABLE]++;
    const Token *from = p->at;
    bool is64 = parse_address_type(p);
    if (at_reftype(p)) {
        parse_inline_elem(p, p->defined[SPACE_TABLE] - 1, is64);
        return;
    }
    if (parser_ok(p)) p->at = from;
    TableType type = parse_table_type(p);
    if (at_kind(p, TOKEN_RPAR)) {
        encode_tabletype(out, &type);
        return;
    }
    bytes_byte(out, 0x40), bytes_byte(out, 0x00);
    encode_tabletype(out, &type);
    parse_instrs(p, out);
    put_end(out);
}

// data ::= 0 expr bytes | 1 bytes | 2 memidx expr bytes            spec: binary-data
static void put_data(Parser *p, SegmentMode mode, u32 memory, const Bytes *offset,
                     const Bytes *content)
{
    Bytes *out = &p->sections[SECTION_DATA];
    p->counts[SECTION_DATA]++;
    if (mode == SEGMENT_PASSIVE) {
        bytes_byte(out, 1);
    } else {
        bytes_byte(out, memory ? 2 : 0);
        if (memory) bytes_u32(out, memory);
        bytes_add(out, offset->data, offset->size);
    }
    bytes_u64(out, content->size);
    bytes_add(out, content->data, content->size);
    out->failed |= content->failed;
}

// (data id? (memory x)? offset? string*)                           spec: text-data
static void parse_data(Parser *p)
{
    Symbol name = take_id(p);
    note_name(p, NAMES_DATA, p->defined[SPACE_DATA]++, name);
    SegmentMode mode = SEGMENT_PASSIVE;
    u32 memory = 0;
    p->body.size = p->scratch.size = 0;
    bool named = accept_open(p, WORD_memory);
    if (named) {
        memory = parse_index(p, SPACE_MEMORY);
        expect(p, TOKEN_RPAR);
    } else if (at_kind(p, TOKEN_NAT)) {  // as the first version of the format had it
        memory = parse_u32(p);
        named = true;
    }
    if (named || at_kind(p, TOKEN_LPAR)) {
        mode = SEGMENT_ACTIVE;
        parse_offset(p, &p->body);
    }
    p->scratch.size = 0;
    parse_strings(p, &p->scratch);
    put_data(p, mode, memory, &p->body, &p->scratch);
}

// (memory id? export* import? memtype)  or  ... (data string*))    spec: text-mem
static void parse_memory(Parser *p, const FieldKind *kind)
{
    if (parse_field_head(p, kind)) return;
    Bytes *out = &p->sections[SECTION_MEMORY];
    p->counts[SECTION_MEMORY]++;
    const Token *from = p->at;
    bool is64 = parse_address_type(p);
    if (!at_open(p, WORD_data) && !at_open(p, WORD_pagesize)) {
        if (parser_ok(p)) p->at = from;
        Limits limits = parse_memory_type(p);
        encode_limits(out, &limits);
        return;
    }
    u8 page_log2 = parse_page_size(p);
    p->defined[SPACE_DATA]++;
    if (!accept_open(p, WORD_data)) {
        fail_unexpected(p);
        return;
    }
    p->scratch.size = 0;
    parse_strings(p, &p->scratch);
    expect(p, TOKEN_RPAR);
    u64 pages = page_log2 > 63 ? 1 : p->scratch.size >> page_log2;
    if (page_log2 <= 63 && pages << page_log2 < p->scratch.size) pages++;
    Limits limits = {.min = pages, .max = pages, .has_max = true, .is64 = is64,
                     .page_log2 = page_log2};
    encode_limits(out, &limits);
    put_zero_offset(&p->body, is64);
    put_data(p, SEGMENT_ACTIVE, p->defined[SPACE_MEMORY] - 1, &p->body, &p->scratch);
}

// --- the other fields ----------------------------------------------------------------

// (global id? export* import? globaltype expr)                     spec: text-global
static void parse_global(Parser *p, const FieldKind *kind)
{
    if (parse_field_head(p, kind)) return;
    GlobalType type = parse_global_type(p);
    Bytes *out = &p->sections[SECTION_GLOBAL];
    p->counts[SECTION_GLOBAL]++;
    encode_globaltype(out, &type);
    parse_instrs(p, out);
    put_end(out);
}

// (tag id? export* import? typeuse)                                spec: text-tag
static void parse_tag(Parser *p, const FieldKind *kind)
{
    if (parse_field_head(p, kind)) return;
    p->scope++;
    TypeUse use = parse_typeuse(p, true);
    p->inner_counts[0] = 0, p->inner_names[0].size = 0;  // a tag's parameters are no locals
    bytes_byte(&p->sections[SECTION_TAG], 0);
    bytes_u32(&p->sections[SECTION_TAG], resolve_typeuse(p, &use));
    p->counts[SECTION_TAG]++;
}

// (export "name" (func x))                                         spec: text-export
static void parse_export(Parser *p)
{
    parse_name(p, &p->sections[SECTION_EXPORT]);
    const FieldKind *kind = at_kind(p, TOKEN_LPAR) && p->at[1].kind == TOKEN_KEYWORD
                                ? field_kind(p->at[1].word) : NULL;
    if (!kind) {
        if (at_kind(p, TOKEN_LPAR)) p->at++;
        fail_unexpected(p);
        return;
    }
    p->at += 2;
    put_export(p, kind->kind, parse_index(p, kind->space));
    expect(p, TOKEN_RPAR);
}

static void parse_start(Parser *p, const Token *where)
{
    if (p->has_start) fail_at(p, WAT_MALFORMED, where->at, "multiple start sections");
    p->has_start = true;
    bytes_u32(&p->sections[SECTION_START], parse_index(p, SPACE_FUNC));
}

static void parse_field(Parser *p)
{
    const Token *where = p->at++;
    u32 word = at_kind(p, TOKEN_KEYWORD) ? p->at->word : WORD_NONE;
    const FieldKind *kind = field_kind(word);
    if (word == WORD_type || word == WORD_rec) {  // the second pass has seen to it
        p->at = where;
        skip_list(p);
        return;
    }
    if (word == WORD_NONE) {
        fail_unexpected(p);
        return;
    }
    p->at++;
    note_field_place(p, where->at);
    switch (word) {
    case WORD_import: parse_import(p); break;
    case WORD_func: parse_func(p, kind); break;
    case WORD_table: parse_table(p, kind); break;
    case WORD_memory: parse_memory(p, kind); break;
    case WORD_global: parse_global(p, kind); break;
    case WORD_tag: parse_tag(p, kind); break;
    case WORD_export: parse_export(p); break;
    case WORD_start: parse_start(p, where); break;
    case WORD_elem: parse_elem(p); break;
    case WORD_data: parse_data(p); break;
    default:
        if (parser_ok(p)) p->at--;
        fail_unexpected(p);
        break;
    }
    expect(p, TOKEN_RPAR);
}

// --- the module ----------------------------------------------------------------------

// subtype ::= 0x50 list(x) comptype | 0x4f list(x) comptype | comptype  spec: binary-subtype
static void encode_typedef(Parser *p, Bytes *out, const TypeDef *t)
{
    static const u8 codes[] = {[COMP_FUNC] = 0x60, [COMP_STRUCT] = 0x5f, [COMP_ARRAY] = 0x5e};
    if (!t->is_final || t->super_count > 0) {
        bytes_byte(out, t->is_final ? 0x4f : 0x50);
        bytes_u32(out, t->super_count);
        for (u32 i = 0; i < t->super_count; i++) bytes_u32(out, p->supers.items[t->super_at + i]);
    }
    bytes_byte(out, codes[t->comp]);
    if (t->comp == COMP_FUNC) {
        const ValType *types = p->valtypes.items ? p->valtypes.items + t->at : NULL;
        bytes_u32(out, t->param_count);
        for (u32 i = 0; i < t->param_count; i++) encode_valtype(out, types[i]);
        bytes_u32(out, t->result_count);
        for (u32 i = 0; i < t->result_count; i++) encode_valtype(out, types[t->param_count + i]);
    } else {
        if (t->comp == COMP_STRUCT) bytes_u32(out, t->field_count);
        for (u32 i = 0; i < t->field_count; i++) {
            encode_valtype(out, p->fields[t->field_at + i].storage);
            bytes_byte(out, p->fields[t->field_at + i].is_mutable);
        }
    }
}

static void encode_types(Parser *p)
{
    Bytes *out = &p->sections[SECTION_TYPE];
    for (u32 i = 0; i < p->type_count; i++) {
        const TypeDef *t = &p->types[i];
        p->counts[SECTION_TYPE] += t->group_size > 0;
        note_place(p, out, t->where);
        if (t->group_size > 1) bytes_byte(out, 0x4e), bytes_u32(out, t->group_size);
        encode_typedef(p, out, t);
    }
}

static void put_module(Parser *p, Bytes *out)
{
    encode_types(p);
    bytes_add(out, "\0asm\1\0\0\0", 8);
    Bytes counted;
    bytes_init(&counted, p->alloc);
    for (u8 rank = 1; rank <= COUNT_OF(section_order); rank++) {
        u8 id = section_order[rank - 1];
        const Bytes *content = &p->sections[id];
        bool counts = id != SECTION_START && id != SECTION_DATA_COUNT;
        bool present = counts ? p->counts[id] > 0 : id == SECTION_START ? p->has_start
                                                                         : p->uses_data;
        out->failed |= content->failed;
        if (rank == 1) write_customs(p, out, 0);
        write_customs(p, out, rank);
        if (id == SECTION_CODE) write_branch_hints(p, out);
        if (!present) continue;
        counted.size = 0;
        if (counts) bytes_u32(&counted, p->counts[id]);
        if (id == SECTION_DATA_COUNT) bytes_u32(&counted, p->counts[SECTION_DATA]);
        bytes_add(&counted, content->data, content->size);
        encode_section(out, id, &counted);
        p->section_at[id] = (u32)(out->size - content->size);
    }
    write_customs(p, out, COUNT_OF(section_order) + 1);
    write_names(p, out);
    write_customs(p, out, 255);
    bytes_free(&counted);
    if (out->failed) fail_memory(p);
}

void parse_module_fields(Parser *p, Symbol name, Bytes *out)
{
    const Token *first = p->at;
    note_module_name(p, name);
    bind_fields(p);
    for (u32 i = 0; i < p->type_fields.count && parser_ok(p); i++) {
        p->at = &p->text->tokens[p->type_fields.items[i]];
        parse_type_field(p);
    }
    if (!parser_ok(p)) return;
    p->at = first;
    for (take_custom_annotations(p); at_kind(p, TOKEN_LPAR); take_custom_annotations(p))
        parse_field(p);
    if (!at_kind(p, TOKEN_RPAR) && !at_kind(p, TOKEN_END)) fail_unexpected(p);
    if (parser_ok(p)) check_annotations_used(p, (u32)(first - p->text->tokens), token_index(p));
    if (parser_ok(p)) put_module(p, out);
}
