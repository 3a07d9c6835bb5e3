#!/bin/sh
# get_cmocka.sh ARCH -- unpacks Debian's cmocka for another architecture into
# BUILD/long/cmocka-ARCH. Nothing is installed, and the machine's own apt does not learn of
# the architecture: the package lists are fetched into a folder beside it.
# SPDX-License-Identifier: MIT
set -eu
arch=$1
folder=${BUILD:-$PWD/build}/long/cmocka-$arch
mkdir -p "$folder"
cd "$folder"
[ -f usr/include/cmocka.h ] && exit 0
rm -f ./*.deb

# apt as that architecture sees it: the machine's sources, no installed package.
state=$PWD/apt
mkdir -p "$state/lists/partial" "$state/archives/partial"
: > "$state/status"
foreign_apt()
{
    apt-get -q -o APT::Architecture="$arch" -o APT::Architectures::="$arch" \
        -o Dir::State="$state" -o Dir::State::status="$state/status" -o Dir::Cache="$state" \
        -o APT::Sandbox::User=root "$@"
}
# One source that fails (it may not have the architecture) is no reason to stop.
foreign_apt update || true
foreign_apt download libcmocka0 libcmocka-dev
for package in *.deb; do dpkg -x "$package" .; done
rm -rf "$state"
