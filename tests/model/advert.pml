/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Advertised receive buffers (lib/transport/advert.h, lib/p2p/advert.c): whose message is it? A
 * receiver posts receives by tag or by wildcard, some before their messages, some after, cancels
 * them, and advertises one of them at a time; a sender claims the advert for a message, writes into
 * the buffer and sends its packet all the same, or sends it like any other.
 * The program of the receiver, the tags of the messages, and which of them try to claim, are
 * anything. A message is written the moment it is claimed, which is the worst case.
 * Claims: a claim finds its receive posted; who takes a receive for another message wins the
 * advert; nothing is written into a buffer that is not the message's. In the end messages and
 * receives are matched as MPI wants it (5.0, section 3.5): of the messages that a receive could
 * have, all earlier ones went to earlier receives, and of the receives that could have a message,
 * all earlier ones got earlier messages.
 * The switches that make the mutants are listed in the file `cases`.
 */
#define NCPU 2
#define S 0
#define R 1
#define SBSIZE 6
#define STATE 0                 /* generation << 2 | what */
#define ENVELOPE 1              /* the tag */
#define ADDRESS 2               /* the receive */
#define SENT 3                  /* packets */
#define HEAD 4                  /* packets that the receiver is through with */
#define NADDR 5
#include "tso.pml"

#ifndef MESSAGES
#define MESSAGES 3
#endif
#ifndef RECEIVES
#define RECEIVES 3
#endif

#define NONE 0
#define FREE 1
#define CLAIMED 2
#define WHAT(w) ((w) & 3)
#define GENERATION(w) ((w) >> 2)
#define WORD(g, what) ((g) << 2 | (what))

/* Tags of messages are 0 and 1; receives know a third, the wildcard. */
#define WILD 2
#define ACCEPTS(q, m) (kind[q] == WILD || kind[q] == tag[m])

/* Stages of a receive. */
#define UNPOSTED 0
#define POSTED 1
#define MATCHED 2
#define CANCELLED 3

#define NOBODY 15

/* Packets; written before SENT, and only read after it. */
byte tag[MESSAGES];
bit claims[MESSAGES];
byte target[MESSAGES];          /* of a claim, for the assertions */

byte kind[RECEIVES], stage[RECEIVES];
byte matched[RECEIVES];         /* message, when MATCHED */
byte holds[RECEIVES];           /* what is in the buffer: message + 1 */
bit kept[MESSAGES];             /* unexpected */

hidden byte i, j;               /* within one step only */

#define deliver(q, m)                                                                              \
    assert(holds[q] == 0);                                                                         \
    holds[q] = (m) + 1

proctype sender()
{
    byte m, seen, head;
    bit may;

next:
    atomic {
        m < MESSAGES ->
        if
        :: tag[m] = 0
        :: tag[m] = 1
        fi
    };
    if
    :: goto send                /* short, strided, or whatever else is not for a claim */
    :: seen = LOADED(S, STATE)
    fi;
    may = WHAT(seen) == FREE;
#ifdef CLAIM_ANY_ENVELOPE
#else
    atomic { may = may && LOADED(S, ENVELOPE) == tag[m] };
#endif
#ifndef CLAIM_UNCOUNTED
    /* No packet on its way that could have this receive. */
    atomic {
        head = LOADED(S, HEAD);
        i = head;
        do
        :: i < m ->
#ifdef SKIPS_OLDEST
            i++;
            if
            :: i < m && tag[i] == tag[m] -> may = 0
            :: else
            fi
#else
            if
            :: tag[i] == tag[m] -> may = 0
            :: else
            fi;
            i++
#endif
        :: else -> break
        od;
        i = 0;
        head = 0
    };
#endif
    if
    :: atomic { !may -> seen = 0; goto send }
    :: else
    fi;
#ifdef CLAIM_BY_LOOK
    atomic {
        if
        :: LOADED(S, STATE) == seen
        :: else -> seen = 0; may = 0; goto send
        fi
    };
    store(S, STATE, WORD(GENERATION(seen), CLAIMED));
#else
    atomic {
        DRAINED(S);
        if
#ifdef CLAIM_ANY_GENERATION
        :: WHAT(mem[STATE]) == FREE -> mem[STATE] = WORD(GENERATION(mem[STATE]), CLAIMED)
#else
        :: mem[STATE] == seen -> mem[STATE] = WORD(GENERATION(seen), CLAIMED)
#endif
        :: else -> seen = 0; may = 0; goto send
        fi
    };
#endif
    atomic {
        target[m] = LOADED(S, ADDRESS);
        claims[m] = 1;
        seen = 0;
        may = 0;
        assert(stage[target[m]] == POSTED && kind[target[m]] == tag[m]);
        deliver(target[m], m)
    };
send:
    atomic {
        m++;
        store(S, SENT, m)
    };
    if
    :: m < MESSAGES -> goto next
    :: else
    fi
}

/* The oldest posted receive that accepts message m, or NOBODY. */
inline find_posted(m, found)
{
    found = NOBODY;
    i = 0;
    do
    :: i < RECEIVES ->
        if
        :: stage[i] == POSTED && ACCEPTS(i, m) -> found = i; break
        :: else -> i++
        fi
    :: else -> break
    od;
    i = 0
}

/* Is there an older one that would get a message of its tag? */
inline find_older(q, found)
{
    found = NOBODY;
    i = 0;
    do
    :: i < q ->
        if
#ifdef ISSUE_UNDER_WILDCARD
        :: stage[i] == POSTED && kind[i] == kind[q] -> found = i; break
#else
#ifdef ISSUE_UNDER_SAME_TAG
        :: stage[i] == POSTED && kind[i] == WILD -> found = i; break
#else
        :: stage[i] == POSTED && (kind[i] == WILD || kind[i] == kind[q]) -> found = i; break
#endif
#endif
        :: else -> i++
        fi
    :: else -> break
    od;
    i = 0
}

inline consume()
{
    atomic {
        next++;
        store(R, HEAD, next)
    }
}

proctype receiver()
{
    byte posted, next, q, advertised = NOBODY, generation;
    bit won, over;

again:
    if
    :: atomic {                 /* post a receive, which may find its message unexpected */
        posted < RECEIVES ->
        if
        :: kind[posted] = 0
        :: kind[posted] = 1
        :: kind[posted] = WILD
        fi;
        stage[posted] = POSTED;
        i = 0;
        do
        :: i < next ->
            if
            :: kept[i] && ACCEPTS(posted, i) ->
                kept[i] = 0;
                stage[posted] = MATCHED;
                matched[posted] = i;
                deliver(posted, i);
                break
            :: else -> i++
            fi
        :: else -> break
        od;
        i = 0;
        q = posted;
        posted++
       };
       if
       :: stage[q] == POSTED && kind[q] != WILD && advertised == NOBODY -> goto issue
       :: goto again
       fi
    :: atomic { next < LOADED(R, SENT) -> goto take }
    :: atomic {                 /* MPI_Cancel */
        !over ->
        over = 1;
        if
        :: stage[0] == POSTED -> q = 0
        :: RECEIVES > 1 && stage[1] == POSTED -> q = 1
        :: RECEIVES > 2 && stage[RECEIVES - 1] == POSTED -> q = RECEIVES - 1
        :: goto again
        fi
       };
       goto cancel
    :: atomic { posted == RECEIVES && next == MESSAGES && over -> goto finished }
    fi;

issue:                          /* on the way out of a call, if it is still posted */
    atomic {
        find_older(q, j);
        if
        :: j == NOBODY
        :: else -> j = 0; goto again
        fi;
        j = 0;
        advertised = q;
        generation++;
#ifdef ISSUE_STATE_FIRST
        store(R, STATE, WORD(generation, FREE));
        store(R, ENVELOPE, kind[q]);
        store(R, ADDRESS, q)
#else
        store(R, ENVELOPE, kind[q]);
        store(R, ADDRESS, q);
        store(R, STATE, WORD(generation, FREE))
#endif
    };
    goto again;

cancel:
#ifndef CANCEL_UNASKED
    if
    :: advertised != q
    :: advertised == q ->
#ifdef WITHDRAW_BY_LOOK
        atomic {
            won = LOADED(R, STATE) == WORD(generation, FREE);
            if
            :: won
            :: else -> goto again
            fi
        };
        atomic { won = 0; advertised = NOBODY; store(R, STATE, WORD(generation, NONE)) }
#else
        atomic {
            DRAINED(R);
            if
            :: mem[STATE] == WORD(generation, FREE) ->
                mem[STATE] = WORD(generation, NONE);
                advertised = NOBODY
            :: else -> goto again       /* its message comes */
            fi
        }
#endif
    fi;
#endif
    atomic { stage[q] = CANCELLED; q = 0; goto again };

take:                           /* the packet at the head of the ring */
#ifdef CONSUMES_FIRST
    store(R, HEAD, next + 1);
#endif
    if
    :: atomic {
        claims[next] ->
        assert(advertised != NOBODY && target[next] == advertised);
        assert(stage[advertised] == POSTED);
        find_posted(next, j);
        assert(j == advertised);
        j = 0;
        stage[advertised] = MATCHED;
        matched[advertised] = next;
        advertised = NOBODY
       }
    :: atomic {
        !claims[next] ->
        find_posted(next, q);
        if
        :: q == NOBODY -> kept[next] = 1; goto taken
        :: else
        fi
       };
#ifndef MATCH_UNASKED
       if
       :: advertised == q ->
        atomic {
            DRAINED(R);
            assert(mem[STATE] == WORD(generation, FREE));       /* nobody can have claimed it */
            mem[STATE] = WORD(generation, NONE);
            advertised = NOBODY
        }
       :: else
       fi;
#endif
       atomic {
        stage[q] = MATCHED;
        matched[q] = next;
        deliver(q, next)
       }
    fi;
taken:
    q = 0;
    consume();
    goto again;

finished:
    atomic {
        /* No message is lost. */
        i = 0;
        do
        :: i < MESSAGES ->
            q = 0;
            do
            :: kept[i] || (stage[q] == MATCHED && matched[q] == i) -> break
            :: else -> q++; assert(q < RECEIVES)
            od;
            i++
        :: else -> break
        od;
        i = 0;
        do
        :: i < RECEIVES ->
            /* Its buffer has its message, or nothing. */
            assert(holds[i] == (stage[i] == MATCHED -> matched[i] + 1 : 0));
            j = 0;
            do
            :: j < MESSAGES ->
                if
                :: stage[i] == MATCHED && j < matched[i] && ACCEPTS(i, j) ->
                    /* An earlier message that it could have had went to an earlier receive. */
                    assert(!kept[j]);
                    q = 0;
                    do
                    :: stage[q] == MATCHED && matched[q] == j -> break
                    :: else -> q++; assert(q < i)
                    od
                :: stage[i] == POSTED && ACCEPTS(i, j) ->
                    assert(!kept[j])
                :: else
                fi;
                j++
            :: else -> break
            od;
            /* An earlier receive that could have had its message has an earlier one. */
            j = 0;
            do
            :: j < i ->
                assert(stage[i] != MATCHED || stage[j] == CANCELLED ||
                       !ACCEPTS(j, matched[i]) ||
                       (stage[j] == MATCHED && matched[j] < matched[i]));
                j++
            :: else -> break
            od;
            i++
        :: else -> break
        od;
        i = 0;
        j = 0;
        q = 0
    }
}

init
{
    atomic {
        run drain(S);
        run drain(R);
        run sender();
        run receiver()
    }
}
