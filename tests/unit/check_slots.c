/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/transport/slots and base/stream. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/stream.h"
#include "transport/slots.h"
#include "unit.h"

/* Numbers of ranks with different numbers and sizes of slots (base/job.c). */
static const uint32_t job_sizes[] = {2, 16, 40, 200};
#define GEOMETRIES ((int)UNIT_LENGTH(job_sizes))

static struct toc_job_header *job;
static struct toc_ring tx, rx;
static struct toc_slots out, in;

static void open_slots(int geometry)
{
    const char *what;
    int fd;
    ck_assert_int_eq(toc_job_create(job_sizes[geometry], 1, 0, &fd, &job, &what), 0);
    close(fd);
    toc_ring_bind(&tx, job, 1, 0);
    toc_ring_bind(&rx, job, 1, 0);
    toc_slots_bind(&out, job, 1, 0);
    toc_slots_bind(&in, job, 1, 0);
}

static bool send(unsigned char content)
{
    void *slot;
    struct toc_cell *cell = toc_slots_reserve(&out, &tx, &slot);
    if (cell == NULL)
        return false;
    memset(slot, content, out.bytes);
    cell->kind = TOC_PACKET_FRAGMENT;
    toc_slots_commit(&out, &tx, cell);
    return true;
}

static void receive(unsigned char content)
{
    struct toc_cell *cell = toc_ring_peek(&rx);
    ck_assert_ptr_nonnull(cell);
    const unsigned char *slot = toc_slots_next(&in);
    UNIT_CHECK(slot[0] == content && slot[in.bytes - 1] == content);
    toc_slots_release(&in);
    toc_ring_consume(&rx, cell, 0);
}

START_TEST(all_slots_are_there)
{
    open_slots(_i);
    uint32_t slots = job->layout.slots;
    for (uint32_t i = 0; i < slots; i++)
        ck_assert(send((unsigned char)i));
    ck_assert(!send(0));
    ck_assert(!toc_slots_wish(&out, &tx));
    for (uint32_t i = 0; i < slots; i++)
        receive((unsigned char)i);
    ck_assert(toc_ring_settle(&rx)); /* the producer has asked for a bell */
    ck_assert(toc_slots_wish(&out, &tx));
    ck_assert(send(1));
}
END_TEST

START_TEST(slots_go_round)
{
    open_slots(_i);
    uint32_t slots = job->layout.slots, sent = 0;
    out.index = out.seen = in.index = UINT32_MAX - slots; /* the counters overflow on the way */
    atomic_store(&in.control->head, in.index);
    for (uint32_t received = 0; received < 5 * slots; received++) {
        while (sent - received < slots - 1)
            ck_assert(send((unsigned char)sent++));
        receive((unsigned char)received);
    }
}
END_TEST

START_TEST(slots_are_apart)
{
    open_slots(_i);
    struct toc_slots other;
    toc_slots_bind(&other, job, 0, 1);
    ptrdiff_t apart = (char *)other.control - (char *)out.control;
    ck_assert_uint_ge((uint64_t)llabs(apart), TOC_PAGE + (uint64_t)(out.mask + 1) * out.bytes);
    ck_assert_uint_eq((uintptr_t)out.first % TOC_PAGE, 0);
}
END_TEST

START_TEST(full_ring_means_no_slot)
{
    open_slots(0);
    void *slot;
    struct toc_cell *cell;
    while ((cell = toc_ring_reserve(&tx)) != NULL)
        toc_ring_commit(&tx, cell);
    ck_assert_ptr_null(toc_slots_reserve(&out, &tx, &slot));
    ck_assert(!toc_slots_wish(&out, &tx));
}
END_TEST

/* How many of `count` slots would be streamed. */
static uint32_t streamed(uint32_t count)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < count; i++, out.index++)
        sum += toc_slots_stream(&out);
    return sum;
}

START_TEST(cheaper_way_is_taken)
{
    open_slots(0);
    ck_assert_uint_eq(streamed(100), 50); /* nothing is known */
    for (int way = 0; way < 2; way++) {
        toc_slots_note_fill(&out, way, way == 1 ? 3000 : 1000);
        toc_slots_note_drain(&in, way, way == 1 ? 1000 : 9000);
    }
    uint32_t most = streamed(1000);
    UNIT_CHECK(most > 900 && most < 1000); /* but some try the other way */
    for (int i = 0; i < 50; i++)
        toc_slots_note_drain(&in, false, 800);
    uint32_t few = streamed(1000);
    UNIT_CHECK(few > 0 && few < 100);
}
END_TEST

START_TEST(one_interruption_changes_nothing)
{
    open_slots(0);
    for (int i = 0; i < 10; i++)
        for (int way = 0; way < 2; way++) {
            toc_slots_note_fill(&out, way, way == 1 ? 1000 : 2000);
            toc_slots_note_drain(&in, way, way == 1 ? 1000 : 2000);
        }
    toc_slots_note_drain(&in, true, 100000000);
    uint32_t most = streamed(1000);
    UNIT_CHECK(most > 900);
}
END_TEST

START_TEST(stream_copies_anything)
{
    enum { ROOM = 1024 };
    static _Alignas(64) unsigned char from[ROOM], to[ROOM];
    for (size_t i = 0; i < ROOM; i++)
        from[i] = (unsigned char)(i * 7 + i / 256);
    for (size_t bytes = 0; bytes < 400; bytes++)
        for (size_t shift = 0; shift < 130; shift += 13) {
            memset(to, 0xee, ROOM);
            toc_stream_copy(to + shift, from + bytes % 64, bytes);
            UNIT_CHECK(memcmp(to + shift, from + bytes % 64, bytes) == 0);
            UNIT_CHECK(to[shift + bytes] == 0xee && (shift == 0 || to[shift - 1] == 0xee));
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("slots");
    TCase *tcase = unit_case(suite, "slots", 60);
    tcase_add_loop_test(tcase, all_slots_are_there, 0, GEOMETRIES);
    tcase_add_loop_test(tcase, slots_go_round, 0, GEOMETRIES);
    tcase_add_loop_test(tcase, slots_are_apart, 0, GEOMETRIES);
    tcase_add_test(tcase, full_ring_means_no_slot);
    tcase_add_test(tcase, cheaper_way_is_taken);
    tcase_add_test(tcase, one_interruption_changes_nothing);
    tcase_add_test(tcase, stream_copies_anything);
    return unit_run(suite);
}
