/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The four functions that a freestanding program has to bring along, and what libfdt asks for. Compiled so that no loop becomes a call of itself. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t size);
void *memmove(void *dst, const void *src, size_t size);
void *memset(void *dst, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *string);

/* May alias anything. */
typedef uint64_t __attribute__((may_alias)) word_t;

#define WORD sizeof(word_t)

/* Whole words can be moved: both lie alike. */
static bool is_alike(const void *a, const void *b)
{
    return ((uintptr_t)a - (uintptr_t)b) % WORD == 0;
}

static void copy_up(uint8_t *to, const uint8_t *from, size_t size)
{
    if (is_alike(to, from)) {
        for (; size && (uintptr_t)to % WORD; size--)
            *to++ = *from++;
        for (; size >= WORD; size -= WORD, to += WORD, from += WORD)
            *(word_t *)(void *)to = *(const word_t *)(const void *)from;
    }
    while (size--)
        *to++ = *from++;
}

static void copy_down(uint8_t *to, const uint8_t *from, size_t size)
{
    if (is_alike(to, from)) {
        for (; size && (uintptr_t)(to + size) % WORD; size--)
            to[size - 1] = from[size - 1];
        for (; size >= WORD; size -= WORD)
            *(word_t *)(void *)(to + size - WORD) =
                *(const word_t *)(const void *)(from + size - WORD);
    }
    while (size--)
        to[size] = from[size];
}

void *memcpy(void *restrict dst, const void *restrict src, size_t size)
{
    copy_up(dst, src, size);
    return dst;
}

void *memmove(void *dst, const void *src, size_t size)
{
    if ((uintptr_t)dst - (uintptr_t)src >= size)
        copy_up(dst, src, size);
    else
        copy_down(dst, src, size);
    return dst;
}

/* Eight words at once, which become four instructions. */
static uint8_t *set_words(uint8_t *at, word_t word, size_t *size)
{
    for (; *size >= 8 * WORD; *size -= 8 * WORD, at += 8 * WORD) {
        word_t *words = (word_t *)(void *)at;

        words[0] = words[1] = words[2] = words[3] = word;
        words[4] = words[5] = words[6] = words[7] = word;
    }
    return at;
}

void *memset(void *dst, int byte, size_t size)
{
    uint8_t *at = dst;

    for (; size && (uintptr_t)at % WORD; size--)
        *at++ = (uint8_t)byte;
    at = set_words(at, (uint8_t)byte * UINT64_C(0x0101010101010101), &size);
    while (size--)
        *at++ = (uint8_t)byte;
    return dst;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const uint8_t *left = a;
    const uint8_t *right = b;

    for (; size; size--, left++, right++) {
        if (*left != *right)
            return *left < *right ? -1 : 1;
    }
    return 0;
}

size_t strlen(const char *string)
{
    size_t length = 0;

    while (string[length])
        length++;
    return length;
}
