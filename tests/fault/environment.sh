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

# The signal mask and dispositions are those of any program.
show_signals='grep -E "Sig(Blk|Ign)" /proc/self/status'
run sh -c "$show_signals"
cp out without
run "$TOC_MPIRUN" sh -c "$show_signals"
cmp -s out without || fail "signal masks: $(cat out), without mpirun: $(cat without)"
finish
