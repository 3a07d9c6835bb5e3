# wasmtime.t -- the link named wasmtime, with the command lines that TinyGo composes.

# Prints its arguments, then its variables, then the names of its directories, each on a
# line; then returns.
<< show.wat
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $env (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $dir_name (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func $put (param $at i32) (param $size i32)
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (local.get $size))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func $line (param $text i32) (local $end i32)
    (local.set $end (local.get $text))
    (loop $more
      (if (i32.load8_u (local.get $end))
        (then
          (local.set $end (i32.add (local.get $end) (i32.const 1)))
          (br $more))))
    (i32.store8 (local.get $end) (i32.const 10))
    (call $put (local.get $text)
      (i32.add (i32.sub (local.get $end) (local.get $text)) (i32.const 1))))
  (func $list (param $at i32) (param $count i32)
    (loop $next
      (if (local.get $count)
        (then
          (call $line (i32.load (local.get $at)))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (local.set $count (i32.sub (local.get $count) (i32.const 1)))
          (br $next)))))
  (func (export "_start") (local $fd i32)
    (drop (call $args_sizes (i32.const 16) (i32.const 20)))
    (drop (call $args (i32.const 1024) (i32.const 4096)))
    (call $list (i32.const 1024) (i32.load (i32.const 16)))
    (drop (call $env_sizes (i32.const 16) (i32.const 20)))
    (drop (call $env (i32.const 1024) (i32.const 4096)))
    (call $list (i32.const 1024) (i32.load (i32.const 16)))
    (local.set $fd (i32.const 3))
    (loop $next
      (if (i32.eqz (call $prestat (local.get $fd) (i32.const 32)))
        (then
          (drop (call $dir_name (local.get $fd) (i32.const 1024) (i32.load (i32.const 36))))
          (i32.store8 (i32.add (i32.const 1024) (i32.load (i32.const 36))) (i32.const 0))
          (call $line (i32.const 1024))
          (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
          (br $next)))))
  (func (export "answer") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))
>>
$ wasmtime show.wat one --env two
> show.wat
> one
> --env
> two
# TinyGo 0.18 and later: variables between the file and the arguments.
$ wasmtime show.wat --env A=1 --env B=2 one two
> show.wat
> one
> two
> A=1
> B=2
$ wasmtime show.wat --env A=1 -- one -- two
> show.wat
> one
> --
> two
> A=1
$ mkdir -p tmp && wasmtime --mapdir=/tmp::tmp show.wat --env A=1 -test.v
> show.wat
> -test.v
> A=1
> /tmp
$ wasmtime --dir=tmp::/tmp show.wat --env A=1 one
> show.wat
> one
> A=1
> /tmp
# tinygo test
$ wasmtime run --dir=.. --dir=. --dir=tmp::/tmp show.wat -test.v
> show.wat
> -test.v
> ..
> .
> /tmp
# TinyGo 0.37 and later
$ wasmtime run --dir=. --dir="$PWD/tmp" --env=PWD=here --env A=1 --dir=tmp::/tmp show.wat -test.run=X -v | sed "s:$PWD:CWD:"
> show.wat
> -test.run=X
> -v
> PWD=here
> A=1
> .
> CWD/tmp
> /tmp
$ wasmtime run --wasm component-model -Sinherit-network -Sallow-ip-name-lookup --dir=tmp::/tmp show.wat
> show.wat
> /tmp

$ wasmtime show.wat --invoke answer 21
> show.wat
> 21
> 42
$ wasmtime --invoke answer show.wat 21 | tail -1
> 42
$ wasmtime run -W timeout=5s,fuel=100000000 -O opt-level=2 -C cache=n --disable-cache show.wat
> show.wat
! weft: warning: -O opt-level=2 changes nothing here
$ wasmtime --opt-level 2 --frobnicate show.wat
> show.wat
! weft: warning: --opt-level changes nothing here
! weft: warning: --frobnicate is not known here and passed over
$ A=seven wasmtime -S inherit-env --env A=8 show.wat | grep '^A='
> A=8
$ A=seven wasmtime --env A show.wat
> show.wat
> A=seven
<< spin.wat
(module (func (export "_start") (loop $l (br $l))))
>>
$ wasmtime -W timeout=100ms spin.wat
!...
? 124

# A library is initialised, and that is all (tinygo run -target=wasm-unknown).
<< library.wat
(module (func (export "_initialize")) (func (export "f")))
>>
$ wasmtime run --dir=tmp::/tmp library.wat
$ wasmtime serve x.wasm
! weft: this is weft under the name wasmtime, which has no 'serve'
!   it runs programs: wasmtime [run] [options] FILE [args...]
? 2
$ wasmtime --version
>~ wasmtime: weft [0-9]*
$ wasmtime
! weft: run wants a FILE
!   see 'weft help run'
? 2

# The same file under weft's own name.
$ weft run --dir . --mapdir /data::tmp --dir tmp::/ro::ro --env A=1 --argv0 me show.wat x
> me
> x
> A=1
> .
> /data
> /ro
$ weft run --env A=1 --env A=2 show.wat
> show.wat
> A=2
$ A=1 weft run --env A --env NOT_SET_HERE show.wat
> show.wat
> A=1
$ A=1 weft run --inherit-env show.wat | grep '^A='
> A=1
