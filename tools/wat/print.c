// print.c -- a module as text that reads back as an equivalent module.
//
// Fields come in the order of their sections. Type definitions and indices are printed as
// they are in the module, so types keep their numbers.
//                                                       spec: text-module
// SPDX-License-Identifier: MIT
#include "tools/wat/print.h"

#include "loader/load.h"
#include "tools/wat/lexer.h"
#include "tools/wat/number.h"
#include "weft_wat.h"

void print_text(Printer *p, const char *text)
{
    bytes_text(p->out, text);
}

void print_number(Printer *p, u64 value)
{
    char text[NUMBER_TEXT_MAX];
    print_u64(text, value);
    print_text(p, text);
}

static void print_quoted(Printer *p, Name name)
{
    print_string(p->out, name.bytes, name.size);
}

// --- types ---------------------------------------------------------------------------

void print_heaptype(Printer *p, HeapType heap)
{
    if (heap_is_abstract(heap)) print_text(p, heap_name(heap_abstract(heap)));
    else print_ref_id(p, NAMES_TYPE, heap_index(heap));
}

void print_valtype(Printer *p, ValType type)
{
    char text[32];
    if (!type_is_ref(type) || heap_is_abstract(type_heap(type))) {
        type_format(type, text, sizeof text);
        print_text(p, text);
        return;
    }
    print_text(p, type_is_nullable(type) ? "(ref null " : "(ref ");
    print_heaptype(p, type_heap(type));
    print_text(p, ")");
}

// Parameters of one kind share their parentheses, unless they have names.
void print_functype(Printer *p, const FuncType *type, bool named)
{
    bool open = false;
    for (u32 i = 0; i < type->param_count; i++) {
        const PrintName *name = named ? print_inner_name(p, i) : NULL;
        if (name || !open) print_text(p, open ? ") (param" : " (param");
        open = true;
        if (name) {
            print_text(p, " ");
            print_text(p, name->id);
            print_exact_name(p, name);
        }
        print_text(p, " ");
        print_valtype(p, type->params[i]);
        if (name) print_text(p, ")"), open = false;
    }
    if (open) print_text(p, ")");
    if (type->result_count == 0) return;
    print_text(p, " (result");
    for (u32 i = 0; i < type->result_count; i++) {
        print_text(p, " ");
        print_valtype(p, type->results[i]);
    }
    print_text(p, ")");
}

void print_typeuse(Printer *p, u32 type_index, bool named)
{
    u32 index = module_canonical(p->m, type_index);
    print_text(p, " (type ");
    print_ref_id(p, NAMES_TYPE, index);
    print_text(p, ")");
    print_functype(p, &p->m->types[index].of.func, named);
}

static void print_fieldtype(Printer *p, const FieldType *field)
{
    if (field->is_mutable) print_text(p, "(mut ");
    print_valtype(p, field->storage);
    if (field->is_mutable) print_text(p, ")");
}

static void print_struct(Printer *p, const StructType *type, u32 index)
{
    start_field_names(p, index);
    print_text(p, "(struct");
    for (u32 i = 0; i < type->field_count; i++) {
        const PrintName *name = print_inner_name(p, i);
        print_text(p, " (field ");
        if (name) {
            print_text(p, name->id);
            print_exact_name(p, name);
            print_text(p, " ");
        }
        print_fieldtype(p, &type->fields[i]);
        print_text(p, ")");
    }
    print_text(p, ")");
}

static void print_comptype(Printer *p, const SubType *type, u32 index)
{
    switch ((CompKind)type->comp) {
    case COMP_FUNC:
        print_text(p, "(func");
        print_functype(p, &type->of.func, false);
        print_text(p, ")");
        break;
    case COMP_STRUCT: print_struct(p, &type->of.structure, index); break;
    case COMP_ARRAY:
        print_text(p, "(array ");
        print_fieldtype(p, &type->of.array.field);
        print_text(p, ")");
        break;
    }
}

static void print_typedef(Printer *p, u32 index, const char *indent)
{
    const SubType *type = &p->m->types[index];
    bool sub = !type->is_final || type->super != NO_INDEX;
    print_text(p, indent);
    print_text(p, "(type");
    print_definition_id(p, NAMES_TYPE, index);
    print_text(p, " ");
    if (sub) {
        print_text(p, type->is_final ? "(sub final " : "(sub ");
        if (type->super != NO_INDEX) {
            print_ref_id(p, NAMES_TYPE, type->super);
            print_text(p, " ");
        }
    }
    print_comptype(p, type, index);
    print_text(p, sub ? "))" : ")");
}

static void print_types(Printer *p)
{
    const Module *m = p->m;
    for (u32 i = 0; i < m->type_count; i++) {
        const SubType *type = &m->types[i];
        bool grouped = type->group_size > 1;
        if (grouped && i == type->group_start) print_text(p, "\n  (rec");
        print_typedef(p, i, grouped ? "\n    " : "\n  ");
        if (grouped && i + 1 == type->group_start + type->group_size) print_text(p, ")");
    }
}

// --- what is imported and defined ----------------------------------------------------

static void print_limits(Printer *p, const Limits *limits)
{
    if (limits->is64) print_text(p, " i64");
    print_text(p, " ");
    print_number(p, limits->min);
    if (limits->has_max) print_text(p, " "), print_number(p, limits->max);
    if (limits->shared) print_text(p, " shared");
}

static void print_memory_type(Printer *p, const Limits *limits)
{
    print_limits(p, limits);
    if (limits->page_log2 == 16) return;
    print_text(p, " (pagesize ");
    print_number(p, (u64)1 << limits->page_log2);
    print_text(p, ")");
}

static void print_table_type(Printer *p, const TableType *type)
{
    print_limits(p, &type->limits);
    print_text(p, " ");
    print_valtype(p, type->elem);
}

static void print_global_type(Printer *p, const GlobalType *type)
{
    print_text(p, type->is_mutable ? " (mut " : " ");
    print_valtype(p, type->value);
    if (type->is_mutable) print_text(p, ")");
}

// The word of an extern kind, and its name map.
static const struct {
    const char *word;
    NameKind names;
} extern_words[EXTERN_KIND_COUNT] = {
    [EXTERN_FUNC] = {"(func", NAMES_FUNC},       [EXTERN_TABLE] = {"(table", NAMES_TABLE},
    [EXTERN_MEMORY] = {"(memory", NAMES_MEMORY}, [EXTERN_GLOBAL] = {"(global", NAMES_GLOBAL},
    [EXTERN_TAG] = {"(tag", NAMES_TAG},
};

static void print_extern_type(Printer *p, u8 kind, u32 index)
{
    const Module *m = p->m;
    switch ((ExternKind)kind) {
    case EXTERN_FUNC:
        start_function_names(p, index);
        print_typeuse(p, m->funcs[index].type, true);
        break;
    case EXTERN_TABLE: print_table_type(p, &m->tables[index].type); break;
    case EXTERN_MEMORY: print_memory_type(p, &m->memories[index].type.limits); break;
    case EXTERN_GLOBAL: print_global_type(p, &m->globals[index].type); break;
    case EXTERN_TAG: print_typeuse(p, m->tags[index].type, false); break;
    case EXTERN_KIND_COUNT: break;
    }
}

// "(func $f (;0;) (type 0) ...", left open
static void print_definition(Printer *p, u8 kind, u32 index)
{
    print_text(p, extern_words[kind].word);
    print_definition_id(p, extern_words[kind].names, index);
    print_extern_type(p, kind, index);
}

static void print_imports(Printer *p)
{
    for (u32 i = 0; i < p->m->import_count; i++) {
        const Import *import = &p->m->imports[i];
        print_text(p, "\n  (import ");
        print_quoted(p, import->module);
        print_text(p, " ");
        print_quoted(p, import->name);
        print_text(p, " ");
        print_definition(p, import->kind, import->index);
        print_text(p, "))");
    }
}

static void start_hints(Printer *p, u32 func_index)
{
    while (p->hint_functions > 0 && p->hint_function < func_index) {
        if (--p->hint_functions > 0) p->hint_function = read_u32(&p->hint_reader);
    }
    p->hints_left = 0;
    if (p->hint_functions == 0 || p->hint_function != func_index) return;
    p->hints_left = read_count(&p->hint_reader);
    p->hint_offset = read_u32(&p->hint_reader);
    read_u32(&p->hint_reader);
    p->hint_value = read_byte(&p->hint_reader);
}

static void print_funcs(Printer *p)
{
    const Module *m = p->m;
    for (u32 i = m->import_func_count; i < m->func_count && !p->failed; i++) {
        print_text(p, "\n  ");
        print_definition(p, EXTERN_FUNC, i);
        start_hints(p, i);
        print_body(p, &m->funcs[i]);
        print_text(p, ")");
    }
}

static void print_tables(Printer *p)
{
    const Module *m = p->m;
    for (u32 i = m->import_table_count; i < m->table_count; i++) {
        print_text(p, "\n  ");
        print_definition(p, EXTERN_TABLE, i);
        if (m->tables[i].init.size) print_text(p, " "), print_expr(p, m->tables[i].init, NULL);
        print_text(p, ")");
    }
}

static void print_simple_definitions(Printer *p, ExternKind kind, u32 first, u32 count)
{
    for (u32 i = first; i < count; i++) {
        print_text(p, "\n  ");
        print_definition(p, (u8)kind, i);
        print_text(p, ")");
    }
}

static void print_globals(Printer *p)
{
    const Module *m = p->m;
    for (u32 i = m->import_global_count; i < m->global_count; i++) {
        print_text(p, "\n  ");
        print_definition(p, EXTERN_GLOBAL, i);
        print_text(p, " ");
        print_expr(p, m->globals[i].init, NULL);
        print_text(p, ")");
    }
}

static void print_exports(Printer *p)
{
    for (u32 i = 0; i < p->m->export_count; i++) {
        const Export *export = &p->m->exports[i];
        print_text(p, "\n  (export ");
        print_quoted(p, export->name);
        print_text(p, " ");
        print_text(p, extern_words[export->kind].word);
        print_text(p, " ");
        print_ref_id(p, extern_words[export->kind].names, export->index);
        print_text(p, "))");
    }
}

// --- segments ------------------------------------------------------------------------

static void print_active_place(Printer *p, const char *space, NameKind names, u32 index,
                               ConstExpr offset)
{
    if (index > 0) {
        print_text(p, " (");
        print_text(p, space);
        print_text(p, " ");
        print_ref_id(p, names, index);
        print_text(p, ")");
    }
    print_text(p, " ");
    print_expr(p, offset, "offset");
}

static void print_elems(Printer *p)
{
    const Module *m = p->m;
    for (u32 i = 0; i < m->elem_count; i++) {
        const Elem *elem = &m->elems[i];
        print_text(p, "\n  (elem");
        print_definition_id(p, NAMES_ELEM, i);
        if (elem->mode == SEGMENT_DECLARATIVE) print_text(p, " declare");
        if (elem->mode == SEGMENT_ACTIVE)
            print_active_place(p, "table", NAMES_TABLE, elem->table, elem->offset);
        print_text(p, " ");
        if (elem->exprs) print_valtype(p, elem->type);
        else print_text(p, "func");
        ElemItems items = elem_items(m, elem);
        for (ElemItem item; elem_next(m, &items, &item);) {
            print_text(p, " ");
            if (elem->exprs) print_expr(p, item.expr, "item");
            else print_ref_id(p, NAMES_FUNC, item.func);
        }
        print_text(p, ")");
    }
}

// Long contents go on lines of their own.
static void print_contents(Printer *p, const u8 *bytes, size_t size)
{
    enum { LINE_BYTES = 64 };
    if (size <= LINE_BYTES) {
        print_text(p, " ");
        print_string(p->out, bytes, size);
        return;
    }
    for (size_t at = 0; at < size; at += LINE_BYTES) {
        print_text(p, "\n    ");
        print_string(p->out, bytes + at, size - at < LINE_BYTES ? size - at : LINE_BYTES);
    }
}

static void print_datas(Printer *p)
{
    const Module *m = p->m;
    for (u32 i = 0; i < m->data_count; i++) {
        const Data *data = &m->datas[i];
        print_text(p, "\n  (data");
        print_definition_id(p, NAMES_DATA, i);
        if (data->mode == SEGMENT_ACTIVE)
            print_active_place(p, "memory", NAMES_MEMORY, data->memory, data->offset);
        print_contents(p, data_bytes(m, data), data->bytes.size);
        print_text(p, ")");
    }
}

// --- custom sections -----------------------------------------------------------------

static bool custom_is(const Custom *custom, const char *name)
{
    return custom->name.size == strlen(name) &&
           memcmp(custom->name.bytes, name, custom->name.size) == 0;
}

// Whether the bytes at `offset` of a function are the start of an `if` or `br_if`.
static bool hint_fits(const Module *m, u32 func_index, u32 offset)
{
    if (func_index < m->import_func_count || func_index >= m->func_count) return false;
    const Span *code = &m->funcs[func_index].code;
    if (offset >= code->size) return false;
    u8 byte = m->bytes[code->at + offset];
    return byte == op_info[OP_if].code || byte == op_info[OP_br_if].code;
}

// The branch hints, if they are in order and well-formed, so that printing them as
// annotations loses nothing. Else they are a custom section like any other.
static void find_hints(Printer *p)
{
    const Custom *custom =
        module_find_custom(p->m, annotation_names[ANNOTATION_BRANCH_HINT], 0);
    if (!custom) return;
    Reader r = span_reader(p->m, custom->bytes);
    u32 last_function = 0, functions = read_count(&r);
    bool good = functions > 0;
    for (u32 f = 0; f < functions && good && reader_ok(&r); f++) {
        u32 function = read_u32(&r), last_offset = 0, count = read_count(&r);
        good = (f == 0 || function > last_function) && count > 0;
        for (u32 i = 0; i < count && good; i++) {
            u32 offset = read_u32(&r), size = read_u32(&r);
            u8 value = read_byte(&r);
            good = reader_ok(&r) && size == 1 && value <= 1 && (i == 0 || offset > last_offset) &&
                   hint_fits(p->m, function, offset);
            last_offset = offset;
        }
        last_function = function;
    }
    if (!good || !reader_ok(&r) || reader_left(&r) > 0) return;
    p->hints = custom;
    p->hint_reader = span_reader(p->m, custom->bytes);
    p->hint_functions = read_count(&p->hint_reader);
    p->hint_function = read_u32(&p->hint_reader);
}

static void print_customs(Printer *p)
{
    static const char *const sections[SECTION_COUNT] = {
        "(before first)", "(after type)", "(after import)", "(after func)", "(after table)",
        "(after memory)", "(after global)", "(after export)", "(after start)", "(after elem)",
        "(after code)", "(after data)", "(after datacount)", "(after tag)"};
    for (u32 i = 0; i < p->m->custom_count; i++) {
        const Custom *custom = &p->m->customs[i];
        if (custom_is(custom, "name") || custom == p->hints) continue;
        print_text(p, "\n  (@custom ");
        print_quoted(p, custom->name);
        print_text(p, " ");
        print_text(p, sections[custom->after < SECTION_COUNT ? custom->after : 0]);
        print_contents(p, p->m->bytes + custom->bytes.at, custom->bytes.size);
        print_text(p, ")");
    }
}

// --- the whole -----------------------------------------------------------------------

static void print_module(Printer *p)
{
    const Module *m = p->m;
    print_text(p, "(module");
    if (m->name.size) {
        // An id of the module would have to be chosen like others; its exact name needs none.
        print_text(p, " (@name ");
        print_quoted(p, m->name);
        print_text(p, ")");
    }
    print_types(p);
    print_imports(p);
    print_funcs(p);
    print_tables(p);
    print_simple_definitions(p, EXTERN_MEMORY, m->import_memory_count, m->memory_count);
    print_simple_definitions(p, EXTERN_TAG, m->import_tag_count, m->tag_count);
    print_globals(p);
    print_exports(p);
    if (m->start != NO_INDEX) {
        print_text(p, "\n  (start ");
        print_ref_id(p, NAMES_FUNC, m->start);
        print_text(p, ")");
    }
    print_elems(p);
    print_datas(p);
    print_customs(p);
    print_text(p, ")\n");
}

static bool refuse(weft_error *error, weft_error_kind kind, const char *text)
{
    if (error) {
        error->kind = kind;
        strncpy(error->text, text, sizeof error->text - 1);
        error->text[sizeof error->text - 1] = 0;
    }
    return false;
}

static bool refuse_module(weft_error *error, const LoadError *why)
{
    static const weft_error_kind kinds[] = {
        [LOAD_OK] = WEFT_HOST, [LOAD_MALFORMED] = WEFT_MALFORMED, [LOAD_INVALID] = WEFT_INVALID,
        [LOAD_LIMIT] = WEFT_HOST};
    refuse(error, kinds[why->kind], why->text);
    if (!error) return false;
    error->offset = why->offset == NO_INDEX ? UINT64_MAX : why->offset;
    error->function_index = why->func_index;
    memcpy(error->function, why->function, sizeof error->function);
    return false;
}

bool weft_wasm2wat(const void *bytes, size_t size, const char *features,
                   const weft_wat_options *options, char **text, size_t *text_size,
                   weft_error *error)
{
    const Allocator *allocator =
        options && options->allocator ? options->allocator : &allocator_libc;
    ModuleOptions load = {.allocator = *allocator};
    LoadError why = {0};
    const char *bad;
    *text = NULL, *text_size = 0;
    if (!features_parse(features, &load.features, &bad))
        return refuse(error, WEFT_HOST, "unknown feature");
    Module *m = module_load(bytes, size, &load, &why);
    if (!m) return refuse_module(error, &why);

    Bytes out;
    bytes_init(&out, allocator);
    Printer p = {.allocator = allocator, .m = m, .out = &out, .scratch = {.allocator = allocator}};
    arena_init(&p.arena, allocator);
    print_names_init(&p);
    find_hints(&p);
    if (!p.failed) print_module(&p);
    bytes_byte(&out, 0);
    const char *refusal = p.refusal ? p.refusal : "out of memory";
    char *block = NULL;
    if (!p.failed && !out.failed) block = allocator_resize(allocator, out.data, out.room, out.size);
    if (block) *text = block, *text_size = out.size - 1;
    else bytes_free(&out);
    print_names_free(&p);
    instr_scratch_free(&p.scratch);
    module_free(m);
    return block ? true : refuse(error, WEFT_HOST, refusal);
}
