#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Output: every byte, whole lines, as they appear, also from those who crash.
# shellcheck disable=SC2016
. "${0%/*}/helpers.sh"

# Lines of several ranks, written in pieces, on stdout and stderr at once.
run "$TOC_MPIRUN" -n 4 sh -c 'i=0; while [ $i -lt 100 ]; do
    printf "out "; printf "$TOCSIN_RANK "; echo $i
    printf "err " >&2; printf "$TOCSIN_RANK " >&2; echo $i >&2
    i=$((i + 1)); done'
expect 0 "lines in pieces"
[ "$(grep -c '^out [0-3] [0-9]*$' out)" -eq 400 ] || fail "torn lines on stdout"
[ "$(grep -c '^err [0-3] [0-9]*$' err)" -eq 400 ] || fail "torn lines on stderr"
[ "$(wc -l <out)" -eq 400 ] || fail "lines lost or added"
for rank in 0 1 2 3; do
    grep "^out $rank " out | sort -c -n -k 3 || fail "order of rank $rank's lines"
done

# The same with both in one file.
timeout 60 "$TOC_MPIRUN" -n 4 sh -c 'i=0; while [ $i -lt 100 ]; do
    printf "out "; echo "$TOCSIN_RANK $i"; printf "err " >&2; echo "$TOCSIN_RANK $i" >&2
    i=$((i + 1)); done' 2>&1 | cat >both
[ "$(grep -c -E '^(out|err) [0-3] [0-9]+$' both)" -eq 800 ] || fail "torn lines in 2>&1"

# A pause inside a line does not let another rank in.
run "$TOC_MPIRUN" -n 3 sh -c 'printf "begin "; sleep 0.2; echo "end $TOCSIN_RANK"'
[ "$(grep -c '^begin end [0-2]$' out)" -eq 3 ] || fail "a slow line was torn: $(cat out)"

# Lines longer than any buffer.
run "$TOC_MPIRUN" -n 4 sh -c 'head -c 300000 /dev/zero | tr "\0" "$TOCSIN_RANK"; echo'
[ "$(grep -c -x -E '0+|1+|2+|3+' out)" -eq 4 ] || fail "long lines were torn"
[ "$(wc -c <out)" -eq 1200004 ] || fail "long lines: $(wc -c <out) bytes"

# Binary data, without a newline at its end: byte by byte the same.
head -c 1000000 /dev/urandom >random
run "$TOC_MPIRUN" -n 3 sh -c '[ $TOCSIN_RANK != 1 ] || cat random'
cmp random out || fail "binary data differ"
run "$TOC_MPIRUN" -n 4 printf abc
[ "$(cat out)" = abcabcabcabc ] || fail "unfinished lines: $(cat out)"

# Through a slow reader.
timeout 60 "$TOC_MPIRUN" -n 2 seq 1 40000 | (sleep 1; sort -n | uniq -c | awk '$1 == 2' | wc -l) >count
[ "$(cat count)" -eq 40000 ] || fail "a slow reader got $(cat count) of 40000 lines"

# A prompt appears although its line is not finished.
mkfifo prompt answer
exec 3<>answer
timeout 60 "$TOC_MPIRUN" -n 2 sh -c \
    'if [ $TOCSIN_RANK = 0 ]; then printf "name? "; read -r x; echo "hello $x"; fi' \
    <answer >prompt &
pid=$!
(
    dd bs=6 count=1 2>/dev/null >asked
    echo world >&3
    cat >greeting
) <prompt
[ "$(cat asked)" = "name? " ] || fail "prompt: $(cat asked)"
[ "$(cat greeting)" = "hello world" ] || fail "after the prompt: $(cat greeting)"
wait $pid || fail "the job behind the prompt failed"
exec 3>&-

# The last words of a rank that crashes.
run "$TOC_MPIRUN" -n 2 sh -c 'test $TOCSIN_RANK = 1 || exec sleep '"$mark"'
    i=0; while [ $i -lt 1000 ]; do echo line $i; i=$((i + 1)); done; printf last; kill -9 $$'
expect 137 "a rank that crashes"
[ "$(grep -c '^line ' out)" -eq 1000 ] || fail "lines were lost in the crash"
grep -q -x last out || fail "the last words were lost"
expect_gone "the crash"

# What a rank has started may still write for a moment after the rank's end.
run "$TOC_MPIRUN" -n 2 sh -c '(sleep 0.2; echo late) & exit 0'
expect 0 "late output"
[ "$(grep -c late out)" -eq 2 ] || fail "late output was lost"

# The reader goes away.
(
    timeout 60 "$TOC_MPIRUN" -n 3 yes
    echo $? >status
) 2>err | head -n 1 >first
[ "$(cat first)" = y ] || fail "the first line: $(cat first)"
within 10 test -s status
[ "$(cat status)" = 141 ] || fail "exit code $(cat status) after the reader has gone"
[ ! -s err ] || fail "a message about a reader that has gone: $(cat err)"

# A full disk is told.
if [ -c /dev/full ]; then
    timeout 60 "$TOC_MPIRUN" -n 2 echo text >/dev/full 2>err && fail "a failed write was not noticed"
    says "cannot write to stdout: No space left on device"
fi

# Without stdout and stderr the ranks still have valid descriptors.
timeout 60 "$TOC_MPIRUN" -n 2 sh -c 'echo x && echo y >&2 && touch "$0.$TOCSIN_RANK"' \
    "$work/touched" <&- >&- 2>&-
for rank in 0 1; do
    [ -f touched.$rank ] || fail "closed standard descriptors: rank $rank"
done

# SIGPIPE is not ignored in the ranks.
run "$TOC_MPIRUN" sh -c 'grep SigIgn /proc/self/status'
ignored=$(awk '{ print $2 }' out)
[ $((0x$ignored & 0x1000)) -eq 0 ] || fail "the ranks ignore SIGPIPE"
finish
