// load.h -- the steps of loading a module, between the files that do them.
// SPDX-License-Identifier: MIT
#ifndef WEFT_LOADER_LOAD_H
#define WEFT_LOADER_LOAD_H

#include "loader/module.h"
#include "loader/validate.h"

// Limits of ours, those that the web embedding recommends; beyond them a module is refused
// with ERROR_LIMIT_EXCEEDED. They bound the work that one instruction can cause.
enum {
    LIMIT_TYPES = 1000000,
    LIMIT_PARAMS = 1000,
    LIMIT_RESULTS = 1000,
    LIMIT_FIELDS = 10000,
    LIMIT_SUBTYPE_DEPTH = 63,
    LIMIT_OPERANDS = 1 << 24,  // powers of two: the stacks double
    LIMIT_NESTING = 1 << 24
};

// Section ids.                                              spec: binary-section
enum {
    SECTION_CUSTOM = 0,
    SECTION_TYPE = 1,
    SECTION_IMPORT = 2,
    SECTION_FUNCTION = 3,
    SECTION_TABLE = 4,
    SECTION_MEMORY = 5,
    SECTION_GLOBAL = 6,
    SECTION_EXPORT = 7,
    SECTION_START = 8,
    SECTION_ELEM = 9,
    SECTION_CODE = 10,
    SECTION_DATA = 11,
    SECTION_DATA_COUNT = 12,
    SECTION_TAG = 13,
    SECTION_COUNT
};

// Decodes everything but function bodies into `m`. Types and indices are as written.
//                                                       spec: binary-module
bool decode_module(Module *m, LoadError *error);

// The type section: references are in range and become canonical, supertypes fit. `decode_types`
// reads it into m->types.
void decode_types(Module *m, Reader *r);
bool validate_types(Module *m, LoadError *error);

// Everything else, function bodies last.                  spec: valid-module
bool validate_module(Module *m, LoadError *error);

// Decodes the body of a function without typing it, as far as `end`; true if it is well-formed
// and ends right where its span does. Used to tell malformed from invalid when something is
// wrong: the suite wants every malformed body to win over every invalid one.
bool decode_body(const Module *m, Span code, const Allocator *allocator, LoadError *error);

// Reads over instructions up to and with the `end` that closes the expression.
Span skip_expr(Reader *r, FeatureSet features, InstrScratch *scratch);

// An expression that must be constant and yield `type`, able to see the first `global_count`
// globals. Function references in it are noted in m->func_refs.  spec: valid-constant
bool validate_const_expr(Validator *v, ConstExpr expr, ValType type, u32 global_count);

// A valtype as written becomes canonical; false, with an error, if it names no type.
bool canonicalize_type(const Module *m, ValType *t, u32 offset, LoadError *error);

// Finds the name section and notes its subsections.
void decode_names(Module *m);

#endif
