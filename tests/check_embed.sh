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
for name in wat host_functions callbacks memory pause instances; do check $name; done
check limits 100
check wasm_wat "$out/wasm_wat.captured"
check plugin examples/tinygo/plugin/plugin.wasm

# bad NAME MESSAGE: the plugin example refuses the module tests/embed/NAME.wat with MESSAGE.
bad()
{
    ${RUN:-} "$build/weft" wat2wasm "tests/embed/$1.wat" -o "$out/$1.wasm" || exit 1
    timeout 60 ${RUN:-} "$out/plugin" "$out/$1.wasm" > "$out/$1.out" 2> "$out/$1.err"
    if [ $? -eq 1 ] && grep -q "$2" "$out/$1.err"; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    echo "FAILED examples/embed/plugin does not stop tests/embed/$1.wat"
    head -10 "$out/$1.out" "$out/$1.err"
}
# Its limits hold, from the first instruction on, and its host function looks before it reads.
bad endless_start interrupted
bad endless_call interrupted
bad greedy 'max_memory_bytes is 16777216'
bad wild_pointer 'log: the text is not in memory'
bad no_memory 'log: the text is not in memory'
expected=$hello/expected.txt
check hello $hello/hello.wasm
check wasm_hello $hello/hello.wasm

echo "examples/embed: $passed passed, $failed failed"
[ $failed -eq 0 ]
