// print.h -- a module as text: what the files of the printer share.
//
//   print.c        fields, types, segments, custom sections
//   print_instr.c  bodies and constant expressions
//   print_names.c  identifiers, from the name section
//                                                       spec: text-module
// SPDX-License-Identifier: MIT
#ifndef WEFT_TOOLS_WAT_PRINT_H
#define WEFT_TOOLS_WAT_PRINT_H

#include "loader/arena.h"
#include "loader/names.h"
#include "tools/wat/bytes.h"

// What an item is called in the text.
typedef struct PrintName {
    const char *id;  // "$f", ready to print, unlike any other of its space; NULL: its number
    Name exact;      // the name it has, where the id had to differ from it; else size 0
} PrintName;

// The identifiers one index space has given out: no two may be equal.
typedef struct IdSet {
    const char **slots;
    u32 slot_count, count;
} IdSet;

enum { PRINT_NAME_KINDS = NAMES_TAG + 1 };

typedef struct Printer {
    const Allocator *allocator;
    const Module *m;
    Bytes *out;
    Arena arena;     // identifiers
    bool failed;     // memory ran out, or `refusal` says why not
    const char *refusal;
    PrintName *names[PRINT_NAME_KINDS];  // by NameKind; NULL for those inside functions
    IdSet ids;
    InstrScratch scratch;

    // Of the function under way.
    NameWalk local_walk, label_walk, field_walk;
    PrintName *locals;
    u32 local_count, local_room;   // how many have a place in `locals`: the last named one + 1
    PrintName *label_names;
    u32 label_name_count, label_name_room;
    const char **labels;           // of the open blocks; NULL: no name
    u32 label_count, label_room;
    u32 block_count;

    const Custom *hints;           // branch hints, if they can be printed where they belong
    Reader hint_reader;
    u32 hint_functions, hint_function, hints_left;
    u32 hint_offset;
    u8 hint_value;
} Printer;

// print_names.c
void print_names_init(Printer *p);
void print_names_free(Printer *p);
void start_function_names(Printer *p, u32 func_index);
// The names of the fields of a type, in `locals`.
void start_field_names(Printer *p, u32 type_index);

// Prints what declares or refers to item `index`: its id, or its number.
void print_ref_id(Printer *p, NameKind kind, u32 index);
void print_local(Printer *p, u32 index);
// Prints " $f (;3;)" behind the keyword of a definition.
void print_definition_id(Printer *p, NameKind kind, u32 index);
void print_exact_name(Printer *p, const PrintName *name);  // (@name "...") if it is needed
const PrintName *print_inner_name(const Printer *p, u32 index);
void print_string(Bytes *out, const u8 *bytes, size_t size);

// print_instr.c
void print_body(Printer *p, const Func *func);
// A constant expression: "(i32.const 1)", or "(WORD i32.const 1 ...)" if it is more than one
// instruction; without a word, those are printed bare.
void print_expr(Printer *p, ConstExpr expr, const char *word);

// print.c
void print_text(Printer *p, const char *text);
void print_number(Printer *p, u64 value);
void print_valtype(Printer *p, ValType type);
void print_heaptype(Printer *p, HeapType heap);
// " (type 3) (param $x i32) (result i32)"; parameters have names if `locals` are theirs.
void print_typeuse(Printer *p, u32 type_index, bool named);
void print_functype(Printer *p, const FuncType *type, bool named);

#endif
