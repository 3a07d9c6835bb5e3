// test_wasm_api_func.c -- functions of the standard C API: the host's, and calling.
// SPDX-License-Identifier: MIT
#include "tests/wasm_api.h"

static int finalized;

static void count(void *env)
{
    finalized += *(int *)env;
}

// Gives back its arguments in reverse.
static wasm_trap_t *reverse(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    (void)env;
    assert_int_equal(args->size, results->size);
    for (size_t i = 0; i < args->size; i++) {
        wasm_val_copy(&results->data[i], &args->data[args->size - 1 - i]);
    }
    return NULL;
}

// A type whose results are its parameters in reverse.
static wasm_functype_t *reversed_type(size_t size, const wasm_valkind_t *kinds)
{
    wasm_valtype_vec_t params, results;
    wasm_valtype_vec_new_uninitialized(&params, size);
    wasm_valtype_vec_new_uninitialized(&results, size);
    for (size_t i = 0; i < size; i++) {
        params.data[i] = wasm_valtype_new(kinds[i]);
        results.data[i] = wasm_valtype_new(kinds[size - 1 - i]);
    }
    return wasm_functype_new(&params, &results);
}

// f32 and f64 go through with the payload of a signalling NaN intact.
static void values_of_every_kind_pass_both_ways(void **state)
{
    wasm_store_t *store = store_of(state);
    static const wasm_valkind_t kinds[] = {WASM_I32, WASM_I64, WASM_F32,
                                           WASM_F64, WASM_EXTERNREF, WASM_FUNCREF};
    wasm_functype_t *type = reversed_type(6, kinds);
    wasm_func_t *func = wasm_func_new_with_env(store, type, reverse, NULL, NULL);
    wasm_functype_delete(type);
    wasm_extern_t *items[] = {wasm_func_as_extern(func)};
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(items), exports;
    exports_of_text(store,
                    "(module (type $t (func (param i32 i64 f32 f64 externref funcref)"
                    "  (result funcref externref f64 f32 i64 i32)))"
                    " (import \"\" \"f\" (func $f (type $t)))"
                    " (func (export \"g\") (type $t)"
                    "  (call $f (local.get 0) (local.get 1) (local.get 2) (local.get 3)"
                    "   (local.get 4) (local.get 5))))",
                    &imports, &exports);
    wasm_foreign_t *foreign = wasm_foreign_new(store);
    wasm_val_t values[6] = {WASM_I32_VAL(-1), WASM_I64_VAL(INT64_MIN), WASM_F32_VAL(0),
                            WASM_F64_VAL(0), WASM_REF_VAL(wasm_foreign_as_ref(foreign)),
                            {.kind = WASM_FUNCREF, .of = {.ref = wasm_func_as_ref(func)}}};
    memcpy(&values[2].of, &(uint32_t){0x7fa00001}, 4);
    memcpy(&values[3].of, &(uint64_t){0xfff4000000000001}, 8);
    wasm_val_t got[6];
    wasm_val_vec_t args = WASM_ARRAY_VEC(values), results = WASM_ARRAY_VEC(got);
    assert_null(wasm_func_call(func_at(&exports, 0), &args, &results));
    for (size_t i = 0; i < 6; i++) assert_int_equal(got[i].kind, values[5 - i].kind);
    assert_int_equal(got[5].of.i32, -1);
    assert_true(got[4].of.i64 == INT64_MIN);
    assert_memory_equal(&got[3].of, &values[2].of, 4);
    assert_memory_equal(&got[2].of, &values[3].of, 8);
    assert_true(wasm_ref_same(got[1].of.ref, wasm_foreign_as_ref(foreign)));
    assert_true(wasm_func_same(wasm_ref_as_func(got[0].of.ref), func));
    wasm_val_delete(&got[0]);
    wasm_val_delete(&got[1]);
    wasm_foreign_delete(foreign);
    wasm_func_delete(func);
    wasm_extern_vec_delete(&exports);
}

enum { MANY = 50 };

static void fifty_values_pass_as_well_as_one(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_valkind_t kinds[MANY];
    wasm_val_t values[MANY], got[MANY];
    for (int i = 0; i < MANY; i++) {
        kinds[i] = WASM_I64;
        values[i] = (wasm_val_t)WASM_I64_VAL(i);
    }
    wasm_functype_t *type = reversed_type(MANY, kinds);
    wasm_func_t *func = wasm_func_new_with_env(store, type, reverse, NULL, NULL);
    wasm_functype_delete(type);
    wasm_val_vec_t args = WASM_ARRAY_VEC(values), results = WASM_ARRAY_VEC(got);
    assert_null(wasm_func_call(func, &args, &results));
    for (int i = 0; i < MANY; i++) assert_true(got[i].of.i64 == MANY - 1 - i);
    wasm_func_delete(func);
}

static void functions_tell_their_type(void **state)
{
    wasm_extern_vec_t exports;
    exports_of_text(store_of(state),
                    "(module (func (export \"f\") (param i32 f64) (result i64) (i64.const 0)))",
                    &no_imports, &exports);
    wasm_func_t *func = func_at(&exports, 0);
    assert_int_equal(wasm_func_param_arity(func), 2);
    assert_int_equal(wasm_func_result_arity(func), 1);
    wasm_functype_t *type = wasm_func_type(func);
    assert_int_equal(wasm_valtype_kind(wasm_functype_params(type)->data[1]), WASM_F64);
    assert_int_equal(wasm_valtype_kind(wasm_functype_results(type)->data[0]), WASM_I64);
    wasm_functype_delete(type);
    wasm_externtype_t *external = wasm_extern_type(exports.data[0]);
    assert_int_equal(wasm_externtype_kind(external), WASM_EXTERN_FUNC);
    wasm_externtype_delete(external);
    wasm_extern_vec_delete(&exports);
}

static void a_wrong_call_traps_instead_of_crashing(void **state)
{
    wasm_extern_vec_t exports;
    exports_of_text(store_of(state),
                    "(module (func (export \"f\") (param i32) (result i32) (local.get 0))"
                    " (func (export \"v\") (result v128) (v128.const i64x2 1 2)))",
                    &no_imports, &exports);
    wasm_func_t *func = func_at(&exports, 0);
    wasm_val_t right = WASM_I32_VAL(1), wrong = WASM_I64_VAL(1), got = WASM_INIT_VAL;
    wasm_val_vec_t one = {1, &right}, bad = {1, &wrong}, results = {1, &got};
    wasm_trap_t *traps[] = {wasm_func_call(func, NULL, &results),
                            wasm_func_call(func, &bad, &results),
                            wasm_func_call(func_at(&exports, 1), NULL, &results)};
    static const char *const texts[] = {"wrong number of arguments", "argument of the wrong kind",
                                        "result that wasm.h cannot carry"};
    for (int i = 0; i < 3; i++) {
        assert_message(traps[i], texts[i]);
        wasm_trap_delete(traps[i]);
    }
    assert_null(wasm_func_call(func, &one, NULL));  // who needs no results gives no room
    assert_null(wasm_func_call(func, &one, &results));
    assert_int_equal(got.of.i32, 1);
    wasm_extern_vec_delete(&exports);
}

static wasm_trap_t *lie(const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    (void)args;
    results->data[0] = (wasm_val_t)WASM_F64_VAL(1);
    return NULL;
}

static wasm_trap_t *forget(const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    (void)args, (void)results;
    return NULL;
}

static void a_host_function_must_give_what_it_promised(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_functype_t *type = wasm_functype_new_0_1(wasm_valtype_new_i32());
    wasm_func_t *liar = wasm_func_new(store, type, lie);
    wasm_func_t *forgetter = wasm_func_new(store, type, forget);
    wasm_functype_delete(type);
    wasm_val_t got = WASM_INIT_VAL;
    wasm_val_vec_t results = {1, &got};
    wasm_trap_t *trap = wasm_func_call(liar, &no_args, &results);
    assert_message(trap, "host function returned a value of the wrong kind");
    wasm_trap_delete(trap);
    assert_null(wasm_func_call(forgetter, &no_args, &results));
    assert_int_equal(got.kind, WASM_I32);
    assert_int_equal(got.of.i32, 0);  // results begin as zeros
    wasm_func_delete(liar);
    wasm_func_delete(forgetter);
}

static wasm_trap_t *add_env(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    results->data[0] = (wasm_val_t)WASM_I32_VAL(args->data[0].of.i32 + *(int *)env);
    return NULL;
}

static void an_environment_is_finalized_when_the_function_is_gone(void **state)
{
    (void)state;
    int envs[2] = {10, 100};
    wasm_engine_t *engine = wasm_engine_new();
    wasm_store_t *store = wasm_store_new(engine);
    wasm_functype_t *type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
    wasm_func_t *a = wasm_func_new_with_env(store, type, add_env, &envs[0], count);
    wasm_func_t *b = wasm_func_new_with_env(store, type, add_env, &envs[1], count);
    wasm_functype_delete(type);
    finalized = 0;
    assert_int_equal(call_i(a, 1, 5, 0), 15);
    assert_int_equal(call_i(b, 1, 5, 0), 105);
    wasm_func_delete(a);
    weft_store_collect(weft_wasm_store(store));
    assert_int_equal(call_i(b, 1, 6, 0), 106);
    assert_int_equal(finalized, 10);
    wasm_func_delete(b);
    wasm_store_delete(store);
    wasm_engine_delete(engine);
    assert_int_equal(finalized, 110);
}

// Calls in and out, each level through the host.
static wasm_func_t *descend;

static wasm_trap_t *call_back(const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    return wasm_func_call(descend, args, results);
}

static void guest_and_host_call_each_other_in_turn(void **state)
{
    wasm_store_t *store = store_of(state);
    wasm_functype_t *type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
    wasm_func_t *func = wasm_func_new(store, type, call_back);
    wasm_functype_delete(type);
    wasm_extern_t *items[] = {wasm_func_as_extern(func)};
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(items), exports;
    exports_of_text(store,
                    "(module (import \"\" \"f\" (func $f (param i32) (result i32)))"
                    " (func (export \"sum\") (param i32) (result i32)"
                    "  (if (result i32) (local.get 0)"
                    "   (then (i32.add (local.get 0)"
                    "    (call $f (i32.sub (local.get 0) (i32.const 1)))))"
                    "   (else (i32.const 0)))))",
                    &imports, &exports);
    descend = func_at(&exports, 0);
    assert_int_equal(call_i(descend, 1, 50, 0), 1275);

    // Each turn takes some of the host's own stack, so their number has an end, far from harm.
    wasm_val_t deep = WASM_I32_VAL(1000000), got = WASM_INIT_VAL;
    wasm_val_vec_t args = {1, &deep}, results = {1, &got};
    wasm_trap_t *trap = wasm_func_call(descend, &args, &results);
    assert_message(trap, "call stack exhausted");
    wasm_trap_delete(trap);
    wasm_func_delete(func);
    wasm_extern_vec_delete(&exports);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(values_of_every_kind_pass_both_ways),
        WITH_WORLD(fifty_values_pass_as_well_as_one),
        WITH_WORLD(functions_tell_their_type),
        WITH_WORLD(a_wrong_call_traps_instead_of_crashing),
        WITH_WORLD(a_host_function_must_give_what_it_promised),
        cmocka_unit_test(an_environment_is_finalized_when_the_function_is_gone),
        WITH_WORLD(guest_and_host_call_each_other_in_turn),
    };
    return cmocka_run_group_tests_name("wasm.h functions", tests, NULL, NULL);
}
