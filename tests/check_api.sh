#!/bin/sh
# check_api.sh -- every function of weft.h is used in a test.
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/.." || exit 1
missing=0
for name in $(grep -o 'weft_[a-z0-9_]*(' include/weft.h | tr -d '(' | sort -u); do
    grep -qw "$name" tests/test_*.c tests/api.h && continue
    echo "no test uses $name"
    missing=$((missing + 1))
done
[ "$missing" -ne 0 ] || echo "weft.h: every function is used in a test"
[ "$missing" -eq 0 ]
