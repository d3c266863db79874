#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Builds everything with AddressSanitizer and UndefinedBehaviorSanitizer in sanitize/ below the build
# directory and runs the unit tests and the MPI programs there; then, built with ThreadSanitizer in
# sanitize-thread/, the programs with several threads, with the notifiers that send no signals (it
# puts signals off until the program calls something). Arguments go to tests/mpi/run.sh.
set -eu
. ./tests/paths.sh
top=$PWD
passed=0 failed=0 skipped=0

build()
{
    mkdir -p "$top/$1"
    cd "$top/$1"
    [ -f Makefile ] || "$TOC_SRCDIR/configure" -q --enable-sanitizers="$2" CFLAGS='-O1 -g'
    make -s -j"$(nproc)" all
    make -s -j"$(nproc)" mpi-programs
}

# Runs a suite and adds its numbers up.
suite()
{
    local line status=0
    bash "$@" | tee "$top/sanitize.log" || status=1
    line=$(tail -n 1 "$top/sanitize.log")
    rm -f "$top/sanitize.log"
    [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]
    [ "${BASH_REMATCH[2]}" -gt 0 ] || failed=$((failed + status)) # failed without a failed test
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
    skipped=$((skipped + BASH_REMATCH[3]))
}

programs()
{
    suite "$TOC_SRCDIR/tests/check-mpi.sh" --timeout-scale 4 "$@"
}

build sanitize yes
# Leaks are a matter of the program here: what it never frees, MPI_Finalize leaves alone.
# A request for more memory than there is gets a null pointer, as from libc itself.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0:allocator_may_return_null=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
units=$(make -s print-unit-programs) # faults are tested on programs as they are used
# shellcheck disable=SC2086 # a list of names
suite "$TOC_SRCDIR/tests/check-unit.sh" $units
programs --notify signal,poll,thread "$@" # nothing can be preloaded before a sanitizer

# What is compiled by mpicc -fsanitize=thread finds the library as it is installed.
cd "$top"
suite "$TOC_SRCDIR/tests/tsan.sh"

build sanitize-thread thread
programs --notify poll,thread "$@" threads_p2p threads_probe threads_objects threads_helped
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
