// inspect.c -- `weft inspect`: what is in a module, for people.
//
// Everything is found by the loader; nothing is run, and the module may import what it
// likes. A file that is not valid is shown as far as its sections can be told apart.
// SPDX-License-Identifier: MIT
#include "tools/inspect.h"

#include <stdio.h>
#include <stdlib.h>

#include "loader/names.h"
#include "ports/alloc.h"
#include "tools/imports.h"

typedef struct InspectValues {
    const char *features, *code;
    bool functions;
} InspectValues;

static const Option inspect_options[] = {
    {"functions", 'f', OPTION_FLAG, offsetof(InspectValues, functions), NULL,
     "list every function, with its place, size and type"},
    {"code", 'c', OPTION_TEXT, offsetof(InspectValues, code), "FUNC",
     "show one function: its instructions, and what they\n"
     "become; FUNC is a name, an export or an index"},
    {"features", 0, OPTION_TEXT, offsetof(InspectValues, features), "LIST",
     "which WebAssembly to read it as; all, unless told"},
    {0},
};

enum { INSPECT_NAME = 200, INSPECT_TYPE = 240 };

static const char *shown_name(Name name, char *buffer, size_t size)
{
    return printable((weft_name){(const char *)name.bytes, name.size}, buffer, size);
}

// 65536 -> "64 KiB", where it is exact.
static const char *shown_bytes(u64 bytes, char *buffer, size_t size)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    for (; bytes >= 1024 && bytes % 1024 == 0 && unit + 1 < COUNT_OF(units); unit++) bytes /= 1024;
    snprintf(buffer, size, "%llu %s", (unsigned long long)bytes, units[unit]);
    return buffer;
}

static void print_title(const char *title, u64 count)
{
    printf("\n%s%s%s", colour_wanted(1) ? "\033[1m" : "", title, colour_wanted(1) ? "\033[0m" : "");
    if (count != UINT64_MAX) printf(" (%llu)", (unsigned long long)count);
    printf("\n");
}

// --- sections ----------------------------------------------------------------------

static const char *section_name(u8 id)
{
    static const char *const names[] = {
        "custom", "type",  "import", "function", "table", "memory",     "global",
        "export", "start", "element", "code",    "data",  "data count", "tag",
    };
    return id < COUNT_OF(names) ? names[id] : "unknown";
}

// Every section but custom ones and the start section begins with how many things it has.
static void print_sections(const Input *input)
{
    SectionView s;
    size_t at = 0;
    print_title("sections", UINT64_MAX);
    printf("    offset       size\n");
    while (section_next(input->bytes, input->size, &at, &s)) {
        char name[INSPECT_NAME];
        printf("  0x%06zx %10zu  %s", s.offset, s.size, section_name(s.id));
        if (s.id == 0) {
            printf(" \"%s\"", printable(s.name, name, sizeof name));
        } else if (s.id != 8) {
            Reader r = reader_of(s.contents, 0, (u32)s.size);
            u32 count = read_u32(&r);
            printf("%s%u", s.id == 12 ? ": " : ", ", (unsigned)count);
        }
        printf("\n");
    }
    if (at < input->size) printf("  0x%06zx             what follows is no section\n", at);
}

// --- where it comes from -----------------------------------------------------------

typedef enum ToolchainClue { CLUE_EXPORT, CLUE_IMPORT, CLUE_SECTION } ToolchainClue;

static const struct {
    ToolchainClue clue;
    const char *pattern, *who;
} toolchains[] = {
#define TOOLCHAIN(clue, pattern, who) {CLUE_##clue, pattern, who},
#include "tools/toolchains.def"
#undef TOOLCHAIN
};

static weft_name weft_name_of(Name name)
{
    return (weft_name){(const char *)name.bytes, name.size};
}

static bool import_fits(const Import *import, const char *pattern)
{
    char both[2 * INSPECT_NAME];
    size_t module = import->module.size, name = import->name.size;
    if (module + name + 1 > sizeof both) return false;
    memcpy(both, import->module.bytes, module);
    both[module] = '.';
    memcpy(both + module + 1, import->name.bytes, name);
    return pattern_fits(pattern, (weft_name){both, module + name + 1});
}

static bool has_clue(const Module *m, ToolchainClue clue, const char *pattern)
{
    u32 count = clue == CLUE_EXPORT   ? m->export_count
                : clue == CLUE_IMPORT ? m->import_count
                                      : m->custom_count;
    for (u32 i = 0; i < count; i++) {
        bool fits = clue == CLUE_EXPORT ? pattern_fits(pattern, weft_name_of(m->exports[i].name))
                    : clue == CLUE_IMPORT
                        ? import_fits(&m->imports[i], pattern)
                        : pattern_fits(pattern, weft_name_of(m->customs[i].name));
        if (fits) return true;
    }
    return false;
}

// producersec ::= list(field), each a name and a list of (name, version): written by a
// convention of the toolchains. What does not keep to it is passed over.
static bool print_producers(const Module *m)
{
    const Custom *producers = module_find_custom(m, "producers", 0);
    char key[40], name[INSPECT_NAME], version[INSPECT_NAME];
    bool any = false;
    if (!producers) return false;
    Reader r = span_reader(m, producers->bytes);
    for (u32 fields = read_count(&r); fields && reader_ok(&r); fields--) {
        Name field = read_name(&r);
        for (u32 count = read_count(&r); count && reader_ok(&r); count--) {
            Name tool = read_name(&r), of = read_name(&r);
            if (!reader_ok(&r)) break;
            printf("  %-13s %s%s%s\n", shown_name(field, key, sizeof key),
                   shown_name(tool, name, sizeof name), of.size ? " " : "",
                   shown_name(of, version, sizeof version));
            any = true;
        }
    }
    return any;
}

static void print_origin(const Module *m)
{
    print_title("made by", UINT64_MAX);
    bool told = print_producers(m);
    for (size_t i = 0; i < COUNT_OF(toolchains); i++) {
        if (!has_clue(m, toolchains[i].clue, toolchains[i].pattern)) continue;
        printf("  %-13s %s\n", told ? "it looks like" : "probably", toolchains[i].who);
        return;
    }
    if (!told) printf("  it does not say\n");
}

static bool imports_from(const Module *m, const char *pattern)
{
    for (u32 i = 0; i < m->import_count; i++) {
        if (pattern_fits(pattern, weft_name_of(m->imports[i].module))) return true;
    }
    return false;
}

static const Export *exported_function(const Module *m, const char *name)
{
    const Export *e = module_find_export(m, name, strlen(name));
    return e && e->kind == EXTERN_FUNC ? e : NULL;
}

// One line that says what the module is good for.
static void print_kind(const Module *m)
{
    const char *wasi = imports_from(m, "wasi_snapshot_preview1") && imports_from(m, "wasi_unstable")
                           ? ", using WASI preview 1 under both its names"
                       : imports_from(m, "wasi_snapshot_preview1") ? ", using WASI preview 1"
                       : imports_from(m, "wasi_unstable") ? ", using WASI as of 2019 (wasi_unstable)"
                                                          : "";
    const char *what = exported_function(m, "_start") ? "a program: it exports _start"
                       : exported_function(m, "_initialize")
                           ? "a library: it exports _initialize (a reactor)"
                       : m->start != NO_INDEX ? "a module with a start function"
                                              : "a library: it has no _start";
    printf("  %s%s\n", what, wasi);
}

// --- features ----------------------------------------------------------------------

// A feature is used if the module is not valid without it: the validator knows best.
static void print_features_used(const Input *input)
{
    weft_feature feature;
    u32 used = 0;
    print_title("features beyond WebAssembly 1.0", UINT64_MAX);
    for (u32 i = 0; weft_feature_at(i, &feature); i++) {
        char list[80];
        weft_module_options options = WEFT_MODULE_OPTIONS_INIT;
        options.features = list;
        snprintf(list, sizeof list, "all,-%s", feature.name);
        if (!feature.built_in || strcmp(feature.version, "1.0") == 0) continue;
        if (weft_validate(input->bytes, input->size, &options, NULL)) continue;
        printf("%s%s", used++ ? ", " : "  ", feature.name);
        if (!feature.on_by_default) printf(" (--features +%s)", feature.name);
    }
    printf(used ? "\n" : "  none\n");
}

// --- imports and exports -----------------------------------------------------------

static void print_imports(const weft_module *module)
{
    weft_import import;
    u32 count = weft_module_import_count(module);
    print_title("imports", count);
    for (u32 i = 0; weft_module_import(module, i, &import); i++) {
        char from[INSPECT_NAME], name[INSPECT_NAME], type[INSPECT_TYPE];
        weft_type_format(&import.type, type, sizeof type);
        printf("  %s.%s %s\n", printable(import.module, from, sizeof from),
               printable(import.name, name, sizeof name), type);
    }
}

static void print_exports(const weft_module *module)
{
    weft_export item;
    print_title("exports", weft_module_export_count(module));
    for (u32 i = 0; weft_module_export(module, i, &item); i++) {
        char name[INSPECT_NAME], type[INSPECT_TYPE];
        weft_type_format(&item.type, type, sizeof type);
        printf("  %s %s\n", printable(item.name, name, sizeof name), type);
    }
}

// --- memory ------------------------------------------------------------------------

// The value of a constant expression that is one constant, as most are.
static bool constant_value(const Module *m, ConstExpr expr, u64 *value)
{
    InstrScratch scratch = {.allocator = &m->allocator};
    Reader r = expr_reader(m, expr);
    Instr first, last;
    bool good = read_instr(&r, m->features, &scratch, &first) &&
                read_instr(&r, m->features, &scratch, &last) && last.op == OP_end;
    instr_scratch_free(&scratch);
    if (!good) return false;
    if (first.op == OP_i32_const) {
        *value = (u32)first.of.i32;
    } else if (first.op == OP_i64_const) {
        *value = (u64)first.of.i64;
    } else {
        return false;
    }
    return true;
}

static void print_limits(const Limits *limits)
{
    char bytes[40];
    u64 most = limits->is64 ? (u64)1 << (64 - limits->page_log2 - 1) : (u64)1 << (32 - limits->page_log2);
    u64 max = limits->has_max ? limits->max : most;
    printf("%llu pages", (unsigned long long)limits->min);
    if (limits->min <= UINT64_MAX >> limits->page_log2) {
        printf(" (%s)", shown_bytes(limits->min << limits->page_log2, bytes, sizeof bytes));
    }
    if (limits->has_max && max == limits->min) {
        printf(", never more");
    } else {
        printf(", up to %llu", (unsigned long long)max);
        if (max <= UINT64_MAX >> limits->page_log2) {
            printf(" (%s)", shown_bytes(max << limits->page_log2, bytes, sizeof bytes));
        }
    }
    if (limits->is64) printf(", 64-bit addresses");
    if (limits->shared) printf(", shared");
    if (limits->page_log2 != 16) printf(", pages of %llu", 1ull << limits->page_log2);
    printf("\n");
}

// Where the data segments lie: from the lowest to the highest constant offset.
static void print_data_plan(const Module *m, u32 memory)
{
    u64 low = UINT64_MAX, high = 0, bytes = 0;
    u32 active = 0, computed = 0;
    for (u32 i = 0; i < m->data_count; i++) {
        const Data *d = &m->datas[i];
        u64 at;
        if (d->mode != SEGMENT_ACTIVE || d->memory != memory) continue;
        active++;
        bytes += d->bytes.size;
        if (!constant_value(m, d->offset, &at)) {
            computed++;
            continue;
        }
        if (at < low) low = at;
        if (at + d->bytes.size > high) high = at + d->bytes.size;
    }
    if (active == 0) return;
    printf("      data    %u segments, %llu bytes", (unsigned)active, (unsigned long long)bytes);
    if (low <= high && active > computed) {
        printf(", 0x%llx .. 0x%llx", (unsigned long long)low, (unsigned long long)high);
    }
    printf("\n");
}

// LLVM keeps its stack pointer in a mutable global, named or the first of all; with
// --stack-first the stack is what lies below its initial value.
static void print_stack_plan(const Module *m)
{
    for (u32 i = m->import_global_count; i < m->global_count; i++) {
        const Global *g = &m->globals[i];
        u64 value;
        char name[INSPECT_NAME];
        shown_name(module_item_name(m, NAMES_GLOBAL, i), name, sizeof name);
        bool named = strcmp(name, "__stack_pointer") == 0;
        if (!g->type.is_mutable || !constant_value(m, g->init, &value)) continue;
        if (!named && (i != m->import_global_count || name[0] || value < 1024)) continue;
        printf("      stack   grows down from 0x%llx (%s)\n", (unsigned long long)value,
               named ? "__stack_pointer" : "the first global, by the habit of LLVM");
        return;
    }
}

static void print_exported_constant(const Module *m, const char *name, const char *what)
{
    const Export *e = module_find_export(m, name, strlen(name));
    u64 value;
    if (!e || e->kind != EXTERN_GLOBAL || e->index < m->import_global_count) return;
    if (!constant_value(m, m->globals[e->index].init, &value)) return;
    printf("      %-7s from 0x%llx (%s)\n", what, (unsigned long long)value, name);
}

static void print_memories(const Module *m)
{
    print_title("memory plan", UINT64_MAX);
    if (m->memory_count == 0) printf("  no memory\n");
    for (u32 i = 0; i < m->memory_count; i++) {
        printf("  memory %u%s  ", (unsigned)i, m->memories[i].import != NO_INDEX ? " (imported)" : "");
        print_limits(&m->memories[i].type.limits);
        print_data_plan(m, i);
        if (i != 0) continue;
        print_stack_plan(m);
        print_exported_constant(m, "__heap_base", "heap");
    }
    for (u32 i = 0; i < m->table_count; i++) {
        const Limits *limits = &m->tables[i].type.limits;
        char type[INSPECT_TYPE];
        type_format(m->tables[i].type.elem, type, sizeof type);
        printf("  table %u%s   %llu elements of %s", (unsigned)i,
               m->tables[i].import != NO_INDEX ? " (imported)" : "",
               (unsigned long long)limits->min, type);
        if (limits->has_max) printf(", up to %llu", (unsigned long long)limits->max);
        printf("\n");
    }
}

// --- functions ---------------------------------------------------------------------

static void print_func_type(const FuncType *type, char *buffer, size_t size)
{
    size_t at = 0;
    buffer[0] = 0;
    for (u32 i = 0; i < type->param_count + type->result_count; i++) {
        char one[60];
        bool first_result = i == type->param_count;
        ValType t = i < type->param_count ? type->params[i] : type->results[i - type->param_count];
        type_format(t, one, sizeof one);
        int wrote = snprintf(buffer + at, size - at, "%s%s", first_result ? " -> " : i ? " " : "", one);
        if (wrote < 0 || (size_t)wrote >= size - at) return;
        at += (size_t)wrote;
    }
}

static void print_function(const Module *m, u32 index)
{
    char name[INSPECT_NAME], type[INSPECT_TYPE];
    const Func *f = &m->funcs[index];
    func_display_name(m, index, name, sizeof name);
    print_func_type(module_func_type(m, index), type, sizeof type);
    if (f->import != NO_INDEX) {
        printf("  %5u   imported           %s  (%s)\n", (unsigned)index, name, type);
    } else {
        printf("  %5u   0x%06x %7u  %s  (%s)\n", (unsigned)index, (unsigned)f->code.at,
               (unsigned)f->code.size, name, type);
    }
}

typedef struct BySize {
    u32 index, size;
} BySize;

static int larger_first(const void *a, const void *b)
{
    const BySize *x = a, *y = b;
    if (x->size != y->size) return x->size < y->size ? 1 : -1;
    return x->index < y->index ? -1 : x->index > y->index;
}

enum { LARGEST_SHOWN = 10 };

static void print_functions(const Module *m, bool all)
{
    print_title("functions", m->func_count);
    u32 own = m->func_count - m->import_func_count;
    u64 bytes = 0;
    for (u32 i = m->import_func_count; i < m->func_count; i++) bytes += m->funcs[i].code.size;
    printf("  %u imported, %u of its own: %llu bytes of code\n", (unsigned)m->import_func_count,
           (unsigned)own, (unsigned long long)bytes);
    if (all) {
        printf("  index   offset       size  name\n");
        for (u32 i = 0; i < m->func_count; i++) print_function(m, i);
        return;
    }
    BySize *list = calloc((size_t)own + 1, sizeof *list);
    if (!list) return;
    for (u32 i = 0; i < own; i++) {
        u32 index = m->import_func_count + i;
        list[i] = (BySize){index, m->funcs[index].code.size};
    }
    qsort(list, own, sizeof *list, larger_first);
    if (own) printf("  the largest (--functions lists all):\n");
    for (u32 i = 0; i < own && i < LARGEST_SHOWN; i++) print_function(m, list[i].index);
    free(list);
}

u32 inspect_find_function(const Input *input, const Module *m, const char *which)
{
    u64 index;
    char digits[24];
    size_t size = strlen(which);
    if (strncmp(which, "func[", 5) == 0 && which[size - 1] == ']' && size - 6 < sizeof digits) {
        memcpy(digits, which + 5, size - 6);
        digits[size - 6] = 0;
        which = digits;
    }
    if (parse_count(which, &index)) {
        if (index < m->func_count) return (u32)index;
        complain(input->name, "it has %u functions, there is no number %llu",
                 (unsigned)m->func_count, (unsigned long long)index);
        return NO_INDEX;
    }
    const Export *e = exported_function(m, which);
    if (e) return e->index;
    Nearest near;
    nearest_begin(&near, which, size);
    NameWalk walk = names_walk(m, NAMES_FUNC);
    while (names_next(&walk)) {
        if (walk.name.size == size && memcmp(walk.name.bytes, which, size) == 0 &&
            walk.index < m->func_count) {
            return walk.index;
        }
        nearest_add(&near, (const char *)walk.name.bytes, walk.name.size);
    }
    for (u32 i = 0; i < m->export_count; i++) {
        nearest_add(&near, (const char *)m->exports[i].name.bytes, m->exports[i].name.size);
    }
    const char *meant = nearest_end(&near);
    if (meant) {
        complain(input->name, "it has no function '%s'; did you mean '%s'?", which, meant);
    } else {
        complain(input->name, "it has no function '%s'; --functions lists all", which);
    }
    return NO_INDEX;
}

// --- the verb ----------------------------------------------------------------------

static void print_head(const Input *input, const Module *m)
{
    char name[INSPECT_NAME];
    printf("%s: WebAssembly module, %zu bytes\n", input->name, input->size);
    if (m->name.size) printf("  called \"%s\"\n", shown_name(m->name, name, sizeof name));
    print_kind(m);
}

static void print_module(const Input *input, const Module *m, const weft_module *module,
                         const InspectValues *values)
{
    print_head(input, m);
    print_origin(m);
    print_features_used(input);
    print_sections(input);
    print_imports(module);
    print_exports(module);
    print_memories(m);
    print_functions(m, values->functions);
}

static int inspect_file(const char *path, const InspectValues *values)
{
    Input input;
    weft_error error = WEFT_ERROR_INIT;
    weft_module_options options = WEFT_MODULE_OPTIONS_INIT;
    ModuleOptions inner = {.allocator = allocator_libc};
    LoadError inner_error;
    const char *features = values->features ? values->features : "all";
    options.features = features;
    if (!input_read_module(&input, path)) return EXIT_REFUSED;

    weft_module *module = weft_module_load(input.bytes, input.size, &options, &error);
    features_parse(features, &inner.features, NULL);
    Module *m = module ? module_load(input.bytes, (u32)input.size, &inner, &inner_error) : NULL;
    int code = EXIT_FINE;
    if (!m) {
        if (!values->code) print_sections(&input);
        complain_load(&input, features, &error);
        code = EXIT_REFUSED;
    } else if (values->code) {
        code = inspect_code(&input, module, m, values->code);
    } else {
        print_module(&input, m, module, values);
    }
    if (m) module_free(m);
    if (module) weft_module_release(module);
    input_free(&input);
    return code;
}

static int inspect_main(const Verb *verb, int argc, char **argv)
{
    InspectValues values = {0};
    int code;
    if (!verb_options_read(verb, &argc, argv, &values, &code)) return code;
    if (argc == 0) return complain_usage(verb, "inspect wants a FILE");
    if (!features_check(verb, values.features)) return EXIT_USAGE;
    code = EXIT_FINE;
    for (int i = 0; i < argc && code != EXIT_REFUSED; i++) code = inspect_file(argv[i], &values);
    return code;
}

const Verb verb_inspect = {
    .name = "inspect",
    .usage = "[options] FILE...",
    .summary = "show what is in a module: where it comes from, what it needs",
    .text = "Prints who made the module, the features it uses, its sections, imports and exports,\n"
            "how it lays out its memory, and its largest functions. Nothing is run.",
    .examples = "weft inspect app.wasm\n"
                "weft inspect --functions app.wasm\n"
                "weft inspect --code main.main app.wasm",
    .options = inspect_options,
    .main = inspect_main,
};
