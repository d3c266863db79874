#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# "program : program": ranks in the order of the command line, in one MPI_COMM_WORLD, each program
# with its own arguments, environment and directory.
# shellcheck disable=SC2016
. "${0%/*}/helpers.sh"

cat >which.c <<'END'
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
    int rank, size, flag, *number, numbers = -1, expected = atoi(argv[argc - 1]);
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_APPNUM, &number, &flag);
    MPI_Allreduce(number, &numbers, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    printf("%d %d %d %s\n", rank, *number, argc, argv[0]);
    MPI_Finalize();
    return !flag || size != 4 || *number != expected || numbers != 4;
}
END
"$TOC_MPICC" -o which which.c || exit 99
mkdir there
mv which there/
ln -s there/which which
run "$TOC_MPIRUN" -n 1 ./which 0 : -n 2 -wdir there ./which a 1 : ./which a b 2
expect 0 "three programs"
[ "$(sort out | tr '\n' ' ')" = "0 0 2 ./which 1 1 3 ./which 2 1 3 ./which 3 2 4 ./which " ] ||
    fail "three programs: $(cat out)"

run "$TOC_MPIRUN" -genv A all -genv B all -n 1 -env B one sh -c 'echo $A $B $C' : \
    -n 1 -env C 3 sh -c 'echo $A $B $C' : -wdir there sh -c 'echo $A $B $C ${PWD##*/}'
[ "$(sort out | tr '\n' ',')" = "all all 3,all all there,all one," ] || fail "-env: $(cat out)"

# Messages name the rank's own program.
run "$TOC_MPIRUN" -n 1 sleep "$mark" : -n 1 sh -c 'exit 7'
expect 7 "the second program fails"
says "rank 1 (pid "
says ", sh) exited with code 7"
expect_gone "the second program fails"
finish
