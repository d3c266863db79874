/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The last rank leaves without MPI_Finalize, in the way that the argument says, while the others
 * wait. The job must end, with a message and the exit code that the test list gives. What the rank
 * printed before must not be lost.
 */
#include <signal.h>
#include <unistd.h>
#include "mpitest.h"

int main(int argc, char **argv)
{
    int value;

    mt_start(&argc, &argv, 1);

    const char *how = argc > 1 ? argv[1] : "";

    if (mt_rank != mt_size - 1) {
        MPI_Recv(&value, 1, MPI_INT, mt_size - 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        FAIL("a message came that nobody sent");
    }
    printf("last words of rank %d\n", mt_rank);
    fflush(stdout);
    if (!strcmp(how, "exit0"))
        exit(0);
    if (!strcmp(how, "_exit0"))
        _exit(0);
    if (!strcmp(how, "exit3"))
        exit(3);
    if (!strcmp(how, "kill"))
        kill(getpid(), SIGKILL);
    if (!strcmp(how, "segv"))
        raise(SIGSEGV);
    if (!strcmp(how, "abort"))
        abort();
    FAIL("no such way to die: \"%s\"", how);
}
