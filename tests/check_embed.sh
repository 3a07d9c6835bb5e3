#!/bin/sh
# check_embed.sh -- builds the programs of examples/embed and compares what they print.
#
# They link the public library, as a host would, and see the public headers only. RUN says what
# runs them ("valgrind -q", "qemu-s390x"); CC and CFLAGS what builds them.
# SPDX-License-Identifier: MIT
BUILD=${BUILD:-build}
cd "$(dirname "$0")/.." || exit 1
case $BUILD in /*) build=$BUILD ;; *) build=$PWD/$BUILD ;; esac
out=$build/examples
passed=0 failed=0

${MAKE:-make} --no-print-directory -s -C examples/embed BUILD="$build" CC="${CC:-cc}" \
    CFLAGS="${CFLAGS:--O2} -Wall -Wextra -Werror ${SANFLAGS:-}" || exit 1

# check NAME ARGUMENT...: what it prints is in expected/NAME.txt.
check()
{
    name=$1
    shift
    if timeout 60 ${RUN:-} "$out/$name" "$@" > "$out/$name.out" 2> "$out/$name.err" &&
        cmp -s "${expected:-examples/embed/expected/$name.txt}" "$out/$name.out"; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    echo "FAILED examples/embed/$name"
    diff "${expected:-examples/embed/expected/$name.txt}" "$out/$name.out"
    head -10 "$out/$name.err"
}

hello=examples/tinygo/hello
for name in wat host_functions callbacks memory limits pause instances; do check $name; done
check wasm_wat "$out/wasm_wat.captured"
check plugin examples/tinygo/plugin/plugin.wasm
expected=$hello/expected.txt
check hello $hello/hello.wasm
check wasm_hello $hello/hello.wasm

echo "examples/embed: $passed passed, $failed failed"
[ $failed -eq 0 ]
