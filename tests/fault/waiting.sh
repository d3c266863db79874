#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A rank that waits polls where that pays, and leaves the core to others where it does not. What is
# judged are shares of processor time and the library's counters, which do not depend on the
# machine. What disturbs a run (another job has the core, a sender is late) only makes them worse, so
# that one good run of several will do; a library that waits wrongly has none.
. "${0%/*}/helpers.sh"

"$TOC_MPICC" -O2 -o waiting "$sources/waiting.c" || exit 99
runs=5

# job RANKS ARGUMENTS...: one line for each rank that waits: its milliseconds of processor time, its
# child's, and those that passed.
job()
{
    ranks=$1
    shift
    run env TOCSIN_STATS=1 "$TOC_MPIRUN" -n "$ranks" ./waiting "$@"
    expect 0 "$*"
}

# lines_are CONDITION: of awk, true for each line that the program has printed; there must be some.
lines_are()
{
    awk "!($1) { bad = 1 } END { exit bad || NR == 0 }" out
}

# Value of a counter of rank 1; 0 where it is not printed.
counter()
{
    awk -v name="$1" '$1 == "tocsin[1]" && $3 == name { value = $4 } END { print value + 0 }' err
}

# Of the waits that were for this rank to decide about, less than 1 % are slept in. On a machine
# where others want the cores most are not: the rank gives way, or its peer is late so often that
# polling no longer pays.
few_sleeps()
{
    excused=$(($(counter waits_short_polite) + $(counter waits_short_spent)))
    waits=$(($(counter waits_short) - excused))
    sleeps=$(($(counter waits_short_slept) - excused))
    [ $waits -ge 300 ] && [ $((sleeps * 100)) -lt $waits ]
}

# one_is_good DESCRIPTION CONDITION RANKS ARGUMENTS...
one_is_good()
{
    what=$1
    condition=$2
    shift 2
    for try in $(seq $runs); do
        job "$@"
        if eval "$condition"; then
            echo "$what: run $try"
            return
        fi
    done
    fail "$what: in none of $try runs; the last one:"
    sed 's/^/    /' out err
}

one_is_good 'a message every 20 ms costs 2 % of a core at most' \
    "lines_are '\$1 <= 0.02 * \$3'" 2 every 20000 10
one_is_good 'where one comes every 300 us, less than 1 % of the waits sleep' few_sleeps \
    2 every 300 3
one_is_good 'somebody who computes on the same core has 45 % of it at least' \
    "lines_are '\$2 >= 0.45 * (\$1 + \$2) && \$2 > 0'" 2 hog 300 3
one_is_good 'a rank that waits for 10 s uses 10 ms at most' "lines_are '\$1 <= 10'" 2 once 10
# More ranks than most machines have cores: here nobody polls for long.
one_is_good 'the ranks of an idle job sleep' "lines_are '\$1 <= 10'" 8 once 3
finish
