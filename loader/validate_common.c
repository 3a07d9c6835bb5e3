// validate_common.c -- the same rules again for the instructions that programs are made of.
//
// Validation without a sink happens for every byte of every module that is loaded, so it
// should run at the speed of reading it. This loop types the common instructions in their
// common form: operand types equal to what is wanted, short immediates, blocks with at most
// one result. Whatever is not just so (subtyping, unreachable code with missing operands, any
// error) it leaves untouched to the rules proper, which then say what is wrong, if anything:
// here nothing is ever refused. tests/test_loader_validate.c compares the two on every body.
//                                                       spec: algo-valid
// SPDX-License-Identifier: MIT
#include "loader/typing.h"

typedef enum CommonAction {
    COMMON_NO,      // for the rules proper; also what the build or the feature set lacks
    COMMON_SIMPLE,  // all that the row's other fields describe
    COMMON_LOCAL_GET,
    COMMON_LOCAL_SET,
    COMMON_LOCAL_TEE,
    COMMON_GLOBAL_GET,
    COMMON_GLOBAL_SET,
    COMMON_SELECT,
    COMMON_BLOCK,
    COMMON_LOOP,
    COMMON_IF,
    COMMON_ELSE,
    COMMON_END,
    COMMON_BR,
    COMMON_BR_IF,
    COMMON_BR_TABLE,
    COMMON_RETURN,
    COMMON_CALL,
    COMMON_CALL_INDIRECT,
    COMMON_UNREACHABLE
} CommonAction;

// What to do for an opcode byte. Three quarters of all instructions are simple: they skip
// immediates, pop at most two operands and push at most one. One straight line of code
// without a jump by opcode types them all, since such a jump would be mispredicted half of
// the time: masks choose what counts. Local instructions are in it too, if their index is
// one byte: `get_mask` and `set_mask` let the
// local's type in as what is pushed or wanted.
typedef struct CommonRow {
    u8 action;   // CommonAction; local instructions have their own for longer indices
    u8 length;   // bytes if its LEB128 has one; 0 if the instruction is not simple
    u8 leb_at;   // where that is,
    u8 leb_bit;  // 0x80 if there is one,
    u8 leb_more; // and how many more bytes it may have here
    u8 pops, pushes;
    u8 top_at, below_at;  // where the operands wanted are, from the top; 0 if none are
    u8 top_type, below_type, result;  // numeric types are their kind, so a byte holds them
    u8 align;    // most that the first immediate byte may be
    u8 is_local;
    u32 top_mask, below_mask;  // ~0 if the operand must have that type
    u32 get_mask, set_mask;    // ~0 where the local's type joins result or top_type
} CommonRow;

_Static_assert(sizeof(CommonRow) == 32, "a shift finds the row");

static CommonAction special_action(Op op)
{
    switch (op) {
    case OP_local_get: return COMMON_LOCAL_GET;
    case OP_local_set: return COMMON_LOCAL_SET;
    case OP_local_tee: return COMMON_LOCAL_TEE;
    case OP_global_get: return COMMON_GLOBAL_GET;
    case OP_global_set: return COMMON_GLOBAL_SET;
    case OP_select: return COMMON_SELECT;
    case OP_block: return COMMON_BLOCK;
    case OP_loop: return COMMON_LOOP;
    case OP_if: return COMMON_IF;
    case OP_else: return COMMON_ELSE;
    case OP_end: return COMMON_END;
    case OP_br: return COMMON_BR;
    case OP_br_if: return COMMON_BR_IF;
    case OP_br_table: return COMMON_BR_TABLE;
    case OP_return: return COMMON_RETURN;
    case OP_call: return COMMON_CALL;
    case OP_call_indirect: return COMMON_CALL_INDIRECT;
    case OP_unreachable: return COMMON_UNREACHABLE;
    default: return COMMON_NO;
    }
}

static u8 common_type(char letter)
{
    switch (letter) {
    case 'a':
    case 'i': return TYPE_I32;
    case 'l': return TYPE_I64;
    case 'f': return TYPE_F32;
    case 'd': return TYPE_F64;
    default: return TYPE_BOTTOM;
    }
}

// A simple row that pops and pushes what the type column says; not simple if that is more
// than two operands and one result, or not numbers.
static CommonRow typed_row(const OpInfo *info)
{
    CommonRow row = {.action = COMMON_SIMPLE, .length = 1, .align = 255};
    u32 pops = (u32)strcspn(info->type, ":"), pushes = (u32)strlen(info->type) - pops - 1;
    if (pops > 2 || pushes > 1) return (CommonRow){0};
    row.pops = (u8)pops;
    row.pushes = (u8)pushes;
    if (pushes) row.result = common_type(info->type[pops + 1]);
    if (pops > 0) {
        row.top_at = 1;
        row.top_mask = ~0u;
        row.top_type = common_type(info->type[pops - 1]);
    }
    if (pops > 1) {
        row.below_at = 2;
        row.below_mask = ~0u;
        row.below_type = common_type(info->type[0]);
    }
    bool numbers = (!pushes || row.result) && (!pops || row.top_type) &&
                   (pops < 2 || row.below_type);
    return numbers ? row : (CommonRow){0};
}

// local.get, local.set, local.tee. Also simple, but keep their action.
static CommonRow local_row(Op op)
{
    CommonRow row = {.action = (u8)special_action(op), .length = 2, .align = 127, .leb_at = 1,
                     .leb_bit = 0x80, .is_local = 1};
    if (op == OP_local_get) {
        row.get_mask = ~0u;
    } else {
        row.pops = row.top_at = 1;
        row.top_mask = row.set_mask = ~0u;
    }
    if (op == OP_local_tee) row.get_mask = ~0u;
    row.pushes = op != OP_local_set;
    return row;
}

static CommonRow common_row(const Validator *v, Op op)
{
    const OpInfo *info = &op_info[op];
    bool usual_memory = v->m->memory_count > 0 && !v->m->memories[0].type.limits.is64;
    if (!feature_on(v->m->features, (Feature)info->feature)) return (CommonRow){0};
    if (info->immediate == IMM_LOCAL) return local_row(op);
    if (op == OP_drop)
        return (CommonRow){.action = COMMON_SIMPLE, .length = 1, .pops = 1, .align = 255};
    if (info->type[0] == '*') return (CommonRow){.action = (u8)special_action(op)};
    CommonRow row = typed_row(info);
    if (!row.length) return row;
    switch ((ImmKind)info->immediate) {
    case IMM_NONE: break;
    case IMM_F32: row.length = 5; break;
    case IMM_F64: row.length = 9; break;
    // Numbers of the full five or ten bytes could be malformed in their last one: not here.
    case IMM_I32: row.leb_more = 3; break;
    case IMM_I64: row.leb_more = 8; break;
    case IMM_MEMARG:
        if (!usual_memory) return (CommonRow){0};
        row.align = (u8)op_align_log2(op);
        row.leb_at = 2;
        row.leb_more = 3;
        break;
    default: return (CommonRow){0};
    }
    if (row.leb_more) {
        if (!row.leb_at) row.leb_at = 1;
        row.leb_bit = 0x80;
        row.length = (u8)(row.leb_at + 1);
    }
    return row;
}

bool common_rows_init(Validator *v)
{
    if (v->common) return true;
    CommonRow *rows = allocator_resize(v->allocator, NULL, 0, 256 * sizeof *rows);
    if (!rows) return false;
    for (u32 byte = 0; byte < 256; byte++) {
        Op op = op_of_code(0, byte);
        rows[byte] = op == OP_COUNT ? (CommonRow){0} : common_row(v, op);
    }
    v->common = rows;
    return true;
}

void common_rows_free(Validator *v)
{
    allocator_free(v->allocator, v->common, 256 * sizeof *v->common);
}

// An unsigned LEB128 of at most 32 bits; NULL if it is anything else. The caller knows that
// five bytes can be read.
INLINE const u8 *skip_u32(const u8 *p, u32 *value)
{
    u32 byte = *p++, v = byte & 0x7f;
    for (u32 shift = 7; byte & 0x80; shift += 7) {
        byte = *p++;
        if (shift == 28 && byte > 0x0f) return NULL;
        v |= (byte & 0x7f) << shift;
    }
    *value = v;
    return p;
}

// The list of one numeric result for a block type byte; NULL if it is something else.
INLINE const ValType *block_result(u8 byte)
{
    static const ValType numeric[] = {TYPE_F64, TYPE_F32, TYPE_I64, TYPE_I32};
    return byte >= 0x7c && byte <= 0x7f ? &numeric[byte - 0x7c] : NULL;
}

// Bytes behind `p` that an instruction here may look at before anyone checks: an opcode, a
// block type or up to ten bytes of immediates. (br_table checks for itself.)
enum { COMMON_LOOKAHEAD = 16 };

void walk_common(Validator *v)
{
    const Module *m = v->m;
    const CommonRow *rows = v->common;
    const u8 *p = v->reader.at, *end = v->reader.end;
    const u8 *last = m->size < COMMON_LOOKAHEAD ? NULL : m->bytes + m->size - COMMON_LOOKAHEAD;
    const ValType *locals = v->flat_locals;
    u32 local_count = v->local_count < LOCALS_FLAT ? (u32)v->local_count : LOCALS_FLAT;
    u32 simple_count = v->has_undefaulted ? 0 : local_count;
    if (!last) return;
    if (end - 1 < last) last = end - 1;

    // `sp` is one past the top operand, `base` the bottom of the innermost block. Pushing two
    // never overruns `room`.
    ValType *operands = v->operands, *sp = operands + v->operand_count;
    ValType *room = operands + v->operand_capacity - 2;
    Control *c = top_control(v);
    ValType *base = operands + c->height;
    const u8 *at;
    u32 index, count;
    const FuncType *t;

    for (;;) {
        if (UNLIKELY(p > last) || UNLIKELY(sp > room)) {
            at = p;
            break;
        }
        at = p;
        const CommonRow *row = &rows[*p];
        if (row->length) {
            u32 first = p[1], local = locals[first & 0x7f];
            // The next instruction's place depends on nothing but the row, so that the
            // processor can run ahead.
            p += row->length;
            if (UNLIKELY(at[row->leb_at] & row->leb_bit)) {
                if (row->is_local) goto by_action;
                const u8 *most = p + row->leb_more;
                while (p < most && *p & 0x80) p++;
                if (p == most) goto leave;
                p++;
            }
            if (UNLIKELY(sp - base < row->pops)) goto by_action;
            u32 top = sp[-row->top_at] ^ (row->top_type | (local & row->set_mask));
            u32 below = sp[-row->below_at] ^ row->below_type;
            u32 wrong = (top & row->top_mask) | (below & row->below_mask) |
                        (row->is_local & (first >= simple_count)) | (first > row->align);
            if (UNLIKELY(wrong)) goto by_action;
            sp -= row->pops;
            *sp = row->result | (local & row->get_mask);
            sp += row->pushes;
            continue;
        }
    by_action:
        p = at + 1;
        switch ((CommonAction)row->action) {
        case COMMON_NO:
        case COMMON_SIMPLE: goto leave;
        case COMMON_LOCAL_GET:
            if (!(p = skip_u32(p, &index)) || index >= local_count) goto leave;
            if (UNLIKELY(!type_is_defaultable(locals[index]))) goto leave;
            *sp++ = locals[index];
            continue;
        case COMMON_LOCAL_SET:
            if (!(p = skip_u32(p, &index)) || index >= local_count) goto leave;
            if (sp == base || sp[-1] != locals[index]) goto leave;
            if (UNLIKELY(!type_is_defaultable(locals[index]))) goto leave;
            sp--;
            continue;
        case COMMON_LOCAL_TEE:
            if (!(p = skip_u32(p, &index)) || index >= local_count) goto leave;
            if (sp == base || sp[-1] != locals[index]) goto leave;
            if (UNLIKELY(!type_is_defaultable(locals[index]))) goto leave;
            continue;
        case COMMON_GLOBAL_GET:
            if (!(p = skip_u32(p, &index)) || index >= m->global_count) goto leave;
            *sp++ = m->globals[index].type.value;
            continue;
        case COMMON_GLOBAL_SET:
            if (!(p = skip_u32(p, &index)) || index >= m->global_count) goto leave;
            if (sp == base || sp[-1] != m->globals[index].type.value) goto leave;
            if (!m->globals[index].type.is_mutable) goto leave;
            sp--;
            continue;
        case COMMON_SELECT:
            if (sp - base < 3 || sp[-1] != TYPE_I32 || sp[-2] != sp[-3] || type_is_ref(sp[-2]))
                goto leave;
            sp -= 2;
            continue;

        case COMMON_IF:
            if (sp == base || sp[-1] != TYPE_I32) goto leave;
            // fall through
        case COMMON_BLOCK:
        case COMMON_LOOP: {
            const ValType *result = block_result(*p);
            if (!result && *p != 0x40) goto leave;
            if (v->control_count == v->control_capacity) goto leave;
            p++;
            if (row->action == COMMON_IF) sp--;
            bool dead = c->dead;
            c = &v->controls[v->control_count++];
            base = sp;
            *c = (Control){
                .kind = row->action == COMMON_BLOCK  ? CONTROL_BLOCK
                        : row->action == COMMON_LOOP ? CONTROL_LOOP
                                                     : CONTROL_IF,
                .dead = dead,
                .dead_entry = dead,
                .at = (u32)(at - m->bytes),
                .height = (u32)(sp - operands),
                .init_height = v->init_count,
                .results = result,
                .result_count = result != NULL,
            };
            continue;
        }
        case COMMON_ELSE:
            if (c->kind != CONTROL_IF || c->param_count || c->result_count > 1 ||
                v->init_count != c->init_height)
                goto leave;
            if (sp - base != (ptrdiff_t)c->result_count && !(c->unreachable && sp == base))
                goto leave;
            if (sp > base && *base != c->results[0]) goto leave;
            c->kind = CONTROL_ELSE;
            c->unreachable = false;
            c->dead = c->dead_entry;
            sp = base;
            continue;
        case COMMON_END:
            if (v->control_count == 1 || c->result_count > 1 || v->init_count != c->init_height)
                goto leave;
            if (c->kind == CONTROL_IF && (c->param_count || c->result_count)) goto leave;
            if (sp - base != (ptrdiff_t)c->result_count && !(c->unreachable && sp == base))
                goto leave;
            if (c->result_count) {
                if (sp > base && *base != c->results[0]) goto leave;
                *base = c->results[0];
            }
            sp = base + c->result_count;
            v->control_count--;
            c--;
            base = operands + c->height;
            continue;

        case COMMON_RETURN:
        case COMMON_BR: {
            index = v->control_count - 1;
            if (row->action == COMMON_BR && !(p = skip_u32(p, &index))) goto leave;
            if (index >= v->control_count) goto leave;
            const ValType *types = control_label(&v->controls[v->control_count - 1 - index], &count);
            if (count > 1 || (count == 1 && (sp == base || sp[-1] != types[0]))) goto leave;
            sp = base;
            c->unreachable = c->dead = true;
            continue;
        }
        case COMMON_BR_IF: {
            if (!(p = skip_u32(p, &index)) || index >= v->control_count) goto leave;
            const ValType *types = control_label(&v->controls[v->control_count - 1 - index], &count);
            if (sp == base || sp[-1] != TYPE_I32 || count > 1) goto leave;
            if (count == 1 && (sp - base < 2 || sp[-2] != types[0])) goto leave;
            sp--;
            continue;
        }
        case COMMON_BR_TABLE: {
            u32 labels;
            if (!(p = skip_u32(p, &labels)) || sp == base || sp[-1] != TYPE_I32) goto leave;
            for (u64 n = 0; n <= labels; n++) {
                if (p > last || !(p = skip_u32(p, &index)) || index >= v->control_count) goto leave;
                control_label(&v->controls[v->control_count - 1 - index], &count);
                if (count) goto leave;
            }
            sp = base;
            c->unreachable = c->dead = true;
            continue;
        }
        case COMMON_UNREACHABLE:
            sp = base;
            c->unreachable = c->dead = true;
            continue;

        case COMMON_CALL_INDIRECT:
            if (!(p = skip_u32(p, &index)) || index >= m->type_count) goto leave;
            if (*p++ != 0 || m->table_count == 0 || m->tables[0].type.elem != TYPE_FUNCREF ||
                m->tables[0].type.limits.is64)
                goto leave;
            if (sp == base || sp[-1] != TYPE_I32) goto leave;
            if (module_type(m, index)->comp != COMP_FUNC) goto leave;
            t = &module_type(m, index)->of.func;
            sp--;
            goto call;
        case COMMON_CALL:
            if (!(p = skip_u32(p, &index)) || index >= m->func_count) goto leave;
            t = module_func_type(m, index);
        call: {
            count = t->param_count;
            if (sp - base < (ptrdiff_t)count || t->result_count > 2) goto leave_call;
            const ValType *args = sp - count;
            for (u32 n = 0; n < count; n++)
                if (args[n] != t->params[n]) goto leave_call;
            sp -= count;
            for (u32 n = 0; n < t->result_count; n++) *sp++ = t->results[n];
            continue;
        }
        leave_call:
            if (row->action == COMMON_CALL_INDIRECT) sp++;  // its i32 is still there
            goto leave;
        }
    }
leave:
    // An instruction that goes on behind the body's end leaves `p`, and then `at`, behind it too.
    if (at > end) reader_fail(&v->reader, ERROR_UNEXPECTED_END, (u32)(end - m->bytes), 0);
    else v->reader.at = at;
    v->operand_count = (u32)(sp - operands);
}
