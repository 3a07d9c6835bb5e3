// test_loader_tables.c -- the rows of opcodes.def, errors.def and features.def.
//
// A column nobody reads is wrong within a year; here every column of every row is read.
// SPDX-License-Identifier: MIT
#include "tests/module_bytes.h"

#include "loader/load.h"

static void codes_are_found_again(void **state)
{
    (void)state;
    for (u32 op = 0; op < OP_COUNT; op++)
        assert_int_equal(op_of_code(op_info[op].prefix, op_info[op].code), op);
    u32 known = 0;
    for (u32 code = 0; code < 0x400; code++) {
        known += code < 256 && op_of_code(0, code) != OP_COUNT;
        for (u8 prefix = 0xfb; prefix <= 0xfe; prefix++) known += op_of_code(prefix, code) != OP_COUNT;
    }
    assert_int_equal(known, OP_COUNT);
}

static void ids_are_mnemonics_with_underscores(void **state)
{
    (void)state;
    static const char *const ids[] = {
#define OP(prefix, code, id, mnemonic, immediate, type, family, feature) #id,
#include "loader/opcodes.def"
#undef OP
    };
    for (u32 op = 0; op < OP_COUNT; op++) {
        const char *m = op_mnemonic[op], *id = ids[op];
        while (*m && *id == (*m == '.' ? '_' : *m)) m++, id++;
        bool shared = strcmp(id, "_t") == 0 || strcmp(id, "_null") == 0;
        if (*m || (*id && !shared)) fail_msg("%s is not %s", ids[op], op_mnemonic[op]);
    }
}

// Families are parts of the specification's anchors; its list of them tells.
static void families_are_anchors(void **state)
{
    (void)state;
    const char *shared = getenv("WEFT_SHARED");
    char path[512], line[128];
    snprintf(path, sizeof path, "%s/reference/spec-anchors.txt", shared ? shared : "../shared");
    FILE *f = fopen(path, "r");
    if (!f) {
        print_message("skipped: no list of anchors at %s\n", path);
        return;
    }
    bool seen[OP_COUNT] = {false};
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, "exec-", 5) != 0) continue;
        for (u32 op = 0; op < OP_COUNT; op++)
            if (strcmp(op_family[op], line + 5) == 0) seen[op] = true;
    }
    fclose(f);
    for (u32 op = 0; op < OP_COUNT; op++)
        if (!seen[op]) fail_msg("%s: no anchor exec-%s", op_mnemonic[op], op_family[op]);
}

static void types_have_one_colon_and_known_letters(void **state)
{
    (void)state;
    for (u32 op = 0; op < OP_COUNT; op++) {
        const char *t = op_info[op].type;
        if (strcmp(t, "*") == 0) continue;
        assert_int_equal(strspn(t, ":ilfdvajJqy"), strlen(t));
        assert_ptr_equal(strchr(t, ':'), strrchr(t, ':'));
        assert_non_null(strchr(t, ':'));
        assert_true(strcspn(t, ":") <= 4);  // GENERIC_MOST of validate_instr.c
    }
}

// What the mnemonic says of the bytes accessed: the digits after load, store, rmw or wait, or
// those of the type.
static u32 bits_in_mnemonic(const char *name)
{
    static const char *const verbs[] = {"load", "store", "rmw", "wait", "notify"};
    u32 bits = (u32)strtoul(name + 1, NULL, 10), more = 0;
    if (strstr(name, "notify")) return 32;
    for (u32 i = 0; i < COUNT_OF(verbs); i++) {
        const char *verb = strstr(name, verbs[i]);
        if (!verb) continue;
        char *end;
        u32 width = (u32)strtoul(verb + strlen(verbs[i]), &end, 10);
        if (width) bits = width;
        if (width && *end == 'x') more = (u32)strtoul(end + 1, NULL, 10);
        break;
    }
    return more ? bits * more : bits;
}

static void natural_alignment_is_what_the_mnemonic_says(void **state)
{
    (void)state;
    u32 seen = 0;
    for (u32 op = 0; op < OP_COUNT; op++) {
        if (op_info[op].immediate != IMM_MEMARG && op_info[op].immediate != IMM_MEMARG_LANE)
            continue;
        seen++;
        if (8u << op_align_log2((Op)op) != bits_in_mnemonic(op_mnemonic[op]))
            fail_msg("%s", op_mnemonic[op]);
    }
    assert_true(seen > 100);
}

static void lanes_are_what_the_mnemonic_says(void **state)
{
    (void)state;
    for (u32 op = 0; op < OP_COUNT; op++) {
        if (op_info[op].immediate != IMM_LANE) continue;
        const char *x = strchr(op_mnemonic[op], 'x');
        assert_non_null(x);
        assert_int_equal(op_lanes((Op)op), strtoul(x + 1, NULL, 10));
    }
    assert_int_equal(op_lanes(OP_v128_load8_lane), 16);
    assert_int_equal(op_lanes(OP_v128_store64_lane), 2);
}

static u8 letter_byte(char letter)
{
    switch (letter) {
    case 'i':
    case 'a': return 0x7f;
    case 'l': return 0x7e;
    case 'f': return 0x7d;
    case 'd': return 0x7c;
    case 'v': return 0x7b;
    default: return 0;
    }
}

// The shortest immediates that are right.
static void put_immediate(Bytes *b, u8 immediate, Op op)
{
    switch ((ImmKind)immediate) {
    case IMM_NONE: return;
    case IMM_F32: PUT(b, "\0\0\0\0"); return;
    case IMM_F64: PUT(b, "\0\0\0\0\0\0\0\0"); return;
    case IMM_V128:
    case IMM_SHUFFLE: PUT(b, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"); return;
    case IMM_MEMARG: put_byte(b, op_align_log2(op)), put_byte(b, 0); return;
    case IMM_MEMARG_LANE: PUT(b, "\0\0\0"); return;
    case IMM_MEMORY_INIT: PUT(b, "\0\0"); return;
    default: put_byte(b, 0); return;
    }
}

// A module with a memory, a table and segments, and one function of type `params -> results`
// whose body gets its parameters and executes `op`.
static void module_around(Bytes *module, Op op, const u8 *params, u32 param_count,
                          const u8 *results, u32 result_count)
{
    const OpInfo *info = &op_info[op];
    Bytes types = {0}, code = {0}, body = {0};
    PUT(&types, "\x01\x60");
    put_u32(&types, param_count);
    put(&types, params, param_count);
    put_u32(&types, result_count);
    put(&types, results, result_count);
    put_byte(&body, 0);
    for (u32 i = 0; i < param_count; i++) put_byte(&body, 0x20), put_u32(&body, i);
    if (info->prefix) put_byte(&body, info->prefix);
    put_u32(&body, info->code);
    // The code of a plain opcode is a byte, not a number: undo the number.
    if (!info->prefix && info->code >= 0x80) body.size -= 2, put_byte(&body, info->code);
    put_immediate(&body, info->immediate, op);
    put_byte(&body, 0x0b);
    put_byte(&code, 1);
    put_u32(&code, (u32)body.size);
    put(&code, body.at, body.size);
    module->size = 0;
    put_section(module, 1, &types);
    PUT(module, "\x03\x02\x01\x00");          // the function
    PUT(module, "\x04\x04\x01\x70\x00\x01");  // a table of functions
    PUT(module, "\x05\x03\x01\x00\x01");      // a memory
    PUT(module, "\x09\x04\x01\x05\x70\x00");  // a passive element segment, empty
    PUT(module, "\x0c\x01\x01");              // one data segment follows
    put_section(module, 10, &code);
    PUT(module, "\x0b\x03\x01\x01\x00");      // it is passive and empty
}

static void every_generic_row_types_as_it_says(void **state)
{
    (void)state;
    u32 seen = 0;
    for (u32 op = 0; op < OP_COUNT; op++) {
        const char *type = op_info[op].type;
        if (type[0] == '*' || strpbrk(type, "jJqy")) continue;
        u8 params[8], results[8];
        u32 param_count = (u32)strcspn(type, ":"), result_count = 0;
        for (u32 i = 0; i < param_count; i++) params[i] = letter_byte(type[i]);
        for (const char *r = type + param_count + 1; *r; r++) results[result_count++] = letter_byte(*r);
        Bytes module;
        module_around(&module, (Op)op, params, param_count, results, result_count);
        LoadError error;
        Module *m = load_sections(module.at, module.size, features_built_in(), &error);
        if (!m) fail_msg("%s: %s at 0x%x", op_mnemonic[op], error.text, (unsigned)error.offset);
        module_free(m);
        seen++;
        // Without the proposal that brought it, it is no instruction (or its types are none).
        FeatureSet without = features_built_in() & ~FEATURE_BIT(op_info[op].feature);
        if (op_info[op].feature != FEATURE_MVP && op_info[op].feature != FEATURE_BULK_MEMORY) {
            m = load_sections(module.at, module.size, without, &error);
            if (m) fail_msg("%s without its feature", op_mnemonic[op]);
            assert_int_equal(error.kind, LOAD_MALFORMED);
        }
        // Each operand and result, one after the other, of another type.
        for (u32 i = 0; i < param_count + result_count; i++) {
            u8 *at = i < param_count ? &params[i] : &results[i - param_count], had = *at;
            *at = had == 0x7c ? 0x7f : 0x7c;
            module_around(&module, (Op)op, params, param_count, results, result_count);
            m = load_sections(module.at, module.size, features_built_in(), &error);
            if (m || strncmp(error.text, "type mismatch", 13) != 0)
                fail_msg("%s with a wrong type at %u: %s", op_mnemonic[op], i,
                         m ? "accepted" : error.text);
            *at = had;
        }
    }
    assert_true(seen > 450);
}

static void every_error_text_takes_what_it_is_given(void **state)
{
    (void)state;
    for (u32 code = 1; code < ERROR_COUNT; code++) {
        LoadError error = LOAD_ERROR_INIT;
        const char *text = error_texts[code];
        bool wants_detail = strstr(text, "%s") && code != ERROR_ILLEGAL_OPCODE;
        load_error_set(&error, (ErrorCode)code, 1, 7, wants_detail ? "detail" : NULL);
        assert_int_equal(error.code, code);
        assert_true(error.kind != LOAD_OK);
        assert_null(strchr(error.text, '%'));
        if (strstr(text, "%u")) assert_non_null(strchr(error.text, '7'));
        if (wants_detail) assert_non_null(strstr(error.text, "detail"));
        // One conversion at most, and no other than these.
        const char *percent = strchr(text, '%');
        if (percent) assert_true(percent[1] == 'u' || percent[1] == 's');
        if (percent) assert_null(strchr(percent + 1, '%'));
    }
}

static void illegal_opcodes_are_named(void **state)
{
    (void)state;
    LoadError plain = LOAD_ERROR_INIT, prefixed = LOAD_ERROR_INIT;
    load_error_set(&plain, ERROR_ILLEGAL_OPCODE, 0, 0xff, NULL);
    assert_string_equal(plain.text, "illegal opcode ff");
    load_error_set(&prefixed, ERROR_ILLEGAL_OPCODE, 0, 0xfd00009a, NULL);
    assert_string_equal(prefixed.text, "illegal opcode fd 9a");
}

static void features_have_names_and_versions(void **state)
{
    (void)state;
    for (u32 f = 0; f < FEATURE_COUNT; f++) {
        const FeatureInfo *info = &feature_info[f];
        assert_true(info->name[0] >= 'a' && info->name[0] <= 'z');
        assert_true(!info->version[0] || strlen(info->version) == 3);
        for (u32 g = 0; g < f; g++) assert_string_not_equal(info->name, feature_info[g].name);
        FeatureSet set;
        if (info->built_in) assert_true(features_parse(info->name, &set, NULL));
        if (info->built_in) assert_true(feature_on(set, (Feature)f));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_found_again),
        cmocka_unit_test(ids_are_mnemonics_with_underscores),
        cmocka_unit_test(families_are_anchors),
        cmocka_unit_test(types_have_one_colon_and_known_letters),
        cmocka_unit_test(natural_alignment_is_what_the_mnemonic_says),
        cmocka_unit_test(lanes_are_what_the_mnemonic_says),
        cmocka_unit_test(every_generic_row_types_as_it_says),
        cmocka_unit_test(every_error_text_takes_what_it_is_given),
        cmocka_unit_test(illegal_opcodes_are_named),
        cmocka_unit_test(features_have_names_and_versions),
    };
    return cmocka_run_group_tests_name("loader: tables", tests, NULL, NULL);
}
