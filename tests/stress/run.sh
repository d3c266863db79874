#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Long runs of random traffic with every notifier and with settings that lead into rare paths; from
# the build directory. Besides the programs' own checks, no rank may report a rescue: a message that
# only the safety check of a sleeper found.
#
#   run.sh [rounds]     default 10
set -u
. ./tests/paths.sh
rounds=${1:-10}
passed=0 failed=0
log=$(mktemp "${TMPDIR:-/tmp}/tocsin-stress.XXXXXX")
trap 'rm -f "$log"' EXIT

run()
{
    local title="$*" rc=0
    timeout -k 10 300 env TOCSIN_STATS=1 "$@" >"$log" 2>&1 || rc=$?
    if [ $rc -eq 0 ] && ! grep -q ': rescues ' "$log"; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    echo "FAIL ($rc) $title"
    tail -n 30 "$log"
}

settings=(
    TOCSIN_CMA=1
    TOCSIN_CMA=0
    "TOCSIN_CHUNK=4096 TOCSIN_HANDLER_CHUNKS=1"
    "TOCSIN_EAGER_LIMIT=0 TOCSIN_QUIET_SIZE=0"
    TOCSIN_INTERRUPT=always
    TOCSIN_SPIN_US=0
)

# Threads in MPI at the same time.
run_threads()
{
    local notify program
    for notify in signal poll thread; do
        for program in "1 threads_self" "2 threads_p2p 6 20" "3 threads_p2p 4 20" "4 threads_probe" \
            "2 threads_helped" "3 threads_op" "3 threads_objects"; do
            read -ra words <<<"$program"
            [ "$notify ${words[1]}" != "poll threads_op" ] || continue # nothing comes by interrupt
            run "$@" "TOCSIN_NOTIFY=$notify" "$TOC_MPIRUN" -n "${words[0]}" \
                "$TOC_BUILDDIR/tests/mpi/${words[1]}" "${words[@]:2}"
        done
    done
}

for ((round = 1; round <= rounds; round++)); do
    run_threads TOCSIN_CMA=1
    run_threads TOCSIN_SPIN_US=0 TOCSIN_EAGER_LIMIT=64
    for notify in signal poll; do
        for setting in "${settings[@]}"; do
            read -ra words <<<"$setting"
            for np in 2 3 8; do
                run "${words[@]}" "TOCSIN_NOTIFY=$notify" "$TOC_MPIRUN" -n $np \
                    "$TOC_BUILDDIR/tests/mpi/p2p_random" $((round * 1000 + np)) 3
                run "${words[@]}" "TOCSIN_NOTIFY=$notify" "$TOC_MPIRUN" -n $np \
                    "$TOC_BUILDDIR/tests/mpi/p2p_advertised_random" $((round * 1000 + np)) 10
            done
            run "${words[@]}" "TOCSIN_NOTIFY=$notify" "$TOC_MPIRUN" -n 4 \
                "$TOC_BUILDDIR/tests/mpi/coll_allreduce"
        done
    done
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
