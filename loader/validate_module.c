// validate_module.c -- the rules for everything around function bodies.
//                                                       spec: valid-module
// SPDX-License-Identifier: MIT
#include "loader/load.h"

// What the checks share. `fail` notes where: a section, or what stands in it and has a name.
typedef struct Checker {
    Module *m;
    LoadError *error;
    u8 section;
    const u8 *name;  // of the export under check, in the module's bytes; else NULL
} Checker;

static bool check_fail(Checker *c, ErrorCode code, u32 number)
{
    u32 at = c->name ? (u32)(c->name - c->m->bytes) : c->m->sections[c->section].at;
    c->error->section = c->section;
    load_error_set(c->error, code, at, number, NULL);
    return false;
}

// --- Types ---------------------------------------------------------------------------

static bool check_val(Checker *c, ValType *t)
{
    c->error->section = c->section;
    return canonicalize_type(c->m, t, c->m->sections[c->section].at, c->error);
}

// A type index that must be a function's becomes canonical.
static bool check_func_type(Checker *c, u32 *type)
{
    if (*type >= c->m->type_count) return check_fail(c, ERROR_UNKNOWN_TYPE, *type);
    if (module_type(c->m, *type)->comp != COMP_FUNC)
        return check_fail(c, ERROR_NOT_A_FUNCTION_TYPE, *type);
    *type = module_canonical(c->m, *type);
    return true;
}

// spec: valid-limits
static bool check_limits(Checker *c, const Limits *l, u64 most, ErrorCode too_large)
{
    if (l->min > most || (l->has_max && l->max > most)) return check_fail(c, too_large, 0);
    if (l->has_max && l->min > l->max) return check_fail(c, ERROR_MIN_ABOVE_MAX, 0);
    return true;
}

// spec: valid-tabletype
static bool check_table_type(Checker *c, TableType *t)
{
    u64 most = t->limits.is64 ? UINT64_MAX : UINT32_MAX;
    return check_val(c, &t->elem) && check_limits(c, &t->limits, most, ERROR_TABLE_SIZE);
}

// Pages of 64 KiB or single bytes; as many as addresses can reach. spec: valid-memtype
static bool check_memory_type(Checker *c, const Limits *l)
{
    if (l->page_log2 != 16 && l->page_log2 != 0) return check_fail(c, ERROR_INVALID_PAGE_SIZE, 0);
    u64 most = l->is64 ? UINT64_MAX >> l->page_log2 : UINT32_MAX >> l->page_log2;
    ErrorCode too_large = ERROR_PAGE_MEMORY_SIZE;
    if (l->page_log2 == 16) {
        most++;  // 2^16 or 2^48 pages: all of the address space
        too_large = l->is64 ? ERROR_MEMORY64_SIZE : ERROR_MEMORY_SIZE;
    }
    if (l->shared && !l->has_max) return check_fail(c, ERROR_SHARED_NO_MAX, 0);
    return check_limits(c, l, most, too_large);
}

// spec: valid-tagtype
static bool check_tag_type(Checker *c, Tag *tag)
{
    if (!check_func_type(c, &tag->type)) return false;
    const FuncType *t = &c->m->types[tag->type].of.func;
    return t->result_count == 0 || check_fail(c, ERROR_TAG_RESULT, 0);
}

// The section an entry of an index space came from.
static void in_section(Checker *c, u32 import, u8 own)
{
    c->section = import == NO_INDEX ? own : SECTION_IMPORT;
}

static bool check_index_spaces(Checker *c)
{
    Module *m = c->m;
    for (u32 i = 0; i < m->func_count; i++) {
        in_section(c, m->funcs[i].import, SECTION_FUNCTION);
        if (!check_func_type(c, &m->funcs[i].type)) return false;
    }
    for (u32 i = 0; i < m->table_count; i++) {
        in_section(c, m->tables[i].import, SECTION_TABLE);
        if (!check_table_type(c, &m->tables[i].type)) return false;
    }
    for (u32 i = 0; i < m->memory_count; i++) {
        in_section(c, m->memories[i].import, SECTION_MEMORY);
        if (!check_memory_type(c, &m->memories[i].type.limits)) return false;
    }
    for (u32 i = 0; i < m->global_count; i++) {
        in_section(c, m->globals[i].import, SECTION_GLOBAL);
        if (!check_val(c, &m->globals[i].type.value)) return false;
    }
    for (u32 i = 0; i < m->tag_count; i++) {
        in_section(c, m->tags[i].import, SECTION_TAG);
        if (!check_tag_type(c, &m->tags[i])) return false;
    }
    c->section = SECTION_MEMORY;
    if (m->memory_count > 1 && !feature_on(m->features, FEATURE_MULTI_MEMORY))
        return check_fail(c, ERROR_MULTIPLE_MEMORIES, 0);
    c->section = SECTION_TABLE;
    if (m->table_count > 1 && !feature_on(m->features, FEATURE_REFERENCE_TYPES))
        return check_fail(c, ERROR_MULTIPLE_TABLES, 0);
    return true;
}

// --- Constant expressions --------------------------------------------------------------

static bool check_expr(Checker *c, Validator *v, ConstExpr expr, ValType type, u32 global_count)
{
    if (validate_const_expr(v, expr, type, global_count)) return true;
    *c->error = v->error;
    c->error->section = c->section;
    return false;
}

// How many globals an expression may read: those before it, with GC; imported ones before.
static u32 visible_globals(const Module *m, u32 before)
{
    return feature_on(m->features, FEATURE_GC) ? before : m->import_global_count;
}

// spec: valid-globalseq
static bool check_globals(Checker *c, Validator *v)
{
    Module *m = c->m;
    c->section = SECTION_GLOBAL;
    for (u32 i = m->import_global_count; i < m->global_count; i++) {
        const Global *global = &m->globals[i];
        if (!check_expr(c, v, global->init, global->type.value, visible_globals(m, i)))
            return false;
    }
    return true;
}

// Elements start as the initialiser, else as null, which the type must then allow.
//                                                       spec: valid-table
static bool check_tables(Checker *c, Validator *v)
{
    Module *m = c->m;
    c->section = SECTION_TABLE;
    for (u32 i = m->import_table_count; i < m->table_count; i++) {
        const Table *table = &m->tables[i];
        if (table->init.size == 0) {
            if (!type_is_defaultable(table->type.elem))
                return check_fail(c, ERROR_TYPE_MISMATCH, 0);
        } else if (!check_expr(c, v, table->init, table->type.elem,
                               visible_globals(m, m->import_global_count))) {
            return false;
        }
    }
    return true;
}

// spec: valid-elem
static bool check_elem(Checker *c, Validator *v, Elem *e)
{
    Module *m = c->m;
    u32 globals = visible_globals(m, m->global_count);
    if (!check_val(c, &e->type)) return false;
    ElemItems items = elem_items(m, e);
    for (ElemItem item; elem_next(m, &items, &item);) {
        if (item.func == NO_INDEX) {
            if (!check_expr(c, v, item.expr, e->type, globals)) return false;
        } else if (item.func >= m->func_count) {
            return check_fail(c, ERROR_UNKNOWN_FUNCTION, item.func);
        } else {
            m->func_refs[item.func >> 5] |= 1u << (item.func & 31);
        }
    }
    if (e->mode != SEGMENT_ACTIVE) return true;
    if (e->table >= m->table_count) return check_fail(c, ERROR_UNKNOWN_TABLE, e->table);
    const TableType *table = &m->tables[e->table].type;
    if (!module_matches(m, e->type, table->elem)) return check_fail(c, ERROR_TYPE_MISMATCH, 0);
    return check_expr(c, v, e->offset, limits_address_type(&table->limits), globals);
}

// spec: valid-data
static bool check_data(Checker *c, Validator *v, const Data *data)
{
    Module *m = c->m;
    if (data->mode != SEGMENT_ACTIVE) return true;
    if (data->memory >= m->memory_count) return check_fail(c, ERROR_UNKNOWN_MEMORY, data->memory);
    ValType address = limits_address_type(&m->memories[data->memory].type.limits);
    return check_expr(c, v, data->offset, address, visible_globals(m, m->global_count));
}

static bool check_segments(Checker *c, Validator *v)
{
    Module *m = c->m;
    c->section = SECTION_ELEM;
    for (u32 i = 0; i < m->elem_count; i++)
        if (!check_elem(c, v, &m->elems[i])) return false;
    c->section = SECTION_DATA;
    for (u32 i = 0; i < m->data_count; i++)
        if (!check_data(c, v, &m->datas[i])) return false;
    return true;
}

// --- Start and exports -----------------------------------------------------------------

// spec: valid-start
static bool check_start(Checker *c)
{
    Module *m = c->m;
    c->section = SECTION_START;
    if (m->start == NO_INDEX && m->sections[SECTION_START].at == 0) return true;
    if (m->start >= m->func_count) return check_fail(c, ERROR_UNKNOWN_FUNCTION, m->start);
    const FuncType *t = module_func_type(m, m->start);
    return (t->param_count == 0 && t->result_count == 0) || check_fail(c, ERROR_START_FUNCTION, 0);
}

static int compare_names(const Name *a, const Name *b)
{
    u32 size = a->size < b->size ? a->size : b->size;
    int order = size ? memcmp(a->bytes, b->bytes, size) : 0;
    return order ? order : (a->size > b->size) - (a->size < b->size);
}

// Moves the name at `at` of the heap down to where it belongs.
static void sift_export(const Export *exports, u32 *order, u32 at, u32 count)
{
    for (u32 child; (child = at * 2 + 1) < count; at = child) {
        if (child + 1 < count && compare_names(&exports[order[child]].name,
                                               &exports[order[child + 1]].name) < 0)
            child++;
        if (compare_names(&exports[order[at]].name, &exports[order[child]].name) >= 0) return;
        u32 moved = order[at];
        order[at] = order[child];
        order[child] = moved;
    }
}

// Heapsort: no recursion, no memory, and no order of names makes it slow.
static void sort_exports(const Export *exports, u32 *order, u32 count)
{
    for (u32 i = 0; i < count; i++) order[i] = i;
    for (u32 i = count / 2; i-- > 0;) sift_export(exports, order, i, count);
    for (u32 left = count; left > 1;) {
        u32 largest = order[0];
        order[0] = order[--left];
        order[left] = largest;
        sift_export(exports, order, 0, left);
    }
}

const Export *module_find_export(const Module *m, const void *name, size_t size)
{
    if (size > UINT32_MAX) return NULL;
    Name wanted = {name, (u32)size};
    u32 low = 0, high = m->export_count;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        const Export *export = &m->exports[m->export_order[middle]];
        int order = compare_names(&wanted, &export->name);
        if (order == 0) return export;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static bool check_export(Checker *c, const Export *export)
{
    Module *m = c->m;
    switch ((ExternKind)export->kind) {
    case EXTERN_FUNC:
        if (export->index >= m->func_count)
            return check_fail(c, ERROR_UNKNOWN_FUNCTION, export->index);
        m->func_refs[export->index >> 5] |= 1u << (export->index & 31);
        return true;
    case EXTERN_TABLE:
        return export->index < m->table_count ||
               check_fail(c, ERROR_UNKNOWN_TABLE, export->index);
    case EXTERN_MEMORY:
        return export->index < m->memory_count ||
               check_fail(c, ERROR_UNKNOWN_MEMORY, export->index);
    case EXTERN_GLOBAL:
        if (export->index >= m->global_count)
            return check_fail(c, ERROR_UNKNOWN_GLOBAL, export->index);
        return !m->globals[export->index].type.is_mutable ||
               feature_on(m->features, FEATURE_MUTABLE_GLOBALS) ||
               check_fail(c, ERROR_MUTABLE_GLOBAL_IMPORT, 0);
    default:
        return export->index < m->tag_count || check_fail(c, ERROR_UNKNOWN_TAG, export->index);
    }
}

// spec: valid-export
static bool check_exports(Checker *c)
{
    Module *m = c->m;
    c->section = SECTION_EXPORT;
    for (u32 i = 0; i < m->export_count; i++) {
        c->name = m->exports[i].name.bytes;
        if (!check_export(c, &m->exports[i])) return false;
    }
    c->name = NULL;
    m->export_order = ARENA_NEW(&m->arena, m->export_count, u32);
    if (!m->export_order) return check_fail(c, ERROR_OUT_OF_MEMORY, 0);
    sort_exports(m->exports, m->export_order, m->export_count);
    for (u32 i = 1; i < m->export_count; i++) {
        const Name *one = &m->exports[m->export_order[i - 1]].name;
        const Name *other = &m->exports[m->export_order[i]].name;
        if (compare_names(one, other) != 0) continue;
        c->name = one->bytes > other->bytes ? one->bytes : other->bytes;
        return check_fail(c, ERROR_DUPLICATE_EXPORT, 0);
    }
    return true;
}

// --- The module ------------------------------------------------------------------------

static bool check_bodies(Checker *c, Validator *v)
{
    for (u32 i = c->m->import_func_count; i < c->m->func_count; i++) {
        if (validate_body(v, i, NULL)) continue;
        *c->error = v->error;
        c->error->section = SECTION_CODE;
        return false;
    }
    return true;
}

// A module that breaks a rule may also be malformed further on, and that counts more.
static void prefer_malformed(Checker *c)
{
    Module *m = c->m;
    if (c->error->kind != LOAD_INVALID) return;
    for (u32 i = m->import_func_count; i < m->func_count; i++) {
        LoadError error = LOAD_ERROR_INIT;
        if (decode_body(m, m->funcs[i].code, &m->allocator, &error)) continue;
        error.section = SECTION_CODE;
        error.func_index = i;
        *c->error = error;
        return;
    }
}

bool validate_module(Module *m, LoadError *error)
{
    Checker c = {.m = m, .error = error, .section = SECTION_TYPE};
    Validator v;
    validator_init(&v, m, &m->allocator);
    m->func_refs = ARENA_NEW(&m->arena, (size_t)m->func_count / 32 + 1, u32);
    bool ok = m->func_refs || check_fail(&c, ERROR_OUT_OF_MEMORY, 0);
    if (ok) {
        ok = validate_types(m, error);
        if (!ok) error->section = SECTION_TYPE;
    }
    ok = ok && check_index_spaces(&c) && check_tables(&c, &v) && check_globals(&c, &v) &&
         check_segments(&c, &v) && check_start(&c) && check_exports(&c) && check_bodies(&c, &v);
    if (!ok) prefer_malformed(&c);
    validator_free(&v);
    return ok;
}
