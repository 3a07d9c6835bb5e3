# convert.t -- wat2wasm, wasm2wat and wast on the command line.

<< add.wat
(module (func (export "add") (param $a i32) (param $b i32) (result i32)
  (i32.add (local.get $a) (local.get $b))))
>>
$ weft wat2wasm add.wat -o add.wasm && weft validate add.wasm && weft run --invoke add add.wasm 20 22
> 42
$ weft wat2wasm add.wat | weft run --invoke add - 1 2
> 3
$ weft wat2wasm - < add.wat | cmp - add.wasm
$ weft wasm2wat add.wasm > back.wat && weft wat2wasm back.wat | cmp - add.wasm
$ weft wasm2wat add.wasm -o back.wat && weft run --invoke add back.wat 2 3
> 5
$ weft wat2wasm add.wasm -o x.wasm
!...
? 1
$ weft wat2wasm missing.wat
! weft: missing.wat: No such file or directory
? 1
$ weft wat2wasm
!...
? 2
$ weft wat2wasm add.wat -o no/such/folder/x.wasm
! weft: no/such/folder/x.wasm: No such file or directory
? 1
<< wrong.wat
(module (func (result i32) (i64.const 1)))
>>
$ weft wat2wasm wrong.wat -o wrong.wasm
!~ weft: wrong.wat:1:41: type mismatch*
!~ *(i64.const 1)))
!~ *^
? 1
$ weft wat2wasm --no-check wrong.wat -o wrong.wasm && weft validate wrong.wasm
!~ weft: wrong.wasm: *type mismatch*
? 1

<< good.wast
(module (func (export "f") (result i32) (i32.const 1)))
(assert_return (invoke "f") (i32.const 1))
(assert_trap (module (func $t unreachable) (start $t)) "unreachable")
>>
<< bad.wast
(module (func (export "f") (result i32) (i32.const 1)))
(assert_return (invoke "f") (i32.const 2))
>>
$ weft wast good.wast | tail -1
> 2 passed, 0 failed
$ weft wast good.wast bad.wast
>...
> 2 passed, 1 failed
!...
? 1
