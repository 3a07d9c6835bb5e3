// cells.c -- room for small objects.
// SPDX-License-Identifier: MIT
#include "vm/cells.h"

// The first block of a class is this large, each further one twice as large, up to 64 KiB:
// a program with ten objects does not pay for ten thousand.
#define CELL_FIRST_BLOCK ((size_t)1024)
#define CELL_GENERATIONS 6

static CellBlock *cell_block_new(const Allocator *allocator, size_t bytes, u32 size)
{
    CellBlock *block = allocator_take(allocator, bytes);
    if (block == NULL) return NULL;
    *block = (CellBlock){.bytes = bytes, .cell_bytes = size};
    block->count = (u32)((bytes - (size_t)((u8 *)cell_at(block, 0) - (u8 *)block)) / size);
    return block;
}

Object *cells_take(Cells *cells, const Allocator *allocator, size_t bytes)
{
    u32 class = cell_class(bytes);
    Object *cell = cells->free[class];
    if (cell != NULL) {
        cells->free[class] = cell->next;
        return cell;
    }
    CellBlock *block = cells->blocks[class];
    if (block == NULL || block->filled == block->count) {
        size_t size = CELL_FIRST_BLOCK << cells->generation[class];
        block = cell_block_new(allocator, size, (class + 1) * CELL_STEP);
        // When memory is short a small block may still be had.
        if (block == NULL && size > CELL_FIRST_BLOCK) {
            block = cell_block_new(allocator, CELL_FIRST_BLOCK, (class + 1) * CELL_STEP);
        }
        if (block == NULL) return NULL;
        if (cells->generation[class] < CELL_GENERATIONS) cells->generation[class]++;
        block->next = cells->blocks[class];
        cells->blocks[class] = block;
    }
    return cell_at(block, block->filled++);
}

// Sweeps one block; its free cells go in front of `*list`. Whether any cell stays.
static bool cell_block_sweep(CellBlock *block, Object **list, CellJudge *judge, void *context)
{
    bool any = false;
    for (u32 i = block->filled; i-- > 0;) {
        Object *object = cell_at(block, i);
        if (object->kind != OBJECT_FREE && judge(context, object, block->cell_bytes)) {
            any = true;
            continue;
        }
        object->kind = OBJECT_FREE;
        object->next = *list;
        *list = object;
    }
    return any;
}

void cells_sweep(Cells *cells, const Allocator *allocator, CellJudge *judge, void *context)
{
    for (u32 class = 0; class < CELL_CLASSES; class++) {
        Object *list = NULL;
        CellBlock **at = &cells->blocks[class];
        while (*at != NULL) {
            CellBlock *block = *at;
            Object *before = list;
            if (cell_block_sweep(block, &list, judge, context)) {
                at = &block->next;
                continue;
            }
            list = before;
            *at = block->next;
            allocator_free(allocator, block, block->bytes);
        }
        cells->free[class] = list;
    }
}

void cells_each(const Cells *cells, void (*visit)(void *context, Object *object), void *context)
{
    for (u32 class = 0; class < CELL_CLASSES; class++) {
        for (CellBlock *block = cells->blocks[class]; block != NULL; block = block->next) {
            for (u32 i = 0; i < block->filled; i++) {
                Object *object = cell_at(block, i);
                if (object->kind != OBJECT_FREE) visit(context, object);
            }
        }
    }
}

void cells_free(Cells *cells, const Allocator *allocator)
{
    for (u32 class = 0; class < CELL_CLASSES; class++) {
        for (CellBlock *block = cells->blocks[class], *next; block != NULL; block = next) {
            next = block->next;
            allocator_free(allocator, block, block->bytes);
        }
    }
    *cells = (Cells){0};
}
