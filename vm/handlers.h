// handlers.h -- all handlers by name, where each is a function of its own.
// SPDX-License-Identifier: MIT
#ifndef WEFT_VM_HANDLERS_H
#define WEFT_VM_HANDLERS_H

#include "vm/dispatch.h"

#include "sequences.h"

#if HANDLERS_ARE_FUNCTIONS
#ifdef WEFT_DISPATCH_CALL
#define HANDLER_DECLARATION(name) bool handler_##name(Registers *registers);
#else
#define HANDLER_DECLARATION(name) HANDLER_CONVENTION int handler_##name(STATE_PARAMS);
#endif
HANDLER_LIST(HANDLER_DECLARATION)
SEQUENCE_LIST(HANDLER_DECLARATION)
#undef HANDLER_DECLARATION
#endif

#endif
