// args prints what the host handed over: the command line and the environment.
package main

import (
	"os"
	"sort"
)

func main() {
	for i, arg := range os.Args {
		println("arg", i, "=", arg)
	}
	environ := os.Environ()
	sort.Strings(environ)
	for _, entry := range environ {
		println("env", entry)
	}
	if value, ok := os.LookupEnv("GREETING"); ok {
		println("GREETING is set to", value)
	}
	if _, ok := os.LookupEnv("ABSENT"); !ok {
		println("ABSENT is not set")
	}
}
