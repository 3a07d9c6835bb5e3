;; host.wat -- the smallest host for plugin.wasm: a log that says nothing.
;;
;;     weft run --preload host=host.wat --invoke add plugin.wasm 2 3
(module
  (func (export "log") (param $address i32) (param $length i32)))
