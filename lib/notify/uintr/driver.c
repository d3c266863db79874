/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The system calls, through libc's syscall(), so that a program that emulates them can take its
 * place; they are for setting up only.
 */
#include "notify/uintr/driver.h"

#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

static int result_of(long result)
{
    return result < 0 ? -errno : (int)result;
}

/* ---- Intel's patches for Linux 6.0, and their rebase to 5.18 before: numbers from 471 */

enum {
    V6_REGISTER_HANDLER = 471,
    V6_UNREGISTER_HANDLER,
    V6_VECTOR_FD,
    V6_REGISTER_SENDER,
    V6_UNREGISTER_SENDER, /* v6.0: of an index; 5.18: of a descriptor */
    V6_WAIT,
    V6_REGISTER_SELF,
    V6_ALT_STACK,
};

static bool always(void)
{
    return true;
}

/* No flag that has a receiver woken out of system calls: those that libc makes inside itself would
 * fail with EINTR. */
static int v6_receive(void (*entry)(void))
{
    return result_of(syscall(V6_REGISTER_HANDLER, entry, 0u));
}

static int v6_stop_receiving(void)
{
    return result_of(syscall(V6_UNREGISTER_HANDLER, 0u));
}

static int v6_vector(unsigned vector)
{
    return result_of(syscall(V6_VECTOR_FD, (unsigned long)vector, 0u));
}

static int v6_connect(int fd)
{
    return result_of(syscall(V6_REGISTER_SENDER, fd, 0u));
}

static int v6_disconnect(int fd, int index)
{
    (void)fd;
    return result_of(syscall(V6_UNREGISTER_SENDER, (unsigned long)index, 0u));
}

static int v6_set_stack(void *middle, size_t size)
{
    return result_of(syscall(V6_ALT_STACK, middle, size, 0u));
}

static bool v6_is_this_one(void)
{
    long index = syscall(V6_REGISTER_SELF, 1ul, 0u); /* a vector that has no descriptor yet */
    if (index < 0)
        return false;
    syscall(V6_UNREGISTER_SENDER, (unsigned long)index, 0u);
    return true;
}

static const struct toc_uintr_driver v6_0 = {
    .name = "Intel's user-interrupt system calls, version for Linux 6.0",
    .descriptor = "uvecfd",
    .may_probe = always,
    .receive = v6_receive,
    .stop_receiving = v6_stop_receiving,
    .vector = v6_vector,
    .connect = v6_connect,
    .disconnect = v6_disconnect,
    .set_stack = v6_set_stack,
    .is_this_one = v6_is_this_one,
};

static int v5_disconnect(int fd, int index)
{
    (void)index;
    return result_of(syscall(V6_UNREGISTER_SENDER, fd, 0u));
}

static const struct toc_uintr_driver v5_18 = {
    .name = "Intel's user-interrupt system calls, version for Linux 5.18",
    .descriptor = "uintrfd",
    .may_probe = always,
    .receive = v6_receive,
    .stop_receiving = v6_stop_receiving,
    .vector = v6_vector,
    .connect = v6_connect,
    .disconnect = v5_disconnect,
};

/* ---- the first posting, for Linux 5.14: numbers from 449, which are other calls since 5.16 */

enum {
    V5_REGISTER_HANDLER = 449,
    V5_UNREGISTER_HANDLER,
    V5_CREATE_FD,
    V5_REGISTER_SENDER,
    V5_UNREGISTER_SENDER,
};

static bool is_before_5_16(void)
{
    struct utsname name;
    unsigned major, minor;
    if (uname(&name) != 0 || sscanf(name.release, "%u.%u", &major, &minor) != 2)
        return false;
    return major < 5 || (major == 5 && minor < 16);
}

static int v5_receive(void (*entry)(void))
{
    return result_of(syscall(V5_REGISTER_HANDLER, entry, 0u));
}

static int v5_stop_receiving(void)
{
    return result_of(syscall(V5_UNREGISTER_HANDLER, 0u));
}

static int v5_vector(unsigned vector)
{
    return result_of(syscall(V5_CREATE_FD, (unsigned long)vector, 0u));
}

static int v5_connect(int fd)
{
    return result_of(syscall(V5_REGISTER_SENDER, fd, 0u));
}

static int v5_14_disconnect(int fd, int index)
{
    (void)index;
    return result_of(syscall(V5_UNREGISTER_SENDER, fd, 0u));
}

static const struct toc_uintr_driver v5_14 = {
    .name = "Intel's user-interrupt system calls, version for Linux 5.14",
    .descriptor = "uintrfd",
    .may_probe = is_before_5_16,
    .receive = v5_receive,
    .stop_receiving = v5_stop_receiving,
    .vector = v5_vector,
    .connect = v5_connect,
    .disconnect = v5_14_disconnect,
};

const struct toc_uintr_driver *const toc_uintr_drivers[] = {&v6_0, &v5_18, &v5_14, NULL};
