// translate_shuffle.c -- i8x16.shuffle by what its sixteen lanes are known to do.
//
// A shuffle of bytes is how programs say all that moves lanes, so most of them move more than
// bytes, and the cell says which: places in slots, counted from the frame's first, or one of
// a few patterns that have a handler. What fits nothing is done byte by byte.
//                                                   spec: exec-vshuffle
// SPDX-License-Identifier: MIT
#include "vm/translate_parts.h"

#include "vm/simd.h"

typedef struct Shuffle {
    u8 lanes[16];  // 0 to 15 of the first operand, 16 to 31 of the second
    u32 a, b;      // their slots
} Shuffle;

// Patterns with a handler each, of these operands or of the same exchanged.
static const struct {
    u16 form;
    u8 lanes[16];
    u8 rotation;
} patterns[] = {
    {FORM_zip_low_u8, {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23}, 0},
    {FORM_zip_high_u8, {8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31}, 0},
    {FORM_zip_low_u16, {0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23}, 0},
    {FORM_zip_high_u16, {8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31}, 0},
    {FORM_even_u8, {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30}, 0},
    {FORM_odd_u8, {1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31}, 0},
    {FORM_even_u16, {0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29}, 0},
    {FORM_odd_u16, {2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27, 30, 31}, 0},
    {FORM_zip_low_u32, {0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23}, 0},
    {FORM_zip_high_u32, {8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31}, 0},
    {FORM_even_u32, {0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27}, 0},
    {FORM_odd_u32, {4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31}, 0},
    {FORM_turn_1_u32, {4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3}, 0},
    {FORM_turn_3_u32, {12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 0},
    {FORM_i32x4_rotl, {3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14}, 8},
    {FORM_i32x4_rotl, {2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13}, 16},
    {FORM_i32x4_rotl, {1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12}, 24},
    {FORM_reverse_u32, {3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12}, 0},
};

// Whether `count` lanes from `at` on are neighbours, the first at a multiple of `count`.
static bool is_piece(const Shuffle *s, u32 at, u32 count)
{
    if (s->lanes[at] % count) return false;
    for (u32 k = 1; k < count; k++) {
        if (s->lanes[at + k] != s->lanes[at] + k) return false;
    }
    return true;
}

static bool are_pieces(const Shuffle *s, u32 count)
{
    for (u32 at = 0; at < 16; at += count) {
        if (!is_piece(s, at, count)) return false;
    }
    return true;
}

static bool is_one_word(const Shuffle *s)
{
    return is_piece(s, 0, 4) && !memcmp(s->lanes, s->lanes + 4, 12);
}

static bool is_one_byte(const Shuffle *s, u32 from)
{
    for (u32 k = from; k < 16; k++) {
        if (s->lanes[k] != s->lanes[from]) return false;
    }
    return true;
}

static u32 slot_of(const Shuffle *s, u32 lane)
{
    return lane < 16 ? s->a : s->b;
}

// Where the piece that lane `at` of the result starts is, counted in pieces from slot 0.
static u16 piece_number(const Shuffle *s, u32 at, u32 count)
{
    const u32 lane = s->lanes[at];
    return (u16)((slot_of(s, lane) * 8 + lane_place(count, lane % 16 / count)) / count);
}

static bool is_pattern(const Shuffle *s, const u8 *lanes, u32 exchange)
{
    const u32 known = s->a == s->b ? 15 : 31;
    for (u32 k = 0; k < 16; k++) {
        if ((s->lanes[k] ^ lanes[k] ^ exchange) & known) return false;
    }
    return true;
}

static bool find_pattern(Ins *i, const Shuffle *s)
{
    for (u32 k = 0; k < COUNT_OF(patterns); k++) {
        const bool exchanged = is_pattern(s, patterns[k].lanes, 16);
        if (!exchanged && !is_pattern(s, patterns[k].lanes, 0)) continue;
        i->form = patterns[k].form;
        i->layout = LAYOUT_SLOTS;
        if (exchanged) i->a = s->b, i->b = s->a;
        if (patterns[k].rotation) {
            i->b_place = IMMEDIATE, i->imm = patterns[k].rotation;
            i->layout = LAYOUT_IMM;
        }
        return true;
    }
    return false;
}

// Pieces of 8, 4 or 2 bytes, read where they lie. Compilers write 0 for lanes they do not care
// about, so a half with one byte all over the rest is common.
static bool find_pieces(Ins *i, const Shuffle *s)
{
    const u32 end = (s->a > s->b ? s->a : s->b) + 2;
    if (is_one_word(s)) {
        i->form = FORM_shuffle_one_word;
        i->layout = LAYOUT_SLOTS;
        i->a = slot_of(s, s->lanes[0]);
        i->x = lane_place(4, s->lanes[0] % 16 / 4);
        return true;
    }
    if (is_piece(s, 0, 8) && (is_piece(s, 8, 8) || is_one_byte(s, 8))) {
        const bool halves = is_piece(s, 8, 8);
        i->form = halves ? FORM_shuffle_halves : FORM_shuffle_half_and_byte;
        i->layout = LAYOUT_SLOTS;
        i->a = piece_number(s, 0, 8);
        i->b = halves ? piece_number(s, 8, 8) : slot_of(s, s->lanes[8]);
        i->x = lane_place(1, s->lanes[8] % 16);
        return true;
    }
    if (is_piece(s, 0, 4) && is_one_byte(s, 4)) {
        i->form = FORM_shuffle_word_and_byte;
        i->layout = LAYOUT_SLOTS;
        i->a = slot_of(s, s->lanes[0]), i->b = slot_of(s, s->lanes[4]);
        i->x = lane_place(4, s->lanes[0] % 16 / 4) | lane_place(1, s->lanes[4] % 16) << 8;
        return true;
    }
    const u32 count = are_pieces(s, 4) ? 4 : are_pieces(s, 2) ? 2 : 0;
    if (!count || end * (8 / count) > UINT16_MAX) return false;
    u16 numbers[8];
    for (u32 k = 0; k < 16 / count; k++) numbers[k] = piece_number(s, k * count, count);
    i->form = count == 4 ? FORM_shuffle_words : FORM_shuffle_shorts;
    i->layout = count == 4 ? LAYOUT_FIELDS : LAYOUT_V128;
    if (count == 4) {
        i->imm = numbers[0] | (u64)numbers[1] << 16 | (u64)numbers[2] << 32 | (u64)numbers[3] << 48;
    } else {
        memcpy(&i->imm, numbers, 8);
        memcpy(&i->imm2, numbers + 4, 8);
    }
    return true;
}

void shuffle_lanes(Translator *t, const u8 *lanes)
{
    Ins *const i = emit_plain(t, FORM_i8x16_shuffle, LAYOUT_V128, "AB");
    memcpy(&i->imm, lanes, 8);
    memcpy(&i->imm2, lanes + 8, 8);
    Shuffle s = {.a = i->a, .b = i->b};
    memcpy(s.lanes, lanes, 16);
    if (uses(t, TRANSLATE_IMMEDIATES) && !find_pattern(i, &s)) find_pieces(i, &s);
    plain_result(t, TYPE_V128, true);
}
