#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# tocsin.pc, mpi-c.pc and mpi-cxx.pc: names, versions, flags that build a program, also after a move and in a path
# with a space.
. "${0%/*}/helpers.sh"
need pkg-config cc c++

equals "$(mpicc -showme:version | sed 's/.*Tocsin \([^ ]*\) .*/\1/')" \
    "$(pkg-config --modversion tocsin)" "version of tocsin.pc"
for name in tocsin mpi-c; do
    # shellcheck disable=SC2046 # flags
    quietly cc $(pkg-config --cflags "$name") -o "$name" "$sources/sum.c" \
        $(pkg-config --libs "$name") || continue
    works "./$name"
    uses_installation "./$name"
done
# shellcheck disable=SC2046
quietly c++ $(pkg-config --cflags mpi-cxx) -o cxx "$sources/sum.cc" $(pkg-config --libs mpi-cxx) &&
    works ./cxx
case $(pkg-config --static --libs tocsin) in
*-lmpi_abi*-pthread*) ;;
*) fail "flags for static linking: $(pkg-config --static --libs tocsin)" ;;
esac

cp -a "$TOC_PREFIX" "a place"
export PKG_CONFIG_LIBDIR="$work/a place/lib/pkgconfig"
eval "quietly cc $(pkg-config --cflags mpi-c) -o moved '$sources/sum.c' $(pkg-config --libs mpi-c)"
TOC_PREFIX="$work/a place"
works ./moved
uses_installation ./moved
finish
