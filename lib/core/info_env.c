/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_INFO_ENV: what the process knows about its own start. Keys whose value is not known or does
 * not fit are left out, as the standard permits.
 */
#include "core/info.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/abi.h"

#include "base/error.h"
#include "base/job.h"

_Static_assert(TOC_INFO_MAX_KEY == MPI_MAX_INFO_KEY, "one limit");
_Static_assert(TOC_INFO_MAX_VALUE == MPI_MAX_INFO_VAL, "one limit");

#define MAX_ARGUMENTS (TOC_INFO_MAX_VALUE / 2)

static struct toc_info env;
static int env_made;

/* Joins the arguments by blanks. 0, or -1 when they do not fit. */
static int join(char *const argv[], int argc, char joined[TOC_INFO_MAX_VALUE])
{
    size_t length = 0;
    joined[0] = '\0';
    for (int i = 0; i < argc; i++) {
        size_t more = strlen(argv[i]) + (i > 0);
        if (length + more >= TOC_INFO_MAX_VALUE)
            return -1;
        if (i > 0)
            joined[length] = ' ';
        memcpy(joined + length + (i > 0), argv[i], more - (i > 0) + 1);
        length += more;
    }
    return 0;
}

int toc_info_set_arguments(struct toc_info *info, int argc, char *const argv[])
{
    char joined[TOC_INFO_MAX_VALUE];
    int err = TOC_OK;
    if (join(argv, 1, joined) == 0)
        err = toc_info_set(info, "command", joined);
    if (err == TOC_OK && join(argv + 1, argc - 1, joined) == 0)
        err = toc_info_set(info, "argv", joined);
    return err;
}

/* The program's own arguments, however it was entered: MPI_Init may be given none. */
static void set_own_arguments(struct toc_info *info)
{
    char text[2 * TOC_INFO_MAX_VALUE + 1], *argv[MAX_ARGUMENTS];
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t length = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (length <= 0 || length == (ssize_t)sizeof(text) - 1)
        return;
    text[length] = '\0';
    int argc = 0;
    for (char *at = text; at < text + length && argc < MAX_ARGUMENTS; at += strlen(at) + 1)
        argv[argc++] = at;
    if (argc < MAX_ARGUMENTS)
        toc_info_set_arguments(info, argc, argv);
}

static void set_place(struct toc_info *info)
{
    struct utsname system;
    char directory[TOC_INFO_MAX_VALUE];
    if (uname(&system) == 0) {
        toc_info_set(info, "host", system.nodename);
        toc_info_set(info, "arch", system.machine);
    }
    if (getcwd(directory, sizeof(directory)) != NULL)
        toc_info_set(info, "wdir", directory);
}

struct toc_info *toc_info_env(void)
{
    if (env_made)
        return &env;
    env_made = 1;
    toc_handle_bind(TOC_KIND_INFO, (uint32_t)(uintptr_t)MPI_INFO_ENV, &env);
    const char *size = getenv(TOC_ENV_SIZE);
    if (size == NULL || strlen(size) >= TOC_INFO_MAX_VALUE)
        size = "1";
    toc_info_set(&env, "maxprocs", size);
    toc_info_set(&env, "soft", size);
    set_own_arguments(&env);
    set_place(&env);
    return &env;
}

struct toc_info *toc_info_lookup(uintptr_t handle)
{
    if (handle == (uintptr_t)MPI_INFO_ENV)
        return toc_info_env();
    return toc_handle_lookup(TOC_KIND_INFO, handle);
}
