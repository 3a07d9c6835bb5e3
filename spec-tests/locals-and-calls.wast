;; What is in locals survives calls, however they end.               spec: exec-local.get

(module
  (tag $oops)
  (func $quiet)
  (func $nothing (param i64))
  (func $throws (throw $oops))
  ;; Locals and a loop of the callee's own, which are nobody else's.
  (func $busy (param $n i32) (local $i i32) (local $sum i32) (local $x f64) (local $y f64)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (local.get $i)))
      (local.set $x (f64.add (local.get $x) (f64.const 1.5)))
      (local.set $y (f64.sub (local.get $y) (local.get $x)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n)))))

  (func (export "param-after-call") (param $a i32) (param $b i32) (result i32)
    (i32.store8 (i32.and (local.get $a) (i32.const 7)) (local.get $a))
    (i32.store8 (i32.and (local.get $a) (i32.const 6)) (local.get $a))
    (call $busy (local.get $b))
    (local.get $a))
  (memory 1)

  (func (export "loop-with-calls") (param $n i32) (result i32) (local $sum i32) (local $i i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (local.get $i)))
      (call $busy (i32.const 3))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (call $nothing (i64.const -1))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $sum))

  (func (export "doubles") (param $n i32) (param $a f64) (result f64) (local $b f64) (local $c f64)
    (loop $next
      (local.set $b (f64.add (local.get $a) (local.get $b)))
      (local.set $a (f64.mul (local.get $a) (f64.const 0.5)))
      (local.set $c (select (local.get $a) (local.get $b) (f64.lt (local.get $a) (local.get $b))))
      (call $busy (i32.const 2))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $next (local.get $n)))
    (if (f64.eq (local.get $c) (f64.const 0)) (then (local.set $b (f64.const -0))))
    (f64.add (local.get $b) (local.get $c)))

  ;; Moves and constants into a double, and a double that only passes through.
  (func (export "double-moves") (param $n i32) (param $a f64) (result f64) (local $b f64)
    (local.set $b (f64.const 0))
    (loop $next
      (local.set $b (f64.sub (local.get $a) (local.get $b)))
      (local.set $a (local.get $b))
      (if (f64.gt (local.get $b) (f64.const 100)) (then (local.set $b (f64.const 3))))
      (call $quiet)
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $next (local.get $n)))
    (f64.sub (local.get $a) (f64.mul (local.get $b) (f64.const 2))))

  (func (export "after-a-throw") (param $n i32) (result i32) (local $sum i32) (local $x f64)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (local.get $n)))
      (local.set $x (f64.add (local.get $x) (f64.const 0.25)))
      (block $caught
        (try_table (catch $oops $caught)
          (call $busy (i32.const 4))
          (call $throws)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $next (local.get $n)))
    (i32.add (i32.mul (local.get $sum) (i32.const 1000)) (i32.trunc_f64_s (f64.mul (local.get $x) (f64.const 4)))))

  ;; A slot that was pinned is the next call's argument.
  (func $down (export "down") (param $n i64) (param $x f64) (result f64)
    (if (i64.eqz (local.get $n)) (then (return (local.get $x))))
    (f64.add
      (call $down (i64.sub (local.get $n) (i64.const 1)) (f64.mul (local.get $x) (f64.const 2)))
      (f64.add (local.get $x) (f64.convert_i64_s (local.get $n))))))

(assert_return (invoke "param-after-call" (i32.const 42) (i32.const 5)) (i32.const 42))
(assert_return (invoke "loop-with-calls" (i32.const 10)) (i32.const 45))
(assert_return (invoke "doubles" (i32.const 3) (f64.const 8)) (f64.const 15))
(assert_return (invoke "double-moves" (i32.const 3) (f64.const 5)) (f64.const 0))
(assert_return (invoke "double-moves" (i32.const 1) (f64.const 200)) (f64.const 194))
(assert_return (invoke "after-a-throw" (i32.const 4)) (i32.const 10004))
(assert_return (invoke "down" (i64.const 3) (f64.const 1)) (f64.const 21))
