/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_P2P_PROTOCOL_H
#define TOC_P2P_PROTOCOL_H

#include "p2p/p2p.h"
#include "p2p/unexpected.h"
#include "progress/progress.h"
#include "transport/world.h"

/* Private to lib/p2p: what its files share. Guard held everywhere. */

struct toc_xfer;

/* send.c: sends that wait for room, per peer, in order. */
int toc_send_init(void);
void toc_send_free(void);
void toc_send_start(struct toc_request *request);
/** toc_p2p_send_soon() with a request; p2p.c. */
struct toc_request *toc_send_later(const void *buffer, int64_t count, struct toc_datatype *type,
                                   int dest, int tag, struct toc_comm *comm);
/** Retries the queues; true when a packet went out. */
bool toc_send_flush(void);
bool toc_send_is_idle(void);
/** MPI_Cancel of a send that still waits for room: it completes as cancelled. */
void toc_send_cancel(struct toc_request *request);
/** Class of bell for the packets of a request, beside what the protocol needs. */
unsigned toc_send_class(const struct toc_request *request, unsigned class_bits);
/** Rings the peer for packets of these classes. A packet to oneself needs no bell: it is found by
 *  the next progress of this very rank. */
void toc_send_tell(struct toc_peer *peer, unsigned class_bits);

/* receive.c */
void toc_receive_start(struct toc_request *request);
/** toc_p2p_receive_soon() for a message that is not there yet; p2p.c. */
struct toc_request *toc_receive_later(void *buffer, int64_t count, struct toc_datatype *type,
                                      int source, int tag, struct toc_comm *comm);
bool toc_receive_packet(enum toc_progress_context context, struct toc_peer *peer,
                        const struct toc_cell *cell, uint32_t *data_bytes);
/** The first unexpected message for a receive, or NULL; those that their senders have withdrawn are
 *  dropped on the way. It stays where it is, and may still be withdrawn. */
struct toc_unexpected *toc_receive_find(uint32_t context, int source, int tag);
/** The same, taken out for good. */
struct toc_unexpected *toc_receive_take(uint32_t context, int source, int tag);
/** Fills in what the status will say of the message. */
void toc_receive_matched(struct toc_request *request, int source, int tag, uint64_t size);

/* descriptors.c: this rank's rendezvous descriptors. */
void toc_descriptors_init(void);
/** Binds a free descriptor to a send: its slot and generation go into the request. False: none is
 *  left, but toc_descriptors_grow() may find more, and progress is busy until it was called. */
bool toc_descriptor_take(struct toc_request *request);
/** Not handler-safe. */
void toc_descriptors_grow(void);
void toc_descriptors_free(void);
/** What packets that name the descriptor of this send say in `more`. */
uint64_t toc_descriptor_more(const struct toc_request *request);
/** A packet says that: makes the peer's further descriptors reachable. False: no memory. */
bool toc_descriptor_reach(struct toc_peer *sender, uint64_t more);
void toc_descriptor_give(struct toc_request *request);
/** Whether peers have said something about our descriptors. */
bool toc_descriptors_noticed(void);
/** Calls serve(request) for each send whose descriptor the peer has changed. */
bool toc_descriptors_serve(void (*serve)(struct toc_request *request));
/** The descriptor of a send; and of the message from `sender` that it has under number `slot`. */
struct toc_xfer *toc_descriptor_sent(const struct toc_request *request);
struct toc_xfer *toc_descriptor_received(int sender, uint32_t slot);
/** Calls visit(request) for each send that has a descriptor. */
void toc_descriptors_each(void (*visit)(struct toc_request *request));
/** The same for some, and for the next ones the next time. */
void toc_descriptors_some(void (*visit)(struct toc_request *request));
/** Notices a send's descriptor by itself, although its mark has got lost. */
void toc_descriptor_remark(const struct toc_request *request);
/** Receiver: tells the sender that descriptor `slot` has changed, and rings. */
void toc_descriptor_notify(struct toc_peer *sender, uint32_t slot, unsigned class_bits);

/* rendezvous_send.c */
/** Sends the request (RTS), or an eager message that wants an acknowledgement; false: no room. */
bool toc_rendezvous_request(struct toc_request *request, struct toc_peer *peer);
/** MPI_Cancel of a send that waits for its match: unless the receiver has taken the message, it
 *  completes as cancelled. */
void toc_rendezvous_cancel(struct toc_request *request);
/** `idle`: nothing came in this round, so that there is time to copy for the receivers. */
bool toc_rendezvous_advance_outgoing(enum toc_progress_context context, bool idle);
/** Is there a part that could go to a receiver and will not, unless this rank does it? */
bool toc_rendezvous_is_unsent(void);
void toc_rendezvous_withdraw(void);
/** Is a rendezvous of so many bytes not worth striking rank `struck` for at once? A strike by
 * signal costs either side more than the copy of a short message, which two who wait share. What
 *  collectives send may be what the receiver's schedule needs to go on. */
bool toc_rendezvous_is_quiet(const struct toc_request *request, uint64_t bytes, int struck);
/** This rank has waited for long: receivers that compute are to be interrupted for all its sends.
 */
void toc_rendezvous_insist(void);
int toc_rendezvous_outgoing(void);
/** Nothing has come for long: can the descriptors of this rank's sends be so? One that was matched
 *  without being noticed is noticed now. */
void toc_rendezvous_inspect(void);
/** Is a receiver, so far as one knows, copying what this rank sends? */
bool toc_rendezvous_is_sending(void);

/* fragments.c: messages that go through the slots of the ring. */
/** What one round of progress sends, over all messages. */
struct toc_fragments_round {
    uint64_t budget;             /* bytes */
    const struct toc_peer *full; /* one to which there is no room */
};
struct toc_fragments_round toc_fragments_round(enum toc_progress_context context);
/** Sends as much as there is room for. True when anything went out. */
bool toc_fragments_send(struct toc_request *request, struct toc_fragments_round *round);
/** A fragment has come for a receive. */
void toc_fragments_take(struct toc_request *request, struct toc_peer *peer,
                        const struct toc_cell *cell, const void *payload);
/** Could another one go out? If not, the receiver rings when there is room. */
bool toc_fragments_has_room(const struct toc_request *request);

/* rendezvous_receive.c */
/** Shorter messages are not worth an effort beside the copy. */
#define TOC_RENDEZVOUS_LONG 65536
/** Bytes of a chunk. */
uint32_t toc_rendezvous_chunk(uint64_t total);
/** A receive has been posted by a call that goes and computes. Ranks that communicate at the same
 *  time meet here: a long message that comes within a microsecond needs no interrupt. Not for the
 *  handler. */
void toc_rendezvous_expect(const struct toc_request *request);
/** A receive meets its RTS. `waits`: this rank waits, in a blocking call. */
void toc_rendezvous_match(struct toc_request *request, struct toc_peer *peer, uint32_t slot,
                          uint32_t generation, uint64_t size, bool waits);
/** A posted receive that its sender has claimed meets the packet that says so. */
void toc_rendezvous_claimed(struct toc_request *request, struct toc_peer *peer,
                            const struct toc_cell *cell);
void toc_rendezvous_fragment(struct toc_peer *peer, const struct toc_cell *cell,
                             const void *payload);
bool toc_rendezvous_advance_incoming(enum toc_progress_context context);
/** Is there a chunk that nobody is going to copy but this rank? */
bool toc_rendezvous_is_unserved(void);
void toc_rendezvous_init(void);

/* copy.c */
/** How a side copies. */
struct toc_copy_turn {
    bool pull;     /* as receiver, from the peer; else to it */
    bool alone;    /* the peer is not going to copy, so far as one knows */
    uint64_t most; /* bytes */
};
/** TOC_XFER_SHARED, with *offset, if the request's buffer lies in memory of MPI_Alloc_mem, else 0.
 */
uint32_t toc_copy_share(const struct toc_request *request, uint64_t *offset);
/** The request's buffer, for the peer; `flags` besides. */
struct toc_xfer_buffer toc_copy_buffer(const struct toc_request *request, uint32_t flags);
/** Ends the job: the descriptor of the message from rank `sender` cannot be so. */
void toc_copy_refuse(int sender, const char *what, uint64_t value, const char *bound,
                     uint64_t limit) __attribute__((noreturn, cold));
/** Claims a piece of the request's rendezvous and copies it; a copy that fails freezes the
 *  transfer. False: nothing left to claim. `last`: all has been copied now, or has failed. */
bool toc_copy_claim(struct toc_request *request, struct toc_xfer *xfer, struct toc_peer *peer,
                    const struct toc_copy_turn *turn, bool *last);
/** Bytes that a side copies at once: more while it waits for them, to spare system calls. */
uint64_t toc_copy_most(enum toc_progress_context context);
/** Packs `bytes` from packed offset `offset` of a send's buffer. */
void toc_copy_pack(const struct toc_request *request, uint64_t offset, void *to, uint64_t bytes);
void toc_copy_unpack(const struct toc_request *request, uint64_t offset, const void *from,
                     uint64_t bytes);

#endif
