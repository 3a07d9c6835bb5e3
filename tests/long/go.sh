#!/bin/sh
# go.sh -- a Go program that embeds weft through cgo runs a program made by TinyGo.
# SPDX-License-Identifier: MIT
. tests/long/common.sh
PATH=$PATH:/usr/local/go/bin
need go golang-go
# cgo is told the library's path in the source: it is the one of a plain `make`.
make -s BUILD=build build/libweft.a > /dev/null || exit 1
out=$BUILD/long/go
mkdir -p "$out"
(cd examples/embed-go && GOFLAGS=-mod=mod GOPROXY=off GOCACHE="$out/cache" CGO_ENABLED=1 \
    go build -o "$out/embed-go" .) || exit 1
hello=examples/tinygo/hello
"$out/embed-go" $hello/hello.wasm > "$out/hello.txt" && cmp "$out/hello.txt" $hello/expected.txt || exit 1
"$out/embed-go" examples/tinygo/exit/exit.wasm > /dev/null
[ $? -eq "$(cat examples/tinygo/exit/status)" ] || { echo "the exit code did not come through"; exit 1; }
echo "Go embeds weft: output and exit code come through"
