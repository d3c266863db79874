#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Functions that do nothing yet are no silent failure: where errors return, one line a job names the
# function, and the program's own exit code stands. What tools ask for first is answered.
. "${0%/*}/helpers.sh"

"$TOC_MPICC" -o unsupported "$sources/unsupported.c" || exit 99

# told CODE NAME LINES ARGUMENTS...: LINES of the messages name the function.
told()
{
    want=$1
    name=$2
    lines=$3
    shift 3
    run "$TOC_MPIRUN" -n 3 ./unsupported "$@"
    expect "$want" "$*"
    [ "$(grep -c "$name" err)" -eq "$lines" ] || fail "$*: not $lines lines about $name: $(cat err)"
}

told 0 MPI_ 0
told 0 MPI_File_open 1 file
told 7 MPI_File_open 1 file exits
told 0 MPI_Win_create 1 window
told 0 MPI_Session_init 3 session # nobody can know of the others before MPI_Init
run "$TOC_MPIRUN" -n 3 ./unsupported window-fatal
[ "$code" -ne 0 ] || fail "MPI_Win_create with MPI_ERRORS_ARE_FATAL"
says MPI_Win_create
run "$TOC_MPIRUN" -n 3 ./unsupported session-fatal
[ "$code" -ne 0 ] || fail "MPI_Session_init with MPI_ERRORS_ARE_FATAL"
says MPI_Session_init
for more in "" abort; do # MPI_COMM_SELF's own handler returns
    # shellcheck disable=SC2086 # none or one word
    run "$TOC_MPIRUN" -n 3 ./unsupported session-late $more
    [ "$code" -eq 55 ] || fail "MPI_Session_init after MPI_Init, fatal: exit code $code"
    says "does not support MPI_Session_init"
done
run ./unsupported file
expect 0 "without mpirun"
[ "$(grep -c MPI_File_open err)" -eq 1 ] || fail "without mpirun: $(cat err)"
finish
