// module.c -- modules as the host sees them: loading, sharing, asking what is inside.
//                                                       spec: embed-module
// SPDX-License-Identifier: MIT
#include "loader/module.h"

#include "loader/names.h"
#include "vm/error.h"
#include "vm/exec.h"
#include "vm/externtype.h"

const char *weft_version(void)
{
    return WEFT_VERSION;
}

// --- Loading -------------------------------------------------------------------------------

// What people feed to an interpreter by mistake, recognised by its first bytes.
typedef struct Mistake {
    const char *start;
    u32 size;
    const char *hint;
} Mistake;

static const Mistake mistakes[] = {
    {"\0asm\x0d\0\1\0", 8, "this is a component, not a core module; extract its core module"},
    {"\x7f" "ELF", 4, "this is an ELF program or object; build for wasm32 instead"},
    {"\x1f\x8b", 2, "this is gzip data; unpack it first"},
    {"PK\3\4", 4, "this is a zip archive; unpack it first"},
    {"BZh", 3, "this is bzip2 data; unpack it first"},
    {"\x28\xb5\x2f\xfd", 4, "this is zstd data; unpack it first"},
    {"\xfd" "7zXZ", 5, "this is xz data; unpack it first"},
    {"MZ", 2, "this is a Windows program; build for wasm32 instead"},
    {"\xcf\xfa\xed\xfe", 4, "this is a macOS program; build for wasm32 instead"},
    {"!<arch>\n", 8, "this is a static library; link it first"},
    {"BC\xc0\xde", 4, "this is LLVM bitcode; link it first"},
    {"version https://git-lfs", 23, "this is a Git LFS pointer; run `git lfs pull`"},
    {"<!DOCTYPE", 9, "this is an HTML page, perhaps a failed download"},
    {"<!doctype", 9, "this is an HTML page, perhaps a failed download"},
    {"<html", 5, "this is an HTML page, perhaps a failed download"},
    {"(module", 7, "this is the text format; weft_wat2wasm or `weft wat2wasm` assembles it"},
    {"(;", 2, "this looks like the text format; weft_wat2wasm or `weft wat2wasm` assembles it"},
    {";;", 2, "this looks like the text format; weft_wat2wasm or `weft wat2wasm` assembles it"},
};

static void hint_at_mistake(weft_error *error, const void *bytes, size_t size)
{
    if (size == 0) {
        error_hint(error, "there are no bytes at all");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        const Mistake *m = &mistakes[i];
        if (size >= m->size && memcmp(bytes, m->start, m->size) == 0) {
            error_hint(error, "%s", m->hint);
            return;
        }
    }
}

static void load_failed(weft_error *error, const LoadError *e, const void *bytes, size_t size,
                        const char *name)
{
    static const weft_error_kind kinds[] = {
        [LOAD_OK] = WEFT_HOST,
        [LOAD_MALFORMED] = WEFT_MALFORMED,
        [LOAD_INVALID] = WEFT_INVALID,
        [LOAD_LIMIT] = WEFT_HOST,
    };
    weft_error full = WEFT_ERROR_INIT;
    error_set(&full, kinds[e->kind], "%s", e->text);
    text_copy(full.function, sizeof full.function, e->function, strlen(e->function));
    if (e->offset != NO_INDEX) full.offset = e->offset;
    full.function_index = e->func_index == NO_INDEX ? UINT32_MAX : e->func_index;
    if (name != NULL) text_copy(full.module, sizeof full.module, name, strlen(name));
    if (e->kind == LOAD_MALFORMED) hint_at_mistake(&full, bytes, size);
    error_copy(error, &full);
}

static void weft_module_free(weft_module *module)
{
    Allocator allocator = module->own_allocator;
    if (module->decoded != NULL) {
        if (module->prepared) exec_module_free(module);
        module_free(module->decoded);
    }
    allocator_free(&allocator, module->bytes_copy, module->bytes_size);
    allocator_free(&allocator, module->name, module->name_size + 1);
    allocator_free(&allocator, module, sizeof *module);
}

// The struct with what the options say; nothing decoded yet.
static weft_module *module_make(const void *bytes, size_t size,
                                const weft_module_options *options, const Allocator *allocator)
{
    weft_module *module = allocator_take_zeroed(allocator, sizeof *module);
    if (module == NULL) return NULL;
    module->own_allocator = *allocator;
    module->allocator = &module->own_allocator;
    module->fuel = options->fuel;
    module->translator_mask = TRANSLATE_ALL & ~options->translator_mask;
    module->bytes_size = size;
    atomic_store_explicit(&module->references, 1, memory_order_relaxed);
    bool ok = true;
    if (options->name != NULL) {
        module->name_size = strlen(options->name);
        module->name = allocator_take(allocator, module->name_size + 1);
        ok = module->name != NULL;
        if (ok) memcpy(module->name, options->name, module->name_size + 1);
    }
    if (ok && options->copy_bytes && size != 0) {
        module->bytes_copy = allocator_take(allocator, size);
        ok = module->bytes_copy != NULL;
        if (ok) memcpy(module->bytes_copy, bytes, size);
    }
    if (ok) return module;
    weft_module_free(module);
    return NULL;
}

static bool read_features(const weft_module_options *options, FeatureSet *features,
                          weft_error *error)
{
    const char *bad;
    if (features_parse(options->features, features, &bad)) return true;
    error_set(error, WEFT_HOST, "unknown feature \"%.*s\"", (int)strcspn(bad, ","), bad);
    error_hint(error, "weft_feature_at lists what there is");
    return false;
}

weft_module *weft_module_load(const void *bytes, size_t size, const weft_module_options *given,
                              weft_error *error)
{
    weft_module_options options;
    options_read(&options, sizeof options, given);
    const Allocator *allocator = options.allocator != NULL ? options.allocator : &allocator_libc;
    ModuleOptions load = {.allocator = *allocator};
    if (!read_features(&options, &load.features, error)) return NULL;
    weft_module *module = module_make(bytes, size, &options, allocator);
    if (module == NULL) {
        error_out_of_memory(error);
        return NULL;
    }
    LoadError e = {0};
    const u8 *source = module->bytes_copy != NULL ? module->bytes_copy : bytes;
    module->decoded = module_load(source, size, &load, &e);
    if (module->decoded == NULL) {
        load_failed(error, &e, bytes, size, options.name);
    } else if (exec_module_init(module)) {
        module->prepared = true;
        return module;
    } else {
        error_out_of_memory(error);
    }
    weft_module_free(module);
    return NULL;
}

bool weft_validate(const void *bytes, size_t size, const weft_module_options *given,
                   weft_error *error)
{
    weft_module_options options;
    options_read(&options, sizeof options, given);
    ModuleOptions load = {
        .allocator = options.allocator != NULL ? *options.allocator : allocator_libc};
    if (!read_features(&options, &load.features, error)) return false;
    LoadError e = {0};
    Module *m = module_load(bytes, size, &load, &e);
    if (m == NULL) {
        load_failed(error, &e, bytes, size, options.name);
        return false;
    }
    module_free(m);
    return true;
}

weft_module *weft_module_retain(weft_module *module)
{
    atomic_fetch_add_explicit(&module->references, 1, memory_order_relaxed);
    return module;
}

void weft_module_release(weft_module *module)
{
    if (module == NULL) return;
    if (atomic_fetch_sub_explicit(&module->references, 1, memory_order_acq_rel) == 1) {
        weft_module_free(module);
    }
}

bool weft_translate_all(weft_module *module, weft_error *error)
{
    const Module *m = module->decoded;
    for (u32 i = m->import_func_count; i < m->func_count; i++) {
        if (!exec_prepare(module, i)) return error_out_of_memory(error);
    }
    return true;
}

// --- Asking --------------------------------------------------------------------------------

static weft_name public_name(Name name)
{
    return (weft_name){(const char *)name.bytes, name.size};
}

static const Module *decoded(const weft_module *module)
{
    return module->decoded;
}

uint32_t weft_module_import_count(const weft_module *module)
{
    return decoded(module)->import_count;
}

bool weft_module_import(const weft_module *module, uint32_t index, weft_import *import)
{
    const Module *m = decoded(module);
    if (index >= m->import_count) return false;
    const Import *i = &m->imports[index];
    import->module = public_name(i->module);
    import->name = public_name(i->name);
    module_extern_type(m, (ExternKind)i->kind, i->index, &import->type);
    return true;
}

uint32_t weft_module_export_count(const weft_module *module)
{
    return decoded(module)->export_count;
}

bool weft_module_export(const weft_module *module, uint32_t index, weft_export *export_)
{
    const Module *m = decoded(module);
    if (index >= m->export_count) return false;
    const Export *e = &m->exports[index];
    export_->name = public_name(e->name);
    module_extern_type(m, (ExternKind)e->kind, e->index, &export_->type);
    return true;
}

weft_name weft_module_name(const weft_module *module)
{
    if (module->name != NULL) return (weft_name){module->name, module->name_size};
    return public_name(decoded(module)->name);
}

weft_name weft_module_bytes(const weft_module *module)
{
    return (weft_name){(const char *)decoded(module)->bytes, decoded(module)->size};
}

weft_name weft_module_custom_section(const weft_module *module, const char *name, uint32_t index)
{
    const Custom *custom = module_find_custom(decoded(module), name, index);
    if (custom == NULL) return (weft_name){0};
    return (weft_name){(const char *)decoded(module)->bytes + custom->bytes.at,
                       custom->bytes.size};
}

bool weft_feature_at(uint32_t index, weft_feature *feature)
{
    if (index >= FEATURE_COUNT) return false;
    feature->name = feature_info[index].name;
    feature->version = feature_info[index].version;
    feature->built_in = feature_info[index].built_in;
    feature->on_by_default = feature_on(features_default(), (Feature)index);
    return true;
}
