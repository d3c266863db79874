/* SPDX-License-Identifier: BSD-3-Clause */
#include "notify/interpose_impl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

__thread struct toc_interpose_thread toc_interpose_self;
atomic_int toc_interpose_signo;

static struct toc_interpose_real real;
static atomic_bool resolved;

static const struct {
    const char *name;
    size_t offset;
} real_names[] = {
#define TOC_INTERPOSE_NAME(name) {#name, offsetof(struct toc_interpose_real, name)},
    TOC_INTERPOSE_REAL(TOC_INTERPOSE_NAME)
#undef TOC_INTERPOSE_NAME
};

/* Out of an archive the linker takes only what somebody refers to: whoever starts MPI gets all the
 * wrappers, since shared libraries of the program may call what it does not call itself. */
__attribute__((used)) static const void *const whole[] = {
    (const void *)read,      (const void *)msgrcv, (const void *)sigaction, (const void *)sigwait,
    (const void *)nanosleep, (const void *)recv,   (const void *)poll,
};

/* With a static libc there is nothing under the wrappers that could be found. */
static _Noreturn void refuse_static_libc(void)
{
    static const char message[] =
        "tocsin: this program is linked statically with the C library, which Tocsin cannot work "
        "with: link without -static (mpicc -static-mpi links only MPI statically)\n";

    toc_syscall3(SYS_write, STDERR_FILENO, (long)message, sizeof(message) - 1);
    toc_syscall3(SYS_exit_group, EXIT_FAILURE, 0, 0);
    __builtin_unreachable();
}

/* Several threads may do this at once: they all store the same. */
static void resolve(void)
{
    for (size_t i = 0; i < sizeof(real_names) / sizeof(real_names[0]); i++) {
        void *function = dlsym(RTLD_NEXT, real_names[i].name);

        memcpy((char *)&real + real_names[i].offset, &function, sizeof(function));
    }
    if (real.read == NULL)
        refuse_static_libc();
    /* Pairs with the acquire in toc_interpose_real: who sees the flag sees the table. */
    atomic_store_explicit(&resolved, true, memory_order_release);
}

const struct toc_interpose_real *toc_interpose_real(void)
{
    if (!atomic_load_explicit(&resolved, memory_order_acquire))
        resolve();
    return &real;
}

/* Before the program can be in a handler or between vfork and exec: dlsym is not allowed there. */
__attribute__((constructor(101))) static void load(void)
{
    toc_interpose_real();
}

static void register_child(void)
{
    pthread_atfork(NULL, NULL, toc_interpose_child);
}

int toc_interpose_start(int signo, void (*bell)(int, siginfo_t *, void *))
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static unsigned generation;
    struct sigaction view;
    sigset_t saved;
    int status = TOC_OK;

    if (toc_interpose_active() || toc_interpose_action(signo, NULL, &view) != 0)
        return TOC_ERR_ARG;
    pthread_once(&once, register_child);

    toc_interpose_block(&saved);
    toc_interpose_set_view(&view);
    toc_interpose_set_bell(signo, bell, ++generation);
    toc_interpose_self.rung = generation;
    atomic_store(&toc_interpose_signo, signo);
    if (toc_interpose_install(signo, &view, NULL) != 0) {
        atomic_store(&toc_interpose_signo, 0);
        status = errno == EINVAL ? TOC_ERR_ARG : TOC_ERR_SYSTEM;
    }
    toc_interpose_unblock(&saved);
    return status;
}

/* The last bells of this thread must not meet the program's disposition, which may be to die. One
 * signal of another sender may be in the queue before them: it is put back. */
static void drop_pending(int signo)
{
    const uint64_t set = (uint64_t)1 << (signo - 1);
    const struct timespec now = {0, 0};
    siginfo_t info, foreign;
    bool other = false;

    while (toc_syscall4(SYS_rt_sigtimedwait, (long)&set, (long)&info, (long)&now,
                        TOC_SIGSET_BYTES) == signo) {
        if (!toc_interpose_is_bell(&info)) {
            foreign = info;
            other = true;
        }
    }
    if (other)
        toc_syscall4(SYS_rt_tgsigqueueinfo, toc_syscall0(SYS_getpid), toc_syscall0(SYS_gettid),
                     signo, (long)&foreign);
}

static void give_back(int signo)
{
    struct sigaction view;
    sigset_t saved;

    toc_interpose_block(&saved);
    toc_interpose_view(&view);
    atomic_store(&toc_interpose_signo, 0);
    drop_pending(signo);
    toc_interpose_action(signo, &view, NULL);
    toc_interpose_unblock(&saved);
}

void toc_interpose_stop(void)
{
    const int signo = atomic_load(&toc_interpose_signo);

    if (signo)
        give_back(signo);
}

void toc_interpose_child(void)
{
    toc_interpose_stop();
}
