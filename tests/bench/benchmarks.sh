# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Sourced by bench.sh: the benchmarks. bench_NAME LIBRARY REPETITION prints lines "metric,value";
# prepare_NAME comes before all of them and may refuse, with its reason in why_not; limits_NAME says
# which groups of limits.c stand beside it; programs_NAME which programs it wants, where that is not its
# own name. parts_NAME: words; a repetition goes through them one by one, and in each through the
# libraries, after before_NAME PART.

all_benches='latency bandwidth rate pairs matching overlap slowdown interrupts crowd wait startup memory instructions'
programs_pairs='rate' programs_interrupts='pingpong latency overlap slowdown' programs_startup='hello' programs_instructions='self'
limits_latency='line copy' limits_bandwidth='copy' limits_rate='ring' limits_overlap='signal copy'
limits_slowdown='signal' limits_crowd='sleep crowd' limits_pairs='ring'

# The programs that the chosen benchmarks want, and those of describe_machine.
wanted_programs()
{
    local bench own

    for bench in latency hello $benches; do
        own=programs_$bench
        # shellcheck disable=SC2086 # a list
        printf '%s\n' ${!own:-$bench}
    done | sort -u
}

measure_limits()
{
    local groups=limits_$1 two

    [ -n "${!groups:-}" ] || return 0
    two=$(cut -d , -f 1-2 <<<"$cpus")
    # shellcheck disable=SC2086 # lists
    timeout 60 "$out/limits" ${quick_option} ${two//,/ } ${!groups} 2>>"$errors" | record limit "$2"
}



# bound LIBRARY RANKS PROGRAM ARGUMENT...: each rank on a processor of its own.
bound()
{
    local library=$1 ranks=$2 program=$3
    shift 3

    # shellcheck disable=SC2086 # one word or none
    start "$library" "$ranks" "$cpus" "${bin[$library]}/$program" $quick_option -c "$cpus" "$@"
}

# crowded LIBRARY RANKS PROCESSORS PROGRAM ARGUMENT...: all ranks on all of those processors.
crowded()
{
    local library=$1 ranks=$2 processors=$3 program=$4
    shift 4

    # shellcheck disable=SC2086 # one word or none
    start "$library" "$ranks" "$processors" "${bin[$library]}/$program" $quick_option "$@"
}

bench_latency()
{
    bound "$1" 2 latency
}

bench_bandwidth()
{
    bound "$1" 2 bandwidth && bound "$1" 2 bandwidth distinct -s 64K,1M
}

bench_rate()
{
    bound "$1" 2 rate
}

# As many pairs as there are processors for, at least two, which then share two processors.
bench_pairs()
{
    local ranks=$((cpu_count / 2 * 2))

    if [ $ranks -ge 4 ]; then
        bound "$1" $ranks rate
    else
        crowded "$1" 4 "$cpus" rate
    fi
}

bench_matching()
{
    bound "$1" 2 matching
}

# Size by size: the machine changes its mind within seconds, and the libraries are to be compared
# with each other under the same conditions. Strided ones together, since no demand hangs on them.
parts_overlap='contiguous/65536 contiguous/262144 contiguous/1048576 contiguous/4194304
    strided/65536,strided/262144,strided/1048576,strided/4194304'
overlap_arguments=''

# The computation is the same for all: 1.75 times what the message alone takes the better peer (ours,
# if there is none), by a look right before.
before_overlap()
{
    local sizes=${1//,/ } library looks

    looks=$(for library in "${libraries[@]}"; do
        [[ $library == tocsin-* ]] && continue
        [ "$library" = tocsin ] && [ ${#libraries[@]} -gt $((1 + ${#variants[@]})) ] && continue
        # shellcheck disable=SC2086 # a list
        bound "$library" 2 overlap comm $sizes
    done)
    overlap_arguments=$(awk -F, -v sizes="$sizes" '
        {
            sub(/^comm_us\//, "", $1)
            if (!($1 in best) || $2 < best[$1])
                best[$1] = $2
        }
        END {
            n = split(sizes, size, " ")
            for (k = 1; k <= n; k++) {
                if (!(size[k] in best))
                    exit 1
                printf " %s:%.3f", size[k], 1.75 * best[size[k]]
            }
        }' <<<"$looks")
}

bench_overlap()
{
    # shellcheck disable=SC2086 # a list
    bound "$1" 2 overlap $overlap_arguments
}

# With interrupts for every message in a run of its own, which has metrics of its own.
bench_slowdown()
{
    bound "$1" 2 slowdown || return
    [ "$1" = tocsin ] || return 0
    TOCSIN_INTERRUPT=always bound "$1" 2 slowdown | sed 's/^slowdown_percent/slowdown_always_percent/'
}

# Counters are printed by Tocsin only; other libraries interrupt nobody.
bench_interrupts()
{
    local messages=1000000 statistics setting

    [ "${family[$1]}" = tocsin ] || return 0
    statistics=$(TOCSIN_STATS=1 bound "$1" 2 pingpong $messages 2>&1) || return
    awk -F, '
        /^messages,/ { messages = $2 }
        /: bells_taken / { split($0, part, /: bells_taken */); bells += part[2] }
        END {
            if (!messages)
                exit 1
            printf "interrupts_per_message/%d,%.9f\n", messages, bells / messages
        }' <<<"$statistics"
    [ "$1" = tocsin ] || return 0
    for setting in needed always; do
        with_interrupts $setting latency-8 latency_us/8 latency -s 8 &&
            with_interrupts $setting receiver-64K total_us/receiver/65536 \
                overlap contiguous/65536:100 &&
            with_interrupts $setting receiver-1M total_us/receiver/1048576 \
                overlap contiguous/1048576:500 &&
            with_interrupts $setting slowdown-10000 slowdown_percent/10000 slowdown || return
    done
}

# with_interrupts SETTING NAME METRIC PROGRAM ARGUMENT...: the program's METRIC with
# TOCSIN_INTERRUPT=SETTING, and what its counters say: interrupts for each message that was received,
# and the part of them that found nothing to do. Lines SETTING/NAME/...
with_interrupts()
{
    local setting=$1 name=$2 metric=$3
    shift 3

    TOCSIN_INTERRUPT=$setting TOCSIN_STATS=1 bound tocsin 2 "$@" 2>&1 |
        awk -v name="$setting/$name" -v metric="$metric" '
            index($0, metric ",") == 1 { value = substr($0, length(metric) + 2) }
            $3 == "received" { received += $4 }
            $3 == "bells_taken" { bells += $4 }
            $3 == "bells_false" { in_vain += $4 }
            END {
                if (value == "" || !received)
                    exit 1
                printf "%s/value,%s\n%s/interrupts,%.6f\n%s/in_vain,%.4f\n", name, value, name,
                    bells / received, name, bells ? in_vain / bells : 0
            }'
}

bench_crowd()
{
    crowded "$1" 2 "${cpus%%,*}" crowd && crowded "$1" 8 "$(cut -d , -f 1-2 <<<"$cpus")" crowd
}

bench_wait()
{
    bound "$1" 2 wait
}

# From before the launcher starts until it is through; the time that it takes to confine it is not
# counted.
bench_startup()
{
    local ranks us
    # shellcheck disable=SC2016 # expanded there
    local around=(bash -c '
        begin=${EPOCHREALTIME/[.,]/}
        "$@" >/dev/null || exit
        echo $((${EPOCHREALTIME/[.,]/} - begin))' stopwatch)

    for ranks in 2 8; do
        us=$(crowded "$1" $ranks "$cpus" hello) || return
        awk -v ranks=$ranks -v us="$us" 'BEGIN { printf "startup_ms/%d,%.3f\n", ranks, us / 1000 }'
    done
}

bench_memory()
{
    crowded "$1" 2 "$cpus" memory && crowded "$1" 8 "$cpus" memory
}

prepare_instructions()
{
    why_not='valgrind is not installed'
    command -v valgrind >/dev/null
}

# The same each time, so once is enough.
bench_instructions()
{
    local few many

    [ "$2" -eq 1 ] || return 0
    few=$(instructions "$1" 100) && many=$(instructions "$1" 1100) || return
    echo "instructions/8,$(((many - few) / 1000))"
}

# Instructions of a whole run of self.c with library $1 and $2 messages.
instructions()
{
    start "$1" 1 "$cpus" valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        "${bin[$1]}/self" "$2" 2>&1 | tee -a "$errors" | awk '
        /Collected *:/ { count = $NF }
        END { if (!count) exit 1; print count }'
}
