/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A real seccomp filter, as containers have one: it refuses this process the copying from and into
 * the memory of others. For programs whose ranks must do without.
 */
#ifndef TESTS_MPI_REFUSE_H
#define TESTS_MPI_REFUSE_H

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define REFUSE_CALL(number, count)                                                                 \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)(number), (unsigned char)(count), 0)

/* From now on cross-memory attach fails with `error` here, and so does what the default profile of
 * Docker refuses beside it. False where no filter can be set. */
static inline bool refuse_copies(int error)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        REFUSE_CALL(SYS_process_vm_readv, 4),
        REFUSE_CALL(SYS_process_vm_writev, 3),
        REFUSE_CALL(SYS_ptrace, 2),
        REFUSE_CALL(SYS_pidfd_getfd, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ((unsigned)error & SECCOMP_RET_DATA)),
    };
    struct sock_fprog filter = {sizeof(code) / sizeof(code[0]), code};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}

#endif
