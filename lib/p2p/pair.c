/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: toc_pair_start, on_complete */
#include "p2p/pair.h"

#include <stdlib.h>

#include "p2p/p2p.h"

static void on_complete(struct toc_request *part)
{
    struct toc_pair *pair = part->owner;
    struct toc_request *request = pair->request;
    if (--pair->left > 0)
        return;
    request->size = pair->receive.size;
    request->status_source = pair->receive.status_source;
    request->status_tag = pair->receive.status_tag;
    request->status_bytes = pair->receive.status_bytes;
    toc_request_complete(request,
                         pair->receive.error != TOC_OK ? pair->receive.error : pair->send.error);
}

static void free_pair(struct toc_request *request)
{
    struct toc_pair *pair = request->owner;
    toc_p2p_cleanup(&pair->send);
    toc_p2p_cleanup(&pair->receive);
    free(pair->copy);
    free(pair);
}

struct toc_pair *toc_pair_new(void)
{
    struct toc_pair *pair = calloc(1, sizeof(*pair));
    if (pair == NULL)
        return NULL;
    pair->request = toc_request_new(TOC_REQUEST_PAIR);
    if (pair->request == NULL) {
        free(pair);
        return NULL;
    }
    pair->request->owner = pair;
    pair->request->on_free = free_pair;
    return pair;
}

void toc_pair_start(struct toc_pair *pair)
{
    struct toc_request *parts[] = {&pair->receive, &pair->send};
    pair->left = 2;
    pair->request->comm = toc_comm_retain(pair->receive.comm);
    for (int i = 0; i < 2; i++) {
        parts[i]->owner = pair;
        parts[i]->on_complete = on_complete;
        toc_p2p_start(parts[i]);
    }
}
