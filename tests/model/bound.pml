/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bound on what a rank keeps for others (lib/p2p/held.h, bound.h): one sender, one receiver who
 * has asked for nothing yet, a ring of CELLS packets. A packet brings its contents, or the envelope
 * only when the sender has seen the receiver's flag. The receiver takes everything from the ring, and
 * counts contents; beyond LIMIT it raises the flag, at half of it it lowers it.
 *
 * LAST: the sender waits for nothing, and the receiver wants the last message first, as after
 * a barrier. Else: the sender waits for each message that was refused, as MPI_Send does.
 * Bells are taken for granted (doorbell.pml), copies, too (rendezvous.pml).
 * Claim: no more is kept than the limit, a ring, and the one message for which the sender had looked
 * before; messages are received in order; both come to their end (else: invalid end state).
 * The switches that make the mutants are listed in the file `cases`.
 */
#ifndef MESSAGES
#define MESSAGES 7
#endif
#ifndef CELLS
#define CELLS 2
#endif
#ifndef LIMIT
#define LIMIT 2
#endif

#define NCPU 2
#define SBSIZE 3
#define TAIL 0                  /* published, written by the sender */
#define HEAD 1                  /* consumed, written by the receiver */
#define OVER 2                  /* flag of the receiver */
#define MATCHED 3               /* refused messages that have their receive */
#define NADDR 4
#include "tso.pml"

/* Packets, by their place in the order of the ring: published with the tail. */
bit refused[MESSAGES];
byte number[MESSAGES];

proctype sender()
{
    byte sent, back, aside = MESSAGES, next;
    bit over;

    do
    :: sent < MESSAGES ->
        over = LOADED(0, OVER);
#ifdef WAITS_FOR_ROOM
        LOADED(0, OVER) == 0;
        over = 0;
#endif
        sent - LOADED(0, HEAD) < CELLS;
#ifdef LOOKS_ONCE
        if
        :: sent > 0 -> over = 0
        :: else
        fi;
#endif
        atomic {
            next = sent;
#ifdef OVERTAKES
            /* What is refused waits aside, for one packet; what follows goes first. */
            if
            :: aside < MESSAGES -> next = aside; aside = MESSAGES
            :: else ->
                if
                :: over && sent + 1 < MESSAGES -> aside = sent; next = sent + 1
                :: else
                fi
            fi;
#endif
            refused[sent] = over;
            number[sent] = next;
            sent++;
            back = back + over;
            store(0, TAIL, sent)
        };
#ifndef LAST
        LOADED(0, MATCHED) >= back
#endif
    :: else -> break
    od
}

inline lower()
{
    if
    :: over && held <= LIMIT / 2 ->
        over = 0;
#ifndef NEVER_LOWERS
        store(1, OVER, 0)
#endif
    :: else
    fi
}

/* A packet into the unexpected queue. */
inline take()
{
    atomic {
        if
        :: refused[taken] -> skip
        :: else ->
            held++;
#ifdef DROPS
            /* Refuses at its own side, too, what was under way. */
            if
            :: over -> lost = 1
            :: else
            fi;
#endif
        fi
    };
#ifdef RAISES_LATE
    atomic { taken++; store(1, HEAD, taken) };
#endif
    atomic {
        if
        :: held > LIMIT && !over -> over = 1; store(1, OVER, 1)
        :: else
        fi
    };
    assert(held <= LIMIT + CELLS + 1);
#ifndef RAISES_LATE
    atomic { taken++; store(1, HEAD, taken) }
#endif
}

/* The message at this place of the queue has its receive. */
inline receive(at)
{
    atomic {
        if
        :: refused[at] -> matched++; store(1, MATCHED, matched)
        :: else -> held--; lower()
        fi;
        received++
    }
}

#ifdef REFUSES_ENVELOPES
#define TAKES (!over)
#else
#define TAKES true
#endif

proctype receiver()
{
    byte taken, received, held, matched;
    bit over, lost;

    do
    :: received == MESSAGES -> break
    :: received < MESSAGES && taken != LOADED(1, TAIL) && TAKES -> take()
#ifdef LAST
    :: received == 0 && taken == MESSAGES -> receive(MESSAGES - 1)
    :: received > 0 && received < MESSAGES ->
        assert(number[received - 1] == received - 1);
        receive(received - 1)
#else
    :: received < taken ->
        assert(number[received] == received);
        receive(received)
#endif
    od;
    assert(held == 0 && !lost);
    DRAINED(1);
    assert(mem[OVER] == 0)          /* the next burst finds room */
}

init
{
    atomic {
        run drain(0);
        run drain(1);
        run sender();
        run receiver()
    }
}
