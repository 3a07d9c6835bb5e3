// wat.h -- assembling modules from tokens: what the script runner needs of the text format.
// SPDX-License-Identifier: MIT
#ifndef WEFT_TOOLS_WAT_WAT_H
#define WEFT_TOOLS_WAT_WAT_H

#include "tools/wat/parser.h"

// How texts are understood under a list of features, as --features has it.
AssembleOptions assemble_options(const char *features);

// The module whose fields begin at token `first` and go up to a closing parenthesis or the
// end; `*end` is that token's index. Appends the module to `out`.
bool assemble_fields(WatText *text, u32 first, AssembleOptions options, Bytes *out, u32 *end,
                     WatError *error);

// A whole text: (module ...) or bare fields.
bool assemble_text(WatText *text, AssembleOptions options, Bytes *out, WatError *error);

// Where an offset lies in a text: line and column from 1, a column being a character; and
// the line itself with a caret below, as much of it as fits.
void locate(const char *source, size_t size, u32 offset, u32 *line, u32 *column, char *excerpt,
            size_t excerpt_size);

#endif
