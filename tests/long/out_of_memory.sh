#!/bin/sh
# out_of_memory.sh -- every program of examples/embed, and one that uses all of wasm.h, with
# each allocation failing in turn: once alone, and once with all that follow.
#
# Under the address and leak sanitizers: a clean end, with exit code 0 to 2 and no leak. The
# programs end by exit(), so what they hold then must still be in sight: hence -O0.
# SPDX-License-Identifier: MIT
. tests/long/common.sh
CC=cc
if command -v clang-19 > /dev/null; then CC=clang-19; fi
san='-fsanitize=address,undefined -fno-sanitize-recover=undefined'
folder=${SAN_BUILD:-$BUILD/long/memory}
build "$folder" CC=$CC SAN=1 "$folder/libweft.a" || exit 1
out=$folder/memory
mkdir -p "$out"
wrap=-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
make_program()
{
    # shellcheck disable=SC2086
    $CC -std=gnu11 -g -O0 $san -Iinclude -Iexamples/embed -o "$out/$1" "$2" tests/long/fail_alloc.c \
        "$folder/libweft.a" $wrap -lm
}

failed=0 runs=0
ASAN_OPTIONS=exitcode=99:detect_leaks=1:allocator_may_return_null=1
UBSAN_OPTIONS=halt_on_error=1:exitcode=99
FAIL_DONE=$out/done
export ASAN_OPTIONS UBSAN_OPTIONS FAIL_DONE

# try NAME ONCE ARGUMENT...: the n-th allocation fails, until there is no n-th.
try()
{
    name=$1
    if [ -n "$2" ]; then FAIL_ONCE=1; export FAIL_ONCE; else unset FAIL_ONCE; fi
    shift 2
    rm -f "$FAIL_DONE"
    n=0
    while [ ! -f "$FAIL_DONE" ]; do
        n=$((n + 1))
        FAIL_AT=$n timeout 20 "$out/$name" "$@" > "$out/$name.out" 2> "$out/$name.err"
        code=$?
        runs=$((runs + 1))
        if [ $code -gt 2 ]; then
            echo "FAILED: $name with allocation $n${FAIL_ONCE:+ alone} failing: exit code $code"
            head -25 "$out/$name.err"
            failed=$((failed + 1))
            [ $failed -lt 10 ] || { echo "and so on"; exit 1; }
        fi
    done
}

hello=examples/tinygo/hello/hello.wasm
# Every example there is, and the program that uses all of wasm.h.
programs=${ONLY:-standard_host $(cd examples/embed && ls ./*.c | sed 's/^..//; s/\.c$//')}
for name in $programs; do
    source=examples/embed/$name.c
    [ $name != standard_host ] || source=tests/long/standard_host.c
    make_program $name $source || exit 1
    case $name in
    hello | wasm_hello) arguments=$hello ;;
    plugin) arguments=examples/tinygo/plugin/plugin.wasm ;;
    wasm_wat) arguments=$out/captured ;;
    limits) arguments=20 ;;  # milliseconds until its alarm, in every run
    *) arguments= ;;
    esac
    # shellcheck disable=SC2086
    try $name 1 $arguments
    # shellcheck disable=SC2086
    try $name "" $arguments
done
echo "$runs runs, each with an allocation failing, $failed of them badly"
[ $failed -eq 0 ]
