/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe */
#ifndef TOC_BASE_LIST_H
#define TOC_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/** Intrusive doubly linked list with a sentinel. A member that is in no list has next == NULL. */
struct toc_list {
    struct toc_list *next, *previous;
};

static inline void toc_list_init(struct toc_list *list)
{
    list->next = list->previous = list;
}

static inline bool toc_list_is_empty(const struct toc_list *list)
{
    return list->next == list;
}

static inline void toc_list_append(struct toc_list *list, struct toc_list *member)
{
    member->next = list;
    member->previous = list->previous;
    list->previous->next = member;
    list->previous = member;
}

static inline void toc_list_remove(struct toc_list *member)
{
    member->previous->next = member->next;
    member->next->previous = member->previous;
    member->next = member->previous = NULL;
}

static inline bool toc_list_is_member(const struct toc_list *member)
{
    return member->next != NULL;
}

#define TOC_CONTAINER(pointer, type, member)                                                       \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

/** `for` over the list; `member` may be removed in the body. */
#define TOC_LIST_EACH(list, member, following)                                                     \
    for (struct toc_list *member = (list)->next, *following = member->next; member != (list);      \
         member = following, following = following->next)

#endif
