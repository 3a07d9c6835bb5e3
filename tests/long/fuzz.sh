#!/bin/sh
# fuzz.sh -- changed modules and texts under the sanitizers.
#
# Environment: BUILD, WEFT_SHARED, FUZZ_ROUNDS (changes a file, default 40), FUZZ_SEED.
# SPDX-License-Identifier: MIT
dir=$BUILD/fuzz
mkdir -p "$dir"
cc=${CC:-cc}
$cc -std=c11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -I. -Iinclude \
    -o "$dir/fuzz_load" tests/fuzz/fuzz_load.c loader/*.c ports/generic/*.c || exit 1
set -- examples/tinygo/*/*.wasm
[ -d "$WEFT_SHARED/corpus/malformed" ] && set -- "$@" "$WEFT_SHARED"/corpus/malformed/*.wasm
timeout 1200 "$dir/fuzz_load" "${FUZZ_ROUNDS:-40}" "${FUZZ_SEED:-1}" "$@"
