#!/bin/sh
# run.sh -- runs the test programs given as arguments, then every tests/check_*.sh.
#
# Each program or script prints what it did; one that fails does not stop the others.
# Environment: BUILD (where weft was built), WEFT_SHARED (third-party data, may be absent).
# SPDX-License-Identifier: MIT
BUILD=${BUILD:-build}
WEFT_SHARED=${WEFT_SHARED:-../shared}
export BUILD WEFT_SHARED
passed=0 failed=0 skipped=0 names=
# Five scripts look at what is delivered: the public library, linked and installed by other
# compilers' rules. A build with sanitizers is never delivered and cannot be linked so.
sanitized=no
nm "$BUILD/obj/libweft.a" 2> /dev/null | grep -q '__asan_init' && sanitized=yes
one()
{
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); names="$names $1"; fi
}
for program in "$@"; do one "$program"; done
for script in tests/check_*.sh; do
    [ -f "$script" ] || continue
    echo "== $script"
    case $sanitized,$script in
    yes,*check_amalgamation.sh | yes,*check_embed.sh | yes,*check_headers.sh | \
    yes,*check_install.sh | yes,*check_symbols.sh)
        echo "skipped: it is about the library as delivered, and this one has sanitizers in it"
        skipped=$((skipped + 1))
        continue ;;
    esac
    if sh "$script"; then passed=$((passed + 1)); else failed=$((failed + 1)); names="$names $script"; fi
done
[ -z "$names" ] || echo "failed:$names"
if [ "$skipped" -eq 0 ]; then
    echo "$passed passed, $failed failed"
else
    echo "$passed passed, $failed failed, $skipped skipped"
fi
[ "$failed" -eq 0 ]
