# values.t -- arguments and results of --invoke.

<< id.wat
(module
  (func (export "i32") (param i32) (result i32) (local.get 0))
  (func (export "i64") (param i64) (result i64) (local.get 0))
  (func (export "f32") (param f32) (result f32) (local.get 0))
  (func (export "f64") (param f64) (result f64) (local.get 0))
  (func (export "v128") (param v128) (result v128) (local.get 0))
  (func (export "extern") (param externref) (result externref) (local.get 0))
  (func (export "func") (result funcref) (ref.func 0))
  (func (export "i31") (result i31ref) (ref.i31 (i32.const -5)))
  (func (export "all") (param i32 i64 f32 f64) (result f64 f32 i64 i32)
    (local.get 3) (local.get 2) (local.get 1) (local.get 0))
  (func (export "nothing")))
>>
$ for v in 0 -1 4294967295 2147483648 -2147483648 0xffffffff -0x1 +7 1_000; do weft run --invoke i32 id.wat $v; done
> 0
> -1
> -1
> -2147483648
> -2147483648
> -1
> -1
> 7
> 1000
$ for v in 4294967296 -2147483649 1.0 '' x 0x 1__0 ' 1'; do weft run --invoke i32 id.wat "$v"; done
! weft: id.wat: argument 1 of 'i32' is an i32, which '4294967296' is not
! weft: id.wat: argument 1 of 'i32' is an i32, which '-2147483649' is not
! weft: id.wat: argument 1 of 'i32' is an i32, which '1.0' is not
! weft: id.wat: argument 1 of 'i32' is an i32, which '' is not
! weft: id.wat: argument 1 of 'i32' is an i32, which 'x' is not
! weft: id.wat: argument 1 of 'i32' is an i32, which '0x' is not
! weft: id.wat: argument 1 of 'i32' is an i32, which '1__0' is not
! weft: id.wat: argument 1 of 'i32' is an i32, which ' 1' is not
? 2
$ for v in -9223372036854775808 18446744073709551615 9223372036854775807; do weft run --invoke i64 id.wat $v; done
> -9223372036854775808
> -1
> 9223372036854775807
$ weft run --invoke i64 id.wat 18446744073709551616
! weft: id.wat: argument 1 of 'i64' is an i64, which '18446744073709551616' is not
? 2

# Floats: the fewest digits that read back as the same number.
$ for v in 0 -0 0.1 1.5 100 16777216 1e20 1e21 1e-7 1e-8 3.4028235e38 1e-45 inf -inf nan -nan nan:0x200000; do weft run --invoke f32 id.wat $v; done
> 0
> -0
> 0.1
> 1.5
> 100
> 16777216
> 100000000000000000000
> 1e+21
> 1e-7
> 1e-8
> 3.4028235e+38
> 1e-45
> inf
> -inf
> nan
> -nan
> nan:0x200000
$ for v in 0.1 0.30000000000000004 123456789.125 5e-324 1.7976931348623157e308 0x1p-3 nan:0x1; do weft run --invoke f64 id.wat $v; done
> 0.1
> 0.30000000000000004
> 123456789.125
> 5e-324
> 1.7976931348623157e+308
> 0.125
> nan:0x1
$ for v in 1e999 nan:0x0 nan:0x800000 infinity '1 ' 0x e5 .; do weft run --invoke f32 id.wat "$v"; done
! weft: id.wat: argument 1 of 'f32' is an f32, which '1e999' is not
! weft: id.wat: argument 1 of 'f32' is an f32, which 'nan:0x0' is not
! weft: id.wat: argument 1 of 'f32' is an f32, which 'nan:0x800000' is not
! weft: id.wat: argument 1 of 'f32' is an f32, which 'infinity' is not
! weft: id.wat: argument 1 of 'f32' is an f32, which '1 ' is not
! weft: id.wat: argument 1 of 'f32' is an f32, which '0x' is not
! weft: id.wat: argument 1 of 'f32' is an f32, which 'e5' is not
! weft: id.wat: argument 1 of 'f32' is an f32, which '.' is not
? 2

$ weft run --invoke v128 id.wat 0x1
> 0x00000000000000000000000000000001
$ weft run --invoke v128 id.wat 0x0123456789abcdefFEDCBA9876543210
> 0x0123456789abcdeffedcba9876543210
$ weft run --invoke v128 id.wat 0x100000000000000000000000000000000
! weft: id.wat: argument 1 of 'v128' is an v128, which '0x100000000000000000000000000000000' is not
? 2
$ weft run --invoke extern id.wat null
> null
$ weft run --invoke func id.wat
> func
$ weft run --invoke i31 id.wat
> i31:-5
$ weft run --invoke all id.wat -1 -2 -3 -4.5
> -4.5
> -3
> -2
> -1
$ weft run --invoke nothing id.wat
