;; A plugin that behaves until it is asked for something.
(module
  (memory (export "memory") 1)
  (func (export "_initialize"))
  (func (export "alloc") (param i32) (result i32) (i32.const 16))
  (func (export "shout") (param i32 i32) (result i32)
    (loop $again (br $again))
    (i32.const 0)))
