#!/bin/sh
# embedding.sh -- what embedding costs, and that threads which share a module do not race.
# SPDX-License-Identifier: MIT
. tests/long/common.sh
folder=$BUILD/long/embedding
build "$folder" "$folder/libweft.a" || exit 1
cc -std=gnu11 -O2 -Wall -Wextra -Iinclude -o "$folder/embedding" tests/long/embedding.c \
    "$folder/libweft.a" -lm -lpthread || exit 1
hello=$WEFT_SHARED/bench/wasm/hello.wasm
[ -f "$hello" ] || hello=examples/tinygo/hello/hello.wasm
"$folder/embedding" "$hello" || exit 1

# The thread sanitizer needs the whole library built with it.
tsan=$BUILD/long/tsan
echo 'int main(void) { return 0; }' > "$folder/empty.c"
if cc -fsanitize=thread -o "$folder/empty" "$folder/empty.c" 2> /dev/null; then
    build "$tsan" DISPATCH=call CFLAGS='-O1 -g -fsanitize=thread' LDFLAGS=-fsanitize=thread \
        "$tsan/tests/test_wasm_api_threads" || exit 1
    "$tsan/tests/test_wasm_api_threads" > "$tsan/threads.txt" 2>&1 || { cat "$tsan/threads.txt"; exit 1; }
    races=silent
else
    echo "skipped: the compiler has no thread sanitizer"
    races=skipped
fi
echo "costs within bounds, thread sanitizer $races"
