#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# mpi.h compiles alone and without a warning, in C and C++, with every compiler found; it defines no
# symbol; its two switches do what they say.
#
# Usage: header.sh [directory of mpi.h]

include=${1:-$(dirname "$0")/../../include}
failed=0
compilers=0

fail()
{
    echo "header: $*" >&2
    failed=1
}

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# compile <compiler> <language> <standard> <options...>: the program on standard input; the messages
# of a failure are left in $work/messages
compile()
{
    compiler=$1 language=$2 standard=$3
    shift 3
    "$compiler" -x "$language" "-std=$standard" -Wall -Wextra -pedantic -Werror -I"$include" "$@" \
        -c - -o "$work/object.o" >"$work/messages" 2>&1
}

# check <compiler> <language> <standard>
check()
{
    for switch in -UMPI_NO_REMOVED -DMPI_NO_REMOVED -DMPI_WARN_DEPRECATED; do
        echo '#include <mpi.h>' | compile "$@" "$switch" || {
            fail "$* $switch: does not compile alone"
            cat "$work/messages" >&2
            continue
        }
        symbols=$(nm "$work/object.o" | grep MPI)
        [ -z "$symbols" ] || fail "$* $switch: symbols that nobody asked for: $symbols"
    done

    old='int f(MPI_Comm c) { int flag; void *v; return MPI_Attr_get(c, MPI_TAG_UB, &v, &flag); }'
    removed='int g(MPI_Comm c) { return MPI_Comm_c2f(c); }'
    declare='int f(MPI_Comm c); int g(MPI_Comm c);'
    program="#include <mpi.h>
$declare
"
    echo "$program$old $removed" | compile "$@" ||
        fail "$*: a program with old functions does not compile: $(cat "$work/messages")"
    echo "$program$old" | compile "$@" -DMPI_WARN_DEPRECATED &&
        fail "$*: MPI_WARN_DEPRECATED does not warn of a deprecated function"
    echo "$program$removed" | compile "$@" -DMPI_WARN_DEPRECATED &&
        fail "$*: MPI_WARN_DEPRECATED does not warn of a removed function"
    echo "$program$removed" | compile "$@" -DMPI_NO_REMOVED &&
        fail "$*: MPI_NO_REMOVED does not hide the removed functions"
    return 0
}

for compiler in gcc clang; do
    command -v "$compiler" >/dev/null || continue
    compilers=$((compilers + 1))
    for standard in c99 c11; do
        check "$compiler" c "$standard"
    done
done
for compiler in g++ clang++; do
    command -v "$compiler" >/dev/null || continue
    compilers=$((compilers + 1))
    for standard in c++11 c++17; do
        check "$compiler" c++ "$standard"
    done
done

if [ "$compilers" -eq 0 ]; then
    echo "header: none of gcc, clang, g++, clang++ found"
    exit 77
fi
[ "$failed" -eq 0 ] && echo "header: $compilers compilers"
exit "$failed"
