/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_P2P_ENDED_H
#define TOC_P2P_ENDED_H

#include "core/comm.h"
#include "p2p/request.h"

/*
 * Messages from and to ranks that have ended, in a job that goes on without them (mpirun
 * -disable-auto-cleanup). What such a rank has sent is received as ever. Then what waits for it
 * completes with TOC_ERR_PROC: receives from it, and from anybody where all others have ended;
 * sends to it, unless they need nothing of it. Nothing looks at that in the short paths: a rank
 * that waits looks before it sleeps, and one that tests whenever it tests. Guard held.
 */

/** Nobody is left who could send this: `source` is a world rank or TOC_ANY_SOURCE. */
bool toc_p2p_is_lost(int source, const struct toc_comm *comm);

/** Completes all of it. True when there was any. */
bool toc_p2p_bury(void);

/** The same of a matched send or receive, in the files that know about it. */
bool toc_send_bury(void);
bool toc_rendezvous_bury_outgoing(void);
bool toc_rendezvous_bury_incoming(void);

#endif
