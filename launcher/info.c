/* SPDX-License-Identifier: BSD-3-Clause */
/* tocsin-info: what this installation of Tocsin is, and what it finds on this machine. */
#include "config.h"
#include "base/env.h"
#include "base/job.h"
#include "base/topology.h"
#include "notify/notify.h"
#include "notify/uintr/driver.h"
#include "notify/uintr/probe.h"

#include <errno.h>
#include <hwloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <unistd.h>

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

static const char help_text[] =
    "Usage: tocsin-info [option]\n"
    "Describes this installation of Tocsin and the machine as it sees it.\n"
    "\n"
    "  --env       the environment variables that change its behaviour, with their defaults\n"
    "  --why       what each notifier needs, and whether this machine has it\n"
    "  --version   the version\n"
    "  --help      this text\n";

static const char *call_result(bool works)
{
    return works ? "works" : strerror(errno);
}

static bool try_memfd(void)
{
    int fd = memfd_create("tocsin-info", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static int own_pidfd(void)
{
    return (int)syscall(SYS_pidfd_open, getpid(), 0u);
}

static bool try_pidfd(void)
{
    int fd = own_pidfd();
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static bool try_pidfd_getfd(void)
{
    int fd = own_pidfd();
    if (fd < 0)
        return false;
    int copy = (int)syscall(SYS_pidfd_getfd, fd, fd, 0u);
    int saved = errno;
    if (copy >= 0)
        close(copy);
    close(fd);
    errno = saved;
    return copy >= 0;
}

/* On itself: a seccomp filter refuses it here too; Yama's scope is shown beside it. */
static bool try_cross_memory(void)
{
    int from = 1, to = 0;
    struct iovec local = {&to, sizeof(to)}, remote = {&from, sizeof(from)};
    return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == sizeof(to) && to == 1;
}

static void print_yama(void)
{
    FILE *file = fopen("/proc/sys/kernel/yama/ptrace_scope", "r");
    int scope;

    if (file == NULL) {
        puts("  Yama ptrace_scope      not present");
        return;
    }
    if (fscanf(file, "%d", &scope) == 1)
        printf("  Yama ptrace_scope      %d%s\n", scope,
               scope > 1 ? " (refuses cross-memory attach between ranks)" : "");
    fclose(file);
}

static void print_cores(void)
{
    struct toc_topology *topology;

    if (toc_topology_load(TOC_BIND_CORE, &topology) != 0) {
        puts("  usable cores           hwloc cannot tell");
        return;
    }
    printf("  usable cores           %u\n", toc_topology_cores(topology));
    toc_topology_free(topology);
}

static void print_machine(void)
{
    struct utsname name;
    unsigned long frame = getauxval(AT_MINSIGSTKSZ);

    puts("machine");
    if (uname(&name) == 0)
        printf("  kernel                 %s %s %s\n", name.sysname, name.release, name.machine);
    print_cores();
    printf("  memfd_create           %s\n", call_result(try_memfd()));
    printf("  pidfd_open             %s\n", call_result(try_pidfd()));
    printf("  pidfd_getfd            %s\n", call_result(try_pidfd_getfd()));
    printf("  process_vm_readv       %s\n", call_result(try_cross_memory()));
    print_yama();
    if (frame != 0)
        printf("  signal frame           %lu bytes\n", frame);
    printf("  user interrupts        CPU: %s\n", toc_uintr_cpu_has() ? "yes" : "no");
}

static void print_notifier(const struct toc_notify_ops *notifier, const char *needs)
{
    char reason[512];

    printf("  %-8s needs %s: ", notifier->name, needs);
    if (notifier->available(reason, sizeof(reason)) == 0)
        puts("works here");
    else
        printf("not here\n           %s\n", reason);
}

/* By trying, as a rank does when it starts. */
static void print_why(void)
{
    const struct toc_uintr_driver *driver;
    char reason[512];

    puts("notifiers (TOCSIN_NOTIFY); auto takes the first that works");
    print_notifier(&toc_notify_uintr, "a CPU with user interrupts and a kernel that serves them");
    driver = toc_uintr_probe(reason, sizeof(reason));
    if (driver != NULL)
        printf("           by %s%s\n", driver->name,
               toc_uintr_cpu_has() ? "" : ", emulated (TOCSIN_EMULATE_UINTR)");
    print_notifier(&toc_notify_signal, "a signal that the program does not use (TOCSIN_SIGNAL)");
    print_notifier(&toc_notify_thread, "nothing");
    print_notifier(&toc_notify_poll, "nothing");
}

static void print_version(void)
{
    printf("Tocsin %s, MPI ABI library libmpi_abi.so.1\n", PACKAGE_VERSION);
}

static void print_all(void)
{
    print_version();
    printf("built with hwloc %d.%d.%d; at most %d ranks; job segment version %u\n\n",
           HWLOC_API_VERSION >> 16, HWLOC_API_VERSION >> 8 & 0xff, HWLOC_API_VERSION & 0xff,
           TOC_MAX_RANKS, TOC_JOB_VERSION);
    print_machine();
    puts("");
    print_why();
    puts("\nknobs: tocsin-info --env");
}

int main(int argc, char **argv)
{
    const char *option = argc > 1 ? argv[1] : "";
    char complaint[512];

    if (toc_env_parse(environ, NULL, complaint, sizeof(complaint)) != 0) {
        fprintf(stderr, "tocsin-info: %s\n", complaint);
        return 2;
    }
    if (argc > 2) {
        fprintf(stderr, "tocsin-info: one option at most, and there is '%s' after '%s'\n", argv[2],
                option);
        return 2;
    }
    if (option[0] == '\0')
        print_all();
    else if (strcmp(option, "--env") == 0)
        toc_env_print(stdout);
    else if (strcmp(option, "--why") == 0)
        print_why();
    else if (strcmp(option, "--version") == 0)
        print_version();
    else if (strcmp(option, "--help") == 0)
        fputs(help_text, stdout);
    else {
        fprintf(stderr, "tocsin-info: unknown option '%s' (--env, --why, --version, --help)\n",
                option);
        return 2;
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
