# command_manual.awk -- sets what `weft help --all` prints as a manual page.
#
#     weft help --all | awk -v version=0.1.0 -f command_manual.awk > weft.1
#
# SPDX-License-Identifier: MIT

BEGIN {
    print ".\\\" Made by tools/command_manual.awk from `weft help --all`."
    print ".TH WEFT 1 \"\" \"weft " version "\" \"User Commands\""
    print ".SH NAME\nweft \\- run WebAssembly programs"
    print ".SH SYNOPSIS\n.nf\n.B weft FILE [args...]\n.B weft VERB [options] ...\n.fi"
    print ".SH DESCRIPTION"
}

# A line of dashes ends a page; the next line is the title of the next one: "weft run ..." or
# "limits: how to keep ...".
/^-----/ { end_lines(); title = 1; next }

title {
    title = 0
    name = $0
    if (name ~ /^weft /) {
        sub(/^weft /, "", name)
        usage = name
        sub(/ .*/, "", name)
        print ".SH " toupper(name)
        print ".B weft " escape(usage)
        print ".br"
    } else {
        sub(/: .*/, "", name)
        sub(/^[^:]*: /, "")
        print ".SH " toupper(name)
        print escape(toupper(substr($0, 1, 1)) substr($0, 2)) "."
    }
    next
}

/^(Options|Examples|Usage|Verbs|More to read)$/ { end_lines(); print ".SS " $0; next }

/^[ \t]*$/ { if (in_lines) blank = 1; next }

{
    if (!in_lines) print ".PP\n.nf"
    if (blank) print ""
    in_lines = 1
    blank = 0
    print escape($0)
}

END {
    end_lines()
    print ".SH SEE ALSO\n.BR weft.h (3)"
}

function end_lines()
{
    if (in_lines) print ".fi"
    in_lines = blank = 0
}

function escape(text)
{
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    if (text ~ /^[.']/) text = "\\&" text
    return text
}
