/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdatomic.h>

#include "progress/bell.h"
#include "progress/guard.h"
#include "progress/patience.h"
#include "progress/progress.h"
#include "progress/rest.h"
#include "progress/waiters.h"
#include "progress/yield.h"
#include "transport/world.h"

/* An armed rank that waits stops being armed: at once for what comes with long messages, for the
 * rest after some polls, so that short messages come and go without the cost of two changes of the
 * bell each. */
#define HUSH_POLLS 128
#define HUSH_NOW   (TOC_WANT_RTS | TOC_WANT_CTS | TOC_WANT_DATA | TOC_WANT_COLL | TOC_WANT_SPACE)
#define HUSH_LATER (HUSH_NOW | TOC_WANT_SYNC)

/* Polls between two looks at the clock; in a crowd, yields between them, and polls between two
 * yields while nobody else wants the core. */
#define CLOCK_POLLS 64
#define PEEK_TURNS  16
#define ALONE_POLLS 16

/* Times TOCSIN_SPIN_US, for each rank on the core. Whoever sleeps loses its place in the round, and
 * may have to wait for all the others when it comes back. */
#define CROWD_SPINS 4

/* Rounds that do not end the wait, whatever they move, before it is one of some length. */
#define PATIENT_ROUNDS 16384

/* Safety looks of a rank that sleeps: no bell should ever be missing. They cost as much as many
 * milliseconds of polling if they are frequent, and the first is late enough that a message every
 * 20 ms costs one wake-up only. */
#define FIRST_NAP_US 31250
#define LAST_NAP_US  1000000

/* The end of a rank rings no bell. */
#define LAST_NAP_IN_DOUBT_US 62500

#define NOINLINE __attribute__((noinline))

/* State of one wait. */
struct wait {
    unsigned rounds;
    unsigned polls;   /* without result, since something moved last */
    int64_t spin_end; /* of a crowd: when to stop; 0 before the first look at the clock */
    unsigned free;    /* polls to go before the next yield */
    bool yielded;
    unsigned nap_us;
};

/* Of the thread that polls, whoever that is, since something moved last; without a crowd. It begins
 * with the first look at the clock. */
static struct toc_patience patience;

/* Who else uses our core. */
static struct toc_yield_lesson company;

/* Peers have been told that this rank copies for its sends. With several threads that wait it is
 * the leader who does, whoever that is. */
static bool helping;

/* Peers may leave copies of our outgoing rendezvous to us from now on. */
static void offer_help(void)
{
    helping = true;
    atomic_store_explicit(&toc_world.bell->blocking, 1, memory_order_seq_cst);
}

static void withdraw_help(void)
{
    helping = false;
    atomic_store_explicit(&toc_world.bell->blocking, 0, memory_order_relaxed);
    /* Withdrawn before the look at the matches: pairs with the fence between match and the look at
     * `blocking` in the receiver (toc_doorbell_ring). */
    atomic_thread_fence(memory_order_seq_cst);
    toc_progress_relied_on();
}

/* The leader, while it holds the guard in a round of progress of its own. */
static struct toc_waiter *polling;

bool toc_progress_lead(struct toc_waiter *self)
{
    polling = self;
    bool moved = toc_progress_run(TOC_PROGRESS_WAIT);
    polling = NULL;
    return moved;
}

/* Has a rank of a crowd time left, which begins with the first question? Several times as much as
 * others have at least: those that share a core wait for each other, and for what the kernel does
 * meanwhile. */
static bool may_yield(struct wait *wait)
{
    int64_t now = toc_patience_clock();
    if (wait->spin_end == 0)
        wait->spin_end = now + toc_patience_least() * CROWD_SPINS * toc_world.crowd;
    return now < wait->spin_end;
}

/* Gives the core away with the guard open, for other threads of this rank. */
static enum toc_yield yield(struct wait *wait)
{
    wait->yielded = true;
    toc_bell_hush(HUSH_LATER);
    toc_guard_suspend();
    enum toc_yield outcome = toc_yield(&company);
    toc_guard_resume();
    return outcome;
}

/* A turn without anything to do costs what it touches: after a change of process little is in
 * caches and TLB. So before the next whole round a rank that waits for nothing but packets only
 * peeks. */
static enum toc_yield yield_until_news(struct wait *wait)
{
    struct toc_watch watch;
    if (toc_bell_is_busy() || toc_guard_is_concurrent() || !toc_watch_begin(&watch))
        return yield(wait);
    wait->yielded = true;
    toc_bell_hush(HUSH_LATER);
    return toc_yield_until_news(&company, &watch, PEEK_TURNS);
}

/* With more ranks than cores: the core goes to whoever can use it, at once and again, as long as it
 * is ranks for a moment each. That is often the one that has just been sent something; and no core
 * falls asleep, which takes far longer to wake up than a turn of all the ranks on it. Where
 * somebody computes, the first yield takes long, and is the last one for a while. */
static bool spin_in_turn(struct wait *wait)
{
    if (wait->free > 0) {
        wait->free--;
        __builtin_ia32_pause();
        return true;
    }
    if (wait->yielded && !may_yield(wait))
        return false;
    enum toc_yield outcome = yield_until_news(wait);
    if (outcome == TOC_YIELD_ALONE)
        wait->free = ALONE_POLLS;
    return outcome != TOC_YIELD_REFUSED;
}

/* Something has moved, or somebody has woken this rank: what comes next is another wait. */
static void begin_anew(struct wait *wait)
{
    if (wait->polls >= CLOCK_POLLS)
        toc_patience_end(&patience);
    wait->polls = 0;
    wait->spin_end = 0;
    wait->free = 0;
    wait->yielded = false;
}

static unsigned last_nap(void)
{
    return toc_world.job->keep_going ? LAST_NAP_IN_DOUBT_US : LAST_NAP_US;
}

static void give_way(struct wait *wait, struct toc_waiter *self)
{
    toc_progress_insist();
    if (toc_progress_bury()) {
        toc_rest_end();
        return;
    }
    /* A yield to somebody who computes would be for a whole slice. */
    if (!wait->yielded && !patience.polite) {
        yield(wait);
        return;
    }
    toc_bell_hush(HUSH_LATER);
    /* What we wait for may be somebody whom our bell has not reached. */
    unsigned nap_us = wait->nap_us;
    if (toc_world_remind() && nap_us > TOC_REMIND_MS * 1000)
        nap_us = TOC_REMIND_MS * 1000;
    if (toc_bell_nap(nap_us, self)) {
        wait->nap_us = wait->nap_us * 2 < last_nap() ? wait->nap_us * 2 : last_nap();
        return;
    }
    toc_rest_end();
    wait->nap_us = FIRST_NAP_US;
    if (!toc_world.crowded)
        begin_anew(wait);
}

/* The round that follows a look at the clock, where the CPU can rest. */
static bool doze(struct toc_waiter *self)
{
    patience.drowsy = false;
    return toc_bell_doze(self);
}

/* Something has moved. */
static void go_on(struct wait *wait, struct toc_waiter *self)
{
    toc_rest_end();
    begin_anew(wait);
    toc_waiters_notify(self);
}

static void sleep_a_while(struct wait *wait, struct toc_waiter *self)
{
    give_way(wait, self);
    toc_waiters_notify(self); /* of what it took while it prepared to sleep */
}

/* The two below are not inlined: a wait that is over soon saves fewer registers. */
static NOINLINE void take_turn(struct wait *wait, struct toc_waiter *self)
{
    if (!spin_in_turn(wait))
        sleep_a_while(wait, self);
}

static NOINLINE void look_at_clock(struct wait *wait, struct toc_waiter *self)
{
    __builtin_ia32_pause();
    bool goes_on =
        wait->polls == CLOCK_POLLS ? toc_patience_begin(&patience) : toc_patience_lasts(&patience);
    if (!goes_on)
        sleep_a_while(wait, self);
    else if (patience.drowsy && doze(self))
        go_on(wait, self);
}

/* After a round in vain: polls on while it is worth it. */
static void idle(struct wait *wait, struct toc_waiter *self)
{
    if (toc_world.crowded) {
        take_turn(wait, self);
        return;
    }
    wait->polls++;
    if (wait->polls == HUSH_POLLS)
        toc_bell_hush(HUSH_LATER);
    if (wait->polls % CLOCK_POLLS == 0)
        look_at_clock(wait, self);
}

/* One round of the thread that polls. */
static void poll(struct wait *wait, struct toc_waiter *self)
{
    if (!helping && toc_bell_outgoing() > 0)
        offer_help();
    if (++wait->rounds % PATIENT_ROUNDS == 0) { /* others keep this rank busy */
        toc_progress_insist();
        toc_progress_bury();
    }
    if (toc_progress_lead(self))
        go_on(wait, self);
    else
        idle(wait, self);
    toc_guard_breathe();
}

/* One sleep of a thread that does not. */
static void follow(struct toc_waiter *self)
{
    toc_bell_follow();
    if (!self->done(self->argument))
        toc_waiters_follow(self);
}

/* A leader that runs code of the program: another thread that waits leads, or else the bell is
 * armed, as for a thread that computes. */
struct toc_waiter *toc_progress_step_aside(void)
{
    struct toc_waiter *self = polling;
    polling = NULL;
    if (self != NULL)
        toc_rest_end();
    if (self != NULL && toc_guard_is_concurrent())
        toc_waiters_quit(self);
    toc_guard_leave();
    return self;
}

void toc_progress_step_back(struct toc_waiter *self)
{
    toc_guard_enter();
    if (self == NULL || !toc_guard_is_concurrent())
        return;
    toc_waiters_join(self);
    /* The rest of the round is a follower's, if another thread leads now. */
    if (toc_waiters_is_leader(self))
        polling = self;
}

void toc_progress_wait(bool (*done)(const void *argument), const void *argument, const char *call)
{
    if (done(argument))
        return;
    /* Those whose message a peer has copied while they computed need not tell anybody that they
     * wait, nor afterwards that they do not: four changes of lines that peers have in their caches.
     */
    toc_progress_settle();
    if (done(argument))
        return;
    struct wait wait = {.nap_us = FIRST_NAP_US};
    struct toc_waiter self = {.done = done, .argument = argument, .call = call};
    toc_waiters_join(&self);
    if (toc_waiters_is_leader(&self))
        toc_bell_hush(HUSH_NOW);
    do {
        if (toc_waiters_is_leader(&self))
            poll(&wait, &self);
        else
            follow(&self);
    } while (!done(argument));
    if (toc_waiters_is_leader(&self))
        toc_rest_end();
    if (toc_waiters_quit(&self) && helping)
        withdraw_help();
}
