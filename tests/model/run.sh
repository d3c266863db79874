#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Checks the Promela models of this folder: every base case of the file `cases` must verify to the
# end, every mutant must fail. Arguments: names of models (default: all). Works in a directory of
# its own, two cases at a time (MODEL_JOBS); needs spin, a C compiler (77 without) and at most
# 1.5 GB of memory for each case under way.

here=$(cd "$(dirname "$0")" && pwd) || exit 1
compiler=${CC:-gcc}
jobs=${MODEL_JOBS:-2}
models=" $* "
depth=200000
megabytes=1500

command -v spin >/dev/null 2>&1 || { echo "spin is not installed"; exit 77; }
# CC may carry options.
# shellcheck disable=SC2086
echo 'int main(void) { return 0; }' | $compiler -x c -o /dev/null - 2>/dev/null ||
    { echo "no C compiler"; exit 77; }

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# The lanes are children: they end with us.
trap 'kill $lanes 2>/dev/null; wait; exit 1' HUP INT TERM
lanes=

wanted()
{
    case $models in
    '  ' | *" $1 "*) return 0 ;;
    esac
    return 1
}

# Verifies model $1 with the switches that follow, in the current directory; output in ./out.
verify()
{
    source=$here/$1.pml
    shift
    rm -f pan* out
    for switch; do
        set -- "$@" "-D$switch"
        shift
    done
    # Partial order reduction is left out: it does not go together with `provided` clauses.
    # shellcheck disable=SC2086
    spin -a "$@" "$source" >out 2>&1 &&
        $compiler -O2 -w -DSAFETY -DNOREDUCE "-DMEMLIM=$megabytes" -o pan pan.c \
            >>out 2>&1 || return 1
    # A sender that is preempted stops where it stands, and a thread may wait for what is never sent:
    # no mistakes; there the monitor alone judges what a good end is.
    case $source in
    */doorbell.pml | */waiters.pml) ./pan -E -w24 "-m$depth" >>out 2>&1 ;;
    *) ./pan -w20 "-m$depth" >>out 2>&1 ;;
    esac
}

verified()
{
    grep -q 'errors: 0$' out &&
        ! grep -Eq 'Search not completed|max search depth too small|out of memory|MEMLIM' out
}

found()
{
    grep -Eq '^pan:1: (assertion violated|invalid end state)' out
}

# Prints the verdict on case "model kind switches".
judge()
{
    model=$1
    kind=$2
    shift 2
    name="$kind $model${*:+ $*}"
    verify "$model" "$@"
    if [ "$kind" = base ] && verified; then
        echo "ok $name: $(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' out) states"
    elif [ "$kind" = mutant ] && found; then
        echo "ok $name: found"
    else
        # In one write, so that the other lane does not get in between.
        printf '%s\n' "FAILED $name
$(sed 's/^/    /' out | head -n 40)"
    fi
}

# Every jobs-th case, from number $1 on.
lane()
{
    mkdir "$work/$1" && cd "$work/$1" || exit 1
    number=0
    while read -r model kind switches; do
        case $model in
        '' | '#'*) continue ;;
        esac
        wanted "$model" || continue
        number=$((number + 1))
        # The switches of a case are words.
        # shellcheck disable=SC2086
        [ $((number % jobs)) -ne "$1" ] || judge "$model" "$kind" $switches
    done <"$here/cases" | tee result
}

number=0
while [ "$number" -lt "$jobs" ]; do
    lane "$number" &
    lanes="$lanes $!"
    number=$((number + 1))
done
wait

# What should have run is counted by itself: a lane that dies must not look like success.
expected=0
while read -r model _; do
    case $model in
    '' | '#'*) continue ;;
    esac
    ! wanted "$model" || expected=$((expected + 1))
done <"$here/cases"
passed=$(cat "$work"/*/result | grep -c '^ok ')
echo "$passed passed, $((expected - passed)) failed"
[ "$passed" -gt 0 ] && [ "$passed" -eq "$expected" ]
