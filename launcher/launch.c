/* SPDX-License-Identifier: BSD-3-Clause */
#include "launch.h"
#include "message.h"
#include "spawn.h"
#include "base/topology.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES_PER_RANK 3
#define FILES_OWN      64

static int complain(const char *what, int error)
{
    toc_message_print("cannot start the job: %s: %s", what, strerror(error));
    return 1;
}

/* Two pipes and a pidfd for each rank may be more than the usual soft limit. */
static int raise_file_limit(uint32_t nranks, struct rlimit *before)
{
    rlim_t needed = (rlim_t)nranks * FILES_PER_RANK + FILES_OWN;

    if (getrlimit(RLIMIT_NOFILE, before) < 0)
        return complain("getrlimit", errno);
    if (before->rlim_cur >= needed)
        return 0;
    if (before->rlim_max < needed) {
        toc_message_print("%u ranks need %lu open files, and the limit is %lu (ulimit -Hn)", nranks,
                          (unsigned long)needed, (unsigned long)before->rlim_max);
        return 1;
    }
    struct rlimit raised = {needed, before->rlim_max};
    return setrlimit(RLIMIT_NOFILE, &raised) < 0 ? complain("setrlimit", errno) : 0;
}

static void make_mark(char *mark, size_t size)
{
    unsigned long long number = 0;

    if (getrandom(&number, sizeof(number), GRND_NONBLOCK) < 0)
        number = (unsigned long long)(uintptr_t)&number;
    snprintf(mark, size, "%s=%d-%016llx", TOC_ENV_JOB_ID, getpid(), number);
}

static int watch(struct toc_launch *launch, int fd, uint64_t tag)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = tag};
    return epoll_ctl(launch->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static int pidfd_open_raw(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0u);
}

static bool pidfd_works(void)
{
    int fd = pidfd_open_raw(getpid());
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* Without a topology the job runs all the same, unbound. */
static struct toc_topology *load_topology(struct toc_launch *launch, uint32_t *cores)
{
    struct toc_topology *topology = NULL;
    uint32_t nranks = launch->options.nranks;
    cpu_set_t allowed;

    if (toc_topology_load(&topology) == 0) {
        *cores = toc_topology_cores(topology);
    } else {
        *cores = sched_getaffinity(0, sizeof(allowed), &allowed) == 0
                     ? (uint32_t)CPU_COUNT(&allowed)
                     : 1;
        if (launch->options.bind)
            toc_message_print("warning: hwloc cannot tell the cores: ranks are not bound");
        launch->options.bind = 0;
    }
    if (nranks > *cores) {
        if (launch->options.bind_asked)
            toc_message_print("warning: --bind-to core has no effect with more ranks (%u) than "
                              "cores (%u)",
                              nranks, *cores);
        launch->options.bind = 0;
    }
    return topology;
}

static int watch_rank(struct toc_launch *launch, uint32_t rank, pid_t pid)
{
    struct toc_launch_rank *entry = &launch->ranks[rank];

    entry->pid = pid;
    launch->started++;
    entry->pidfd = launch->have_pidfd ? pidfd_open_raw(pid) : -1;
    if (!launch->have_pidfd)
        return 0;
    if (entry->pidfd < 0 || watch(launch, entry->pidfd, TOC_TAG_RANK | rank) < 0)
        return -errno;
    fcntl(entry->pidfd, F_SETFD, FD_CLOEXEC);
    return 0;
}

static int start_rank(struct toc_launch *launch, const struct toc_spawn *spawn,
                      const struct toc_topology *topology, char **environment, uint32_t rank)
{
    cpu_set_t *cpus = NULL;
    size_t size = 0;
    int out, err;
    pid_t pid;

    int status = toc_output_pipes(launch->output, rank, &out, &err);
    if (status != 0)
        return status;
    /* A single rank may use all cores: it has them already. */
    if (launch->options.bind && launch->options.nranks > 1 &&
        toc_topology_share(topology, rank, launch->options.nranks, &cpus, &size) != 0)
        cpus = NULL;
    toc_spawn_set_rank(environment, rank);
    status = toc_spawn_rank(spawn, rank, environment, out, err, cpus, size, &pid);
    if (cpus != NULL)
        CPU_FREE(cpus);
    close(out);
    close(err);
    return status != 0 ? status : watch_rank(launch, rank, pid);
}

static void start_ranks(struct toc_launch *launch, struct toc_spawn *spawn,
                        const struct toc_topology *topology)
{
    char **environment = toc_spawn_environment(spawn);
    uint32_t nranks = launch->options.nranks;
    int status = 0;

    for (uint32_t i = 0; i < nranks && status == 0; i++) {
        status = start_rank(launch, spawn, topology, environment, i);
        if (status != 0) {
            toc_message_print("cannot start rank %u of %u: %s", i, nranks, strerror(-status));
            toc_supervise_end(launch, SIGTERM, 1, -1);
        }
    }
    toc_spawn_environment_free(environment);
}

/* Everything that ranks and supervision need, before the first rank is started. */
static int prepare(struct toc_launch *launch, struct toc_spawn *spawn)
{
    int ends[2];

    launch->have_pidfd = pidfd_works();
    launch->ranks = calloc(launch->options.nranks, sizeof(*launch->ranks));
    if (launch->ranks == NULL)
        return complain("calloc", ENOMEM);
    launch->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (launch->epoll_fd < 0)
        return complain("epoll_create1", errno);
    int status = toc_signals_open(!launch->have_pidfd, &spawn->mask, &launch->signal_fd);
    if (status != 0)
        return complain("signalfd", -status);
    if (pipe2(ends, O_CLOEXEC) < 0)
        return complain("pipe2", errno);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    launch->error_fd = ends[0];
    spawn->error_fd = ends[1];
    spawn->null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (spawn->null_fd < 0)
        return complain("/dev/null", errno);
    if (watch(launch, launch->signal_fd, TOC_TAG_SIGNAL) < 0 ||
        watch(launch, launch->error_fd, TOC_TAG_ERROR) < 0)
        return complain("epoll_ctl", errno);
    status =
        toc_output_open(launch->options.nranks, launch->epoll_fd, TOC_TAG_OUTPUT, &launch->output);
    if (status != 0)
        return complain("output", -status);
    status = toc_input_open(launch->epoll_fd, TOC_TAG_INPUT, &launch->input, &spawn->stdin_fd);
    return status != 0 ? complain("standard input", -status) : 0;
}

static int run(struct toc_launch *launch, struct toc_spawn *spawn)
{
    const char *what;
    uint32_t cores;

    struct toc_topology *topology = load_topology(launch, &cores);
    int status = toc_job_create(launch->options.nranks, cores, getpid(), &launch->job_fd,
                                &launch->header, &what);
    if (status == 0) {
        launch->header->bound = (uint32_t)launch->options.bind;
        spawn->job_fd = launch->job_fd;
        status = prepare(launch, spawn);
    } else {
        toc_message_print("cannot create the segment of %u ranks: %s: %s", launch->options.nranks,
                          what, strerror(-status));
        status = 1;
    }
    if (status == 0) {
        toc_message_redirect(toc_output_message, launch->output);
        start_ranks(launch, spawn, topology);
        close(spawn->error_fd);
        toc_input_started(launch->input);
        toc_supervise(launch);
        status = launch->exit_code;
    }
    toc_topology_free(topology);
    return status;
}

int toc_launch_run(struct toc_launch *launch)
{
    struct toc_spawn spawn = {.options = &launch->options, .path = launch->path};
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    const struct sigaction standard = {.sa_handler = SIG_DFL};

    spawn.launcher = getpid();
    sigaction(SIGPIPE, &ignore, &spawn.sigpipe);
    sigaction(SIGCHLD, &standard, &spawn.sigchld); /* if ignored, children leave no status */
    int status = raise_file_limit(launch->options.nranks, &spawn.files);
    if (status != 0)
        return status;
    make_mark(launch->mark, sizeof(launch->mark));
    spawn.mark = launch->mark;
    status = toc_guardian_start(launch->options.nranks, launch->mark, &launch->guardian);
    if (status != 0)
        return complain("guardian", -status);
    spawn.guardian = launch->guardian;
    status = run(launch, &spawn);
    toc_guardian_stop(launch->guardian);
    return status;
}
