// op_names.c -- what instructions are called, for everyone who shows or reads them.
// SPDX-License-Identifier: MIT
#include "loader/instr.h"

const char *const op_mnemonic[OP_COUNT] = {
#define OP(prefix, code, id, mnemonic, immediate, type, family, feature) [OP_##id] = mnemonic,
#include "loader/opcodes.def"
#undef OP
};

const char *const op_family[OP_COUNT] = {
#define OP(prefix, code, id, mnemonic, immediate, type, family, feature) [OP_##id] = family,
#include "loader/opcodes.def"
#undef OP
};
