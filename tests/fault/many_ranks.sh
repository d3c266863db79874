#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Many ranks: all of them start and are heard, with a small limit of open files too.
# shellcheck disable=SC2016
. "${0%/*}/helpers.sh"

run "$TOC_MPIRUN" -n 200 sh -c 'echo $TOCSIN_RANK'
expect 0 "200 ranks"
seq 0 199 >all
sort -n out | cmp - all || fail "not every rank was heard"

run sh -c 'ulimit -Sn 64; exec "$0" -n 60 sh -c "ulimit -n"' "$TOC_MPIRUN"
expect 0 "a small soft limit of open files"
[ "$(sort -u out)" = 64 ] || fail "the ranks' limit of open files is not mpirun's: $(sort -u out)"

run sh -c 'ulimit -n 64; exec "$0" -n 60 true' "$TOC_MPIRUN"
expect 1 "a small hard limit of open files"
says "60 ranks need"
finish
