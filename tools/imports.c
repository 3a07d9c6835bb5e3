// imports.c -- finds every import that is missing, and says what that means.
//
// A module tells by its imports which host it was built for. Instead of stopping at the
// first name nobody supplies, all of them are listed, and then the table imports.def is
// asked what they mean together: "TinyGo built this for a browser" helps, a name does not.
//                                                   spec: exec-instantiation
// SPDX-License-Identifier: MIT
#include "tools/imports.h"

#include <stdlib.h>

#include "weft_wasi.h"

// --- patterns ----------------------------------------------------------------------

bool pattern_fits(const char *pattern, weft_name text)
{
    // The usual walk: after a failure go back to the last '*' and let it take one byte more.
    const char *star = NULL;
    size_t at = 0, star_at = 0;
    while (at < text.size) {
        if (*pattern == '*') {
            star = pattern++;
            star_at = at;
        } else if (*pattern == '?' || (*pattern && *pattern == text.data[at])) {
            pattern++;
            at++;
        } else if (star) {
            pattern = star + 1;
            at = ++star_at;
        } else {
            return false;
        }
    }
    while (*pattern == '*') pattern++;
    return *pattern == 0;
}

typedef struct Diagnosis {
    const char *module, *name, *covers, *what, *mend;
} Diagnosis;

static const Diagnosis diagnoses[] = {
#define DIAGNOSIS(module, name, covers, what, mend) {module, name, covers, what, mend},
#define WRONG_TYPE(module, name, what, mend)
#include "tools/imports.def"
#undef DIAGNOSIS
#undef WRONG_TYPE
};

static const Diagnosis wrong_types[] = {
#define DIAGNOSIS(module, name, covers, what, mend)
#define WRONG_TYPE(module, name, what, mend) {module, name, "", what, mend},
#include "tools/imports.def"
#undef DIAGNOSIS
#undef WRONG_TYPE
};

// --- finding -----------------------------------------------------------------------

typedef enum ImportState {
    IMPORT_MISSING,
    IMPORT_WRONG,      // there is a definition, but it is something else
    IMPORT_EXPLAINED,  // was missing, and has been spoken of
} ImportState;

typedef struct MissingImport {
    weft_import import;
    weft_extern_type defined;  // of what is there, if WRONG
    ImportState state;
} MissingImport;

static bool same_types(const weft_extern_type *a, const weft_extern_type *b, bool results)
{
    u32 count = results ? a->result_count : a->param_count;
    if (count != (results ? b->result_count : b->param_count)) return false;
    for (u32 i = 0; i < count; i++) {
        weft_valtype x = results ? weft_type_result(a, i) : weft_type_param(a, i);
        weft_valtype y = results ? weft_type_result(b, i) : weft_type_param(b, i);
        // References are for the engine to compare: subtyping needs the types behind them.
        if (x.kind != y.kind) return false;
    }
    return true;
}

// Could `defined` serve `wanted`? Limits and finer points of types are left to
// weft_instantiate, which has the last word.
static bool may_serve(const weft_extern_type *wanted, const weft_extern_type *defined)
{
    if (wanted->kind != defined->kind) return false;
    if (wanted->kind != WEFT_EXTERN_FUNC) return true;
    return same_types(wanted, defined, false) && same_types(wanted, defined, true);
}

static u32 find_missing(const weft_module *module, weft_store *store,
                        MissingImport *missing)
{
    u32 count = 0, all = weft_module_import_count(module);
    for (u32 i = 0; i < all; i++) {
        MissingImport m = {.state = IMPORT_MISSING};
        weft_extern item;
        if (!weft_module_import(module, i, &m.import)) continue;
        if (weft_find_definition(store, m.import.module, m.import.name, &item)) {
            weft_extern_get_type(item, &m.defined);
            if (may_serve(&m.import.type, &m.defined)) continue;
            m.state = IMPORT_WRONG;
        }
        missing[count++] = m;
    }
    return count;
}

// --- telling -----------------------------------------------------------------------

enum { NAME_ROOM = 200, TYPE_ROOM = 200 };

static void list_one(const MissingImport *m)
{
    char module[NAME_ROOM], name[NAME_ROOM], type[TYPE_ROOM], defined[TYPE_ROOM];
    weft_type_format(&m->import.type, type, sizeof type);
    complain_more("%s.%s %s", printable(m->import.module, module, sizeof module),
                  printable(m->import.name, name, sizeof name), type);
    if (m->state == IMPORT_WRONG) {
        weft_type_format(&m->defined, defined, sizeof defined);
        complain_more("  but it is %s", defined);
    }
}

static const char *zero_ended(weft_name name, char *buffer, size_t size)
{
    if (name.size >= size || memchr(name.data, 0, name.size)) return NULL;
    memcpy(buffer, name.data, name.size);
    buffer[name.size] = 0;
    return buffer;
}

static const char wasi_now[] = "wasi_snapshot_preview1", wasi_then[] = "wasi_unstable";

// A WASI function under a module name that is nearly right, or a name of WASI that is.
static bool explain_wasi_spelling(MissingImport *m)
{
    char module[64], name[64];
    const char *in = zero_ended(m->import.module, module, sizeof module);
    const char *of = zero_ended(m->import.name, name, sizeof name);
    if (!in || !of || strncmp(in, "wasi", 4) != 0) return false;
    bool known = strcmp(in, wasi_now) == 0 || strcmp(in, wasi_then) == 0;
    if (!known && weft_wasi_type(wasi_now, of) && strncmp(in, "wasix", 5) != 0) {
        advise("'%s' is not how WASI is called: weft serves %s as %s and %s", in, of, wasi_now,
               wasi_then);
        return true;
    }
    if (!known) return false;
    Nearest near;
    nearest_begin(&near, of, strlen(of));
    const char *candidate;
    for (u32 i = 0; (candidate = weft_wasi_name_at(i)) != NULL; i++) {
        nearest_add(&near, candidate, strlen(candidate));
    }
    const char *meant = nearest_end(&near);
    if (!meant) return false;
    advise("WASI has no function '%s'; was '%s' meant?", of, meant);
    return true;
}

static void print_diagnosis(const Diagnosis *d, const MissingImport *example)
{
    char module[NAME_ROOM];
    advise("%s: %s", printable(example->import.module, module, sizeof module), d->what);
    advise("-> %s", d->mend);
}

static void explain_wrong(const MissingImport *missing, u32 count)
{
    const Diagnosis *last = NULL;
    for (u32 i = 0; i < count; i++) {
        const MissingImport *m = &missing[i];
        if (m->state != IMPORT_WRONG) continue;
        const Diagnosis *d = wrong_types;
        while (!pattern_fits(d->module, m->import.module) || !pattern_fits(d->name, m->import.name)) {
            d++;  // the last row fits all
        }
        if (d != last) print_diagnosis(d, m);
        last = d;
    }
}

static bool covers(const Diagnosis *d, const MissingImport *m)
{
    return m->state == IMPORT_MISSING && pattern_fits(d->module, m->import.module) &&
           pattern_fits(d->covers, m->import.name);
}

static bool applies(const Diagnosis *d, const MissingImport *m)
{
    return m->state == IMPORT_MISSING && pattern_fits(d->module, m->import.module) &&
           pattern_fits(d->name, m->import.name);
}

// The first missing import that fits the row's pattern, printed as an example of what is
// meant when more than one thing is explained.
static const MissingImport *first_fit(const Diagnosis *d, const MissingImport *missing, u32 count)
{
    for (u32 i = 0; i < count; i++) {
        if (applies(d, &missing[i])) return &missing[i];
    }
    return NULL;
}

static void explain(MissingImport *missing, u32 count)
{
    const char *last = NULL;
    for (u32 i = 0; i < count; i++) {
        MissingImport *m = &missing[i];
        if (m->state == IMPORT_MISSING && explain_wasi_spelling(m)) m->state = IMPORT_EXPLAINED;
    }
    for (size_t row = 0; row < COUNT_OF(diagnoses); row++) {
        const Diagnosis *d = &diagnoses[row];
        const MissingImport *example = first_fit(d, missing, count);
        if (!example) continue;
        if (!last || strcmp(last, d->what) != 0) print_diagnosis(d, example);
        last = d->what;
        for (u32 i = 0; i < count; i++) {
            if (covers(d, &missing[i])) missing[i].state = IMPORT_EXPLAINED;
        }
    }
}

static void report(const char *file, MissingImport *missing, u32 count)
{
    u32 wrong = 0;
    for (u32 i = 0; i < count; i++) wrong += missing[i].state == IMPORT_WRONG;
    if (wrong < count) {
        u32 lacking = count - wrong;
        complain(file, lacking == 1 ? "%u import is missing" : "%u imports are missing", lacking);
        for (u32 i = 0; i < count; i++) {
            if (missing[i].state == IMPORT_MISSING) list_one(&missing[i]);
        }
        explain(missing, count);
    }
    if (wrong) {
        complain(file, wrong == 1 ? "%u import has the wrong type" : "%u imports have wrong types",
                 wrong);
        for (u32 i = 0; i < count; i++) {
            if (missing[i].state == IMPORT_WRONG) list_one(&missing[i]);
        }
        explain_wrong(missing, count);
    }
}

bool imports_check(const char *file, const weft_module *module, weft_store *store)
{
    u32 all = weft_module_import_count(module);
    if (all == 0) return true;
    MissingImport *missing = calloc(all, sizeof *missing);
    if (!missing) {
        complain(file, "out of memory");
        return false;
    }
    u32 count = find_missing(module, store, missing);
    if (count) report(file, missing, count);
    free(missing);
    return count == 0;
}

bool imports_wasi(const weft_module *module)
{
    weft_import import;
    for (u32 i = 0; weft_module_import(module, i, &import); i++) {
        if (pattern_fits("wasi*", import.module)) return true;
    }
    return false;
}
