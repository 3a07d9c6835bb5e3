# common.sh -- what the pieces of the long tests share; sourced by them.
# SPDX-License-Identifier: MIT
#
# The shell has no local variables: what a function here uses begins with a word of its own.
BUILD=${BUILD:-$PWD/build}
WEFT_SHARED=${WEFT_SHARED:-$PWD/../shared}
JOBS=${JOBS:-2}

# need TOOL PACKAGE: this piece cannot run without it.
need()
{
    command -v "$1" > /dev/null || { echo "no $1 here (Debian: $2)"; exit 77; }
}

# build FOLDER MAKE-ARGUMENT...: a build of its own; its output is shown if it fails.
build()
{
    build_folder=$1
    shift
    mkdir -p "$build_folder"
    make -s -j"$JOBS" BUILD="$build_folder" "$@" > "$build_folder/make.txt" 2>&1 && return
    echo "FAILED: make BUILD=$build_folder $*"
    tail -30 "$build_folder/make.txt"
    return 1
}

# outputs COMMAND...: runs every program under it and prints what came out, and the exit
# codes: text that must be the same wherever it is made.
outputs()
{
    for program in examples/tinygo/*/expected.txt; do
        program=${program%/expected.txt}
        program_stdin=/dev/null
        [ ! -f "$program/stdin.txt" ] || program_stdin=$program/stdin.txt
        echo "== $program"
        "$@" run "$program/${program##*/}.wasm" < "$program_stdin" 2> /dev/null
        echo "== exit code $?"
    done
    grep -hv '^#' tests/bench/programs.txt tests/bench/simd.txt | while read -r program amount rest; do
        echo "== bench $program"
        "$@" run "tests/bench/wasm/$program.wasm" "$amount" < /dev/null 2> /dev/null
        echo "== exit code $?"
    done
}

# unit_tests FOLDER RUNNER...: runs each of the unit tests built there under RUNNER; prints
# the failures and a count.
unit_tests()
{
    unit_folder=$1
    shift
    unit_passed=0 unit_failed=0
    for test in "$unit_folder"/tests/test_*; do
        case $test in *.d | *.txt) continue ;; esac
        [ -x "$test" ] || continue
        if timeout 600 "$@" "$test" > "$test.txt" 2>&1; then
            unit_passed=$((unit_passed + 1))
        else
            unit_failed=$((unit_failed + 1))
            echo "FAILED: $test"
            tail -15 "$test.txt"
        fi
    done
    echo "unit tests: $unit_passed passed, $unit_failed failed"
    [ "$unit_failed" -eq 0 ]
}
