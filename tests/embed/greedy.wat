;; A plugin that wants 32 MiB from the start.
(module
  (memory (export "memory") 512)
  (func (export "_initialize")))
