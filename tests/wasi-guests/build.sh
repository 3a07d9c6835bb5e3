#!/bin/sh
# build.sh -- makes the .wasm files of this folder from their sources.
#
# They are committed, so that the tests need no such compiler: clang 19 with wasm-ld 19
# (Debian: clang-19 lld-19), no C library.
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")" || exit 1
one()
{
    out=$1 source=$2
    shift 2
    clang-19 --target=wasm32 -O2 -std=c11 -Wall -Wextra -nostdlib -Wl,--no-entry -Wl,--strip-all \
        "$@" -o "$out" "$source"
}
set -e
one every_call.wasm every_call.c
one every_call_unstable.wasm every_call.c -DUNSTABLE
one copy.wasm copy.c
