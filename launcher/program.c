/* SPDX-License-Identifier: BSD-3-Clause */
#include "program.h"
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_program(const char *path)
{
    return is_file(path) && access(path, X_OK) == 0;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length > tail && strcmp(text + length - tail, end) == 0;
}

static int complain_not_executable(const char *path)
{
    const char *dot = strrchr(path, '.');

    if (ends_with(path, ".c") || ends_with(path, ".cc") || ends_with(path, ".cpp") ||
        ends_with(path, ".cxx"))
        toc_message_print("'%s' is a source file: compile it first (%s -o %.*s %s)", path,
                          ends_with(path, ".c") ? "mpicc" : "mpicxx", (int)(dot - path), path,
                          path);
    else
        toc_message_print("'%s' is not executable (chmod +x %s)", path, path);
    return TOC_EXIT_NO_EXEC;
}

static int check_path(const char *path)
{
    if (is_program(path))
        return 0;
    if (is_directory(path)) {
        toc_message_print("'%s' is a directory: give a program", path);
        return TOC_EXIT_NO_EXEC;
    }
    if (is_file(path))
        return complain_not_executable(path);
    if (access(path, F_OK) == 0) {
        toc_message_print("'%s' is not a regular file: give a program", path);
        return TOC_EXIT_NO_EXEC;
    }
    toc_message_print("cannot start '%s': %s", path, strerror(errno));
    return errno == ENOENT ? TOC_EXIT_NOT_FOUND : TOC_EXIT_NO_EXEC;
}

/* Along PATH an entry that is there but not executable is passed over, as the shells do it. */
static char *search_along(const char *path, const char *name)
{
    char *candidate;

    for (;;) {
        size_t length = strcspn(path, ":");
        if (asprintf(&candidate, "%.*s/%s", length ? (int)length : 1, length ? path : ".", name) <
            0)
            abort();
        if (is_program(candidate))
            return candidate;
        free(candidate);
        if (path[length] == '\0')
            return NULL;
        path += length + 1;
    }
}

/* -path goes before PATH. */
static char *search(const struct toc_program *program)
{
    const char *name = program->argv[0], *path = getenv("PATH");
    char *found = program->search != NULL ? search_along(program->search, name) : NULL;

    if (found != NULL)
        return found;
    return search_along(path != NULL ? path : "/usr/local/bin:/usr/bin:/bin", name);
}

static int complain_not_found(const char *name)
{
    char *here;

    if (asprintf(&here, "./%s", name) < 0)
        abort();
    if (is_program(here)) {
        toc_message_print("there is no program '%s' in PATH: did you mean %s?", name, here);
    } else if (is_directory(here)) {
        toc_message_print("there is no program '%s' in PATH, and %s is a directory", name, here);
    } else if (is_file(here)) {
        free(here);
        return complain_not_executable(name);
    } else {
        toc_message_print("there is no program '%s', neither in PATH nor in the working directory",
                          name);
    }
    free(here);
    return TOC_EXIT_NOT_FOUND;
}

static int find(struct toc_program *program)
{
    const char *name = program->argv[0];

    if (name[0] == '\0') {
        toc_message_print("the program's name is empty: mpirun [options] program [arguments]");
        return TOC_EXIT_NOT_FOUND;
    }
    if (strchr(name, '/') == NULL) {
        program->path = search(program);
        return program->path != NULL ? 0 : complain_not_found(name);
    }
    int status = check_path(name);
    if (status != 0)
        return status;
    program->path = strdup(name);
    if (program->path == NULL)
        abort();
    return 0;
}

/* The ranks will look from their directory: a relative name must mean the same here. */
int toc_program_find(struct toc_program *program)
{
    if (program->directory == NULL)
        return find(program);
    int back = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (back < 0 || chdir(program->directory) < 0) {
        toc_message_print("cannot change to the directory '%s': %s", program->directory,
                          strerror(errno));
        return TOC_EXIT_USAGE;
    }
    program->absolute = getcwd(NULL, 0);
    int status = find(program);
    if (fchdir(back) < 0)
        abort();
    close(back);
    return status;
}
