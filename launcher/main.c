/* SPDX-License-Identifier: BSD-3-Clause */
#include "emulate.h"
#include "launch.h"
#include "program.h"

#include <fcntl.h>
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
    for (size_t i = 0; i < launch.options.nprograms; i++) {
        status = toc_program_find(&launch.options.programs[i]);
        if (status != 0)
            return status;
    }
    status = toc_emulate_prepare(&launch.options);
    if (status != TOC_OPTIONS_CONTINUE)
        return status;
    return toc_launch_run(&launch);
}
