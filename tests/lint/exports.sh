#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# What libmpi_abi exports is the standard ABI, no more and no less:
#   - MPI_X and PMPI_X for every X of abi-functions.txt, and the names in exports.exceptions;
#   - MPI_X weak, PMPI_X strong, both the same code, so that a tool can wrap MPI_X;
#   - no symbol versions (they would keep binaries from running on other libraries);
#   - soname libmpi_abi.so.1;
#   - the library itself never calls MPI_X: a tool would see calls that the program did not make.
#
# Usage: exports.sh [libmpi_abi.so [libmpi_abi.a]]
# Without arguments those of the build directory that is the current one.

here=$(dirname "$0")
so=${1:-lib/.libs/libmpi_abi.so}
archive=${2:-${so%.so}.a}
LC_ALL=C
export LC_ALL

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# Remembered in a file, because much of this runs at the end of pipes, in subshells.
fail()
{
    echo "exports: $*" >&2
    : >"$work/failed"
}

# Prints what it reads under the message $1, and fails, if there is anything.
expect_nothing()
{
    found=$(cat)
    [ -z "$found" ] || fail "$1:
$found"
}

if [ ! -f "$so" ]; then
    if [ -f "$archive" ]; then
        echo "exports: built without the shared library, nothing to compare"
        exit 77
    fi
    fail "$so: not found; build the library first"
    exit 1
fi

grep -v '^#' "$here/abi-functions.txt" >"$work/functions"
{
    cat "$work/functions"
    sed 's/^/P/' "$work/functions"
    sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$here/exports.exceptions"
} | sort >"$work/expected"
uniq -d "$work/expected" | expect_nothing "listed twice"

# Lines of "name type value"
nm -D -P --defined-only "$so" >"$work/symbols" || fail "nm cannot read $so"
cut -d' ' -f1 "$work/symbols" | sort >"$work/exported"

comm -23 "$work/expected" "$work/exported" | expect_nothing "not exported"
comm -13 "$work/expected" "$work/exported" | expect_nothing "exported, but not in the ABI table"

awk '
    FILENAME == ARGV[1] { type[$1] = $2; value[$1] = $3; next }
    ($1 in type) && ("P" $1 in type) {
        if (type[$1] != "W")
            print $1 " is not weak (" type[$1] ")"
        if (type["P" $1] != "T")
            print "P" $1 " is not strong (" type["P" $1] ")"
        if (value[$1] != value["P" $1])
            print $1 " is not the same code as P" $1
    }' "$work/symbols" "$work/functions" | expect_nothing "pairs of MPI_X and PMPI_X"

readelf -SW "$so" | grep -F .gnu.version_d | expect_nothing "symbols have versions"

readelf -dW "$so" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p' >"$work/soname"
[ "$(cat "$work/soname")" = libmpi_abi.so.1 ] || fail "soname is '$(cat "$work/soname")'"

nm -D -P --undefined-only "$so" | grep -E '^P?MPI_' | expect_nothing "undefined in the library"
for file in "$so" "$archive"; do
    [ -f "$file" ] || continue
    readelf -rW "$file" | grep -oE '[[:space:]]MPI_[A-Za-z0-9_]+' | sort -u |
        expect_nothing "called (or its address taken) inside $(basename "$file")"
done

[ ! -e "$work/failed" ] || exit 1
echo "exports: $(wc -l <"$work/functions") functions, MPI_ and PMPI_, as in the ABI"
