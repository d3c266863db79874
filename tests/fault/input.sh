#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Standard input goes to rank 0, the others find it empty, unless --stdin says otherwise; a terminal
# is passed on.
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

# --stdin: another rank, nobody, all.
run "$TOC_MPIRUN" -n 3 --stdin 2 sh -c 'cat >got.$TOCSIN_RANK' <numbers
expect 0 "--stdin 2"
cmp numbers got.2 || fail "--stdin 2: rank 2 has not read all"
[ ! -s got.0 ] || fail "--stdin 2: rank 0 has read something"
run "$TOC_MPIRUN" -n 2 --stdin none cat <numbers
expect 0 "--stdin none"
[ ! -s out ] || fail "--stdin none: somebody has read something"
run "$TOC_MPIRUN" -n 3 --stdin all sh -c 'cat >got.$TOCSIN_RANK' <numbers
expect 0 "--stdin all from a file"
for rank in 0 1 2; do
    cmp numbers got.$rank || fail "--stdin all: rank $rank has not read all"
done
# shellcheck disable=SC2002
cat numbers | timeout 60 "$TOC_MPIRUN" -n 3 -s all sh -c 'cat >got.$TOCSIN_RANK' ||
    fail "--stdin all from a pipe"
for rank in 0 1 2; do
    cmp numbers got.$rank || fail "--stdin all from a pipe: rank $rank has not read all"
done
run "$TOC_MPIRUN" -n 2 --stdin all cat </dev/null
expect 0 "--stdin all of nothing"
run "$TOC_MPIRUN" -n 2 --stdin all cat <&-
expect 0 "--stdin all, closed"

# Ranks that close it, that leave, or that read nothing until others have failed: more than pipes
# and buffers hold. mpirun sees the ends of ranks meanwhile.
seq 1 200000 >many
run "$TOC_MPIRUN" -n 3 --stdin all sh -c 'case $TOCSIN_RANK in
    0) cat >got.0 ;;
    1) exec <&-; until [ -e over ]; do sleep 0.05; done ;;
    esac
    [ $TOCSIN_RANK -ne 0 ] || : >over' <many
expect 0 "--stdin all, with ranks that do not read"
cmp many got.0 || fail "--stdin all: a rank that closes its input keeps others from theirs"
run "$TOC_MPIRUN" -n 2 --stdin all sh -c 'if [ $TOCSIN_RANK = 0 ]; then
    head -c 100000 >/dev/null; exit 3; fi; exec sleep '"$mark" <many
expect 3 "--stdin all: a rank fails while another does not read"
run "$TOC_MPIRUN" -n 2 --timeout 1 --stdin all sleep "$mark" <many
expect 124 "--stdin all, and nobody reads"
expect_gone "--stdin all"

run "$TOC_MPIRUN" -n 2 cat <&-
expect 0 "closed standard input"

# On a terminal.
if command -v script >/dev/null; then
    (sleep 0.5; echo hello; sleep 0.5; printf '\004') |
        timeout 60 script -q -e -c "'$TOC_MPIRUN' -n 2 sh -c 'cat >tty.\$TOCSIN_RANK'" typescript \
            >/dev/null
    [ "$(cat tty.0)" = hello ] || fail "rank 0 got '$(cat tty.0)' from the terminal"
    [ ! -s tty.1 ] || fail "rank 1 got something from the terminal"
    (sleep 0.5; echo hello; sleep 0.5; printf '\004') |
        timeout 60 script -q -e -c "'$TOC_MPIRUN' --stdin all -n 2 sh -c 'cat >tty.\$TOCSIN_RANK'" \
            typescript >/dev/null
    [ "$(cat tty.0 tty.1 | tr '\n' ' ')" = "hello hello " ] ||
        fail "--stdin all on a terminal: '$(cat tty.0)', '$(cat tty.1)'"
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
