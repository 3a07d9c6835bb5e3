#!/bin/sh
# get_cmocka.sh ARCH -- unpacks Debian's cmocka for another architecture into
# BUILD/long/cmocka-ARCH; nothing is installed. apt must know the architecture:
#     dpkg --add-architecture ARCH && apt-get update
# SPDX-License-Identifier: MIT
set -eu
arch=$1
folder=${BUILD:-$PWD/build}/long/cmocka-$arch
mkdir -p "$folder"
cd "$folder"
[ -f usr/include/cmocka.h ] && exit 0
apt-get download -q "libcmocka0:$arch" "libcmocka-dev:$arch"
for package in *.deb; do dpkg -x "$package" .; done
