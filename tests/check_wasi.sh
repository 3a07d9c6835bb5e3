#!/bin/sh
# check_wasi.sh -- WASI through real programs: every function under both names, waiting
# that can be ended, and runs that repeat.
# SPDX-License-Identifier: MIT
BUILD=${BUILD:-build}
cd "$(dirname "$0")/.." || exit 1
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
weft=$BUILD/weft
guests=$PWD/tests/wasi-guests
work=$(mktemp -d "${TMPDIR:-/tmp}/weft-wasi.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
fail()
{
    echo "failed: $*"
    failed=1
}

# Every function of calls.def is called, and every answer is right.
calls=$(sed -n 's/^CALL(\([a-z_]*\),.*/\1/p' wasi/calls.def)
for name in every_call every_call_unstable; do
    mkdir "$work/data"
    printf bytes | "$weft" run --dir "$work/data::/data" --env KEY=VALUE --trace=wasi \
        --trace-file "$work/trace" "$guests/$name.wasm" one two > "$work/out" ||
        fail "$name: $(cat "$work/out")"
    grep -q ' 0 wrong$' "$work/out" || fail "$name: $(cat "$work/out")"
    rmdir "$work/data" 2> /dev/null || fail "$name left something in its directory"
    for call in $calls; do
        [ "$name.$call" = every_call_unstable.sock_accept ] && continue
        grep -q "^$call(" "$work/trace" || fail "$name never calls $call"
    done
done

# The documentation lists them, with their types.
sed -n 's/^CALL(\([a-z_]*\), *\("[^"]*"\),.*/\1 \2/p' wasi/calls.def | tr -d '"' > "$work/rows"
[ "$(wc -l < "$work/rows")" -eq 46 ] || fail "calls.def has not 46 rows"
while read -r name type; do
    grep -qF "| \`$name\` | \`$type\` |" docs/WASI.md || echo "$name $type"
done < "$work/rows" > "$work/missing"
[ -s "$work/missing" ] && fail "docs/WASI.md does not list: $(cat "$work/missing")"

# Two runs with nothing left to chance are equal, trace and all.
for run in 1 2; do
    mkdir "$work/data"
    printf bytes | "$weft" run --deterministic --dir "$work/data::/data" --env KEY=VALUE \
        --trace=wasi --trace-file "$work/trace$run" "$guests/every_call.wasm" one two > "$work/out" 2>&1
    rm -r "$work/data"
done
cmp "$work/trace1" "$work/trace2" || fail "two deterministic runs differ"

# Waiting for input, and for somebody to read the output, ends with --timeout.
sleep 1 | "$weft" run --timeout 0.2 "$guests/copy.wasm" 2> /dev/null
[ $? -eq 124 ] || fail "a read that waits does not end"
{
    "$weft" run --timeout 0.2 "$guests/copy.wasm" < /dev/zero 2> /dev/null
    echo $? > "$work/code"
} | sleep 1
[ "$(cat "$work/code")" -eq 124 ] || fail "a write that waits does not end"
# Nobody reads any more: the guest is told (it exits with 2), and no signal ends weft.
{
    "$weft" run "$guests/copy.wasm" < /dev/zero
    echo $? > "$work/code"
} | head -c 10 > /dev/null
[ "$(cat "$work/code")" -eq 2 ] || fail "a closed pipe: exit code $(cat "$work/code")"

# What goes through is what went in.
head -c 1000000 /dev/urandom > "$work/in"
cat "$work/in" | "$weft" run "$guests/copy.wasm" | cmp - "$work/in" || fail "a copy differs"

[ $failed -eq 0 ] && echo "wasi: every function under both names, twice the same, ends when told"
exit $failed
