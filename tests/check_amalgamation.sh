#!/bin/sh
# check_amalgamation.sh -- weft.c and weft.h alone, in an empty folder, are enough.
#
# They are compiled with a bare `cc -c`, no option at all, and an example is built from them
# and run. The object shows no name that is not the API's.
# SPDX-License-Identifier: MIT
BUILD=${BUILD:-build}
CC=${CC:-cc}
cd "$(dirname "$0")/.." || exit 1
root=$PWD
${MAKE:-make} --no-print-directory -s BUILD="$BUILD" amalgamation > /dev/null || exit 1

out=$BUILD/tests/amalgamation
rm -rf "$out"
mkdir -p "$out"
cp "$BUILD/amalgamation/weft.c" "$BUILD/amalgamation/weft.h" "$out/"
# The examples name the headers that the one header now holds.
for name in hello wasm_hello; do
    sed 's/#include "\(weft_wasi\|wasm\|wasi\)\.h"/#include "weft.h"/' "examples/embed/$name.c" > "$out/$name.c"
done
cd "$out" || exit 1
failed=0

if ! $CC -c weft.c 2> warnings.txt || [ -s warnings.txt ]; then
    head -20 warnings.txt
    echo "amalgamation: \`$CC -c weft.c\` is not silent"
    exit 1
fi
if nm -g --defined-only weft.o | awk '$3 !~ /^(weft|wasm|wasi)_/ {print $3}' | grep .; then
    echo "amalgamation: these names should be the program's"
    failed=1
fi
for name in hello wasm_hello; do
    $CC -c "$name.c" && $CC -o "$name" "$name.o" weft.o -lm &&
        timeout 60 "./$name" "$root/examples/tinygo/hello/hello.wasm" > "$name.out"
    if ! cmp "$root/examples/tinygo/hello/expected.txt" "$name.out"; then
        echo "FAILED $name, built from weft.c and weft.h"
        failed=1
    fi
done

# The one header from C++, where its macros are others.
if command -v "${CXX:-c++}" > /dev/null; then
    if ! "${CXX:-c++}" -std=c++11 -Wall -Wextra -Wpedantic -DONE_HEADER -I. -o headers \
        "$root/tests/headers.cc" weft.o -lm || ! ./headers; then
        echo "amalgamation: a C++ program with weft.h alone does not build or run"
        failed=1
    fi
else
    echo "skipped: no C++ compiler"
fi

# Without a system below: what is left compiles as well.
if ! $CC -DWEFT_ON_POSIX=0 -fsyntax-only weft.c; then
    echo "amalgamation: does not compile without POSIX"
    failed=1
fi

[ $failed -eq 0 ] && echo "amalgamation: $(wc -l < weft.c) lines compile and run"
exit $failed
