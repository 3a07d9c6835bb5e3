#!/bin/sh
# check_install.sh -- `make install` into an empty folder, and a program built from there.
#
# The program is built three ways: with what pkg-config says against the shared library,
# the same against the static one, and with no more than -lweft. Nothing outside of DESTDIR
# is touched, and uninstall leaves it as it was.
# SPDX-License-Identifier: MIT
BUILD=${BUILD:-build}
CC=${CC:-cc}
cd "$(dirname "$0")/.." || exit 1
case $BUILD in /*) build=$BUILD ;; *) build=$PWD/$BUILD ;; esac
dest=$build/tests/install
hello=examples/tinygo/hello
failed=0
rm -rf "$dest"
fail()
{
    echo "install: $*"
    failed=1
}

${MAKE:-make} --no-print-directory -s BUILD="$BUILD" DESTDIR="$dest" PREFIX=/opt/weft install > /dev/null || exit 1

version=$(sed -n 's/.*define WEFT_VERSION "\(.*\)"/\1/p' include/weft.h)
prefix=$dest/opt/weft
for file in bin/weft lib/libweft.a lib/libweft.so lib/libweft.so."$version" lib/pkgconfig/weft.pc \
    include/weft.h include/weft_wasi.h include/weft_wat.h include/weft/wasm.h include/weft/wasi.h \
    include/weft/weft_wasm.h share/man/man1/weft.1 share/man/man3/weft.h.3 \
    share/bash-completion/completions/weft share/zsh/site-functions/_weft \
    share/fish/vendor_completions.d/weft.fish; do
    [ -s "$prefix/$file" ] || fail "$file is missing or empty"
done

# The soname is what a linked program will ask for: it must be there.
soname=$(readelf -d "$prefix/lib/libweft.so" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
[ -e "$prefix/lib/$soname" ] || fail "soname '$soname' is no file"

# build NAME FLAGS...: the two hellos, run with the library found where it was put.
build()
{
    how=$1
    shift
    for name in hello wasm_hello; do
        program=$dest/$name-$how
        # shellcheck disable=SC2086
        $CC -o "$program" "examples/embed/$name.c" "$@" ${SANFLAGS:-} || { fail "$name does not build ($how)"; continue; }
        LD_LIBRARY_PATH=$prefix/lib timeout 60 "$program" $hello/hello.wasm > "$program.out"
        cmp -s "$program.out" $hello/expected.txt || fail "$name does not run ($how)"
    done
}
if command -v pkg-config > /dev/null; then
    flags=$(PKG_CONFIG_SYSROOT_DIR=$dest PKG_CONFIG_PATH=$prefix/lib/pkgconfig \
        pkg-config --cflags --libs weft)
    # shellcheck disable=SC2086
    build shared $flags
    # These flags are all that any example needs, the one with a module in text too.
    for example in examples/embed/*.c; do
        # shellcheck disable=SC2086
        $CC -std=gnu11 -o "$dest/$(basename "$example" .c)" "$example" $flags ||
            fail "$example does not build with what weft.pc says"
    done
    [ "$(LD_LIBRARY_PATH=$prefix/lib "$dest/wat")" = "hello world" ] || fail "wat does not run"
    # shellcheck disable=SC2086
    build static $(echo "$flags" | sed 's/-lweft/-l:libweft.a/')
else
    echo "skipped: no pkg-config"
fi
build bare -I"$prefix/include" -I"$prefix/include/weft" -L"$prefix/lib" -lweft
readelf -d "$dest/hello-bare" | grep -q "NEEDED.*$soname" || fail "hello does not ask for $soname"

# shellcheck disable=SC2046
[ "$("$prefix/bin/weft" $hello/hello.wasm)" = "$(cat $hello/expected.txt)" ] || fail "the command does not run"
bash -n "$prefix/share/bash-completion/completions/weft" 2> /dev/null || fail "completion for bash"
if command -v man > /dev/null; then
    for page in man1/weft.1 man3/weft.h.3; do
        complaints=$(MANWIDTH=100 man --warnings -l "$prefix/share/man/$page" 2>&1 > "$dest/page.txt")
        [ -z "$complaints" ] || fail "$page: $complaints"
    done
    grep -q weft_memory_view "$dest/page.txt" || fail "weft.h.3 does not tell of weft_memory_view"
fi

${MAKE:-make} --no-print-directory -s BUILD="$BUILD" DESTDIR="$dest" PREFIX=/opt/weft uninstall > /dev/null
left=$(find "$prefix" -type f -o -type l)
[ -z "$left" ] || fail "uninstall leaves $left"

[ $failed -eq 0 ] && echo "install: weft $version, soname $soname"
exit $failed
