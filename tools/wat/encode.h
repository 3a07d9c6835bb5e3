// encode.h -- instructions and types as bytes: the binary decoder run backwards.
//
// Everything is written in its shortest form.
//                                                       spec: binary-instr, binary-type
// SPDX-License-Identifier: MIT
#ifndef WEFT_TOOLS_WAT_ENCODE_H
#define WEFT_TOOLS_WAT_ENCODE_H

#include "loader/instr.h"
#include "tools/wat/bytes.h"

void encode_instr(Bytes *out, const Instr *instr);

void encode_valtype(Bytes *out, ValType type);    // spec: binary-valtype, binary-storagetype
void encode_heaptype(Bytes *out, HeapType heap);  // spec: binary-heaptype
void encode_limits(Bytes *out, const Limits *limits);
void encode_tabletype(Bytes *out, const TableType *type);
void encode_globaltype(Bytes *out, const GlobalType *type);

// section ::= id:byte size:u32 content                      spec: binary-section
void encode_section(Bytes *out, u8 id, const Bytes *content);

#endif
