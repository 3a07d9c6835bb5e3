// op_names.c -- what instructions are called, for everyone who shows or reads them.
// SPDX-License-Identifier: MIT
#include "loader/instr.h"

const char op_mnemonic[OP_COUNT][OP_NAME_ROOM] = {
#define OP(prefix, code, id, mnemonic, immediate, type, family, feature) [OP_##id] = mnemonic,
#include "loader/opcodes.def"
#undef OP
};

const char op_family[OP_COUNT][OP_NAME_ROOM] = {
#define OP(prefix, code, id, mnemonic, immediate, type, family, feature) [OP_##id] = family,
#include "loader/opcodes.def"
#undef OP
};
