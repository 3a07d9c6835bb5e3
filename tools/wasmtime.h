// wasmtime.h -- weft started through a link named `wasmtime`.
// SPDX-License-Identifier: MIT
#ifndef WEFT_TOOLS_WASMTIME_H
#define WEFT_TOOLS_WASMTIME_H

#include "tools/tools.h"

bool wasmtime_is_name(const char *name);
int wasmtime_main(int argc, char **argv);

#endif
