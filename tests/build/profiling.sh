#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A tool that defines MPI functions and calls their PMPI names stands between program and library:
# linked as an object, as an archive, as a shared library, by -profile=, and by LD_PRELOAD into a
# program that does not know of it. (static.sh does the same with libmpi_abi.a.)
. "${0%/*}/helpers.sh"
need ar

# counts WHAT COMMAND...: every send of the program was seen, none of the library's own.
counts()
{
    local what=$1
    shift
    quietly "$@" || return
    equals 'rank 0 sent 3 rank 1 sent 1' "$(sort log | tr '\n' ' ' | sed 's/ $//')" "$what"
}

quietly mpicc -c "$sources/counted.c" "$sources/count.c"
quietly mpicc -fPIC -shared -o libcount.so "$sources/count.c"
quietly ar rc libcount_a.a count.o

quietly mpicc -o object counted.o count.o && counts object mpirun -n 2 ./object
quietly mpicc -o archive counted.o -L. -lcount_a && counts archive mpirun -n 2 ./archive
quietly mpicc -o shared counted.o -L. -lcount -Wl,-rpath,"$work" &&
    counts 'shared library' mpirun -n 2 ./shared
quietly mpicc -profile=count -L. -Wl,-rpath,"$work" -o profile counted.o &&
    counts -profile mpirun -n 2 ./profile
quietly mpicc -o plain counted.o
counts LD_PRELOAD mpirun -n 2 -x LD_PRELOAD="$work/libcount.so" ./plain
quietly mpirun -n 2 ./plain
[ ! -s log ] || fail "without the tool: $(cat log)"
finish
