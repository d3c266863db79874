/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry of user interrupts. The CPU has pushed RSP, RFLAGS, RIP and the vector on a stack that is
 * aligned to 16, and holds further interrupts back until UIRET. Every register is the interrupted
 * code's.
 */
#include "notify/uintr/instructions.h"

/* Members of struct toc_uintr_area; held to it in entry.c. */
#define XSAVE     0
#define MASK      8
#define STACK_TOP 16
#define SERVE     24
#define ACTIVE    32

#define ALIGNMENT_CHECK 0x40000

        .macro save reg
        pushq %\reg
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset \reg, 0
        .endm

        .macro restore reg
        popq %\reg
        .cfi_adjust_cfa_offset -8
        .cfi_restore \reg
        .endm

        .section .rodata
        .balign 4
default_mxcsr:
        .long 0x1f80

        .text
        .balign 64
        .globl toc_uintr_entry
        .hidden toc_uintr_entry
        .hidden toc_uintr_area
        .type toc_uintr_entry, @function
toc_uintr_entry:
        .cfi_startproc
        .cfi_signal_frame
        .cfi_def_cfa rsp, 32
        .cfi_offset rip, -24
        .cfi_offset rsp, -8
        endbr64
        save rax
        save rcx
        save rdx
        save rbx
        save rbp
        save rsi
        save rdi
        save r8
        save r9
        save r10
        save r11
        save r12
        save r13
        save r14
        save r15
        cld
        /* A program that traps unaligned accesses means its own. */
        pushfq
        .cfi_adjust_cfa_offset 8
        testl $ALIGNMENT_CHECK, (%rsp)
        jz 1f
        andl $~ALIGNMENT_CHECK, (%rsp)
        popfq
        .cfi_adjust_cfa_offset -8
        pushq %rax
        .cfi_adjust_cfa_offset 8
1:
        leaq toc_uintr_area(%rip), %r12
        movl $1, ACTIVE(%r12)
        movq XSAVE(%r12), %rbx
        movl MASK(%r12), %eax
        movl MASK+4(%r12), %edx
        xsavec64 (%rbx)
        ldmxcsr default_mxcsr(%rip)
        fninit
        movq %rsp, %rbp
        .cfi_def_cfa_register rbp
        movq STACK_TOP(%r12), %rcx
        testq %rcx, %rcx
        cmovnzq %rcx, %rsp
        andq $-16, %rsp
        call *SERVE(%r12)
        movl MASK(%r12), %eax
        movl MASK+4(%r12), %edx
        xrstor64 (%rbx)
        movq %rbp, %rsp
        .cfi_def_cfa_register rsp
        movl $0, ACTIVE(%r12)
        addq $8, %rsp /* the flags */
        .cfi_adjust_cfa_offset -8
        restore r15
        restore r14
        restore r13
        restore r12
        restore r11
        restore r10
        restore r9
        restore r8
        restore rdi
        restore rsi
        restore rbp
        restore rbx
        restore rdx
        restore rcx
        restore rax
        addq $8, %rsp /* the vector */
        .cfi_adjust_cfa_offset -8
        TOC_INSN_UIRET
        .globl toc_uintr_entry_end
        .hidden toc_uintr_entry_end
toc_uintr_entry_end:
        .cfi_endproc
        .size toc_uintr_entry, . - toc_uintr_entry

        .section .note.GNU-stack, "", @progbits
