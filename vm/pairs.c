// pairs.c -- neighbouring moves become one cell, and so do vector operations that hashes are
// made of. What else stands together has cells of its own and one handler: see sequences.c.
// SPDX-License-Identifier: MIT
#include "vm/translate.h"

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

static void join_pair(Ins *i, Ins *j)
{
    if (!xor_with_rotation(i, j) && !sum_with_rotation(i, j) && !test_with_branch(i, j)) return;
    j->form = FORM_none;
    j->roles = 0;
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
            if (rotation) join_pair(&t->ins[next], &t->ins[rotation]);
        }
        join_pair(&t->ins[k], &t->ins[next]);
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
