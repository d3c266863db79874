#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A job that stands still is reported, once, with the calls in which its ranks wait; it is left to
# itself. Jobs in which somebody computes, sleeps of its own accord or has not come yet are not.
. "${0%/*}/helpers.sh"

"$TOC_MPICC" -o stall "$sources/stall.c" -pthread || exit 99
TOCSIN_STALL_SECONDS=2
export TOCSIN_STALL_SECONDS

reports()
{
    grep -c 'nothing has moved for' err
}

# stands ARGUMENT SENTENCE: it is said once, and ended by --timeout, which says it, too.
stands()
{
    run "$TOC_MPIRUN" --timeout 6 -n 2 ./stall "$1"
    expect 124 "$1 (TOCSIN_NOTIFY=$TOCSIN_NOTIFY)"
    says "nothing has moved for"
    says "seconds: $2; the job is left to itself"
    says "ending it ($2)"
    [ "$(reports)" -eq 1 ] || fail "said $(reports) times"
}

# moves ARGUMENT: nothing is said.
moves()
{
    run "$TOC_MPIRUN" --timeout 60 -n 2 ./stall "$1"
    expect 0 "$1"
    [ "$(reports)" -eq 0 ] || fail "$1 does not stand still: $(cat err)"
}

for TOCSIN_NOTIFY in signal thread poll; do
    export TOCSIN_NOTIFY
    stands receive "ranks 0-1 wait in MPI_Recv"
done
stands mismatch "rank 0 waits in MPI_Recv, rank 1 waits in MPI_Barrier"
stands finalize "rank 0 waits in MPI_Recv, rank 1 waits in MPI_Finalize"
unset TOCSIN_NOTIFY
run "$TOC_MPIRUN" --emulate-uintr --timeout 6 -n 2 ./stall receive
says "ranks 0-1 wait in MPI_Recv; the job is left to itself"

moves busy-thread
moves sleeps
moves absent

TOCSIN_STALL_SECONDS=0
run "$TOC_MPIRUN" --timeout 4 -n 2 ./stall receive
expect 124 "without reports"
[ "$(reports)" -eq 0 ] || fail "reported, although switched off"

# mpirun itself: one look a second. Its sleeps are counted, which a loaded machine does not change.
TOCSIN_STALL_SECONDS=10
"$TOC_MPIRUN" -n 2 ./stall receive 2>/dev/null &
mpirun=$!
sleep 1
switches()
{
    awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$mpirun/status"
}
before=$(switches)
sleep 5
after=$(switches)
kill "$mpirun"
wait "$mpirun"
[ $((after - before)) -le 10 ] || fail "mpirun has slept $((after - before)) times in 5 seconds"
