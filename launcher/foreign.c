/* SPDX-License-Identifier: BSD-3-Clause */
#include "foreign.h"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_S 5 /* for the dynamic linker */

/* Names up to ".so"; libmpi_abi, the one of the standard ABI, is ours. */
static const char *const foreign_names[] = {
    "libmpi",       "libmpich",         "libmpi_cxx",     "libmpicxx",     "libmpichcxx",
    "libmpi_mpifh", "libmpi_usempif08", "libmpifort",     "libmpichfort",  "libmpi_cray",
    "libmpi_mt",    "libmsmpi",         "libmpich_intel", "libmpi_gnu_91", "libfmpich",
};

/* The linker that a program names, which is the file that its interpreter is. */
static bool read_linker(const char *path, char *linker, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    Elf64_Ehdr head;
    Elf64_Phdr part;
    bool found = false;

    if (fd < 0)
        return false;
    if (read(fd, &head, sizeof(head)) == (ssize_t)sizeof(head) &&
        memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 && head.e_ident[EI_CLASS] == ELFCLASS64 &&
        head.e_phentsize == sizeof(part)) {
        for (unsigned i = 0; i < head.e_phnum && !found; i++) {
            off_t at = (off_t)(head.e_phoff + i * sizeof(part));
            if (pread(fd, &part, sizeof(part), at) != (ssize_t)sizeof(part))
                break;
            found =
                part.p_type == PT_INTERP && part.p_filesz > 1 && part.p_filesz <= size &&
                pread(fd, linker, part.p_filesz, (off_t)part.p_offset) == (ssize_t)part.p_filesz &&
                linker[part.p_filesz - 1] == '\0';
        }
    }
    close(fd);
    return found;
}

/* The list of libraries on a pipe. */
static pid_t ask_linker(const char *linker, const char *path, char *const *environment, int *fd)
{
    char *argv[] = {(char *)linker, (char *)"--list", (char *)path, NULL};
    int ends[2];
    sigset_t none;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    pid_t child = fork();
    if (child == 0) {
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        int null = open("/dev/null", O_WRONLY);
        if (null >= 0 && dup2(ends[1], STDOUT_FILENO) >= 0 && dup2(null, STDERR_FILENO) >= 0) {
            alarm(PATIENCE_S);
            execve(linker, argv, environment);
        }
        _exit(127);
    }
    close(ends[1]);
    *fd = ends[0];
    if (child < 0)
        close(ends[0]);
    return child;
}

/* A line is "\tlibmpi.so.40 => /usr/lib/libmpi.so.40 (0x...)" or "\t/lib/ld.so (0x...)". */
static bool is_foreign(char *line, char *name, size_t size)
{
    char *word = line + strspn(line, " \t");
    word[strcspn(word, " \n")] = '\0';
    char *slash = strrchr(word, '/');
    if (slash != NULL)
        word = slash + 1;
    char *end = strstr(word, ".so");
    if (end == NULL)
        return false;
    for (size_t i = 0; i < sizeof(foreign_names) / sizeof(foreign_names[0]); i++) {
        if (strlen(foreign_names[i]) == (size_t)(end - word) &&
            strncmp(foreign_names[i], word, (size_t)(end - word)) == 0) {
            snprintf(name, size, "%s", word);
            return true;
        }
    }
    return false;
}

bool toc_foreign_library(const char *path, char *const *environment, char *name, size_t size)
{
    char linker[PATH_MAX], line[PATH_MAX * 2 + 64];
    bool found = false;
    int fd;

    if (!read_linker(path, linker, sizeof(linker)))
        return false;
    pid_t child = ask_linker(linker, path, environment, &fd);
    if (child < 0)
        return false;
    FILE *list = fdopen(fd, "r");
    while (list != NULL && !found && fgets(line, sizeof(line), list) != NULL)
        found = is_foreign(line, name, size);
    if (list != NULL)
        fclose(list);
    else
        close(fd);
    waitpid(child, NULL, 0);
    return found;
}
