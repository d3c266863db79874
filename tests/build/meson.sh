#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Meson finds it as dependency('mpi') for C and C++ by the wrapper, and by pkg-config as
# dependency('mpi-c') and dependency('tocsin').
. "${0%/*}/helpers.sh"
need meson ninja pkg-config

mkdir project
cp "$sources/sum.c" "$sources/sum.cc" project/
cat >project/meson.build <<'END'
project('sum', 'c', 'cpp')
executable('by_mpi', 'sum.c', dependencies: dependency('mpi', language: 'c'))
executable('by_mpi_cpp', 'sum.cc', dependencies: dependency('mpi', language: 'cpp'))
executable('by_mpi_c', 'sum.c', dependencies: dependency('mpi-c'))
executable('by_tocsin', 'sum.c', dependencies: dependency('tocsin', version: '>=0.1'))
END
if quietly meson setup build project && quietly ninja -C build; then
    for name in by_mpi by_mpi_cpp by_mpi_c by_tocsin; do
        works "build/$name"
        uses_installation "build/$name"
    done
fi
finish
