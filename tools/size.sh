#!/bin/sh
# size.sh -- what the library takes under each tier of handlers, for this machine and, where
# its compiler is at hand, for a Cortex-M4: `make size`.
#
# text: code and constants; data: variables. handlers and tables are parts of text: the code
# of instructions, and what tells the translator which there are. A program that is linked
# with --gc-sections takes less than all of it (tests/bare/run.sh prints an example's flash).
# SPDX-License-Identifier: MIT
BUILD=${BUILD:-build}
TIERS=${TIERS:-tiny small fast max}
MAKE=${MAKE:-make}
set -u

# sizes TIER SIZE-COMMAND ARCHIVE: a line of the table.
sizes()
{
    "$2" "$3" | awk -v tier="$1" '
        NR == 1 { next }
        { text += $1; data += $2 + $3 }
        $6 ~ /^(dispatch|handlers_[0-9]+)\.o/ { handlers += $1 }
        $6 ~ /^(encode|pairs|form_maps|listing)\.o/ { tables += $1 }
        END { printf "%-8s%12d%12d%12d%12d\n", tier, text, data, handlers, tables }'
}

# table TITLE SIZE-COMMAND FOLDER MAKE-ARGUMENT...
table()
{
    printf '\n%s\n%-8s%12s%12s%12s%12s\n' "$1" tier text data handlers tables
    size=$2 folder=$3
    shift 3
    for tier in $TIERS; do
        mkdir -p "$folder/$tier"
        $MAKE --no-print-directory -s BUILD="$folder/$tier" TIER="$tier" "$@" \
            "$folder/$tier/obj/libweft.a" > "$folder/$tier/make.txt" 2>&1 || {
            tail -20 "$folder/$tier/make.txt"
            echo "TIER=$tier does not build"
            exit 1
        }
        sizes "$tier" "$size" "$folder/$tier/obj/libweft.a"
    done
}

table "$(uname -m), ${CC:-cc}" size "$BUILD/size/host" CC="${CC:-cc}"
if command -v arm-none-eabi-gcc > /dev/null; then
    # Without tail calls one function holds all handlers: the large sets take it minutes.
    TIERS=$(echo " $TIERS " | sed 's/ fast / /; s/ max / /')
    for level in -Os -O2; do
        table "Cortex-M4, arm-none-eabi-gcc $level" arm-none-eabi-size "$BUILD/size/m4$level" PORT=bare \
            CC=arm-none-eabi-gcc AR=arm-none-eabi-ar \
            CFLAGS="-mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard $level"
    done
else
    echo "no arm-none-eabi-gcc here: no sizes for Cortex-M4"
fi
