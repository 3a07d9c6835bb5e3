#!/bin/sh
# bench.sh -- the benchmark's programs give the right output and its runner works; no
# time is judged.
# SPDX-License-Identifier: MIT
. tests/long/common.sh
need python3 python3
[ -x "$BUILD/weft" ] || build "$BUILD" || exit 1
weft="weft=$BUILD/weft run {wasm} {args}"
timeout 600 python3 tests/bench/run.py --quick --engine "$weft" || exit 1

# An engine that prints something else is listed, not counted; figures that were kept give
# the same tables, and a page gets them between its marks.
out=$BUILD/long/bench
mkdir -p "$out/wasm" "$out/expected"
cp tests/bench/wasm/queens.wasm tests/bench/wasm/hex*.wasm "$out/wasm"
for name in queens hex hex_simd; do cp "tests/bench/expected/$name.quick" "$out/expected/$name.full"; done
cat > "$out/manifest.json" << 'END'
{"title": "few", "programs": [{"name": "queens", "args": ["6"]},
 {"name": "hex", "args": ["1"]}, {"name": "hex_simd", "args": ["1"]}]}
END
printf 'before\n<!-- relative -->\nold\n<!-- end relative -->\n<!-- failed -->\n<!-- end failed -->\nafter\n' > "$out/page.md"
run="python3 tests/bench/run.py --only-given -r 1"
if $run --manifest "$out/manifest.json" --engine "$weft" --engine 'liar|echo wrong' \
    --engine "weft-fuel|$BUILD/weft run --fuel 1000000000 {wasm} {args}" \
    --save "$out/figures.json" --page "$out/page.md" > "$out/first.txt"; then
    echo "an engine that gives wrong output was not noticed"
    exit 1
fi
$run --from "$out/figures.json" > "$out/second.txt"
status=0
expect()
{
    grep -q "$1" "$2" || { echo "$2: no line like '$1'"; status=1; }
}
expect '^bench: 6 of 9 outputs right$' "$out/first.txt"
expect '^FAILED hex_simd in liar: wrong output' "$out/first.txt"
expect '^programs  *3  *0  *3$' "$out/first.txt"
expect '^exact fuel' "$out/first.txt"
expect '^SIMD' "$out/first.txt"
expect '^| programs | 3 | 0 | 3 |$' "$out/page.md"
expect '^| liar, queens | wrong output' "$out/page.md"
if grep -q '^old$' "$out/page.md"; then echo "the page keeps its old table"; status=1; fi
sed '/^[a-z_]*  *weft [0-9]/d' "$out/first.txt" | cmp - "$out/second.txt" || status=1
exit $status
