/* SPDX-License-Identifier: BSD-3-Clause */
/* Orders from rank 0 to rank 1 through a shared file, without MPI. */
#include "inject.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/syscall.h"
#include "stepper.h"

struct control {
    _Atomic uint32_t ordered; /* orders given */
    _Atomic uint32_t done;    /* orders carried out */
    enum peer_step step;
    unsigned trial;
    unsigned patience_us;
    long pid, tid; /* of rank 0 */
} * control;

void peer_attach(const char *path)
{
    int fd = open(path, O_RDWR);
    if (fd < 0 || ftruncate(fd, sizeof(*control)) != 0) {
        perror(path);
        exit(2);
    }
    control = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (control == MAP_FAILED) {
        perror("mmap");
        exit(2);
    }
    close(fd);
}

/* Both ranks may share a core: no polling. The bells that interrupt this are nobody's business. */
static void wait_while(_Atomic uint32_t *word, uint32_t value)
{
    while (atomic_load(word) == value)
        toc_syscall6(SYS_futex, (long)word, FUTEX_WAIT, (long)value, 0, 0, 0);
}

static void advance(_Atomic uint32_t *word)
{
    atomic_fetch_add(word, 1);
    toc_syscall6(SYS_futex, (long)word, FUTEX_WAKE, 1, 0, 0, 0);
}

void peer_order(enum peer_step step)
{
    control->step = step;
    control->trial = trial;
    control->pid = toc_syscall0(SYS_getpid);
    control->tid = toc_syscall0(SYS_gettid);
    advance(&control->ordered);
}

void peer_await(void)
{
    wait_while(&control->done, atomic_load(&control->ordered) - 1);
}

void peer_set_patience(unsigned microseconds)
{
    control->patience_us = microseconds;
}

void peer_be_patient(void)
{
    struct timespec left = {control->patience_us / 1000000,
                            (long)(control->patience_us % 1000000) * 1000};
    while (toc_syscall3(SYS_nanosleep, (long)&left, (long)&left, 0) < 0)
        ;
}

void peer_strike(void)
{
    stepper_strike_thread(control->pid, control->tid);
}

void peer_serve(void (*serve)(enum peer_step step))
{
    for (uint32_t served = 0;; served++) {
        wait_while(&control->ordered, served);
        enum peer_step step = control->step;
        trial = control->trial;
        if (step != PEER_QUIT)
            serve(step);
        advance(&control->done);
        if (step == PEER_QUIT)
            return;
    }
}
