#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# mpirun's exit code is that of the first rank that fails; the others do not survive it.
. "${0%/*}/helpers.sh"

run "$TOC_MPIRUN" -n 4 true
expect 0 "all good"
[ ! -s err ] || fail "a message without a reason"

# shellcheck disable=SC2016
for rank in 0 3; do
    run "$TOC_MPIRUN" -n 4 sh -c 'test $TOCSIN_RANK = '$rank' && exit 42; sleep '"$mark"
    expect 42 "rank $rank exits with 42"
    says "rank $rank (pid "
    says "exited with code 42"
    expect_gone "a rank's failure"
done

# shellcheck disable=SC2016
run "$TOC_MPIRUN" -n 3 sh -c 'test $TOCSIN_RANK = 1 && kill -SEGV $$; exec sleep '"$mark"
expect 139 "a rank dies of SIGSEGV"
says "rank 1 (pid "
says "killed by signal 11 (SIGSEGV"
expect_gone "a rank's crash"

# A process group that ignores SIGTERM, and a child that has left the rank's process group.
# shellcheck disable=SC2016
run "$TOC_MPIRUN" -n 3 sh -c \
    'test $TOCSIN_RANK = 1 && exit 5; trap "" TERM; timeout 100 sleep '"$mark"'; sleep '"$mark"
expect 5 "stubborn ranks"
expect_gone "the end of stubborn ranks"

run sh -c 'trap "" CHLD; exec "$0" -n 2 sh -c "exit 6"' "$TOC_MPIRUN"
expect 6 "started with SIGCHLD ignored"
finish
