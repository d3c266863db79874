#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# mpi.h and a C++ program under every C++ standard of every C++ compiler found, and mpi.h under the
# C standards, without a warning.
. "${0%/*}/helpers.sh"
need c++

echo '#include <mpi.h>' >header.c
cp header.c header.cc
strict="-Wall -Wextra -Wconversion -Wundef -pedantic -Werror"

for compiler in g++ clang++; do
    command -v $compiler >/dev/null || continue
    for standard in c++98 c++03 c++11 c++14 c++17 c++20 c++23; do
        $compiler -std=$standard -x c++ -E /dev/null >/dev/null 2>&1 || continue
        # shellcheck disable=SC2086
        quietly mpicxx -cxx=$compiler -std=$standard $strict -fsyntax-only header.cc
        quietly mpicxx -cxx=$compiler -std=$standard -Wall -Werror -o "$compiler-$standard" \
            "$sources/sum.cc" && works "./$compiler-$standard"
    done
done
for compiler in gcc clang; do
    command -v $compiler >/dev/null || continue
    for standard in c99 c11 c17 gnu89; do
        # shellcheck disable=SC2086
        quietly mpicc -cc=$compiler -std=$standard $strict -Wstrict-prototypes -fsyntax-only header.c
        quietly mpicc -cc=$compiler -std=$standard -o "$compiler-$standard" "$sources/sum.c" &&
            works "./$compiler-$standard"
    done
done
uses_installation ./gcc-c11
finish
