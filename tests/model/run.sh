#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Checks the Promela models of this folder: every base case of the file `cases` must verify to the
# end, every mutant must fail. Arguments: names of models (default: all). Works in a directory of
# its own; needs spin and a C compiler (77 without), 1.5 GB of memory and a few minutes.

here=$(cd "$(dirname "$0")" && pwd) || exit 1
compiler=${CC:-gcc}
depth=200000
megabytes=1500

command -v spin >/dev/null 2>&1 || { echo "spin is not installed"; exit 77; }
# CC may carry options.
# shellcheck disable=SC2086
echo 'int main(void) { return 0; }' | $compiler -x c -o /dev/null - 2>/dev/null ||
    { echo "no C compiler"; exit 77; }

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1

# Verifies one model with some switches; output in ./out.
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
        $compiler -O2 -w -DSAFETY -DNOREDUCE -DCOLLAPSE "-DMEMLIM=$megabytes" -o pan pan.c \
            >>out 2>&1 || return 1
    # In the doorbell a preempted sender stops where it stands, which is no mistake: there the
    # monitor alone judges what a good end is.
    case $source in
    */doorbell.pml) ./pan -E -w22 "-m$depth" >>out 2>&1 ;;
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

passed=0
failed=0

report()
{
    if [ "$1" = ok ]; then
        passed=$((passed + 1))
        echo "ok $2"
    else
        failed=$((failed + 1))
        echo "FAILED $2"
        sed 's/^/    /' out | head -n 40
    fi
}

# Is this model asked for?
models=" $* "
wanted()
{
    case $models in
    '  ' | *" $1 "*) return 0 ;;
    esac
    return 1
}

while read -r model kind switches; do
    case $model in
    '' | '#'*) continue ;;
    esac
    wanted "$model" || continue
    # The switches of a case are words.
    # shellcheck disable=SC2086
    verify "$model" $switches
    case $kind in
    base)
        states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' out)
        if verified; then
            report ok "base $model${switches:+ $switches}: $states states"
        else
            report no "base $model${switches:+ $switches}: not verified"
        fi
        ;;
    mutant)
        if found; then
            report ok "mutant $model $switches: found"
        else
            report no "mutant $model $switches: not found"
        fi
        ;;
    *)
        echo "unknown kind in cases: $kind" >out
        report no "$model $kind $switches"
        ;;
    esac
done <"$here/cases"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
