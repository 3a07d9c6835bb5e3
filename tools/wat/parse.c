// parse.c -- what all parts of the grammar need: the cursor, errors, identifiers, types.
// SPDX-License-Identifier: MIT
#include <stdarg.h>
#include <stdio.h>

#include "tools/wat/number.h"
#include "tools/wat/parser.h"

// --- the cursor ----------------------------------------------------------------------

// Where the cursor rests after a mistake: nothing fits here, however far one looks ahead.
static const Token stop_tokens[4] = {{.kind = TOKEN_END}, {.kind = TOKEN_END},
                                     {.kind = TOKEN_END}, {.kind = TOKEN_END}};

void parser_init(Parser *p, WatText *text, u32 first_token, AssembleOptions options)
{
    *p = (Parser){.alloc = text->alloc, .text = text, .options = options};
    p->at = &text->tokens[first_token];
    arena_init(&p->arena, p->alloc);
    Bytes *all[] = {&p->pending, &p->body, &p->locals, &p->scratch, &p->module_name, &p->hints,
                    &p->function_hints};
    for (size_t i = 0; i < COUNT_OF(all); i++) bytes_init(all[i], p->alloc);
    for (size_t i = 0; i < COUNT_OF(p->sections); i++) bytes_init(&p->sections[i], p->alloc);
    for (size_t i = 0; i < COUNT_OF(p->names); i++) bytes_init(&p->names[i], p->alloc);
    for (size_t i = 0; i < COUNT_OF(p->inner_names); i++) bytes_init(&p->inner_names[i], p->alloc);
}

static void list_free(Parser *p, U32List *list)
{
    allocator_free(p->alloc, list->items, list->room * sizeof *list->items);
}

void parser_free(Parser *p)
{
    Bytes *all[] = {&p->pending, &p->body, &p->locals, &p->scratch, &p->module_name, &p->hints,
                    &p->function_hints};
    for (size_t i = 0; i < COUNT_OF(all); i++) bytes_free(all[i]);
    for (size_t i = 0; i < COUNT_OF(p->sections); i++) bytes_free(&p->sections[i]);
    for (size_t i = 0; i < COUNT_OF(p->names); i++) bytes_free(&p->names[i]);
    for (size_t i = 0; i < COUNT_OF(p->inner_names); i++) bytes_free(&p->inner_names[i]);
    for (u32 i = 0; i < p->custom_count; i++) bytes_free(&p->customs[i].content);
    U32List *lists[] = {&p->valtypes, &p->supers, &p->type_fields, &p->inline_types,
                        &p->labels, &p->local_types};
    for (size_t i = 0; i < COUNT_OF(lists); i++) list_free(p, lists[i]);
    allocator_free(p->alloc, p->symbols, p->symbol_room * sizeof *p->symbols);
    allocator_free(p->alloc, p->symbol_slots, p->symbol_slot_count * sizeof *p->symbol_slots);
    allocator_free(p->alloc, p->types, p->type_room * sizeof *p->types);
    allocator_free(p->alloc, p->fields, p->field_room * sizeof *p->fields);
    allocator_free(p->alloc, p->functype_slots, p->functype_slot_count * sizeof *p->functype_slots);
    allocator_free(p->alloc, p->catches, p->catch_room * sizeof *p->catches);
    allocator_free(p->alloc, p->frames, p->frame_room * sizeof *p->frames);
    allocator_free(p->alloc, p->open_labels, p->label_room * sizeof *p->open_labels);
    allocator_free(p->alloc, p->customs, p->custom_room * sizeof *p->customs);
    allocator_free(p->alloc, p->places, p->place_room * sizeof *p->places);
    arena_free(&p->arena);
}

void fail_at(Parser *p, WatErrorKind kind, u32 at, const char *format, ...)
{
    if (!parser_ok(p)) return;
    p->error.kind = kind;
    p->error.at = at;
    va_list list;
    va_start(list, format);
    vsnprintf(p->error.text, sizeof p->error.text, format, list);
    va_end(list);
    p->at = stop_tokens;
}

// At most this much of a token is quoted in a message.
static int quoted_size(const Token *token)
{
    return token->size > 60 ? 60 : (int)token->size;
}

void fail_token(Parser *p, const Token *token, const char *text)
{
    const char *source = p->text->source + token->at;
    if (token->size == 0) fail_at(p, WAT_MALFORMED, token->at, "%s", text);
    else fail_at(p, WAT_MALFORMED, token->at, "%s %.*s", text, quoted_size(token), source);
}

void fail_memory(Parser *p)
{
    fail_at(p, WAT_OUT_OF_MEMORY, 0, "out of memory");
}

void fail_unexpected(Parser *p)
{
    const Token *t = p->at;
    switch ((TokenKind)t->kind) {
    case TOKEN_END: fail_at(p, WAT_MALFORMED, t->at, "unexpected token: the text ends here"); break;
    case TOKEN_ERROR: fail_at(p, WAT_MALFORMED, t->at, "%s", lex_error_texts[t->word]); break;
    case TOKEN_RESERVED: fail_token(p, t, "unknown operator"); break;
    default: fail_token(p, t, "unexpected token"); break;
    }
}

void expect(Parser *p, TokenKind kind)
{
    if (at_kind(p, kind)) p->at++;
    else fail_unexpected(p);
}

void skip_list(Parser *p)
{
    u32 depth = 0;
    for (;; p->at++) {
        switch (p->at->kind) {
        case TOKEN_LPAR: depth++; break;
        case TOKEN_RPAR:
            if (--depth == 0) {
                p->at++;
                return;
            }
            break;
        case TOKEN_END: case TOKEN_ERROR: fail_unexpected(p); return;
        default: break;
        }
    }
}

bool parser_reserve(Parser *p, void *items, u32 count, u32 *room, size_t item_size)
{
    void *block, *old;
    memcpy(&old, items, sizeof old);
    block = array_reserve(p->alloc, old, count, room, item_size);
    if (!block) {
        fail_memory(p);
        return false;
    }
    memcpy(items, &block, sizeof block);
    return true;
}

bool u32_push(Parser *p, U32List *list, u32 value)
{
    if (!parser_reserve(p, &list->items, list->count, &list->room, sizeof *list->items))
        return false;
    list->items[list->count++] = value;
    return true;
}

// --- identifiers ---------------------------------------------------------------------

static u32 hash_name(const u8 *name, u32 size)
{
    u32 h = 2166136261u;
    for (u32 i = 0; i < size; i++) h = (h ^ name[i]) * 16777619u;
    return h ^ h >> 15;
}

static bool rehash_symbols(Parser *p)
{
    u32 wanted = p->symbol_slot_count ? p->symbol_slot_count * 2 : 64;
    u32 *slots = allocator_take_zeroed(p->alloc, wanted * sizeof *slots);
    if (!slots) {
        fail_memory(p);
        return false;
    }
    for (u32 i = 1; i < p->symbol_count; i++) {
        u32 slot = p->symbols[i].hash;
        while (slots[slot % wanted]) slot++;
        slots[slot % wanted] = i;
    }
    allocator_free(p->alloc, p->symbol_slots, p->symbol_slot_count * sizeof *p->symbol_slots);
    p->symbol_slots = slots, p->symbol_slot_count = wanted;
    return true;
}

static Symbol new_symbol(Parser *p, const u8 *name, u32 size, u32 hash)
{
    if (p->symbol_count == 0) p->symbol_count = 1;  // 0 means none
    if (!parser_reserve(p, &p->symbols, p->symbol_count, &p->symbol_room, sizeof *p->symbols))
        return NO_SYMBOL;
    SymbolInfo *s = &p->symbols[p->symbol_count];
    *s = (SymbolInfo){.name = name, .size = size, .hash = hash};
    for (int i = 0; i < SPACE_COUNT; i++) s->index[i] = NO_INDEX;
    return p->symbol_count++;
}

Symbol symbol_of(Parser *p, const Token *id)
{
    const u8 *name = (const u8 *)p->text->source + id->at + 1;
    u32 size = id->size - 1;
    bool quoted = id->word != 0;
    if (quoted) {
        p->scratch.size = 0;
        decode_string((const char *)name, size, &p->scratch);
        name = p->scratch.data, size = (u32)p->scratch.size;
        if (p->scratch.failed) {
            fail_memory(p);
            return NO_SYMBOL;
        }
    }
    if (p->symbol_count * 2 >= p->symbol_slot_count && !rehash_symbols(p)) return NO_SYMBOL;
    u32 hash = hash_name(name, size), slot = hash & (p->symbol_slot_count - 1);
    while (p->symbol_slots[slot]) {
        const SymbolInfo *s = &p->symbols[p->symbol_slots[slot]];
        if (s->hash == hash && s->size == size && memcmp(s->name, name, size) == 0)
            return p->symbol_slots[slot];
        slot = (slot + 1) & (p->symbol_slot_count - 1);
    }
    if (quoted) {
        u8 *copy = ARENA_NEW(&p->arena, size, u8);
        if (!copy) {
            fail_memory(p);
            return NO_SYMBOL;
        }
        name = memcpy(copy, name, size);
    }
    return p->symbol_slots[slot] = new_symbol(p, name, size, hash);
}

Symbol take_id(Parser *p)
{
    if (!at_kind(p, TOKEN_ID)) return NO_SYMBOL;
    Symbol symbol = symbol_of(p, p->at);
    if (symbol != NO_SYMBOL) p->at++;
    return symbol;
}

void bind_symbol(Parser *p, IndexSpace space, Symbol symbol, const Token *where)
{
    static const char *const texts[SPACE_COUNT] = {
        "duplicate type", "duplicate func", "duplicate table", "duplicate memory",
        "duplicate global", "duplicate tag", "duplicate elem", "duplicate data"};
    u32 index = p->bound[space]++;
    if (symbol == NO_SYMBOL) return;
    if (p->symbols[symbol].index[space] != NO_INDEX) fail_token(p, where, texts[space]);
    p->symbols[symbol].index[space] = index;
}

void bind_inner(Parser *p, Symbol symbol, u32 index, const char *what, const Token *where)
{
    if (symbol == NO_SYMBOL) return;
    SymbolInfo *s = &p->symbols[symbol];
    if (s->scope == p->scope) fail_token(p, where, what);
    s->scope = p->scope, s->local = index;
}

// --- numbers and strings -------------------------------------------------------------

u64 parse_u64_token(Parser *p, u32 skip)
{
    u64 value = 0;
    const Token *t = p->at;
    if (!parse_nat(p->text->source + t->at + skip, t->size - skip, &value))
        fail_token(p, t, "i64 constant out of range");
    else p->at++;
    return value;
}

u32 parse_u32(Parser *p)
{
    u64 value = UINT64_MAX;
    const Token *t = p->at;
    if (!at_kind(p, TOKEN_NAT)) {
        fail_unexpected(p);
        return 0;
    }
    if (!parse_nat(p->text->source + t->at, t->size, &value) || value > UINT32_MAX) {
        fail_token(p, t, "i32 constant out of range");
        return 0;
    }
    p->at++;
    return (u32)value;
}

bool at_index(const Parser *p)
{
    return at_kind(p, TOKEN_NAT) || at_kind(p, TOKEN_ID);
}

u32 parse_index(Parser *p, IndexSpace space)
{
    static const char *const texts[SPACE_COUNT] = {
        "unknown type", "unknown function", "unknown table", "unknown memory",
        "unknown global", "unknown tag", "unknown elem segment", "unknown data segment"};
    if (!at_kind(p, TOKEN_ID)) return parse_u32(p);
    const Token *t = p->at;
    Symbol symbol = take_id(p);
    if (symbol == NO_SYMBOL) return 0;
    u32 index = p->symbols[symbol].index[space];
    if (index == NO_INDEX) {
        fail_token(p, t, texts[space]);
        return 0;
    }
    return index;
}

u32 parse_local_index(Parser *p)
{
    if (!at_kind(p, TOKEN_ID)) return parse_u32(p);
    const Token *t = p->at;
    Symbol symbol = take_id(p);
    if (symbol == NO_SYMBOL) return 0;
    if (p->symbols[symbol].scope != p->scope) {
        fail_token(p, t, "unknown local");
        return 0;
    }
    return p->symbols[symbol].local;
}

void parse_strings(Parser *p, Bytes *out)
{
    for (; at_kind(p, TOKEN_STRING); p->at++)
        decode_string(p->text->source + p->at->at, p->at->size, out);
}

void parse_name(Parser *p, Bytes *out)
{
    if (!at_kind(p, TOKEN_STRING)) {
        fail_unexpected(p);
        return;
    }
    p->scratch.size = 0;
    decode_string(p->text->source + p->at->at, p->at->size, &p->scratch);
    if (!utf8_is_valid(p->scratch.data, p->scratch.size))
        fail_at(p, WAT_MALFORMED, p->at->at, "malformed UTF-8 encoding");
    else p->at++;
    bytes_name(out, p->scratch.data, p->scratch.size);
    out->failed |= p->scratch.failed;
}

// --- types ---------------------------------------------------------------------------

// The heap types of words.def lie in AbstractHeap's order.
_Static_assert(WORD_noexn - WORD_func == HEAP_NOEXN - HEAP_FUNC, "words.def");

// heaptype ::= func | extern | ... | typeidx                      spec: text-heaptype
HeapType parse_heaptype(Parser *p)
{
    if (at_kind(p, TOKEN_KEYWORD)) {
        u32 word = p->at->word;
        if (word >= WORD_func && word <= WORD_noexn) {
            p->at++;
            return HEAP_TYPE(HEAP_FUNC + (word - WORD_func));
        }
    } else if (at_index(p)) {
        u32 index = parse_index(p, SPACE_TYPE);
        return HEAP_INDEX(index > TYPE_INDEX_MAX ? TYPE_INDEX_MAX : index);
    }
    fail_unexpected(p);
    return HEAP_TYPE(HEAP_ANY);
}

// The types that are one word: numbers, and short names of nullable references.
static ValType valtype_of_word(u32 word)
{
    switch (word) {
    case WORD_i32: return TYPE_I32;
    case WORD_i64: return TYPE_I64;
    case WORD_f32: return TYPE_F32;
    case WORD_f64: return TYPE_F64;
    case WORD_v128: return TYPE_V128;
    case WORD_funcref: return TYPE_FUNCREF;
    case WORD_nullfuncref: return REF_NULL_TYPE(HEAP_TYPE(HEAP_NOFUNC));
    case WORD_externref: return TYPE_EXTERNREF;
    case WORD_nullexternref: return REF_NULL_TYPE(HEAP_TYPE(HEAP_NOEXTERN));
    case WORD_anyref: return TYPE_ANYREF;
    case WORD_eqref: return TYPE_EQREF;
    case WORD_i31ref: return TYPE_I31REF;
    case WORD_structref: return TYPE_STRUCTREF;
    case WORD_arrayref: return TYPE_ARRAYREF;
    case WORD_nullref: return REF_NULL_TYPE(HEAP_TYPE(HEAP_NONE));
    case WORD_exnref: return TYPE_EXNREF;
    case WORD_nullexnref: return REF_NULL_TYPE(HEAP_TYPE(HEAP_NOEXN));
    default: return TYPE_BOTTOM;
    }
}

static bool at_valtype(const Parser *p)
{
    return at_open(p, WORD_ref) ||
           (at_kind(p, TOKEN_KEYWORD) && valtype_of_word(p->at->word) != TYPE_BOTTOM);
}

bool at_reftype(const Parser *p)
{
    return at_open(p, WORD_ref) ||
           (at_kind(p, TOKEN_KEYWORD) && type_is_ref(valtype_of_word(p->at->word)));
}

// reftype ::= (ref null? heaptype) | funcref | ...                spec: text-reftype
// valtype ::= numtype | vectype | reftype                         spec: text-valtype
ValType parse_valtype(Parser *p)
{
    if (accept_open(p, WORD_ref)) {
        bool nullable = accept_word(p, WORD_null);
        HeapType heap = parse_heaptype(p);
        expect(p, TOKEN_RPAR);
        return nullable ? REF_NULL_TYPE(heap) : REF_TYPE(heap);
    }
    ValType type = at_kind(p, TOKEN_KEYWORD) ? valtype_of_word(p->at->word) : TYPE_BOTTOM;
    if (type == TYPE_BOTTOM) {
        fail_unexpected(p);
        return TYPE_I32;
    }
    p->at++;
    return type;
}

ValType parse_reftype(Parser *p)
{
    if (at_reftype(p)) return parse_valtype(p);
    fail_unexpected(p);
    return TYPE_FUNCREF;
}

// (param t*) or (param $x t), any number of times, then (result t*) likewise; the types go
// to `types`.                                                     spec: text-functype
static void parse_params(Parser *p, U32List *types, bool names, bool bind, u32 *params,
                         u32 *results)
{
    *params = *results = 0;
    while (accept_open(p, WORD_param)) {
        if (at_kind(p, TOKEN_ID) && names) {
            const Token *where = p->at;
            Symbol symbol = take_id(p);
            if (bind) {
                bind_inner(p, symbol, *params, "duplicate local", where);
                note_name(p, NAMES_LOCAL, *params, symbol);
            }
            u32_push(p, types, parse_valtype(p)), ++*params;
        } else {
            while (at_valtype(p)) u32_push(p, types, parse_valtype(p)), ++*params;
        }
        expect(p, TOKEN_RPAR);
    }
    while (accept_open(p, WORD_result)) {
        while (at_valtype(p)) u32_push(p, types, parse_valtype(p)), ++*results;
        expect(p, TOKEN_RPAR);
    }
    if (at_open(p, WORD_param)) p->at++, fail_unexpected(p);
}

// fieldtype ::= storagetype | (mut storagetype)                   spec: text-fieldtype
static FieldDef parse_fieldtype(Parser *p, Symbol name)
{
    FieldDef field = {.name = name, .is_mutable = accept_open(p, WORD_mut)};
    if (accept_word(p, WORD_i8)) field.storage = TYPE_I8;
    else if (accept_word(p, WORD_i16)) field.storage = TYPE_I16;
    else field.storage = parse_valtype(p);
    if (field.is_mutable) expect(p, TOKEN_RPAR);
    return field;
}

static void push_field(Parser *p, TypeDef *type, FieldDef field)
{
    if (!parser_reserve(p, &p->fields, p->field_count, &p->field_room, sizeof *p->fields)) return;
    p->fields[p->field_count++] = field;
    type->field_count++;
}

// structtype ::= (struct (field id fieldtype | fieldtype*)*)     spec: text-structtype
static void parse_struct(Parser *p, TypeDef *type)
{
    p->scope++;
    while (accept_open(p, WORD_field)) {
        if (at_kind(p, TOKEN_ID)) {
            const Token *where = p->at;
            Symbol name = take_id(p);
            bind_inner(p, name, type->field_count, "duplicate field", where);
            note_name(p, NAMES_FIELD, type->field_count, name);
            push_field(p, type, parse_fieldtype(p, name));
        } else {
            while (parser_ok(p) && !at_kind(p, TOKEN_RPAR))
                push_field(p, type, parse_fieldtype(p, NO_SYMBOL));
        }
        expect(p, TOKEN_RPAR);
    }
}

// comptype ::= (func ...) | (struct ...) | (array fieldtype)      spec: text-comptype
static void parse_comptype(Parser *p, TypeDef *type)
{
    type->at = p->valtypes.count, type->field_at = p->field_count;
    if (accept_open(p, WORD_func)) {
        type->comp = COMP_FUNC;
        parse_params(p, &p->valtypes, true, false, &type->param_count, &type->result_count);
    } else if (accept_open(p, WORD_struct)) {
        type->comp = COMP_STRUCT;
        parse_struct(p, type);
    } else if (accept_open(p, WORD_array)) {
        type->comp = COMP_ARRAY;
        push_field(p, type, parse_fieldtype(p, NO_SYMBOL));
    } else {
        if (at_kind(p, TOKEN_LPAR)) p->at++;
        fail_unexpected(p);
    }
    expect(p, TOKEN_RPAR);
}

static u32 hash_functype(const u32 *types, u32 params, u32 results)
{
    u32 h = params * 31 + results;
    for (u32 i = 0; i < params + results; i++) h = (h ^ types[i]) * 16777619u;
    return h ^ h >> 15;
}

static bool functype_is(const Parser *p, u32 index, const u32 *types, u32 params, u32 results)
{
    const TypeDef *t = &p->types[index];
    return t->comp == COMP_FUNC && t->param_count == params && t->result_count == results &&
           (params + results == 0 ||
            memcmp(p->valtypes.items + t->at, types, (params + results) * sizeof *types) == 0);
}

// The slot where a function type is or would be.
static u32 functype_slot(const Parser *p, const u32 *types, u32 params, u32 results)
{
    u32 mask = p->functype_slot_count - 1, slot = hash_functype(types, params, results) & mask;
    while (p->functype_slots[slot] &&
           !functype_is(p, p->functype_slots[slot] - 1, types, params, results))
        slot = (slot + 1) & mask;
    return slot;
}

// Makes a type findable for inline type uses, unless an equal one came first.
static void remember_functype(Parser *p, u32 index)
{
    if (p->functype_count * 2 >= p->functype_slot_count) {
        u32 old_count = p->functype_slot_count, *old = p->functype_slots;
        u32 count = old_count ? old_count * 2 : 32;
        u32 *slots = allocator_take_zeroed(p->alloc, count * sizeof *slots);
        if (!slots) {
            fail_memory(p);
            return;
        }
        p->functype_slots = slots, p->functype_slot_count = count, p->functype_count = 0;
        for (u32 i = 0; i < old_count; i++)
            if (old[i]) remember_functype(p, old[i] - 1);
        allocator_free(p->alloc, old, old_count * sizeof *old);
    }
    const TypeDef *t = &p->types[index];
    // Before the first parameter or result anywhere the list is NULL, which has no offsets.
    const ValType *types = p->valtypes.items ? p->valtypes.items + t->at : NULL;
    u32 slot = functype_slot(p, types, t->param_count, t->result_count);
    if (p->functype_slots[slot]) return;
    p->functype_slots[slot] = index + 1;
    p->functype_count++;
}

static TypeDef *add_typedef(Parser *p, TypeDef type)
{
    if (!parser_reserve(p, &p->types, p->type_count, &p->type_room, sizeof *p->types)) return NULL;
    p->types[p->type_count] = type;
    return &p->types[p->type_count++];
}

// (type id? (sub final? x* comptype))  or  (type id? comptype)     spec: text-typedef
static void parse_typedef(Parser *p, u32 group_size)
{
    TypeDef type = {.is_final = true, .group_size = group_size, .super_at = p->supers.count,
                    .where = p->at[-1].at};
    u32 index = p->type_count;
    Symbol name = take_id(p);
    note_name(p, NAMES_TYPE, index, name);
    if (accept_open(p, WORD_sub)) {
        type.is_sub = true;
        type.is_final = accept_word(p, WORD_final);
        while (at_index(p)) {
            u32_push(p, &p->supers, parse_index(p, SPACE_TYPE));
            type.super_count++;
        }
        parse_comptype(p, &type);
        expect(p, TOKEN_RPAR);
    } else {
        parse_comptype(p, &type);
    }
    expect(p, TOKEN_RPAR);
    add_typedef(p, type);
    if (parser_ok(p) && type.comp == COMP_FUNC && type.is_final && type.super_count == 0 &&
        group_size == 1)
        remember_functype(p, index);
    finish_inner_names(p, NAMES_FIELD, index);
}

// rectype ::= (rec typedef*), or one definition alone               spec: text-rectype
void parse_type_field(Parser *p)
{
    if (accept_open(p, WORD_type)) {
        parse_typedef(p, 1);
        return;
    }
    p->at += 2;  // (rec
    const Token *first = p->at;
    u32 count = 0;
    while (at_open(p, WORD_type)) skip_list(p), count++;
    if (!parser_ok(p)) return;
    p->at = first;
    for (u32 i = 0; i < count && parser_ok(p); i++) {
        p->at += 2;
        parse_typedef(p, i == 0 ? count : 0);
    }
    expect(p, TOKEN_RPAR);
}

TypeUse parse_typeuse(Parser *p, bool bind_params)
{
    TypeUse use = {.where = p->at};
    if (accept_open(p, WORD_type)) {
        use.has_index = true;
        use.index = parse_index(p, SPACE_TYPE);
        expect(p, TOKEN_RPAR);
    }
    p->inline_types.count = 0;
    parse_params(p, &p->inline_types, bind_params, bind_params, &use.param_count,
                 &use.result_count);
    use.has_inline = use.param_count + use.result_count > 0;
    return use;
}

u32 resolve_typeuse(Parser *p, const TypeUse *use)
{
    if (!parser_ok(p)) return 0;
    const u32 *types = p->inline_types.items;
    if (use->has_index) {
        if (!use->has_inline) return use->index;
        if (use->index >= p->type_count)
            fail_at(p, WAT_MALFORMED, use->where->at, "unknown type %u", (unsigned)use->index);
        else if (!functype_is(p, use->index, types, use->param_count, use->result_count))
            fail_at(p, WAT_MALFORMED, use->where->at,
                    "inline function type does not match type %u", (unsigned)use->index);
        return use->index;
    }
    if (p->functype_slot_count) {
        u32 found = p->functype_slots[functype_slot(p, types, use->param_count, use->result_count)];
        if (found) return found - 1;
    }
    TypeDef type = {.comp = COMP_FUNC, .is_final = true, .group_size = 1,
                    .at = p->valtypes.count, .param_count = use->param_count,
                    .result_count = use->result_count, .where = use->where->at};
    for (u32 i = 0; i < use->param_count + use->result_count; i++)
        u32_push(p, &p->valtypes, types[i]);
    u32 index = p->type_count;
    if (add_typedef(p, type) && parser_ok(p)) remember_functype(p, index);
    return index;
}
