#!/bin/sh
# check_includes.sh -- who may include whom, names that are unique, anchors that exist.
#
# 1. Every #include of the product obeys the table below (docs/ARCHITECTURE.md draws it).
# 2. All sources of the library, one after the other in a single translation unit, compile: so
#    static names, types and macros are unique, and an amalgamation costs nothing.
# 3. Every `spec:` comment names a real anchor of the specification. SPEC= is the list of
#    anchors, one a line; default $WEFT_SHARED/reference/spec-anchors.txt if it is there.
# SPDX-License-Identifier: MIT
BUILD=${BUILD:-build}
CC=${CC:-cc}
SPEC=${SPEC:-${WEFT_SHARED:-../shared}/reference/spec-anchors.txt}
cd "$(dirname "$0")/.." || exit 1
failed=0

# --- 1. who includes whom ----------------------------------------------------------
# may FOLDER-OR-FILE: the prefixes it may include; a file's own row goes before its folder's.
may()
{
    case $1 in
    loader/*)                 echo "include/ ports/ loader/" ;;
    vm/wasm_api*)             echo "include/ ports/ vm/wasm_api.h" ;;
    vm/*)                     echo "include/ ports/ loader/ vm/" ;;
    wasi/*)                   echo "include/ ports/ wasi/" ;;
    ports/*)                  echo "include/ ports/" ;;
    tools/inspect_code*)      echo "include/ ports/ loader/ tools/ vm/" ;;
    tools/wat/*)              echo "include/ ports/ loader/ tools/wat/" ;;
    tools/run*)               echo "include/ tools/" ;;
    tools/*)                  echo "include/ ports/ loader/ tools/" ;;
    include/*)                echo "include/" ;;
    esac
}

# Includes are written from the root ("ports/base.h"); public headers also bare, the way
# a host writes them ("weft.h"); generated files bare as well, and they live in BUILD/gen.
check_file()
{
    allowed=$(may "$1")
    sed -n 's/^[ \t]*#[ \t]*include[ \t]*"\([^"]*\)".*/\1/p' "$1" | while read -r name; do
        path=$name
        if [ -f "include/$name" ]; then path=include/$name; fi
        case $name in */*) ;; *) if [ "$path" = "$name" ]; then path=${1%%/*}/$name; fi ;; esac
        for prefix in $allowed; do
            case $path in "$prefix"*) continue 2 ;; esac
        done
        echo "$1 includes \"$name\"; it may see: $allowed"
    done
}
sources=$(find include loader vm wasi ports tools -name '*.[ch]' -o -name '*.def' 2>/dev/null | sort)
wrong=$(for file in $sources; do check_file "$file"; done)
if [ -n "$wrong" ]; then
    echo "$wrong"
    failed=1
fi

# Only ports/ may ask for a system's own headers; the rest is C11 and nothing else. The
# command-line program is a program of its system, so tools/ is free.
c11=' assert ctype errno fenv float inttypes limits math setjmp signal stdalign stdarg
 stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath time wchar '
for file in $(find include loader vm wasi -name '*.[ch]' -o -name '*.def' 2>/dev/null | sort); do
    for header in $(sed -n 's/^[ \t]*#[ \t]*include[ \t]*<\(.*\)\.h>.*/\1/p' "$file"); do
        case $c11 in
        *[[:space:]]"$header"[[:space:]]*) ;;
        *) echo "$file includes <$header.h>, which is not C11"; failed=1 ;;
        esac
    done
done

# --- 2. one translation unit -------------------------------------------------------
# ports/posix comes first: it asks the system's headers for more than C11.
mkdir -p "$BUILD/tests"
all=$BUILD/tests/all.c
for file in ports/posix/*.c ports/generic/*.c loader/*.c vm/*.c wasi/*.c tools/wat/*.c; do
    [ -f "$file" ] && echo "#include \"$PWD/$file\""
done > "$all"
count=$(wc -l < "$all")
# -w: warnings were had when each file was built alone; only clashes matter here, and
# those that are warnings by nature are named.
if ! $CC -std=c11 -w -Werror=builtin-macro-redefined -I. -Iinclude -I"$BUILD/gen" \
    -fsyntax-only "$all" 2> "$BUILD/tests/all.txt"; then
    echo "the product's files do not compile as one:"
    grep -E 'error|note|redefin' "$BUILD/tests/all.txt" | head -20
    failed=1
fi
# A macro defined twice, differently, is a warning at most, and easily missed.
if grep -n 'redefined' "$BUILD/tests/all.txt"; then failed=1; fi

# --- 3. anchors --------------------------------------------------------------------
if [ -f "$SPEC" ]; then
    # `spec: exec-module, embed` may end in a sentence: the first word of each part counts.
    bad=$(grep -n 'spec: ' $sources docs/*.md 2>/dev/null |
        awk -v list="$SPEC" '
        BEGIN { while ((getline line < list) > 0) anchor[line] = 1 }
        {
            where = $0; sub(/:[^:]*$/, "", where); split($0, place, ":")
            n = split($0, piece, /spec: +/)
            for (i = 2; i <= n; i++) {
                m = split(piece[i], name, /, */)
                for (j = 1; j <= m; j++) {
                    word = name[j]; sub(/[ \t].*/, "", word); gsub(/[.`*\/)]+$/, "", word)
                    # After a comma a sentence may go on; an anchor has a dash there.
                    if (j > 1 && name[j] ~ / / && word !~ /-/) break
                    if (word == "" || word ~ /[<>]/ || (word in anchor)) {
                        if (name[j] ~ /[ .]/) break
                        continue
                    }
                    print place[1] ":" place[2] ": no anchor \"" word "\" in the specification"
                    if (name[j] ~ /[ .]/) break
                }
            }
        }')
    if [ -n "$bad" ]; then
        echo "$bad"
        failed=1
    fi
    anchors=checked
else
    anchors="skipped (no list; SPEC= names one)"
fi

echo "includes: $(echo "$sources" | wc -l) files, $count sources as one unit, anchors $anchors"
exit $failed
