// tools.h -- what the verbs of the `weft` program share: options, messages, input files.
//
// A verb is one file with one row in the table of main.c. Its options are rows too: the
// parser, `--help`, the completion files and the suggestions for mistyped words all read
// the same row, so an option cannot exist without being documented.
//
// stdout belongs to the guest (or to the verb's product); everything the program itself
// has to say goes to stderr as `weft: FILE: what happened`.
// SPDX-License-Identifier: MIT
#ifndef WEFT_TOOLS_TOOLS_H
#define WEFT_TOOLS_TOOLS_H

#include "ports/base.h"

#include "weft.h"
#include "weft_wat.h"

// How the program ends. A guest that ends by itself gives its own code & 255.
enum {
    EXIT_FINE = 0,
    EXIT_REFUSED = 1,        // a module cannot be loaded or linked, a test failed
    EXIT_USAGE = 2,          // the command line is wrong
    EXIT_TIMED_OUT = 124,    // --timeout
    EXIT_OUT_OF_FUEL = 125,  // --fuel
    EXIT_CTRL_C = 130,
    EXIT_TRAPPED = 134,      // a trap, an uncaught exception, a call stack exhausted
};

// --- options -----------------------------------------------------------------------

typedef enum OptionKind {
    OPTION_FLAG,     // bool: no value
    OPTION_TEXT,     // const char *: the last one given
    OPTION_LIST,     // WordList: each one given adds a word
    OPTION_COUNT,    // OptionNumber: a whole number
    OPTION_BYTES,    // OptionNumber: a whole number, with K, M or G
    OPTION_SECONDS,  // OptionNumber: seconds with a fraction, kept as nanoseconds
} OptionKind;

typedef struct Option {
    const char *name;      // without its dashes
    char letter;           // 'o' for -o; 0 if it has none
    OptionKind kind;
    size_t at;             // offsetof in the struct of the verb's values
    const char *argument;  // what its value is called, "HOST:PORT"; NULL for a flag
    const char *help;      // half a line; lines that follow are separated by '\n'
} Option;

// 0 is a number one may give, so whether it was given is a word of its own.
typedef struct OptionNumber {
    u64 value;
    bool given;
} OptionNumber;

// Words in the order of the command line. Two options that add to one list share its `at`
// and are told apart by `option`.
typedef struct Word {
    const char *text;
    const Option *option;
} Word;

typedef struct WordList {
    Word *words;
    u32 count;
} WordList;

typedef struct Verb Verb;
struct Verb {
    const char *name;
    const char *usage;            // "[options] FILE [args...]"
    const char *summary;          // one line, for the list of verbs
    const char *text;             // paragraphs, for `weft help VERB`
    const char *examples;         // lines "command   # what it does"; NULL if there are none
    const Option *options;        // ends with a row without a name; NULL if there are none
    bool stops_at_operand;        // what follows the first operand is not ours to read
    int (*main)(const Verb *verb, int argc, char **argv);  // the words after the verb's name
};

extern const Verb verb_run, verb_wast, verb_validate, verb_inspect, verb_wat2wasm,
    verb_wasm2wat, verb_help, verb_version, verb_completion;

// Reads the options among `argv` into `values` (zeroed by the caller) and moves the
// operands to the front of `argv`, `*argc` of them. False when the verb has nothing more
// to do: `--help` was answered, or a mistake reported; `*exit_code` says which.
bool verb_options_read(const Verb *verb, int *argc, char **argv, void *values, int *exit_code);

// Frees the lists that verb_options_read made.
void verb_options_free(const Verb *verb, void *values);

// One word of options, for main and the habits of other programs: does `word` spell
// `option`, as "--name" or "--name=value"? `*value` is what follows '=', or NULL.
bool option_matches(const Option *option, const char *word, const char **value);

const Option *option_find(const Option *options, const char *word, const char **value);

// Stores a value under an option; false when it reported that the value is wrong.
bool option_store(const Verb *verb, const Option *option, const char *value, void *values);

// "4K" -> 4096. False if `text` is not such a number or does not fit.
bool parse_count(const char *text, u64 *value);
bool parse_bytes(const char *text, u64 *value);
bool parse_seconds(const char *text, u64 *ns);

// All verbs, ending with NULL; the last ones are not listed by `help`.
extern const Verb *const all_verbs[];
const Verb *verb_find(const char *name);

// --- help --------------------------------------------------------------------------

void print_verb_help(const Verb *verb);
void print_overview(void);

// --- messages ----------------------------------------------------------------------

// "weft: FILE: ..." and a newline, to stderr; without FILE where it is NULL.
void complain(const char *file, const char *format, ...) PRINTF_LIKE(2, 3);
// A line that belongs to the last complaint, indented.
void complain_more(const char *format, ...) PRINTF_LIKE(1, 2);
// The same for advice: what to do about it.
void advise(const char *format, ...) PRINTF_LIKE(1, 2);
// A complaint that stops nothing: "weft: warning: ...".
void warn(const char *format, ...) PRINTF_LIKE(1, 2);
// "weft: ...; see `weft help VERB`", and the exit code for wrong usage.
int complain_usage(const Verb *verb, const char *format, ...) PRINTF_LIKE(2, 3);

// Reports a weft_error as a complaint about `file`, its hint as advice.
void complain_error(const char *file, const weft_error *error);

// Is stdout (1) or stderr (2) a terminal that wants colour?
bool colour_wanted(int stream);

// A name from a module, safe for a terminal: control bytes and broken UTF-8 become \xx.
// Borrowed from `buffer`, cut where it is full.
const char *printable(weft_name name, char *buffer, size_t size);

// The word of `words` (ending with NULL) nearest to `word`, or NULL if none is near: to
// suggest it. `add` is the step for lists that are not arrays.
typedef struct Nearest {
    const char *word;
    size_t word_size;
    char best[128];
    u32 distance;
} Nearest;

void nearest_begin(Nearest *nearest, const char *word, size_t size);
void nearest_add(Nearest *nearest, const char *candidate, size_t size);
const char *nearest_end(Nearest *nearest);

// --- input files -------------------------------------------------------------------

typedef struct Input {
    const char *name;  // as the user wrote it
    u8 *bytes;
    size_t size;
    bool translated;  // from the text format: the bytes are weft_wat's
    char *text;       // then, what they were made from
    size_t text_size;
    bool partial;     // the contents of debug sections were left out
} Input;

// Reads a whole file or, for "-", standard input. Complains and returns false if it cannot.
bool input_read(Input *input, const char *path);
// Reads a module: the text format is translated, and what is no module at all is named for
// what it is. The bytes need not be a valid module.
bool input_read_module(Input *input, const char *path);
// The same, but the contents of debug sections are not read: for running, not for looking.
bool input_read_program(Input *input, const char *path);
// Reads what that left out, because somebody looks after all. False if it cannot be had.
bool input_read_debug(Input *input);
void input_free(Input *input);

// Reports what is wrong with a text: the place, the line and a caret below it.
void complain_wat(const char *name, const weft_wat_error *error);

// Reports why the module made from this text is none: in the text, as above, if it is known
// where. `names` says whether it was made with names.
void complain_text(const char *name, const char *text, size_t size, bool names,
                   const weft_error *error);

// Writes `size` bytes to the file `path`, or to stdout where it is NULL or "-".
bool output_write(const char *path, const void *bytes, size_t size);

// Checks a list for --features and reports what is wrong with it. NULL is fine.
bool features_check(const Verb *verb, const char *list);

// Reports why weft_module_load refused these bytes, and what may help: the features that
// would have been needed, or what the file really is.
void complain_load(const Input *input, const char *features, const weft_error *error);

// A look at the sections without loading the module, for files that do not load. Index 0
// is the first; false past the last or where the framing breaks.
typedef struct SectionView {
    u8 id;
    weft_name name;      // of a custom section
    size_t offset;       // of the section's id byte
    const u8 *contents;  // after the size (and the name of a custom section)
    size_t size;         // of the contents
} SectionView;

bool section_next(const u8 *bytes, size_t size, size_t *at, SectionView *section);

#endif
