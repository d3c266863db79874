#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Nothing that ranks send to mpirun's broker of descriptors stops it, or costs it descriptors.
. "${0%/*}/helpers.sh"

"$TOC_MPICC" -w -D_GNU_SOURCE -o broker "$sources/broker.c" || exit 99
run "$TOC_MPIRUN" --emulate-uintr -n 2 sh -c 'test -n "$TOCSIN_EXCHANGE_FD"'
[ "$code" -eq 0 ] || exit 77
for what in garbage empty descriptors; do
    run "$TOC_MPIRUN" --emulate-uintr -n 2 ./broker $what
    expect 0 "$what"
    more=$(sed -n 's/descriptors of mpirun: \(-*[0-9]*\) more/\1/p' out)
    [ "${more:-99}" -le 4 ] || fail "$what: mpirun has ${more:-?} descriptors more"
done
run timeout 30 "$TOC_MPIRUN" --emulate-uintr -n 2 ./broker full
expect 137 "a full socket, and a rank that is killed"
says "rank 1"
finish
