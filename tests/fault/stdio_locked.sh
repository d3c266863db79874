#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# MPI_Abort and fatal errors end the job although a thread holds a lock of stdio for ever, and what
# other streams keep is written.
. "${0%/*}/helpers.sh"

"$TOC_MPICC" -pthread -o stdio_locked "$sources/stdio_locked.c" || exit 99
mkfifo never
# Opened for reading and writing: reading blocks, and nobody ever closes the other end.
exec 8<>never

# ends CODE HOW COMMAND...
ends()
{
    want=$1
    how=$2
    shift 2
    rm -f last-words locked
    timeout -k 5 60 "$@" ./stdio_locked "$how" <&8 >out 2>err
    code=$?
    expect "$want" "$how ($*)"
    grep -q 'printed before' out || fail "$how ($*): standard output was lost"
    # A stream that comes after the locked one in libc's list cannot be reached.
    [ "$how" = abort-file ] || grep -q kept last-words || fail "$how ($*): a file was not flushed"
}

for ranks in 1 2; do
    ends 9 abort "$TOC_MPIRUN" -n $ranks
    ends 9 abort-file "$TOC_MPIRUN" -n $ranks
    ends 6 error "$TOC_MPIRUN" -n $ranks
    ends 1 finalized "$TOC_MPIRUN" -n $ranks
done
ends 9 abort env
ends 9 abort-file env
ends 1 finalized env
finish
