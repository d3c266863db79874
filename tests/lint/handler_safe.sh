#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# What the notification handler may reach. From the compiled objects: follows every call and jump
# from the entries of handler_tables.txt, through the tables of functions named there, and fails
#   - if a function outside the library is called that handler_allowed.txt does not allow
#     (malloc, stdio, locks, users of errno, ...), with the chain of calls that leads to it;
#   - if a source file with a function that is reached is not marked `handler-safe`;
#   - if an indirect call, or an entry of the tables, cannot be told.
#
# Usage: handler_safe.sh [-v] [-t tables] [-a allowed] [-s srcdir] [build directory | object...]
# -v lists what is reached. Objects are called after their source: lib/p2p/.libs/x_la-send.o is
# lib/p2p/send.c.

here=$(cd "$(dirname "$0")" && pwd) || exit 1
tables=$here/handler_tables.txt
allowed=$here/handler_allowed.txt
srcdir=$(cd "$here/../.." && pwd) || exit 1
verbose=0
LC_ALL=C
export LC_ALL

while getopts a:s:t:v option; do
    case $option in
    a) allowed=$OPTARG ;;
    s) srcdir=$OPTARG ;;
    t) tables=$OPTARG ;;
    v) verbose=1 ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- .

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# Objects of the shared library where there is one, else of the static one.
objects()
{
    if [ -d "$1" ]; then
        found=$(find "$1/lib" -path '*/.libs/*_la-*.o' | sort)
        [ -n "$found" ] || found=$(find "$1/lib" -name '*_la-*.o' | sort)
        echo "$found"
    else
        printf '%s\n' "$@"
    fi
}

# Name of an object's source, relative to the top directory.
source_of()
{
    echo "$1" | sed -e 's|.*/lib/|lib/|' -e 's|\.libs/||' -e 's|[^/]*_la-||' -e 's|^/.*/||' \
        -e 's|\.o$|.c|'
}

objects "$@" >"$work/objects"
if ! grep -q . "$work/objects"; then
    echo "handler_safe: no objects; build the library first" >&2
    exit 1
fi

# "file member function" for each assignment of a name to a member of a structure.
members()
{
    find "$srcdir/lib" "$srcdir"/*.c -name '*.c' 2>/dev/null | while IFS= read -r file; do
        name=${file#"$srcdir"/}
        grep -oE '(\.|->)[a-z_]+ = [A-Za-z_][A-Za-z_0-9]*[[:space:]]*[,;}]' "$file" |
            sed -e 's/^->//' -e 's/^\.//' -e 's/ = / /' -e 's/[[:space:]]*[,;}]$//' \
                -e "s|^|$name |"
    done
}

{
    echo @tables
    cat "$tables"
    echo @allowed
    cat "$allowed"
    echo @members
    members
    while IFS= read -r object; do
        source=$(source_of "$object")
        [ -f "$srcdir/$source" ] || continue # left over from a source that is gone
        if nm "$object" | grep -q ' U __asan_init'; then
            echo "handler_safe: built with sanitizers, which instrument the handler" >&2
            : >"$work/skip"
            break
        fi
        echo "@object $source"
        echo @symbols
        objdump -t "$object"
        echo @relocations
        objdump -r "$object"
        echo @text
        objdump -dlr --no-show-raw-insn "$object"
    done <"$work/objects"
} >"$work/input"
[ ! -e "$work/skip" ] || exit 77

if ! awk -v srcdir="$srcdir" -v verbose="$verbose" -f "$here/handler_safe.awk" "$work/input" \
    >"$work/result"; then
    cat "$work/result" >&2
    exit 1
fi
cat "$work/result"
