// stream.c -- standard streams that are not the host's: bytes, buffers, functions.
//
// They implement the same table as files (PortFiles), so the calls that read and write
// know nothing of them. A new world's three streams are empty ones: nothing to read, and
// what is written is swallowed.
// SPDX-License-Identifier: MIT
#include "wasi/stream.h"

typedef enum StreamKind {
    STREAM_EMPTY,
    STREAM_BYTES,     // gives bytes of the embedder's
    STREAM_CAPTURE,   // keeps what is written
    STREAM_FUNCTION,
} StreamKind;

typedef struct Stream {
    struct Stream *next;  // of all the world's
    Allocator alloc;
    StreamKind kind;
    int number;           // for which standard stream it was made
    const u8 *bytes;      // of BYTES
    u8 *kept;             // of CAPTURE, with a zero behind
    size_t size, at;      // BYTES: all, read so far; CAPTURE: kept, -
    size_t capacity, max;
    weft_wasi_read_func read;
    weft_wasi_write_func write;
    void *user;
    bool is_blocked;
} Stream;

static Stream *stream_of(PortHandle handle)
{
    return (Stream *)handle;
}

// --- the table of files ------------------------------------------------------------

static Errno read_stream_bytes(Stream *s, const PortIo *io, size_t *done)
{
    size_t left = s->size - s->at;
    *done = io->size < left ? io->size : left;
    if (*done) memcpy(io->data, s->bytes + s->at, *done);
    s->at += *done;
    return ERRNO_SUCCESS;
}

static Errno result_of_function(Stream *s, ptrdiff_t n, size_t size, size_t *done)
{
    s->is_blocked = n == WEFT_WASI_WOULD_BLOCK;
    if (s->is_blocked) return ERRNO_AGAIN;
    if (n < 0 || (size_t)n > size) return ERRNO_IO;
    *done = (size_t)n;
    return ERRNO_SUCCESS;
}

static Errno stream_read(void *ctx, PortHandle file, const PortIo *io, size_t count, u64 offset,
                         size_t *done)
{
    (void)ctx, (void)offset;
    Stream *s = stream_of(file);
    *done = 0;
    if (count == 0) return ERRNO_SUCCESS;
    if (s->kind == STREAM_BYTES) return read_stream_bytes(s, io, done);
    if (s->kind != STREAM_FUNCTION || !s->read) return ERRNO_SUCCESS;
    return result_of_function(s, s->read(s->user, io->data, io->size), io->size, done);
}

// Room for `size` more and a zero.
static bool grow_capture(Stream *s, size_t size)
{
    if (size > SIZE_MAX / 4 || s->size > SIZE_MAX / 4) return false;
    if (s->size + size + 1 <= s->capacity) return true;
    size_t capacity = s->capacity ? s->capacity : 256;
    while (capacity < s->size + size + 1) capacity *= 2;
    u8 *kept = allocator_resize(&s->alloc, s->kept, s->capacity, capacity);
    if (!kept) return false;
    s->kept = kept;
    s->capacity = capacity;
    return true;
}

static Errno keep(Stream *s, const PortIo *io, size_t *done)
{
    size_t room = s->max ? s->max - s->size : SIZE_MAX;
    size_t size = io->size < room ? io->size : room;
    if ((size == 0 && io->size > 0) || !grow_capture(s, size)) return ERRNO_NOSPC;
    memcpy(s->kept + s->size, io->data, size);
    s->size += size;
    s->kept[s->size] = '\0';
    *done = size;
    return ERRNO_SUCCESS;
}

static Errno write_piece(Stream *s, const PortIo *io, size_t *done)
{
    if (s->kind == STREAM_CAPTURE) return keep(s, io, done);
    if (s->kind == STREAM_FUNCTION && s->write)
        return result_of_function(s, s->write(s->user, io->data, io->size), io->size, done);
    *done = io->size;
    return ERRNO_SUCCESS;
}

static Errno stream_write(void *ctx, PortHandle file, const PortIo *io, size_t count,
                          u64 offset, size_t *done)
{
    (void)ctx, (void)offset;
    Stream *s = stream_of(file);
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        size_t n = 0;
        Errno error = write_piece(s, &io[i], &n);
        if (error && total == 0) return error;
        total += n;
        if (error || n < io[i].size) break;
    }
    *done = total;
    return ERRNO_SUCCESS;
}

static Errno stream_close(void *ctx, PortHandle file)
{
    (void)ctx, (void)file;  // it lives as long as the world: the embedder may ask for it
    return ERRNO_SUCCESS;
}

static Errno stream_stat(void *ctx, PortHandle file, PortStat *stat)
{
    (void)ctx, (void)file;
    *stat = (PortStat){.nlink = 1, .pipe = true};
    return ERRNO_SUCCESS;
}

static Errno stream_sync(void *ctx, PortHandle file, bool data_only)
{
    (void)ctx, (void)file, (void)data_only;
    return ERRNO_SUCCESS;
}

// Rights keep every other call away: a stream is no directory and has no size.
static const PortFiles stream_files = {
    .read = stream_read,
    .write = stream_write,
    .close = stream_close,
    .stat = stream_stat,
    .sync = stream_sync,
};

bool stream_is_blocked(const Desc *desc)
{
    return desc->files == &stream_files && stream_of(desc->handle)->is_blocked;
}

void streams_unblock(weft_wasi *world)
{
    for (Stream *s = world->streams; s; s = s->next) s->is_blocked = false;
}

// --- building ----------------------------------------------------------------------

// Puts a descriptor where a standard stream is. The three exist from the start.
static void set_stream(weft_wasi *world, int number, Desc desc)
{
    u64 other = number == 0 ? RIGHT_FD_WRITE : RIGHT_FD_READ;
    desc.rights &= ~other;
    desc_release(world, &world->descs[number]);
    world->descs[number] = desc;
}

static bool set_own_stream(weft_wasi *world, int number, const Stream *model)
{
    Stream *s = allocator_take(&world->alloc, sizeof *s);
    if (!s) return world_out_of_memory(world);
    *s = *model;
    s->number = number;
    s->next = world->streams;
    s->alloc = world->alloc;
    world->streams = s;
    Desc desc = {.files = &stream_files, .handle = (PortHandle)s};
    desc_describe(&desc);
    set_stream(world, number, desc);
    return true;
}

bool streams_start(weft_wasi *world)
{
    for (int number = 0; number < 3; number++) {
        if (desc_reserve(world)) return false;
        desc_put(world, &(Desc){.files = &stream_files, .is_shared = true});
        if (!set_own_stream(world, number, &(Stream){0})) return false;
    }
    return true;
}

void streams_free(weft_wasi *world)
{
    while (world->streams) {
        Stream *s = world->streams;
        world->streams = s->next;
        allocator_free(&world->alloc, s->kept, s->capacity);
        allocator_free(&world->alloc, s, sizeof *s);
    }
}

static bool is_stream_number(weft_wasi *world, int stream, int from)
{
    if (stream >= from && stream <= 2) return true;
    return world_fail(world, "no such stream", "", ERRNO_INVAL);
}

bool weft_wasi_inherit_stream(weft_wasi *world, int stream)
{
    if (!world) return false;
    if (!is_stream_number(world, stream, 0)) return false;
    Desc desc = {.files = world->port->files,
                 .handle = stream,
                 .is_host = true,
                 .is_shared = true};
    // A host may have closed the stream; then the guest finds the empty one.
    if (desc_describe(&desc)) return set_own_stream(world, stream, &(Stream){0});
    set_stream(world, stream, desc);
    return true;
}

bool weft_wasi_inherit_stdio(weft_wasi *world)
{
    if (!world) return false;
    return weft_wasi_inherit_stream(world, 0) && weft_wasi_inherit_stream(world, 1) &&
           weft_wasi_inherit_stream(world, 2);
}

bool weft_wasi_stdin_bytes(weft_wasi *world, const void *bytes, size_t size)
{
    if (!world) return false;
    return set_own_stream(world, 0,
                          &(Stream){.kind = STREAM_BYTES, .bytes = bytes, .size = size});
}

bool weft_wasi_capture(weft_wasi *world, int stream, size_t max)
{
    if (!world) return false;
    return is_stream_number(world, stream, 1) &&
           set_own_stream(world, stream, &(Stream){.kind = STREAM_CAPTURE, .max = max});
}

bool weft_wasi_stdin_func(weft_wasi *world, weft_wasi_read_func func, void *user)
{
    if (!world) return false;
    return set_own_stream(world, 0,
                          &(Stream){.kind = STREAM_FUNCTION, .read = func, .user = user});
}

bool weft_wasi_output_func(weft_wasi *world, int stream, weft_wasi_write_func func, void *user)
{
    if (!world) return false;
    return is_stream_number(world, stream, 1) &&
           set_own_stream(world, stream,
                          &(Stream){.kind = STREAM_FUNCTION, .write = func, .user = user});
}

// Streams that are joined share the handle; neither closes it.
bool weft_wasi_join(weft_wasi *world, int stream, int to_stream)
{
    if (!world) return false;
    if (!is_stream_number(world, stream, 1) || !is_stream_number(world, to_stream, 1))
        return false;
    if (stream == to_stream) return true;
    Desc desc = world->descs[to_stream];
    desc.name = NULL;
    desc.listing = NULL;
    set_stream(world, stream, desc);
    return true;
}

// The guest may have closed or renumbered the descriptor: what was captured is still here.
// The list has the latest first.
const char *weft_wasi_captured(const weft_wasi *world, int stream, size_t *size)
{
    const Stream *found = NULL;
    for (const Stream *s = world ? world->streams : NULL; s && !found; s = s->next)
        if (s->kind == STREAM_CAPTURE && s->number == stream) found = s;
    *size = found ? found->size : 0;
    return found && found->kept ? (const char *)found->kept : "";
}
