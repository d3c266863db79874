/* SPDX-License-Identifier: BSD-3-Clause */
#include "core/info.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void toc_info_lock(void)
{
    pthread_mutex_lock(&lock);
}

void toc_info_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

int toc_info_create(struct toc_info **info)
{
    struct toc_info *created = toc_handle_alloc(TOC_KIND_INFO, sizeof(*created));
    if (created == NULL)
        return TOC_ERR_NO_MEM;
    *info = created;
    return TOC_OK;
}

void toc_info_clear(struct toc_info *info)
{
    for (int i = 0; i < info->count; i++) {
        free(info->entries[i].key);
        free(info->entries[i].value);
    }
    free(info->entries);
    info->entries = NULL;
    info->count = 0;
    info->capacity = 0;
}

void toc_info_free(struct toc_info *info)
{
    toc_info_clear(info);
    toc_handle_free(info);
}

int toc_info_copy(const struct toc_info *info, struct toc_info *target)
{
    int err = TOC_OK;
    for (int i = 0; i < info->count && err == TOC_OK; i++)
        err = toc_info_set(target, info->entries[i].key, info->entries[i].value);
    return err;
}

int toc_info_dup(const struct toc_info *info, struct toc_info **copy)
{
    struct toc_info *created;
    int err = toc_info_create(&created);
    if (err != TOC_OK)
        return err;
    err = toc_info_copy(info, created);
    if (err != TOC_OK) {
        toc_info_free(created);
        return err;
    }
    *copy = created;
    return TOC_OK;
}

static struct toc_info_entry *find(const struct toc_info *info, const char *key)
{
    for (int i = 0; i < info->count; i++) {
        if (strcmp(info->entries[i].key, key) == 0)
            return &info->entries[i];
    }
    return NULL;
}

static int reserve_one(struct toc_info *info)
{
    if (info->count < info->capacity)
        return TOC_OK;
    int capacity = info->capacity ? 2 * info->capacity : 4;
    void *entries = realloc(info->entries, (size_t)capacity * sizeof(*info->entries));
    if (entries == NULL)
        return TOC_ERR_NO_MEM;
    info->entries = entries;
    info->capacity = capacity;
    return TOC_OK;
}

static int append(struct toc_info *info, const char *key, char *value)
{
    char *own_key = strdup(key);
    if (own_key == NULL || reserve_one(info) != TOC_OK) {
        free(own_key);
        return TOC_ERR_NO_MEM;
    }
    info->entries[info->count].key = own_key;
    info->entries[info->count].value = value;
    info->count++;
    return TOC_OK;
}

int toc_info_set(struct toc_info *info, const char *key, const char *value)
{
    char *own_value = strdup(value);
    if (own_value == NULL)
        return TOC_ERR_NO_MEM;
    struct toc_info_entry *entry = find(info, key);
    if (entry != NULL) {
        free(entry->value);
        entry->value = own_value;
        return TOC_OK;
    }
    int err = append(info, key, own_value);
    if (err != TOC_OK)
        free(own_value);
    return err;
}

int toc_info_delete(struct toc_info *info, const char *key)
{
    struct toc_info_entry *entry = find(info, key);
    if (entry == NULL)
        return TOC_ERR_NOT_FOUND;
    free(entry->key);
    free(entry->value);
    info->count--;
    size_t behind = (size_t)(info->entries + info->count - entry);
    memmove(entry, entry + 1, behind * sizeof(*entry));
    return TOC_OK;
}

const char *toc_info_get(const struct toc_info *info, const char *key)
{
    const struct toc_info_entry *entry = find(info, key);
    return entry != NULL ? entry->value : NULL;
}
