/* SPDX-License-Identifier: BSD-3-Clause */
/* The calls under test, and what the bell finds when it strikes in them. */
#include "inject.h"

#include <stdio.h>
#include <string.h>
#include <mpi.h>

#include "stepper.h"

#define LONG  65536 /* by rendezvous */
#define SMALL 8     /* in the cell */
#define EAGER 4096  /* in the ring's data area */

#define TAG_CALL       1
#define TAG_BACKGROUND 2
#define TAG_FILL       3

/* More messages than a ring has cells: the last ones queue at the sender. */
#define FILL       300
#define FILL_FIRST 40 /* of these, the receives are posted before */

unsigned trial;
size_t call_bytes;
bool ring_is_full;

/*
 * Buffers. Each transfer's contents follow from the trial and a number of its own; a word behind
 * each receive buffer must stay as it is.
 */
#define WORDS (LONG / 8)
#define FENCE UINT64_C(0x5aa5c33c0ff0e11e)

struct buffer {
    uint64_t words[WORDS + 1];
};
static struct buffer call_out, call_in, background_out, background_in;
static struct buffer fill_out, fill_in;

static uint64_t word_of(unsigned number, size_t i)
{
    return ((uint64_t)trial << 32 | number << 24) + i * UINT64_C(0x9e3779b97f4a7c15);
}

static void *filled(struct buffer *buffer, size_t bytes, unsigned number)
{
    for (size_t i = 0; i < bytes / 8; i++)
        buffer->words[i] = word_of(number, i);
    return buffer->words;
}

static void *fenced(struct buffer *buffer, size_t bytes)
{
    buffer->words[bytes / 8] = FENCE;
    return buffer->words;
}

static bool has_arrived(const struct buffer *buffer, size_t bytes, unsigned number)
{
    const volatile uint64_t *words = buffer->words;
    for (size_t i = bytes / 8; i-- > 0;)
        if (words[i] != word_of(number, i))
            return false;
    return true;
}

static void check_buffer(const struct buffer *buffer, size_t bytes, unsigned number,
                         const char *what)
{
    for (size_t i = 0; i < bytes / 8; i++)
        if (buffer->words[i] != word_of(number, i))
            fail("%s: word %zu of %zu is %#llx, not %#llx", what, i, bytes / 8,
                 (unsigned long long)buffer->words[i], (unsigned long long)word_of(number, i));
    if (buffer->words[bytes / 8] != FENCE)
        fail("%s: the word behind the buffer has been overwritten", what);
}

static void check_status(const MPI_Status *status, int source, int tag, size_t bytes,
                         const char *what)
{
    int count;
    MPI_Get_count(status, MPI_BYTE, &count);
    if (status->MPI_SOURCE != source || status->MPI_TAG != tag || count != (int)bytes)
        fail("%s: status has source %d, tag %d, %d bytes, not %d, %d, %zu", what,
             status->MPI_SOURCE, status->MPI_TAG, count, source, tag, bytes);
}

/* Numbers of the transfers, for their contents. */
enum { TO_PEER = 1, FROM_PEER, BACKGROUND_TO_PEER, BACKGROUND_FROM_PEER, FILLER };

/*
 * Calls: rank 0.
 */
static MPI_Request request = MPI_REQUEST_NULL;
static MPI_Status status;
static int flag;

static void start_send(void)
{
    MPI_Isend(filled(&call_out, call_bytes, TO_PEER), (int)call_bytes, MPI_BYTE, 1, TAG_CALL,
              MPI_COMM_WORLD, &request);
}

static void start_receive(void)
{
    MPI_Irecv(fenced(&call_in, call_bytes), (int)call_bytes, MPI_BYTE, 1, TAG_CALL, MPI_COMM_WORLD,
              &request);
}

static void fill_send(void)
{
    filled(&call_out, call_bytes, TO_PEER);
}

static void fence_receive(void)
{
    fenced(&call_in, call_bytes);
}

static void run_isend(void)
{
    MPI_Isend(call_out.words, (int)call_bytes, MPI_BYTE, 1, TAG_CALL, MPI_COMM_WORLD, &request);
}

static void run_irecv(void)
{
    MPI_Irecv(call_in.words, (int)call_bytes, MPI_BYTE, 1, TAG_CALL, MPI_COMM_WORLD, &request);
}

static void run_send(void)
{
    MPI_Send(call_out.words, (int)call_bytes, MPI_BYTE, 1, TAG_CALL, MPI_COMM_WORLD);
}

static void run_recv(void)
{
    MPI_Recv(call_in.words, (int)call_bytes, MPI_BYTE, 1, TAG_CALL, MPI_COMM_WORLD, &status);
}

static void run_test(void)
{
    MPI_Test(&request, &flag, &status);
}

static void run_wait(void)
{
    MPI_Wait(&request, &status);
}

static void complete_send(void)
{
    MPI_Wait(&request, MPI_STATUS_IGNORE);
}

static void check_received(void)
{
    check_status(&status, 1, TAG_CALL, call_bytes, "received message");
    check_buffer(&call_in, call_bytes, FROM_PEER, "received message");
}

static void complete_receive(void)
{
    if (request != MPI_REQUEST_NULL)
        MPI_Wait(&request, &status);
    check_received();
}

static void check_not_yet(void)
{
    if (flag)
        fail("MPI_Test says that a message has arrived that nobody has sent");
    complete_receive();
}

static void check_arrived(void)
{
    if (!flag && !ring_is_full)
        fail("MPI_Test does not see the message that waits in the ring");
    if (flag != (request == MPI_REQUEST_NULL))
        fail("MPI_Test's flag is %d, and the request is %snull", flag,
             request == MPI_REQUEST_NULL ? "" : "not ");
    complete_receive();
}

void drain_ring(void)
{
    int there = 0;
    while (!there)
        MPI_Iprobe(1, TAG_CALL, MPI_COMM_WORLD, &there, MPI_STATUS_IGNORE);
}

/* A full ring from rank 0 to its peer, and a queue behind it. */
static MPI_Request fillers[FILL];

static void fill_ring(void)
{
    for (int i = 0; i < FILL; i++) {
        fill_out.words[i] = word_of(FILLER, (size_t)i);
        MPI_Isend(&fill_out.words[i], 8, MPI_BYTE, 1, TAG_FILL, MPI_COMM_WORLD, &fillers[i]);
    }
}

static void fill_ring_and_send(void)
{
    fill_ring();
    fill_send();
}

static void complete_behind(void)
{
    if (request != MPI_REQUEST_NULL)
        complete_send();
    MPI_Waitall(FILL, fillers, MPI_STATUSES_IGNORE);
}

/*
 * Calls: rank 1.
 */
static MPI_Request peer_request = MPI_REQUEST_NULL;

static void peer_isend(void)
{
    MPI_Isend(filled(&call_out, call_bytes, FROM_PEER), (int)call_bytes, MPI_BYTE, 0, TAG_CALL,
              MPI_COMM_WORLD, &peer_request);
}

static void peer_complete_send(void)
{
    MPI_Wait(&peer_request, MPI_STATUS_IGNORE);
}

static void peer_send(void)
{
    peer_isend();
    peer_complete_send();
}

/* For calls that wait: not before they sleep. */
static void peer_send_later(void)
{
    peer_be_patient();
    peer_send();
}

/* Bells from outside as well, while the call sleeps. */
static void peer_send_after_bells(void)
{
    for (int i = 0; i < 3; i++) {
        peer_be_patient();
        peer_strike();
    }
    peer_send_later();
}

static void peer_irecv(void)
{
    int there;
    MPI_Irecv(fenced(&call_in, call_bytes), (int)call_bytes, MPI_BYTE, 0, TAG_CALL, MPI_COMM_WORLD,
              &peer_request);
    if (peer_request != MPI_REQUEST_NULL) /* takes the request from the ring and matches it */
        MPI_Test(&peer_request, &there, MPI_STATUS_IGNORE);
}

static void peer_complete_receive(void)
{
    MPI_Wait(&peer_request, MPI_STATUS_IGNORE);
    check_buffer(&call_in, call_bytes, TO_PEER, "message at the peer");
}

static void peer_recv(void)
{
    MPI_Status received;
    MPI_Recv(fenced(&call_in, call_bytes), (int)call_bytes, MPI_BYTE, 0, TAG_CALL, MPI_COMM_WORLD,
             &received);
    check_status(&received, 0, TAG_CALL, call_bytes, "message at the peer");
    check_buffer(&call_in, call_bytes, TO_PEER, "message at the peer");
}

static void peer_recv_later(void)
{
    peer_be_patient();
    peer_recv();
}

static void receive_fill(int source, int from, int to)
{
    for (int i = from; i < to; i++) {
        MPI_Recv(&fill_in.words[i], 8, MPI_BYTE, source, TAG_FILL, MPI_COMM_WORLD,
                 MPI_STATUS_IGNORE);
        if (fill_in.words[i] != word_of(FILLER, (size_t)i))
            fail("message %d of %d: %#llx, not %#llx: overtaken or lost", i, FILL,
                 (unsigned long long)fill_in.words[i],
                 (unsigned long long)word_of(FILLER, (size_t)i));
    }
}

static void peer_recv_behind(void)
{
    stepper_drop();
    receive_fill(0, 0, FILL);
    peer_recv();
}

static void peer_recv_behind_later(void)
{
    peer_be_patient();
    peer_recv_behind();
}

static const struct call calls[] = {
    /* name, bytes, peer_before, prepare, peer_early, peer_late, peer_during, run, check,
       peer_finish */
    {"isend-small", SMALL, NULL, fill_send, NULL, NULL, NULL, run_isend, complete_send, peer_recv},
    {"isend-eager", EAGER, NULL, fill_send, NULL, NULL, NULL, run_isend, complete_send, peer_recv},
    {"isend-long", LONG, NULL, fill_send, NULL, NULL, NULL, run_isend, complete_send, peer_recv},
    {"isend-queued", SMALL, stepper_hold, fill_ring_and_send, NULL, NULL, NULL, run_isend,
     complete_behind, peer_recv_behind},

    {"irecv-first", EAGER, NULL, fence_receive, NULL, NULL, NULL, run_irecv, complete_receive,
     peer_send},
    {"irecv-ring-eager", EAGER, NULL, fence_receive, NULL, peer_isend, NULL, run_irecv,
     complete_receive, peer_complete_send},
    {"irecv-ring-long", LONG, NULL, fence_receive, NULL, peer_isend, NULL, run_irecv,
     complete_receive, peer_complete_send},
    {"irecv-late-eager", EAGER, NULL, fence_receive, peer_isend, NULL, NULL, run_irecv,
     complete_receive, peer_complete_send},
    {"irecv-late-long", LONG, NULL, fence_receive, peer_isend, NULL, NULL, run_irecv,
     complete_receive, peer_complete_send},

    {"test-nothing", SMALL, NULL, start_receive, NULL, NULL, NULL, run_test, check_not_yet,
     peer_send},
    {"test-small", SMALL, NULL, start_receive, NULL, peer_isend, NULL, run_test, check_arrived,
     peer_complete_send},
    {"test-eager", EAGER, NULL, start_receive, NULL, peer_isend, NULL, run_test, check_arrived,
     peer_complete_send},
    {"test-long", LONG, NULL, start_receive, NULL, peer_isend, NULL, run_test, complete_receive,
     peer_complete_send},
    {"test-sent-long", LONG, NULL, start_send, NULL, peer_irecv, NULL, run_test, complete_send,
     peer_complete_receive},

    {"wait-small", SMALL, NULL, start_receive, NULL, peer_isend, NULL, run_wait, check_received,
     peer_complete_send},
    {"wait-eager", EAGER, NULL, start_receive, NULL, peer_isend, NULL, run_wait, check_received,
     peer_complete_send},
    {"wait-long", LONG, NULL, start_receive, NULL, peer_isend, NULL, run_wait, check_received,
     peer_complete_send},
    {"wait-sent-long", LONG, NULL, start_send, NULL, peer_irecv, NULL, run_wait, complete_send,
     peer_complete_receive},
    {"wait-later", EAGER, NULL, start_receive, NULL, NULL, peer_send_later, run_wait,
     check_received, NULL},

    {"send-small", SMALL, NULL, fill_send, NULL, NULL, NULL, run_send, NULL, peer_recv},
    {"send-eager", EAGER, NULL, fill_send, NULL, NULL, NULL, run_send, NULL, peer_recv},
    {"send-long", LONG, NULL, fill_send, NULL, NULL, peer_recv_later, run_send, NULL, NULL},
    {"send-queued", SMALL, stepper_hold, fill_ring_and_send, NULL, NULL, peer_recv_behind_later,
     run_send, complete_behind, NULL},

    {"recv-ring-small", SMALL, NULL, fence_receive, NULL, peer_isend, NULL, run_recv,
     check_received, peer_complete_send},
    {"recv-ring-eager", EAGER, NULL, fence_receive, NULL, peer_isend, NULL, run_recv,
     check_received, peer_complete_send},
    {"recv-ring-long", LONG, NULL, fence_receive, NULL, peer_isend, NULL, run_recv, check_received,
     peer_complete_send},
    {"recv-late-eager", EAGER, NULL, fence_receive, peer_isend, NULL, NULL, run_recv,
     check_received, peer_complete_send},
    {"recv-late-long", LONG, NULL, fence_receive, peer_isend, NULL, NULL, run_recv, check_received,
     peer_complete_send},
    {"recv-asleep", EAGER, NULL, fence_receive, NULL, NULL, peer_send_after_bells, run_recv,
     check_received, NULL},
    {"recv-later-long", LONG, NULL, fence_receive, NULL, NULL, peer_send_later, run_recv,
     check_received, NULL},
};

/*
 * Backgrounds.
 */
static MPI_Request background_request = MPI_REQUEST_NULL;

/* A posted receive whose request of a rendezvous waits in the ring: the bell starts the copy. */
static void prepare_rts(void)
{
    MPI_Irecv(fenced(&background_in, LONG), LONG, MPI_BYTE, 1, TAG_BACKGROUND, MPI_COMM_WORLD,
              &background_request);
}

static void publish_rts(void)
{
    MPI_Isend(filled(&background_out, LONG, BACKGROUND_FROM_PEER), LONG, MPI_BYTE, 0,
              TAG_BACKGROUND, MPI_COMM_WORLD, &background_request);
}

static bool rts_has_moved(void)
{
    return has_arrived(&background_in, LONG, BACKGROUND_FROM_PEER);
}

static void check_rts(void)
{
    MPI_Status received;
    MPI_Wait(&background_request, &received);
    check_status(&received, 1, TAG_BACKGROUND, LONG, "background");
    check_buffer(&background_in, LONG, BACKGROUND_FROM_PEER, "background");
}

static void complete_background(void)
{
    MPI_Wait(&background_request, MPI_STATUS_IGNORE);
}

/* A rendezvous of ours that the peer has matched: without cross-memory attach the bell sends its
 * fragments. */
static void prepare_match(void)
{
    MPI_Isend(filled(&background_out, LONG, BACKGROUND_TO_PEER), LONG, MPI_BYTE, 1, TAG_BACKGROUND,
              MPI_COMM_WORLD, &background_request);
}

static void publish_match(void)
{
    int there;
    MPI_Irecv(fenced(&background_in, LONG), LONG, MPI_BYTE, 0, TAG_BACKGROUND, MPI_COMM_WORLD,
              &background_request);
    if (background_request != MPI_REQUEST_NULL)
        MPI_Test(&background_request, &there, MPI_STATUS_IGNORE);
}

static void settle_match(void)
{
    MPI_Wait(&background_request, MPI_STATUS_IGNORE);
    check_buffer(&background_in, LONG, BACKGROUND_TO_PEER, "background at the peer");
}

/* A full ring, and a queue at the peer: the bell makes room. */
static void prepare_full(void)
{
    ring_is_full = true;
    for (int i = 0; i < FILL_FIRST; i++)
        MPI_Irecv(&fill_in.words[i], 8, MPI_BYTE, 1, TAG_FILL, MPI_COMM_WORLD, &fillers[i]);
}

static void publish_full(void)
{
    for (int i = 0; i < FILL; i++) {
        fill_out.words[i] = word_of(FILLER, (size_t)i);
        MPI_Isend(&fill_out.words[i], 8, MPI_BYTE, 0, TAG_FILL, MPI_COMM_WORLD, &fillers[i]);
    }
}

static bool full_has_moved(void)
{
    const volatile uint64_t *words = fill_in.words;
    for (size_t i = 0; i < FILL_FIRST; i++)
        if (words[i] != word_of(FILLER, i))
            return false;
    return true;
}

static void check_full(void)
{
    MPI_Waitall(FILL_FIRST, fillers, MPI_STATUSES_IGNORE);
    receive_fill(1, FILL_FIRST, FILL);
}

/* A full ring to the peer, which has made room meanwhile: the bell sends what is queued. */
static void publish_space(void)
{
    stepper_drop();
    receive_fill(0, 0, FILL_FIRST);
}

static void settle_space(void)
{
    receive_fill(0, FILL_FIRST, FILL);
}

static void complete_fill(void)
{
    MPI_Waitall(FILL, fillers, MPI_STATUSES_IGNORE);
}

static const struct background backgrounds[] = {
    /* name, peer_before, prepare, peer_publish, has_moved, peer_settle, check, peer_finish */
    {"nothing", NULL, NULL, NULL, NULL, NULL, NULL, NULL},
    {"request", NULL, prepare_rts, publish_rts, rts_has_moved, NULL, check_rts,
     complete_background},
    {"match", NULL, prepare_match, publish_match, NULL, settle_match, complete_background, NULL},
    {"full", NULL, prepare_full, publish_full, full_has_moved, NULL, check_full, complete_fill},
    {"space", stepper_hold, fill_ring, publish_space, NULL, settle_space, complete_fill, NULL},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct call *find_call(const char *name)
{
    for (size_t i = 0; i < COUNT(calls); i++)
        if (strcmp(calls[i].name, name) == 0)
            return &calls[i];
    return NULL;
}

const struct background *find_background(const char *name)
{
    for (size_t i = 0; i < COUNT(backgrounds); i++)
        if (strcmp(backgrounds[i].name, name) == 0)
            return &backgrounds[i];
    return NULL;
}

/* Full rings cost a hundred times as much as the rest: with one call of each kind only, and not
 * with the calls that fill the ring themselves, which nothing else may empty. */
static bool makes_sense(const struct call *call, const struct background *background)
{
    static const char *const some[] = {"isend-small",  "irecv-first",    "irecv-late-eager",
                                       "test-nothing", "test-small",     "wait-small",
                                       "send-small",   "recv-late-eager"};
    if (call->peer_before != NULL)
        return strcmp(background->name, "nothing") == 0;
    if (strcmp(background->name, "full") != 0 && strcmp(background->name, "space") != 0)
        return true;
    for (size_t i = 0; i < COUNT(some); i++)
        if (strcmp(call->name, some[i]) == 0)
            return true;
    return false;
}

void list_scenarios(void)
{
    for (size_t i = 0; i < COUNT(calls); i++)
        for (size_t j = 0; j < COUNT(backgrounds); j++)
            if (makes_sense(&calls[i], &backgrounds[j]))
                printf("%s %s\n", calls[i].name, backgrounds[j].name);
}
