#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Builds and runs the tests that make's own driver knows, from the build directory: those named, or
# all. Prints what the failed ones wrote and ends with "N passed, N failed, N skipped", like the
# other suites.
set -u
status=0
units=$(make -s print-unit-programs) || exit
# shellcheck disable=SC2086 # a list of names
make -s -j"$(nproc)" $units || exit
find tests -name '*.trs' -delete
# None takes a minute; one that hangs must not take the whole run with it.
make -s -j"$(nproc)" check-TESTS LOG_COMPILER="timeout -k 10 600" ${1:+"TESTS=$*"} || status=$?
mapfile -t results < <(find tests -name '*.trs' | sort)
for result in "${results[@]}"; do
    if grep -qE '^:test-result: *(FAIL|ERROR|XPASS)' "$result"; then
        echo "FAIL ${result%.trs}:"
        tail -n 60 "${result%.trs}.log" | sed 's/^/    /'
    fi
done
awk '/^:test-result:/ { if (/ PASS/) p++; else if (/ SKIP/) s++; else if (!/ XFAIL/) f++ }
    END { printf "%d passed, %d failed, %d skipped\n", p, f, s }' "${results[@]}" </dev/null
exit "$status"
