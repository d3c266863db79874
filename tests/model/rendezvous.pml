/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rendezvous (lib/transport/xfer.h, lib/p2p/rendezvous_*.c): one descriptor of a sender, used for
 * transfer 1 to receiver 1 and, recycled, for transfer 2 to receiver 2.
 *
 * Each rank may wait for its transfer, wait for something else and leave at any time, or compute
 * and run its handler only, in any order; waiting ranks copy, and so does the receiver's handler,
 * unless the sender is in a blocking call and it may leave the copy to it. With FAILURES one chunk
 * may fail to be copied: then the transfer is frozen and goes through the ring in fragments.
 * The bell is taken for granted (doorbell.pml): rung[r] interrupts rank r or wakes it, news[r] is
 * seen by a rank that waits and not by one that computes.
 * Claims: no chunk is copied twice or outside its transfer; a side completes only when all is
 * there; when nothing can move any more, everything posted has been moved and nobody waits.
 */
#define NCPU 3
#define S 0                     /* the sender; a receiver's CPU is the number of its transfer */
#define SBSIZE 5
#define MATCH 0                 /* generation, mode */
#define CURSOR 1                /* generation, frozen, next chunk */
#define DONE 2                  /* generation, finished chunks */
#define CHUNKS 3                /* of the transfer now in the descriptor */
#define BLOCKING 4              /* sender is in a blocking call and will copy */
#define NOTICE 5                /* the receiver has changed the descriptor */
#define RTS 6                   /* transfers requested */
#define FRAGMENT 7              /* transfers whose data went through the ring */
#define NADDR 8
#include "tso.pml"

#ifndef CHUNKS1
#define CHUNKS1 2
#endif
#ifndef CHUNKS2
#define CHUNKS2 3
#endif
#define CHUNKS_OF(g) ((g) == 1 -> CHUNKS1 : CHUNKS2)

#define FROZEN 8
#define TAGGED(g, v) ((g) << 4 | (v))
#define VALUE(w) ((w) & 7)
#define GENERATION(w) ((w) >> 4)
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

/* Modes of a match, and stages of the sender's request. */
#define POSTED 0
#define COPY 1
#define FRAGMENTS 2

bit news[NCPU], rung[NCPU];
#define ring_sleeper(r) news[r] = 1
#define ring(r) atomic { news[r] = 1; rung[r] = 1 }

/* For the claims only. */
byte copied[3];                 /* bit per chunk */
bit moved[3];                   /* through the ring */
byte posted;
bit failed;
#define ALL(g) ((1 << CHUNKS_OF(g)) - 1)
#define IS_THERE(g) (copied[g] == ALL(g) || moved[g])

/* Are all chunks copied? True also when the descriptor was recycled. */
inline is_done(me, gen, answer)
{
    atomic {
#ifdef COMPLETE_AT_CLAIM
        c = LOADED(me, CURSOR);
        answer = GENERATION(c) != gen || (c & 15) == CHUNKS_OF(gen);
#else
        c = LOADED(me, DONE);
        answer = VALUE(c) == CHUNKS_OF(gen);
#ifndef CHANGED_NOT_DONE
        answer = answer || GENERATION(c) != DONE_OF(gen);
#endif
#endif
    };
#ifdef FAILURES
    if
    :: atomic {
        answer && GENERATION(c) == gen ->
        c = LOADED(me, CURSOR);
        answer = GENERATION(c) != gen || !(c & FROZEN)
       }
    :: else
    fi;
#endif
    c = 0
}

/* Frozen, and nobody copies any more? */
inline is_broken(me, gen, answer)
{
    answer = 0;
#ifdef FAILURES
    c = LOADED(me, CURSOR);
    if
    :: atomic {
        GENERATION(c) == gen && (c & FROZEN) ->
        answer = VALUE(LOADED(me, DONE)) == VALUE(c)
       }
    :: else
    fi;
    c = 0
#endif
}

/* Claims, copies and finishes one chunk; moving: there was one to claim. */
inline copy_chunk(me, gen, other, took)
{
    took = 0;
    c = LOADED(me, CURSOR);
    atomic {
#ifdef CHUNKS_FROM_DESCRIPTOR
        took = GENERATION(c) == CURSOR_OF(gen) && (c & 15) < LOADED(me, CHUNKS);
#else
        took = GENERATION(c) == CURSOR_OF(gen) && (c & 15) < CHUNKS_OF(gen);
#endif
        if
        :: !took -> c = 0
        :: else
        fi
    };
    if
    :: !took
    :: atomic { took && DRAINED(me) && mem[CURSOR] != c -> c = 0 }   /* and tries again */
    :: atomic {
        took && DRAINED(me) && mem[CURSOR] == c ->
        mem[CURSOR] = c + 1;
        assert(VALUE(c) < CHUNKS_OF(gen) && !(copied[gen] & (1 << VALUE(c))))
       };
#ifdef FINISH_BEFORE_COPY
       atomic { DRAINED(me); mem[DONE] = mem[DONE] + 1 };
#endif
       if
       :: atomic { copied[gen] = copied[gen] | (1 << VALUE(c)); c = 0 }
#ifdef FAILURES
       :: atomic {              /* mark it and freeze; one step, the loop of the CAS left out */
           !failed ->
           failed = 1;
           DRAINED(me);
           assert(GENERATION(mem[CURSOR]) == gen);
           mem[CURSOR] = mem[CURSOR] | FROZEN;
           c = 0
          }
#endif
       fi;
#ifndef FINISH_BEFORE_COPY
       atomic { DRAINED(me); mem[DONE] = mem[DONE] + 1; c = mem[DONE] };
#endif
       if
       :: atomic { VALUE(c) == CHUNKS_OF(gen) -> c = 0; ring_sleeper(other) }
       :: else -> c = 0
       fi;
#ifdef FAILURES
       is_broken(me, gen, result);
       if
       :: result -> ring(other)
       :: else
       fi
#endif
    fi
}

/* Sender: takes note of what the receiver wrote. */
inline serve()
{
    if
    :: LOADED(S, NOTICE) ->
        atomic { DRAINED(S); mem[NOTICE] = 0 };
        atomic {
            c = LOADED(S, MATCH);
            if
            :: GENERATION(c) == g -> stage = VALUE(c)
            :: else
            fi;
            c = 0
        }
    :: LOADED(S, NOTICE) == 0
    fi
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
        store(S, RTS, g)
    };
    fence(S);
    ring(g);

compute:
    /* Armed, then once more what the handler does: complete, or send fragments; it doesn't copy. */
    serve();
    if
    :: stage == POSTED
    :: stage == COPY ->
        is_done(S, g, result);
        if
        :: result -> goto complete
        :: else
        fi
    :: stage == FRAGMENTS -> goto fragments
    fi;
    if
    :: goto rest
    :: atomic { leaves = 0; goto wait }
    :: atomic { leaves = 1; goto wait }
    fi;
rest:
end_rest:
    atomic { rung[S]; rung[S] = 0; news[S] = 0 };
    goto compute;

wait:                           /* in a blocking call: for this transfer, or another (leaves) */
    store(S, BLOCKING, 1);
    do
    :: leaves -> goto leave
    :: serve();
       if
       :: stage == POSTED -> moving = 0
       :: stage == COPY ->
        is_done(S, g, result);
        if
        :: result -> goto stop
        :: else
        fi;
        copy_chunk(S, g, g, moving)
       :: stage == FRAGMENTS -> goto stop
       fi;
       if
       :: moving -> moving = 0
       :: else ->
        if
        :: atomic { news[S] -> news[S] = 0; rung[S] = 0 }      /* asleep until rung */
        :: leaves -> goto leave
        fi
       fi
    od;
leave:
    store(S, BLOCKING, 0);
#ifndef NO_LEAVE_FENCE
    fence(S);
#endif
#ifndef NO_LEAVE_RECHECK
    serve();
    if
    :: stage == COPY ->
        is_done(S, g, result);
        if
        :: !result -> ring(g)   /* "returned" */
        :: else
        fi
    :: else
    fi;
#endif
    goto compute;
stop:
    store(S, BLOCKING, 0);
    fence(S);
    if
    :: stage == COPY -> goto complete
    :: else
    fi;
fragments:
    store(S, FRAGMENT, g);
    fence(S);
    atomic { moved[g] = 1; ring(g) };

complete:
    assert(IS_THERE(g));
    if
    :: g == 1 -> goto post
    :: else
    fi
}

/* Receiver: sets up the copy and publishes the match; then looks whether to leave it to the sender. */
inline publish(me, how, cursor)
{
    store(me, CHUNKS, CHUNKS_OF(me));
    store(me, DONE, TAGGED(DONE_OF(me), 0));
    store(me, CURSOR, TAGGED(CURSOR_OF(me), cursor));
    store(me, MATCH, TAGGED(me, how));
    /* A read-modify-write in the code, but of release order: not taken for a fence. */
    store(me, NOTICE, 1);
#ifndef NO_MATCH_FENCE
    fence(me)
#endif
}

proctype receiver(byte g)
{
    byte c, stage;
    bit result, moving, leaves;

end_idle:
    atomic { rung[g]; rung[g] = 0; news[g] = 0 };
    if
    :: LOADED(g, RTS) >= g
    :: else -> goto end_idle
    fi;
    stage = COPY;
    publish(g, COPY, 0);
#ifndef NO_MATCH_RING
    ring_sleeper(S);
#endif
    if
    :: goto compute
    :: goto enter
    fi;

compute:                        /* handler, or the last look of a call: copies if nobody else does */
    do
    :: stage == FRAGMENTS ->
        if
        :: LOADED(g, FRAGMENT) >= g -> goto complete
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
        :: result -> goto broken
        :: else
        fi;
        if
        :: LOADED(g, BLOCKING) -> break         /* left to the sender */
        :: !LOADED(g, BLOCKING)
        fi;
        copy_chunk(g, g, S, moving);
        if
        :: moving -> moving = 0
        :: else -> break                        /* the sender is at the last ones */
        fi
    od;
    if
    :: goto rest
    :: goto enter
    fi;
rest:
end_rest:
    atomic { rung[g]; rung[g] = 0; news[g] = 0 };
    goto compute;

enter:                          /* a blocking call: for this transfer, or another (leaves) */
    if
    :: leaves = 0
    :: leaves = 1
    fi;
wait:
    do
    :: leaves -> break
    :: stage == FRAGMENTS && LOADED(g, FRAGMENT) >= g -> goto complete
    :: stage == FRAGMENTS && LOADED(g, FRAGMENT) < g && news[g] ->
        atomic { news[g] = 0; rung[g] = 0 }
    :: stage == COPY ->
        is_done(g, g, result);
        if
        :: result -> goto complete
        :: else
        fi;
        is_broken(g, g, result);
        if
        :: result -> goto broken
        :: else
        fi;
        copy_chunk(g, g, S, moving);
        if
        :: moving -> moving = 0
        :: else ->
            if
            :: atomic { news[g] -> news[g] = 0; rung[g] = 0 }
            :: leaves -> break
            fi
        fi
    od;
#ifdef LEAVE_WITHOUT_LOOK
    goto rest;
#else
    goto compute;
#endif

broken:
    stage = FRAGMENTS;
#ifdef REOPENS_CURSOR
    publish(g, FRAGMENTS, 0);
#else
    publish(g, FRAGMENTS, FROZEN);
#endif
    ring(S);
    goto compute;

complete:
    assert(IS_THERE(g))
}

proctype monitor()
{
    timeout ->
    assert(posted == 0 || IS_THERE(1));
    assert(posted < 2 || IS_THERE(2))
}

init
{
    atomic {
        run drain(S);
        run drain(1);
        run drain(2);
        run sender();
        run receiver(1);
        run receiver(2);
        run monitor()
    }
}
