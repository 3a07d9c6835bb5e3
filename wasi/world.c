// world.c -- building a world: the part of weft_wasi.h that is not files of its own.
// SPDX-License-Identifier: MIT
#include "wasi/world.h"

#include <stdio.h>

enum { FD_LIMIT = 1024 };

bool world_fail(weft_wasi *world, const char *what, const char *which, Errno error)
{
    if (!world->error[0])
        snprintf(world->error, sizeof world->error, "%s%s%.120s: %s", what, *which ? " " : "",
                 which, errno_text(error));
    return false;
}

bool world_out_of_memory(weft_wasi *world)
{
    if (!world->error[0]) snprintf(world->error, sizeof world->error, "out of memory");
    return false;
}

const char *weft_wasi_error(const weft_wasi *world)
{
    if (!world) return "out of memory";
    return world->error[0] ? world->error : NULL;
}

weft_wasi *weft_wasi_new(const weft_wasi_options *options)
{
    weft_wasi_options with = WEFT_WASI_OPTIONS_INIT;
    if (options) memcpy(&with, options, options->size < sizeof with ? options->size : sizeof with);
    const Allocator *alloc = with.allocator ? with.allocator : &allocator_libc;
    weft_wasi *world = allocator_take_zeroed(alloc, sizeof *world);
    if (!world) return NULL;
    world->alloc = *alloc;
    world->port = with.port ? with.port : port_native();
    world->fd_limit = with.fd_limit ? with.fd_limit : FD_LIMIT;
    // Where there is nothing to wait with, nothing waits.
    if (world->port->wake_new(world->port->ctx, alloc, &world->wake) == ERRNO_NOMEM ||
        !streams_start(world)) {
        weft_wasi_free(world);
        return NULL;
    }
    return world;
}

static void free_strings(weft_wasi *world, Strings *strings)
{
    allocator_free(&world->alloc, strings->bytes, strings->capacity);
}

void weft_wasi_free(weft_wasi *world)
{
    if (!world) return;
    for (u32 fd = 0; fd < world->desc_count; fd++) desc_release(world, &world->descs[fd]);
    for (u32 i = 0; i < world->listener_count; i++)
        world->port->files->close(world->port->files->ctx, world->listeners[i]);
    allocator_free(&world->alloc, world->descs, world->desc_capacity * sizeof *world->descs);
    streams_free(world);
    built_ins_free(world);
    free_strings(world, &world->args);
    free_strings(world, &world->environ);
    allocator_free(&world->alloc, world->inodes, world->inode_capacity * sizeof *world->inodes);
    allocator_free(&world->alloc, world->links, 2 * CALL_COUNT * sizeof *world->links);
    if (world->wake) world->port->wake_free(world->port->ctx, &world->alloc, world->wake);
    Allocator alloc = world->alloc;
    allocator_free(&alloc, world, sizeof *world);
}

// --- strings -----------------------------------------------------------------------

static bool add_string(weft_wasi *world, Strings *strings, const char *text)
{
    size_t size = strlen(text) + 1;
    if (size > UINT32_MAX - strings->size) return world_fail(world, "too long", "", ERRNO_2BIG);
    if (strings->size + size > strings->capacity) {
        size_t capacity = strings->capacity ? strings->capacity * 2 : 256;
        if (capacity < strings->size + size) capacity = strings->size + size;
        char *bytes = allocator_resize(&world->alloc, strings->bytes, strings->capacity, capacity);
        if (!bytes) return world_out_of_memory(world);
        strings->bytes = bytes;
        strings->capacity = capacity;
    }
    memcpy(strings->bytes + strings->size, text, size);
    strings->size += size;
    strings->count++;
    return true;
}

bool weft_wasi_arg(weft_wasi *world, const char *arg)
{
    if (!world) return false;
    return add_string(world, &world->args, arg);
}

bool weft_wasi_args(weft_wasi *world, int argc, const char *const *argv)
{
    if (!world) return false;
    for (int i = 0; i < argc; i++)
        if (!weft_wasi_arg(world, argv[i])) return false;
    return true;
}

static void remove_variable(Strings *strings, const char *key, size_t key_size)
{
    for (size_t at = 0; at < strings->size;) {
        const char *text = strings->bytes + at;
        size_t size = strlen(text) + 1;
        if (strncmp(text, key, key_size) == 0 && text[key_size] == '=') {
            memmove(strings->bytes + at, text + size, strings->size - at - size);
            strings->size -= size;
            strings->count--;
            return;
        }
        at += size;
    }
}

bool weft_wasi_env(weft_wasi *world, const char *key_value)
{
    if (!world) return false;
    const char *equals = strchr(key_value, '=');
    if (!equals || equals == key_value)
        return world_fail(world, "not KEY=VALUE:", key_value, ERRNO_INVAL);
    remove_variable(&world->environ, key_value, (size_t)(equals - key_value));
    return add_string(world, &world->environ, key_value);
}

// --- preopens ----------------------------------------------------------------------

// Takes over the handle, also when it fails.
bool world_add_preopen(weft_wasi *world, Desc *desc, const char *guest_name)
{
    size_t size = strlen(guest_name) + 1;
    Errno error = desc_describe(desc);
    if (!error && !desc_is_dir(desc)) error = ERRNO_NOTDIR;
    if (!error) error = desc_reserve(world);
    if (!error && !(desc->name = allocator_take(&world->alloc, size))) error = ERRNO_NOMEM;
    if (error) {
        desc->files->close(desc->files->ctx, desc->handle);
        return world_fail(world, "cannot give", guest_name, error);
    }
    memcpy(desc->name, guest_name, size);
    // Descriptors are handed out from 3 on without a hole, as programs look for them.
    desc_put(world, desc);
    return true;
}

bool weft_wasi_dir(weft_wasi *world, const char *host_path, const char *guest_name,
                   unsigned flags)
{
    if (!world) return false;
    const Port *port = world->port;
    Desc desc = {.files = port->files,
                 .is_host = true,
                 .is_read_only = (flags & WEFT_WASI_READ_ONLY) != 0};
    Errno error = port->open_host_dir(port->ctx, host_path, &desc.handle);
    if (error) return world_fail(world, "cannot open directory", host_path, error);
    return world_add_preopen(world, &desc, guest_name);
}

bool weft_wasi_mount(weft_wasi *world, weft_wasi_tree *tree, const char *guest_name,
                     unsigned flags)
{
    if (!world) return false;
    Desc desc = {.files = tree_files(tree), .is_read_only = (flags & WEFT_WASI_READ_ONLY) != 0};
    if (tree_open_root(tree, &desc.handle)) return world_out_of_memory(world);
    return world_add_preopen(world, &desc, guest_name);
}

// Listeners come after all directories, whenever they are given: programs that look for
// directories stop at the first descriptor that is none.
bool weft_wasi_tcp_listen(weft_wasi *world, const char *host_port)
{
    if (!world) return false;
    const Port *port = world->port;
    if (world->listener_count == WORLD_LISTENERS)
        return world_fail(world, "cannot listen on", host_port, ERRNO_MFILE);
    Errno error = port->listen(port->ctx, host_port, &world->listeners[world->listener_count]);
    if (error) return world_fail(world, "cannot listen on", host_port, error);
    world->listener_count++;
    return true;
}

// --- settings ----------------------------------------------------------------------

void weft_wasi_clock(weft_wasi *world, weft_wasi_clock_func func, void *user)
{
    if (!world) return;
    world->clock = func;
    world->clock_user = user;
}

void weft_wasi_random(weft_wasi *world, weft_wasi_random_func func, void *user)
{
    if (!world) return;
    world->random = func;
    world->random_user = user;
}

void weft_wasi_deterministic(weft_wasi *world, uint64_t seed)
{
    if (!world) return;
    world->is_deterministic = true;
    world->random_state = seed;
}

bool weft_wasi_exited(const weft_wasi *world, uint32_t *code)
{
    if (!world) return false;
    if (world->has_exited && code) *code = world->exit_code;
    return world->has_exited;
}

void weft_wasi_interrupt(weft_wasi *world)
{
    if (!world) return;
    if (world->wake) world->port->wake_set(world->port->ctx, world->wake);
}
