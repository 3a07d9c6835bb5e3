// bind_weft.c -- WASI as host functions of weft.h. The only file here that knows it.
//
// A weft_call already has the arguments as 64-bit slots, and its memory as one block
// where it is one, so binding a call is filling in a struct.
// SPDX-License-Identifier: MIT
#include "wasi/world.h"

static u8 *view_of_memory(void *ctx, u64 at, u64 size, u64 *chunk)
{
    weft_chunk found;
    if (!weft_memory_view(ctx, at, size, &found)) return NULL;
    *chunk = found.size;
    return found.data;
}

// Only a call that waits asks for it: the store makes its wake at the first time.
static PortWake *wake_of_call(void *call)
{
    return weft_call_wake(call);
}

// Has the function anything to say through memory?
static bool needs_memory(const CallRow *row)
{
    Field field;
    for (const char *at = row->arguments; next_field(&at, &field);) {
        static const char *const in_memory[] = {"str", "buf", "in", "out", "ptr", "subs"};
        if (field.is_result) return true;
        for (size_t i = 0; i < COUNT_OF(in_memory); i++)
            if (strcmp(field.kind, in_memory[i]) == 0) return true;
    }
    return false;
}

static weft_result serve_weft(weft_call *call, void *user)
{
    Link *link = user;
    Guest guest = {.args = call->args, .call = call, .find_wake = wake_of_call};
    weft_memory *memory = weft_call_memory(call);
    if (memory) {
        guest.memory = weft_memory_data(memory);
        guest.memory_size = weft_memory_size(memory);
        guest.view = view_of_memory;
        guest.ctx = memory;
    } else if (needs_memory(link->row)) {
        return weft_call_trap(call, "WASI needs the program's memory, and it has none");
    }
    Errno error = wasi_serve(link, &guest);
    switch (guest.outcome) {
    case GUEST_RETURNS:
        weft_return_u32(call, error);
        return WEFT_OK;
    case GUEST_EXITS:
        return weft_call_exit(call, (int32_t)guest.code);
    case GUEST_RETRIES:
        return WEFT_RETRY;
    }
    return WEFT_OK;
}

// A program imports a few of the functions there are: only those become definitions.
static bool provide_call(weft_store *store, weft_name module, weft_name name, void *user,
                         weft_error *error)
{
    weft_wasi *world = user;
    const bool is_unstable = module.size == sizeof "wasi_unstable" - 1;
    for (u32 i = 0; i < CALL_COUNT; i++) {
        const CallRow *row = &call_rows[i];
        if (strlen(row->name) != name.size || memcmp(row->name, name.data, name.size) != 0) continue;
        if (is_unstable && !row->is_in_unstable) continue;
        return weft_define_func(store, is_unstable ? "wasi_unstable" : "wasi_snapshot_preview1",
                                row->name, row->type, serve_weft,
                                &world->links[is_unstable * CALL_COUNT + i], NULL, error);
    }
    return true;
}

bool weft_wasi_link(weft_wasi *world, weft_store *store, weft_error *error)
{
    static const char *const modules[] = {"wasi_snapshot_preview1", "wasi_unstable"};
    if (!world || !world_seal(world)) {
        if (error) {
            error->kind = WEFT_HOST;
            const char *const text = weft_wasi_error(world);
            size_t room = sizeof error->text;
            size_t size = strlen(text);
            if (size >= room) size = room - 1;
            memcpy(error->text, text, size);
            error->text[size] = '\0';
        }
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(modules); i++) {
        if (!weft_define_on_demand(store, modules[i], provide_call, world, error)) return false;
    }
    return true;
}
