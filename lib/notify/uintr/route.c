/* SPDX-License-Identifier: BSD-3-Clause */
#include "notify/uintr/route.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "notify/notify.h"
#include "notify/uintr/descriptor.h"
#include "notify/uintr/driver.h"
#include "notify/uintr/exchange.h"

static int by_signal(const struct toc_notify_target *target, const char *why)
{
    toc_log(TOC_LOG_INFO, "rank %d is rung by signals, not by user interrupts: %s", target->rank,
            why);
    return TOC_ROUTE_SIGNAL;
}

int toc_uintr_connect(const struct toc_uintr_driver *driver, int fd)
{
    int index = driver->connect(fd);
    return index >= 0 ? index + 1 : TOC_ROUTE_SIGNAL;
}

/* What the launcher hands out is looked at as well. */
static int request(const struct toc_uintr_driver *driver, int exchange, int rank)
{
    int fd = toc_uintr_request(exchange, rank);
    if (fd >= 0 && !toc_uintr_is_descriptor(fd, driver->descriptor)) {
        close(fd);
        return -EBADF;
    }
    return fd;
}

static int find_route(const struct toc_uintr_driver *driver, const struct toc_notify_target *target,
                      int exchange)
{
    /* In another pid namespace, pid means somebody else. */
    int fd = target->foreign ? -ESRCH
                             : toc_uintr_fetch(target->pid, target->vector_fd, driver->descriptor);
    if (fd < 0 && exchange >= 0)
        fd = request(driver, exchange, target->rank);
    if (fd < 0)
        return by_signal(target, strerror(-fd));
    int route = toc_uintr_connect(driver, fd);
    close(fd);
    return route > 0 ? route : by_signal(target, "this process cannot have more targets");
}

int toc_uintr_find_route(const struct toc_uintr_driver *driver,
                         const struct toc_notify_target *target, int exchange)
{
    int saved = errno;
    int route = find_route(driver, target, exchange);
    errno = saved;
    return route;
}
