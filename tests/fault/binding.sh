#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Cores are shared out evenly, inside mpirun's own affinity; not at all with too many ranks.
# shellcheck disable=SC2016
. "${0%/*}/helpers.sh"

cores=$(lscpu -p=CORE,SOCKET 2>/dev/null | grep -v '^#' | sort -u | wc -l)
threads=$(nproc)
[ "$cores" -ge 2 ] && [ "$threads" -ge 2 ] || exit 77
show='awk "/Cpus_allowed:/ { print \$2 }" /proc/self/status'
whole=$(sh -c "$show")

run "$TOC_MPIRUN" -n 2 sh -c "$show"
expect 0 "two ranks"
[ "$(sort -u out | wc -l)" -eq 2 ] || fail "two ranks share cores: $(cat out)"

run "$TOC_MPIRUN" -n 2 --bind-to none sh -c "$show"
[ "$(sort -u out)" = "$whole" ] || fail "--bind-to none: $(cat out), not $whole"

run "$TOC_MPIRUN" -n $((threads + 1)) sh -c "$show"
[ "$(sort -u out)" = "$whole" ] || fail "oversubscribed: $(cat out), not $whole"

run "$TOC_MPIRUN" -n $((threads + 1)) --bind-to core sh -c "$show"
expect 0 "--bind-to core, oversubscribed"
says "no effect"

# The binding that is reported is the one that is there.
list='echo "$(awk "/Cpus_allowed_list:/ { print \$2 }" /proc/self/status)"'
for what in core hwthread socket numa l3cache; do
    run "$TOC_MPIRUN" -n 2 --bind-to $what --report-bindings sh -c "$list"
    expect 0 "--bind-to $what"
    [ "$(sort out)" = "$(sed -n 's/.*bound to the hardware threads //p' err | sort)" ] ||
        fail "--bind-to $what: $(cat out) but $(cat err)"
done
run "$TOC_MPIRUN" -n 2 --bind-to hwthread sh -c "$list"
[ "$(sort -u out | wc -l)" -eq 2 ] || fail "--bind-to hwthread: $(cat out)"
if [ "$(lscpu -p=SOCKET | grep -v '^#' | sort -u | wc -l)" -eq 1 ]; then
    run "$TOC_MPIRUN" -n 2 --bind-to socket sh -c "$show"
    [ "$(sort -u out)" = "$whole" ] || fail "--bind-to socket: $(cat out), not $whole"
fi
run "$TOC_MPIRUN" -n 2 --bind-to none --report-bindings true
says "rank 1 is not bound"

first=$(taskset -cp $$ | sed 's/.*: //; s/[,-].*//')
run taskset -c "$first" "$TOC_MPIRUN" -n 2 sh -c "$show"
[ "$(sort -u out)" = "$(taskset -c "$first" sh -c "$show")" ] ||
    fail "outside of mpirun's own affinity: $(cat out)"
finish
