;; Results that are rounded once: each lies just beside the middle between two numbers, and
;; rounding it first to a few more bits would put it into the middle and then to the wrong side.
;; spec: aux-fbits, op-fadd, op-demote, op-convert_s

(module
  (func (export "f64.add") (param f64 f64) (result f64) (f64.add (local.get 0) (local.get 1)))
  (func (export "f64.sub") (param f64 f64) (result f64) (f64.sub (local.get 0) (local.get 1)))
  (func (export "f32.demote") (param f64) (result f32) (f32.demote_f64 (local.get 0)))
  (func (export "f32.convert_s") (param i64) (result f32) (f32.convert_i64_s (local.get 0)))
  (func (export "f32.convert_u") (param i64) (result f32) (f32.convert_i64_u (local.get 0)))
)

;; 1 and 1 + 2^-52 are neighbours, 1 + 2^-53 is their middle.
(assert_return (invoke "f64.add" (f64.const 1) (f64.const 0x1.0000000000001p-53)) (f64.const 0x1.0000000000001p+0))
(assert_return (invoke "f64.add" (f64.const 1) (f64.const 0x1p-53)) (f64.const 1))
(assert_return (invoke "f64.sub" (f64.const -1) (f64.const 0x1.0000000000001p-53)) (f64.const -0x1.0000000000001p+0))
(assert_return (invoke "f32.demote" (f64.const 0x1.0000010000001p+0)) (f32.const 0x1.000002p+0))
(assert_return (invoke "f32.demote" (f64.const 0x1.000001p+0)) (f32.const 1))
;; 2^62 and 2^62 + 2^39 are neighbours among floats.
(assert_return (invoke "f32.convert_s" (i64.const 0x4000_0040_0000_0001)) (f32.const 0x1.000002p+62))
(assert_return (invoke "f32.convert_s" (i64.const 0x4000_0040_0000_0000)) (f32.const 0x1p+62))
(assert_return (invoke "f32.convert_s" (i64.const -0x4000_0040_0000_0001)) (f32.const -0x1.000002p+62))
(assert_return (invoke "f32.convert_u" (i64.const 0x8000_0080_0000_0001)) (f32.const 0x1.000002p+63))
