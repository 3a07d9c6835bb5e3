#!/bin/sh
# sanitizers.sh -- the whole of `make test`, and the malformed modules, under the address
# and undefined-behaviour sanitizers; then the suite and random functions with all handlers,
# of which a sanitized build has the small set unless told.
# SPDX-License-Identifier: MIT
. tests/long/common.sh

folder=$BUILD/long/san
printf 'int main(void) { return 0; }\n' > "$BUILD/long/empty.c"
cc -fsanitize=address,undefined -o "$BUILD/long/empty" "$BUILD/long/empty.c" 2> /dev/null ||
    { echo "the compiler has no sanitizers here (Debian: gcc)"; exit 77; }
build "$folder" SAN=1 || exit 1
timeout 1200 make -j"$JOBS" BUILD="$folder" SAN=1 test > "$folder/test.txt" 2>&1
status=$?
grep -E 'FAILED|ERROR: |runtime error|^failed:' "$folder/test.txt" | head -20
result=$(tail -1 "$folder/test.txt")
if [ -f "$WEFT_SHARED/corpus/run_malformed.py" ]; then
    python3 "$WEFT_SHARED/corpus/run_malformed.py" --strict-accept --engine "$folder/weft validate --features 2.0,+threads {wasm}" \
        > "$folder/malformed.txt" 2>&1 || { status=1; tail -10 "$folder/malformed.txt"; }
    result="$result; malformed modules: $(tail -1 "$folder/malformed.txt")"
else
    echo "skipped: malformed modules (no $WEFT_SHARED)"
fi

if command -v clang-19 > /dev/null; then
    all=$BUILD/long/san-max
    build "$all" CC=clang-19 SAN=1 TIER=max "$all/weft" "$all/tests/test_vm_translate" || exit 1
    for run in "$all/tests/test_vm_translate" "env WEFT=$all/weft sh spec-tests/run.sh $WEFT_SHARED/spec-testsuite"; do
        $run > "$all/run.txt" 2>&1 || { status=1; tail -20 "$all/run.txt"; }
    done
    result="$result; all handlers: $(tail -1 "$all/run.txt")"
else
    echo "skipped: all handlers (no clang-19, and gcc takes many minutes)"
fi
echo "$result"
[ "$status" -eq 0 ]
