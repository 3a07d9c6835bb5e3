// decode.c -- the sections of a module, except the type section.
//
// One function a section, one for each kind of entry. Readers run to the end of the module,
// not of the section: the suite's messages follow a decoder that notices a section's end
// only when it has read its contents.
//                                                       spec: binary-module
// SPDX-License-Identifier: MIT
#include "loader/load.h"

typedef struct Decoder {
    Module *m;
    Reader r;
    InstrScratch scratch;
    FeatureSet features;
    u32 code_count;  // entries of the code section
    u32 data_count;  // as the data count section says
} Decoder;

// `count` zeroed elements from the module's arena, or NULL with the reader failed.
static void *decoder_alloc(Decoder *d, size_t count, size_t size)
{
    if (!reader_ok(&d->r)) return NULL;
    void *memory = arena_alloc(&d->m->arena, count, size);
    if (!memory) reader_fail(&d->r, ERROR_OUT_OF_MEMORY, reader_offset(&d->r), 0);
    return memory;
}

#define DECODER_NEW(d, count, Type) ((Type *)decoder_alloc((d), (count), sizeof(Type)))

// --- Types of imports and definitions ------------------------------------------------

// limits ::= 0x00 n | 0x01 n m, plus 2 if shared, 4 if addressed by i64, and for memories
// 8 if the logarithm of the page size follows.                 spec: binary-limits
static Limits read_limits(Decoder *d, bool memory)
{
    Reader *r = &d->r;
    u32 at = reader_offset(r);
    u8 flags = read_byte(r), known = 1;
    if (feature_on(d->features, FEATURE_MEMORY64)) known |= 4;
    if (memory && feature_on(d->features, FEATURE_THREADS)) known |= 2;
    if (memory && feature_on(d->features, FEATURE_CUSTOM_PAGE_SIZES)) known |= 8;
    if (flags & ~known) reader_fail(r, ERROR_BAD_LIMITS_FLAGS, at, 0);
    Limits l = {.has_max = flags & 1, .shared = flags & 2, .is64 = flags & 4};
    bool wide = feature_on(d->features, FEATURE_MEMORY64);
    l.min = wide ? read_u64(r) : read_u32(r);
    if (l.has_max) l.max = wide ? read_u64(r) : read_u32(r);
    if (memory) l.page_log2 = 16;
    if (flags & 8) {
        u32 log2_at = reader_offset(r), log2 = read_u32(r);
        if (log2 >= 64) reader_fail(r, ERROR_BAD_PAGE_SIZE, log2_at, 0);
        l.page_log2 = (u8)log2;
    }
    return l;
}

// tabletype ::= reftype limits                             spec: binary-tabletype
static TableType read_table_type(Decoder *d)
{
    TableType t;
    t.elem = read_reftype(&d->r, d->features);
    t.limits = read_limits(d, false);
    return t;
}

// globaltype ::= valtype mut                                spec: binary-globaltype
static GlobalType read_global_type(Decoder *d)
{
    GlobalType t;
    t.value = read_valtype(&d->r, d->features);
    u32 at = reader_offset(&d->r);
    u8 mutable = read_byte(&d->r);
    if (mutable > 1) reader_fail(&d->r, ERROR_BAD_MUTABILITY, at, 0);
    t.is_mutable = mutable;
    return t;
}

// tagtype ::= 0x00 typeidx                                  spec: binary-tagtype
static u32 read_tag_type(Decoder *d)
{
    u32 at = reader_offset(&d->r);
    if (read_byte(&d->r) != 0) reader_fail(&d->r, ERROR_BAD_TAG_ATTRIBUTE, at, 0);
    return read_u32(&d->r);
}

static bool has_tags(const Decoder *d)
{
    return feature_on(d->features, FEATURE_EXCEPTIONS) ||
           feature_on(d->features, FEATURE_LEGACY_EXCEPTIONS);
}

static ConstExpr read_const_expr(Decoder *d)
{
    return skip_expr(&d->r, d->features, &d->scratch);
}

// --- Sections ------------------------------------------------------------------------

static u8 read_extern_kind(Decoder *d, ErrorCode wrong)
{
    u32 at = reader_offset(&d->r);
    u8 kind = read_byte(&d->r);
    if (kind > EXTERN_TAG || (kind == EXTERN_TAG && !has_tags(d)))
        reader_fail(&d->r, wrong, at, 0);
    return kind;
}

// What of an import goes into the index space of its kind.
typedef union ImportType {
    Func func;
    Table table;
    Memory memory;
    Global global;
    Tag tag;
} ImportType;

// import ::= name name externtype                           spec: binary-import
static void read_import(Decoder *d, Import *import, ImportType *type)
{
    import->module = read_name(&d->r);
    import->name = read_name(&d->r);
    import->kind = read_extern_kind(d, ERROR_BAD_IMPORT_KIND);
    switch (import->kind) {
    case EXTERN_FUNC: type->func = (Func){.type = read_u32(&d->r)}; break;
    case EXTERN_TABLE: type->table = (Table){.type = read_table_type(d)}; break;
    case EXTERN_MEMORY: type->memory = (Memory){.type.limits = read_limits(d, true)}; break;
    case EXTERN_GLOBAL: type->global = (Global){.type = read_global_type(d)}; break;
    default: type->tag = (Tag){.type = read_tag_type(d)}; break;
    }
}

// Imports fill the beginning of every index space, so they are read twice: once to count
// how many there are of each kind, once to keep them.        spec: binary-importsec
static void decode_imports(Decoder *d)
{
    Module *m = d->m;
    u32 count = read_count(&d->r);
    u32 counts[EXTERN_KIND_COUNT] = {0};
    Reader first = d->r;
    for (u32 i = 0; i < count && reader_ok(&d->r); i++) {
        Import import;
        ImportType type;
        read_import(d, &import, &type);
        if (reader_ok(&d->r)) counts[import.kind]++;
    }
    m->imports = DECODER_NEW(d, count, Import);
    m->funcs = DECODER_NEW(d, counts[EXTERN_FUNC], Func);
    m->tables = DECODER_NEW(d, counts[EXTERN_TABLE], Table);
    m->memories = DECODER_NEW(d, counts[EXTERN_MEMORY], Memory);
    m->globals = DECODER_NEW(d, counts[EXTERN_GLOBAL], Global);
    m->tags = DECODER_NEW(d, counts[EXTERN_TAG], Tag);
    if (!reader_ok(&d->r)) return;
    d->r = first;
    for (u32 i = 0; i < count; i++) {
        Import *import = &m->imports[i];
        ImportType type;
        read_import(d, import, &type);
        switch (import->kind) {
        case EXTERN_FUNC:
            import->index = m->func_count;
            type.func.import = i;
            m->funcs[m->func_count++] = type.func;
            break;
        case EXTERN_TABLE:
            import->index = m->table_count;
            type.table.import = i;
            m->tables[m->table_count++] = type.table;
            break;
        case EXTERN_MEMORY:
            import->index = m->memory_count;
            type.memory.import = i;
            m->memories[m->memory_count++] = type.memory;
            break;
        case EXTERN_GLOBAL:
            import->index = m->global_count;
            type.global.import = i;
            m->globals[m->global_count++] = type.global;
            break;
        default:
            import->index = m->tag_count;
            type.tag.import = i;
            m->tags[m->tag_count++] = type.tag;
            break;
        }
    }
    m->import_count = count;
    m->import_func_count = m->func_count;
    m->import_table_count = m->table_count;
    m->import_memory_count = m->memory_count;
    m->import_global_count = m->global_count;
    m->import_tag_count = m->tag_count;
}

// An index space with room for `more` after the imports it has.
static void *index_space(Decoder *d, const void *imports, u32 have, u32 more, size_t size)
{
    void *space = decoder_alloc(d, (size_t)have + more, size);
    if (space && have) memcpy(space, imports, have * size);
    return space;
}

// funcsec ::= list(typeidx)                                 spec: binary-funcsec
static void decode_functions(Decoder *d)
{
    Module *m = d->m;
    u32 count = read_count(&d->r);
    Func *funcs = index_space(d, m->funcs, m->func_count, count, sizeof *funcs);
    if (!funcs) return;
    m->funcs = funcs;
    for (u32 i = 0; i < count && reader_ok(&d->r); i++)
        funcs[m->func_count++] = (Func){.type = read_u32(&d->r), .import = NO_INDEX};
}

// table ::= tabletype | 0x40 0x00 tabletype expr            spec: binary-table
static void decode_tables(Decoder *d)
{
    Module *m = d->m;
    Reader *r = &d->r;
    u32 count = read_count(r);
    Table *tables = index_space(d, m->tables, m->table_count, count, sizeof *tables);
    if (!tables) return;
    m->tables = tables;
    for (u32 i = 0; i < count && reader_ok(r); i++) {
        Table *table = &tables[m->table_count++];
        table->import = NO_INDEX;
        bool has_init = reader_left(r) > 0 && *r->at == 0x40 &&
                        feature_on(d->features, FEATURE_FUNCTION_REFERENCES);
        if (has_init) {
            u32 at = reader_offset(r) + 1;
            r->at++;
            if (read_byte(r) != 0) reader_fail(r, ERROR_ZERO_EXPECTED, at, 0);
        }
        table->type = read_table_type(d);
        if (has_init) table->init = read_const_expr(d);
    }
}

// memsec ::= list(memtype)                                  spec: binary-memsec
static void decode_memories(Decoder *d)
{
    Module *m = d->m;
    u32 count = read_count(&d->r);
    Memory *memories =
        index_space(d, m->memories, m->memory_count, count, sizeof *memories);
    if (!memories) return;
    m->memories = memories;
    for (u32 i = 0; i < count && reader_ok(&d->r); i++) {
        Memory *memory = &memories[m->memory_count++];
        memory->import = NO_INDEX;
        memory->type.limits = read_limits(d, true);
    }
}

// tagsec ::= list(tagtype)                                  spec: binary-tagsec
static void decode_tags(Decoder *d)
{
    Module *m = d->m;
    u32 count = read_count(&d->r);
    Tag *tags = index_space(d, m->tags, m->tag_count, count, sizeof *tags);
    if (!tags) return;
    m->tags = tags;
    for (u32 i = 0; i < count && reader_ok(&d->r); i++)
        tags[m->tag_count++] = (Tag){.type = read_tag_type(d), .import = NO_INDEX};
}

// global ::= globaltype expr                                spec: binary-globalsec
static void decode_globals(Decoder *d)
{
    Module *m = d->m;
    u32 count = read_count(&d->r);
    Global *globals = index_space(d, m->globals, m->global_count, count, sizeof *globals);
    if (!globals) return;
    m->globals = globals;
    for (u32 i = 0; i < count && reader_ok(&d->r); i++) {
        Global *global = &globals[m->global_count++];
        global->import = NO_INDEX;
        global->type = read_global_type(d);
        global->init = read_const_expr(d);
    }
}

// export ::= name externidx                                 spec: binary-exportsec
static void decode_exports(Decoder *d)
{
    Module *m = d->m;
    u32 count = read_count(&d->r);
    m->exports = DECODER_NEW(d, count, Export);
    for (u32 i = 0; i < count && reader_ok(&d->r); i++) {
        Export *export = &m->exports[m->export_count++];
        export->name = read_name(&d->r);
        export->kind = read_extern_kind(d, ERROR_BAD_EXPORT_KIND);
        export->index = read_u32(&d->r);
    }
}

// startsec ::= funcidx                                      spec: binary-startsec
static void decode_start(Decoder *d)
{
    d->m->start = read_u32(&d->r);
}

// elemkind ::= 0x00                                         spec: binary-elemkind
static void read_elem_kind(Decoder *d)
{
    u32 at = reader_offset(&d->r);
    if (read_byte(&d->r) != 0) reader_fail(&d->r, ERROR_BAD_ELEM_KIND, at, 0);
}

// Bit 0 of the flags: passive or declarative; bit 1: a table index or, if bit 0 is set,
// declarative; bit 2: expressions instead of function indices. Only where bit 0 or bit 1 is
// set a kind or type follows.                               spec: binary-elem
static void read_elem(Decoder *d, Elem *e)
{
    Reader *r = &d->r;
    u32 at = reader_offset(r);
    e->flags = read_u32(r);
    u32 most = feature_on(d->features, FEATURE_BULK_MEMORY) ? 7 : 0;
    if (e->flags > most) reader_fail(r, ERROR_BAD_ELEM_FLAGS, at, 0);
    e->mode = !(e->flags & 1) ? SEGMENT_ACTIVE
              : e->flags & 2  ? SEGMENT_DECLARATIVE
                              : SEGMENT_PASSIVE;
    e->exprs = e->flags & 4;
    if (e->mode == SEGMENT_ACTIVE) {
        if (e->flags & 2) e->table = read_u32(r);
        e->offset = read_const_expr(d);
    }
    // Function indices are never null, but before typed references nothing could say so.
    e->type = e->exprs || !feature_on(d->features, FEATURE_FUNCTION_REFERENCES)
                  ? TYPE_FUNCREF
                  : REF_TYPE(HEAP_TYPE(HEAP_FUNC));
    if (e->flags & 3) {
        if (e->exprs)
            e->type = read_reftype(r, d->features);
        else
            read_elem_kind(d);
    }
    e->count = read_count(r);
    e->items.at = reader_offset(r);
    for (u32 i = 0; i < e->count && reader_ok(r); i++) {
        if (e->exprs)
            read_const_expr(d);
        else
            read_u32(r);
    }
    e->items.size = reader_offset(r) - e->items.at;
}

// elemsec ::= list(elem)                                    spec: binary-elemsec
static void decode_elems(Decoder *d)
{
    u32 count = read_count(&d->r);
    d->m->elems = DECODER_NEW(d, count, Elem);
    for (u32 i = 0; i < count && reader_ok(&d->r); i++)
        read_elem(d, &d->m->elems[d->m->elem_count++]);
}

// datacntsec ::= u32                                        spec: binary-datacntsec
static void decode_data_count(Decoder *d)
{
    d->data_count = read_u32(&d->r);
    d->m->has_data_count = true;
}

// A length and where the bytes are.
static Span read_span(Reader *r)
{
    u32 size = read_count(r);
    Span span = {reader_offset(r), size};
    read_bytes(r, size);
    return span;
}

// code ::= size:u32 func                                    spec: binary-codesec
// The functions themselves are decoded when they are validated.
static void decode_code(Decoder *d)
{
    Module *m = d->m;
    d->code_count = read_count(&d->r);
    for (u32 i = 0; i < d->code_count && reader_ok(&d->r); i++) {
        Span code = read_span(&d->r);
        u32 func = m->import_func_count + i;
        if (func < m->func_count) m->funcs[func].code = code;
    }
}

// data ::= 0x00 expr list(byte) | 0x01 list(byte) | 0x02 memidx expr list(byte)
//                                                       spec: binary-datasec
static void decode_datas(Decoder *d)
{
    Reader *r = &d->r;
    u32 count = read_count(r);
    d->m->datas = DECODER_NEW(d, count, Data);
    for (u32 i = 0; i < count && reader_ok(r); i++) {
        Data *data = &d->m->datas[d->m->data_count++];
        u32 at = reader_offset(r);
        u32 flags = read_u32(r);
        u32 most = feature_on(d->features, FEATURE_BULK_MEMORY) ? 2 : 0;
        if (flags > most) reader_fail(r, ERROR_BAD_DATA_FLAGS, at, 0);
        data->mode = flags == 1 ? SEGMENT_PASSIVE : SEGMENT_ACTIVE;
        if (flags == 2) data->memory = read_u32(r);
        if (flags != 1) data->offset = read_const_expr(d);
        data->bytes = read_span(r);
    }
}

// --- The module ----------------------------------------------------------------------

// customsec ::= section_0(name byte*)                       spec: binary-customsec
static void decode_custom(Decoder *d, Custom *custom, u32 end, u8 after)
{
    custom->name = read_name(&d->r);
    custom->after = after;
    u32 at = reader_offset(&d->r);
    if (at > end) {
        reader_fail(&d->r, ERROR_UNEXPECTED_END, at, 0);
        return;
    }
    custom->bytes = (Span){at, end - at};
    d->r.at = d->r.start + end;
}

// The place of each section in the order they must come; 0 for ids that do not exist.
static u32 section_rank(const Decoder *d, u8 id)
{
    static const u8 order[] = {SECTION_TYPE,   SECTION_IMPORT, SECTION_FUNCTION,
                               SECTION_TABLE,  SECTION_MEMORY, SECTION_TAG,
                               SECTION_GLOBAL, SECTION_EXPORT, SECTION_START,
                               SECTION_ELEM,   SECTION_DATA_COUNT, SECTION_CODE,
                               SECTION_DATA};
    if (id == SECTION_TAG && !has_tags(d)) return 0;
    if (id == SECTION_DATA_COUNT && !feature_on(d->features, FEATURE_BULK_MEMORY)) return 0;
    for (u32 i = 0; i < COUNT_OF(order); i++)
        if (order[i] == id) return i + 1;
    return 0;
}

static void decode_section(Decoder *d, u8 id)
{
    switch (id) {
    case SECTION_TYPE: decode_types(d->m, &d->r); break;
    case SECTION_IMPORT: decode_imports(d); break;
    case SECTION_FUNCTION: decode_functions(d); break;
    case SECTION_TABLE: decode_tables(d); break;
    case SECTION_MEMORY: decode_memories(d); break;
    case SECTION_TAG: decode_tags(d); break;
    case SECTION_GLOBAL: decode_globals(d); break;
    case SECTION_EXPORT: decode_exports(d); break;
    case SECTION_START: decode_start(d); break;
    case SECTION_ELEM: decode_elems(d); break;
    case SECTION_DATA_COUNT: decode_data_count(d); break;
    case SECTION_CODE: decode_code(d); break;
    case SECTION_DATA: decode_datas(d); break;
    default: break;
    }
}

// Custom sections are few, but may be many: the list doubles.
static Custom *new_custom(Decoder *d, u32 *capacity)
{
    Module *m = d->m;
    if (m->custom_count == *capacity) {
        u32 more = *capacity ? *capacity * 2 : 8;
        Custom *customs =
            index_space(d, m->customs, m->custom_count, more - *capacity, sizeof *customs);
        if (!customs) return NULL;
        m->customs = customs;
        *capacity = more;
    }
    return &m->customs[m->custom_count++];
}

// section_N(X) ::= N:byte size:u32 X                        spec: binary-section
static void decode_sections(Decoder *d, LoadError *error)
{
    Reader *r = &d->r;
    u32 rank = 0, custom_capacity = 0;
    u8 last = 0;
    while (reader_ok(r) && reader_left(r)) {
        u32 at = reader_offset(r);
        u8 id = *r->at;
        error->section = id;
        u32 new_rank = section_rank(d, id);
        if (id != SECTION_CUSTOM && new_rank == 0) {
            reader_fail(r, ERROR_BAD_SECTION_ID, at, 0);
        } else if (id != SECTION_CUSTOM && new_rank <= rank) {
            reader_fail(r, ERROR_SECTION_ORDER, at, 0);
        }
        read_byte(r);
        u32 size = read_count(r);
        if (!reader_ok(r)) return;
        u32 start = reader_offset(r);
        u64 end = (u64)start + size;
        if (id == SECTION_CUSTOM) {
            Custom *custom = new_custom(d, &custom_capacity);
            if (end > d->m->size) reader_fail(r, ERROR_UNEXPECTED_END, d->m->size, 0);
            if (custom && reader_ok(r)) decode_custom(d, custom, (u32)end, last);
            continue;
        }
        d->m->sections[id] = (Span){start, size};
        rank = new_rank;
        last = id;
        decode_section(d, id);
        if (reader_ok(r) && reader_offset(r) != end)
            reader_fail(r, ERROR_SECTION_SIZE, start, 0);
    }
    error->section = -1;
}

// Bodies are skipped by their size, so a mistake in one is found later than one that follows
// it in the file. When decoding failed, a mistake in a body seen before is what is reported.
static void prefer_earlier_error(const Decoder *d, LoadError *error)
{
    const Module *m = d->m;
    for (u32 i = m->import_func_count; i < m->func_count; i++) {
        LoadError in_body = LOAD_ERROR_INIT;
        if (m->funcs[i].code.at == 0) return;
        if (decode_body(m, m->funcs[i].code, &m->allocator, &in_body)) continue;
        if (in_body.code == ERROR_DATA_COUNT_MISSING) continue;
        in_body.section = SECTION_CODE;
        in_body.func_index = i;
        *error = in_body;
        return;
    }
}

// module ::= magic version section*                         spec: binary-module
bool decode_module(Module *m, LoadError *error)
{
    Decoder d = {.m = m, .features = m->features, .scratch.allocator = &m->allocator};
    Reader *r = &d.r;
    *r = reader_of(m->bytes, 0, m->size);
    m->start = NO_INDEX;
    const u8 *magic = read_bytes(r, 4);
    if (magic && memcmp(magic, "\0asm", 4) != 0) reader_fail(r, ERROR_NO_MAGIC, 0, 0);
    const u8 *version = read_bytes(r, 4);
    if (version && load_u32(version) != 1) reader_fail(r, ERROR_BAD_VERSION, 4, 0);
    if (reader_ok(r)) decode_sections(&d, error);
    if (reader_ok(r) && d.code_count != m->func_count - m->import_func_count)
        reader_fail(r, ERROR_COUNT_MISMATCH, m->sections[SECTION_CODE].at, 0);
    if (reader_ok(r) && m->has_data_count && d.data_count != m->data_count)
        reader_fail(r, ERROR_DATA_COUNT_MISMATCH, m->sections[SECTION_DATA_COUNT].at, 0);
    instr_scratch_free(&d.scratch);
    if (!reader_ok(r)) {
        load_error_set(error, r->error, r->error_at, r->error_number, NULL);
        if (error->kind == LOAD_MALFORMED) prefer_earlier_error(&d, error);
        return false;
    }
    decode_names(m);
    return true;
}
