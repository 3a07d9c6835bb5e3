// link.c -- finding imports and checking that they match.
//                                                       spec: match-externtype
// SPDX-License-Identifier: MIT
#include "vm/link.h"

#include "vm/error.h"
#include "vm/externtype.h"
#include "vm/memory.h"
#include "vm/table.h"

// Global types match if what can be read fits, and, where it can be written, is the same.
//                                                       spec: match-globaltype
static bool match_global(const Instance *instance, const GlobalInst *given,
                         const GlobalType *wanted)
{
    if (given->is_mutable != wanted->is_mutable) return false;
    ValType want = canon_valtype(wanted->value, instance->canon);
    if (wanted->is_mutable) return given->type == want;
    TypeSpace space = canon_space(&instance->store->types);
    return val_matches(&space, given->type, want);
}

// spec: match-tabletype, match-memtype
static bool match_table(const Instance *instance, const TableInst *given, const TableType *wanted)
{
    Limits now = table_limits_now(given);
    return given->elem == canon_valtype(wanted->elem, instance->canon) &&
           limits_match(&now, &wanted->limits);
}

static bool match_memory(const MemoryInst *given, const MemoryType *wanted)
{
    Limits now = memory_limits_now(given);
    return limits_match(&now, &wanted->limits);
}

// Checks one import and, if it matches, puts it into its place.
static bool link_one(Instance *instance, const Import *import, weft_extern item)
{
    const Module *m = instance->module->decoded;
    u32 i = import->index;
    switch ((ExternKind)import->kind) {
    case EXTERN_FUNC:
        if (!canon_below(&instance->store->types, item.of.func->object.type,
                         instance->canon[m->funcs[i].type])) return false;
        instance->funcs[i] = item.of.func;
        return true;
    case EXTERN_TABLE:
        if (!match_table(instance, item.of.table, &m->tables[i].type)) return false;
        instance->tables[i] = item.of.table;
        return true;
    case EXTERN_MEMORY:
        if (!match_memory(item.of.memory, &m->memories[i].type)) return false;
        instance->memories[i] = item.of.memory;
        return true;
    case EXTERN_GLOBAL:
        if (!match_global(instance, item.of.global, &m->globals[i].type)) return false;
        instance->globals[i] = item.of.global;
        return true;
    case EXTERN_TAG:
        if (item.of.tag->object.type != instance->canon[m->tags[i].type]) return false;
        instance->tags[i] = item.of.tag;
        return true;
    default: return false;
    }
}

static bool link_fails(weft_error *error, const char *what, const Import *import)
{
    char module[64], name[96];
    text_copy(module, sizeof module, (const char *)import->module.bytes, import->module.size);
    text_copy(name, sizeof name, (const char *)import->name.bytes, import->name.size);
    return error_set(error, WEFT_UNLINKABLE, "%s \"%s\" \"%s\"", what, module, name);
}

bool link_imports(Instance *instance, const weft_extern *given, weft_error *error)
{
    const Module *m = instance->module->decoded;
    for (u32 i = 0; i < m->import_count; i++) {
        const Import *import = &m->imports[i];
        weft_extern_type type;
        char wanted[112], has[112];
        weft_extern item;
        if (given != NULL) {
            item = given[i];
        } else {
            weft_name module = {(const char *)import->module.bytes, import->module.size};
            weft_name name = {(const char *)import->name.bytes, import->name.size};
            if (!store_definition(instance->store, module, name, &item, error)) return false;
        }
        if (item.of.any != NULL && (u32)item.kind == import->kind &&
            link_one(instance, import, item)) continue;
        module_extern_type(m, (ExternKind)import->kind, import->index, &type);
        weft_type_format(&type, wanted, sizeof wanted);
        if (item.of.any == NULL) {
            link_fails(error, "unknown import", import);
            error_hint(error, "the module wants it as %s", wanted);
            return false;
        }
        weft_extern_get_type(item, &type);
        weft_type_format(&type, has, sizeof has);
        link_fails(error, "incompatible import type for", import);
        error_hint(error, "the module wants %s but is given %s", wanted, has);
        return false;
    }
    return true;
}
