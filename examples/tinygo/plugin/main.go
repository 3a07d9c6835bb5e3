// plugin is a library, not a program: a host loads it, offers it the function "log" of
// module "host", and calls what it exports.
//
// Built with -buildmode=c-shared it exports _initialize instead of _start. The host
// calls _initialize once and then, for example:
//
//	add(2, 3)                     = 5
//	alloc(n)                      = address of n bytes that the host may fill
//	shout(address, length)        logs the text in capitals and returns its length
//	fib(n)                        = n-th Fibonacci number, as i64
//	mean(address, count)          = mean of count little-endian f64 values
package main

import (
	"strings"
	"unsafe"
)

//go:wasmimport host log
func hostLog(text unsafe.Pointer, length uint32)

func log(s string) {
	hostLog(unsafe.Pointer(unsafe.StringData(s)), uint32(len(s)))
}

// What alloc handed out: keeps the garbage collector off memory only the host knows of.
var pinned = map[unsafe.Pointer][]byte{}

//go:wasmexport alloc
func alloc(size uint32) unsafe.Pointer {
	block := make([]byte, size+1)
	address := unsafe.Pointer(&block[0])
	pinned[address] = block
	return address
}

//go:wasmexport release
func release(address unsafe.Pointer) {
	delete(pinned, address)
}

//go:wasmexport add
func add(a, b int32) int32 { return a + b }

//go:wasmexport fib
func fib(n int32) int64 {
	a, b := int64(0), int64(1)
	for ; n > 0; n-- {
		a, b = b, a+b
	}
	return a
}

//go:wasmexport shout
func shout(address unsafe.Pointer, length uint32) uint32 {
	text := strings.ToUpper(unsafe.String((*byte)(address), length))
	log(text)
	return uint32(len(text))
}

//go:wasmexport mean
func mean(address unsafe.Pointer, count uint32) float64 {
	if count == 0 {
		log("mean of nothing")
		return 0
	}
	sum := 0.0
	for _, v := range unsafe.Slice((*float64)(address), count) {
		sum += v
	}
	return sum / float64(count)
}

func main() {}
