#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A signal to mpirun ends the job: 128 + its number, and nobody is left.
. "${0%/*}/helpers.sh"

# interrupt SIGNAL CODE COMMAND...: sends SIGNAL when both ranks run.
interrupt()
{
    signal=$1
    want=$2
    shift 2
    # The tests may run under nohup.
    env --default-signal=HUP "$TOC_MPIRUN" --kill-timeout $kill_timeout -n 2 "$@" >out 2>err &
    pid=$!
    within 20 is_marked 4 || fail "the ranks did not start" # and mpirun, and the guardian
    start=$(milliseconds)
    kill -s "$signal" $pid
    wait $pid
    code=$?
    took=$(($(milliseconds) - start))
    expect "$want" "SIG$signal"
    [ $took -lt 5000 ] || fail "SIG$signal took $took ms"
    expect_gone "SIG$signal"
}

kill_timeout=10
interrupt INT 130 sleep "$mark"
says "SIGINT received"
interrupt TERM 143 sleep "$mark"
interrupt HUP 129 sleep "$mark"
interrupt QUIT 131 sleep "$mark"
kill_timeout=1
interrupt INT 130 sh -c "trap '' INT TERM; while :; do sleep $mark; done"
kill_timeout=10
interrupt INT 130 sh -c "timeout --foreground 1000 sleep $mark"
interrupt TERM 143 sh -c "timeout 1000 sleep $mark"

both_ready()
{
    [ "$(grep -c ready out)" -eq 2 ]
}

# The rank's own handler has its say first.
: >out # of the job before: the shell behind & may be late
"$TOC_MPIRUN" sh -c "trap 'echo saved; exit 0' INT; echo ready; while :; do sleep 0.05; done" \
    >out 2>err &
pid=$!
within 20 grep -q ready out || fail "the rank did not start"
kill -s INT $pid
wait $pid
code=$?
expect 130 "a rank that handles SIGINT"
check "the rank's handler ran" grep -q saved out

# It has the time that batch systems grant for a checkpoint, and hears of the signal once.
cat >saves <<'END'
trap 'echo "got TERM"' TERM
trap 'echo "got INT"' INT
echo ready
while [ ! -e go ]; do sleep 0.05; done
sleep 2
echo saved
exit 0
END
: >out
"$TOC_MPIRUN" -n 2 sh ./saves >out 2>err &
pid=$!
within 20 both_ready || fail "the ranks did not start"
kill -s TERM $pid
within 20 grep -q 'got TERM' out || fail "SIGTERM is not passed on"
: >go
wait $pid
code=$?
expect 143 "ranks that save their state"
[ "$(grep -c saved out)" -eq 2 ] || fail "the ranks had no time: $(cat out)"
[ "$(grep -c got out)" -eq 2 ] || fail "the ranks got more than one signal each: $(cat out)"

# What does not end in that time is killed; a second signal kills at once.
ignores="trap '' INT TERM; echo ready; while :; do sleep $mark; done"
: >out
"$TOC_MPIRUN" --kill-timeout 1 -n 2 sh -c "$ignores" >out 2>err &
pid=$!
within 20 both_ready || fail "the ranks did not start"
kill -s TERM $pid
wait $pid
code=$?
expect 143 "ranks that do not end"
expect_gone "ranks that do not end"
: >out
"$TOC_MPIRUN" --kill-timeout 1000 -n 2 sh -c "$ignores" >out 2>err &
pid=$!
within 20 both_ready || fail "the ranks did not start"
kill -s INT $pid
sleep 0.5
check "mpirun waits for its ranks" kill -0 $pid
kill -s INT $pid
wait $pid
code=$?
expect 130 "a second SIGINT"
expect_gone "a second SIGINT"

# nohup: SIGHUP stays ignored.
nohup "$TOC_MPIRUN" sh -c 'sleep 1; echo done' >out 2>err </dev/null &
pid=$!
sleep 0.5
kill -s HUP $pid
wait $pid
code=$?
expect 0 nohup
check "the job went on after SIGHUP" grep -q 'done' out

# A reader that takes nothing does not keep an interrupted mpirun.
mkfifo pipe
exec 4<>pipe
"$TOC_MPIRUN" -n 2 yes "$mark" >pipe 2>err &
pid=$!
sleep 0.5
kill -s INT $pid
wait $pid
code=$?
expect 130 "a reader that takes nothing"
exec 4<&-
finish
