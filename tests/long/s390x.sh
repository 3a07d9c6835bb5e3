#!/bin/sh
# s390x.sh -- a big-endian host, under qemu-user: the programs give the same bytes, the
# unit tests and the specification's scripts pass.
#
# qemu-user takes ever new addresses and keeps notes of all that were used, some 32 MB for
# each memory of 4 GiB, unless -R gives it a range to stay in. Six GiB are room for the one
# test that fills a memory of four.
# SPDX-License-Identifier: MIT
. tests/long/common.sh
need s390x-linux-gnu-gcc gcc-s390x-linux-gnu
need qemu-s390x qemu-user
. tests/long/cross.sh
cross s390x-linux-gnu s390x-linux-gnu s390x qemu-s390x -R 6G -L /usr/s390x-linux-gnu -E LD_LIBRARY_PATH=LIBRARIES
