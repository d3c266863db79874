#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# kill -9 of one rank: mpirun exits with 137, the others are gone.
. "${0%/*}/helpers.sh"

kill_one()
{
    "$TOC_MPIRUN" -n 4 "$@" >out 2>err &
    pid=$!
    within 20 is_marked 6 || fail "the ranks did not start"
    victim=$(ps -o pid=,ppid=,comm= -A | awk -v parent="$pid" \
        '$2 == parent && $3 != "tocsin-guard" { print $1 }' | sed -n 3p)
    start=$(milliseconds)
    kill -9 "$victim"
    wait $pid
    code=$?
    took=$(($(milliseconds) - start))
    expect 137 "kill -9 of a rank: $*"
    says "(pid $victim, $1) was killed by signal 9 (SIGKILL"
    [ $took -lt 5000 ] || fail "it took $took ms"
    expect_gone "kill -9 of a rank: $*"
}

kill_one sleep "$mark"
kill_one sh -c "sleep $mark; true"
kill_one sh -c "trap '' TERM; timeout 1000 sleep $mark; true"
finish
