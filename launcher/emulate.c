/* SPDX-License-Identifier: BSD-3-Clause */
#include "emulate.h"
#include "message.h"
#include "options.h"
#include "base/env.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EMULATE "TOCSIN_EMULATE_UINTR"
#define PRELOAD "LD_PRELOAD"
#define LIBRARY "uintr-emu.so"

static const char *exported(const struct toc_exports *exports, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = exports->count; i-- > 0;)
        if (strncmp(exports->entries[i], name, length) == 0 && exports->entries[i][length] == '=')
            return exports->entries[i] + length + 1;
    return NULL;
}

/* Value of a variable as the program's ranks will see it, or NULL. */
static const char *rank_variable(const struct toc_options *options,
                                 const struct toc_program *program, const char *name)
{
    const char *value = exported(&program->exports, name);

    if (value == NULL)
        value = exported(&options->exports, name);
    return value != NULL ? value : getenv(name);
}

/* A value that cannot be understood is reported with all others, later. */
static bool is_wanted(const struct toc_options *options, const struct toc_program *program)
{
    const char *value = rank_variable(options, program, EMULATE);
    char entry[64], message[256];
    char *environment[] = {entry, NULL};

    if (options->emulate_uintr)
        return true;
    if (value == NULL || strlen(value) > 16)
        return false;
    snprintf(entry, sizeof(entry), EMULATE "=%s", value);
    return toc_env_parse(environment, NULL, message, sizeof(message)) == 0 &&
           toc_env.emulate_uintr != 0;
}

/* `path` with its last `count` components taken off. */
static void climb(char *path, int count)
{
    for (; count > 0; count--) {
        char *slash = strrchr(path, '/');
        if (slash != NULL)
            *slash = '\0';
    }
}

static bool try_path(char *path, size_t size, const char *directory, const char *rest)
{
    int length = snprintf(path, size, "%s/%s/" LIBRARY, directory, rest);
    return length > 0 && (size_t)length < size && access(path, R_OK) == 0;
}

/* Beside mpirun, so that an installation can be moved and the build tree uses its own: the place of
 * the library relative to the directory of programs; else where configure was told. */
static bool find_library(char *path, size_t size)
{
    static const char prefix[] = TOC_PREFIX "/";
    char directory[PATH_MAX];

    ssize_t length = readlink("/proc/self/exe", directory, sizeof(directory) - 1);
    if (length > 0) {
        directory[length] = '\0';
        climb(directory, 2); /* launcher/mpirun, bin/mpirun */
        if (try_path(path, size, directory, "tests/uintr-emu/.libs"))
            return true;
        if (strncmp(TOC_PKGLIBDIR, prefix, strlen(prefix)) == 0 &&
            try_path(path, size, directory, TOC_PKGLIBDIR + strlen(prefix)))
            return true;
    }
    return try_path(path, size, TOC_PKGLIBDIR, ".");
}

/* In front of what the program's ranks are told to preload already. */
static void preload(const struct toc_options *options, struct toc_program *program,
                    const char *library)
{
    const char *before = rank_variable(options, program, PRELOAD);
    bool more = before != NULL && *before != '\0';
    char *entry;

    if (asprintf(&entry, PRELOAD "=%s%s%s", library, more ? ":" : "", more ? before : "") < 0)
        abort();
    toc_options_export(&program->exports, entry);
    toc_options_export(&program->exports, EMULATE "=1");
}

int toc_emulate_prepare(struct toc_options *options)
{
    char library[PATH_MAX];
    bool found = false;

    for (size_t i = 0; i < options->nprograms; i++) {
        if (!is_wanted(options, &options->programs[i]))
            continue;
        if (!found && !find_library(library, sizeof(library))) {
            toc_message_print("--emulate-uintr: the emulator (" LIBRARY ") is not there, neither "
                              "beside mpirun nor in " TOC_PKGLIBDIR);
            return TOC_EXIT_USAGE;
        }
        found = true;
        preload(options, &options->programs[i], library);
    }
    options->emulate_uintr = found;
    if (found)
        toc_message_print("user interrupts are emulated: this is for tests, and says nothing about "
                          "their speed");
    return TOC_OPTIONS_CONTINUE;
}
