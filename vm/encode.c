// encode.c -- the last pass: from Ins to cells.
// SPDX-License-Identifier: MIT
#include "vm/translate_parts.h"

#include "vm/arith.h"

#include "form_tables.inc"

static u32 bits_below(const u64 mask[2], u32 bit)
{
    const u32 whole = bit >= 64 ? (u32)popcnt64(mask[0]) : 0;
    return whole + (bit % 64 ? (u32)popcnt64(mask[bit / 64] << (64 - bit % 64)) : 0);
}

// Handlers of a form are listed in the order of their bits in form_places.
s32 form_handler(u32 form, u32 a_place, u32 b_place, u32 d_place)
{
    const u32 bit = a_place * 25 + b_place * 5 + d_place;
    if (!(form_places[form][bit / 64] >> bit % 64 & 1)) return -1;
    return form_handlers[form_first[form] + bits_below(form_places[form], bit)];
}

bool has_handler(u32 form, u32 a_place, u32 b_place, u32 d_place)
{
    const u32 bit = a_place * 25 + b_place * 5 + d_place;
    return form_places[form][bit / 64] >> bit % 64 & 1;
}

bool takes_doubles(u32 form)
{
    return form_doubles[form] & 1;
}

bool gives_double(u32 form)
{
    return form_doubles[form] >> 1;
}

// --- cells --------------------------------------------------------------------------------

u32 cell_size(const Ins *i)
{
    switch ((Layout)i->layout) {
    case LAYOUT_SLOTS: case LAYOUT_IMM: case LAYOUT_BRANCH: return SHORT_CELL;
    case LAYOUT_TABLE: {
        const u32 size = SHORT_CELL + 4 * ((u32)i->imm + 1);
        return (size + sizeof(uintptr_t) - 1) & ~(u32)(sizeof(uintptr_t) - 1);
    }
    case LAYOUT_V128: return LONG_CELL + 8;
    default: return LONG_CELL;
    }
}

static void put_cell_u16(u8 *cell, u32 field, u32 value)
{
    const u16 v = (u16)value;
    memcpy(cell + field, &v, sizeof v);
}

static void put_cell_u32(u8 *cell, u32 field, u32 value)
{
    memcpy(cell + field, &value, sizeof value);
}

static void put_cell_u64(u8 *cell, u32 field, u64 value)
{
    memcpy(cell + field, &value, sizeof value);
}

u32 label_offset(const Translator *t, u32 label, u32 size)
{
    const u32 ins = t->labels[label].ins;
    return ins < t->count ? t->ins[ins].offset : size;
}

static void put_cell(const Translator *t, const Ins *i, u8 *cell, u32 size)
{
    const uintptr_t handler = handler_word(i->handler);
    memcpy(cell, &handler, sizeof handler);
    // If the left operand is an immediate, the right one's slot is in A.
    put_cell_u16(cell, CELL_A, i->a_place == IMMEDIATE && (i->roles & READS_B) ? i->b : i->a);
    put_cell_u16(cell, CELL_D, i->d);
    put_cell_u16(cell, CELL_B, i->b);
    put_cell_u16(cell, CELL_X, i->x);
    const bool branches = i->label != NO_LABEL && i->layout != LAYOUT_TABLE;
    const u32 distance = branches ? label_offset(t, i->label, size) - i->offset : 0;
    switch ((Layout)i->layout) {
    case LAYOUT_SLOTS: break;
    case LAYOUT_IMM: put_cell_u32(cell, CELL_IMM, (u32)i->imm); break;
    case LAYOUT_BRANCH:
        put_cell_u16(cell, CELL_D, i->b_place == IMMEDIATE ? (u32)i->imm : i->b);
        put_cell_u32(cell, CELL_IMM, distance);
        break;
    case LAYOUT_K: put_cell_u64(cell, CELL_K, i->imm); break;
    case LAYOUT_TWO:
        put_cell_u32(cell, CELL_LOW, (u32)i->imm);
        put_cell_u32(cell, CELL_TARGET, (u32)(i->imm >> 32));
        break;
    case LAYOUT_LOW_BRANCH:
        put_cell_u32(cell, CELL_LOW, (u32)i->imm);
        put_cell_u32(cell, CELL_TARGET, distance);
        break;
    case LAYOUT_K_BRANCH:
        put_cell_u32(cell, CELL_IMM, distance);
        put_cell_u64(cell, CELL_K, i->imm);
        break;
    case LAYOUT_TABLE:
        put_cell_u32(cell, CELL_IMM, (u32)i->imm);
        for (u32 k = 0; k <= (u32)i->imm; k++) {
            put_cell_u32(cell, SHORT_CELL + 4 * k, label_offset(t, t->targets[i->label + k], size) - i->offset);
        }
        break;
    case LAYOUT_CALL: case LAYOUT_CALL_TWO: {
        const u32 units = i->offset / CELL_UNIT;
        put_cell_u16(cell, CELL_X, units < FAR_CELL ? units : FAR_CELL);
        if (i->layout == LAYOUT_CALL) put_cell_u64(cell, CELL_K, i->imm);
        else put_cell_u32(cell, CELL_LOW, (u32)i->imm);
        break;
    }
    case LAYOUT_CALL_INDIRECT: {
        // imm2 = P, imm = Q and TARGET
        const u32 units = i->offset / CELL_UNIT;
        if (i->roles & BARRIER && i->form != FORM_return_call_indirect && i->form != FORM_return_call_ref) {
            put_cell_u16(cell, CELL_X, units < FAR_CELL ? units : FAR_CELL);
        }
        put_cell_u16(cell, CELL_P, (u32)i->imm2);
        put_cell_u16(cell, CELL_Q, (u32)i->imm);
        put_cell_u32(cell, CELL_TARGET, (u32)(i->imm >> 32));
        break;
    }
    case LAYOUT_SMALL_FIELD:
        put_cell_u32(cell, CELL_IMM, (u32)i->imm);
        put_cell_u16(cell, CELL_P, i->x);
        put_cell_u32(cell, CELL_TARGET, (u32)(i->imm >> 32));
        break;
    case LAYOUT_IMM_BRANCH:
        put_cell_u32(cell, CELL_IMM, (u32)i->imm);
        put_cell_u32(cell, CELL_TARGET, distance);
        break;
    case LAYOUT_FIELDS:
        for (u32 k = 0; k < 4; k++) put_cell_u16(cell, CELL_P + 2 * k, (u32)(i->imm >> 16 * k));
        break;
    case LAYOUT_V128:
        put_cell_u64(cell, CELL_K, i->imm);
        put_cell_u64(cell, LONG_CELL, i->imm2);
        break;
    }
}

// The instruction that the cell at an offset belongs to.
static void find_site(const Translator *t, Sites *s)
{
    for (u32 k = 0; k < t->count; k++) {
        if (t->ins[k].form != FORM_none && t->ins[k].offset <= s->cell) s->at = t->ins[k].at;
    }
}

// A label where nothing but a jump stands is as good as where that jump goes. Jumps back are
// left alone: each of them counts as an event.
static void thread_jumps(Translator *t)
{
    if (!uses(t, TRANSLATE_BRANCHES)) return;
    for (u32 l = 0; l < t->label_count; l++) {
        for (u32 steps = 0; steps < 8; steps++) {
            u32 at = t->labels[l].ins;
            while (at < t->count && t->ins[at].form == FORM_none) at++;
            if (at >= t->count || t->ins[at].form != FORM_br) break;
            const u32 to = t->labels[t->ins[at].label].ins;
            if (to <= at) break;
            t->labels[l].ins = to;
        }
    }
}

Code *encode(Translator *t)
{
    u8 *const is_target = t->allocator->resize(t->allocator->context, NULL, 0, t->count + 1);
    if (!is_target) return NULL;
    memset(is_target, 0, t->count + 1);
    for (u32 l = 0; l < t->label_count; l++) is_target[t->labels[l].ins] = 1;
    for (u32 r = 0; r < t->range_count; r++) is_target[t->ranges[r].start] = is_target[t->ranges[r].end] = 1;
    if (uses(t, TRANSLATE_SEQUENCES)) {
        join_pairs(t, is_target);
        join_moves(t, is_target);
    }
    t->allocator->resize(t->allocator->context, is_target, t->count + 1, 0);

    thread_jumps(t);
    choose_handlers(t);
    u32 size = 0;
    for (u32 k = 0; k < t->count; k++) {
        t->ins[k].offset = size;
        if (t->ins[k].form != FORM_none) size += cell_size(&t->ins[k]);
    }
    if (t->sites && t->sites->cell != NO_INDEX) find_site(t, t->sites);
    if (t->sites && t->sites->show) t->sites->show(t, t->sites);

    const u32 cells = (size + 7) & ~7u;
    const size_t total = sizeof(Code) + cells + t->range_count * sizeof(TryRange) + t->edge_count * sizeof(TryEdge) +
                         t->clause_count * sizeof(CatchClause);
    Code *const code = t->allocator->resize(t->allocator->context, NULL, 0, total);
    if (!code) return NULL;
    memset(code, 0, total);
    u8 *const start = (u8 *)(code + 1);
    TryRange *const ranges = (TryRange *)(void *)(start + cells);
    TryEdge *const edges = (TryEdge *)(void *)(ranges + t->range_count);
    CatchClause *const clauses = (CatchClause *)(void *)(edges + t->edge_count);
    *code = (Code){.module = t->module, .func_index = t->func_index, .header = t->header, .frame_slots = t->max_slot,
                   .size = size, .total = (u32)total, .range_count = t->range_count, .edge_count = t->edge_count,
                   .clause_count = t->clause_count, .ranges = ranges, .edges = edges, .clauses = clauses,
                   .before = before_start(t->zero[0], t->zero[1])};
    for (u32 k = 0; k < PINS; k++) code->pins[k] = t->pins[k] == NO_PIN ? 0 : t->pins[k];
    for (u32 k = 0; k < t->count; k++) {
        if (t->ins[k].form != FORM_none) put_cell(t, &t->ins[k], start + t->ins[k].offset, size);
    }
    for (u32 r = 0; r < t->range_count; r++) ranges[r] = (TryRange){.parent = t->ranges[r].parent};
    for (u32 e = 0; e < t->edge_count; e++) {
        const u32 at = t->edges[e].start;
        edges[e] = (TryEdge){at < t->count ? t->ins[at].offset : size, t->edges[e].range};
    }
    // The clauses of a range lie together, in the order they were written.
    for (u32 c = 0; c < t->clause_count; c++) ranges[t->clauses[c].range].clause_count++;
    for (u32 r = 0, first = 0; r < t->range_count; r++) {
        ranges[r].first_clause = first;
        first += ranges[r].clause_count;
        ranges[r].clause_count = 0;
    }
    for (u32 c = 0; c < t->clause_count; c++) {
        const PendingClause *const from = &t->clauses[c];
        TryRange *const range = &ranges[from->range];
        clauses[range->first_clause + range->clause_count++] =
            (CatchClause){.kind = from->kind, .tag = from->tag, .slot = from->slot,
                          .target = label_offset(t, from->label, size)};
    }
    return code;
}
