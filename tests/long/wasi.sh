#!/bin/sh
# wasi.sh -- WASI against the official suite, the raw probe and real programs with
# directories (WEFT_SHARED), a race of 20 seconds, and copying against cat.
# SPDX-License-Identifier: MIT
. tests/long/common.sh
[ -x "$BUILD/weft" ] || build "$BUILD" || exit 1
status=0 summary=

# The race: a process swaps directories for links to what is outside meanwhile.
race=$BUILD/tests/test_wasi_security
[ -x "$race" ] || build "$BUILD" "$race" || exit 1
if WEFT_RACE_SECONDS=20 timeout 300 "$race" > "$BUILD/long/wasi-race.txt" 2>&1; then
    summary="race won;"
else
    status=1
    tail -20 "$BUILD/long/wasi-race.txt"
fi

# Copying 256 MB through pipes, beside cat: the best of five, one after the other, as other
# work on the machine only ever adds to it. It is shown, not judged: tests do not depend on
# time. On a quiet machine it is to stay above 80 %.
milliseconds()
{
    begun=$(date +%s%N)
    head -c 268435456 /dev/zero | "$@" | cat > /dev/null
    echo $((($(date +%s%N) - begun) / 1000000))
}
best_cat=999999 best_weft=999999
for _ in 1 2 3 4 5; do
    t=$(milliseconds cat)
    [ "$t" -lt $best_cat ] && best_cat=$t
    t=$(milliseconds "$BUILD/weft" run tests/wasi-guests/copy.wasm)
    [ "$t" -lt $best_weft ] && best_weft=$t
done
copy="copies 256 MB in $best_weft ms, cat in $best_cat ms: $((best_cat * 100 / best_weft)) %"
echo "$copy"
summary="$summary $copy;"

# run NAME COMMAND...: its last line counts; what failed is shown.
run()
{
    name=$1
    shift
    if ! timeout 900 "$@" > "$BUILD/long/wasi-$name.txt" 2>&1; then
        status=1
        grep -vE '^(ok|pass)' "$BUILD/long/wasi-$name.txt" | tail -25
    fi
    summary="$summary $name: $(tail -1 "$BUILD/long/wasi-$name.txt");"
}
suite=$WEFT_SHARED/wasi-testsuite/run_wasi_tests.py
probe=$WEFT_SHARED/wasi-probe
corpus=$WEFT_SHARED/corpus/run_corpus.py
if command -v python3 > /dev/null && [ -f "$suite" ]; then
    engine="$BUILD/weft run {env} {dir} {wasm} {args}"
    run suite python3 "$suite" --engine "$engine"
    run suite-unix env ERRNO_MODE_UNIX=1 python3 "$suite" --engine "$engine"
    for name in preview1 unstable; do
        run "probe-$name" python3 "$probe/run_probe.py" --check "$probe/probe-$name.wasm" \
            "weft=$BUILD/weft run --dir {dir}::/ {wasm} {n}"
    done
    run corpus python3 "$corpus" --only-dirs --name-missing \
        --engine "$BUILD/weft run {env} {dirs} {invoke} {wasm} {args}" \
        --env-fmt '--env {k}={v}' --dir-fmt '--dir {host}::{guest}' \
        --invoke-fmt '--invoke {name}' --invoke-args-last
else
    echo "skipped: suite, probe and programs: no python3 or no $WEFT_SHARED"
fi
echo "$summary"
exit $status
