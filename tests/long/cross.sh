# cross.sh -- builds and tests weft for another kind of host; sourced by i686.sh and s390x.sh.
#
# The unit tests need that system's cmocka. It is taken from BUILD/long/cmocka-ARCH, where
# tests/long/get_cmocka.sh ARCH unpacks it; without it the programs alone are run.
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
    if [ -f "$cmocka/usr/include/cmocka.h" ]; then targets="all build-tests"; else targets=all; fi
    build "$folder" CC="$triplet-gcc" AR="$triplet-ar" CPPFLAGS="-isystem $cmocka/usr/include" \
        LDFLAGS="-L$cmocka/usr/lib/$multiarch" $targets || exit 1

    status=0
    [ -x "$BUILD/weft" ] || build "$BUILD" || exit 1
    outputs "$BUILD/weft" > "$folder/expected.txt"
    outputs $runner "$folder/weft" > "$folder/outputs.txt"
    cmp "$folder/expected.txt" "$folder/outputs.txt" || {
        diff "$folder/expected.txt" "$folder/outputs.txt" | head -20
        status=1
    }
    WEFT="$runner $folder/weft" sh tests/check_tinygo.sh || status=1
    programs="$(grep -c '^== exit' "$folder/outputs.txt") programs as on this host"

    if [ "$targets" = all ]; then
        echo "skipped: unit tests for $arch (no cmocka: tests/long/get_cmocka.sh $arch)"
        echo "$arch: $programs; unit tests skipped"
        exit $status
    fi
    # qemu-user never forgets a reserved address; the limit keeps that off the machine.
    case $runner in
    qemu-*) WEFT_TEST_EMULATED=1
            export WEFT_TEST_EMULATED
            ulimit -d 4000000 ;;
    esac
    unit_tests "$folder" $runner || status=1
    echo "$arch: $programs; unit tests: $unit_passed passed, $unit_failed failed"
    exit $status
}
