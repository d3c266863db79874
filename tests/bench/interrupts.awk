# SPDX-License-Identifier: BSD-3-Clause
#
# awk -f interrupts.awk summary.csv: interrupts only where they pay (TOCSIN_INTERRUPT=needed, the
# default) against one for every packet (always): what was measured, interrupts for each message that
# was received, and how many of them found nothing to do. Nothing if that was not measured.

BEGIN {
    FS = ","
    names = split("latency-8 receiver-64K receiver-1M slowdown-10000", name, " ")
    title["latency-8"] = "latency of 8 B, us"
    title["receiver-64K"] = "receiver computes 100 us, gets 64 KiB: both through, us"
    title["receiver-1M"] = "receiver computes 500 us, gets 1 MiB: both through, us"
    title["slowdown-10000"] = "8 B at 10,000/s into a computation: slow-down, %"
}

NR == 1 {
    for (i = 1; i <= NF; i++)
        if ($i == "tocsin")
            ours = i
    next
}

$1 ~ /^(needed|always)\// { value[$1] = $ours }

function half(setting, what,    key)
{
    key = setting "/" what
    return sprintf(" %12.3f %10.4f %7.0f %%", value[key "/value"], value[key "/interrupts"],
        100 * value[key "/in_vain"])
}

END {
    if (!(("needed/" name[1] "/value") in value))
        exit
    printf "\n%-56s %12s %10s %9s %12s %10s %9s\n", "TOCSIN_INTERRUPT", "needed", "interrupts",
        "in vain", "always", "interrupts", "in vain"
    for (i = 1; i <= names; i++)
        print sprintf("%-56s", title[name[i]]) half("needed", name[i]) half("always", name[i])
    print "(interrupts: for each message received)"
}
