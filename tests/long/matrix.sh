#!/bin/sh
# matrix.sh -- every compiler and dispatcher gives the same bytes.
# SPDX-License-Identifier: MIT
. tests/long/common.sh

reference= count=0 status=0
for variant in gcc:tail gcc:goto gcc:switch clang-19:preserve_none clang-19:tail clang-19:switch; do
    cc=${variant%:*} dispatch=${variant#*:}
    if ! command -v "$cc" > /dev/null; then
        echo "skipped: $variant (no $cc here)"
        continue
    fi
    folder=$BUILD/long/matrix/$cc-$dispatch
    start=$(date +%s)
    build "$folder" CC="$cc" DISPATCH="$dispatch" || { status=1; continue; }
    echo "$variant: built in $(($(date +%s) - start)) s"
    outputs "$folder/weft" > "$folder/outputs.txt"
    count=$((count + 1))
    if [ -z "$reference" ]; then
        reference=$folder
    elif ! cmp "$reference/outputs.txt" "$folder/outputs.txt"; then
        diff "$reference/outputs.txt" "$folder/outputs.txt" | head -20
        status=1
    fi
    WEFT=$folder/weft sh tests/check_tinygo.sh || status=1
done
[ "$count" -gt 0 ] || { echo "no compiler here"; exit 77; }
echo "$count builds, $(grep -c '^== exit' "$reference/outputs.txt") programs each, outputs identical"
exit $status
