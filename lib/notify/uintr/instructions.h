/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_NOTIFY_UINTR_INSTRUCTIONS_H
#define TOC_NOTIFY_UINTR_INSTRUCTIONS_H

#include "config.h"

/*
 * The instructions of user interrupts, by name where the assembler knows them, else by their bytes:
 * no compiler option is needed for either. All raise #UD where the CPU or the kernel does not have
 * them enabled.
 */
#ifdef HAVE_UINTR_MNEMONICS
#define TOC_INSN_CLUI   clui
#define TOC_INSN_STUI   stui
#define TOC_INSN_TESTUI testui
#define TOC_INSN_UIRET  uiret
#else
#define TOC_INSN_CLUI   .byte 0xf3, 0x0f, 0x01, 0xee
#define TOC_INSN_STUI   .byte 0xf3, 0x0f, 0x01, 0xef
#define TOC_INSN_TESTUI .byte 0xf3, 0x0f, 0x01, 0xed
#define TOC_INSN_UIRET  .byte 0xf3, 0x0f, 0x01, 0xec
#endif

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stdint.h>

#define TOC_INSN_TEXT_(...) #__VA_ARGS__
#define TOC_INSN_TEXT(...)  TOC_INSN_TEXT_(__VA_ARGS__)

/** Posts and notifies by entry `index` of the process's target table. SIGSEGV for an entry that is
 *  not there, SIGILL without a table. */
static inline void toc_uintr_send(uint64_t index)
{
#ifdef HAVE_UINTR_MNEMONICS
    __asm__ volatile("senduipi %0" : : "r"(index) : "memory");
#else
    __asm__ volatile(".byte 0xf3, 0x0f, 0xc7, 0xf0" : : "a"(index) : "memory"); /* rax */
#endif
}

/** Holds user interrupts of this thread back. */
static inline void toc_uintr_mask(void)
{
    __asm__ volatile(TOC_INSN_TEXT(TOC_INSN_CLUI) : : : "memory");
}

/** Lets them through; those held back come at once. */
static inline void toc_uintr_unmask(void)
{
    __asm__ volatile(TOC_INSN_TEXT(TOC_INSN_STUI) : : : "memory");
}

/** Are they let through? */
static inline bool toc_uintr_is_unmasked(void)
{
    bool unmasked;
    __asm__ volatile(TOC_INSN_TEXT(TOC_INSN_TESTUI) : "=@ccc"(unmasked) : : "memory");
    return unmasked;
}

#endif
#endif
