// test_api_frames.c -- weft.h: frames of a failure, with file and line where a table says so.
// SPDX-License-Identifier: MIT
#include "tests/api.h"

static const char *const failing = "(module (func (export \"go\") (nop) (nop) (unreachable)))";

// The bytes of `failing` with a custom section .debug_line behind.
static uint8_t *with_lines(const uint8_t *table, size_t table_size, size_t *size)
{
    weft_wat_error wat_error = WEFT_WAT_ERROR_INIT;
    uint8_t *bytes;
    assert_true(weft_wat2wasm(failing, strlen(failing), NULL, &bytes, size, &wat_error));
    uint8_t *all = malloc(*size + table_size + 16);
    memcpy(all, bytes, *size);
    weft_wat_free(NULL, bytes, *size);
    assert_true(table_size + 12 < 128);
    uint8_t *at = all + *size;
    *at++ = 0, *at++ = (uint8_t)(table_size + 12), *at++ = 11;
    memcpy(at, ".debug_line", 11);
    memcpy(at + 11, table, table_size);
    *size += 2 + 12 + table_size;
    return all;
}

// Runs into the trap and asks where; false if nobody knows.
static bool ask(const uint8_t *table, size_t table_size, weft_source *source, char file[32])
{
    size_t size;
    uint8_t *bytes = with_lines(table, table_size, &size);
    weft_store *store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_module *m = weft_module_load(bytes, size, NULL, &error);
    assert_non_null(m);
    weft_instance *i = weft_instantiate(store, m, NULL, &error);
    weft_module_release(m);
    call_fails(i, "go");
    weft_frame frame;
    assert_true(weft_thread_frame(weft_store_main_thread(store), 0, &frame));
    // The code section's contents are: 1 function, its size, its body of `no locals, nop, nop,
    // unreachable`; so the trap is at address 5.
    assert_int_equal(frame.offset - frame.body_offset, 3);
    bool found = weft_frame_source(&frame, source);
    if (found) {
        snprintf(file, 32, "%.*s/%.*s", (int)source->directory.size, source->directory.data,
                 (int)source->file.size, source->file.data);
    }
    weft_store_free(store);
    free(bytes);
    return found;
}

#define STANDARD_LENGTHS 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1
#define SET_ADDRESS(a) 0, 5, 2, (a), 0, 0, 0
#define END_SEQUENCE 0, 1, 1

static const uint8_t version_4[] = {
    59, 0, 0, 0, 4, 0,                  // size of the unit, version
    31, 0, 0, 0,                        // size of the header
    1, 1, 1, 0xfb, 14, 13, STANDARD_LENGTHS,
    's', 'r', 'c', 0, 0,                // directories
    'a', '.', 'c', 0, 1, 0, 0,          // files: name, directory, time, size
    0,
    SET_ADDRESS(2), 3, 9, 1,            // line 10 at address 2
    2, 2, 5, 7, 3, 2, 1,                // line 12, column 7 at 4
    2, 2, END_SEQUENCE,                 // ends at 6
};

static const uint8_t version_5[] = {
    65, 0, 0, 0, 5, 0, 4, 0,
    37, 0, 0, 0,
    1, 1, 1, 0xfb, 14, 13, STANDARD_LENGTHS,
    1, 1, 8, 1, 's', 'r', 'c', 0,                  // directories: a path each
    2, 1, 8, 2, 11, 1, 'b', '.', 'c', 0, 0,        // files: path, directory index
    SET_ADDRESS(2), 4, 0, 3, 9, 1,
    0x3c,                               // special: address + 3, line + 0
    3, 1, 2, 2, END_SEQUENCE,
};

static void finds_file_and_line(void **state)
{
    (void)state;
    weft_source source;
    char file[32];
    assert_true(ask(version_4, sizeof version_4, &source, file));
    assert_int_equal(source.line, 12);
    assert_int_equal(source.column, 7);
    assert_string_equal(file, "src/a.c");
}

static void finds_them_in_version_5(void **state)
{
    (void)state;
    weft_source source;
    char file[32];
    assert_true(ask(version_5, sizeof version_5, &source, file));
    assert_int_equal(source.line, 10);
    assert_string_equal(file, "src/b.c");
}

// A broken table has no answer; it must not have a crash either.
static void survives_every_broken_table(void **state)
{
    (void)state;
    weft_source source;
    char file[32];
    uint8_t table[sizeof version_5];
    for (size_t i = 0; i < sizeof version_5; i++) {
        static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};
        ask(version_5, i, &source, file);
        for (size_t k = 0; k < sizeof values; k++) {
            memcpy(table, version_5, sizeof table);
            table[i] = values[k];
            ask(table, sizeof table, &source, file);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_file_and_line),
        cmocka_unit_test(finds_them_in_version_5),
        cmocka_unit_test(survives_every_broken_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
