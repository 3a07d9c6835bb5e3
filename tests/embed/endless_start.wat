;; A plugin that never comes to the end of its start function.
(module
  (func $start (loop $again (br $again)))
  (start $start))
