/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Threads that wait at the same time (lib/progress/waiters.h): two that each wait for a message of
 * their own, a third that makes calls, the handler of the bell, and a sender.
 *
 * Whatever is not under the guard is a futex word, which the kernel compares: no store buffers here.
 * The sender's side of the bell is one step; doorbell.pml has it in full.
 * Claims, when nothing can move any more: every message has been taken and its waiter has gone on,
 * or the sender has nothing more for it; work that only a call can do is not left behind while a
 * thread waits; who computes with an open guard is armed or there is a leader.
 * The switches that make the mutants are listed in the file `cases`.
 */
#define WAITERS 2
#define NOBODY WAITERS
#ifndef CALLS
#define CALLS 2                 /* of the third thread */
#endif

mtype = { quiet, asleep_mode, armed };

bit held;                       /* the guard */
bit deferred;
bit arrived[WAITERS], taken[WAITERS];
bit waiting[WAITERS], woken[WAITERS];
bit work;                       /* a copy that a call has left to whoever waits */
byte leader = NOBODY;
bit leader_asleep, stirred;     /* on the doorbell; its word has changed */
mtype mode = quiet;
bit outstanding;                /* somebody has struck in this epoch */
bit signal_pending;
byte gone;                      /* waiters that are through */
bit moved[4];                   /* by thread (2: the third), 3: handler */

/* One round of progress. */
inline progress(who)
{
    moved[who] = (arrived[0] && !taken[0]) || (arrived[1] && !taken[1]);
    taken[0] = arrived[0];
    taken[1] = arrived[1]
}

inline rouse()
{
    if
    :: leader_asleep -> stirred = 1
    :: else
    fi
}

inline wake(w)
{
    if
    :: leader == w -> rouse()
    :: else -> woken[w] = 1
    fi
}

/* Those whose wait is over; `self` knows. */
inline notify(self)
{
    if
    :: waiting[0] && taken[0] && self != 0 -> wake(0)
    :: else
    fi;
    if
    :: waiting[1] && taken[1] && self != 1 -> wake(1)
    :: else
    fi
}

#ifdef ARMS_OVER_LEADER
#define MAY_ARM true
#else
#define MAY_ARM (leader == NOBODY)
#endif

/* What the leader does not hear of; it may have been armed when it became leader. */
inline leave_to_leader(who)
{
#ifndef LEAVES_ARMED
    if
    :: mode == armed -> mode = quiet; outstanding = 0
    :: else
    fi;
#endif
    if
    :: leader_asleep -> progress(who)
    :: else
    fi
}

inline arm_and_look(who)
{
    if
    :: MAY_ARM -> mode = armed; outstanding = 0; progress(who)
    :: else -> leave_to_leader(who)
    fi
}

/* toc_guard_leave() */
inline leave(who)
{
    atomic {
        if
        :: mode == armed            /* it fits */
        :: else -> arm_and_look(who)
        fi
    };
    do
    ::  atomic {
#ifndef NO_ROUSE
            if
            :: leader != NOBODY && work -> rouse()
            :: else
            fi;
#endif
#ifndef NO_NOTIFY               /* what came through the ring wakes the leader, which tells; but this */
            notify(NOBODY);
#endif
            held = 0
        };
        if
        :: atomic { deferred && !held -> held = 1; deferred = 0 };
           atomic { progress(who); arm_and_look(who) }
        :: atomic { deferred && held -> break }     /* its holder serves the bell */
        :: !deferred -> break
        fi
    od
}

/* Opens it for a sleep: serves no bell. */
inline suspend()
{
    atomic { notify(NOBODY); held = 0 }
}

inline resume()
{
    atomic { !held -> held = 1 }
}

inline lead(me)
{
    atomic {
        progress(me);
        work = 0;
        if
        :: moved[me] -> notify(me)
        :: else
        fi
    };
    if
    :: taken[me]
    :: !taken[me] ->
        if
        :: held = 0; resume()  /* breathes */
        :: atomic { mode = asleep_mode; outstanding = 0; stirred = 0 };
#ifndef NO_RECHECK
           atomic { progress(me) };
#else
           moved[me] = 0;
#endif
           if
           :: moved[me]
           :: else ->
                leader_asleep = 1;
                suspend();
                stirred;
                resume();
                leader_asleep = 0
           fi;
           atomic { mode = quiet; outstanding = 0; notify(me) }
        fi
    fi
}

inline follow(me)
{
    suspend();
#ifdef FORGETS_WAKE             /* resets the word when the guard is open */
    woken[me] = 0;
#endif
    woken[me];
    resume();
    woken[me] = 0
}

inline quit(me)
{
    atomic {
        waiting[me] = 0;
        if
        :: leader == me ->
            if
            :: waiting[1 - me] ->
#ifdef NO_HANDOVER
                leader = NOBODY
#else
#ifndef HANDOVER_NO_WAKE
                wake(1 - me);
#endif
                leader = 1 - me
#endif
            :: else -> leader = NOBODY
            fi
        :: else
        fi
    }
}

proctype waiter(byte i)
{
    resume();
    atomic {
        progress(i);
        if
        :: taken[i] -> goto over
        :: else
        fi;
        if                      /* sends to the other one first: no bell for that */
        :: !arrived[1 - i] -> arrived[1 - i] = 1
        :: skip
        fi;
        waiting[i] = 1;
        woken[i] = 0;
        if
        :: leader == NOBODY ->
            leader = i;
            if
            :: mode = quiet; outstanding = 0
            :: skip             /* later, if it has to wait for long */
            fi
        :: else
        fi
    };
    do
    :: taken[i] -> break
    :: !taken[i] && leader == i -> lead(i)
    :: !taken[i] && leader != i ->
#ifndef FOLLOWS_BLINDLY
        atomic { leave_to_leader(i) };
#endif
        if
        :: taken[i]
        :: else -> follow(i)
        fi
    od;
    quit(i);
over:
    leave(i);
    gone++
}

/* Calls that take what has come, send to a thread of their own rank, leave work behind, or nothing
 * of the sort. */
proctype caller()
{
    byte calls;

    do
    :: calls < CALLS ->
        calls++;
        resume();
        if
        :: atomic { progress(2) }
        :: atomic { !arrived[1] -> arrived[1] = 1; taken[1] = 1 }
        :: work = 1
        :: skip
        fi;
        leave(2)
    :: break
    od
}

proctype handler()
{
end:
    do
    :: atomic { signal_pending -> signal_pending = 0; deferred = 1 };
       if
       :: atomic { !held -> held = 1; deferred = 0 };
          atomic { progress(3); arm_and_look(3) };
          atomic { notify(NOBODY); held = 0 }
       :: atomic {
            held ->
            if
            :: mode == asleep_mode -> stirred = 1
            :: else
            fi
          }
       fi
    od
}

proctype sender()
{
    do
    ::  if
        :: atomic { !arrived[0] -> arrived[0] = 1 }
        :: atomic { !arrived[1] -> arrived[1] = 1 }
        :: break                /* sends nothing more */
        fi;
        atomic {                /* the bell */
            if
            :: mode == asleep_mode -> stirred = 1
            :: mode == armed && !outstanding -> outstanding = 1; signal_pending = 1
            :: else
            fi
        }
    od
}

#define SETTLED(i) (taken[i] == arrived[i] && (!waiting[i] || !taken[i]))

proctype monitor()
{
    timeout ->
    assert(!held && !signal_pending);
    assert(SETTLED(0) && SETTLED(1));
    assert(gone == taken[0] + taken[1]);
    assert(leader == NOBODY || waiting[leader]);
    assert((leader == NOBODY) == (!waiting[0] && !waiting[1]));
    assert(leader == NOBODY || (leader_asleep && mode == asleep_mode && !work));
    assert(leader != NOBODY || (mode == armed && !outstanding))
}

init
{
    atomic {
        run waiter(0);
        run waiter(1);
        run caller();
        run handler();
        run sender();
        run monitor()
    }
}
