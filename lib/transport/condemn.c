/* SPDX-License-Identifier: BSD-3-Clause */
/* MPI_Abort on a communicator, in a job that goes on without the ranks that end. */
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "transport/world.h"

/* As long as mpirun gives ranks between SIGTERM and SIGKILL when a job ends. */
#define GRACE_MS 450
#define LOOK_MS  5

static bool is_condemned(const struct toc_peer *peer)
{
    /* Relaxed: by whichever rank; nothing else is read because of it. */
    return peer->rank != toc_world.rank &&
           atomic_load_explicit(&peer->entry->condemned, memory_order_relaxed) != 0;
}

/* A rank's number in another namespace may be somebody else's in ours. */
static void send_signal(struct toc_peer *peer, int signal)
{
    if (!toc_world_has_ended(peer) && toc_world_meet(peer) && peer->line.pid > 0 &&
        peer->line.pidns == toc_world.pidns)
        kill(peer->line.pid, signal);
}

void toc_world_condemn(int rank, int code)
{
    struct toc_peer *peer = &toc_world.peers[rank];
    int expected = 0;

    /* Before the signal: mpirun looks at it once the rank has left. The first code stays. */
    atomic_compare_exchange_strong(&peer->entry->condemned, &expected, code);
    if (rank != toc_world.rank)
        send_signal(peer, SIGTERM);
}

static bool any_left(void)
{
    for (int rank = 0; rank < toc_world.size; rank++)
        if (is_condemned(&toc_world.peers[rank]) && !toc_world_has_ended(&toc_world.peers[rank]))
            return true;
    return false;
}

void toc_world_condemn_rest(void)
{
    const struct timespec look = {0, LOOK_MS * 1000000L};

    for (int waited = 0; waited < GRACE_MS && any_left(); waited += LOOK_MS)
        nanosleep(&look, NULL);
    for (int rank = 0; rank < toc_world.size; rank++)
        if (is_condemned(&toc_world.peers[rank]))
            send_signal(&toc_world.peers[rank], SIGKILL);
}
