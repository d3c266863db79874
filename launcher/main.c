/* SPDX-License-Identifier: BSD-3-Clause */
#include "emulate.h"
#include "launch.h"
#include "message.h"
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* A descriptor opened later must not become somebody's standard output. */
static void open_standard_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

int main(int argc, char **argv)
{
    static struct toc_launch launch;

    open_standard_descriptors();
    int status = toc_options_parse(argc, argv, &launch.options);
    if (status != TOC_OPTIONS_CONTINUE)
        return status;
    /* mpirun goes there itself, so that a relative program name means the same to both. */
    if (launch.options.directory != NULL && chdir(launch.options.directory) < 0) {
        toc_message_print("cannot change to the directory '%s': %s", launch.options.directory,
                          strerror(errno));
        return TOC_EXIT_USAGE;
    }
    status = toc_program_find(launch.options.program[0], &launch.path);
    if (status != 0)
        return status;
    status = toc_emulate_prepare(&launch.options);
    if (status != TOC_OPTIONS_CONTINUE)
        return status;
    return toc_launch_run(&launch);
}
