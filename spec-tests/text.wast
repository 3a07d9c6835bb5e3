;; The text format itself: what must parse, what must not, and at which stage.
;; spec: text

;; Comments end at a lone carriage return too, nest, and may hold anything.
(module (;(;;);) (func (export "f") (;);) (result i32) ;; ) ( " unbalanced
  (i32.const (;0;) 1)))
(assert_return (invoke "f") (i32.const 1))

;; Numbers are spelled in many ways.
(module
  (func (export "ints") (result i32 i32 i32 i64 i64)
    i32.const 1_000_000 i32.const 0xFfff_ffff i32.const -0x8000_0000 i64.const 0xffffffffffffffff i64.const -9_223_372_036_854_775_808)
  (func (export "floats") (result f32 f32 f32 f64 f64 f64)
    f32.const 1. f32.const 1_0.0_1e+1_0 f32.const 0x1.8p-1_0 f64.const 0x0.8p1
    f64.const 1E-3 f64.const -inf))
(assert_return (invoke "ints") (i32.const 1000000) (i32.const -1) (i32.const 0x80000000) (i64.const -1) (i64.const 0x8000000000000000))
(assert_return (invoke "floats") (f32.const 1) (f32.const 100100000000) (f32.const 0.00146484375) (f64.const 1) (f64.const 0.001) (f64.const -inf))
(assert_malformed (module quote "(func (drop (f64.const 0x.8p1)))") "unknown operator")
(assert_malformed (module quote "(func (drop (i32.const 1_)))") "unknown operator")
(assert_malformed (module quote "(func (drop (i32.const 1__0)))") "unknown operator")
(assert_malformed (module quote "(func (drop (i64.const 18446744073709551616)))") "constant out of range")
(assert_malformed (module quote "(func (drop (i64.const -9223372036854775809)))") "constant out of range")
(assert_malformed (module quote "(func (drop (f64.const 1.7976931348623159e308)))") "constant out of range")
(assert_malformed (module quote "(func (drop (f32.const 0x1.ffffffp127)))") "constant out of range")
(assert_malformed (module quote "(func (drop (i32.const 1.0)))") "unexpected token")

;; Identifiers are their characters, however they are written.
(module
  (func $"a b" (result i32) (i32.const 1))
  (func $a-b!#$%&'*+./:<=>?@\^_`|~ (result i32) (i32.const 2))
  (func $"\u{e4}" (result i32) (i32.const 3))
  (export "1" (func $"a\20b")) (export "2" (func $"a-b!#$%&'*+./:<=>?@\\^_`|~")) (export "3" (func $"\c3\a4")))
(assert_return (invoke "1") (i32.const 1))
(assert_return (invoke "2") (i32.const 2))
(assert_return (invoke "3") (i32.const 3))
(assert_malformed (module quote "(func $\"a\") (func $a)") "duplicate func")

;; Names of every space are spaces of their own.
(module
  (type $x (func (param $x i32) (result i32))) (table $x 1 funcref) (memory $x 1) (global $x i32 (i32.const 5))
  (tag $x) (elem $x (i32.const 0) $x) (data $x (i32.const 0) "\07")
  (func $x (export "x") (type $x) (block $x (result i32) (br $x (i32.add (i32.load8_u $x (i32.const 0)) (global.get $x)))))
  (func (export "y") (result i32) (call_indirect $x (type $x) (i32.const 0) (i32.const 0))))
(assert_return (invoke "y") (i32.const 12))

;; A numeric index that is out of range is invalid; a name that is unknown is malformed.
(assert_invalid (module (func (call 1))) "unknown function")
(assert_malformed (module quote "(func (call $f))") "unknown function")
(assert_invalid (module (func (local.get 0) (drop))) "unknown local")
(assert_malformed (module quote "(func (drop (local.get $x)))") "unknown local")
(assert_invalid (module (func (br 1))) "unknown label")
(assert_malformed (module quote "(func (br $l))") "unknown label")
(assert_malformed (module quote "(func (block $l) (br $l))") "unknown label")
(assert_invalid (module (func (global.get 0) (drop))) "unknown global")
(assert_malformed (module quote "(func (drop (global.get $g)))") "unknown global")
(assert_malformed (module quote "(func (throw $e))") "unknown tag")
(assert_malformed (module quote "(func (memory.init $d (i32.const 0) (i32.const 0) (i32.const 0)))") "unknown data segment")
(assert_malformed (module quote "(type $s (struct (field $x i32))) (func (struct.get $s $y (unreachable)) (drop))") "unknown field")
(assert_malformed (module quote "(func (drop (ref.null $t)))") "unknown type")
(assert_malformed (module quote "(func (i32.load align=0 (i32.const 0)) (drop))") "alignment")
(assert_invalid (module (memory 1) (func (i32.load align=8 (i32.const 0)) (drop))) "alignment must not be larger than natural")
(assert_invalid (module (memory 1) (func (i32.load offset=0x1_0000_0000 (i32.const 0)) (drop))) "offset out of range")
(assert_malformed (module quote "(memory 1) (func (i32.load offset=0x1_0000_0000_0000_0000 (i32.const 0)) (drop))") "i64 constant out of range")
(assert_malformed (module quote "(func (drop (i32x4.extract_lane 256 (v128.const i64x2 0 0))))") "i8 constant out of range")
(assert_invalid (module (func (drop (i32x4.extract_lane 4 (v128.const i64x2 0 0))))) "invalid lane index")

;; Folded forms.
(assert_malformed (module quote "(func (if (i32.const 1) (then) (nop)))") "unexpected token")
(assert_malformed (module quote "(func (if (then) (then)))") "unexpected token")
(assert_malformed (module quote "(func (if (i32.const 1) (else)))") "unexpected token")
(assert_malformed (module quote "(func (if (i32.const 1) (then) (else) (else)))") "unexpected token")
(assert_malformed (module quote "(func (then))") "unexpected token")
(assert_malformed (module quote "(func (i32.add (i32.const 0) i32.const 0))") "unexpected token")
(assert_malformed (module quote "(func block (end))") "unexpected token")
(assert_malformed (module quote "(func (block end))") "unexpected token")
(assert_malformed (module quote "(func else)") "unexpected token")
(assert_malformed (module quote "(func block)") "unexpected token")
(assert_malformed (module quote "(func (block (result i32) (param i32)))") "unexpected token")
(assert_malformed (module quote "(func (local i32) (param i32))") "unexpected token")
(assert_malformed (module quote "(func (result i32) (local $x i32 i32))") "unexpected token")
(assert_malformed (module quote "(func (export \"a\") (nop) (local i32))") "unexpected token")
(assert_malformed (module quote "(func (import \"a\" \"b\") (nop))") "unexpected token")
(assert_malformed (module quote "(func (import \"a\" \"b\") (export \"c\"))") "unexpected token")
(assert_malformed (module quote "(module (func)) (func)") "unexpected token")
(assert_malformed (module quote "(module (func)") "unexpected token")

;; Fields may come in any order but imports.
;; (an import may follow whatever is no definition)
(module (start $s) (import "spectest" "global_i32" (global $late i32)) (export "m" (memory $m)) (data (memory $m) (i32.const 0) "x") (elem (table $t) (i32.const 0) func $s)
  (global (export "g") (mut i32) (global.get $late)) (global $dummy i32 (i32.const 0)) (table $t 1 funcref) (memory $m 1)
  (func $s (type $f)) (type $f (func)))
(assert_return (get "g") (i32.const 666))
(assert_malformed (module quote "(tag) (import \"\" \"\" (tag))") "import after tag")
(assert_malformed (module quote "(func) (memory (import \"\" \"\") 1)") "import after function")

;; Inline function types: the first equal one, or a new one behind all that are written.
(module
  (func (export "a") (param i64) (result i64) (local.get 0))
  (type $t (func (param i32)))
  (func (export "b") (param i64) (result i64) (block (param) (result i64) (local.get 0)))
  (table funcref (elem 0 1))
  (func (export "c") (result i64) (call_indirect (type 1) (i64.const 5) (i32.const 1))))
(assert_return (invoke "c") (i64.const 5))
(assert_malformed (module quote "(type $t (func (param i32))) (func (type $t) (param i64))") "inline function type")
(assert_malformed (module quote "(type $t (func (param i32))) (func (block (type $t) (result i32)))") "inline function type")

;; Annotations may stand anywhere, even where they make no sense.
((@a) module (@b) $m (@c (nested (@d)) "str;ing" ; (;c;)) (@e)
  ((@f) func (@g) (export (@h) "ann" (@i)) (@j) ((@k) result (@l) i32 (@m)) (@n) i32.const (@o) 5 (@p)) (@q))
(assert_return ((@x) invoke (@y) "ann" (@z)) ((@w) i32.const (@v) 5))
(module quote "(func) (@unknown ) (@\"quoted id\" anything [at] {all}; , \\)")
(assert_malformed (module quote "(@unknown") "unclosed annotation")

;; A whole module may be its fields alone, also in quotes, and quotes are joined without a gap.
(module quote "(func (export \"q\") (result i3" "2) (i32.const 4" "2))")
(assert_return (invoke "q") (i32.const 42))
(module quote "")
(module binary "\00as" "m\01\00\00\00")
(assert_malformed (module quote "\00") "illegal character")
(assert_malformed (module quote "(func $\ff)") "empty identifier")
(assert_malformed (module quote "\ff") "malformed UTF-8 encoding")
(assert_malformed (module binary "") "unexpected end")
(assert_malformed (module binary "\00asm\01\00\00\00\01") "unexpected end")

;; Definitions and instances.
(module definition $def (global $n (mut i32) (i32.const 0))
  (func (export "inc") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))
(module instance $i1 $def)
(module instance $i2 $def)
(assert_return (invoke $i1 "inc") (i32.const 1))
(assert_return (invoke $i1 "inc") (i32.const 2))
(assert_return (invoke $i2 "inc") (i32.const 1))
(assert_return (invoke "inc") (i32.const 2))
(module definition binary "\00asm\01\00\00\00")
(module definition quote "(func)")

;; Results may be given as patterns.
(module (func (export "f") (param f32) (result f32) (f32.add (local.get 0) (f32.const 1)))
  (func (export "r") (param externref) (result externref) (local.get 0))
  (func (export "h") (param anyref) (result externref) (extern.convert_any (local.get 0)))
  (func (export "null") (result funcref anyref externref exnref) (ref.null func) (ref.null any) (ref.null extern) (ref.null exn)))
(assert_return (invoke "f" (f32.const 1)) (either (f32.const 3) (f32.const 2)))
(assert_return (invoke "f" (f32.const nan)) (either (f32.const 1) (f32.const nan:canonical)))
(assert_return (invoke "r" (ref.extern 0)) (ref.extern 0))
(assert_return (invoke "r" (ref.extern 1)) (ref.extern))
(assert_return (invoke "r" (ref.null extern)) (ref.null extern))
(assert_return (invoke "h" (ref.host 7)) (ref.extern 7))
(assert_return (invoke "null") (ref.null func) (ref.null) (ref.null extern) (ref.null exn))
(assert_return (invoke "null") (ref.null nofunc) (ref.null none) (ref.null noextern) (ref.null noexn))
