/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/errhandler.h"

struct toc_errhandler toc_errors_are_fatal = {.kind = TOC_ERRHANDLER_FATAL};
struct toc_errhandler toc_errors_abort = {.kind = TOC_ERRHANDLER_ABORT};
struct toc_errhandler toc_errors_return = {.kind = TOC_ERRHANDLER_RETURN};

void toc_errhandler_init(void)
{
    toc_handle_bind(TOC_KIND_ERRHANDLER, 0x141, &toc_errors_are_fatal);
    toc_handle_bind(TOC_KIND_ERRHANDLER, 0x142, &toc_errors_abort);
    toc_handle_bind(TOC_KIND_ERRHANDLER, 0x143, &toc_errors_return);
}

struct toc_errhandler *toc_errhandler_retain(struct toc_errhandler *errhandler)
{
    errhandler->object.refs++;
    return errhandler;
}

void toc_errhandler_release(struct toc_errhandler *errhandler)
{
    if (--errhandler->object.refs == 0)
        toc_handle_free(errhandler);
}
