# SPDX-License-Identifier: BSD-3-Clause
#
# awk -v ours=tocsin -v summary=FILE -f compare.awk bars samples.csv
#
# Medians of interleaved runs, the ratio to the better peer with a 95 % bootstrap interval, verdicts.
# samples.csv: metric,library,repetition,value. Repetitions are drawn together for all libraries: runs
# side by side shared the machine's mood. "Better" is decided anew in every draw.

function sort(a, n,    i, j, t)
{
    for (i = 2; i <= n; i++) {
        t = a[i]
        for (j = i - 1; j >= 1 && a[j] > t; j--)
            a[j + 1] = a[j]
        a[j + 1] = t
    }
}

function median(a, n)
{
    sort(a, n)
    return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
}

# Median of one library's values at the repetitions in draw[].
function drawn_median(metric, library,    i, n, a)
{
    n = 0
    for (i = 1; i <= repetitions; i++)
        if ((metric, library, draw[i]) in value)
            a[++n] = value[metric, library, draw[i]]
    return n ? median(a, n) : "none"
}

function better(metric, a, b)
{
    if (a == "none")
        return b
    return (metric ~ /MBps/) == (b > a) ? b : a
}

# Ours and the better peer's median for the repetitions in draw[], into result_*.
function evaluate(metric,    l, m)
{
    result_ours = drawn_median(metric, ours)
    result_peer = "none"
    for (l = 1; l <= libraries; l++) {
        if (index(library_name[l], ours) == 1) # also its variants, as tocsin-poll
            continue
        m = drawn_median(metric, library_name[l])
        if (m != "none")
            result_peer = better(metric, result_peer, m)
    }
}

function ratio()
{
    if (result_ours == "none" || result_peer == "none" || result_peer <= 0)
        return "none"
    return result_ours / result_peer
}

function figure(x)
{
    return x == "none" ? "-" : sprintf(x >= 1000 ? "%.0f" : x >= 10 ? "%.2f" : "%.4f", x)
}

function verdict(low, high, limit)
{
    if (high <= limit)
        return "pass"
    return low > limit ? "FAIL" : "undecided"
}

# The 95 % interval of the quantity (ratio, or our value) into low, high.
function bootstrap(metric, by_value,    k, i, n, a, x)
{
    n = 0
    for (k = 0; k < draws; k++) {
        for (i = 1; i <= repetitions; i++)
            draw[i] = int(rand() * repetitions) + 1
        evaluate(metric)
        x = by_value ? result_ours : ratio()
        if (x != "none")
            a[++n] = x
    }
    low = high = "none"
    if (n) {
        sort_fast(a, 1, n)
        low = a[int(0.025 * (n - 1)) + 1]
        high = a[int(0.975 * (n - 1)) + 1]
    }
}

function sort_fast(a, from, to,    i, j, pivot, t)
{
    if (from >= to)
        return
    pivot = a[int((from + to) / 2)]
    i = from
    j = to
    while (i <= j) {
        while (a[i] < pivot)
            i++
        while (a[j] > pivot)
            j--
        if (i <= j) {
            t = a[i]
            a[i++] = a[j]
            a[j--] = t
        }
    }
    sort_fast(a, from, j)
    sort_fast(a, i, to)
}

function report(metric,    l, i, m, line, r, kind, limit, v)
{
    for (i = 1; i <= repetitions; i++)
        draw[i] = i
    evaluate(metric)
    r = ratio()
    kind = (metric in bar_kind) ? bar_kind[metric] : "-"
    limit = (metric in bar_kind) ? bar_limit[metric] : "-"
    line = sprintf("%-30s", metric)
    for (l = 1; l <= libraries; l++) {
        m = drawn_median(metric, library_name[l])
        line = line sprintf(" %11s", figure(m))
        printf "%s,%s,%s\n", metric, library_name[l], m > summary
    }
    bootstrap(metric, kind == "value")
    v = "-"
    if (kind != "-")
        v = low == "none" ? "no data" : verdict(low, high, limit)
    printf "%s %8s %19s %12s  %s\n", line, r == "none" ? "-" : sprintf("%.3f", r),
        low == "none" ? "-" : sprintf("[%.3f, %.3f]", low, high),
        kind == "-" ? "-" : kind " <= " limit, v
    printf "%s,ratio,%s\n%s,low,%s\n%s,high,%s\n%s,verdict,%s\n", metric, r, metric, low, metric, high,
        metric, v > summary
    if (v == "FAIL")
        failures++
}

BEGIN {
    FS = ","
    draws = 2000
    srand(1)
    print "metric,what,value" > summary
}

FNR == NR {
    if ($0 !~ /^#/ && split($0, word, /[ \t]+/) == 3) {
        bar_kind[word[1]] = word[2]
        bar_limit[word[1]] = word[3]
    }
    next
}

FNR > 1 {
    value[$1, $2, $3] = $4 + 0
    if (!($1 in known_metric)) {
        known_metric[$1] = 1
        metric_name[++metrics] = $1
    }
    if (!($2 in known_library)) {
        known_library[$2] = 1
        library_name[++libraries] = $2
    }
    if ($3 > repetitions)
        repetitions = $3
}

END {
    line = sprintf("%-30s", "median of " repetitions)
    for (l = 1; l <= libraries; l++)
        line = line sprintf(" %11s", library_name[l])
    printf "%s %8s %19s %12s  %s\n", line, "ratio", "95 % interval", "demanded", "verdict"
    for (m = 1; m <= metrics; m++)
        report(metric_name[m])
    exit failures > 0 ? 3 : 0
}
