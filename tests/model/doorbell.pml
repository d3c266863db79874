/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The doorbell (lib/notify/doorbell.h): one owner with its signal handler, two senders.
 *
 * Senders publish packets; the owner polls, sleeps or computes in any order and as often as it
 * likes, with any mask, opens the guard while it sleeps or not, and drops watched rings. With
 * PREEMPT sender 0 may lose its CPU forever at any step; with FAILURES its notifications may fail.
 * Claims, checked whenever nothing can move any more (process monitor):
 *  - an owner asleep, or polling, has seen every packet whose sender is through with the bell,
 *    whatever another sender does; and it isn't asleep on something its handler has taken in;
 *  - an owner that computes armed has seen every packet of a class in its mask, unless a
 *    notification failed; and no `outstanding` bit is left that would swallow the next bell.
 * The switches that make the mutants are listed in the file `cases`.
 */
#ifndef PACKETS0
#define PACKETS0 1
#endif
#ifndef PACKETS1
#define PACKETS1 2
#endif
#define PACKETS(s) ((s) == 0 -> PACKETS0 : PACKETS1)
#define TOTAL (PACKETS0 + PACKETS1)

#define NCPU 3
#define OWNER 2                 /* CPU of the owner; a sender's CPU is its number */
#define SBSIZE 2
#define CELL(s) (s)             /* packets published in the ring of sender s */
#define PENDING(s) (2 + (s))    /* its bit in the owner's pending set */
#define WORD 4                  /* the doorbell */
#define NADDR 5
#include "tso.pml"

/* The word: mode, outstanding, mask (one bit: also class 1), epoch. */
#define QUIET 0
#define SLEEP 1
#define ARMED 2
#define MODE(w) ((w) & 3)
#define OUTSTANDING 4
#define ALL_CLASSES 8
#define EPOCH(w) ((w) >> 4)
#define MAKE(mode, e) ((mode) | ((e) << 4))
#define IN_MASK(w, class) ((class) == 0 || ((w) & ALL_CLASSES))

/*
 * A new epoch is the smallest number that nobody holds a copy of: the real counter is wide enough
 * that it never comes back to one, and states that differ in nothing else fall together here.
 */
byte loaded[2];                /* what a sender read from the word; 0 when it has none */
byte expected;                 /* what the sleeping owner compares with; 0 when it has none */
#define HELD(e) (EPOCH(mem[WORD]) == (e) || EPOCH(expected) == (e) || \
                 EPOCH(loaded[0]) == (e) || EPOCH(loaded[1]) == (e) || \
                 EPOCH(own_value[OWN(OWNER, WORD)]) == (e))
#define NEW_EPOCH (!HELD(1) -> 1 : (!HELD(2) -> 2 : (!HELD(3) -> 3 : \
                  (!HELD(4) -> 4 : (!HELD(5) -> 5 : 6)))))

/* Private to the owner's thread (owner and handler never run at once). */
byte got[2];                    /* head of each ring */
bit watched[2];
bit guard = 1, deferred, in_handler;
byte tmp;

/* The kernel's side. */
bit signal_pending, asleep, restart;

/* For the claims only. */
mtype = { running, polling, sleeping, computing, finished };
mtype owner_at = running;
byte seen;                      /* packets taken in when the owner last decided to sleep */
byte rung[2];                   /* packets whose sender is through with the bell */
bit class[2];
bit done[2], stalled, failed;

#define GOT (got[0] + got[1])

/* One atomic exchange (of the owner or its handler), which is a full fence. */
#ifdef KEEP_OUTSTANDING         /* the owner forgets to write outstanding = 0 */
#define KEPT (mem[WORD] & OUTSTANDING)
#else
#define KEPT 0
#endif
/* Mutants: a store in place of the exchange. */
#ifdef SLEEP_PLAIN_STORE
#define PLAIN(mode) (MODE(mode) == SLEEP)
#else
#ifdef ARM_PLAIN_STORE
#define PLAIN(mode) (MODE(mode) == ARMED)
#else
#define PLAIN(mode) false
#endif
#endif
inline exchange_mode(mode)
{
    atomic {
        if
        :: PLAIN(mode) -> store(OWNER, WORD, MAKE(mode, NEW_EPOCH))
        :: !PLAIN(mode) && DRAINED(OWNER) -> mem[WORD] = MAKE(mode, NEW_EPOCH) | KEPT
        fi
    }
}

/* Take in one ring, if its pending bit is set. */
inline drain_ring(s)
{
    atomic {
        if
        :: LOADED(OWNER, PENDING(s)) -> watched[s] = 1; got[s] = LOADED(OWNER, CELL(s))
        :: else
        fi
    }
}

inline drain_rings()
{
    drain_ring(0);
    drain_ring(1)
}

/* Stop watching a ring: clear the bit, then look again. */
inline drop_ring(s)
{
#ifdef DROP_PLAIN_STORE
    store(OWNER, PENDING(s), 0);
#else
    atomic { DRAINED(OWNER); mem[PENDING(s)] = 0; watched[s] = 0 };
#endif
    watched[s] = 0;
#ifndef DROP_NO_RECHECK
    if
    :: LOADED(OWNER, CELL(s)) != got[s] ->
        atomic { DRAINED(OWNER); mem[PENDING(s)] = 1; watched[s] = 1 }
    :: LOADED(OWNER, CELL(s)) == got[s]
    fi
#endif
}

proctype handler()
{
end:
    do
    :: atomic {
        signal_pending && !in_handler ->
        signal_pending = 0;
        in_handler = 1;
        if
        :: asleep -> asleep = 0; restart = 1
        :: else
        fi;
        deferred = 1;
        if
        :: guard -> goto held
        :: else -> guard = 1; deferred = 0
        fi
       };
#ifdef HANDLER_NO_RECHECK
       drain_rings();
#endif
       atomic {
        tmp = LOADED(OWNER, WORD);
        if
#ifdef HANDLER_KEEPS_WORD
        :: MODE(tmp) == ARMED ->
#else
        :: MODE(tmp) != QUIET ->
#endif
            exchange_mode(tmp & (3 | ALL_CLASSES))
        :: else
        fi;
        tmp = 0
       };
#ifndef HANDLER_NO_RECHECK
       drain_rings();
#endif
       atomic { guard = 0; in_handler = 0; goto end };
held:
       atomic {
#ifndef HANDLER_KEEPS_WORD      /* stir: a futex wait that is restarted comes back at once */
        DRAINED(OWNER);
        if
        :: MODE(mem[WORD]) == SLEEP -> mem[WORD] = mem[WORD] | OUTSTANDING
        :: else
        fi;
#endif
        in_handler = 0
       }
    od
}

proctype owner() provided (!in_handler)
{
    /* In the library, guard held, mode quiet. */
next:
    if
    :: GOT == TOTAL -> goto out
    :: GOT < TOTAL -> goto poll
    :: atomic { GOT < TOTAL -> seen = GOT; goto sleep }
    :: exchange_mode(ARMED); goto armed
    :: exchange_mode(ARMED | ALL_CLASSES); goto armed
    :: watched[1] -> drop_ring(1); goto next
    fi;

poll:
    owner_at = polling;
    atomic {
        if
        :: watched[0] && mem[CELL(0)] != got[0]
        :: watched[1] && mem[CELL(1)] != got[1]
#ifndef POLLER_NO_PENDING
        :: !watched[0] && mem[PENDING(0)]
        :: !watched[1] && mem[PENDING(1)]
#endif
        fi;
        owner_at = running
    };
    drain_rings();
    goto next;

sleep:
    atomic {
        exchange_mode(SLEEP);
        expected = LOADED(OWNER, WORD)
    };
#ifndef OWNER_NO_RECHECK
    drain_rings();
    if
    :: GOT != seen -> goto awake
    :: else
    fi;
#endif
    if
    :: true                     /* sleep with the guard held: a handler only defers */
    :: guard = 0;               /* or open; unless a bell came meanwhile */
        if
        :: deferred -> atomic { guard = 1; deferred = 0 }; drain_rings(); goto sleep
        :: else
        fi
    fi;
#ifdef WAIT_RELOADS             /* compares with what it finds, not with what it wrote */
    expected = LOADED(OWNER, WORD);
#endif
futex:
    if
    :: atomic { DRAINED(OWNER) && mem[WORD] == expected -> asleep = 1; owner_at = sleeping };
        atomic {
            !asleep;
            owner_at = running;
            if
            :: restart -> restart = 0; goto futex
            :: else -> guard = 1
            fi
        }
    :: atomic { DRAINED(OWNER) && mem[WORD] != expected -> guard = 1 }
    fi;
    drain_rings();
    if
    :: GOT == seen -> goto sleep
    :: else
    fi;
awake:
    atomic { expected = 0; seen = 0; exchange_mode(QUIET) };
    drain_rings();
    goto next;

armed:
#ifndef OWNER_NO_RECHECK
    drain_rings();
#endif
short_call:                     /* leaves the bell as it is */
    guard = 0;
    if
    :: atomic { deferred -> guard = 1; deferred = 0 };
        drain_rings();
        exchange_mode(mem[WORD] & (3 | ALL_CLASSES));
        goto armed
    :: !deferred -> skip
    fi;
    if
    :: atomic { owner_at = computing; false }   /* to the end */
    :: guard = 1; goto short_call
    :: atomic { guard = 1; exchange_mode(QUIET) };
        drain_rings();
        goto next
    fi;

out:
    atomic { guard = 0; owner_at = finished }
}

#define PREEMPTED 1             /* sender 0, the first process that init runs */

#define W loaded[s]
#define WANTED(w, s) (MODE(w) == ARMED && IN_MASK(w, class[s]) && !((w) & OUTSTANDING))
#define RETURN W = 0; rung[s]++; goto send

proctype sender(byte s) provided (_pid != PREEMPTED || !stalled)
{
    bit unsignalable;
    byte n;

send:
    atomic {
        if
        :: n == PACKETS(s) -> done[s] = 1; goto end
        :: n < PACKETS(s) -> n++; store(s, CELL(s), n)
        fi
    };
#ifndef NO_SENDER_FENCE
    fence(s);
#endif
    if
    :: LOADED(s, PENDING(s))
    :: atomic { LOADED(s, PENDING(s)) == 0 && DRAINED(s) -> mem[PENDING(s)] = 1 }
    fi;
decide:
    atomic {
        W = LOADED(s, WORD);
        if
#ifdef WAKE_SUPPRESSED          /* by the bit of another sender */
        :: MODE(W) == SLEEP && !(W & OUTSTANDING) -> goto wake
#else
        :: MODE(W) == SLEEP -> goto wake
#endif
        :: WANTED(W, s) && !unsignalable -> goto notify
        :: else -> RETURN
        fi
    };

wake:
#ifdef WAKE_BY_FETCH_OR         /* may hit the word of a later epoch, armed, and swallow its bell */
    atomic { DRAINED(s); mem[WORD] = mem[WORD] | OUTSTANDING };
#else
#ifndef WAKE_KEEPS_WORD
    atomic {
        if
        :: W & OUTSTANDING      /* changed already */
        :: !(W & OUTSTANDING) && DRAINED(s) && mem[WORD] == W -> mem[WORD] = W | OUTSTANDING
        :: !(W & OUTSTANDING) && DRAINED(s) && mem[WORD] != W ->
#ifdef WAKE_NO_REREAD
            RETURN
#else
            goto decide
#endif
        fi
    };
#endif
#endif
    atomic { asleep = 0; RETURN };      /* futex wake */

notify:
    atomic {
        DRAINED(s);
        if
        :: mem[WORD] == W -> mem[WORD] = W | OUTSTANDING
        :: else -> goto decide
        fi
    };
    if
    :: atomic { signal_pending = 1; RETURN }
#ifdef FAILURES
    :: atomic { s == 0 -> failed = 1; unsignalable = 1 }
#endif
    fi;
    atomic {                    /* take it back, if it is still this epoch's */
        DRAINED(s);
#ifdef FAIL_CLEARS_ANY_EPOCH
        mem[WORD] = mem[WORD] & ~OUTSTANDING;
#else
#ifndef FAIL_KEEPS_BIT
        if
        :: mem[WORD] == (W | OUTSTANDING) -> mem[WORD] = W
        :: else
        fi;
#endif
#endif
        RETURN
    };
end:
    skip
}

#ifdef PREEMPT
/* Sender 0 may lose its CPU at any point, for good; its store buffer drains all the same. */
proctype preempt()
{
end:
    atomic { !done[0] -> stalled = 1 }
}
#endif

#define RUNG_SEEN(s) (got[s] >= rung[s])

proctype monitor()
{
    timeout ->
    assert(done[1] && (done[0] || stalled) && !signal_pending && !in_handler);
    assert(owner_at != running);
    if
    :: owner_at == sleeping -> assert(asleep && GOT == seen && RUNG_SEEN(0) && RUNG_SEEN(1))
    :: owner_at == polling -> assert(RUNG_SEEN(0) && RUNG_SEEN(1))
    :: owner_at == computing && !stalled ->
        assert(failed || !IN_MASK(mem[WORD], class[0]) || RUNG_SEEN(0));
        assert(failed || !IN_MASK(mem[WORD], class[1]) || RUNG_SEEN(1));
        assert(!(mem[WORD] & OUTSTANDING))
    :: else
    fi
}

init
{
    atomic {
        if
        :: class[1] = 0
        :: class[1] = 1
        fi;
        run sender(0);
        run sender(1);
        run drain(0);
        run drain(1);
        run drain(OWNER);
        run handler();
        run owner();
#ifdef PREEMPT
        run preempt();
#endif
        run monitor()
    }
}
