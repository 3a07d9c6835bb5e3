// traps.c -- the texts of traps.def.
// SPDX-License-Identifier: MIT
#include "vm/runtime.h"

const char *const trap_texts[TRAP_COUNT] = {
#define TRAP_ROW(ID, text) [TRAP_##ID] = text,
#include "vm/traps.def"
#undef TRAP_ROW
};
