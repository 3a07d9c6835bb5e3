#!/bin/sh
# bare.sh -- weft on a Cortex-M4 board without an operating system, under QEMU.
# SPDX-License-Identifier: MIT
. tests/long/common.sh
need arm-none-eabi-gcc "gcc-arm-none-eabi libnewlib-arm-none-eabi"
need qemu-system-arm qemu-system-arm
sh tests/bare/run.sh
