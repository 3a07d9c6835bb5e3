# run.t -- running programs: arguments, results, exit codes.

<< hello.wat
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\0e\00\00\00hello, world\0a\00")
  (func (export "_start")
    (i32.store (i32.const 4) (i32.const 13))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100)))))
>>
$ weft run hello.wat
> hello, world
$ weft hello.wat
> hello, world
$ weft hello.wat --help -V --fuel
> hello, world
$ weft -- hello.wat
> hello, world
$ weft - < hello.wat
> hello, world
$ cat hello.wat | weft run -
> hello, world
$ weft --fuel 1000 hello.wat
> hello, world

# A module in the binary format, from a pipe as from a file.
$ weft wat2wasm hello.wat -o hello.wasm && weft hello.wasm && cat hello.wasm | weft -
> hello, world
> hello, world

# A first line that starts an interpreter is skipped.
$ (echo '#!/usr/bin/env weft'; cat hello.wat) > script.wat && weft script.wat
> hello, world

<< exit.wat
(module
  (import "wasi_unstable" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $proc_exit (i32.const 300)))
  (func (export "seven") (result i32) (i32.const 7)))
>>
$ weft exit.wat
? 44
# An exit code other than 0 before the call asked for ends the run there.
$ weft run --invoke seven exit.wat
? 44
$ weft run --no-start --invoke seven exit.wat
> 7

<< trap.wat
(module
  (func $inner unreachable)
  (func $outer (call $inner))
  (func (export "_start") (call $outer))
  (func (export "divide") (param i32 i32) (result i32)
    (i32.div_s (local.get 0) (local.get 1))))
>>
$ weft trap.wat
!~ weft: trap.wat: trap: unreachable*
!~   * 0: inner (at 0x*), *.wat:*
!~   * 1: outer (at 0x*), *.wat:*
!~   * 2: _start (at 0x*), *.wat:*
? 134
$ weft run --no-start --invoke divide trap.wat 7 0
!~ weft: trap.wat: trap: integer divide by zero*
!~   * 0: divide (at 0x*), *.wat:*
? 134
$ weft run --no-start --invoke divide trap.wat -7 2
> -3

# A start function is a program too.
<< start.wat
(module (func $main) (start $main))
>>
$ weft start.wat

# Modules that are nothing to run say what they have.
<< library.wat
(module
  (func (export "malloc") (param i32) (result i32) (i32.const 0))
  (func (export "scale") (param f64 i64) (result f64) (local.get 0))
  (global (export "version") i32 (i32.const 3)))
>>
$ weft library.wat
! weft: library.wat: there is no `_start` to run: it is a library
!   it exports:
!     malloc (func (param i32) (result i32))
!     scale (func (param f64 i64) (result f64))
!   weft run --invoke scale library.wat 1.5 1
? 1
$ weft run --library library.wat
$ weft run --invoke scal library.wat 1 2
! weft: library.wat: it exports no function 'scal'; did you mean 'scale'?
? 2
$ weft run --invoke zoom library.wat
! weft: library.wat: it exports no function 'zoom'
!   it exports:
!     malloc (func (param i32) (result i32))
!     scale (func (param f64 i64) (result f64))
!   weft run --invoke scale library.wat 1.5 1
? 2
$ weft run --invoke scale library.wat 1
! weft: library.wat: 'scale' takes 2 arguments, 1 given
!   it is (func (param f64 i64) (result f64))
? 2
$ weft run --invoke scale library.wat 1 2 3
! weft: library.wat: 'scale' takes 2 arguments, 3 given
!   it is (func (param f64 i64) (result f64))
? 2
$ weft run --invoke scale library.wat
> 0
$ weft run --invoke scale library.wat 1 2.5
! weft: library.wat: argument 2 of 'scale' is an i64, which '2.5' is not
? 2

<< empty.wat
(module)
>>
$ weft empty.wat
! weft: empty.wat: there is no `_start` to run: it is a library
!   it exports no function at all
? 1

# Libraries are initialised before they are called, and only once.
<< reactor.wat
(module
  (global $state (mut i32) (i32.const 1))
  (func (export "_initialize") (global.set $state (i32.mul (global.get $state) (i32.const 21))))
  (func (export "state") (result i32) (global.get $state)))
>>
$ weft run --invoke state reactor.wat
> 21
$ weft run --no-start --invoke state reactor.wat
> 1
$ weft run --invoke _initialize reactor.wat

# --preload gives a module what another one exports.
<< counter.wat
(module
  (global $n (mut i32) (i32.const 40))
  (func (export "next") (result i32)
    (global.set $n (i32.add (global.get $n) (i32.const 1)))
    (global.get $n)))
>>
<< user.wat
(module
  (import "counter" "next" (func $next (result i32)))
  (func (export "twice") (result i32) (drop (call $next)) (call $next)))
>>
$ weft run --preload counter=counter.wat --invoke twice user.wat
> 42
$ weft run --invoke twice user.wat
! weft: user.wat: 1 import is missing
!   counter.next (func (result i32))
!   counter: its own host supplies these
!   -> run it with that host, or give a module that exports them with --preload NAME=FILE
? 1
$ weft run --preload counter --invoke twice user.wat
! weft: --preload wants NAME=FILE, not 'counter'
!   see 'weft help run'
? 2
$ weft run --preload counter=reactor.wat --invoke twice user.wat
!...
? 1

# Statistics go to stderr.
$ weft run --stats --fuel 1000 hello.wat
> hello, world
! weft: hello.wat: statistics
!...
!~   fuel      * instructions of 1000
