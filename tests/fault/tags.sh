#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# -l and --tag-output: a prefix for each line, whatever comes how.
# shellcheck disable=SC2016
. "${0%/*}/helpers.sh"

run "$TOC_MPIRUN" -l -n 2 sh -c 'echo $TOCSIN_RANK; echo; printf "no end"; echo error >&2'
expect 0 -l
printf '[0] 0\n[0] \n[0] no end\n[1] 1\n[1] \n[1] no end\n' | sort >want
sort out | cmp -s - want || fail "-l: $(cat out)"
[ "$(sort err)" = "$(printf '[0] error\n[1] error')" ] || fail "-l, stderr: $(cat err)"

run "$TOC_MPIRUN" --tag-output -n 2 sh -c 'echo out; echo error >&2'
[ "$(sort out)" = "$(printf '[1,0]<stdout>: out\n[1,1]<stdout>: out')" ] || fail "tag: $(cat out)"
[ "$(sort err)" = "$(printf '[1,0]<stderr>: error\n[1,1]<stderr>: error')" ] ||
    fail "tag, stderr: $(cat err)"

# A line that comes in pieces, with pauses that let mpirun show what there is, gets one prefix.
run "$TOC_MPIRUN" -l -n 1 sh -c 'printf a; sleep 0.2; printf b; sleep 0.2; echo c; printf d'
[ "$(cat out)" = "$(printf '[0] abc\n[0] d')" ] || fail "pieces: $(cat out)"

# More than any buffer, in empty lines, which grow most, and in one line without an end.
run "$TOC_MPIRUN" -l -n 2 sh -c 'yes "" | head -c 200000'
[ "$(sort out | uniq -c | tr -s ' \n' ' ')" = " 200000 [0] 200000 [1] " ] ||
    fail "empty lines: $(sort out | uniq -c | head)"
run "$TOC_MPIRUN" -l -n 2 sh -c 'head -c 300000 /dev/zero | tr "\0" x; echo'
[ "$(wc -l <out)" -eq 2 ] || fail "long lines: $(wc -l <out)"
finish
