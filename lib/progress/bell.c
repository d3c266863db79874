/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "progress/bell.h"

#include <stddef.h>

#include "base/stats.h"
#include "notify/notify.h"
#include "progress/guard.h"
#include "progress/progress.h"
#include "progress/rest.h"
#include "progress/waiters.h"
#include "transport/corrupt.h"
#include "transport/world.h"

struct toc_bell toc_bell;

static int reasons[8]; /* by bit number of TOC_WANT_* */
static int outgoing;

/* Rounds of progress that a rank makes on its way out before it lets the handler do the rest. */
#define DEPART_ROUNDS 8

/* What to be interrupted for: what is under way, and always a peer in need (a full ring that wants
 * to be drained). Nothing while the handler could not take anything. */
void toc_bell_wish(void)
{
    /* No job: before MPI_Init and after MPI_Finalize, when some calls are still legal. */
    bool none = toc_world.job == NULL || toc_bell.starved || !toc_world.notifier->interrupts;
    toc_bell.wish = none ? 0 : toc_bell.wanted | TOC_WANT_CONTROL;
    toc_bell_settle();
}

void toc_bell_settle(void)
{
    toc_guard.unsettled = !toc_bell_is_settled() || toc_guard.shared;
}

void toc_bell_reset(void)
{
    toc_bell = (struct toc_bell){0};
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        reasons[i] = 0;
    outgoing = 0;
    toc_bell_settle();
}

void toc_progress_want(unsigned class_bits, int change)
{
    int number = __builtin_ctz(class_bits);
    unsigned before = toc_bell.wanted;
    reasons[number] += change;
    if (reasons[number] > 0)
        toc_bell.wanted |= class_bits;
    else
        toc_bell.wanted &= ~class_bits;
    if (toc_bell.wanted != before)
        toc_bell_wish();
}

void toc_progress_busy(int change)
{
    toc_bell.busy += change;
    toc_bell_settle();
}

bool toc_progress_is_busy(void)
{
    return toc_bell_is_busy();
}

void toc_progress_outgoing(int change)
{
    outgoing += change;
}

int toc_bell_outgoing(void)
{
    return outgoing;
}

void toc_progress_starve(void)
{
    toc_bell.starved = true;
    toc_bell_wish();
    toc_stats.starved++;
}

void toc_progress_fed(void)
{
    toc_bell.starved = false;
    toc_bell_wish();
}

static void set_again(bool again)
{
    toc_bell.again = again;
    toc_bell_settle();
}

void toc_progress_again(void)
{
    set_again(true);
}

static uint64_t change(enum toc_bell_mode new_mode, unsigned mask, uint64_t *old)
{
    toc_bell.mode = new_mode;
    toc_bell.armed_mask = mask;
    toc_bell_settle();
    uint64_t last = toc_bell.word;
    toc_bell.word = toc_doorbell_change(toc_world.bell, new_mode, mask, old);
    if ((*old & ~TOC_BELL_OUTSTANDING) != last)
        toc_corrupt(&(struct toc_corruption){"the doorbell of", toc_world.rank, "word", *old,
                                             "expected", last});
    return toc_bell.word;
}

static void arm(unsigned mask)
{
    uint64_t old;
    change(mask != 0 ? TOC_BELL_ARMED : TOC_BELL_QUIET, mask, &old);
}

void toc_progress_strike_self(void)
{
    /* The guard is open: other threads may be here, too. */
    __atomic_fetch_add(&toc_stats.bells_self, 1, __ATOMIC_RELAXED);
    toc_world_strike(toc_world.rank);
}

bool toc_progress_take_again(void)
{
    bool strike = toc_bell.again || (toc_bell_is_busy() && toc_progress_is_unserved());
    set_again(false);
    if (toc_waiters_have_leader()) {
        /* A leader that sleeps knows nothing of what calls of other threads have left to do. */
        if (strike || toc_progress_has_work())
            toc_waiters_rouse();
        return false;
    }
    return strike && toc_bell.wish != 0;
}

/* Instead of arming, when there is a leader: it polls, or has said that it sleeps. A bell that is
 * armed still, because the leader has not hushed it yet, may have struck in this epoch; whoever
 * leaves as the last one has to arm it anew, or it would be the last strike. Asleep, the leader
 * hears of bells only: what needs none (messages to oneself, sends that have found no room and no
 * wish for it left behind) is done here, and it is roused for more. */
static void leave_to_leader(enum toc_progress_context context)
{
    toc_bell_hush(~0u);
    for (int round = 0; toc_waiters_leader_sleeps() && toc_progress_run(context); round++) {
        if (round == DEPART_ROUNDS) {
            toc_waiters_rouse();
            break;
        }
    }
}

/* Arms, then looks once more: what was published before the new epoch had no bell to ring. */
static void arm_and_look(enum toc_progress_context context)
{
    if (toc_waiters_have_leader()) {
        leave_to_leader(context);
        return;
    }
    for (int round = 0;; round++) {
        unsigned mask = toc_bell.wish;
        arm(mask);
        if (mask == 0)
            break;
        if (!toc_progress_run(context))
            break;
        if (round == DEPART_ROUNDS) {
            set_again(true);
            break;
        }
    }
}

void toc_progress_depart(void)
{
    if (!toc_bell_fits())
        arm_and_look(TOC_PROGRESS_CALL);
}

void toc_bell_follow(void)
{
    leave_to_leader(TOC_PROGRESS_CALL);
    toc_progress_take_again();
}

void toc_progress_retire(void)
{
    arm(0);
    set_again(false);
}

void toc_progress_serve(enum toc_progress_context context)
{
    toc_guard_take_deferred();
    if (!toc_progress_run(context))
        toc_stats.bells_false++;
    arm_and_look(context);
}

void toc_bell_hush(unsigned class_bits)
{
    uint64_t old;
    if (toc_bell.mode == TOC_BELL_ARMED && (toc_bell.armed_mask & class_bits) != 0)
        change(TOC_BELL_QUIET, 0, &old);
}

static bool sleep_on_bell(uint64_t word, unsigned timeout_us)
{
    toc_waiters_asleep(true);
    toc_guard_suspend();
    bool woken = toc_doorbell_sleep(toc_world.bell, word, timeout_us);
    toc_guard_resume();
    toc_waiters_asleep(false);
    return woken;
}

bool toc_bell_nap(unsigned timeout_us, struct toc_waiter *self)
{
    uint64_t old;
    uint64_t word = change(TOC_BELL_SLEEP, 0, &old);
    bool timed_out = false;
    /* Rings and descriptors once more, after the exchange: a sender that read the word before it
     * did not wake us. */
    if (!toc_progress_lead(self)) {
        toc_stats.sleeps++;
        toc_rest_begin(self->call);
        timed_out = !sleep_on_bell(word, timeout_us);
        if (timed_out)
            toc_progress_inspect();
        if (timed_out && toc_progress_has_work())
            /* There is work, and no bell: it may be on its way (its sender lost the core between
             * the packet and the bell). One more sleep tells. */
            if (!sleep_on_bell(word, 50000) && toc_progress_has_work())
                toc_stats.rescues++;
    }
    /* Unless it has stepped aside in that round: then the bell is another leader's. */
    if (toc_waiters_is_leader(self))
        change(TOC_BELL_QUIET, 0, &old);
    return timed_out;
}

bool toc_bell_doze(struct toc_waiter *self)
{
    uint64_t old;
    uint64_t word = change(TOC_BELL_DOZE, 0, &old);
    bool moved = toc_progress_lead(self);
    if (!moved) {
        toc_stats.dozes++;
        toc_waiters_asleep(true);
        toc_guard_suspend();
        toc_doorbell_doze(toc_world.bell, word);
        toc_guard_resume();
        toc_waiters_asleep(false);
    }
    if (toc_waiters_is_leader(self)) /* as after a nap */
        change(TOC_BELL_QUIET, 0, &old);
    return moved;
}
