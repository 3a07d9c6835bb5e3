// parser.h -- the text format's grammar, shared by the files that implement it.
//
// A module is parsed in three passes over its tokens:
//
//   1. bind      every field's identifier gets its index, so that what comes later can be
//                named before it is defined                       (parse_module.c)
//   2. types     type definitions, which name each other
//   3. contents  everything else in textual order, straight into the bytes of its section
//
// There is no syntax tree: an instruction is an Instr for as long as it takes to encode it.
// The first mistake is kept, and the cursor moves to a token that fits nowhere, so every
// loop of the parser ends by itself.
//                                                   spec: text-module, text-context
// SPDX-License-Identifier: MIT
#ifndef WEFT_TOOLS_WAT_PARSER_H
#define WEFT_TOOLS_WAT_PARSER_H

#include "loader/arena.h"
#include "loader/load.h"
#include "loader/names.h"
#include "tools/wat/encode.h"
#include "tools/wat/lexer.h"

// What was wrong, and where in the source.
typedef enum WatErrorKind {
    WAT_OK,
    WAT_MALFORMED,         // not the text of a module
    WAT_MALFORMED_CUSTOM,  // an annotation we know is not as it should be
    WAT_INVALID_CUSTOM,    // it is, but contradicts what it stands at
    WAT_OUT_OF_MEMORY
} WatErrorKind;

typedef struct WatError {
    WatErrorKind kind;
    u32 at;          // offset in the source
    char text[192];  // in the words of the official suite
} WatError;

// Which place of the source a byte of the module comes from.
typedef struct Sought {
    u64 offset;  // in the module
    u32 source;  // the answer, if it was found
    bool found;
} Sought;

// How a text is to be understood.
typedef struct AssembleOptions {
    bool keep_names;   // identifiers become a name section
    bool narrow_limits;  // limits are u32, as they were before memory64
    Sought *sought;  // NULL: nobody asks, and no places are kept
} AssembleOptions;

// Identifiers are numbered as they are met; equal ones have equal numbers.
typedef u32 Symbol;
enum { NO_SYMBOL = 0 };

typedef enum IndexSpace {
    SPACE_TYPE,
    SPACE_FUNC,
    SPACE_TABLE,
    SPACE_MEMORY,
    SPACE_GLOBAL,
    SPACE_TAG,
    SPACE_ELEM,
    SPACE_DATA,
    SPACE_COUNT
} IndexSpace;

// One identifier and what it means in every index space.    spec: text-context
typedef struct SymbolInfo {
    const u8 *name;  // without the $, escapes decoded
    u32 size, hash;
    u32 index[SPACE_COUNT];  // or NO_INDEX
    u32 local, scope;        // the local's index, in the function or struct numbered `scope`
    u32 label;               // height of the innermost label of this name, or 0
} SymbolInfo;

typedef struct U32List {
    u32 *items;
    u32 count, room;
} U32List;

typedef struct FieldDef {
    ValType storage;
    Symbol name;
    bool is_mutable;
} FieldDef;

// A type definition; its parts lie in lists of the parser.
typedef struct TypeDef {
    u8 comp;  // CompKind
    bool is_sub, is_final;
    u32 where;  // in the source: its own text, or the first use that implies it
    u32 super_at, super_count;         // in supers
    u32 at, param_count, result_count; // COMP_FUNC: in valtypes
    u32 field_at, field_count;         // in fields
    u32 group_size;                    // of the recursive group it opens, else 0
} TypeDef;

// The lists an instruction or block under construction rests on.
typedef struct OpenFrame {
    u8 kind;        // OpenKind of parse_instr.c
    u8 step;
    s8 hint;        // branch hint of an instruction that is not written yet, or -1
    u16 op;
    Symbol label;
    u32 pending;    // where its bytes begin among those that wait
    u32 where;      // its keyword in the source
    size_t else_at; // offset of an `else` in the code
} OpenFrame;

typedef struct OpenLabel {
    Symbol name;
    u32 shadowed;  // the label this one hides
} OpenLabel;

// What begins at `offset` of a section's content, and where it stands in the source.
typedef struct SourcePlace {
    u8 section;
    u32 offset, source;
} SourcePlace;

typedef struct CustomDef {
    u8 before;  // rank of the section it precedes (custom_rank), 0 first, 255 last
    Bytes content;
} CustomDef;

enum { NAME_MAPS = 12 };

typedef struct Parser {
    const Allocator *alloc;
    WatText *text;  // only its annotations change: they are marked as used
    const Token *at;
    AssembleOptions options;
    Arena arena;
    WatError error;

    SymbolInfo *symbols;
    u32 symbol_count, symbol_room;
    u32 *symbol_slots;
    u32 symbol_slot_count;  // a power of two
    u32 scope;              // number of the function or struct whose names `local` holds

    u32 bound[SPACE_COUNT];    // pass 1: how many there are
    u32 defined[SPACE_COUNT];  // pass 3: how many were met
    const char *last_definition;  // pass 1: what an import comes too late for
    bool has_start;
    bool uses_data;            // a data count section is needed

    TypeDef *types;
    u32 type_count, type_room;
    FieldDef *fields;
    u32 field_count, field_room;
    U32List valtypes, supers;
    U32List type_fields;       // the tokens of type and rec fields
    u32 *functype_slots;       // hash table of the types an inline type use may find
    u32 functype_slot_count, functype_count;

    U32List inline_types, labels, local_types;
    Catch *catches;
    u32 catch_room;
    OpenFrame *frames;
    u32 frame_count, frame_room;
    OpenLabel *open_labels;
    u32 label_count, label_room;
    Bytes *code;      // where instructions go
    Bytes pending;    // bytes of folded instructions whose operands come first
    Bytes body, locals, scratch;
    bool in_function;
    u32 block_count;  // labels met in this function, for their names

    Bytes sections[SECTION_COUNT];  // contents by id, without their counts
    u32 counts[SECTION_COUNT];

    SourcePlace *places;  // if one is sought; in rising order for each section
    u32 place_count, place_room;
    u32 section_at[SECTION_COUNT];  // where the contents lie in the finished module

    Bytes names[NAME_MAPS];         // contents of the name section's maps by NameKind
    u32 name_counts[NAME_MAPS];
    Bytes inner_names[3];           // of the function or type under way: locals, labels, fields
    u32 inner_counts[3];
    Bytes module_name;
    bool has_module_name;
    bool has_names;

    CustomDef *customs;
    u32 custom_count, custom_room;
    Bytes hints, function_hints;    // branch hints: of all functions, of this one
    u32 hint_count, function_hint_count;
} Parser;

// --- parse.c: the cursor, names, types -----------------------------------------------

void parser_init(Parser *p, WatText *text, u32 first_token, AssembleOptions options);
void parser_free(Parser *p);

INLINE bool parser_ok(const Parser *p)
{
    return p->error.kind == WAT_OK;
}

INLINE u32 token_index(const Parser *p)
{
    return (u32)(p->at - p->text->tokens);
}

INLINE bool at_kind(const Parser *p, TokenKind kind)
{
    return p->at->kind == kind;
}

INLINE bool at_word(const Parser *p, WatWord word)
{
    return p->at->kind == TOKEN_KEYWORD && p->at->word == word;
}

// A parenthesis and this keyword. The token after a parenthesis always exists.
INLINE bool at_open(const Parser *p, WatWord word)
{
    return p->at->kind == TOKEN_LPAR && p->at[1].kind == TOKEN_KEYWORD && p->at[1].word == word;
}

INLINE bool accept_open(Parser *p, WatWord word)
{
    if (!at_open(p, word)) return false;
    p->at += 2;
    return true;
}

INLINE bool accept_word(Parser *p, WatWord word)
{
    if (!at_word(p, word)) return false;
    p->at++;
    return true;
}

// Notes the first mistake and moves the cursor where nothing fits.
PRINTF_LIKE(4, 5) COLD void fail_at(Parser *p, WatErrorKind kind, u32 at, const char *format, ...);
COLD void fail_token(Parser *p, const Token *token, const char *text);  // text: token
COLD void fail_memory(Parser *p);
COLD void fail_unexpected(Parser *p);  // "unexpected token", "unknown operator", ...

void expect(Parser *p, TokenKind kind);
void skip_list(Parser *p);  // from its opening parenthesis past its closing one

bool u32_push(Parser *p, U32List *list, u32 value);

// Room for one more in `items`; false and an error when memory runs out.
bool parser_reserve(Parser *p, void *items, u32 count, u32 *room, size_t item_size);

Symbol symbol_of(Parser *p, const Token *id);
Symbol take_id(Parser *p);  // NO_SYMBOL if there is none

// Gives the next index of a space to an identifier.   "duplicate func $f"
void bind_symbol(Parser *p, IndexSpace space, Symbol symbol, const Token *where);
// Numbers a local or field in the present scope.      "duplicate local $x"
void bind_inner(Parser *p, Symbol symbol, u32 index, const char *what, const Token *where);

bool at_index(const Parser *p);
u32 parse_index(Parser *p, IndexSpace space);
u32 parse_local_index(Parser *p);
u32 parse_u32(Parser *p);
u64 parse_u64_token(Parser *p, u32 skip);
void parse_name(Parser *p, Bytes *out);     // a string that must be UTF-8, with its length
void parse_strings(Parser *p, Bytes *out);  // string*, appended

ValType parse_valtype(Parser *p);
HeapType parse_heaptype(Parser *p);
bool at_reftype(const Parser *p);
ValType parse_reftype(Parser *p);
void parse_type_field(Parser *p);  // (type ...) or (rec ...)

// typeuse ::= (type x)? (param ...)* (result ...)*           spec: text-typeuse
typedef struct TypeUse {
    const Token *where;
    bool has_index, has_inline;
    u32 index;
    u32 param_count, result_count;  // of the inline part: in inline_types
} TypeUse;

// With `bind_params`, parameters may have names and become locals.
TypeUse parse_typeuse(Parser *p, bool bind_params);
u32 resolve_typeuse(Parser *p, const TypeUse *use);

// --- places.c: from the bytes back to the source --------------------------------------
//
// Nothing is kept unless a place is sought: who needs one assembles the text again.

// What is written next into `code` stands at `source`.
void note_place(Parser *p, const Bytes *code, u32 source);
// Whatever the field at `source` adds to the sections, where no instruction says it better.
void note_field_place(Parser *p, u32 source);
// The body that begins with place number `first` came to lie at `offset` of the code section.
void settle_body_places(Parser *p, u32 first, size_t offset);
// Answers with the module finished; bytes that nobody wrote come from no place.
void find_place(const Parser *p, Sought *sought);

// --- parse_instr.c: instructions -----------------------------------------------------

void parse_instrs(Parser *p, Bytes *out);       // instr*, up to a closing parenthesis
void parse_folded_instr(Parser *p, Bytes *out); // exactly one, in parentheses

// --- parse_module.c: fields and sections ---------------------------------------------

// Fields up to the closing parenthesis or the end of the text, then the whole module.
void parse_module_fields(Parser *p, Symbol name, Bytes *out);

// --- annotations.c: names, custom sections, branch hints -----------------------------

// Notes the name of item `index` (or of item `index` inside what is under way), from an
// annotation at the cursor or else from its identifier.
void note_name(Parser *p, NameKind kind, u32 index, Symbol symbol);
void note_module_name(Parser *p, Symbol symbol);
void finish_inner_names(Parser *p, NameKind kind, u32 outer);

void take_custom_annotations(Parser *p);  // those before the token at the cursor
s8 take_branch_hint(Parser *p);           // 0, 1, or -1 for none
void note_branch_hint(Parser *p, s8 hint);  // the instruction comes next in `code`
void finish_branch_hints(Parser *p, u32 func_index);
void check_annotations_used(Parser *p, u32 first_token, u32 last_token);

void write_customs(Parser *p, Bytes *out, u8 rank);  // those that belong before that rank
void write_names(Parser *p, Bytes *out);
void write_branch_hints(Parser *p, Bytes *out);
u8 custom_rank(u8 id);  // 1.. in the order sections stand in

#endif
