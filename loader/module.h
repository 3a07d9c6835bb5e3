// module.h -- a decoded and validated module.
//
// Everything here is found by decoding; nothing of it changes afterwards, so any number of
// stores on any number of host threads may share one Module. It points into the bytes it
// was loaded from, which are borrowed and must outlive it. Bodies, constant expressions and
// element segments are not unpacked: they stay Spans of bytes, read again when needed.
//
// In each index space imports come first, as the specification counts them. What follows
// them has `import == NO_INDEX`.
//                                                       spec: syntax-module
// SPDX-License-Identifier: MIT
#ifndef WEFT_LOADER_MODULE_H
#define WEFT_LOADER_MODULE_H

#include "loader/arena.h"
#include "loader/features.h"
#include "loader/instr.h"
#include "loader/types.h"

typedef struct Import {
    Name module, name;
    u8 kind;    // ExternKind
    u32 index;  // in the index space of its kind, where its type is
} Import;

typedef struct Func {
    u32 type;    // canonical index of a function type
    u32 import;  // index into imports, or NO_INDEX
    Span code;   // locals and body: what func_locals and func_body read
} Func;

// A constant expression: instructions up to and with `end`. size 0 where there is none.
// Read it with expr_reader and read_instr, as long as the reader has bytes:
//
//     Reader r = expr_reader(m, span);
//     for (Instr i; reader_left(&r) && read_instr(&r, m->features, &scratch, &i);) ...
//
// In a loaded module it is valid, so its operand stack never underflows and its types
// are right; only type immediates still need module_canonical.     spec: valid-constant
typedef Span ConstExpr;

typedef struct Table {
    TableType type;
    u32 import;
    ConstExpr init;  // of every element; size 0: null
} Table;

typedef struct Memory {
    MemoryType type;
    u32 import;
} Memory;

typedef struct Global {
    GlobalType type;
    u32 import;
    ConstExpr init;  // size 0 for imports
} Global;

typedef struct Tag {
    u32 type;  // canonical index of a function type without results
    u32 import;
} Tag;

typedef struct Export {
    Name name;
    u8 kind;  // ExternKind
    u32 index;
} Export;

typedef enum SegmentMode {
    SEGMENT_ACTIVE,
    SEGMENT_PASSIVE,
    SEGMENT_DECLARATIVE  // elements only
} SegmentMode;

// spec: syntax-elem. The items are either function indices or constant expressions; read
// them one after the other with elem_items and elem_next.
typedef struct Elem {
    u8 mode;           // SegmentMode
    bool exprs;        // items are constant expressions, else function indices
    u32 flags;         // as in the binary format, 0..7
    u32 table;         // active
    ConstExpr offset;  // active
    ValType type;      // of the items
    u32 count;
    Span items;
} Elem;

// spec: syntax-data
typedef struct Data {
    u8 mode;           // SegmentMode
    u32 memory;        // active
    ConstExpr offset;  // active
    Span bytes;
} Data;

typedef struct Custom {
    Name name;
    Span bytes;      // after the name
    u8 after;        // id of the section before it; 0 at the start
} Custom;

typedef struct Module {
    const u8 *bytes;  // borrowed
    u32 size;
    FeatureSet features;  // what it was checked against
    Allocator allocator;
    Arena arena;

    SubType *types;   // by index as written; see SubType for what is canonical in it
    u32 *canonical;   // index -> the first equal one
    u32 type_count;
    ValType *ref_types;  // (ref i) and (ref null i) of each type i, for lists of one type

    Import *imports;
    Func *funcs;
    Table *tables;
    Memory *memories;
    Global *globals;
    Tag *tags;
    Export *exports;
    Elem *elems;
    Data *datas;
    Custom *customs;
    u32 import_count, func_count, table_count, memory_count, global_count, tag_count;
    u32 export_count, elem_count, data_count, custom_count;
    u32 import_func_count, import_table_count, import_memory_count, import_global_count,
        import_tag_count;
    u32 *export_order;    // exports sorted by name, for module_find_export
    u32 start;            // function index, or NO_INDEX
    bool has_data_count;  // a data count section was present
    u32 *func_refs;       // bitset: functions that ref.func may name   spec: valid-module
    Span sections[16];    // contents by section id; size 0 and at 0: absent

    Name name;              // from the name section; empty if it has none
    Span names[16];         // subsections of the name section by id; see names.h
} Module;

typedef struct ModuleOptions {
    Allocator allocator;
    FeatureSet features;  // features_default() unless told
} ModuleOptions;

// Decodes and validates all `size` bytes. NULL and `error` filled on failure. The caller
// frees it; whoever shares it counts references (weft_module does).                             spec: embed-module-decode, valid-module
Module *module_load(const u8 *bytes, size_t size, const ModuleOptions *options,
                    LoadError *error);

void module_free(Module *m);  // NULL is fine

// --- Types ---------------------------------------------------------------------------

INLINE u32 module_canonical(const Module *m, u32 type_index)
{
    return m->canonical[type_index];
}

// The definition of a type, by an index of a valid module, canonical or not.
INLINE const SubType *module_type(const Module *m, u32 type_index)
{
    return &m->types[m->canonical[type_index]];
}

INLINE const FuncType *module_func_type(const Module *m, u32 func_index)
{
    return &m->types[m->funcs[func_index].type].of.func;
}

INLINE const FuncType *module_tag_type(const Module *m, u32 tag_index)
{
    return &m->types[m->tags[tag_index].type].of.func;
}

// Turns a type as written (from read_instr or read_valtype) into its canonical form.
INLINE ValType module_canonical_val(const Module *m, ValType t)
{
    if (!type_is_ref(t) || (t & TYPE_ABSTRACT)) return t;
    return HEAP_INDEX(m->canonical[heap_index(type_heap(t))]) | (t & 0x1f);
}

// Matching inside one module, on canonical types.            spec: match-valtype
TypeSpace module_type_space(const Module *m);
bool module_matches(const Module *m, ValType sub, ValType super);
bool module_heap_matches(const Module *m, HeapType sub, HeapType super);

// For the store, which compares types of different modules: it interns every recursive group
// once. A group is m->types[s .. s + group_size) with s == group_start; m->canonical[i] == i
// for groups that are the first of their kind. Two groups are equal if they have as many
// types, and those are equal field by field, where a reference to index i counts as
// `i - group_start` if that is below group_size, and as the interned id of i otherwise.
// canonical[] only ever points backwards, so interning in index order needs no recursion.

// --- Bodies, expressions, segments ---------------------------------------------------

INLINE Reader span_reader(const Module *m, Span span)
{
    return reader_of(m->bytes, span.at, span.at + span.size);
}

INLINE Reader expr_reader(const Module *m, ConstExpr expr)
{
    return span_reader(m, expr);
}

// Locals are declared as runs; a body may declare billions in a few bytes.
typedef struct LocalRun {
    u32 count;
    ValType type;  // canonical
} LocalRun;

// Reads a function's locals: a count of runs, then each run. Afterwards the reader stands
// at the first instruction. For loaded modules (nothing can fail any more):
//
//     Reader r = span_reader(m, func->code);
//     for (u32 runs = read_u32(&r); runs; runs--) { LocalRun run = read_local_run(&r, m); ... }
LocalRun read_local_run(Reader *r, const Module *m);

// One item of an element segment.
typedef struct ElemItem {
    u32 func;        // function index, or NO_INDEX if it is an expression
    ConstExpr expr;
} ElemItem;

typedef struct ElemItems {
    Reader reader;
    u32 left;
    bool exprs;
} ElemItems;

ElemItems elem_items(const Module *m, const Elem *elem);
bool elem_next(const Module *m, ElemItems *items, ElemItem *item);

INLINE const u8 *data_bytes(const Module *m, const Data *data)
{
    return m->bytes + data->bytes.at;
}

// --- Looking things up ---------------------------------------------------------------

const Export *module_find_export(const Module *m, const void *name, size_t size);

// The `nth` custom section with this name (zero-ended), or NULL.
const Custom *module_find_custom(const Module *m, const char *name, u32 nth);

#endif
