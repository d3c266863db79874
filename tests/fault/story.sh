#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The form of what ./quickstart run prints and of the programs under it. Figures are not looked at.
. "${0%/*}/helpers.sh"

# has PATTERN: a line of the last run's output.
has()
{
    grep -qE -e "$1" out || fail "no line with \"$1\" in: $(cat out)"
}

# hasnt PATTERN
hasnt()
{
    ! grep -E -e "$1" out >found || fail "$1: $(cat found)"
}

cd "$TOC_BUILDDIR" || exit 99
run examples/story 0 0
cd "$work" || exit 99
expect 0 "one round"
has '^interrupts  are (user interrupts|signals|wake-ups of a progress thread) here'
has '^machine     [0-9]+ processors( \([0-9]+ of them for this\))?, of which others used [0-9]+\.[0-9]+ meanwhile; load [0-9.]+$'
has '^samples     [0-9]+ runs in 2 jobs that took turns; [0-9]+ were discarded'
for case in receiver sender both; do
    for size in '64 KiB' '256 KiB' '1 MiB'; do
        # One round tells nothing.
        has "^$case +[0-9]+ µs +$size \| \? +[a-z0-9?% ]+ \| \? +[a-z0-9?% ]+ \| \?\$"
    done
done
has '^Its total time for five steps .*, in 1 pairs of$'
has '^1 MiB into a computing receiver: what is better cannot be told here now\.$'
has '^The halo exchange: what is better cannot be told here now\.$'
hasnt '100(\.0)? %|-[0-9]|nan|inf'

# Some rounds, and where something can be told: no time is negative, none an infinity.
cd "$TOC_BUILDDIR" || exit 99
run examples/story 3 1
cd "$work" || exit 99
expect 0 "some rounds"
hasnt '100(\.0)? %|-[0-9]|nan|inf'

run "$TOC_BUILDDIR/examples/story" 0 0
expect 1 "in another directory"
says "start this in the build directory"

# overlap keeps the options that it had.
overlap="$TOC_MPIRUN -n 2 $TOC_BUILDDIR/examples/overlap"
# shellcheck disable=SC2086 # words
run $overlap -r 3 -s 4K,64K --case receiver --compute-factor 2 --csv
expect 0 "overlap --csv"
has '^case,bytes,t_comm_us,t_compute_us,t_total_us,exposed_us,overlap_pct,arrival_us,'
[ "$(grep -c '^receiver,' out)" -eq 2 ] || fail "not two sizes: $(cat out)"
run $overlap -r 3 -s 64K --case both --compute-us 100
expect 0 "overlap"
has '^both compute +65536 '
has '^[0-9]+ of [0-9]+ runs were discarded'
run $overlap -r 2 -s 4K:50,64K:100 --samples
expect 0 "overlap --samples"
has '^discarded [0-9]+ [0-9]+$'
awk '$1 != "discarded" && !($1 ~ /^(receiver|sender|both)$/ && ($2 == 4096 || $2 == 65536) &&
    $3 ~ /^-?[0-9.]+$/ && $4 ~ /^[01]$/)' out >odd
[ ! -s odd ] || fail "a sample: $(cat odd)"
for bad in '-s 64K:' '-s 64K:x' '-s 64K:-1' '-s 64K,' '-s ,' '-r 0' '--case none' '--what'; do
    run $overlap $bad
    expect 1 "overlap $bad"
    says "overlap: cannot understand ${bad% *}"
done

# The other example checks its own result.
for arguments in '' '40 7 5 3 2' '3 3 1 2 1' '20 20 30 1 1'; do
    run "$TOC_MPIRUN" -n 2 "$TOC_BUILDDIR/examples/halo3d" $arguments
    expect 0 "halo3d $arguments"
    has ': right$'
done
run "$TOC_MPIRUN" -n 4 --bind-to none "$TOC_BUILDDIR/examples/halo3d" 50 9 10 5 1
expect 0 "halo3d with 4 ranks"
has ': right$'
run "$TOC_MPIRUN" -n 4 --bind-to none "$TOC_BUILDDIR/examples/halo3d" 50 3
expect 1 "halo3d with too few planes"
says "at least 3 x 3 points and 5 planes, not 50 x 50 and 3"
finish
