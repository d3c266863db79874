#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The Autoconf archive's AX_MPI finds it for C and C++, in a project with Automake.
. "${0%/*}/helpers.sh"
need autoreconf automake make
archive=$(aclocal --print-ac-dir)/ax_mpi.m4
if [ ! -f "$archive" ]; then
    echo "SKIP: there is no $archive"
    exit 77
fi

mkdir m4
cp "$sources/sum.c" .
cp "$sources/sum.cc" sum_cxx.cc
cp "$archive" m4/
cat >configure.ac <<'END'
AC_INIT([sum], [1])
AC_CONFIG_MACRO_DIRS([m4])
AM_INIT_AUTOMAKE([foreign no-dependencies])
AC_PROG_CC
AC_PROG_CXX
AX_MPI([], [AC_MSG_ERROR([no MPI for C])])
CC=$MPICC
AC_LANG_PUSH([C++])
MPILIBS=
AX_MPI([], [AC_MSG_ERROR([no MPI for C++])])
AC_LANG_POP([C++])
CXX=$MPICXX
AC_CONFIG_FILES([Makefile])
AC_OUTPUT
END
cat >Makefile.am <<'END'
bin_PROGRAMS = sum_c sum_cxx
sum_c_SOURCES = sum.c
sum_c_LDADD = $(MPILIBS)
sum_cxx_SOURCES = sum_cxx.cc
sum_cxx_LDADD = $(MPILIBS)
END
if quietly autoreconf -i && quietly ./configure && quietly make; then
    grep -q "^MPICC = mpicc" Makefile || fail "MPICC is $(grep '^MPICC' Makefile)"
    for program in ./sum_c ./sum_cxx; do
        works "$program"
        uses_installation "$program"
    done
fi
finish
