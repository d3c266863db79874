#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Descriptors of user interrupts where ranks may not fetch them from each other: through mpirun, and
# without mpirun's help, signals.
. "${0%/*}/helpers.sh"

pidfd_getfd=438
program=$TOC_BUILDDIR/examples/overlap
${TOC_CC:-cc} -o refuse "$sources/refuse.c" || exit 99
./refuse $pidfd_getfd /bin/true 2>err || exit 77
nm "$TOC_BUILDDIR/lib/.libs/libmpi_abi.so" 2>/dev/null | grep -q ' U __asan_init' && exit 77

export TOCSIN_NOTIFY=uintr TOCSIN_EMULATE_UINTR=1 TOCSIN_STATS=1

# Was counter $1 in the statistics of the last run?
counted()
{
    grep -q "uintr: $1 " err
}

run "$TOC_MPIRUN" -n 2 "$program" -s 64K -r 3
expect 0 "an ordinary run"
counted uintr_sent || fail "no user interrupts: $(cat err)"
counted uintr_by_signal && fail "signals in an ordinary run: $(cat err)"

run "$TOC_MPIRUN" -n 2 ./refuse $pidfd_getfd "$program" -s 64K -r 3
expect 0 "without pidfd_getfd"
counted uintr_sent || fail "no user interrupts without pidfd_getfd: $(cat err)"
counted uintr_by_signal && fail "signals although mpirun hands out descriptors: $(cat err)"

run "$TOC_MPIRUN" -n 2 env -u TOCSIN_EXCHANGE_FD ./refuse $pidfd_getfd "$program" -s 64K -r 3
expect 0 "without pidfd_getfd and mpirun's help"
counted uintr_by_signal || fail "no signals: $(cat err)"

# Where there are no user interrupts, ranks inherit nothing for them.
TOCSIN_EMULATE_UINTR=0 run "$TOC_MPIRUN" -n 1 ls -l /proc/self/fd
grep -qw uintr /proc/cpuinfo || ! grep -q socket out || fail "a socket without a use for it"
finish
