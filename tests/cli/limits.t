# limits.t -- programs that want too much end politely.

<< deep.wat
(module
  (func $down (param i32) (result i32)
    (i32.add (i32.const 1) (call $down (local.get 0))))
  (func (export "_start") (drop (call $down (i32.const 0)))))
>>
$ weft deep.wat
!~ weft: deep.wat: call stack exhausted*
!~   * 0: down (at 0x*), *.wat:*
!...
!~   * 23: down (at 0x*), *.wat:*
!        and more
? 134
$ weft run --max-stack 64K deep.wat
!~ weft: deep.wat: call stack exhausted*
!...
? 134
# More stack, more depth; and never more than was allowed.
<< depth.wat
(module
  (func $down (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))
      (else (i32.const 0))))
  (func (export "depth") (param i32) (result i32) (call $down (local.get 0))))
>>
$ weft run --invoke depth depth.wat 10000
> 10000
$ weft run --max-stack 512M --invoke depth depth.wat 1000000
> 1000000
$ weft run --max-stack 16K --invoke depth depth.wat 10000
!...
? 134

<< spin.wat
(module
  (func $spin (loop $again (br $again)))
  (func (export "_start") (call $spin)))
>>
$ weft run --fuel 100000 spin.wat
! weft: spin.wat: out of fuel after 100000 instructions (--fuel)
!~   * 0: spin (at 0x*), *.wat:*
!~   * 1: _start (at 0x*), *.wat:*
? 125
$ weft run --fuel 0 spin.wat
!~ weft: spin.wat: out of fuel after 0 instructions (--fuel)
!...
? 125
$ weft run --timeout 0.2 spin.wat
! weft: spin.wat: still running after 0.200 s (--timeout)
!~   * 0: spin (at 0x*), *.wat:*
!~   * 1: _start (at 0x*), *.wat:*
? 124
$ weft run --timeout=100ms spin.wat
!~ weft: spin.wat: still running after 0.100 s (--timeout)
!...
? 124
# Loops of one cell, which branch to themselves.
<< spin-if.wat
(module
  (func $if (param i32) (loop $again (br_if $again (local.get 0))))
  (func $less (param i32) (loop $again (br_if $again (i32.lt_u (local.get 0) (i32.const 9)))))
  (func $table (param i32) (loop $again (br_table $again $again (local.get 0))))
  (export "if" (func $if)) (export "less" (func $less)) (export "table" (func $table)))
>>
$ for f in if less table; do weft run --timeout 0.1 --invoke $f spin-if.wat 1; echo $?; done 2>&1 | grep -v func
> weft: spin-if.wat: still running after 0.100 s (--timeout)
>~     0: if (at 0x*), *.wat:*
> 124
> weft: spin-if.wat: still running after 0.100 s (--timeout)
>~     0: less (at 0x*), *.wat:*
> 124
> weft: spin-if.wat: still running after 0.100 s (--timeout)
>~     0: table (at 0x*), *.wat:*
> 124
# The start function obeys too.
<< spin-start.wat
(module (func $spin (loop $again (br $again))) (start $spin))
>>
$ weft run --timeout 0.1 spin-start.wat
!~ weft: spin-start.wat: still running after 0.100 s (--timeout)
!~   * 0: spin (at 0x*), *.wat:*
? 124
$ weft run --fuel 1000 spin-start.wat
!~ weft: spin-start.wat: out of fuel after 1000 instructions (--fuel)
!~   * 0: spin (at 0x*), *.wat:*
? 125
# A bulk operation of a gigabyte costs fuel, too.
<< fill.wat
(module
  (memory 16384)
  (func (export "_start") (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x40000000))))
>>
$ weft run --fuel 1000 fill.wat
! weft: fill.wat: out of fuel after 1000 instructions (--fuel)
!...
? 125

# A sleeping program is woken to be ended.
<< sleep.wat
(module
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (i32.store (i32.const 16) (i32.const 1))             ;; the monotonic clock
    (i64.store (i32.const 24) (i64.const 60000000000))   ;; one minute
    (drop (call $poll (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 200)))))
>>
$ weft run --timeout 0.2 sleep.wat
!~ weft: sleep.wat: still running after 0.200 s (--timeout)
!...
? 124

# 4 GiB of memory are declared, and only what is touched is taken.
<< wide.wat
(module
  (memory 65536)
  (func (export "last") (result i32)
    (i32.store8 (i32.const -1) (i32.const 42))
    (i32.load8_u (i32.const -1)))
  (func (export "past") (result i32) (i32.load (i32.const -1)))
  (func (export "grow") (result i32) (memory.grow (i32.const 1))))
>>
$ weft run --invoke last wide.wat
> 42
$ weft run --invoke past wide.wat
!~ weft: wide.wat: trap: out of bounds memory access*
!...
? 134
$ weft run --invoke grow wide.wat
> -1

<< grow.wat
(module
  (memory 1)
  (func (export "grow") (param i32) (result i32)
    (drop (memory.grow (local.get 0)))
    (memory.size)))
>>
$ weft run --invoke grow grow.wat 65535
> 65536
$ weft run --invoke grow grow.wat 65536
> 1
$ weft run --max-memory 1M --invoke grow grow.wat 15
> 16
$ weft run --max-memory 1M --invoke grow grow.wat 16
> 1
$ weft run --max-memory 64K --invoke grow grow.wat 1
> 1
# A module that needs more than is allowed from the start cannot start.
$ weft run --max-memory 32K --invoke grow grow.wat 0
!...
? 1

# Ctrl-C shows where the program was. (A shell starts background jobs with it ignored, so
# the signal is sent by one that first sets it back.)
$ (sh -c 'trap - INT; exec weft spin.wat' & p=$!; sleep 0.5; kill -INT $p; wait $p)
! weft: spin.wat: interrupted
!~   * 0: spin (at 0x*), *.wat:*
!~   * 1: _start (at 0x*), *.wat:*
? 130
$ (sh -c 'trap - INT; exec weft sleep.wat' & p=$!; sleep 0.5; kill -INT $p; wait $p)
! weft: sleep.wat: interrupted
!...
? 130
