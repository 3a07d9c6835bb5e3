# manual.awk -- sets public headers as a manual page: comments become text, declarations
# become code, `// --- Title ---` lines become sections.
#
#     awk -v version=0.1.0 -f manual.awk include/weft.h ... > weft.h.3
#
# The headers are the manual; this only changes its clothes, so the two cannot disagree.
# SPDX-License-Identifier: MIT

BEGIN {
    print ".\\\" Made by tools/manual.awk from the headers."
    print ".TH WEFT.H 3 \"\" \"weft " version "\" \"C Library\""
    print ".SH NAME\nweft.h \\- run WebAssembly from a C program"
    print ".SH SYNOPSIS\n.nf\n.B #include <weft.h>\n.B #include <weft_wasi.h>\n.B #include <weft_wat.h>"
    print ".B #include <weft_wasm.h>\n.B #include <wasi.h>\n\n.B cc file.c $(pkg-config --cflags --libs weft)\n.fi"
    print ".SH DESCRIPTION"
}

FNR == 1 {
    end_block()
    in_header = 0
    name = FILENAME
    sub(/.*\//, "", name)
    if (NR > 1) print ".SH " toupper(name)
}

# Between the include guard and its end there are only words and declarations; the first
# comment, above the guard, is the introduction.
/^\/\/ SPDX/ { next }
/^#(ifndef|ifdef|if|endif|else|elif|include|undef)/ { skip_blank = 1; next }
/^extern "C"/ || /^}  \/\/ extern/ || /^#define [A-Z_]*_H$/ { next }
/^#define (WEFT_API|own|WASM_API_EXTERN)/ { next }
/^}$/ && !in_code { next }

/^\/\/ --- / {
    end_block()
    title = $0
    sub(/^\/\/ -+ */, "", title)
    sub(/ *-+$/, "", title)
    print ".SS " escape(title)
    next
}

/^\/\// {
    if (in_code) end_block()
    line = $0
    sub(/^\/\/ ?/, "", line)
    sub(/ *spec: [a-z_, -]*$/, "", line)
    if (line ~ /^[ \t]*$/) { if (in_text) paragraph = 1; next }
    if (line ~ /^    /) {
        if (!in_example) { print ".PP\n.RS 4\n.nf"; in_example = 1 }
        print escape(substr(line, 5))
        next
    }
    if (in_example) { print ".fi\n.RE"; in_example = 0; paragraph = 1 }
    if (!in_text || paragraph) print ".PP"
    in_text = 1
    paragraph = 0
    print escape(line)
    next
}

/^[ \t]*$/ {
    if (in_code && !depth) end_block()
    else if (in_code) print ""
    else if (in_text) end_block()
    next
}

{
    if (!in_code) {
        end_example()
        print ".PP\n.RS 2\n.nf"
        in_code = 1
        in_text = 0
    }
    line = $0
    gsub(/WEFT_API |WASM_API_EXTERN |own /, "", line)
    print escape(line)
    depth += gsub(/{/, "{") - gsub(/}/, "}")
}

END { end_block() }

function end_example()
{
    if (in_example) print ".fi\n.RE"
    in_example = 0
}

function end_block()
{
    end_example()
    if (in_code) print ".fi\n.RE"
    in_code = in_text = paragraph = depth = 0
}

# A dot or a quote at the start of a line would be a request; a backslash an escape.
function escape(text)
{
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    if (text ~ /^[.']/) text = "\\&" text
    return text
}
