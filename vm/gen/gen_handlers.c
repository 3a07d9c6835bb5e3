// gen_handlers.c -- writes the handlers that numeric.def, memory.def, simd.def, atomics.def and
// machine.def describe.
//
//     gen_handlers MACHINE_DEF OFTEN_TXT OUTPUT_DIRECTORY PARTS TIER
//
// runs during the build and writes
//
//     forms.h          enum Form: what the translator can emit; the numbers of handlers
//     form_tables.inc  for each form, which handlers it has
//     form_names.inc   what it is called, for listings
//     form_maps.inc    which form belongs to which instruction or other form
//     handlers_1.inc   the handlers themselves, in PARTS files; those of OFTEN_TXT in the first
//
// A form is an instruction of slot code ("i32_add", "br_i32_lt_s", "mov"). It has a handler
// for each useful combination of where its operands are and where its result goes:
//
//     S  a slot     I  an immediate     A  the accumulator     L, M  the pinned locals
//
// i32_add_SIA adds an immediate to a slot and leaves the result in the accumulator alone.
// Which combinations are useful is decided here, by the shape of the instruction and by the
// TIER; the translator asks the tables and uses slots where a combination does not exist.
// SPDX-License-Identifier: MIT
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIER_TINY, TIER_SMALL, TIER_FAST, TIER_MAX };

static const char *const tier_names[] = {"tiny", "small", "fast", "max"};

enum { NAME_MAX_ = 64, PLACES = 125, MAX_PARTS = 16 };

typedef struct GenForm {
    char name[NAME_MAX_];
    int handler[PLACES];  // number of the handler for these places, or -1
    bool takes_floats, gives_float;  // L and M are registers for f64 there
} GenForm;

static GenForm *forms;
static int form_count, form_capacity;
static char (*handler_names)[NAME_MAX_];
static bool *handler_is_cold;
static int handler_count, handler_capacity;
static FILE *texts;            // all handlers, one after the other
static long *handler_starts;   // where each begins in there
static int *handler_forms;
static int tier;

static void fail(const char *what)
{
    fprintf(stderr, "gen_handlers: %s\n", what);
    exit(1);
}

static int tier_named(const char *name)
{
    for (int i = TIER_TINY; i <= TIER_MAX; i++) {
        if (!strcmp(tier_names[i], name)) return i;
    }
    fail("the tiers are tiny small fast max");
    return 0;
}

static int place_code(char place)
{
    const char *const codes = "SIALM";
    const char *at = strchr(codes, place);
    return at && place ? (int)(at - codes) : 0;
}

static GenForm *form_named(const char *name)
{
    for (int i = form_count; i-- > 0;) {
        if (!strcmp(forms[i].name, name)) return &forms[i];
    }
    if (form_count == form_capacity) {
        form_capacity = form_capacity ? 2 * form_capacity : 256;
        forms = realloc(forms, (size_t)form_capacity * sizeof *forms);
        if (!forms) fail("out of memory");
    }
    GenForm *form = &forms[form_count++];
    if (strlen(name) >= NAME_MAX_) fail("a name is too long");
    memset(form, 0, sizeof *form);
    strcpy(form->name, name);
    for (int i = 0; i < PLACES; i++) form->handler[i] = -1;
    return form;
}

// Opens the handler of `name` for places a, b, d ('-': none) and gives it a number.
static FILE *begin_handler(const char *name, char a, char b, char d, bool cold)
{
    GenForm *form = form_named(name);
    char full[NAME_MAX_];
    char suffix[5] = "_", *s = suffix + 1;
    if (a != '-') *s++ = a;
    if (b != '-') *s++ = b;
    if (d != '-') *s++ = d;
    *s = 0;
    if ((size_t)snprintf(full, sizeof full, "%s%s", name, suffix[1] ? suffix : "") >= sizeof full) {
        fail("a name is too long");
    }
    if (handler_count == handler_capacity) {
        handler_capacity = handler_capacity ? 2 * handler_capacity : 1024;
        handler_names = realloc(handler_names, (size_t)handler_capacity * sizeof *handler_names);
        handler_is_cold = realloc(handler_is_cold, (size_t)handler_capacity);
        handler_starts = realloc(handler_starts, (size_t)handler_capacity * sizeof *handler_starts);
        handler_forms = realloc(handler_forms, (size_t)handler_capacity * sizeof *handler_forms);
        if (!handler_names || !handler_is_cold || !handler_starts || !handler_forms) fail("out of memory");
    }
    const int key = place_code(a) * 25 + place_code(b) * 5 + place_code(d);
    if (form->handler[key] >= 0) fail(full);
    form->handler[key] = handler_count;
    handler_is_cold[handler_count] = cold;
    handler_starts[handler_count] = ftell(texts);
    handler_forms[handler_count] = (int)(form - forms);
    strcpy(handler_names[handler_count++], full);
    fprintf(texts, "%s(%s)\n{\n", cold ? "COLD_HANDLER" : "HANDLER", full);
    return texts;
}

// --- operands and results ----------------------------------------------------------------

static const char *c_type(const char *type)
{
    if (type[0] == 'v') return "V128";
    return type[0] == 'i' ? (type[1] == '3' ? "u32" : "u64") : type;
}

// The register of a pinned local. Those of f32 have none.
static const char *pin_of(const char *type, char place)
{
    if (type[0] == 'i') return place == 'L' ? "pin" : "pin2";
    return place == 'L' ? "fpin" : "fpin2";
}

// The expression that reads an operand of `type` from its place.
static const char *operand(const char *type, char place, const char *field, const char *immediate)
{
    static char texts[8][128];
    static int next;
    char *text = texts[next++ % 8];
    const bool pinned = place == 'L' || place == 'M';
    const bool is_i32 = !strcmp(type, "i32"), is_i64 = !strcmp(type, "i64");
    const bool is_f32 = !strcmp(type, "f32");
    if (type[0] == 'v' && place == 'I') strcpy(text, "v128_of_halves(K64, cell_u64(pc, LONG_CELL))");
    else if (type[0] == 'v') snprintf(text, 128, place == 'A' ? "v128_of(vacc)" : "slot_v128(fp + %s)", field);
    else if (place == 'S' && is_i32) snprintf(text, 128, "(u32)fp[%s]", field);
    else if (place == 'S' && is_i64) snprintf(text, 128, "fp[%s]", field);
    else if (place == 'S') snprintf(text, 128, "SLOT_%s(%s)", is_f32 ? "F32" : "F64", field);
    else if (place == 'A') strcpy(text, is_i32 ? "(u32)acc" : is_i64 ? "acc" : is_f32 ? "gacc" : "facc");
    else if (pinned) snprintf(text, 128, "%s%s", is_i32 ? "(u32)" : "", pin_of(type, place));
    else if (is_i32) snprintf(text, 128, "(u32)(%s)", immediate);
    else if (is_i64) snprintf(text, 128, "(u64)(s64)(%s)", immediate);
    else if (is_f32) snprintf(text, 128, "f32_of_bits((u32)(%s))", immediate);
    else snprintf(text, 128, "f64_of_bits(%s)", immediate);
    return text;
}

// Writes the statements that put `value` where the result goes. Every integer result also
// lands in the accumulator, wherever else it goes.
static void put(FILE *f, const char *type, char place, const char *value)
{
    if (type[0] == 'v') {
        fprintf(f, "    vacc = vacc_of(%s);\n", value);
        if (place == 'S') fprintf(f, "    put_slot_v128(fp + FD, v128_of(vacc));\n");
        return;
    }
    const bool is_int = type[0] == 'i';
    const char *const result = is_int ? "acc" : type[1] == '3' ? "gacc" : "facc";
    fprintf(f, "    %s = %s(%s);\n", result, is_int && type[1] == '3' ? "(u32)" : "", value);
    if (place == 'L' || place == 'M') fprintf(f, "    %s = %s;\n", pin_of(type, place), result);
    if (place == 'A') return;
    if (is_int) fprintf(f, "    fp[FD] = acc;\n");
    else fprintf(f, "    fp[FD] = bits_of_%s(%s);\n", type, result);
}

static bool is_f32_pin(const char *type, char place)
{
    return (place == 'L' || place == 'M') && !strcmp(type, "f32");
}

static void floats(const char *form, bool takes, bool gives)
{
    GenForm *const f = form_named(form);
    f->takes_floats = takes;
    f->gives_float = gives;
}

static void end_handler(FILE *f, const char *how)
{
    fprintf(f, "    %s;\n}\n\n", how);
}

// Where vectors are and go: the accumulator takes six handlers where slots take one.
static const char *vector_places(void)
{
    return tier < TIER_MAX ? "S" : "SA";
}

// Whether the tier has handlers for an operand or result in this place.
static bool allowed(char place)
{
    if (place == 'S' || place == '-') return true;
    return tier >= (place == 'M' ? TIER_MAX : place == 'L' ? TIER_FAST : TIER_SMALL);
}

// --- numeric.def ------------------------------------------------------------------------

typedef struct Numeric {
    const char *op, *type, *result, *shape, *check, *expression;
} Numeric;

#define TEXT(x) #x
static const Numeric numerics[] = {
#define BINARY(op, type, result, shape, check, ...) {#op, #type, #result, #shape, #check, TEXT((__VA_ARGS__))},
#define UNARY(op, type, result, check, ...) {#op, #type, #result, "UNARY", #check, TEXT((__VA_ARGS__))},
#include "vm/numeric.def"
#undef BINARY
#undef UNARY
};

// Reads operands x and y. An immediate takes the bytes of B and X, so if the left operand is
// one, the right one's slot is in A.
static void read_operands(FILE *f, const Numeric *n, char a, char b, const char *b_field,
                          const char *immediate)
{
    const char *const c = c_type(n->type);
    fprintf(f, "    const %s x = %s;\n", c, operand(n->type, a, "FA", immediate));
    if (b != '-') {
        fprintf(f, "    const %s y = %s;\n", c,
                operand(n->type, b, a == 'I' ? "FA" : b_field, immediate));
    }
    if (strcmp(n->check, "NONE")) {
        fprintf(f, "    CHECK_%s(x, %s);\n", n->check, b == '-' ? "0" : "y");
    }
}

static void numeric_handler(const Numeric *n, char a, char b, char d)
{
    if (!allowed(a) || !allowed(b) || !allowed(d)) return;
    if (is_f32_pin(n->type, a) || is_f32_pin(n->type, b) || is_f32_pin(n->result, d)) return;
    const bool is_long = !strcmp(n->type, "f64") && (a == 'I' || b == 'I');
    FILE *f = begin_handler(n->op, a, b, d, false);
    floats(n->op, n->type[0] == 'f', n->result[0] == 'f');
    read_operands(f, n, a, b, "FB", is_long ? "K64" : "IMM");
    put(f, n->result, d, n->expression);
    end_handler(f, is_long ? "NEXT_LONG" : "NEXT_SHORT");
}

// br_<comparison>: compares and branches if it holds. B is in D; IMM is the distance. Wide
// ones (brw_) have room for any immediate.
//
// The smallest tier has nothing but `branch if a slot is (not) zero`.
static void branch_handlers(const Numeric *n, char a, char b, bool is_float)
{
    const bool if_zero = b == 'I' && a == 'S' && (!strcmp(n->op, "i32_eq") || !strcmp(n->op, "i32_ne"));
    if (is_f32_pin(n->type, a) || is_f32_pin(n->type, b)) return;
    char name[NAME_MAX_];
    if (tier == TIER_TINY ? !if_zero : !allowed(a) || !allowed(b)) return;
    const bool is_long = !strcmp(n->type, "f64") && b == 'I';
    snprintf(name, sizeof name, "br_%s", n->op);
    if (!(is_float && b == 'I' && !is_long)) {
        FILE *f = begin_handler(name, a, b, '-', false);
        floats(name, is_float, false);
        read_operands(f, n, a, b, "FD", is_long ? "K64" : "(s16)FD");
        fprintf(f, "    if (%s) BRANCH(IMM);\n", n->expression);
        end_handler(f, is_long ? "NEXT_LONG" : "NEXT_SHORT");
    }
    if (is_float && !(b == 'I' && !is_long)) {
        snprintf(name, sizeof name, "brn_%s", n->op);
        FILE *f = begin_handler(name, a, b, '-', false);
        floats(name, true, false);
        read_operands(f, n, a, b, "FD", "K64");
        fprintf(f, "    if (!%s) BRANCH(IMM);\n", n->expression);
        end_handler(f, is_long ? "NEXT_LONG" : "NEXT_SHORT");
    }
    if (b == 'I' && !is_float && tier > TIER_TINY) {
        snprintf(name, sizeof name, "brw_%s", n->op);
        FILE *f = begin_handler(name, a, b, '-', false);
        read_operands(f, n, a, b, "", "LOW");
        fprintf(f, "    if (%s) BRANCH(TARGET);\n", n->expression);
        end_handler(f, "NEXT_LONG");
    }
}

// The pairs of places operands can have. Where they can be exchanged the translator does
// that, so half of the pairs are enough.
static const char *const exchangeable_pairs[] = {"SS", "SL", "SM", "SA", "SI", "LL", "LM", "MM",
                                                 "LA", "MA", "LI", "MI", "AI", NULL};
static const char *const ordered_pairs[] = {"SS", "SL", "SM", "SA", "SI", "LS", "LL", "LM", "LA", "LI", "MS", "ML",
                                            "MM", "MA", "MI", "AS", "AL", "AM", "AI", "IS", "IL", "IM", "IA", NULL};
static const char *const shift_pairs[] = {"SS", "SA", "SI", "LS", "LA", "LI", "MS", "MA", "MI",
                                          "AS", "AL", "AM", "AI", "IS", "IL", "IM", "IA", NULL};
static const char *const divide_pairs[] = {"SS", "SI", "SA", "LS", "LI", "MS", "MI", "AS", "AI", NULL};
static const char *const float_pairs[] = {"SS", "SL", "SM", "SA", "SI", "LS", "LL", "LM", "LA", "LI", "MS", "ML", "MM",
                                          "MA", "MI", "AS", "AL", "AM", "AI", "IS", "IL", "IM", "IA", NULL};
static const char *const float_exchangeable[] = {"SS", "SL", "SM", "SA", "SI", "LL", "LM", "MM",
                                                 "LA", "MA", "LI", "MI", "AI", NULL};

static void numeric_forms(void)
{
    for (size_t i = 0; i < sizeof numerics / sizeof *numerics; i++) {
        const Numeric *const n = &numerics[i];
        const char *const dests = "SALM";
        const char *const *pairs = ordered_pairs;
        const char *d = dests;
        bool compare = false, compare_f = false;
        if (!strcmp(n->shape, "UNARY")) {
            for (const char *a = "SALM"; *a; a++) {
                for (d = dests; *d; d++) numeric_handler(n, *a, '-', *d);
            }
            continue;
        }
        if (!strcmp(n->shape, "COMMUTES")) pairs = exchangeable_pairs;
        else if (!strcmp(n->shape, "DIVIDE")) pairs = divide_pairs;
        else if (!strcmp(n->shape, "SHIFT")) pairs = shift_pairs;
        else if (!strcmp(n->shape, "COMPARE")) pairs = exchangeable_pairs, compare = true;
        else if (!strcmp(n->shape, "COMMUTES_F")) pairs = float_exchangeable;
        else if (!strcmp(n->shape, "FLOAT")) pairs = float_pairs;
        else if (!strcmp(n->shape, "COMPARE_F")) pairs = float_exchangeable, compare_f = true;
        for (; *pairs; pairs++) {
            const char a = (*pairs)[0], b = (*pairs)[1];
            for (d = compare || compare_f ? "SA" : dests; *d; d++) numeric_handler(n, a, b, *d);
            if (compare || compare_f) branch_handlers(n, a, b, compare_f);
        }
    }
}

// --- memory.def -------------------------------------------------------------------------
//
// <op>     address a + IMM                       (a = I: the address is IMM)
// <op>_x   address a + b + X; or a + IMM if b = I, wrapping at 2^32 before the check
// <op>_c   address a + b * size + X
// far_<op> any memory, any address size: B = memory, K = offset

typedef struct Access {
    const char *op, *type;
    int bits;
    const char *expression;  // NULL: a store
} Access;

static const Access accesses[] = {
#define LOAD(op, type, bits, ...) {#op, #type, bits, TEXT((__VA_ARGS__))},
#define STORE(op, type, bits) {#op, #type, bits, NULL},
#include "vm/memory.def"
#undef LOAD
#undef STORE
#define E1(...)
#define E2(...)
#define E3(...)
#define ESHIFT(...)
#define W1(...)
#define W2(...)
#define V1(...)
#define V2(...)
#define VTEST(...)
#define VSPLAT(...)
#define VEXTRACT(...)
#define VREPLACE(...)
#define VLOAD(op, bits, ...) {#op, "v128", bits, TEXT((__VA_ARGS__))},
#define VLOAD_LANE(...)
#define VSTORE_LANE(...)
#include "vm/simd.def"
#undef E1
#undef E2
#undef E3
#undef ESHIFT
#undef W1
#undef W2
#undef V1
#undef V2
#undef VTEST
#undef VSPLAT
#undef VEXTRACT
#undef VREPLACE
#undef VLOAD
#undef VLOAD_LANE
#undef VSTORE_LANE
    {"v128_load", "v128", 128, "v"},
    {"v128_store", "v128", 128, NULL},
};

static const char *log2_text(int bits)
{
    return bits == 8 ? "0" : bits == 16 ? "1" : bits == 32 ? "2" : bits == 64 ? "3" : "4";
}

static void address(FILE *f, char kind, char a, char b, int bits)
{
    if (kind == '-') {
        if (a == 'I') fprintf(f, "    const u64 ea = (u32)IMM;\n");
        else fprintf(f, "    const u64 ea = (u64)%s + (u32)IMM;\n", operand("i32", a, "FA", ""));
    } else if (b == 'I') {
        fprintf(f, "    const u64 ea = (u32)(%s + (u32)IMM);\n", operand("i32", a, "FA", ""));
    } else if (kind == 'x') {
        fprintf(f, "    const u64 ea = (u64)(u32)(%s + %s) + FX;\n", operand("i32", a, "FA", ""),
                operand("i32", b, "FB", ""));
    } else {
        fprintf(f, "    const u64 ea = (u64)(u32)(%s + (%s << %s)) + FX;\n",
                operand("i32", a, "FA", ""), operand("i32", b, "FB", ""), log2_text(bits));
    }
    fprintf(f, "    CHECKED(ea, %d);\n", bits / 8);
}

static void load_text(FILE *f, const Access *m, const char *from, char d)
{
    if (m->bits == 128) fprintf(f, "    const V128 v = load_v128(%s);\n", from);
    else fprintf(f, "    const u%d v = load_u%d(%s);\n", m->bits, m->bits, from);
    if (m->type[0] == 'f') {
        char value[64];
        snprintf(value, sizeof value, "%s_of_bits(v)", m->type);
        put(f, m->type, d, value);
    } else {
        put(f, m->type, d, m->expression);
    }
}

// The bits of the operand that a store writes.
static void store_text(FILE *f, const Access *m, const char *to, char v)
{
    char type[4] = "";
    strcpy(type, m->type);
    if (v == 'S' && type[0] == 'f') type[0] = 'i';  // its bits are what is in the slot
    const char *const value = operand(type, v, "FD", "(s16)FD");
    if (type[0] == 'v') fprintf(f, "    store_v128(%s, %s);\n", to, value);
    else if (type[0] == 'f') fprintf(f, "    store_u%d(%s, bits_of_%s(%s));\n", m->bits, to, type, value);
    else fprintf(f, "    store_u%d(%s, (u%d)(%s));\n", m->bits, to, m->bits, value);
}

static void load_handler(const Access *m, char kind, char a, char b, char d)
{
    if (!allowed(a) || !allowed(b) || !allowed(d) || is_f32_pin(m->type, d)) return;
    char name[NAME_MAX_];
    snprintf(name, sizeof name, kind == '-' ? "%s" : "%s_%c", m->op, kind);
    FILE *f = begin_handler(name, a, b, d, false);
    floats(name, false, m->type[0] == 'f');
    address(f, kind, a, b, m->bits);
    load_text(f, m, "MEMORY_BASE + ea", d);
    end_handler(f, "NEXT_SHORT");
}

static void store_handler(const Access *m, char kind, char a, char b, char v)
{
    if (!allowed(a) || !allowed(b) || !allowed(v) || is_f32_pin(m->type, v)) return;
    const bool is_int = m->type[0] == 'i';
    if (is_int && v == 'A' && (a == 'A' || b == 'A')) return;
    char name[NAME_MAX_];
    snprintf(name, sizeof name, kind == '-' ? "%s" : "%s_%c", m->op, kind);
    FILE *f = begin_handler(name, a, b, v, false);
    floats(name, false, !is_int);
    address(f, kind, a, b, m->bits);
    store_text(f, m, "MEMORY_BASE + ea", v);
    end_handler(f, "NEXT_SHORT");
}

static void far_handler(const Access *m)
{
    char name[NAME_MAX_], check[128];
    snprintf(name, sizeof name, "far_%s", m->op);
    FILE *f = begin_handler(name, '-', '-', '-', false);
    fprintf(f, "    const MemoryInst *const memory = thread->instance->memories[FB];\n"
               "    const u64 at = fp[FA], offset = K64, size = memory->size;\n");
    snprintf(check, sizeof check, "offset > size || at > size - offset || %d > size - offset - at",
             m->bits / 8);
    fprintf(f, "    if (UNLIKELY(%s)) TRAP(MEMORY_BOUNDS);\n", check);
    if (m->expression) load_text(f, m, "memory->base + at + offset", 'S');
    else store_text(f, m, "memory->base + at + offset", 'S');
    end_handler(f, "NEXT_LONG");
}

static void memory_forms(void)
{
    static const char *const indexed[] = {"SS", "SL", "SM", "SA", "LM", "LA", "MA", "SI", "LI", "MI", "AI", NULL};
    static const char *const scaled[] = {"SS", "SL", "SM", "SA", "LS", "LM", "LA", "MS", "ML", "MA", "AS", "AL", "AM", NULL};
    for (size_t i = 0; i < sizeof accesses / sizeof *accesses; i++) {
        const Access *const m = &accesses[i];
        const bool is_int = m->type[0] == 'i', is_vector = m->type[0] == 'v';
        const bool rare = is_vector && m->bits < 128;
        const char *const values = is_vector ? vector_places() : m->expression || !is_int ? "SALM" : "SALMI";
        for (const char *v = values; *v; v++) {
            for (const char *a = "SALMI"; *a; a++) {
                if (m->expression) load_handler(m, '-', *a, '-', *v);
                else store_handler(m, '-', *a, '-', *v);
            }
            for (const char *const *p = indexed; *p && tier > TIER_TINY; p++) {
                if (rare && (*p)[0] != 'S') continue;
                if (m->expression) load_handler(m, 'x', (*p)[0], (*p)[1], *v);
                else store_handler(m, 'x', (*p)[0], (*p)[1], *v);
            }
            for (const char *const *p = scaled; *p && m->bits > 8 && !rare && tier > TIER_TINY; p++) {
                if (m->expression) load_handler(m, 'c', (*p)[0], (*p)[1], *v);
                else store_handler(m, 'c', (*p)[0], (*p)[1], *v);
            }
        }
        far_handler(m);
    }
}

// --- machine.def ------------------------------------------------------------------------

static char places_of(const char *list, size_t i)
{
    return *list ? list[i] : '-';
}

// Copies a template's body, replacing $read(operand, field, immediate) and $put_T(d, value).
static void expand(FILE *f, const char *body, char a, char b, char d)
{
    for (const char *p = body; *p; p++) {
        if (*p != '$') {
            fputc(*p, f);
            continue;
        }
        char word[16], args[3][96] = {"", "", ""};
        int length = 0, depth = 0, arg = 0, n = 0;
        for (p++; *p != '('; p++) {
            if (length < 15) word[length++] = *p;
        }
        word[length] = 0;
        for (p++; *p && !(*p == ')' && depth == 0); p++) {
            depth += (*p == '(') - (*p == ')');
            if (*p == ',' && depth == 0 && arg < 2) {
                arg++, n = 0;
                while (p[1] == ' ') p++;
            } else if (n < 95) {
                args[arg][n++] = *p, args[arg][n] = 0;
            }
        }
        const char place = args[0][0] == 'a' ? a : args[0][0] == 'b' ? b : d;
        if (!strcmp(word, "keep")) {
            if (place == 'L' || place == 'M') fprintf(f, "%s = %s;\n    ", pin_of("i64", place), args[1]);
            fprintf(f, "fp[FD] = %s;", args[1]);
        } else if (!strcmp(word, "keep_f64")) {
            if (place != 'S') fprintf(f, "%s = %s;\n    ", pin_of("f64", place), args[1]);
            fprintf(f, "fp[FD] = bits_of_f64(%s);", args[1]);
        } else if (!strncmp(word, "put_", 4)) {
            put(f, word + 4, place, args[1]);
        } else {
            fputs(operand(word, place, args[1], args[2]), f);
        }
    }
}

static void machine_forms(const char *path)
{
    FILE *in = fopen(path, "r");
    if (!in) fail(path);
    char line[1024], name[NAME_MAX_] = "", lists[3][8] = {"", "", ""};
    static char body[16384];
    bool cold = false, inside = false;
    int lowest = TIER_TINY;
    while (fgets(line, sizeof line, in)) {
        if (line[0] == '@') {
            cold = line[1] == 'c';
            char *word = strtok(line, " \n");
            word = strtok(NULL, " \n");
            snprintf(name, sizeof name, "%s", word);
            lists[0][0] = lists[1][0] = lists[2][0] = 0;
            lowest = TIER_TINY;
            form_named(name);
            while ((word = strtok(NULL, " \n"))) {
                if (!strncmp(word, "tier=", 5)) {
                    lowest = tier_named(word + 5);
                    continue;
                }
                const int which = word[0] == 'a' ? 0 : word[0] == 'b' ? 1 : 2;
                snprintf(lists[which], sizeof lists[which], "%.7s", word + 2);
            }
        } else if (line[0] == '{') {
            inside = true;
            body[0] = 0;
        } else if (line[0] == '}') {
            inside = false;
            form_named(name);  // it has a number even where this TIER has no handler for it
            for (size_t i = 0; i == 0 || i < strlen(lists[0]); i++) {
                for (size_t j = 0; j == 0 || j < strlen(lists[1]); j++) {
                    for (size_t k = 0; k == 0 || k < strlen(lists[2]); k++) {
                        const char a = places_of(lists[0], i), b = places_of(lists[1], j);
                        const char d = places_of(lists[2], k);
                        if (tier < lowest || !allowed(a) || !allowed(b) || !allowed(d)) continue;
                        FILE *f = begin_handler(name, a, b, d, cold);
                        floats(name, strstr(body, "$f64(a") != NULL, strstr(body, "f64(d") != NULL);
                        expand(f, body, a, b, d);
                        fprintf(f, "}\n\n");
                    }
                }
            }
        } else if (inside) {
            if (strlen(body) + strlen(line) >= sizeof body) fail("a body is too long");
            strcat(body, line);
        }
    }
    fclose(in);
}

// --- simd.def and atomics.def ------------------------------

typedef struct Vector {
    const char *kind, *op, *from, *to, *expression;
} Vector;

static const Vector vectors[] = {
#define E1(op, from, to, ...) {"e1", #op, #from, #to, TEXT((__VA_ARGS__))},
#define E2(op, from, to, ...) {"e2", #op, #from, #to, TEXT((__VA_ARGS__))},
#define E3(op, from, to, ...) {"e3", #op, #from, #to, TEXT((__VA_ARGS__))},
#define ESHIFT(op, type, mask, ...) {"es", #op, #type, #mask, TEXT((__VA_ARGS__))},
#define W1(op, ...) {"w1", #op, "", "", TEXT((__VA_ARGS__))},
#define W2(op, ...) {"w2", #op, "", "", TEXT((__VA_ARGS__))},
#define V1(op, from, to, ...) {"v1", #op, #from, #to, TEXT((__VA_ARGS__))},
#define V2(op, from, to, ...) {"v2", #op, #from, #to, TEXT((__VA_ARGS__))},
#define VTEST(op, ...) {"test", #op, "", "", TEXT((__VA_ARGS__))},
#define VSPLAT(op, scalar, lane) {"splat", #op, #scalar, #lane, NULL},
#define VEXTRACT(op, scalar, lane) {"extract", #op, #scalar, #lane, NULL},
#define VREPLACE(op, scalar, lane) {"replace", #op, #scalar, #lane, NULL},
#define VLOAD(op, bits, ...)
#define VLOAD_LANE(op, bits) {"load_lane", #op, #bits, "", NULL},
#define VSTORE_LANE(op, bits) {"store_lane", #op, #bits, "", NULL},
#include "vm/simd.def"
#undef VLOAD
};

static int lanes_of(const char *type)
{
    return 128 / atoi(type + 1);
}

// The address of an access to any memory: A = address, K = offset, then the memory's index.
static void any_memory(FILE *f, int bits, bool aligned)
{
    fprintf(f, "    const MemoryInst *const memory = thread->instance->memories[cell_u64(pc, LONG_CELL)];\n"
               "    const u64 at = fp[FA], offset = K64, size = memory->size;\n");
    if (aligned && bits > 8) fprintf(f, "    if (UNLIKELY((at + offset) & %d)) TRAP(UNALIGNED_ATOMIC);\n", bits / 8 - 1);
    fprintf(f, "    if (UNLIKELY(offset > size || at > size - offset || %d > size - offset - at)) TRAP(MEMORY_BOUNDS);\n"
               "    u8 *const place = memory->base + at + offset;\n", bits / 8);
}

// Opens a handler and reads its vectors: x from place a, then y or (of three) z from place b;
// the second of three is always in a slot, X.
static FILE *begin_vector(const Vector *n, int operands, const char *prefix, char a, char b, char d)
{
    FILE *f = begin_handler(n->op, a, b, d, false);
    fprintf(f, "    const V128 %sx = %s;\n", prefix, operand("v128", a, "FA", ""));
    if (operands == 2) fprintf(f, "    const V128 %sy = %s;\n", prefix, operand("v128", b, "FB", ""));
    if (operands == 3) fprintf(f, "    const V128 %sy = slot_v128(fp + FX), %sz = %s;\n", prefix, prefix, operand("v128", b, "FB", ""));
    return f;
}

// V rows: each lane of the result from any lanes of the operands.
static void loop_over_lanes(FILE *f, const Vector *n)
{
    fprintf(f, "#define X(i) LANE_%s(x, i)\n#define Y(i) LANE_%s(y, i)\n", n->from, n->from);
    fprintf(f, "    V128 r;\n    for (u32 i = 0; i < %d; i++) SET_%s(r, i, (%s)%s);\n", lanes_of(n->to), n->to, n->to, n->expression);
    fprintf(f, "#undef X\n#undef Y\n");
}

// E rows: the expression for whole vectors, and its twin for each lane.
static void all_lanes(FILE *f, const Vector *n, const char *to, int operands)
{
    static const char letters[] = "xyz";
    fprintf(f, "#if HOST_HAS_VECTORS\n    typedef lanes_%s LANES;\n    typedef lanes_s%s SLANES;\n", to, to + 1);
    for (int k = 0; k < operands; k++) fprintf(f, "    const lanes_%s %c = whole_%c.all_%s;\n", n->from, letters[k], letters[k], n->from);
    fprintf(f, "    const V128 r = {.all_%s = (lanes_%s)%s};\n#else\n", to, to, n->expression);
    fprintf(f, "    typedef %s LANES;\n    typedef s%s SLANES;\n    V128 r;\n    for (u32 i = 0; i < %d; i++) {\n", to, to + 1, lanes_of(to));
    for (int k = 0; k < operands; k++) fprintf(f, "        const %s %c = LANE_%s(whole_%c, i);\n", n->from, letters[k], n->from, letters[k]);
    fprintf(f, "        SET_%s(r, i, (%s)%s);\n    }\n#endif\n    (void)sizeof(SLANES);\n    (void)sizeof(LANES);\n", to, to, n->expression);
}

// Two vectors from the accumulator are one and the same: a square.
static bool worth(const Vector *n, char a, char b)
{
    return a != 'A' || b != 'A' || strstr(n->op, "_mul");
}

static void calculation_handler(const Vector *n, char a, char b, char d)
{
    const char kind = n->kind[0];
    const bool shifts = n->kind[1] == 's';
    const int operands = shifts ? 1 : n->kind[1] - '0';
    const char *const to = shifts ? n->from : n->to;
    FILE *f = begin_vector(n, operands, kind == 'e' ? "whole_" : "", a, b, d);
    if (shifts) fprintf(f, "    const %s s = (%s)(%s & %s);\n", to, to, operand("i32", b, "FB", "IMM"), n->to);
    if (kind == 'e') all_lanes(f, n, to, operands);
    else if (kind == 'v') loop_over_lanes(f, n);
    put(f, "v128", d, kind == 'w' ? n->expression : "r");
    end_handler(f, b == 'I' && !shifts ? "pc += LONG_CELL + 8;\n    DISPATCH" : "NEXT_SHORT");
}

static void calculation_handlers(const Vector *n)
{
    const char *const places = vector_places();
    const bool with_constants = !strcmp(n->kind, "e2") && tier == TIER_MAX && !strstr(n->op, "relaxed");
    const char *const second = n->kind[1] == 's' ? "SI" : n->kind[1] == '1' ? "-" : with_constants ? "SAI" : places;
    for (const char *a = places; *a; a++) {
        for (const char *b = second; *b; b++) {
            if (!allowed(*b)) continue;
            for (const char *d = places; *d && worth(n, *a, *b); d++) calculation_handler(n, *a, *b, *d);
        }
    }
}

// The bits of a number.
static const char *bits_of(const char *type, char place, const char *field)
{
    static char text[160];
    if (place == 'A' && type[0] == 'f') snprintf(text, sizeof text, "bits_of_%s(%s)", type, operand(type, 'A', field, ""));
    else snprintf(text, sizeof text, "%s", operand(type[1] == '3' ? "i32" : "i64", place, field, ""));
    return text;
}

// The number that lane bits are.
static void put_lane(FILE *f, const Vector *n, char d, const char *lane)
{
    char value[128];
    if (n->from[0] == 'f') snprintf(value, sizeof value, "%s_of_bits(%s)", n->from, lane);
    else snprintf(value, sizeof value, "(%s)(%s)%s", c_type(n->from), n->to, lane);
    put(f, n->from, d, value);
}

// Lanes are read where they lie, in slots: field X is the place. Out of the accumulator each
// of the four or two has a form of its own, <op>_0 and so on.
static void extract_handlers(const Vector *n)
{
    char text[64], name[NAME_MAX_];
    const int bits = atoi(n->to + 1);
    for (const char *d = vector_places(); *d; d++) {
        FILE *f = begin_handler(n->op, 'S', '-', *d, false);
        snprintf(text, sizeof text, "slot_lane_u%d(fp + FA, FX)", bits);
        put_lane(f, n, *d, text);
        end_handler(f, "NEXT_SHORT");
    }
    for (int lane = 0; lane < 128 / bits && bits >= 32; lane++) {
        snprintf(name, sizeof name, "%.40s_%d", n->op, lane);
        form_named(name);
        for (const char *d = "SA"; *d && tier == TIER_MAX; d++) {
            FILE *f = begin_handler(name, 'A', '-', *d, false);
            fprintf(f, "    const V128 x = v128_of(vacc);\n");
            snprintf(text, sizeof text, "LANE_u%d(x, %d)", bits, lane);
            put_lane(f, n, *d, text);
            end_handler(f, "NEXT_SHORT");
        }
    }
}

// Handlers with one vector, or one number, at a; `b` a number.
static void lane_handlers(const Vector *n)
{
    const char *const places = vector_places(), *const kind = n->kind;
    const bool replaces = !strcmp(kind, "replace"), tests = !strcmp(kind, "test");
    char text[256];
    for (const char *a = places; *a; a++) {
        for (const char *b = replaces ? places : "-"; *b; b++) {
            for (const char *d = places; *d; d++) {
                FILE *f = begin_handler(n->op, *a, *b, *d, false);
                if (tests || replaces) fprintf(f, "    const V128 x = %s;\n", operand("v128", *a, "FA", ""));
                if (tests) snprintf(text, sizeof text, "%s", n->expression);
                else if (replaces) snprintf(text, sizeof text, "WITH_%s(x, FX, %s)", n->to, bits_of(n->from, *b, "FB"));
                else snprintf(text, sizeof text, "SPLAT_%s(%s)", n->to, bits_of(n->from, *a, "FA"));
                put(f, tests ? "i32" : "v128", *d, text);
                end_handler(f, "NEXT_SHORT");
            }
        }
    }
}

static void lane_access(const Vector *n)
{
    const int bits = atoi(n->from);
    FILE *f = begin_handler(n->op, '-', '-', '-', false);
    any_memory(f, bits, false);
    if (!strcmp(n->kind, "load_lane")) {
        char text[64];
        fprintf(f, "    const V128 x = slot_v128(fp + FB);\n");
        snprintf(text, sizeof text, "WITH_u%d(x, FX, load_u%d(place))", bits, bits);
        put(f, "v128", 'S', text);
    } else {
        fprintf(f, "    store_u%d(place, slot_lane_u%d(fp + FD, FX));\n", bits, bits);
    }
    end_handler(f, "pc += LONG_CELL + 8;\n    DISPATCH");
}

static void vector_handler(const Vector *n)
{
    if (!n->kind[2]) calculation_handlers(n);
    else if (!strcmp(n->kind, "extract")) extract_handlers(n);
    else if (strstr(n->kind, "_lane")) lane_access(n);
    else lane_handlers(n);
}

typedef struct Atomic {
    const char *kind, *op, *type;
    int bits;
    const char *expression;
} Atomic;

static const Atomic atomics[] = {
#define ATOMIC_LOAD(op, type, bits) {"load", #op, #type, bits, NULL},
#define ATOMIC_STORE(op, type, bits) {"store", #op, #type, bits, NULL},
#define ATOMIC_RMW(op, type, bits, ...) {"rmw", #op, #type, bits, TEXT((__VA_ARGS__))},
#define ATOMIC_CMPXCHG(op, type, bits) {"cmpxchg", #op, #type, bits, NULL},
#include "vm/atomics.def"
};

static void atomic_handler(const Atomic *n)
{
    const bool store = !strcmp(n->kind, "store");
    FILE *f = begin_handler(n->op, '-', '-', store ? '-' : 'S', false);
    any_memory(f, n->bits, true);
    if (!store) fprintf(f, "    const u%d old = load_u%d(place);\n", n->bits, n->bits);
    if (store) fprintf(f, "    store_u%d(place, (u%d)fp[FB]);\n", n->bits, n->bits);
    if (!strcmp(n->kind, "rmw")) {
        fprintf(f, "    const u%d v = (u%d)fp[FB];\n    store_u%d(place, (u%d)%s);\n", n->bits, n->bits, n->bits, n->bits, n->expression);
    } else if (!strcmp(n->kind, "cmpxchg")) {
        // The expected value is compared unwrapped: too large a one never matches.
        fprintf(f, "    if (old == %s) store_u%d(place, (u%d)fp[FX]);\n", operand(n->type, 'S', "FB", ""), n->bits, n->bits);
    }
    if (!store) put(f, n->type, 'S', "old");
    end_handler(f, "pc += LONG_CELL + 8;\n    DISPATCH");
}

static void slot_forms(void)
{
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) vector_handler(&vectors[i]);
    for (size_t i = 0; i < sizeof atomics / sizeof *atomics; i++) atomic_handler(&atomics[i]);
}

// --- output -----------------------------------------------------------------------------

static FILE *create(const char *directory, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *f = fopen(path, "w");
    if (!f) fail(path);
    fprintf(f, "// Written by gen_handlers.c; see there.\n// clang-format off\n");
    return f;
}

static void copy_handler(FILE *to, int handler)
{
    if (fseek(texts, handler_starts[handler], SEEK_SET)) fail("cannot go back to a handler");
    for (long left = handler_starts[handler + 1] - handler_starts[handler]; left > 0; left--) putc(getc(texts), to);
}

static int handler_named(const char *name)
{
    for (int i = 0; i < handler_count; i++) {
        if (!strcmp(handler_names[i], name)) return i;
    }
    return -1;
}

// The handlers that the file names, in its order; then the rest, all of a form in one part.
static void write_parts(const char *directory, int part_count, const char *often_path)
{
    FILE *parts[MAX_PARTS], *const often = fopen(often_path, "r");
    bool *const written = calloc((size_t)handler_count, sizeof *written);
    handler_starts = realloc(handler_starts, ((size_t)handler_count + 1) * sizeof *handler_starts);
    if (!often) fail(often_path);
    if (!written || !handler_starts) fail("out of memory");
    handler_starts[handler_count] = ftell(texts);
    for (int i = 0; i < part_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "handlers_%d.inc", i + 1);
        parts[i] = create(directory, name);
    }
    char line[256];
    while (fgets(line, sizeof line, often)) {
        if (line[0] == '#') continue;
        for (char *word = strtok(line, " \n"); word; word = strtok(NULL, " \n")) {
            const int handler = handler_named(word);
            if (handler < 0 || written[handler]) continue;
            copy_handler(parts[0], handler);
            written[handler] = true;
        }
    }
    for (int i = 0; i < handler_count; i++) {
        if (!written[i]) copy_handler(parts[1 + handler_forms[i] % (part_count - 1)], i);
    }
    for (int i = 0; i < part_count; i++) fclose(parts[i]);
    fclose(often);
    fclose(texts);
    free(written);
}

static const char *related(const char *prefix, const char *name, const char *suffix)
{
    static char text[2 * NAME_MAX_];
    snprintf(text, sizeof text, "%s%s%s", prefix, name, suffix);
    for (int i = 0; i < form_count; i++) {
        if (!strcmp(forms[i].name, text)) return text;
    }
    return NULL;
}

static void relation(FILE *f, const char *table, const char *prefix, const char *suffix)
{
    fprintf(f, "const u16 %s[FORM_COUNT] = {\n    [FORM_none] = FORM_none,\n", table);
    for (int i = 0; i < form_count; i++) {
        const char *const other = related(prefix, forms[i].name, suffix);
        if (other) fprintf(f, "    [FORM_%s] = FORM_%s,\n", forms[i].name, other);
    }
    fprintf(f, "};\n\n");
}

// Comparison by comparison: what holds when this one does not, and with operands exchanged.
static const char *const opposites[][2] = {{"eq", "ne"}, {"lt_s", "ge_s"}, {"lt_u", "ge_u"},
                                           {"gt_s", "le_s"}, {"gt_u", "le_u"}};
static const char *const mirrors[][2] = {{"eq", "eq"}, {"ne", "ne"}, {"lt_s", "gt_s"}, {"lt_u", "gt_u"}, {"le_s", "ge_s"},
                                         {"le_u", "ge_u"}, {"lt", "gt"}, {"le", "ge"}};

static void comparison_table(FILE *f, const char *table, const char *const (*pairs)[2], size_t count)
{
    // Branches on comparisons can be exchanged, too; their opposites are not looked for.
    static const char *const types[] = {"i32", "i64", "f32", "f64", "br_i32", "br_i64", "br_f32", "br_f64", "brn_f32", "brn_f64"};
    fprintf(f, "const u16 %s[FORM_COUNT] = {\n", table);
    for (size_t i = 0; i < sizeof types / sizeof *types * count; i++) {
        for (int side = 0; side < 2; side++) {
            char from[NAME_MAX_], to[NAME_MAX_];
            snprintf(from, sizeof from, "%s_%s", types[i / count], pairs[i % count][side]);
            snprintf(to, sizeof to, "%s_%s", types[i / count], pairs[i % count][!side]);
            if (!related("", from, "") || !related("", to, "") || (side && !strcmp(from, to))) continue;
            if (pairs == opposites && types[i / count][0] != 'i') continue;
            fprintf(f, "    [FORM_%s] = FORM_%s,\n", from, to);
        }
    }
    fprintf(f, "};\n\n");
}

// All names one after the other, each with its zero, and where each begins: a struct, since
// a string may not be so long, and no pointers, since those would have to be relocated.
static void form_names(FILE *f)
{
    size_t size = 0;
    fprintf(f, "static const struct FormNames {\n");
    for (int i = 0; i < form_count; i++) fprintf(f, "    char name_%d[%u];\n", i, (unsigned)strlen(forms[i].name) + 1);
    fprintf(f, "} form_names = {\n");
    for (int i = 0; i < form_count; i++) fprintf(f, "    \"%s\",\n", forms[i].name);
    fprintf(f, "};\n\nstatic const u16 form_name_at[FORM_COUNT] = {\n");
    for (int i = 0; i < form_count; i++) {
        if (size > 0xffff) fail("too many names for 16 bits");
        fprintf(f, "    %u,\n", (unsigned)size);
        size += strlen(forms[i].name) + 1;
    }
    fprintf(f, "};\n");
}

int main(int argc, char **argv)
{
    if (argc != 6) fail("usage: gen_handlers MACHINE_DEF OFTEN_TXT DIRECTORY PARTS tiny|small|fast|max");
    const char *const directory = argv[3];
    const int part_count = atoi(argv[4]);
    if (part_count < 2 || part_count > MAX_PARTS) fail("2 to 16 parts");
    tier = tier_named(argv[5]);
    texts = tmpfile();
    if (!texts) fail("no temporary file");
    form_named("none");
    machine_forms(argv[1]);
    numeric_forms();
    memory_forms();
    slot_forms();
    write_parts(directory, part_count, argv[2]);

    FILE *f = create(directory, "forms.h");
    fprintf(f, "#ifndef WEFT_FORMS_H\n#define WEFT_FORMS_H\n\ntypedef enum Form {\n");
    for (int i = 0; i < form_count; i++) fprintf(f, "    FORM_%s,\n", forms[i].name);
    fprintf(f, "    FORM_COUNT\n} Form;\n\n#define HANDLER_LIST(X) \\\n");
    for (int i = 0; i < handler_count; i++) fprintf(f, "    X(%s) \\\n", handler_names[i]);
    fprintf(f, "\n\nenum {\n");
    for (int i = 0; i < handler_count; i++) fprintf(f, "    HANDLER_%s,\n", handler_names[i]);
    fprintf(f, "    HANDLER_COUNT\n};\n\n");
    // What the translator may do (TRANSLATE_* of exec.h): without handlers there is no point.
    fprintf(f, "#define TIER_MASK %s\n\n#endif\n",
            tier == TIER_TINY ? "(TRANSLATE_BRANCHES | TRANSLATE_DESTINATIONS)" : "TRANSLATE_ALL");
    fclose(f);

    f = create(directory, "form_tables.inc");
    // Handlers of a form need not be neighbours, so each form has a list and a bit set that
    // says which places the list is about.
    fprintf(f, "static const u16 form_handlers[] = {\n");
    for (int i = 0; i < form_count; i++) {
        for (int k = 0; k < PLACES; k++) {
            if (forms[i].handler[k] >= 0) fprintf(f, "    %d,\n", forms[i].handler[k]);
        }
    }
    fprintf(f, "};\n\nstatic const u64 form_places[FORM_COUNT][2] = {\n");
    for (int i = 0; i < form_count; i++) {
        unsigned long long mask[2] = {0, 0};
        for (int k = 0; k < PLACES; k++) {
            if (forms[i].handler[k] >= 0) mask[k / 64] |= 1ull << k % 64;
        }
        fprintf(f, "    {0x%llxu, 0x%llxu},\n", mask[0], mask[1]);
    }
    fprintf(f, "};\n\n// Where L and M are registers for doubles: 1 in a and b, 2 in d.\nstatic const u8 form_doubles[FORM_COUNT] = {\n");
    for (int i = 0; i < form_count; i++) fprintf(f, "    %d,\n", forms[i].takes_floats + 2 * forms[i].gives_float);
    fprintf(f, "};\n\nstatic const u16 form_first[FORM_COUNT] = {\n");
    for (int i = 0, first = 0; i < form_count; i++) {
        fprintf(f, "    %d,\n", first);
        for (int k = 0; k < PLACES; k++) first += forms[i].handler[k] >= 0;
    }
    fprintf(f, "};\n");
    fclose(f);

    f = create(directory, "form_names.inc");
    form_names(f);
    fclose(f);

    f = create(directory, "form_maps.inc");
    fprintf(f, "const u16 form_of_op[OP_COUNT] = {\n");
    for (size_t i = 0; i < sizeof numerics / sizeof *numerics; i++) {
        fprintf(f, "    [OP_%s] = FORM_%s,\n", numerics[i].op, numerics[i].op);
    }
    for (size_t i = 0; i < sizeof accesses / sizeof *accesses; i++) {
        fprintf(f, "    [OP_%s] = FORM_%s,\n", accesses[i].op, accesses[i].op);
    }
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        fprintf(f, "    [OP_%s] = FORM_%s,\n", vectors[i].op, vectors[i].op);
    }
    for (size_t i = 0; i < sizeof atomics / sizeof *atomics; i++) {
        fprintf(f, "    [OP_%s] = FORM_%s,\n", atomics[i].op, atomics[i].op);
    }
    fprintf(f, "};\n\n");
    relation(f, "form_branch", "br_", "");
    relation(f, "form_branch_wide", "brw_", "");
    relation(f, "form_branch_not", "brn_", "");
    relation(f, "form_indexed", "", "_x");
    relation(f, "form_scaled", "", "_c");
    relation(f, "form_far", "far_", "");
    comparison_table(f, "form_opposite", opposites, sizeof opposites / sizeof *opposites);
    comparison_table(f, "form_mirror", mirrors, sizeof mirrors / sizeof *mirrors);
    fclose(f);

    fprintf(stderr, "gen_handlers: %d forms, %d handlers\n", form_count, handler_count);
    return 0;
}
