#!/bin/sh
# sanitizers.sh -- the whole of `make test`, and the malformed modules, under the address
# and undefined-behaviour sanitizers.
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
echo "$result"
[ "$status" -eq 0 ]
