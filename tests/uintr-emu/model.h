/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * User interrupts as Intel's manual describes them (SDM volume 3, chapter "User Interrupts", and
 * the pages of the five instructions), as plain functions over the state of one logical processor
 * and the two structures in memory. No signals and no system calls here: those are in signals.c and
 * kernel.c. 64-bit mode, privilege level 3, CR4.UINTR set, no shadow stack.
 */
#ifndef TOC_EMU_MODEL_H
#define TOC_EMU_MODEL_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

#define EMU_VECTORS 64

/** User posted-interrupt descriptor; shared by senders and receiver. */
struct emu_upid {
    alignas(64) _Atomic uint8_t status;
    uint8_t reserved;
    uint8_t nv;           /* notification vector */
    uint8_t reserved2;    /* must be zero */
    uint32_t ndst;        /* notification destination: here the receiver's thread */
    _Atomic uint64_t pir; /* posted vectors */
};

enum {
    EMU_ON = 1 << 0, /* a notification is under way */
    EMU_SN = 1 << 1, /* notifications are suppressed */
};

/** Entry of the user-interrupt target table. */
struct emu_uitte {
    alignas(16) uint8_t valid; /* bit 0; the others must be zero */
    uint8_t vector;            /* below 64 */
    uint8_t reserved[6];
    uint64_t upid; /* address, a multiple of 64 */
};

/** What the model keeps of a logical processor. */
struct emu_cpu {
    bool uif;              /* user interrupts are let through */
    uint64_t uirr;         /* requests recognised and not delivered yet */
    uint64_t handler;      /* IA32_UINTR_HANDLER */
    uint64_t stack_adjust; /* IA32_UINTR_STACKADJUST */
    struct emu_upid *upid; /* IA32_UINTR_PD; NULL: none */
    struct emu_uitte *uitt;
    uint32_t uittsz; /* highest index */
    bool tt_valid;   /* IA32_UINTR_TT bit 0 */
};

enum emu_op { EMU_SENDUIPI, EMU_UIRET, EMU_TESTUI, EMU_CLUI, EMU_STUI };

struct emu_insn {
    enum emu_op op;
    unsigned length;
    unsigned reg; /* SENDUIPI: number of the register with the index, 0 to 15 */
};

enum emu_fault {
    EMU_NONE,
    EMU_UD, /* #UD: SIGILL */
    EMU_GP, /* #GP(0): SIGSEGV */
};

/** Decodes the instruction at `code`; false when it is none of the five. */
bool emu_decode(const uint8_t *code, struct emu_insn *insn);

/**
 * Executes `insn` with the registers of the thread, which it changes: RIP is behind the instruction
 * afterwards, unless it faulted. *notify: the descriptor whose owner has to be interrupted now, or
 * NULL.
 */
enum emu_fault emu_execute(struct emu_cpu *cpu, const struct emu_insn *insn, greg_t *regs,
                           struct emu_upid **notify);

/** The notification has reached the processor that owns the descriptor. */
void emu_recognize(struct emu_cpu *cpu);

/** Would an interrupt be delivered now? */
bool emu_is_due(const struct emu_cpu *cpu);

/** Delivers the request of highest priority: frame on the stack, registers at the handler. */
void emu_deliver(struct emu_cpu *cpu, greg_t *regs);

#endif
