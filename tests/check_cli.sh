#!/bin/sh
# check_cli.sh -- golden tests of the command line: tests/cli/*.t, each in a fresh folder.
#
# A test file is read from top to bottom. What its lines begin with says what they are:
#
#     # text      a comment
#     << NAME     the lines that follow, up to a line >>, are a file to make
#     $ command   run by sh in the test's folder; `weft` and `wasmtime` are the build
#     > line      one line of its stdout
#     ! line      one line of its stderr
#     >~ !~       the same, as a pattern of the shell: * ? [abc]
#     >... !...   any number of lines
#     ? N         its exit code, 0 unless told
#
# A command prints exactly what its lines say; with no lines, nothing. A last line without
# its newline is expected as two: the line, and `\ no newline`.
#
# Usage: sh tests/check_cli.sh [FILE.t...]. Environment: BUILD, WEFT_SHARED.
# SPDX-License-Identifier: MIT
BUILD=${BUILD:-build}
cd "$(dirname "$0")/.." || exit 1
root=$PWD
case $BUILD in /*) build=$BUILD ;; *) build=$root/$BUILD ;; esac
WEFT_SHARED=$(cd "${WEFT_SHARED:-../shared}" 2>/dev/null && pwd)
export WEFT_SHARED
export CLI=$root/tests/cli
work=$(mktemp -d "${TMPDIR:-/tmp}/weft-cli.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir "$work/bin"
ln -s "$build/weft" "$work/bin/weft"
ln -s "$build/weft" "$work/bin/wasmtime"
PATH=$work/bin:$PATH
export PATH
unset NO_COLOR
limit=
if command -v timeout >/dev/null 2>&1; then limit="timeout -k 5 60"; fi
commands=0 failures=0

# lines_match WANT GOT: WANT has one letter before each line: = exact, ~ pattern, . any number.
lines_match()
{
    exec 3<"$1" 4<"$2"
    any=no
    while IFS= read -r want <&3; do
        kind=${want%"${want#?}"} want=${want#?}
        if [ "$kind" = . ]; then any=yes; continue; fi
        while :; do
            IFS= read -r got <&4 || return 1
            if [ "$kind" = = ]; then
                [ "$got" = "$want" ] && break
            else
                # shellcheck disable=SC2254 # it is meant as a pattern
                case $got in $want) break ;; esac
            fi
            [ $any = yes ] || return 1
        done
        any=no
    done
    [ $any = yes ] || ! IFS= read -r got <&4
}

# The output of a command, with a mark where its last newline is missing.
mark_end()
{
    [ ! -s "$1" ] && return
    [ -n "$(tail -c 1 "$1")" ] && printf '\n\\ no newline\n' >>"$1"
}

# Runs the command collected so far and compares.
finish()
{
    [ -n "$command" ] || return
    commands=$((commands + 1))
    (cd "$work/test" && $limit sh -c "$command") >"$work/got.out" 2>"$work/got.err" </dev/null
    got_code=$?
    mark_end "$work/got.out"
    mark_end "$work/got.err"
    why=
    [ "$got_code" -eq "$code" ] || why="exit code $got_code, not $code"
    lines_match "$work/want.out" "$work/got.out" || why="$why${why:+; }stdout differs"
    lines_match "$work/want.err" "$work/got.err" || why="$why${why:+; }stderr differs"
    if [ -n "$why" ]; then
        failures=$((failures + 1))
        echo "$file:$command_line: $why"
        echo "    \$ $command"
        sed 's/^/    > /' "$work/got.out" | head -n 40
        sed 's/^/    ! /' "$work/got.err" | head -n 40
        echo "    ? $got_code"
    fi
    command=
}

run_file()
{
    file=$1 number=0 command='' into=
    rm -rf "$work/test"
    mkdir "$work/test"
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        if [ -n "$into" ]; then
            if [ "$line" = '>>' ]; then into=; else printf '%s\n' "$line" >>"$into"; fi
            continue
        fi
        case $line in
        '' | '#'*) ;;
        '<< '*)
            finish
            into=$work/test/${line#<< }
            mkdir -p "$(dirname "$into")"
            : >"$into"
            ;;
        '$ '*)
            finish
            command=${line#$ } code=0 command_line=$number
            : >"$work/want.out"
            : >"$work/want.err"
            ;;
        '>...') echo . >>"$work/want.out" ;;
        '!...') echo . >>"$work/want.err" ;;
        '>~ '*) printf '~%s\n' "${line#>~ }" >>"$work/want.out" ;;
        '!~ '*) printf '~%s\n' "${line#!~ }" >>"$work/want.err" ;;
        '> '* | '>') line=${line#>} && printf '=%s\n' "${line# }" >>"$work/want.out" ;;
        '! '* | '!') line=${line#!} && printf '=%s\n' "${line# }" >>"$work/want.err" ;;
        '? '*) code=${line#? } ;;
        *) echo "$file:$number: not understood: $line"; failures=$((failures + 1)) ;;
        esac
    done <"$file"
    finish
}

if [ ! -x "$build/weft" ]; then
    echo "skipped: $build/weft is not built"
    exit 0
fi
[ $# -gt 0 ] || set -- tests/cli/*.t
for test in "$@"; do run_file "$test"; done
echo "command line: $commands commands in $# files, $failures failed"
[ "$failures" -eq 0 ]
