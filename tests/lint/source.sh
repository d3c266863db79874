#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Rules for the text of the sources:
#   - a licence line in each file, no unfinished business, no path of somebody's machine;
#   - `volatile` and getenv only where source.allowed has a reason for it; the library's knobs are in
#     env.def, its counters in stats.def, and each of them is used;
#   - every TOCSIN_ variable that any text names exists;
#   - clang-format and shellcheck find nothing (each is left out if it is not installed).
#
# Usage: source.sh [source directory]

here=$(cd "$(dirname "$0")" && pwd) || exit 1
srcdir=${1:-$here/../..}
cd "$srcdir" || exit 1
LC_ALL=C
export LC_ALL

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail()
{
    printf 'source: %s\n' "$*" >&2
    : >"$work/failed"
}

# Prints what it reads under the message $1, and fails, if there is anything.
expect_nothing()
{
    found=$(cat)
    [ -z "$found" ] || fail "$1:
$found"
}

# grep with line numbers in the files that are listed in $1; what it finds is not an error as such.
search()
{
    list=$1
    shift
    xargs -r grep -HnE "$@" <"$list"
}

# Drops lines "file:..." whose file source.allowed names for rule $1.
not_allowed()
{
    awk -v rule="$1" '
        NR == FNR { if ($1 == rule) allowed[$2] = 1; next }
        { file = $0; sub(/:.*/, "", file) }
        !(file in allowed)' "$here/source.allowed" -
}

# What belongs to the sources, also in an unpacked tarball or a tree that was built in place.
if [ -e .git ] && git ls-files >/dev/null 2>&1; then
    git ls-files -co --exclude-standard
else
    find . -path ./build-aux -prune -o -path ./autom4te.cache -prune -o -name '.libs' -prune -o \
        -name '.deps' -prune -o -type f \( -name '*.[chS]' -o -name '*.sh' -o -name '*.awk' -o \
        -name '*.mk' -o -name '*.def' -o -name '*.pml' -o -name '*.ac' -o -name '*.am' -o \
        -name '*.md' -o -name '*.[1-9]' -o -name '*.txt' -o -name '*.in' -o -name NEWS -o \
        -name quickstart -o -path './.ci/*' \) ! -name Makefile.in ! -name 'config.h*' -print |
        sed 's|^\./||'
fi | sort | while IFS= read -r file; do
    [ -f "$file" ] && echo "$file"
done >"$work/files"
[ -s "$work/files" ] || fail "no source files found"

grep -E '\.[ch]$' "$work/files" >"$work/c"
grep -E '^lib/.*\.[ch]$' "$work/files" >"$work/lib"
grep -E '^(lib|launcher)/.*\.[ch]$' "$work/files" >"$work/own"
xargs -n 1 sh -c 'head -n 1 "$0" | grep -qE "^#! */bin/(sh|bash)" && echo "$0"' \
    <"$work/files" >"$work/scripts"

# Prose says its licence in COPYING.
grep -vE '(\.md|^NEWS|^COPYING|\.gitignore|\.gitattributes)$' "$work/files" | while IFS= read -r file; do
    head -n 3 "$file" | grep -q 'SPDX-License-Identifier: BSD-3-Clause' || echo "    $file"
done | expect_nothing "no licence line (SPDX-License-Identifier: BSD-3-Clause)"

search "$work/files" '(^|[^[:alnum:]_])(TOD[O]|FIXM[E]|XX[X])([^[:alnum:]_]|$)' |
    expect_nothing "unfinished"

# /tmp as the default of TMPDIR is somebody else's.
search "$work/files" '(^|[^[:alnum:]_.$}*])/(hom[e]|wor[k]|roo[t]|tm[p])/[[:alnum:]_.$%]' |
    expect_nothing "path of a machine"

search "$work/own" '(^|[^[:alnum:]_])volatile([^[:alnum:]_]|$)' |
    grep -vE '__?asm(__)?[[:space:]]+(goto[[:space:]]+)?volatile|\*[^"]*volatile enough' |
    grep -vE '^[^:]*:[0-9]+:[[:space:]]*(/?\*|//)' | not_allowed volatile |
    expect_nothing "volatile does not synchronise; use _Atomic"

search "$work/lib" '(^|[^[:alnum:]_])(secure_)?getenv[[:space:]]*\(' | not_allowed getenv |
    expect_nothing "getenv: a knob belongs into lib/base/env.def"

# make check starts these as they are.
grep -E '^tests/fault/.*\.sh$' "$work/files" | grep -v '/helpers\.sh$' | while IFS= read -r file; do
    [ -x "$file" ] || echo "    $file"
done | expect_nothing "tests that are not executable (chmod +x)"

# Each line of source.allowed is needed.
grep -vE '^(#|$)' "$here/source.allowed" | while read -r rule file reason; do
    [ -n "$reason" ] || echo "    $rule $file: no reason"
    [ -f "$file" ] && grep -q "$rule" "$file" || echo "    $rule $file: not there any more"
done | expect_nothing "source.allowed"

# Fields of the two X-macro lists: TOC_KNOB_INT(field, ... and TOC_STAT(field, ...
fields()
{
    sed -n "s/^$2[A-Z_]*(\([a-z_0-9]*\),.*/\1/p" "$1"
}
for field in $(fields lib/base/env.def TOC_KNOB); do
    xargs grep -qE "toc_env\.$field([^a-z_0-9]|\$)" <"$work/own" || echo "    $field"
done | expect_nothing "knobs of env.def that nothing reads"
for field in $(fields lib/base/stats.def TOC_STAT); do
    xargs grep -qE "toc_stats\.$field([^a-z_0-9]|\$)" <"$work/lib" || echo "    $field"
done | expect_nothing "counters of stats.def that nothing counts"

# A name that ends in "_" stands for a family, as in TOCSIN_*.
grep -hoE '"TOCSIN_[A-Z0-9_]+"' lib/base/*.def lib/base/*.[ch] | tr -d '"' | sort -u >"$work/known"
search "$work/files" -o '(^|[^[:alnum:]_])TOCSIN_[A-Z0-9_]+' |
    grep -vE '^tests/(unit|lint)/' | sed 's/[^:A-Z]*\(TOCSIN_[A-Z0-9_]*\)$/\1/' |
    awk -F: 'NR == FNR { known[$1] = 1; next } !($3 in known) && $3 !~ /_$/' "$work/known" - |
    not_allowed variable | expect_nothing "environment variables that do not exist"

if command -v clang-format >/dev/null; then
    xargs -r clang-format --dry-run -Werror <"$work/c" >"$work/format" 2>&1 ||
        fail "clang-format: $(grep -E 'error:|warning:' "$work/format" | sed 's/: error.*//' |
            cut -d: -f1 | sort | uniq -c | sed 's/$/ (lines to format; run clang-format -i)/')"
else
    echo "source: no clang-format here" >&2
fi

# SC2034, SC2154: variables that a script and the helpers it reads in have in common.
if command -v shellcheck >/dev/null; then
    xargs -r shellcheck -S warning -e SC2034,SC2154 <"$work/scripts" >"$work/shellcheck" 2>&1 ||
        fail "shellcheck: $(cat "$work/shellcheck")"
else
    echo "source: no shellcheck here" >&2
fi

[ ! -e "$work/failed" ] || exit 1
echo "source: $(wc -l <"$work/files") files, $(wc -l <"$work/scripts") scripts"
