#!/bin/sh
# s390x.sh -- a big-endian host, under qemu-user: the programs give the same bytes, the
# unit tests pass.
# SPDX-License-Identifier: MIT
. tests/long/common.sh
need s390x-linux-gnu-gcc gcc-s390x-linux-gnu
need qemu-s390x qemu-user
. tests/long/cross.sh
cross s390x-linux-gnu s390x-linux-gnu s390x qemu-s390x -L /usr/s390x-linux-gnu -E LD_LIBRARY_PATH=LIBRARIES
