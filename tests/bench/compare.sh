#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Measure this library against the MPICH and Open MPI found on the machine.
#
#   compare.sh --prefix DIR [options]         DIR/bin/mpicc, or DIR/mpicc, or DIR/launcher/mpicc
#   compare.sh --mpicc PATH --mpirun PATH [options]
#
#   --bench NAMES     of latency, bandwidth, overlap, idlecpu; comma-separated; otherwise all
#   --repetitions N   interleaved runs of each library; otherwise 15 (idlecpu: 3)
#   --sizes LIST      message sizes, e.g. 8,64K,1M; otherwise each benchmark's own
#   --compute-us N    overlap: the same computation for all libraries, in microseconds; by default each
#                     computes for 1.75 times its own T_comm, which asks more of the faster one
#   --cpus "A B"      processors of the ranks; otherwise the first two cores we may use
#   --out DIR         where samples.csv and summary.csv go; otherwise bench-results
#   --peers LIST      of mpich, openmpi; otherwise both, where found
#   --ours NAME=ENV   once more under NAME with an environment variable, e.g. poll=TOCSIN_NOTIFY=poll
#   --strict          exit status 3 if a verdict is FAIL (otherwise 0: machines are noisy)
#
# The environment variables BENCH and REPETITIONS do the same as the options. Every library gets the
# same sources, flags, processors, and turns; medians and their ratios decide, with a bootstrap interval.

set -eu

die()
{
    echo "compare.sh: $*" >&2
    exit 2
}

here=$(cd "$(dirname "$0")" && pwd)
examples=$here/../../examples
prefix='' our_mpicc='' our_mpirun='' benches=${BENCH:-latency,bandwidth,overlap,idlecpu}
repetitions=${REPETITIONS:-} sizes='' compute='' cpus='' out=bench-results peers=mpich,openmpi strict=0
variants=()

while [ $# -gt 0 ]; do
    case $1 in
    --strict) strict=1 ;;
    --*) [ $# -ge 2 ] || die "$1 needs a value" ;;
    esac
    case $1 in
    --prefix) prefix=$2 && shift ;;
    --mpicc) our_mpicc=$2 && shift ;;
    --mpirun) our_mpirun=$2 && shift ;;
    --bench) benches=$2 && shift ;;
    --repetitions) repetitions=$2 && shift ;;
    --sizes) sizes=$2 && shift ;;
    --compute-us) compute=$2 && shift ;;
    --cpus) cpus=$2 && shift ;;
    --out) out=$2 && shift ;;
    --peers) peers=$2 && shift ;;
    --ours) variants+=("$2") && shift ;;
    --strict) ;;
    *) die "unknown option $1" ;;
    esac
    shift
done

# The tool $1 in one of the places where a build or an installation has it.
find_tool()
{
    local d

    for d in bin . launcher; do
        if [ -x "$prefix/$d/$1" ]; then
            echo "$prefix/$d/$1"
            return
        fi
    done
    die "no $1 in $prefix"
}

if [ -n "$prefix" ]; then
    [ -n "$our_mpicc" ] || our_mpicc=$(find_tool mpicc)
    [ -n "$our_mpirun" ] || our_mpirun=$(find_tool mpirun)
fi
if [ -z "$our_mpicc" ] || [ -z "$our_mpirun" ]; then
    die "--prefix, or --mpicc and --mpirun, is required"
fi
[ -z "$repetitions" ] || [[ $repetitions =~ ^[1-9][0-9]*$ ]] || die "not a number: $repetitions"
for bench in ${benches//,/ }; do
    [[ $bench =~ ^(latency|bandwidth|overlap|idlecpu)$ ]] || die "unknown benchmark $bench"
done

# The processors that we may use, one of each core.
first_cores()
{
    local allowed

    allowed=$(awk '/^Cpus_allowed_list/ {print $2}' /proc/self/status)
    lscpu -p=CPU,CORE,SOCKET | awk -F, -v allowed="$allowed" '
        BEGIN {
            n = split(allowed, part, ",")
            for (i = 1; i <= n; i++) {
                m = split(part[i], range, "-")
                for (c = range[1] + 0; c <= range[m] + 0; c++)
                    may[c] = 1
            }
        }
        !/^#/ && ($1 in may) && !(($2, $3) in seen) {
            seen[$2, $3] = 1
            print $1
        }' | head -n 2 | xargs
}
if [ -z "$cpus" ]; then
    cpus=$(first_cores)
    [[ $cpus == *" "* ]] || cpus=$(awk '/^processor/ {print $3}' /proc/cpuinfo | head -n 2 | xargs)
fi
[[ $cpus == *" "* ]] || die "two processors are needed, found \"$cpus\""

mkdir -p "$out"
out=$(cd "$out" && pwd)
samples=$out/samples.csv
rm -f "$samples" "$out/summary.csv" "$out/errors.log"

# name → directory of the programs, launcher; and the environment of variants
libraries=(tocsin)
declare -A mpicc=([tocsin]=$our_mpicc) launch=([tocsin]=$our_mpirun) extra=([tocsin]='')
for peer in ${peers//,/ }; do
    if command -v "mpicc.$peer" >/dev/null && command -v "mpirun.$peer" >/dev/null; then
        libraries+=("$peer")
        mpicc[$peer]=mpicc.$peer
        launch[$peer]=mpirun.$peer
        extra[$peer]=''
    else
        echo "compare.sh: no mpicc.$peer and mpirun.$peer here; going on without" >&2
    fi
done
[ "${launch[openmpi]:-}" = '' ] || launch[openmpi]+=' --allow-run-as-root --oversubscribe --bind-to none'

for library in "${libraries[@]}"; do
    mkdir -p "$out/bin-$library"
    for bench in ${benches//,/ }; do
        source=$here/$bench.c
        [ -r "$source" ] || source=$examples/$bench.c
        "${mpicc[$library]}" -std=gnu11 -O2 -w "$source" -o "$out/bin-$library/$bench" ||
            die "cannot build $bench with ${mpicc[$library]}"
    done
done

# Same programs, another environment; not counted as peers.
for variant in ${variants[@]+"${variants[@]}"}; do
    name=tocsin-${variant%%=*}
    [[ ${variant#*=} == *=* ]] || die "--ours wants NAME=VARIABLE=VALUE, not $variant"
    libraries+=("$name")
    launch[$name]=$our_mpirun
    extra[$name]=${variant#*=}
    ln -sfn "bin-tocsin" "$out/bin-$name"
done

# The program's output on standard input → metric,value
metrics()
{
    case $1 in
    latency) awk -F, 'NR > 1 {print "latency_us/" $1 "," $2}' ;;
    bandwidth) awk -F, 'NR > 1 {print "one_way_MBps/" $1 "," $2 "\nboth_ways_MBps/" $1 "," $3}' ;;
    overlap) awk -F, 'NR > 1 {print "exposed_us/" $1 "/" $2 "," $6}' ;;
    idlecpu) awk -F, 'NR > 1 {print "idle_cpu_s/" $1 "," $2}' ;;
    esac
}

arguments()
{
    case $1 in
    overlap) echo "--csv -r 31 ${sizes:+-s $sizes} ${compute:+--compute-us $compute}" ;;
    idlecpu) echo 10 ;;
    *) echo "${sizes:+-s $sizes}" ;;
    esac
}

# One run of $2 with library $1, repetition $3.
run_one()
{
    local output

    # shellcheck disable=SC2046,SC2086 # lists of words
    if ! output=$(env ${extra[$1]} timeout 300 ${launch[$1]} -n 2 "$here/bind.sh" "$cpus" \
        "$out/bin-$1/$2" $(arguments "$2") 2>>"$out/errors.log" </dev/null); then
        echo "compare.sh: $2 with $1 failed in repetition $3; see $out/errors.log" >&2
        broken=1
        return
    fi
    metrics "$2" <<<"$output" |
        awk -F, -v library="$1" -v repetition="$3" '{print $1 "," library "," repetition "," $2}' \
            >>"$samples"
}

# A busy machine spoils everything; the reader of the table should know.
load=$(cut -d ' ' -f 1 /proc/loadavg)
if awk -v load="$load" 'BEGIN {exit !(load > 0.5)}'; then
    echo "compare.sh: the machine is busy (load $load): expect wide intervals" >&2
fi

broken=0 failures=0
echo "metric,library,repetition,value" >"$samples"
for bench in ${benches//,/ }; do
    count=${repetitions:-15}
    [ "$bench" != idlecpu ] || count=${repetitions:-3}
    for ((r = 1; r <= count; r++)); do
        for library in "${libraries[@]}"; do
            run_one "$library" "$bench" "$r"
        done
    done
done

echo "ranks on processors $cpus; load before $load; ratio: tocsin over the better peer"
awk -v ours=tocsin -v summary="$out/summary.csv" -f "$here/compare.awk" "$here/bars" "$samples" ||
    failures=$?
echo "samples: $samples; medians and intervals: $out/summary.csv"
[ $broken -eq 0 ] || exit 1
[ $failures -eq 0 ] || [ $failures -eq 3 ] || exit 1
[ $strict -eq 0 ] || exit $failures
