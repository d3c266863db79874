#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# No memory for messages that nobody has received yet: what can go on does, and what cannot ends with
# a sentence that says who keeps how much for whom. And other rare things, with the same program.
. "${0%/*}/helpers.sh"

"$TOC_MPICC" -I "$sources/../../lib" -o odd "$sources/odd.c" || exit 99

# ends SENTENCE ARGUMENTS...: the job, within 15 seconds, with that sentence.
ends()
{
    sentence=$1
    shift
    start=$(milliseconds)
    run "$TOC_MPIRUN" -n 2 ./odd "$@"
    [ "$code" -eq 1 ] || fail "$* (TOCSIN_NOTIFY=$TOCSIN_NOTIFY): exit code $code"
    says "$sentence"
    says TOCSIN_UNEXPECTED_LIMIT
    [ $(($(milliseconds) - start)) -lt 15000 ] || fail "$*: took longer than 15 seconds"
}

# passes ARGUMENTS...: to the end.
passes()
{
    run "$TOC_MPIRUN" -n 2 ./odd "$@"
    expect 0 "$*"
    grep -q END out || fail "$*: not to the end"
}

for TOCSIN_NOTIFY in signal thread poll; do
    export TOCSIN_NOTIFY
    ends "MB of them from rank 1, and takes no more than" oom 60000
done
unset TOCSIN_NOTIFY

# A limit that there is no memory for: all that there is, and then the same.
TOCSIN_UNEXPECTED_LIMIT=1G
export TOCSIN_UNEXPECTED_LIMIT
ends "MB of them from rank 1, and has no memory for more" oom 60000
ends "MB of them from rank 1, and has no memory for more" envelopes 5000000
grep -q 'keeps 0[.]0 MB' err && fail "envelopes are not counted"
passes passes 3000
unset TOCSIN_UNEXPECTED_LIMIT
passes oom 5000
passes passes 3000

# Said only, where it is not known that nobody can help.
TOCSIN_STALL_SECONDS=0
export TOCSIN_STALL_SECONDS
run "$TOC_MPIRUN" --timeout 3 -n 2 ./odd oom 60000
expect 124 "a program that waits, unobserved"

run "$TOC_MPIRUN" -n 2 ./odd requests
[ "$code" -eq 3 ] || fail "receives without end: exit code $code"
passes contexts 4294967290
for who in 0 1 2; do
    passes nodump "$who"
    passes guarded "$who"
done
passes seccomp 1
passes seccomp 38
finish
