/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rendezvous (lib/transport/xfer.h, lib/p2p/rendezvous_*.c): the descriptor of a transfer between
 * a sender and receiver 1. Each may wait for the transfer, wait for something else and leave at
 * any time, or compute and run its handler only, in any order; waiting ranks copy, and so does the
 * receiver's handler, unless the sender is in a blocking call, to which it may leave the copy.
 * With FAILURES one chunk cannot be copied: the transfer is frozen and goes through the ring.
 * With RECYCLE the sender uses the same descriptor for transfer 2 to receiver 2, as soon as
 * transfer 1 is done; nobody waits for other things then, which keeps it small.
 * With PUSH the sender alone copies, in its handler as well, a chunk at a time or more; the receiver
 * interrupts it and then only looks. With UNASKED the sender has not expected that it would have to
 * push, or to send through the ring.
 * With CANCEL the sender may withdraw a transfer that the receiver has not taken; a receiver that
 * comes too late drops the request.
 * With CLAIM the sender has claimed the receiver's advert (advert.pml) and set up the copy by itself;
 * the receiver learns that from the packet, perhaps when all is over. QUIET: it is not interrupted
 * for that, and the sender goes into a call at once.
 * The bell is taken for granted (doorbell.pml): rung[r] interrupts rank r or wakes it, news[r] is
 * seen by a rank that waits and not by one that computes.
 * Claims: no chunk is copied twice or outside its transfer; a side completes only when all is
 * there; when nothing can move any more, everything posted has been moved, or withdrawn and not
 * touched, and nobody waits.
 * The switches that make the mutants are listed in the file `cases`.
 */
#ifdef RECYCLE
#define NCPU 3
#else
#define NCPU 2
#endif
#define S 0                     /* the sender; a receiver's CPU is the number of its transfer */
#define SBSIZE 5
#define MATCH 0                 /* generation, mode */
#define CURSOR 1                /* generation, frozen, chunks claimed at the back, at the front */
#define DONE 2                  /* generation, finished chunks */
#define CHUNKS 3                /* of the transfer now in the descriptor */
#define BLOCKING 4              /* sender is in a blocking call and will copy */
#define NOTICE 5                /* the receiver has changed the descriptor */
#define RTS 6                   /* transfers requested */
#define FRAGMENT 7              /* transfers whose data went through the ring */
#define OFFER 8                 /* generation; open, taken or withdrawn */
#define NADDR 9
#include "tso.pml"

#ifndef CHUNKS1
#define CHUNKS1 2
#endif
#ifndef CHUNKS2
#define CHUNKS2 3
#endif
#define CHUNKS_OF(g) ((g) == 1 -> CHUNKS1 : CHUNKS2)

#define FROZEN 16
#define TAGGED(g, v) ((g) << 5 | (v))
#define VALUE(w) ((w) & 7)
#define GENERATION(w) ((w) >> 5)
#define AT_FRONT(w) ((w) & 3)
#define AT_BACK(w) ((w) >> 2 & 3)
#define CLAIMED(w) (AT_FRONT(w) + AT_BACK(w))
#ifdef CURSOR_NO_GENERATION
#define CURSOR_OF(g) 0
#else
#define CURSOR_OF(g) (g)
#endif
#ifdef DONE_NO_GENERATION
#define DONE_OF(g) 0
#else
#define DONE_OF(g) (g)
#endif

#ifdef OFFER_NO_GENERATION
#define OFFER_OF(g) 0
#else
#define OFFER_OF(g) (g)
#endif
#define OPEN 1
#define TAKEN 2
#define WITHDRAWN 3

/* Modes of a match, and stages of the sender's request. */
#define POSTED 0
#define COPY 1
#define FRAGMENTS 2
#define PUSHED 3
#ifdef PUSH
#define MODE PUSHED
#else
#define MODE COPY
#endif

bit news[NCPU], rung[NCPU];
#define ring_sleeper(r) news[r] = 1
#define ring(r) atomic { news[r] = 1; rung[r] = 1 }

/* Receiver: the sender has something to do. One that does not expect it is interrupted only if it
 * does not wait; else it is woken at most. */
#ifdef UNASKED
#define call_sender(me)                                                                            \
    ring_sleeper(S);                                                                               \
    if                                                                                             \
    :: LOADED(me, BLOCKING)                                                                        \
    :: !LOADED(me, BLOCKING) -> ring(S)                                                            \
    fi
#else
#define call_sender(me) ring(S)
#endif

/* For the claims only. */
byte copied[3];                 /* bit per chunk */
bit moved[3];                   /* through the ring */
byte posted;
bit failed;
bit withdrawn[3];
#define ALL(g) ((1 << CHUNKS_OF(g)) - 1)
#define IS_THERE(g) (copied[g] == ALL(g) || moved[g])

/* Are all chunks copied? True also when the descriptor was recycled. */
inline is_done(me, gen, answer)
{
    atomic {
#ifdef COMPLETE_AT_CLAIM
        c = LOADED(me, CURSOR);
        answer = GENERATION(c) != gen || (!(c & FROZEN) && CLAIMED(c) == CHUNKS_OF(gen));
#else
        c = LOADED(me, DONE);
        answer = VALUE(c) == CHUNKS_OF(gen);
#ifndef CHANGED_NOT_DONE
        answer = answer || GENERATION(c) != DONE_OF(gen);
#endif
#endif
#ifndef FAILURES
        c = 0
    }
#else
        if
        :: answer && GENERATION(c) == gen
        :: else -> c = 0; goto answered
        fi
    };
    atomic {
        c = LOADED(me, CURSOR);
        answer = GENERATION(c) != gen || !(c & FROZEN);
        c = 0
    };
answered:
    skip
#endif
}

/* Frozen, and nobody copies any more? */
inline is_broken(me, gen, answer)
{
#ifdef FAILURES
    atomic {
        c = LOADED(me, CURSOR);
        answer = 0;
        if
        :: GENERATION(c) == gen && (c & FROZEN)
        :: else -> c = 0; goto looked
        fi
    };
    atomic { answer = VALUE(LOADED(me, DONE)) == CLAIMED(c); c = 0 };
looked:
    skip
#else
    answer = 0
#endif
}

#ifdef CHUNKS_FROM_DESCRIPTOR
#define KNOWN_CHUNKS(me, gen) LOADED(me, CHUNKS)
#else
#define KNOWN_CHUNKS(me, gen) CHUNKS_OF(gen)
#endif

/* What a piece is remembered by: its chunks, a bit each, and their number. */
#define PIECE(first, count) (((1 << (count)) - 1) << (first) | (count) << 3)
#define CHUNKS_IN(piece) ((piece) & 7)
#define COUNT_IN(piece) ((piece) >> 3)

/* Somebody has claimed since. */
#ifdef ENDS_APART
#define CHANGED(me) ((me) == S -> AT_BACK(mem[CURSOR]) != AT_BACK(c) : \
                                  AT_FRONT(mem[CURSOR]) != AT_FRONT(c))
#else
#define CHANGED(me) (mem[CURSOR] != c)
#endif

/* Within one step only. */
hidden byte first, count;

/* Claims, copies and finishes a piece: the sender from the back, receivers from the front, one
 * chunk or all that are left. took: there was one to claim. */
inline copy_piece(me, gen, other, took)
{
    atomic {
        c = LOADED(me, CURSOR);
        took = GENERATION(c) == CURSOR_OF(gen) && !(c & FROZEN) &&
               CLAIMED(c) < KNOWN_CHUNKS(me, gen);
        if
        :: !took -> c = 0; goto copied_it
        :: else
        fi
    };
    atomic {
        DRAINED(me);
        if
        :: CHANGED(me) -> c = 0; goto copied_it    /* the caller tries again */
        :: else
        fi;
        if
        :: count = 1
        :: CLAIMED(c) + 1 < KNOWN_CHUNKS(me, gen) -> count = KNOWN_CHUNKS(me, gen) - CLAIMED(c)
        fi;
        if
        :: me == S ->
            first = KNOWN_CHUNKS(me, gen) - AT_BACK(c) - count;
            mem[CURSOR] = mem[CURSOR] + (count << 2)
        :: else ->
            first = AT_FRONT(c);
            mem[CURSOR] = mem[CURSOR] + count
        fi;
        assert(first + count <= CHUNKS_OF(gen));
        c = PIECE(first, count);
        assert(!(copied[gen] & CHUNKS_IN(c)));
        first = 0;
        count = 0
    };
#ifdef FINISH_BEFORE_COPY
    atomic { DRAINED(me); mem[DONE] = mem[DONE] + COUNT_IN(c) };
#endif
    if
    :: copied[gen] = copied[gen] | CHUNKS_IN(c)
#ifdef FAILURES
    :: atomic {                 /* the chunk is marked as failed: no more claims */
        !failed ->
        failed = 1;
        assert(GENERATION(mem[CURSOR]) == gen);
        mem[CURSOR] = mem[CURSOR] | FROZEN
       }
#endif
    fi;
#ifndef FINISH_BEFORE_COPY
    atomic { DRAINED(me); mem[DONE] = mem[DONE] + COUNT_IN(c); c = mem[DONE] };
#else
    c = 0;
#endif
    atomic {
        if
        :: VALUE(c) == CHUNKS_OF(gen) ->
            ring_sleeper(other);
#ifdef FINISH_HIDES_FAILURE
            c = 0;
            goto copied_it
#endif
        :: else
        fi;
        c = 0
    };
#ifdef FAILURES
    is_broken(me, gen, result);
    if
    :: atomic { result -> result = 0; ring(other) }
    :: else
    fi;
#endif
copied_it:
    skip
}

/* Sender: takes note of what the receiver wrote. */
inline serve()
{
    atomic {
        if
        :: LOADED(S, NOTICE) && DRAINED(S) -> mem[NOTICE] = 0
        :: LOADED(S, NOTICE) == 0 -> goto served
        fi
    };
    atomic {
        c = LOADED(S, MATCH);
        if
        :: GENERATION(c) == g -> stage = c & 3
        :: else
        fi;
        c = 0
    };
served:
    skip
}

proctype sender()
{
    byte g, stage, c;
    bit result, moving, leaves;

post:
    atomic {
        g++;
        stage = POSTED;
        posted = g;
#ifdef CANCEL
        store(S, OFFER, TAGGED(OFFER_OF(g), OPEN));
#endif
#ifdef CLAIM
        store(S, CHUNKS, CHUNKS_OF(g));
        store(S, DONE, TAGGED(DONE_OF(g), 0));
        store(S, CURSOR, TAGGED(CURSOR_OF(g), 0));
        store(S, MATCH, TAGGED(g, COPY));
        stage = COPY;
#endif
        store(S, RTS, g)
    };
    fence(S);
#ifdef QUIET
    ring_sleeper(g);
    if
    :: atomic { leaves = 0; goto wait }
#ifndef RECYCLE
    :: atomic { leaves = 1; goto wait }
#endif
    fi;
#else
    ring(g);
#endif

compute:
    /* Armed, then once more what the handler does: complete, or send fragments; it doesn't copy. */
    serve();
    if
    :: stage == POSTED
    :: stage == COPY ->
        is_done(S, g, result);
        if
        :: atomic { result -> result = 0; goto complete }
        :: else
        fi
    :: stage == PUSHED ->
        is_done(S, g, result);
        if
        :: atomic { result -> result = 0; goto complete }
        :: else
        fi;
        copy_piece(S, g, g, moving);
        if
        :: atomic { moving -> moving = 0; goto compute }
#ifdef NO_STRIKE_SELF
        :: atomic { moving -> moving = 0; goto rest }
#else
        :: atomic { moving -> moving = 0; rung[S] = 1; goto rest }      /* the rest in a moment */
#endif
        :: else
        fi
    :: stage == FRAGMENTS -> goto fragments
    fi;
    if
    :: goto rest
#ifdef CANCEL
    :: stage == POSTED -> goto cancel
#endif
    :: atomic { leaves = 0; goto wait }
#ifndef RECYCLE
    :: atomic { leaves = 1; goto wait }
#endif
    fi;
rest:
end_rest:
    atomic { rung[S]; rung[S] = 0; news[S] = 0; goto compute };

#ifdef CANCEL
cancel:
#ifdef WITHDRAW_BY_LOOK
    atomic {
        result = LOADED(S, OFFER) == TAGGED(OFFER_OF(g), OPEN);
        if
        :: result
        :: else -> goto compute
        fi
    };
    atomic { result = 0; withdrawn[g] = 1; store(S, OFFER, TAGGED(OFFER_OF(g), WITHDRAWN)) };
    goto finished;
#else
    atomic {
        DRAINED(S);
        if
        :: mem[OFFER] == TAGGED(OFFER_OF(g), OPEN) ->
            mem[OFFER] = TAGGED(OFFER_OF(g), WITHDRAWN);
            withdrawn[g] = 1;
            goto finished
        :: else -> goto compute
        fi
    };
#endif
#endif

wait:                           /* in a blocking call: for this transfer, or another (leaves) */
    store(S, BLOCKING, 1);
    do
    :: leaves -> goto leave
    :: serve();
       if
       :: stage == POSTED
       :: stage == COPY || stage == PUSHED ->
        is_done(S, g, result);
        if
        :: atomic { result -> result = 0; goto stop }
        :: else
        fi;
        copy_piece(S, g, g, moving)
       :: stage == FRAGMENTS -> goto stop
       fi;
       if
       :: atomic { moving -> moving = 0 }
       :: atomic { !moving && news[S] -> news[S] = 0; rung[S] = 0 }     /* asleep until rung */
       :: !moving && leaves -> goto leave
       fi
    od;
leave:
    atomic { leaves = 0; store(S, BLOCKING, 0) };
#ifndef NO_LEAVE_FENCE
    fence(S);
#endif
#ifndef NO_LEAVE_RECHECK
    serve();
    if
    :: stage == COPY ->
        is_done(S, g, result);
        if
        :: atomic { result -> result = 0 }
        :: !result -> ring(g)   /* "returned" */
        fi
    :: else
    fi;
#endif
    goto compute;
stop:
    atomic { leaves = 0; store(S, BLOCKING, 0) };
    fence(S);
    if
    :: stage != FRAGMENTS -> goto complete
    :: else
    fi;
fragments:
    atomic { moved[g] = 1; store(S, FRAGMENT, g) };
    fence(S);
    ring(g);

complete:
    assert(IS_THERE(g) && !withdrawn[g]);
finished:
    skip;
#ifdef RECYCLE
    if
    :: g == 1 -> goto post
    :: else
    fi
#endif
}

/* Receiver: sets up the copy, publishes the match; the caller then looks who copies. */
inline publish(me, how, first)
{
    atomic {
        store(me, CHUNKS, CHUNKS_OF(me));
        store(me, DONE, TAGGED(DONE_OF(me), 0));
        store(me, CURSOR, TAGGED(CURSOR_OF(me), first));
        store(me, MATCH, TAGGED(me, how));
        /* A read-modify-write in the code, but of release order: not taken for a fence. */
        store(me, NOTICE, 1)
    };
#ifndef NO_MATCH_FENCE
    fence(me);
#endif
}

proctype receiver(byte g)
{
    byte c, stage;
    bit result, moving, leaves;
#ifdef CLAIM
    bit calls;                  /* looks by itself, sooner or later */

    if
    :: calls = 0
    :: calls = 1
    fi;
#define LOOKS (calls && LOADED(g, RTS) >= g)
#else
#define LOOKS 0
#endif

end_idle:
    atomic {
        rung[g] || LOOKS;
        rung[g] = 0;
        news[g] = 0;
        if
        :: LOADED(g, RTS) >= g
        :: else -> goto end_idle
        fi
    };
#ifdef CANCEL
#ifdef TAKE_BY_LOOK
    atomic {
        if
        :: LOADED(g, OFFER) == TAGGED(OFFER_OF(g), OPEN)
        :: else -> goto dropped
        fi
    };
    store(g, OFFER, TAGGED(OFFER_OF(g), TAKEN));
#else
#ifndef NO_TAKE
    atomic {
        DRAINED(g);
        if
        :: mem[OFFER] == TAGGED(OFFER_OF(g), OPEN) -> mem[OFFER] = TAGGED(OFFER_OF(g), TAKEN)
        :: else -> goto dropped
        fi
    };
#endif
#endif
    assert(!withdrawn[g]);
#endif
    stage = MODE;
#ifdef CLAIM
#ifdef CLAIM_PUBLISHES
    publish(g, MODE, 0)
#endif
#else
    publish(g, MODE, 0)
#endif
#if defined(PUSH) && !defined(NO_PUSH_RING)
    call_sender(g);
#elif !defined(NO_MATCH_RING) && !defined(CLAIM)
    ring_sleeper(S);
#endif
    if
    :: goto compute
    :: goto enter
    fi;

compute:                        /* handler, or last look of a call: copies if nobody else does */
    do
    :: stage == FRAGMENTS ->
        if
        :: LOADED(g, FRAGMENT) >= g -> goto complete
        :: LOADED(g, FRAGMENT) < g -> break
        fi
    :: stage == PUSHED ->
        is_done(g, g, result);
        if
        :: result -> goto complete
        :: else
        fi;
        is_broken(g, g, result);
        if
        :: atomic { result -> result = 0; goto broken }
        :: else -> break
        fi
    :: stage == COPY ->
        is_done(g, g, result);
        if
        :: result -> goto complete
        :: else
        fi;
        is_broken(g, g, result);
        if
        :: atomic { result -> result = 0; goto broken }
        :: else
        fi;
        if
        :: LOADED(g, BLOCKING) -> break         /* left to the sender */
        :: !LOADED(g, BLOCKING)
        fi;
        copy_piece(g, g, S, moving);
        if
        :: atomic { moving -> moving = 0 }
        :: else -> break                        /* the sender is at the last ones */
        fi
    od;
    if
    :: goto rest
    :: goto enter
    fi;
rest:
end_rest:
    atomic { rung[g]; rung[g] = 0; news[g] = 0; goto compute };

enter:                          /* a blocking call: for this transfer, or another (leaves) */
    if
    :: leaves = 0
#ifndef RECYCLE
    :: leaves = 1
#endif
    fi;
    do
    :: leaves -> break
    :: stage == FRAGMENTS && LOADED(g, FRAGMENT) >= g -> goto complete
    :: atomic {
        stage == FRAGMENTS && LOADED(g, FRAGMENT) < g && news[g] -> news[g] = 0; rung[g] = 0
       }
    :: stage == PUSHED ->
        is_done(g, g, result);
        if
        :: result -> goto complete
        :: else
        fi;
        is_broken(g, g, result);
        if
        :: atomic { result -> result = 0; leaves = 0; goto broken }
        :: else
        fi;
        if
        :: atomic { news[g] -> news[g] = 0; rung[g] = 0 }
        :: leaves -> break
        fi
    :: stage == COPY ->
        is_done(g, g, result);
        if
        :: result -> goto complete
        :: else
        fi;
        is_broken(g, g, result);
        if
        :: atomic { result -> result = 0; leaves = 0; goto broken }
        :: else
        fi;
        copy_piece(g, g, S, moving);
        if
        :: atomic { moving -> moving = 0 }
        :: atomic { !moving && news[g] -> news[g] = 0; rung[g] = 0 }
        :: !moving && leaves -> break
        fi
    od;
    leaves = 0;
#ifdef LEAVE_WITHOUT_LOOK
    goto rest;
#else
    goto compute;
#endif

broken:
    stage = FRAGMENTS;
#ifdef REOPENS_CURSOR
    publish(g, FRAGMENTS, 0)
#else
    publish(g, FRAGMENTS, FROZEN)
#endif
    call_sender(g);
    goto compute;

complete:
    assert(IS_THERE(g));
#ifdef CANCEL
    goto received;
dropped:
    assert(withdrawn[g] && copied[g] == 0 && !moved[g]);
received:
    skip
#endif
}

proctype monitor()
{
    timeout ->
    assert(posted == 0 || IS_THERE(1) || withdrawn[1]);
    assert(posted < 2 || IS_THERE(2) || withdrawn[2])
}

init
{
    atomic {
        run drain(S);
        run drain(1);
        run sender();
        run receiver(1);
#ifdef RECYCLE
        run drain(2);
        run receiver(2);
#endif
        run monitor()
    }
}
