#!/bin/sh
# matrix.sh -- every compiler, dispatcher and tier of handlers gives the same bytes, and passes
# the specification's suite.
# SPDX-License-Identifier: MIT
. tests/long/common.sh

reference= count=0 status=0
for variant in gcc:tail:auto gcc:goto:auto gcc:switch:auto gcc:switch:tiny gcc:call:tiny \
    clang-19:preserve_none:auto clang-19:preserve_none:tiny clang-19:preserve_none:fast \
    clang-19:tail:small clang-19:switch:auto; do
    cc=${variant%%:*} tier=${variant##*:} dispatch=${variant#*:}
    dispatch=${dispatch%:*}
    if ! command -v "$cc" > /dev/null; then
        echo "skipped: $variant (no $cc here)"
        continue
    fi
    folder=$BUILD/long/matrix/$cc-$dispatch-$tier
    start=$(date +%s)
    build "$folder" CC="$cc" DISPATCH="$dispatch" TIER="$tier" || { status=1; continue; }
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
    WEFT=$folder/weft sh spec-tests/run.sh "$WEFT_SHARED/spec-testsuite" || status=1
done
[ "$count" -gt 0 ] || { echo "no compiler here"; exit 77; }
echo "$count builds, $(grep -c '^== exit' "$reference/outputs.txt") programs each, outputs identical"
exit $status
