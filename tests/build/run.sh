#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Build systems and compilers against an installed Tocsin: all tests beside this script, or those
# named. From the build directory. The last line is "N passed, N failed, N skipped".
set -u
. ./tests/paths.sh
here=$TOC_SRCDIR/tests/build
installation=$(mktemp -d "${TMPDIR:-/tmp}/tocsin-installation.XXXXXX") || exit 99
trap 'rm -rf "$installation"' EXIT
passed=0 failed=0 skipped=0

# Installed in one place, used in another.
if ! make -s install prefix="$installation/first" >"$installation/log" 2>&1; then
    cat "$installation/log"
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
fi
mv "$installation/first" "$installation/moved"
export TOC_PREFIX=$installation/moved

[ $# -gt 0 ] || set -- "$here"/[!hr]*.sh
for test; do
    name=$(basename "$test" .sh)
    output=$(timeout -k 5 900 bash "$here/$name.sh" 2>&1)
    case $? in
    0) passed=$((passed + 1)) verdict=PASS ;;
    77) skipped=$((skipped + 1)) verdict=SKIP ;;
    *) failed=$((failed + 1)) verdict=FAIL ;;
    esac
    echo "$verdict: $name"
    [ $verdict = PASS ] || sed 's/^/    /' <<<"$output"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
