#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# mpi.h compiles alone and without a warning, in C and C++, with every gcc and clang found and every
# standard that each knows, and so do all its constants and prototypes when they are used; it defines
# no symbol; its two switches do what they say.
#
# Usage: header.sh [--quick] [directory of mpi.h]
#
# --quick: gcc and g++ alone, with one standard each. HEADER_CC and HEADER_CXX, lists of commands,
# take the place of the compilers that are looked for: those have to be there.

quick=
if [ "${1-}" = --quick ]; then
    quick=yes
    shift
fi
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
    cast=
    [ "$language" = c ] || cast=-Wold-style-cast
    # shellcheck disable=SC2086 # none or one word
    "$compiler" -x "$language" "-std=$standard" -Wall -Wextra -Wpedantic $cast -Werror -I"$include" \
        "$@" -c - -o "$work/object.o" >"$work/messages" 2>&1
}

# A program that uses each constant, asks for each macro, and refers to each function by its type; and
# one that passes constants where arrays are expected, with optimisation.
tables=$(dirname "$0")/../unit
{
    echo '#include <mpi.h>'
    sed -nE 's/^ABI_MACRO\((\w+), ([^,]*), .*/\1 \2/p; s/^ABI_POINTER\((\w+), (.*), [^,]*$/\1 \2/p' \
        "$tables/abi_constants.def" | while read -r name type; do
        printf '#ifndef %s\n#error "%s is no macro"\n#endif\n' "$name" "$name"
        case $type in
        *'(*)'*) ;;
        *) printf 'void use_%s(%s *x);\nvoid use_%s(%s *x) { *x = %s; }\n' \
            "$name" "$type" "$name" "$type" "$name" ;;
        esac
    done
    sed -nE 's/^ABI_FUNCTION\(([^,]*), (\w+), (\(.*\))\)$/extern \1 (*to_\2)\3; \1 (*to_\2)\3 = MPI_\2; extern \1 (*pto_\2)\3; \1 (*pto_\2)\3 = PMPI_\2;/p' \
        "$tables/abi_functions.def"
} >"$work/everything"
cat >"$work/arguments" <<'END'
#include <mpi.h>
int f(int n, const int *edges, int *out, MPI_Comm *graph);
int f(int n, const int *edges, int *out, MPI_Comm *graph)
{
    int other = n, two[2] = {0, 0};
    MPI_Request none[1];
    none[0] = MPI_REQUEST_NULL;
    MPI_Dist_graph_create_adjacent(MPI_COMM_WORLD, 1, &other, MPI_UNWEIGHTED, 1, edges,
                                   MPI_UNWEIGHTED, MPI_INFO_NULL, 0, graph);
    MPI_Dist_graph_create_adjacent(MPI_COMM_WORLD, 0, two, MPI_WEIGHTS_EMPTY, 0, two,
                                   MPI_WEIGHTS_EMPTY, MPI_INFO_NULL, 0, graph);
    MPI_Dist_graph_create(MPI_COMM_WORLD, 1, &other, two, edges, MPI_UNWEIGHTED, MPI_INFO_NULL, 0,
                          graph);
    MPI_Dist_graph_neighbors(*graph, 1, out, MPI_UNWEIGHTED, 1, two, MPI_UNWEIGHTED);
    MPI_Allreduce(MPI_IN_PLACE, two, 2, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    MPI_Recv(MPI_BOTTOM, 0, MPI_BYTE, MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD,
             MPI_STATUS_IGNORE);
    return MPI_Waitall(1, none, MPI_STATUSES_IGNORE);
}
END

# check <compiler> <language> <standard>
check()
{
    for program in everything arguments; do
        compile "$@" -O2 <"$work/$program" ||
            fail "$*: $program: $(head -n 5 "$work/messages")"
    done
}

# check_switches <compiler> <language> <standard>
check_switches()
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

# check_all <language> <compilers that were asked for> <others>...: the former, or else those of the
# latter that are there, under their own names once.
check_all()
{
    language=$1 named=$2
    seen=
    shift 2
    # shellcheck disable=SC2086 # a list of words
    [ -z "$named" ] || set -- $named
    standards='c89 c90 gnu89 c99 gnu99 c11 gnu11 c17 gnu17 c2x gnu2x c23 gnu23'
    [ "$language" = c ] || standards='c++98 gnu++98 c++03 c++11 gnu++11 c++14 c++17 gnu++17 c++20
        c++2b gnu++2b c++23 c++26'
    case $quick$language in
    yesc) standards=c17 ;;
    yesc++) standards=c++17 ;;
    esac
    for compiler; do
        path=$(command -v "$compiler") || {
            [ -z "$named" ] || fail "no compiler '$compiler', which HEADER_CC or HEADER_CXX names"
            continue
        }
        path=$(realpath "$path")
        case " $seen " in *" $path "*) continue ;; esac
        seen="$seen $path"
        compilers=$((compilers + 1)) before=$runs
        for standard in $standards; do
            "$compiler" -x "$language" "-std=$standard" -fsyntax-only - </dev/null 2>/dev/null ||
                continue
            runs=$((runs + 1))
            check "$compiler" "$language" "$standard"
            case $standard in
            c99 | c17 | c++11 | c++17) check_switches "$compiler" "$language" "$standard" ;;
            esac
        done
        [ "$runs" -gt "$before" ] || [ -z "$named" ] ||
            fail "'$compiler' knows none of the standards of $language: $standards"
    done
}

runs=0
every_c=gcc every_cxx=g++
if [ -z "$quick" ]; then
    every_c="gcc clang $(seq -s ' ' -f 'gcc-%.0f' 9 20) $(seq -s ' ' -f 'clang-%.0f' 11 30)"
    every_cxx="g++ clang++ $(seq -s ' ' -f 'g++-%.0f' 9 20) $(seq -s ' ' -f 'clang++-%.0f' 11 30)"
fi
# Where one language's compilers are named, the other's are not looked for.
[ -z "${HEADER_CC-}${HEADER_CXX-}" ] || every_c='' every_cxx=''
# shellcheck disable=SC2086 # lists of words
check_all c "${HEADER_CC-}" $every_c
# shellcheck disable=SC2086
check_all c++ "${HEADER_CXX-}" $every_cxx

if [ "$compilers" -eq 0 ] && [ "$failed" -eq 0 ]; then
    echo "header: none of gcc, clang, g++, clang++ found"
    exit 77
fi
[ "$failed" -eq 0 ] && echo "header: $compilers compilers, $runs with their standards"
exit "$failed"
