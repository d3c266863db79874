#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Medians, intervals and verdicts of statistics.awk on fixed data with known answers.
here=$(cd "$(dirname "$0")" && pwd) || exit 99
work=$(mktemp -d "${TMPDIR:-/tmp}/tocsin-bench.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
failures=0

fail()
{
    echo "FAIL: $*"
    failures=$((failures + 1))
}

# field METRIC COLUMN
field()
{
    awk -F, -v metric="$1" -v name="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        $1 == metric { print $column[name] }' "$work/summary.csv"
}

# is METRIC COLUMN VALUE
is()
{
    found=$(field "$1" "$2")
    [ "$found" = "$3" ] || fail "$1, $2: \"$found\" instead of \"$3\""
}

# within METRIC COLUMN LOW HIGH
within()
{
    found=$(field "$1" "$2")
    awk -v x="$found" -v low="$3" -v high="$4" 'BEGIN { exit !(x != "" && x >= low && x <= high) }' ||
        fail "$1, $2: \"$found\" is not from $3 to $4"
}

# series METRIC LIBRARY VALUE...
series()
{
    metric=$1 library=$2
    shift 2
    i=0
    for x; do
        i=$((i + 1))
        echo "$metric,$library,$i,$x"
    done >>"$work/samples.csv"
}

cat >"$work/bars" <<'END'
# comment

lower_us/1      ratio<=0.65   floor_us
lower_us/2      ratio<=0.65   -
lower_us/3      ratio<=0.65   missing_us
higher_Mps/1    ratio>=2      -
higher_Mps/2    ratio>=2      -
zero_us         ratio<=1.0    -
below_us        ratio<=1.0    -
value_ms        value<=10     -
strict_part     value<0.001   -
alone_us        ratio<=0.5    -
shown_us        -             floor_us
paired_us       ratio<=0.55   -
beyond_us       ratio<=0.5    floor_us
beyond_Mps      ratio>=2      floor_us
beaten_us       ratio<=0.5    floor_us
END

echo "metric,library,repetition,value" >"$work/samples.csv"
# The better peer is the one with the lower median, here b; the ratio is 2/4. An even number.
series lower_us/1 tocsin 1 2 2 3
series lower_us/1 a 9 9 9 9
series lower_us/1 b 4 4 4 4
series lower_us/1 limit 1 1 1 1
series floor_us limit 1 3 2 10
# What the machine gives is 0.625 of the peer.
series beyond_us tocsin 4 4 4 4
series beyond_us a 4 4 4 4
series beyond_Mps tocsin 1 1 1 1
series beyond_Mps a 4 4 4 4
series beaten_us tocsin 1 1 1 1
series beaten_us a 4 4 4 4
# Clearly too slow: 0.9.
series lower_us/2 tocsin 9 9 9 9 9
series lower_us/2 a 10 10 10 10 10
# On both sides of the demand: 0.3 or 0.9, 3 against 4 times.
series lower_us/3 tocsin 3 9 3 9 3 9 9
series lower_us/3 a 10 10 10 10 10 10 10
# Higher is better, and so the better peer is a.
series higher_Mps/1 tocsin 50 50 50
series higher_Mps/1 a 20 20 20
series higher_Mps/1 b 1 1 1
series higher_Mps/2 tocsin 50 50 50
series higher_Mps/2 a 40 40 40
# Differences may be 0 or negative: no ratio, but a verdict.
series zero_us tocsin 1 1 1
series zero_us a 0 0 0
series below_us tocsin -3 -3 -3
series below_us a -2 -2 -2
series value_ms tocsin 9 10 11 10 10
series value_ms a 1000 1000 1000 1000 1000
series strict_part tocsin 0.001 0.001 0.001
# No peer; a variant of ours is none, nor is the machine.
series alone_us tocsin 1 1 1
series alone_us tocsin-poll 9 9 9
series alone_us limit 8 8 8
series shown_us tocsin 7 7 7
# The machine's mood is the same for all in a repetition: the ratio is 0.5 in each. Paired, the
# interval is narrow though the values differ by a factor of 100.
series paired_us tocsin 1 10 100 2 20 3 30 4 40 5 50 6 60 7 70
series paired_us a 2 20 200 4 40 6 60 8 80 10 100 12 120 14 140

status=0
awk -v ours=tocsin -v summary="$work/summary.csv" -f "$here/statistics.awk" "$work/bars" \
    "$work/samples.csv" >"$work/report" || status=$?
[ $status -eq 3 ] || fail "exit status $status instead of 3, as there are failures"

is lower_us/1 tocsin 2
is lower_us/1 a 9
is lower_us/1 ratio 0.5
within lower_us/1 low 0.25 0.5
within lower_us/1 high 0.5 0.75
is lower_us/1 machine_limit 2.5
is lower_us/1 machine_limit_metric floor_us
is lower_us/1 machine_limit_ratio 0.625
is beyond_us machine_limit_ratio 0.625
is lower_us/2 machine_limit_ratio ''
is shown_us machine_limit_ratio ''
grep -q '^lower_us/1 .* 2.5000 (floor_us), 0.625 of the peer$' "$work/report" ||
    fail "no limit within reach: $(grep '^lower_us/1 ' "$work/report")"
grep -q '^beaten_us .* 2.5000 (floor_us), 0.625 of the peer$' "$work/report" ||
    fail "no excuse is needed: $(grep '^beaten_us ' "$work/report")"
for metric in beyond_us beyond_Mps; do
    grep -q "^$metric .* 2.5000 (floor_us), 0.625 of the peer: the demand is beyond it\$" \
        "$work/report" || fail "no limit out of reach: $(grep "^$metric " "$work/report")"
done
is lower_us/2 ratio 0.9
is lower_us/2 low 0.9
is lower_us/2 high 0.9
is lower_us/2 verdict fail
is lower_us/3 ratio 0.9
is lower_us/3 low 0.3
is lower_us/3 high 0.9
is lower_us/3 verdict undecided
is lower_us/3 machine_limit ''
is higher_Mps/1 ratio 2.5
is higher_Mps/1 verdict pass
is higher_Mps/2 ratio 1.25
is higher_Mps/2 verdict fail
is zero_us ratio ''
is zero_us verdict fail
is below_us verdict pass
is value_ms tocsin 10
within value_ms low 9 10
within value_ms high 10 11
is strict_part verdict fail
is alone_us verdict 'no data'
is alone_us ratio ''
is shown_us verdict -
is shown_us machine_limit 2.5
is paired_us tocsin 10
is paired_us ratio 0.5
is paired_us low 0.5
is paired_us high 0.5
is paired_us verdict pass
grep -q '^4 pass, 6 fail, [0-9]* undecided, 1 without data$' "$work/report" ||
    fail "the sum: $(grep ' pass, ' "$work/report")"

# Without a failure the status is 0; a repetition that failed for one library is left out for it.
cat >"$work/samples.csv" <<'END'
metric,library,repetition,value
lower_us/1,tocsin,1,1
lower_us/1,a,1,4
lower_us/1,tocsin,2,1
lower_us/1,a,3,4
END
awk -v ours=tocsin -v summary="$work/summary.csv" -f "$here/statistics.awk" "$work/bars" \
    "$work/samples.csv" >"$work/report" || fail "exit status $?"
is lower_us/1 ratio 0.25
is lower_us/1 verdict pass

# Nonsense in the bars is refused.
for line in 'x ratio=1 -' 'x quotient<=1 -' 'x ratio>1 -' 'x ratio<=1'; do
    echo "$line" >"$work/bad"
    sed '1!s/^[^,]*/x/' "$work/samples.csv" |
        awk -v ours=tocsin -v summary="$work/summary.csv" -f "$here/statistics.awk" "$work/bad" - \
            >/dev/null 2>&1
    [ $? -eq 2 ] || fail "accepted: $line"
done

# The committed bars can be read, and each of them names a metric that some program prints.
printf 'metric,library,repetition,value\n' >"$work/samples.csv"
awk '!/^#/ && NF { print $1 ",tocsin,1,1" }' "$here/bars" >>"$work/samples.csv"
awk -v ours=tocsin -v summary="$work/summary.csv" -f "$here/statistics.awk" "$here/bars" \
    "$work/samples.csv" >/dev/null || [ $? -eq 3 ] || fail "the committed bars cannot be read"
awk '!/^#/ && NF { sub(/\/.*/, "", $1); print $1 }' "$here/bars" | sort -u | while read -r name; do
    stem=$(echo "$name" | sed 's/_MBps$//')
    grep -q "$stem" "$here"/*.c "$here/benchmarks.sh" || echo "$name"
done >"$work/unknown"
[ ! -s "$work/unknown" ] || fail "nobody measures $(cat "$work/unknown")"

[ $failures -eq 0 ] && echo "statistics: all as expected"
[ $failures -eq 0 ]
