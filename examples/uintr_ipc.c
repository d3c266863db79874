/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * User interrupts between two processes, without MPI: the smallest use of the interface that
 * Tocsin's uintr notifier is built on. The child sends, the parent computes and is interrupted.
 *
 *     cc -O2 -o uintr_ipc uintr_ipc.c && ./uintr_ipc            CPU and kernel with user interrupts
 *     mpirun --emulate-uintr -n 1 ./uintr_ipc                   any other machine
 *
 * The system calls are those of Intel's kernel patches for Linux 6.0, which are not in upstream
 * Linux. Exit code 77: there are no user interrupts here.
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REGISTER_HANDLER = 471, VECTOR_FD = 473, REGISTER_SENDER = 474 };
enum { VECTOR = 5, ROUNDS = 10 };

/* By their bytes: any assembler will do. */
static void stui(void) /* lets interrupts through */
{
    __asm__ volatile(".byte 0xf3, 0x0f, 0x01, 0xef" : : : "memory");
}

static void senduipi(uint64_t index) /* sends by entry `index` of the process's target table */
{
    __asm__ volatile(".byte 0xf3, 0x0f, 0xc7, 0xf0" : : "a"(index) : "memory");
}

/*
 * What the CPU jumps to. It has pushed, below the 128 bytes that the interrupted function may use
 * under its stack pointer: stack pointer, flags, instruction pointer, vector. Registers are still
 * those of the interrupted function. A handler that does more saves the vector registers as well.
 */
void entry(void);
__asm__(".text\n"
        "entry:\n\t"
        "endbr64\n\t"
        "push %rax; push %rcx; push %rdx; push %rsi; push %rdi\n\t"
        "push %r8; push %r9; push %r10; push %r11; sub $8, %rsp\n\t"
        "cld\n\t"
        "mov 80(%rsp), %rdi\n\t" /* the vector */
        "call on_interrupt\n\t"
        "add $8, %rsp; pop %r11; pop %r10; pop %r9; pop %r8\n\t"
        "pop %rdi; pop %rsi; pop %rdx; pop %rcx; pop %rax\n\t"
        "add $8, %rsp\n\t"                 /* drops the vector */
        ".byte 0xf3, 0x0f, 0x01, 0xec\n"); /* uiret */

static _Atomic uint64_t interrupts, last_vector;

void on_interrupt(uint64_t vector);
__attribute__((target("general-regs-only"))) void on_interrupt(uint64_t vector)
{
    last_vector = vector;
    interrupts++;
}

static void give_up(const char *what)
{
    fprintf(stderr, "uintr_ipc: %s: %s\n", what, strerror(errno));
    exit(77);
}

/* Several that are sent before one is delivered become one: so the child waits for each answer. */
static void send_all(int fd, const _Atomic uint64_t *answered)
{
    long index = syscall(REGISTER_SENDER, fd, 0);
    if (index < 0)
        give_up("register_sender");
    close(fd); /* the table has what it needs */
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        senduipi((uint64_t)index);
        while (*answered < round)
            continue;
    }
}

/* The numbers of the system calls may mean something else on a machine without user interrupts. */
static void check_machine(void)
{
    unsigned a, b, c, d;
    int cpu_has = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d >> 5 & 1) != 0;
    if (!cpu_has && getenv("TOCSIN_EMULATE_UINTR") == NULL) {
        fprintf(stderr, "uintr_ipc: this CPU has no user interrupts; try mpirun --emulate-uintr\n");
        exit(77);
    }
}

int main(void)
{
    check_machine();
    _Atomic uint64_t *answered =
        mmap(NULL, sizeof(*answered), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (answered == MAP_FAILED || syscall(REGISTER_HANDLER, entry, 0) != 0)
        give_up("register_handler");
    long fd = syscall(VECTOR_FD, (uint64_t)VECTOR, 0);
    if (fd < 0)
        give_up("vector_fd");
    stui();

    /* The child inherits the descriptor, but neither handler nor target table. Unrelated processes
     * would pass it over a socket, or fetch it with pidfd_getfd(). */
    pid_t child = fork();
    if (child == 0) {
        send_all((int)fd, answered);
        return 0;
    }
    uint64_t computed = 0;
    while (interrupts < ROUNDS) {
        computed++;
        *answered = interrupts;
    }
    *answered = interrupts;
    int status;
    if (waitpid(child, &status, 0) != child || status != 0)
        return 1;
    printf("%d interrupts with vector %d, while the loop ran %s\n", (int)interrupts,
           (int)last_vector, computed > 0 ? "on" : "never");
    return last_vector == VECTOR && interrupts == ROUNDS ? 0 : 1;
}
