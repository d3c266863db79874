#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A rank writes over the job's segment. The job may end well, or with wrong data (44, 45: payload is
# not checked), or the rank that scribbles dies of it (the header cannot be written to), or somebody
# says what has been found where. Nobody else dies of a signal, and nothing is silent.
#
#     scribble.sh [SEEDS [FIRST]]      of each region; otherwise 3, from 1
. "${0%/*}/helpers.sh"

seeds=${1:-3} first=${2:-1}
"$TOC_MPICC" -O2 -I "$sources/../../lib" -o scribble "$sources/scribble.c" || exit 99

# Is the last run's end one of the allowed ones?
is_right()
{
    if grep -Eq 'rank [1-9][0-9]* .*was killed by signal' err; then
        return 1
    fi
    case $code in
    0) grep -q 'END ok' out ;;
    44 | 45) true ;;
    139) grep -q 'rank 0 .*was killed by signal 11 ' err ;;
    *) grep -v 'the job has taken longer' err | grep -Eq '^(tocsin\[[0-9]+\]|mpirun):' ;;
    esac
}

# scribble REGION NOTIFIER RANKS [once]
scribble()
{
    for seed in $(seq "$first" $((first + seeds - 1))); do
        # shellcheck disable=SC2086 # none or one word
        run env "TOCSIN_NOTIFY=$2" "$TOC_MPIRUN" --timeout 30 -n "$3" ./scribble "$1" "$seed" ${4-}
        is_right && continue
        fail "$1 $seed ${4-}, $2, $3 ranks: exit code $code"
        sed 's/^/    /' err
    done
}

for region in header state ranks held bells notices xfers adverts control cells rings slots all; do
    scribble $region auto 3
    scribble $region auto 2 once
done
# Where others wake a rank, and where nobody does.
scribble bells thread 3
scribble bells poll 3
# More ranks than most machines have cores, whose rings are not all watched.
scribble cells auto 6
scribble bells auto 6
finish
