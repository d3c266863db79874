/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/transport/advert: who gets an advert, and toc_ring_may_hold(), which claims depend on. */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "transport/advert.h"
#include "transport/ring.h"
#include "unit.h"

static struct toc_advert advert;
static const struct toc_xfer_buffer buffer = {0x1000, 0, TOC_XFER_CONTIGUOUS};

START_TEST(nothing_is_advertised_at_first)
{
    uint64_t state;
    ck_assert(!toc_advert_invites(&advert, 0, 0, &state));
    ck_assert(!toc_advert_withdraw(&advert, 1));
}
END_TEST

START_TEST(invites_one_envelope)
{
    uint64_t state;
    toc_advert_issue(&advert, 1, 6, 7, &buffer, 100000);
    ck_assert(toc_advert_invites(&advert, 6, 7, &state));
    ck_assert(!toc_advert_invites(&advert, 7, 6, &state));
    ck_assert(!toc_advert_invites(&advert, 6, 8, &state));
    ck_assert(!toc_advert_invites(&advert, 4, 7, &state));
    ck_assert(toc_advert_withdraw(&advert, 1));
    ck_assert(!toc_advert_invites(&advert, 6, 7, &state));
    /* The largest there are. */
    toc_advert_issue(&advert, 2, UINT32_MAX - 1, INT32_MAX, &buffer, 100000);
    ck_assert(toc_advert_invites(&advert, UINT32_MAX - 1, INT32_MAX, &state));
}
END_TEST

START_TEST(goes_to_the_first)
{
    uint64_t state, again;
    toc_advert_issue(&advert, 1, 6, 7, &buffer, 100000);
    ck_assert(toc_advert_invites(&advert, 6, 7, &state));
    ck_assert(toc_advert_claim(&advert, state));
    ck_assert(!toc_advert_withdraw(&advert, 1));
    ck_assert(!toc_advert_claim(&advert, state));
    ck_assert(!toc_advert_invites(&advert, 6, 7, &again));
    toc_advert_issue(&advert, 2, 6, 7, &buffer, 100000);
    ck_assert(toc_advert_invites(&advert, 6, 7, &again));
    ck_assert(!toc_advert_withdraw(&advert, 1));
    ck_assert(toc_advert_withdraw(&advert, 2));
    ck_assert(!toc_advert_claim(&advert, again));
}
END_TEST

/* A sender that has looked at an advert comes too late for it, and not in time for the next. */
START_TEST(claims_are_for_one_generation)
{
    uint64_t state;
    toc_advert_issue(&advert, 1, 6, 7, &buffer, 100000);
    ck_assert(toc_advert_invites(&advert, 6, 7, &state));
    ck_assert(toc_advert_withdraw(&advert, 1));
    toc_advert_issue(&advert, 2, 6, 8, &buffer, 100000);
    ck_assert(!toc_advert_claim(&advert, state));
    ck_assert(toc_advert_withdraw(&advert, 2));
}
END_TEST

START_TEST(adverts_of_a_job_are_apart)
{
    struct toc_job_header *job;
    const char *what;
    int fd;
    ck_assert_int_eq(toc_job_create(3, 1, 0, &fd, &job, &what), 0);
    close(fd);
    struct toc_advert *first = toc_advert_at(job, 0, 0);
    ck_assert_ptr_eq(first, (char *)job + job->layout.adverts_offset);
    for (int receiver = 0; receiver < 3; receiver++)
        for (int sender = 0; sender < 3; sender++)
            ck_assert_ptr_eq(toc_advert_at(job, receiver, sender), first + receiver * 3 + sender);
    ck_assert((char *)(first + 9) <= (char *)job + job->layout.rings_offset);
}
END_TEST

/* ---- the ring */

static struct toc_ring tx, rx;

static void open_ring(void)
{
    struct toc_job_header *job;
    const char *what;
    int fd;
    ck_assert_int_eq(toc_job_create(2, 1, 0, &fd, &job, &what), 0);
    close(fd);
    toc_ring_bind(&tx, job, 1, 0);
    toc_ring_bind(&rx, job, 1, 0);
}

static void send(enum toc_packet_kind kind, uint32_t context, int tag)
{
    struct toc_cell *cell = toc_ring_reserve(&tx);
    ck_assert_ptr_nonnull(cell);
    cell->kind = (uint8_t)kind;
    cell->context = context;
    cell->tag = tag;
    toc_ring_commit(&tx, cell);
}

static void take(int packets)
{
    for (int i = 0; i < packets; i++)
        toc_ring_consume(&rx, toc_ring_peek(&rx), 0);
}

START_TEST(ring_knows_what_it_holds)
{
    open_ring();
    ck_assert(!toc_ring_may_hold(&tx, 6, 7));
    send(TOC_PACKET_EAGER, 6, 7);
    send(TOC_PACKET_RTS, 6, 8);
    send(TOC_PACKET_FRAGMENT, 6, 9); /* its envelope means nothing */
    ck_assert(toc_ring_may_hold(&tx, 6, 7));
    ck_assert(toc_ring_may_hold(&tx, 6, 8));
    ck_assert(!toc_ring_may_hold(&tx, 6, 9));
    ck_assert(!toc_ring_may_hold(&tx, 7, 7));
    ck_assert(!toc_ring_may_hold(&tx, 8, 6));
    take(1);
    ck_assert(!toc_ring_may_hold(&tx, 6, 7));
    ck_assert(toc_ring_may_hold(&tx, 6, 8));
    take(2);
    ck_assert(!toc_ring_may_hold(&tx, 6, 8));
}
END_TEST

/* With any number of packets in it, and wherever it starts: what it says is never too little. */
START_TEST(ring_never_forgets)
{
    open_ring();
    for (int round = 0; round < 50; round++) {
        int packets = 1 + round * 5;
        for (int i = 0; i < packets; i++)
            send(TOC_PACKET_EAGER, 6, i);
        for (int i = 0; i < packets; i++)
            UNIT_CHECK(toc_ring_may_hold(&tx, 6, i));
        take(packets);
        UNIT_CHECK(!toc_ring_may_hold(&tx, 6, packets - 1));
    }
}
END_TEST

/* ---- two threads */

#define ADVERTS UINT64_C(200000)

static _Atomic uint64_t claimed; /* generation that the sender has claimed last */
static _Atomic bool through;

/* As a sender: what it reads of an advert that it has claimed is of that advert. */
static void *claim_all(void *argument)
{
    uint64_t claims = 0;
    (void)argument;
    while (!atomic_load(&through)) {
        uint64_t state, generation;
        if (!toc_advert_invites(&advert, 6, 1, &state) || !toc_advert_claim(&advert, state))
            continue;
        generation = state >> 2;
        UNIT_CHECK(generation % 2 == 1); /* the others are for another tag */
        struct toc_xfer_buffer seen;
        uint64_t size;
        UNIT_CHECK(toc_advert_see(&advert, state, 6, 1, &seen, &size));
        UNIT_CHECK(seen.address == generation * 3 && size == generation * 5);
        claims++;
        atomic_store(&claimed, generation);
    }
    return (void *)(uintptr_t)claims;
}

START_TEST(one_of_two_wins)
{
    pthread_t sender;
    uint64_t withdrawn = 0, random = 1;
    void *claims;
    ck_assert_int_eq(pthread_create(&sender, NULL, claim_all, NULL), 0);
    for (uint64_t generation = 1; generation <= ADVERTS; generation++) {
        struct toc_xfer_buffer next = {generation * 3, 0, TOC_XFER_CONTIGUOUS};
        toc_advert_issue(&advert, generation, 6, generation % 2 == 1 ? 1 : 2, &next,
                         generation * 5);
        for (uint32_t wait = unit_random(&random) % 200; wait > 0; wait--)
            __builtin_ia32_pause();
        if (toc_advert_withdraw(&advert, generation)) {
            withdrawn++;
            continue;
        }
        while (atomic_load(&claimed) != generation)
            sched_yield();
    }
    atomic_store(&through, true);
    ck_assert_int_eq(pthread_join(sender, &claims), 0);
    ck_assert_uint_eq(withdrawn + (uintptr_t)claims, ADVERTS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("advert");
    TCase *tcase = unit_case(suite, "advert", 60);
    tcase_add_test(tcase, nothing_is_advertised_at_first);
    tcase_add_test(tcase, invites_one_envelope);
    tcase_add_test(tcase, goes_to_the_first);
    tcase_add_test(tcase, claims_are_for_one_generation);
    tcase_add_test(tcase, adverts_of_a_job_are_apart);
    tcase_add_test(tcase, ring_knows_what_it_holds);
    tcase_add_test(tcase, ring_never_forgets);
    tcase = unit_case(suite, "threads", 120);
    tcase_add_test(tcase, one_of_two_wins);
    return unit_run(suite);
}
