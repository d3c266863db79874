# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2034
# Sourced by the tests beside it, which are run with the paths of what they test in TOC_MPIRUN and
# TOC_MPICC. Times are bounds against hanging, never verdicts about speed.

if [ -z "$TOC_MPIRUN" ] && [ -f tests/paths.sh ]; then
    . ./tests/paths.sh
fi
: "${TOC_MPIRUN:=launcher/mpirun}" "${TOC_MPICC:=launcher/mpicc}"
case $TOC_MPIRUN in */*) TOC_MPIRUN=$(realpath "$TOC_MPIRUN") ;; esac
case $TOC_MPICC in */*) TOC_MPICC=$(realpath "$TOC_MPICC") ;; esac
sources=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/tocsin-fault.XXXXXX") || exit 99
trap 'cd / && rm -rf "$work"' EXIT
cd "$work" || exit 99
failures=0
# Of the make that runs the tests; a make of a test's own would complain of them.
unset MAKEFLAGS MFLAGS MAKELEVEL

# Processes of this test are told by an argument that no other process has: sleep accepts it.
mark=4321.$$s

fail()
{
    printf 'FAIL: %s\n' "$*"
    failures=$((failures + 1))
}

# check DESCRIPTION COMMAND...: the command must succeed.
check()
{
    description=$1
    shift
    "$@" || fail "$description"
}

# run COMMAND...: bounded, leaves its exit code in $code, its output in $work/out and $work/err.
run()
{
    timeout -k 5 60 "$@" >"$work/out" 2>"$work/err"
    code=$?
}

# expect CODE: of the last run.
expect()
{
    [ "$code" -eq "$1" ] && return
    fail "exit code $code, not $1: ${2-}"
    sed 's/^/    /' "$work/err"
}

# says TEXT: the last run's messages contain it.
says()
{
    grep -q -F -e "$1" "$work/err" && return
    fail "no message with \"$1\" but:"
    sed 's/^/    /' "$work/err"
}

# Processes with $mark in their command line; zombies have none. (grep's own does not match.)
marked()
{
    grep -l -a "4321[.]$$s" /proc/[0-9]*/cmdline 2>/dev/null | sed 's|/proc/||; s|/cmdline||'
}

is_marked()
{
    [ "$(marked | wc -l)" -ge "$1" ]
}

none_marked()
{
    [ -z "$(marked)" ]
}

# within SECONDS COMMAND...: becomes true in that time.
within()
{
    tries=$(($1 * 20))
    shift
    while ! "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.05
    done
}

# The job must have left nothing; what it did leave is ended, so that the next check is fair.
expect_gone()
{
    within 10 none_marked && return
    fail "still running after $1: $(marked | tr '\n' ' ')"
    for pid in $(marked); do
        kill -9 "$pid" 2>/dev/null
    done
}

milliseconds()
{
    date +%s%3N
}

finish()
{
    [ "$failures" -eq 0 ] || exit 1
    exit 0
}
