// test_vm_numeric.c -- every row of numeric.def, run as WebAssembly in every shape.
//
// Each instruction is called with operands that matter (edges of ranges, NaNs, infinities) as
// parameters, as constants on either side, and through the accumulator, with each part of the
// translator switched off in turn. What must come out is what the row's expression says, so
// this finds handlers that take the wrong operand, not rows that are wrong: the
// specification's suite finds those.
// SPDX-License-Identifier: MIT
#include "tests/api.h"

#include "loader/instr.h"
#include "vm/arith.h"

typedef struct Outcome {
    const char *trap;  // NULL: none
    u64 bits;
} Outcome;

typedef struct Row {
    const char *mnemonic, *type, *result;
    bool is_binary;
    Outcome (*meaning)(u64 x_bits, u64 y_bits);
} Row;

#define C_i32 u32
#define C_i64 u64
#define C_f32 f32
#define C_f64 f64
#define FROM_i32(bits) (u32)(bits)
#define FROM_i64(bits) (bits)
#define FROM_f32(bits) f32_of_bits((u32)(bits))
#define FROM_f64(bits) f64_of_bits(bits)
#define TO_i32(value) (u64)(u32)(value)
#define TO_i64(value) (u64)(value)
#define TO_f32(value) (u64)bits_of_f32(value)
#define TO_f64(value) bits_of_f64(value)
static const char *const text_of_DIVIDE_BY_ZERO = "integer divide by zero";
static const char *const text_of_INTEGER_OVERFLOW = "integer overflow";
static const char *const text_of_INVALID_CONVERSION = "invalid conversion to integer";
#define TRAP(why) return (Outcome){text_of_##why, 0}

#define BINARY(op, type, result, shape, check, ...)                     \
    static Outcome meaning_of_##op(u64 x_bits, u64 y_bits)              \
    {                                                                   \
        const C_##type x = FROM_##type(x_bits), y = FROM_##type(y_bits); \
        CHECK_##check(x, y);                                            \
        return (Outcome){NULL, TO_##result((C_##result)(__VA_ARGS__))}; \
    }
#define UNARY(op, type, result, check, ...)                             \
    static Outcome meaning_of_##op(u64 x_bits, u64 y_bits)              \
    {                                                                   \
        const C_##type x = FROM_##type(x_bits);                         \
        (void)y_bits;                                                   \
        CHECK_##check(x, 0);                                            \
        return (Outcome){NULL, TO_##result((C_##result)(__VA_ARGS__))}; \
    }
#include "vm/numeric.def"
#undef BINARY
#undef UNARY

static const Row rows[] = {
#define BINARY(op, type, result, shape, check, ...) {#op, #type, #result, true, meaning_of_##op},
#define UNARY(op, type, result, check, ...) {#op, #type, #result, false, meaning_of_##op},
#include "vm/numeric.def"
#undef BINARY
#undef UNARY
};

static const u64 i32_operands[] = {0, 1, 2, 31, 32, 0x7fff, 0x8000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
static const u64 i64_operands[] = {0, 1, 63, 64, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff,
                                   0x8000000000000000, 0xffffffff80000000, 0xffffffffffffffff};
static const u64 f32_operands[] = {0, 0x80000000, 0x3f800000, 0xbf000000, 0x3fc00000, 0x4f000000, 0xcf000000, 0x4f800000,
                                   0x7f800000, 0xff800000, 0x00000001, 0x4b000001};
static const u64 f64_operands[] = {0, 0x8000000000000000, 0x3ff0000000000000, 0xbfe0000000000000, 0x3ff8000000000000,
                                   0x41dfffffffc00000, 0x41e0000000000000, 0xc1e0000000000000, 0x43e0000000000000,
                                   0xc3e0000000000000, 0x7ff0000000000000, 0xfff0000000000000, 1};

static const u64 *operands_of(const char *type, size_t *count)
{
    if (!strcmp(type, "i32")) return *count = COUNT_OF(i32_operands), i32_operands;
    if (!strcmp(type, "i64")) return *count = COUNT_OF(i64_operands), i64_operands;
    if (!strcmp(type, "f32")) return *count = COUNT_OF(f32_operands), f32_operands;
    return *count = COUNT_OF(f64_operands), f64_operands;
}

// Ops in C are spelt with _ where the text format has the first one as a dot.
static void mnemonic_of(char *to, const char *op)
{
    for (size_t i = 0; i < OP_COUNT; i++) {
        char spelt[64];
        memcpy(spelt, op_mnemonic[i], OP_NAME_ROOM);
        for (char *c = spelt; *c; c++) *c = *c == '.' ? '_' : *c;
        if (!strcmp(spelt, op)) {
            strcpy(to, op_mnemonic[i]);
            return;
        }
    }
    fail_msg("no instruction is called %s", op);
}

static weft_value value_of(const char *type, u64 bits)
{
    weft_value v = {0};
    v.kind = !strcmp(type, "i32") ? WEFT_I32 : !strcmp(type, "i64") ? WEFT_I64 : !strcmp(type, "f32") ? WEFT_F32 : WEFT_F64;
    if (v.kind == WEFT_I32 || v.kind == WEFT_F32) v.of.f32_bits = (u32)bits;
    else v.of.f64_bits = bits;
    return v;
}

static bool is_nan_of(const char *type, u64 bits)
{
    if (!strcmp(type, "f32")) return (bits & 0x7fffffff) > 0x7f800000;
    return !strcmp(type, "f64") && (bits & 0x7fffffffffffffff) > 0x7ff0000000000000;
}

static void check_call(weft_instance *instance, const Row *row, const char *name, u64 x, u64 y, u32 args)
{
    weft_value in[2] = {value_of(row->type, x), value_of(row->type, y)}, out = {0};
    weft_error error = WEFT_ERROR_INIT;
    const Outcome wanted = row->meaning(x, y);
    const weft_status status = weft_call_export(instance, name, name[0] == 'b' ? in + 1 : in, args, &out, 1, &error);
    if (wanted.trap) {
        assert_int_equal(status, WEFT_FAILED);
        assert_string_equal(error.text, wanted.trap);
        return;
    }
    if (status != WEFT_DONE) fail_msg("%s %s: %s", row->mnemonic, name, error.text);
    const bool narrow = !strcmp(row->result, "i32") || !strcmp(row->result, "f32");
    const u64 bits = narrow ? out.of.f32_bits : out.of.f64_bits;
    if (is_nan_of(row->result, wanted.bits) && is_nan_of(row->result, bits)) return;
    if (bits != wanted.bits) {
        fail_msg("%s %s of 0x%llx, 0x%llx: 0x%llx, not 0x%llx", row->mnemonic, name, (unsigned long long)x,
                 (unsigned long long)y, (unsigned long long)bits, (unsigned long long)wanted.bits);
    }
}

// A constant in the text format; floats by their bits, through a reinterpretation that is done
// before the instruction in question.
static void constant_text(char *to, size_t size, const char *type, u64 bits)
{
    if (!strcmp(type, "i32")) snprintf(to, size, "(i32.const %d)", (int)(u32)bits);
    else if (!strcmp(type, "i64")) snprintf(to, size, "(i64.const %lld)", (long long)bits);
    else if (!strcmp(type, "f32")) snprintf(to, size, "(f32.const %a)", (double)f32_of_bits((u32)bits));
    else snprintf(to, size, "(f64.const %a)", f64_of_bits(bits));
}

static void check_row(const Row *row, u32 mask)
{
    char mnemonic[64], text[4096], constant[2][64];
    mnemonic_of(mnemonic, row->mnemonic);
    size_t count;
    const u64 *const operands = operands_of(row->type, &count);
    weft_module_options options = text_options;
    options.translator_mask = mask;
    const char *const t = row->type, *const r = row->result;
    for (size_t k = 0; k < count; k++) {
        const u64 c = operands[k];
        weft_store *store = store_of(NULL);
        if (row->is_binary) {
            constant_text(constant[0], sizeof constant[0], t, c);
            snprintf(text, sizeof text,
                     "(module"
                     " (func (export \"plain\") (param %s %s) (result %s) (%s (local.get 0) (local.get 1)))"
                     " (func (export \"kept\") (param %s %s) (result %s) (local %s)"
                     "  (local.set 2 (%s (local.get 0) (local.get 1))) (nop) (local.get 2))"
                     " (func (export \"chained\") (param %s %s) (result %s)"
                     "  (%s (block (result %s) (local.get 0)) (select (local.get 1) (local.get 0) (i32.const 1))))"
                     " (func (export \"a constant right\") (param %s) (result %s) (%s (local.get 0) %s))"
                     " (func (export \"b constant left\") (param %s) (result %s) (%s %s (local.get 0))))",
                     t, t, r, mnemonic, t, t, r, r, mnemonic, t, t, r, mnemonic, t, t, r, mnemonic, constant[0], t, r,
                     mnemonic, constant[0]);
        } else {
            if (k) {
                weft_store_free(store);
                break;
            }
            snprintf(text, sizeof text,
                     "(module (func (export \"plain\") (param %s) (result %s) (%s (local.get 0)))"
                     " (func (export \"kept\") (param %s) (result %s) (local %s) (local.set 1 (%s (local.get 0)))"
                     "  (nop) (local.get 1)))",
                     t, r, mnemonic, t, r, r, mnemonic);
        }
        weft_module *const module = module_of_text(text, &options);
        weft_error error = WEFT_ERROR_INIT;
        weft_instance *const instance = weft_instantiate(store, module, NULL, &error);
        assert_non_null(instance);
        weft_module_release(module);
        for (size_t i = 0; i < count; i++) {
            if (!row->is_binary) {
                check_call(instance, row, "plain", operands[i], 0, 1);
                check_call(instance, row, "kept", operands[i], 0, 1);
                continue;
            }
            check_call(instance, row, "plain", operands[i], c, 2);
            check_call(instance, row, "kept", operands[i], c, 2);
            check_call(instance, row, "chained", operands[i], c, 2);
            if (isfinite(f64_of_bits(c)) && isfinite(f32_of_bits((u32)c))) {
                check_call(instance, row, "a constant right", operands[i], c, 1);
                check_call(instance, row, "b constant left", c, operands[i], 1);
            }
        }
        weft_store_free(store);
    }
}

static void every_row_does_what_it_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) check_row(&rows[i], 0);
}

static void so_it_does_without_folding(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) check_row(&rows[i], 0x7f);
}

// Signalling NaNs: arithmetic makes them quiet, moves and signs do not.   spec: aux-fbits
static void nans_are_quiet_after_arithmetic(void **state)
{
    (void)state;
    static const char *const quieting[] = {"f32.add", "f32.sub", "f32.mul", "f32.div", "f32.min", "f32.max", NULL};
    static const char *const rounding[] = {"f32.ceil", "f32.floor", "f32.trunc", "f32.nearest", "f32.sqrt", NULL};
    char text[512];
    for (int unary = 0; unary < 2; unary++) {
        for (const char *const *op = unary ? rounding : quieting; *op; op++) {
            snprintf(text, sizeof text, "(module (func (export \"f\") (param f32) (result f32) (%s (local.get 0) %s)))", *op,
                     unary ? "" : "(f32.const 1)");
            weft_store *quiet_store = store_of(NULL);
            weft_instance *quiet = instance_of(quiet_store, text);
            weft_value nan = value_of("f32", 0x7fa00000), result;
            weft_error failed = WEFT_ERROR_INIT;
            assert_int_equal(weft_call_export(quiet, "f", &nan, 1, &result, 1, &failed), WEFT_DONE);
            assert_int_equal(result.of.f32_bits & 0x7fc00000, 0x7fc00000);
            weft_store_free(quiet_store);
        }
    }
    weft_store *store = store_of(NULL);
    weft_instance *instance = instance_of(store,
        "(module (memory 1) (func (export \"f\") (param f32) (result f32) (local f32)"
        " (f32.store (i32.const 0) (f32.neg (f32.copysign (f32.abs (local.get 0)) (local.get 0))))"
        " (local.set 1 (f32.load (i32.const 0))) (select (local.get 1) (local.get 0) (i32.const 1))))");
    weft_value in = value_of("f32", 0x7fa00000), out;
    weft_error error = WEFT_ERROR_INIT;
    assert_int_equal(weft_call_export(instance, "f", &in, 1, &out, 1, &error), WEFT_DONE);
    assert_int_equal(out.of.f32_bits, 0xffa00000);
    weft_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_does_what_it_says),
        cmocka_unit_test(so_it_does_without_folding),
        cmocka_unit_test(nans_are_quiet_after_arithmetic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
