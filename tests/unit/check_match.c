/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/p2p/match against the rules of MPI 5.0, section 3.5, and against a plain list. */
#include <string.h>

#include "p2p/match.h"
#include "unit.h"

/* The receive that a message gets, taken out. */
static struct toc_request *take_for(uint32_t context, int source, int tag)
{
    struct toc_request *request = toc_match_arrival(context, source, tag);
    if (request != NULL) {
        ck_assert_ptr_eq(toc_match_arrival(context, source, tag), request);
        toc_match_unpost(request);
    }
    return request;
}

static struct toc_request receives[512];
static struct toc_unexpected messages[512];

static struct toc_request *post(int number, uint32_t context, int source, int tag)
{
    struct toc_request *request = &receives[number];
    request->kind = TOC_REQUEST_RECEIVE;
    request->context = context;
    request->peer = source;
    request->tag = tag;
    toc_match_post(request);
    return request;
}

static struct toc_unexpected *keep(int number, uint32_t context, int source, int tag)
{
    struct toc_unexpected *message = &messages[number];
    message->context = context;
    message->source = source;
    message->tag = tag;
    toc_match_keep(message);
    return message;
}

static bool has_odd_tag(const struct toc_unexpected *message)
{
    return message->tag % 2 != 0;
}

START_TEST(sweep_drops_what_is_void)
{
    struct toc_unexpected *kept[64];
    for (int i = 0; i < 64; i++) {
        kept[i] = toc_unexpected_take(0, true);
        ck_assert_ptr_nonnull(kept[i]);
        kept[i]->context = 4;
        kept[i]->source = i % 3;
        kept[i]->tag = i;
        toc_match_keep(kept[i]);
    }
    ck_assert_uint_eq(toc_match_sweep(has_odd_tag), 32);
    ck_assert_uint_eq(toc_match_sweep(has_odd_tag), 32);
    for (int i = 0; i < 64; i++)
        ck_assert_ptr_eq(toc_match_find(4, i % 3, i), i % 2 ? NULL : kept[i]);
    for (int i = 0; i < 64; i += 2) {
        ck_assert_ptr_eq(toc_match_find(4, TOC_ANY_SOURCE, TOC_ANY_TAG), kept[i]);
        toc_match_forget(kept[i]);
    }
    ck_assert_uint_eq(toc_match_sweep(has_odd_tag), 0);
}
END_TEST

START_TEST(exact_envelope)
{
    struct toc_request *request = post(0, 4, 1, 7);
    ck_assert_int_eq(request->stage, TOC_STAGE_POSTED);
    ck_assert_ptr_null(take_for(4, 1, 8));
    ck_assert_ptr_null(take_for(4, 2, 7));
    ck_assert_ptr_null(take_for(5, 1, 7));
    ck_assert_int_eq(toc_match_posted(), 1);
    ck_assert_ptr_eq(take_for(4, 1, 7), request);
    ck_assert_int_eq(toc_match_posted(), 0);
    ck_assert_ptr_null(take_for(4, 1, 7));
}
END_TEST

START_TEST(wildcards)
{
    struct toc_request *source = post(0, 4, TOC_ANY_SOURCE, 7);
    struct toc_request *tag = post(1, 4, 1, TOC_ANY_TAG);
    struct toc_request *both = post(2, 4, TOC_ANY_SOURCE, TOC_ANY_TAG);
    ck_assert_ptr_null(take_for(5, 1, 7));
    ck_assert_ptr_eq(take_for(4, 1, 7), source);
    ck_assert_ptr_eq(take_for(4, 1, 7), tag);
    ck_assert_ptr_eq(take_for(4, 3, 9), both);
    ck_assert_int_eq(toc_match_posted(), 0);
}
END_TEST

START_TEST(same_envelope_in_order)
{
    for (int i = 0; i < 20; i++)
        post(i, 2, 3, 4);
    for (int i = 0; i < 20; i++)
        ck_assert_ptr_eq(take_for(2, 3, 4), &receives[i]);
}
END_TEST

START_TEST(older_of_wildcard_and_exact)
{
    struct toc_request *exact = post(0, 2, 3, 4);
    struct toc_request *wild = post(1, 2, TOC_ANY_SOURCE, 4);
    struct toc_request *exact2 = post(2, 2, 3, 4);
    ck_assert_ptr_eq(take_for(2, 3, 4), exact);
    ck_assert_ptr_eq(take_for(2, 3, 4), wild);
    ck_assert_ptr_eq(take_for(2, 3, 4), exact2);
    struct toc_request *wild2 = post(3, 2, 3, TOC_ANY_TAG);
    post(4, 2, 3, 4);
    ck_assert_ptr_eq(take_for(2, 3, 4), wild2);
}
END_TEST

START_TEST(cancelled_receives_are_out)
{
    struct toc_request *first = post(0, 2, 3, 4), *second = post(1, 2, 3, 4);
    struct toc_request *wild = post(2, 2, TOC_ANY_SOURCE, TOC_ANY_TAG);
    toc_match_unpost(first);
    toc_match_unpost(wild);
    ck_assert_int_eq(toc_match_posted(), 1);
    ck_assert_ptr_eq(take_for(2, 3, 4), second);
    ck_assert_ptr_null(take_for(2, 3, 4));
    post(0, 2, 3, 4);
    ck_assert_ptr_eq(take_for(2, 3, 4), first);
}
END_TEST

START_TEST(unexpected_in_order)
{
    for (int i = 0; i < 12; i++)
        keep(i, 2, i % 3, i % 2);
    ck_assert_ptr_eq(toc_match_find(2, 1, 1), &messages[1]);
    ck_assert_ptr_eq(toc_match_find(2, 1, 1), &messages[1]); /* looking takes nothing */
    ck_assert_ptr_eq(toc_match_find(2, 1, TOC_ANY_TAG), &messages[1]);
    ck_assert_ptr_eq(toc_match_find(2, 2, TOC_ANY_TAG), &messages[2]);
    ck_assert_ptr_eq(toc_match_find(2, TOC_ANY_SOURCE, 1), &messages[1]);
    ck_assert_ptr_null(toc_match_find(3, TOC_ANY_SOURCE, TOC_ANY_TAG));
    ck_assert_ptr_null(toc_match_find(2, 1, 5));
    ck_assert_ptr_null(toc_match_find(2, 4, TOC_ANY_TAG));
    for (int i = 0; i < 12; i++) {
        struct toc_unexpected *message = toc_match_find(2, TOC_ANY_SOURCE, TOC_ANY_TAG);
        ck_assert_ptr_eq(message, &messages[i]);
        toc_match_forget(message);
    }
    ck_assert_ptr_null(toc_match_find(2, TOC_ANY_SOURCE, TOC_ANY_TAG));
    ck_assert_ptr_null(toc_match_find(2, 1, 1));
}
END_TEST

START_TEST(forgotten_from_the_middle)
{
    for (int i = 0; i < 5; i++)
        keep(i, 2, 0, 0);
    toc_match_forget(&messages[2]);
    toc_match_forget(&messages[0]);
    for (int i = 1; i < 5; i++)
        if (i != 2) {
            ck_assert_ptr_eq(toc_match_find(2, 0, 0), &messages[i]);
            toc_match_forget(&messages[i]);
        }
}
END_TEST

START_TEST(init_forgets_everything)
{
    post(0, 2, 3, 4);
    post(1, 2, TOC_ANY_SOURCE, 4);
    keep(0, 6, 3, 4);
    toc_match_init();
    ck_assert_int_eq(toc_match_posted(), 0);
    ck_assert_ptr_null(take_for(2, 3, 4));
    ck_assert_ptr_null(toc_match_find(6, 3, 4));
    ck_assert_ptr_null(toc_match_find(6, TOC_ANY_SOURCE, TOC_ANY_TAG));
}
END_TEST

/* ---- the same rules on plain arrays, in order of age ---- */

static int model_posted[512], model_posted_count;
static int model_kept[512], model_kept_count;
static bool used[512], used_message[512];

static void model_remove(int *list, int *count, int at)
{
    memmove(&list[at], &list[at + 1], (size_t)(*count - at - 1) * sizeof(int));
    --*count;
}

static bool fits(uint32_t context, int source, int tag, const struct toc_unexpected *message)
{
    return context == message->context && (source == TOC_ANY_SOURCE || source == message->source) &&
           (tag == TOC_ANY_TAG || tag == message->tag);
}

static int free_index(const bool *in_use)
{
    for (int i = 0; i < 512; i++)
        if (!in_use[i])
            return i;
    return -1;
}

static uint64_t seed;

/* A message comes: the oldest receive that fits, or it is kept. */
static void arrive(void)
{
    uint32_t context = unit_random(&seed) % 2;
    int source = (int)(unit_random(&seed) % 3), tag = (int)(unit_random(&seed) % 3);
    struct toc_unexpected probe = {.context = context, .source = source, .tag = tag};
    struct toc_request *got = take_for(context, source, tag);
    for (int i = 0; i < model_posted_count; i++) {
        struct toc_request *request = &receives[model_posted[i]];
        if (fits(request->context, request->peer, request->tag, &probe)) {
            UNIT_CHECK(got == request);
            used[model_posted[i]] = false;
            model_remove(model_posted, &model_posted_count, i);
            return;
        }
    }
    UNIT_CHECK(got == NULL);
    int number = free_index(used_message);
    if (number < 0)
        return;
    keep(number, context, source, tag);
    used_message[number] = true;
    model_kept[model_kept_count++] = number;
}

/* A receive: the oldest message that fits, or it is posted. */
static void receive(void)
{
    uint32_t context = unit_random(&seed) % 2;
    int source = (int)(unit_random(&seed) % 4) - 1, tag = (int)(unit_random(&seed) % 4);
    if (tag == 3)
        tag = TOC_ANY_TAG;
    struct toc_unexpected *got = toc_match_find(context, source, tag);
    for (int i = 0; i < model_kept_count; i++)
        if (fits(context, source, tag, &messages[model_kept[i]])) {
            UNIT_CHECK(got == &messages[model_kept[i]]);
            toc_match_forget(got);
            used_message[model_kept[i]] = false;
            model_remove(model_kept, &model_kept_count, i);
            return;
        }
    UNIT_CHECK(got == NULL);
    int number = free_index(used);
    if (number < 0)
        return;
    post(number, context, source, tag);
    used[number] = true;
    model_posted[model_posted_count++] = number;
}

static void cancel(void)
{
    if (model_posted_count == 0)
        return;
    int at = (int)(unit_random(&seed) % (unsigned)model_posted_count);
    toc_match_unpost(&receives[model_posted[at]]);
    used[model_posted[at]] = false;
    model_remove(model_posted, &model_posted_count, at);
}

START_TEST(random_against_model)
{
    seed = (uint64_t)_i;
    for (int step = 0; step < 50000; step++) {
        uint32_t choice = unit_random(&seed) % 100;
        /* sometimes more messages, sometimes more receives */
        uint32_t share = step / 1000 % 2 == 0 ? 40 : 55;
        if (choice < share)
            arrive();
        else if (choice < 95)
            receive();
        else
            cancel();
        UNIT_CHECK(toc_match_posted() == model_posted_count);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("match");
    TCase *tcase = unit_case(suite, "match", 60);
    tcase_add_checked_fixture(tcase, toc_match_init, NULL);
    tcase_add_test(tcase, exact_envelope);
    tcase_add_test(tcase, sweep_drops_what_is_void);
    tcase_add_test(tcase, wildcards);
    tcase_add_test(tcase, same_envelope_in_order);
    tcase_add_test(tcase, older_of_wildcard_and_exact);
    tcase_add_test(tcase, cancelled_receives_are_out);
    tcase_add_test(tcase, unexpected_in_order);
    tcase_add_test(tcase, forgotten_from_the_middle);
    tcase_add_test(tcase, init_forgets_everything);
    tcase_add_loop_test(tcase, random_against_model, 0, 8);
    return unit_run(suite);
}
