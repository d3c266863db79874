#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Every benchmark runs with this library, in quick mode, and the reports are there. Its figures say
# nothing and are not looked at.
set -u
. ./tests/paths.sh
bench=$TOC_SRCDIR/tests/bench
work=$(mktemp -d "${TMPDIR:-/tmp}/tocsin-bench.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
failures=0

fail()
{
    echo "FAIL: $*"
    failures=$((failures + 1))
}

unset BENCH REPETITIONS QUICK MPICC VARIANTS
CC=$TOC_CC timeout -k 5 300 "$bench/bench.sh" --prefix "$TOC_BUILDDIR" --peers none --quick \
    --repetitions 1 --variant poll=TOCSIN_NOTIFY=poll --out "$work/out" >"$work/log" 2>&1
code=$?
[ $code -ne 77 ] || exit 77
if [ $code -ne 0 ]; then
    fail "exit code $code"
    cat "$work/log" "$work/out/errors.log"
    exit 1
fi

# Each of these with a number, also a variant's.
for metric in latency_us/8 latency_us/16777216 bandwidth_MBps/1048576 both_ways_MBps/1048576 \
    bandwidth_distinct_MBps/65536 message_rate_Mps/8 'multi_pair_Mps/8/[0-9]*' matching_us/empty \
    'matching_ratio/posted-[0-9]*' comm_us/receiver/65536 exposed_us/sender/65536 total_us/both/65536 \
    post_us/receiver/65536 wait_us/receiver/65536 arrival_us/receiver/65536 exposed_us/receiver-strided/65536 \
    exposed_part/sender/65536 slowdown_percent/1000 'interrupts_per_message/[0-9]*' hop_us/2on1 \
    hop_us/8on2 'wait_cpu_ms/[0-9]*' startup_ms/2 startup_ms/8 pss_kB/2 pss_kB/8; do
    for library in tocsin tocsin-poll; do
        grep -qE "^$metric,$library,1,-?[0-9]+(\.[0-9]+)?$" "$work/out/samples.csv" ||
            fail "no value of $metric with $library"
    done
done
for metric in handoff_us/1 handoff_us/2 ring_Mps ring_matched_Mps ring_stores_Mps memcpy_us/65536 copy_us/65536 \
    copy_MBps/65536 signal_us signal_taken_us syscall_us wake_us futex_same_us yield_same_us \
    yield_ring_us futex_ring_us; do
    grep -qE "^$metric,limit,1,[0-9]+(\.[0-9]+)?$" "$work/out/samples.csv" ||
        fail "the machine's $metric was not measured"
done
grep -q '^metric,tocsin,limit,.*,demand,verdict,' <(sed 's/,tocsin-poll//' "$work/out/summary.csv") ||
    fail "summary.csv begins with $(head -n 1 "$work/out/summary.csv")"
grep -q '^tocsin: .*; copies: .*(CMA' "$work/out/machine.txt" || fail "machine.txt says nothing of copies"
for setting in needed always; do
    for name in latency-8 receiver-64K receiver-1M slowdown-10000; do
        for what in value interrupts in_vain; do
            grep -qE "^$setting/$name/$what,tocsin,1,-?[0-9]+(\.[0-9]+)?$" "$work/out/samples.csv" ||
                fail "no $what of $name with TOCSIN_INTERRUPT=$setting"
        done
    done
done
# Whoever interrupts for every packet interrupts more often.
awk -F, '{ value[$1] = $4 }
    END { exit !(value["always/slowdown-10000/interrupts"] > value["needed/slowdown-10000/interrupts"]) }' \
    "$work/out/samples.csv" || fail "TOCSIN_INTERRUPT=always does not show in the counters"
grep -q '^TOCSIN_INTERRUPT  *needed .*always' "$work/out/report.txt" ||
    fail "no table of TOCSIN_INTERRUPT in report.txt"
if command -v gnuplot >/dev/null; then
    for format in svg png; do
        [ -s "$work/out/latency.$format" ] || fail "no latency.$format"
    done
fi

# What cannot be understood is refused before anything is measured.
for arguments in '--bench lateness' '--repetitions 0' '--cpus x' '--variant a=b' '--peers nosuchmpi' '--what'; do
    # shellcheck disable=SC2086 # words
    timeout -k 5 60 "$bench/bench.sh" --prefix "$TOC_BUILDDIR" --peers none --out "$work/bad" \
        $arguments >/dev/null 2>&1
    [ $? -eq 2 ] || fail "accepted: $arguments"
done

[ $failures -eq 0 ] && echo "smoke: $(wc -l <"$work/out/samples.csv") samples"
[ $failures -eq 0 ]
