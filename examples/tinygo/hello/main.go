// hello prints one line: the first program of every tutorial, and the one of weft's README.
package main

import "fmt"

func main() {
	fmt.Println("Hello from TinyGo!")
}
