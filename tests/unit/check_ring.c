/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/transport/ring, in all its geometries. */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "transport/ring.h"
#include "unit.h"

/* Numbers of ranks with different ring sizes (base/job.c). */
static const uint32_t job_sizes[] = {2, 16, 40};
#define GEOMETRIES ((int)UNIT_LENGTH(job_sizes))

static struct toc_job_header *job;
static struct toc_ring tx, rx;
static uint32_t cells, data_size, eager_max;

static void open_ring(int geometry)
{
    const char *what;
    int fd;
    ck_assert_int_eq(toc_job_create(job_sizes[geometry], 1, 0, &fd, &job, &what), 0);
    close(fd);
    cells = job->layout.ring_cells;
    data_size = job->layout.ring_data_bytes;
    eager_max = job->layout.eager_max;
    toc_ring_bind(&tx, job, 1, 0);
    toc_ring_bind(&rx, job, 1, 0);
}

static bool send_small(int tag)
{
    struct toc_cell *cell = toc_ring_reserve(&tx);
    if (cell == NULL)
        return false;
    cell->kind = TOC_PACKET_EAGER;
    cell->tag = tag;
    cell->size = 0;
    toc_ring_commit(&tx, cell);
    return true;
}

static unsigned char content(uint32_t number, uint32_t byte)
{
    return (unsigned char)(number * 31 + byte * 7 + (byte >> 8));
}

static bool send_data(uint32_t number, uint32_t bytes)
{
    void *data;
    struct toc_cell *cell = toc_ring_reserve_data(&tx, bytes, &data);
    if (cell == NULL)
        return false;
    UNIT_CHECK((uintptr_t)data % TOC_CACHE_LINE == 0);
    UNIT_CHECK((unsigned char *)data >= tx.data &&
               (unsigned char *)data + bytes <= tx.data + data_size);
    for (uint32_t i = 0; i < bytes; i++)
        ((unsigned char *)data)[i] = content(number, i);
    cell->kind = TOC_PACKET_EAGER;
    cell->tag = (int)number;
    cell->size = bytes;
    toc_ring_commit(&tx, cell);
    return true;
}

/* Takes one packet, which must be number `number`; its payload may be inside or outside. */
static void receive(uint32_t number, uint32_t bytes)
{
    struct toc_cell *cell = toc_ring_peek(&rx);
    UNIT_CHECK(cell != NULL);
    UNIT_CHECK(cell->tag == (int)number);
    UNIT_CHECK(cell->size == bytes);
    if (bytes > 0) {
        const unsigned char *data = toc_ring_payload(&rx, cell, bytes);
        for (uint32_t i = 0; i < bytes; i++)
            UNIT_CHECK(data[i] == content(number, i));
    }
    toc_ring_consume(&rx, cell, bytes);
}

START_TEST(fills_up_to_the_last_cell)
{
    open_ring(_i);
    ck_assert_ptr_null(toc_ring_peek(&rx));
    for (uint32_t i = 0; i < cells; i++)
        UNIT_CHECK(send_small((int)i));
    ck_assert(!send_small(0));
    ck_assert(!toc_ring_has_room(&tx, 0));
    receive(0, 0);
    ck_assert(toc_ring_has_room(&tx, 0));
    ck_assert(send_small((int)cells));
    ck_assert(!send_small(0));
    for (uint32_t i = 1; i <= cells; i++)
        receive(i, 0);
    ck_assert_ptr_null(toc_ring_peek(&rx));
}
END_TEST

START_TEST(rings_of_a_job_are_apart)
{
    open_ring(_i);
    struct toc_ring other;
    toc_ring_bind(&other, job, 0, 1);
    for (uint32_t i = 0; i < cells; i++)
        UNIT_CHECK(send_small((int)i));
    ck_assert(send_data(0, 0) == false);
    ck_assert_ptr_null(toc_ring_peek(&other));
    ck_assert(toc_ring_has_room(&other, eager_max));
    uintptr_t first = (uintptr_t)tx.control, second = (uintptr_t)other.control;
    ck_assert_uint_ge(first > second ? first - second : second - first, job->layout.ring_bytes);
    ck_assert_uint_le(TOC_RING_CTL_BYTES + cells * TOC_CELL_BYTES + data_size,
                      job->layout.ring_bytes);
}
END_TEST

START_TEST(data_area_fills_up)
{
    open_ring(_i);
    uint32_t span = (eager_max + 63) & ~63u, fit = data_size / span;
    ck_assert_uint_ge(fit, 2);
    for (uint32_t i = 0; i < fit; i++)
        ck_assert(send_data(i, eager_max));
    void *data;
    ck_assert_ptr_null(toc_ring_reserve_data(&tx, 1, &data));
    ck_assert(toc_ring_has_room(&tx, 0)); /* a message without data still fits */
    receive(0, eager_max);
    ck_assert(send_data(fit, eager_max));
    ck_assert_ptr_null(toc_ring_reserve_data(&tx, 1, &data));
    for (uint32_t i = 1; i <= fit; i++)
        receive(i, eager_max);
}
END_TEST

/* The largest payload fits into an empty ring wherever the last one ended. */
/* Bytes of the data area that `count` messages of `bytes` touch, when each is received before the
 * next is sent, or all after the last. */
static uint32_t touched(uint32_t count, uint32_t bytes, bool at_once)
{
    const unsigned char *end = tx.data;
    for (uint32_t i = 0; i < count; i++) {
        ck_assert(send_data(i, bytes));
        const struct toc_cell *cell = &tx.cells[(tx.index - 1) & tx.cell_mask];
        const unsigned char *payload = tx.data + (cell->u.data.position & (data_size - 1));
        end = payload + bytes > end ? payload + bytes : end;
        if (at_once)
            receive(i, bytes);
    }
    for (uint32_t i = 0; i < count && !at_once; i++)
        receive(i, bytes);
    return (uint32_t)(end - tx.data);
}

START_TEST(starts_over_when_the_consumer_keeps_up)
{
    open_ring(_i);
    ck_assert_uint_le(touched(3 * data_size / 1024, 1024, true), 4096);
    ck_assert_uint_le(touched(3 * data_size / 100, 100, true), 4096 + 128);
    uint32_t largest = touched(8, eager_max, true);
    ck_assert_uint_le(largest, 2 * eager_max);
    /* One that falls behind: all of the area is used. */
    ck_assert_uint_ge(touched(data_size / 1024 - 8, 1024, false), data_size - 8 * 1024);
    ck_assert_uint_le(touched(8, 1024, true), data_size);
    ck_assert_uint_le(touched(8, 1024, true), 4096 + 1024);
}
END_TEST

START_TEST(largest_payload_always_fits)
{
    open_ring(_i);
    uint32_t number = 0;
    for (uint32_t bytes = 1; bytes < data_size; bytes += 61) {
        uint32_t step = bytes % eager_max + 1;
        UNIT_CHECK(send_data(number, step));
        receive(number++, step);
        UNIT_CHECK(send_data(number, eager_max));
        receive(number++, eager_max);
    }
}
END_TEST

START_TEST(reserve_without_commit_is_nothing)
{
    open_ring(_i);
    void *data, *again;
    struct toc_cell *cell = toc_ring_reserve_data(&tx, 100, &data);
    ck_assert_ptr_nonnull(cell);
    memset(data, 0xee, 100);
    ck_assert_ptr_null(toc_ring_peek(&rx));
    ck_assert_ptr_eq(toc_ring_reserve_data(&tx, 5000, &again), cell);
    ck_assert_ptr_eq(again, data);
    ck_assert_ptr_eq(toc_ring_reserve(&tx), cell);
    ck_assert_ptr_null(toc_ring_peek(&rx));
    /* any number of times, without losing room */
    for (uint32_t i = 0; i < cells * 4; i++)
        UNIT_CHECK(toc_ring_reserve_data(&tx, eager_max, &data) != NULL);
    ck_assert(send_small(1));
    ck_assert(send_data(2, eager_max));
    ck_assert_ptr_eq(toc_ring_payload(&rx, &rx.cells[1], eager_max), rx.data);
    receive(1, 0);
    receive(2, eager_max);
}
END_TEST

/* Random sizes over many laps, the ring kept fuller and emptier in turn. `start`: where the
 * free-running counters begin. */
static void laps(uint32_t start)
{
    uint32_t sizes[1024];
    uint32_t sent = 0, received = 0;
    uint64_t seed = 42 + start;
    tx.index = rx.index = tx.head_seen = start;
    tx.data_index = rx.data_index = tx.data_seen = tx.data_next = start & ~63u;
    atomic_store(&tx.control->head, start);
    atomic_store(&tx.control->data_head, start & ~63u);
    for (uint32_t i = 0; i < cells; i++) /* what the lap before has left */
        atomic_store(&tx.cells[(start + i) & tx.cell_mask].sequence, start + i - cells + 1);
    while (received < 6 * cells) {
        uint32_t bytes = unit_random(&seed) % 4 == 0 ? 0 : unit_random(&seed) % eager_max + 1;
        bool filling = received / cells % 2 == 0;
        if (sent - received < (filling ? 1024u : 2u) &&
            (bytes == 0 ? send_small((int)sent) : send_data(sent, bytes))) {
            sizes[sent++ % 1024] = bytes;
        } else {
            receive(received, sizes[received % 1024]);
            received++;
        }
    }
    while (received < sent) {
        receive(received, sizes[received % 1024]);
        received++;
    }
    ck_assert_ptr_null(toc_ring_peek(&rx));
}

/* Packets that fill their cells to the last byte. */
static void send_cell(uint32_t number)
{
    struct toc_cell *cell = toc_ring_reserve(&tx);
    UNIT_CHECK(cell != NULL);
    for (uint32_t i = 0; i < TOC_CELL_INLINE; i++)
        cell->u.bytes[i] = (unsigned char)(content(number, i) | 1);
    toc_ring_commit(&tx, cell);
    toc_ring_own_ahead(&tx);
}

static void receive_cell(uint32_t number)
{
    struct toc_cell *cell = toc_ring_peek(&rx);
    UNIT_CHECK(cell != NULL);
    for (uint32_t i = 0; i < TOC_CELL_INLINE; i++)
        UNIT_CHECK(cell->u.bytes[i] == (content(number, i) | 1));
    toc_ring_consume(&rx, cell, 0);
}

/* With every number of packets under way up to a full ring, for a lap or more. */
START_TEST(lines_owned_ahead_are_free_ones)
{
    uint32_t sent = 0, received = 0;
    open_ring(_i);
    for (uint32_t under_way = 1; under_way <= cells; under_way++) {
        send_cell(sent++);
        for (uint32_t i = 0; under_way < cells && i < cells + 3; i++) {
            receive_cell(received++);
            send_cell(sent++);
        }
    }
    ck_assert_ptr_null(toc_ring_reserve(&tx));
    toc_ring_own_ahead(&tx);
    while (received < sent)
        receive_cell(received++);
}
END_TEST

START_TEST(wraps_around)
{
    open_ring(_i);
    laps(0);
}
END_TEST

START_TEST(counters_overflow)
{
    open_ring(_i);
    laps(UINT32_MAX - 100);
}
END_TEST

/* Both directions between two ranks; `back` is the one that tx and rx are not. */
static struct toc_ring back_tx, back_rx;

static void open_pair(int geometry)
{
    open_ring(geometry);
    toc_ring_bind(&back_tx, job, 0, 1);
    toc_ring_bind(&back_rx, job, 0, 1);
    toc_ring_pair(&tx, &back_rx);
    toc_ring_pair(&back_tx, &rx);
}

/* What answers: a packet of `bytes` the other way, taken at once. */
static void answer(uint32_t bytes)
{
    void *data;
    struct toc_cell *cell = toc_ring_reserve_data(&back_tx, bytes, &data);
    UNIT_CHECK(cell != NULL);
    toc_ring_commit(&back_tx, cell);
    cell = toc_ring_peek(&back_rx);
    UNIT_CHECK(cell != NULL);
    toc_ring_payload(&back_rx, cell, bytes);
    toc_ring_consume(&back_rx, cell, bytes);
}

/* Neither side sees a counter of the other one change. */
START_TEST(answers_say_what_is_given_back)
{
    static struct toc_ring_control frozen;
    open_pair(_i);
    tx.control = back_tx.control = &frozen;
    for (uint32_t i = 0; i < cells; i++) {
        UNIT_CHECK(send_data(i, eager_max));
        receive(i, eager_max);
        answer(eager_max);
    }
    /* Without answers there is no more room than there is. */
    uint32_t more = 0;
    tx.head_seen = frozen.head = cells;
    while (send_data(cells + more, eager_max))
        more++;
    ck_assert_uint_le(more, data_size / eager_max);
}
END_TEST

START_TEST(late_answers_take_nothing_back)
{
    open_pair(_i);
    void *data;
    struct toc_cell *late = toc_ring_reserve_data(&back_tx, 64, &data);
    toc_ring_commit(&back_tx, late);
    for (uint32_t i = 0; i < 3 * data_size / eager_max; i++) {
        UNIT_CHECK(send_data(i, eager_max));
        receive(i, eager_max);
    }
    ck_assert(toc_ring_refresh(&tx, eager_max));
    uint64_t seen = tx.data_seen;
    ck_assert_ptr_eq(toc_ring_peek(&back_rx), late);
    toc_ring_payload(&back_rx, late, 64);
    toc_ring_consume(&back_rx, late, 64);
    ck_assert_uint_eq(tx.data_seen, seen);
}
END_TEST

START_TEST(space_is_asked_for_once)
{
    open_ring(_i);
    ck_assert(!toc_ring_settle(&rx));               /* nobody asked */
    ck_assert(toc_ring_want_space(&tx, eager_max)); /* there is room */
    ck_assert(toc_ring_settle(&rx));                /* the wish stays until the consumer sees it */
    ck_assert(!toc_ring_settle(&rx));
    for (uint32_t i = 0; i < cells; i++)
        UNIT_CHECK(send_small((int)i));
    ck_assert(!toc_ring_want_space(&tx, 0));
    receive(0, 0);
    ck_assert(toc_ring_settle(&rx));
    ck_assert(!toc_ring_settle(&rx));
    ck_assert(send_small((int)cells));
    ck_assert(!toc_ring_want_space(&tx, 0));
    receive(1, 0);
    ck_assert(toc_ring_want_space(&tx, 0));
}
END_TEST

/* ---- two sides at once; a bell that is lost is a hang, which Check's time-out ends ---- */

enum { STRESS_PACKETS = 20000 };

static _Atomic uint32_t *bells; /* the consumer has told of space */

static uint32_t stress_bytes(uint32_t number)
{
    uint64_t seed = number;
    uint32_t random = unit_random(&seed);
    return random % 3 == 0 ? 0 : random % 16 == 1 ? random % eager_max + 1 : random % 300 + 1;
}

static void wait_for_space(uint32_t bytes)
{
    uint32_t before = atomic_load(bells);
    if (toc_ring_want_space(&tx, bytes))
        return;
    while (atomic_load(bells) == before)
        sched_yield();
}

static void *produce(void *unused)
{
    for (uint32_t number = 0; number < STRESS_PACKETS; number++) {
        uint32_t bytes = stress_bytes(number);
        while (!(bytes == 0 ? send_small((int)number) : send_data(number, bytes)))
            wait_for_space(bytes);
    }
    return unused;
}

static void consume_all(void)
{
    uint32_t number = 0;
    while (number < STRESS_PACKETS) {
        uint32_t burst = 0;
        while (burst < 10 && number < STRESS_PACKETS && toc_ring_peek(&rx) != NULL) {
            receive(number, stress_bytes(number));
            number++;
            burst++;
        }
        if (burst > 0 && toc_ring_settle(&rx))
            atomic_fetch_add(bells, 1);
        else if (burst == 0)
            sched_yield();
    }
    ck_assert_ptr_null(toc_ring_peek(&rx));
}

static void open_stress(int geometry)
{
    open_ring(geometry);
    bells = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(bells, MAP_FAILED);
}

START_TEST(two_threads)
{
    pthread_t producer;
    open_stress(_i);
    ck_assert_int_eq(pthread_create(&producer, NULL, produce, NULL), 0);
    consume_all();
    ck_assert_int_eq(pthread_join(producer, NULL), 0);
}
END_TEST

START_TEST(two_processes)
{
    open_stress(_i);
    pid_t producer = fork();
    ck_assert_int_ge(producer, 0);
    if (producer == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a failed test leaves nobody behind */
        produce(NULL);
        _exit(0);
    }
    consume_all();
    int status;
    ck_assert_int_eq(waitpid(producer, &status, 0), producer);
    ck_assert_int_eq(status, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ring");
    TCase *tcase = unit_case(suite, "ring", 60);
    tcase_add_loop_test(tcase, fills_up_to_the_last_cell, 0, GEOMETRIES);
    tcase_add_loop_test(tcase, rings_of_a_job_are_apart, 0, GEOMETRIES);
    tcase_add_loop_test(tcase, data_area_fills_up, 0, GEOMETRIES);
    tcase_add_loop_test(tcase, starts_over_when_the_consumer_keeps_up, 0, GEOMETRIES);
    tcase_add_loop_test(tcase, largest_payload_always_fits, 0, GEOMETRIES);
    tcase_add_loop_test(tcase, reserve_without_commit_is_nothing, 0, GEOMETRIES);
    tcase_add_loop_test(tcase, lines_owned_ahead_are_free_ones, 0, GEOMETRIES);
    tcase_add_loop_test(tcase, wraps_around, 0, GEOMETRIES);
    tcase_add_loop_test(tcase, counters_overflow, 0, GEOMETRIES);
    tcase_add_loop_test(tcase, answers_say_what_is_given_back, 0, GEOMETRIES);
    tcase_add_loop_test(tcase, late_answers_take_nothing_back, 0, GEOMETRIES);
    tcase_add_loop_test(tcase, space_is_asked_for_once, 0, GEOMETRIES);
    tcase = unit_case(suite, "stress", 120);
    tcase_add_loop_test(tcase, two_threads, 0, GEOMETRIES);
    tcase_add_loop_test(tcase, two_processes, 0, GEOMETRIES);
    return unit_run(suite);
}
