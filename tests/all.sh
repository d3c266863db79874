#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# All that every change has to pass; from the build directory. Prints the sum of all suites in its
# last line, "N passed, N failed, N skipped".
set -u
. ./tests/paths.sh
passed=0 failed=0 skipped=0
log=$(mktemp "${TMPDIR:-/tmp}/tocsin-tests.XXXXXX")
wrong=$(mktemp "${TMPDIR:-/tmp}/tocsin-tests.XXXXXX")
trap 'rm -f "$log" "$wrong"' EXIT

# The last line of the form "N passed, N failed[, N skipped]" of the suite's output; a suite without
# one, or that fails without a failed test, counts as one failure.
count()
{
    local name=$1 status=$2 p f s
    read -r p f s < <(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1 |
        sed -E 's/^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?.*/\1 \2 \4/')
    if [ -z "${p:-}" ]; then
        p=0 f=1
    elif [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
        f=1
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + ${s:-0}))
    echo "== $name: $p passed, $f failed, ${s:-0} skipped"
    [ "$f" -eq 0 ] || sed -nE "/^(FAIL|not ok)/s/^/$name: /p" "$log" >>"$wrong"
}

suite()
{
    local name=$1 status
    shift
    echo "== $name"
    "$@" 2>&1 | tee "$log" | grep -vE '^(PASS|ok|make)[: [(]|^  (CC|CXX|LD|CCLD|CXXLD|GEN)|^[#=]'
    status=${PIPESTATUS[0]}
    count "$name" "$status"
}

suite 'unit and fault tests' bash "$TOC_SRCDIR/tests/check-unit.sh"
make -s -j"$(nproc)" mpi-programs || failed=$((failed + 1))
suite 'MPI programs' make -s check-mpi
suite 'build systems' make -s check-build
suite 'lints' make -s lint
suite 'models' make -s check-model
suite 'injection (sample)' bash "$TOC_SRCDIR/tests/inject/run.sh"
suite 'sanitizers' make -s check-sanitize
cat "$wrong"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
