// embed-go runs a WebAssembly program from Go, through cgo.
//
//	make                                          (in the root: leaves build/libweft.a)
//	cd examples/embed-go && go run . ../tinygo/hello/hello.wasm
//
// The library is linked into the Go program; nothing has to be installed. A project of its
// own would say `#cgo pkg-config: weft` instead of the two paths.
package main

/*
#cgo CFLAGS: -I${SRCDIR}/../../include
#cgo LDFLAGS: ${SRCDIR}/../../build/libweft.a -lm
#include <stdlib.h>
#include "weft.h"
#include "weft_wasi.h"

// cgo cannot use initializer macros.
static weft_error no_error(void) { return (weft_error)WEFT_ERROR_INIT; }
*/
import "C"

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"unsafe"
)

// failure makes a Go error of weft's.
func failure(e *C.weft_error) error {
	var text [512]C.char
	C.weft_error_format(e, &text[0], C.size_t(len(text)))
	return errors.New(C.GoString(&text[0]))
}

// run executes a WASI program with the standard streams of this process. The error is nil if
// the program came to its end; code is what it ended with.
func run(module []byte, args []string) (code int, err error) {
	if len(module) == 0 {
		return 0, errors.New("the file is empty")
	}
	// A store belongs to one thread at a time; goroutines may wander.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	// weft keeps pointing into the bytes, which Go's memory does not allow: they are C's.
	bytes := C.CBytes(module)
	defer C.free(bytes)

	e := C.no_error()
	m := C.weft_module_load(bytes, C.size_t(len(module)), nil, &e)
	if m == nil {
		return 0, failure(&e)
	}
	defer C.weft_module_release(m)

	world := C.weft_wasi_new(nil)
	defer C.weft_wasi_free(world) // after the store: defers run last to first
	C.weft_wasi_inherit_stdio(world)
	for _, arg := range args {
		text := C.CString(arg)
		C.weft_wasi_arg(world, text)
		C.free(unsafe.Pointer(text))
	}

	store := C.weft_store_new(nil, &e)
	if store == nil {
		return 0, failure(&e)
	}
	defer C.weft_store_free(store)
	if !C.weft_wasi_link(world, store, &e) {
		return 0, failure(&e)
	}
	instance := C.weft_instantiate(store, m, nil, &e)
	if instance == nil {
		return 0, failure(&e)
	}

	start := C.CString("_start")
	defer C.free(unsafe.Pointer(start))
	if C.weft_call_export(instance, start, nil, 0, nil, 0, &e) != C.WEFT_DONE {
		if e.kind == C.WEFT_EXITED {
			return int(e.exit_code), nil
		}
		return 0, failure(&e)
	}
	return 0, nil
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: embed-go FILE.wasm [args...]")
		os.Exit(2)
	}
	module, err := os.ReadFile(os.Args[1])
	if err == nil {
		var code int
		if code, err = run(module, os.Args[1:]); err == nil {
			os.Exit(code)
		}
	}
	fmt.Fprintln(os.Stderr, "embed-go:", err)
	os.Exit(1)
}
