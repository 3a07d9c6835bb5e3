# inputs.t -- files that are no modules are called what they are.

$ weft missing.wasm
! weft: missing.wasm: No such file or directory
? 1
$ mkdir -p folder && weft run folder
! weft: folder: it is a directory, not a module
!   name the .wasm file inside of it
? 1
$ : > empty.wasm && weft run empty.wasm
! weft: empty.wasm: the file is empty
? 1
$ weft - < empty.wasm
! weft: standard input: the file is empty
? 1
$ printf '\177ELF\002\001\001' > a.out && weft ./a.out
! weft: ./a.out: this is an ELF file: native code for one kind of machine, not WebAssembly
!   build for WebAssembly, for example: tinygo build -target=wasip1 -o app.wasm
? 1
$ printf '\n  <!DOCTYPE html><html>' > page.wasm && weft page.wasm
! weft: page.wasm: this is an HTML page, not WebAssembly
!   the download may have given an error page; look at it in an editor
? 1
$ printf '<HTML>' > page.wasm && weft page.wasm 2>&1 | head -1
> weft: page.wasm: this is an HTML page, not WebAssembly
$ printf '\037\213\010' > a.wasm.gz && weft a.wasm.gz
! weft: a.wasm.gz: this is compressed with gzip
!   unpack it first: gunzip, or tar -xzf for an archive
? 1
$ echo 'version https://git-lfs.github.com/spec/v1' > lfs.wasm && weft validate lfs.wasm
! weft: lfs.wasm: this is a Git LFS pointer, not the file it stands for
!   fetch the file itself: git lfs pull
? 1
$ printf '\0asm\015\0\001\0' > component.wasm && weft component.wasm
! weft: component.wasm: this is a WebAssembly component, not a core module
!   weft runs core modules: build for WASI preview 1 (TinyGo and Go: wasip1, Rust: wasm32-wasip1)
? 1
$ printf '\0asm\015\0\0\0' > old.wasm && weft old.wasm
! weft: old.wasm: this is a module of a WebAssembly draft from 2016 (version 0x0d), before version 1
!   build it again with a current toolchain
? 1
$ printf 'BC\300\336' > x.wasm && weft inspect x.wasm
! weft: x.wasm: this is LLVM bitcode, not WebAssembly
!   compile and link it for WebAssembly: clang --target=wasm32-wasi
? 1
$ printf '!<arch>\n' > x.wasm && weft x.wasm 2>&1 | head -1
> weft: x.wasm: this is a library archive (.a), not a module
$ printf 'package main\n' > main.go && weft main.go
! weft: main.go: this is Go source, not WebAssembly
!   build it first: tinygo build -target=wasip1 -o app.wasm
? 1
$ printf '{"error":"not found"}' > x.wasm && weft x.wasm 2>&1 | head -1
> weft: x.wasm: this is JSON, not WebAssembly
$ printf '\0asm' > short.wasm && weft short.wasm
!~ weft: short.wasm: unexpected end*
? 1
$ printf 'hello' > x.wasm && weft x.wasm
!~ weft: x.wasm: magic header not detected*
? 1
$ printf '\0asm\001\0\0\0\001' > x.wasm && weft validate x.wasm
!~ weft: x.wasm: *
? 1

# Mistakes in the text format are shown where they are.
<< bad.wat
(module
  (func (export "f") (result i32)
    local.get $x))
>>
$ weft bad.wat
! weft: bad.wat:3:15: unknown local $x
!       local.get $x))
!                 ^
? 1

# A script is not a module.
<< test.wast
(module (func (export "f") (result i32) (i32.const 1)))
(assert_return (invoke "f") (i32.const 1))
>>
$ weft test.wast
! weft: test.wast: this is a script of modules and assertions, not one module
!   run it with: weft wast test.wast
? 1
$ weft wast test.wast | tail -1
> 1 passed, 0 failed

# Object files and what needs another proposal say so.
<< atomic.wat
(module (memory 1 1 shared)
  (func (export "f") (result i32) (i32.atomic.load (i32.const 0))))
>>
$ weft validate atomic.wat
!~ weft: atomic.wat:1:9: malformed limits flags
!~ *(memory 1 1 shared)
!~ *^
!   it is valid with --features 3.0,+threads
? 1
$ weft validate --features 3.0,+threads atomic.wat
$ printf '\0asm\001\0\0\0\001\005\001\140\0\0\0\0\011\007linking\002' > x.o && weft validate x.o 2>&1 | tail -1
>~ *link it: wasm-ld, or the compiler that made it
$ weft validate atomic.wat bad.wat 2>&1 | grep -c '^weft:'
> 2

# Debug sections of large files are not read to run them, but the file must still be whole,
# and what comes after them counts.
$ hello=$CLI/../../examples/tinygo/hello/hello.wasm; cp "$hello" big.wasm; printf '\0\374\242\4\013.debug_info' >> big.wasm; head -c 70000 /dev/zero >> big.wasm; weft big.wasm | cmp - "$CLI/../../examples/tinygo/hello/expected.txt"
$ cp big.wasm tail.wasm; printf '\0\003\002ok' >> tail.wasm; weft validate tail.wasm
$ printf '\016\001\0' >> tail.wasm; weft validate tail.wasm
! weft: tail.wasm: malformed section id (at 0x398ef)
? 1
$ head -c 200000 big.wasm > cut.wasm; weft validate cut.wasm
! weft: cut.wasm: length out of bounds (at 0x2876b)
? 1
