# inspect.t -- what is in a module.

<< app.wat
(module $app
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 2 16)
  (global $__stack_pointer (mut i32) (i32.const 65536))
  (global (export "__heap_base") i32 (i32.const 66000))
  (table 2 2 funcref)
  (elem (i32.const 0) $main $exit)
  (data (i32.const 65536) "hello")
  (data (i32.const 65600) "world")
  (func $main (export "_start")
    (call $exit (i32.extend8_s (i32.const 0)))))
>>
$ weft inspect app.wat
>~ app.wat: WebAssembly module, * bytes
>   called "app"
>   a program: it exports _start, using WASI preview 1
>
> made by
>   probably      a compiler based on LLVM
>
> features beyond WebAssembly 1.0
>   sign-extension
>
> sections
>     offset       size
>~   0x000008 * type, 2
>~   0x* import, 1
>~   0x* function, 1
>~   0x* table, 1
>~   0x* memory, 1
>~   0x* global, 2
>~   0x* export, 3
>~   0x* element, 1
>~   0x* code, 1
>~   0x* data, 2
>~   0x* custom "name"
>
> imports (1)
>   wasi_snapshot_preview1.proc_exit (func (param i32))
>
> exports (3)
>   memory (memory 2 16)
>   __heap_base (global i32)
>   _start (func)
>
> memory plan
>   memory 0  2 pages (128 KiB), up to 16 (1 MiB)
>       data    2 segments, 10 bytes, 0x10000 .. 0x10045
>       stack   grows down from 0x10000 (__stack_pointer)
>       heap    from 0x101d0 (__heap_base)
>   table 0   2 elements of funcref, up to 2
>
> functions (2)
>   1 imported, 1 of its own: 7 bytes of code
>   the largest (--functions lists all):
>~       1   0x*       7  main  ()
$ weft inspect --functions app.wat | tail -3
>   index   offset       size  name
>       0   imported           exit  (i32)
>~       1   0x*       7  main  ()
$ weft inspect --code mian app.wat
! weft: app.wat: it has no function 'mian'; did you mean 'main'?
? 2
$ weft inspect --code 0 app.wat
! weft: app.wat: 'exit' is imported: it has no code here
? 2
$ weft inspect --code 9 app.wat
! weft: app.wat: it has 2 functions, there is no number 9
? 2
$ weft inspect --code _start app.wat | head -1
>~ main, function 1, 7 bytes at 0x*
$ weft inspect --code 'func[1]' app.wat | grep -c -e proc_exit -e call
>~ [1-9]*

# Every feature is found, proposals with the switch they need.
<< features.wat
(module
  (memory 1 1 shared)
  (memory 1)
  (func (result i32 i32) (i32.const 1) (i32.atomic.load (i32.const 0)))
  (func (param v128)))
>>
$ weft inspect features.wat | grep -A1 '^features b'
> features beyond WebAssembly 1.0
>   multi-value, simd, multi-memory, threads (--features +threads)

# A module that is not valid is shown as far as it goes.
<< broken.wat
(module (func (result i32)))
>>
$ weft inspect broken.wat
>
> sections
>     offset       size
>~   0x000008 * type, 1
>~   0x* function, 1
>~   0x* code, 1
!~ weft: broken.wat:1:27: type mismatch*
!~ *
!~ *^
? 1
$ weft inspect
! weft: inspect wants a FILE
!   see 'weft help inspect'
? 2
