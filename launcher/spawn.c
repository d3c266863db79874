/* SPDX-License-Identifier: BSD-3-Clause */
#include "spawn.h"
#include "base/exchange.h"
#include "base/job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* The first entries of a rank's environment: those that differ from rank to rank. */
enum { SLOT_RANK, SLOT_LOCAL_RANK, SLOT_MPI_LOCAL_RANK, SLOTS };
static const char *const slot_names[SLOTS] = {TOC_ENV_RANK, TOC_ENV_LOCAL_RANK, "MPI_LOCALRANKID"};
static char slot_text[SLOTS][48];

static void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

static bool same_name(const char *a, const char *b)
{
    size_t length = strcspn(a, "=");
    return strncmp(a, b, length) == 0 && (b[length] == '=' || b[length] == '\0');
}

/* Puts `entry` in the place of the variable of the same name from `first` on, or at the end. */
static void put(char **environment, size_t first, size_t *count, const char *entry)
{
    for (size_t i = first; i < *count; i++) {
        if (same_name(entry, environment[i])) {
            free(environment[i]);
            environment[i] = must(strdup(entry));
            return;
        }
    }
    environment[(*count)++] = must(strdup(entry));
}

/* Variables that are mpirun's to set, or nobody's: those that it was started with are another
 * job's. */
static bool is_own(const char *entry)
{
    static const char *const names[] = {TOC_ENV_JOB_FD, TOC_ENV_EXCHANGE_FD, TOC_ENV_JOB_ID,
                                        TOC_ENV_SIZE,   TOC_ENV_PROGRAM,     "MPI_LOCALNRANKS"};

    for (size_t i = 0; i < SLOTS; i++)
        if (same_name(entry, slot_names[i]))
            return true;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (same_name(entry, names[i]))
            return true;
    return false;
}

static void put_number(char **environment, size_t *count, const char *name, long value)
{
    char entry[64];
    snprintf(entry, sizeof(entry), "%s=%ld", name, value);
    put(environment, SLOTS, count, entry);
}

static void put_directory(char **environment, size_t *count, const char *directory)
{
    char *entry;

    if (asprintf(&entry, "PWD=%s", directory) < 0)
        abort();
    put(environment, SLOTS, count, entry);
    free(entry);
}

static void put_exports(char **environment, size_t *count, const struct toc_exports *exports)
{
    for (size_t i = 0; i < exports->count; i++)
        if (!is_own(exports->entries[i]))
            put(environment, SLOTS, count, exports->entries[i]);
}

/* Whether the variable's name stands in a list with commas. */
static bool is_listed(const char *entry, const char *list)
{
    size_t length = strcspn(entry, "=");

    for (; *list != '\0'; list += strspn(list, ",")) {
        size_t name = strcspn(list, ",");
        if (name == length && strncmp(list, entry, length) == 0)
            return true;
        list += name;
    }
    return false;
}

static bool is_inherited(const char *entry, const struct toc_inherit *inherit)
{
    return !is_own(entry) && inherit->what != TOC_INHERIT_NONE &&
           (inherit->what != TOC_INHERIT_LIST || is_listed(entry, inherit->list));
}

char **toc_spawn_environment(const struct toc_spawn *spawn, size_t index)
{
    const struct toc_options *options = spawn->options;
    const struct toc_program *program = &options->programs[index];
    const struct toc_inherit *inherit =
        program->inherit.what != TOC_INHERIT_DEFAULT ? &program->inherit : &options->inherit;
    size_t inherited = 0, count = SLOTS;

    while (environ[inherited] != NULL)
        inherited++;
    char **environment =
        must(calloc(inherited + options->exports.count + program->exports.count + SLOTS + 9,
                    sizeof(*environment)));
    for (size_t i = 0; i < SLOTS; i++)
        environment[i] = slot_text[i];
    for (size_t i = 0; i < inherited; i++)
        if (is_inherited(environ[i], inherit))
            environment[count++] = must(strdup(environ[i]));
    if (program->absolute != NULL)
        put_directory(environment, &count, program->absolute);
    put_exports(environment, &count, &options->exports);
    put_exports(environment, &count, &program->exports);
    put(environment, SLOTS, &count, spawn->mark);
    put_number(environment, &count, TOC_ENV_JOB_FD, spawn->job_fd);
    if (spawn->exchange_fd >= 0)
        put_number(environment, &count, TOC_ENV_EXCHANGE_FD, spawn->exchange_fd);
    put_number(environment, &count, TOC_ENV_SIZE, options->nranks);
    put_number(environment, &count, TOC_ENV_PROGRAM, (long)index);
    put_number(environment, &count, "MPI_LOCALNRANKS", options->nranks);
    return environment;
}

void toc_spawn_environment_free(char **environment)
{
    for (size_t i = SLOTS; environment[i] != NULL; i++)
        free(environment[i]);
    free(environment);
}

static void set_rank(uint32_t rank)
{
    for (size_t i = 0; i < SLOTS; i++)
        snprintf(slot_text[i], sizeof(slot_text[i]), "%s=%u", slot_names[i], rank);
}

static _Noreturn void give_up(const struct toc_spawn *spawn, uint32_t rank, const char *call)
{
    struct toc_spawn_error report = {.rank = rank, .error = errno};

    snprintf(report.call, sizeof(report.call), "%s", call);
    /* Shorter than PIPE_BUF: reports of several ranks do not mix. */
    if (write(spawn->error_fd, &report, sizeof(report)) < 0)
        _exit(TOC_EXIT_NO_EXEC);
    _exit(TOC_EXIT_NOT_FOUND);
}

/* mpirun may have died before the death signal was asked for. */
static void die_with_launcher(const struct toc_spawn *spawn)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != spawn->launcher)
        _exit(TOC_EXIT_NO_EXEC);
}

static bool is_elf(const char *path)
{
    char head[4] = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool elf = fd >= 0 && read(fd, head, 4) == 4 && memcmp(head, "\177ELF", 4) == 0;
    if (fd >= 0)
        close(fd);
    return elf;
}

/* A script without "#!" is run by the shell, as execvp() does; but a program of another
 * architecture must not be, or the shell would complain of its syntax. */
static void execute(const struct toc_program *program)
{
    char **argv = program->argv;
    size_t count = 0;

    execve(program->path, argv, program->environment);
    if (errno != ENOEXEC)
        return;
    if (is_elf(program->path)) {
        errno = ENOEXEC;
        return;
    }
    while (argv[count] != NULL)
        count++;
    char **shell = must(calloc(count + 2, sizeof(*shell)));
    shell[0] = "/bin/sh";
    shell[1] = program->path;
    memcpy(shell + 2, argv + 1, count * sizeof(*shell));
    execve(shell[0], shell, program->environment);
}

static _Noreturn void become_rank(const struct toc_spawn *spawn, const struct toc_program *program,
                                  uint32_t rank, const int streams[3], const cpu_set_t *cpus,
                                  size_t cpus_size)
{
    setpgid(0, 0);
    toc_guardian_set(spawn->guardian, rank, getpid());
    die_with_launcher(spawn);
    if (dup2(streams[STDIN_FILENO], STDIN_FILENO) < 0 ||
        dup2(streams[STDOUT_FILENO], STDOUT_FILENO) < 0 ||
        dup2(streams[STDERR_FILENO], STDERR_FILENO) < 0)
        give_up(spawn, rank, "dup2");
    if (fcntl(spawn->job_fd, F_SETFD, 0) < 0 ||
        (spawn->exchange_fd >= 0 && fcntl(spawn->exchange_fd, F_SETFD, 0) < 0))
        give_up(spawn, rank, "fcntl");
    if (cpus != NULL) /* mpirun has tried it; a rank that is not bound after all runs as well */
        (void)!sched_setaffinity(0, cpus_size, cpus);
    if (program->directory != NULL && chdir(program->directory) < 0)
        give_up(spawn, rank, "chdir");
    setrlimit(RLIMIT_NOFILE, &spawn->files);
    signal(SIGINT, SIG_DFL); /* see toc_signals_open() */
    signal(SIGQUIT, SIG_DFL);
    sigaction(SIGPIPE, &spawn->sigpipe, NULL);
    sigaction(SIGCHLD, &spawn->sigchld, NULL);
    sigprocmask(SIG_SETMASK, &spawn->mask, NULL);
    execute(program);
    give_up(spawn, rank, "execve");
}

int toc_spawn_rank(const struct toc_spawn *spawn, const struct toc_program *program, uint32_t rank,
                   const int streams[3], const cpu_set_t *cpus, size_t cpus_size, pid_t *pid)
{
    set_rank(rank);
    pid_t child = fork();

    if (child < 0)
        return -errno;
    if (child == 0)
        become_rank(spawn, program, rank, streams, cpus, cpus_size);
    /* Also here, because mpirun may signal the group before the child has run. */
    setpgid(child, child);
    toc_guardian_set(spawn->guardian, rank, child);
    *pid = child;
    return 0;
}
