// stream.h -- standard streams that are not the host's: bytes, buffers, functions.
// SPDX-License-Identifier: MIT
#ifndef WEFT_WASI_STREAM_H
#define WEFT_WASI_STREAM_H

#include "wasi/world.h"

// Did the function behind this descriptor last say that it would block?
bool stream_is_blocked(const Desc *desc);
// The host has been given a turn: ask them all again.
void streams_unblock(weft_wasi *world);

#endif
