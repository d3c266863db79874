#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# All lints, for the library built in a directory: one line each, what a failed one says below it,
# and a last line "N passed, N failed". Those whose tool is not installed are skipped (exit 77).
#
# Usage: run.sh [build directory [lint...]]

here=$(cd "$(dirname "$0")" && pwd) || exit 1
build=$(cd "${1:-.}" && pwd) || exit 1
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- selftest layers source header exports uintr handler_safe cppcheck tidy

output=$(mktemp) || exit 1
trap 'rm -f "$output"' EXIT
trap 'exit 1' HUP INT TERM
passed=0 failed=0 skipped=0

lint()
{
    case $1 in
    exports) "$here/exports.sh" "$build/lib/.libs/libmpi_abi.so" ;;
    uintr)
        # shellcheck disable=SC2046 # a list of files
        "$here/uintr.sh" "$build/lib/.libs/libmpi_abi.so" \
            $(find "$build/lib/notify" -path '*/.libs/*.o')
        ;;
    handler_safe | cppcheck | tidy) "$here/$1.sh" "$build" ;;
    *) "$here/$1.sh" ;;
    esac
}

for name; do
    start=$(date +%s)
    lint "$name" >"$output" 2>&1
    code=$?
    took=$(($(date +%s) - start))
    case $code in
    0)
        passed=$((passed + 1))
        echo "PASS $name: $(tail -n 1 "$output" | sed "s/^$name: //") ($took s)"
        ;;
    77)
        skipped=$((skipped + 1))
        echo "SKIP $name: $(tail -n 1 "$output" | sed "s/^$name: //")"
        ;;
    *)
        failed=$((failed + 1))
        echo "FAIL $name ($took s)"
        sed 's/^/    /' "$output"
        ;;
    esac
done
[ "$skipped" -eq 0 ] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
