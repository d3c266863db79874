#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# mpirun -initial-errhandler (MPI 5.0, section 11.8.4).
. "${0%/*}/helpers.sh"

"$TOC_MPICC" "$sources/initial_errhandler.c" -o program || exit 1

begins_with()
{
    want=$1
    shift
    run "$TOC_MPIRUN" "$@"
    expect 0 "mpirun $*"
    [ "$(sort -u out)" = "$want $want $want" ] || fail "mpirun $*: $(sort -u out)"
}
begins_with fatal -n 2 ./program
begins_with fatal -n 2 -initial-errhandler mpi_errors_are_fatal ./program
begins_with abort -n 2 -initial-errhandler mpi_errors_abort ./program
begins_with return -n 2 --initial-errhandler mpi_errors_return ./program
begins_with return -initial-errhandler=mpi_errors_return ./program : ./program

run "$TOC_MPIRUN" -n 2 -initial-errhandler mpi_errors_return ./program wrong
expect 0 "an error with mpi_errors_return"
[ "$(grep -c survived out)" = 2 ] || fail "an error with mpi_errors_return: $(cat out)"
run "$TOC_MPIRUN" -n 2 -initial-errhandler mpi_errors_abort ./program wrong
[ "$code" -ne 0 ] || fail "an error with mpi_errors_abort: exit code 0"
finish
