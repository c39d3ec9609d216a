/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "array.h"

#include "verb.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void array_no_memory(void)
{
    fputs("dmaspace: out of memory\n", stderr);
    exit(EXIT_UNUSABLE);
}

void *array_room(void *items, size_t count, size_t *capacity, size_t item_size)
{
    size_t larger = *capacity ? 2 * *capacity : 16;
    void *room = items;

    if (count < *capacity)
        return items;
    room = larger <= SIZE_MAX / item_size ? realloc(items, larger * item_size) : NULL;
    if (!room)
        array_no_memory();
    *capacity = larger;
    return room;
}
