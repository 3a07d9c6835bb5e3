// wasm_api_type.c -- the types of the standard C API, and their likeness to weft's.
//
// Value types are constants and never allocated. The types of imports and exports begin with
// their kind, so that a pointer to one is a pointer to a wasm_externtype_t.
//                                                   spec: syntax-type
// SPDX-License-Identifier: MIT
#include "vm/wasm_api.h"

// --- value types -----------------------------------------------------------------------

struct wasm_valtype_t {
    wasm_valkind_t kind;
};

static const wasm_valtype_t capi_valtypes[] = {
    {WASM_I32}, {WASM_I64}, {WASM_F32}, {WASM_F64}, {CAPI_KIND_V128}, {WASM_EXTERNREF}, {WASM_FUNCREF},
};

// The caller owns the result as far as the caller knows; nobody writes to it.
static wasm_valtype_t *capi_shared_valtype(wasm_valkind_t kind)
{
    for (size_t i = 0; i < sizeof capi_valtypes / sizeof *capi_valtypes; i++) {
        if (capi_valtypes[i].kind == kind) {
            return (wasm_valtype_t *)(uintptr_t)&capi_valtypes[i];
        }
    }
    return NULL;
}

wasm_valtype_t *wasm_valtype_new(wasm_valkind_t kind)
{
    return capi_shared_valtype(kind);
}

wasm_valtype_t *wasm_valtype_copy(const wasm_valtype_t *type)
{
    return type == NULL ? NULL : capi_shared_valtype(type->kind);
}

void wasm_valtype_delete(wasm_valtype_t *type)
{
    (void)type;
}

wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t *type)
{
    return type->kind;
}

wasm_valkind_t capi_valkind(weft_valtype type)
{
    switch ((weft_kind)type.kind) {
    case WEFT_I32: return WASM_I32;
    case WEFT_I64: return WASM_I64;
    case WEFT_F32: return WASM_F32;
    case WEFT_F64: return WASM_F64;
    case WEFT_V128: return CAPI_KIND_V128;
    case WEFT_REF: break;
    }
    return type.top == WEFT_HEAP_FUNC ? WASM_FUNCREF : WASM_EXTERNREF;
}

weft_valtype capi_valtype(wasm_valkind_t kind)
{
    switch (kind) {
    case WASM_I32: return (weft_valtype){.kind = WEFT_I32};
    case WASM_I64: return (weft_valtype){.kind = WEFT_I64};
    case WASM_F32: return (weft_valtype){.kind = WEFT_F32};
    case WASM_F64: return (weft_valtype){.kind = WEFT_F64};
    case WASM_FUNCREF: return WEFT_TYPE_FUNCREF;
    case WASM_EXTERNREF: return WEFT_TYPE_EXTERNREF;
    default: return (weft_valtype){.kind = WEFT_V128};
    }
}

// --- types of imports and exports --------------------------------------------------------

struct wasm_externtype_t {
    wasm_externkind_t kind;
};

struct wasm_functype_t {
    wasm_externtype_t base;
    wasm_valtype_vec_t params, results;
};

struct wasm_globaltype_t {
    wasm_externtype_t base;
    const wasm_valtype_t *content;
    wasm_mutability_t mutability;
};

struct wasm_tabletype_t {
    wasm_externtype_t base;
    const wasm_valtype_t *element;
    wasm_limits_t limits;
};

struct wasm_memorytype_t {
    wasm_externtype_t base;
    wasm_limits_t limits;
};

wasm_functype_t *wasm_functype_new(wasm_valtype_vec_t *params, wasm_valtype_vec_t *results)
{
    wasm_functype_t *type = capi_alloc(1, sizeof *type);
    if (type == NULL) {
        wasm_valtype_vec_delete(params);
        wasm_valtype_vec_delete(results);
        return NULL;
    }
    type->base.kind = WASM_EXTERN_FUNC;
    type->params = *params;
    type->results = *results;
    wasm_valtype_vec_new_empty(params);
    wasm_valtype_vec_new_empty(results);
    return type;
}

const wasm_valtype_vec_t *wasm_functype_params(const wasm_functype_t *type)
{
    return &type->params;
}

const wasm_valtype_vec_t *wasm_functype_results(const wasm_functype_t *type)
{
    return &type->results;
}

wasm_functype_t *wasm_functype_copy(const wasm_functype_t *type)
{
    if (type == NULL) return NULL;
    wasm_valtype_vec_t params, results;
    wasm_valtype_vec_copy(&params, &type->params);
    wasm_valtype_vec_copy(&results, &type->results);
    if (params.size != type->params.size || results.size != type->results.size) {
        wasm_valtype_vec_delete(&params);
        wasm_valtype_vec_delete(&results);
        return NULL;
    }
    return wasm_functype_new(&params, &results);
}

void wasm_functype_delete(wasm_functype_t *type)
{
    if (type == NULL) return;
    wasm_valtype_vec_delete(&type->params);
    wasm_valtype_vec_delete(&type->results);
    capi_free(type);
}

wasm_globaltype_t *wasm_globaltype_new(wasm_valtype_t *content, wasm_mutability_t mutability)
{
    wasm_globaltype_t *type = content == NULL ? NULL : capi_alloc(1, sizeof *type);
    if (type == NULL) return NULL;
    type->base.kind = WASM_EXTERN_GLOBAL;
    type->content = content;
    type->mutability = mutability;
    return type;
}

const wasm_valtype_t *wasm_globaltype_content(const wasm_globaltype_t *type)
{
    return type->content;
}

wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t *type)
{
    return type->mutability;
}

wasm_globaltype_t *wasm_globaltype_copy(const wasm_globaltype_t *type)
{
    if (type == NULL) return NULL;
    return wasm_globaltype_new(wasm_valtype_copy(type->content), type->mutability);
}

void wasm_globaltype_delete(wasm_globaltype_t *type)
{
    capi_free(type);
}

wasm_tabletype_t *wasm_tabletype_new(wasm_valtype_t *element, const wasm_limits_t *limits)
{
    wasm_tabletype_t *type = element == NULL ? NULL : capi_alloc(1, sizeof *type);
    if (type == NULL) return NULL;
    type->base.kind = WASM_EXTERN_TABLE;
    type->element = element;
    type->limits = *limits;
    return type;
}

const wasm_valtype_t *wasm_tabletype_element(const wasm_tabletype_t *type)
{
    return type->element;
}

const wasm_limits_t *wasm_tabletype_limits(const wasm_tabletype_t *type)
{
    return &type->limits;
}

wasm_tabletype_t *wasm_tabletype_copy(const wasm_tabletype_t *type)
{
    if (type == NULL) return NULL;
    return wasm_tabletype_new(wasm_valtype_copy(type->element), &type->limits);
}

void wasm_tabletype_delete(wasm_tabletype_t *type)
{
    capi_free(type);
}

wasm_memorytype_t *wasm_memorytype_new(const wasm_limits_t *limits)
{
    wasm_memorytype_t *type = capi_alloc(1, sizeof *type);
    if (type == NULL) return NULL;
    type->base.kind = WASM_EXTERN_MEMORY;
    type->limits = *limits;
    return type;
}

const wasm_limits_t *wasm_memorytype_limits(const wasm_memorytype_t *type)
{
    return &type->limits;
}

wasm_memorytype_t *wasm_memorytype_copy(const wasm_memorytype_t *type)
{
    return type == NULL ? NULL : wasm_memorytype_new(&type->limits);
}

void wasm_memorytype_delete(wasm_memorytype_t *type)
{
    capi_free(type);
}

// --- the general type ----------------------------------------------------------------------

wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t *type)
{
    return type->kind;
}

#define CAPI_EXTERNTYPE_CASTS(name, wanted)                                                   \
    wasm_externtype_t *wasm_##name##_as_externtype(wasm_##name##_t *type)                \
    {                                                                                    \
        return type == NULL ? NULL : &type->base;                                        \
    }                                                                                    \
                                                                                         \
    const wasm_externtype_t *wasm_##name##_as_externtype_const(const wasm_##name##_t *type) \
    {                                                                                    \
        return type == NULL ? NULL : &type->base;                                        \
    }                                                                                    \
                                                                                         \
    wasm_##name##_t *wasm_externtype_as_##name(wasm_externtype_t *type)                  \
    {                                                                                    \
        return type != NULL && type->kind == (wanted) ? (wasm_##name##_t *)type : NULL;  \
    }                                                                                    \
                                                                                         \
    const wasm_##name##_t *wasm_externtype_as_##name##_const(const wasm_externtype_t *type) \
    {                                                                                    \
        return type != NULL && type->kind == (wanted) ? (const wasm_##name##_t *)type : NULL; \
    }

CAPI_EXTERNTYPE_CASTS(functype, WASM_EXTERN_FUNC)
CAPI_EXTERNTYPE_CASTS(globaltype, WASM_EXTERN_GLOBAL)
CAPI_EXTERNTYPE_CASTS(tabletype, WASM_EXTERN_TABLE)
CAPI_EXTERNTYPE_CASTS(memorytype, WASM_EXTERN_MEMORY)

// A tag's type says only that it is one.
static wasm_externtype_t *capi_new_tag_type(void)
{
    wasm_externtype_t *type = capi_alloc(1, sizeof *type);
    if (type != NULL) type->kind = CAPI_EXTERN_TAG;
    return type;
}

wasm_externtype_t *wasm_externtype_copy(const wasm_externtype_t *type)
{
    if (type == NULL) return NULL;
    switch (type->kind) {
    case WASM_EXTERN_FUNC:
        return wasm_functype_as_externtype(wasm_functype_copy((const wasm_functype_t *)type));
    case WASM_EXTERN_GLOBAL:
        return wasm_globaltype_as_externtype(
            wasm_globaltype_copy((const wasm_globaltype_t *)type));
    case WASM_EXTERN_TABLE:
        return wasm_tabletype_as_externtype(wasm_tabletype_copy((const wasm_tabletype_t *)type));
    case WASM_EXTERN_MEMORY:
        return wasm_memorytype_as_externtype(
            wasm_memorytype_copy((const wasm_memorytype_t *)type));
    default: return capi_new_tag_type();
    }
}

void wasm_externtype_delete(wasm_externtype_t *type)
{
    if (type != NULL && type->kind == WASM_EXTERN_FUNC) {
        wasm_functype_delete((wasm_functype_t *)type);
    } else {
        capi_free(type);
    }
}

// --- imports and exports ---------------------------------------------------------------------

struct wasm_importtype_t {
    wasm_name_t module, name;
    wasm_externtype_t *type;
};

struct wasm_exporttype_t {
    wasm_name_t name;
    wasm_externtype_t *type;
};

wasm_importtype_t *wasm_importtype_new(wasm_name_t *module, wasm_name_t *name,
                                       wasm_externtype_t *type)
{
    wasm_importtype_t *import = type == NULL ? NULL : capi_alloc(1, sizeof *import);
    if (import == NULL) {
        wasm_name_delete(module);
        wasm_name_delete(name);
        wasm_externtype_delete(type);
        return NULL;
    }
    import->module = *module;
    import->name = *name;
    import->type = type;
    wasm_name_new_empty(module);
    wasm_name_new_empty(name);
    return import;
}

const wasm_name_t *wasm_importtype_module(const wasm_importtype_t *import)
{
    return &import->module;
}

const wasm_name_t *wasm_importtype_name(const wasm_importtype_t *import)
{
    return &import->name;
}

const wasm_externtype_t *wasm_importtype_type(const wasm_importtype_t *import)
{
    return import->type;
}

// A copy of a name, or an empty one and false.
static bool capi_copy_name(wasm_name_t *out, const wasm_name_t *name)
{
    wasm_name_copy(out, name);
    return out->size == name->size;
}

wasm_importtype_t *wasm_importtype_copy(const wasm_importtype_t *import)
{
    if (import == NULL) return NULL;
    wasm_name_t module, name;
    bool module_copied = capi_copy_name(&module, &import->module);
    bool name_copied = capi_copy_name(&name, &import->name);
    wasm_externtype_t *type =
        module_copied && name_copied ? wasm_externtype_copy(import->type) : NULL;
    return wasm_importtype_new(&module, &name, type);
}

void wasm_importtype_delete(wasm_importtype_t *import)
{
    if (import == NULL) return;
    wasm_name_delete(&import->module);
    wasm_name_delete(&import->name);
    wasm_externtype_delete(import->type);
    capi_free(import);
}

wasm_exporttype_t *wasm_exporttype_new(wasm_name_t *name, wasm_externtype_t *type)
{
    wasm_exporttype_t *export_ = type == NULL ? NULL : capi_alloc(1, sizeof *export_);
    if (export_ == NULL) {
        wasm_name_delete(name);
        wasm_externtype_delete(type);
        return NULL;
    }
    export_->name = *name;
    export_->type = type;
    wasm_name_new_empty(name);
    return export_;
}

const wasm_name_t *wasm_exporttype_name(const wasm_exporttype_t *export_)
{
    return &export_->name;
}

const wasm_externtype_t *wasm_exporttype_type(const wasm_exporttype_t *export_)
{
    return export_->type;
}

wasm_exporttype_t *wasm_exporttype_copy(const wasm_exporttype_t *export_)
{
    if (export_ == NULL) return NULL;
    wasm_name_t name;
    bool copied = capi_copy_name(&name, &export_->name);
    return wasm_exporttype_new(&name, copied ? wasm_externtype_copy(export_->type) : NULL);
}

void wasm_exporttype_delete(wasm_exporttype_t *export_)
{
    if (export_ == NULL) return;
    wasm_name_delete(&export_->name);
    wasm_externtype_delete(export_->type);
    capi_free(export_);
}

// --- from weft's types, and to them ------------------------------------------------------------

// What does not fit into 32 bits is as good as no limit.
static wasm_limits_t capi_limits_of(const weft_limits *limits)
{
    bool bounded = limits->has_max && limits->max < wasm_limits_max_default;
    return (wasm_limits_t){
        .min = limits->min < UINT32_MAX ? (u32)limits->min : UINT32_MAX,
        .max = bounded ? (u32)limits->max : wasm_limits_max_default,
    };
}

weft_limits capi_limits(const wasm_limits_t *limits)
{
    bool bounded = limits->max != wasm_limits_max_default;
    return (weft_limits){.min = limits->min, .max = limits->max, .has_max = bounded,
                         .page_size_log2 = 16};
}

typedef weft_valtype CapiTypeAt(const weft_extern_type *type, uint32_t index);

static bool capi_list_types(wasm_valtype_vec_t *out, const weft_extern_type *type, u32 count,
                       CapiTypeAt *at)
{
    wasm_valtype_vec_new_uninitialized(out, count);
    for (size_t i = 0; i < out->size; i++) {
        out->data[i] = capi_shared_valtype(capi_valkind(at(type, (u32)i)));
    }
    return out->size == count;
}

static wasm_externtype_t *capi_functype_of(const weft_extern_type *type)
{
    wasm_valtype_vec_t params, results;
    bool has_params = capi_list_types(&params, type, type->param_count, weft_type_param);
    bool has_results = capi_list_types(&results, type, type->result_count, weft_type_result);
    if (!has_params || !has_results) {
        wasm_valtype_vec_delete(&params);
        wasm_valtype_vec_delete(&results);
        return NULL;
    }
    return wasm_functype_as_externtype(wasm_functype_new(&params, &results));
}

wasm_externtype_t *capi_externtype(const weft_extern_type *type)
{
    wasm_valtype_t *value = capi_shared_valtype(capi_valkind(type->value));
    wasm_limits_t limits = capi_limits_of(&type->limits);
    switch (type->kind) {
    case WEFT_EXTERN_FUNC: return capi_functype_of(type);
    case WEFT_EXTERN_GLOBAL:
        return wasm_globaltype_as_externtype(
            wasm_globaltype_new(value, type->is_mutable ? WASM_VAR : WASM_CONST));
    case WEFT_EXTERN_TABLE:
        return wasm_tabletype_as_externtype(wasm_tabletype_new(value, &limits));
    case WEFT_EXTERN_MEMORY: return wasm_memorytype_as_externtype(wasm_memorytype_new(&limits));
    case WEFT_EXTERN_TAG: break;
    }
    return capi_new_tag_type();
}
