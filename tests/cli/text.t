# text.t -- text to binary, binary to text, and scripts.

<< add.wat
;; adds
(module $calc
  (func $add (export "add") (param $a i32) (param $b i32) (result i32)
    (i32.add (local.get $a) (local.get $b))))
>>
$ weft wat2wasm add.wat -o add.wasm
$ weft run --invoke add add.wasm 2 40
> 42
$ weft wasm2wat add.wasm
> (module
>   (type (;0;) (func (param i32 i32) (result i32)))
>   (func (;0;) (type 0) (param i32 i32) (result i32)
>     local.get 0
>     local.get 1
>     i32.add)
>   (export "add" (func 0)))
$ weft wat2wasm --debug-names add.wat | weft wasm2wat -
> (module (@name "calc")
>   (type (;0;) (func (param i32 i32) (result i32)))
>   (func $add (;0;) (type 0) (param $a i32) (param $b i32) (result i32)
>     local.get $a
>     local.get $b
>     i32.add)
>   (export "add" (func $add)))
$ weft wat2wasm - < add.wat | weft validate -

# A mistake is shown in its line.
<< wrong.wat
(module
	(func (result i32)
		(i32.add (i32.const 1) (local.get $x))))
>>
$ weft wat2wasm wrong.wat
! weft: wrong.wat:3:37: unknown local $x
!   		(i32.add (i32.const 1) (local.get $x))))
!   		                                  ^
? 1
<< invalid.wat
(module (func $f (result i32) (i64.const 1)))
>>
$ weft wat2wasm invalid.wat -o out.wasm
! weft: invalid.wat:1:44: type mismatch: instruction requires [i32] but stack has [i64]
!   (module (func $f (result i32) (i64.const 1)))
!                                              ^
? 1
$ ls out.wasm
!~ *out.wasm*
? 2

# What validation refuses is shown in the text too: the instruction, or the field.
<< lines.wat
(module
  (memory 1)
  (func $sum (param $x i32) (result i32)
    (i32.add
      (local.get $x)
      (i64.const 2))))
>>
$ weft validate lines.wat
! weft: lines.wat:4:6: type mismatch: instruction requires [i32 i32] but stack has [i32 i64]
!       (i32.add
!        ^
? 1
$ weft run lines.wat
!~ weft: lines.wat:4:6: *
!~       (i32.add
!~        ^
? 1
$ weft validate - < lines.wat
!~ weft: standard input:4:6: *
!~       (i32.add
!~        ^
? 1
<< global.wat
(module (import "a" "b" (func))
  (global i32 (i32.const 1))
  (global $g (mut i32)
    (i64.const 1)))
>>
$ weft validate global.wat
!~ weft: global.wat:4:6: type mismatch*
!~       (i64.const 1)))
!~        ^
? 1
<< start.wat
(module (func $f (param i32))
  (start $f))
>>
$ weft validate start.wat
!~ weft: start.wat:2:3: start function*
!~     (start $f))
!~     ^
? 1

# And where a program was when it trapped.
<< trap.wat
(module
  (func $inner (if (i32.const 1) (then
    unreachable)))
  (func (export "_start")
    (call $inner)))
>>
$ weft trap.wat
!~ weft: trap.wat: trap: unreachable*
!~ * 0: inner (at 0x*), trap.wat:3:5
!~ * 1: _start (at 0x*), trap.wat:5:6
? 134
$ weft wat2wasm --no-check invalid.wat | weft validate -
!~ weft: standard input: *type mismatch*
? 1
$ weft wasm2wat invalid.wat
!~ weft: invalid.wat:1:44: type mismatch*
!~ *(i64.const 1)))
!~ *^
? 1
$ weft wat2wasm
! weft: wat2wasm wants one FILE
!   see 'weft help wat2wasm'
? 2

# Scripts: a line for each file, then the sum.
<< good.wast
(module (func (export "f") (result i32) (i32.const 1)))
(assert_return (invoke "f") (i32.const 1))
(assert_invalid (module (func (result i32))) "type mismatch")
>>
<< bad.wast
(module (func (export "f") (param f32) (result f32) (f32.add (local.get 0) (f32.const 0.1))))
(assert_return (invoke "f" (f32.const 0.25)) (f32.const 0.3))
(assert_trap (invoke "f" (f32.const 0.2)) "unreachable")
(invoke "g")
>>
$ weft wast good.wast
> good.wast: 2 passed, 0 failed
> 2 passed, 0 failed
$ weft wast good.wast bad.wast
> good.wast: 2 passed, 0 failed
> bad.wast:2: assert_return: expected (f32.const 0.3), got (f32.const 0.35)
> bad.wast:3: assert_trap: expected trap: unreachable, got success
> bad.wast:4: invoke: expected success, got script error: no such export
> bad.wast: 0 passed, 3 failed
> 2 passed, 3 failed
? 1
$ weft wast --json good.wast
> {"files": [
>     {"file": "good.wast", "failures": [], "passed": 2, "failed": 0}
>   ],
>   "passed": 2, "failed": 0}
$ weft wast --roundtrip good.wast
> good.wast: 2 passed, 0 failed
> 2 passed, 0 failed
$ weft wast missing.wast
> 0 passed, 1 failed
! weft: missing.wast: No such file or directory
? 1
$ weft wast
! weft: wast wants a FILE
!   see 'weft help wast'
? 2
