#!/bin/sh
# check_api.sh -- every function of the public headers is called in a test or an example.
#
# What is called is read from object files, not from the text: a name in a comment, or one
# that a macro puts together, does not mislead it.
# SPDX-License-Identifier: MIT
BUILD=${BUILD:-build}
CC=${CC:-cc}
NM=${NM:-nm}
cd "$(dirname "$0")/.." || exit 1
out=$BUILD/tests/api
rm -rf "$out"
mkdir -p "$out"

# One a line: what a header declares, and the inline functions it defines.
for header in include/*.h; do echo "#include \"${header#include/}\""; done > "$out/all.c"
$CC -E -P -Iinclude "$out/all.c" | tr '\n' ' ' | sed 's/[;{}]/&\n/g' |
    grep -E '\) *[;{]$' | grep -vE '^ *(typedef|return|if|for)' |
    grep -oE '\b(weft|wasm|wasi)_[a-z0-9_]+ *\(' | tr -d ' (' | sort -u > "$out/declared"

for source in tests/test_api_*.c tests/test_was*.c tests/test_wat_*.c examples/embed/*.c; do
    $CC -std=gnu11 -O0 -w -I. -Iinclude -I"$BUILD/gen" -c -o "$out/$(basename "$source" .c).o" "$source" ||
        exit 1
done
$NM "$out"/*.o | awk '{print $NF}' | sort -u > "$out/called"

missing=$(comm -23 "$out/declared" "$out/called")
for name in $missing; do echo "no test calls $name"; done
[ -n "$missing" ] || echo "public headers: $(grep -c . "$out/declared") functions, each called in a test or example"
[ -z "$missing" ]
