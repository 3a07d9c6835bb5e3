// test_loader_decode.c -- sections and their contents, bytes and verdict side by side.
//
// What the official suite says of binaries it says better; here are the corners it leaves
// out, what we hold in a Module, and running out of memory.
// SPDX-License-Identifier: MIT
#include "tests/module_bytes.h"

#include "loader/names.h"

static void magic_and_version_are_exact(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *text;
    } cases[] = {
        {"", 0, "unexpected end"},
        {"\0as", 3, "unexpected end"},
        {"\x7f" "ELF\x02\x01\x01\0", 8, "magic header not detected"},
        {"<html>\n\n", 8, "magic header not detected"},
        {"\0asm\1\0\0", 7, "unexpected end"},
        {"\0asm\2\0\0\0", 8, "unknown binary version"},
        {"\0asm\x0d\0\1\0", 8, "unknown binary version"},  // a component
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        LoadError error;
        assert_null(load_with(cases[i].bytes, cases[i].size, features_default(), &error));
        assert_int_equal(error.kind, LOAD_MALFORMED);
        assert_memory_equal(error.text, cases[i].text, strlen(cases[i].text));
    }
    assert_valid("");
}

static void sections_come_in_order_and_once(void **state)
{
    (void)state;
    assert_valid("\x01\x01\x00" "\x02\x01\x00" "\x03\x01\x00" "\x04\x01\x00" "\x05\x01\x00"
                 "\x0d\x01\x00" "\x06\x01\x00" "\x07\x01\x00" "\x09\x01\x00" "\x0c\x01\x00"
                 "\x0a\x01\x00" "\x0b\x01\x00");
    assert_malformed("unexpected content after last section", "\x06\x01\x00" "\x0d\x01\x00");
    assert_malformed("unexpected content after last section", "\x01\x01\x00" "\x01\x01\x00");
    assert_malformed("malformed section id", "\x0e\x01\x00");
    assert_malformed("section size mismatch", "\x01\x02\x00\x00");
    assert_malformed("length out of bounds", "\x01\x7f\x00");
    FeatureSet no_tags = features_default() & ~FEATURE_BIT(FEATURE_EXCEPTIONS);
    assert_malformed_with(no_tags, "malformed section id", "\x0d\x01\x00");
}

static void custom_sections_may_stand_anywhere(void **state)
{
    (void)state;
    LoadError error;
    static const char bytes[] = "\x00\x03\x01" "a1"  // before everything
                                "\x01\x01\x00"
                                "\x00\x02\x01" "a"    // after types
                                "\x00\x04\x01" "b22"; // likewise
    Module *m = load_sections(bytes, sizeof bytes - 1, features_default(), &error);
    assert_non_null(m);
    assert_int_equal(m->custom_count, 3);
    const Custom *second = module_find_custom(m, "a", 1);
    assert_non_null(second);
    assert_int_equal(second->bytes.size, 0);
    assert_int_equal(second->after, 1);
    assert_int_equal(module_find_custom(m, "b", 0)->bytes.size, 2);
    assert_null(module_find_custom(m, "a", 2));
    module_free(m);
    assert_malformed("unexpected end", "\x00\x02\x02" "a" "\x00\x01\x00");  // the name is longer
    assert_malformed("malformed UTF-8 encoding", "\x00\x02\x01\xff");
}

static void index_spaces_begin_with_imports(void **state)
{
    (void)state;
    LoadError error;
    Bytes module = {0};
    SECTION(&module, 1, "\x02\x60\x00\x00\x60\x01\x7f\x00");
    SECTION(&module, 2, "\x03\x01m\x01g\x03\x7e\x00"  // a global
                        "\x01m\x01" "f\x00\x01"        // a function
                        "\x01m\x01h\x00\x00");         // another
    SECTION(&module, 3, "\x01\x00");
    SECTION(&module, 6, "\x01\x7f\x01\x41\x2a\x0b");
    SECTION(&module, 7, "\x01\x01" "e\x00\x02");
    SECTION(&module, 10, "\x01\x02\x00\x0b");
    Module *m = load_sections(module.at, module.size, features_default(), &error);
    if (!m) fail_msg("%s at 0x%x", error.text, (unsigned)error.offset);
    assert_int_equal(m->import_count, 3);
    assert_int_equal(m->func_count, 3);
    assert_int_equal(m->import_func_count, 2);
    assert_int_equal(m->imports[m->funcs[1].import].name.bytes[0], 'h');
    assert_int_equal(m->funcs[2].import, NO_INDEX);
    assert_int_equal(m->funcs[2].code.size, 2);
    assert_int_equal(m->global_count, 2);
    assert_int_equal(m->globals[0].type.value, TYPE_I64);
    assert_true(m->globals[1].type.is_mutable);
    assert_int_equal(m->globals[1].init.size, 3);
    assert_ptr_equal(module_find_export(m, "e", 1), &m->exports[0]);
    assert_null(module_find_export(m, "e\0", 2));
    module_free(m);
}

static void limits_follow_the_features(void **state)
{
    (void)state;
    assert_valid("\x05\x04\x01\x01\x01\x02");
    assert_malformed("malformed limits flags", "\x05\x04\x01\x03\x01\x02");  // shared
    FeatureSet threads = features_default() | FEATURE_BIT(FEATURE_THREADS);
    assert_valid_with(threads, "\x05\x04\x01\x03\x01\x02");
    assert_invalid_with(threads, "shared memory must have maximum", "\x05\x03\x01\x02\x01");
    assert_valid("\x05\x03\x01\x04\x01");  // addressed by i64
    assert_malformed_with(features_default() & ~FEATURE_BIT(FEATURE_MEMORY64),
                          "malformed limits flags", "\x05\x03\x01\x04\x01");
    FeatureSet pages = features_default() | FEATURE_BIT(FEATURE_CUSTOM_PAGE_SIZES);
    assert_valid_with(pages, "\x05\x04\x01\x08\x01\x00");  // pages of one byte
    assert_invalid_with(pages, "invalid custom page size", "\x05\x04\x01\x08\x01\x01");
    assert_malformed_with(pages, "invalid custom page size", "\x05\x04\x01\x08\x01\x40");
}

static void memories_end_where_addresses_do(void **state)
{
    (void)state;
    assert_valid("\x05\x05\x01\x00\x80\x80\x04");  // 65536 pages
    assert_invalid("memory size must be at most 65536 pages", "\x05\x05\x01\x00\x81\x80\x04");
    assert_valid("\x05\x09\x01\x04\x80\x80\x80\x80\x80\x80\x40");  // 2^48 pages
    assert_invalid("memory size", "\x05\x09\x01\x04\x81\x80\x80\x80\x80\x80\x40");
    assert_invalid("size minimum must not be greater than maximum", "\x05\x04\x01\x01\x02\x01");
    // A table may grow to 2^32 - 1 elements, and one addressed by i64 to 2^64 - 1.
    assert_valid("\x04\x08\x01\x70\x00\xff\xff\xff\xff\x0f");
    assert_invalid("table size", "\x04\x08\x01\x70\x00\x80\x80\x80\x80\x10");
    assert_valid("\x04\x0d\x01\x70\x04\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
}

static void a_second_memory_needs_its_proposal(void **state)
{
    (void)state;
    assert_valid("\x05\x05\x02\x00\x01\x00\x01");
    assert_invalid_with(features_default() & ~FEATURE_BIT(FEATURE_MULTI_MEMORY),
                        "multiple memories", "\x05\x05\x02\x00\x01\x00\x01");
}

static void export_names_are_unique(void **state)
{
    (void)state;
    assert_valid("\x05\x03\x01\x00\x01" "\x07\x0a\x02\x02xy\x02\x00\x01x\x02\x00");
    assert_invalid("duplicate export name",
                   "\x05\x03\x01\x00\x01" "\x07\x0d\x03\x01z\x02\x00\x01y\x02\x00\x01z\x02\x00");
}

static void exports_are_found_by_name(void **state)
{
    (void)state;
    Bytes module = {0}, exports = {0};
    PUT(&module, "\x05\x03\x01\x00\x01");
    put_u32(&exports, 100);
    for (u32 i = 0; i < 100; i++) {
        char name[8];
        int size = snprintf(name, sizeof name, "n%u", (unsigned)(i * 37 % 100));
        put_u32(&exports, (u32)size);
        put(&exports, name, (size_t)size);
        PUT(&exports, "\x02\x00");
    }
    put_section(&module, 7, &exports);
    LoadError error;
    Module *m = load_sections(module.at, module.size, features_default(), &error);
    assert_non_null(m);
    for (u32 i = 0; i < 100; i++) {
        char name[8];
        int size = snprintf(name, sizeof name, "n%u", (unsigned)(i * 37 % 100));
        assert_ptr_equal(module_find_export(m, name, (size_t)size), &m->exports[i]);
    }
    assert_null(module_find_export(m, "", 0));
    assert_null(module_find_export(m, "n100", 4));
    module_free(m);
}

// Groups that are alike become one; a later one that only looks alike does not.
static void equal_types_become_one(void **state)
{
    (void)state;
    LoadError error;
    Bytes module = {0};
    SECTION(&module, 1, "\x06"
                        "\x60\x00\x01\x7f"                          // 0: [] -> [i32]
                        "\x4e\x02\x5f\x01\x63\x02\x00\x60\x00\x00"  // 1: struct (ref null 2); 2: [] -> []
                        "\x60\x00\x01\x7f"                          // 3: as 0
                        "\x60\x00\x00"                              // 4: [] -> [] alone: not 2
                        "\x5f\x00"                                  // 5: struct
                        "\x5f\x00");                                // 6: as 5
    Module *m = load_sections(module.at, module.size, features_default(), &error);
    if (!m) fail_msg("%s at 0x%x", error.text, (unsigned)error.offset);
    static const u32 canonical[] = {0, 1, 2, 0, 4, 5, 5};
    assert_int_equal(m->type_count, 7);
    assert_memory_equal(m->canonical, canonical, sizeof canonical);
    assert_int_equal(m->types[2].group_start, 1);
    assert_int_equal(m->types[2].group_size, 2);
    module_free(m);
}

static void subtypes_match_their_declarations(void **state)
{
    (void)state;
    LoadError error;
    Bytes module = {0};
    SECTION(&module, 1, "\x03"
                        "\x50\x00\x5f\x01\x7f\x00"              // 0: open struct (i32)
                        "\x50\x01\x00\x5f\x02\x7f\x00\x7e\x00"  // 1: under 0, (i32 i64)
                        "\x5f\x00");                            // 2: struct
    Module *m = load_sections(module.at, module.size, features_default(), &error);
    if (!m) fail_msg("%s at 0x%x", error.text, (unsigned)error.offset);
    ValType t0 = REF_TYPE(HEAP_INDEX(0)), t1 = REF_TYPE(HEAP_INDEX(1)), t2 = REF_TYPE(HEAP_INDEX(2));
    assert_true(module_matches(m, t1, t0));
    assert_false(module_matches(m, t0, t1));
    assert_false(module_matches(m, t2, t0));
    assert_true(module_matches(m, t1, TYPE_STRUCTREF));
    assert_true(module_matches(m, t1, TYPE_EQREF));
    assert_false(module_matches(m, t1, TYPE_ARRAYREF));
    assert_false(module_matches(m, TYPE_STRUCTREF, REF_NULL_TYPE(HEAP_INDEX(0))));
    assert_true(module_matches(m, REF_NULL_TYPE(HEAP_TYPE(HEAP_NONE)), REF_NULL_TYPE(HEAP_INDEX(1))));
    assert_false(module_matches(m, REF_NULL_TYPE(HEAP_TYPE(HEAP_NONE)), t1));  // null is not of it
    assert_false(module_matches(m, REF_TYPE(HEAP_TYPE(HEAP_NOFUNC)), t0));
    assert_true(module_matches(m, TYPE_BOTTOM, t0));
    assert_int_equal(m->types[1].depth, 1);
    module_free(m);
    assert_invalid("sub type 1 does not match super type 0",  // 0 is final
                   "\x01\x0c\x02\x5f\x01\x7f\x00\x50\x01\x00\x5f\x01\x7f\x00");
}

static void the_name_section_is_read_as_far_as_it_goes(void **state)
{
    (void)state;
    LoadError error;
    Bytes module = {0};
    SECTION(&module, 1, "\x01\x60\x00\x00");
    SECTION(&module, 3, "\x02\x00\x00");
    SECTION(&module, 7, "\x01\x01x\x00\x01");
    SECTION(&module, 10, "\x02\x02\x00\x0b\x02\x00\x0b");
    SECTION(&module, 0, "\x04name"
                        "\x00\x04\x03mod"                         // module name
                        "\x01\x04\x01\x00\x01" "f"                // function 0 is f
                        "\x02\x07\x01\x00\x01\x00\x01\xff\x00");  // broken local name
    Module *m = load_sections(module.at, module.size, features_default(), &error);
    if (!m) fail_msg("%s at 0x%x", error.text, (unsigned)error.offset);
    assert_int_equal(m->name.size, 3);
    assert_memory_equal(m->name.bytes, "mod", 3);
    char name[32];
    assert_int_equal(func_display_name(m, 0, name, sizeof name), 1);
    assert_string_equal(name, "f");
    func_display_name(m, 1, name, sizeof name);  // no name, but exported
    assert_string_equal(name, "x");
    assert_null(module_inner_name(m, NAMES_LOCAL, 0, 0).bytes);
    assert_int_equal(func_display_name(m, 0, name, 1), 1);
    assert_string_equal(name, "");
    module_free(m);
}

static void element_segments_are_iterated(void **state)
{
    (void)state;
    LoadError error;
    Bytes module = {0};
    SECTION(&module, 1, "\x01\x60\x00\x00");
    SECTION(&module, 3, "\x01\x00");
    SECTION(&module, 4, "\x01\x70\x00\x03");
    SECTION(&module, 9, "\x02"
                        "\x00\x41\x01\x0b\x02\x00\x00"           // active at 1: 0 0
                        "\x05\x70\x02\xd0\x70\x0b\xd2\x00\x0b");  // passive: null, ref.func 0
    SECTION(&module, 10, "\x01\x02\x00\x0b");
    Module *m = load_sections(module.at, module.size, features_default(), &error);
    if (!m) fail_msg("%s at 0x%x", error.text, (unsigned)error.offset);
    assert_int_equal(m->elem_count, 2);
    assert_int_equal(m->elems[0].offset.size, 3);
    ElemItem item;
    ElemItems items = elem_items(m, &m->elems[0]);
    assert_true(elem_next(m, &items, &item));
    assert_int_equal(item.func, 0);
    assert_true(elem_next(m, &items, &item));
    assert_false(elem_next(m, &items, &item));
    items = elem_items(m, &m->elems[1]);
    assert_true(elem_next(m, &items, &item));
    assert_int_equal(item.func, NO_INDEX);
    assert_int_equal(m->bytes[item.expr.at], 0xd0);
    assert_true(elem_next(m, &items, &item));
    assert_int_equal(m->bytes[item.expr.at], 0xd2);
    assert_int_equal(item.expr.size, 3);
    assert_false(elem_next(m, &items, &item));
    module_free(m);
}

static void malformed_wins_over_invalid(void **state)
{
    (void)state;
    // Function 0 leaves an i32; function 1 has an opcode that is none.
    assert_malformed("illegal opcode ff", "\x01\x04\x01\x60\x00\x00" "\x03\x03\x02\x00\x00"
                                          "\x0a\x0a\x02\x04\x00\x41\x00\x0b\x03\x00\xff\x0b");
    assert_invalid("type mismatch", "\x01\x04\x01\x60\x00\x00" "\x03\x03\x02\x00\x00"
                                    "\x0a\x0a\x02\x04\x00\x41\x00\x0b\x03\x00\x01\x0b");
}

// An allocator that fails at the n-th request, and knows whether all came back.
typedef struct Failing {
    u32 left;
    size_t held;
} Failing;

static void *failing_resize(void *context, void *block, size_t old_size, size_t new_size)
{
    Failing *f = context;
    if (new_size > old_size && f->left-- == 0) {
        f->left = 0;
        return NULL;
    }
    f->held += new_size - old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, new_size);
}

static void every_failing_allocation_is_a_clean_error(void **state)
{
    (void)state;
    Bytes module = {0};
    PUT(&module, "\0asm\1\0\0\0");
    SECTION(&module, 1, "\x03\x60\x02\x7f\x7f\x01\x7f\x5f\x01\x7f\x00\x60\x00\x00");
    SECTION(&module, 2, "\x01\x01m\x01" "f\x00\x00");
    SECTION(&module, 3, "\x02\x00\x02");
    SECTION(&module, 4, "\x01\x70\x00\x01");
    SECTION(&module, 5, "\x01\x00\x01");
    SECTION(&module, 13, "\x01\x00\x02");
    SECTION(&module, 6, "\x01\x7f\x00\x41\x07\x0b");
    SECTION(&module, 7, "\x01\x01x\x00\x01");
    SECTION(&module, 9, "\x01\x00\x41\x00\x0b\x01\x01");
    SECTION(&module, 12, "\x01");
    SECTION(&module, 10, "\x02"
                         // br_table out of a block
                         "\x0d\x00\x02\x40\x20\x00\x0e\x01\x00\x00\x0b\x20\x01\x0b"
                         // a local without default is set, then read
                         "\x0f\x01\x01\x64\x01\x41\x01\xfb\x00\x01\x21\x00\x20\x00\x1a\x0b");
    SECTION(&module, 11, "\x01\x00\x41\x00\x0b\x00");
    SECTION(&module, 0, "\x04name\x01\x01\x00");
    for (u32 n = 0;; n++) {
        Failing failing = {.left = n};
        ModuleOptions options = {{failing_resize, &failing}, features_default()};
        LoadError error;
        Module *m = module_load(module.at, module.size, &options, &error);
        if (m) {
            module_free(m);
            assert_int_equal(failing.held, 0);
            assert_true(n > 8);
            return;
        }
        if (error.code != ERROR_OUT_OF_MEMORY) fail_msg("%u: %s", n, error.text);
        assert_int_equal(error.kind, LOAD_LIMIT);
        assert_int_equal(failing.held, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(magic_and_version_are_exact),
        cmocka_unit_test(sections_come_in_order_and_once),
        cmocka_unit_test(custom_sections_may_stand_anywhere),
        cmocka_unit_test(index_spaces_begin_with_imports),
        cmocka_unit_test(limits_follow_the_features),
        cmocka_unit_test(memories_end_where_addresses_do),
        cmocka_unit_test(a_second_memory_needs_its_proposal),
        cmocka_unit_test(export_names_are_unique),
        cmocka_unit_test(exports_are_found_by_name),
        cmocka_unit_test(equal_types_become_one),
        cmocka_unit_test(subtypes_match_their_declarations),
        cmocka_unit_test(the_name_section_is_read_as_far_as_it_goes),
        cmocka_unit_test(element_segments_are_iterated),
        cmocka_unit_test(malformed_wins_over_invalid),
        cmocka_unit_test(every_failing_allocation_is_a_clean_error),
    };
    return cmocka_run_group_tests_name("loader: decoding", tests, NULL, NULL);
}
