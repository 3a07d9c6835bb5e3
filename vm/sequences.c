// sequences.c -- runs of cells that one handler executes.
//
// Where the handlers of a cell and of those behind it stand in a row of sequences.def, the
// cell gets the handler of the row. The others keep theirs, so branches may still go to them
// and traps and calls among them find pc where it should be: nothing but the number of jumps
// from handler to handler changes.
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

// The cells behind the one being looked at, nearest first: their own handlers, and how many
// jumps it takes from there to the end of the function.
typedef struct Ahead {
    u32 handler[SEQUENCE_LONGEST], jumps[SEQUENCE_LONGEST + 1];
    u32 count;
} Ahead;

static void step_back(Ahead *ahead, u32 handler, u32 jumps)
{
    memmove(ahead->handler + 1, ahead->handler, sizeof ahead->handler - sizeof *ahead->handler);
    memmove(ahead->jumps + 1, ahead->jumps, sizeof ahead->jumps - sizeof *ahead->jumps);
    ahead->handler[0] = handler;
    ahead->jumps[0] = jumps;
    if (ahead->count < SEQUENCE_LONGEST) ahead->count++;
}

// Gives each Ins the handler for its cell, from the last to the first, so that the fewest
// jumps are left on the way to the end.
void choose_handlers(Translator *t)
{
    const bool sequences = (t->mask & TRANSLATE_SEQUENCES) != 0;
    Ahead ahead = {.count = 0};
    for (u32 k = t->count; k-- > 0;) {
        Ins *const i = &t->ins[k];
        if (i->form == FORM_none) continue;
        const u32 own = (u32)form_handler(i->form, i->a_place, i->b_place, i->d_place);
        u32 best = ahead.jumps[0] + 1;
        i->handler = (u16)own;
        i->run = 1;
        for (u32 n = 0, at = own; sequences && n < ahead.count; n++) {
            at = begun(at, ahead.handler[n]);
            if (!at) break;
            if (at >= SEQUENCE_END || ahead.jumps[n + 1] + 1 > best) continue;
            best = ahead.jumps[n + 1] + 1;
            i->handler = (u16)at;
            i->run = (u8)(n + 2);
        }
        step_back(&ahead, own, best);
    }
}
