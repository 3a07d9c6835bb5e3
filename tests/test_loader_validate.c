// test_loader_validate.c -- the walk over bodies: what a sink sees, both forms of the rules,
// and what must not take forever.
// SPDX-License-Identifier: MIT
#include "tests/module_bytes.h"

#include <dirent.h>

// A module of one function [i32] -> [i32] with a memory, around a body (locals first).
static size_t around_body(Bytes *module, const char *body, size_t size)
{
    Bytes code = {0};
    module->size = 0;
    SECTION(module, 1, "\x02\x60\x01\x7f\x01\x7f\x60\x00\x00");
    SECTION(module, 3, "\x01\x00");
    SECTION(module, 5, "\x01\x00\x01");
    put_u32(&code, 1);
    put_u32(&code, (u32)size);
    put(&code, body, size);
    put_section(module, 10, &code);
    return module->size;
}

static void judge_body(const char *text, const char *body, size_t size)
{
    Bytes module;
    around_body(&module, body, size);
    judge(module.at, module.size, features_built_in(), *text ? LOAD_INVALID : LOAD_OK, text);
}

#define body_is_valid(literal) judge_body("", literal, sizeof(literal) - 1)
#define body_is_invalid(text, literal) judge_body(text, literal, sizeof(literal) - 1)

static void mismatches_say_what_was_there(void **state)
{
    (void)state;
    body_is_valid("\x00\x20\x00\x0b");
    body_is_invalid("type mismatch: instruction requires [i32] but stack has []", "\x00\x0b");
    body_is_invalid("type mismatch: instruction requires [i32] but stack has [i64]",
                    "\x00\x42\x00\x0b");
    body_is_invalid("type mismatch: instruction requires [i32 i32] but stack has [f32]",
                    "\x00\x43\x00\x00\x00\x00\x6a\x0b");
    body_is_invalid("type mismatch: block requires [i32] but stack has [i32 i32]",
                    "\x00\x41\x00\x41\x00\x0b");
    body_is_invalid("type mismatch: block requires [] but stack has [i32]",
                    "\x00\x02\x40\x41\x00\x0b\x41\x00\x0b");
}

static void unreachable_code_is_typed_too(void **state)
{
    (void)state;
    body_is_valid("\x00\x00\x0b");
    body_is_valid("\x00\x00\x6a\x0b");                      // both operands from nowhere
    body_is_valid("\x00\x00\x41\x00\x6a\x0b");              // one of them
    body_is_invalid("type mismatch", "\x00\x00\x42\x00\x6a\x0b");
    body_is_invalid("type mismatch", "\x00\x00\x02\x40\x6a\x1a\x0b\x0b");  // the block is reachable
    body_is_valid("\x00\x00\x1b\x0b");                      // select of nothing
    body_is_invalid("type mismatch", "\x00\x00\x41\x00\x42\x00\x41\x00\x1b\x0b");
    body_is_valid("\x00\x20\x00\x0f\x0b");
    body_is_valid("\x00\x20\x00\x0c\x00\x1a\x0b");
}

static void an_if_without_else_passes_its_parameters(void **state)
{
    (void)state;
    body_is_valid("\x00\x20\x00\x20\x00\x04\x00\x0b\x0b");  // type 0: [i32] -> [i32]
    body_is_invalid("type mismatch", "\x00\x20\x00\x04\x7f\x41\x00\x0b\x0b");
    body_is_valid("\x00\x20\x00\x04\x7f\x41\x00\x05\x41\x01\x0b\x0b");
}

static void locals_without_default_are_set_first(void **state)
{
    (void)state;
    body_is_invalid("uninitialized local 1", "\x01\x01\x64\x70\x20\x01\x1a\x20\x00\x0b");
    // Set in a block counts only until its end.
    body_is_invalid("uninitialized local 1",
                    "\x01\x01\x64\x01\x02\x40\x00\x21\x01\x0b\x20\x01\x1a\x20\x00\x0b");
    body_is_valid("\x01\x01\x64\x01\x02\x40\x00\x21\x01\x20\x01\x1a\x0b\x20\x00\x0b");
}

static void huge_local_counts_cost_nothing(void **state)
{
    (void)state;
    // 2^31 i64, 2^30 f32, one i32; all of them can be named.
    body_is_valid("\x03\x80\x80\x80\x80\x08\x7e\x80\x80\x80\x80\x04\x7d\x01\x7f"
                  "\x20\x80\x80\x80\x80\x08\x1a"                // the last i64
                  "\x20\x81\x80\x80\x80\x0c\x0b");              // the i32
    body_is_invalid("unknown local 3", "\x01\x02\x7e\x20\x03\x0b");
    Bytes module;
    static const char many[] = "\x02\xff\xff\xff\xff\x0f\x7e\x01\x7e\x20\x00\x0b";
    around_body(&module, many, sizeof many - 1);
    judge(module.at, module.size, features_default(), LOAD_MALFORMED, "too many locals");
}

static void deep_nesting_needs_no_stack(void **state)
{
    (void)state;
    enum { DEPTH = 200000 };
    u8 *bytes = malloc(3 * DEPTH + 100);
    Bytes head = {0};
    PUT(&head, "\0asm\1\0\0\0");
    SECTION(&head, 1, "\x01\x60\x00\x00");
    SECTION(&head, 3, "\x01\x00");
    Bytes sizes = {0};
    put_u32(&sizes, 1);
    put_u32(&sizes, 3 * DEPTH + 2);
    put_byte(&head, 10);
    put_u32(&head, (u32)sizes.size + 3 * DEPTH + 2);
    put(&head, sizes.at, sizes.size);
    put_byte(&head, 0);  // no locals
    memcpy(bytes, head.at, head.size);
    u8 *at = bytes + head.size;
    for (u32 i = 0; i < DEPTH; i++) *at++ = i % 2 ? 0x02 : 0x03, *at++ = 0x40;
    memset(at, 0x0b, DEPTH + 1);
    LoadError error;
    size_t size = head.size + 3 * DEPTH + 1;
    Module *m = load_with(bytes, size, features_default(), &error);
    if (!m) fail_msg("%s", error.text);
    module_free(m);
    // One `end` less: malformed, and found without recursion as well.
    assert_null(load_with(bytes, size - 1, features_default(), &error));
    assert_int_equal(error.kind, LOAD_MALFORMED);
    free(bytes);
}

// --- What a sink sees ----------------------------------------------------------------------

typedef struct Recorder {
    Sink sink;
    char text[2048];
} Recorder;

// One line an instruction: dead or live, mnemonic, operands before - popped, stack after.
static bool record(Sink *sink, Validator *v, const Instr *instr)
{
    Recorder *r = (Recorder *)sink;
    size_t at = strlen(r->text);
    at += (size_t)snprintf(r->text + at, sizeof r->text - at, "%s%s %u-%u:", v->dead ? "dead " : "",
                           op_mnemonic[instr->op], v->count_before, v->pop_count);
    for (u32 i = 0; i < v->operand_count; i++) {
        char type[32];
        type_format(v->operands[i], type, sizeof type);
        at += (size_t)snprintf(r->text + at, sizeof r->text - at, " %s", type);
    }
    snprintf(r->text + at, sizeof r->text - at, "\n");
    return strcmp(op_mnemonic[instr->op], "nop") != 0;
}

static void expect_record(const char *body, size_t size, const char *expected)
{
    Bytes module;
    LoadError error;
    around_body(&module, body, size);
    Module *m = load_sections(module.at, module.size, features_default(), &error);
    if (!m) fail_msg("%s", error.text);
    Recorder recorder = {.sink = {record}};
    Validator v;
    validator_init(&v, m, &allocator_libc);
    bool ok = validate_body(&v, 0, &recorder.sink);
    assert_string_equal(recorder.text, expected);
    if (strstr(expected, "nop"))
        assert_int_equal(v.error.code, ERROR_STOPPED);
    else
        assert_true(ok);
    validator_free(&v);
    module_free(m);
}

static void a_sink_sees_operands_before_and_after(void **state)
{
    (void)state;
    static const char body[] = "\x00\x20\x00\x41\x07\x6a\x04\x7e\x42\x01\x05\x00\x0b\x1a\x20\x00\x0b";
    expect_record(body, sizeof body - 1,
                  "local.get 0-0: i32\n"
                  "i32.const 1-0: i32 i32\n"
                  "i32.add 2-2: i32\n"
                  "if 1-1:\n"
                  "i64.const 0-0: i64\n"
                  "else 1-1:\n"
                  "unreachable 0-0:\n"
                  "dead end 0-0: i64\n"
                  "drop 1-1:\n"
                  "local.get 0-0: i32\n"
                  "end 1-1:\n");
}

static void a_sink_sees_dead_code_as_dead(void **state)
{
    (void)state;
    static const char body[] = "\x00\x02\x40\x0c\x00\x02\x40\x01\x0b\x0b\x20\x00\x0b";
    // The nop, dead or not, makes the recorder stop the walk.
    expect_record(body, sizeof body - 1, "block 0-0:\nbr 0-0:\ndead block 0-0:\ndead nop 0-0:\n");
    static const char after[] = "\x00\x02\x40\x0c\x00\x02\x40\x0b\x0b\x20\x00\x0b";
    expect_record(after, sizeof after - 1,
                  "block 0-0:\nbr 0-0:\ndead block 0-0:\ndead end 0-0:\ndead end 0-0:\n"
                  "local.get 0-0: i32\nend 1-1:\n");
}

// --- Both forms of the rules -----------------------------------------------------------------

static bool accept(Sink *sink, Validator *v, const Instr *instr)
{
    (void)sink, (void)v, (void)instr;
    return true;
}

// Validation without a sink takes the fast form, with one the rules proper: the verdicts on
// every body must be the same, also when bytes of it are changed.
static void compare_forms(const Module *m, u32 from, u32 to, u32 *bodies)
{
    Sink sink = {accept};
    Validator fast, proper;
    validator_init(&fast, m, &allocator_libc);
    validator_init(&proper, m, &allocator_libc);
    for (u32 i = from; i < to; i++) {
        fast.error = proper.error = (LoadError)LOAD_ERROR_INIT;
        bool a = validate_body(&fast, i, NULL), b = validate_body(&proper, i, &sink);
        if (a != b || strcmp(fast.error.text, proper.error.text) != 0 ||
            fast.error.offset != proper.error.offset)
            fail_msg("function %u: %s at 0x%x, but %s at 0x%x", i, fast.error.text,
                     (unsigned)fast.error.offset, proper.error.text, (unsigned)proper.error.offset);
        ++*bodies;
    }
    validator_free(&fast);
    validator_free(&proper);
}

static u32 random_next(u32 *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

// Changes bytes of code, compares, and changes them back; only bodies are read again, so the
// Module around them stays right.
static void compare_mutations(const Module *m, u8 *bytes, u32 rounds, u32 *bodies)
{
    Span code = m->sections[10];
    u32 seed = m->size;
    for (u32 n = 0; n < rounds && code.size > 0; n++) {
        u32 func = m->import_func_count +
                   random_next(&seed) % (m->func_count - m->import_func_count);
        u32 at = m->funcs[func].code.at;
        u8 kept[8];
        memcpy(kept, bytes + at, 8);
        for (u32 k = 0; k < 3; k++) bytes[at + random_next(&seed) % 8] = (u8)random_next(&seed);
        compare_forms(m, func, func + 1, bodies);
        memcpy(bytes + at, kept, 8);
    }
}

static u8 *read_whole(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    fseek(f, 0, SEEK_END);
    *size = (size_t)ftell(f);
    rewind(f);
    u8 *bytes = malloc(*size + 16);
    assert_int_equal(fread(bytes, 1, *size, f), *size);
    fclose(f);
    return bytes;
}

static void both_forms_agree_on_real_programs(void **state)
{
    (void)state;
    static const char *const programs[] = {"examples/tinygo/hello/hello.wasm",
                                           "examples/tinygo/maps/maps.wasm"};
    const char *shared = getenv("WEFT_SHARED");
    char path[512];
    u32 bodies = 0;
    snprintf(path, sizeof path, "%s/bench/wasm", shared ? shared : "../shared");
    DIR *dir = opendir(path);
    for (u32 i = 0;; i++) {
        char file[1024];
        if (i < COUNT_OF(programs)) {
            snprintf(file, sizeof file, "%s", programs[i]);
        } else {
            struct dirent *entry = dir ? readdir(dir) : NULL;
            if (!entry) break;
            snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
            if (!strstr(file, ".wasm")) continue;
        }
        size_t size;
        u8 *bytes = read_whole(file, &size);
        if (!bytes) continue;
        LoadError error;
        Module *m = load_with(bytes, size, features_default(), &error);
        if (!m) fail_msg("%s: %s", file, error.text);
        compare_forms(m, m->import_func_count, m->func_count, &bodies);
        if (m->func_count > m->import_func_count) compare_mutations(m, bytes, 500, &bodies);
        module_free(m);
        free(bytes);
    }
    if (dir) closedir(dir);
    if (bodies == 0) print_message("skipped: no programs to compare\n");
}

// Numbers of as many bytes as they may have, the last one right and wrong.
static void both_forms_agree_on_the_longest_numbers(void **state)
{
    (void)state;
    static const struct {
        u8 opcode;
        const char *number;
        bool right;
    } cases[] = {
        {0x41, "\xff\xff\xff\xff\x07", true},  {0x41, "\xff\xff\xff\xff\x0f", false},
        {0x41, "\x80\x80\x80\x80\x78", true},  {0x41, "\x80\x80\x80\x80\x38", false},
        {0x42, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", true},
        {0x42, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x3f", false},
        {0x20, "\x80\x80\x80\x80\x01", false},  // no such local, but well-formed
        {0x20, "\x80\x80\x80\x80\x10", false},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        Bytes body = {0}, module;
        PUT(&body, "\x00");
        put_byte(&body, cases[i].opcode);
        put(&body, cases[i].number, strlen(cases[i].number));
        PUT(&body, "\x1a\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x20\x00\x0b");
        around_body(&module, (const char *)body.at, body.size);
        LoadError error;
        Module *m = load_sections(module.at, module.size, features_default(), &error);
        if ((m != NULL) != cases[i].right) fail_msg("case %u", i);
        module_free(m);
    }
}

// Random bytes, mostly of opcodes that are common, around which both forms must agree.
static void both_forms_agree_on_noise(void **state)
{
    (void)state;
    static const u8 usual[] = {0x20, 0x21, 0x22, 0x41, 0x42, 0x6a, 0x7c, 0x0b, 0x02, 0x03, 0x04,
                               0x05, 0x0c, 0x0d, 0x0e, 0x0f, 0x1a, 0x1b, 0x28, 0x36, 0x40, 0x7f,
                               0x00, 0x01, 0x10, 0x45, 0x43, 0x44, 0x11, 0x7e, 0xd0, 0x70, 0xa7};
    u32 seed = 1, bodies = 0;
    Bytes module;
    char body[24] = "\x01\x01\x7e\x20\x00\x0b";
    for (u32 n = 0; n < 20000; n++) {
        // The module is valid first; then its body is overwritten.
        memset(body + 3, 0x01, sizeof body - 3);
        memcpy(body + sizeof body - 3, "\x20\x00\x0b", 3);
        around_body(&module, body, sizeof body);
        LoadError error;
        static u8 whole[sizeof module.at + 8];
        memcpy(whole, "\0asm\1\0\0\0", 8);
        memcpy(whole + 8, module.at, module.size);
        Module *m = load_with(whole, module.size + 8, features_default(), &error);
        assert_non_null(m);
        u8 *at = whole + m->funcs[0].code.at + 3;
        u32 length = 1 + random_next(&seed) % (sizeof body - 4);
        for (u32 i = 0; i < length; i++)
            at[i] = random_next(&seed) % 16 ? usual[random_next(&seed) % sizeof usual]
                                            : (u8)random_next(&seed);
        compare_forms(m, 0, 1, &bodies);
        module_free(m);
    }
    assert_int_equal(bodies, 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mismatches_say_what_was_there),
        cmocka_unit_test(unreachable_code_is_typed_too),
        cmocka_unit_test(an_if_without_else_passes_its_parameters),
        cmocka_unit_test(locals_without_default_are_set_first),
        cmocka_unit_test(huge_local_counts_cost_nothing),
        cmocka_unit_test(deep_nesting_needs_no_stack),
        cmocka_unit_test(a_sink_sees_operands_before_and_after),
        cmocka_unit_test(a_sink_sees_dead_code_as_dead),
        cmocka_unit_test(both_forms_agree_on_real_programs),
        cmocka_unit_test(both_forms_agree_on_the_longest_numbers),
        cmocka_unit_test(both_forms_agree_on_noise),
    };
    return cmocka_run_group_tests_name("loader: validation", tests, NULL, NULL);
}
