/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Flow control (lib/transport/ring.h, lib/p2p/send.c): two ranks that send to each other more than
 * their rings hold and receive afterwards, as with MPI_Send before MPI_Recv on both sides.
 *
 * A rank that finds its ring full wishes for space, looks once more, and waits; while it waits it
 * takes what comes into the unexpected queue. The bell is taken for granted (doorbell.pml): here a
 * flag that stays set until its owner has seen it.
 * LAZY: the consumer may put the look at the wish off until the next multiple of that many packets.
 * What packets say of the ring in the other direction is left out: it is never more than HEAD says,
 * and a rank that waits for space goes by HEAD.
 * Claim: both ranks come to their end, with every packet received (else: invalid end state).
 * The switches that make the mutants are listed in the file `cases`.
 */
#ifndef PACKETS
#define PACKETS 3               /* each way */
#endif
#ifndef CELLS
#define CELLS 1
#endif

#define NCPU 2
#define SBSIZE 3
/* Ring of sender s; its cells are left out: their sequence number is the tail. */
#define TAIL(s) (s)             /* published, written by the sender */
#define HEAD(s) (2 + (s))       /* consumed, written by the receiver */
#define WANT(s) (4 + (s))       /* the sender waits for space */
#define NADDR 6
#include "tso.pml"

#define peer (1 - me)

bit bell[2];

/* Consumer: takes in what there is, gives it back, rings a producer that waits for space. */
inline drain_ring()
{
    atomic {
        if
        :: taken != LOADED(me, TAIL(peer)) -> taken++; store(me, HEAD(peer), taken)
        :: else -> goto drained
        fi
    };
#ifdef LAZY
    if
    :: taken % LAZY != 0 -> goto drained /* a receive of a short message */
    :: true
    fi;
#endif
#ifndef NO_CONSUMER_FENCE
    fence(me);
#endif
    if
    :: LOADED(me, WANT(peer)) ->
#ifdef CLEAR_AFTER_BELL
        bell[peer] = 1;
        store(me, WANT(peer), 0)
#else
        atomic { DRAINED(me); wanted = mem[WANT(peer)]; mem[WANT(peer)] = 0 };
#ifndef NO_CONSUMER_BELL
        atomic {
            if
            :: wanted -> wanted = 0; bell[peer] = 1
            :: else
            fi
        }
#endif
#endif
    :: LOADED(me, WANT(peer)) == 0
    fi;
drained:
    skip
}

inline send_packet()
{
    do
    :: sent - LOADED(me, HEAD(me)) < CELLS -> break
    :: sent - LOADED(me, HEAD(me)) >= CELLS ->
        store(me, WANT(me), 1);
#ifndef NO_PRODUCER_FENCE
        fence(me);
#endif
#ifndef NO_PRODUCER_RECHECK
        if
        :: sent - LOADED(me, HEAD(me)) < CELLS -> break
        :: sent - LOADED(me, HEAD(me)) >= CELLS
        fi;
#endif
#ifndef WAITER_DOES_NOT_DRAIN
        drain_ring();
#endif
        if
        :: taken == LOADED(me, TAIL(peer)) -> atomic { bell[me]; bell[me] = 0 }
#ifdef WAITER_DOES_NOT_DRAIN
        :: taken != LOADED(me, TAIL(peer)) -> atomic { bell[me]; bell[me] = 0 }
#else
        :: taken != LOADED(me, TAIL(peer))
#endif
        fi
    od;
    atomic { sent++; store(me, TAIL(me), sent) };
    fence(me);                  /* the sender's side of the bell */
    bell[peer] = 1
}

inline receive_packet()
{
    do
    :: taken > received -> break
    :: taken <= received && taken != LOADED(me, TAIL(peer)) -> drain_ring()
    :: taken <= received && taken == LOADED(me, TAIL(peer)) -> atomic { bell[me]; bell[me] = 0 }
    od;
    received++
}

/* `taken - received` packets are in the unexpected queue. */
proctype rank(byte me)
{
    byte sent, taken, received;
    bit wanted;

    do
    :: sent < PACKETS -> send_packet()
    :: else -> break
    od;
    do
    :: received < PACKETS -> receive_packet()
    :: else -> break
    od;
    assert(taken == PACKETS)
}

init
{
    atomic {
        run drain(0);
        run drain(1);
        run rank(0);
        run rank(1)
    }
}
