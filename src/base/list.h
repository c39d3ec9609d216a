/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A doubly linked list whose nodes are embedded in the objects. The list is circular through its
 * head, so inserting and removing have no special cases. Not thread-safe; the owner's lock protects
 * it.
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list_node {
    struct list_node *next;
    struct list_node *prev;
};

struct list {
    struct list_node head; /* head.next is the first node, head.prev the last one */
};

/* The object of `type` whose member `member` is at `ptr`. */
#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

static inline void list_init(struct list *list)
{
    list->head.next = &list->head;
    list->head.prev = &list->head;
}

static inline bool list_is_empty(const struct list *list)
{
    return list->head.next == &list->head;
}

/* position: a node of the list, or &list->head for the end. */
static inline void list_insert_before(struct list_node *position, struct list_node *node)
{
    node->next = position;
    node->prev = position->prev;
    position->prev->next = node;
    position->prev = node;
}

static inline void list_push_front(struct list *list, struct list_node *node)
{
    list_insert_before(list->head.next, node);
}

static inline void list_push_back(struct list *list, struct list_node *node)
{
    list_insert_before(&list->head, node);
}

/* The node must be in a list. Its links are NULL afterwards. */
static inline void list_remove(struct list_node *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    node->next = NULL;
    node->prev = NULL;
}

/* True between an insertion and list_remove, for nodes that began as all zero. */
static inline bool list_is_linked(const struct list_node *node)
{
    return node->next != NULL;
}

/* NULL at the end of the list. */
static inline struct list_node *list_first(const struct list *list)
{
    return list_is_empty(list) ? NULL : list->head.next;
}

static inline struct list_node *list_last(const struct list *list)
{
    return list_is_empty(list) ? NULL : list->head.prev;
}

static inline struct list_node *list_next(const struct list *list, const struct list_node *node)
{
    return node->next == &list->head ? NULL : node->next;
}

static inline struct list_node *list_prev(const struct list *list, const struct list_node *node)
{
    return node->prev == &list->head ? NULL : node->prev;
}

/* Removes and returns the first node; NULL when the list is empty. */
static inline struct list_node *list_pop_front(struct list *list)
{
    struct list_node *node = list_first(list);

    if (node)
        list_remove(node);
    return node;
}

/* The body must not remove `node`; to empty a list, use list_pop_front. */
#define list_for_each(node, list)                                                                  \
    for (struct list_node *node = list_first(list); node; node = list_next(list, node))

#endif
