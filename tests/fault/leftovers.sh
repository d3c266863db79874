#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What ranks leave behind when the job ends well: ended, unless it is a proper daemon.
. "${0%/*}/helpers.sh"

run "$TOC_MPIRUN" -n 2 sh -c "sleep $mark & exit 0"
expect 0 "a child that holds the output"
expect_gone "a good end, child with output"

run "$TOC_MPIRUN" -n 2 sh -c "sleep $mark >/dev/null 2>&1 & exit 0"
expect 0 "a child without output"
expect_gone "a good end, child without output"

run "$TOC_MPIRUN" -n 2 sh -c "trap '' TERM; sleep $mark >/dev/null 2>&1 & exit 0"
expect 0 "a child that ignores SIGTERM"
expect_gone "a good end, stubborn child"

run "$TOC_MPIRUN" -n 2 sh -c "timeout 1000 sleep $mark & exit 0"
expect 0 "a child in a process group of its own"
expect_gone "a good end, child in another process group"

run "$TOC_MPIRUN" sh -c "setsid sh -c 'touch ready; exec sleep $mark' >/dev/null 2>&1 &
    while [ ! -e ready ]; do sleep 0.05; done"
expect 0 "a daemon"
sleep 0.2
is_marked 1 || fail "the daemon was ended"
for pid in $(marked); do
    kill -9 "$pid"
done
for file in /dev/shm/*tocsin*; do
    [ ! -e "$file" ] || fail "left behind: $file"
done
finish
