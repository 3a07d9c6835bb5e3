#!/bin/sh
# check_tail_calls.sh -- handlers end in a jump, not in a call: otherwise the C stack would grow
# with every instruction. Compilers without `musttail` only do that when they optimise.
# SPDX-License-Identifier: MIT
BUILD=${BUILD:-build}
if ! command -v objdump >/dev/null; then
    echo "skipped: check_tail_calls.sh (no objdump)"
    exit 0
fi
# Only the tail-call dispatchers have a function a handler that jumps through a register.
if ! objdump -d "$BUILD/obj/vm/handlers_1.o" 2>/dev/null | grep -q 'jmp  *\*'; then
    echo "skipped: check_tail_calls.sh (another dispatcher, or not x86)"
    exit 0
fi
for part in 1 2 3 4; do
    if objdump -d "$BUILD/obj/vm/handlers_$part.o" | grep -q 'call  *\*'; then
        echo "handlers_$part.o: a handler calls the next one instead of jumping to it"
        exit 1
    fi
done
