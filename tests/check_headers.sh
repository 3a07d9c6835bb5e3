#!/bin/sh
# check_headers.sh -- the public headers in C++ and in each year's C: no warning, and the
# initializers are what they are in C.
#
# Each header is included alone (it brings what it needs) and all together; headers.cc is
# then linked and run. Which C++ compilers: CXX, else those of g++ and clang++ that are here.
# SPDX-License-Identifier: MIT
BUILD=${BUILD:-build}
CC=${CC:-cc}
cd "$(dirname "$0")/.." || exit 1
out=$BUILD/tests/headers
strict='-Wall -Wextra -Wpedantic -Wshadow -Werror'
mkdir -p "$out"
failed=0 combinations=0
fail()
{
    echo "headers: $*"
    failed=1
}

${MAKE:-make} --no-print-directory -s BUILD="$BUILD" "$BUILD/libweft.a" || exit 1

# Each alone, by a file that includes nothing else.
for header in include/*.h; do
    echo "#include \"${header#include/}\"" > "$out/one.c"
    echo 'int main(void) { return 0; }' >> "$out/one.c"
    for year in c99 c11 c17; do
        # shellcheck disable=SC2086
        $CC -std=$year $strict -Iinclude -fsyntax-only "$out/one.c" || fail "$header in $year"
        combinations=$((combinations + 1))
    done
done

for cxx in ${CXX:-g++ clang++-19 clang++}; do
    command -v "$cxx" > /dev/null || continue
    for year in c++11 c++14 c++17 c++20; do
        # shellcheck disable=SC2086
        $cxx -std=$year $strict -Iinclude -fsyntax-only tests/headers.cc || fail "all in $cxx -std=$year"
        combinations=$((combinations + 1))
    done
    for header in include/*.h; do
        echo "#include \"${header#include/}\"" > "$out/one.cc"
        # shellcheck disable=SC2086
        $cxx -std=c++11 $strict -Iinclude -fsyntax-only "$out/one.cc" || fail "$header in $cxx"
        combinations=$((combinations + 1))
    done
    $cxx -std=c++11 -Iinclude -o "$out/headers" tests/headers.cc "$BUILD/libweft.a" -lm &&
        "$out/headers" || fail "headers.cc, built by $cxx, ends with $?"
done
[ $combinations -gt 18 ] || echo "skipped: no C++ compiler"

[ $failed -eq 0 ] && echo "headers: silent in $combinations combinations of language and compiler"
exit $failed
