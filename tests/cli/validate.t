# validate.t -- silence means yes.

<< good.wat
(module (memory 1) (func (export "f") (result i32) (i32.load (i32.const 0))))
>>
<< mismatch.wat
(module
  (func $fine)
  (func $wrong (result i32) (i64.const 1)))
>>
<< simd.wat
(module (func (result v128) (v128.const i32x4 1 2 3 4)))
>>
$ weft validate good.wat
$ weft validate < good.wat -
$ weft validate mismatch.wat
!~ weft: mismatch.wat:*: type mismatch*
!~ *
!~ *^
? 1
$ weft validate --features 1.0 simd.wat
!~ weft: simd.wat:1:15: *
!~ *
!~ *^
!   it is valid with --features 1.0,+simd
? 1
$ weft validate --features 1.0,+simd simd.wat
$ weft validate --features=all good.wat simd.wat
$ weft validate good.wat mismatch.wat simd.wat missing.wat
!~ weft: mismatch.wat:3:42: *
!~ *
!~ *^
! weft: missing.wat: No such file or directory
? 1
$ weft validate
! weft: validate wants a FILE
!   see 'weft help validate'
? 2
