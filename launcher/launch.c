/* SPDX-License-Identifier: BSD-3-Clause */
#include "launch.h"
#include "clock.h"
#include "message.h"
#include "option_values.h"
#include "spawn.h"
#include "base/env.h"
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

#define FILES_PER_RANK 4 /* and one more if each of them has its input */
#define FILES_OWN      64
#define HIGH_FD        1024  /* the usual limit of a process */
#define CPUS_MOST      16384 /* more than any kernel has */

static int complain(const char *what, int error)
{
    toc_message_print("cannot start the job: %s: %s", what, strerror(error));
    return 1;
}

/* Two pipes, a pidfd and a deposit for each rank may be more than the usual soft limit. */
static int raise_file_limit(const struct toc_options *options, struct rlimit *before)
{
    uint32_t nranks = options->nranks;
    rlim_t each = FILES_PER_RANK + (options->input.to == TOC_STDIN_ALL);
    rlim_t needed = nranks * each + FILES_OWN;

    if (getrlimit(RLIMIT_NOFILE, before) < 0)
        return complain("getrlimit", errno);
    if (before->rlim_cur >= needed)
        return 0;
    if (before->rlim_max < needed) {
        toc_message_print("%u rank%s need%s %lu open files, and the limit is %lu (ulimit -Hn)",
                          nranks, toc_plural(nranks), nranks == 1 ? "s" : "", (unsigned long)needed,
                          (unsigned long)before->rlim_max);
        return 1;
    }
    struct rlimit raised = {needed, before->rlim_max};
    return setrlimit(RLIMIT_NOFILE, &raised) < 0 ? complain("setrlimit", errno) : 0;
}

static void make_mark(struct toc_launch *launch)
{
    if (getrandom(&launch->nonce, sizeof(launch->nonce), GRND_NONBLOCK) < 0)
        launch->nonce = (uintptr_t)launch ^ (uint64_t)toc_clock_ms() << 20;
    snprintf(launch->mark, sizeof(launch->mark), "%s=%d-%016llx", TOC_ENV_JOB_ID, getpid(),
             (unsigned long long)launch->nonce);
}

/* Where shells and scripts, which use 3 and 4, do not meet it, and within the ranks' own limit. */
static int move_up(const struct toc_spawn *spawn, int fd)
{
    int least = (int)(spawn->files.rlim_cur < HIGH_FD ? spawn->files.rlim_cur : HIGH_FD) - 24;
    int high = fd >= 0 && least > fd ? fcntl(fd, F_DUPFD_CLOEXEC, least) : -1;

    if (high < 0)
        return fd;
    close(fd);
    return high;
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

/* Sandboxes refuse these two system calls. hwloc, which takes a refused sched_getaffinity for a set
 * that was too small, would ask for ever. */
static bool may_ask_affinity(void)
{
    cpu_set_t *allowed = CPU_ALLOC(CPUS_MOST);
    bool may = allowed != NULL && sched_getaffinity(0, CPU_ALLOC_SIZE(CPUS_MOST), allowed) == 0;

    CPU_FREE(allowed);
    return may;
}

static bool may_bind(void)
{
    cpu_set_t *allowed = CPU_ALLOC(CPUS_MOST);
    size_t size = CPU_ALLOC_SIZE(CPUS_MOST);

    if (allowed == NULL)
        return false;
    bool may = sched_getaffinity(0, size, allowed) == 0 && sched_setaffinity(0, size, allowed) == 0;
    CPU_FREE(allowed);
    return may;
}

/* Ranks are bound only if all of them can be. */
static void check_places(struct toc_launch *launch, const struct toc_topology *topology)
{
    struct toc_options *options = &launch->options;
    uint32_t places;

    if (options->bind == TOC_BIND_NONE)
        return;
    if (topology == NULL) {
        toc_message_print("warning: %s cannot tell the cores: ranks are not bound",
                          may_ask_affinity() ? "hwloc" : "sched_getaffinity");
        options->bind = TOC_BIND_NONE;
        return;
    }
    places = toc_topology_places(topology, options->bind);
    if (options->nranks <= places) {
        if ((options->nranks > 1 || options->bind_asked) && !may_bind()) {
            toc_message_print("warning: sched_setaffinity is refused (%s): ranks are not bound",
                              strerror(errno));
            options->bind = TOC_BIND_NONE;
        }
        return;
    }
    if (options->bind_asked)
        toc_message_print(
            "warning: binding has no effect with more ranks (%u) than %s (%u)", options->nranks,
            options->bind == TOC_BIND_HWTHREAD ? "hardware threads" : "cores", places);
    options->bind = TOC_BIND_NONE;
}

/* Without a topology the job runs all the same, unbound. */
static struct toc_topology *load_topology(struct toc_launch *launch, uint32_t *cores)
{
    struct toc_topology *topology = NULL;

    if (may_ask_affinity() && toc_topology_load(launch->options.bind, &topology) == 0)
        *cores = toc_topology_cores(topology);
    else
        *cores = toc_value_threads();
    check_places(launch, topology);
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

/* "0-3,8" */
static void format_cpus(const cpu_set_t *cpus, size_t size, char *text, size_t length)
{
    size_t used = 0, limit = size * 8;

    text[0] = '\0';
    for (size_t cpu = 0; cpu < limit && used < length; cpu++) {
        size_t first = cpu;
        if (!CPU_ISSET_S(cpu, size, cpus))
            continue;
        while (cpu + 1 < limit && CPU_ISSET_S(cpu + 1, size, cpus))
            cpu++;
        used += (size_t)snprintf(text + used, length - used, first == cpu ? "%s%zu" : "%s%zu-%zu",
                                 used != 0 ? "," : "", first, cpu);
    }
}

static void report_binding(const struct toc_launch *launch, uint32_t rank, const cpu_set_t *cpus,
                           size_t size)
{
    char text[1024];

    if (!launch->options.report_bindings)
        return;
    if (cpus == NULL) {
        toc_message_print("rank %u is not bound", rank);
        return;
    }
    format_cpus(cpus, size, text, sizeof(text));
    toc_message_print("rank %u is bound to the hardware threads %s", rank, text);
}

/* The rank's ends of its standard input, output and error. The input is the rank's own if all get
 * one. */
static int open_streams(struct toc_launch *launch, const struct toc_spawn *spawn, uint32_t rank,
                        int streams[3])
{
    const struct toc_stdin *input = &launch->options.input;

    int status =
        toc_output_pipes(launch->output, rank, &streams[STDOUT_FILENO], &streams[STDERR_FILENO]);
    if (status != 0)
        return status;
    if (launch->spread == NULL) {
        bool own = input->to == TOC_STDIN_RANK && input->rank == rank;
        streams[STDIN_FILENO] = own ? spawn->stdin_fd : spawn->null_fd;
        return 0;
    }
    status = toc_spread_pipe(launch->spread, rank, &streams[STDIN_FILENO]);
    if (status != 0) {
        close(streams[STDOUT_FILENO]);
        close(streams[STDERR_FILENO]);
    }
    return status;
}

static int start_rank(struct toc_launch *launch, const struct toc_spawn *spawn,
                      const struct toc_topology *topology, uint32_t rank)
{
    const struct toc_options *options = &launch->options;
    cpu_set_t *cpus = NULL;
    size_t size = 0;
    int streams[3];
    pid_t pid;

    int status = open_streams(launch, spawn, rank, streams);
    if (status != 0)
        return status;
    /* A single rank may use all cores: it has them already. */
    if (options->bind != TOC_BIND_NONE && (options->nranks > 1 || options->bind_asked) &&
        toc_topology_share(topology, options->bind, rank, options->nranks, &cpus, &size) != 0)
        cpus = NULL;
    report_binding(launch, rank, cpus, size);
    status =
        toc_spawn_rank(spawn, toc_options_program(options, rank), rank, streams, cpus, size, &pid);
    if (cpus != NULL)
        CPU_FREE(cpus);
    if (launch->spread != NULL)
        close(streams[STDIN_FILENO]);
    close(streams[STDOUT_FILENO]);
    close(streams[STDERR_FILENO]);
    return status != 0 ? status : watch_rank(launch, rank, pid);
}

static void start_ranks(struct toc_launch *launch, struct toc_spawn *spawn,
                        const struct toc_topology *topology)
{
    uint32_t nranks = launch->options.nranks;
    int status = 0;

    for (uint32_t i = 0; i < nranks && status == 0; i++) {
        status = start_rank(launch, spawn, topology, i);
        if (status != 0) {
            toc_message_print("cannot start rank %u of %u: %s", i, nranks, strerror(-status));
            toc_supervise_end(launch, SIGTERM, 1, -1);
        }
    }
}

static void warn(const char *sentence)
{
    toc_message_print("warning: %s", sentence);
}

/* The library's settings are looked at here, once for all ranks. Of several programs, only those
 * with variables of their own can differ from the first. */
static int make_environments(struct toc_launch *launch, const struct toc_spawn *spawn)
{
    char message[512];
    int status = 0;

    for (size_t i = 0; i < launch->options.nprograms; i++) {
        struct toc_program *program = &launch->options.programs[i];
        program->environment = toc_spawn_environment(spawn, i);
        bool differs = program->exports.count > 0 || program->inherit.what != TOC_INHERIT_DEFAULT;
        if (status == 0 && (i == 0 || differs) &&
            toc_env_parse(program->environment, warn, message, sizeof(message)) != 0) {
            toc_message_print("%s", message);
            status = TOC_EXIT_USAGE;
        }
    }
    launch->stall.limit_ms = toc_env.stall_seconds * 1000;
    return status;
}

static void free_environments(struct toc_launch *launch)
{
    for (size_t i = 0; i < launch->options.nprograms; i++)
        if (launch->options.programs[i].environment != NULL)
            toc_spawn_environment_free(launch->options.programs[i].environment);
}

static int open_input(struct toc_launch *launch, struct toc_spawn *spawn)
{
    switch (launch->options.input.to) {
    case TOC_STDIN_NONE:
        return 0;
    case TOC_STDIN_ALL:
        return toc_spread_open(launch->epoll_fd, TOC_TAG_SPREAD, launch->options.nranks,
                               &launch->spread);
    default:
        return toc_input_open(launch->epoll_fd, TOC_TAG_INPUT, &launch->input, &spawn->stdin_fd);
    }
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
    struct epoll_event
        event; /* a sandbox that refuses the wait is to be known before it is needed */
    if (epoll_wait(launch->epoll_fd, &event, 1, 0) < 0)
        return complain("epoll_wait", errno);
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
    status = toc_output_open(launch->options.nranks, launch->options.tag, launch->epoll_fd,
                             TOC_TAG_OUTPUT, &launch->output);
    if (status != 0)
        return complain("output", -status);
    status = open_input(launch, spawn);
    if (status != 0)
        return complain("standard input", -status);
    status = toc_exchange_open(launch->options.nranks, launch->options.emulate_uintr,
                               launch->epoll_fd, TOC_TAG_DESK, &launch->desk, &spawn->exchange_fd);
    if (status != 0)
        return complain("socketpair", -status);
    spawn->exchange_fd = move_up(spawn, spawn->exchange_fd);
    launch->header->exchange_fd = spawn->exchange_fd;
    status = toc_job_seal(launch->header, launch->job_fd);
    return status != 0 ? complain("mmap", -status) : 0;
}

/* The job itself, once its segment is there. */
static int run_ranks(struct toc_launch *launch, struct toc_spawn *spawn,
                     const struct toc_topology *topology)
{
    launch->header->bound = launch->options.bind != TOC_BIND_NONE;
    launch->header->nonce = launch->nonce;
    launch->header->keep_going = launch->options.keep_going;
    launch->header->errhandler = launch->options.errhandler;
    launch->job_fd = spawn->job_fd = move_up(spawn, launch->job_fd);
    int status = prepare(launch, spawn);
    if (status != 0)
        return status;
    status = make_environments(launch, spawn);
    if (status != 0) {
        free_environments(launch);
        return status;
    }
    toc_message_redirect(toc_output_message, launch->output);
    if (launch->options.timeout != 0)
        launch->deadline = toc_clock_ms() + (int64_t)launch->options.timeout * 1000;
    start_ranks(launch, spawn, topology);
    close(spawn->error_fd);
    if (spawn->exchange_fd >= 0)
        close(spawn->exchange_fd);
    if (launch->input != NULL)
        toc_input_started(launch->input);
    if (launch->spread != NULL)
        toc_spread_start(launch->spread);
    toc_supervise(launch);
    if (launch->spread != NULL)
        toc_spread_close(launch->spread);
    toc_exchange_close(launch->desk);
    free_environments(launch);
    return launch->exit_code;
}

static int run(struct toc_launch *launch, struct toc_spawn *spawn)
{
    uint32_t nranks = launch->options.nranks, cores;
    const char *what;
    int status = TOC_EXIT_USAGE;

    struct toc_topology *topology = load_topology(launch, &cores);
    if (launch->options.no_oversubscribe && nranks > cores) {
        toc_message_print("--nooversubscribe: there are more ranks (%u) than cores (%u)", nranks,
                          cores);
    } else if ((status = toc_job_create(nranks, cores, getpid(), &launch->job_fd, &launch->header,
                                        &what)) == 0) {
        status = run_ranks(launch, spawn, topology);
    } else {
        toc_message_print("cannot create the segment of %u rank%s: %s: %s", nranks,
                          toc_plural(nranks), what, strerror(-status));
        status = 1;
    }
    toc_topology_free(topology);
    return status;
}

int toc_launch_run(struct toc_launch *launch)
{
    struct toc_spawn spawn = {.options = &launch->options};
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    const struct sigaction standard = {.sa_handler = SIG_DFL};

    spawn.launcher = getpid();
    sigaction(SIGPIPE, &ignore, &spawn.sigpipe);
    sigaction(SIGCHLD, &standard, &spawn.sigchld); /* if ignored, children leave no status */
    int status = raise_file_limit(&launch->options, &spawn.files);
    if (status != 0)
        return status;
    make_mark(launch);
    spawn.mark = launch->mark;
    status = toc_guardian_start(launch->options.nranks, launch->mark, &launch->guardian);
    if (status != 0)
        return complain("guardian", -status);
    spawn.guardian = launch->guardian;
    status = run(launch, &spawn);
    toc_guardian_stop(launch->guardian);
    return status;
}
