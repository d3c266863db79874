/* SPDX-License-Identifier: BSD-3-Clause */
#include "progress/spin.h"

/* The nearest rank of the percentile: so many of `known` lengths are longer at most. */
static unsigned longer_ones(unsigned known)
{
    return known / 10;
}

/* Keeps the longest ones while it goes through all: there are few. */
static int64_t percentile(const struct toc_spin *spin)
{
    uint32_t longest[TOC_SPIN_WAITS / 10 + 1] = {0}; /* the longest first */
    unsigned last = longer_ones(spin->known);
    for (unsigned i = 0; i < spin->known; i++) {
        uint32_t length = spin->lengths[i];
        if (length <= longest[last])
            continue;
        unsigned at = last;
        for (; at > 0 && longest[at - 1] < length; at--)
            longest[at] = longest[at - 1];
        longest[at] = length;
    }
    return longest[last];
}

/* A part of the time that has passed since makes up for what was polled in vain. */
static int64_t vain_now(const struct toc_spin *spin, int64_t now)
{
    int64_t vain = spin->vain - (now - spin->vain_at) / TOC_SPIN_SHARE;
    return vain > 0 ? vain : 0;
}

bool toc_spin_is_spent(const struct toc_spin *spin, int64_t now)
{
    return vain_now(spin, now) >= TOC_SPIN_BUCKET;
}

int64_t toc_spin_limit(const struct toc_spin *spin, int64_t now)
{
    if (spin->polite > 0)
        return 0;
    int64_t limit = 2 * spin->usual;
    if (limit < TOC_SPIN_LEAST || toc_spin_is_spent(spin, now))
        return TOC_SPIN_LEAST;
    return limit < TOC_SPIN_MOST ? limit : TOC_SPIN_MOST;
}

int64_t toc_spin_begin(struct toc_spin *spin, int64_t now)
{
    int64_t limit = toc_spin_limit(spin, now);
    if (spin->polite > 0)
        spin->polite--;
    return limit;
}

void toc_spin_learn(struct toc_spin *spin, int64_t length)
{
    if (length < TOC_SPIN_LEAST || length > TOC_SPIN_MOST)
        return;
    spin->lengths[spin->next] = (uint32_t)length;
    spin->next = (spin->next + 1) % TOC_SPIN_WAITS;
    if (spin->known < TOC_SPIN_WAITS)
        spin->known++;
    spin->usual = percentile(spin);
}

void toc_spin_in_vain(struct toc_spin *spin, int64_t now, int64_t polled)
{
    /* What each wait may take anyway does not come out of the bucket: frequent waits, of which each
     * one sleeps after that time while the bucket is empty, would keep it empty for ever. */
    if (polled <= TOC_SPIN_LEAST)
        return;
    spin->vain = vain_now(spin, now) + polled - TOC_SPIN_LEAST;
    spin->vain_at = now;
}

void toc_spin_company(struct toc_spin *spin)
{
    spin->polite = TOC_SPIN_WAITS;
}
