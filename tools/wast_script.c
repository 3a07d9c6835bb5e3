// wast_script.c -- the commands of a script, one after the other.
//
//   command   ::= module | (register "name" $id?) | action | assertion
//   module    ::= (module definition? $id? field*)
//               | (module definition? $id? binary "bytes"*)
//               | (module definition? $id? quote "text"*)
//               | (module instance $id? $definition?)
//   action    ::= (invoke $id? "name" const*) | (get $id? "name")
//   assertion ::= (assert_return action result*)
//               | (assert_trap action "text") | (assert_trap module "text")
//               | (assert_exhaustion action "text") | (assert_exception action)
//               | (assert_malformed module "text") | (assert_invalid module "text")
//               | (assert_malformed_custom module "text") | (assert_invalid_custom module "text")
//               | (assert_unlinkable module "text")
//
// A plain module is a definition and an instance of it under one name. An action without a
// name goes to the instance made last. After a command that failed where it should not
// have, the rest of the script goes on, but there is no instance to fall back on: later
// actions do not pass by accident.
// SPDX-License-Identifier: MIT
#include "tools/wast.h"
#include "weft_wat.h"

static bool at_list(const Script *s, u32 word)
{
    return s->at->kind == TOKEN_LPAR && s->at[1].kind == TOKEN_KEYWORD && s->at[1].word == word;
}

static bool is_end(const Token *t)
{
    return t->kind == TOKEN_END || t->kind == TOKEN_ERROR;
}

// The token behind the list that opens at `t`, or the last token.
static const Token *after_list(const Token *t)
{
    u32 depth = 0;
    for (;; t++) {
        if (t->kind == TOKEN_LPAR) depth++;
        else if (t->kind == TOKEN_RPAR && --depth == 0) return t + 1;
        else if (is_end(t)) return t;
    }
}

// --- outcomes ------------------------------------------------------------------------

static const char *const stage_names[] = {
    [STAGE_DONE] = "success",
    [STAGE_MALFORMED] = "malformed module",
    [STAGE_INVALID] = "invalid module",
    [STAGE_MALFORMED_CUSTOM] = "malformed annotation",
    [STAGE_INVALID_CUSTOM] = "invalid annotation",
    [STAGE_UNLINKABLE] = "unlinkable module",
    [STAGE_TRAP] = "trap",
    [STAGE_EXHAUSTION] = "exhaustion",
    [STAGE_EXCEPTION] = "exception",
    [STAGE_OTHER] = "failure",
    [STAGE_SCRIPT] = "script error",
};

static void set_outcome(Script *s, Stage stage, const char *text)
{
    s->outcome.stage = stage;
    s->outcome.place[0] = 0;
    snprintf(s->outcome.text, sizeof s->outcome.text, "%s", text);
}

static void set_weft_outcome(Script *s, const weft_error *error)
{
    Stage stage = STAGE_OTHER;
    switch (error->kind) {
    case WEFT_MALFORMED: stage = STAGE_MALFORMED; break;
    case WEFT_INVALID: stage = STAGE_INVALID; break;
    case WEFT_UNLINKABLE: stage = STAGE_UNLINKABLE; break;
    case WEFT_TRAPPED: stage = STAGE_TRAP; break;
    case WEFT_EXHAUSTED: stage = STAGE_EXHAUSTION; break;
    case WEFT_UNCAUGHT: stage = STAGE_EXCEPTION; break;
    case WEFT_NO_ERROR: case WEFT_EXITED: case WEFT_LIMIT: case WEFT_HOST: break;
    }
    set_outcome(s, stage, error->text);
    if (error->offset != UINT64_MAX && (error->function[0] || error->offset > 0))
        snprintf(s->outcome.place, sizeof s->outcome.place, " (%s%sat 0x%llx)", error->function,
                 error->function[0] ? ", " : "", (unsigned long long)error->offset);
}

static void set_text_outcome(Script *s, const WatError *error)
{
    static const Stage stages[] = {
        [WAT_OK] = STAGE_DONE,
        [WAT_MALFORMED] = STAGE_MALFORMED,
        [WAT_MALFORMED_CUSTOM] = STAGE_MALFORMED_CUSTOM,
        [WAT_INVALID_CUSTOM] = STAGE_INVALID_CUSTOM,
        [WAT_OUT_OF_MEMORY] = STAGE_OTHER,
    };
    set_outcome(s, stages[error->kind], error->text);
}

static bool bad_script(Script *s, const char *text)
{
    set_outcome(s, STAGE_SCRIPT, text);
    return false;
}

// "trap: integer divide by zero"
static void print_outcome(const Outcome *outcome, char *buffer, size_t size)
{
    const char *separator = outcome->stage == STAGE_DONE ? "" : ": ";
    snprintf(buffer, size, "%s%s%.200s%s", stage_names[outcome->stage], separator,
             outcome->stage == STAGE_DONE ? "" : outcome->text, outcome->place);
}

void print_json_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (const u8 *c = (const u8 *)text; *c;) {
        u32 n = utf8_sequence(c, c + strlen((const char *)c));
        if (*c == '"' || *c == '\\') fprintf(out, "\\%c", *c);
        else if (*c < 0x20 || *c == 0x7f || n == 0) fprintf(out, "\\u%04x", *c);
        else fwrite(c, 1, n, out);
        c += n ? n : 1;
    }
    fputc('"', out);
}

// The line an offset lies in. Commands come in order, so counting goes on where it stopped.
static u32 line_of(Script *s, u32 offset)
{
    if (offset < s->line_at) s->line_at = s->line = 0;
    for (; s->line_at < offset; s->line_at++) s->line += s->source[s->line_at] == '\n';
    return s->line + 1;
}

void script_fail(Script *s, const Token *where, const char *expected, const char *got)
{
    u32 line = line_of(s, where->at);
    const char *command = where->kind == TOKEN_LPAR && where[1].kind == TOKEN_KEYWORD
                              ? word_text((WatWord)where[1].word) : "script";
    if (s->json) {
        fprintf(s->json, "%s\n      {\"line\": %u, \"command\": ", s->failed ? "," : "",
                (unsigned)line);
        print_json_text(s->json, command);
        fputs(", \"expected\": ", s->json);
        print_json_text(s->json, expected);
        fputs(", \"got\": ", s->json);
        print_json_text(s->json, got);
        fputc('}', s->json);
    } else {
        printf("%s:%u: %s: expected %s, got %s\n", s->file, (unsigned)line, command, expected,
               got);
    }
    s->failed++;
}

// --- names ---------------------------------------------------------------------------

static void read_string(Script *s, const Token *t, Bytes *out)
{
    decode_string(s->source + t->at, t->size, out);
}

// $id?, decoded. Empty if there is none.
static Bytes read_id(Script *s)
{
    Bytes name;
    bytes_init(&name, &allocator_libc);
    if (s->at->kind != TOKEN_ID) return name;
    const Token *t = s->at++;
    if (t->word) decode_string(s->source + t->at + 1, t->size - 1, &name);
    else bytes_add(&name, s->source + t->at + 1, t->size - 1);
    return name;
}

static bool same_name(const Bytes *a, const Bytes *b)
{
    return a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

// The instance an optional $id at the cursor means: the latest of that name, or at all.
static weft_instance *read_instance(Script *s)
{
    Bytes name = read_id(s);
    weft_instance *found = NULL;
    for (u32 i = s->instance_count; !found && i-- > 0;) {
        if (name.size == 0 || same_name(&s->instances[i].name, &name)) {
            found = s->instances[i].instance;
            break;
        }
    }
    bytes_free(&name);
    if (!found) bad_script(s, "no such instance");
    return found;
}

static weft_module *read_definition(Script *s)
{
    Bytes name = read_id(s);
    weft_module *found = NULL;
    for (u32 i = s->module_count; i-- > 0;) {
        if (name.size == 0 || same_name(&s->modules[i].name, &name)) {
            found = s->modules[i].module;
            break;
        }
    }
    bytes_free(&name);
    if (!found) bad_script(s, "no such module");
    return found;
}

static Bytes copy_name(const Bytes *name)
{
    Bytes copy;
    bytes_init(&copy, &allocator_libc);
    bytes_add(&copy, name->data, name->size);
    return copy;
}

// Takes `name` over. A NULL instance is one that could not be made.
static void add_instance(Script *s, weft_instance *instance, Bytes name)
{
    NamedInstance *all = array_reserve(&allocator_libc, s->instances, s->instance_count,
                                       &s->instance_room, sizeof *all);
    if (!all) return;
    s->instances = all;
    all[s->instance_count++] = (NamedInstance){instance, name};
}

static void add_module(Script *s, weft_module *module, Bytes name)
{
    NamedModule *all = array_reserve(&allocator_libc, s->modules, s->module_count,
                                     &s->module_room, sizeof *all);
    if (!all) return;
    s->modules = all;
    all[s->module_count++] = (NamedModule){module, name};
}

// --- modules -------------------------------------------------------------------------

static void assemble_quoted(Script *s, const Bytes *quoted, Bytes *out)
{
    WatText text;
    WatError error = {.kind = WAT_OUT_OF_MEMORY, .text = "out of memory"};
    const char *source = quoted->size > 0 ? (const char *)quoted->data : "";
    if (text_lex(&text, &allocator_libc, s->words, source, 0, (u32)quoted->size))
        assemble_text(&text, s->options->assemble, out, &error);
    text_free(&text);
    set_text_outcome(s, &error);
}

// The body of a module, behind its name, as bytes.
static bool read_module_bytes(Script *s, Bytes *out)
{
    bool binary = s->at->kind == TOKEN_KEYWORD && s->at->word == WORD_binary;
    bool quote = s->at->kind == TOKEN_KEYWORD && s->at->word == WORD_quote;
    set_outcome(s, STAGE_DONE, "");
    if (!binary && !quote) {
        WatError error;
        u32 end;
        assemble_fields(&s->text, (u32)(s->at - s->text.tokens), s->options->assemble, out,
                        &end, &error);
        set_text_outcome(s, &error);
        return s->outcome.stage == STAGE_DONE;
    }
    Bytes strings;
    bytes_init(&strings, &allocator_libc);
    for (s->at++; s->at->kind == TOKEN_STRING; s->at++)
        read_string(s, s->at, binary ? out : &strings);
    if (s->at->kind != TOKEN_RPAR) bad_script(s, "a module of strings has nothing else");
    else if (quote) assemble_quoted(s, &strings, out);
    bytes_free(&strings);
    return s->outcome.stage == STAGE_DONE;
}

// --roundtrip: through text and back.
static bool round_trip(Script *s, Bytes *bytes)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_wat_error text_error = WEFT_WAT_ERROR_INIT;
    char *text, message[256];
    size_t text_size, size;
    u8 *again;
    if (!weft_wasm2wat(bytes->data, bytes->size, s->options->features, NULL, &text, &text_size,
                       &error)) {
        set_outcome(s, STAGE_OTHER, error.text);
        return false;
    }
    bool good = weft_wat2wasm(text, text_size, NULL, &again, &size, &text_error);
    if (good) {
        bytes->size = 0;
        bytes_add(bytes, again, size);
        weft_wat_free(NULL, again, size);
    } else {
        snprintf(message, sizeof message, "what wasm2wat printed does not parse: %.90s: %.90s",
                 text_error.text, text_error.excerpt);
        set_outcome(s, STAGE_OTHER, message);
    }
    weft_wat_free(NULL, text, text_size + 1);
    return good;
}

static weft_module *load_module(Script *s, const Bytes *bytes)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_module_options options = WEFT_MODULE_OPTIONS_INIT;
    options.features = s->options->features;
    options.copy_bytes = true;
    options.translator_mask = s->options->translator_mask;
    weft_module *module = weft_module_load(bytes->data, bytes->size, &options, &error);
    if (!module) set_weft_outcome(s, &error);
    return module;
}

// A module whose fields, `binary` or `quote` stand at the cursor.
static weft_module *define_module(Script *s)
{
    Bytes bytes;
    bytes_init(&bytes, &allocator_libc);
    weft_module *module = NULL;
    if (read_module_bytes(s, &bytes)) module = load_module(s, &bytes);
    if (module && s->options->round_trip) {
        weft_module_release(module);
        module = round_trip(s, &bytes) ? load_module(s, &bytes) : NULL;
    }
    bytes_free(&bytes);
    return module;
}

static weft_instance *instantiate(Script *s, weft_module *module)
{
    weft_error error = WEFT_ERROR_INIT;
    weft_instance *instance = weft_instantiate(s->store, module, NULL, &error);
    if (!instance) set_weft_outcome(s, &error);
    else set_outcome(s, STAGE_DONE, "");
    return instance;
}

// What a module command asks for.
typedef struct ModuleHead {
    bool definition, instance;
    Bytes name;
} ModuleHead;

static ModuleHead read_module_head(Script *s)
{
    ModuleHead head = {0};
    s->at += 2;
    if (s->at->kind == TOKEN_KEYWORD && s->at->word == WORD_definition) head.definition = true;
    if (s->at->kind == TOKEN_KEYWORD && s->at->word == WORD_instance) head.instance = true;
    if (head.definition || head.instance) s->at++;
    head.name = read_id(s);
    return head;
}

// Defines and instantiates as the command asks, keeping what it names.
static void run_module(Script *s)
{
    ModuleHead head = read_module_head(s);
    weft_module *module = head.instance ? read_definition(s) : define_module(s);
    weft_instance *instance = module && !head.definition ? instantiate(s, module) : NULL;
    if (!head.instance && module) add_module(s, module, copy_name(&head.name));
    if (!head.definition) add_instance(s, instance, copy_name(&head.name));
    bytes_free(&head.name);
}

// The same for an assertion, which expects it to fail: nothing is kept.
static void try_module(Script *s, bool link)
{
    ModuleHead head = read_module_head(s);
    weft_module *module = head.instance ? read_definition(s) : define_module(s);
    if (module) set_outcome(s, STAGE_DONE, "");
    if (module && (link || head.instance)) {
        weft_instance *instance = instantiate(s, module);
        if (instance) weft_instance_release(instance);
    }
    if (module && !head.instance) weft_module_release(module);
    bytes_free(&head.name);
}

// --- actions -------------------------------------------------------------------------

static bool reserve_values(weft_value **values, u32 *room, u32 count)
{
    while (*room <= count) {
        weft_value *all = array_reserve(&allocator_libc, *values, *room, room, sizeof *all);
        if (!all) return false;
        *values = all;
    }
    return true;
}

static bool read_args(Script *s)
{
    for (s->arg_count = 0; s->at->kind == TOKEN_LPAR; s->arg_count++)
        if (!reserve_values(&s->args, &s->arg_room, s->arg_count) ||
            !read_const(s, &s->args[s->arg_count]))
            return bad_script(s, "unreadable argument");
    return true;
}

static void call_func(Script *s, weft_func *func)
{
    weft_extern_type type;
    weft_error error = WEFT_ERROR_INIT;
    weft_func_type(func, &type);
    s->result_count = type.result_count;
    if (!reserve_values(&s->results, &s->result_room, s->result_count)) {
        set_outcome(s, STAGE_OTHER, "out of memory");
        return;
    }
    weft_status status = weft_call_func(func, s->args, s->arg_count, s->results, s->result_count,
                                        &error);
    if (status == WEFT_DONE) set_outcome(s, STAGE_DONE, "");
    else if (status == WEFT_PAUSED) set_outcome(s, STAGE_OTHER, "paused");
    else set_weft_outcome(s, &error);
}

// Stands on the parenthesis; afterwards behind the closing one, if all went well.
static void run_action(Script *s)
{
    bool invoke = at_list(s, WORD_invoke);
    if (!invoke && !at_list(s, WORD_get)) {
        bad_script(s, "an action is invoke or get");
        return;
    }
    s->at += 2;
    weft_instance *instance = read_instance(s);
    if (!instance) return;
    if (s->at->kind != TOKEN_STRING) {
        bad_script(s, "an action wants a name");
        return;
    }
    Bytes name;
    bytes_init(&name, &allocator_libc);
    read_string(s, s->at++, &name);
    weft_extern item;
    bool found = weft_instance_export(instance, (weft_name){(char *)name.data, name.size}, &item);
    bytes_free(&name);
    if (!found || item.kind != (invoke ? WEFT_EXTERN_FUNC : WEFT_EXTERN_GLOBAL)) {
        bad_script(s, "no such export");
        return;
    }
    if (invoke) {
        if (read_args(s)) call_func(s, item.of.func);
    } else if (reserve_values(&s->results, &s->result_room, 1)) {
        s->results[0] = weft_global_get(item.of.global);
        s->result_count = 1;
        set_outcome(s, STAGE_DONE, "");
    }
    if (s->at->kind != TOKEN_RPAR) bad_script(s, "an action ends here");
    else s->at++;
}

// (register "name" $id?)
static void run_register(Script *s)
{
    s->at += 2;
    if (s->at->kind != TOKEN_STRING) {
        bad_script(s, "register wants a name");
        return;
    }
    Bytes name;
    bytes_init(&name, &allocator_libc);
    read_string(s, s->at++, &name);
    weft_instance *instance = read_instance(s);
    weft_error error = WEFT_ERROR_INIT;
    set_outcome(s, STAGE_DONE, "");
    if (!instance) bad_script(s, "no such instance");
    else if (!weft_define_instance(s->store, (weft_name){(char *)name.data, name.size}, instance,
                                   &error))
        set_weft_outcome(s, &error);
    bytes_free(&name);
}

// --- assertions ----------------------------------------------------------------------

// The source from `from` up to the token before `to`, shortened to fit.
static void quote_source(const Script *s, const Token *from, const Token *to, char *buffer,
                         size_t size)
{
    size_t n = from < to ? to[-1].at + to[-1].size - from->at : 0, o = 0;
    bool blank = false;
    for (size_t i = 0; i < n && o + 5 < size; i++) {
        char c = s->source[from->at + i];
        bool space = (u8)c <= ' ';
        if (!space || !blank) buffer[o++] = space ? ' ' : c;
        blank = space;
    }
    if (o + 5 >= size) memcpy(buffer + o, "...", 3), o += 3;
    buffer[o] = 0;
}

static void print_results(const Script *s, char *buffer, size_t size)
{
    size_t at = 0;
    buffer[0] = 0;
    for (u32 i = 0; i < s->result_count && at + 60 < size; i++) {
        if (i > 0) buffer[at++] = ' ';
        at += print_value(s, &s->results[i], buffer + at, size - at);
        if (at >= size) at = size - 1;
    }
    if (s->result_count == 0) snprintf(buffer, size, "no result");
}

// Every result fits its pattern, and there are as many of the one as of the other.
static Match match_results(Script *s)
{
    Match match = MATCH_YES;
    u32 count = 0;
    for (; s->at->kind == TOKEN_LPAR; count++) {
        static const weft_value nothing = {0};
        const weft_value *value = count < s->result_count ? &s->results[count] : &nothing;
        Match one = match_result(s, value);
        if (one == MATCH_UNREADABLE) return one;
        if (one == MATCH_NO) match = one;
    }
    if (s->at->kind != TOKEN_RPAR) return MATCH_UNREADABLE;
    return count == s->result_count ? match : MATCH_NO;
}

// (assert_return action result*)
static void assert_return(Script *s, const Token *command)
{
    char expected[400], got[400];
    s->at += 2;
    run_action(s);
    const Token *patterns = s->at;
    if (s->outcome.stage != STAGE_DONE) {
        print_outcome(&s->outcome, got, sizeof got);
        script_fail(s, command, "results", got);
        return;
    }
    Match match = match_results(s);
    if (match == MATCH_YES) {
        s->passed++;
        return;
    }
    const Token *end = after_list(command);
    quote_source(s, patterns, end - 1, expected, sizeof expected);
    if (match == MATCH_UNREADABLE) snprintf(got, sizeof got, "an unreadable pattern");
    else print_results(s, got, sizeof got);
    script_fail(s, command, expected[0] ? expected : "no result", got);
}

// The stage was reached and, unless any text will do, the text begins as expected.
static void check_outcome(Script *s, const Token *command, Stage stage, const Bytes *text)
{
    const Outcome *outcome = &s->outcome;
    size_t size = text->size;
    bool same = strlen(outcome->text) >= size && memcmp(outcome->text, text->data ? text->data
                                                        : (const u8 *)"", size) == 0;
    if (outcome->stage == stage && (same || s->options->any_message)) {
        s->passed++;
        return;
    }
    char expected[400], got[400];
    snprintf(expected, sizeof expected, "%s%s%.*s", stage_names[stage], size ? ": " : "",
             size > 200 ? 200 : (int)size, size ? (const char *)text->data : "");
    print_outcome(outcome, got, sizeof got);
    script_fail(s, command, expected, got);
}

// All assertions but assert_return: something fails at a stage, with a text.
typedef struct FailureAssertion {
    u32 word;
    Stage stage;
    bool takes_module, takes_action;
    bool link;  // the module is instantiated too
    bool text;
} FailureAssertion;

static const FailureAssertion failure_assertions[] = {
    {WORD_assert_trap, STAGE_TRAP, true, true, true, true},
    {WORD_assert_exhaustion, STAGE_EXHAUSTION, false, true, false, true},
    {WORD_assert_exception, STAGE_EXCEPTION, false, true, false, false},
    {WORD_assert_malformed, STAGE_MALFORMED, true, false, false, true},
    {WORD_assert_invalid, STAGE_INVALID, true, false, false, true},
    {WORD_assert_malformed_custom, STAGE_MALFORMED_CUSTOM, true, false, false, true},
    {WORD_assert_invalid_custom, STAGE_INVALID_CUSTOM, true, false, false, true},
    {WORD_assert_unlinkable, STAGE_UNLINKABLE, true, false, true, true},
};

static void assert_failure(Script *s, const Token *command, const FailureAssertion *a)
{
    Bytes text;
    bytes_init(&text, &allocator_libc);
    s->at += 2;
    const Token *subject = s->at, *behind = after_list(subject);
    if (a->takes_module && at_list(s, WORD_module)) try_module(s, a->link);
    else if (a->takes_action) run_action(s);
    else bad_script(s, "this assertion takes a module");
    s->at = behind;
    if (a->text) {
        if (s->at->kind == TOKEN_STRING) read_string(s, s->at++, &text);
        else bad_script(s, "this assertion wants a text");
    }
    if (s->at->kind != TOKEN_RPAR) bad_script(s, "the assertion ends here");
    check_outcome(s, command, a->stage, &text);
    bytes_free(&text);
}

// --- the script ----------------------------------------------------------------------

static const FailureAssertion *find_assertion(u32 word)
{
    for (size_t i = 0; i < COUNT_OF(failure_assertions); i++)
        if (failure_assertions[i].word == word) return &failure_assertions[i];
    return NULL;
}

// A command that is no assertion: it has to succeed.
static void run_plain(Script *s, const Token *command, void (*run)(Script *s))
{
    char got[400];
    set_outcome(s, STAGE_DONE, "");
    run(s);
    if (s->outcome.stage == STAGE_DONE) return;
    print_outcome(&s->outcome, got, sizeof got);
    script_fail(s, command, "success", got);
}

static void run_command(Script *s)
{
    const Token *command = s->at, *behind = after_list(command);
    u32 word = command[1].kind == TOKEN_KEYWORD ? command[1].word : WORD_NONE;
    const FailureAssertion *assertion = find_assertion(word);
    if (behind[-1].kind != TOKEN_RPAR) {
        script_fail(s, command, "a closed list", "the end of the script");
    } else if (assertion) {
        assert_failure(s, command, assertion);
    } else {
        switch (word) {
        case WORD_module: run_plain(s, command, run_module); break;
        case WORD_register: run_plain(s, command, run_register); break;
        case WORD_invoke: case WORD_get: run_plain(s, command, run_action); break;
        case WORD_assert_return: assert_return(s, command); break;
        default: script_fail(s, command, "a command", "something else"); break;
        }
    }
    s->at = behind;
}

// A script may also be one module, without even (module ...) around its fields.
static bool is_inline_module(const Script *s)
{
    const Token *t = s->text.tokens;
    if (t[0].kind != TOKEN_LPAR || t[1].kind != TOKEN_KEYWORD) return false;
    switch (t[1].word) {
    case WORD_type: case WORD_rec: case WORD_import: case WORD_func: case WORD_table:
    case WORD_memory: case WORD_global: case WORD_tag: case WORD_export: case WORD_start:
    case WORD_elem: case WORD_data: return true;
    default: return false;
    }
}

static void run_inline_module(Script *s)
{
    weft_module *module = define_module(s);
    Bytes name;
    bytes_init(&name, &allocator_libc);
    if (module) add_instance(s, instantiate(s, module), name);
    if (module) add_module(s, module, name);
}

void script_run(Script *s)
{
    s->at = s->text.tokens;
    if (is_inline_module(s)) {
        run_plain(s, s->at, run_inline_module);
        return;
    }
    while (s->at->kind == TOKEN_LPAR) run_command(s);
    if (s->at->kind == TOKEN_END) return;
    script_fail(s, s->at, "a command",
                s->at->kind == TOKEN_ERROR ? lex_error_texts[s->at->word] : "something else");
}
