#!/bin/sh
# diff.sh -- random modules give the same in weft, under every part of its translator and
# every dispatcher that was built, and in node.
#
# Environment: DIFF_SEEDS (FIRST-LAST, of each feature group; default 1-25).
# SPDX-License-Identifier: MIT
. tests/long/common.sh
need python3 python3
need npm npm
build "$BUILD" all || exit 1
builds=$BUILD
for library in "$BUILD"/long/matrix/*/libweft.a; do
    # What the matrix left, unless it is older than the sources.
    [ "$library" -nt "$BUILD/libweft.a" ] && builds=$builds,${library%/libweft.a}
done
python3 tests/diff/run.py --seeds "${DIFF_SEEDS:-1-25}" --builds "$builds"
