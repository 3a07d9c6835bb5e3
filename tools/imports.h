// imports.h -- finds every import that is missing, and says what that means.
// SPDX-License-Identifier: MIT
#ifndef WEFT_TOOLS_IMPORTS_H
#define WEFT_TOOLS_IMPORTS_H

#include "tools/tools.h"

// True if the store has a definition of the right kind and type for every import. Else all
// that is wrong has been reported, and what it tells about the module.
bool imports_check(const char *file, const weft_module *module, weft_store *store);

// Does the module import anything whose module name begins with "wasi"?
bool imports_wasi(const weft_module *module);

// Does `text` fit `pattern`, where '*' stands for any bytes and '?' for one?
bool pattern_fits(const char *pattern, weft_name text);

#endif
