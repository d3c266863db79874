#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What of the test of mpi.h has room in `make check`: gcc and g++, a standard each, and that the test
# can fail. `make check-header` has the rest.
header=$(dirname "$0")/header.sh
unset HEADER_CC HEADER_CXX
sh "$header" --quick
code=$?
[ "$code" -eq 0 ] || exit "$code"

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# must_fail WORDS COMMAND...: with these words in what it says.
must_fail()
{
    words=$1
    shift
    if "$@" >"$work/out" 2>&1 || ! grep -qF -- "$words" "$work/out"; then
        echo "header_quick: no failure, or nothing of '$words', of: $*"
        cat "$work/out"
        exit 1
    fi
}

# fault LINES WORDS: mpi.h with these lines at its end.
fault()
{
    cp "$(dirname "$0")/../../include/mpi.h" "$work/mpi.h"
    chmod u+w "$work/mpi.h"
    printf '%b' "$1" >>"$work/mpi.h"
    must_fail "$2" sh "$header" --quick "$work"
}
fault '#undef MPI_SUCCESS\n#define MPI_SUCCESS ((int)0)\n' old-style-cast
fault '#undef MPI_SUCCESS\nenum { MPI_SUCCESS = 0 };\n' 'MPI_SUCCESS is no macro'
fault 'int MPI_Something;\n' 'symbols that nobody asked for'
must_fail "no compiler '/nowhere/gcc'" env HEADER_CC=/nowhere/gcc sh "$header"
must_fail "knows none of the standards" env HEADER_CXX=false sh "$header" --quick "$work/none"
