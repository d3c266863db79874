#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# mpirun -disable-auto-cleanup: a rank's end, or MPI_Abort on its communicator, ends nobody else.
. "${0%/*}/helpers.sh"

"$TOC_MPICC" "$sources/keep_going.c" -o keep_going || exit 99
# For helpers.sh the processes to look for are those of this directory's program.
marked()
{
    find /proc/[0-9]*/exe -lname "$work/keep_going" 2>/dev/null | sed 's|/proc/||; s|/exe||'
}

# goes_on CODE LEFT TEXT HOW: the ranks in LEFT are.
goes_on()
{
    run "$TOC_MPIRUN" -n 4 -disable-auto-cleanup ./keep_going "$4"
    expect "$1" "$4 ($TOCSIN_NOTIFY)"
    says "$3"
    [ "$(sort out | sed 's/rank \(.*\) is left/\1/' | tr -d '\n')" = "$2" ] ||
        fail "$4 ($TOCSIN_NOTIFY): left is $(sort out)"
    expect_gone "$4"
}

notifiers='poll thread signal'
"$TOC_MPIRUN" -n 1 --emulate-uintr true 2>/dev/null && notifiers="$notifiers uintr"
for TOCSIN_NOTIFY in $notifiers; do
    export TOCSIN_NOTIFY
    TOCSIN_EMULATE_UINTR=0
    [ "$TOCSIN_NOTIFY" != uintr ] || TOCSIN_EMULATE_UINTR=1
    export TOCSIN_EMULATE_UINTR
    goes_on 3 023 'exited with code 3 without calling MPI_Finalize: the others run on' exit
    goes_on 137 023 'was killed by signal 9 (SIGKILL, Killed): the others run on' kill
    goes_on 5 023 'Abort(5) on rank 1: application called MPI_Abort on MPI_COMM_SELF: 1 rank' self
    goes_on 7 02 'application called MPI_Abort on a communicator: 2 ranks end' group
    goes_on 3 023 'exited with code 3: the others run on' early
    goes_on 137 023 'SIGKILL' finalize
done
unset TOCSIN_NOTIFY TOCSIN_EMULATE_UINTR
goes_on 2 023 'ending the rank (MPI_ERRORS_ARE_FATAL)' fatal

# Well, and not MPI at all.
run "$TOC_MPIRUN" -n 3 --disable-auto-cleanup sh -c 'exit 0'
expect 0 "nobody fails"
run "$TOC_MPIRUN" -n 3 --disable-auto-cleanup sh -c 'echo $TOCSIN_RANK; exit $TOCSIN_RANK'
[ "$code" -ne 0 ] || fail "two of three have failed, and mpirun's exit code is 0"
[ "$(wc -l <out)" = 3 ] || fail "three commands: $(cat out)"

# mpirun ends such a job as any other.
run "$TOC_MPIRUN" -n 2 --timeout 1 -disable-auto-cleanup sleep 1000
expect 124 "--timeout"
run timeout -s TERM 1 "$TOC_MPIRUN" -n 2 -disable-auto-cleanup --kill-timeout 1 sleep 1000
[ "$code" -ne 0 ] || fail "SIGTERM: exit code 0"
expect_gone "SIGTERM"
finish
