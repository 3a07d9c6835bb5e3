// wasm_api_trap.c -- traps of the standard C API, with their message, origin and trace.
//
// A trap that a host function returns travels through the guest as the store's `thrown` and
// comes out of wasm_func_call as the same object. On the way it gets the frames it passed, if
// it has none yet.                                      spec: trap
// SPDX-License-Identifier: MIT
#include "vm/wasm_api.h"

enum {
    CAPI_MAX_FRAMES = 1000  // of a trace: an endless recursion leaves a hundred thousand
};

// Traps for the moments in which none can be made.
static const CapiRef capi_out_of_memory = {
    .kind = CAPI_TRAP, .immortal = true, .of = {.text = "out of memory"}};
static const CapiRef capi_store_deleted = {
    .kind = CAPI_TRAP, .immortal = true, .of = {.text = "the store was deleted"}};

wasm_trap_t *capi_trap_no_memory(void)
{
    return (wasm_trap_t *)capi_ref(&capi_out_of_memory);
}

wasm_trap_t *capi_trap_no_store(void)
{
    return (wasm_trap_t *)capi_ref(&capi_store_deleted);
}

// A trap whose message is the `size` bytes at `text` and, if need be, a zero.
static wasm_trap_t *capi_trap_of_text(wasm_store_t *store, const char *text, size_t size)
{
    bool ended = size > 0 && text[size - 1] == 0;
    CapiTrapNotes *notes = capi_alloc(1, sizeof *notes);
    if (notes == NULL) return NULL;
    wasm_byte_vec_new_uninitialized(&notes->message, size + !ended);
    CapiRef *ref = notes->message.data == NULL ? NULL : capi_ref_new(store, CAPI_TRAP);
    if (ref == NULL) {
        capi_trap_free_notes(notes);
        return NULL;
    }
    if (size > 0) memcpy(notes->message.data, text, size);
    ref->of.notes = notes;
    return (wasm_trap_t *)ref;
}

void capi_trap_free_notes(CapiTrapNotes *notes)
{
    wasm_frame_vec_delete(&notes->frames);
    wasm_byte_vec_delete(&notes->message);
    capi_free(notes);
}

wasm_trap_t *wasm_trap_new(wasm_store_t *store, const wasm_message_t *message)
{
    const char *text = message == NULL ? NULL : message->data;
    wasm_trap_t *trap = capi_trap_of_text(store, text, text == NULL ? 0 : message->size);
    return trap != NULL ? trap : capi_trap_no_memory();
}

wasm_trap_t *capi_trap(wasm_store_t *store, const char *text)
{
    wasm_trap_t *trap = capi_trap_of_text(store, text, strlen(text));
    return trap != NULL ? trap : capi_trap_no_memory();
}

// --- frames --------------------------------------------------------------------------------

static wasm_frame_t *capi_frame(wasm_store_t *store, const weft_frame *from)
{
    wasm_frame_t *frame = capi_alloc(1, sizeof *frame);
    if (frame == NULL) return NULL;
    frame->instance = capi_ref_of_instance(store, from->instance);
    frame->func_index = from->function_index;
    frame->module_offset = (size_t)from->offset;
    frame->func_offset = (size_t)(from->offset - from->body_offset);
    return frame;
}

// Frames of host functions have no instance and do not count here. A trace that memory
// does not suffice for ends early.
static void capi_take_frames(wasm_store_t *store, CapiTrapNotes *notes)
{
    const weft_thread *thread = weft_store_main_thread(store->store);
    weft_frame frame;
    u32 count = 0;
    for (u32 depth = 0; count < CAPI_MAX_FRAMES && weft_thread_frame(thread, depth, &frame);
         depth++) {
        count += frame.instance != NULL;
    }
    wasm_frame_vec_t frames;
    wasm_frame_vec_new_uninitialized(&frames, count);
    u32 taken = 0;
    for (u32 depth = 0; taken < frames.size && weft_thread_frame(thread, depth, &frame);
         depth++) {
        if (frame.instance == NULL) continue;
        frames.data[taken] = capi_frame(store, &frame);
        if (frames.data[taken] == NULL) break;
        taken++;
    }
    frames.size = taken;
    notes->frames = frames;
}

wasm_trap_t *capi_trap_of_call(wasm_store_t *store, const weft_error *error)
{
    wasm_trap_t *trap = store->thrown;
    store->thrown = NULL;
    if (trap == NULL) trap = capi_trap(store, error->text);
    CapiRef *ref = capi_ref(trap);
    if (ref->immortal) return trap;
    if (!ref->of.notes->has_error) {
        ref->of.notes->has_error = true;
        ref->of.notes->error = *error;
    }
    if (ref->of.notes->frames.data == NULL) capi_take_frames(store, ref->of.notes);
    return trap;
}

void wasm_frame_delete(wasm_frame_t *frame)
{
    if (frame == NULL) return;
    capi_ref_drop(frame->instance);
    capi_free(frame);
}

wasm_frame_t *wasm_frame_copy(const wasm_frame_t *frame)
{
    wasm_frame_t *copy = frame == NULL ? NULL : capi_alloc(1, sizeof *copy);
    if (copy == NULL) return NULL;
    *copy = *frame;
    capi_ref_hold(copy->instance);
    return copy;
}

struct wasm_instance_t *wasm_frame_instance(const wasm_frame_t *frame)
{
    return (wasm_instance_t *)frame->instance;
}

uint32_t wasm_frame_func_index(const wasm_frame_t *frame)
{
    return frame->func_index;
}

size_t wasm_frame_func_offset(const wasm_frame_t *frame)
{
    return frame->func_offset;
}

size_t wasm_frame_module_offset(const wasm_frame_t *frame)
{
    return frame->module_offset;
}

// --- looking at a trap -----------------------------------------------------------------------

void wasm_trap_message(const wasm_trap_t *trap, wasm_message_t *out)
{
    const CapiRef *ref = capi_ref(trap);
    if (ref->immortal) {
        wasm_name_new_from_string_nt(out, ref->of.text);
    } else {
        wasm_byte_vec_copy(out, &ref->of.notes->message);
    }
}

wasm_frame_t *wasm_trap_origin(const wasm_trap_t *trap)
{
    const CapiRef *ref = capi_ref(trap);
    bool none = ref->immortal || ref->of.notes->frames.size == 0;
    return none ? NULL : wasm_frame_copy(ref->of.notes->frames.data[0]);
}

void wasm_trap_trace(const wasm_trap_t *trap, wasm_frame_vec_t *out)
{
    const CapiRef *ref = capi_ref(trap);
    if (ref->immortal) {
        wasm_frame_vec_new_empty(out);
    } else {
        wasm_frame_vec_copy(out, &ref->of.notes->frames);
    }
}

bool weft_wasm_trap_error(const wasm_trap_t *trap, weft_error *error)
{
    const CapiRef *ref = capi_ref(trap);
    if (ref->immortal || !ref->of.notes->has_error) return false;
    capi_error_copy(error, &ref->of.notes->error);
    return true;
}
