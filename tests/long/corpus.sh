#!/bin/sh
# corpus.sh -- real programs and malformed files that are not ours (WEFT_SHARED/corpus).
# SPDX-License-Identifier: MIT
. tests/long/common.sh
need python3 python3
corpus=$WEFT_SHARED/corpus
[ -f "$corpus/run_corpus.py" ] || { echo "no $corpus here"; exit 77; }
[ -x "$BUILD/weft" ] || build "$BUILD" || exit 1

status=0 summary=
# run NAME COMMAND...: its last line counts; what failed is shown.
run()
{
    name=$1
    shift
    if ! timeout 900 python3 "$@" > "$BUILD/long/corpus-$name.txt" 2>&1; then
        status=1
        grep -vE '^(ok|pass)' "$BUILD/long/corpus-$name.txt" | tail -25
    fi
    echo "$name: $(tail -1 "$BUILD/long/corpus-$name.txt")"
    summary="$summary $name: $(tail -1 "$BUILD/long/corpus-$name.txt");"
}
programs()
{
    name=$1
    shift
    run "$name" "$corpus/run_corpus.py" --category "$@" \
        --engine "$BUILD/weft run {env} {dirs} {invoke} {wasm} {args}" --env-fmt '--env {k}={v}' \
        --dir-fmt '--dir {host}::{guest}' --invoke-fmt '--invoke {name}' --invoke-args-last
}
programs tinygo tinygo --no-dirs
programs hostimports tinygo-hostimports --name-missing
programs nonwasi nonwasi --name-missing
programs real real --no-dirs --no-heavy
echo "skipped: the six programs the collection calls heavy (one takes node 26 s, an interpreter minutes)"
# The collection counts what WebAssembly 3.0 added as an error: hence 2.0.
run malformed "$corpus/run_malformed.py" --strict-accept \
    --engine "$BUILD/weft validate --features 2.0,+threads {wasm}"
echo "$summary"
exit $status
