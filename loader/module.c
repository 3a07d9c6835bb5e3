// module.c -- loading a module, and finding things in it.
// SPDX-License-Identifier: MIT
#include "loader/module.h"

#include "loader/load.h"
#include "loader/names.h"

void module_free(Module *m)
{
    if (!m) return;
    Allocator allocator = m->allocator;
    arena_free(&m->arena);
    allocator_free(&allocator, m, sizeof *m);
}

Module *module_load(const u8 *bytes, size_t size, const ModuleOptions *options, LoadError *error)
{
    *error = (LoadError)LOAD_ERROR_INIT;
    if (size > UINT32_MAX - 16) {
        load_error_set(error, ERROR_MODULE_TOO_LARGE, NO_INDEX, 0, NULL);
        return NULL;
    }
    Module *m = allocator_resize(&options->allocator, NULL, 0, sizeof *m);
    if (!m) {
        load_error_set(error, ERROR_OUT_OF_MEMORY, NO_INDEX, 0, NULL);
        return NULL;
    }
    *m = (Module){
        .bytes = bytes ? bytes : (const u8 *)"",  // no bytes at all may come as NULL
        .size = (u32)size,
        .features = options->features,
        .allocator = options->allocator,
    };
    arena_init(&m->arena, &m->allocator);
    if (decode_module(m, error) && validate_module(m, error)) return m;
    if (error->func_index != NO_INDEX && error->func_index < m->func_count)
        func_display_name(m, error->func_index, error->function, sizeof error->function);
    module_free(m);
    return NULL;
}

ElemItems elem_items(const Module *m, const Elem *elem)
{
    return (ElemItems){span_reader(m, elem->items), elem->count, elem->exprs};
}

// Element expressions are short and hold no lists in a valid module; one that does (a
// br_table) was refused by the decoder's own scan or will be by the validator.
bool elem_next(const Module *m, ElemItems *items, ElemItem *item)
{
    if (items->left == 0) return false;
    items->left--;
    if (!items->exprs) {
        *item = (ElemItem){.func = read_u32(&items->reader)};
        return true;
    }
    InstrScratch scratch = {.allocator = &m->allocator};
    item->func = NO_INDEX;
    item->expr = skip_expr(&items->reader, m->features, &scratch);
    instr_scratch_free(&scratch);
    return true;
}

const Custom *module_find_custom(const Module *m, const char *name, u32 nth)
{
    size_t size = strlen(name);
    for (u32 i = 0; i < m->custom_count; i++) {
        const Custom *custom = &m->customs[i];
        if (custom->name.size == size && memcmp(custom->name.bytes, name, size) == 0 && nth-- == 0)
            return custom;
    }
    return NULL;
}
