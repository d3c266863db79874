#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs the MPI programs of this build; from the build directory. Arguments go to tests/mpi/run.sh.
set -u
. ./tests/paths.sh
exec bash "$TOC_SRCDIR/tests/mpi/run.sh" --mpirun "$TOC_MPIRUN" --builddir "$TOC_BUILDDIR/tests/mpi" "$@"
