// wasi.h -- WASI for programs written to the standard WebAssembly C API, wasm.h.
//
// Nothing here is particular to weft's engine: the functions are ordinary host functions
// of wasm.h, made with wasm_func_new_with_env, so that this interface (and its
// implementation, wasi/ with bind_wasm.c) serves any engine that has a wasm.h.
//
//     wasi_config_t *config = wasi_config_new();
//     wasi_config_set_argv(config, argc, argv);
//     wasi_config_inherit_stdout(config);
//     wasi_instance_t *wasi = wasi_instance_new(store, NULL, config, &trap);
//     wasm_instance_t *instance = wasi_instance_instantiate(wasi, module, &trap);
//     trap = wasi_instance_start(wasi, module, instance, &exit_code);
//
// A host with imports of its own takes the longer way: wasi_instance_bind_import for each
// import that is WASI's, wasm_instance_new, wasi_instance_attach.
//
// What a program was not given it does not see: no argument, no variable, no directory, an
// empty input, and outputs that swallow what is written. Both names of WASI are served,
// wasi_snapshot_preview1 and the wasi_unstable of 2019, each with its own layouts.
//
// `own` is meant as in wasm.h. Strings are copied. Everything belongs to the thread of its
// store. Delete the wasi_instance_t before the store.
// SPDX-License-Identifier: MIT
#ifndef WASI_H
#define WASI_H

#include "wasm.h"

#ifdef __cplusplus
extern "C" {
#endif

#define own

// --- what the program is given -------------------------------------------------------

// The calls that return false do so for what they cannot open or have no memory for; it is
// enough to look at the answer of wasi_instance_new, which refuses such a configuration.
typedef struct wasi_config_t wasi_config_t;
WASM_API_EXTERN own wasi_config_t *wasi_config_new(void);
WASM_API_EXTERN void wasi_config_delete(own wasi_config_t *);

// All arguments; the first is the program's name.
WASM_API_EXTERN bool wasi_config_set_argv(wasi_config_t *, int argc, const char *const argv[]);

// Variables: names and values in pairs, or "NAME=value" strings up to a NULL, as in
// `extern char **environ`.
WASM_API_EXTERN bool wasi_config_set_env(wasi_config_t *, int envc, const char *const names[],
                                         const char *const values[]);
WASM_API_EXTERN bool wasi_config_inherit_env(wasi_config_t *, const char *const environment[]);

// The standard streams: the host's own,
WASM_API_EXTERN bool wasi_config_inherit_stdin(wasi_config_t *);
WASM_API_EXTERN bool wasi_config_inherit_stdout(wasi_config_t *);
WASM_API_EXTERN bool wasi_config_inherit_stderr(wasi_config_t *);
// or a file of the host's, read from its start, or made empty and written,
WASM_API_EXTERN bool wasi_config_set_stdin_file(wasi_config_t *, const char *path);
WASM_API_EXTERN bool wasi_config_set_stdout_file(wasi_config_t *, const char *path);
WASM_API_EXTERN bool wasi_config_set_stderr_file(wasi_config_t *, const char *path);
// or memory: bytes to be read (taken over), and buffers that wasi_instance_captured shows.
WASM_API_EXTERN bool wasi_config_set_stdin_bytes(wasi_config_t *, own wasm_byte_vec_t *bytes);
WASM_API_EXTERN bool wasi_config_capture_stdout(wasi_config_t *);
WASM_API_EXTERN bool wasi_config_capture_stderr(wasi_config_t *);

// A directory of the host's, known to the program as `guest_path`. Nothing outside of it
// can be reached through it, whatever links it holds.
WASM_API_EXTERN bool wasi_config_preopen_dir(wasi_config_t *, const char *path,
                                             const char *guest_path);
WASM_API_EXTERN bool wasi_config_preopen_dir_read_only(wasi_config_t *, const char *path,
                                                       const char *guest_path);

// --- the functions -------------------------------------------------------------------

// WASI in a store, for one program. `name` is the module name to serve,
// "wasi_snapshot_preview1" or "wasi_unstable"; NULL serves both. NULL when the
// configuration cannot be met; `trap`, if not NULL, then says why.
typedef struct wasi_instance_t wasi_instance_t;
WASM_API_EXTERN own wasi_instance_t *wasi_instance_new(wasm_store_t *, const char *name,
                                                       own wasi_config_t *,
                                                       own wasm_trap_t **trap);
WASM_API_EXTERN void wasi_instance_delete(own wasi_instance_t *);

// The function that an import asks for; it belongs to the wasi_instance_t. NULL if this is not
// WASI's, or has a type that WASI's function of that name has not.
WASM_API_EXTERN const wasm_extern_t *wasi_instance_bind_import(wasi_instance_t *,
                                                               const wasm_importtype_t *);

// Tells in which memory the program's pointers point: the one it exports as "memory", or the
// only one it exports. Functions called before, from a start function, see no memory at all.
// False if it exports none.
WASM_API_EXTERN bool wasi_instance_attach(wasi_instance_t *, const wasm_module_t *,
                                          const wasm_instance_t *);

// For programs that import nothing but WASI: binds, instantiates, attaches. NULL when an
// import is missing or instantiating trapped; `trap`, if not NULL, then says why.
WASM_API_EXTERN own wasm_instance_t *wasi_instance_instantiate(wasi_instance_t *,
                                                               const wasm_module_t *,
                                                               own wasm_trap_t **trap);

// Calls `_start`, or `_initialize` if there is no such export. NULL when the program came to
// its end, returning (exit code 0) or exiting; else the trap that stopped it.
WASM_API_EXTERN own wasm_trap_t *wasi_instance_start(wasi_instance_t *, const wasm_module_t *,
                                                     const wasm_instance_t *, int *exit_code);

// Has the program asked to end, and with which code? (The call in which it did returned a
// trap, by which it left the guest.)
WASM_API_EXTERN bool wasi_instance_exited(const wasi_instance_t *, int *exit_code);

// What was captured of stream 1 or 2 so far.
WASM_API_EXTERN void wasi_instance_captured(const wasi_instance_t *, int stream,
                                            own wasm_byte_vec_t *out);

#undef own

#ifdef __cplusplus
}  // extern "C"
#endif

#endif
