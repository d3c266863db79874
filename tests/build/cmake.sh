#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# CMake's FindMPI finds it for C and C++, and what it finds builds and runs: by the wrapper in PATH,
# by MPI_C_COMPILER with another MPI's first in PATH, and in a path with a space.
. "${0%/*}/helpers.sh"
need cmake make

mkdir project
cp "$sources/sum.c" "$sources/sum.cc" project/
cat >project/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.10)
project(sum C CXX)
find_package(MPI REQUIRED COMPONENTS C CXX)
add_executable(sum_c sum.c)
target_link_libraries(sum_c MPI::MPI_C)
add_executable(sum_cxx sum.cc)
target_link_libraries(sum_cxx PRIVATE MPI::MPI_CXX)
enable_testing()
add_test(NAME c COMMAND ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} 4 ${MPIEXEC_PREFLAGS}
    $<TARGET_FILE:sum_c> ${MPIEXEC_POSTFLAGS} 4)
file(WRITE ${CMAKE_BINARY_DIR}/found.txt
    "${MPI_C_FOUND} ${MPI_CXX_FOUND} ${MPIEXEC_EXECUTABLE} ${MPI_C_VERSION}\n")
END

# builds DIRECTORY CMAKE-OPTIONS...
builds()
{
    local where=$1
    shift
    quietly cmake -S project -B "$where" "$@" || return
    quietly cmake --build "$where" || return
    for program in "$where/sum_c" "$where/sum_cxx"; do
        works "$program"
        uses_installation "$program"
    done
    (cd "$where" && quietly ctest --output-on-failure) || fail "ctest in $where"
}

builds plain
equals "TRUE TRUE $TOC_PREFIX/bin/mpiexec 5.0" "$(cat plain/found.txt)" "what FindMPI says"

for other in mpicc.mpich mpicc.openmpi; do
    if command -v "$other" >/dev/null; then
        mkdir -p other
        ln -sf "$(command -v "$other")" other/mpicc
    fi
done
PATH=$work/other:$PATH builds chosen -DMPI_C_COMPILER="$TOC_PREFIX/bin/mpicc" \
    -DMPI_CXX_COMPILER="$TOC_PREFIX/bin/mpicxx" -DMPIEXEC_EXECUTABLE="$TOC_PREFIX/bin/mpirun"

CC=mpicc CXX=mpicxx builds wrapper_as_compiler

cp -a "$TOC_PREFIX" "$work/a place"
TOC_PREFIX="$work/a place" PATH="$work/a place/bin:$PATH" builds space
finish
