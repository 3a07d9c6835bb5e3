# docs.t -- docs/CLI.md and `weft help` speak of the same options.

$ weft help --all | grep -o -e '--[a-z][a-z0-9-]*' | sort -u > told
$ grep -o -e '--[a-z][a-z0-9-]*' "$CLI/../../docs/CLI.md" | sort -u > written
# Written but unknown to the program:
$ comm -13 told written
# Options of run that the tour leaves out:
$ weft help run | sed -n 's/^  \(-., \)\{0,1\}\(--[a-z0-9-]*\).*/\2/p' | grep -v help | sort -u | comm -23 - written
