#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What a rank finds: variables, working directory, descriptors, session and process group.
# shellcheck disable=SC2016
. "${0%/*}/helpers.sh"

run "$TOC_MPIRUN" -n 3 sh -c \
    'echo $TOCSIN_RANK/$TOCSIN_SIZE $TOCSIN_LOCAL_RANK $MPI_LOCALRANKID/$MPI_LOCALNRANKS'
sort out >sorted
printf '0/3 0 0/3\n1/3 1 1/3\n2/3 2 2/3\n' | cmp - sorted || fail "variables: $(cat sorted)"

# A job inside a job: the inner one's variables win.
run "$TOC_MPIRUN" -n 1 "$TOC_MPIRUN" -n 2 sh -c 'echo $TOCSIN_RANK/$TOCSIN_SIZE'
[ "$(sort out | tr '\n' ' ')" = "0/2 1/2 " ] || fail "a job inside a job: $(cat out)"

A=old run "$TOC_MPIRUN" -x A=new -env B 'two words' -x HOME -env C=3 sh -c 'echo "$A,$B,$C,$HOME"'
[ "$(cat out)" = "new,two words,3,$HOME" ] || fail "-x and -env: $(cat out)"
run "$TOC_MPIRUN" -x NO_SUCH_VARIABLE true
expect 0 "-x without a value"
says "NO_SUCH_VARIABLE"


# What of mpirun's environment is passed on.
passed='echo $A,$B,$C'
A=1 B=2 C=3 run "$TOC_MPIRUN" -genvlist A,C "$(command -v sh)" -c "$passed"
[ "$(cat out)" = 1,,3 ] || fail "-genvlist: $(cat out)"
A=1 B=2 C=3 run "$TOC_MPIRUN" -genvnone -genv B 4 -x C "$(command -v sh)" -c "$passed"
[ "$(cat out)" = ,4,3 ] || fail "-genvnone: $(cat out)"
A=1 B=2 C=3 run "$TOC_MPIRUN" -genvnone -n 1 -envlist B "$(command -v sh)" -c "$passed" : \
    -n 1 -envall "$(command -v sh)" -c "$passed" : -n 1 "$(command -v sh)" -c "$passed"
[ "$(sort out | tr '\n' ' ')" = ",, ,2, 1,2,3 " ] || fail "-envlist: $(cat out)"

mkdir 'sub folder'
printf '#!/bin/sh\npwd; echo "$PWD"\n' >'sub folder/where' && chmod +x 'sub folder/where'
run "$TOC_MPIRUN" -wdir 'sub folder' ./where
[ "$(uniq out)" = "$(cd 'sub folder' && pwd)" ] || fail "-wdir: $(cat out)"

# A script without #! and arguments that need quoting.
printf 'echo "$1|$2"\n' >script && chmod +x script
run "$TOC_MPIRUN" ./script 'a  b' '*'
[ "$(cat out)" = 'a  b|*' ] || fail "arguments: $(cat out)"

# One descriptor besides the standard ones: the job's segment. Started without any of our own.
run bash -c 'for fd in /proc/self/fd/*; do fd=${fd##*/}
    [ $fd -le 2 ] || eval "exec $fd>&-"; done
    exec "$0" sh -c "ls -l /proc/\$\$/fd; true"' "$TOC_MPIRUN"
[ "$(grep -c -e '->' out)" -eq 4 ] || fail "descriptors: $(cat out)"
grep -q tocsin-job out || fail "the job's segment is not there: $(cat out)"

# All in mpirun's session, each in a process group of its own.
run "$TOC_MPIRUN" -n 3 sh -c 'ps -o sid=,pgid=,pid= -p $$'
[ "$(awk '{ print $1 }' out | sort -u | wc -l)" -eq 1 ] || fail "several sessions: $(cat out)"
[ "$(awk 'NR == 1 { print $1 }' out)" -eq "$(ps -o sid= -p $$)" ] || fail "not our session"
awk '$2 != $3' out | grep . && fail "a rank is not the leader of its process group"

# What mpirun would set is not passed on from another job, or from nowhere.
for name in TOCSIN_EXCHANGE_FD TOCSIN_JOB_FD TOCSIN_SIZE; do
    run env $name=1 "$TOC_MPIRUN" -n 2 -x $name sh -c "echo \"\$$name\""
    expect 0 "a stray $name"
    [ "$(grep -vxc 1 out)" -eq 2 ] || fail "a stray $name is passed on: $(cat out)"
done
"$TOC_MPICC" -o ends "$sources/ends.c" || exit 99
run env TOCSIN_EXCHANGE_FD=1 ./ends good
expect 0 "a stray TOCSIN_EXCHANGE_FD without mpirun"

# A rank believes nothing of it unseen. (The third: a segment, but of another job.)
for stray in TOCSIN_JOB_FD=1 TOCSIN_JOB_FD=nonsense TOCSIN_JOB_FD=99999 TOCSIN_JOB_ID=1-0 \
    TOCSIN_JOB_ID=x TOCSIN_RANK=7 TOCSIN_RANK=-1; do
    run "$TOC_MPIRUN" -n 2 env $stray ./ends good
    case $stray in
    *ID=1-0 | *FD=1 | *FD=99999) says "cannot join the job: descriptor" ;;
    *) says "$stray is not" ;;
    esac
    [ "$code" -ne 0 ] || fail "$stray is believed"
done
# A bad exchange descriptor is none, whatever it is: output and messages go on.
run "$TOC_MPIRUN" --emulate-uintr -n 2 env TOCSIN_EXCHANGE_FD=1 ./ends good
expect 0 "another TOCSIN_EXCHANGE_FD"
run "$TOC_MPIRUN" -n 2 env TOCSIN_EXCHANGE_FD=2 ./ends good
expect 0 "TOCSIN_EXCHANGE_FD=2"
# mpirun in a shell in mpirun.
run "$TOC_MPIRUN" -n 2 sh -c '"$0" -n 2 ./ends good && ./ends good' "$TOC_MPIRUN"
expect 0 "mpirun in a shell in mpirun"

# The segment is found again behind wrappers that close descriptors, or use their numbers.
run "$TOC_MPIRUN" -n 2 bash -c 'for fd in /proc/self/fd/*; do fd=${fd##*/}
    [ $fd -le 2 ] || eval "exec $fd>&-"; done; exec ./ends good'
expect 0 "closed descriptors"
run "$TOC_MPIRUN" -n 2 bash -c 'eval "exec $TOCSIN_JOB_FD</dev/null"; exec ./ends good'
expect 0 "another file under its number"
run "$TOC_MPIRUN" -n 2 sh -c 'exec 3>log 4>log 5>log 6>log; exec ./ends good'
expect 0 "a shell that uses descriptors"
[ ! -s log ] || fail "a file of the shell was written to: $(head -c 100 log)"
run "$TOC_MPIRUN" -n 2 bash -c 'eval "exec $TOCSIN_JOB_FD>&-"; TOCSIN_JOB_ID=1-0 exec ./ends good'
says "/proc/1/fd"

# Without its variables a rank is a job of one, and says so.
run "$TOC_MPIRUN" -n 2 env -i ./ends good
expect 0 "env -i"
[ "$(grep -c 'its environment has been cleared' err)" -eq 2 ] || fail "env -i: $(cat err)"
run "$TOC_MPIRUN" -n 2 sh -c './ends good; true'
[ ! -s err ] || fail "a message without a reason: $(cat err)"

# Settings: empty is the default; bad ones are reported once a job, with the nearest good one.
for name in $("${TOC_MPIRUN%/*}/tocsin-info" --env | sed -n 's/^\(TOCSIN_[A-Z_]*\) .*/\1/p'); do
    run env $name= "$TOC_MPIRUN" -n 2 ./ends good
    expect 0 "$name is empty"
    [ ! -s err ] || fail "$name is empty: $(cat err)"
    run env $name=%% "$TOC_MPIRUN" -n 2 ./ends good
    [ "$code" -ne 0 ] || fail "$name=%% is taken"
    [ "$(grep -c "$name=%% is not valid" err)" -eq 1 ] || fail "$name=%%: $(cat err)"
    run env $name=%% ./ends good
    [ "$code" -ne 0 ] || fail "$name=%% is taken without mpirun"
    says "$name=%% is not valid"
done
run env TOCSIN_LOG=warning "$TOC_MPIRUN" -n 3 ./ends good
says "the nearest is TOCSIN_LOG=warn"
run env TOCSIN_NOTIFY=singal "$TOC_MPIRUN" -n 3 ./ends good
says "the nearest is TOCSIN_NOTIFY=signal"
run env TOCSIN_EAGER_LIMIT=1G "$TOC_MPIRUN" -n 3 ./ends good
says "the nearest is TOCSIN_EAGER_LIMIT=16384"
run env TOCSIN_NOTFIY=signal "$TOC_MPIRUN" -n 3 ./ends good
expect 0 "a name that is not known"
[ "$(grep -c 'the nearest is TOCSIN_NOTIFY' err)" -eq 1 ] || fail "TOCSIN_NOTFIY: $(cat err)"
run "$TOC_MPIRUN" -n 1 ./ends good : -x TOCSIN_LOG=loud -n 1 ./ends good
says "TOCSIN_LOG=loud is not valid"

# The signal mask and dispositions are those of any program.
show_signals='grep -E "Sig(Blk|Ign)" /proc/self/status'
run sh -c "$show_signals"
cp out without
run "$TOC_MPIRUN" sh -c "$show_signals"
cmp -s out without || fail "signal masks: $(cat out), without mpirun: $(cat without)"
finish
