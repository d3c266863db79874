#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What mpicc and mpicxx answer to the options of MPICH's and Open MPI's wrappers, and which compiler
# they take.
. "${0%/*}/helpers.sh"

include=$(realpath "$TOC_PREFIX")/include
lib=$(realpath "$TOC_PREFIX")/lib
compile="-I$include"
search="-L$lib -Wl,-rpath,$lib -Wl,--enable-new-dtags"
link="$search -lmpi_abi"
kept="$search -Wl,--push-state,--no-as-needed -lmpi_abi -Wl,--pop-state"
command=$(mpicc -showme:command)
version=$(mpirun --version | sed 's/.* //')

for dashes in - --; do
    for all in show showme; do
        equals "$command $compile a.c -o a $kept" "$(mpicc $dashes$all a.c -o a)" "$dashes$all"
        equals "$command $compile $link" "$(mpicc $dashes$all)" "$dashes$all alone"
        equals "$command $compile -c a.c" "$(mpicc $dashes$all -c a.c)" "$dashes$all -c"
    done
    equals "$compile" "$(mpicc ${dashes}showme:compile)" compile
    equals "$link" "$(mpicc ${dashes}showme:link)" link
    equals "$include" "$(mpicc ${dashes}showme:incdirs)" incdirs
    equals "$lib" "$(mpicc ${dashes}showme:libdirs)" libdirs
    equals mpi_abi "$(mpicc ${dashes}showme:libs)" libs
    equals "mpicc: Tocsin $version (Language: C)" "$(mpicc ${dashes}showme:version)" version
done
for name in mpicxx mpic++ mpiCC; do
    equals "$name: Tocsin $version (Language: C++)" "$($name -showme:version)" "$name"
done
for option in -compile-info -compile_info -link-info -link_info; do
    equals "$command $compile $link" "$(mpicc $option)" $option
done
equals "$compile" "$(mpicc -show-compile-info)" -show-compile-info
equals "$link" "$(mpicc -show-link-info)" -show-link-info
for option in -help -showme:help; do
    mpicc $option | grep -q -e '-showme:WHAT' || fail "$option does not list the options"
done

# refuses TEXT COMMAND...
refuses()
{
    local text=$1
    shift
    if "$@" >out 2>err; then
        fail "$* succeeds"
    fi
    grep -q -F -e "$text" err || fail "$* says: $(cat err)"
    [ ! -s out ] || fail "$* writes to stdout"
}
refuses "-showme:nonsense is not known" mpicc -showme:nonsense
refuses "nothing to compile is given" mpicc
refuses "does not belong to the C compiler" mpicc -cxx=g++ a.c
refuses "does not belong to the C++ compiler" mpicxx -cc=gcc a.cc
refuses "nothing follows -cc=" mpicc -cc= a.c
refuses "--enable-static" mpicc -static -o a "$sources/sum.c"
refuses "called by itself" env TOCSIN_CC=mpicc mpicc -c "$sources/sum.c"

# The order of those who may choose the compiler.
chosen()
{
    local wanted=$1
    shift
    equals "$wanted" "$(env "$@" -showme:command)" "$*"
}
chosen a TOCSIN_CC=a MPICH_CC=b OMPI_CC=c mpicc
chosen b MPICH_CC=b OMPI_CC=c mpicc
chosen c OMPI_CC=c mpicc
chosen d TOCSIN_CC=a mpicc -cc=d
chosen a TOCSIN_CXX=a MPICH_CXX=b OMPI_CXX=c TOCSIN_CC=x mpicxx
chosen b MPICH_CXX=b OMPI_CXX=c mpicxx
chosen c OMPI_CXX=c mpiCC
chosen d TOCSIN_CXX=a mpicxx -cxx=d
chosen e TOCSIN_CXX=a mpic++ -CC=e
chosen 'ccache gcc -m64' TOCSIN_CC='ccache gcc -m64' mpicc

quietly mpicc -echo -o sum "$sources/sum.c"
grep -q -F -e "$kept" log || fail "-echo does not show the command"
works ./sum

# What it prints is what a shell reads, in a place whose name is as bad as names get.
# shellcheck disable=SC2016 # not a variable
bad='it'\''s a "$HOME", `x`'
cp -a "$TOC_PREFIX" "$bad"
TOC_PREFIX=$work/$bad
mkdir 'my sources'
cp "$sources/sum.c" 'my sources/'
eval "quietly $("$bad/bin/mpicc" -show "-DTEXT=\"a 'b' \$c\"" 'my sources/sum.c' -o 'my sum')"
works './my sum'
uses_installation './my sum'
eval "quietly cc -c $("$bad/bin/mpicc" -showme:compile) -o sum.o 'my sources/sum.c'"
eval "quietly cc -o sum2 sum.o $("$bad/bin/mpicc" -showme:link)"
works ./sum2
uses_installation ./sum2
finish
