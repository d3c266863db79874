/* SPDX-License-Identifier: BSD-3-Clause */
/* With a static libc (mpicc -static) there are no wrappers: they would be a second definition of
 * libc's own functions, with nothing under them. What the bell's handler needs is libc's. */
#include "notify/interpose_impl.h"

const struct toc_interpose_real *toc_interpose_real(void)
{
    static const struct toc_interpose_real real = {.sigaction = sigaction};

    return &real;
}

bool toc_interpose_in_front(void)
{
    return false;
}
