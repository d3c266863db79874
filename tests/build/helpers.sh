# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash disable=SC2034
# Sourced by the tests beside it, which run.sh starts with an installation in TOC_PREFIX. Each works
# in a directory of its own. Exit code: 0, 1 after a failure, 77 when a tool is missing.

: "${TOC_PREFIX:?start tests/build/run.sh}"
sources=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/tocsin-build.XXXXXX") || exit 99
trap 'cd / && rm -rf "$work"' EXIT
cd "$work" || exit 99
failures=0

# Of the make that runs the tests; a make of a test's own would complain of them.
unset MAKEFLAGS MFLAGS MAKELEVEL

# Nothing but the installation under test: a machine may have other MPIs and settings for them.
unset MPICC MPICXX CC CXX CFLAGS CXXFLAGS LDFLAGS LD_LIBRARY_PATH PKG_CONFIG_PATH \
    TOCSIN_CC TOCSIN_CXX MPICH_CC MPICH_CXX OMPI_CC OMPI_CXX
export PATH=$TOC_PREFIX/bin:$PATH
export PKG_CONFIG_LIBDIR=$TOC_PREFIX/lib/pkgconfig

fail()
{
    printf 'FAIL: %s\n' "$*"
    failures=$((failures + 1))
}

need()
{
    for tool; do
        if ! command -v "$tool" >/dev/null; then
            printf 'SKIP: there is no %s\n' "$tool"
            exit 77
        fi
    done
}

# quietly COMMAND...: bounded; its output is shown only when it fails.
quietly()
{
    timeout -k 5 120 "$@" >"$work/log" 2>&1 && return
    fail "$* (exit code $?)"
    tail -n 30 "$work/log" | sed 's/^/    /'
    return 1
}

# works PROGRAM: runs as 2 and 3 ranks, which the program checks, with the library under test.
works()
{
    quietly mpirun -n 2 "$1" 2 && quietly mpirun -n 3 "$1" 3
}

# uses_installation PROGRAM: the library that the loader finds is the installed one.
uses_installation()
{
    ldd "$1" | grep -q "libmpi_abi.so.1 => $(realpath "$TOC_PREFIX")/" && return
    fail "$1 does not run with the installed library:"
    ldd "$1" | sed 's/^/    /'
}

# equals WANTED FOUND WHAT
equals()
{
    [ "$1" = "$2" ] || fail "$3: \"$2\" instead of \"$1\""
}

finish()
{
    [ "$failures" -eq 0 ] || exit 1
    exit 0
}
