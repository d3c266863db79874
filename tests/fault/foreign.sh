#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A program of another MPI under our mpirun, and one of ours under another's: both run as jobs of one
# rank without a word, unless we say so.
# shellcheck disable=SC2016
. "${0%/*}/helpers.sh"
: "${TOC_CC:=cc}"

# What looks like another MPI, needed directly and by another library.
echo 'int other_init(void) { return 0; }' >other.c
echo 'int other_init(void); int solve(void) { return other_init(); }' >solver.c
echo 'int other_init(void); int main(int c, char **v) { (void)v; other_init(); return c - 1; }' >direct.c
echo 'int solve(void); int main(void) { return solve(); }' >indirect.c
echo 'int main(void) { return 0; }' >none.c
mkdir lib
$TOC_CC -shared -fPIC -Wl,-soname,libmpi.so.40 -o lib/libmpi.so.40 other.c &&
    $TOC_CC -shared -fPIC -Wl,-soname,libsolver.so -o lib/libsolver.so solver.c lib/libmpi.so.40 &&
    $TOC_CC -o direct direct.c lib/libmpi.so.40 -Wl,-rpath,"$work/lib" &&
    $TOC_CC -o indirect indirect.c -Llib -lsolver -Wl,-rpath-link,lib &&
    $TOC_CC -o none none.c || exit 99
text='uses libmpi.so.40: that is another MPI'

run "$TOC_MPIRUN" -n 3 ./direct
expect 0 "a program of another MPI"
says "./direct $text"
[ "$(grep -c libmpi.so.40 err)" -eq 1 ] || fail "told more than once: $(cat err)"
run "$TOC_MPIRUN" -n 2 ./direct 1
expect 1 "a program of another MPI that fails"
says "./direct $text"
run "$TOC_MPIRUN" -n 1 -x LD_LIBRARY_PATH="$work/lib" ./indirect
expect 0 "another MPI behind a library"
says "./indirect $text"
run "$TOC_MPIRUN" -n 1 ./none : -n 1 ./direct
says "./direct $text"
for program in ./none 'sh -c true'; do
    # shellcheck disable=SC2086
    run "$TOC_MPIRUN" -n 2 $program
    expect 0 "$program"
    [ ! -s err ] || fail "$program: $(cat err)"
done

# The other way round.
"$TOC_MPICC" -o ours "$sources/ends.c" || exit 99
# alone TEXT ASSIGNMENTS...: what our program says when it is started with these variables
alone()
{
    text=$1
    shift
    run env "$@" ./ours
    expect 0 "$*"
    if [ -n "$text" ]; then
        says "$text"
    elif [ -s err ]; then
        fail "$*: $(cat err)"
    fi
}
alone '' A=b
alone "Open MPI's mpirun started 3 processes" OMPI_COMM_WORLD_SIZE=3 OMPI_COMM_WORLD_RANK=0
alone '' OMPI_COMM_WORLD_SIZE=3 OMPI_COMM_WORLD_RANK=1
alone "MPICH or a relative of it started 2 processes" PMI_SIZE=2 PMI_RANK=0
alone '' PMI_SIZE=1 PMI_RANK=0
alone 'srun started 4 processes' SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=0
alone '' SLURM_NTASKS=4 SLURM_PROCID=0
PMI_SIZE=2 PMI_RANK=0 run "$TOC_MPIRUN" -n 2 ./ours
expect 0 "our mpirun under another launcher"
[ ! -s err ] || fail "our mpirun under another launcher: $(cat err)"
finish
