// call.c -- the table of functions, and how a call goes: descriptors, function, trace.
//
// The descriptor comes first: a call on a closed one answers BADF, whatever else is
// wrong with it. Then its right. Then the function runs, and does its own checks of
// pointers before anything it could not take back.
// SPDX-License-Identifier: MIT
#include "wasi/world.h"

enum { BOTH = 1, PREVIEW1 = 0 };

const CallRow call_rows[CALL_COUNT] = {
#define CALL(name, type, names, right, right_2, arguments) \
    {#name, type, arguments, names, RIGHT_##right, RIGHT_##right_2, wasi_##name},
#include "wasi/calls.def"
#undef CALL
};

// --- the arguments column ----------------------------------------------------------

static const char *take_word(const char *from, char until, char *word, size_t room)
{
    size_t n = 0;
    while (*from && *from != until) {
        if (n + 1 < room) word[n++] = *from;
        from++;
    }
    word[n] = '\0';
    return *from ? from + 1 : from;
}

bool next_field(const char **arguments, Field *field)
{
    const char *at = *arguments;
    if (!*at) return false;
    field->is_result = *at == '>';
    at = take_word(at + field->is_result, ':', field->kind, sizeof field->kind);
    *arguments = take_word(at, ' ', field->name, sizeof field->name);
    static const char *const pairs[] = {"str", "buf", "in", "out"};
    field->params = 1;
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        if (strcmp(field->kind, pairs[i]) == 0) field->params = 2;
    return true;
}

void find_fd_params(Link *link)
{
    if (LIKELY(link->fd_param != FD_PARAM_UNKNOWN)) return;
    s8 param = 0;
    link->fd_param = link->fd_2_param = -1;
    Field field;
    for (const char *at = link->row->arguments; next_field(&at, &field);) {
        if (!field.is_result && strcmp(field.kind, "fd") == 0) {
            if (link->fd_param < 0) link->fd_param = param;
            else link->fd_2_param = param;
        }
        param = (s8)(param + (s8)field.params);
    }
}

// --- linking -----------------------------------------------------------------------

static bool seal_listeners(weft_wasi *world)
{
    for (u32 i = 0; i < world->listener_count; i++) {
        Desc desc = {.files = world->port->files,
                     .handle = world->listeners[i],
                     .is_host = true,
                     .is_listener = true,
                     .is_stream = true,
                     .type = PORT_TYPE_SOCKET_STREAM};
        desc.rights = rights_of_type(&desc);
        desc.inheriting = rights_inherited_by(&desc);
        Errno error = desc_reserve(world);
        if (error) return world_fail(world, "cannot listen", "", error);
        desc_put(world, &desc);
        world->listeners[i] = PORT_NO_HANDLE;
    }
    world->listener_count = 0;
    return true;
}

bool world_seal(weft_wasi *world)
{
    if (world->error[0]) return false;
    if (!seal_listeners(world)) return false;
    if (world->links) return true;
    world->links = allocator_take_zeroed(&world->alloc, 2 * CALL_COUNT * sizeof(Link));
    if (!world->links) return world_out_of_memory(world);
    for (u32 i = 0; i < 2 * CALL_COUNT; i++) {
        Link *link = &world->links[i];
        link->world = world;
        link->row = &call_rows[i % CALL_COUNT];
        link->is_unstable = i >= CALL_COUNT;
        link->fd_param = FD_PARAM_UNKNOWN;
    }
    return true;
}

const char *weft_wasi_type(const char *module, const char *name)
{
    bool is_unstable = strcmp(module, "wasi_unstable") == 0;
    if (!is_unstable && strcmp(module, "wasi_snapshot_preview1") != 0) return NULL;
    for (u32 i = 0; i < CALL_COUNT; i++) {
        if (is_unstable && !call_rows[i].is_in_unstable) continue;
        if (strcmp(call_rows[i].name, name) == 0) return call_rows[i].type;
    }
    return NULL;
}

const char *weft_wasi_name_at(uint32_t index)
{
    return index < CALL_COUNT ? call_rows[index].name : NULL;
}

// --- serving -----------------------------------------------------------------------

static Errno check_fd(Call *c, s8 param, u64 right, Desc **desc)
{
    if (param < 0 || right == RIGHT_NONE) return ERRNO_SUCCESS;
    TRY(desc_find(c->world, arg_u32(c, (u32)param), desc));
    return LIKELY(((*desc)->rights & right) == right) ? ERRNO_SUCCESS
                                                      : desc_allows(*desc, right);
}

static Errno check_fds(Call *c, const Link *link)
{
    TRY(check_fd(c, link->fd_param, link->row->right, &c->fd));
    return check_fd(c, link->fd_2_param, link->row->right_2, &c->fd_2);
}

Errno wasi_serve(Link *link, Guest *guest)
{
    find_fd_params(link);
    Call c = {.world = link->world,
              .guest = guest,
              .row = link->row,
              .is_unstable = link->is_unstable};
    Errno error = check_fds(&c, link);
    if (!error) error = link->row->function(&c);
    if (is_traced(c.world, c.row)) trace_call(&c, error);
    return error;
}
