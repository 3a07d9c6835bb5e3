// upper copies standard input to standard output in capitals, line by line, and
// numbers the lines.
package main

import (
	"bufio"
	"os"
	"strconv"
	"strings"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	lines, bytes := 0, 0
	for in.Scan() {
		lines++
		bytes += len(in.Bytes())
		out.WriteString(strconv.Itoa(lines) + ": " + strings.ToUpper(in.Text()) + "\n")
	}
	out.WriteString(strconv.Itoa(lines) + " lines, " + strconv.Itoa(bytes) + " bytes\n")
}
