# cross.sh -- builds and tests weft for another kind of host; sourced by i686.sh and s390x.sh.
#
# The unit tests need that system's cmocka. It is taken from BUILD/long/cmocka-ARCH, where
# tests/long/get_cmocka.sh ARCH unpacks it; without it the rest is run.
# SPDX-License-Identifier: MIT

# cross TRIPLET MULTIARCH ARCH RUNNER...: the first names the compiler, the second Debian's
# library folder, the third Debian's architecture, the rest is what runs its programs;
# LIBRARIES there stands for the list of library folders.
cross()
{
    triplet=$1 multiarch=$2 arch=$3
    shift 3
    folder=$BUILD/long/$arch cmocka=$BUILD/long/cmocka-$arch
    libraries=/usr/$triplet/lib:$cmocka/usr/lib/$multiarch
    runner=$(echo "$*" | sed "s|LIBRARIES|$libraries|")
    mkdir -p "$folder"
    printf '#include <stdio.h>\nint main(void) { return 0; }\n' > "$folder/empty.c"
    "$triplet-gcc" -o "$folder/empty" "$folder/empty.c" 2> /dev/null ||
        { echo "no C library for $triplet here (Debian: libc6-dev-$arch-cross)"; exit 77; }
    if [ -f "$cmocka/usr/include/cmocka.h" ]; then targets="all build-tests"; else targets=all; fi
    # shellcheck disable=SC2086
    build "$folder" CC="$triplet-gcc" AR="$triplet-ar" CPPFLAGS="-isystem $cmocka/usr/include" \
        LDFLAGS="-L$cmocka/usr/lib/$multiarch" $targets || exit 1
    # As one word, for scripts that want the name of a program.
    printf '#!/bin/sh\nexec %s "$@"\n' "$runner $folder/weft" > "$folder/run-weft"
    chmod +x "$folder/run-weft"
    # An emulator that runs away is not to take the machine with it.
    case $runner in qemu-*) ulimit -v 16000000 ;; esac

    status=0
    [ -x "$BUILD/weft" ] || build "$BUILD" || exit 1
    outputs "$BUILD/weft" > "$folder/expected.txt"
    outputs "$folder/run-weft" > "$folder/outputs.txt"
    cmp "$folder/expected.txt" "$folder/outputs.txt" || {
        diff "$folder/expected.txt" "$folder/outputs.txt" | head -20
        status=1
    }
    WEFT=$folder/run-weft sh tests/check_tinygo.sh || status=1
    summary="$(grep -c '^== exit' "$folder/outputs.txt") programs as on this host"

    foreign spec sh spec-tests/run.sh "$WEFT_SHARED/spec-testsuite"
    probe=$WEFT_SHARED/wasi-probe malformed=$WEFT_SHARED/corpus/run_malformed.py
    if command -v python3 > /dev/null && [ -f "$malformed" ]; then
        # The collection counts what WebAssembly 3.0 added as an error: hence 2.0.
        foreign malformed python3 "$malformed" --strict-accept \
            --engine "$folder/run-weft validate --features 2.0,+threads {wasm}"
        for name in preview1 unstable; do
            foreign "probe-$name" python3 "$probe/run_probe.py" --check "$probe/probe-$name.wasm" \
                "weft=$folder/run-weft run --dir {dir}::/ {wasm} {n}"
        done
    else
        echo "skipped: malformed modules and the WASI probe: no python3 or no $WEFT_SHARED"
    fi

    if [ "$targets" = all ]; then
        echo "skipped: unit tests for $arch (no cmocka: tests/long/get_cmocka.sh $arch)"
        echo "$arch: $summary; unit tests skipped"
        exit $status
    fi
    # shellcheck disable=SC2086
    unit_tests "$folder" $runner || status=1
    echo "$arch: $summary; unit tests: $unit_passed passed, $unit_failed failed"
    exit $status
}

# foreign NAME COMMAND...: runs it with the foreign weft as WEFT; its last line counts, and
# what failed is shown.
foreign()
{
    foreign_name=$1
    shift
    if ! WEFT=$folder/run-weft timeout 900 "$@" > "$folder/$foreign_name.txt" 2>&1; then
        status=1
        grep -vE '^(ok|pass)' "$folder/$foreign_name.txt" | tail -25
    fi
    grep '^skipped: ' "$folder/$foreign_name.txt"
    summary="$summary; $foreign_name: $(tail -1 "$folder/$foreign_name.txt")"
}
