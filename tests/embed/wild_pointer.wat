;; A plugin whose text ends one byte past its memory.
(module
  (import "host" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (func (export "_initialize"))
  (func (export "alloc") (param i32) (result i32) (i32.const 16))
  (func (export "shout") (param i32 i32) (result i32)
    (call $log (i32.const 65535) (i32.const 2))
    (i32.const 0)))
