// test_wasm_api_memory.c -- memories of the standard C API.
// SPDX-License-Identifier: MIT
#include "tests/wasm_api.h"

static const char text[] =
    "(module (memory (export \"m\") 2 3) (data (i32.const 0x1000) \"\\01\\02\\03\\04\")"
    " (func (export \"load\") (param i32) (result i32) (i32.load8_u (local.get 0)))"
    " (func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0))))";

static void host_and_guest_see_the_same_bytes(void **state)
{
    wasm_extern_vec_t exports;
    exports_of_text(store_of(state), text, &no_imports, &exports);
    wasm_memory_t *memory = wasm_extern_as_memory(exports.data[0]);
    assert_int_equal(wasm_memory_size(memory), 2);
    assert_int_equal(wasm_memory_data_size(memory), 2 * MEMORY_PAGE_SIZE);
    assert_int_equal(wasm_memory_data(memory)[0x1003], 4);
    wasm_memory_data(memory)[0x1003] = 5;
    assert_int_equal(call_i(func_at(&exports, 1), 1, 0x1003, 0), 5);
    wasm_val_t arg = WASM_I32_VAL(0x20000), got = WASM_INIT_VAL;
    wasm_val_vec_t args = {1, &arg}, results = {1, &got};
    wasm_trap_t *trap = wasm_func_call(func_at(&exports, 1), &args, &results);
    assert_message(trap, "out of bounds memory access");
    wasm_trap_delete(trap);
    wasm_extern_vec_delete(&exports);
}

static void both_can_make_it_grow(void **state)
{
    wasm_extern_vec_t exports;
    exports_of_text(store_of(state), text, &no_imports, &exports);
    wasm_memory_t *memory = wasm_extern_as_memory(exports.data[0]);
    assert_int_equal(call_i(func_at(&exports, 2), 1, 1, 0), 2);
    assert_int_equal(wasm_memory_data_size(memory), 3 * MEMORY_PAGE_SIZE);
    assert_int_equal(wasm_memory_data(memory)[0x1000], 1);  // where it now is
    wasm_memory_data(memory)[0x2ffff] = 7;
    assert_int_equal(call_i(func_at(&exports, 1), 1, 0x2ffff, 0), 7);
    assert_false(wasm_memory_grow(memory, 1));
    assert_true(wasm_memory_grow(memory, 0));
    wasm_memorytype_t *type = wasm_memory_type(memory);
    assert_int_equal(wasm_memorytype_limits(type)->min, 3);
    assert_int_equal(wasm_memorytype_limits(type)->max, 3);
    wasm_memorytype_delete(type);
    wasm_extern_vec_delete(&exports);
}

static void the_hosts_own_memory_is_imported(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_limits_t limits = {0, wasm_limits_max_default};
    wasm_memorytype_t *type = wasm_memorytype_new(&limits);
    wasm_memory_t *memory = wasm_memory_new(store, type);
    wasm_memorytype_delete(type);
    assert_int_equal(wasm_memory_size(memory), 0);
    assert_true(wasm_memory_grow(memory, 1));
    strcpy(wasm_memory_data(memory), "A");
    wasm_extern_t *items[] = {wasm_memory_as_extern(memory)};
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(items), exports;
    exports_of_text(store,
                    "(module (import \"\" \"m\" (memory 1))"
                    " (func (export \"f\") (result i32) (i32.load8_u (i32.const 0))))",
                    &imports, &exports);
    assert_int_equal(call_i(func_at(&exports, 0), 0, 0, 0), 'A');
    assert_true(wasm_memory_grow(memory, 100));
    strcpy(wasm_memory_data(memory), "B");
    assert_int_equal(call_i(func_at(&exports, 0), 0, 0, 0), 'B');
    wasm_memory_delete(memory);
    wasm_extern_vec_delete(&exports);
}

static void a_memory_that_cannot_be_is_not_made(void **state)
{
    World *world = *state;
    wasm_limits_t upside_down = {5, 4}, too_large = {65537, wasm_limits_max_default};
    wasm_memorytype_t *a = wasm_memorytype_new(&upside_down);
    wasm_memorytype_t *b = wasm_memorytype_new(&too_large);
    assert_null(wasm_memory_new(world->store, a));
    assert_null(wasm_memory_new(world->store, b));
    wasm_memorytype_delete(a);
    wasm_memorytype_delete(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(host_and_guest_see_the_same_bytes),
        WITH_WORLD(both_can_make_it_grow),
        WITH_WORLD(the_hosts_own_memory_is_imported),
        WITH_WORLD(a_memory_that_cannot_be_is_not_made),
    };
    return cmocka_run_group_tests_name("wasm.h memories", tests, NULL, NULL);
}
