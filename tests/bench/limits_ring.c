/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages of 8 bytes from side 0 to side 1 through a ring of cells of one cache line, millions a
 * second: ring_Mps without any work of the receiver; ring_matched_Mps with the least that MPI asks
 * for: a request from a pool, posted with context, source and tag, matched, filled, completed;
 * ring_stores_Mps with nothing but OWN_STORES stores of either side into memory of its own for each
 * message, as calls make them (MPI_Isend 31 and MPI_Irecv 45, MPICH's MPI_Isend 58). Stores leave a
 * core in their order: behind one to a line that the other side has, they fill the store buffer,
 * and few lines are asked for at a time.
 */
#include "limits.h"

enum { POSTED = 64, OWN_STORES = 24 };

enum work { PLAIN, MATCHED, STORES };

struct request {
    struct request *next;
    uint64_t *buffer;
    uint32_t context, source, tag, bytes;
    bool complete;
};

struct queue {
    struct request pool[POSTED], *free, *first, **last;
    uint64_t data[POSTED];
};

static void queue_init(struct queue *q)
{
    q->free = NULL;
    q->first = NULL;
    q->last = &q->first;
    for (int i = 0; i < POSTED; i++) {
        q->pool[i].next = q->free;
        q->free = &q->pool[i];
    }
}

static void queue_post(struct queue *q, uint32_t tag)
{
    struct request *r = q->free;

    q->free = r->next;
    *r = (struct request){
        .buffer = &q->data[r - q->pool],
        .context = 1,
        .source = 0,
        .tag = tag,
        .bytes = 8,
    };
    *q->last = r;
    q->last = &r->next;
}

/* The cell's message into the first request that it matches, which is completed and given back. */
static void queue_match(struct queue *q, const struct limits_cell *cell)
{
    for (struct request **p = &q->first; *p; p = &(*p)->next) {
        struct request *r = *p;

        if (r->context != cell->context || r->source != cell->source || r->tag != cell->tag)
            continue;
        *p = r->next;
        if (!r->next)
            q->last = p;
        *r->buffer = cell->payload;
        r->bytes = cell->bytes;
        r->complete = true;
        r->next = q->free;
        q->free = r;
        return;
    }
}

static volatile uint64_t own[OWN_STORES];

static void store_own(int from, int to, uint32_t value)
{
    for (int i = from; i < to; i++)
        own[i] = value;
}

static void produce(struct limits *l, uint32_t first, uint32_t count, bool stores)
{
    struct limits_shared *s = l->shared;
    uint32_t consumed = atomic_load_explicit(&s->consumed.value, memory_order_acquire);

    for (uint32_t i = first; i != first + count; i++) {
        struct limits_cell *cell = &s->cells[i % LIMITS_CELLS];

        /* Pairs with the consumer's release: the cell is ours again. */
        while (i - consumed >= LIMITS_CELLS)
            consumed = atomic_load_explicit(&s->consumed.value, memory_order_acquire);
        if (stores)
            store_own(0, OWN_STORES / 2, i);
        cell->context = 1;
        cell->source = 0;
        cell->tag = i;
        cell->bytes = 8;
        cell->payload = i;
        atomic_store_explicit(&cell->serial, i + 1, memory_order_release);
        if (stores)
            store_own(OWN_STORES / 2, OWN_STORES, i);
    }
}

static void consume(struct limits *l, uint32_t first, uint32_t count, enum work work,
                    struct queue *q)
{
    struct limits_shared *s = l->shared;
    uint32_t sum = 0; /* without matching, the data is looked at all the same */

    for (uint32_t i = first; i != first + count; i++) {
        struct limits_cell *cell = &s->cells[i % LIMITS_CELLS];

        if (work == MATCHED && i % POSTED == 0) {
            for (uint32_t k = 0; k < POSTED; k++)
                queue_post(q, i + k);
        }
        /* Pairs with the producer's release of the serial. */
        while (atomic_load_explicit(&cell->serial, memory_order_acquire) != i + 1)
            ;
        if (work == MATCHED)
            queue_match(q, cell);
        else
            sum += (uint32_t)cell->payload;
        if (work == STORES)
            store_own(0, OWN_STORES, i);
        if (i % POSTED == POSTED - 1)
            atomic_store_explicit(&s->consumed.value, i + 1, memory_order_release);
    }
    atomic_store_explicit(&s->data[1].value, sum, memory_order_relaxed);
}

/* Messages a second, in millions. */
static double rate(struct limits *l, uint32_t *position, enum work work)
{
    const uint32_t count = l->quick ? POSTED * 16 : POSTED * 1024;
    struct queue q;

    queue_init(&q);
    limits_meet(l);
    const double start = limits_now();

    if (l->side == 0)
        produce(l, *position, count, work == STORES);
    else
        consume(l, *position, count, work, &q);
    limits_meet(l);
    *position += count;
    return count / (limits_now() - start) * 1e-6;
}

void limits_ring(struct limits *l)
{
    uint32_t position = 0;
    double plain[LIMITS_SAMPLES], matched[LIMITS_SAMPLES], stores[LIMITS_SAMPLES];

    for (int i = 0; i < LIMITS_SAMPLES; i++) {
        plain[i] = rate(l, &position, PLAIN);
        matched[i] = rate(l, &position, MATCHED);
        stores[i] = rate(l, &position, STORES);
    }
    limits_print(l, "ring_Mps", -1, limits_median(plain, LIMITS_SAMPLES));
    limits_print(l, "ring_matched_Mps", -1, limits_median(matched, LIMITS_SAMPLES));
    limits_print(l, "ring_stores_Mps", -1, limits_median(stores, LIMITS_SAMPLES));
}
