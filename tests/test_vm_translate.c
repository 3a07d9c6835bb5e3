// test_vm_translate.c -- folding changes nothing that a program can see.
//
// Random functions (from fixed seeds) run with every part of the translator switched off in
// turn, in one go and in small slices, with and without fuel. Results, memory and the fuel
// spent must be the same. Then the corners: deep recursion, tail calls, frames of thousands
// of locals, tables of branches.
// SPDX-License-Identifier: MIT
#include "tests/api.h"

#include <stdarg.h>

static const uint32_t masks[] = {0, 1, 2, 4, 8, 16, 32, 64, 127, 2 | 4, 16 | 32, 127 & ~64};

#define MASKS (sizeof masks / sizeof *masks)

// --- random functions -------------------------------------------------------------------

typedef struct Text {
    char at[65536];
    size_t size;
    uint64_t seed;
    int loops;
} Text;

static uint32_t any(Text *t, uint32_t below)
{
    t->seed = t->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(t->seed >> 33) % below;
}

static void say(Text *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const int n = vsnprintf(t->at + t->size, sizeof t->at - t->size, format, list);
    va_end(list);
    if (n > 0 && t->size + (size_t)n < sizeof t->at) t->size += (size_t)n;
}

// Locals: 0..3 i32, 4..6 i64, 7..9 f64; 10 to 15 count loops; 16..18 v128.
static void value(Text *t, char type, int depth);

static void choose(Text *t, const char *const *list, uint32_t count, char from, int operands, int depth)
{
    say(t, "(%s ", list[any(t, count)]);
    for (int k = 0; k < operands; k++) value(t, from, depth - 1);
    say(t, ")");
}

#define CHOOSE(list, from, operands) choose(t, list, sizeof list / sizeof *list, from, operands, depth)

// Lanes in patterns that compilers make, and in none.
static void shuffle(Text *t, int depth)
{
    static const char *const patterns[] = {
        "0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23", "8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31",
        "8 9 10 11 12 13 14 15 0 0 0 0 0 0 0 0", "4 5 6 7 0 0 0 0 0 0 0 0 0 0 0 0", "2 3 17 17 17 17 17 17 17 17 17 17 17 17 17 17",
        "1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0", "0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23", "2 3 0 1 6 7 4 5 10 11 8 9 14 15 12 13",
        "24 8 25 9 26 10 27 11 28 12 29 13 30 14 31 15", "8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31",
        "0 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30", "1 3 5 7 9 11 13 15 17 19 21 23 25 27 29 31", "5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20",
        "24 25 26 27 28 29 30 31 0 1 2 3 4 5 6 7", "3 2 1 0 7 6 5 4 11 10 9 8 15 14 13 12", "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
        "16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31", "12 13 14 15 12 13 14 15 12 13 14 15 12 13 14 15", "9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9",
        "0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23"};
    say(t, "(i8x16.shuffle");
    if (any(t, 4)) {
        say(t, " %s", patterns[any(t, sizeof patterns / sizeof *patterns)]);
    } else {
        for (int k = 0; k < 16; k++) say(t, " %u", any(t, 32));
    }
    value(t, 'v', depth - 1);
    value(t, 'v', depth - 1);
    say(t, ")");
}

// No sums of floats: which NaN comes out of two is not defined.
static void vector(Text *t, int depth)
{
    static const char *const two[] = {"i8x16.add", "i16x8.sub", "i32x4.add", "i64x2.sub", "v128.xor", "v128.and", "v128.andnot",
                                      "i16x8.mul", "i32x4.mul", "i8x16.min_u", "i16x8.max_s", "i8x16.gt_s", "i32x4.lt_u", "i64x2.eq",
                                      "i8x16.narrow_i16x8_u", "i16x8.extmul_low_i8x16_s", "i32x4.dot_i16x8_s", "i8x16.swizzle",
                                      "i8x16.add_sat_s", "i16x8.sub_sat_u", "f32x4.lt", "f64x2.pmin", "i8x16.avgr_u", "i32x4.add"};
    static const char *const one[] = {"v128.not", "i8x16.abs", "i16x8.neg", "i32x4.extend_high_i16x8_u", "i16x8.extadd_pairwise_i8x16_s",
                                      "i64x2.extend_low_i32x4_s", "f32x4.abs", "f32x4.convert_i32x4_s", "i8x16.popcnt"};
    static const char *const loads[] = {"v128.load", "v128.load8x8_s", "v128.load32_splat", "v128.load64_zero", "v128.load16_splat", "v128.load"};
    static const char *const shifts[] = {"i8x16.shr_s", "i8x16.shl", "i16x8.shr_u", "i32x4.shl", "i64x2.shr_s", "i64x2.shl"};
    const uint32_t pick = depth <= 0 ? any(t, 2) : any(t, 16);
    switch (pick) {
    case 0: say(t, "(v128.const i32x4 %d %d %u %d)", (int)any(t, 99) - 50, (int)any(t, 0x7fffffff), any(t, 256), -(int)any(t, 0x10000)); return;
    case 1: say(t, "(local.get %u)", 16 + any(t, 3)); return;
    case 2: say(t, "(local.tee %u ", 16 + any(t, 3)); break;
    case 3: case 4:
        say(t, "(%s offset=%u (i32.and ", loads[any(t, 6)], any(t, 64));
        value(t, 'i', depth - 1);
        say(t, " (i32.const 1008)))");
        return;
    case 5:
        say(t, "(%s offset=%u (i32.add (i32.and ", loads[any(t, 6)], any(t, 64));
        value(t, 'i', depth - 1);
        say(t, " (i32.const 496)) (i32.shl (i32.and (local.get %u) (i32.const 31)) (i32.const %u))))", any(t, 4), any(t, 2) ? 4 : any(t, 4));
        return;
    case 6:
        say(t, "(select ");
        value(t, 'v', depth - 1);
        value(t, 'v', depth - 1);
        value(t, 'i', depth - 1);
        say(t, ")");
        return;
    case 7: {
        static const char *const splats[] = {"i8x16.splat", "i16x8.splat", "i32x4.splat"};
        if (any(t, 3)) choose(t, splats, 3, 'i', 1, depth);
        else say(t, "(f64x2.splat (local.get %u))", 7 + any(t, 3));
        return;
    }
    case 8: {
        const uint32_t log2 = any(t, 3);
        say(t, "(i%ux%u.replace_lane %u ", 8u << log2, 16u >> log2, any(t, 16u >> log2));
        value(t, 'v', depth - 1);
        value(t, 'i', depth - 1);
        say(t, ")");
        return;
    }
    case 9:
        say(t, "(%s ", shifts[any(t, 6)]);
        value(t, 'v', depth - 1);
        value(t, 'i', depth - 1);
        say(t, ")");
        return;
    case 10: {
        static const char *const three[] = {"v128.bitselect"};
        choose(t, three, 1, 'v', 3, depth);
        return;
    }
    case 11: {
        // Mostly a rotation.
        const uint32_t local = 16 + any(t, 3), bits = any(t, 2) ? 32 : 64, by = 1 + any(t, bits - 1), first = any(t, 2);
        const char *const shape = bits == 32 ? "i32x4" : "i64x2", *const ways[] = {"shl", "shr_u"};
        say(t, "(v128.or (%s.%s (local.tee %u ", shape, ways[first], local);
        value(t, 'v', depth - 1);
        say(t, ") (i32.const %u)) (%s.%s (local.get %u) (i32.const %u)))", by, shape, ways[!first], local, bits - by + (any(t, 4) == 0));
        return;
    }
    case 12: shuffle(t, depth); return;
    case 13: CHOOSE(one, 'v', 1); return;
    default: CHOOSE(two, 'v', 2); return;
    }
    value(t, 'v', depth - 1);
    say(t, ")");
}

// What vectors say about themselves.
static void of_vector(Text *t, char type, int depth)
{
    static const char *const i32_one[] = {"i8x16.bitmask", "i16x8.all_true", "v128.any_true", "i32x4.bitmask", "i64x2.all_true"};
    if (type == 'i' && any(t, 3) == 0) {
        choose(t, i32_one, 5, 'v', 1, depth);
        return;
    }
    const uint32_t log2 = type == 'i' ? 2 : 3;
    say(t, "(%s.extract_lane %u ", type == 'i' ? "i32x4" : type == 'l' ? "i64x2" : "f64x2", any(t, 16u >> log2));
    value(t, 'v', depth - 1);
    say(t, ")");
}

static void value(Text *t, char type, int depth)
{
    static const char *const i32_two[] = {"i32.add", "i32.sub", "i32.mul", "i32.and", "i32.or", "i32.xor", "i32.shl",
                                          "i32.shr_u", "i32.shr_s", "i32.rotl", "i32.add", "i32.add", "i32.lt_s", "i32.eq"};
    static const char *const i64_two[] = {"i64.add", "i64.sub", "i64.mul", "i64.and", "i64.or", "i64.xor", "i64.shl",
                                          "i64.shr_u", "i64.shr_s", "i64.rotl"};
    static const char *const f64_two[] = {"f64.add", "f64.sub", "f64.mul", "f64.min", "f64.copysign"};
    static const char *const of_i64[] = {"i64.lt_u", "i64.eq", "i64.ge_s", "i64.ne"};
    static const char *const of_f64[] = {"f64.lt", "f64.ge", "f64.eq"};
    if (type == 'v') {
        vector(t, depth);
        return;
    }
    const uint32_t pick = depth <= 0 ? any(t, 2) : any(t, 13);
    if (pick == 12) {
        of_vector(t, type, depth);
    } else if (pick == 0) {
        if (type == 'i') say(t, "(i32.const %d)", (int)any(t, 3) ? (int)any(t, 200) - 100 : (int)any(t, 0x7fffffff));
        else if (type == 'l') say(t, "(i64.const %d)", (int)any(t, 200) - 100);
        else say(t, "(f64.const %d.5)", (int)any(t, 20) - 10);
    } else if (pick == 1) {
        say(t, "(local.get %u)", type == 'i' ? any(t, 4) : type == 'l' ? 4 + any(t, 3) : 7 + any(t, 3));
    } else if (pick == 2) {
        const uint32_t l = type == 'i' ? any(t, 4) : type == 'l' ? 4 + any(t, 3) : 7 + any(t, 3);
        say(t, "(local.tee %u ", l);
        value(t, type, depth - 1);
        say(t, ")");
    } else if (pick == 3) {
        static const char *const i32_loads[] = {"i32.load", "i32.load8_u", "i32.load16_s"};
        say(t, "(%s offset=%u (i32.and ", type == 'i' ? i32_loads[any(t, 3)] : type == 'l' ? "i64.load" : "f64.load", any(t, 64));
        value(t, 'i', depth - 1);
        say(t, " (i32.const 1016)))");
    } else if (pick == 4) {
        say(t, "(%s offset=%u (i32.add (i32.and ", type == 'i' ? "i32.load" : type == 'l' ? "i64.load32_u" : "f64.load", any(t, 64));
        value(t, 'i', depth - 1);
        say(t, " (i32.const 504)) (i32.shl (i32.and (local.get %u) (i32.const 31)) (i32.const %u))))", any(t, 4), any(t, 4));
    } else if (pick == 5) {
        say(t, "(select ");
        value(t, type, depth - 1);
        value(t, type, depth - 1);
        value(t, 'i', depth - 1);
        say(t, ")");
    } else if (pick == 6 && type == 'i') {
        if (any(t, 2)) CHOOSE(of_i64, 'l', 2);
        else CHOOSE(of_f64, 'd', 2);
    } else if (pick == 7) {
        if (type == 'i') {
            say(t, "(i32.wrap_i64 ");
            value(t, 'l', depth - 1);
            say(t, ")");
        } else {
            say(t, type == 'l' ? "(i64.extend_i32_%c " : "(f64.convert_i32_%c ", any(t, 2) ? 's' : 'u');
            value(t, 'i', depth - 1);
            say(t, ")");
        }
    } else if (pick == 8) {
        const char *const name = type == 'i' ? "i32" : type == 'l' ? "i64" : "f64";
        say(t, "(if (result %s) ", name);
        if (any(t, 2)) say(t, "(i32.eqz ");
        else say(t, "(i32.and (i32.const 7) ");
        value(t, 'i', depth - 1);
        say(t, ") (then ");
        value(t, type, depth - 1);
        say(t, ") (else ");
        value(t, type, depth - 1);
        say(t, "))");
    } else if (type == 'i') {
        CHOOSE(i32_two, 'i', 2);
    } else if (type == 'l') {
        CHOOSE(i64_two, 'l', 2);
    } else {
        CHOOSE(f64_two, 'd', 2);
    }
}

static void statements(Text *t, int count, int depth);

// As ciphers do: a sum, an exclusive or with it, a rotation of that; the locals may be the same.
static void cipher_step(Text *t)
{
    const uint32_t a = 16 + any(t, 3), b = 16 + any(t, 3), d = 16 + any(t, 3), to = any(t, 4) ? d : 16 + any(t, 3);
    const uint32_t bits = any(t, 2) ? 32 : 64, by = 1 + any(t, bits - 1);
    const char *const shape = bits == 32 ? "i32x4" : "i64x2";
    if (any(t, 2)) say(t, "(local.set %u (%s.add (local.get %u) (local.get %u)))\n", a, shape, a, b);
    say(t, "(local.set %u (v128.or (%s.shl (local.tee %u (v128.xor (local.get %u) (local.get %u))) (i32.const %u))"
           " (%s.shr_u (local.get %u) (i32.const %u))))\n", to, shape, d, d, a, by, shape, d, bits - by);
    if (any(t, 2)) say(t, "(block (br_if 0 (v128.any_true (v128.and (local.get %u) (v128.const i64x2 4096 1))))"
                          " (local.set %u (local.get %u)))\n", d, a, b);
}

static void statement(Text *t, int depth)
{
    const uint32_t pick = any(t, depth > 0 ? 10 : 6);
    if (pick < 4) {
        const char type = "ivld"[pick];
        say(t, "(local.set %u ", type == 'i' ? any(t, 4) : type == 'l' ? 4 + any(t, 3) : type == 'v' ? 16 + any(t, 3) : 7 + any(t, 3));
        value(t, type, 4);
        say(t, ")\n");
    } else if (pick == 4) {
        const char type = "ivld"[any(t, 4)];
        static const char *const i32_stores[] = {"i32.store", "i32.store8", "i32.store16"};
        say(t, "(%s offset=%u (i32.and ", type == 'i' ? i32_stores[any(t, 3)] : type == 'l' ? "i64.store" : type == 'v' ? "v128.store" : "f64.store", any(t, 64));
        value(t, 'i', 2);
        say(t, " (i32.const 1016)) ");
        value(t, type, 3);
        say(t, ")\n");
    } else if (pick == 5 && any(t, 2)) {
        cipher_step(t);
    } else if (pick == 5) {
        say(t, "(global.set $g (i32.add (global.get $g) ");
        value(t, 'i', 2);
        say(t, "))\n");
    } else if (pick == 6) {
        const int counter = 10 + t->loops++ % 6;
        say(t, "(local.set %d (i32.const %u)) (loop $l%d\n", counter, 1 + any(t, 5), t->loops);
        const int name = t->loops;
        statements(t, 1 + (int)any(t, 3), depth - 1);
        say(t, "(br_if $l%d (i32.gt_s (local.tee %d (i32.sub (local.get %d) (i32.const 1))) (i32.const 0))))\n", name, counter, counter);
    } else if (pick == 7) {
        say(t, "(block $b%d (br_if $b%d ", t->loops + 100, t->loops + 100);
        t->loops++;
        value(t, 'i', 3);
        say(t, ")\n");
        statements(t, 1 + (int)any(t, 3), depth - 1);
        say(t, ")\n");
    } else if (pick == 8) {
        say(t, "(if ");
        value(t, 'i', 3);
        say(t, " (then ");
        statements(t, 1 + (int)any(t, 2), depth - 1);
        say(t, ") (else ");
        statements(t, 1 + (int)any(t, 2), depth - 1);
        say(t, "))\n");
    } else {
        say(t, "(block (block (block (br_table 0 1 2 ");
        value(t, 'i', 2);
        say(t, "))");
        statements(t, 1, 0);
        say(t, ")");
        statements(t, 1, 0);
        say(t, ")\n");
    }
}

static void statements(Text *t, int count, int depth)
{
    for (int k = 0; k < count; k++) statement(t, depth);
}

typedef struct Seen {
    weft_value results[4];
    uint8_t memory[2048];
    uint64_t fuel;
} Seen;

static void run_text(const Text *t, uint32_t mask, bool fuel, uint64_t budget, Seen *seen)
{
    weft_module_options options = text_options;
    options.translator_mask = mask;
    options.fuel = fuel;
    weft_module *const module = module_of_text(t->at, &options);
    weft_store *const store = store_of(NULL);
    weft_error error = WEFT_ERROR_INIT;
    weft_instance *const instance = weft_instantiate(store, module, NULL, &error);
    assert_non_null(instance);
    weft_module_release(module);
    weft_thread *const thread = weft_store_main_thread(store);
    weft_thread_set_fuel(thread, 10000000);
    const weft_value args[3] = {WEFT_VALUE_I32(12345), WEFT_VALUE_I64(-7), WEFT_VALUE_F64(1.25)};
    assert_true(weft_thread_start(thread, weft_export_func(instance, "f"), args, 3, &error));
    weft_status status;
    while ((status = weft_thread_run(thread, budget, &error)) == WEFT_PAUSED) weft_store_collect(store);
    if (status != WEFT_DONE) fail_msg("%s\n%s", error.text, t->at);
    memset(seen, 0, sizeof *seen);
    assert_true(weft_thread_results(thread, seen->results, 4));
    assert_true(weft_memory_read(weft_export_memory(instance, "m"), 0, seen->memory, sizeof seen->memory));
    seen->fuel = 10000000 - weft_thread_fuel(thread);
    weft_store_free(store);
}

static bool same(const Seen *a, const Seen *b)
{
    for (int k = 0; k < 4; k++) {
        const weft_value *const x = &a->results[k], *const y = &b->results[k];
        if (x->kind != y->kind) return false;
        if (x->kind == WEFT_F64 ? x->of.f64 != y->of.f64 && !(x->of.f64 != x->of.f64 && y->of.f64 != y->of.f64)
            : x->kind == WEFT_I32 ? x->of.i32 != y->of.i32 : x->of.i64 != y->of.i64) {
            return false;
        }
    }
    return true;
}

static void random_functions_are_the_same_under_every_mask(void **state)
{
    (void)state;
    static Text t;
    static Seen plain, seen;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        memset(&t, 0, sizeof t);
        t.seed = seed * 77777;
        say(&t, "(module (memory (export \"m\") 1 1) (global $g (mut i32) (i32.const 5))\n"
                "(func (export \"f\") (param i32 i64 f64) (result i32 i64 f64 i32)\n"
                "(call $g (local.get 0) (i32.const 3) (i32.const 0) (i32.const 9) (local.get 1) (i64.const 1) (local.get 1)"
                " (local.get 2) (f64.const 2) (local.get 2)))\n"
                "(func $g (param i32 i32 i32 i32 i64 i64 i64 f64 f64 f64) (result i32 i64 f64 i32) (local i32 i32 i32 i32 i32 i32 v128 v128 v128)\n");
        statements(&t, 12, 2);
        say(&t, "(i32.xor (local.get 0) (i32.add (local.get 1) (local.get 2)))"
                "(i64.xor (i64.xor (local.get 4) (i64x2.extract_lane 0 (v128.xor (local.get 17) (local.get 18))))"
                " (i64.add (local.get 5) (i64.add (local.get 6) (i64x2.extract_lane 1 (i64x2.add (local.get 16) (local.get 18))))))"
                "(f64.add (local.get 7) (f64.sub (local.get 8) (local.get 9))) (i32.add (global.get $g) (local.get 3))))");
        run_text(&t, 127, false, WEFT_NO_BUDGET, &plain);
        Seen fuel = {0};
        for (size_t k = 0; k < MASKS; k++) {
            run_text(&t, masks[k], false, WEFT_NO_BUDGET, &seen);
            if (!same(&plain, &seen)) fail_msg("seed %d, mask %u\n%s", (int)seed, masks[k], t.at);
            run_text(&t, masks[k], false, 3, &seen);
            if (!same(&plain, &seen)) fail_msg("seed %d, mask %u, in slices\n%s", (int)seed, masks[k], t.at);
            run_text(&t, masks[k], true, WEFT_NO_BUDGET, &seen);
            if (!same(&plain, &seen)) fail_msg("seed %d, mask %u, with fuel\n%s", (int)seed, masks[k], t.at);
            if (k == 0) fuel = seen;
            if (seen.fuel != fuel.fuel || !seen.fuel) fail_msg("seed %d, mask %u: fuel\n%s", (int)seed, masks[k], t.at);
            run_text(&t, masks[k], true, 50, &seen);
            if (!same(&plain, &seen) || seen.fuel != fuel.fuel) {
                fail_msg("seed %d, mask %u, fuel in slices\n%s", (int)seed, masks[k], t.at);
            }
        }
    }
}

// --- corners ----------------------------------------------------------------------------

static void call_of(const char *text, const char *name, int32_t argument, weft_value *result, weft_error *error)
{
    weft_store *const store = store_of(NULL);
    weft_instance *const instance = instance_of(store, text);
    const weft_value in = WEFT_VALUE_I32(argument);
    weft_call_export(instance, name, &in, 1, result, 1, error);
    weft_store_free(store);
}

static void deep_recursion_exhausts_the_stack(void **state)
{
    (void)state;
    weft_value result;
    weft_error error = WEFT_ERROR_INIT;
    call_of("(module (func $f (export \"f\") (param i32) (result i32) (i32.add (i32.const 1) (call $f (local.get 0)))))",
            "f", 1, &result, &error);
    assert_int_equal(error.kind, WEFT_EXHAUSTED);
    assert_string_equal(error.text, "call stack exhausted");
}

static void tail_calls_take_no_stack(void **state)
{
    (void)state;
    weft_value result;
    weft_error error = WEFT_ERROR_INIT;
    call_of("(module (type $t (func (param i32 i32 i32) (result i32))) (table funcref (elem $odd))"
            " (func $f (export \"f\") (param i32) (result i32) (return_call $even (local.get 0) (i32.const 0) (i32.const 0)))"
            " (func $even (param i32 i32 i32) (result i32) (if (i32.eqz (local.get 0)) (then (return (i32.const 44))))"
            "  (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (local.get 2) (local.get 1) (i32.const 0)))"
            " (func $odd (type $t) (local i64 i64) (if (i32.eqz (local.get 0)) (then (return (i32.const 99))))"
            "  (return_call $even (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (local.get 2))))",
            "f", 3000000, &result, &error);
    assert_int_equal(error.kind, WEFT_NO_ERROR);
    assert_int_equal(result.of.i32, 44);
}

static void frames_of_thousands_of_locals_work(void **state)
{
    (void)state;
    static Text t;
    memset(&t, 0, sizeof t);
    say(&t, "(module (func (export \"f\") (param i32) (result i32) (local");
    for (int k = 0; k < 6000; k++) say(&t, " i32");
    say(&t, ") (local.set 5990 (i32.add (local.get 0) (i32.const 1))) (i32.add (local.get 5990) (local.get 3000))))");
    weft_value result;
    weft_error error = WEFT_ERROR_INIT;
    call_of(t.at, "f", 41, &result, &error);
    assert_int_equal(error.kind, WEFT_NO_ERROR);
    assert_int_equal(result.of.i32, 42);
}

static void frames_count_with_their_size(void **state)
{
    (void)state;
    static Text t;
    memset(&t, 0, sizeof t);
    say(&t, "(module (global $n (export \"n\") (mut i32) (i32.const 0)) (func $f (export \"f\") (param i32) (result i32) (local");
    for (int k = 0; k < 3000; k++) say(&t, " i64");
    say(&t, ") (global.set $n (i32.add (global.get $n) (i32.const 1))) (call $f (local.get 0))))");
    weft_value result;
    weft_error error = WEFT_ERROR_INIT;
    weft_store *const store = store_of(NULL);
    weft_instance *const instance = instance_of(store, t.at);
    const weft_value in = WEFT_VALUE_I32(1);
    weft_call_export(instance, "f", &in, 1, &result, 1, &error);
    assert_int_equal(error.kind, WEFT_EXHAUSTED);
    assert_true(weft_global_get(weft_export_global(instance, "n")).of.i32 < 400);
    weft_store_free(store);
}

static void results_may_lie_over_parameters(void **state)
{
    (void)state;
    weft_store *const store = store_of(NULL);
    weft_instance *const instance = instance_of(store,
        "(module (func (export \"swap\") (param i32 i32 i32) (result i32 i32 i32 i32)"
        " (local.get 2) (local.get 0) (local.get 1) (local.get 0)))");
    const weft_value in[3] = {WEFT_VALUE_I32(1), WEFT_VALUE_I32(2), WEFT_VALUE_I32(3)};
    weft_value out[4];
    weft_error error = WEFT_ERROR_INIT;
    assert_int_equal(weft_call_export(instance, "swap", in, 3, out, 4, &error), WEFT_DONE);
    assert_int_equal(out[0].of.i32, 3);
    assert_int_equal(out[1].of.i32, 1);
    assert_int_equal(out[2].of.i32, 2);
    assert_int_equal(out[3].of.i32, 1);
    weft_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_functions_are_the_same_under_every_mask),
        cmocka_unit_test(deep_recursion_exhausts_the_stack),
        cmocka_unit_test(tail_calls_take_no_stack),
        cmocka_unit_test(frames_of_thousands_of_locals_work),
        cmocka_unit_test(frames_count_with_their_size),
        cmocka_unit_test(results_may_lie_over_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
