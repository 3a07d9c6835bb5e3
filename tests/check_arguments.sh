#!/bin/sh
# check_arguments.sh -- odd command lines: whatever is typed, the program answers.
#
# Lines are drawn from a pool of verbs, options, values, files and nonsense, with a fixed
# seed. Each must end by itself, not by a signal, with an exit code that `weft help
# exit-codes` knows, and must say something on stderr unless it succeeded.
# Usage: sh tests/check_arguments.sh [LINES [SEED]]
# SPDX-License-Identifier: MIT
BUILD=${BUILD:-build}
lines=${1:-150} seed=${2:-7}
cd "$(dirname "$0")/.." || exit 1
case $BUILD in /*) weft=$BUILD/weft ;; *) weft=$PWD/$BUILD/weft ;; esac
if [ ! -x "$weft" ]; then
    echo "skipped: $weft is not built"
    exit 0
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/weft-arguments.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
ln -s "$weft" "$work/wasmtime"
ln -s "$weft" "$work/weft"
limit=
if command -v timeout >/dev/null 2>&1; then limit="timeout -k 1 30"; fi
cd "$work" || exit 1
mkdir folder
: >empty
printf '\0asm\1\0\0\0' >nothing.wasm
cat >add.wat <<'END'
(module (func (export "add") (param i32 f64) (result f64)
  (f64.add (f64.convert_i32_s (local.get 0)) (local.get 1)))
  (func (export "_start")))
END

# One line of words a test, each word in quotes; \r in the pool becomes a newline.
awk -v lines="$lines" -v seed="$seed" '
function add(list, n, i, part) {
    n = split(list, part, "|")
    for (i = 1; i <= n; i++) pool[++count] = part[i]
}
BEGIN {
    srand(seed)
    add("run|validate|inspect|help|version|completion|wast|wat2wasm|wasm2wat|bash|nonsense")
    add("add.wat|nothing.wasm|empty|folder|missing.wasm|./add.wat|-|add.wat|add.wat")
    add("--dir|--dir=.|--dir=.::/x::ro|--dir=::|--dir=.::|--mapdir|--mapdir=/x::.|--env|--env=A=1")
    add("--env=A|--env==|--inherit-env|--inherit-env=1|--argv0|--argv0=|--invoke|--invoke=add")
    add("--no-start|--library|--preload|--preload=a=add.wat|--preload=a|--fuel|--fuel=0|--fuel=99")
    add("--fuel=18446744073709551615|--fuel=18446744073709551616|--timeout=1|--timeout=0|--timeout")
    add("--max-memory=0|--max-memory=1G|--max-memory=17179869184G|--max-stack=0|--max-stack=1")
    add("--max-stack=18446744073709551615|--stats|--features|--features=|--features=all,-mvp")
    add("--features=,,|--features=+|--features=-|--features=1.0,+simd|--trace|--trace=wasi")
    add("--trace=wasi:|--trace=wasi:*|--trace=x|--trace-file=trace.txt|--trace-file=folder")
    add("--deterministic|--tcplisten=nowhere|--tcplisten=:|--help|-h|-V|--version|--verbose|-v")
    add("--functions|-f|--code|--code=add|--code=0|--code=func[1]|--code=func[]|-c|-cadd|-o|--json")
    add("--|-|--=|--=x|---|-x|-xyz|1|-1|2.5|nan|0x10|1e5|||A=B|=|%s%n|*|~|[|\r|a b|\\|\302\240|\377\376")
    add("-W|-Wfuel=5|-S|-Sinherit-env|-O|-C|cache=n|--opt-level|--wasm|--wasm=gc,simd|serve|--mapdir")
    long = "x"
    for (i = 0; i < 12; i++) long = long long
    pool[++count] = long
    pool[++count] = "--" long
    pool[++count] = "--env=" long "=" long
    for (i = 0; i < lines; i++) {
        line = rand() < 0.75 ? "./weft" : "./wasmtime"
        words = int(rand() * 7)
        for (j = 0; j < words; j++) line = line " " quoted(pool[1 + int(rand() * count)])
        print line
    }
}
function quoted(word) {
    gsub(/\r/, " ", word)
    return "\047" word "\047"
}' >lines.txt

tried=0 failed=0
while IFS= read -r line; do
    tried=$((tried + 1))
    $limit sh -c "exec $line" <add.wat >out 2>err
    code=$?
    why=
    case $code in
    0 | 1 | 2 | 124 | 125 | 134) ;;
    *) why="exit code $code" ;;
    esac
    [ $code -eq 0 ] || [ -s err ] || why="$why silent"
    if grep -q -e 'Sanitizer' -e 'runtime error' err; then why="$why sanitizer"; fi
    if [ -n "$why" ]; then
        failed=$((failed + 1))
        echo "$why: $(printf '%s' "$line" | cut -c 1-300)"
        head -n 5 err
    fi
done <lines.txt
echo "odd command lines: $tried tried (seed $seed), $failed failed"
[ "$failed" -eq 0 ]
