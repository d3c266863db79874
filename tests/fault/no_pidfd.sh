#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Without pidfd_open (old kernel, seccomp) mpirun learns of its ranks' ends by SIGCHLD.
# shellcheck disable=SC2016
. "${0%/*}/helpers.sh"

${TOC_CC:-cc} -D_GNU_SOURCE -shared -fPIC -o no_pidfd.so "$sources/no_pidfd.c" -ldl || exit 99
# The library must not reach mpirun through a wrapper of libtool's or a sanitizer's complaint.
LD_PRELOAD=$work/no_pidfd.so "$TOC_MPIRUN" true 2>err || exit 77

run env LD_PRELOAD="$work/no_pidfd.so" "$TOC_MPIRUN" -n 8 sh -c 'echo $TOCSIN_RANK'
expect 0 "a good job"
[ "$(wc -l <out)" -eq 8 ] || fail "output: $(cat out)"
run env LD_PRELOAD="$work/no_pidfd.so" "$TOC_MPIRUN" -n 4 sh -c \
    'test $TOCSIN_RANK = 2 && kill -9 $$; exec sleep '"$mark"
expect 137 "a rank that is killed"
says "rank 2 (pid "
expect_gone "kill -9 of a rank"
finish
