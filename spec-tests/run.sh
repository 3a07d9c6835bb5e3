#!/bin/sh
# run.sh [SUITE] -- runs our own scripts and, where it is found, the official suite, and
# compares every file with the totals in totals.txt.
#
# SUITE is a checkout of WebAssembly/testsuite (default ../shared/spec-testsuite); see
# README.md. WEFT names the program (default build/weft), WAST_OPTIONS adds options.
# SPDX-License-Identifier: MIT
here=$(dirname "$0")
suite=${1:-../shared/spec-testsuite}
weft=${WEFT:-build/weft}
totals=$here/totals.txt
out=$(mktemp) || exit 1
trap 'rm -f "$out" "$out".*' EXIT

# Puts "DIRECTORY FEATURES" sections and their files into $out.plan: one line a section.
awk -v suite="$suite" -v here="$here" '
    /^#/ || /^$/ { next }
    /^\[/ {
        if (files != "") print features files
        features = $0; own = ($0 ~ /^\[\+/)
        sub(/^\[\+?(features )?/, "", features); sub(/\]$/, "", features)
        files = ""; next
    }
    { path = (own ? here : suite) "/" $1; files = files " " path; want[path] = $2 }
    END { if (files != "") print features files }
' "$totals" > "$out.plan"

if [ ! -f "$suite/const.wast" ]; then
    echo "skipped: no official suite at $suite (see $here/README.md)"
    grep "$here/" "$out.plan" > "$out.own"
    mv "$out.own" "$out.plan"
fi

status=0
while read -r features files; do
    # shellcheck disable=SC2086
    "$weft" wast --features "$features" $WAST_OPTIONS $files > "$out" 2> "$out.err"
    code=$?
    [ "$code" -le 1 ] || { echo "weft wast --features $features: exit code $code"; status=1; }
    [ -s "$out.err" ] && { head -5 "$out.err"; status=1; }
    grep -v ' passed, ' "$out"
    cat "$out" >> "$out.all"
done < "$out.plan"

# Files that changed their numbers, files without a line, scripts without a total.
awk -v suite="$suite" -v here="$here" '
    NR == FNR {
        if (/^#/ || /^$/) next
        if (/^\[/) { own = ($0 ~ /^\[\+/); next }
        want[(own ? here : suite) "/" $1] = $2
        next
    }
    / passed, .* failed$/ && /^[^ ]*: / {
        path = $1; sub(/:$/, "", path)
        passed += $2; failed += $4; files++
        if (want[path] != $2 || $4 != 0) {
            print path ": " $2 " passed, " $4 " failed; expected " want[path] " and 0"
            bad++
        }
        delete want[path]
    }
    END {
        for (path in want) {
            # Of a suite that is not there nothing is expected.
            if (index(path, here "/") == 1 || have == 1) { print path ": did not run"; bad++ }
        }
        printf "%d scripts, %d assertions passed, %d failed\n", files, passed, failed
        exit bad > 0
    }
' have="$([ -f "$suite/const.wast" ] && echo 1)" "$totals" "$out.all" || status=1

for script in "$here"/*.wast; do
    grep -q "^$(basename "$script") " "$totals" || { echo "$script: has no total"; status=1; }
done
exit $status
