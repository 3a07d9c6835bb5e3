// pairs.c -- two neighbouring instructions become one cell where there is a handler for both.
//
// The first's result goes to the second through the accumulator and nowhere else, or to a
// local that a branch then looks at. Which pairs have handlers is written in gen_handlers.c.
// SPDX-License-Identifier: MIT
#include "vm/translate.h"

#include "vm/form_maps.h"

#include "pair_maps.inc"

static bool fits16(u64 value)
{
    return (s64)value == (s16)value;
}

// The place an operand has in a pair, where the pinned local is read from its slot.
static u8 pair_place(u8 place, bool keep_pin)
{
    return place == IN_PIN && !keep_pin ? IN_SLOT : place;
}

static bool exchangeable(u32 form)
{
    switch (form) {
    case FORM_i32_add: case FORM_i32_mul: case FORM_i32_and: case FORM_i32_or: case FORM_i32_xor:
    case FORM_i64_add: case FORM_i64_mul: case FORM_i64_and: case FORM_i64_or: case FORM_i64_xor:
    case FORM_f32_add: case FORM_f32_mul: case FORM_f64_add: case FORM_f64_mul: return true;
    default: return false;
    }
}

// The second's other operand, which must be a slot or a short constant.
static bool other_operand(const Ins *second, bool right, u32 *z, bool *z_immediate)
{
    const u8 place = right ? second->a_place : second->b_place;
    *z_immediate = place == IMMEDIATE;
    if (place == IMMEDIATE) {
        if (second->layout == LAYOUT_K || second->layout == LAYOUT_K_BRANCH || !fits16(second->imm)) return false;
        *z = (u16)second->imm;
        return true;
    }
    *z = right ? second->a : second->b;
    return place == IN_SLOT || place == IN_PIN;
}

// The first part of a pair: its operands as the pair's cell has them.
typedef struct First {
    u32 a, b;
    u8 a_place, b_place;
    bool is_load;
} First;

static bool first_operands(const Ins *i, First *f)
{
    *f = (First){.a = i->a, .b = i->b, .a_place = i->a_place, .b_place = i->b_place};
    f->is_load = !(i->roles & READS_B) && i->layout == LAYOUT_IMM && i->b_place == IN_SLOT;
    if (f->is_load) return i->a_place != IMMEDIATE;
    if (i->layout == LAYOUT_K || i->a_place == IMMEDIATE) return false;
    if (i->b_place == IN_ACC) {
        if (!exchangeable(i->form) || i->a_place == IN_ACC) return false;
        f->a = i->b, f->a_place = IN_ACC;
        f->b = i->a, f->b_place = i->a_place;
    }
    f->b_place = pair_place(f->b_place, false);
    return true;
}

static u32 pair_of(const Ins *first, u32 second_form, bool right, bool z_immediate)
{
    return pair_form[pair_first[first->form]][pair_second[second_form]][right][z_immediate];
}

// Picks the place of the left operand for which the pair has a handler.
static bool settle_places(u32 form, First *f, u8 d)
{
    if (!form) return false;
    if (form_handler(form, f->a_place, f->b_place, d) >= 0) return true;
    f->a_place = pair_place(f->a_place, false);
    return form_handler(form, f->a_place, f->b_place, d) >= 0;
}

static void become(Ins *i, Ins *second, u32 form, const First *f)
{
    i->form = (u16)form;
    i->a = f->a, i->a_place = f->a_place;
    i->b_place = f->b_place;
    i->roles = 0;
    second->form = FORM_none;
    second->roles = 0;
}

// b of the first as bits of field B: a slot or a short constant.
static bool short_b(const Ins *i, const First *f, u32 *b)
{
    if (f->is_load) {
        *b = (u32)i->imm;
        return i->imm <= UINT16_MAX;
    }
    *b = f->b_place == IMMEDIATE ? (u16)i->imm : f->b;
    return f->b_place != IMMEDIATE || fits16(i->imm);
}

static bool pair_with_calculation(Ins *i, Ins *j)
{
    if (i->d_place != IN_ACC || j->d_place == IMMEDIATE) return false;
    First f;
    u32 z, b;
    bool z_immediate, right = j->b_place == IN_ACC;
    if (!right && j->a_place != IN_ACC) return false;
    if (!first_operands(i, &f) || !short_b(i, &f, &b) || !other_operand(j, right, &z, &z_immediate)) return false;
    const u32 form = pair_of(i, j->form, right && !exchangeable(j->form), z_immediate);
    if (!settle_places(form, &f, j->d_place)) return false;
    const Ins second = *j;
    become(i, j, form, &f);
    i->b = b, i->x = z, i->d = second.d, i->d_place = second.d_place;
    if (f.is_load) i->b_place = IN_SLOT;
    i->layout = LAYOUT_SLOTS;
    return true;
}

// A load whose address has two parts takes a long cell; the second's other operand is in P.
static bool indexed_load_with_calculation(Ins *i, Ins *j)
{
    if (i->d_place != IN_ACC || (j->d_place != IN_SLOT && j->d_place != IN_ACC)) return false;
    const bool right = j->b_place == IN_ACC;
    u32 z;
    bool z_immediate;
    if (!right && j->a_place != IN_ACC) return false;
    if (!other_operand(j, right, &z, &z_immediate) || z_immediate) return false;
    const u32 form = pair_of(i, j->form, right && !exchangeable(j->form), false);
    const u8 a_place = pair_place(i->a_place, false), b_place = pair_place(i->b_place, false);
    if (!form || form_handler(form, a_place, b_place, j->d_place) < 0) return false;
    i->form = (u16)form;
    i->a_place = a_place, i->b_place = b_place;
    i->d = j->d, i->d_place = j->d_place;
    if (b_place == IMMEDIATE) i->b = (u32)i->imm & 0xffff, i->x = (u32)i->imm >> 16;
    if (b_place == IMMEDIATE && !HOST_IS_LITTLE_ENDIAN) i->b = (u32)i->imm >> 16, i->x = (u32)i->imm & 0xffff;
    i->imm = z;
    i->layout = LAYOUT_FIELDS;
    i->roles = 0;
    j->form = FORM_none;
    j->roles = 0;
    return true;
}

static bool is_indexed_load(const Ins *i)
{
    switch (i->form) {
    case FORM_i32_load_x: case FORM_i32_load_c: case FORM_i32_load8_u_x: case FORM_f32_load_x: case FORM_f32_load_c:
    case FORM_f64_load_x: case FORM_f64_load_c: return true;
    default: return false;
    }
}

static bool pair_with_store(Ins *i, Ins *j)
{
    if (i->d_place != IN_ACC || j->d_place != IN_ACC || j->a_place == IMMEDIATE || j->a_place == IN_ACC) return false;
    First f;
    u32 b;
    if (j->imm > UINT16_MAX || !first_operands(i, &f) || f.is_load || !short_b(i, &f, &b)) return false;
    const u32 form = pair_of(i, j->form, true, false);
    if (!settle_places(form, &f, j->a_place)) return false;
    const Ins second = *j;
    become(i, j, form, &f);
    i->b = b, i->x = second.a, i->d = (u32)second.imm, i->d_place = second.a_place;
    i->layout = LAYOUT_SLOTS;
    i->at = second.at;  // it is the store that may trap
    return true;
}

static bool pair_with_branch(Ins *i, Ins *j)
{
    First f;
    u32 z;
    bool z_immediate;
    const bool to_local = i->d_place != IN_ACC;
    // A branch may also look at the local that was just written.
    const bool reads_a = j->a_place == IN_ACC || (to_local && j->a_place != IMMEDIATE && j->a == i->d);
    const bool right = !reads_a && (j->b_place == IN_ACC || (to_local && j->b_place != IMMEDIATE && j->b == i->d));
    if (!reads_a && !right) return false;
    if (!first_operands(i, &f) || !other_operand(j, right, &z, &z_immediate)) return false;
    if (to_local && !z_immediate && z == i->d) return false;
    const u32 form = pair_of(i, right ? branch_mirror[j->form] : j->form, false, z_immediate);
    if (!settle_places(form, &f, i->d_place)) return false;
    const Ins second = *j;
    become(i, j, form, &f);
    i->b = f.b, i->x = z, i->label = second.label;
    if (f.is_load) i->b_place = IN_SLOT;
    i->layout = LAYOUT_LOW_BRANCH;
    return true;
}

static bool is_addition(const Ins *i)
{
    return i->form == FORM_i32_add && i->b_place == IMMEDIATE && fits16(i->imm) && i->a_place == i->d_place &&
           (i->a_place == IN_SLOT || i->a_place == IN_PIN);
}

static bool pair_of_additions(Ins *i, Ins *j)
{
    if (!is_addition(i) || !is_addition(j) || j->a == i->d) return false;
    if (form_handler(FORM_i32_add_two, i->a_place, j->a_place, IN_SLOT) < 0) return false;
    i->form = FORM_i32_add_two;
    i->b_place = j->a_place;
    i->d_place = IN_SLOT;
    i->b = (u16)i->imm;
    i->imm = (u64)j->a | (u64)j->d << 16 | (u64)(u16)j->imm << 32;
    i->layout = LAYOUT_FIELDS;
    i->roles = 0;
    j->form = FORM_none;
    j->roles = 0;
    return true;
}

// A load or store with an addition behind it that goes from slot to slot.
static bool access_with_addition(Ins *i, Ins *j)
{
    const u32 form = form_then_add[i->form];
    if (!form || j->form != FORM_i32_add || j->a_place != IN_SLOT || j->d_place != IN_SLOT) return false;
    if (i->imm > UINT16_MAX || i->layout != LAYOUT_IMM) return false;
    if (j->b_place == IMMEDIATE ? !fits16(j->imm) : j->b_place != IN_SLOT) return false;
    if (form_handler(form, i->a_place, j->b_place, i->d_place) < 0) return false;
    i->form = (u16)form;
    i->b_place = j->b_place;
    i->x = (u32)i->imm;
    i->imm = (u64)j->a | (u64)j->d << 16 | (u64)(j->b_place == IMMEDIATE ? (u16)j->imm : j->b) << 32;
    i->layout = LAYOUT_FIELDS;
    i->roles = 0;
    j->form = FORM_none;
    j->roles = 0;
    return true;
}

// v128.xor and a rotation of it, which goes where the exclusive or went.
static bool xor_with_rotation(Ins *i, const Ins *j)
{
    const u32 form = j->form == FORM_i32x4_rotl ? FORM_v128_xor__i32x4_rotl : FORM_v128_xor__i64x2_rotl;
    if (i->form != FORM_v128_xor || (j->form != FORM_i32x4_rotl && j->form != FORM_i64x2_rotl)) return false;
    if (j->a_place != IN_ACC || j->d_place != IN_SLOT || (i->d_place == IN_SLOT && i->d != j->d)) return false;
    if (i->b_place == IN_ACC && i->a_place == IN_SLOT) {
        const u32 a = i->a;
        i->a = i->b, i->a_place = IN_ACC;
        i->b = a, i->b_place = IN_SLOT;
    }
    if (i->b_place != IN_SLOT || form_handler(form, i->a_place, IN_SLOT, IN_SLOT) < 0) return false;
    i->form = (u16)form;
    i->d = j->d, i->d_place = IN_SLOT;
    i->x = (u32)j->imm;
    i->roles = 0;
    return true;
}

// A sum, and the exclusive or with it that is rotated: the step of ChaCha and BLAKE2.
static bool sum_with_rotation(Ins *i, const Ins *j)
{
    const bool words = i->form == FORM_i32x4_add && j->form == FORM_v128_xor__i32x4_rotl;
    if (!words && !(i->form == FORM_i64x2_add && j->form == FORM_v128_xor__i64x2_rotl)) return false;
    const u32 form = words ? FORM_i32x4_add__v128_xor__i32x4_rotl : FORM_i64x2_add__v128_xor__i64x2_rotl;
    if (i->b_place == IN_ACC && i->a_place == IN_SLOT) {
        const u32 a = i->a;
        i->a = i->b, i->a_place = IN_ACC;
        i->b = a, i->b_place = IN_SLOT;
    }
    if (i->d_place != IN_SLOT || j->a_place != IN_ACC || j->b == i->d || i->b_place != IN_SLOT) return false;
    if (form_handler(form, i->a_place, IN_SLOT, IN_SLOT) < 0) return false;
    i->form = (u16)form;
    i->imm = (u64)i->d | (u64)j->b << 16;
    i->x = j->x;
    i->d = j->d;
    i->layout = LAYOUT_FIELDS;
    i->roles = 0;
    return true;
}

// A branch on whether any bit of a vector is set.
static bool test_with_branch(Ins *i, const Ins *j)
{
    if (i->form != FORM_v128_any_true || i->d_place != IN_ACC || (j->form != FORM_br_i32_ne && j->form != FORM_br_i32_eq)) return false;
    if (j->a_place != IN_ACC || j->b_place != IMMEDIATE || j->imm != 0) return false;
    i->form = j->form == FORM_br_i32_ne ? FORM_br_any_true : FORM_br_none_true;
    i->label = j->label;
    i->layout = LAYOUT_BRANCH;
    i->d_place = IN_SLOT;
    i->roles = 0;
    return true;
}

// The Ins after k that makes a cell, if nothing can come in between.
static u32 neighbour(const Translator *t, const u8 *is_target, u32 k)
{
    for (u32 n = k + 1; n < t->count; n++) {
        if (is_target[n]) return 0;
        if (t->ins[n].form != FORM_none) return n;
    }
    return 0;
}

static bool can_pair(Ins *i, Ins *j)
{
    if (xor_with_rotation(i, j) || sum_with_rotation(i, j) || test_with_branch(i, j)) {
        j->form = FORM_none;
        j->roles = 0;
        return true;
    }
    if (pair_first[i->form] && pair_second[j->form] && is_indexed_load(i)) return indexed_load_with_calculation(i, j);
    if (pair_first[i->form] && pair_second[j->form]) {
        if (j->layout == LAYOUT_BRANCH) return pair_with_branch(i, j);
        if (j->roles & WRITES_D || j->d_place == IN_ACC) {
            if (pair_with_calculation(i, j)) return true;
        }
        if (j->layout == LAYOUT_IMM && !(j->roles & WRITES_D) && pair_with_store(i, j)) return true;
    }
    return pair_of_additions(i, j) || access_with_addition(i, j);
}

void join_pairs(Translator *t, const u8 *is_target)
{
    for (u32 k = 0; k + 1 < t->count; k++) {
        if (t->ins[k].form == FORM_none) continue;
        const u32 next = neighbour(t, is_target, k);
        if (!next) continue;
        // A sum waits for what comes after it to become one.
        if (t->ins[next].form == FORM_v128_xor) {
            const u32 rotation = neighbour(t, is_target, next);
            if (rotation) can_pair(&t->ins[next], &t->ins[rotation]);
        }
        // An addition that the branch after it can take is better left to that.
        const u32 after = t->ins[next].form == FORM_i32_add ? neighbour(t, is_target, next) : 0;
        if (after && t->ins[after].layout == LAYOUT_BRANCH && pair_second[t->ins[after].form] &&
            (is_addition(&t->ins[k]) || form_then_add[t->ins[k].form])) {
            continue;
        }
        can_pair(&t->ins[k], &t->ins[next]);
    }
}

static bool is_move(const Ins *i)
{
    return i->form == FORM_mov && i->a_place != IN_ACC && i->d_place == IN_SLOT;
}

static bool is_small(const Ins *i)
{
    return i->form == FORM_mov_small && i->d_place == IN_SLOT;
}

static bool is_move_alone(const Ins *i)
{
    return (i->form == FORM_mov && i->a_place != IN_ACC) || i->form == FORM_mov_small;
}

static void swallow(Ins *i, Ins *next, Form form, Layout layout)
{
    i->form = (u16)form;
    i->layout = (u8)layout;
    i->roles = 0;
    next->form = FORM_none;
    next->roles = 0;
}

// A move or a constant with the jump or the constant after it.
static bool join_alone(Translator *t, const u8 *is_target, u32 k)
{
    Ins *const i = &t->ins[k];
    const u32 next = neighbour(t, is_target, k);
    if (!next) return false;
    Ins *const j = &t->ins[next];
    if (j->form == FORM_br) {
        i->label = j->label;
        if (i->form == FORM_mov) {
            i->b = i->d;
            swallow(i, j, FORM_mov_br, LAYOUT_BRANCH);
        } else {
            swallow(i, j, FORM_mov_small_br, LAYOUT_IMM_BRANCH);
        }
        return true;
    }
    if (!is_small(j)) return false;
    if (is_small(i)) {
        i->x = j->d;
        i->imm = (u64)j->imm << 32 | (u32)i->imm;
        swallow(i, j, FORM_mov_small_two, LAYOUT_SMALL_FIELD);
        return true;
    }
    if (is_move(i)) {
        i->a_place = IN_SLOT;
        i->x = j->d;
        i->imm = (u64)j->imm << 32;
        swallow(i, j, FORM_mov_and_small, LAYOUT_SMALL_FIELD);
        return true;
    }
    return false;
}

// Up to four moves in a row are one cell, if none reads what one before it writes.
void join_moves(Translator *t, const u8 *is_target)
{
    for (u32 k = 0; k < t->count; k++) {
        Ins *const i = &t->ins[k];
        if (is_move_alone(i) && join_alone(t, is_target, k)) continue;
        if (!is_move(i)) continue;
        Ins *moves[4] = {i};
        u32 count = 1;
        u32 at = k;
        for (u32 next; count < 4 && (next = neighbour(t, is_target, at)) && is_move(&t->ins[next]); at = next) {
            bool clear = true;
            for (u32 m = 0; m < count; m++) clear &= moves[m]->d != t->ins[next].a;
            if (!clear) break;
            moves[count++] = &t->ins[next];
        }
        if (count == 1) continue;
        const Ins *const third = count > 2 ? moves[2] : moves[1], *const fourth = count > 3 ? moves[3] : third;
        i->a_place = IN_SLOT;
        i->b = moves[1]->a, i->x = moves[1]->d;
        i->form = FORM_mov2;
        if (count > 2) {
            i->form = FORM_mov4;
            i->layout = LAYOUT_FIELDS;
            i->imm = (u64)third->a | (u64)third->d << 16 | (u64)fourth->a << 32 | (u64)fourth->d << 48;
        }
        i->roles = 0;
        for (u32 m = 1; m < count; m++) moves[m]->form = FORM_none;
    }
}
