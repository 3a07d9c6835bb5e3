# amalgamate.awk -- writes many C files as one: each product header inlined where it is
# first needed, tables wherever they are used, what the compiler has stays an #include.
#
#     awk -v roots=".:include:build/gen" -v public="weft.h wasm.h" -f amalgamate.awk FILE...
#
# A header inlined outside of any #if is done with; one inlined inside an #if may be left out
# by the preprocessor, so it is inlined again later, and its own guard keeps it single.
# Headers named in `public` are left out: whoever writes the file has put them at its top.
# Files that begin with the prefix `posix_only` are set between an #if and its #endif.
#
# What the generator of handlers wrote exists twice, in the folders `max` and `small`: many
# handlers for dispatchers that jump from one to the next, fewer for the others. Both are
# inlined and WEFT_TIER_MAX decides; vm/dispatch.c, which is for the others, needs only few.
# SPDX-License-Identifier: MIT

BEGIN {
    root_count = split(roots, root, ":")
    public_count = split(public, name, " ")
    for (i = 1; i <= public_count; i++) is_public[name[i]] = 1
    for (i = 1; i < ARGC; i++) {
        posix = posix_only != "" && index(ARGV[i], posix_only) == 1
        if (posix) print "#if WEFT_ON_POSIX"
        inline_file(ARGV[i], posix)
        if (posix) print "#endif"
    }
    exit failed
}

function exists(path,    line, there)
{
    there = (getline line < path) >= 0
    close(path)
    return there
}

# Where an #include "file" written in the file `from` is found.
function find(file, from,    i, path)
{
    if (max != "" && exists(max "/" file)) {
        return (from ~ /dispatch\.c$/ ? small : max) "/" file
    }
    for (i = 1; i <= root_count; i++) {
        path = (root[i] == "." ? "" : root[i] "/") file
        if (exists(path)) return path
    }
    path = from
    sub(/[^\/]*$/, file, path)
    if (exists(path)) return path
    print "amalgamate: " from " includes \"" file "\", which is nowhere" > "/dev/stderr"
    failed = 1
    return ""
}

# Inlines a file, or its two generated forms.
function inline_either(path, depth,    twin)
{
    if (max == "" || index(path, max "/") != 1) {
        inline_file(path, depth)
        return
    }
    if (path in done) return
    if (depth == 0 && path ~ /\.h$/) done[path] = 1
    twin = small substr(path, length(max) + 1)
    print "#if WEFT_TIER_MAX"
    write_file(path, depth + 1)
    print "#else"
    write_file(twin, depth + 1)
    print "#endif"
}

function inline_file(path, outer)
{
    if (path in done) return
    if (outer == 0 && path ~ /\.h$/) done[path] = 1
    write_file(path, outer)
}

# `outer` counts the #if around the place that includes this file. A header's own guard is
# not counted: it is the header's first directive.
function write_file(path, outer,    line, depth, started, target, name)
{
    depth = outer
    print "// ---- " path
    while ((getline line < path) > 0) {
        if (line ~ /^[ \t]*#[ \t]*include[ \t]*"/) {
            name = line
            sub(/^[^"]*"/, "", name)
            sub(/".*/, "", name)
            target = name
            sub(/^.*\//, "", target)
            if (!(target in is_public)) {
                target = find(name, path)
                if (target != "") inline_either(target, depth)
            }
            started = 1
            continue
        }
        if (line ~ /^[ \t]*#[ \t]*if/) {
            if (started || path !~ /\.h$/) depth++
        } else if (line ~ /^[ \t]*#[ \t]*endif/ && depth > outer) {
            depth--
        }
        if (line ~ /^[ \t]*#/) started = 1
        print line
    }
    close(path)
}
