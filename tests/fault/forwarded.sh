#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Signals that mpirun passes on: SIGUSR1, SIGUSR2; stop and continue.
# shellcheck disable=SC2016,SC2317
. "${0%/*}/helpers.sh"

"$TOC_MPIRUN" -n 2 sh -c 'trap "echo one $TOCSIN_RANK" USR1; trap "echo two; exit 0" USR2
    echo ready; while :; do sleep 0.05; done' >out 2>err &
pid=$!
ready()
{
    [ "$(grep -c "$1" out)" -eq 2 ]
}
within 20 ready ready || fail "the ranks did not start"
kill -s USR1 $pid
within 20 ready one || fail "SIGUSR1 has not arrived"
kill -s USR2 $pid
wait $pid
code=$?
expect 0 SIGUSR2
ready two || fail "SIGUSR2 has not arrived"

# Stopped means stopped: ranks too. setsid-less shells run this without job control.
"$TOC_MPIRUN" -n 2 sleep "$mark" >out 2>err &
pid=$!
within 20 is_marked 4 || fail "the ranks did not start"
states()
{
    [ "$(ps -o pid=,ppid=,stat=,comm= -A | awk -v parent="$pid" \
        '($1 == parent || $2 == parent) && $4 != "tocsin-guard" { print substr($3, 1, 1) }' |
        sort -u)" = "$1" ]
}
within 20 states S || fail "the job does not sleep"
if ! grep -q 'SigIgn:.*[4-7c-f]....$' /proc/$pid/status; then
    kill -s TSTP $pid
    within 20 states T || fail "the job is not stopped"
    kill -s CONT $pid
    within 20 states S || fail "the job is not continued"
    # Ranks that are stopped are ended as well.
    kill -s TSTP $pid
    within 20 states T || fail "the job is not stopped again"
fi
kill -s TERM $pid
kill -s CONT $pid
wait $pid
code=$?
expect 143 "SIGTERM after SIGTSTP"
expect_gone "SIGTERM after SIGTSTP"
finish
