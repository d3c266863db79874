/* SPDX-License-Identifier: BSD-3-Clause */
#include "notify/uintr/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/syscall.h"

#define HIGH_NUMBER 256

bool toc_uintr_is_descriptor(int fd, const char *name)
{
    char path[32], text[128];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    long length =
        toc_syscall4(SYS_readlinkat, AT_FDCWD, (long)path, (long)text, (long)sizeof(text) - 1);
    if (length <= 0)
        return false;
    text[length] = '\0';
    return strstr(text, name) != NULL;
}

int toc_uintr_fetch(int pid, int fd, const char *name)
{
    long pidfd = toc_syscall3(SYS_pidfd_open, pid, 0, 0);
    if (pidfd < 0)
        return (int)pidfd;
    long copy = toc_syscall3(SYS_pidfd_getfd, pidfd, fd, 0);
    close((int)pidfd);
    if (copy < 0)
        return (int)copy;
    if (!toc_uintr_is_descriptor((int)copy, name)) {
        close((int)copy);
        return -EBADF;
    }
    return (int)copy;
}

int toc_uintr_move_high(int fd)
{
    int high = fcntl(fd, F_DUPFD_CLOEXEC, HIGH_NUMBER);
    if (high < 0)
        return fd;
    close(fd);
    return high;
}
