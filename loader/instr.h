// instr.h -- one decoded instruction: the hinge between all parts of weft.
//
// The binary decoder makes it, the validator types it, the translator lowers it, inspect
// and the printer show it, the text parser makes it again and the encoder writes it back.
// All of them read opcodes.def, where every instruction has a row.
//                                                       spec: syntax-instr, binary-instr
// SPDX-License-Identifier: MIT
#ifndef WEFT_LOADER_INSTR_H
#define WEFT_LOADER_INSTR_H

#include "loader/features.h"
#include "loader/reader.h"
#include "loader/types.h"
#include "ports/alloc.h"

typedef enum Op {
#define OP(prefix, code, id, mnemonic, immediate, type, family, feature) OP_##id,
#include "loader/opcodes.def"
#undef OP
    OP_COUNT
} Op;

// What follows an opcode. The comment gives the binary form and the field of Instr.of.
typedef enum ImmKind {
    IMM_NONE,
    IMM_BLOCK,          // blocktype                               block.type
    IMM_TRY_TABLE,      // blocktype list(catch)                   block
    IMM_LABEL,          // labelidx                                index
    IMM_BR_TABLE,       // list(labelidx) labelidx                 br_table (the last is the default)
    IMM_FUNC,           // funcidx                                 index
    IMM_TYPE,           // typeidx                                 index
    IMM_TAG,            // tagidx                                  index
    IMM_LOCAL,          // localidx                                index
    IMM_GLOBAL,         // globalidx                               index
    IMM_TABLE,          // tableidx                                index
    IMM_MEMORY,         // memidx                                  index
    IMM_DATA,           // dataidx                                 index
    IMM_ELEM,           // elemidx                                 index
    IMM_CALL_INDIRECT,  // typeidx tableidx                        two.first = type, second = table
    IMM_FIELD,          // typeidx fieldidx                        two.first = type, second = field
    IMM_TYPE_COUNT,     // typeidx u32                             two.first = type, second = count
    IMM_TYPE_DATA,      // typeidx dataidx                         two.first = type, second = data
    IMM_TYPE_ELEM,      // typeidx elemidx                         two.first = type, second = elem
    IMM_TYPE_TYPE,      // typeidx typeidx (array.copy)            two.first = to, second = from
    IMM_MEMORY_INIT,    // dataidx memidx                          two.first = data, second = memory
    IMM_MEMORY_COPY,    // memidx memidx                           two.first = to, second = from
    IMM_TABLE_INIT,     // elemidx tableidx                        two.first = elem, second = table
    IMM_TABLE_COPY,     // tableidx tableidx                       two.first = to, second = from
    IMM_SELECT,         // list(valtype)                           select
    IMM_HEAP,           // heaptype (ref.null)                     type: (ref null heaptype)
    IMM_REF_TYPE,       // heaptype (ref.test, ref.cast)           type: (ref null? heaptype), null by opcode
    IMM_CAST,           // castop labelidx heaptype heaptype       cast
    IMM_I32,            // s32                                     i32
    IMM_I64,            // s64                                     i64
    IMM_F32,            // 4 bytes                                 f32_bits
    IMM_F64,            // 8 bytes                                 f64_bits
    IMM_V128,           // 16 bytes                                bytes
    IMM_SHUFFLE,        // 16 bytes, lane indices                  bytes
    IMM_LANE,           // byte                                    lane
    IMM_MEMARG,         // memarg                                  mem
    IMM_MEMARG_LANE,    // memarg byte                             mem
    IMM_FENCE,          // 0x00 (atomic.fence)
    IMM_COUNT
} ImmKind;

// spec: binary-blocktype
typedef enum BlockKind {
    BLOCK_EMPTY,  // [] -> []
    BLOCK_VALUE,  // [] -> [type]
    BLOCK_INDEX   // the function type `type`, an index
} BlockKind;

typedef struct BlockType {
    u8 kind;   // BlockKind
    u32 type;  // a ValType or a type index
} BlockType;

// spec: binary-catch
typedef enum CatchKind { CATCH_TAG, CATCH_TAG_REF, CATCH_ALL, CATCH_ALL_REF } CatchKind;

typedef struct Catch {
    u8 kind;    // CatchKind
    u32 tag;    // for CATCH_TAG and CATCH_TAG_REF
    u32 label;  // counted from outside the try_table
} Catch;

typedef struct MemArg {
    u64 offset;
    u32 memory;
    u8 align_log2;  // as written
    u8 lane;        // for IMM_MEMARG_LANE
} MemArg;

typedef struct Instr {
    u16 op;   // Op
    u32 at;   // offset of its first byte in the module
    u32 end;  // offset just past it: the next instruction
    union {
        u32 index;
        struct {
            u32 first, second;
        } two;
        struct {
            BlockType type;
            const Catch *catches;  // try_table; valid until the next read with this scratch
            u32 catch_count;
        } block;
        struct {
            const u32 *labels;  // `count` + 1 of them: the last one is the default
            u32 count;
        } br_table;
        struct {
            const ValType *types;  // exactly one in a valid module
            u32 count;
        } select;
        ValType type;
        struct {
            u32 label;
            ValType from, to;
        } cast;
        s32 i32;
        s64 i64;
        u32 f32_bits;
        u64 f64_bits;
        u8 bytes[16];  // v128.const: as in memory, lane 0 first
        u8 lane;
        MemArg mem;
    } of;
} Instr;

// What opcodes.def says of an Op, as data.
typedef struct OpInfo {
    char type[8];          // "ii:i", or "*"; in place, so that nothing is relocated
    u16 code;              // after the prefix if there is one
    u8 prefix;             // 0 or 0xfb..0xfe
    u8 immediate;          // ImmKind
    u8 feature;            // Feature
} OpInfo;

extern const OpInfo op_info[OP_COUNT];

// The columns for people, in a file of their own (op_names.c), so that a program which never
// shows an instruction does not carry them. In place, so that nothing is relocated.
#define OP_NAME_ROOM 36
extern const char op_mnemonic[OP_COUNT][OP_NAME_ROOM];  // "i32.add"
extern const char op_family[OP_COUNT][OP_NAME_ROOM];    // suffix of the anchors spec: exec-<family>

// The instruction with this prefix (0 for none) and code, or OP_COUNT.
Op op_of_code(u8 prefix, u32 code);

// log2 of the bytes an instruction with a memarg accesses: its natural alignment.
//                                                       spec: valid-memarg
u32 op_align_log2(Op op);

// The number of lanes an instruction with a lane immediate chooses from.
u32 op_lanes(Op op);

// Where read_instr puts lists (labels, catches, types). One per reader, reused by each
// instruction. Start from {.allocator = a}; free with instr_scratch_free.
typedef struct InstrScratch {
    const Allocator *allocator;
    u32 *words;
    u32 capacity;  // in words
} InstrScratch;

void instr_scratch_free(InstrScratch *scratch);

// instr ::= opcode immediates                                    spec: binary-instr
// Reads one instruction. Type indices, in immediates and inside types, are as written. On
// failure (illegal opcode, malformed immediates, a proposal not in `features`, the end of
// the bytes) the reader holds the error and the result is false.
bool read_instr(Reader *r, FeatureSet features, InstrScratch *scratch, Instr *instr);

// valtype, heaptype, reftype, blocktype: as written.        spec: binary-valtype
ValType read_valtype(Reader *r, FeatureSet features);
HeapType read_heaptype(Reader *r, FeatureSet features);
ValType read_reftype(Reader *r, FeatureSet features);

#endif
