#!/bin/sh
# i686.sh -- a 32-bit host: the programs give the same bytes, the unit tests and
# the specification's scripts pass.
# SPDX-License-Identifier: MIT
. tests/long/common.sh
need i686-linux-gnu-gcc gcc-i686-linux-gnu
. tests/long/cross.sh
cross i686-linux-gnu i386-linux-gnu i386 /usr/i686-linux-gnu/lib/ld-linux.so.2 --library-path LIBRARIES
