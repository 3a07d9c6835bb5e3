#!/bin/sh
# emulator.sh -- `tinygo run` and `tinygo test` with weft in the place of wasmtime.
#
# TINYGO names the compiler; `tinygo` of the PATH unless told.
# SPDX-License-Identifier: MIT
. tests/long/common.sh
tinygo=${TINYGO:-tinygo}
command -v "$tinygo" > /dev/null || { echo "no tinygo here (examples/tinygo/README.md says how ours was built)"; exit 77; }
[ -x "$BUILD/weft" ] || build "$BUILD" || exit 1
folder=$BUILD/long/emulator
rm -rf "$folder"
mkdir -p "$folder/bin"
ln -s "$BUILD/weft" "$folder/bin/wasmtime"
PATH=$folder/bin:$PATH
export PATH
cd "$folder" || exit 1
printf 'module example.com/emulator\n\ngo 1.22\n' > go.mod
echo data > data.txt
cat > main.go <<'END'
package main

import (
	"fmt"
	"os"
)

func main() {
	data, err := os.ReadFile("data.txt")
	fmt.Printf("%q %q %v\n", os.Args[1:], data, err)
	if len(os.Args) > 2 {
		os.Exit(3)
	}
}
END
cat > main_test.go <<'END'
package main

import (
	"os"
	"testing"
)

func TestReads(t *testing.T) {
	if data, err := os.ReadFile("data.txt"); err != nil || len(data) != 5 {
		t.Fatal(data, err)
	}
}

func TestHasTemporaryFiles(t *testing.T) {
	file, err := os.CreateTemp("", "weft")
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(file.Name())
}

func TestFailsWhenAsked(t *testing.T) {
	if _, err := os.Stat("fail"); err == nil {
		t.Fatal("asked to")
	}
}
END
status=0
# expect CODE TEXT COMMAND...: the command ends so, and prints a line that contains the text.
expect()
{
    code=$1 text=$2
    shift 2
    timeout 300 "$@" > out.txt 2>&1
    got=$?
    if [ $got -ne "$code" ] || ! grep -qF "$text" out.txt; then
        echo "$*: exit code $got, wanted $code and '$text'"
        cat out.txt
        status=1
    fi
}
expect 0 '["one"] "data\n" <nil>' "$tinygo" run -target=wasip1 . one
expect 1 '["one" "two"]' "$tinygo" run -target=wasip1 . one two
expect 0 'PASS: TestHasTemporaryFiles' "$tinygo" test -target=wasip1 -v .
touch fail
expect 1 'asked to' "$tinygo" test -target=wasip1 .
echo "tinygo run and tinygo test start weft as wasmtime"
exit $status
