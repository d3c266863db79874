/* SPDX-License-Identifier: BSD-3-Clause */
#include "processes.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A growing buffer for the contents of one file. */
struct text {
    char *data;
    size_t length, capacity;
};

/* Reads /proc/<pid>/<name> whole, with a NUL after it. */
static bool read_file(pid_t pid, const char *name, struct text *text)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    text->length = 0;
    for (;;) {
        if (text->capacity - text->length < 2) {
            char *larger = realloc(text->data, text->capacity * 2 + 16384);
            if (larger == NULL)
                break;
            text->data = larger;
            text->capacity = text->capacity * 2 + 16384;
        }
        ssize_t got = read(fd, text->data + text->length, text->capacity - text->length - 1);
        if (got <= 0)
            break;
        text->length += (size_t)got;
    }
    close(fd);
    if (text->length > 0)
        text->data[text->length] = '\0';
    return text->length > 0;
}

/* The next process in /proc, or 0 at the end. */
static pid_t next_process(DIR *proc)
{
    struct dirent *entry;

    while ((entry = readdir(proc)) != NULL)
        if (isdigit((unsigned char)entry->d_name[0]))
            return (pid_t)atol(entry->d_name);
    return 0;
}

/* Zombies have no environment any more. */
static bool carries(pid_t pid, const char *mark, struct text *text)
{
    return read_file(pid, "environ", text) &&
           memmem(text->data, text->length, mark, strlen(mark) + 1) != NULL;
}

unsigned toc_processes_sweep(const char *mark)
{
    DIR *proc = opendir("/proc");
    struct text text = {0};
    unsigned killed = 0;
    pid_t pid;

    if (proc == NULL)
        return 0;
    while ((pid = next_process(proc)) != 0)
        if (pid != getpid() && carries(pid, mark, &text) && kill(pid, SIGKILL) == 0)
            killed++;
    free(text.data);
    closedir(proc);
    return killed;
}

/* Process group of a process that is no zombie, or -1. The command's name, in parentheses, may
 * itself contain anything. */
static pid_t living_group(pid_t pid, struct text *text)
{
    char state;
    int group;

    if (!read_file(pid, "stat", text))
        return -1;
    const char *fields = strrchr(text->data, ')');
    if (fields == NULL || sscanf(fields + 1, " %c %*d %d", &state, &group) != 2)
        return -1;
    return state == 'Z' || state == 'X' ? -1 : group;
}

bool toc_processes_live(const pid_t *groups, uint32_t count)
{
    DIR *proc = opendir("/proc");
    struct text text = {0};
    bool found = false;
    pid_t pid;

    if (proc == NULL)
        return false;
    while (!found && (pid = next_process(proc)) != 0) {
        pid_t group = living_group(pid, &text);
        for (uint32_t i = 0; i < count && group > 0 && !found; i++)
            found = groups[i] == group;
    }
    free(text.data);
    closedir(proc);
    return found;
}
