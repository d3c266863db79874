#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# kill -9 of mpirun: nothing survives, neither ranks nor what they have started, nor the guardian.
# shellcheck disable=SC2317 # functions called through within()
. "${0%/*}/helpers.sh"

guardian_gone()
{
    state=$(ps -o stat= -p "$guardian")
    case $state in '' | Z*) return 0 ;; *) return 1 ;; esac
}

kill_launcher()
{
    "$TOC_MPIRUN" -n 2 "$@" >out 2>err &
    pid=$!
    within 20 is_marked 4 || fail "the ranks did not start"
    guardian=$(ps -o pid=,ppid=,comm= -A | awk -v parent="$pid" \
        '$2 == parent && $3 == "tocsin-guard" { print $1 }')
    [ -n "$guardian" ] || fail "there is no guardian"
    kill -9 $pid
    wait $pid
    expect_gone "kill -9 of mpirun: $*"
    within 10 guardian_gone || fail "the guardian has outlived the job: $*"
}

kill_launcher sleep "$mark"
kill_launcher sh -c "sleep $mark; true"
kill_launcher sh -c "trap '' TERM INT HUP; while :; do sleep $mark; done"
kill_launcher sh -c "timeout 1000 sleep $mark; true"
kill_launcher sh -c "setsid sleep $mark & setsid --wait sleep $mark; true"

# Killed in the middle of starting many ranks, at several moments.
for delay in 0.01 0.02 0.03 0.05 0.08; do
    "$TOC_MPIRUN" -n 64 sh -c "sleep $mark; true" >out 2>err &
    pid=$!
    sleep $delay
    kill -9 $pid
    wait $pid
    expect_gone "kill -9 of mpirun after $delay s"
done

# A good job's guardian goes with it, and holds nobody's output open.
run sh -c '"$0" -n 2 true | cat' "$TOC_MPIRUN"
expect 0 "a pipe that ends with mpirun"
finish
