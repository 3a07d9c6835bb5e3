# options.t -- mistakes on the command line, and help.

$ weft
! weft: what shall be run?
!   weft FILE [args...] runs a program; 'weft help' tells everything else
? 2
$ weft rnu
! weft: no verb and no file is called 'rnu'; did you mean 'run'?
!   see 'weft help'
? 2
$ weft vaildate x.wasm
! weft: no verb and no file is called 'vaildate'; did you mean 'validate'?
!   see 'weft help'
? 2
$ weft something
! weft: no verb and no file is called 'something'
!   see 'weft help'
? 2
$ weft run
! weft: run wants a FILE
!   see 'weft help run'
? 2
$ weft run --fule 5 x.wasm
! weft: unknown option '--fule'; did you mean '--fuel'?
!   see 'weft help run'
? 2
$ weft --tiemout=5 x.wasm
! weft: unknown option '--tiemout'; did you mean '--timeout'?
!   see 'weft help run'
? 2
$ weft run -dir . x.wasm
! weft: unknown option '-dir'; did you mean '--dir'?
!   see 'weft help run'
? 2
$ weft run --what x.wasm
! weft: unknown option '--what'
!   see 'weft help run'
? 2
$ weft run --dir
! weft: --dir wants HOST[::GUEST[::ro]]
!   see 'weft help run'
? 2
$ weft run --stats=yes x.wasm
! weft: --stats takes no value
!   see 'weft help run'
? 2
$ for n in x -1 1.5 99999999999999999999 1K ''; do weft run --fuel "$n" x.wasm; done
! weft: --fuel wants a number, not 'x'
!   see 'weft help run'
! weft: --fuel wants a number, not '-1'
!   see 'weft help run'
! weft: --fuel wants a number, not '1.5'
!   see 'weft help run'
! weft: --fuel wants a number, not '99999999999999999999'
!   see 'weft help run'
! weft: --fuel wants a number, not '1K'
!   see 'weft help run'
! weft: --fuel wants a number, not ''
!   see 'weft help run'
? 2
$ for n in 1T 1.5M M 99999999999G; do weft run --max-memory "$n" x.wasm 2>&1 | head -1; done
> weft: --max-memory wants a number of bytes (4096, 64K, 1G), not '1T'
> weft: --max-memory wants a number of bytes (4096, 64K, 1G), not '1.5M'
> weft: --max-memory wants a number of bytes (4096, 64K, 1G), not 'M'
> weft: --max-memory wants a number of bytes (4096, 64K, 1G), not '99999999999G'
$ for n in x . 1e3 -1 1h; do weft run --timeout "$n" x.wasm 2>&1 | head -1; done
> weft: --timeout wants a number of seconds (2, 0.5), not 'x'
> weft: --timeout wants a number of seconds (2, 0.5), not '.'
> weft: --timeout wants a number of seconds (2, 0.5), not '1e3'
> weft: --timeout wants a number of seconds (2, 0.5), not '-1'
> weft: --timeout wants a number of seconds (2, 0.5), not '1h'
$ weft run --trace=syscalls x.wat
! weft: x.wat: No such file or directory
? 1
$ weft run --features 3.0,+thread x.wasm
! weft: --features: 'thread' is unknown; did you mean 'threads'?
!   see 'weft help run'
? 2
$ weft validate --features 4.0 x.wasm
! weft: --features: '4.0' is unknown; 'weft version --verbose' lists all
!   see 'weft help validate'
? 2

<< w.wat
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
  (func (export "_start")))
>>
$ weft run --trace=syscalls w.wat
! weft: --trace knows 'wasi', not 'syscalls'
!   see 'weft help run'
? 2
$ weft run --trace=wasi:fd_wirte w.wat
! weft: --trace: WASI has no function that fits 'fd_wirte'
!   see 'weft help run'
? 2
$ weft run --dir no-such-directory w.wat
! weft: cannot open directory no-such-directory: no such file or directory
? 1
$ weft run --tcplisten nowhere w.wat
!~ weft: cannot listen on nowhere: *
? 1
$ weft run --dir .::/::rx w.wat
! weft: --dir: 'rx' is neither ro nor rw
!   see 'weft help run'
? 2
$ weft run --dir ::x w.wat
! weft: --dir wants HOST[::GUEST[::ro]], not '::x'
!   see 'weft help run'
? 2

$ weft help | head -2
> weft runs WebAssembly programs: TinyGo, Go, Rust, C and all others that speak WASI.
>
$ weft --help | grep -c .
>~ *
$ weft help run | head -2
> weft run [options] FILE [args...]
>   run a program (also: weft FILE [args...])
$ weft run --help | head -1; weft run -h x | head -1; weft --help run | head -1
> weft run [options] FILE [args...]
> weft run [options] FILE [args...]
> weft run [options] FILE [args...]
$ weft help exit-codes | grep 124
>   124    --timeout is over
$ weft help rnu
! weft: there is no help on 'rnu'; did you mean 'run'?
!   'weft help' lists what there is
? 2
$ weft help --all | grep -c '^weft '
>~ *
# Every option is documented, and no line is wider than a terminal.
$ weft help --all | awk 'length > 96'
$ weft --version; weft -V; weft version
>~ weft [0-9]*.[0-9]*.[0-9]*
>~ weft [0-9]*.[0-9]*.[0-9]*
>~ weft [0-9]*.[0-9]*.[0-9]*
$ weft --version --verbose | grep -c ' on$'
>~ [0-9]*
$ weft version x
! weft: 'x' is too much
!   see 'weft help version'
? 2

# What the shells are told is sound where the shell is there to say so.
$ if command -v bash >/dev/null; then weft completion bash | bash -n; fi
$ if command -v zsh >/dev/null; then weft completion zsh | zsh -n; fi
$ if command -v fish >/dev/null; then weft completion fish | fish --no-execute; fi
$ weft completion bash | grep -c -e '--max-memory'
>~ [1-9]*
$ weft completion csh
! weft: there is no completion for 'csh', only for bash, zsh and fish
!   see 'weft help completion'
? 2
