# imports.t -- everything that is missing is listed, with what it means.

<< browser.wat
(module
  (import "gojs" "runtime.ticks" (func (result f64)))
  (import "gojs" "syscall/js.valueGet" (func (param i32 i32 i32 i32 i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")))
>>
$ weft browser.wat
! weft: browser.wat: 2 imports are missing
!   gojs.runtime.ticks (func (result f64))
!   gojs.syscall/js.valueGet (func (param i32 i32 i32 i32 i32))
!   gojs: TinyGo built this for a browser (-target=wasm); it needs a JavaScript host
!   -> rebuild it: tinygo build -target=wasip1 (-target=wasi before TinyGo 0.32)
? 1

<< go.wat
(module
  (import "gojs" "runtime.wasmExit" (func (param i32)))
  (import "gojs" "runtime.wasmWrite" (func (param i32)))
  (func (export "run")))
>>
$ weft go.wat 2>&1 | tail -2
>   gojs: the Go compiler built this for a browser (GOOS=js)
>   -> rebuild it: GOOS=wasip1 GOARCH=wasm go build (Go 1.21 or later), or tinygo build -target=wasip1

<< old-exit.wat
(module
  (import "env" "syscall.Exit" (func (param i32)))
  (import "env" "frobnicate" (func))
  (func (export "_start")))
>>
$ weft old-exit.wat
! weft: old-exit.wat: 2 imports are missing
!   env.syscall.Exit (func (param i32))
!   env.frobnicate (func)
!   env: TinyGo 0.12 to 0.17 turned os.Exit into an import that no WASI host has
!   -> rebuild it with TinyGo 0.18 or later
!   env: functions that were declared but not linked, or that its own host supplies
!   -> link what is missing into the module, or give a module that exports it with --preload env=FILE
? 1

<< wrong.wat
(module
  (import "wasi_snapshot_preview1" "fd_seek" (func (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_unstable" "fd_wirte" (func (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview_1" "proc_exit" (func (param i32)))
  (func (export "_start")))
>>
$ weft wrong.wat
! weft: wrong.wat: 2 imports are missing
!   wasi_unstable.fd_wirte (func (param i32 i32 i32 i32) (result i32))
!   wasi_snapshot_preview_1.proc_exit (func (param i32))
!   WASI has no function 'fd_wirte'; was 'fd_write' meant?
!   'wasi_snapshot_preview_1' is not how WASI is called: weft serves proc_exit as wasi_snapshot_preview1 and wasi_unstable
! weft: wrong.wat: 1 import has the wrong type
!   wasi_snapshot_preview1.fd_seek (func (param i32 i32 i32 i32 i32) (result i32))
!     but it is (func (param i32 i64 i32 i32) (result i32))
!   wasi_snapshot_preview1: Emscripten before 2023 split each i64 in two i32 for JavaScript
!   -> build it with -sWASM_BIGINT, or with a newer Emscripten
? 1

<< kinds.wat
(module
  (import "env" "memory" (memory 2 4 shared))
  (import "env" "table" (table 1 funcref))
  (import "env" "base" (global (mut i32)))
  (import "wasi" "thread-spawn" (func (param i32) (result i32)))
  (import "wasi:io/streams@0.2.0" "[method]output-stream.write" (func (param i32 i32 i32 i32)))
  (import "wasi_ephemeral_nn" "load" (func))
  (import "wasi_snapshot_preview1" "sock_open" (func (param i32 i32 i32) (result i32)))
  (import "wasix_32v1" "getcwd" (func))
  (import "wbg" "__wbindgen_throw" (func (param i32 i32)))
  (func (export "_start")))
>>
$ weft run --features 3.0,+threads kinds.wat
! weft: kinds.wat: 9 imports are missing
!   env.memory (memory 2 4 shared)
!   env.table (table 1 funcref)
!   env.base (global (mut i32))
!   wasi.thread-spawn (func (param i32) (result i32))
!   wasi:io/streams@0.2.0.[method]output-stream.write (func (param i32 i32 i32 i32))
!   wasi_ephemeral_nn.load (func)
!   wasi_snapshot_preview1.sock_open (func (param i32 i32 i32) (result i32))
!   wasix_32v1.getcwd (func)
!   wbg.__wbindgen_throw (func (param i32 i32))
!...
!   wbg: wasm-bindgen made this for JavaScript
!   -> build for WASI instead: cargo build --target wasm32-wasip1
!...
? 1

# What a module imports says more about it than the proposal it needs besides.
$ weft kinds.wat 2>&1 | sed -n '1p;4,6p;$p'
> weft: kinds.wat:2:3: malformed limits flags
>   it is valid with --features 3.0,+threads
> weft: kinds.wat: 9 imports are missing
>   env.memory (memory 2 4 shared)
>   -> link what is missing into the module, or give a module that exports it with --preload env=FILE

# Names are bytes of somebody else: nothing in them reaches the terminal as a command.
<< escape.wat
(module (import "a\1b[31m\07" "b\00c\u{9b}\u{20ac}" (func)))
>>
$ weft run --library escape.wat
! weft: escape.wat: 1 import is missing
!   a\1b[31m\07.b\00c\c2\9b€ (func)
!...
? 1
