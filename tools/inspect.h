// inspect.h -- the parts of `weft inspect`.
// SPDX-License-Identifier: MIT
#ifndef WEFT_TOOLS_INSPECT_H
#define WEFT_TOOLS_INSPECT_H

#include "loader/module.h"
#include "tools/tools.h"

// What `weft inspect --code FUNC` prints: the function's instructions beside the slot code
// they become. `which` is an index, a name or an export. Returns the exit code.
int inspect_code(const Input *input, weft_module *module, const Module *m, const char *which);

// Finds a function by what a person may call it: an index, "func[7]", a name of the name
// section, or an export. NO_INDEX, and a complaint with the nearest name, if there is none.
u32 inspect_find_function(const Input *input, const Module *module, const char *which);

#endif
