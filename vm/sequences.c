// sequences.c -- runs of cells that one handler executes.
//
// Where the handlers of a cell and of those behind it stand in a row of sequences.def, the
// cell gets the handler of the row. The others keep theirs, so branches may still go to them
// and traps and calls among them find pc where it should be: nothing but the number of jumps
// from handler to handler changes. What is behind a cell that always branches is what it
// branches to: so each case of a switch in a loop ends with a copy of the switch of its own,
// which processors predict better than one that all of them share.
// SPDX-License-Identifier: MIT
#include "vm/translate.h"

#include "sequences.h"

#include "sequence_tables.inc"

// What `from`, a handler or the begin of a row, and the handler behind it begin; 0: no row.
static u32 begun(u32 from, u32 next)
{
    const u32 mask = sizeof sequence_table / sizeof *sequence_table - 1;
    for (u32 h = (from * 40503u + next * 30011u) >> 3;; h++) {  // as in gen_sequences.c
        h &= mask;
        if (sequence_table[h].from == from && sequence_table[h].next == next) return sequence_table[h].to;
        if (!sequence_table[h].to) return 0;
    }
}

static bool goes_elsewhere(const Ins *i)
{
    return i->form == FORM_br || i->form == FORM_mov_br || i->form == FORM_mov_small_br;
}

// The Ins whose cell is executed after that of k, if that is known now: t->count if not.
static u32 successor(const Translator *t, u32 k)
{
    u32 next = goes_elsewhere(&t->ins[k]) ? t->labels[t->ins[k].label].ins : k + 1;
    while (next < t->count && t->ins[next].form == FORM_none) next++;
    return next;
}

// Gives each Ins the handler for its cell, from the last to the first, so that the fewest
// jumps are left on the way to the end, or to the next place where code goes elsewhere.
void choose_handlers(Translator *t)
{
    for (u32 k = 0; k < t->count; k++) {
        Ins *const i = &t->ins[k];
        i->run = 1;
        i->jumps = 0;
        if (i->form != FORM_none) i->handler = (u16)form_handler(i->form, i->a_place, i->b_place, i->d_place);
    }
    if (!(t->mask & TRANSLATE_SEQUENCES)) return;
    for (u32 k = t->count; k-- > 0;) {
        Ins *const i = &t->ins[k];
        if (i->form == FORM_none) continue;
        u32 last = successor(t, k);
        bool elsewhere = goes_elsewhere(i);
        i->row = i->handler;
        i->jumps = 1 + (elsewhere || last == t->count ? 0 : t->ins[last].jumps);
        u32 at = i->handler;
        for (u32 n = 2; n <= SEQUENCE_LONGEST && last < t->count; n++) {
            at = begun(at, t->ins[last].handler);
            if (!at) break;
            elsewhere |= goes_elsewhere(&t->ins[last]);
            last = successor(t, last);
            const u32 jumps = 1 + (elsewhere || last == t->count ? 0 : t->ins[last].jumps);
            if (at >= SEQUENCE_END || jumps > i->jumps) continue;
            i->row = (u16)at;
            i->run = (u8)n;
            i->jumps = jumps;
        }
    }
    for (u32 k = 0; k < t->count; k++) {
        if (t->ins[k].form != FORM_none) t->ins[k].handler = t->ins[k].row;
    }
}
