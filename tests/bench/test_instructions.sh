#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The instructions of an 8-byte MPI_Irecv, MPI_Send and MPI_Wait to oneself stay below a generous
# ceiling. Counted by callgrind, so this is no matter of time. Skipped (77) without valgrind and in
# builds that are not optimised or instrumented, which say so in CFLAGS.
set -u
. ./tests/paths.sh
ceiling=${CEILING:-2500}
case $(cat Makefile 2>/dev/null | sed -n 's/^CFLAGS = //p; s/^SANITIZE_CFLAGS = //p') in
*-fsanitize* | *-O0* | *--coverage*) exit 77 ;;
*-O*) ;;
*) exit 77 ;;
esac
command -v valgrind >/dev/null || exit 77
work=$(mktemp -d "${TMPDIR:-/tmp}/tocsin-bench.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
"$TOC_MPICC" -O2 "$TOC_SRCDIR/tests/bench/self.c" -o "$work/self" || exit 1

# Instructions of a whole run with $1 messages.
instructions()
{
    timeout -k 5 120 "$TOC_MPIRUN" -n 1 --bind-to none valgrind --tool=callgrind \
        --callgrind-out-file=/dev/null "$work/self" "$1" >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        return 1
    }
    awk '/Collected *:/ { print $NF }' "$work/log"
}

few=$(instructions 100) && many=$(instructions 1100) || exit 1
if [ -z "$few" ] || [ -z "$many" ]; then
    cat "$work/log"
    exit 1
fi
each=$(((many - few) / 1000))
echo "instructions: $each for a send and a receive of 8 bytes"
# Less than a hundred would be no message.
[ $each -ge 100 ] && [ $each -le "$ceiling" ]
