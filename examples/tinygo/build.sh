#!/bin/sh
# build.sh -- rebuilds every .wasm of this folder with TinyGo (TINYGO= says which one).
# SPDX-License-Identifier: MIT
set -eu
cd "$(dirname "$0")"
TINYGO=${TINYGO:-tinygo}
for source in */main.go; do
    name=${source%/main.go}
    # The plugin is a reactor: it exports _initialize and functions, and no _start.
    mode=default
    if [ "$name" = plugin ]; then mode=c-shared; fi
    # Small, and without DWARF; function names stay in the name section.
    "$TINYGO" build -target=wasip1 -buildmode=$mode -opt=z -no-debug \
        -o "$name/$name.wasm" "./$name"
done
ls -l */*.wasm
