/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is found of a segment that has been overwritten: in every region a value that cannot be, and
 * the sentence that this rank, number 0 of 2, ends the job with. Rank 1 is the test.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/comm.h"
#include "core/op.h"
#include "datatype/construct.h"
#include "p2p/advertise.h"
#include "p2p/p2p.h"
#include "p2p/protocol.h"
#include "progress/bell.h"
#include "transport/advert.h"
#include "transport/cma.h"
#include "transport/xfer.h"
#include "world.h"

static struct toc_peer *peer; /* rank 1 */
static struct toc_datatype *byte_type;
static char buffer[1 << 20];

static void setup(void)
{
    world_join(&toc_notify_poll, 2);
    toc_errhandler_init();
    toc_op_init();
    ck_assert_int_eq(toc_group_init(), 0);
    ck_assert_int_eq(toc_datatype_init(), 0);
    ck_assert_int_eq(toc_comm_init(toc_world.rank, toc_world.size), 0);
    ck_assert_int_eq(toc_p2p_init(), 0);
    toc_guard_enter();
    byte_type = toc_datatype_get(MPI_BYTE);
    peer = &toc_world.peers[WORLD_PEER];
}

/* ---- what rank 1 does */

static struct toc_cell *fill(uint8_t kind, uint8_t flags, int tag, uint64_t size)
{
    struct toc_cell *cell = toc_ring_reserve(&world_tx);
    UNIT_CHECK(cell != NULL);
    cell->kind = kind;
    cell->flags = flags;
    cell->context = toc_comm_p2p_context(&toc_comm_world);
    cell->tag = tag;
    cell->size = size;
    cell->slot = toc_cell_mark(cell->context, tag, size);
    return cell;
}

static void publish(struct toc_cell *cell)
{
    toc_ring_commit(&world_tx, cell);
    toc_doorbell_watch(toc_world.bell, WORLD_PEER);
}

static void publish_special(struct toc_cell *cell, uint16_t slot)
{
    cell->slot = slot;
    cell->u.data.generation = 1;
    cell->u.data.seal = toc_cell_seal(cell);
    publish(cell);
}

static struct toc_xfer *xfer_of_peer(uint32_t slot)
{
    return toc_xfer_at(toc_world.job, WORLD_PEER, slot);
}

static const struct toc_xfer_buffer far = {.address = 0x10000, .flags = TOC_XFER_CONTIGUOUS};

/* A rendezvous of rank 1's, in descriptor 5. */
static void request_rendezvous(void)
{
    toc_xfer_show(xfer_of_peer(5), 1, &far);
    toc_xfer_open(xfer_of_peer(5), 1);
    publish_special(fill(TOC_PACKET_RTS, 0, 7, sizeof(buffer)), 5);
}

static void join_peer(void)
{
    struct toc_job_rank *entry = peer->entry;
    struct toc_job_line line = {.pid = getppid(), .tid = getppid()};
    atomic_store(&entry->pid, line.pid);
    atomic_store(&entry->tid, line.tid);
    atomic_store(&entry->nonce, toc_job_line_seal(&line, WORLD_PEER));
    atomic_store(&entry->state, TOC_RANK_JOINED);
}

/* ---- what this rank does */

static void progress(void)
{
    for (int round = 0; round < 4; round++)
        toc_progress_run(TOC_PROGRESS_WAIT);
}

static struct toc_request request;

static void receive(void)
{
    toc_p2p_prepare_receive(&request, buffer, sizeof(buffer), byte_type, WORLD_PEER, 7,
                            &toc_comm_world);
    toc_p2p_start(&request);
}

/* A rendezvous to rank 1; the descriptor is number 0, of generation 1. */
static struct toc_xfer *send(enum toc_send_mode mode, int64_t bytes)
{
    toc_p2p_prepare_send(&request, buffer, bytes, byte_type, WORLD_PEER, 7, &toc_comm_world, mode);
    toc_p2p_start(&request);
    return toc_xfer_at(toc_world.job, WORLD_ME, 0);
}

static void notice(void)
{
    toc_notices_mark(toc_notices_at(toc_world.job, WORLD_ME), 0);
    progress();
}

static void match(struct toc_xfer *xfer, enum toc_xfer_mode mode, uint64_t total, uint32_t chunk)
{
    toc_xfer_answer(xfer, 1, &far, total, chunk);
    toc_xfer_match(xfer, 1, mode, total, chunk);
}

/* ---- the faults */

static void ring_consumed_ahead(void)
{
    atomic_store(&peer->tx.control->head, 5);
    toc_ring_refresh(&peer->tx, 0);
}

static void ring_given_ahead(void)
{
    atomic_store(&peer->tx.control->data_head, 64);
    toc_ring_refresh(&peer->tx, 100);
}

static void ring_given_in_packet(void)
{
    struct toc_cell *cell = fill(TOC_PACKET_EAGER, 0, 7, 100);
    cell->u.data.position = 0;
    cell->u.data.given = 1 << 20;
    publish(cell);
    progress();
}

static void ring_own_counter(void)
{
    atomic_store(&peer->rx.control->head, 1);
    toc_progress_inspect();
}

static void ring_own_data_counter(void)
{
    atomic_store(&peer->rx.control->data_head, 1);
    toc_progress_inspect();
}

static void ring_sequence(void)
{
    atomic_store(&peer->rx.cells[0].sequence, 77);
    toc_progress_inspect();
}

/* The same, by a rank that polls and never sleeps. */
static void ring_sequence_polled(void)
{
    atomic_store(&peer->rx.cells[0].sequence, 77);
    toc_doorbell_watch(toc_world.bell, WORLD_PEER);
    for (int round = 0; round < 2000; round++)
        toc_progress_run(TOC_PROGRESS_TEST);
}

static void payload_size(void)
{
    publish(fill(TOC_PACKET_EAGER, 0, 7, 1 << 20));
    progress();
}

static void payload_place(void)
{
    struct toc_cell *cell = fill(TOC_PACKET_EAGER, 0, 7, 100);
    cell->u.data.position = UINT64_C(1) << 40;
    publish(cell);
    progress();
}

static void payload_end(void)
{
    struct toc_cell *cell = fill(TOC_PACKET_EAGER, 0, 7, 100);
    cell->u.data.position = peer->rx.data_size - 64;
    publish(cell);
    progress();
}

static void packet_kind(void)
{
    publish(fill(173, 0, 7, 0));
    progress();
}

static void packet_flags(void)
{
    publish_special(fill(TOC_PACKET_RTS, TOC_PACKET_STREAMED, 7, 100000), 0);
    progress();
}

static void packet_size(void)
{
    publish_special(fill(TOC_PACKET_EAGER, TOC_PACKET_SYNC, 7, 1 << 20), 0);
    progress();
}

static void packet_seal(void)
{
    struct toc_cell *cell = fill(TOC_PACKET_RTS, 0, 7, 100000);
    publish_special(cell, 0);
    cell->tag = 8;
    progress();
}

static void envelope_mark(void)
{
    fill(TOC_PACKET_EAGER, 0, 7, 0)->tag = 8;
    publish(toc_ring_reserve(&world_tx));
    progress();
}

static void claim_of_nothing(void)
{
    publish_special(fill(TOC_PACKET_RTS, TOC_PACKET_CLAIM, 7, 100000), 0);
    progress();
}

static void fragment_of_nothing(void)
{
    struct toc_cell *cell = fill(TOC_PACKET_FRAGMENT, 0, 0, 100);
    cell->u.data.position = 0;
    publish_special(cell, 3);
    progress();
}

static void fragment_slot(void)
{
    struct toc_cell *cell = fill(TOC_PACKET_FRAGMENT, 0, 0, 100);
    cell->u.data.position = 9;
    publish_special(cell, 3);
    progress();
}

static void slots_given_back(void)
{
    void *slot;
    for (uint32_t i = 0; i <= peer->tx_slots.mask; i++)
        toc_slots_commit(&peer->tx_slots, &peer->tx,
                         toc_slots_reserve(&peer->tx_slots, &peer->tx, &slot));
    atomic_store(&peer->tx_slots.control->head, 1000);
    toc_slots_reserve(&peer->tx_slots, &peer->tx, &slot);
}

static void bell_sender(void)
{
    toc_doorbell_watch(toc_world.bell, 16);
    progress();
}

static void bell_word(void)
{
    atomic_fetch_xor(&toc_world.bell->word, 1 << 20);
    toc_progress_retire();
}

static void bell_over(void)
{
    atomic_store(&toc_world.bell->over, 1);
    toc_progress_inspect();
}

static void line_state(void)
{
    atomic_store(&peer->entry->state, 99);
    toc_world_meet(peer);
}

static void line_own_state(void)
{
    atomic_store(&toc_job_rank(toc_world.job, WORLD_ME)->state, TOC_RANK_STARTED);
    toc_progress_inspect();
}

static void line_own_pid(void)
{
    atomic_fetch_xor(&toc_job_rank(toc_world.job, WORLD_ME)->pid, 256);
    toc_progress_inspect();
}

static void line_pid(void)
{
    join_peer();
    atomic_store(&peer->entry->pid, 1);
    toc_world_strike(WORLD_PEER);
}

static void xfer_offer(void)
{
    receive();
    request_rendezvous();
    atomic_fetch_xor(&xfer_of_peer(5)->offer, UINT64_C(1) << 40);
    progress();
}

static void xfer_send_address(void)
{
    receive();
    request_rendezvous();
    xfer_of_peer(5)->send_address += 64;
    progress();
}

/* Matched; rank 1 has finished all, and more. */
static void xfer_done(void)
{
    peer->cma = TOC_CMA_WORKS;
    receive();
    request_rendezvous();
    toc_progress_run(TOC_PROGRESS_CALL); /* which copies nothing */
    atomic_fetch_add(&xfer_of_peer(5)->done, 1000);
    toc_progress_run(TOC_PROGRESS_CALL);
}

static void xfer_match_mode(void)
{
    struct toc_xfer *xfer = send(TOC_SEND_STANDARD, sizeof(buffer));
    match(xfer, TOC_XFER_COPY, sizeof(buffer), 65536);
    atomic_fetch_or(&xfer->match, 64);
    notice();
}

/* An acknowledgement of a message that needs a copy. */
static void xfer_match_ack(void)
{
    struct toc_xfer *xfer = send(TOC_SEND_STANDARD, sizeof(buffer));
    match(xfer, TOC_XFER_ACK, 0, 1);
    notice();
}

static void xfer_chunk(void)
{
    struct toc_xfer *xfer = send(TOC_SEND_STANDARD, sizeof(buffer));
    match(xfer, TOC_XFER_COPY, sizeof(buffer), 65536);
    xfer->chunk = 0;
    notice();
}

static void xfer_receive_address(void)
{
    struct toc_xfer *xfer = send(TOC_SEND_STANDARD, sizeof(buffer));
    match(xfer, TOC_XFER_COPY, sizeof(buffer), 65536);
    xfer->receive_address++;
    notice();
}

static void xfer_total(void)
{
    struct toc_xfer *xfer = send(TOC_SEND_STANDARD, sizeof(buffer));
    match(xfer, TOC_XFER_COPY, 2 * sizeof(buffer), 65536);
    notice();
}

static void xfer_cursor(void)
{
    peer->cma = TOC_CMA_WORKS;
    struct toc_xfer *xfer = send(TOC_SEND_STANDARD, sizeof(buffer));
    match(xfer, TOC_XFER_COPY, sizeof(buffer), 65536);
    atomic_fetch_add(&xfer->cursor, 3);
    notice();
}

static void advert_state(void)
{
    struct toc_advert *advert = toc_advert_at(toc_world.job, WORLD_ME, WORLD_PEER);
    peer->cma = TOC_CMA_WORKS;
    receive();
    toc_advertise(&request);
    UNIT_CHECK(request.advertised);
    atomic_store(&advert->state, 12345);
    toc_p2p_cancel(&request);
}

static void advert_address(void)
{
    struct toc_advert *advert = toc_advert_at(toc_world.job, WORLD_PEER, WORLD_ME);
    peer->cma = TOC_CMA_WORKS;
    toc_advert_issue(advert, 1, toc_comm_p2p_context(&toc_comm_world), 7, &far, sizeof(buffer));
    advert->address++;
    send(TOC_SEND_STANDARD, sizeof(buffer));
}

static void communicators_backwards(void)
{
    atomic_store(&toc_world.job->contexts, 10);
    toc_comm_draw_context();
    atomic_store(&toc_world.job->contexts, 3);
    toc_comm_draw_context();
}

static const struct {
    void (*act)(void);
    const char *words;
} faults[] = {
    {ring_consumed_ahead, "the ring to rank 1: packets consumed 5 (at most 0)"},
    {ring_given_ahead, "the ring to rank 1: bytes given back 64 (at most 0)"},
    {ring_given_in_packet, "the ring to rank 1: bytes given back 1048576 (at most 0)"},
    {ring_own_counter, "the ring from rank 1: packets consumed 1 (expected 0)"},
    {ring_own_data_counter, "the ring from rank 1: bytes given back 1 (expected 0)"},
    {ring_sequence, "the ring from rank 1: packet number 77 (expected 1)"},
    {ring_sequence_polled, "the ring from rank 1: packet number 77 (expected 1)"},
    {payload_size, "the ring from rank 1: payload of bytes 1048576 (at most 16384)"},
    {payload_place, "the ring from rank 1: place of a payload 1099511627776 (expected 0)"},
    {payload_end, "the ring from rank 1: place of a payload 65472 (expected 0)"},
    {packet_kind, "the ring from rank 1: packet kind 173 (at most 3)"},
    {packet_flags, "the ring from rank 1: packet flags 2 (of 4)"},
    {packet_size, "the ring from rank 1: packet of bytes 1048576 (at most 16384)"},
    {packet_seal, "the ring from rank 1: seal of a packet"},
    {envelope_mark, "the ring from rank 1: mark of an envelope"},
    {claim_of_nothing, "the ring from rank 1: claim of a receive that was not advertised"},
    {fragment_of_nothing, "the ring from rank 1: part of a message that is not under way"},
    {fragment_slot, "the ring from rank 1: slot 9 (expected 0)"},
    {slots_given_back, "the slots to rank 1: slots given back 1000 (at most 32)"},
    {bell_sender, "the doorbell of rank 0: sender 16 (at most 1)"},
    {bell_word, "the doorbell of rank 0: word"},
    {bell_over, "the doorbell of rank 0: over the limit 1 (expected 0)"},
    {line_state, "the line of rank 1: state 99 (at most 4)"},
    {line_own_state, "the line of rank 0: state 0 (expected 1)"},
    {line_own_pid, "the line of rank 0: seal"},
    {line_pid, "the line of rank 1: seal"},
    {xfer_offer, "a descriptor of rank 1: offer"},
    {xfer_send_address, "a descriptor of rank 1: address 65600"},
    {xfer_done, "a descriptor of rank 1: chunks finished"},
    {xfer_match_mode, "a descriptor of rank 0: match"},
    {xfer_match_ack, "a descriptor of rank 0: match"},
    {xfer_chunk, "a descriptor of rank 0: address of the receiver"},
    {xfer_receive_address, "a descriptor of rank 0: address of the receiver 65537"},
    {xfer_total, "a descriptor of rank 0: bytes to move 2097152 (at most 1048576)"},
    {xfer_cursor, "a descriptor of rank 0: chunks claimed 3 (expected 0)"},
    {advert_state, "the advert between this one and rank 1: state 12345"},
    {advert_address, "the advert between this one and rank 1: address 65537"},
    {communicators_backwards, "the counter of communicators: number 3 (at least 11)"},
};

/* In a process of its own, whose last words are read. */
START_TEST(is_found)
{
    int ends[2], status;
    char text[1024];
    size_t used = 0;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        setup();
        dup2(ends[1], STDERR_FILENO);
        faults[_i].act();
        _exit(0);
    }
    close(ends[1]);
    for (ssize_t got; used < sizeof(text) - 1 &&
                      (got = read(ends[0], text + used, sizeof(text) - 1 - used)) > 0;)
        used += (size_t)got;
    text[used] = '\0';
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_FAILURE,
                  "\"%s\": status %#x, %s", faults[_i].words, (unsigned)status, text);
    ck_assert_msg(strstr(text, "rank 0 found in") != NULL && strstr(text, faults[_i].words) != NULL,
                  "no \"%s\" in: %s", faults[_i].words, text);
}
END_TEST

/* Nobody can write to the header, and it is this process's own. */
START_TEST(header_is_read_only)
{
    int status;
    setup();
    pid_t child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL); /* sanitizers have a handler */
        *(volatile uint32_t *)&toc_world.job->nranks = 5;
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    ck_assert_uint_eq(toc_world.job->nranks, 2);
}
END_TEST

/* What has got lost without anything being wrong is found by the safety look. */
START_TEST(lost_marks_are_found)
{
    setup();
    struct toc_xfer *xfer = send(TOC_SEND_SYNC, 100);
    toc_xfer_match(xfer, 1, TOC_XFER_ACK, 0, 1); /* and no notice of it */
    progress();
    ck_assert(!request.complete);
    toc_progress_inspect();
    progress();
    ck_assert(request.complete);
    struct toc_cell *cell = fill(TOC_PACKET_EAGER, 0, 7, 0);
    toc_ring_commit(&world_tx, cell); /* and no bit for its ring */
    receive();
    toc_doorbell_unwatch(toc_world.bell, WORLD_PEER);
    progress();
    ck_assert(!request.complete);
    toc_progress_inspect();
    progress();
    ck_assert(request.complete);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("border");
    TCase *tcase = unit_case(suite, "border", 60);
    tcase_add_loop_test(tcase, is_found, 0, (int)UNIT_LENGTH(faults));
    tcase_add_test(tcase, header_is_read_only);
    tcase_add_test(tcase, lost_marks_are_found);
    return unit_run(suite);
}
