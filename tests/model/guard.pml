/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The guard (lib/progress/guard.h): a thread that makes library calls and takes the bells in its
 * signal handler; with THREADS also a second one that makes calls (the guard is a lock then).
 *
 * With one thread there is no store buffer in play: the handler runs on the same CPU, and only the
 * compiler can move things; its mutants exchange two adjacent steps. With two, every CPU has its
 * store buffer and the fences are real ones.
 * Claims: the state under the guard is never touched by two at once; when nothing can move any
 * more, every packet whose bell was rung has been taken.
 * The switches that make the mutants are listed in the file `cases`.
 */
#ifndef BELLS
#define BELLS 2
#endif
#define CALLS 2                 /* of each thread */

#define NCPU 2                  /* thread and handler; the other thread */
#define SBSIZE 3
#define HELD 0
#define DEFERRED 1
#define NADDR 2
#include "tso.pml"

/* Between guard and `deferred`: for one thread the compiler's business alone. */
#ifdef THREADS
#define ORDER(cpu) fence(cpu)
#else
#define ORDER(cpu) skip
#endif

byte packets, taken;            /* in the ring; what progress has seen of it */
byte inside;                    /* who is at work under the guard: never more than one */
bit signal_pending, in_handler;

/* Takes the guard if it is open. */
inline try(cpu, success)
{
    if
    :: LOADED(cpu, HELD) -> success = 0
    :: LOADED(cpu, HELD) == 0 ->
#ifdef THREADS
        atomic {                /* compare and exchange */
            DRAINED(cpu);
            success = !mem[HELD];
            mem[HELD] = 1
        }
#else
        store(cpu, HELD, 1);
        success = 1
#endif
    fi
}

inline progress()
{
    atomic { inside++; assert(inside == 1) };
    taken = packets;            /* the sender's bell has fenced: the packet is in memory */
    inside--
}

proctype handler()
{
    bit success;

end:
    do
    :: atomic { signal_pending && !in_handler -> signal_pending = 0; in_handler = 1 };
#ifdef TRIES_BEFORE_DEFERRING
       try(0, success);
       store(0, DEFERRED, 1);
#else
       store(0, DEFERRED, 1);
#ifndef NO_HANDLER_FENCE
       ORDER(0);
#endif
       try(0, success);
#endif
       if
       :: success ->
        store(0, DEFERRED, 0);
        progress();
        store(0, HELD, 0)
       :: else
       fi;
       success = 0;
       in_handler = 0
    od
}

inline call(cpu)
{
#ifdef WORKS_BEFORE_CLOSING     /* the compiler moves work up over the store to the guard */
    atomic { inside++; assert(inside == 1) };
#endif
    do
    :: try(cpu, success);
       if
       :: success -> break
       :: else                  /* the other thread has it, or its handler */
       fi
    od;
#ifndef WORKS_BEFORE_CLOSING
    atomic { inside++; assert(inside == 1) };
#endif
    if
    :: taken = packets          /* a call may look, or not */
    :: true
    fi;
#ifndef WORKS_AFTER_OPENING
    inside--;
#endif
    do
    ::
#ifdef LOOKS_BEFORE_OPENING     /* the compiler moves the load up over the store */
       d = LOADED(cpu, DEFERRED);
       store(cpu, HELD, 0);
#else
       store(cpu, HELD, 0);
#ifdef WORKS_AFTER_OPENING
       inside--;
#endif
#ifndef NO_LEAVE_FENCE
       ORDER(cpu);
#endif
       d = LOADED(cpu, DEFERRED);
#endif
#ifdef NO_LEAVE_CHECK
       d = 0;
#endif
       if
       :: d -> d = 0; try(cpu, success)
       :: else -> break
       fi;
       if
       :: success ->
#ifdef CLEARS_LATE              /* forgets a bell that came during the progress */
        progress();
        store(cpu, DEFERRED, 0);
        ORDER(cpu)
#else
        store(cpu, DEFERRED, 0);
#ifndef NO_CLEAR_FENCE
        ORDER(cpu);
#endif
        progress()
#endif
       :: else -> break         /* whoever has it now will look */
       fi
#ifdef WORKS_AFTER_OPENING
       ; inside++
#endif
    od;
    success = 0
}

/* The thread that takes the bells: the handler interrupts it anywhere, also when it computes. */
proctype main_thread() provided (!in_handler)
{
    bit success, d;
    byte calls;

    do
    :: calls < CALLS -> calls++; call(0)
    :: break
    od
}

proctype other_thread()
{
    bit success, d;
    byte calls;

    do
    :: calls < CALLS -> calls++; call(1)
    :: break
    od
}

proctype senders()
{
    byte bells;

    do
    :: bells < BELLS -> bells++; packets++; signal_pending = 1
    :: else -> break
    od
}

proctype monitor()
{
    timeout -> assert(!signal_pending && !in_handler && taken == packets)
}

init
{
    atomic {
        run drain(0);
        run handler();
        run main_thread();
#ifdef THREADS
        run drain(1);
        run other_thread();
#endif
        run senders();
        run monitor()
    }
}
