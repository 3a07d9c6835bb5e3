// lanes.h -- says whether a kernel is built with v128 instructions or as its scalar twin.
//
// Each kernel has one function in two texts: with the names of wasm_simd128.h, and as a C
// programmer would write it otherwise. Both must print the same.
// SPDX-License-Identifier: MIT
#ifndef BENCH_LANES_H
#define BENCH_LANES_H

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#define LANES
#endif

#endif
