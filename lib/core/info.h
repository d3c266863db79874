/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TOC_CORE_INFO_H
#define TOC_CORE_INFO_H

#include <stdint.h>

#include "core/handle.h"

/*
 * Info objects (MPI 5.0, chapter 10): a list of keys with a string each, in the order in which the
 * keys were first set. MPI_Info_* may be called from any thread, also before MPI_Init, and no
 * handler touches an info: a lock of their own protects them, not the guard. Whoever uses one holds
 * the lock from the lookup of the handle until done.
 */

/** Sizes of strings including the null character; the same numbers as in mpi.h. */
#define TOC_INFO_MAX_KEY   256
#define TOC_INFO_MAX_VALUE 1024

struct toc_info_entry {
    char *key;
    char *value;
};

struct toc_info {
    struct toc_object object; /* first */
    int count;
    int capacity;
    struct toc_info_entry *entries;
};

/** Takes and releases the lock of all info objects. Not recursive. */
void toc_info_lock(void);
void toc_info_unlock(void);

/** The object that `handle` names, or NULL when it is null, stale or of another kind.
 *  MPI_INFO_ENV gives toc_info_env. */
struct toc_info *toc_info_lookup(uintptr_t handle);

/** A new empty object with a handle of its own. TOC_ERR_NO_MEM. */
int toc_info_create(struct toc_info **info);

/** Frees the object; its handle is stale from now on. */
void toc_info_free(struct toc_info *info);

/** Removes all keys. */
void toc_info_clear(struct toc_info *info);

/** Sets in `target` what `info` has, in the same order. TOC_ERR_NO_MEM: a part may be set. */
int toc_info_copy(const struct toc_info *info, struct toc_info *target);

/** A new object with the same keys in the same order. TOC_ERR_NO_MEM. */
int toc_info_dup(const struct toc_info *info, struct toc_info **copy);

/** Sets `key` to `value`; both are copied. A key that exists keeps its place. TOC_ERR_NO_MEM: the
 *  object is as before. */
int toc_info_set(struct toc_info *info, const char *key, const char *value);

/** Removes `key`. TOC_ERR_NOT_FOUND. */
int toc_info_delete(struct toc_info *info, const char *key);

/** The value of `key`, or NULL. Valid until the key is set or removed. */
const char *toc_info_get(const struct toc_info *info, const char *key);

/** The object behind MPI_INFO_ENV: how this process was started (section 11.3: command, argv,
 *  maxprocs, soft, host, arch, wdir; not thread_level, which is the level that was asked for
 *  before the program started: nobody can). Made at first use. */
struct toc_info *toc_info_env(void);

/** Sets "command" and "argv" from a program's argument vector. A string that is too long for a
 *  value is left out. TOC_ERR_NO_MEM. */
int toc_info_set_arguments(struct toc_info *info, int argc, char *const argv[]);

#endif
