#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Standard input goes to rank 0, the others find it empty; a terminal is passed on.
# shellcheck disable=SC2016
. "${0%/*}/helpers.sh"

seq 1 20000 >numbers
timeout 60 "$TOC_MPIRUN" -n 3 sh -c 'cat >got.$TOCSIN_RANK' <numbers || fail "stdin from a file"
cmp numbers got.0 || fail "rank 0 has not read all"
[ ! -s got.1 ] || fail "rank 1 has read something"
[ ! -s got.2 ] || fail "rank 2 has read something"

# Rank 0 inherits it: what it does not read stays for the next program.
(
    timeout 60 "$TOC_MPIRUN" -n 2 sh -c 'read -r line; echo $line'
    cat
) <numbers >rest
[ "$(wc -l <rest)" -gt 10000 ] || fail "mpirun has eaten input that rank 0 did not read"

run "$TOC_MPIRUN" -n 2 cat <&-
expect 0 "closed standard input"

# On a terminal.
if command -v script >/dev/null; then
    (sleep 0.5; echo hello; sleep 0.5; printf '\004') |
        timeout 60 script -q -e -c "'$TOC_MPIRUN' -n 2 sh -c 'cat >tty.\$TOCSIN_RANK'" typescript \
            >/dev/null
    [ "$(cat tty.0)" = hello ] || fail "rank 0 got '$(cat tty.0)' from the terminal"
    [ ! -s tty.1 ] || fail "rank 1 got something from the terminal"
    # Ctrl-C typed at the terminal.
    (sleep 1; printf '\003'; sleep 0.5) |
        timeout 60 script -q -e -c "'$TOC_MPIRUN' -n 2 sleep $mark" typescript >/dev/null
    code=$?
    expect 130 "Ctrl-C"
    expect_gone "Ctrl-C"
    # In the background of an interactive shell mpirun leaves the terminal alone.
    timeout 60 script -q -e -c "bash -m -c \"'$TOC_MPIRUN' -n 2 sleep 0.3 & wait \\\$!\"" \
        typescript >/dev/null </dev/null || fail "in the background of a terminal"
fi
finish
