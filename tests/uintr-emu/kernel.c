/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernel's part: handlers, vectors, senders. */
#include "emu.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/syscall.h"

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

#define PAGE_BYTES  4096
#define PAGE_MAGIC  UINT64_C(0x726e746975756d65)
#define FD_NAME     "[uvecfd]" /* what the kernel calls a vector's descriptor */
#define LINK_TEXT   "/memfd:" FD_NAME
#define NV          0xec
#define RED_ZONE    128
#define WAIT_MAX_US UINT64_C(1000000000)

enum {
    NR_REGISTER_HANDLER = 471,
    NR_UNREGISTER_HANDLER,
    NR_VECTOR_FD,
    NR_REGISTER_SENDER,
    NR_UNREGISTER_SENDER,
    NR_WAIT,
    NR_REGISTER_SELF,
    NR_ALT_STACK,
    NR_IPI_FD,
};

#define HANDLER_FLAGS 0x3000u /* a receiver, or a sender, that waits is woken */

static __thread struct emu_thread self __attribute__((tls_model("initial-exec")));

/* The target table belongs to the process. */
static struct {
    struct emu_uitte uitt[EMU_TARGETS];
    int pid;
} senders;

/* Of the receivers of this process; a child's copy names its parent's, which does no harm. */
static struct emu_page *_Atomic pages;

static bool active;
static unsigned lose_every;
static atomic_uint notifications;

__attribute__((constructor)) static void load(void)
{
    const char *lose = getenv("UINTR_EMU_LOSE");

    lose_every = lose != NULL ? (unsigned)atoi(lose) : 0;
    active = emu_catch_signals();
    if (!active)
        fputs("uintr-emu: this machine has user interrupts: nothing is emulated\n", stderr);
}

/* A forked child has the parent's memory, but neither its handler nor its table. (The child of a
 * vfork shares the memory itself: it must not execute the instructions.) */
struct emu_thread *emu_self(void)
{
    const int pid = (int)toc_syscall0(SYS_getpid);

    if (self.pid != pid) {
        emu_clear(&self, sizeof(self));
        self.pid = pid;
    }
    self.cpu.uitt = senders.uitt;
    self.cpu.uittsz = EMU_TARGETS - 1;
    self.cpu.tt_valid = senders.pid == pid;
    return &self;
}

static bool is_lost(void)
{
    return lose_every != 0 && (atomic_fetch_add(&notifications, 1) + 1) % lose_every == 0;
}

static void send_signal(int32_t pid, int32_t tid)
{
    siginfo_t info;

    emu_clear(&info, sizeof(info));
    info.si_signo = EMU_SIGNAL;
    info.si_code = SI_QUEUE;
    toc_syscall4(SYS_rt_tgsigqueueinfo, pid, tid, EMU_SIGNAL, (long)&info);
}

bool emu_notify(struct emu_upid *upid)
{
    struct emu_page *page = (struct emu_page *)upid;
    const int32_t tid = (int32_t)upid->ndst;

    if (page->pid == self.pid && tid == (int32_t)toc_syscall0(SYS_gettid))
        return true;
    if (is_lost()) {
        /* As if the kernel had switched the receiver out, forgetting to look again. */
        atomic_fetch_and(&upid->status, (uint8_t)~EMU_ON);
        return false;
    }
    send_signal(page->pid, tid); /* ESRCH: a receiver that has gone; nobody is told */
    return false;
}

void emu_notify_again(void)
{
    for (struct emu_page *page = atomic_load(&pages); page != NULL; page = page->next)
        if ((atomic_load(&page->upid.status) & EMU_ON) != 0)
            send_signal(page->pid, (int32_t)page->upid.ndst);
}

/* ---- receiver */

static uint64_t pid_namespace(void)
{
    struct stat st;
    return stat("/proc/self/ns/pid", &st) == 0 ? (uint64_t)st.st_ino : 0;
}

static long make_page(struct emu_thread *thread)
{
    int fd = memfd_create(FD_NAME, MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    /* Out of the way of programs that count descriptors. */
    int high = fcntl(fd, F_DUPFD_CLOEXEC, 512);
    if (high >= 0) {
        close(fd);
        fd = high;
    }
    void *page = MAP_FAILED;
    if (ftruncate(fd, PAGE_BYTES) == 0)
        page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    size_t size = (getauxval(AT_MINSIGSTKSZ) + 2 * PAGE_BYTES) & ~(size_t)(PAGE_BYTES - 1);
    void *buffer = MAP_FAILED;
    if (page != MAP_FAILED)
        buffer = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (buffer == MAP_FAILED) {
        close(fd);
        return -ENOMEM;
    }
    thread->page = page;
    thread->page_fd = fd;
    thread->buffer = buffer;
    thread->buffer_size = size;
    thread->page->pid = thread->pid;
    thread->page->pidns = pid_namespace();
    thread->page->magic = PAGE_MAGIC;
    thread->page->next = atomic_load(&pages);
    while (!atomic_compare_exchange_weak(&pages, &thread->page->next, thread->page))
        continue;
    return 0;
}

static long register_handler(unsigned long handler, unsigned flags)
{
    struct emu_thread *thread = emu_self();

    if ((flags & ~HANDLER_FLAGS) != 0)
        return -EINVAL;
    if (handler == 0)
        return -EFAULT;
    if (thread->registered)
        return -EBUSY;
    long status = thread->page == NULL ? make_page(thread) : 0;
    if (status != 0)
        return status;
    struct emu_upid *upid = &thread->page->upid;
    upid->nv = NV;
    upid->ndst = (uint32_t)toc_syscall0(SYS_gettid);
    atomic_store(&upid->status, 0);
    thread->cpu.uif = false;
    thread->cpu.uirr = 0;
    thread->cpu.handler = handler;
    thread->cpu.stack_adjust = RED_ZONE;
    thread->cpu.upid = upid;
    thread->registered = true;
    return 0;
}

static long unregister_handler(unsigned flags)
{
    struct emu_thread *thread = emu_self();

    if (flags != 0 || !thread->registered)
        return -EINVAL;
    thread->registered = false;
    thread->cpu.uirr = 0;
    thread->cpu.upid = NULL;
    /* Those who still send: nothing more shall come of it. */
    atomic_fetch_or(&thread->page->upid.status, EMU_SN);
    return 0;
}

static long vector_fd(uint64_t vector, unsigned flags)
{
    struct emu_thread *thread = emu_self();
    char path[32] = "/proc/self/fd/";
    char digits[12];
    int count = 0;

    if (flags != 0 || !thread->registered)
        return -EINVAL;
    if (vector >= EMU_VECTORS)
        return -ENOSPC;
    for (int fd = thread->page_fd; fd > 0 || count == 0; fd /= 10)
        digits[count++] = (char)('0' + fd % 10);
    for (char *at = path + strlen(path); count > 0; at++)
        *at = digits[--count];
    /* A description of its own: its offset is the vector, and travels with every duplicate. */
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    lseek(fd, (off_t)vector, SEEK_SET);
    return fd;
}

/* ---- sender */

static bool is_vector_fd(int fd)
{
    char path[40] = "/proc/self/fd/", text[64] = "";

    for (int divisor = 1000000000, at = (int)strlen(path), any = 0; divisor > 0; divisor /= 10) {
        any |= fd / divisor % 10 != 0 || divisor == 1;
        if (any)
            path[at++] = (char)('0' + fd / divisor % 10);
    }
    ssize_t length = readlink(path, text, sizeof(text) - 1);
    return length > 0 && strncmp(text, LINK_TEXT, strlen(LINK_TEXT)) == 0;
}

static long take_slot(struct emu_page *page, unsigned vector)
{
    const int pid = (int)toc_syscall0(SYS_getpid);

    if (senders.pid != pid) { /* the first, or the first after a fork */
        memset(senders.uitt, 0, sizeof(senders.uitt));
        senders.pid = pid;
    }
    for (unsigned i = 0; i < EMU_TARGETS; i++) {
        struct emu_uitte *entry = &senders.uitt[i];
        if ((entry->valid & 1) == 0) {
            entry->vector = (uint8_t)vector;
            entry->upid = (uintptr_t)&page->upid;
            atomic_signal_fence(memory_order_seq_cst); /* valid last: senduipi may interrupt */
            entry->valid = 1;
            return (long)i;
        }
    }
    return -ENOSPC;
}

static struct emu_page *map_page(int fd)
{
    struct emu_page *page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return page != MAP_FAILED && page->magic == PAGE_MAGIC ? page : NULL;
}

static long register_sender(int fd, unsigned flags)
{
    if (flags != 0)
        return -EINVAL;
    if (fcntl(fd, F_GETFD) < 0)
        return -EBADF;
    if (!is_vector_fd(fd))
        return -EOPNOTSUPP;
    struct emu_page *page = map_page(fd);
    if (page == NULL)
        return -ENOMEM;
    long slot = -ESHUTDOWN;
    if (page->pidns == pid_namespace() &&
        toc_syscall3(SYS_tgkill, page->pid, (long)page->upid.ndst, 0) != -ESRCH)
        slot = take_slot(page, (unsigned)lseek(fd, 0, SEEK_CUR));
    if (slot < 0)
        munmap(page, PAGE_BYTES);
    return slot;
}

static long unregister_sender(unsigned long index, unsigned flags)
{
    struct emu_thread *thread = emu_self();

    if (flags != 0 || index >= EMU_TARGETS || !thread->cpu.tt_valid ||
        (senders.uitt[index].valid & 1) == 0)
        return -EINVAL;
    senders.uitt[index].valid = 0; /* mapped as before: another thread may be sending just now */
    return 0;
}

static long register_self(uint64_t vector, unsigned flags)
{
    struct emu_thread *thread = emu_self();

    if (flags != 0 || !thread->registered)
        return -EINVAL;
    if (vector >= EMU_VECTORS)
        return -ENOSPC;
    return take_slot(thread->page, (unsigned)vector);
}

/* ---- for tests */

#define HOOK __attribute__((visibility("default")))

HOOK void uintr_emu_post(void)
{
    struct emu_upid *upid = &self.page->upid;

    atomic_fetch_or(&upid->pir, 1);
    if ((atomic_fetch_or(&upid->status, EMU_ON) & EMU_ON) == 0)
        send_signal(self.page->pid, (int32_t)upid->ndst);
}

HOOK void uintr_emu_hold(void)
{
    self.cpu.uif = false;
}

HOOK bool uintr_emu_drop(void)
{
    struct emu_upid *upid = &self.page->upid;

    /* One that is on its way finds nothing. */
    atomic_fetch_and(&upid->status, (uint8_t)~EMU_ON);
    bool any = (atomic_exchange(&upid->pir, 0) | self.cpu.uirr) != 0;
    self.cpu.uirr = 0;
    self.cpu.uif = true;
    return any;
}

HOOK bool uintr_emu_is_masked(void)
{
    return !self.cpu.uif;
}

HOOK uint64_t uintr_emu_handler(void)
{
    return self.cpu.handler;
}

/* ---- the rest */

static long wait_for(uint64_t us, unsigned flags)
{
    struct timespec time = {(time_t)(us / 1000000), (long)(us % 1000000) * 1000};

    if (!emu_self()->registered)
        return -EOPNOTSUPP;
    if (flags != 0 || us > WAIT_MAX_US)
        return -EINVAL;
    return toc_syscall6(SYS_ppoll, 0, 0, (long)&time, 0, 8, 0);
}

static long alt_stack(unsigned long sp, size_t size, unsigned flags)
{
    struct emu_thread *thread = emu_self();

    if (!thread->registered)
        return -EOPNOTSUPP;
    if (flags != 0 || sp == 0)
        return -EINVAL;
    const char *kind = getenv("UINTR_EMU_ALT_STACK");
    bool is_base = kind != NULL && strcmp(kind, "base") == 0;
    thread->cpu.stack_adjust = (is_base ? sp + size : sp) | 1;
    return 0;
}

bool emu_kernel_call(long nr, const unsigned long *arg, long *result)
{
    switch (nr) {
    case NR_REGISTER_HANDLER:
        *result = register_handler(arg[0], (unsigned)arg[1]);
        return true;
    case NR_UNREGISTER_HANDLER:
        *result = unregister_handler((unsigned)arg[0]);
        return true;
    case NR_VECTOR_FD:
        *result = vector_fd(arg[0], (unsigned)arg[1]);
        return true;
    case NR_REGISTER_SENDER:
        *result = register_sender((int)arg[0], (unsigned)arg[1]);
        return true;
    case NR_UNREGISTER_SENDER:
        *result = unregister_sender(arg[0], (unsigned)arg[1]);
        return true;
    case NR_WAIT:
        *result = wait_for(arg[0], (unsigned)arg[1]);
        return true;
    case NR_REGISTER_SELF:
        *result = register_self(arg[0], (unsigned)arg[1]);
        return true;
    case NR_ALT_STACK:
        *result = alt_stack(arg[0], arg[1], (unsigned)arg[2]);
        return true;
    case NR_IPI_FD:
        *result = -EOPNOTSUPP;
        return true;
    default:
        return false;
    }
}

/* In the place of libc's. Six arguments are read whether given or not, as libc's does. */
__attribute__((visibility("default"))) long syscall(long nr, ...)
{
    unsigned long arg[6];
    va_list arguments;
    long result;

    va_start(arguments, nr);
    for (int i = 0; i < 6; i++)
        arg[i] = va_arg(arguments, unsigned long);
    va_end(arguments);
    if (!active || !emu_kernel_call(nr, arg, &result))
        result = toc_syscall6(nr, (long)arg[0], (long)arg[1], (long)arg[2], (long)arg[3],
                              (long)arg[4], (long)arg[5]);
    if (result < 0 && result > -4096) {
        errno = (int)-result;
        return -1;
    }
    return result;
}
