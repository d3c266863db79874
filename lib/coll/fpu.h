/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_COLL_FPU_H
#define TOC_COLL_FPU_H

#include <stdint.h>
#include <xmmintrin.h>

/*
 * The handler computes with the default floating-point modes (the kernel sets them), a call with
 * the program's (rounding, flush to zero). Reductions use the defaults in both, so that the result
 * does not depend on who progressed.
 */

#define TOC_FPU_MXCSR       0x1f80u /* all exceptions masked, round to nearest */
#define TOC_FPU_MXCSR_FLAGS 0x003fu /* sticky flags, no modes */
#define TOC_FPU_CONTROL     0x037fu /* of the x87, for long double */

struct toc_fpu {
    uint32_t mxcsr;
    uint16_t control;
};

static inline void toc_fpu_set_control(uint16_t control)
{
    __asm__ volatile("fldcw %0" : : "m"(control));
}

/** Saves the modes and sets the default ones. */
static inline void toc_fpu_enter(struct toc_fpu *saved)
{
    saved->mxcsr = _mm_getcsr();
    __asm__ volatile("fnstcw %0" : "=m"(saved->control));
    if ((saved->mxcsr & ~TOC_FPU_MXCSR_FLAGS) != TOC_FPU_MXCSR)
        _mm_setcsr(TOC_FPU_MXCSR);
    if (saved->control != TOC_FPU_CONTROL)
        toc_fpu_set_control(TOC_FPU_CONTROL);
}

/** Back to the program's modes. */
static inline void toc_fpu_leave(const struct toc_fpu *saved)
{
    if ((saved->mxcsr & ~TOC_FPU_MXCSR_FLAGS) != TOC_FPU_MXCSR)
        _mm_setcsr(saved->mxcsr);
    if (saved->control != TOC_FPU_CONTROL)
        toc_fpu_set_control(saved->control);
}

#endif
