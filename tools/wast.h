// wast.h -- the script runner: what `weft wast` is made of.
//
// A script is a list of commands over modules: define one, call it, assert what comes of it.
// The specification's own test suite is written this way. The text is lexed once; each
// command is a span of tokens, and a module in it is handed to the assembler as such.
//
//   wast.c         the verb: files, totals, --json
//   wast_script.c  commands and assertions
//   wast_value.c   constants, and the patterns that results are held against
//   wast_host.c    the module "spectest" that scripts import from
// SPDX-License-Identifier: MIT
#ifndef WEFT_TOOLS_WAST_H
#define WEFT_TOOLS_WAST_H

#include <stdio.h>

#include "ports/base.h"
#include "tools/wat/wat.h"
#include "weft.h"

// What can be asked for on the command line.
typedef struct WastOptions {
    bool json;
    bool any_message;         // compare the kind of a failure but not its text
    bool round_trip;          // every module goes through text and back first
    bool gc_stress;           // collect at every allocation
    const char *features;
    u32 translator_mask;
    AssembleOptions assemble;
} WastOptions;

// How far something got. A script says which of these it expects; the runner is strict
// about it: an invalid module is not a malformed one.
typedef enum Stage {
    STAGE_DONE,
    STAGE_MALFORMED,
    STAGE_INVALID,
    STAGE_MALFORMED_CUSTOM,
    STAGE_INVALID_CUSTOM,
    STAGE_UNLINKABLE,
    STAGE_TRAP,
    STAGE_EXHAUSTION,
    STAGE_EXCEPTION,
    STAGE_OTHER,     // out of memory, a limit, a wrong use of the API
    STAGE_SCRIPT     // the script itself cannot be understood
} Stage;

typedef struct Outcome {
    Stage stage;
    char text[256];
    char place[160];  // " (f, at 0x1c)", or ""
} Outcome;

typedef struct NamedModule {
    weft_module *module;
    Bytes name;  // what the script calls it; size 0: nothing
} NamedModule;

typedef struct NamedInstance {
    weft_instance *instance;
    Bytes name;
} NamedInstance;

// A file under way.
typedef struct Script {
    const WastOptions *options;
    const char *file;
    const char *source;
    u32 size;
    const Words *words;
    WatText text;
    const Token *at;
    weft_store *store;
    NamedModule *modules;
    NamedInstance *instances;
    u32 module_count, module_room, instance_count, instance_room;
    weft_value *args, *results;
    u32 arg_count, arg_room, result_count, result_room;
    Outcome outcome;      // of the last thing done
    u32 line_at, line;    // newlines before that offset
    u32 passed, failed;   // assertions, and what failed where nothing should
    FILE *json;           // failures go here as JSON, else to stdout as lines
} Script;

// wast_script.c
void script_run(Script *s);
void script_fail(Script *s, const Token *where, const char *expected, const char *got);
void print_json_text(FILE *out, const char *text);

// wast_value.c

// (i32.const 5), (ref.null func), (ref.extern 1) ...: an argument. False if it is none.
bool read_const(Script *s, weft_value *value);

typedef enum Match { MATCH_YES, MATCH_NO, MATCH_UNREADABLE } Match;

// Holds a result against the pattern at the cursor, which moves behind it.
Match match_result(Script *s, const weft_value *value);

// The value as a script would write it; cut off if need be. Returns its length.
size_t print_value(const Script *s, const weft_value *value, char *buffer, size_t size);

// wast_host.c
bool define_spectest(weft_store *store, weft_error *error);

#endif
