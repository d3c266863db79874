/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_NOTIFY_UINTR_DRIVER_H
#define TOC_NOTIFY_UINTR_DRIVER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A kernel's interface to user interrupts. None of them is in upstream Linux; Intel's patches came
 * in three generations, and there are modules with ioctls for stock kernels. Results are >= 0 or
 * -errno. None of these functions is for the handler.
 */
struct toc_uintr_driver {
    const char *name;       /* for people */
    const char *descriptor; /* part of what /proc/self/fd calls a vector's descriptor */
    /** Could it be this kernel at all? Its calls may mean something else on others. */
    bool (*may_probe)(void);
    /** Registers `entry` for user interrupts of the calling thread. */
    int (*receive)(void (*entry)(void));
    int (*stop_receiving)(void);
    /** A descriptor (close-on-exec) that stands for a vector of the calling thread. */
    int (*vector)(unsigned vector);
    /** Index for SENDUIPI of the receiver behind a descriptor. */
    int (*connect)(int fd);
    int (*disconnect)(int fd, int index);
    /** Has interrupts taken on a stack. NULL: this kernel cannot. */
    int (*set_stack)(void *middle, size_t size);
    /** A last question that others of its family answer differently; NULL: none. */
    bool (*is_this_one)(void);
};

/** All that are known, NULL at the end; the most likely first. */
extern const struct toc_uintr_driver *const toc_uintr_drivers[];

#endif
