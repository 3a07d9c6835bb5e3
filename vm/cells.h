// cells.h -- room for small objects: blocks of equal cells, one size class each.
//
// Programs that collect garbage make millions of small objects, so these do not go to the
// allocator one by one. A class has blocks (small ones first, then larger ones) whose
// cells are handed out in order and, once freed, from a list. A cell that is free has the kind
// OBJECT_FREE; the collector walks blocks cell by cell, which is also walking memory in
// order.
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_CELLS_H
#define WEFT_VM_CELLS_H

#include "ports/alloc.h"
#include "vm/runtime.h"

#define CELL_STEP 16     // sizes are multiples of it
#define CELL_CLASSES 16  // up to 256 bytes
#define CELL_MOST (CELL_STEP * CELL_CLASSES)

typedef struct CellBlock {
    struct CellBlock *next;
    size_t bytes;       // of the whole block
    u32 cell_bytes;
    u32 count, filled;  // cells; those handed out at least once
} CellBlock;

typedef struct Cells {
    CellBlock *blocks[CELL_CLASSES];  // newest first: only that one may not be filled
    Object *free[CELL_CLASSES];
    u8 generation[CELL_CLASSES];      // how many blocks were made, up to where they stop growing
} Cells;

INLINE u32 cell_class(size_t bytes)
{
    return (u32)((bytes - 1) / CELL_STEP);
}

INLINE size_t cell_bytes(size_t bytes)
{
    return (bytes + CELL_STEP - 1) / CELL_STEP * CELL_STEP;
}

INLINE Object *cell_at(const CellBlock *block, u32 index)
{
    u8 *cells = (u8 *)(uintptr_t)block + (sizeof *block + 15) / 16 * 16;
    return (Object *)(void *)(cells + (size_t)index * block->cell_bytes);
}

// A cell of at least `bytes` (at most CELL_MOST), with anything in it; NULL: no memory.
Object *cells_take(Cells *cells, const Allocator *allocator, size_t bytes);

// Puts a cell on its class's free list.
INLINE void cells_put(Cells *cells, Object *object, size_t bytes)
{
    object->kind = OBJECT_FREE;
    object->next = cells->free[cell_class(bytes)];
    cells->free[cell_class(bytes)] = object;
}

// Says for each live cell whether it stays.
typedef bool CellJudge(void *context, Object *object, size_t bytes);

// Asks about every live cell; frees those that do not stay, and blocks without any.
void cells_sweep(Cells *cells, const Allocator *allocator, CellJudge *judge, void *context);

void cells_each(const Cells *cells, void (*visit)(void *context, Object *object), void *context);

// Frees all blocks, whatever is in them.
void cells_free(Cells *cells, const Allocator *allocator);

#endif
