// exit ends with the exit code it is given, or 3; deferred functions do not run then.
package main

import (
	"os"
	"strconv"
)

func main() {
	defer println("never printed: os.Exit does not run deferred functions")
	code := 3
	if len(os.Args) > 1 {
		var err error
		if code, err = strconv.Atoi(os.Args[1]); err != nil {
			println("exit:", err.Error())
			os.Exit(2)
		}
	}
	println("leaving with", code)
	os.Exit(code)
}
