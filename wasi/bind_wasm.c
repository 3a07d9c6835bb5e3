// bind_wasm.c -- WASI's functions as host functions of the standard C API.
//
// The sister of bind_weft.c: it fills in a Guest for each call and translates the ways a
// call can end, using wasm.h and nothing else of an engine. Two things the standard does
// not have shape it. A host function is not told who calls, so the memory is attached
// beforehand. And there is no exit, so proc_exit leaves the guest as a trap, which
// wasi_instance_exited tells from others.
//
// The functions of one world share a Bound, which lives until the wasi_instance_t and every
// function the engine still has are gone: an engine may drop functions late.
// SPDX-License-Identifier: MIT
#include "wasi.h"
#include "wasi/world.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Bound Bound;

// What a host function gets as its environment.
typedef struct BoundCall {
    Bound *bound;
    Link *link;
    wasm_func_t *func;  // made when an import first asks for it
} BoundCall;

struct wasi_config_t {
    weft_wasi *world;
    wasm_byte_vec_t input;
    FILE *files[3];  // streams that are files of the host's
    bool failed;
};

struct Bound {
    u32 holds;  // the wasi_instance_t, and each function
    wasi_config_t *config;
    wasm_store_t *store;
    wasm_memory_t *memory;
    BoundCall calls[2 * CALL_COUNT];
};

struct wasi_instance_t {
    Bound *bound;
    char *name;  // NULL: both
};

// --- configuration -----------------------------------------------------------------
//
// There may be no configuration, if memory ran out when it was made; wasi_instance_new says
// so in the end.

wasi_config_t *wasi_config_new(void)
{
    wasi_config_t *config = calloc(1, sizeof *config);
    if (!config) return NULL;
    config->world = weft_wasi_new(NULL);
    if (!config->world) {
        free(config);
        return NULL;
    }
    return config;
}

void wasi_config_delete(wasi_config_t *config)
{
    if (!config) return;
    weft_wasi_free(config->world);
    wasm_byte_vec_delete(&config->input);
    for (size_t i = 0; i < COUNT_OF(config->files); i++)
        if (config->files[i]) fclose(config->files[i]);
    free(config);
}

bool wasi_config_set_argv(wasi_config_t *config, int argc, const char *const argv[])
{
    if (!config) return false;
    return weft_wasi_args(config->world, argc, argv);
}

bool wasi_config_set_env(wasi_config_t *config, int envc, const char *const names[],
                         const char *const values[])
{
    if (!config) return false;
    bool set = true;
    for (int i = 0; i < envc && set; i++) {
        size_t room = strlen(names[i]) + strlen(values[i]) + 2;
        char *pair = malloc(room);
        if (pair) snprintf(pair, room, "%s=%s", names[i], values[i]);
        set = pair && weft_wasi_env(config->world, pair);
        free(pair);
    }
    config->failed |= !set;
    return set;
}

bool wasi_config_inherit_env(wasi_config_t *config, const char *const environment[])
{
    if (!config) return false;
    for (size_t i = 0; environment && environment[i]; i++)
        if (!weft_wasi_env(config->world, environment[i])) return false;
    return true;
}

bool wasi_config_inherit_stdin(wasi_config_t *config)
{
    if (!config) return false;
    return weft_wasi_inherit_stream(config->world, 0);
}

bool wasi_config_inherit_stdout(wasi_config_t *config)
{
    if (!config) return false;
    return weft_wasi_inherit_stream(config->world, 1);
}

bool wasi_config_inherit_stderr(wasi_config_t *config)
{
    if (!config) return false;
    return weft_wasi_inherit_stream(config->world, 2);
}

static ptrdiff_t read_stream_file(void *user, void *bytes, size_t size)
{
    FILE *file = user;  // ferror may be a macro that looks inside
    size_t got = fread(bytes, 1, size, file);
    return got == 0 && ferror(file) ? WEFT_WASI_FAILED : (ptrdiff_t)got;
}

// Flushed each time, so that whoever looks at the file sees what the program has written.
static ptrdiff_t write_stream_file(void *file, const void *bytes, size_t size)
{
    size_t put = fwrite(bytes, 1, size, file);
    if (fflush(file) != 0 || (put == 0 && size > 0)) return WEFT_WASI_FAILED;
    return (ptrdiff_t)put;
}

static bool stream_to_file(wasi_config_t *config, int stream, const char *path)
{
    FILE *file = fopen(path, stream == 0 ? "rb" : "wb");
    config->failed |= !file;
    if (!file) return false;
    if (config->files[stream]) fclose(config->files[stream]);
    config->files[stream] = file;
    if (stream == 0) return weft_wasi_stdin_func(config->world, read_stream_file, file);
    return weft_wasi_output_func(config->world, stream, write_stream_file, file);
}

bool wasi_config_set_stdin_file(wasi_config_t *config, const char *path)
{
    if (!config) return false;
    return stream_to_file(config, 0, path);
}

bool wasi_config_set_stdout_file(wasi_config_t *config, const char *path)
{
    if (!config) return false;
    return stream_to_file(config, 1, path);
}

bool wasi_config_set_stderr_file(wasi_config_t *config, const char *path)
{
    if (!config) return false;
    return stream_to_file(config, 2, path);
}

bool wasi_config_set_stdin_bytes(wasi_config_t *config, wasm_byte_vec_t *bytes)
{
    if (!config) return false;
    wasm_byte_vec_delete(&config->input);
    config->input = *bytes;
    wasm_byte_vec_new_empty(bytes);
    return weft_wasi_stdin_bytes(config->world, config->input.data, config->input.size);
}

bool wasi_config_capture_stdout(wasi_config_t *config)
{
    if (!config) return false;
    return weft_wasi_capture(config->world, 1, 0);
}

bool wasi_config_capture_stderr(wasi_config_t *config)
{
    if (!config) return false;
    return weft_wasi_capture(config->world, 2, 0);
}

bool wasi_config_preopen_dir(wasi_config_t *config, const char *path, const char *guest_path)
{
    if (!config) return false;
    return weft_wasi_dir(config->world, path, guest_path, 0);
}

bool wasi_config_preopen_dir_read_only(wasi_config_t *config, const char *path,
                                       const char *guest_path)
{
    if (!config) return false;
    return weft_wasi_dir(config->world, path, guest_path, WEFT_WASI_READ_ONLY);
}

// --- calls -------------------------------------------------------------------------

static wasm_trap_t *bound_trap(const Bound *bound, const char *text)
{
    wasm_message_t message;
    wasm_name_new_from_string_nt(&message, text);
    wasm_trap_t *trap = wasm_trap_new(bound->store, &message);
    wasm_name_delete(&message);
    return trap;
}

// Asked only where memory is not one block, which this interface cannot show.
static u8 *no_view(void *ctx, u64 at, u64 size, u64 *chunk)
{
    (void)ctx, (void)at, (void)size;
    *chunk = 0;
    return NULL;
}

static wasm_trap_t *bound_call(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results)
{
    BoundCall *call = env;
    Bound *bound = call->bound;
    u64 slots[16];
    for (size_t i = 0; i < args->size && i < COUNT_OF(slots); i++) {
        const wasm_val_t *arg = &args->data[i];
        slots[i] = arg->kind == WASM_I32 ? (u32)arg->of.i32 : (u64)arg->of.i64;
    }
    Guest guest = {.args = slots, .view = no_view};
    if (bound->memory) {
        guest.memory = (u8 *)wasm_memory_data(bound->memory);
        guest.memory_size = wasm_memory_data_size(bound->memory);
    }
    Errno error = wasi_serve(call->link, &guest);
    switch (guest.outcome) {
    case GUEST_RETURNS: break;
    case GUEST_RETRIES: return bound_trap(bound, "interrupted");
    case GUEST_EXITS: {
        char text[40];
        snprintf(text, sizeof text, "exit with code %u", (unsigned)guest.code);
        return bound_trap(bound, text);
    }
    }
    if (results->size > 0) results->data[0] = (wasm_val_t)WASM_I32_VAL(error);
    return NULL;
}

// --- binding -----------------------------------------------------------------------

static void bound_release(void *env)
{
    Bound *bound = env;
    if (--bound->holds != 0) return;
    wasi_config_delete(bound->config);
    free(bound);
}

static void bound_call_gone(void *env)
{
    bound_release(((BoundCall *)env)->bound);
}

static wasi_instance_t *new_wasi_instance(wasm_store_t *store, const char *name,
                                          wasi_config_t *config)
{
    wasi_instance_t *wasi = calloc(1, sizeof *wasi);
    Bound *bound = calloc(1, sizeof *bound);
    char *copy = name ? malloc(strlen(name) + 1) : NULL;
    if (!wasi || !bound || (name && !copy) || !world_seal(config->world)) {
        free(wasi);
        free(bound);
        free(copy);
        return NULL;
    }
    if (name) strcpy(copy, name);
    *wasi = (wasi_instance_t){.bound = bound, .name = copy};
    bound->holds = 1;
    bound->config = config;
    bound->store = store;
    for (u32 i = 0; i < COUNT_OF(bound->calls); i++)
        bound->calls[i] = (BoundCall){.bound = bound, .link = &config->world->links[i]};
    return wasi;
}

wasi_instance_t *wasi_instance_new(wasm_store_t *store, const char *name, wasi_config_t *config,
                                   wasm_trap_t **trap)
{
    Bound reporter = {.store = store};
    wasi_instance_t *wasi = NULL;
    const char *why = "out of memory";
    if (name && strcmp(name, "wasi_unstable") != 0 && strcmp(name, "wasi_snapshot_preview1") != 0) {
        why = "WASI has the names wasi_snapshot_preview1 and wasi_unstable";
    } else if (config && config->failed) {
        why = "a file of the WASI configuration cannot be opened";
    } else if (config) {
        wasi = new_wasi_instance(store, name, config);
        if (!wasi && weft_wasi_error(config->world)) why = weft_wasi_error(config->world);
    }
    if (trap) *trap = wasi ? NULL : bound_trap(&reporter, why);
    if (!wasi) wasi_config_delete(config);
    return wasi;
}

void wasi_instance_delete(wasi_instance_t *wasi)
{
    if (!wasi) return;
    Bound *bound = wasi->bound;
    free(wasi->name);
    free(wasi);
    wasm_memory_delete(bound->memory);
    bound->memory = NULL;
    for (u32 i = 0; i < COUNT_OF(bound->calls); i++) {
        wasm_func_t *func = bound->calls[i].func;
        bound->calls[i].func = NULL;
        wasm_func_delete(func);
    }
    bound_release(bound);
}

static bool is_named(const wasm_name_t *name, const char *text)
{
    return name->size == strlen(text) && memcmp(name->data, text, name->size) == 0;
}

// The kinds that one half of "iil:i" stands for.
static void list_kinds(const char *letters, size_t count, wasm_valtype_vec_t *out)
{
    wasm_valtype_vec_new_uninitialized(out, count);
    for (size_t i = 0; i < out->size; i++)
        out->data[i] = wasm_valtype_new(letters[i] == 'l' ? WASM_I64 : WASM_I32);
}

static wasm_functype_t *type_of_call(const char *letters)
{
    const char *colon = strchr(letters, ':');
    wasm_valtype_vec_t params, results;
    list_kinds(letters, (size_t)(colon - letters), &params);
    list_kinds(colon + 1, strlen(colon + 1), &results);
    return wasm_functype_new(&params, &results);
}

static bool same_kinds(const wasm_valtype_vec_t *a, const wasm_valtype_vec_t *b)
{
    if (a->size != b->size) return false;
    for (size_t i = 0; i < a->size; i++)
        if (wasm_valtype_kind(a->data[i]) != wasm_valtype_kind(b->data[i])) return false;
    return true;
}

static const wasm_extern_t *bind_call(BoundCall *call, const wasm_functype_t *wanted)
{
    wasm_functype_t *type = type_of_call(call->link->row->type);
    bool fits = type && same_kinds(wasm_functype_params(type), wasm_functype_params(wanted)) &&
                same_kinds(wasm_functype_results(type), wasm_functype_results(wanted));
    if (fits && !call->func) {
        call->func = wasm_func_new_with_env(call->bound->store, type, bound_call, call,
                                            bound_call_gone);
        if (call->func) call->bound->holds++;
    }
    wasm_functype_delete(type);
    return fits ? wasm_func_as_extern_const(call->func) : NULL;
}

const wasm_extern_t *wasi_instance_bind_import(wasi_instance_t *wasi,
                                               const wasm_importtype_t *import)
{
    const wasm_functype_t *wanted =
        wasm_externtype_as_functype_const(wasm_importtype_type(import));
    const wasm_name_t *module = wasm_importtype_module(import);
    if (!wanted || (wasi->name && !is_named(module, wasi->name))) return NULL;
    bool is_unstable = is_named(module, "wasi_unstable");
    if (!is_unstable && !is_named(module, "wasi_snapshot_preview1")) return NULL;
    for (u32 i = 0; i < CALL_COUNT; i++) {
        if (is_unstable && !call_rows[i].is_in_unstable) continue;
        if (!is_named(wasm_importtype_name(import), call_rows[i].name)) continue;
        return bind_call(&wasi->bound->calls[is_unstable ? CALL_COUNT + i : i], wanted);
    }
    return NULL;
}

// --- running a program ----------------------------------------------------------------

// The export of that name and kind, to be deleted by the caller; NULL if there is none.
static wasm_extern_t *find_export(const wasm_module_t *module, const wasm_instance_t *instance,
                                  const char *name, wasm_externkind_t kind)
{
    wasm_exporttype_vec_t types;
    wasm_extern_vec_t items;
    wasm_extern_t *found = NULL;
    wasm_module_exports(module, &types);
    wasm_instance_exports(instance, &items);
    for (size_t i = 0; i < types.size && i < items.size && !found; i++) {
        if (wasm_extern_kind(items.data[i]) != kind) continue;
        if (name && !is_named(wasm_exporttype_name(types.data[i]), name)) continue;
        found = wasm_extern_copy(items.data[i]);
    }
    wasm_exporttype_vec_delete(&types);
    wasm_extern_vec_delete(&items);
    return found;
}

bool wasi_instance_attach(wasi_instance_t *wasi, const wasm_module_t *module,
                          const wasm_instance_t *instance)
{
    wasm_extern_t *found = find_export(module, instance, "memory", WASM_EXTERN_MEMORY);
    if (!found) found = find_export(module, instance, NULL, WASM_EXTERN_MEMORY);
    if (!found) return false;
    wasm_memory_delete(wasi->bound->memory);
    wasi->bound->memory = wasm_extern_as_memory(found);
    return true;
}

// Names the imports that WASI does not serve, as far as the line is long.
static void name_missing(char *line, size_t room, const wasm_importtype_t *import)
{
    size_t used = strlen(line);
    const wasm_name_t *module = wasm_importtype_module(import);
    const wasm_name_t *name = wasm_importtype_name(import);
    snprintf(line + used, room - used, "%s%.*s::%.*s", used ? ", " : "missing imports: ",
             (int)module->size, module->data, (int)name->size, name->data);
}

static wasm_instance_t *instantiate_bound(wasi_instance_t *wasi, const wasm_module_t *module,
                                          const wasm_importtype_vec_t *imports,
                                          wasm_trap_t **trap)
{
    wasm_instance_t *instance = NULL;
    char missing[400] = "";
    wasm_extern_t **items = calloc(imports->size + 1, sizeof *items);
    for (size_t i = 0; items && i < imports->size; i++) {
        const wasm_extern_t *item = wasi_instance_bind_import(wasi, imports->data[i]);
        if (!item) name_missing(missing, sizeof missing, imports->data[i]);
        items[i] = (wasm_extern_t *)(uintptr_t)item;  // wasm.h takes a vector of these
    }
    if (!items || missing[0]) {
        *trap = bound_trap(wasi->bound, items ? missing : "out of memory");
    } else {
        wasm_extern_vec_t given = {imports->size, items};
        instance = wasm_instance_new(wasi->bound->store, module, &given, trap);
    }
    free(items);
    return instance;
}

wasm_instance_t *wasi_instance_instantiate(wasi_instance_t *wasi, const wasm_module_t *module,
                                           wasm_trap_t **trap)
{
    wasm_trap_t *why = NULL;
    wasm_importtype_vec_t imports;
    wasm_module_imports(module, &imports);
    wasm_instance_t *instance = instantiate_bound(wasi, module, &imports, &why);
    wasm_importtype_vec_delete(&imports);
    if (instance) wasi_instance_attach(wasi, module, instance);
    if (trap) *trap = why;
    else wasm_trap_delete(why);
    return instance;
}

wasm_trap_t *wasi_instance_start(wasi_instance_t *wasi, const wasm_module_t *module,
                                 const wasm_instance_t *instance, int *exit_code)
{
    if (exit_code) *exit_code = 0;
    wasm_extern_t *start = find_export(module, instance, "_start", WASM_EXTERN_FUNC);
    if (!start) start = find_export(module, instance, "_initialize", WASM_EXTERN_FUNC);
    if (!start) return bound_trap(wasi->bound, "neither _start nor _initialize is exported");
    wasm_val_vec_t none = WASM_EMPTY_VEC;
    wasm_trap_t *trap = wasm_func_call(wasm_extern_as_func(start), &none, &none);
    wasm_extern_delete(start);
    if (trap && wasi_instance_exited(wasi, exit_code)) {
        wasm_trap_delete(trap);
        trap = NULL;
    }
    return trap;
}

bool wasi_instance_exited(const wasi_instance_t *wasi, int *exit_code)
{
    u32 code = 0;
    if (!weft_wasi_exited(wasi->bound->config->world, &code)) return false;
    if (exit_code) *exit_code = (int)code;
    return true;
}

void wasi_instance_captured(const wasi_instance_t *wasi, int stream, wasm_byte_vec_t *out)
{
    size_t size = 0;
    const char *bytes = weft_wasi_captured(wasi->bound->config->world, stream, &size);
    wasm_byte_vec_new(out, bytes ? size : 0, bytes);
}
