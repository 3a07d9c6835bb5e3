// listing.c -- slot code as text, for `weft inspect --code`.
//
// Nothing else knows the names of forms, so a program that never lists code does without them.
// SPDX-License-Identifier: MIT
#include "vm/translate.h"

#include <stdio.h>

#include "form_names.inc"

static void print_code(const Translator *t, const Sites *s)
{
    static const char letters[] = "SIALM";
    char text[160];
    for (u32 k = 0; k < t->count; k++) {
        const Ins *const i = &t->ins[k];
        if (i->form == FORM_none) continue;
        const bool branches = i->label != NO_LABEL && i->layout != LAYOUT_TABLE;
        const u32 size = (u32)(t->ins[t->count - 1].offset + cell_size(&t->ins[t->count - 1]));
        // u32 is not `unsigned` everywhere, hence the casts.
        char run[16] = "";
        if (i->run > 1) snprintf(run, sizeof run, "  run=%u", i->run);
        snprintf(text, sizeof text, "%06x  %5u  %s %c%c%c a=%u b=%u d=%u x=%u imm=%lld%s%lld%s",
                 (unsigned)i->at, (unsigned)i->offset, (const char *)&form_names + form_name_at[i->form],
                 letters[i->a_place], letters[i->b_place], letters[i->d_place], (unsigned)i->a,
                 (unsigned)i->b, (unsigned)i->d, (unsigned)i->x, (long long)i->imm,
                 branches ? " to=" : " ",
                 branches ? (long long)label_offset(t, i->label, size) : 0, run);
        s->line(s->context, text);
    }
}

bool exec_print_code(weft_module *module, u32 func_index, void (*line)(void *context, const char *text), void *context)
{
    Sites sites = {.cell = NO_INDEX, .wanted = NO_INDEX, .show = print_code, .line = line, .context = context};
    Code *const again = translate(module, func_index, &sites);
    if (!again) return false;
    module->allocator->resize(module->allocator->context, again, again->total, 0);
    return true;
}
