#!/bin/sh
# check_spec.sh -- our own scripts and, where it lies beside the project, the official suite.
# SPDX-License-Identifier: MIT
WEFT=${BUILD:-build}/weft sh spec-tests/run.sh "${WEFT_SHARED:-../shared}/spec-testsuite"
