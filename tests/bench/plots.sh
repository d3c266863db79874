#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# plots.sh DIR: plots of DIR/summary.csv, each as SVG and PNG, into DIR. Wants gnuplot.
set -u
out=${1:?usage: plots.sh DIR}
command -v gnuplot >/dev/null || {
    echo "plots.sh: no gnuplot here" >&2
    exit 77
}
work=$(mktemp -d "${TMPDIR:-/tmp}/tocsin-plots.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
failed=0

# plot NAME SCRIPT: once for each format.
plot()
{
    local format terminal

    for format in svg png; do
        terminal='svg size 900,600 dynamic background "white"'
        [ $format = svg ] || terminal='pngcairo size 900,600'
        if ! gnuplot >"$work/log" 2>&1 <<END; then
set terminal $terminal
set output '$out/$1.$format'
set datafile separator ','
set datafile missing ''
set key outside bottom center horizontal
set grid
$2
END
            echo "plots.sh: $1.$format:" >&2
            cat "$work/log" >&2
            failed=1
        fi
    done
}

# curve NAME METRIC TITLE UNIT [log]: a line per library and one for the limit, over the sizes of
# METRIC/SIZE. Nothing if there are fewer than two sizes.
curve()
{
    local columns column script sep=''

    rm -f "$out/$1.svg" "$out/$1.png" # of an earlier run
    awk -F, -v OFS=, -v metric="$2/" '
        NR == 1 { next }
        index($1, metric) == 1 && substr($1, length(metric) + 1) ~ /^[0-9]+$/ {
            sub(/.*\//, "", $1)
            print
        }' "$out/summary.csv" | sort -t, -k1,1n >"$work/$1.csv"
    [ "$(wc -l <"$work/$1.csv")" -ge 2 ] || return 0
    script="set title '$3'; set xlabel 'bytes'; set ylabel '$4'; set logscale x 2; set format x '%.0b%B'"
    [ -z "${5:-}" ] || script="$script; set logscale y"
    script="$script
plot"
    columns=$(head -n 1 "$out/summary.csv" | tr , '\n' | sed '/^ratio$/,$d')
    column=1
    for library in $columns; do
        if [ "$library" != metric ] && [ "$library" != limit ]; then
            script="$script$sep '$work/$1.csv' using 1:$column with linespoints lw 2 title '$library'"
            sep=,
        fi
        column=$((column + 1))
    done
    # ratio, low, high, demand, verdict, machine_limit
    if awk -F, -v c=$((column + 5)) '$c != "" { n++ } END { exit !(n > 1) }' "$work/$1.csv"; then
        script="$script, '$work/$1.csv' using 1:$((column + 5)) with lines dt 2 lc 'gray' title 'limit of the machine'"
    fi
    plot "$1" "$script"
}

# Every ratio that something is demanded of, with its interval and the demand.
ratios()
{
    rm -f "$out/ratios.svg" "$out/ratios.png"
    awk -F, '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        $column["demand"] ~ /^ratio/ && $column["ratio"] != "" {
            demand = $column["demand"]
            sub(/^ratio[<>]=?/, "", demand)
            print ++n "," $1 "," $column["ratio"] "," $column["low"] "," $column["high"] "," demand
        }' "$out/summary.csv" >"$work/ratios.csv"
    [ -s "$work/ratios.csv" ] || return 0
    plot ratios "set title 'tocsin over the better peer, with 95 % intervals'
set logscale x; set xlabel 'ratio'
set yrange [$(($(wc -l <"$work/ratios.csv") + 1)):0]; set ytics font ',9' noenhanced
set arrow from 1, graph 0 to 1, graph 1 nohead lc 'gray'
plot '$work/ratios.csv' using 3:1:4:5:ytic(2) with xerrorbars pt 7 lw 2 title 'measured', \
    '$work/ratios.csv' using 6:1 with points pt 2 lc 'red' title 'demanded'"
}

curve latency latency_us 'one-way latency' 'µs' log
curve bandwidth bandwidth_MBps 'bandwidth, one way' 'MB/s'
curve both-ways both_ways_MBps 'bandwidth, both ways' 'MB/s'
for case in receiver sender both; do
    curve "exposed-$case" "exposed_us/$case" "time that the message adds: $case computes" 'µs'
    curve "exposed-$case-strided" "exposed_us/$case-strided" "the same, strided: $case computes" 'µs'
    curve "arrival-$case" "arrival_us/$case" "data there after: $case computes" 'µs' log
done
ratios
exit $failed
