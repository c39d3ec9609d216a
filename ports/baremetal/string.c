/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The four functions that a freestanding program has to bring along, and what libfdt asks for. Compiled so that no loop becomes a call of itself. */
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t size);
void *memmove(void *dst, const void *src, size_t size);
void *memset(void *dst, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *string);

/* May alias anything. */
typedef uint64_t __attribute__((may_alias)) word_t;

static size_t misaligned(const void *a, const void *b)
{
    return ((uintptr_t)a | (uintptr_t)b) % sizeof(word_t);
}

static void copy_up(uint8_t *to, const uint8_t *from, size_t size)
{
    if (!misaligned(to, from)) {
        for (; size >= sizeof(word_t); size -= sizeof(word_t)) {
            *(word_t *)(void *)to = *(const word_t *)(const void *)from;
            to += sizeof(word_t);
            from += sizeof(word_t);
        }
    }
    while (size--)
        *to++ = *from++;
}

void *memcpy(void *restrict dst, const void *restrict src, size_t size)
{
    copy_up(dst, src, size);
    return dst;
}

void *memmove(void *dst, const void *src, size_t size)
{
    uint8_t *to = dst;
    const uint8_t *from = src;

    if ((uintptr_t)dst - (uintptr_t)src >= size) {
        copy_up(to, from, size);
        return dst;
    }
    while (size--)
        to[size] = from[size];
    return dst;
}

void *memset(void *dst, int byte, size_t size)
{
    uint8_t *at = dst;
    word_t word = (uint8_t)byte * UINT64_C(0x0101010101010101);

    for (; size && (uintptr_t)at % sizeof(word_t); size--)
        *at++ = (uint8_t)byte;
    for (; size >= 8 * sizeof(word_t); size -= 8 * sizeof(word_t)) {
        for (unsigned i = 0; i < 8; i++)
            ((word_t *)(void *)at)[i] = word;
        at += 8 * sizeof(word_t);
    }
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
