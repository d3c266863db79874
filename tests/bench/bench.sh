#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Measure this library against the MPIs found on the machine, with what the machine can do at best
# beside it. Every library gets the same sources, flags, processors and turns.
#
#   bench.sh --prefix DIR [options]         DIR/bin/mpicc, or DIR/mpicc, or DIR/launcher/mpicc
#   bench.sh --mpicc PATH --mpirun PATH [options]
#
#   --bench NAMES      comma-separated (bench.sh --list); otherwise all
#   --repetitions N    turns of each library; otherwise 15
#   --quick            2 turns, each just long enough to see that everything works
#   --peers LIST       of mpicc commands: names as mpich, openmpi for mpicc.mpich, mpicc.openmpi, or paths
#                      with a '/'; or none. Otherwise mpich,openmpi where found, and those of MPICC=
#   --cpus A,B,...     processors of the ranks; otherwise one of each core that we may use
#   --out DIR          where everything goes; otherwise bench-results
#   --variant NAME=VAR=VALUE   ours once more as tocsin-NAME with an environment variable, e.g.
#                      poll=TOCSIN_NOTIFY=poll, always=TOCSIN_INTERRUPT=always; may come several times
#   --strict           exit status 3 if a verdict is "fail" (otherwise 0: machines are noisy)
#
# The environment variables BENCH, REPETITIONS, QUICK=1, VARIANTS (blanks between) and MPICC do the same
# as the options. Results: report.txt, samples.csv, summary.csv and, where gnuplot is installed, plots.

set -u

die()
{
    echo "bench.sh: $*" >&2
    exit 2
}

note()
{
    echo "bench.sh: $*" >&2
}

here=$(cd "$(dirname "$0")" && pwd) || exit 2
# shellcheck source=/dev/null
. "$here/libraries.sh"
# shellcheck source=/dev/null
. "$here/benchmarks.sh"

prefix='' our_mpicc='' our_mpirun='' benches=${BENCH:-} repetitions=${REPETITIONS:-} cpus=''
out=bench-results peers='' strict=0 quick=0
[ "${QUICK:-0}" = 0 ] || quick=1
read -r -a variants <<<"${VARIANTS:-}"

while [ $# -gt 0 ]; do
    case $1 in
    --list)
        echo "$all_benches"
        exit 0
        ;;
    --strict) strict=1 ;;
    --quick) quick=1 ;;
    --*) [ $# -ge 2 ] || die "$1 needs a value" ;;
    esac
    case $1 in
    --prefix) prefix=$2 && shift ;;
    --mpicc) our_mpicc=$2 && shift ;;
    --mpirun) our_mpirun=$2 && shift ;;
    --bench) benches=$2 && shift ;;
    --repetitions) repetitions=$2 && shift ;;
    --peers) peers=$2 && shift ;;
    --cpus) cpus=$2 && shift ;;
    --out) out=$2 && shift ;;
    --variant) variants+=("$2") && shift ;;
    --strict | --quick) ;;
    *) die "unknown option $1" ;;
    esac
    shift
done
[ -n "$repetitions" ] || repetitions=$([ $quick -eq 1 ] && echo 2 || echo 15)
[[ $repetitions =~ ^[1-9][0-9]*$ ]] || die "not a number of repetitions: $repetitions"
benches=${benches:-$all_benches}
benches=${benches//,/ }
for bench in $benches; do
    [[ " $all_benches " == *" $bench "* ]] || die "unknown benchmark $bench; there are $all_benches"
done
[ -n "$cpus" ] || cpus=$(one_of_each_core)
[[ $cpus =~ ^[0-9]+(,[0-9]+)*$ ]] || die "not a list of processors: $cpus"
cpu_count=$(awk -F, '{print NF}' <<<"$cpus")
if [ "$cpu_count" -lt 2 ]; then
    note "two processors are needed, found \"$cpus\""
    exit 77
fi

quick_option=''
[ $quick -eq 0 ] || quick_option=-q
mkdir -p "$out" && out=$(cd "$out" && pwd) || die "cannot write to $out"
samples=$out/samples.csv errors=$out/errors.log broken=0
rm -f "$samples" "$out/summary.csv" "$out/report.txt"
: >"$errors"

find_libraries
build_programs

# Adds what a benchmark printed to the samples: library, repetition, lines "metric,value".
record()
{
    awk -F, -v library="$1" -v repetition="$2" '
        NF == 2 { print $1 "," library "," repetition "," $2 }' >>"$samples"
}

# One turn of benchmark $1 with library $2, repetition $3.
turn()
{
    local output

    if ! output=$("bench_$1" "$2" "$3" 2>>"$errors"); then
        note "$1 with $2 failed in repetition $3; see $errors"
        broken=1
    fi
    record "$2" "$3" <<<"$output"
}

describe_machine >"$out/machine.txt"
cat "$out/machine.txt"
load=$(cut -d ' ' -f 1 /proc/loadavg)
if awk -v load="$load" 'BEGIN {exit !(load > 0.5)}'; then
    note "the machine is busy (load $load): expect wide intervals"
fi

echo "metric,library,repetition,value" >"$samples"
for bench in $benches; do
    note "$bench"
    if declare -F "prepare_$bench" >/dev/null && ! "prepare_$bench" 2>>"$errors"; then
        note "$bench is left out: ${why_not:-it could not be prepared; see $errors}"
        continue
    fi
    parts=parts_$bench
    for ((r = 1; r <= repetitions; r++)); do
        for part in ${!parts:-all}; do
            if declare -F "before_$bench" >/dev/null && ! "before_$bench" "$part" 2>>"$errors"; then
                note "$bench: $part is left out in repetition $r; see $errors"
                broken=1
                continue
            fi
            for ((i = 0; i < ${#libraries[@]}; i++)); do
                # Another one begins each time.
                turn "$bench" "${libraries[(i + r - 1) % ${#libraries[@]}]}" "$r"
            done
        done
        measure_limits "$bench" "$r"
    done
done

failures=0
awk -v ours=tocsin -v summary="$out/summary.csv" -f "$here/statistics.awk" "$here/bars" "$samples" \
    >"$out/report.txt" || failures=$?
awk -f "$here/interrupts.awk" "$out/summary.csv" >>"$out/report.txt"
cat "$out/report.txt"
"$here/plots.sh" "$out" || note "no plots"
echo "results: $out"
if [ $failures -ne 0 ] && [ $failures -ne 3 ]; then
    die "the statistics failed"
fi
[ $broken -eq 0 ] || exit 1
[ $strict -eq 0 ] || exit $failures
