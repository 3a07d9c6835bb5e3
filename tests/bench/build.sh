#!/bin/sh
# build.sh -- rebuilds wasm/ and expected/ from src/ and simd/. Needs Debian's clang-19, lld-19,
# libclang-rt-19-dev-wasm32 and wasi-libc; the expected output comes from a native build.
# SPDX-License-Identifier: MIT
set -eu
cd "$(dirname "$0")"
native=$(mktemp -d)
trap 'rm -rf "$native"' EXIT
mkdir -p wasm expected

# program NAME SOURCE QUICK FULL FLAG...: the module, and what it must print.
program()
{
    name=$1 source=$2 quick=$3 full=$4
    shift 4
    ${WASM_CC:-clang-19} --target=wasm32-wasi -O2 -mbulk-memory -mnontrapping-fptoint -msign-ext \
        -Wall -Wextra -Wl,--strip-all "$@" -o "wasm/$name.wasm" "$source"
    ${CC:-cc} -O2 -ffp-contract=off -Wall -Wextra -o "$native/$name" "$source" -lm
    "$native/$name" "$quick" > "expected/$name.quick"
    "$native/$name" "$full" > "expected/$name.full"
}

grep -v '^#' programs.txt | while read -r name quick full what; do
    program "$name" "src/$name.c" "$quick" "$full"
done
grep -v '^#' simd.txt | while read -r name quick full what; do
    case $name in
    *_simd) program "$name" "simd/${name%_simd}.c" "$quick" "$full" -msimd128 ;;
    *)      program "$name" "simd/$name.c" "$quick" "$full" ;;
    esac
done
ls -l wasm
