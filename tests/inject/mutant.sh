#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds the library with a broken guard, to show that the injection finds it.
#
#   mutant.sh NAME DIRECTORY      DIRECTORY gets libmpi_abi.so.1
#   mutant.sh --list              the names; beside them there is "none", which breaks nothing
#
# TOC_SRCDIR, TOC_BUILDDIR, TOC_CC: see tests/paths.sh. The objects of the build are used again, all
# but that of the file that is broken.

set -eu

die()
{
    echo "mutant.sh: $*" >&2
    exit 2
}

# leave-forgets      leaving does not look whether a bell was deferred
# leave-looks-early  leaving looks before it opens: a bell between the two is lost
# try-is-silent      the handler does not say that it was there
# try-breaks-in      the handler does not respect the guard
names='leave-forgets leave-looks-early try-is-silent try-breaks-in'

# The broken file on standard output; $1 name, $2 the file.
break_it()
{
    local load='atomic_load_explicit(&deferred, memory_order_relaxed)'

    case $1 in
    none) cat "$2" ;;
    leave-forgets) sed "/^static bool open_and_look/,/^}/s/return $load != 0/return false/" "$2" ;;
    leave-looks-early)
        sed "/^static bool open_and_look/,/^}/{
            /^ *open_guard();/i bool due = $load != 0;
            s/return $load != 0/return due/
        }" "$2"
        ;;
    try-is-silent)
        sed "/^bool toc_guard_try/,/^}/s/atomic_store_explicit(&deferred, 1, .*;//" "$2"
        ;;
    try-breaks-in) sed "/^bool toc_guard_try/,/^}/s/if (!close_guard())/if (close_guard(), false)/" "$2" ;;
    *) die "unknown mutant $1" ;;
    esac
}

if [ "${1-}" = --list ]; then
    echo "$names"
    exit 0
fi
[ $# -eq 2 ] || die "usage: mutant.sh NAME DIRECTORY | --list"
mutant=$1 out=$2
source=$TOC_SRCDIR/lib/progress/guard.c

break_it "$mutant" "$source" >"$out/guard.c"
[ "$mutant" = none ] || ! cmp -s "$source" "$out/guard.c" ||
    die "$mutant changes nothing: guard.c has become another"
$TOC_CC -std=gnu11 -O2 -g -fPIC -fvisibility=hidden -ftls-model=initial-exec -D_GNU_SOURCE -w \
    -I"$TOC_BUILDDIR" -I"$TOC_SRCDIR/lib" -I"$TOC_SRCDIR/include" -c "$out/guard.c" -o "$out/guard.o"
cp "$TOC_BUILDDIR/lib/.libs/libcore.a" "$out/libcore.a"
member=$(ar t "$out/libcore.a" | grep -x '.*guard\.o') || die "no guard.o in libcore.a"
ar d "$out/libcore.a" "$member"
objects=()
for object in "$TOC_BUILDDIR"/lib/mpi/.libs/*.o; do
    file=${object##*_la-} # not what is left over from a source that is gone
    [ ! -f "$TOC_SRCDIR/lib/mpi/${file%.o}.c" ] || objects+=("$object")
done
$TOC_CC -shared -pthread -Wl,-soname,libmpi_abi.so.1 -Wl,-z,now -Wl,-z,defs \
    -o "$out/libmpi_abi.so.1" "${objects[@]}" "$out/guard.o" \
    -Wl,--whole-archive "$out/libcore.a" -Wl,--no-whole-archive \
    "$TOC_BUILDDIR/lib/.libs/libbase.a"
