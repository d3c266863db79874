/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#include "transport/advert.h"

static uint64_t tagged(uint64_t generation, enum toc_advert_what what)
{
    return generation << 2 | (uint64_t)what;
}

static uint64_t envelope_of(uint32_t context, int tag)
{
    return (uint64_t)context << 32 | (uint32_t)tag;
}

struct toc_advert *toc_advert_at(struct toc_job_header *job, int receiver, int sender)
{
    struct toc_advert *first = (struct toc_advert *)((char *)job + job->layout.adverts_offset);
    return first + (uint64_t)receiver * job->nranks + (uint64_t)sender;
}

static uint64_t seal_of(uint64_t generation, uint64_t envelope,
                        const struct toc_xfer_buffer *buffer, uint64_t size)
{
    uint64_t seal = toc_seal(toc_seal(generation, envelope), buffer->address);
    return toc_seal(toc_seal(toc_seal(seal, size), buffer->offset), buffer->flags);
}

void toc_advert_issue(struct toc_advert *advert, uint64_t generation, uint32_t context, int tag,
                      const struct toc_xfer_buffer *buffer, uint64_t size)
{
    advert->address = buffer->address;
    advert->size = size;
    advert->offset = buffer->offset;
    advert->flags = buffer->flags;
    advert->seal = seal_of(generation, envelope_of(context, tag), buffer, size);
    atomic_store_explicit(&advert->envelope, envelope_of(context, tag), memory_order_relaxed);
    /* Everything before the invitation: pairs with the acquire in toc_advert_invites(). */
    atomic_store_explicit(&advert->state, tagged(generation, TOC_ADVERT_FREE),
                          memory_order_release);
}

/* From free to something else: only one side can. Releases what the sender has read before the
 * receiver writes the next advert. */
static bool decide(struct toc_advert *advert, uint64_t state, uint64_t decided)
{
    return atomic_compare_exchange_strong_explicit(&advert->state, &state, decided,
                                                   memory_order_acq_rel, memory_order_acquire);
}

bool toc_advert_withdraw(struct toc_advert *advert, uint64_t generation)
{
    return decide(advert, tagged(generation, TOC_ADVERT_FREE), tagged(generation, TOC_ADVERT_NONE));
}

bool toc_advert_invites(struct toc_advert *advert, uint32_t context, int tag, uint64_t *state)
{
    /* Pairs with the release in toc_advert_issue(). The envelope may be that of a later advert:
     * then the claim fails, since the state has another generation. */
    *state = atomic_load_explicit(&advert->state, memory_order_acquire);
    return (*state & 3) == TOC_ADVERT_FREE &&
           atomic_load_explicit(&advert->envelope, memory_order_relaxed) ==
               envelope_of(context, tag);
}

bool toc_advert_claim(struct toc_advert *advert, uint64_t state)
{
    return decide(advert, state, (state & ~UINT64_C(3)) | TOC_ADVERT_CLAIMED);
}

bool toc_advert_is_claimed(struct toc_advert *advert, uint64_t generation)
{
    return atomic_load_explicit(&advert->state, memory_order_relaxed) ==
           tagged(generation, TOC_ADVERT_CLAIMED);
}

bool toc_advert_see(const struct toc_advert *advert, uint64_t state, uint32_t context, int tag,
                    struct toc_xfer_buffer *buffer, uint64_t *size)
{
    *buffer = (struct toc_xfer_buffer){advert->address, advert->offset, advert->flags};
    *size = advert->size;
    return advert->seal == seal_of(state >> 2, envelope_of(context, tag), buffer, *size);
}
