#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# cppcheck over library and launcher; false alarms are in cppcheck.suppressions.
#
# Usage: cppcheck.sh [build directory]

here=$(cd "$(dirname "$0")" && pwd) || exit 1
build=$(cd "${1:-.}" && pwd) || exit 1
cd "$here/../.." || exit 1

command -v cppcheck >/dev/null || {
    echo "cppcheck: not here"
    exit 77
}
cppcheck -q -j "$(nproc)" --std=c11 --enable=warning,performance,portability --error-exitcode=1 \
    --suppressions-list="$here/cppcheck.suppressions" -D_GNU_SOURCE -D__x86_64__ -U__clang__ \
    -Ilib -Iinclude -I"$build" lib launcher || exit 1
echo "cppcheck: clean"
