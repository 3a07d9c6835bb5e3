#!/bin/sh
# bench.sh -- the benchmark's programs give the right output and its runner works; no
# time is judged.
# SPDX-License-Identifier: MIT
. tests/long/common.sh
need python3 python3
[ -x "$BUILD/weft" ] || build "$BUILD" || exit 1
timeout 600 python3 tests/bench/run.py --quick --engine "weft=$BUILD/weft run {wasm} {args}"
