// annotations.c -- what annotations and identifiers leave in custom sections.
//
//   (@name "...")                      the name section, along with identifiers
//   (@custom "name" place "bytes"*)    any custom section
//   (@metadata.code.branch_hint "\01") the section of that name
//
// Annotations stand beside the tokens. Whoever parses a place where one may stand asks for
// it there; what nobody asked for is misplaced.
//                                       spec: text-nameannot, text-customannot
// SPDX-License-Identifier: MIT
#include "loader/reader.h"
#include "tools/wat/parser.h"

// The first annotation before token `token`, or past all of those.
static u32 find_annotations(const Parser *p, u32 token)
{
    u32 low = 0, high = p->text->annotation_count;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        if (p->text->annotations[middle].token < token) low = middle + 1;
        else high = middle;
    }
    return low;
}

// The annotation of that kind at the cursor, marked as used, or NULL. Two of them there are
// one too many.
static Annotation *take_annotation(Parser *p, AnnotationKind kind, const char *twice)
{
    if (p->text->annotation_count == 0 || !parser_ok(p)) return NULL;
    Annotation *found = NULL;
    u32 token = token_index(p);
    for (u32 i = find_annotations(p, token);
         i < p->text->annotation_count && p->text->annotations[i].token == token; i++) {
        Annotation *a = &p->text->annotations[i];
        if (a->kind != kind) continue;
        if (found) {
            fail_at(p, WAT_MALFORMED_CUSTOM, a->at, "@%s annotation: %s", annotation_names[kind],
                    twice);
            return NULL;
        }
        found = a;
        found->used = true;
    }
    return found;
}

static void fail_annotation(Parser *p, const Annotation *a, const char *what)
{
    fail_at(p, WAT_MALFORMED_CUSTOM, a->at, "@%s annotation: %s", annotation_names[a->kind], what);
}

// The annotation's inside as tokens.
static bool lex_body(Parser *p, const Annotation *a, WatText *body)
{
    if (text_lex(body, p->alloc, p->text->words, p->text->source, a->body_at, a->end)) return true;
    fail_memory(p);
    return false;
}

// --- names ---------------------------------------------------------------------------

// The single string of an annotation, decoded into the parser's scratch.
static void decode_annotation(Parser *p, const Annotation *a)
{
    WatText body;
    p->scratch.size = 0;
    if (lex_body(p, a, &body)) {
        if (body.tokens[0].kind != TOKEN_STRING || body.tokens[1].kind != TOKEN_END)
            fail_annotation(p, a, "one string expected");
        else
            decode_string(p->text->source + body.tokens[0].at, body.tokens[0].size, &p->scratch);
    }
    text_free(&body);
}

// The name to note, in *name; false if there is none.
static bool choose_name(Parser *p, const Annotation *a, Symbol symbol, Name *name)
{
    if (a) {
        decode_annotation(p, a);
        if (!parser_ok(p)) return false;
        if (!utf8_is_valid(p->scratch.data, p->scratch.size)) {
            fail_annotation(p, a, "malformed UTF-8 encoding");
            return false;
        }
        *name = (Name){p->scratch.data, (u32)p->scratch.size};
        return true;
    }
    if (!p->options.keep_names || symbol == NO_SYMBOL) return false;
    *name = (Name){p->symbols[symbol].name, p->symbols[symbol].size};
    return true;
}

static int inner_map(NameKind kind)
{
    return kind == NAMES_LOCAL ? 0 : kind == NAMES_LABEL ? 1 : kind == NAMES_FIELD ? 2 : -1;
}

void note_name(Parser *p, NameKind kind, u32 index, Symbol symbol)
{
    // A label's identifier is long behind the cursor when its block is written.
    const Annotation *a = kind == NAMES_LABEL
                              ? NULL : take_annotation(p, ANNOTATION_NAME, "multiple names");
    Name name;
    if (!choose_name(p, a, symbol, &name)) return;
    int inner = inner_map(kind);
    Bytes *out = inner < 0 ? &p->names[kind] : &p->inner_names[inner];
    bytes_u32(out, index);
    bytes_name(out, name.bytes, name.size);
    if (inner < 0) p->name_counts[kind]++;
    else p->inner_counts[inner]++;
    p->has_names = true;
}

void note_module_name(Parser *p, Symbol symbol)
{
    const Annotation *a = take_annotation(p, ANNOTATION_NAME, "multiple module names");
    Name name;
    if (!choose_name(p, a, symbol, &name)) return;
    bytes_name(&p->module_name, name.bytes, name.size);
    p->has_module_name = p->has_names = true;
}

void finish_inner_names(Parser *p, NameKind kind, u32 outer)
{
    int inner = inner_map(kind);
    Bytes *from = &p->inner_names[inner], *out = &p->names[kind];
    if (p->inner_counts[inner] == 0) return;
    bytes_u32(out, outer);
    bytes_u32(out, p->inner_counts[inner]);
    bytes_add(out, from->data, from->size);
    out->failed |= from->failed;
    p->name_counts[kind]++;
    p->inner_counts[inner] = 0, from->size = 0;
}

// namesec ::= section_0(name "name", subsections in the order of their ids)
//                                                       spec: binary-namesec
void write_names(Parser *p, Bytes *out)
{
    if (!p->has_names) return;
    Bytes section, map;
    bytes_init(&section, p->alloc);
    bytes_init(&map, p->alloc);
    bytes_name(&section, "name", 4);
    if (p->has_module_name) encode_section(&section, NAMES_MODULE, &p->module_name);
    for (u8 kind = 1; kind < NAME_MAPS; kind++) {
        if (p->name_counts[kind] == 0) continue;
        map.size = 0;
        bytes_u32(&map, p->name_counts[kind]);
        bytes_add(&map, p->names[kind].data, p->names[kind].size);
        map.failed |= p->names[kind].failed;
        encode_section(&section, kind, &map);
    }
    encode_section(out, 0, &section);
    bytes_free(&map);
    bytes_free(&section);
}

// --- custom sections -----------------------------------------------------------------

// The rank of the section a placement names, or 0.
static u8 rank_of_word(const Token *token)
{
    if (token->kind != TOKEN_KEYWORD) return 0;
    switch (token->word) {
    case WORD_type: return custom_rank(SECTION_TYPE);
    case WORD_import: return custom_rank(SECTION_IMPORT);
    case WORD_func: return custom_rank(SECTION_FUNCTION);
    case WORD_table: return custom_rank(SECTION_TABLE);
    case WORD_memory: return custom_rank(SECTION_MEMORY);
    case WORD_global: return custom_rank(SECTION_GLOBAL);
    case WORD_export: return custom_rank(SECTION_EXPORT);
    case WORD_start: return custom_rank(SECTION_START);
    case WORD_elem: return custom_rank(SECTION_ELEM);
    case WORD_code: return custom_rank(SECTION_CODE);
    case WORD_data: return custom_rank(SECTION_DATA);
    case WORD_datacount: return custom_rank(SECTION_DATA_COUNT);
    case WORD_tag: return custom_rank(SECTION_TAG);
    default: return 0;
    }
}

// (before first) | (before sec) | (after sec) | (after last)
// Stands on the parenthesis; returns the token behind the closing one.
static const Token *parse_placement(Parser *p, const Annotation *a, const Token *t, u8 *before)
{
    bool is_before = t[1].kind == TOKEN_KEYWORD && t[1].word == WORD_before;
    bool is_after = t[1].kind == TOKEN_KEYWORD && t[1].word == WORD_after;
    if (!is_before && !is_after) {
        fail_annotation(p, a, "malformed placement");
        return t;
    }
    const Token *section = &t[2];
    u8 rank = rank_of_word(section);
    u32 word = section->kind == TOKEN_KEYWORD ? section->word : WORD_NONE;
    if (is_before && word == WORD_first) {
        *before = 0;
    } else if (is_after && word == WORD_last) {
        *before = 255;
    } else if (rank > 0) {
        *before = is_before ? rank : rank + 1;
    } else {
        fail_annotation(p, a, "malformed section kind");
        return t;
    }
    if (t[3].kind != TOKEN_RPAR) fail_annotation(p, a, "unexpected token");
    return parser_ok(p) ? &t[4] : t;
}

// (@custom "name" placement? "bytes"*)                     spec: text-customannot
static void parse_custom(Parser *p, const Annotation *a)
{
    WatText body;
    if (!lex_body(p, a, &body)) return;
    const Token *t = body.tokens;
    CustomDef custom = {.before = 255};
    bytes_init(&custom.content, p->alloc);
    if (t->kind != TOKEN_STRING) {
        fail_annotation(p, a, "missing section name");
    } else {
        p->scratch.size = 0;
        decode_string(p->text->source + t->at, t->size, &p->scratch);
        if (!utf8_is_valid(p->scratch.data, p->scratch.size))
            fail_annotation(p, a, "malformed UTF-8 encoding");
        bytes_name(&custom.content, p->scratch.data, p->scratch.size);
        t++;
        if (t->kind == TOKEN_LPAR) t = parse_placement(p, a, t, &custom.before);
        for (; t->kind == TOKEN_STRING; t++)
            decode_string(p->text->source + t->at, t->size, &custom.content);
        if (t->kind != TOKEN_END) fail_annotation(p, a, "unexpected token");
    }
    text_free(&body);
    if (parser_ok(p) && parser_reserve(p, &p->customs, p->custom_count, &p->custom_room,
                                       sizeof *p->customs))
        p->customs[p->custom_count++] = custom;
    else
        bytes_free(&custom.content);
}

void take_custom_annotations(Parser *p)
{
    if (p->text->annotation_count == 0 || !parser_ok(p)) return;
    u32 token = token_index(p);
    for (u32 i = find_annotations(p, token); parser_ok(p) && i < p->text->annotation_count &&
                                             p->text->annotations[i].token == token; i++) {
        Annotation *a = &p->text->annotations[i];
        if (a->kind != ANNOTATION_CUSTOM) continue;
        a->used = true;
        parse_custom(p, a);
    }
}

void write_customs(Parser *p, Bytes *out, u8 rank)
{
    for (u32 i = 0; i < p->custom_count; i++)
        if (p->customs[i].before == rank) encode_section(out, 0, &p->customs[i].content);
}

// --- branch hints --------------------------------------------------------------------

s8 take_branch_hint(Parser *p)
{
    if (!p->in_function) return -1;
    const Annotation *a = take_annotation(p, ANNOTATION_BRANCH_HINT, "duplicate annotation");
    if (!a) return -1;
    const Token *op = at_kind(p, TOKEN_LPAR) ? &p->at[1] : p->at;
    u32 word = op->kind == TOKEN_KEYWORD ? op->word : WORD_NONE;
    if (word != WORD_OPS + OP_if && word != WORD_OPS + OP_br_if) {
        fail_at(p, WAT_INVALID_CUSTOM, a->at, "@%s annotation: invalid target",
                annotation_names[a->kind]);
        return -1;
    }
    decode_annotation(p, a);
    if (!parser_ok(p)) return -1;
    if (p->scratch.size != 1 || p->scratch.data[0] > 1) {
        fail_annotation(p, a, "the hint must be \"\\00\" or \"\\01\"");
        return -1;
    }
    return (s8)p->scratch.data[0];
}

// branchhint ::= offset:u32 0x01 value:byte, counted from the function's locals
void note_branch_hint(Parser *p, s8 hint)
{
    if (hint < 0) return;
    bytes_u64(&p->function_hints, p->locals.size + p->code->size);
    bytes_byte(&p->function_hints, 1);
    bytes_byte(&p->function_hints, (u8)hint);
    p->function_hint_count++;
}

void finish_branch_hints(Parser *p, u32 func_index)
{
    if (p->function_hint_count == 0) return;
    bytes_u32(&p->hints, func_index);
    bytes_u32(&p->hints, p->function_hint_count);
    bytes_add(&p->hints, p->function_hints.data, p->function_hints.size);
    p->hints.failed |= p->function_hints.failed;
    p->hint_count++;
    p->function_hint_count = 0, p->function_hints.size = 0;
}

// The section stands before the code it speaks of.
void write_branch_hints(Parser *p, Bytes *out)
{
    if (p->hint_count == 0) return;
    const char *name = annotation_names[ANNOTATION_BRANCH_HINT];
    Bytes section;
    bytes_init(&section, p->alloc);
    bytes_name(&section, name, strlen(name));
    bytes_u32(&section, p->hint_count);
    bytes_add(&section, p->hints.data, p->hints.size);
    section.failed |= p->hints.failed;
    encode_section(out, 0, &section);
    bytes_free(&section);
}

// --- what nobody asked for -----------------------------------------------------------

void check_annotations_used(Parser *p, u32 first_token, u32 last_token)
{
    for (u32 i = find_annotations(p, first_token); i < p->text->annotation_count; i++) {
        const Annotation *a = &p->text->annotations[i];
        if (a->token > last_token) break;
        if (a->used) continue;
        if (a->kind == ANNOTATION_BRANCH_HINT)
            fail_annotation(p, a, "not in a function, or not before an instruction");
        else
            fail_at(p, WAT_MALFORMED_CUSTOM, a->at, "misplaced @%s annotation",
                    annotation_names[a->kind]);
    }
}
