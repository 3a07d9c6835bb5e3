#!/bin/sh
# build.sh -- rebuilds wasm/ and expected/ from src/. Needs Debian's clang-19, lld-19,
# libclang-rt-19-dev-wasm32 and wasi-libc; the expected output comes from a native build.
# SPDX-License-Identifier: MIT
set -eu
cd "$(dirname "$0")"
native=$(mktemp -d)
trap 'rm -rf "$native"' EXIT
mkdir -p wasm expected
grep -v '^#' programs.txt | while read -r name quick full what; do
    ${WASM_CC:-clang-19} --target=wasm32-wasi -O2 -mbulk-memory -mnontrapping-fptoint -msign-ext \
        -Wall -Wextra -Wl,--strip-all -o "wasm/$name.wasm" "src/$name.c"
    ${CC:-cc} -O2 -ffp-contract=off -Wall -Wextra -o "$native/$name" "src/$name.c" -lm
    "$native/$name" "$quick" > "expected/$name.quick"
    "$native/$name" "$full" > "expected/$name.full"
done
ls -l wasm
