// translate.h -- how the files of the translator see each other.
//
// Translation is one walk over a function's body (the validator's, with a Translator as its
// sink), which makes a list of Ins, and two passes over that list: choose_pin and encode.
//                                                   see docs/INTERPRETER.md
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_TRANSLATE_H
#define WEFT_VM_TRANSLATE_H

#include "loader/validate.h"
#include "vm/code.h"

#include "forms.h"

// Where an operand is or a result goes; the numbers are gen_handlers.c's.
typedef enum Where { IN_SLOT = 0, IMMEDIATE = 1, IN_ACC = 2, IN_PIN = 3, IN_PIN2 = 4 } Where;

// Which fields of the cell an Ins fills with what.
typedef enum Layout {
    LAYOUT_SLOTS,       // A D B X                                short
    LAYOUT_IMM,         // A D IMM                                short
    LAYOUT_BRANCH,      // A D=b IMM=distance                     short
    LAYOUT_K,           // A D B X K64                            long
    LAYOUT_TWO,         // A D B X LOW=low half, TARGET=high half long
    LAYOUT_LOW_BRANCH,  // A D B X LOW=imm TARGET=distance        long
    LAYOUT_K_BRANCH,    // A D IMM=distance K64                   long
    LAYOUT_TABLE,       // A IMM=count, then the distances
    LAYOUT_CALL,        // A D B=pin X=place in the function K64  long
    LAYOUT_CALL_TWO,    // the same with LOW and TARGET           long
    LAYOUT_CALL_INDIRECT,  // the same with P, Q and TARGET       long
    LAYOUT_V128,        // A D, then 16 bytes
    LAYOUT_FIELDS,      // A D B X P Q R S; the last four from imm   long
    LAYOUT_SMALL_FIELD, // A D IMM=low half P=x TARGET=high half      long
    LAYOUT_IMM_BRANCH   // A D IMM TARGET=distance                   long
} Layout;

// What the fields mean to the passes that look for slots.
enum {
    READS_A = 1,     // A is a slot that is read
    READS_B = 2,     // b is (in B, or in D for branches and stores)
    READS_X = 4,
    READS_I = 8,     // the index of a call_indirect (P), held in `x`
    WRITES_D = 16,
    VECTOR = 32,     // slots read and written are pairs
    BARRIER = 64,    // may read or write any slot
    FIXED = 128,     // the destination must stay
    READS_D = 256        // a store: the value's place is d_place, its slot d
};

#define NO_LABEL 0xffffffffu

typedef struct Ins {
    u16 form;
    u16 roles;
    u8 layout;
    u8 a_place, b_place, d_place;
    u8 loop_depth;
    u8 run;             // cells its handler executes, this one first
    u16 handler;        // its number
    u16 row;            // choose_handlers: the one that was found
    u32 jumps;          // choose_handlers: from handler to handler, from here on
    u32 a, b, d, x;
    u64 imm, imm2;      // imm2: upper half of a vector
    u32 label;          // branch target, or NO_LABEL; LAYOUT_TABLE: first of them in `targets`
    u32 at;             // the instruction it came from: offset in the module
    u32 offset;         // of its cell, once encoded
    s32 acc_before;     // what `acc` was before this one
} Ins;

// An operand, as the translator knows it.
typedef enum ItemKind { ITEM_TEMP, ITEM_LOCAL, ITEM_CONST } ItemKind;

typedef struct Item {
    u8 kind;
    bool hidden;   // of ours, not of the program (legacy exceptions)
    ValType type;
    u32 slot;      // its own slot, by its height; a TEMP is there
    u32 local;     // ITEM_LOCAL
    s32 def;       // ITEM_TEMP: the Ins that made it, or -1
    u64 value;     // ITEM_CONST: bits
} Item;

typedef struct Label {
    u32 ins;   // where it is bound
    bool used;
} Label;

typedef struct Block {
    u8 kind;         // ControlKind
    bool dead;       // opened in dead code
    u32 height;      // items below its parameters
    u32 label, else_label;
    u32 serial;      // tells blocks at the same depth apart
    u32 range;       // of a try
    u32 outer_range; // the range in force around it
    u32 exception;   // legacy catch: slot of the exception it caught
    u32 stop, stop_of; // the stop on the way here that the br_table `stop_of` made
} Block;

// Which kind of register can be a local's.
typedef enum PinClass { PIN_NONE, PIN_INTEGER, PIN_DOUBLE } PinClass;

// The first access to a local decides whether it must be zeroed on entry.
typedef struct LocalUse {
    u32 slot;
    u32 items;    // operands that name it
    u32 depth;    // of the block of the first write
    u32 serial;   // 0: not accessed yet
    bool zero;    // may be read before it is written
    bool wide;
    u8 pin_class;  // PinClass
} LocalUse;

typedef struct PendingRange {
    u32 start, end;    // Ins
    u32 first_clause, clause_count, parent;
} PendingRange;

typedef struct PendingClause {
    u8 kind;
    u32 tag, label, slot;
    u32 range;
} PendingClause;

typedef struct Translator {
    Sink sink;  // first: the validator hands it back
    weft_module *module;
    const Module *m;
    const Allocator *allocator;
    Sites *sites;
    u32 mask;
    u32 func_index;
    u32 now;  // offset of the instruction being translated
    bool failed;   // out of memory
    bool too_large;

    u32 param_slots, result_slots, header, temp_base;
    u32 local_count, max_slot;

    Ins *ins;
    u32 count, capacity;
    u32 most;             // so many, and no more
    Item *items;
    u32 item_count, item_capacity;
    u32 local_items;  // operands that are ITEM_LOCAL
    Label *labels;
    u32 label_count, label_capacity;
    Block *blocks;
    u32 block_count, block_capacity;
    u32 *targets;
    u32 target_count, target_capacity;
    LocalUse *locals;
    u32 locals_capacity;
    PendingRange *ranges;
    u32 range_count, range_capacity;
    TryEdge *edges;         // `start` is an Ins still
    u32 edge_count, edge_capacity;
    PendingClause *clauses;
    u32 clause_count, clause_capacity;

    s32 acc, facc, gacc, vacc;  // the Ins whose result each register holds, or -1
    u32 region;           // Ins before this one can no longer be changed
    u32 loop_depth;
    u32 next_serial;
    s32 fuel;             // the fuel Ins of the running straight line, or -1
    u32 range;            // innermost try, or NO_RANGE
    u32 pins[PINS];       // slots, or NO_PIN
    u32 zero[2];          // slots that calls zero
} Translator;

#define NO_PIN 0xffffffffu

// Whether there is a handler for these places.
bool has_handler(u32 form, u32 a_place, u32 b_place, u32 d_place);

// The number of the handler, or -1 if there is none for these places.
s32 form_handler(u32 form, u32 a_place, u32 b_place, u32 d_place);

// translate_number.c: the form that does the same with its operands exchanged, or 0.
u32 exchanged_form(u32 form);

// Catch parts of legacy exceptions get the reference first, then the values.
enum { LEGACY_CATCH = 4, LEGACY_CATCH_ALL = 5 };

// encode.c
u32 cell_size(const Ins *i);
u32 label_offset(const Translator *t, u32 label, u32 size);  // size: of all cells

// What IN_PIN and IN_PIN2 mean for operands a and b of a form, and for its result.
bool takes_doubles(u32 form);
bool gives_double(u32 form);

// pin.c
void choose_pins(Translator *t);

// pairs.c: joins neighbours; is_target tells where branches and try blocks come in.
void join_pairs(Translator *t, const u8 *is_target);
void join_moves(Translator *t, const u8 *is_target);

// sequences.c: fills in `handler` and `run`, once places and forms are settled.
void choose_handlers(Translator *t);

Code *encode(Translator *t);

#endif
