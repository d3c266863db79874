#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# How MPI programs end: without MPI_Finalize, by MPI_Abort, killed while others wait in MPI_Recv.
. "${0%/*}/helpers.sh"

"$TOC_MPICC" -o "ends" "$sources/ends.c" || exit 99
# For helpers.sh the processes to look for are those of this directory's program.
marked()
{
    find /proc/[0-9]*/exe -lname "$work/ends" 2>/dev/null | sed 's|/proc/||; s|/exe||'
}

# ends CODE TEXT ARGUMENTS...
ends()
{
    want=$1
    text=$2
    shift 2
    run "$TOC_MPIRUN" -n 3 ./ends "$@"
    expect "$want" "$*"
    [ -z "$text" ] || says "$text"
    expect_gone "$*"
}

ends 0 '' good
[ ! -s err ] || fail "a message without a reason: $(cat err)"
ends 5 'exited with code 5' late 5
ends 1 'without calling MPI_Finalize' exit 0
ends 3 'exited with code 3 without calling MPI_Finalize' exit 3
ends 7 'rank 1 called MPI_Abort with code 7' abort 7
ends 0 'rank 1 called MPI_Abort with code 0' abort 0
ends 1 'rank 1 called MPI_Abort with code 256' abort 256
ends 139 'SIGSEGV' kill 11
ends 137 'SIGKILL' kill 9
ends 1 'rank 1' no-init 0

# Through a script around the program.
run "$TOC_MPIRUN" -n 3 sh -c './ends exit 0; true'
expect 1 "a script whose program does not finalize"
says "without calling MPI_Finalize"
run "$TOC_MPIRUN" -n 3 sh -c './ends kill 9'
expect 137 "a script whose program is killed"
expect_gone "a script whose program is killed"

# A second MPI program in a rank is an error, which no call of MPI_Abort is to blame for.
run "$TOC_MPIRUN" -n 1 sh -c './ends good; ./ends good'
expect 1 "a second MPI program in a rank"
says "one program a rank may call MPI_Init"
says "rank 0 has reported an error"
if grep -q MPI_Abort err; then
    fail "a second MPI program: $(cat err)"
fi

# kill -9 of a waiting rank and of mpirun, from outside.
for whom in rank mpirun; do
    "$TOC_MPIRUN" -n 3 sh -c './ends wait; exit $?' >out 2>err &
    pid=$!
    within 20 is_marked 3 || fail "the ranks did not start"
    sleep 0.2
    victim=$pid
    [ $whom = mpirun ] || victim=$(marked | tail -n 1)
    kill -9 "$victim"
    wait $pid
    code=$?
    expect 137 "kill -9 of a $whom"
    expect_gone "kill -9 of a $whom"
done
finish
