#!/bin/sh
# check_tinygo.sh -- runs every program of examples/tinygo and compares what it prints.
#
# A folder holds NAME.wasm and expected.txt, and where they matter `args` (one a line),
# `env` (one K=V a line), `stdin.txt` and `status` (exit code; 0 if absent).
# WEFT says what to run (default build/weft); it may be several words, such as
# "qemu-s390x build/weft".   ONLY="hello life" picks programs.
# SPDX-License-Identifier: MIT
BUILD=${BUILD:-build}
WEFT=${WEFT:-$BUILD/weft}
here=$(cd "$(dirname "$0")/.." && pwd)
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
passed=0 failed=0

# run_program FOLDER: the guest's arguments and variables are put together with `set --`,
# so that blanks, quotes and empty words survive.
run_program()
{
    name=${1##*/}
    stdin=/dev/null
    [ ! -f "$1/stdin.txt" ] || stdin=$1/stdin.txt
    set -- "$1" "$1/$name.wasm"
    folder=$1; shift
    if [ -f "$folder/args" ]; then
        while IFS= read -r word || [ -n "$word" ]; do set -- "$@" "$word"; done < "$folder/args"
    fi
    if [ -f "$folder/env" ]; then
        while IFS= read -r word || [ -n "$word" ]; do set -- --env "$word" "$@"; done < "$folder/env"
    fi
    $WEFT run "$@" < "$stdin" > "$out/stdout" 2> "$out/stderr"
}

check()
{
    want=0
    [ ! -f "$1/status" ] || want=$(cat "$1/status")
    run_program "$1"
    got=$?
    if [ "$got" -eq "$want" ] && cmp -s "$out/stdout" "$1/expected.txt"; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    echo "FAILED ${1#"$here"/}: exit code $got, expected $want"
    diff "$1/expected.txt" "$out/stdout" | head -20
    head -20 "$out/stderr"
}

# The plugin has no _start: its exports are called, with a module that offers host.log.
# check_call WANT EXPORT ARGUMENT...
check_call()
{
    want=$1 export=$2
    shift 2
    got=$($WEFT run --preload host="$plugin/host.wasm" --invoke "$export" \
        "$plugin/plugin.wasm" "$@" < /dev/null 2> "$out/stderr")
    if [ "$got" = "$want" ]; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    echo "FAILED plugin, $export $*: got '$got', expected '$want'"
    head -20 "$out/stderr"
}

for folder in "$here"/examples/tinygo/*/; do
    folder=${folder%/}
    [ -f "$folder/expected.txt" ] || continue
    case " ${ONLY:-${folder##*/}} " in *" ${folder##*/} "*) check "$folder" ;; esac
done
case " ${ONLY:-plugin} " in *" plugin "*)
    plugin=$here/examples/tinygo/plugin
    check_call 5 add 2 3
    check_call -2147483648 add 2147483647 1
    check_call 2880067194370816120 fib 90
    check_call 0 mean 0 0
esac

echo "examples/tinygo: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
