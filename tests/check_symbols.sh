#!/bin/sh
# check_symbols.sh -- what a program that links weft gets to see: the API, and nothing else.
#
# 1. No public symbol of libweft.a (and of the shared library, if it was built) is outside of
#    weft_, wasm_ and wasi_.
# 2. Every function that a public header declares is there; of wasm.h they are 280.
# 3. A program with a read_u32 and an arena_alloc of its own links.
# SPDX-License-Identifier: MIT
BUILD=${BUILD:-build}
CC=${CC:-cc}
NM=${NM:-nm}
cd "$(dirname "$0")/.." || exit 1
out=$BUILD/tests/symbols
mkdir -p "$out"
failed=0

${MAKE:-make} --no-print-directory -s BUILD="$BUILD" "$BUILD/libweft.a" || exit 1

# The functions that the headers declare, one a line. What the standard's macros make is
# written with ## until the preprocessor is done, so it is asked.
for header in include/*.h; do echo "#include \"${header#include/}\""; done > "$out/all.c"
# shellcheck disable=SC2086
$CC -E -P -Iinclude "$out/all.c" | tr '\n' ' ' | sed 's/[;{}]/&\n/g' |
    grep -E '\) *;$' | grep -vE '^ *(typedef|static|return|if|for)' |
    grep -oE '\b(weft|wasm|wasi)_[a-z0-9_]+ *\(' | tr -d ' (' | sort -u > "$out/declared"

check_library()
{
    $NM -g $2 --defined-only "$1" | awk 'NF == 3 {print $3}' | sort -u > "$out/defined"
    if grep -vE '^(weft|wasm|wasi)_' "$out/defined" | grep -vE '^_(init|fini|edata|end)$|^__bss_start$' \
        > "$out/foreign"; then
        echo "$1 shows what is not its API: $(tr '\n' ' ' < "$out/foreign")"
        failed=1
    fi
    missing=$(comm -23 "$out/declared" "$out/defined" | tr '\n' ' ')
    if [ -n "$missing" ]; then
        echo "$1 lacks: $missing"
        failed=1
    fi
}
check_library "$BUILD/libweft.a"
for shared in "$BUILD"/libweft.so.*; do
    if [ -f "$shared" ]; then check_library "$shared" -D; fi
done

standard=$(grep -c '^wasm_' "$out/declared")
if [ "$standard" -ne 280 ]; then
    echo "wasm.h declares $standard functions, the standard has 280"
    failed=1
fi

cat > "$out/own.c" <<'END'
#include <stdio.h>
#include "weft.h"
int read_u32(void);
int arena_alloc(void);
int read_u32(void) { return 1; }
int arena_alloc(void) { return 2; }
int main(void) { printf("%s %d\n", weft_version(), read_u32() + arena_alloc()); return 0; }
END
# shellcheck disable=SC2086
if ! $CC ${SANFLAGS:-} -Iinclude -o "$out/own" "$out/own.c" "$BUILD/libweft.a" -lm; then
    echo "a program with names of its own does not link"
    failed=1
fi

[ $failed -eq 0 ] && echo "symbols: $(grep -c . "$out/declared") functions, $standard of them the standard's"
exit $failed
