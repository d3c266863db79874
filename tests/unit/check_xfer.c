/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/transport/xfer: claims, completion and failure of a rendezvous, and the notices. */
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "transport/xfer.h"
#include "unit.h"

#define GEN 77u

static struct toc_xfer xfer;

static const struct toc_xfer_share one_front = {TOC_XFER_FRONT, false, 1};
static const struct toc_xfer_share one_back = {TOC_XFER_BACK, false, 1};
static const struct toc_xfer_share front = {TOC_XFER_FRONT, false, TOC_XFER_MOST_CHUNKS};
static const struct toc_xfer_share back = {TOC_XFER_BACK, false, TOC_XFER_MOST_CHUNKS};
static const struct toc_xfer_share alone_front = {TOC_XFER_FRONT, true, TOC_XFER_MOST_CHUNKS};
static const struct toc_xfer_share alone_back = {TOC_XFER_BACK, true, TOC_XFER_MOST_CHUNKS};

/* One chunk from the front. */
static uint32_t claim(uint32_t generation)
{
    struct toc_xfer_piece piece;
    if (!toc_xfer_claim(&xfer, generation, xfer.chunks, &one_front, &piece))
        return UINT32_MAX;
    UNIT_CHECK(piece.count == 1);
    return piece.first;
}

/* Is the next piece of this share the chunks from `first` to before `end`? None: both 0. */
static bool gets(const struct toc_xfer_share *share, uint32_t first, uint32_t end)
{
    struct toc_xfer_piece piece = {0, 0};
    bool any = toc_xfer_claim(&xfer, GEN, xfer.chunks, share, &piece);
    return any == (end > first) && piece.first == first && piece.first + piece.count == end;
}

START_TEST(unmatched)
{
    ck_assert_int_eq(toc_xfer_mode(&xfer, 1), TOC_XFER_POSTED);
    ck_assert_uint_eq(claim(1), UINT32_MAX);
    ck_assert(!toc_xfer_is_broken(&xfer, 1));
}
END_TEST

/* An open offer goes to the one who asks first; nobody else's generation counts. */
START_TEST(offers_are_taken_or_withdrawn)
{
    ck_assert(!toc_xfer_is_open(&xfer, GEN));
    ck_assert(!toc_xfer_take(&xfer, GEN));
    toc_xfer_open(&xfer, GEN);
    ck_assert(toc_xfer_is_open(&xfer, GEN));
    ck_assert(!toc_xfer_take(&xfer, GEN - 1));
    ck_assert(!toc_xfer_withdraw(&xfer, GEN + 1));
    ck_assert(toc_xfer_take(&xfer, GEN));
    ck_assert(!toc_xfer_is_open(&xfer, GEN));
    ck_assert(!toc_xfer_take(&xfer, GEN));
    ck_assert(!toc_xfer_withdraw(&xfer, GEN));
    toc_xfer_open(&xfer, GEN + 1);
    ck_assert(toc_xfer_withdraw(&xfer, GEN + 1));
    ck_assert(!toc_xfer_take(&xfer, GEN + 1));
    /* The descriptor serves again; the receiver of what was withdrawn comes late. */
    toc_xfer_open(&xfer, GEN + 2);
    ck_assert(!toc_xfer_is_open(&xfer, GEN + 1));
    ck_assert(!toc_xfer_take(&xfer, GEN + 1));
    ck_assert(toc_xfer_is_open(&xfer, GEN + 2));
}
END_TEST

START_TEST(match_is_of_one_generation)
{
    static const enum toc_xfer_mode modes[] = {TOC_XFER_COPY, TOC_XFER_FRAGMENTS, TOC_XFER_ACK};
    for (uint32_t i = 0; i < UNIT_LENGTH(modes); i++) {
        toc_xfer_match(&xfer, GEN + i, modes[i], 1000, 100);
        ck_assert_int_eq(toc_xfer_mode(&xfer, GEN + i), modes[i]);
        ck_assert_int_eq(toc_xfer_mode(&xfer, GEN + i - 1), TOC_XFER_POSTED);
        ck_assert_int_eq(toc_xfer_mode(&xfer, GEN + i + 1), TOC_XFER_POSTED);
    }
}
END_TEST

static const struct {
    uint64_t total;
    uint32_t chunk, chunks;
} lengths[] = {
    {1, 4096, 1},
    {4095, 4096, 1},
    {4096, 4096, 1},
    {4097, 4096, 2},
    {UINT64_C(1) << 40, 1u << 30, 1024},
    {TOC_XFER_MOST_CHUNKS, 1, TOC_XFER_MOST_CHUNKS},
    {1000, 1, 1000},
    {(UINT64_C(1) << 32) + 1, 1u << 30, 5},
};

/* Every chunk once, then none; done with the last one finished, not earlier. */
START_TEST(chunks_are_claimed_and_finished)
{
    uint32_t chunks = lengths[_i].chunks;
    toc_xfer_match(&xfer, GEN, TOC_XFER_COPY, lengths[_i].total, lengths[_i].chunk);
    ck_assert_uint_eq(xfer.chunks, chunks);
    for (uint32_t i = 0; i < chunks; i++)
        UNIT_CHECK(claim(GEN) == i);
    ck_assert_uint_eq(claim(GEN), UINT32_MAX);
    for (uint32_t i = 0; i < chunks; i++) {
        UNIT_CHECK(!toc_xfer_is_done(&xfer, GEN, chunks));
        UNIT_CHECK(toc_xfer_finish(&xfer, chunks, 1) == (i == chunks - 1));
    }
    ck_assert(toc_xfer_is_done(&xfer, GEN, chunks));
    ck_assert(!toc_xfer_is_broken(&xfer, GEN));
}
END_TEST

START_TEST(nothing_to_move)
{
    toc_xfer_match(&xfer, GEN, TOC_XFER_COPY, 0, 4096);
    ck_assert_uint_eq(xfer.chunks, 0);
    ck_assert_uint_eq(claim(GEN), UINT32_MAX);
    ck_assert(toc_xfer_is_done(&xfer, GEN, 0));
}
END_TEST

START_TEST(late_helpers_get_nothing)
{
    toc_xfer_match(&xfer, GEN, TOC_XFER_COPY, 8192, 4096);
    ck_assert_uint_eq(claim(GEN - 1), UINT32_MAX);
    ck_assert_uint_eq(claim(GEN + 1), UINT32_MAX);
    ck_assert_uint_eq(claim(GEN), 0);
    toc_xfer_match(&xfer, GEN + 1, TOC_XFER_COPY, 8192, 4096);
    ck_assert_uint_eq(claim(GEN), UINT32_MAX);
    ck_assert(toc_xfer_is_done(&xfer, GEN, 2)); /* "recycled" means finished long ago */
    ck_assert(!toc_xfer_is_done(&xfer, GEN + 1, 2));
    toc_xfer_freeze(&xfer, GEN); /* not its own any more */
    ck_assert(!toc_xfer_is_broken(&xfer, GEN));
    ck_assert_uint_eq(claim(GEN + 1), 0);
    ck_assert_uint_eq(claim(GEN + 1), 1);
}
END_TEST

/* The next generation's larger number of chunks is in the descriptor, its cursor is not yet: the
 * late helper of this generation must not claim a chunk that its transfer does not have. */
START_TEST(late_helper_keeps_its_own_number_of_chunks)
{
    struct toc_xfer_piece piece;
    toc_xfer_match(&xfer, GEN, TOC_XFER_COPY, 2 * 4096, 4096);
    ck_assert(toc_xfer_claim(&xfer, GEN, 2, &one_front, &piece));
    ck_assert(toc_xfer_claim(&xfer, GEN, 2, &one_back, &piece));
    xfer.chunks = 5;
    ck_assert(!toc_xfer_claim(&xfer, GEN, 2, &one_front, &piece));
    ck_assert(!toc_xfer_claim(&xfer, GEN, 2, &alone_back, &piece));
}
END_TEST

/* Each its half, in one piece; then there is nothing to steal. */
START_TEST(halves)
{
    toc_xfer_match(&xfer, GEN, TOC_XFER_COPY, 7, 1);
    ck_assert(gets(&front, 0, 4));
    ck_assert(toc_xfer_has_chunk(&xfer, GEN, 7));
    ck_assert(gets(&back, 4, 7));
    ck_assert(!toc_xfer_has_chunk(&xfer, GEN, 7));
    ck_assert(gets(&front, 0, 0));
    ck_assert(gets(&alone_back, 0, 0));
    ck_assert(!toc_xfer_finish(&xfer, 7, 3));
    ck_assert(!toc_xfer_is_done(&xfer, GEN, 7));
    ck_assert(toc_xfer_finish(&xfer, 7, 4));
    ck_assert(toc_xfer_is_done(&xfer, GEN, 7));

    toc_xfer_match(&xfer, GEN, TOC_XFER_COPY, 8, 1);
    ck_assert(gets(&one_back, 7, 8));
    ck_assert(gets(&back, 4, 7)); /* what is left of it */
    ck_assert(gets(&front, 0, 4));
}
END_TEST

START_TEST(one_chunk_is_for_either)
{
    toc_xfer_match(&xfer, GEN, TOC_XFER_COPY, 1, 1);
    ck_assert(gets(&back, 0, 1));
    ck_assert(gets(&front, 0, 0));
    toc_xfer_match(&xfer, GEN, TOC_XFER_COPY, 1, 1);
    ck_assert(gets(&front, 0, 1));
    ck_assert(gets(&back, 0, 0));
}
END_TEST

START_TEST(who_is_alone_takes_all)
{
    toc_xfer_match(&xfer, GEN, TOC_XFER_COPY, 9, 1);
    ck_assert(gets(&alone_back, 0, 9));
    toc_xfer_match(&xfer, GEN, TOC_XFER_COPY, 9, 1);
    ck_assert(gets(&one_back, 8, 9));
    ck_assert(gets(&alone_front, 0, 8));
    toc_xfer_match(&xfer, GEN, TOC_XFER_COPY, 9, 1); /* it only seemed so */
    ck_assert(gets(&front, 0, 5));
    ck_assert(gets(&front, 5, 9));
}
END_TEST

/* The other side's half: shared out with who is there, again and again. */
START_TEST(the_rest_is_shared)
{
    toc_xfer_match(&xfer, GEN, TOC_XFER_COPY, 20, 1);
    ck_assert(gets(&front, 0, 10));
    ck_assert(gets(&one_back, 19, 20));
    ck_assert(gets(&front, 10, 15)); /* 5 of 9 */
    ck_assert(gets(&back, 17, 19));  /* 2 of 4: its half is not whole any more */
    ck_assert(gets(&one_front, 15, 16));
    ck_assert(gets(&front, 16, 17));
    ck_assert(gets(&back, 0, 0));
}
END_TEST

START_TEST(not_more_than_most)
{
    static const struct toc_xfer_share three_front = {TOC_XFER_FRONT, false, 3};
    static const struct toc_xfer_share three_back = {TOC_XFER_BACK, true, 3};
    toc_xfer_match(&xfer, GEN, TOC_XFER_COPY, 10, 1);
    ck_assert(gets(&three_front, 0, 3));
    ck_assert(gets(&three_back, 7, 10));
    ck_assert(gets(&three_front, 3, 5));
    ck_assert(gets(&three_back, 5, 7));
    ck_assert(gets(&three_front, 0, 0));
}
END_TEST

/* Claims at both ends count when it comes to whether anybody still copies. */
START_TEST(frozen_with_both_ends_claimed)
{
    toc_xfer_match(&xfer, GEN, TOC_XFER_COPY, 9, 1);
    ck_assert(gets(&one_front, 0, 1));
    ck_assert(gets(&back, 5, 9));
    toc_xfer_freeze(&xfer, GEN);
    ck_assert(gets(&alone_front, 0, 0));
    toc_xfer_finish(&xfer, 9, 4);
    ck_assert(!toc_xfer_is_broken(&xfer, GEN));
    toc_xfer_finish(&xfer, 9, 1);
    ck_assert(toc_xfer_is_broken(&xfer, GEN));
    ck_assert(!toc_xfer_is_done(&xfer, GEN, 9));
}
END_TEST

START_TEST(frozen_transfers_break)
{
    toc_xfer_match(&xfer, GEN, TOC_XFER_COPY, 5 * 4096, 4096);
    ck_assert_uint_eq(claim(GEN), 0);
    ck_assert_uint_eq(claim(GEN), 1);
    toc_xfer_finish(&xfer, 5, 1);
    ck_assert(!toc_xfer_is_broken(&xfer, GEN));
    toc_xfer_freeze(&xfer, GEN);
    toc_xfer_freeze(&xfer, GEN);
    ck_assert_uint_eq(claim(GEN), UINT32_MAX);
    ck_assert(!toc_xfer_is_broken(&xfer, GEN)); /* somebody still copies */
    ck_assert(!toc_xfer_is_done(&xfer, GEN, 5));
    toc_xfer_finish(&xfer, 5, 1);
    ck_assert(toc_xfer_is_broken(&xfer, GEN));
    ck_assert(!toc_xfer_is_broken(&xfer, GEN + 1));
    ck_assert(!toc_xfer_is_done(&xfer, GEN, 5));
    toc_xfer_match(&xfer, GEN + 1, TOC_XFER_FRAGMENTS, 5 * 4096, 4096);
    ck_assert(!toc_xfer_is_broken(&xfer, GEN));
    /* fragments: nobody may claim, and it must not look complete */
    ck_assert_uint_eq(claim(GEN + 1), UINT32_MAX);
    ck_assert(!toc_xfer_has_chunk(&xfer, GEN + 1, 5));
    ck_assert(!toc_xfer_is_done(&xfer, GEN + 1, 5));
}
END_TEST

/* The last chunk failed: all are counted, and yet it is not done. */
START_TEST(failure_of_the_last_chunk)
{
    toc_xfer_match(&xfer, GEN, TOC_XFER_COPY, 2 * 4096, 4096);
    claim(GEN);
    claim(GEN);
    toc_xfer_finish(&xfer, 2, 1);
    toc_xfer_freeze(&xfer, GEN);
    toc_xfer_finish(&xfer, 2, 1);
    ck_assert(!toc_xfer_is_done(&xfer, GEN, 2));
    ck_assert(toc_xfer_is_broken(&xfer, GEN));
}
END_TEST

/* ---- two copiers, one of them always a generation or so behind ---- */

enum { GENERATIONS = 20000, MOST_CHUNKS = 7 };

static _Atomic uint32_t current;
static _Atomic uint8_t claims[GENERATIONS + 1][MOST_CHUNKS];
static unsigned char bytes[MOST_CHUNKS]; /* "copied": not atomic, ordered by `done` */

static uint32_t chunks_of(uint32_t generation)
{
    return generation % MOST_CHUNKS + 1;
}

static void copy_some(uint32_t generation, const struct toc_xfer_share *share)
{
    uint32_t chunks = chunks_of(generation);
    struct toc_xfer_piece piece;
    while (toc_xfer_claim(&xfer, generation, chunks, share, &piece)) {
        UNIT_CHECK(piece.count > 0 && piece.first + piece.count <= chunks);
        for (uint32_t i = piece.first; i < piece.first + piece.count; i++) {
            UNIT_CHECK(atomic_fetch_add(&claims[generation][i], 1) == 0);
            bytes[i] = (unsigned char)generation;
        }
        toc_xfer_finish(&xfer, chunks, piece.count);
    }
}

static void *help(void *unused)
{
    uint64_t random = 5;
    uint32_t generation;
    while ((generation = atomic_load(&current)) <= GENERATIONS) {
        for (uint32_t spin = unit_random(&random) % 200; spin > 0; spin--)
            __builtin_ia32_pause();
        copy_some(generation, generation % 3 == 0 ? &one_back : &back);
    }
    return unused;
}

START_TEST(two_copiers)
{
    pthread_t helper;
    uint64_t random = 9;
    toc_xfer_match(&xfer, 1, TOC_XFER_COPY, chunks_of(1), 1);
    atomic_store(&current, 1);
    ck_assert_int_eq(pthread_create(&helper, NULL, help, NULL), 0);
    for (uint32_t generation = 1; generation <= GENERATIONS; generation++) {
        if (generation > 1) {
            toc_xfer_match(&xfer, generation, TOC_XFER_COPY, chunks_of(generation), 1);
            atomic_store(&current, generation);
        }
        for (uint32_t spin = unit_random(&random) % 200; spin > 0; spin--)
            __builtin_ia32_pause();
        if (generation % 64 == 0)
            sched_yield();
        if (generation % 64 != 32) /* some are the helper's alone */
            copy_some(generation, generation % 5 == 0 ? &alone_front : &front);
        while (!toc_xfer_is_done(&xfer, generation, chunks_of(generation)))
            sched_yield();
        for (uint32_t chunk = 0; chunk < chunks_of(generation); chunk++) {
            UNIT_CHECK(bytes[chunk] == (unsigned char)generation);
            UNIT_CHECK(claims[generation][chunk] == 1);
        }
    }
    atomic_store(&current, GENERATIONS + 1);
    ck_assert_int_eq(pthread_join(helper, NULL), 0);
}
END_TEST

/* Sender and receiver want each of many messages at the same time. */
enum { OFFERS = 200000 };
static _Atomic uint32_t offered;
static _Atomic uint8_t got[OFFERS + 1];

static void *take_offers(void *unused)
{
    uint32_t generation = 0;
    while (generation < OFFERS) {
        while (atomic_load(&offered) == generation)
            sched_yield();
        generation = atomic_load(&offered);
        atomic_fetch_add(&got[generation], toc_xfer_take(&xfer, generation));
    }
    return unused;
}

START_TEST(one_of_two_gets_an_offer)
{
    pthread_t receiver;
    ck_assert_int_eq(pthread_create(&receiver, NULL, take_offers, NULL), 0);
    for (uint32_t generation = 1; generation <= OFFERS; generation++) {
        toc_xfer_open(&xfer, generation);
        atomic_store(&offered, generation);
        if (generation % 128 == 0)
            sched_yield();
        if (toc_xfer_withdraw(&xfer, generation))
            atomic_fetch_add(&got[generation], 1);
    }
    ck_assert_int_eq(pthread_join(receiver, NULL), 0);
    for (uint32_t generation = 1; generation <= OFFERS; generation++)
        UNIT_CHECK(got[generation] == 1);
}
END_TEST

/* One long transfer, claimed as fast as possible by both. */
enum { MANY = TOC_XFER_MOST_CHUNKS, ROUNDS = 30 };
static _Atomic uint8_t claimed[MANY + 1];
static pthread_barrier_t start;

static void *claim_many(void *share)
{
    for (int round = 0; round < ROUNDS; round++) {
        struct toc_xfer_piece piece;
        pthread_barrier_wait(&start);
        while (toc_xfer_claim(&xfer, GEN, MANY, share, &piece)) {
            atomic_fetch_add_explicit(&claimed[piece.first], 1, memory_order_relaxed);
            toc_xfer_finish(&xfer, MANY, piece.count);
        }
        pthread_barrier_wait(&start);
        pthread_barrier_wait(&start); /* set up again */
    }
    return NULL;
}

START_TEST(claims_are_unique)
{
    pthread_t helper[2];
    toc_xfer_match(&xfer, GEN, TOC_XFER_COPY, MANY, 1);
    pthread_barrier_init(&start, NULL, 3);
    ck_assert_int_eq(pthread_create(&helper[0], NULL, claim_many, (void *)(uintptr_t)&one_front),
                     0);
    ck_assert_int_eq(pthread_create(&helper[1], NULL, claim_many, (void *)(uintptr_t)&one_back), 0);
    for (int round = 0; round < ROUNDS; round++) {
        pthread_barrier_wait(&start);
        pthread_barrier_wait(&start);
        for (int i = 0; i < MANY; i++)
            UNIT_CHECK(claimed[i] == round + 1);
        UNIT_CHECK(toc_xfer_is_done(&xfer, GEN, MANY));
        toc_xfer_match(&xfer, GEN, TOC_XFER_COPY, MANY, 1);
        pthread_barrier_wait(&start);
    }
    ck_assert_int_eq(pthread_join(helper[0], NULL), 0);
    ck_assert_int_eq(pthread_join(helper[1], NULL), 0);
    pthread_barrier_destroy(&start);
}
END_TEST

/* ---- notices ---- */

static struct toc_notices notices;
static uint32_t served[TOC_XFERS_MOST];
static uint32_t serves;

static void serve(uint32_t slot)
{
    UNIT_CHECK(slot < TOC_XFERS_MOST);
    served[slot]++;
    serves++;
}

START_TEST(notices_name_their_descriptors)
{
    static const uint32_t slots[] = {0, 1, 63, 64, 4095, 4096, 40000, TOC_XFERS_MOST - 1};
    for (size_t i = 0; i < UNIT_LENGTH(slots); i++) {
        toc_notices_mark(&notices, slots[i]);
        toc_notices_mark(&notices, slots[i]);
    }
    for (uint32_t group = 0; group < TOC_XFERS_MOST / 4096; group++) {
        bool any = false;
        for (size_t i = 0; i < UNIT_LENGTH(slots); i++)
            any |= slots[i] / 4096 == group;
        ck_assert_int_eq(toc_notices_take(&notices, group, serve), any);
        ck_assert(!toc_notices_take(&notices, group, serve));
    }
    ck_assert_uint_eq(serves, UNIT_LENGTH(slots));
    for (size_t i = 0; i < UNIT_LENGTH(slots); i++)
        ck_assert_uint_eq(served[slots[i]], 1);
}
END_TEST

/* Each peer has words of its own, so nobody else's mark makes up for a lost one; and it waits until
 * its mark has been taken, so a lost one is a hang. */
enum { MARKS = 20000 };
static _Atomic uint32_t announced[256], taken[256];
static _Atomic int peers_left = 2;

static void take(uint32_t slot)
{
    /* whoever marked it had announced it before */
    atomic_store(&taken[slot], atomic_load_explicit(&announced[slot], memory_order_relaxed));
}

static void *mark(void *first)
{
    uint64_t random = (uintptr_t)first;
    for (uint32_t i = 1; i <= MARKS; i++) {
        uint32_t slot = (uint32_t)(uintptr_t)first + unit_random(&random) % 128;
        atomic_store_explicit(&announced[slot], i, memory_order_relaxed);
        toc_notices_mark(&notices, slot);
        for (int spins = 0; atomic_load(&taken[slot]) != i; spins++)
            if (spins > 1000)
                sched_yield();
    }
    atomic_fetch_sub(&peers_left, 1);
    return NULL;
}

START_TEST(no_notice_is_lost)
{
    pthread_t peers[2];
    for (uintptr_t i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&peers[i], NULL, mark, (void *)(i * 128)), 0);
    while (atomic_load(&peers_left) > 0)
        if (!toc_notices_take(&notices, 0, take))
            sched_yield();
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_join(peers[i], NULL), 0);
    ck_assert(!toc_notices_take(&notices, 0, take));
}
END_TEST

START_TEST(descriptors_of_a_job_are_apart)
{
    struct toc_job_header *job;
    const char *what;
    int fd;
    ck_assert_int_eq(toc_job_create(3, 1, 0, &fd, &job, &what), 0);
    close(fd);
    ck_assert_ptr_eq(toc_xfer_at(job, 0, 0), (char *)job + job->layout.xfers_offset);
    ck_assert_ptr_eq(toc_xfer_at(job, 1, 0), toc_xfer_at(job, 0, 0) + TOC_XFERS_PER_RANK);
    ck_assert_ptr_eq(toc_xfer_at(job, 2, 5), toc_xfer_at(job, 2, 0) + 5);
    ck_assert((char *)toc_xfer_at(job, 2, TOC_XFERS_PER_RANK) <=
              (char *)job + job->layout.rings_offset);
    ck_assert_ptr_eq(toc_notices_at(job, 0), (char *)job + job->layout.notices_offset);
    ck_assert((char *)toc_notices_at(job, 3) <= (char *)job + job->layout.xfers_offset);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("xfer");
    TCase *tcase = unit_case(suite, "xfer", 60);
    tcase_add_test(tcase, unmatched);
    tcase_add_test(tcase, offers_are_taken_or_withdrawn);
    tcase_add_test(tcase, one_of_two_gets_an_offer);
    tcase_add_test(tcase, match_is_of_one_generation);
    tcase_add_loop_test(tcase, chunks_are_claimed_and_finished, 0, (int)UNIT_LENGTH(lengths));
    tcase_add_test(tcase, nothing_to_move);
    tcase_add_test(tcase, late_helpers_get_nothing);
    tcase_add_test(tcase, late_helper_keeps_its_own_number_of_chunks);
    tcase_add_test(tcase, halves);
    tcase_add_test(tcase, one_chunk_is_for_either);
    tcase_add_test(tcase, who_is_alone_takes_all);
    tcase_add_test(tcase, the_rest_is_shared);
    tcase_add_test(tcase, not_more_than_most);
    tcase_add_test(tcase, frozen_with_both_ends_claimed);
    tcase_add_test(tcase, frozen_transfers_break);
    tcase_add_test(tcase, failure_of_the_last_chunk);
    tcase_add_test(tcase, notices_name_their_descriptors);
    tcase_add_test(tcase, descriptors_of_a_job_are_apart);
    tcase = unit_case(suite, "threads", 120);
    tcase_add_test(tcase, two_copiers);
    tcase_add_test(tcase, claims_are_unique);
    tcase_add_test(tcase, no_notice_is_lost);
    return unit_run(suite);
}
