/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: toc_request_completed */
#include "p2p/request.h"

#include "p2p/advertise.h"
#include "p2p/buffered.h"
#include "p2p/p2p.h"

/* Detached requests: freed by a call once they have completed. */
static struct toc_list detached = {&detached, &detached};

bool toc_request_ended;

struct toc_request *toc_request_new(enum toc_request_kind kind)
{
    struct toc_request *request = toc_handle_alloc(TOC_KIND_REQUEST, sizeof(*request));
    if (request != NULL) {
        request->kind = kind;
        request->active = true;
    }
    return request;
}

struct toc_request *toc_request_unprepared(void)
{
    struct toc_request *request = toc_handle_alloc_recycled(TOC_KIND_REQUEST);
    return request != NULL ? request : toc_handle_alloc(TOC_KIND_REQUEST, sizeof(*request));
}

static void dispose(struct toc_request *request)
{
    if (request->on_free != NULL)
        request->on_free(request);
    request->persistent = false;
    request->detached = false;
    request->cancelled = false;
    request->on_complete = NULL;
    request->on_start = NULL;
    request->on_free = NULL;
    request->owner = NULL;
    toc_p2p_recycle(request);
}

void toc_request_start(struct toc_request *request)
{
    request->complete = false;
    request->cancelled = false;
    request->active = true;
    request->error = TOC_OK;
    if (request->on_start != NULL)
        request->on_start(request);
    else
        toc_p2p_start(request);
    if (request->kind == TOC_REQUEST_RECEIVE)
        toc_advertise(request);
}

void toc_request_release(struct toc_request *request)
{
    if (request->complete || (request->persistent && !request->active)) {
        dispose(request);
        return;
    }
    request->detached = true;
}

void toc_request_completed(struct toc_request *request)
{
    if (request->detached) {
        toc_list_append(&detached, &request->link);
        toc_request_ended = true;
    }
    if (request->on_complete != NULL)
        request->on_complete(request);
}

void toc_request_reap(void)
{
    toc_request_ended = false;
    toc_buffer_reap();
    TOC_LIST_EACH(&detached, member, following)
    {
        toc_list_remove(member);
        dispose(TOC_CONTAINER(member, struct toc_request, link));
    }
}
