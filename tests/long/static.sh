#!/bin/sh
# static.sh -- static programs, with glibc and with musl, run and give the same bytes.
# SPDX-License-Identifier: MIT
. tests/long/common.sh

[ -x "$BUILD/weft" ] || build "$BUILD" || exit 1
outputs "$BUILD/weft" > "$BUILD/long/static-expected.txt"
status=0 done=
for cc in gcc musl-gcc; do
    if ! command -v "$cc" > /dev/null; then
        echo "skipped: $cc (Debian: musl-tools)"
        continue
    fi
    folder=$BUILD/long/static-$cc
    build "$folder" CC="$cc" STATIC=1 || { status=1; continue; }
    if readelf -d "$folder/weft" 2> /dev/null | grep NEEDED; then
        echo "FAILED: $folder/weft is not static"
        status=1
    fi
    outputs "$folder/weft" > "$folder/outputs.txt"
    cmp "$BUILD/long/static-expected.txt" "$folder/outputs.txt" || status=1
    strip -o "$folder/weft.stripped" "$folder/weft"
    done="$done $cc ($(wc -c < "$folder/weft.stripped") bytes)"
done
echo "static:$done"
exit $status
