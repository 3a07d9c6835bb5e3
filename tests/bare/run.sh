#!/bin/sh
# run.sh -- weft on a Cortex-M4 without an operating system, in QEMU's model of one.
#
# Builds loader, vm and wasi with ports/bare, links a program around each guest, runs it on
# the mps2-an386 board with semihosting, compares output and exit code, and prints what it
# takes of flash and RAM. Needs gcc-arm-none-eabi, libnewlib-arm-none-eabi, qemu-system-arm.
# SPDX-License-Identifier: MIT
BUILD=${BUILD:-build}
CROSS=${CROSS:-arm-none-eabi-}
QEMU=${QEMU:-qemu-system-arm}
cd "$(dirname "$0")/../.." || exit 1

for tool in "${CROSS}gcc" "$QEMU"; do
    command -v "$tool" > /dev/null || { echo "skipped: no $tool"; exit 0; }
done

out=$BUILD/bare
cpu='-mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard'
small='-Os -ffunction-sections -fdata-sections'
mkdir -p "$out"
${MAKE:-make} --no-print-directory BUILD="$out" PORT=bare CC="${CROSS}gcc" AR="${CROSS}ar" \
    CFLAGS="$cpu $small" "$out/obj/libweft.a" > "$out/make.txt" 2>&1 || {
    tail -20 "$out/make.txt"
    echo "ports/bare: does not build"
    exit 1
}

passed=0 failed=0
# run_guest NAME MODULE EXPECTED STATUS
run_guest()
{
    elf=$out/$1.elf
    ${CROSS}gcc $cpu $small -std=c11 -Wall -Wextra -Werror -I. -Iinclude -DGUEST="\"$2\"" \
        -nostartfiles -Wl,--gc-sections -Wl,-T,ports/bare/memory.ld -Wl,-Map,"$out/$1.map" \
        -o "$elf" tests/bare/main.c tests/bare/guest.S "$out/obj/libweft.a" -lm || return 1
    timeout "${LIMIT:-120}" "$QEMU" -M mps2-an386 -nographic -monitor none -serial none \
        -semihosting-config enable=on,target=native -kernel "$elf" \
        < /dev/null > "$out/$1.out" 2> "$out/$1.err"
    got=$?
    if [ "$got" -ne "$4" ] || ! cmp -s "$out/$1.out" "$3"; then
        echo "FAILED $1: exit code $got, expected $4"
        diff "$3" "$out/$1.out" | head -10
        head -10 "$out/$1.err"
        return 1
    fi
    set -- "$1" $(${CROSS}size -A "$elf" |
        awk '$1 == ".text" || $1 == ".ARM.exidx" || $1 == ".data" {flash += $2}
             $1 == ".data" || $1 == ".bss" {ram += $2} END {print flash, ram}') \
        "$(wc -c < "$2")" $(sed -n 's/^bare: heap \([0-9]*\), stack \([0-9]*\)/\1 \2/p' "$out/$1.err")
    echo "$1: flash $(($2 - $4)) bytes and the module's $4; RAM $(($3 + $5 + $6)) bytes" \
        "(variables $3, heap $5, stack $6)"
}
each()
{
    if run_guest "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}
for name in hello life numbers exit; do
    folder=examples/tinygo/$name
    status=0
    [ ! -f "$folder/status" ] || status=$(cat "$folder/status")
    each "$name" "$folder/$name.wasm" "$folder/expected.txt" "$status"
done
echo "ports/bare: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
