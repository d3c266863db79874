#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Sandboxes that refuse a system call, and low limits: the job runs without what they take away, or
# says why it cannot.
. "${0%/*}/helpers.sh"

"$TOC_MPICC" -o ends "$sources/ends.c" || exit 99
${TOC_CC:-cc} -o refuse "$sources/refuse.c" || exit 99
./refuse 9999 /bin/sh -c true 2>/dev/null || exit 77

# refused NUMBER NAME [MESSAGE]
refused()
{
    run ./refuse "$1" "$TOC_MPIRUN" -n 2 ./ends good
    expect 0 "$2 is refused"
    [ -z "${3-}" ] || says "$3"
    run ./refuse "$1" "$TOC_MPIRUN" -n 3 ./ends kill 9
    expect 137 "$2 is refused, and a rank is killed"
    expect_gone "$2 is refused"
    run ./refuse "$1" ./ends good
    expect 0 "$2 is refused, without mpirun"
}
refused 203 sched_setaffinity 'ranks are not bound'
refused 204 sched_getaffinity 'ranks are not bound'
refused 247 waitid
refused 319 memfd_create
refused 434 pidfd_open
refused 157 prctl
refused 109 setpgid
refused 318 getrandom
refused 310 process_vm_readv
refused 311 process_vm_writev

# kill: a good job needs none, and mpirun leaves.
run ./refuse 62 "$TOC_MPIRUN" -n 3 ./ends good
expect 0 "kill is refused"
expect_gone "kill is refused"
# epoll_wait: without it mpirun would not hear of anything.
run ./refuse 232 "$TOC_MPIRUN" -n 3 ./ends good
expect 1 "epoll_wait is refused"
says "epoll_wait"

# A limit on the size of files: the segment is made smaller, or the job ends with a message; nobody
# is killed by SIGXFSZ.
limited()
{
    # shellcheck disable=SC2016
    run bash -c 'ulimit -f $0; exec "$@"' "$@"
}
limited $((100 * 1024)) "$TOC_MPIRUN" -n 8 ./ends good
expect 0 "8 ranks, files of 100 MiB"
limited $((12 * 1024)) "$TOC_MPIRUN" -n 8 ./ends good
expect 0 "8 ranks, files of 12 MiB"
limited 512 "$TOC_MPIRUN" -n 8 ./ends good
expect 1 "8 ranks, files of 512 KiB"
says 'ulimit -f'
limited 16 ./ends good
[ "$code" -ne 0 ] && [ "$code" -lt 128 ] || fail "without mpirun, files of 16 KiB: exit code $code"
says 'ulimit -f'
finish
