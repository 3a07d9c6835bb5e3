// pin.c -- the pass after the walk that gives locals registers of their own: two integers and
// two doubles of each function.
//
// A pinned local's slot is written, too, so whoever has no handler for the register reads the
// slot; but every write must know of it. Calls lose the registers; the load_pin that the walk
// put behind each of them, and at the function's begin, gets them back from the slots.
// SPDX-License-Identifier: MIT
#include "vm/translate.h"

// What is said for and against giving a slot a register.
typedef struct Votes {
    u64 reads, writes;  // that would use it, weighted by the depth of loops around
    u8 pin_class;       // PIN_NONE: impossible
} Votes;

typedef struct Pinning {
    Translator *t;
    Votes *votes;
    u32 limit;          // slots from here on are not locals'
} Pinning;

static u64 weight_of(const Ins *i)
{
    return (u64)1 << 3 * (i->loop_depth < 6 ? i->loop_depth : 6);
}

static bool has_form(const Ins *i, u32 a, u32 b, u32 d)
{
    return has_handler(i->form, a, b, d);
}

// Operands change places where the form allows it and has a handler only the other way round.
static bool exchanges(const Ins *i, u32 a, u32 b, u32 d)
{
    const u32 other = exchanged_form(i->form);
    return other && (i->roles & READS_A) && (i->roles & READS_B) && i->a_place == IN_SLOT &&
           (i->layout == LAYOUT_SLOTS || i->layout == LAYOUT_BRANCH) && has_handler(other, b, a, d);
}

static PinClass operand_class(const Ins *i)
{
    return takes_doubles(i->form) ? PIN_DOUBLE : PIN_INTEGER;
}

static PinClass result_class(const Ins *i)
{
    return gives_double(i->form) ? PIN_DOUBLE : PIN_INTEGER;
}

// Moves and constants of a double look like those of an integer until it is pinned.
static bool is_plain_move(const Ins *i)
{
    return (i->form == FORM_mov && i->a_place == IN_SLOT) || i->form == FORM_mov_small || i->form == FORM_mov_const;
}

static void make_double_move(Ins *i)
{
    if (i->form == FORM_mov) {
        i->form = FORM_mov_f64;
    } else if (i->form != FORM_mov_f64) {
        i->form = FORM_mov_const_f64;
        i->layout = LAYOUT_K;
    }
}

static void vote(const Pinning *p, PinClass pin_class, u32 slot, const Ins *i)
{
    if (slot < p->limit && p->votes[slot].pin_class == pin_class) p->votes[slot].reads += weight_of(i);
}

static void votes_of(const Pinning *p, const Ins *i)
{
    const u32 a = i->a_place, b = i->b_place, d = i->d_place;
    const PinClass in = operand_class(i), out = result_class(i);
    if ((i->roles & READS_A) && a == IN_SLOT && (has_form(i, IN_PIN, b, d) || exchanges(i, IN_PIN, b, d))) vote(p, in, i->a, i);
    if ((i->roles & READS_B) && b == IN_SLOT && has_form(i, a, IN_PIN, d)) vote(p, in, i->b, i);
    if ((i->roles & READS_I) && a == IN_SLOT && has_form(i, IN_PIN, b, d)) vote(p, in, (u32)i->imm2, i);
    if ((i->roles & READS_D) && d == IN_SLOT && has_form(i, a, b, IN_PIN)) vote(p, out, i->d, i);
    if (!(i->roles & WRITES_D) || i->d >= p->limit) return;
    Votes *const v = &p->votes[i->d];
    v->writes += weight_of(i);
    if (v->pin_class == PIN_DOUBLE && is_plain_move(i)) return;
    if (v->pin_class != out || !has_form(i, a, b, IN_PIN)) v->pin_class = PIN_NONE;
}

// A slot that was written a moment ago is slow to read: what a loop carries from round to
// round gains more by a register than what it only looks at.
static u64 gain(const Votes *v)
{
    return v->reads + 4 * (v->reads < v->writes ? v->reads : v->writes);
}

// The best of a class, if that is worth `price`: loading them again after calls. Two, where
// the set of handlers has the second register at all.
static void elect(const Pinning *p, PinClass pin_class, u64 price, u32 *pins)
{
    const u32 most = has_handler(FORM_mov, IN_SLOT, IN_SLOT, IN_PIN2) ? 2 : 1;
    for (u32 k = 0; k < most; k++) {
        u64 best = price + 2;
        for (u32 s = 0; s < p->limit; s++) {
            if (p->votes[s].pin_class != pin_class || gain(&p->votes[s]) <= best) continue;
            best = gain(&p->votes[s]);
            pins[k] = s;
        }
        if (pins[k] == NO_PIN) return;
        p->votes[pins[k]].pin_class = PIN_NONE;
    }
}

static u8 place_of(const Translator *t, PinClass pin_class, u32 slot)
{
    const u32 *const pins = pin_class == PIN_DOUBLE ? t->pins + 2 : t->pins;
    return slot == pins[0] ? IN_PIN : slot == pins[1] ? IN_PIN2 : IN_SLOT;
}

static void use_pins(const Translator *t, Ins *i)
{
    if (i->roles & WRITES_D) {
        if (is_plain_move(i) && place_of(t, PIN_DOUBLE, i->d) != IN_SLOT) make_double_move(i);
        const u8 d = place_of(t, result_class(i), i->d);
        if (d != IN_SLOT) i->d_place = d;
    }
    const PinClass in = operand_class(i);
    if ((i->roles & READS_D) && i->d_place == IN_SLOT) {
        const u8 d = place_of(t, result_class(i), i->d);
        if (has_form(i, i->a_place, i->b_place, d)) i->d_place = d;
    }
    if ((i->roles & (READS_A | READS_I)) && i->a_place == IN_SLOT) {
        const u8 a = place_of(t, in, i->roles & READS_I ? (u32)i->imm2 : i->a);
        if (has_form(i, a, i->b_place, i->d_place)) {
            i->a_place = a;
        } else if (exchanges(i, a, i->b_place, i->d_place)) {
            const u32 slot = i->a;
            i->form = (u16)exchanged_form(i->form);
            i->a = i->b, i->a_place = i->b_place;
            i->b = slot, i->b_place = a;
        }
    }
    if ((i->roles & READS_B) && i->b_place == IN_SLOT) {
        const u8 b = place_of(t, in, i->b);
        if (has_form(i, i->a_place, b, i->d_place)) i->b_place = b;
    }
}

// Whether nothing but a return follows, which takes its value from elsewhere.
static bool returns(const Translator *t, u32 k)
{
    while (++k < t->count && t->ins[k].form == FORM_none) {
    }
    if (k == t->count || (t->ins[k].roles & READS_A)) return false;
    switch (t->ins[k].form) {
    case FORM_return: case FORM_return_none: case FORM_return_f32: case FORM_return_f64: return true;
    default: return false;
    }
}

static void load_them(Translator *t, u32 k)
{
    Ins *const i = &t->ins[k];
    const bool integer = t->pins[0] != NO_PIN, two = t->pins[1] != NO_PIN, doubles = t->pins[2] != NO_PIN;
    if ((!integer && !doubles) || returns(t, k)) {
        i->form = FORM_none;
        return;
    }
    i->form = doubles ? (integer ? FORM_load_all_pins : FORM_load_float_pins) : two ? FORM_load_pins : FORM_load_pin;
    i->a = integer ? t->pins[0] : 0;
    i->b = two ? t->pins[1] : i->a;
    i->x = doubles ? t->pins[2] : 0;
    i->d = t->pins[3] != NO_PIN ? t->pins[3] : i->x;
}

void choose_pins(Translator *t)
{
    const size_t size = (t->temp_base + 1) * sizeof(Votes);
    Votes *const votes = t->allocator->resize(t->allocator->context, NULL, 0, size);
    if (!votes) {
        t->failed = true;
        return;
    }
    memset(votes, 0, size);
    const Pinning p = {.t = t, .votes = votes, .limit = t->temp_base};
    for (u32 l = 0; l < t->local_count; l++) votes[t->locals[l].slot].pin_class = t->locals[l].pin_class;
    u64 price = 0;
    for (u32 k = 0; k < t->count; k++) {
        votes_of(&p, &t->ins[k]);
        if (t->ins[k].form == FORM_load_pin) price += weight_of(&t->ins[k]);
    }
    elect(&p, PIN_INTEGER, price, t->pins);
    elect(&p, PIN_DOUBLE, price, t->pins + 2);
    t->allocator->resize(t->allocator->context, votes, size, 0);
    for (u32 k = 0; k < t->count; k++) {
        if (t->ins[k].form == FORM_load_pin) load_them(t, k);
        else use_pins(t, &t->ins[k]);
    }
}
