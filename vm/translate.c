// translate.c -- from instructions to slot code, folding on the way.
//
// The translator walks a function once, as the sink of the validator, and keeps a symbolic
// operand stack: an operand is a local, a constant, or the result of an Ins in its own slot.
// So local.get and const make no code at all; an instruction takes its operands from where
// they are. What else is folded:
//
//     accumulator   a result that the next instruction takes stays in a register
//     destination   local.set changes where the result before it goes
//     branches      a comparison and the branch on it are one Ins
//     addresses     an addition (and shift) becomes part of the load or store it feeds
//
// Each of these can be switched off (TRANSLATE_* of exec.h); nothing depends on them. The
// translator is deterministic, so a second run can tell where everything is (Sites).
//                                                   see docs/INTERPRETER.md
// SPDX-License-Identifier: MIT
#include "vm/translate_parts.h"

// Counts instructions for fuel: structure is free, everything else costs one.
static void count_fuel(Translator *t, const Instr *instr)
{
    switch (instr->op) {
    case OP_block: case OP_loop: case OP_if: case OP_else: case OP_end: case OP_try_table:
    case OP_try: case OP_catch: case OP_catch_all: case OP_delegate:
        if (instr->op != OP_if) return;
        break;
    default: break;
    }
    if (t->fuel < 0) {
        // The program may stop here: no register holds anything, and what was made is where it is.
        emit(t, FORM_fuel, LAYOUT_IMM, 0);
        t->fuel = last(t);
        barrier(t);
    }
    t->ins[t->fuel].imm++;
}

static void dead_instr(Translator *t, const Instr *instr)
{
    switch (instr->op) {
    case OP_block: case OP_loop: case OP_if: case OP_try: case OP_try_table:
        push_block(t, CONTROL_BLOCK, true);
        break;
    default: break;
    }
}

static bool visit_places(Translator *t, const Validator *v, const Instr *instr)
{
    Sites *const s = t->sites;
    if (!s || s->wanted != instr->at || s->found) return true;
    s->found = true;
    for (u32 l = 0; l < t->local_count; l++) {
        const Place place = {.kind = PLACE_LOCAL, .type = local_type(v, l), .slot = t->locals[l].slot};
        if (s->visit) s->visit(s->context, &place);
    }
    u32 count = t->item_count;
    const u8 immediate = op_info[instr->op].immediate;
    const bool calls = immediate == IMM_FUNC || immediate == IMM_CALL_INDIRECT || instr->op == OP_call_ref;
    if (!s->operands_of_call && calls && instr->op != OP_ref_func && !v->dead) {
        const bool through = immediate != IMM_FUNC;
        const u32 taken_by_call = v->callee->param_count + through;
        count = count > taken_by_call ? count - taken_by_call : 0;
    }
    for (u32 h = 0; h < count; h++) {
        const Item *const item = &t->items[h];
        Place place = {.kind = item->kind == ITEM_CONST ? PLACE_CONST : PLACE_SLOT, .type = item->type, .slot = item->slot};
        if (item->kind == ITEM_LOCAL) place.slot = t->locals[item->local].slot, place.kind = PLACE_LOCAL;
        place.value[0] = item->value;
        if (s->visit) s->visit(s->context, &place);
    }
    return true;
}

// Each of these knows some of the instructions and says whether this was one of them.
static bool one_instr(Translator *t, const Validator *v, const Instr *instr)
{
    return local_instr(t, v, instr) || number_instr(t, instr) || access_instr(t, v, instr) ||
           control_instr(t, v, instr) || call_instr(t, v, instr) || memory_instr(t, v, instr) ||
           table_instr(t, v, instr) || reference_instr(t, v, instr) || aggregate_instr(t, v, instr) ||
           try_instr(t, v, instr) || vector_instr(t, v, instr);
}

static bool translate_instr(Sink *sink, Validator *v, const Instr *instr)
{
    Translator *const t = (Translator *)sink;
    t->now = instr->at;
    if (!room(t)) return false;
    visit_places(t, v, instr);
    const bool structural = instr->op == OP_else || instr->op == OP_end || instr->op == OP_catch ||
                            instr->op == OP_catch_all || instr->op == OP_delegate;
    if (v->dead && !structural) {
        dead_instr(t, instr);
        return true;
    }
    if (t->module->fuel && !v->dead) count_fuel(t, instr);
    if (!one_instr(t, v, instr)) return false;
    return !t->failed && !t->too_large;
}

// A branch that takes many results along moves each of them, so a function of few bytes can ask
// for any number of Ins: more than this many, and four for each byte, are refused.
enum { MOST_INS = 1 << 16 };

// Slots for parameters and locals, as far as the first instruction finds them.
static bool start(Translator *t, const Validator *v)
{
    const FuncType *const type = v->func_type;
    // About one Ins for three bytes: a list that has that from the start is not copied. From
    // here on each list has a place to write to, even when it cannot grow.
    const u32 bytes = t->m->funcs[t->func_index].code.size, likely = bytes / 3;
    t->most = MOST_INS + (bytes < UINT32_MAX / 8 ? bytes : UINT32_MAX / 8) * 4;
    if (!grow_list(t, &t->ins, &t->capacity, likely, sizeof *t->ins) || !room(t) || !grow_list(t, &t->blocks, &t->block_capacity, 1, sizeof *t->blocks)) return false;
    t->param_slots = slots_of_all(type->params, type->param_count);
    t->result_slots = slots_of_all(type->results, type->result_count);
    t->header = t->param_slots > t->result_slots ? t->param_slots : t->result_slots;
    if (v->local_count > MAX_SLOT) {
        t->too_large = true;
        return false;
    }
    t->local_count = (u32)v->local_count;
    if (!grow_list(t, &t->locals, &t->locals_capacity, t->local_count + 1, sizeof *t->locals)) return false;
    u32 slot = 0;
    for (u32 l = 0; l < t->local_count; l++) {
        if (l == v->param_count) slot = t->header + 2;
        const ValType local = local_type(v, l);
        const bool param = l < v->param_count;
        // References are zeroed even if nothing reads them first: the collector does.
        t->locals[l] = (LocalUse){.slot = slot, .zero = param || type_is_ref(local), .wide = slots_of(local) == 2,
                                  .pin_class = in_acc(local) ? PIN_INTEGER : type_kind(local) == TYPE_F64 ? PIN_DOUBLE : PIN_NONE};
        slot += slots_of(local);
    }
    if (t->local_count == v->param_count) slot = t->header + 2;
    t->temp_base = slot;
    use_slots(t, slot);
    push_block(t, CONTROL_FUNC, false);
    emit(t, FORM_enter, LAYOUT_SLOTS, BARRIER);
    load_pins(t);
    barrier(t);
    return !t->failed && !t->too_large;
}

// Which slots must be zero when the function starts. The call does two of them; more, or a
// frame that needs a check of its own, take `enter`, which zeroes the run from the first to the last.
static void finish_enter(Translator *t, u32 param_count)
{
    u32 first = t->temp_base, end = 0, count = 0;
    const u32 unused = t->max_slot;
    t->zero[0] = t->zero[1] = unused;
    use_slots(t, unused + 1);
    for (u32 l = param_count; l < t->local_count; l++) {
        const LocalUse *const use = &t->locals[l];
        if (!use->zero) continue;
        for (u32 k = 0; k <= use->wide; k++) {
            if (count < 2) t->zero[count] = use->slot + k;
            count++;
        }
        if (use->slot < first) first = use->slot;
        end = use->slot + 1 + use->wide;
    }
    Ins *const i = &t->ins[0];
    i->a = first;
    i->b = count > 2 ? end - first : 0;
    if (t->max_slot > EXEC_STACK_RESERVE) {
        i->form = FORM_enter_large;
        i->layout = LAYOUT_TWO;
        i->imm = t->max_slot;
        i->b = end > first ? end - first : 0;
        t->zero[0] = t->zero[1] = t->header + 2;
    } else if (!i->b) {
        i->form = FORM_none;
        i->roles = 0;
    }
}

static bool translate_first(Sink *sink, Validator *v, const Instr *instr)
{
    Translator *const t = (Translator *)sink;
    if (!start(t, v)) return false;
    sink->instr = translate_instr;
    return translate_instr(sink, v, instr);
}

Code *translate(weft_module *module, u32 func_index, Sites *sites)
{
    Translator t = {.sink.instr = translate_first, .module = module, .m = module->decoded, .allocator = module->allocator,
                    .sites = sites, .mask = module->translator_mask, .func_index = func_index, .acc = -1, .facc = -1,
                    .gacc = -1, .vacc = -1, .fuel = -1, .range = NO_RANGE, .pins = {NO_PIN, NO_PIN, NO_PIN, NO_PIN}};
    Validator v;
    validator_init(&v, module->decoded, module->allocator);
    Code *code = NULL;
    const bool done = validate_body(&v, func_index, &t.sink);
    if (!t.failed && (done || t.too_large)) {
        if (t.too_large) {
            t.count = t.label_count = t.range_count = t.edge_count = t.clause_count = 0;
            t.zero[0] = t.zero[1] = t.header + 2;
            emit(&t, FORM_exhausted, LAYOUT_SLOTS, 0);
        } else {
            if (uses(&t, TRANSLATE_PINNED)) choose_pins(&t);
            finish_enter(&t, v.param_count);
        }
        code = t.failed ? NULL : encode(&t);
    }
    validator_free(&v);
    free_list(&t, t.ins, t.capacity, sizeof *t.ins);
    free_list(&t, t.items, t.item_capacity, sizeof *t.items);
    free_list(&t, t.labels, t.label_capacity, sizeof *t.labels);
    free_list(&t, t.blocks, t.block_capacity, sizeof *t.blocks);
    free_list(&t, t.targets, t.target_capacity, sizeof *t.targets);
    free_list(&t, t.locals, t.locals_capacity, sizeof *t.locals);
    free_list(&t, t.ranges, t.range_capacity, sizeof *t.ranges);
    free_list(&t, t.edges, t.edge_capacity, sizeof *t.edges);
    free_list(&t, t.clauses, t.clause_capacity, sizeof *t.clauses);
    return code;
}
