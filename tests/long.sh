#!/bin/sh
# long.sh -- the tests that need more than a C compiler and cmocka.
#
#   tests/long.sh              every piece
#   tests/long.sh s390x bare   these
#
# A piece is a script in tests/long/. It ends with 0 (passed), 1 (failed) or 77 (skipped:
# its last line says what is missing); its last line is its summary, and all it printed is
# kept in BUILD/long/NAME.txt. Nothing is installed here: .ci/run does that.
# Environment: BUILD, WEFT_SHARED (third-party data, may be absent), JOBS.
# SPDX-License-Identifier: MIT
BUILD=${BUILD:-build}
cd "$(dirname "$0")/.." || exit 1
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
WEFT_SHARED=${WEFT_SHARED:-$PWD/../shared}
JOBS=${JOBS:-2}
export BUILD WEFT_SHARED JOBS
# What was asked of the make that called us must not reach the builds of the pieces.
unset MAKEFLAGS MFLAGS MAKELEVEL CC CFLAGS DISPATCH SAN STATIC PORT

pieces=${*:-matrix sanitizers out_of_memory fuzz diff wasi embedding go i686 s390x static bare corpus emulator bench}
passed=0 failed=0 skipped=0 begun=$(date +%s)
mkdir -p "$BUILD/long"
for piece in $pieces; do
    log=$BUILD/long/$piece.txt
    start=$(date +%s)
    sh "tests/long/$piece.sh" > "$log" 2>&1
    status=$?
    seconds=$(($(date +%s) - start))
    summary=$(tail -1 "$log")
    case $status in
    0)  passed=$((passed + 1));   echo "passed   $piece (${seconds} s): $summary" ;;
    77) skipped=$((skipped + 1)); echo "skipped  $piece: $summary" ;;
    *)  failed=$((failed + 1));   echo "FAILED   $piece (${seconds} s), the end of $log:"
        tail -40 "$log" | sed 's/^/    /' ;;
    esac
    # What a piece had to leave out, although the rest of it ran.
    grep '^skipped: ' "$log" | sed 's/^/         /'
done
echo "long tests took $(($(date +%s) - begun)) s"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
