// test_wasi_h.c -- wasi.h: WASI through the standard C API.
// SPDX-License-Identifier: MIT
#include "tests/wasm_api.h"
#include "wasi.h"

// Writes "hi\n" to stream 1; %s is the module name.
#define WRITES_HI(name)                                                              \
    "(module (import \"" name "\" \"fd_write\""                                      \
    "  (func $w (param i32 i32 i32 i32) (result i32)))"                              \
    " (memory (export \"memory\") 1)"                                                \
    " (data (i32.const 0) \"\\08\\00\\00\\00\\03\\00\\00\\00hi\\n\")"                \
    " (func (export \"_start\")"                                                     \
    "  (drop (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))))"

static wasi_instance_t *new_wasi(wasm_store_t *store, const char *name, wasi_config_t *config)
{
    wasm_trap_t *trap = NULL;
    wasi_instance_t *wasi = wasi_instance_new(store, name, config, &trap);
    if (wasi == NULL) {
        wasm_message_t message;
        wasm_trap_message(trap, &message);
        fail_msg("%s", message.data);
    }
    assert_null(trap);
    return wasi;
}

// Runs a program that imports nothing but WASI; gives its exit code.
static int run(wasi_instance_t *wasi, wasm_store_t *store, const char *text)
{
    wasm_module_t *module = module_of_text(store, text);
    wasm_trap_t *trap = NULL;
    wasm_instance_t *instance = wasi_instance_instantiate(wasi, module, &trap);
    assert_null(trap);
    assert_non_null(instance);
    int exit_code = -1;
    assert_null(wasi_instance_start(wasi, module, instance, &exit_code));
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    return exit_code;
}

static void both_names_print_into_a_buffer(void **state)
{
    wasm_store_t *store = store_of(state);
    static const char *const texts[] = {WRITES_HI("wasi_snapshot_preview1"),
                                        WRITES_HI("wasi_unstable")};
    for (int i = 0; i < 2; i++) {
        wasi_config_t *config = wasi_config_new();
        assert_true(wasi_config_capture_stdout(config));
        wasi_instance_t *wasi = new_wasi(store, NULL, config);
        assert_int_equal(run(wasi, store, texts[i]), 0);
        wasm_byte_vec_t out;
        wasi_instance_captured(wasi, 1, &out);
        assert_int_equal(out.size, 3);
        assert_memory_equal(out.data, "hi\n", 3);
        wasm_byte_vec_delete(&out);
        wasi_instance_delete(wasi);
    }
}

static void a_named_instance_serves_its_name_only(void **state)
{
    wasm_store_t *store = store_of(state);
    wasi_instance_t *wasi = new_wasi(store, "wasi_unstable", wasi_config_new());
    wasm_module_t *module = module_of_text(store, WRITES_HI("wasi_snapshot_preview1"));
    wasm_trap_t *trap = NULL;
    assert_null(wasi_instance_instantiate(wasi, module, &trap));
    assert_message(trap, "missing imports: wasi_snapshot_preview1::fd_write");
    wasm_trap_delete(trap);
    assert_null(wasi_instance_new(store, "wasi_snapshot_preview2", wasi_config_new(), &trap));
    assert_message(trap, "WASI has the names wasi_snapshot_preview1 and wasi_unstable");
    wasm_trap_delete(trap);
    wasm_module_delete(module);
    wasi_instance_delete(wasi);
}

static void output_goes_to_a_file_and_input_comes_from_one(void **state)
{
    wasm_store_t *store = store_of(state);
    char path[300];
    const char *build = getenv("BUILD");
    snprintf(path, sizeof path, "%s/tests/test_wasi_h.tmp", build == NULL ? "build" : build);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs("5 bytes", file);
    fclose(file);
    wasi_config_t *config = wasi_config_new();
    assert_true(wasi_config_set_stdin_file(config, path));
    assert_false(wasi_config_set_stdout_file(config, "/nonexistent/file"));
    wasm_trap_t *trap = NULL;
    assert_null(wasi_instance_new(store, NULL, config, &trap));
    wasm_trap_delete(trap);

    config = wasi_config_new();
    assert_true(wasi_config_set_stdin_file(config, path));
    assert_true(wasi_config_capture_stdout(config));
    wasi_instance_t *wasi = new_wasi(store, NULL, config);
    // Reads once into 100.. and writes as much as it got.
    assert_int_equal(run(wasi, store,
                         "(module (import \"wasi_snapshot_preview1\" \"fd_read\""
                         "  (func $r (param i32 i32 i32 i32) (result i32)))"
                         " (import \"wasi_snapshot_preview1\" \"fd_write\""
                         "  (func $w (param i32 i32 i32 i32) (result i32)))"
                         " (memory (export \"memory\") 1)"
                         " (data (i32.const 0) \"\\64\\00\\00\\00\\40\\00\\00\\00\")"
                         " (func (export \"_start\")"
                         "  (drop (call $r (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 4)))"
                         "  (drop (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))))"),
                     0);
    wasm_byte_vec_t out;
    wasi_instance_captured(wasi, 1, &out);
    assert_int_equal(out.size, 7);
    assert_memory_equal(out.data, "5 bytes", 7);
    wasm_byte_vec_delete(&out);
    wasi_instance_delete(wasi);

    config = wasi_config_new();
    assert_true(wasi_config_set_stdout_file(config, path));
    wasi = new_wasi(store, NULL, config);
    assert_int_equal(run(wasi, store, WRITES_HI("wasi_unstable")), 0);
    char line[16] = "";
    file = fopen(path, "rb");
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "hi\n");
    fclose(file);
    remove(path);
    wasi_instance_delete(wasi);
}

// Echoes what it reads, once, to stream %s.
#define ECHOES_TO(stream)                                                            \
    "(module (import \"wasi_snapshot_preview1\" \"fd_read\""                         \
    "  (func $r (param i32 i32 i32 i32) (result i32)))"                              \
    " (import \"wasi_snapshot_preview1\" \"fd_write\""                               \
    "  (func $w (param i32 i32 i32 i32) (result i32)))"                              \
    " (memory (export \"memory\") 1)"                                                \
    " (data (i32.const 0) \"\\64\\00\\00\\00\\40\\00\\00\\00\")"                        \
    " (func (export \"_start\")"                                                     \
    "  (drop (call $r (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 4)))"     \
    "  (drop (call $w (i32.const " stream ") (i32.const 0) (i32.const 1) (i32.const 20)))))"

static void input_comes_from_memory_and_errors_go_where_they_are_sent(void **state)
{
    wasm_store_t *store = store_of(state);
    wasi_config_t *config = wasi_config_new();
    wasm_byte_vec_t input, out;
    wasm_byte_vec_new(&input, 64, "exactly sixty-four bytes of input, for a buffer of the same size");
    assert_true(wasi_config_set_stdin_bytes(config, &input));
    assert_int_equal(input.size, 0);  // taken over
    assert_true(wasi_config_capture_stderr(config));
    wasi_instance_t *wasi = new_wasi(store, NULL, config);
    assert_int_equal(run(wasi, store, ECHOES_TO("2")), 0);
    wasi_instance_captured(wasi, 2, &out);
    assert_int_equal(out.size, 64);
    assert_memory_equal(out.data, "exactly sixty-four", 18);
    wasm_byte_vec_delete(&out);
    wasi_instance_captured(wasi, 1, &out);  // nobody asked for that one
    assert_int_equal(out.size, 0);
    wasm_byte_vec_delete(&out);
    wasi_instance_delete(wasi);

    char path[300], line[65] = "";
    const char *build = getenv("BUILD");
    snprintf(path, sizeof path, "%s/tests/test_wasi_h_errors.tmp", build == NULL ? "build" : build);
    config = wasi_config_new();
    wasm_byte_vec_new(&input, 64, "another line of sixty-four bytes, which becomes an error message");
    assert_true(wasi_config_set_stdin_bytes(config, &input));
    assert_true(wasi_config_set_stderr_file(config, path));
    wasi = new_wasi(store, NULL, config);
    assert_int_equal(run(wasi, store, ECHOES_TO("2")), 0);
    FILE *file = fopen(path, "rb");
    assert_int_equal(fread(line, 1, 64, file), 64);
    assert_memory_equal(line, "another line", 12);
    fclose(file);
    remove(path);
    wasi_instance_delete(wasi);
}

// Makes a file in the first directory it was given; its exit code is the errno.
static const char makes_a_file[] =
    "(module (import \"wasi_snapshot_preview1\" \"path_open\" (func $open"
    "  (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))"
    " (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))"
    " (memory (export \"memory\") 1) (data (i32.const 0) \"made.tmp\")"
    " (func (export \"_start\")"
    "  (call $exit (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 8)"
    "   (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 20)))))";

static void directories_are_open_or_read_only(void **state)
{
    enum { ERRNO_PERM = 63 };
    wasm_store_t *store = store_of(state);
    char folder[300], path[320];
    const char *build = getenv("BUILD");
    snprintf(folder, sizeof folder, "%s/tests", build == NULL ? "build" : build);
    snprintf(path, sizeof path, "%s/made.tmp", folder);
    remove(path);

    wasi_config_t *config = wasi_config_new();
    assert_true(wasi_config_inherit_stdin(config) && wasi_config_inherit_stderr(config));
    assert_true(wasi_config_preopen_dir_read_only(config, folder, "/"));
    wasi_instance_t *wasi = new_wasi(store, NULL, config);
    int refused = run(wasi, store, makes_a_file);
    assert_int_equal(refused, ERRNO_PERM);
    assert_null(fopen(path, "rb"));
    wasi_instance_delete(wasi);

    config = wasi_config_new();
    assert_false(wasi_config_preopen_dir(config, "/nonexistent", "/"));
    wasi_config_delete(config);
    config = wasi_config_new();
    assert_true(wasi_config_preopen_dir(config, folder, "/"));
    wasi = new_wasi(store, NULL, config);
    assert_int_equal(run(wasi, store, makes_a_file), 0);
    assert_int_equal(remove(path), 0);
    wasi_instance_delete(wasi);
}

static void exit_codes_come_out_and_traps_stay_traps(void **state)
{
    wasm_store_t *store = store_of(state);
    wasi_instance_t *wasi = new_wasi(store, NULL, wasi_config_new());
    int code = -1;
    assert_false(wasi_instance_exited(wasi, &code));
    wasm_module_t *module = module_of_text(store, "(module (func (export \"_start\") (unreachable)))");
    wasm_instance_t *instance = wasi_instance_instantiate(wasi, module, NULL);
    wasm_trap_t *trap = wasi_instance_start(wasi, module, instance, &code);
    assert_message(trap, "unreachable");
    wasm_trap_delete(trap);
    wasm_instance_delete(instance);
    wasm_module_delete(module);
    assert_int_equal(run(wasi, store,
                         "(module (import \"wasi_unstable\" \"proc_exit\" (func $exit (param i32)))"
                         " (memory (export \"memory\") 1)"
                         " (func (export \"_start\") (call $exit (i32.const 7)) (unreachable)))"),
                     7);
    assert_true(wasi_instance_exited(wasi, &code));
    assert_int_equal(code, 7);
    wasi_instance_delete(wasi);
}

static void arguments_and_variables_are_counted(void **state)
{
    wasm_store_t *store = store_of(state);
    wasi_config_t *config = wasi_config_new();
    const char *argv[] = {"program", "one", "two"};
    const char *names[] = {"A", "B"}, *values[] = {"1", "2"};
    const char *environment[] = {"B=3", "C=4", NULL};
    assert_true(wasi_config_set_argv(config, 3, argv));
    assert_true(wasi_config_set_env(config, 2, names, values));
    assert_true(wasi_config_inherit_env(config, environment));
    wasi_instance_t *wasi = new_wasi(store, NULL, config);
    // Exits with ten times the count of arguments and the count of variables.
    assert_int_equal(
        run(wasi, store,
            "(module (import \"wasi_snapshot_preview1\" \"args_sizes_get\""
            "  (func $a (param i32 i32) (result i32)))"
            " (import \"wasi_snapshot_preview1\" \"environ_sizes_get\""
            "  (func $e (param i32 i32) (result i32)))"
            " (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))"
            " (memory (export \"memory\") 1)"
            " (func (export \"_start\")"
            "  (drop (call $a (i32.const 0) (i32.const 8))) (drop (call $e (i32.const 4) (i32.const 8)))"
            "  (call $exit (i32.add (i32.mul (i32.load (i32.const 0)) (i32.const 10))"
            "   (i32.load (i32.const 4))))))"),
        33);
    wasi_instance_delete(wasi);
}

static wasm_trap_t *seven(const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    (void)args;
    results->data[0] = (wasm_val_t)WASM_I32_VAL(7);
    return NULL;
}

static void wasi_is_bound_beside_the_hosts_own_functions(void **state)
{
    wasm_store_t *store = store_of(state);
    wasi_instance_t *wasi = new_wasi(store, NULL, wasi_config_new());
    wasm_module_t *module = module_of_text(
        store,
        "(module (import \"host\" \"seven\" (func $seven (result i32)))"
        " (import \"wasi_snapshot_preview1\" \"random_get\""
        "  (func $random (param i32 i32) (result i32)))"
        " (import \"wasi_snapshot_preview1\" \"sched_yield\" (func (param i64) (result i32)))"
        " (memory (export \"only\") 1)"
        " (func (export \"f\") (result i32)"
        "  (i32.add (call $seven) (call $random (i32.const 0) (i32.const 8)))))");
    wasm_importtype_vec_t imports;
    wasm_module_imports(module, &imports);
    assert_null(wasi_instance_bind_import(wasi, imports.data[0]));
    const wasm_extern_t *random = wasi_instance_bind_import(wasi, imports.data[1]);
    assert_non_null(random);
    assert_ptr_equal(wasi_instance_bind_import(wasi, imports.data[1]), random);
    assert_null(wasi_instance_bind_import(wasi, imports.data[2]));  // not its type
    wasm_functype_t *type = wasm_functype_new_0_1(wasm_valtype_new_i32());
    wasm_func_t *func = wasm_func_new(store, type, seven);
    wasm_functype_delete(type);
    wasm_functype_t *yield_type = wasm_functype_new_1_1(wasm_valtype_new_i64(), wasm_valtype_new_i32());
    wasm_func_t *yield = wasm_func_new(store, yield_type, seven);
    wasm_functype_delete(yield_type);
    wasm_extern_t *items[] = {wasm_func_as_extern(func),
                              (wasm_extern_t *)(uintptr_t)random,
                              wasm_func_as_extern(yield)};
    wasm_extern_vec_t given = WASM_ARRAY_VEC(items), exports;
    wasm_instance_t *instance = wasm_instance_new(store, module, &given, NULL);
    assert_non_null(instance);
    wasm_instance_exports(instance, &exports);
    assert_int_equal(call_i(func_at(&exports, 1), 0, 0, 0), 7 + 21);  // no memory yet: FAULT
    assert_true(wasi_instance_attach(wasi, module, instance));
    assert_int_equal(call_i(func_at(&exports, 1), 0, 0, 0), 7);

    // The program goes on after the wasi_instance_t, whose world its functions keep.
    wasi_instance_delete(wasi);
    assert_int_equal(call_i(func_at(&exports, 1), 0, 0, 0), 7 + 21);
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_func_delete(func);
    wasm_func_delete(yield);
    wasm_importtype_vec_delete(&imports);
    wasm_module_delete(module);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(both_names_print_into_a_buffer),
        WITH_WORLD(a_named_instance_serves_its_name_only),
        WITH_WORLD(output_goes_to_a_file_and_input_comes_from_one),
        WITH_WORLD(input_comes_from_memory_and_errors_go_where_they_are_sent),
        WITH_WORLD(directories_are_open_or_read_only),
        WITH_WORLD(exit_codes_come_out_and_traps_stay_traps),
        WITH_WORLD(arguments_and_variables_are_counted),
        WITH_WORLD(wasi_is_bound_beside_the_hosts_own_functions),
    };
    return cmocka_run_group_tests_name("wasi.h", tests, NULL, NULL);
}
