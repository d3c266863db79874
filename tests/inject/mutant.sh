#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds the library with a broken guard, to show that the injection finds it.
#
#   mutant.sh NAME DIRECTORY      DIRECTORY gets libmpi_abi.so.1
#   mutant.sh --list              the names; beside them there is "none", which breaks nothing
#
# TOC_SRCDIR, TOC_BUILDDIR, TOC_CC: see tests/paths.sh. The objects of the build are used again, but
# for those of the broken file and of MPI_Isend.

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

# The broken file on standard output; $1 name, $2 the file: guard.c, or guard.h, which has what calls
# begin and end with.
break_it()
{
    local load='atomic_load_explicit(&toc_guard.deferred, memory_order_relaxed)'

    case $1 in
    none) cat "$2" ;;
    leave-forgets)
        sed "/^static bool open_and_look/,/^}/s/return $load != 0/return false/
            /^static inline void toc_guard_leave/,/^}/s/$load != 0/false/" "$2"
        ;;
    leave-looks-early)
        sed "/^static bool open_and_look/,/^}/{
            /^ *open_guard();/i bool due = $load != 0;
            s/return $load != 0/return due/
        }
        /^static inline void toc_guard_leave/,/^}/{
            /^ *atomic_store_explicit(&toc_guard.state/i bool due = $load != 0;
            s/$load != 0/due/
        }" "$2"
        ;;
    try-is-silent)
        sed "/^bool toc_guard_try/,/^}/s/atomic_store_explicit(&toc_guard.deferred, 1, .*;//" "$2"
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
source=$TOC_SRCDIR/lib/progress

compile()
{
    $TOC_CC -std=gnu11 -O2 -g -fPIC -fvisibility=hidden -ftls-model=initial-exec -D_GNU_SOURCE -w \
        -I"$out" -I"$TOC_BUILDDIR" -I"$TOC_SRCDIR/lib" -I"$TOC_SRCDIR/include" -c "$1" -o "$2"
}

mkdir -p "$out/progress"
break_it "$mutant" "$source/guard.c" >"$out/guard.c"
break_it "$mutant" "$source/guard.h" >"$out/progress/guard.h"
[ "$mutant" = none ] || ! cmp -s "$source/guard.c" "$out/guard.c" ||
    die "$mutant changes nothing: guard.c has become another"
case $mutant in
leave-*)
    ! cmp -s "$source/guard.h" "$out/progress/guard.h" ||
        die "$mutant changes nothing: guard.h has become another"
    ;;
esac
compile "$out/guard.c" "$out/guard.o"
# What the injected calls are in: they end with what guard.h says.
compile "$TOC_SRCDIR/lib/mpi/p2p_start.c" "$out/p2p_start.o"
cp "$TOC_BUILDDIR/lib/.libs/libcore.a" "$out/libcore.a"
member=$(ar t "$out/libcore.a" | grep -x '.*guard\.o') || die "no guard.o in libcore.a"
ar d "$out/libcore.a" "$member"
objects=("$out/p2p_start.o")
for object in "$TOC_BUILDDIR"/lib/mpi/.libs/*.o; do
    file=${object##*_la-} # not what is left over from a source that is gone
    [ "$file" != p2p_start.o ] || continue
    [ ! -f "$TOC_SRCDIR/lib/mpi/${file%.o}.c" ] || objects+=("$object")
done
$TOC_CC -shared -pthread -Wl,-soname,libmpi_abi.so.1 -Wl,-z,now -Wl,-z,defs \
    -o "$out/libmpi_abi.so.1" "${objects[@]}" "$out/guard.o" \
    -Wl,--whole-archive "$out/libcore.a" -Wl,--no-whole-archive \
    "$TOC_BUILDDIR/lib/.libs/libbase.a"
