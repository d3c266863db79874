#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Any set of goals, with any number of jobs, builds from a clean tree, and each object once: two
# makes that build the same one give "not a valid libtool object" now and then. The compiler is a
# script that writes down what it makes. With "all" as its argument, or TOC_BUILD_ALL=1, all numbers of
# jobs; else one that has failed.
. "$(dirname "$0")/helpers.sh"

unset PKG_CONFIG_LIBDIR # hwloc is the machine's
real=${CC:-cc}
cat >compiler <<END
#!/bin/sh
# Words of the compiler that say what is made: "-o FILE".
last=
for word; do
    [ "\$last" = -o ] && echo "\$word" >>"$work/made"
    last=\$word
done
exec $real "\$@"
END
chmod +x compiler

# builds JOBS-AND-MORE GOAL...: in a tree of its own.
builds()
{
    jobs=$1
    shift
    rm -rf tree made
    mkdir tree
    (cd tree && "$TOC_SRCDIR/configure" -q CC="$work/compiler" CFLAGS=-O0) >log 2>&1 ||
        { fail "configure: $(tail -n 3 log)"; return; }
    : >made
    # shellcheck disable=SC2086
    make -s -C tree $jobs "$@" >log 2>&1 || fail "make $jobs $*: $(grep -i error log | tail -n 3)"
    twice=$(grep -E '\.o$|^tests/mpi/' made | sort | uniq -d | head -n 3)
    [ -z "$twice" ] || fail "make $jobs $*: made twice: $twice"
    [ -x tree/tests/mpi/env_wtime ] || fail "make $jobs $*: no programs"
}

builds -j16 all mpi-programs
if [ "${1-}" = all ] || [ -n "${TOC_BUILD_ALL-}" ]; then
    builds -j1 all mpi-programs
    builds -j2 all mpi-programs
    builds -j2 mpi-programs all
    builds -j16 mpi-programs all examples/ring lib/libmpi_abi.la
    builds -j16 clean all mpi-programs tests/mpi/env_wtime
    builds -j16 mpi-programs
    if make --shuffle -v >/dev/null 2>&1; then
        for seed in 1 2 3; do
            builds "-j16 --shuffle=$seed" all mpi-programs
        done
        builds "-j16 --shuffle=reverse" all mpi-programs
    else
        echo "this make has no --shuffle"
    fi
fi
finish
