// wasm_api_vec.c -- the vectors of the standard C API: a size and an array.
//
// Nine families with the same five functions. Elements are plain (bytes, values) or
// pointers to things with an owner; a vector that cannot be made is empty.
// SPDX-License-Identifier: MIT
#include "vm/wasm_api.h"

#include <stdlib.h>

void *capi_alloc(size_t count, size_t size)
{
    if (count == 0 || count > SIZE_MAX / size) return NULL;
    return calloc(count, size);
}

void capi_free(void *block)
{
    free(block);
}

// The functions that do not look at elements.
#define CAPI_VEC_COMMON(name, element)                                                        \
    void wasm_##name##_vec_new_empty(wasm_##name##_vec_t *out)                           \
    {                                                                                    \
        out->size = 0;                                                                   \
        out->data = NULL;                                                                \
    }                                                                                    \
                                                                                         \
    void wasm_##name##_vec_new_uninitialized(wasm_##name##_vec_t *out, size_t size)      \
    {                                                                                    \
        out->data = capi_alloc(size, sizeof(element));                                   \
        out->size = out->data == NULL ? 0 : size;                                        \
    }

CAPI_VEC_COMMON(byte, wasm_byte_t)

void wasm_byte_vec_new(wasm_byte_vec_t *out, size_t size, const wasm_byte_t bytes[])
{
    wasm_byte_vec_new_uninitialized(out, size);
    if (out->size != 0) memcpy(out->data, bytes, size);
}

void wasm_byte_vec_copy(wasm_byte_vec_t *out, const wasm_byte_vec_t *from)
{
    wasm_byte_vec_new(out, from->size, from->data);
}

void wasm_byte_vec_delete(wasm_byte_vec_t *vec)
{
    capi_free(vec->data);
    wasm_byte_vec_new_empty(vec);
}

CAPI_VEC_COMMON(val, wasm_val_t)

void wasm_val_vec_new(wasm_val_vec_t *out, size_t size, const wasm_val_t values[])
{
    wasm_val_vec_new_uninitialized(out, size);
    if (out->size != 0) memcpy(out->data, values, size * sizeof *values);
}

void wasm_val_vec_copy(wasm_val_vec_t *out, const wasm_val_vec_t *from)
{
    wasm_val_vec_new_uninitialized(out, from->size);
    for (size_t i = 0; i < out->size; i++) wasm_val_copy(&out->data[i], &from->data[i]);
}

void wasm_val_vec_delete(wasm_val_vec_t *vec)
{
    for (size_t i = 0; i < vec->size; i++) wasm_val_delete(&vec->data[i]);
    capi_free(vec->data);
    wasm_val_vec_new_empty(vec);
}

// Elements taken over by a vector that could not be made still change hands: they are
// deleted. A copy of NULL is NULL; a copy that fails takes the whole vector with it.
#define CAPI_VEC_OF_POINTERS(name)                                                            \
    CAPI_VEC_COMMON(name, wasm_##name##_t *)                                                  \
                                                                                         \
    void wasm_##name##_vec_new(wasm_##name##_vec_t *out, size_t size,                    \
                               wasm_##name##_t *const elements[])                        \
    {                                                                                    \
        wasm_##name##_vec_new_uninitialized(out, size);                                  \
        for (size_t i = 0; i < size; i++) {                                              \
            if (out->data != NULL) {                                                     \
                out->data[i] = elements[i];                                              \
            } else {                                                                     \
                wasm_##name##_delete(elements[i]);                                       \
            }                                                                            \
        }                                                                                \
    }                                                                                    \
                                                                                         \
    void wasm_##name##_vec_copy(wasm_##name##_vec_t *out, const wasm_##name##_vec_t *from) \
    {                                                                                    \
        wasm_##name##_vec_new_uninitialized(out, from->size);                            \
        for (size_t i = 0; i < out->size; i++) {                                         \
            if (from->data[i] == NULL) continue;                                         \
            out->data[i] = wasm_##name##_copy(from->data[i]);                            \
            if (out->data[i] == NULL) {                                                  \
                wasm_##name##_vec_delete(out);                                           \
                return;                                                                  \
            }                                                                            \
        }                                                                                \
    }                                                                                    \
                                                                                         \
    void wasm_##name##_vec_delete(wasm_##name##_vec_t *vec)                              \
    {                                                                                    \
        for (size_t i = 0; i < vec->size; i++) wasm_##name##_delete(vec->data[i]);       \
        capi_free(vec->data);                                                            \
        wasm_##name##_vec_new_empty(vec);                                                \
    }

CAPI_VEC_OF_POINTERS(valtype)
CAPI_VEC_OF_POINTERS(functype)
CAPI_VEC_OF_POINTERS(globaltype)
CAPI_VEC_OF_POINTERS(tabletype)
CAPI_VEC_OF_POINTERS(memorytype)
CAPI_VEC_OF_POINTERS(externtype)
CAPI_VEC_OF_POINTERS(importtype)
CAPI_VEC_OF_POINTERS(exporttype)
CAPI_VEC_OF_POINTERS(frame)
CAPI_VEC_OF_POINTERS(extern)
