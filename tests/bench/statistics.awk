# SPDX-License-Identifier: BSD-3-Clause
#
# awk -v ours=tocsin -v summary=FILE [-v draws=2000] -f statistics.awk bars samples.csv
#
# samples.csv: metric,library,repetition,value; the library "limit" is the machine itself, and names
# that begin with ours and "-" are variants of ours, neither ours nor peers. Prints the demands of
# `bars` with their verdicts, then all metrics; writes all of it to the summary as CSV. Exit status 3
# if a verdict is "fail".
#
# Each value is the median over the repetitions; "better" is higher for ..._MBps and ..._Mps, else
# lower. The intervals are of 95 %, by bootstrap: repetitions are drawn together for all libraries,
# because runs side by side shared the machine's mood, and the better peer is chosen anew in each
# draw. A demand is passed if at least 97.5 % of the draws meet it, failed if at most 2.5 % do. For a
# ratio they are compared as products, so that it has a meaning where the peer's value is 0 or less
# (differences of times may be).

function sort(a, n,    i, j, t)
{
    for (i = 2; i <= n; i++) {
        t = a[i]
        for (j = i - 1; j >= 1 && a[j] > t; j--)
            a[j + 1] = a[j]
        a[j + 1] = t
    }
}

function sort_many(a, from, to,    i, j, pivot, t)
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
    sort_many(a, from, j)
    sort_many(a, i, to)
}

# Median of a library's values of the metric at the repetitions in draw[]; "none" without values.
function drawn_median(metric, library,    i, n, a)
{
    n = 0
    for (i = 1; i <= repetitions[metric]; i++)
        if ((metric, library, draw[i]) in value)
            a[++n] = value[metric, library, draw[i]]
    if (n == 0)
        return "none"
    sort(a, n)
    return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
}

function is_peer(library)
{
    return library != ours && library != "limit" && index(library, ours "-") != 1
}

function is_higher_better(metric)
{
    return metric ~ /_MBps|_Mps/
}

# Ours and the better peer's median for the repetitions in draw[], into result_ours, result_peer.
function evaluate(metric,    l, m)
{
    result_ours = drawn_median(metric, ours)
    result_peer = "none"
    for (l = 1; l <= libraries; l++) {
        if (!is_peer(library_name[l]))
            continue
        m = drawn_median(metric, library_name[l])
        if (m == "none")
            continue
        if (result_peer == "none" || (is_higher_better(metric) ? m > result_peer : m < result_peer))
            result_peer = m
    }
}

function ratio()
{
    if (result_ours == "none" || result_peer == "none" || result_peer <= 0)
        return "none"
    return result_ours / result_peer
}

# Is the demand met by the results? "none" if they are not there.
function is_met(kind, relation, limit,    right)
{
    if (result_ours == "none" || (kind == "ratio" && result_peer == "none"))
        return "none"
    right = kind == "ratio" ? limit * result_peer : limit
    if (relation == "<")
        return result_ours < right
    return relation == "<=" ? result_ours <= right : result_ours >= right
}

# "ratio<=0.65" into demand_kind, demand_relation, demand_limit.
function parse_demand(text)
{
    demand_kind = demand_relation = demand_limit = ""
    if (text == "-")
        return
    if (!match(text, /[<>]=?/)) {
        print "statistics: no demand: " text > "/dev/stderr"
        exit 2
    }
    demand_kind = substr(text, 1, RSTART - 1)
    demand_relation = substr(text, RSTART, RLENGTH)
    demand_limit = substr(text, RSTART + RLENGTH) + 0
    if ((demand_kind != "ratio" && demand_kind != "value") || demand_relation == ">") {
        print "statistics: no demand: " text > "/dev/stderr"
        exit 2
    }
}

function draw_all(metric,    i)
{
    for (i = 1; i <= repetitions[metric]; i++)
        draw[i] = repetition[metric, i]
}

# Into low, high (of the ratio, or of our value where that is demanded) and verdict.
function bootstrap(metric,    k, i, n, a, x, met, asked, m, count, wanted)
{
    n = met = asked = 0
    count = repetitions[metric]
    wanted = demand_kind == "" ? draws / 4 : draws # nothing hangs on the others
    for (k = 0; k < wanted; k++) {
        for (i = 1; i <= count; i++)
            draw[i] = repetition[metric, int(rand() * count) + 1]
        evaluate(metric)
        x = demand_kind == "value" ? result_ours : ratio()
        if (x != "none")
            a[++n] = x
        if (demand_kind == "")
            continue
        m = is_met(demand_kind, demand_relation, demand_limit)
        if (m != "none") {
            asked++
            met += m
        }
    }
    low = high = "none"
    if (n) {
        sort_many(a, 1, n)
        low = a[int(0.025 * (n - 1)) + 1]
        high = a[int(0.975 * (n - 1)) + 1]
    }
    verdict = "-"
    if (demand_kind != "")
        verdict = !asked ? "no data" : met >= 0.975 * asked ? "pass" : \
            met <= 0.025 * asked ? "fail" : "undecided"
}

function figure(x)
{
    if (x == "none")
        return "-"
    if (x != 0 && x < 0.001 && x > -0.001)
        return sprintf("%.1e", x)
    return sprintf(x >= 1000 || x <= -1000 ? "%.0f" : x >= 10 ? "%.2f" : "%.4f", x)
}

function head(title,    l, line)
{
    line = sprintf("%-32s", title)
    for (l = 1; l <= libraries; l++)
        if (library_name[l] != "limit")
            line = line sprintf(" %13s", library_name[l])
    line = line sprintf(" %8s %17s", "ratio", "95 % interval")
    if (title == "demands")
        line = line sprintf(" %-12s %-9s %s", " demand", "verdict", "the machine's limit")
    print line
}

# Does the demand ask for more than the machine gives?
function is_out_of_reach(metric)
{
    parse_demand(demand[metric])
    return demand_relation == ">=" ? limit_ratio_of[metric] < demand_limit : \
        limit_ratio_of[metric] > demand_limit
}

function row(metric, demanded,    l, line)
{
    line = sprintf("%-32s", metric)
    for (l = 1; l <= libraries; l++)
        if (library_name[l] != "limit")
            line = line sprintf(" %13s", figure(median_of[metric, library_name[l]]))
    line = line sprintf(" %8s %17s", ratio_of[metric] == "none" ? "-" : \
        sprintf("%.3f", ratio_of[metric]), low_of[metric] == "none" ? "-" : \
        sprintf("[%.3f, %.3f]", low_of[metric], high_of[metric]))
    if (demanded) {
        line = line sprintf("  %-11s %-9s", demand[metric], verdict_of[metric])
        if (limit_of[metric] != "none")
            line = line sprintf(" %s (%s)", figure(limit_of[metric]), limit_name[metric])
        if (limit_ratio_of[metric] != "none")
            line = line sprintf(", %.3f of the peer%s", limit_ratio_of[metric], \
                verdict_of[metric] == "fail" && is_out_of_reach(metric) ? \
                ": the demand is beyond it" : "")
    }
    print line
}

# All that is known of the metric, into ..._of[metric].
function work_out(metric,    l, peer)
{
    draw_all(metric)
    for (l = 1; l <= libraries; l++)
        median_of[metric, library_name[l]] = drawn_median(metric, library_name[l])
    evaluate(metric)
    peer = result_peer
    ratio_of[metric] = ratio()
    parse_demand((metric in demand) ? demand[metric] : "-")
    bootstrap(metric)
    low_of[metric] = low
    high_of[metric] = high
    verdict_of[metric] = verdict
    verdicts[verdict]++
    limit_of[metric] = limit_ratio_of[metric] = "none"
    if ((metric in limit_name) && limit_name[metric] in repetitions) {
        draw_all(limit_name[metric])
        limit_of[metric] = drawn_median(limit_name[metric], "limit")
        if (demand_kind == "ratio" && limit_of[metric] != "none" && peer != "none" && peer > 0)
            limit_ratio_of[metric] = limit_of[metric] / peer
    }
}

function csv(x)
{
    return x == "none" ? "" : x
}

function write_summary(    m, l, metric, line)
{
    line = "metric"
    for (l = 1; l <= libraries; l++)
        line = line "," library_name[l]
    print line ",ratio,low,high,demand,verdict,machine_limit,machine_limit_metric,machine_limit_ratio" > summary
    for (m = 1; m <= metrics; m++) {
        metric = metric_name[m]
        line = metric
        for (l = 1; l <= libraries; l++)
            line = line "," csv(median_of[metric, library_name[l]])
        line = line "," csv(ratio_of[metric]) "," csv(low_of[metric]) "," csv(high_of[metric])
        line = line "," ((metric in demand) ? demand[metric] : "-") "," verdict_of[metric]
        print line "," csv(limit_of[metric]) "," \
            (limit_of[metric] == "none" ? "" : limit_name[metric]) "," \
            csv(limit_ratio_of[metric]) > summary
    }
}

BEGIN {
    FS = ","
    CONVFMT = "%.9g"
    OFMT = "%.9g"
    if (!draws)
        draws = 2000
    srand(1)
}

FNR == NR {
    if ($0 ~ /^#/ || $0 ~ /^[ \t]*$/)
        next
    if (split($0, word, /[ \t]+/) != 3) {
        print "statistics: bars, line " FNR ": " $0 > "/dev/stderr"
        bad = 1
        exit
    }
    demand[word[1]] = word[2]
    limit_name[word[1]] = word[3]
    next
}

FNR > 1 {
    value[$1, $2, $3] = $4 + 0
    if (!(($1, "of", $3) in known)) {
        known[$1, "of", $3] = 1
        if (!($1 in repetitions))
            metric_name[++metrics] = $1
        repetition[$1, ++repetitions[$1]] = $3
    }
    if (!($2 in known)) {
        known[$2] = 1
        library_name[++libraries] = $2
    }
    if (repetitions[$1] > most)
        most = repetitions[$1]
}

END {
    if (bad)
        exit 2
    for (m = 1; m <= metrics; m++)
        work_out(metric_name[m])
    demanded = verdicts["pass"] + verdicts["fail"] + verdicts["undecided"] + verdicts["no data"]
    if (demanded > 0) {
        head("demands")
        for (m = 1; m <= metrics; m++)
            if (verdict_of[metric_name[m]] != "-")
                row(metric_name[m], 1)
        printf "%d pass, %d fail, %d undecided, %d without data\n\n", verdicts["pass"],
            verdicts["fail"], verdicts["undecided"], verdicts["no data"]
    }
    head("medians of up to " most)
    for (m = 1; m <= metrics; m++)
        if ((!((metric_name[m], "limit") in median_of) ||
             median_of[metric_name[m], "limit"] == "none") &&
            metric_name[m] !~ /^(needed|always)\//) # interrupts.awk has a table of these
            row(metric_name[m], 0)
    if ("limit" in known) {
        printf "\n%-32s %13s\n", "limits of the machine", "median"
        for (m = 1; m <= metrics; m++)
            if (median_of[metric_name[m], "limit"] != "none")
                printf "%-32s %13s\n", metric_name[m], figure(median_of[metric_name[m], "limit"])
    }
    write_summary()
    exit verdicts["fail"] > 0 ? 3 : 0
}
