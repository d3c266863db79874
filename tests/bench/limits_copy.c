/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copies of SIZE bytes that side 0 has just written, into memory of side 1; microseconds:
 *     memcpy_us    by side 1, out of memory that both map
 *     memcpy2_us   the same, shared out between both sides
 *     cma_us       by side 1 with process_vm_readv
 *     cma2_us      the same, shared out: side 0 writes with process_vm_writev
 *     copy2_us     two copies, through a ring of slots in shared memory
 *     exchange_us  by each side with process_vm_readv, SIZE bytes for either, at the same time
 * and cma_fixed_us for one byte. Without cross-memory attach its lines are left out. exchange_MBps:
 * both directions added. copy_us and copy_MBps: the fastest of those that work for any memory of
 * the program (not memcpy).
 */
#include "limits.h"

#include <string.h>
#include <sys/uio.h>

enum { CHUNK = 64 << 10 };

static const size_t sizes[] = {1 << 10,   4 << 10, 16 << 10, 64 << 10,
                               256 << 10, 1 << 20, 4 << 20,  16 << 20};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

struct copy {
    const char *metric;
    bool both; /* both sides take chunks */
    bool (*piece)(struct limits *l, size_t offset, size_t bytes);
    bool general; /* works for any memory */
};

/* Side 1's destination is in common memory: the lower half is the source, see copy_through_common.
 */
static bool piece_common(struct limits *l, size_t offset, size_t bytes)
{
    const size_t half = LIMITS_LARGEST / 2;

    if (bytes == 0)
        return true;
    memcpy(l->common + half + offset % half, l->common + offset % half, bytes);
    return true;
}

static bool piece_cma(struct limits *l, size_t offset, size_t bytes)
{
    const uint64_t there =
        atomic_load_explicit(&l->shared->address[1 - l->side], memory_order_acquire);
    struct iovec mine = {l->own + offset, bytes};
    struct iovec theirs = {(void *)(uintptr_t)(there + offset), bytes}; /* NOLINT: its address */
    const pid_t pid = l->pid[1 - l->side];

    return (l->side == 1 ? process_vm_readv(pid, &mine, 1, &theirs, 1, 0)
                         : process_vm_writev(pid, &mine, 1, &theirs, 1, 0)) == (ssize_t)bytes;
}

/* Each side reads what the other has, into the upper half of its own. */
static bool piece_exchange(struct limits *l, size_t offset, size_t bytes)
{
    const size_t half = LIMITS_LARGEST / 2;
    const uint64_t there =
        atomic_load_explicit(&l->shared->address[1 - l->side], memory_order_acquire);
    struct iovec mine = {l->own + half + offset, bytes};
    struct iovec theirs = {(void *)(uintptr_t)(there + offset), bytes}; /* NOLINT: its address */

    return process_vm_readv(l->pid[1 - l->side], &mine, 1, &theirs, 1, 0) == (ssize_t)bytes;
}

/* Through slots: side 0 copies in, side 1 out. */
static void through_slots(struct limits *l, size_t bytes, uint32_t *serial)
{
    struct limits_shared *s = l->shared;

    for (size_t offset = 0; offset < bytes; offset += LIMITS_SLOT, ++*serial) {
        const size_t n = bytes - offset < LIMITS_SLOT ? bytes - offset : LIMITS_SLOT;
        struct limits_word *filled = &s->filled[*serial % LIMITS_SLOTS];
        unsigned char *slot = s->slots[*serial % LIMITS_SLOTS];

        if (l->side == 0) {
            /* 0: the slot is ours; pairs with side 1's release. */
            while (atomic_load_explicit(&filled->value, memory_order_acquire) != 0)
                ;
            memcpy(slot, l->own + offset, n);
            atomic_store_explicit(&filled->value, 1, memory_order_release);
        } else {
            while (atomic_load_explicit(&filled->value, memory_order_acquire) != 1)
                ;
            memcpy(l->own + offset, slot, n);
            atomic_store_explicit(&filled->value, 0, memory_order_release);
        }
    }
}

/* Takes chunks until there are none; false if one failed. */
static bool share(struct limits *l, const struct copy *c, size_t bytes)
{
    const size_t chunk = bytes < 2 * CHUNK ? (bytes + 1) / 2 : CHUNK;
    bool ok = true;

    for (;;) {
        const size_t offset =
            chunk * atomic_fetch_add_explicit(&l->shared->cursor.value, 1, memory_order_relaxed);

        if (offset >= bytes)
            return ok;
        ok = c->piece(l, offset, bytes - offset < chunk ? bytes - offset : chunk) && ok;
    }
}

/* One copy; the time until it is done, negative if it failed. */
static double once(struct limits *l, const struct copy *c, size_t bytes, uint32_t *serial)
{
    bool ok = true;

    if (l->side == 0) {
        memset(l->own, (int)(*serial & 0xff), bytes);
        memset(l->common, (int)(*serial & 0xff),
               bytes < LIMITS_LARGEST / 2 ? bytes : LIMITS_LARGEST / 2);
        atomic_store_explicit(&l->shared->cursor.value, 0, memory_order_relaxed);
    }
    limits_meet(l);
    const double start = limits_now();

    if (!c->piece)
        through_slots(l, bytes, serial);
    else if (c->piece == piece_exchange)
        ok = piece_exchange(l, 0, bytes);
    else if (c->both)
        ok = share(l, c, bytes);
    else if (l->side == 1)
        ok = c->piece(l, 0, bytes);
    atomic_store_explicit(&l->shared->data[l->side].value, ok, memory_order_relaxed);
    limits_meet(l);
    const double elapsed = limits_now() - start;

    if (!atomic_load_explicit(&l->shared->data[1 - l->side].value, memory_order_relaxed))
        ok = false;
    limits_meet(l); /* the other has read whether it went well */
    return ok ? elapsed * 1e6 : -1.0;
}

static double measure(struct limits *l, const struct copy *c, size_t bytes, uint32_t *serial)
{
    const int count = l->quick ? 3 : bytes > 1 << 20 ? 5 : LIMITS_SAMPLES;
    double samples[LIMITS_SAMPLES];

    for (int i = -1; i < count; i++) {
        const double us = once(l, c, bytes, serial);

        if (us < 0.0)
            return us;
        if (i >= 0) /* the first one warms up */
            samples[i] = us;
    }
    return limits_median(samples, count);
}

static void print_exchange(struct limits *l, size_t bytes, uint32_t *serial)
{
    const struct copy exchange = {"exchange_us", true, piece_exchange, true};

    if (bytes > LIMITS_LARGEST / 2)
        return;
    const double us = measure(l, &exchange, bytes, serial);

    if (us < 0.0)
        return;
    limits_print(l, exchange.metric, (long)bytes, us);
    limits_print(l, "exchange_MBps", (long)bytes, 2.0 * (double)bytes / us);
}

void limits_copy(struct limits *l)
{
    const struct copy copies[] = {
        {"memcpy_us", false, piece_common, false}, {"memcpy2_us", true, piece_common, false},
        {"cma_us", false, piece_cma, true},        {"cma2_us", true, piece_cma, true},
        {"copy2_us", false, NULL, true},
    };
    uint32_t serial = 0;

    atomic_store_explicit(&l->shared->address[l->side], (uintptr_t)l->own, memory_order_release);
    limits_meet(l);
    const double fixed = measure(l, &copies[2], 1, &serial);

    if (fixed >= 0.0)
        limits_print(l, "cma_fixed_us", -1, fixed);
    for (int k = 0; k < SIZES && !(l->quick && sizes[k] > 1 << 20); k++) {
        double best = -1.0;

        for (size_t i = 0; i < sizeof(copies) / sizeof(copies[0]); i++) {
            /* The common memory holds source and destination. */
            if (!copies[i].general && sizes[k] > LIMITS_LARGEST / 2)
                continue;
            const double us = measure(l, &copies[i], sizes[k], &serial);

            if (us < 0.0)
                continue;
            limits_print(l, copies[i].metric, (long)sizes[k], us);
            if (copies[i].general && (best < 0.0 || us < best))
                best = us;
        }
        print_exchange(l, sizes[k], &serial);
        limits_print(l, "copy_us", (long)sizes[k], best);
        limits_print(l, "copy_MBps", (long)sizes[k], (double)sizes[k] / best);
    }
}
