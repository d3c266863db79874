/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "transport/cma.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/env.h"
#include "base/syscall.h"
#include "transport/world.h"

/* The kernel cuts a transfer at MAX_RW_COUNT; rounded to a whole number of pages of any size. */
#define MOST_PER_CALL UINT64_C(0x7ff00000)

bool toc_cma_works(struct toc_peer *peer)
{
    if (peer->cma != TOC_CMA_UNKNOWN)
        return peer->cma == TOC_CMA_WORKS;
    if (peer->rank == toc_world.rank) {
        peer->cma = TOC_CMA_WORKS; /* copied by memcpy */
        return true;
    }
    if (!toc_world_meet(peer))
        return false;
    uint64_t found = 0;
    struct iovec local = {.iov_base = &found, .iov_len = sizeof(found)};
    bool works =
        toc_env.cma != 0 &&
        toc_cma_copy(peer, true, &local, 1, peer->line.nonce_address, sizeof(found)) == 0 &&
        found == peer->line.nonce;
    peer->cma = works ? TOC_CMA_WORKS : TOC_CMA_REFUSED;
    return works;
}

/* Messages to oneself. */
static void copy_local(bool pull, const struct iovec *local, int segments, char *remote)
{
    for (int i = 0; i < segments; i++) {
        if (pull)
            memcpy(local[i].iov_base, remote, local[i].iov_len);
        else
            memcpy(remote, local[i].iov_base, local[i].iov_len);
        remote += local[i].iov_len;
    }
}

/* Drops the first `bytes` of the segments. */
static void skip(struct iovec **local, int *segments, uint64_t bytes)
{
    while (*segments > 0 && bytes >= (*local)->iov_len) {
        bytes -= (*local)->iov_len;
        (*local)++;
        (*segments)--;
    }
    if (*segments > 0) {
        (*local)->iov_base = (char *)(*local)->iov_base + bytes;
        (*local)->iov_len -= bytes;
    }
}

/* A program may take the right to copy from itself after it has begun: then it is not tried again.
 */
static int refused(struct toc_peer *peer, int error)
{
    if (error == -EPERM || error == -ENOSYS)
        peer->cma = TOC_CMA_REFUSED;
    return error;
}

int toc_cma_copy(struct toc_peer *peer, bool pull, struct iovec *local, int segments,
                 uint64_t remote_address, uint64_t bytes)
{
    if (peer->rank == toc_world.rank) {
        copy_local(pull, local, segments, (char *)(uintptr_t)remote_address);
        return 0;
    }
    long call = pull ? SYS_process_vm_readv : SYS_process_vm_writev;
    int32_t pid = peer->line.pid; /* met: how else would it have been asked for */
    while (bytes > 0) {
        struct iovec remote = {.iov_base = (void *)(uintptr_t)remote_address,
                               .iov_len = bytes < MOST_PER_CALL ? bytes : MOST_PER_CALL};
        long moved = toc_syscall6(call, pid, (long)local, segments, (long)&remote, 1, 0);
        if (moved == -EINTR)
            continue;
        if (moved <= 0)
            return refused(peer, moved == 0 ? -EFAULT : (int)moved);
        bytes -= (uint64_t)moved;
        remote_address += (uint64_t)moved;
        skip(&local, &segments, (uint64_t)moved);
    }
    return 0;
}
