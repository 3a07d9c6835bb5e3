// stat.c -- what a guest is told about a file: filestat, in the layout it was built for.
//
// preview1 has 64 bytes with a 64-bit link count; wasi_unstable had 56 with a 32-bit one.
// A guest of 2019 reserved 56: eight more would overwrite what follows.
// SPDX-License-Identifier: MIT
#include "wasi/world.h"

// --- deterministic worlds ----------------------------------------------------------

// The smallest hash table that does: open addressing, a power of two, at most half full.
static size_t inode_slot(const InodeName *inodes, size_t capacity, u64 dev, u64 ino)
{
    u64 hash = (ino ^ dev << 32) * 0x9E3779B97F4A7C15u;
    size_t slot = (size_t)(hash >> 20) & (capacity - 1);
    while (inodes[slot].told != 0 && (inodes[slot].dev != dev || inodes[slot].ino != ino))
        slot = (slot + 1) & (capacity - 1);
    return slot;
}

static Errno grow_inodes(weft_wasi *world)
{
    size_t capacity = world->inode_capacity ? world->inode_capacity * 2 : 64;
    InodeName *inodes = allocator_take_zeroed(&world->alloc, capacity * sizeof *inodes);
    if (!inodes) return ERRNO_NOMEM;
    for (size_t i = 0; i < world->inode_capacity; i++) {
        const InodeName *old = &world->inodes[i];
        if (old->told) inodes[inode_slot(inodes, capacity, old->dev, old->ino)] = *old;
    }
    allocator_free(&world->alloc, world->inodes, world->inode_capacity * sizeof *inodes);
    world->inodes = inodes;
    world->inode_capacity = capacity;
    return ERRNO_SUCCESS;
}

// Inode numbers in the order in which they are first told; two names of one file keep one.
static Errno tell_inode(weft_wasi *world, u64 dev, u64 *ino)
{
    if (world->inode_count * 2 >= world->inode_capacity) TRY(grow_inodes(world));
    size_t slot = inode_slot(world->inodes, world->inode_capacity, dev, *ino);
    InodeName *name = &world->inodes[slot];
    if (name->told == 0) *name = (InodeName){.dev = dev, .ino = *ino, .told = ++world->inode_count};
    *ino = name->told;
    return ERRNO_SUCCESS;
}

enum { MADE_UP_DIR_SIZE = 4096 };

Errno world_disguise(weft_wasi *world, PortStat *stat)
{
    if (!world->is_deterministic) return ERRNO_SUCCESS;
    TRY(tell_inode(world, stat->dev, &stat->ino));
    stat->dev = 1;
    stat->atim = stat->mtim = stat->ctim = (u64)1577836800 * 1000000000u;
    // How a file system counts the links and bytes of a directory is its own affair.
    if (stat->type == PORT_TYPE_DIRECTORY) stat->nlink = 1, stat->size = MADE_UP_DIR_SIZE;
    return ERRNO_SUCCESS;
}

// --- layouts -----------------------------------------------------------------------

Errno put_filestat(const Call *c, u32 i, const PortStat *stat)
{
    PortStat told = *stat;
    TRY(world_disguise(c->world, &told));
    u8 bytes[FILESTAT_SIZE] = {0};
    store_u64(bytes + 0, told.dev);
    store_u64(bytes + 8, told.ino);
    bytes[16] = (u8)told.type;
    u8 *rest = bytes + 24;
    if (c->is_unstable) {
        store_u32(bytes + 20, told.nlink > UINT32_MAX ? UINT32_MAX : (u32)told.nlink);
    } else {
        store_u64(bytes + 24, told.nlink);
        rest = bytes + 32;
    }
    store_u64(rest + 0, told.size);
    store_u64(rest + 8, told.atim);
    store_u64(rest + 16, told.mtim);
    store_u64(rest + 24, told.ctim);
    return put_bytes(c, i, bytes, filestat_size(c));
}

static Errno pick_time(u64 value, bool is_set, bool is_now, u64 *time)
{
    if (is_set && is_now) return ERRNO_INVAL;
    if (is_set && value > (u64)INT64_MAX) return ERRNO_INVAL;
    *time = is_now ? PORT_TIME_NOW : is_set ? value : PORT_TIME_KEEP;
    return ERRNO_SUCCESS;
}

// Parameters i, i+1 and i+2 are atim, mtim and fstflags.
Errno times_of_args(const Call *c, u32 i, u64 *atim, u64 *mtim)
{
    u32 flags = arg_u32(c, i + 2);
    if (flags & ~(u32)(FSTFLAG_ATIM | FSTFLAG_ATIM_NOW | FSTFLAG_MTIM | FSTFLAG_MTIM_NOW))
        return ERRNO_INVAL;
    TRY(pick_time(arg_u64(c, i), flags & FSTFLAG_ATIM, flags & FSTFLAG_ATIM_NOW, atim));
    return pick_time(arg_u64(c, i + 1), flags & FSTFLAG_MTIM, flags & FSTFLAG_MTIM_NOW, mtim);
}
