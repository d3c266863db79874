#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# A bell at every instruction boundary of Isend, Irecv, Test, Wait, Send, Recv.
#
#   run.sh [--full] [--verbose] [scenario ...]
#
#   --full        every scenario with every setting, and one bell at every boundary; otherwise each
#                 scenario with one of the settings, and as many boundaries as there is time for
#   --verbose     what was covered, for each run
#   scenario      restrict to calls whose name begins so (isend, wait-long, ...)
#
# Run it in the build directory, or give the variables of tests/paths.sh. Ends with
# "N passed, N failed"; exit status 1 if any failed, 77 where the trap flag does not work.

set -u

if [ -z "${TOC_MPIRUN-}" ] && [ -f tests/paths.sh ]; then
    # shellcheck disable=SC1091
    . ./tests/paths.sh
fi
: "${TOC_MPIRUN:?source tests/paths.sh of the build directory}" "${TOC_MPICC:?}" "${TOC_SRCDIR:?}"
sources=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

full=0 verbose=0 only=()
for word; do
    case $word in
    --full) full=1 ;;
    --verbose) verbose=1 ;;
    -*)
        echo "run.sh: unknown option $word" >&2
        exit 2
        ;;
    *) only+=("$word") ;;
    esac
done

work=$(mktemp -d "${TMPDIR:-/tmp}/tocsin-inject.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
stop()
{
    trap '' INT TERM
    # shellcheck disable=SC2046 # a list of process ids
    kill $(jobs -p) 2>/dev/null
    wait
    exit 130
}
trap stop INT TERM

"$TOC_MPICC" -std=gnu11 -O2 -g -D_GNU_SOURCE -I"$TOC_SRCDIR/lib" -o "$work/inject" \
    "$sources"/inject.c "$sources"/scenarios.c "$sources"/peer.c "$sources"/stepper.c \
    "$sources"/boundaries.c || exit 99
"$work/inject" --probe
case $? in
0) ;;
77)
    echo "the trap flag does not stop programs here: skipped"
    exit 77
    ;;
*) exit 99 ;;
esac

# Settings, beside TOCSIN_NOTIFY=signal: what the handler has to do differs.
settings=(
    'TOCSIN_CMA=1'
    'TOCSIN_CHUNK=16K TOCSIN_HANDLER_CHUNKS=1 TOCSIN_ADVERTISE=0'
    'TOCSIN_CMA=0'
)
# Real user interrupts cannot be aimed.
if ! grep -qsw uintr /proc/cpuinfo; then
    settings+=('TOCSIN_NOTIFY=uintr TOCSIN_EMULATE_UINTR=1')
fi

# Milliseconds for the trials with one bell and with two (0: all), seconds for a run.
if [ $full -eq 1 ]; then
    single=0 double=(1500 400 400 400) limit=400
else
    single=500 double=(400 400 400 400) limit=150
fi

# Each job has one core, both its ranks on it.
mapfile -t cores < <(taskset -cp $$ | sed 's/.*: *//' | tr , '\n' |
    while IFS=- read -r first last; do seq "$first" "${last:-$first}"; done)

# inject CORE DIRECTORY VARIABLES ARGUMENTS...: one run; its output is in DIRECTORY/out.
inject()
{
    local core=$1 directory=$2 variables=$3
    shift 3
    mkdir -p "$directory"
    : >"$directory/control"
    # shellcheck disable=SC2086 # several variables
    env TOCSIN_NOTIFY=signal TOCSIN_QUIET_SIZE=0 $variables TOCSIN_STATS=1 timeout -k 10 "$limit" taskset -c "$core" \
        "$TOC_MPIRUN" -n 2 "$work/inject" "$@" </dev/null >"$directory/out" 2>&1
}

# Value of counter $2 of rank 0 in the output $1.
counter()
{
    sed -n "s/^tocsin\[0\] [a-z]*: $2  *\([0-9]*\) .*/\1/p" "$1"
}

# What is wrong with the run in directory $1, which ended with code $2. Nothing if all is well.
judge()
{
    local trials taken

    if [ "$2" -eq 124 ] || [ "$2" -eq 137 ]; then
        echo "did not end within $limit s"
        return
    fi
    if [ "$2" -ne 0 ]; then
        echo "exit code $2"
        return
    fi
    # Every trial has one bell before the call, and one more at least.
    trials=$(sed -n 's/.*: \([0-9]*\) trials with one bell, .*/\1/p' "$1/out")
    taken=$(counter "$1/out" bells_taken)
    [ "${taken:-0}" -ge $((2 * ${trials:-1})) ] ||
        echo "$((2 * ${trials:-0})) bells were struck, ${taken:-0} were taken"
    [ -n "$(counter "$1/out" bells_deferred)" ] || echo "no bell struck inside the library"
    [ -z "$(counter "$1/out" rescues)" ] || echo "a sleeper was not woken (rescues)"
}

# scenario CORE NUMBER SETTING CALL BACKGROUND
scenario()
{
    local directory=$work/$2 title="$4 $5 (${settings[$3]})" code=0 wrong

    inject "$1" "$directory" "${settings[$3]}" --single $single --double "${double[$3]}" \
        "$directory/control" "$4" "$5" || code=$?
    wrong=$(judge "$directory" $code)
    if [ -z "$wrong" ]; then
        echo pass >"$directory/verdict"
        [ $verbose -eq 0 ] || grep " boundaries " "$directory/out"
        return
    fi
    echo fail >"$directory/verdict"
    {
        echo "FAIL $title: ${wrong//$'\n'/; }"
        grep -v '^tocsin\[' "$directory/out" | tail -n 20 | sed 's/^/    /'
        locate "$directory/out"
    } >"$directory/report"
    cat "$directory/report" # in one piece: others are running
}

# Source lines of the addresses in the messages of $1.
locate()
{
    local address

    command -v addr2line >/dev/null || return 0
    grep FAIL "$1" | grep -o 'libmpi_abi.so.1+0x[0-9a-f]*' | sort -u | while read -r address; do
        echo "    $address: $(addr2line -fse "$TOC_BUILDDIR/lib/.libs/libmpi_abi.so" \
            "${address#*+}" | tr '\n' ' ')"
    done
}

# mutant CORE NUMBER NAME CALL: a broken library has to be found out; an unbroken one not.
mutant()
{
    local directory=$work/$2 code=0

    mkdir -p "$directory/library"
    if ! "$sources/mutant.sh" "$3" "$directory/library" >"$directory/out" 2>&1; then
        echo "FAIL mutant $3: cannot be built"
        sed 's/^/    /' "$directory/out"
        return
    fi
    inject "$1" "$directory" "LD_LIBRARY_PATH=$directory/library" --wait 5 --double 400 \
        "$directory/control" "$4" request || code=$?
    if [ "$3" = none ] && [ $code -ne 0 ]; then
        echo "FAIL the library linked again for the mutants, but not broken, fails"
        sed 's/^/    /' "$directory/out"
    elif [ "$3" != none ] && ! grep -q '^inject: FAIL' "$directory/out"; then
        echo "FAIL mutant $3 was not found out (exit code $code)"
    else
        echo pass >"$directory/verdict"
        [ $verbose -eq 0 ] || echo "mutant $3: $(grep -o -m 1 ': [^:]*$' "$directory/out")"
    fi
}

# Is this call among those asked for?
wanted()
{
    local prefix

    [ ${#only[@]} -gt 0 ] || return 0
    for prefix in "${only[@]}"; do
        [[ $1 != "$prefix"* ]] || return 0
    done
    return 1
}

# All runs, one per line: function and arguments behind the core and the number.
plan()
{
    local call background number=0 i

    if [ ${#only[@]} -eq 0 ]; then
        echo "mutant none isend-small"
        for name in $("$sources/mutant.sh" --list); do
            [ "$name" = try-breaks-in ] && call=test-long || call=isend-small
            echo "mutant $name $call"
        done
    fi
    while read -r call background; do
        wanted "$call" || continue
        for i in "${!settings[@]}"; do
            [ $full -eq 0 ] && [ $((number % ${#settings[@]})) -ne "$i" ] ||
                echo "scenario $i $call $background"
        done
        number=$((number + 1))
    done < <("$work/inject" --list)
}

mapfile -t runs < <(plan)
[ ${#runs[@]} -gt 0 ] || {
    echo "run.sh: no such scenario: ${only[*]}" >&2
    exit 2
}

# Every core takes the next run that nobody has taken.
serve()
{
    local number

    for number in "${!runs[@]}"; do
        mkdir "$work/$number.taken" 2>/dev/null || continue
        # shellcheck disable=SC2086 # function and arguments
        set -- ${runs[$number]}
        "$1" "$core" "$number" "${@:2}"
    done
}

for core in "${cores[@]:0:8}"; do
    serve &
done
wait

passed=0 failed=0
for number in "${!runs[@]}"; do
    verdict=fail # a run without a verdict was itself killed, or has said why
    [ ! -r "$work/$number/verdict" ] || read -r verdict <"$work/$number/verdict"
    if [ "$verdict" = pass ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
sed -n 's/^\([a-z-]*\) with \([a-z]*\): \([0-9]*\) of \([0-9]*\) boundaries (\([0-9]*\) not .*two bells at \([0-9]*\), .*: \([0-9]*\) trials with one bell, \([0-9]*\) with two.*/\3 \4 \5 \6 \7 \8/p' \
    "$work"/*/out | awk '
    { done += $1; all += $2; missed += $3; double += $4; one += $5; two += $6 }
    END { printf "one bell at %d of %d boundaries (%d of these not come by), two bells at %d; " \
                 "%d trials with one bell, %d with two\n", done, all, missed, double, one, two }'
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
