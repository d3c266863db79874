#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# clang-tidy with the checks of .clang-tidy over library and launcher, but for what tidy.allowed
# lists.
#
# Usage: tidy.sh [build directory]

here=$(cd "$(dirname "$0")" && pwd) || exit 1
build=$(cd "${1:-.}" && pwd) || exit 1
cd "$here/../.." || exit 1
LC_ALL=C
export LC_ALL

command -v clang-tidy >/dev/null || {
    echo "tidy: no clang-tidy here"
    exit 77
}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# The largest first, so that both ends of the list are done at the same time.
find lib launcher -name '*.c' -exec ls -S {} + >"$work/files"
export build here
xargs -P "$(nproc)" -n 1 sh -c '
    set -- "$0" -- -std=gnu11 -D_GNU_SOURCE -I"$build" -Ilib -Iinclude
    case $0 in
    lib/mpi/error.c) ;;
    lib/mpi/*) set -- "$@" -include "$here/tidy.h" ;;
    launcher/emulate.c) set -- "$@" "-DTOC_PREFIX=\"/p\"" "-DTOC_PKGLIBDIR=\"/p/lib\"" ;;
    esac
    clang-tidy --quiet "$@" 2>&1
    ' <"$work/files" >"$work/log"

# Lines "file check message", the file relative to the top directory.
sed -n "s|^$PWD/||; s/^\([^ :]*:[0-9]*\):[0-9]*: \(error\|warning\): \(.*\) \[\([^],]*\)[^]]*\]\$/\1 \4 \3/p" \
    "$work/log" | sort -u >"$work/found"
awk '
    NR == FNR { if ($0 !~ /^(#|$)/) allowed[$1, $2] = 1; next }
    { file = $1; sub(/:.*/, "", file) }
    (($2, file) in allowed) { used[$2, file] = 1; next }
    { print; n++ }
    END {
        for (pair in allowed)
            if (!(pair in used)) {
                split(pair, part, SUBSEP)
                print "tidy.allowed: no alarm of " part[1] " in " part[2]
                n++
            }
        exit n > 0
    }' "$here/tidy.allowed" "$work/found" || exit 1

# A file that clang-tidy could not read gives no findings at all.
! grep -E 'clang-diagnostic-error|unable to handle compilation' "$work/log" || exit 1
echo "tidy: $(wc -l <"$work/files") files"
