#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Builds everything with AddressSanitizer and UndefinedBehaviorSanitizer in sanitize/ below the build
# directory, and runs the unit tests and the MPI programs there. Arguments go to tests/mpi/run.sh.
set -eu
. ./tests/paths.sh
mkdir -p sanitize
cd sanitize
[ -f Makefile ] || "$TOC_SRCDIR/configure" -q --enable-sanitizers CFLAGS='-O1 -g'
# Leaks are a matter of the program here: what it never frees, MPI_Finalize leaves alone.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0} UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
make -s -j"$(nproc)" all
units=$(make -s print-unit-programs)
# shellcheck disable=SC2086 # a list of names
make -s -j"$(nproc)" $units
make -s check-TESTS TESTS="$units"
make -s -j"$(nproc)" mpi-programs
exec bash "$TOC_SRCDIR/tests/check-mpi.sh" --timeout-scale 4 "$@"
