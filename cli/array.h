/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Arrays that grow. Emptying one (count = 0) keeps its memory for the next use. */
#ifndef CLI_ARRAY_H
#define CLI_ARRAY_H

#include <stddef.h>

/* An array of `type`, all zero at first. */
#define ARRAY(type)                                                                                \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t count;                                                                              \
        size_t capacity;                                                                           \
    }

/* Room for one more item of `item_size` bytes; ends the program when there is no memory. */
void *array_room(void *items, size_t count, size_t *capacity, size_t item_size);

/* Says so on stderr and ends the program. */
_Noreturn void array_no_memory(void);

/* Appends `item`. */
#define array_push(array, item)                                                                    \
    ((array)->items =                                                                              \
         array_room((array)->items, (array)->count, &(array)->capacity, sizeof(*(array)->items)),  \
     (void)((array)->items[(array)->count++] = (item)))

/* Frees the memory. */
#define array_drop(array) (free((array)->items), (array)->items = NULL)

#endif
